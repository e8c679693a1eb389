//! Lines of credit as their facts tell them: where each stands (DOMAIN §5), what was bought, paid
//! back and refunded on it; and what is kept back from merchants. It knows neither rows nor
//! accounts.

use super::stranger;
use crate::names::fact_name;
use groat_ledger::{CreditLineState, Currency, Fact, FreezeReason, Id};
use std::collections::BTreeMap;

/// One line of credit.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) currency: Currency,
    pub(crate) limit: i128,
    pub(crate) state: CreditLineState,
    /// Bought, less what was paid back and refunded.
    pub(crate) principal: i128,
    /// Owed and held when last looked at: beyond a limit it may only become less.
    pub(crate) exposed: i128,
}

/// All of them, by user.
#[derive(Default, Debug)]
pub(crate) struct Lines(BTreeMap<Id, Line>);

impl Lines {
    pub(crate) fn get(&self, user: Id) -> Option<&Line> {
        self.0.get(&user)
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = Id> {
        self.0.keys().copied()
    }

    fn line(&mut self, user: Id) -> Result<&mut Line, String> {
        self.0.get_mut(&user).ok_or_else(|| format!("{user} has no line of credit"))
    }

    pub(crate) fn buy(&mut self, user: Id, amount: i128) -> Result<(), String> {
        self.line(user)?.principal += amount;
        Ok(())
    }

    pub(crate) fn repay(&mut self, user: Id, amount: u64) -> Result<(), String> {
        self.line(user)?.principal -= i128::from(amount);
        Ok(())
    }

    /// What is refunded beyond what is owed goes to the balance; what is `ahead` of plans of
    /// purchases is owed for these only.
    pub(crate) fn refund(
        &mut self,
        user: Id,
        amount: u64,
        surplus: u64,
        ahead: i128,
    ) -> Result<(), String> {
        let line = self.line(user)?;
        let (owed, gone) = (line.principal, i128::from(amount) - i128::from(surplus));
        line.principal -= gone;
        if (0..=owed).contains(&gone) && (surplus == 0 || gone >= owed - ahead) {
            return Ok(());
        }
        Err(format!("{user} owes {owed}, {ahead} of it later: {surplus} of {amount} is too much"))
    }

    /// Ends a line; says if it has ended before, or owed something else.
    pub(crate) fn write_off(&mut self, user: Id, principal: i128) -> Result<(), String> {
        let line = self.line(user)?;
        let state = std::mem::replace(&mut line.state, CreditLineState::WrittenOff);
        let owed = std::mem::replace(&mut line.principal, 0);
        if matches!(state, CreditLineState::Active | CreditLineState::Frozen(_))
            && owed == principal
        {
            return Ok(());
        }
        Err(format!("{principal} of {user} is lost; the line is {state:?} and owed {owed}"))
    }

    /// Notes what is owed and held now; says if that is more than before and beyond the limit.
    pub(crate) fn expose(&mut self, user: Id, exposed: i128) -> Result<(), String> {
        let line = self.line(user)?;
        let before = std::mem::replace(&mut line.exposed, exposed);
        if exposed > before && exposed > line.limit {
            let limit = line.limit;
            return Err(format!("{user} owes and has held {exposed}; the limit is {limit}"));
        }
        Ok(())
    }

    /// Moves a line on; says if the state it finds does not have that step.
    pub(crate) fn step(&mut self, fact: &Fact, held: impl Fn(Id) -> i128) -> Result<Id, String> {
        use CreditLineState::{Active, Closed, Frozen};
        if let Fact::CreditLineGranted { user, limit, .. } = fact {
            let line = Line {
                currency: limit.currency,
                limit: limit.amount.into(),
                state: Active,
                principal: 0,
                exposed: 0,
            };
            let before = self.0.insert(*user, line);
            let open = before.is_some_and(|line| line.state != Closed);
            return if open { Err(format!("{user} has an open line already")) } else { Ok(*user) };
        }
        let (user, next): (Id, Option<CreditLineState>) = match fact {
            Fact::LimitAdjusted { user, limit } => {
                let line = self.line(*user)?;
                line.limit = limit.amount.into();
                (*user, Some(line.state).filter(|state| *state != Closed))
            }
            Fact::CreditLineFrozen { user, reason } => {
                // What is frozen for a debt may be frozen by hand as well.
                let fits = match self.line(*user)?.state {
                    Active => true,
                    Frozen(FreezeReason::Overdue) => *reason != FreezeReason::Overdue,
                    _ => false,
                };
                (*user, fits.then_some(Frozen(*reason)))
            }
            Fact::CreditLineUnfrozen { user, .. } => {
                let frozen = matches!(self.line(*user)?.state, Frozen(_));
                (*user, frozen.then_some(Active))
            }
            Fact::CreditLineClosed { user, .. } => {
                let line = self.line(*user)?;
                let free = line.principal == 0 && held(*user) == 0;
                (*user, Some(Closed).filter(|_| free && line.state != Closed))
            }
            other => return Err(stranger(other, "a line of credit")),
        };
        let line = self.line(user)?;
        let (name, state) = (fact_name(fact), line.state);
        line.state = next.ok_or_else(|| format!("{name} of {user}, whose line is {state:?}"))?;
        Ok(user)
    }
}

/// What is kept back, by merchant and by batch.
#[derive(Default, Debug)]
pub(crate) struct Reserves {
    kept: BTreeMap<Id, i128>,
    of_batch: BTreeMap<u32, i128>,
}

impl Reserves {
    pub(crate) fn of(&self, merchant: Id) -> i128 {
        self.kept.get(&merchant).copied().unwrap_or(0)
    }

    /// What of a batch's reserve the clock has not given back.
    pub(crate) fn of_batch(&self, batch: u32) -> i128 {
        self.of_batch.get(&batch).copied().unwrap_or(0)
    }

    pub(crate) fn merchants(&self) -> impl Iterator<Item = Id> {
        self.kept.keys().copied()
    }

    /// Of a batch, or of none where the clock does not give it back.
    pub(crate) fn keep(&mut self, merchant: Id, batch: Option<u32>, amount: u64) {
        *self.kept.entry(merchant).or_default() += i128::from(amount);
        if let Some(batch) = batch.filter(|_| amount > 0) {
            *self.of_batch.entry(batch).or_default() += i128::from(amount);
        }
    }

    /// Says if more is released than is kept, or of a batch other than all.
    pub(crate) fn release(
        &mut self,
        merchant: Id,
        amount: u64,
        batch: Option<u32>,
    ) -> Result<(), String> {
        let amount = i128::from(amount);
        let kept = self.kept.entry(merchant).or_default();
        *kept -= amount;
        if *kept < 0 {
            return Err(format!("{amount} is released to {merchant}, more than is kept"));
        }
        match batch.map(|batch| (batch, self.of_batch.remove(&batch).unwrap_or(0))) {
            Some((batch, of_batch)) if of_batch != amount => {
                Err(format!("{amount} of batch {batch} is released; {of_batch} of it was kept"))
            }
            _ => Ok(()),
        }
    }
}
