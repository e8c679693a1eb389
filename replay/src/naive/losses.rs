//! Credit that is lost as its facts tell it: what was set aside and used, what was written off and
//! came back. It knows neither rows nor accounts.

use groat_ledger::{Currency, Id};
use std::collections::BTreeMap;

/// In one currency.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(crate) struct Sums {
    /// Set aside and not used.
    pub(crate) allowance: i128,
    /// Spent: what was set aside and what was lost beyond that, less what came back.
    pub(crate) spent: i128,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Losses {
    sums: BTreeMap<Currency, Sums>,
    /// Written off and not recovered, by user.
    left: BTreeMap<Id, i128>,
}

impl Losses {
    pub(crate) fn of(&self, currency: Currency) -> Sums {
        self.sums.get(&currency).copied().unwrap_or_default()
    }

    pub(crate) fn currencies(&self) -> impl Iterator<Item = Currency> {
        self.sums.keys().copied()
    }

    pub(crate) fn left(&self, user: Id) -> i128 {
        self.left.get(&user).copied().unwrap_or(0)
    }

    pub(crate) fn provide(&mut self, currency: Currency, amount: i128) {
        let sums = self.sums.entry(currency).or_default();
        sums.allowance += amount;
        sums.spent += amount;
    }

    /// Says if another part of a loss was provided for than there was.
    pub(crate) fn write_off(
        &mut self,
        user: Id,
        currency: Currency,
        lost: i128,
        provided: i128,
    ) -> Result<(), String> {
        let sums = self.sums.entry(currency).or_default();
        let most = sums.allowance.min(lost);
        sums.allowance -= provided;
        sums.spent += lost - provided;
        *self.left.entry(user).or_default() += lost;
        if provided == most {
            return Ok(());
        }
        Err(format!("of {lost} lost by {user} {provided} was set aside; it was {most}"))
    }

    /// Says if more comes back than was lost.
    pub(crate) fn recover(
        &mut self,
        user: Id,
        currency: Currency,
        amount: i128,
    ) -> Result<(), String> {
        self.sums.entry(currency).or_default().spent -= amount;
        let left = self.left.entry(user).or_default();
        *left -= amount;
        if *left >= 0 {
            return Ok(());
        }
        Err(format!("{user} pays back {} more than was lost", -*left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_use_what_is_set_aside_first() {
        let (mut losses, ccy) = (Losses::default(), Currency::CNY);
        losses.provide(ccy, 100);
        assert_eq!(losses.write_off(Id(1), ccy, 70, 70), Ok(()));
        assert!(losses.write_off(Id(2), ccy, 50, 40).is_err(), "only 30 was left");
        assert_eq!(losses.recover(Id(1), ccy, 70), Ok(()));
        assert!(losses.recover(Id(1), ccy, 1).is_err(), "all of it came back");
        assert_eq!(losses.left(Id(2)), 50);
    }
}
