//! Verbs of the tables that are commands on campaigns, coupons and invoices.

use crate::words::{Args, id, money, reference, time};
use groat_ledger::{
    Body, CloseCampaign, CouponTerms, DefineCoupon, FundCampaign, Id, InvoiceKind, InvoiceLine,
    IssueCoupon, IssueInvoice, RedInvoice, RejectInvoice, RequestInvoice, RevokeCoupon,
};

/// The command of a line; `None` when the verb is no command of this subject.
pub(crate) fn body(verb: &str, a: &mut Args<'_>, now: u64) -> Option<Body> {
    Some(match verb {
        "fund" => Body::FundCampaign(FundCampaign {
            campaign: a.id(),
            funder: whose(a.word()),
            amount: a.money(),
        }),
        "close_campaign" => Body::CloseCampaign(CloseCampaign { campaign: a.id() }),
        "kind" => Body::DefineCoupon(DefineCoupon { template: a.id(), terms: terms(a, now) }),
        "issue" => {
            Body::IssueCoupon(IssueCoupon { coupon: a.id(), template: a.id(), user: a.id() })
        }
        "revoke" => {
            Body::RevokeCoupon(RevokeCoupon { coupon: a.id(), reason: reference("misuse") })
        }
        "request" => Body::RequestInvoice(RequestInvoice {
            invoice: a.id(),
            payment: a.id(),
            title: reference("buyer"),
            tax_no: a.option("tax_no").map(reference),
            kind: match a.option("kind") {
                None => InvoiceKind::Plain,
                Some("special") => InvoiceKind::Special,
                Some("electronic") => InvoiceKind::Electronic,
                Some(other) => panic!("no kind of invoice: {other}"),
            },
            amount: a.money(),
        }),
        "issue_invoice" => Body::IssueInvoice(IssueInvoice {
            invoice: a.id(),
            no: a.reference(),
            tax: money(a.option("tax").expect("tax=13.00")),
            lines: a.rest().into_iter().map(line).collect(),
        }),
        "reject_invoice" => {
            Body::RejectInvoice(RejectInvoice { invoice: a.id(), reason: reference("title") })
        }
        "red" => {
            Body::RedInvoice(RedInvoice { invoice: a.id(), no: a.reference(), amount: a.money() })
        }
        _ => return None,
    })
}

/// `113.00@1300`: an amount and its rate in ten-thousandths.
fn line(word: &str) -> InvoiceLine {
    let (amount, rate) = word.split_once('@').expect("113.00@1300");
    InvoiceLine { amount: money(amount).amount, rate_bps: rate.parse().unwrap() }
}

/// `-` is the platform.
fn whose(name: &str) -> Id {
    if name == "-" { Id::NONE } else { id(name) }
}

/// `20.00 at=shop merchant=5.00 by=c1`: a face, where, the merchant's part, the campaign; for a
/// day from now, a hundred of them, one for each user.
fn terms(a: &mut Args<'_>, now: u64) -> CouponTerms {
    let face = a.money();
    CouponTerms {
        campaign: a.id_option("by"),
        merchant: a.id_option("at"),
        face,
        merchant_part: a.minor_option("merchant").unwrap_or(0),
        min_spend: a.minor_option("min").unwrap_or(face.amount),
        valid_from: time(a.option("from").unwrap_or("+0ms"), now),
        valid_until: time(a.option("until").unwrap_or("+1d"), now),
        count_max: a.number("count", 100),
        per_user_day: a.number("day", 0),
        per_user: a.number("each", 1),
    }
}
