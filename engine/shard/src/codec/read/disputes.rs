//! Wire to domain: disputes, their commands, facts and rows.

use super::fields::*;
use groat_ledger::{self as domain, Body, Dispute, DisputeKind, DisputeState, Fact, Ruling};
use groat_proto::v1::{self, event};

fn kind(value: i32) -> Field<DisputeKind> {
    match known::<v1::DisputeKind>(value, "kind")? {
        v1::DisputeKind::Unspecified => Err("kind"),
        v1::DisputeKind::Chargeback => Ok(DisputeKind::Chargeback),
        v1::DisputeKind::RetrievalRequest => Ok(DisputeKind::RetrievalRequest),
        v1::DisputeKind::ComplianceRequest => Ok(DisputeKind::ComplianceRequest),
    }
}

fn ruling(value: i32) -> Field<Ruling> {
    match known::<v1::Ruling>(value, "ruling")? {
        v1::Ruling::Unspecified => Err("ruling"),
        v1::Ruling::Customer => Ok(Ruling::Customer),
        v1::Ruling::Merchant => Ok(Ruling::Merchant),
        v1::Ruling::Accepted => Ok(Ruling::Accepted),
        v1::Ruling::Cancelled => Ok(Ruling::Cancelled),
    }
}

pub(super) fn open(w: &v1::OpenDispute) -> Field<Body> {
    Ok(Body::OpenDispute(domain::OpenDispute {
        dispute: id(w.dispute, "dispute")?,
        payment: id(w.payment, "payment")?,
        amount: money(w.amt, "amt")?,
        kind: kind(w.kind)?,
        due_at: time(w.due_at, "due_at")?,
    }))
}

pub(super) fn defend(w: &v1::DefendDispute) -> Field<Body> {
    Ok(Body::DefendDispute(domain::DefendDispute {
        dispute: id(w.dispute, "dispute")?,
        evidence: reference(&w.evidence, "evidence")?,
    }))
}

pub(super) fn judge(w: &v1::JudgeDispute) -> Field<Body> {
    let for_customer = match ruling(w.ruling)? {
        Ruling::Customer => true,
        Ruling::Merchant => false,
        Ruling::Accepted | Ruling::Cancelled => return Err("ruling"),
    };
    Ok(Body::JudgeDispute(domain::JudgeDispute {
        dispute: id(w.dispute, "dispute")?,
        for_customer,
        fee: w.fee.map(|fee| money(Some(fee), "fee")).transpose()?,
    }))
}

pub(super) fn opened(w: &v1::DisputeOpened) -> Field<Fact> {
    Ok(Fact::DisputeOpened {
        dispute: id(w.dispute, "dispute")?,
        payment: id(w.payment, "payment")?,
        kind: kind(w.kind)?,
        amount: w.amount,
        due_at: w.due_at,
        from_own_batch: w.from_own_batch,
        from_available: w.from_available,
        owed: w.owed,
    })
}

pub(super) fn defended(w: &v1::DefendDispute) -> Field<Fact> {
    Ok(Fact::DisputeDefended {
        dispute: id(w.dispute, "dispute")?,
        evidence: reference(&w.evidence, "evidence")?,
    })
}

pub(super) fn judged(w: &v1::DisputeJudged) -> Field<Fact> {
    Ok(Fact::DisputeJudged {
        dispute: id(w.dispute, "dispute")?,
        ruling: ruling(w.ruling)?,
        to_credit: w.to_credit,
        surplus: w.surplus,
        to_channel: w.to_channel,
        to_balance: w.to_balance,
        to_debt: w.to_debt,
        to_available: w.to_available,
        fee: w.fee,
        fee_owed: w.fee_owed,
    })
}

/// Facts of disputes whose merchant and payment are on two shards.
pub(super) fn away(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    Ok(match wire {
        W::DisputeCharged(w) => Fact::DisputeCharged {
            merchant: id(w.merchant, "merchant")?,
            dispute: id(w.dispute, "dispute")?,
            is_fee: w.is_fee,
            from_available: w.from_available,
            owed: w.owed,
        },
        W::DisputeDebtPaid(w) => Fact::DisputeDebtPaid {
            merchant: id(w.merchant, "merchant")?,
            dispute: id(w.dispute, "dispute")?,
            amount: w.amount,
        },
        W::DisputeReversed(w) => Fact::DisputeReversed {
            merchant: id(w.merchant, "merchant")?,
            dispute: id(w.dispute, "dispute")?,
            to_debt: w.to_debt,
            to_available: w.to_available,
        },
        _ => return Err("fact"),
    })
}

pub(in crate::codec) fn row(w: &v1::DisputeRow) -> Field<Dispute> {
    Ok(Dispute {
        dispute: id(w.dispute, "dispute")?,
        payment: w.payment,
        kind: kind(w.kind)?,
        amount: w.amount,
        due_at: w.due_at,
        state: match w.state {
            0 => DisputeState::Open,
            1 => DisputeState::Defended,
            2 => DisputeState::JudgedCustomer,
            3 => DisputeState::JudgedMerchant,
            4 => DisputeState::Accepted,
            5 => DisputeState::Cancelled,
            _ => return Err("state"),
        },
    })
}
