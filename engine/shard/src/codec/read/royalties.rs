//! Wire to domain: royalties, their commands, facts and rows.

use super::fields::*;
use groat_ledger::limits::AMOUNT_MAX;
use groat_ledger::{
    self as domain, AskedSplit, Body, EventRange, Fact, Id, Rejection, ReturnedShare, Royalty,
    RoyaltyPart, RoyaltyRefunds, RoyaltyRelation, RoyaltyReturn, RoyaltySent, RoyaltyShare, Share,
    Split, SplitReturn,
};
use groat_proto::v1;

pub(super) fn split(w: &v1::SplitPayment) -> Field<Body> {
    let share = |w: &v1::RoyaltyShare| -> Field<RoyaltyShare> {
        let part = match (w.amt, w.percent) {
            (Some(_), 1..) => return Err("receivers"),
            (Some(amt), 0) => RoyaltyPart::Amount(money(Some(amt), "amt")?),
            (None, percent) => RoyaltyPart::Percent(percent),
        };
        Ok(RoyaltyShare { receiver: id(w.receiver, "receiver")?, part })
    };
    Ok(Body::SplitPayment(domain::SplitPayment {
        payment: id(w.payment, "payment")?,
        out_request_no: reference(&w.out_request_no, "out_request_no")?,
        shares: w.receivers.iter().map(share).collect::<Field<_>>()?,
        finish: w.finish,
    }))
}

pub(super) fn return_split(w: &v1::ReturnSplit) -> Field<Body> {
    Ok(Body::ReturnSplit(domain::ReturnSplit {
        payment: id(w.payment, "payment")?,
        out_request_no: reference(&w.out_request_no, "out_request_no")?,
        out_return_no: reference(&w.out_return_no, "out_return_no")?,
        receiver: id(w.receiver, "receiver")?,
        amount: money(w.amt, "amt")?,
    }))
}

pub(in crate::codec) fn refunds(w: Option<&v1::RoyaltyRefunds>) -> Field<RoyaltyRefunds> {
    let named = |w: &v1::RoyaltyRefund| Ok((id(w.receiver, "receiver")?, money(w.amt, "amt")?));
    Ok(match w {
        None => RoyaltyRefunds::None,
        Some(w) if w.pro_rata && w.receivers.is_empty() => RoyaltyRefunds::ProRata,
        Some(w) if w.pro_rata || w.receivers.is_empty() => return Err("royalty_refunds"),
        Some(w) => RoyaltyRefunds::Named(w.receivers.iter().map(named).collect::<Field<_>>()?),
    })
}

fn shared(w: &v1::SharedAmount) -> Field<(Id, u64)> {
    Ok((id(w.receiver, "receiver")?, w.amount))
}

pub(super) fn split_asked(w: &v1::PaymentSplit) -> Field<Fact> {
    Ok(Fact::SplitAsked {
        payment: id(w.payment, "payment")?,
        out_request_no: reference(&w.out_request_no, "out_request_no")?,
        shares: w.shares.iter().map(shared).collect::<Field<_>>()?,
        finish: w.finish,
    })
}

pub(super) fn split_paid(w: &v1::BackHome) -> Field<Fact> {
    let (merchant, payment) = (id(w.merchant, "merchant")?, id(w.payment, "payment")?);
    Ok(Fact::SplitPaid { merchant, payment, amount: w.amount })
}

pub(super) fn split_funded(w: &v1::BackHome) -> Field<Fact> {
    let (merchant, payment) = (id(w.merchant, "merchant")?, id(w.payment, "payment")?);
    Ok(Fact::SplitFunded { merchant, payment, amount: w.amount })
}

pub(super) fn split_failed(w: &v1::RefundFailed) -> Field<Fact> {
    Ok(Fact::SplitFailed {
        payment: id(w.payment, "payment")?,
        out_request_no: reference(&w.out_request_no, "out_request_no")?,
        why: Rejection::from_code(w.why).ok_or("why")?,
    })
}

fn asked_split(w: &v1::AskedSplitRow) -> Field<AskedSplit> {
    Ok(AskedSplit {
        out_request_no: reference(&w.out_request_no, "out_request_no")?,
        shares: w.shares.iter().map(shared).collect::<Field<_>>()?,
        finish: w.finish,
        events: EventRange { first: w.first_event, count: w.events },
    })
}

pub(super) fn payment_split(w: &v1::PaymentSplit) -> Field<Fact> {
    Ok(Fact::PaymentSplit {
        payment: id(w.payment, "payment")?,
        out_request_no: reference(&w.out_request_no, "out_request_no")?,
        shares: w.shares.iter().map(shared).collect::<Field<_>>()?,
        finish: w.finish,
        from_frozen: w.from_frozen,
        from_own_batch: w.from_own_batch,
        from_available: w.from_available,
    })
}

