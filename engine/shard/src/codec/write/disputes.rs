//! Domain to wire: disputes, their facts, rows and what is told of them.

use super::some;
use groat_ledger::{Dispute, DisputeKind, DisputeOf, Fact, Id, Money, Ruling, Settlement};
use groat_proto::v1::{self, event, settlement};

fn kind(kind: DisputeKind) -> i32 {
    match kind {
        DisputeKind::Chargeback => v1::DisputeKind::Chargeback,
        DisputeKind::RetrievalRequest => v1::DisputeKind::RetrievalRequest,
        DisputeKind::ComplianceRequest => v1::DisputeKind::ComplianceRequest,
    }
    .into()
}

fn ruling(ruling: Ruling) -> i32 {
    match ruling {
        Ruling::Customer => v1::Ruling::Customer,
        Ruling::Merchant => v1::Ruling::Merchant,
        Ruling::Accepted => v1::Ruling::Accepted,
        Ruling::Cancelled => v1::Ruling::Cancelled,
    }
    .into()
}

/// The facts of disputes; none for any other.
pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::DisputeOpened {
            dispute,
            payment,
            kind: of,
            amount,
            due_at,
            from_own_batch,
            from_available,
            owed,
        } => W::DisputeOpened(v1::DisputeOpened {
            dispute: some(*dispute),
            payment: some(*payment),
            kind: kind(*of),
            amount: *amount,
            due_at: *due_at,
            from_own_batch: *from_own_batch,
            from_available: *from_available,
            owed: *owed,
        }),
        Fact::DisputeDefended { dispute, evidence } => W::DisputeDefended(v1::DefendDispute {
            dispute: some(*dispute),
            evidence: evidence.to_string(),
        }),
        Fact::DisputeJudged {
            dispute,
            ruling: by,
            to_credit,
            surplus,
            to_channel,
            to_balance,
            to_debt,
            to_available,
            fee,
            fee_owed,
        } => W::DisputeJudged(v1::DisputeJudged {
            dispute: some(*dispute),
            ruling: ruling(*by),
            to_credit: *to_credit,
            surplus: *surplus,
            to_channel: *to_channel,
            to_balance: *to_balance,
            to_debt: *to_debt,
            to_available: *to_available,
            fee: *fee,
            fee_owed: *fee_owed,
        }),
        Fact::DisputeCharged { merchant, dispute, is_fee, from_available, owed } => {
            W::DisputeCharged(v1::DisputeCharged {
                merchant: some(*merchant),
                dispute: some(*dispute),
                is_fee: *is_fee,
                from_available: *from_available,
                owed: *owed,
            })
        }
        Fact::DisputeDebtPaid { merchant, dispute, amount } => {
            W::DisputeDebtPaid(v1::DisputeDebtPaid {
                merchant: some(*merchant),
                dispute: some(*dispute),
                amount: *amount,
            })
        }
        Fact::DisputeReversed { merchant, dispute, to_debt, to_available } => {
            W::DisputeReversed(v1::DisputeReversed {
                merchant: some(*merchant),
                dispute: some(*dispute),
                to_debt: *to_debt,
                to_available: *to_available,
            })
        }
        _ => return None,
    })
}

/// What is told of disputes; none for anything else.
pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::DisputeOpened { dispute } => W::DisputeOpened(told_dispute(dispute)),
        Settlement::DisputeDefended { dispute } => W::DisputeDefended(told_dispute(dispute)),
        Settlement::DisputeJudged { dispute, ruling: by, fee } => {
            let fee = Money { amount: *fee, currency: dispute.amount.currency };
            W::DisputeJudged(v1::ToldDispute {
                ruling: ruling(*by),
                fee: Some(fee.into()),
                ..told_dispute(dispute)
            })
        }
        _ => return None,
    })
}

fn told_dispute(d: &DisputeOf) -> v1::ToldDispute {
    v1::ToldDispute {
        dispute: some(d.dispute),
        payment: some(d.payment),
        out_trade_no: d.out_trade_no.to_string(),
        merchant: some(d.merchant),
        user: some(d.user),
        amount: Some(d.amount.into()),
        kind: kind(d.kind),
        due_at: d.due_at,
        ruling: v1::Ruling::Unspecified.into(),
        fee: None,
    }
}

/// Of which dispute and merchant something goes between shards.
pub(super) fn money(merchant: Id, dispute: Id) -> v1::DisputeMoney {
    let (merchant, dispute) = (some(merchant), some(dispute));
    v1::DisputeMoney { merchant, dispute, owed: 0, is_fee: false }
}

pub(in crate::codec) fn row(r: &Dispute) -> v1::DisputeRow {
    v1::DisputeRow {
        dispute: some(r.dispute),
        payment: r.payment,
        kind: kind(r.kind),
        amount: r.amount,
        due_at: r.due_at,
        state: r.state as u32,
    }
}
