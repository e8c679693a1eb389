//! Payments as their facts tell them: where each stands (DOMAIN §5), and since when. It knows
//! neither rows nor accounts.

use super::stranger;
use crate::names::fact_name;
use groat_ledger::hash::IdMap;
use groat_ledger::{CloseReason, Fact, Id, PaymentState};

const DAY_MS: u64 = 86_400_000;

/// One payment.
#[derive(Debug)]
struct Order {
    merchant: Id,
    amount: u64,
    refunded: u64,
    state: PaymentState,
    expires_at: u64,
    paid_at: u64,
    has_fee: bool,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Orders {
    orders: IdMap<Id, Order>,
    /// Days after payment in which a merchant's payments may be refunded.
    refund_days: IdMap<Id, u64>,
}

impl Orders {
    pub(crate) fn state(&self, payment: Id) -> Option<PaymentState> {
        self.orders.get(&payment).map(|order| order.state)
    }

    pub(crate) fn count(&self) -> usize {
        self.orders.len()
    }

    /// Takes in what merchants agreed on.
    pub(crate) fn learn(&mut self, fact: &Fact) {
        if let Fact::MerchantOnboarded { merchant, terms, .. }
        | Fact::MerchantKnown { merchant, terms, .. } = fact
        {
            self.refund_days.insert(*merchant, u64::from(terms.refund_days));
        }
    }

    /// Moves a payment on; says if the state it finds does not have that step, or not yet. `due`
    /// says that the clock did it.
    pub(crate) fn step(&mut self, fact: &Fact, id: Id, at: u64, due: bool) -> Result<(), String> {
        if let Fact::PaymentCreated { merchant, amount, expires_at, .. } = fact {
            let order = Order {
                merchant: *merchant,
                amount: amount.amount,
                refunded: 0,
                state: PaymentState::Created,
                expires_at: *expires_at,
                paid_at: 0,
                has_fee: false,
            };
            let before = self.orders.insert(id, order);
            return before.map_or(Ok(()), |_| Err(format!("{id} is created twice")));
        }
        let order = self.orders.get_mut(&id).ok_or_else(|| format!("there is no payment {id}"))?;
        let days = self.refund_days.get(&order.merchant).copied().unwrap_or(0);
        let state = order.state;
        let next = order.next(fact, at, due, days)?;
        order.state =
            next.ok_or_else(|| format!("{} of {id}, which is {state:?}", fact_name(fact)))?;
        Ok(())
    }
}

impl Order {
    /// Where a fact leads from here; none where it may not happen.
    fn next(
        &mut self,
        fact: &Fact,
        at: u64,
        due: bool,
        days: u64,
    ) -> Result<Option<PaymentState>, String> {
        use PaymentState::{
            Closed, Created, Finished, Paid, PartiallyRefunded, Refunded, TimedOut,
        };
        Ok(Some(match (fact, self.state) {
            (Fact::PaymentPaid { .. }, Created) => {
                self.paid_at = at;
                Paid
            }
            (Fact::FeeCharged { .. }, Paid) if !self.has_fee => {
                self.has_fee = true;
                Paid
            }
            (Fact::FeeReturned { .. }, Paid | PartiallyRefunded) if self.has_fee => self.state,
            (Fact::RefundSucceeded { amount, .. }, Paid | PartiallyRefunded) => {
                self.refunded = self.refunded.saturating_add(*amount);
                if self.refunded >= self.amount { Refunded } else { PartiallyRefunded }
            }
            (Fact::PaymentCancelled { .. }, Refunded) => Refunded,
            (Fact::PaymentClosed { reason: CloseReason::TimedOut, .. }, Created)
                if due && at >= self.expires_at =>
            {
                TimedOut
            }
            (
                Fact::PaymentClosed {
                    reason: CloseReason::Closed | CloseReason::Cancelled, ..
                },
                Created,
            ) if !due => Closed,
            (Fact::PaymentFinished { .. }, Paid | PartiallyRefunded)
                if due && at > self.paid_at.saturating_add(days * DAY_MS) =>
            {
                Finished
            }
            (
                Fact::PaymentPaid { .. }
                | Fact::FeeCharged { .. }
                | Fact::FeeReturned { .. }
                | Fact::RefundSucceeded { .. }
                | Fact::PaymentCancelled { .. }
                | Fact::PaymentClosed { .. }
                | Fact::PaymentFinished { .. },
                _,
            ) => return Ok(None),
            (other, _) => return Err(stranger(other, "a payment")),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groat_ledger::{CodeKind, Currency, Money, PayMode, Reference};

    #[test]
    fn a_payment_is_paid_once_and_finished_in_time() {
        let (payment, merchant) = (Id(1), Id(2));
        let created = Fact::PaymentCreated {
            payment,
            out_trade_no: Reference::new("o1").unwrap(),
            merchant,
            mode: PayMode::InApp,
            code_kind: CodeKind::None,
            auth_code: None,
            amount: Money { amount: 5, currency: Currency::CNY },
            expires_at: 100,
            rental: Id::NONE,
            undiscountable: 0,
        };
        let paid = Fact::PaymentPaid {
            payment,
            user: Id(3),
            balance: 5,
            credit: 0,
            channel_amount: 0,
            channel: Id::NONE,
            batch: 0,
            agreed: false,
        };
        let timed_out = Fact::PaymentClosed { payment, reason: CloseReason::TimedOut };
        let mut orders = Orders::default();
        orders.refund_days.insert(merchant, 1);
        let mut step = |fact: &Fact, at, due| orders.step(fact, payment, at, due).is_ok();
        assert!(step(&created, 1, false));
        assert!(!step(&created, 1, false));
        assert!(!step(&timed_out, 99, true) && !step(&timed_out, 100, false));
        assert!(step(&paid, 2, false));
        assert!(!step(&paid, 2, false) && !step(&timed_out, 100, true));
        let finished = Fact::PaymentFinished { payment };
        assert!(!step(&finished, 2 + DAY_MS, true) && !step(&finished, 3 + DAY_MS, false));
        assert!(step(&finished, 3 + DAY_MS, true));
        assert!(!step(&finished, 3 + DAY_MS, true));
    }
}
