//! Domain to wire: facts and settlements of campaigns, coupons and invoices.

use super::{some, text};
use groat_ledger::{
    CouponOf, CouponState, CouponTerms, Fact, Id, InvoiceKind, InvoiceLine, InvoiceOf, Money,
    Settlement,
};
use groat_proto::v1::{self, event, settlement};

pub(in crate::codec) fn coupon_terms(template: Id, t: &CouponTerms) -> v1::DefineCoupon {
    let money = |amount: u64| Some(Money { amount, currency: t.face.currency }.into());
    v1::DefineCoupon {
        template: some(template),
        campaign: some(t.campaign),
        merchant: some(t.merchant),
        face: Some(t.face.into()),
        merchant_part: money(t.merchant_part),
        min_spend: money(t.min_spend),
        valid_from: t.valid_from,
        valid_until: t.valid_until,
        count_max: t.count_max,
        per_user_day: t.per_user_day,
        per_user: t.per_user,
    }
}

pub(in crate::codec) fn coupon_state(state: CouponState) -> i32 {
    match state {
        CouponState::Effective => v1::CouponState::Effective,
        CouponState::Used => v1::CouponState::Used,
        CouponState::Expired => v1::CouponState::Expired,
        CouponState::Revoked => v1::CouponState::Revoked,
        CouponState::Locked => v1::CouponState::Locked,
    }
    .into()
}

pub(in crate::codec) fn invoice_kind(kind: InvoiceKind) -> i32 {
    match kind {
        InvoiceKind::Plain => v1::InvoiceKind::Plain,
        InvoiceKind::Special => v1::InvoiceKind::Special,
        InvoiceKind::Electronic => v1::InvoiceKind::Electronic,
    }
    .into()
}

/// The facts of this subject; `None` for those of others.
pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::CampaignFunded { campaign, funder, amount } => W::CampaignFunded(v1::FundCampaign {
            campaign: some(*campaign),
            funder: some(*funder),
            amt: Some((*amount).into()),
        }),
        Fact::CampaignClosed { campaign, amount } => {
            W::CampaignClosed(v1::CampaignClosed { campaign: some(*campaign), amount: *amount })
        }
        Fact::CouponDefined { template, terms } => W::CouponDefined(coupon_terms(*template, terms)),
        Fact::CouponIssued { coupon, template, user } => W::CouponIssued(v1::CouponIssued {
            coupon: some(*coupon),
            template: some(*template),
            user: some(*user),
        }),
        Fact::CouponRevoked { coupon, reason } => {
            W::CouponRevoked(v1::RevokeCoupon { coupon: some(*coupon), reason: reason.to_string() })
        }
        Fact::CouponExpired { coupon } => {
            W::CouponExpired(v1::CouponExpired { coupon: some(*coupon) })
        }
        Fact::CouponUsed { coupon, payment, discount, funded } => W::CouponUsed(v1::CouponUsed {
            coupon: some(*coupon),
            payment: some(*payment),
            discount: *discount,
            funded: *funded,
        }),
        Fact::CouponReturned { coupon, payment, discount, funded, state, kept } => {
            W::CouponReturned(v1::CouponReturned {
                coupon: some(*coupon),
                payment: some(*payment),
                discount: *discount,
                funded: *funded,
                state: coupon_state(*state),
                kept: *kept,
            })
        }
        Fact::CouponLocked { coupon, payment } => {
            W::CouponLocked(v1::CouponLocked { coupon: some(*coupon), payment: some(*payment) })
        }
        Fact::CouponUnlocked { coupon, payment, state } => W::CouponUnlocked(v1::CouponUnlocked {
            coupon: some(*coupon),
            payment: some(*payment),
            state: coupon_state(*state),
        }),
        Fact::CouponReleased { coupon, amount } => {
            W::CouponReleased(v1::CouponReleased { coupon: some(*coupon), amount: *amount })
        }
        other => return invoice_fact(other),
    })
}

