//! Compliance holds as their facts tell them: what of each is still held, and of each user. It
//! knows neither rows nor accounts.

use super::stranger;
use crate::names::fact_name;
use groat_ledger::{Fact, Id};
use std::collections::BTreeMap;

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Kept {
    /// Whose each is, and what is left of it.
    holds: BTreeMap<Id, (Id, i128)>,
    of_users: BTreeMap<Id, i128>,
}

impl Kept {
    /// Whose a hold is, and what is left of it.
    pub(crate) fn get(&self, hold: Id) -> Option<(Id, i128)> {
        self.holds.get(&hold).copied()
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        self.holds.keys().copied()
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = Id> {
        self.of_users.keys().copied()
    }

    /// What all holds of a user have left.
    pub(crate) fn of_user(&self, user: Id) -> i128 {
        self.of_users.get(&user).copied().unwrap_or(0)
    }

    /// Takes a fact in; says if so much cannot be placed, released or seized.
    pub(crate) fn follow(&mut self, hold: Id, fact: &Fact) -> Result<(), String> {
        if let Fact::HoldPlaced { user, amount, .. } = fact {
            let before = self.holds.insert(hold, (*user, i128::from(*amount)));
            *self.of_users.entry(*user).or_default() += i128::from(*amount);
            return before.map_or(Ok(()), |_| Err(format!("{hold} is placed twice")));
        }
        let held = self.holds.get_mut(&hold);
        let (user, rest) = held.ok_or_else(|| format!("no fact has placed the hold {hold}"))?;
        let (amount, whole) = match fact {
            Fact::HoldReleased { amount, .. } => (i128::from(*amount), false),
            // A legal order takes all that is left.
            Fact::HoldSeized { amount, .. } => (i128::from(*amount), true),
            other => return Err(stranger(other, "a compliance hold")),
        };
        let (had, fits) =
            (*rest, amount > 0 && if whole { amount == *rest } else { amount <= *rest });
        *rest -= amount;
        *self.of_users.entry(*user).or_default() -= amount;
        let what = || format!("{} of {amount} of {hold}, which has {had}", fact_name(fact));
        if fits { Ok(()) } else { Err(what()) }
    }
}
