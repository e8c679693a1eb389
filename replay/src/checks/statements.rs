//! Statements of lines of credit (DOMAIN §6, 9 and 10): bills, interest and late fees recomputed
//! from the facts, against what was said and against the accounts.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use groat_ledger::{Class, Currency, Fact, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn statement(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, due, .. } = *event;
        let (user, by_clock) = match fact {
            Fact::StatementIssued { user, .. }
            | Fact::StatementAssessed { user, .. }
            | Fact::InterestAccrued { user, .. } => (*user, true),
            Fact::CreditLineGranted { user, .. }
            | Fact::CreditRepaid { user, .. }
            | Fact::LatenessEnded { user, .. }
            | Fact::CreditReduced { user, .. } => (*user, false),
            _ => return,
        };
        let today = self.credit_date(books, user, time);
        // Only the clock cuts statements and charges.
        let by_whom = holds(due || !by_clock, || format!("a bill of {user} is not of the clock"));
        self.note(Check::Statements, at, number, by_whom);
        match fact {
            Fact::InterestAccrued { .. } => {
                let verdict = self.statements.night(fact, today);
                self.note(Check::Interest, at, number, verdict);
            }
            Fact::StatementAssessed { .. } => {
                let verdict = self.statements.late_fee(fact);
                self.note(Check::Interest, at, number, verdict);
                let verdict = self.statements.note(fact, today);
                self.note(Check::Statements, at, number, verdict);
            }
            _ => {
                let verdict = self.statements.note(fact, today);
                self.note(Check::Statements, at, number, verdict);
            }
        }
        self.touch(Touched::Line(user), at, number);
    }

    /// The date of a time by the days of a user's line.
    pub(super) fn credit_date(&self, books: &Books, user: Id, time: u64) -> u32 {
        let begins = self.statements.day_begins_ms(user);
        books.ledger().calendar().date(time.saturating_sub(begins))
    }

    /// PB, PO, LP, LI and LF are what the facts come to.
    pub(super) fn compare_bill(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        event: u64,
        user: Id,
        currency: Currency,
    ) {
        let Some(bill) = self.statements.get(user) else { return };
        let parts = [
            (Class::CreditBilled, bill.billed),
            (Class::CreditOverdue, bill.overdue),
            (Class::PenaltyReceivable, bill.penalty),
            (Class::InterestReceivable, bill.interest),
            (Class::FeeReceivable, bill.fee),
        ];
        let lateness = self.statements.lateness(user);
        self.note(Check::Statements, at, event, lateness);
        for (class, expected) in parts {
            let balance = self.balance(books, class, user, currency);
            let verdict = holds(balance == expected, || {
                let name = class.name();
                format!("{user} has {balance} of {name}; its facts come to {expected}")
            });
            self.note(Check::Statements, at, event, verdict);
        }
    }
}