fn invoice_fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    let line = |l: &InvoiceLine| v1::IssuedLine { amount: l.amount, rate_bps: l.rate_bps };
    Some(match fact {
        Fact::InvoiceRequested { invoice, payment, title, tax_no, kind, amount } => {
            W::InvoiceRequested(v1::InvoiceRequested {
                invoice: some(*invoice),
                payment: some(*payment),
                title: title.to_string(),
                tax_no: text(tax_no),
                kind: invoice_kind(*kind),
                amount: *amount,
            })
        }
        Fact::InvoiceIssued { invoice, no, lines, ex_tax, tax } => {
            W::InvoiceIssued(v1::InvoiceIssued {
                invoice: some(*invoice),
                no: no.to_string(),
                lines: lines.iter().map(line).collect(),
                ex_tax: *ex_tax,
                tax: *tax,
            })
        }
        Fact::InvoiceRejected { invoice, reason } => W::InvoiceRejected(v1::RejectInvoice {
            invoice: some(*invoice),
            reason: reason.to_string(),
        }),
        Fact::InvoiceReversed { invoice, no, ex_tax, tax } => {
            W::InvoiceReversed(v1::InvoiceReversed {
                invoice: some(*invoice),
                no: no.to_string(),
                ex_tax: *ex_tax,
                tax: *tax,
            })
        }
        Fact::RedInvoiceDue { payment, amount } => {
            W::RedInvoiceDue(v1::RedInvoiceDue { payment: some(*payment), amount: *amount })
        }
        _ => return None,
    })
}

fn told_invoice(of: &InvoiceOf) -> v1::ToldInvoice {
    let money = |minor: u64| {
        of.no.as_ref().map(|_| Money { amount: minor, currency: of.amount.currency }.into())
    };
    v1::ToldInvoice {
        invoice: some(of.invoice),
        payment: some(of.payment),
        merchant: some(of.merchant),
        title: of.title.to_string(),
        tax_no: text(&of.tax_no),
        kind: invoice_kind(of.kind),
        amount: Some(of.amount.into()),
        no: text(&of.no),
        ex_tax: money(of.ex_tax),
        tax: money(of.tax),
    }
}

fn told_coupon(of: &CouponOf) -> v1::ToldCoupon {
    let money = |amount: u64| {
        (!of.payment.is_none()).then(|| Money { amount, currency: of.face.currency }.into())
    };
    v1::ToldCoupon {
        coupon: some(of.coupon),
        template: some(of.template),
        user: some(of.user),
        face: Some(of.face.into()),
        payment: some(of.payment),
        merchant: some(of.merchant),
        discount: money(of.discount),
        funded: money(of.funded),
        state: coupon_state(of.state),
    }
}

/// The settlements of this subject; `None` for those of others.
pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    let of_campaign = |campaign: Id, funder: Id, amount: Money| v1::ToldCampaign {
        campaign: some(campaign),
        funder: some(funder),
        amount: Some(amount.into()),
    };
    Some(match told {
        Settlement::CampaignFunded { campaign, funder, amount } => {
            W::CampaignFunded(of_campaign(*campaign, *funder, *amount))
        }
        Settlement::CampaignClosed { campaign, funder, amount } => {
            W::CampaignClosed(of_campaign(*campaign, *funder, *amount))
        }
        Settlement::CouponIssued { coupon } => W::CouponIssued(told_coupon(coupon)),
        Settlement::CouponUsed { coupon } => W::CouponUsed(told_coupon(coupon)),
        Settlement::CouponReturned { coupon } => W::CouponReturned(told_coupon(coupon)),
        Settlement::CouponEnded { coupon } => W::CouponEnded(told_coupon(coupon)),
        Settlement::CouponLocked { coupon } => W::CouponLocked(told_coupon(coupon)),
        Settlement::CouponUnlocked { coupon } => W::CouponUnlocked(told_coupon(coupon)),
        Settlement::InvoiceRequested { invoice } => W::InvoiceRequested(told_invoice(invoice)),
        Settlement::InvoiceIssued { invoice } => W::InvoiceIssued(told_invoice(invoice)),
        Settlement::InvoiceRejected { invoice } => W::InvoiceRejected(told_invoice(invoice)),
        Settlement::InvoiceReversed { invoice } => W::InvoiceReversed(told_invoice(invoice)),
        Settlement::RedInvoiceDue { payment, out_trade_no, merchant, amount } => {
            W::RedInvoiceDue(v1::ToldRedDue {
                payment: some(*payment),
                out_trade_no: out_trade_no.to_string(),
                merchant: some(*merchant),
                amount: Some((*amount).into()),
            })
        }
        _ => return None,
    })
}
