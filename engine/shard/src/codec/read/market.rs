//! Wire to domain: campaigns, coupons and invoices.

use super::fields::*;
use groat_ledger::{self as domain, CouponState, CouponTerms, Fact, Id, InvoiceKind, InvoiceLine};
use groat_proto::v1::{self, event};

pub(super) fn fund_campaign(w: &v1::FundCampaign) -> Field<domain::FundCampaign> {
    Ok(domain::FundCampaign {
        campaign: id(w.campaign, "campaign")?,
        funder: optional_id(w.funder),
        amount: money(w.amt, "amt")?,
    })
}

pub(in crate::codec) fn define_coupon(w: &v1::DefineCoupon) -> Field<(Id, CouponTerms)> {
    let face = money(w.face, "face")?;
    let terms = CouponTerms {
        campaign: optional_id(w.campaign),
        merchant: optional_id(w.merchant),
        face,
        merchant_part: part_of(w.merchant_part, face.currency, "merchant_part")?.unwrap_or(0),
        min_spend: part_of(w.min_spend, face.currency, "min_spend")?.unwrap_or(face.amount),
        valid_from: w.valid_from,
        valid_until: time(w.valid_until, "valid_until")?,
        count_max: w.count_max,
        per_user_day: w.per_user_day,
        per_user: w.per_user,
    };
    Ok((id(w.template, "template")?, terms))
}

pub(super) fn issue_coupon(w: &v1::IssueCoupon) -> Field<domain::IssueCoupon> {
    Ok(domain::IssueCoupon {
        coupon: id(w.coupon, "coupon")?,
        template: id(w.template, "template")?,
        user: id(w.user, "user")?,
    })
}

pub(super) fn revoke_coupon(w: &v1::RevokeCoupon) -> Field<domain::RevokeCoupon> {
    let reason = reference(&w.reason, "reason")?;
    Ok(domain::RevokeCoupon { coupon: id(w.coupon, "coupon")?, reason })
}

pub(in crate::codec) fn coupon_state(value: i32) -> Field<CouponState> {
    Ok(match known::<v1::CouponState>(value, "state")? {
        v1::CouponState::Effective => CouponState::Effective,
        v1::CouponState::Used => CouponState::Used,
        v1::CouponState::Expired => CouponState::Expired,
        v1::CouponState::Revoked => CouponState::Revoked,
        v1::CouponState::Locked => CouponState::Locked,
    })
}

pub(super) fn campaign_funded(w: &v1::FundCampaign) -> Field<Fact> {
    let domain::FundCampaign { campaign, funder, amount } = fund_campaign(w)?;
    Ok(Fact::CampaignFunded { campaign, funder, amount })
}

pub(super) fn coupon_defined(w: &v1::DefineCoupon) -> Field<Fact> {
    let (template, terms) = define_coupon(w)?;
    Ok(Fact::CouponDefined { template, terms: Box::new(terms) })
}

pub(super) fn coupon_used(w: &v1::CouponUsed) -> Field<Fact> {
    Ok(Fact::CouponUsed {
        coupon: id(w.coupon, "coupon")?,
        payment: id(w.payment, "payment")?,
        discount: w.discount,
        funded: w.funded,
    })
}

/// The facts of coupons that orders name; none for any other.
pub(super) fn of_lock(wire: &event::Fact) -> Field<Fact> {
    Ok(match wire {
        event::Fact::CouponLocked(w) => Fact::CouponLocked {
            coupon: id(w.coupon, "coupon")?,
            payment: id(w.payment, "payment")?,
        },
        event::Fact::CouponUnlocked(w) => Fact::CouponUnlocked {
            coupon: id(w.coupon, "coupon")?,
            payment: id(w.payment, "payment")?,
            state: coupon_state(w.state)?,
        },
        _ => return Err("fact"),
    })
}

pub(super) fn coupon_returned(w: &v1::CouponReturned) -> Field<Fact> {
    Ok(Fact::CouponReturned {
        coupon: id(w.coupon, "coupon")?,
        payment: id(w.payment, "payment")?,
        discount: w.discount,
        funded: w.funded,
        state: coupon_state(w.state)?,
        kept: w.kept,
    })
}

pub(in crate::codec) fn invoice_kind(value: i32) -> Field<InvoiceKind> {
    Ok(match known::<v1::InvoiceKind>(value, "kind")? {
        v1::InvoiceKind::Plain => InvoiceKind::Plain,
        v1::InvoiceKind::Special => InvoiceKind::Special,
        v1::InvoiceKind::Electronic => InvoiceKind::Electronic,
    })
}

pub(super) fn request_invoice(w: &v1::RequestInvoice) -> Field<domain::RequestInvoice> {
    Ok(domain::RequestInvoice {
        invoice: id(w.invoice, "invoice")?,
        payment: id(w.payment, "payment")?,
        title: reference(&w.title, "title")?,
        tax_no: optional_reference(&w.tax_no, "tax_no")?,
        kind: invoice_kind(w.kind)?,
        amount: money(w.amt, "amt")?,
    })
}

pub(super) fn issue_invoice(w: &v1::IssueInvoice) -> Field<domain::IssueInvoice> {
    let tax = money(w.tax, "tax")?;
    let line = |line: &v1::InvoiceLine| -> Field<InvoiceLine> {
        let amount = part_of(line.amt, tax.currency, "lines")?.ok_or("lines")?;
        Ok(InvoiceLine { amount, rate_bps: line.rate_bps })
    };
    Ok(domain::IssueInvoice {
        invoice: id(w.invoice, "invoice")?,
        no: reference(&w.no, "no")?,
        lines: w.lines.iter().map(line).collect::<Field<_>>()?,
        tax,
    })
}

pub(super) fn reject_invoice(w: &v1::RejectInvoice) -> Field<domain::RejectInvoice> {
    let reason = reference(&w.reason, "reason")?;
    Ok(domain::RejectInvoice { invoice: id(w.invoice, "invoice")?, reason })
}

pub(super) fn red_invoice(w: &v1::RedInvoice) -> Field<domain::RedInvoice> {
    Ok(domain::RedInvoice {
        invoice: id(w.invoice, "invoice")?,
        no: reference(&w.no, "no")?,
        amount: money(w.amt, "amt")?,
    })
}

pub(super) fn invoice_requested(w: &v1::InvoiceRequested) -> Field<Fact> {
    Ok(Fact::InvoiceRequested {
        invoice: id(w.invoice, "invoice")?,
        payment: id(w.payment, "payment")?,
        title: reference(&w.title, "title")?,
        tax_no: optional_reference(&w.tax_no, "tax_no")?,
        kind: invoice_kind(w.kind)?,
        amount: w.amount,
    })
}

pub(super) fn invoice_issued(w: &v1::InvoiceIssued) -> Field<Fact> {
    let line = |l: &v1::IssuedLine| InvoiceLine { amount: l.amount, rate_bps: l.rate_bps };
    Ok(Fact::InvoiceIssued {
        invoice: id(w.invoice, "invoice")?,
        no: reference(&w.no, "no")?,
        lines: w.lines.iter().map(line).collect(),
        ex_tax: w.ex_tax,
        tax: w.tax,
    })
}

pub(super) fn invoice_reversed(w: &v1::InvoiceReversed) -> Field<Fact> {
    Ok(Fact::InvoiceReversed {
        invoice: id(w.invoice, "invoice")?,
        no: reference(&w.no, "no")?,
        ex_tax: w.ex_tax,
        tax: w.tax,
    })
}
