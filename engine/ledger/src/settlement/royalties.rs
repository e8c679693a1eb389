//! What the outside is told of royalties.

use crate::account::Movement;
use crate::command::Reference;
use crate::event::{Fact, ReturnedShare};
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::remittance::RoyaltySent;
use crate::rules::royalties::royalty;
use crate::settlement::{Settlement, moved_money};
use crate::state::Payment;

/// A payment and what was shared, given back or freed of it.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "fields carry the names of DOMAIN §4")]
pub struct RoyaltyOf {
    pub payment: Id,
    pub out_trade_no: Reference,
    pub merchant: Id,
    /// The merchant's number of the split or return.
    pub number: Option<Reference>,
    /// Receivers with what each got or gave back, in minor units.
    pub shares: Vec<(Id, u64)>,
    /// All shares, or what came free.
    pub amount: Money,
}

/// What a fact of royalties means to the outside; nothing for those of others.
pub(super) fn told(ledger: &Ledger, fact: &Fact, movements: &[Movement]) -> Option<Settlement> {
    let tables = ledger.tables();
    let of = |payment: &Id, number: Option<&Reference>, shares: Vec<(Id, u64)>, amount: u64| {
        let row = tables.payments.row(ledger.payment_no(payment)?);
        Some(RoyaltyOf {
            payment: *payment,
            out_trade_no: row.out_trade_no.clone(),
            merchant: tables.merchants.row(row.merchant).merchant,
            number: number.cloned(),
            shares,
            amount: Money { amount, currency: row.amount.currency },
        })
    };
    let sum = |shares: &[(Id, u64)]| shares.iter().fold(0u64, |sum, s| sum.saturating_add(s.1));
    Some(match fact {
        Fact::PaymentSplit { payment, out_request_no, shares, .. } => {
            let amount = sum(shares);
            let royalty = of(payment, Some(out_request_no), shares.clone(), amount)?;
            Settlement::PaymentSplit { royalty }
        }
        Fact::SplitFinished { payment, amount, expired, .. } => {
            let royalty = of(payment, None, Vec::new(), *amount)?;
            Settlement::SplitFinished { royalty, expired: *expired }
        }
        Fact::SplitReturned { payment, out_return_no, shares, .. } => {
            let row = tables.payments.row(ledger.payment_no(payment)?);
            let shares: Vec<(Id, u64)> =
                shares.iter().filter_map(|back| returned(ledger, row, back)).collect();
            let amount = sum(&shares);
            let royalty = of(payment, out_return_no.as_ref(), shares, amount)?;
            Settlement::SplitReturned { royalty }
        }
        Fact::RoyaltyArrived { sent, amount } => {
            let RoyaltySent { payment, merchant, receiver, .. } = *sent;
            let amount = moved_money(ledger, movements, *amount)?;
            Settlement::RoyaltyArrived { payment, merchant, receiver, amount }
        }
        Fact::RoyaltyTaken { sent, amount } => {
            let RoyaltySent { payment, merchant, receiver, .. } = *sent;
            let amount = moved_money(ledger, movements, *amount)?;
            Settlement::RoyaltyTaken { payment, merchant, receiver, amount }
        }
        Fact::SplitReturnFailed { asked, why } => {
            let (sent, number) = (asked.sent, asked.out_return_no.as_ref());
            let shares = vec![(sent.receiver, asked.amount)];
            let royalty = of(&sent.payment, number, shares, asked.amount)?;
            Settlement::SplitReturnFailed { royalty, why: *why }
        }
        _ => return None,
    })
}

fn returned(ledger: &Ledger, payment: &Payment, back: &ReturnedShare) -> Option<(Id, u64)> {
    let split = royalty(payment)?.splits.get(back.split as usize)?;
    let share = split.shares.get(back.share as usize)?;
    Some((ledger.tables().merchants.row(share.receiver).merchant, back.amount))
}
