//! Domain to wire: royalties, their facts, rows and what is told of them.

use super::{some, text};
use groat_ledger::{
    Fact, Id, Money, ReturnedShare, Royalty, RoyaltyOf, RoyaltyRefunds, RoyaltyRelation,
    RoyaltyReturn, RoyaltySent, Settlement, Share, Split, SplitReturn,
};
use groat_proto::v1::{self, event, settlement};

/// The facts of royalties; none for any other.
pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::RoyaltyBound { merchant, receiver } => W::RoyaltyBound(v1::BindRoyalty {
            merchant: some(*merchant),
            receiver: some(*receiver),
        }),
        Fact::RoyaltyUnbound { merchant, receiver } => W::RoyaltyUnbound(v1::UnbindRoyalty {
            merchant: some(*merchant),
            receiver: some(*receiver),
        }),
        Fact::RoyaltyFreezeSet { payment } => {
            W::RoyaltyFreezeSet(v1::RoyaltyFreezeSet { payment: some(*payment) })
        }
        Fact::ProceedsFrozen { payment, amount } => {
            W::ProceedsFrozen(v1::ProceedsFrozen { payment: some(*payment), amount: *amount })
        }
        Fact::PaymentSplit {
            payment,
            out_request_no,
            shares,
            finish,
            from_frozen,
            from_own_batch,
            from_available,
        } => W::PaymentSplit(v1::PaymentSplit {
            payment: some(*payment),
            out_request_no: out_request_no.to_string(),
            shares: shares.iter().map(shared).collect(),
            finish: *finish,
            from_frozen: *from_frozen,
            from_own_batch: *from_own_batch,
            from_available: *from_available,
        }),
        Fact::SplitAsked { payment, out_request_no, shares, finish } => {
            W::SplitAsked(v1::PaymentSplit {
                payment: some(*payment),
                out_request_no: out_request_no.to_string(),
                shares: shares.iter().map(shared).collect(),
                finish: *finish,
                ..v1::PaymentSplit::default()
            })
        }
        Fact::SplitPaid { merchant, payment, amount } => W::SplitPaid(v1::BackHome {
            merchant: some(*merchant),
            payment: some(*payment),
            amount: *amount,
        }),
        Fact::SplitFunded { merchant, payment, amount } => W::SplitFunded(v1::BackHome {
            merchant: some(*merchant),
            payment: some(*payment),
            amount: *amount,
        }),
        Fact::SplitFailed { payment, out_request_no, why } => W::SplitFailed(v1::RefundFailed {
            payment: some(*payment),
            out_request_no: out_request_no.to_string(),
            why: why.code().into(),
        }),
        Fact::SplitFinished { payment, amount, batch, expired } => {
            W::SplitFinished(v1::SplitFinished {
                payment: some(*payment),
                amount: *amount,
                batch: *batch,
                expired: *expired,
            })
        }
        Fact::ProceedsFreed { payment, amount, batch } => W::ProceedsFreed(v1::ProceedsFreed {
            payment: some(*payment),
            amount: *amount,
            batch: *batch,
        }),
        Fact::SplitReturned { payment, out_return_no, shares, batch, pro_rata } => {
            W::SplitReturned(v1::SplitReturned {
                payment: some(*payment),
                out_return_no: text(out_return_no),
                shares: shares.iter().map(returned).collect(),
                batch: *batch,
                pro_rata: *pro_rata,
            })
        }
        Fact::RoyaltyArrived { sent: to, amount } => W::RoyaltyArrived(sent(to, *amount, 0)),
        Fact::RoyaltyRefused { sent: to, amount, why } => {
            W::RoyaltyRefused(sent(to, *amount, why.code().into()))
        }
        Fact::SplitReturnAsked { payment, out_return_no, shares, pro_rata } => {
            W::SplitReturnAsked(v1::SplitReturnAsked {
                payment: some(*payment),
                out_return_no: text(out_return_no),
                shares: shares.iter().map(returned).collect(),
                pro_rata: *pro_rata,
            })
        }
        Fact::RoyaltyTaken { sent: of, amount } => W::RoyaltyTaken(sent(of, *amount, 0)),
        Fact::RoyaltyGivenBack { sent: of, amount } => W::RoyaltyGivenBack(sent(of, *amount, 0)),
        Fact::SplitReturnFailed { asked, why } => {
            W::SplitReturnFailed(return_asked(asked, why.code().into()))
        }
        _ => return None,
    })
}

/// What a refund takes back; nothing where it is to take nothing.
pub(in crate::codec) fn refunds(back: &RoyaltyRefunds) -> Option<v1::RoyaltyRefunds> {
    let named = |(receiver, amount): &(Id, Money)| v1::RoyaltyRefund {
        receiver: some(*receiver),
        amt: Some((*amount).into()),
    };
    match back {
        RoyaltyRefunds::None => None,
        RoyaltyRefunds::ProRata => {
            Some(v1::RoyaltyRefunds { pro_rata: true, receivers: Vec::new() })
        }
        RoyaltyRefunds::Named(all) => {
            let receivers = all.iter().map(named).collect();
            Some(v1::RoyaltyRefunds { pro_rata: false, receivers })
        }
    }
}

