//! What is owed to funding partners as their facts tell it. It knows neither rows nor accounts.

use super::stranger;
use groat_ledger::{Currency, Fact, Id};
use std::collections::BTreeMap;

/// Funded and not repaid, by partner and currency.
#[derive(Default, Debug)]
pub(crate) struct Funding(BTreeMap<(Id, Currency), i128>);

impl Funding {
    pub(crate) fn owed(&self, bank: Id, currency: Currency) -> i128 {
        self.0.get(&(bank, currency)).copied().unwrap_or(0)
    }

    pub(crate) fn partners(&self) -> impl Iterator<Item = (Id, Currency)> {
        self.0.keys().copied()
    }

    /// Notes a fact; says if more is repaid than was funded.
    pub(crate) fn note(&mut self, fact: &Fact) -> Result<(Id, Currency), String> {
        let (bank, money, sign) = match fact {
            Fact::CreditFunded { bank, amount } => (*bank, *amount, 1),
            Fact::FundingRepaid { bank, amount } => (*bank, *amount, -1),
            other => return Err(stranger(other, "a funding partner")),
        };
        let owed = self.0.entry((bank, money.currency)).or_default();
        *owed += sign * i128::from(money.amount);
        if *owed < 0 {
            return Err(format!("{bank} is repaid {} more than it funded", -*owed));
        }
        Ok((bank, money.currency))
    }
}
