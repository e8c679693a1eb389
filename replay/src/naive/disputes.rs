//! Disputes as their facts tell them: what is held, and where each stands (DOMAIN §5). It knows
//! neither rows nor accounts.

use super::{Converted, stranger};
use crate::names::fact_name;
use groat_ledger::{DisputeState, Fact, Id, Ruling};
use std::collections::BTreeMap;

/// One dispute.
#[derive(Debug)]
pub(crate) struct Dispute {
    pub(crate) payment: Id,
    pub(crate) amount: i128,
    pub(crate) state: DisputeState,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Disputes {
    rows: BTreeMap<Id, Dispute>,
    /// By payment: in dispute, and lost.
    of_payments: BTreeMap<Id, (i128, i128)>,
    /// Whether the facts that follow were decided before the third rules: until then a coupon's
    /// part could be disputed, and what was lost was still invoiced.
    by_old_rules: bool,
    /// Payments that were disputed by them, and what of each was lost by them.
    of_then: BTreeMap<Id, i128>,
}

impl Dispute {
    /// What its account must have.
    pub(crate) fn held(&self) -> i128 {
        match self.state {
            DisputeState::Open | DisputeState::Defended => self.amount,
            DisputeState::JudgedCustomer
            | DisputeState::JudgedMerchant
            | DisputeState::Accepted
            | DisputeState::Cancelled => 0,
        }
    }
}

impl Disputes {
    pub(crate) fn get(&self, dispute: Id) -> Option<&Dispute> {
        self.rows.get(&dispute)
    }

    /// Of a payment, what is in dispute, and what was lost in disputes.
    pub(crate) fn of_payment(&self, payment: Id) -> (i128, i128) {
        self.of_payments.get(&payment).copied().unwrap_or((0, 0))
    }

    /// By which rules the facts that follow were decided.
    pub(crate) fn decided_by(&mut self, ruleset: u32) {
        self.by_old_rules = ruleset < 3;
    }

    /// What was lost of a payment by rules before the third, if it was disputed by them at all.
    pub(crate) fn lost_then(&self, payment: Id) -> Option<i128> {
        self.of_then.get(&payment).copied()
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        self.rows.keys().copied()
    }

    /// Takes a fact in with what it moved; says if its parts do not sum up, or if the state it
    /// finds does not have that step. What is `converted` for the payer moves twice; `stored` goes
    /// to the payer's card.
    pub(crate) fn follow(
        &mut self,
        id: Id,
        fact: &Fact,
        moved: u128,
        converted: Option<Converted>,
        stored: u64,
    ) -> Result<(), String> {
        let name = fact_name(fact);
        let sum = |parts: &[u64]| parts.iter().map(|part| i128::from(*part)).sum::<i128>();
        let (parts, total) = match fact {
            Fact::DisputeOpened {
                payment, amount, from_own_batch, from_available, owed, ..
            } => {
                let (payment, of) = (*payment, i128::from(*amount));
                let row = Dispute { payment, amount: of, state: DisputeState::Open };
                self.of_payments.entry(payment).or_default().0 += of;
                if self.by_old_rules {
                    self.of_then.entry(payment).or_default();
                }
                if self.rows.insert(id, row).is_some() {
                    return Err(format!("{id} is opened twice"));
                }
                (sum(&[*from_own_batch, *from_available, *owed]), of)
            }
            Fact::DisputeDefended { .. } => {
                self.step(id, name, DisputeState::Defended, false)?;
                (0, 0)
            }
            Fact::DisputeJudged {
                ruling,
                to_credit,
                to_channel,
                to_balance,
                to_debt,
                to_available,
                fee,
                ..
            } => {
                let (state, by_judge) = match ruling {
                    Ruling::Customer => (DisputeState::JudgedCustomer, true),
                    Ruling::Merchant => (DisputeState::JudgedMerchant, true),
                    Ruling::Accepted => (DisputeState::Accepted, false),
                    Ruling::Cancelled => (DisputeState::Cancelled, false),
                };
                let amount = self.step(id, name, state, by_judge)?;
                let lost = matches!(ruling, Ruling::Customer | Ruling::Accepted);
                if let Some(row) = self.rows.get(&id) {
                    let of = self.of_payments.entry(row.payment).or_default();
                    of.0 -= amount;
                    of.1 += if lost { amount } else { 0 };
                    if self.by_old_rules && lost {
                        *self.of_then.entry(row.payment).or_default() += amount;
                    }
                }
                let to_payer = sum(&[*to_credit, *to_channel, *to_balance, stored]);
                let to_merchant = sum(&[*to_debt, *to_available]);
                if (if lost { to_merchant } else { to_payer + i128::from(*fee) }) != 0 {
                    return Err(format!("{name} of {id} gives to who has lost"));
                }
                let fee = i128::from(*fee);
                match converted {
                    Some(Converted { sold, bought }) if lost && i128::from(sold) == amount => {
                        // In the merchant's currency too, as what it was before.
                        (to_payer + amount + fee, i128::from(bought) + amount + fee)
                    }
                    Some(_) => return Err(format!("{name} of {id} converts another amount")),
                    None => (to_payer + to_merchant + fee, amount + fee),
                }
            }
            other => return Err(stranger(other, "a dispute")),
        };
        if parts != total || i128::try_from(moved) != Ok(total) {
            return Err(format!("{name} of {id} moves {moved}, its parts {parts} of {total}"));
        }
        Ok(())
    }

    /// Moves a dispute on and gives its amount. A judge may come after the defence; nobody else.
    fn step(
        &mut self,
        id: Id,
        name: &str,
        next: DisputeState,
        by_judge: bool,
    ) -> Result<i128, String> {
        let row = self.rows.get_mut(&id).ok_or_else(|| format!("{name} of {id}, never opened"))?;
        let state = std::mem::replace(&mut row.state, next);
        let defended = state == DisputeState::Defended && by_judge;
        if state == DisputeState::Open || defended {
            Ok(row.amount)
        } else {
            Err(format!("{name} of {id}, which is {state:?}"))
        }
    }
}
