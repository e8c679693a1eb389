//! Commands of royalties as they are sent.

use super::{Wire, money, some, text};
use groat_ledger::{Body, RoyaltyPart, RoyaltyRefunds, RoyaltyShare};
use groat_proto::v1;

pub(super) fn body(body: &Body) -> Wire {
    match body {
        Body::BindRoyalty(c) => Wire::BindRoyalty(v1::BindRoyalty {
            merchant: some(c.merchant),
            receiver: some(c.receiver),
        }),
        Body::UnbindRoyalty(c) => Wire::UnbindRoyalty(v1::UnbindRoyalty {
            merchant: some(c.merchant),
            receiver: some(c.receiver),
        }),
        Body::SplitPayment(c) => Wire::SplitPayment(v1::SplitPayment {
            payment: some(c.payment),
            out_request_no: text(&c.out_request_no),
            receivers: c.shares.iter().map(share).collect(),
            finish: c.finish,
        }),
        Body::ReturnSplit(c) => Wire::ReturnSplit(v1::ReturnSplit {
            payment: some(c.payment),
            out_request_no: text(&c.out_request_no),
            out_return_no: text(&c.out_return_no),
            receiver: some(c.receiver),
            amt: money(c.amount),
        }),
        other => unreachable!("not of royalties: {other:?}"),
    }
}

fn share(share: &RoyaltyShare) -> v1::RoyaltyShare {
    let (amt, percent) = match share.part {
        RoyaltyPart::Amount(amount) => (money(amount), 0),
        RoyaltyPart::Percent(percent) => (None, percent),
    };
    v1::RoyaltyShare { receiver: some(share.receiver), amt, percent }
}

pub(super) fn refunds(royalties: &RoyaltyRefunds) -> Option<v1::RoyaltyRefunds> {
    let named = |(receiver, amount): &(groat_ledger::Id, groat_ledger::Money)| v1::RoyaltyRefund {
        receiver: some(*receiver),
        amt: money(*amount),
    };
    match royalties {
        RoyaltyRefunds::None => None,
        RoyaltyRefunds::ProRata => {
            Some(v1::RoyaltyRefunds { pro_rata: true, receivers: Vec::new() })
        }
        RoyaltyRefunds::Named(list) => Some(v1::RoyaltyRefunds {
            pro_rata: false,
            receivers: list.iter().map(named).collect(),
        }),
    }
}
