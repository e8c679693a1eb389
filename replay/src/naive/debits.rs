//! Dues that the clock debits, as the facts tell them: of whom that was agreed, when it was last
//! tried, and which repayment has to follow. It knows neither rows nor accounts.

use super::stranger;
use groat_ledger::{Fact, Id};
use std::collections::BTreeMap;

/// A line, by its user, or a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Debt {
    Line(Id),
    Loan(Id),
}

/// Whether a debt is debited, and the date of the last try or of the agreement.
#[derive(Debug, Clone, Copy)]
struct Agreed {
    on: bool,
    last: u32,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Debits {
    agreed: BTreeMap<Debt, Agreed>,
    /// What a debit said was paid: its repayment follows.
    waits: Option<(Debt, u64)>,
}

/// What a debit has to say: what is due, and what the balance has for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) due: i128,
    pub(crate) has: i128,
}

impl Debits {
    /// Says if a repayment had to stand where another fact does. Accounts may be opened for it.
    pub(crate) fn is_followed(&mut self, fact: &Fact) -> Result<(), String> {
        let opens = matches!(fact, Fact::AccountOpened { .. });
        let repays = matches!(fact, Fact::CreditRepaid { .. } | Fact::LoanRepaid { .. });
        if opens || repays {
            return Ok(());
        }
        match self.waits.take() {
            Some((debt, paid)) => Err(format!("{debt:?} is debited with {paid}, and not repaid")),
            None => Ok(()),
        }
    }

    /// Takes in a fact of a date. `found` is what a debit has to say; `due` says that the clock
    /// did it.
    pub(crate) fn follow(
        &mut self,
        fact: &Fact,
        today: u32,
        due: bool,
        found: Option<Found>,
    ) -> Result<(), String> {
        match fact {
            Fact::CreditLineGranted { user, terms, .. } => {
                let on = terms.billing.is_some_and(|terms| terms.auto_debit);
                self.agreed.insert(Debt::Line(*user), Agreed { on, last: 0 });
                Ok(())
            }
            Fact::LoanDrawn { loan, terms, .. } => {
                let agreed = Agreed { on: terms.auto_debit, last: today };
                self.agreed.insert(Debt::Loan(*loan), agreed);
                Ok(())
            }
            Fact::AutoDebitSet { user, target, on } => {
                let debt = if target.is_none() { Debt::Line(*user) } else { Debt::Loan(*target) };
                let before = self.agreed.insert(debt, Agreed { on: *on, last: today });
                match before {
                    Some(before) if before.on != *on => Ok(()),
                    before => Err(format!("{debt:?} is set to {on}; it was {before:?}")),
                }
            }
            Fact::BillDebited { user, on, due: said, paid } => {
                self.debited(Debt::Line(*user), *on, [*said, *paid], (today, due), found)
            }
            Fact::LoanDebited { loan, on, due: said, paid } => {
                self.debited(Debt::Loan(*loan), *on, [*said, *paid], (today, due), found)
            }
            Fact::CreditRepaid { user, principal, penalty, interest, fee, .. } => {
                let paid = [*principal, *penalty, *interest, *fee];
                self.repaid(Debt::Line(*user), &paid, due)
            }
            Fact::LoanRepaid { loan, interest, due: of_due, ahead, fee, penalty, .. } => {
                let paid = [*interest, *of_due, *ahead, *fee, *penalty];
                self.repaid(Debt::Loan(*loan), &paid, due)
            }
            // Until then it was tried every day.
            Fact::StatementAssessed { user, .. } => self.was_tried(Debt::Line(*user), today),
            Fact::LoanOverdue { loan, .. } => self.was_tried(Debt::Loan(*loan), today),
            other => Err(stranger(other, "a debit")),
        }
    }

    fn debited(
        &mut self,
        debt: Debt,
        on: u32,
        [said, paid]: [u64; 2],
        (today, by_clock): (u32, bool),
        found: Option<Found>,
    ) -> Result<(), String> {
        let found = found.ok_or_else(|| format!("{debt:?} is not there"))?;
        let agreed = self.agreed.get_mut(&debt).ok_or_else(|| format!("{debt:?} is unknown"))?;
        let last = std::mem::replace(&mut agreed.last, on);
        if !agreed.on || !by_clock || on != today || on <= last {
            let before = (agreed.on, last);
            return Err(format!("{debt:?} is debited on {on}, today {today}; before {before:?}"));
        }
        self.waits = Some((debt, paid)).filter(|_| paid > 0);
        let Found { due, has } = found;
        if due > 0 && i128::from(said) == due && i128::from(paid) == due.min(has.max(0)) {
            return Ok(());
        }
        Err(format!("{debt:?} is debited with {paid} of {said}; the balance has {has} of {due}"))
    }

    fn repaid(&mut self, debt: Debt, parts: &[u64], by_clock: bool) -> Result<(), String> {
        let sum: u128 = parts.iter().map(|part| u128::from(*part)).sum();
        match self.waits.take() {
            None if !by_clock => Ok(()),
            Some((of, paid)) if by_clock && of == debt && u128::from(paid) == sum => Ok(()),
            waits => Err(format!("{debt:?} is repaid with {sum}; debited was {waits:?}")),
        }
    }

    fn was_tried(&self, debt: Debt, today: u32) -> Result<(), String> {
        match self.agreed.get(&debt) {
            Some(agreed) if agreed.on && agreed.last + 1 < today => {
                Err(format!("{debt:?} was last debited on {}; it is {today}", agreed.last))
            }
            _ => Ok(()),
        }
    }
}
