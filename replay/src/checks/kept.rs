//! Compliance holds: what their facts sum to against their rows and the accounts of their users,
//! and the steps of payments against their rows.

use super::entries::Event;
use super::{Check, Checks, Touched, Verdict, holds};
use crate::follow::Place;
use groat_ledger::{Class, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn compliance(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        event: &Event<'_>,
        hold: Id,
    ) {
        let step = self.kept.follow(hold, event.fact);
        let moved: u128 = event.movements.iter().map(|m| u128::from(m.amount)).sum();
        let row = books.ledger().tables().holds.get(&hold).map(|row| (row.user, row.rest));
        let (of_facts, row) = (self.kept.get(hold), row.map(|(user, rest)| (user, rest.into())));
        let verdict = step.and_then(|()| {
            let fits = |amount: u64| moved == u128::from(amount);
            let sums = match event.fact {
                groat_ledger::Fact::HoldPlaced { amount, .. }
                | groat_ledger::Fact::HoldReleased { amount, .. }
                | groat_ledger::Fact::HoldSeized { amount, .. } => fits(*amount),
                _ => false,
            };
            holds(sums, || format!("{moved} moves for the hold {hold}"))?;
            holds(row == of_facts, || {
                format!("the hold {hold} is {row:?}; its facts say {of_facts:?}")
            })
        });
        self.note(Check::ComplianceHolds, at, event.number, verdict);
        if let Some((user, _)) = of_facts {
            self.touch(Touched::Kept(user), at, event.number);
        }
    }

    pub(super) fn compare_kept(&mut self, books: &Books, at: &Place<'_>, event: u64, user: Id) {
        let sum = self.kept.of_user(user);
        let row = books.ledger().tables().users.get(&user);
        let account =
            row.map_or(0, |row| -self.balance(books, Class::UserHold, user, row.currency));
        let verdict = holds(account == sum, || {
            format!(
                "{account} of {user} is held; what is placed and not released or seized is {sum}"
            )
        });
        self.note(Check::ComplianceHolds, at, event, verdict);
    }

    /// DOMAIN §5.
    pub(super) fn payment_step(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        event: &Event<'_>,
        payment: Id,
    ) {
        let step = self.orders.step(event.fact, payment, event.time, event.due);
        let state = self.orders.state(payment);
        let row = books.ledger().tables().payments.get(&payment).map(|row| row.state);
        let same = || -> Verdict {
            holds(row == state, || format!("{payment} is {row:?}; its facts make it {state:?}"))
        };
        self.note(Check::PaymentStates, at, event.number, step.and_then(|()| same()));
        if self.coupons.locked(payment).is_some() {
            self.touch(Touched::Named(payment), at, event.number);
        }
    }
}
