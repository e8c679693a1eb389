//! Funding partners (DOMAIN §6, 8): what is owed to each by the facts, against its account.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use groat_ledger::{Class, Currency, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn funding(&mut self, at: &Place<'_>, event: &Event<'_>) {
        let noted = self.funding.note(event.fact);
        if let Ok((bank, currency)) = noted {
            self.touch(Touched::Funding(bank, currency), at, event.number);
        }
        self.note(Check::Funding, at, event.number, noted.map(|_| ()));
    }

    /// FP is what was funded and not repaid.
    pub(super) fn compare_funding(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        event: u64,
        bank: Id,
        currency: Currency,
    ) {
        let balance = -self.balance(books, Class::FundingPartner, bank, currency);
        let owed = self.funding.owed(bank, currency);
        let verdict = holds(balance == owed, || {
            format!("{bank} is owed {balance}; funded less repaid is {owed}")
        });
        self.note(Check::Funding, at, event, verdict);
    }
}
