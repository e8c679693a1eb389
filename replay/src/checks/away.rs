//! Merchants that are at home on other shards: their settled money and their debts are there. Here
//! they owe what their homes were asked for and have not paid, and have nothing at rest.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use groat_ledger::{Class, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn away(&mut self, at: &Place<'_>, event: &Event<'_>) {
        let (merchant, verdict) = self.away.follow(event.fact);
        if merchant.is_some() || verdict.is_err() {
            self.note(Check::Away, at, event.number, verdict);
        }
        if let Some(merchant) = merchant {
            self.touch(Touched::Away(merchant), at, event.number);
        }
    }

    /// MX of a merchant elsewhere is what it owes, and its MA is empty.
    pub(super) fn compare_away(&mut self, books: &Books, at: &Place<'_>, event: u64, merchant: Id) {
        let ledger = books.ledger();
        let row = ledger.tables().merchants.get(&merchant);
        let Some(row) = row.filter(|_| !ledger.place().is_home(merchant)) else { return };
        let currency = row.terms.settle_currency;
        let owed = self.balance(books, Class::MerchantReceivable, merchant, currency);
        let expected = self.away.owes(merchant);
        let debt = holds(owed == expected, || {
            format!("{merchant} owes {owed} here; its home was asked for {expected}")
        });
        let settled = -self.balance(books, Class::MerchantAvailable, merchant, currency);
        let empty = holds(settled == 0, || {
            format!("{merchant} has {settled} of settled money, which is elsewhere")
        });
        self.note(Check::Away, at, event, debt.and(empty));
    }
}
