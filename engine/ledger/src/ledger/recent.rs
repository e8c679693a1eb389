//! The payment that an event changed last, which the next event and what is told of it are of, as
//! a rule. It is only a place to look first: wrong or right, the same payment is found.

use crate::id::Id;
use crate::ledger::Ledger;
use crate::state::Payment;

impl Ledger {
    /// The number of a payment, found at once where an event has just changed it: three lookups of
    /// seven in paying an order.
    pub(crate) fn payment_no(&self, payment: &Id) -> Option<u32> {
        let last = self.tables.payments.try_row(self.last_payment);
        if last.is_some_and(|p| p.payment == *payment) {
            return Some(self.last_payment);
        }
        self.tables.payments.find(payment)
    }

    /// A payment to change.
    pub(crate) fn payment_mut(&mut self, payment: &Id) -> Option<&mut Payment> {
        self.last_payment = self.payment_no(payment)?;
        Some(self.tables.payments.row_mut(self.last_payment))
    }
}