fn returned(back: &ReturnedShare) -> v1::ReturnedShare {
    let ReturnedShare { split, share, amount } = *back;
    v1::ReturnedShare { split, share, amount }
}

/// What a receiver elsewhere is asked to give back.
pub(super) fn return_asked(asked: &RoyaltyReturn, why: u32) -> v1::RoyaltyReturn {
    v1::RoyaltyReturn {
        sent: Some(sent(&asked.sent, 0, 0)),
        out_return_no: text(&asked.out_return_no),
        amount: asked.amount,
        why,
    }
}

pub(super) fn sent(to: &RoyaltySent, amount: u64, why: u32) -> v1::RoyaltySent {
    v1::RoyaltySent {
        payment: some(to.payment),
        merchant: some(to.merchant),
        receiver: some(to.receiver),
        split: to.split,
        share: to.share,
        amount,
        why,
    }
}

fn shared((receiver, amount): &(Id, u64)) -> v1::SharedAmount {
    v1::SharedAmount { receiver: some(*receiver), amount: *amount }
}

/// What is told of royalties; none for anything else.
pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::PaymentSplit { royalty } => W::PaymentSplit(told_royalty(royalty)),
        Settlement::SplitFinished { royalty, expired } => {
            W::SplitFinished(v1::ToldRoyalty { expired: *expired, ..told_royalty(royalty) })
        }
        Settlement::SplitReturned { royalty } => W::SplitReturned(told_royalty(royalty)),
        Settlement::RoyaltyArrived { payment, merchant, receiver, amount } => {
            W::RoyaltyArrived(told_share((*payment, *merchant), *receiver, *amount))
        }
        Settlement::RoyaltyTaken { payment, merchant, receiver, amount } => {
            W::RoyaltyTaken(told_share((*payment, *merchant), *receiver, *amount))
        }
        Settlement::SplitReturnFailed { royalty, why } => {
            let why = why.name().into();
            W::SplitReturnFailed(v1::ToldRoyalty { why, ..told_royalty(royalty) })
        }
        _ => return None,
    })
}

/// What a receiver got, or gave back, of a payment of a merchant elsewhere.
fn told_share((payment, merchant): (Id, Id), receiver: Id, amount: Money) -> v1::ToldRoyalty {
    let share = v1::ToldShare { receiver: some(receiver), amount: Some(amount.into()) };
    v1::ToldRoyalty {
        payment: some(payment),
        merchant: some(merchant),
        shares: vec![share],
        amount: Some(amount.into()),
        ..v1::ToldRoyalty::default()
    }
}

fn told_royalty(r: &RoyaltyOf) -> v1::ToldRoyalty {
    let share = |(receiver, amount): &(Id, u64)| v1::ToldShare {
        receiver: some(*receiver),
        amount: Some(Money { amount: *amount, currency: r.amount.currency }.into()),
    };
    v1::ToldRoyalty {
        payment: some(r.payment),
        out_trade_no: r.out_trade_no.to_string(),
        merchant: some(r.merchant),
        number: text(&r.number),
        shares: r.shares.iter().map(share).collect(),
        amount: Some(r.amount.into()),
        expired: false,
        why: String::new(),
    }
}

pub(in crate::codec) fn relation(r: &RoyaltyRelation) -> v1::RoyaltyRelationRow {
    let RoyaltyRelation { merchant, receiver, bound, told } = *r;
    v1::RoyaltyRelationRow { merchant, receiver, bound, told }
}

/// Nothing where nothing is shared: such rows have the bytes they always had.
pub(in crate::codec) fn row(r: &Royalty) -> Option<v1::RoyaltyRow> {
    let share = |share: &Share| {
        let Share { receiver, amount, returned, pro_rata, asked } = *share;
        v1::ShareRow { receiver, amount, returned, pro_rata, asked }
    };
    let split = |split: &Split| v1::SplitRow {
        out_request_no: split.out_request_no.to_string(),
        at: split.at,
        finish: split.finish,
        refunded_before: split.refunded_before,
        shares: split.shares.iter().map(share).collect(),
        first_event: split.events.first,
        events: split.events.count,
    };
    let back = |back: &SplitReturn| v1::SplitReturnRow {
        out_return_no: back.out_return_no.to_string(),
        split: back.split,
        share: back.share,
        amount: back.amount,
        first_event: back.events.first,
        events: back.events.count,
    };
    (*r != Royalty::default()).then(|| v1::RoyaltyRow {
        freeze: r.freeze,
        frozen: r.frozen,
        finished: r.finished,
        splits: r.splits.iter().map(split).collect(),
        returns: r.returns.iter().map(back).collect(),
        refunded: r.refunded,
        asked: r.asked.iter().map(back).collect(),
        asked_split: r.asked_split.as_ref().map(|asked| v1::AskedSplitRow {
            out_request_no: asked.out_request_no.to_string(),
            shares: asked.shares.iter().map(shared).collect(),
            finish: asked.finish,
            first_event: asked.events.first,
            events: asked.events.count,
        }),
    })
}
