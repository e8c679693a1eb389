//! Rows of campaigns, coupons and invoices, and of what few payments have, both ways.

use super::exchange;
use crate::codec::read::fields::{self as read, Field};
use crate::codec::read::market as read_market;
use crate::codec::read::royalties as read_royalties;
use crate::codec::write::market as write_market;
use crate::codec::write::royalties as write_royalties;
use crate::codec::write::{some, text};
use groat_ledger::limits::AMOUNT_MAX;
use groat_ledger::{
    Campaign, Coupon, CouponCount, CouponTemplate, Invoice, InvoiceState, PaymentParts, Red,
};
use groat_proto::v1;

pub(super) fn campaign(r: &Campaign) -> v1::CampaignRow {
    v1::CampaignRow {
        campaign: some(r.campaign),
        funder: some(r.funder),
        currency: u32::from(r.currency.code()),
        reserved: r.reserved,
        closed: r.closed,
        kept: r.kept,
    }
}

pub(super) fn read_campaign(w: &v1::CampaignRow) -> Field<Campaign> {
    Ok(Campaign {
        campaign: read::id(w.campaign, "campaign")?,
        funder: read::optional_id(w.funder),
        currency: read::currency(w.currency, "currency")?,
        reserved: w.reserved,
        closed: w.closed,
        kept: w.kept,
    })
}

pub(super) fn coupon_template(r: &CouponTemplate) -> v1::CouponTemplateRow {
    let terms = Some(write_market::coupon_terms(r.template, &r.terms));
    v1::CouponTemplateRow { terms, issued: r.issued }
}

pub(super) fn read_coupon_template(w: &v1::CouponTemplateRow) -> Field<CouponTemplate> {
    let (template, terms) = read_market::define_coupon(w.terms.as_ref().ok_or("terms")?)?;
    read::ensure(terms.merchant_part <= terms.face.amount, "merchant_part")?;
    read::ensure(terms.face.amount <= AMOUNT_MAX, "face")?;
    Ok(CouponTemplate { template, terms, issued: w.issued })
}

pub(super) fn coupon(r: &Coupon) -> v1::CouponRow {
    let state = write_market::coupon_state(r.state);
    let Coupon { coupon, template, user, kept, .. } = *r;
    v1::CouponRow { coupon: some(coupon), template, user, state, kept }
}

pub(super) fn read_coupon(w: &v1::CouponRow) -> Field<Coupon> {
    let (coupon, state) = (read::id(w.coupon, "coupon")?, read_market::coupon_state(w.state)?);
    Ok(Coupon { coupon, template: w.template, user: w.user, state, kept: w.kept })
}

pub(super) fn coupon_count(r: &CouponCount) -> v1::CouponCountRow {
    let CouponCount { template, user, day, day_count, count } = *r;
    v1::CouponCountRow { template, user, day, day_count, count }
}

pub(super) fn read_coupon_count(w: &v1::CouponCountRow) -> CouponCount {
    let v1::CouponCountRow { template, user, day, day_count, count } = *w;
    CouponCount { template, user, day, day_count, count }
}

pub(super) fn parts(r: &PaymentParts) -> v1::PaymentPartsRow {
    v1::PaymentPartsRow {
        coupon: some(r.coupon),
        discount: r.discount,
        funded: r.funded,
        discount_returned: r.discount_returned,
        funded_returned: r.funded_returned,
        lost: r.lost,
        claimed: r.claimed,
        invoiced: r.invoiced,
        plan: r.plan,
        plan_fee: r.plan_fee,
        exchange: r.exchange.as_ref().map(exchange::exchange),
        royalty: write_royalties::row(&r.royalty),
        card: some(r.card),
        stored: r.stored,
        stored_returned: r.stored_returned,
        earner: some(r.earner),
        earned: r.earned,
        earned_of: r.earned_of,
        earned_back: r.earned_back,
        redeemer: some(r.redeemer),
        redeemed_points: r.redeemed_points,
        redeemed: r.redeemed,
        redeemed_points_returned: r.redeemed_points_returned,
        redeemed_returned: r.redeemed_returned,
        undiscountable: r.undiscountable,
        locked: some(r.locked),
    }
}

pub(super) fn read_parts(w: &v1::PaymentPartsRow) -> Field<PaymentParts> {
    Ok(PaymentParts {
        coupon: read::optional_id(w.coupon),
        discount: w.discount,
        funded: w.funded,
        discount_returned: w.discount_returned,
        funded_returned: w.funded_returned,
        lost: w.lost,
        claimed: w.claimed,
        invoiced: w.invoiced,
        plan: w.plan,
        plan_fee: w.plan_fee,
        exchange: w.exchange.as_ref().map(exchange::read_exchange).transpose()?,
        royalty: read_royalties::row(w.royalty.as_ref())?,
        card: read::optional_id(w.card),
        stored: w.stored,
        stored_returned: w.stored_returned,
        earner: read::optional_id(w.earner),
        earned: w.earned,
        earned_of: w.earned_of,
        earned_back: w.earned_back,
        redeemer: read::optional_id(w.redeemer),
        redeemed_points: w.redeemed_points,
        redeemed: w.redeemed,
        redeemed_points_returned: w.redeemed_points_returned,
        redeemed_returned: w.redeemed_returned,
        undiscountable: w.undiscountable,
        locked: read::optional_id(w.locked),
    })
}

pub(super) fn invoice(r: &Invoice) -> v1::InvoiceRow {
    let red = |red: &Red| v1::RedRow { no: red.no.to_string(), ex_tax: red.ex_tax, tax: red.tax };
    v1::InvoiceRow {
        invoice: some(r.invoice),
        payment: r.payment,
        title: r.title.to_string(),
        tax_no: text(&r.tax_no),
        kind: write_market::invoice_kind(r.kind),
        amount: r.amount,
        state: r.state as u32,
        no: text(&r.no),
        ex_tax: r.ex_tax,
        tax: r.tax,
        reds: r.reds.iter().map(red).collect(),
    }
}

pub(super) fn read_invoice(w: &v1::InvoiceRow) -> Field<Invoice> {
    let red = |w: &v1::RedRow| -> Field<Red> {
        Ok(Red { no: read::reference(&w.no, "no")?, ex_tax: w.ex_tax, tax: w.tax })
    };
    Ok(Invoice {
        invoice: read::id(w.invoice, "invoice")?,
        payment: w.payment,
        title: read::reference(&w.title, "title")?,
        tax_no: read::optional_reference(&w.tax_no, "tax_no")?,
        kind: read_market::invoice_kind(w.kind)?,
        amount: w.amount,
        state: match w.state {
            0 => InvoiceState::Requested,
            1 => InvoiceState::Issued,
            2 => InvoiceState::PartlyReversed,
            3 => InvoiceState::Reversed,
            4 => InvoiceState::Rejected,
            _ => return Err("state"),
        },
        no: read::optional_reference(&w.no, "no")?,
        ex_tax: w.ex_tax,
        tax: w.tax,
        reds: w.reds.iter().map(red).collect::<Field<_>>()?,
    })
}