pub(super) fn finished(w: &v1::SplitFinished) -> Field<Fact> {
    let payment = id(w.payment, "payment")?;
    let v1::SplitFinished { amount, batch, expired, .. } = *w;
    Ok(Fact::SplitFinished { payment, amount, batch, expired })
}

fn back(w: &v1::ReturnedShare) -> ReturnedShare {
    let v1::ReturnedShare { split, share, amount } = *w;
    ReturnedShare { split, share, amount }
}

pub(super) fn returned(w: &v1::SplitReturned) -> Field<Fact> {
    Ok(Fact::SplitReturned {
        payment: id(w.payment, "payment")?,
        out_return_no: optional_reference(&w.out_return_no, "out_return_no")?,
        shares: w.shares.iter().map(back).collect(),
        batch: w.batch,
        pro_rata: w.pro_rata,
    })
}

pub(super) fn asked(w: &v1::SplitReturnAsked) -> Field<Fact> {
    Ok(Fact::SplitReturnAsked {
        payment: id(w.payment, "payment")?,
        out_return_no: optional_reference(&w.out_return_no, "out_return_no")?,
        shares: w.shares.iter().map(back).collect(),
        pro_rata: w.pro_rata,
    })
}

pub(super) fn failed(w: &v1::RoyaltyReturn) -> Field<Fact> {
    let (asked, why) = return_denied(w)?;
    Ok(Fact::SplitReturnFailed { asked, why })
}

pub(super) fn return_asked(w: &v1::RoyaltyReturn) -> Field<Box<RoyaltyReturn>> {
    ensure(w.amount <= AMOUNT_MAX, "amount")?;
    Ok(Box::new(RoyaltyReturn {
        sent: sent(w.sent.as_ref().ok_or("sent")?)?,
        out_return_no: optional_reference(&w.out_return_no, "out_return_no")?,
        amount: w.amount,
    }))
}

pub(super) fn return_denied(w: &v1::RoyaltyReturn) -> Field<(Box<RoyaltyReturn>, Rejection)> {
    Ok((return_asked(w)?, Rejection::from_code(w.why).ok_or("why")?))
}

pub(super) fn sent(w: &v1::RoyaltySent) -> Field<RoyaltySent> {
    Ok(RoyaltySent {
        payment: id(w.payment, "payment")?,
        merchant: id(w.merchant, "merchant")?,
        receiver: id(w.receiver, "receiver")?,
        split: w.split,
        share: w.share,
    })
}

pub(super) fn sent_back(w: &v1::RoyaltySent) -> Field<(RoyaltySent, Rejection)> {
    Ok((sent(w)?, Rejection::from_code(w.why).ok_or("why")?))
}

pub(super) fn refused(w: &v1::RoyaltySent) -> Field<Fact> {
    let (sent, why) = sent_back(w)?;
    Ok(Fact::RoyaltyRefused { sent, amount: w.amount, why })
}

pub(in crate::codec) fn relation(w: &v1::RoyaltyRelationRow) -> RoyaltyRelation {
    let v1::RoyaltyRelationRow { merchant, receiver, bound, told } = *w;
    RoyaltyRelation { merchant, receiver, bound, told }
}

pub(in crate::codec) fn row(w: Option<&v1::RoyaltyRow>) -> Field<Royalty> {
    let Some(w) = w else { return Ok(Royalty::default()) };
    let share = |w: &v1::ShareRow| {
        let v1::ShareRow { receiver, amount, returned, pro_rata, asked } = *w;
        Share { receiver, amount, returned, pro_rata, asked }
    };
    let split = |w: &v1::SplitRow| -> Field<Split> {
        Ok(Split {
            out_request_no: reference(&w.out_request_no, "out_request_no")?,
            at: w.at,
            finish: w.finish,
            refunded_before: w.refunded_before,
            shares: w.shares.iter().map(share).collect(),
            events: EventRange { first: w.first_event, count: w.events },
        })
    };
    let back = |w: &v1::SplitReturnRow| -> Field<SplitReturn> {
        Ok(SplitReturn {
            out_return_no: reference(&w.out_return_no, "out_return_no")?,
            split: w.split,
            share: w.share,
            amount: w.amount,
            events: EventRange { first: w.first_event, count: w.events },
        })
    };
    Ok(Royalty {
        freeze: w.freeze,
        frozen: w.frozen,
        finished: w.finished,
        splits: w.splits.iter().map(split).collect::<Field<_>>()?,
        returns: w.returns.iter().map(back).collect::<Field<_>>()?,
        refunded: w.refunded,
        asked: w.asked.iter().map(back).collect::<Field<_>>()?,
        asked_split: w.asked_split.as_ref().map(asked_split).transpose()?,
    })
}
