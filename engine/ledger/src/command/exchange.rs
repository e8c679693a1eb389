//! The command of quotes (DOMAIN §4.6).

use crate::exchange::Price;
use crate::id::Id;
use crate::money::Currency;

/// Publishes what one currency costs in another for a time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PublishQuote {
    /// The quote, new.
    pub quote: Id,
    /// What it says.
    pub terms: QuoteTerms,
}

/// What a quote says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QuoteTerms {
    /// The currency of orders.
    pub base: Currency,
    /// The currency of their payers.
    pub counter: Currency,
    /// Of one major unit of `base`, in major units of `counter`.
    pub price: Price,
    /// The first millisecond in which it holds.
    pub valid_from: u64,
    /// The last one.
    pub valid_until: u64,
    /// Orders can be made at it; else it is only told.
    pub guaranteed: bool,
}
