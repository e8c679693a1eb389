//! Instalment plans (DOMAIN §6, 9): their terms recomputed from the facts, against what is billed
//! and against PI.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use groat_ledger::{Class, Currency, Fact, Id, Movement};
use groat_shard::Books;

impl Checks {
    pub(super) fn plan(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, due, .. } = *event;
        if let Fact::SellerFeeCharged { .. }
        | Fact::SellerFeeEarned { .. }
        | Fact::SellerFeeReturned { .. } = fact
        {
            return self.seller_fee(at, event);
        }
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
        self.touch(Touched::PlanFee(*plan), at, number);
        let Some(user) = self.plans.owner(*plan) else { return };
        self.touch(Touched::Line(user), at, number);
        // What moved between PI and the bill is the statement's too.
        let moved = match fact {
            Fact::TermBilled { principal, fee, .. } => {
                self.statements.term(user, i128::from(*principal), i128::from(*fee))
            }
            Fact::PlanCreated { payment, amount, .. } if payment.is_none() => {
                let today = self.credit_date(books, user, time);
                self.statements.convert(user, i128::from(*amount), today)
            }
            Fact::PlanPrepaid { amount, .. } | Fact::PlanRepaid { amount, .. } => {
                self.lines.repay(user, *amount)
            }
            _ => return,
        };
        self.note(Check::Plans, at, number, moved);
    }

    /// What its fact says of a seller's fee is what moved to, or from, the plan's account.
    fn seller_fee(&mut self, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, fact, movements, .. } = *event;
        let plan = self.plans.seller(fact);
        if let (
            Fact::SellerFeeCharged { amount, .. }
            | Fact::SellerFeeEarned { amount, .. }
            | Fact::SellerFeeReturned { amount, .. },
            Ok(plan),
        ) = (fact, &plan)
        {
            let class = |no: u32| self.journal.of(no).map(|sums| (sums.key.class, sums.key.owner));
            let own = Some((Class::UnearnedFee, *plan));
            let fits = |m: &Movement| match fact {
                Fact::SellerFeeCharged { .. } => class(m.credit) == own,
                Fact::SellerFeeEarned { .. } => {
                    let to = class(m.credit).map(|of| of.0);
                    class(m.debit) == own && to == Some(Class::InstalmentFee)
                }
                _ => class(m.debit) == own,
            };
            let moved = movements.iter().filter(|m| fits(m)).map(|m| m.amount).sum::<u64>();
            let verdict = holds(moved == *amount && movements.len() == 1, || {
                format!("{amount} of the fee of plan {plan} is said to move, not {moved}")
            });
            self.note(Check::PlanFees, at, number, verdict);
        }
        if let Ok(plan) = plan {
            self.touch(Touched::PlanFee(plan), at, number);
        }
        self.note(Check::PlanFees, at, number, plan.map(|_| ()));
    }

    /// UI of a plan is what its seller paid, less what was earned and came back: the fees of the
    /// terms ahead.
    pub(super) fn compare_plan_fee(&mut self, books: &Books, at: &Place<'_>, event: u64, plan: Id) {
        let tables = books.ledger().tables();
        let owner = tables.plans.get(&plan).and_then(|row| tables.users.try_row(row.user));
        let balance =
            owner.map_or(0, |owner| -self.balance(books, Class::UnearnedFee, plan, owner.currency));
        let (paid, ahead) = self.plans.unearned(plan);
        let verdict = holds(balance == ahead && paid == ahead, || {
            format!(
                "plan {plan} has {balance} of its seller's fee, {paid} by its facts; \
                 {ahead} is ahead"
            )
        });
        self.note(Check::PlanFees, at, event, verdict);
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
