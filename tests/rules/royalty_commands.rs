//! Verbs of the tables that are commands of royalties, and what a refund takes back of them.

use crate::words::{Args, id, money};
use groat_ledger::{
    BindRoyalty, Body, ReturnSplit, RoyaltyPart, RoyaltyRefunds, RoyaltyShare, SplitPayment,
    UnbindRoyalty,
};

/// `share p1 s1 guide:20.00 driver:10% finish=yes`; `None` when it is no such verb.
pub(crate) fn body(verb: &str, a: &mut Args<'_>) -> Option<Body> {
    Some(match verb {
        "bind" => Body::BindRoyalty(BindRoyalty { merchant: a.id(), receiver: a.id() }),
        "unbind" => Body::UnbindRoyalty(UnbindRoyalty { merchant: a.id(), receiver: a.id() }),
        "share" => Body::SplitPayment(SplitPayment {
            payment: a.id(),
            out_request_no: a.reference(),
            finish: a.option("finish").is_some(),
            shares: a.rest().into_iter().map(share).collect(),
        }),
        "return_share" => Body::ReturnSplit(ReturnSplit {
            payment: a.id(),
            out_request_no: a.reference(),
            out_return_no: a.reference(),
            receiver: a.id(),
            amount: a.money(),
        }),
        _ => return None,
    })
}

fn share(word: &str) -> RoyaltyShare {
    let (receiver, part) = word.split_once(':').expect("receiver:amount or receiver:10%");
    let part = match part.strip_suffix('%') {
        Some(percent) => RoyaltyPart::Percent(percent.parse().unwrap()),
        None => RoyaltyPart::Amount(money(part)),
    };
    RoyaltyShare { receiver: id(receiver), part }
}

/// `royalties=pro_rata` or `royalties=guide:1.00,driver:2.00`.
pub(crate) fn refunds(a: &mut Args<'_>) -> RoyaltyRefunds {
    let named = |word: &str| {
        let (receiver, amount) = word.split_once(':').expect("receiver:amount");
        (id(receiver), money(amount))
    };
    match a.option("royalties") {
        None => RoyaltyRefunds::None,
        Some("pro_rata") => RoyaltyRefunds::ProRata,
        Some(list) => RoyaltyRefunds::Named(list.split(',').map(named).collect()),
    }
}
