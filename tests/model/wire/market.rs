//! Commands on campaigns, coupons and invoices as a producer writes them.

use super::{Wire, money, part, some, text};
use groat_ledger::Body;
use groat_proto::v1;

pub(super) fn body(body: &Body) -> Wire {
    match body.clone() {
        Body::FundCampaign(c) => Wire::FundCampaign(v1::FundCampaign {
            campaign: some(c.campaign),
            funder: some(c.funder),
            amt: money(c.amount),
        }),
        Body::CloseCampaign(c) => {
            Wire::CloseCampaign(v1::CloseCampaign { campaign: some(c.campaign) })
        }
        Body::DefineCoupon(c) => Wire::DefineCoupon(v1::DefineCoupon {
            template: some(c.template),
            campaign: some(c.terms.campaign),
            merchant: some(c.terms.merchant),
            face: money(c.terms.face),
            merchant_part: part(c.terms.merchant_part, c.terms.face.currency),
            min_spend: part(c.terms.min_spend, c.terms.face.currency),
            valid_from: c.terms.valid_from,
            valid_until: c.terms.valid_until,
            count_max: c.terms.count_max,
            per_user_day: c.terms.per_user_day,
            per_user: c.terms.per_user,
        }),
        Body::IssueCoupon(c) => Wire::IssueCoupon(v1::IssueCoupon {
            coupon: some(c.coupon),
            template: some(c.template),
            user: some(c.user),
        }),
        Body::RevokeCoupon(c) => {
            Wire::RevokeCoupon(v1::RevokeCoupon { coupon: some(c.coupon), reason: text(&c.reason) })
        }
        Body::RequestInvoice(c) => Wire::RequestInvoice(v1::RequestInvoice {
            invoice: some(c.invoice),
            payment: some(c.payment),
            title: text(&c.title),
            tax_no: c.tax_no.as_ref().map_or_else(String::new, text),
            kind: c.kind as i32,
            amt: money(c.amount),
        }),
        Body::IssueInvoice(c) => {
            let line = |l: &groat_ledger::InvoiceLine| v1::InvoiceLine {
                amt: part(l.amount, c.tax.currency),
                rate_bps: l.rate_bps,
            };
            Wire::IssueInvoice(v1::IssueInvoice {
                invoice: some(c.invoice),
                no: text(&c.no),
                lines: c.lines.iter().map(line).collect(),
                tax: money(c.tax),
            })
        }
        Body::RejectInvoice(c) => Wire::RejectInvoice(v1::RejectInvoice {
            invoice: some(c.invoice),
            reason: text(&c.reason),
        }),
        Body::RedInvoice(c) => Wire::RedInvoice(v1::RedInvoice {
            invoice: some(c.invoice),
            no: text(&c.no),
            amt: money(c.amount),
        }),
        other => unreachable!("of another subject: {other:?}"),
    }
}
