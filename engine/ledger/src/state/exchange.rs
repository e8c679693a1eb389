//! Rows of quotes, and what payments at one of them convert.

use crate::command::QuoteTerms;
use crate::id::Id;
use crate::money::{Currency, Money};
use crate::state::Payment;
use crate::table::Row;

/// A quote that was published.
#[derive(Clone, PartialEq, Debug)]
pub struct Quote {
    /// Its id.
    pub quote: Id,
    /// What it says.
    pub terms: QuoteTerms,
    /// Its time is over.
    pub expired: bool,
}

row!(Quote, Id, self => self.quote);

/// What the payer of an order in another currency pays. Amounts are minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exchange {
    /// At which price.
    pub quote: Id,
    /// In which currency.
    pub currency: Currency,
    /// How much.
    pub amount: u64,
    /// Of that, what came back.
    pub returned: u64,
    /// Of the order's amount, for what it came back.
    pub returned_for: u64,
}

impl Payment {
    /// What its payer pays, where that is in another currency than the order's.
    pub fn exchange(&self) -> Option<&Exchange> {
        self.parts.as_ref()?.exchange.as_ref()
    }

    /// What its payer pays, in the currency of what balance, credit and acquirer give and get back.
    pub fn price(&self) -> Money {
        let exchanged = |of: &Exchange| Money { amount: of.amount, currency: of.currency };
        self.exchange().map_or(self.amount, exchanged)
    }
}
