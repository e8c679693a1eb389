//! What merchants that are at home on other shards owe here, by what was asked of their homes and
//! what those paid. It knows neither rows nor accounts.

use super::stranger;
use groat_ledger::{Fact, Id, Purpose};
use std::collections::BTreeMap;

/// All of them, by merchant.
#[derive(Default, Debug)]
pub(crate) struct Away(BTreeMap<Id, i128>);

impl Away {
    /// Takes a fact in; gives the merchant that it is about, if it is about one. Says if more is
    /// paid than was asked for.
    pub(crate) fn follow(&mut self, fact: &Fact) -> (Option<Id>, Result<(), String>) {
        let (merchant, change) = match fact {
            Fact::RemittanceSent { cargo, .. } => match &cargo.purpose {
                Purpose::DisputeDebt { merchant, owed, .. } => (*merchant, i128::from(*owed)),
                _ => return (None, Ok(())),
            },
            Fact::DisputeDebtPaid { merchant, amount, .. } => (*merchant, -i128::from(*amount)),
            other => return (None, Err(stranger(other, "a merchant elsewhere"))),
        };
        let owes = self.0.entry(merchant).or_default();
        *owes += change;
        let verdict = match *owes {
            ..0 => Err(format!("{merchant} has paid {} more than was asked for", -*owes)),
            0.. => Ok(()),
        };
        (Some(merchant), verdict)
    }

    /// What a merchant owes here.
    pub(crate) fn owes(&self, merchant: Id) -> i128 {
        self.0.get(&merchant).copied().unwrap_or(0)
    }

    pub(crate) fn merchants(&self) -> impl Iterator<Item = Id> {
        self.0.keys().copied()
    }
}
