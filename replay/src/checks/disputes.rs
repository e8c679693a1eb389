//! Disputes (DOMAIN §6, 12): what is held by the facts, against the accounts and the states.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use groat_ledger::{Class, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn dispute(&mut self, at: &Place<'_>, event: &Event<'_>, dispute: Id) {
        let moved = event.movements.iter().map(|m| u128::from(m.amount)).sum();
        let payment = self.disputes.get(dispute).map(|seen| seen.payment);
        let converted = payment.and_then(|payment| self.exchanges.taken_back(payment));
        let stored = payment
            .map_or(0, |payment| self.cards.taken_back(payment) + self.points.taken_back(payment));
        let verdict = self.disputes.follow(dispute, event.fact, moved, converted, stored);
        self.note(Check::Disputes, at, event.number, verdict);
        self.touch(Touched::Dispute(dispute), at, event.number);
    }

    /// MD of a dispute is what it holds, and its row stands where its facts say. No more is in
    /// dispute or lost in one than the user paid and has not back: nothing of a coupon,
    /// but by rules before the third.
    pub(super) fn compare_dispute(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        event: u64,
        dispute: Id,
    ) {
        let tables = books.ledger().tables();
        let (row, seen) = (tables.disputes.get(&dispute), self.disputes.get(dispute));
        let (Some(row), Some(seen)) = (row, seen) else {
            let what = format!("the dispute {dispute} is not both in the facts and in the rows");
            return self.note(Check::Disputes, at, event, Err(what));
        };
        let paid = tables.payments.row(row.payment);
        let same = row.state == seen.state
            && i128::from(row.amount) == seen.amount
            && paid.payment == seen.payment;
        let state = holds(same, || {
            format!("{dispute} is {:?} in its row; its facts make it {:?}", row.state, seen.state)
        });
        let expected = seen.held();
        let held = -self.balance(books, Class::MerchantDisputed, dispute, paid.amount.currency);
        let account = holds(held == expected, || {
            format!("{dispute} has {held} on its account; {expected} is in dispute")
        });
        let (open, lost) = self.disputes.of_payment(seen.payment);
        let (discount, funded) = self.coupons.of_payment(seen.payment);
        let refunded: i128 = paid.refunds.iter().map(|r| i128::from(r.amount)).sum();
        let by_old_rules = self.disputes.lost_then(seen.payment).is_some();
        let of_coupon = if by_old_rules { 0 } else { i128::from(discount) + i128::from(funded) };
        let own = i128::from(paid.amount.amount) - refunded - of_coupon;
        let within = holds(open + lost <= own, || {
            format!("{} is disputed with {}; its user paid {own}", seen.payment, open + lost)
        });
        self.note(Check::Disputes, at, event, state.and(account).and(within));
    }
}
