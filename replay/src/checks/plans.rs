//! Instalment plans (DOMAIN §6, 9): their terms recomputed from the facts, against what is billed
//! and against PI.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use groat_ledger::{Class, Currency, Fact, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn plan(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, due, .. } = *event;
        let verdict = match fact {
            Fact::StatementIssued { user, .. } => self.plans.statement(*user),
            _ => self.plans.note(fact),
        };
        self.note(Check::Plans, at, number, verdict);
        if let Fact::TermBilled { plan, .. } = fact {
            let by_whom = holds(due, || format!("a term of plan {plan} is not of the clock"));
            self.note(Check::Plans, at, number, by_whom);
        }
        let (Fact::PlanCreated { plan, .. }
        | Fact::TermBilled { plan, .. }
        | Fact::PlanPrepaid { plan, .. }
        | Fact::PlanWrittenOff { plan, .. }
        | Fact::PlanRepaid { plan, .. }
        | Fact::PlanReduced { plan, .. }) = fact
        else {
            return;
        };
        let Some(user) = self.plans.owner(*plan) else { return };
        self.touch(Touched::Line(user), at, number);
        // What moved between PI and the bill is the statement's too.
        let moved = match fact {
            Fact::TermBilled { principal, fee, .. } => {
                self.statements.term(user, i128::from(*principal), i128::from(*fee))
            }
            Fact::PlanCreated { payment, amount, .. } if payment.is_none() => {
                let today = books.ledger().calendar().date(time);
                self.statements.convert(user, i128::from(*amount), today)
            }
            Fact::PlanPrepaid { amount, .. } | Fact::PlanRepaid { amount, .. } => {
                self.lines.repay(user, *amount)
            }
            _ => return,
        };
        self.note(Check::Plans, at, number, moved);
    }

    /// PI is what is ahead of the user's plans.
    pub(super) fn compare_plans(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        event: u64,
        user: Id,
        currency: Currency,
    ) {
        let (found, ahead) = (
            self.balance(books, Class::CreditInstalment, user, currency),
            self.plans.ahead_of(user),
        );
        let verdict = holds(found == ahead, || {
            format!("{user} has {found} of instalments to come; {ahead} is ahead of the plans")
        });
        self.note(Check::Plans, at, event, verdict);
    }
}
