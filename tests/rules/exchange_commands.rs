//! Verbs of the tables that are commands of quotes.

use crate::words::{Args, currency, time};
use groat_ledger::{Body, Price, PublishQuote, QuoteTerms};

/// `quote q1 USD CNY 7.2463 +0ms +1h`, with `only=told` where it is not guaranteed; `None` when it
/// is no such verb.
pub(crate) fn body(verb: &str, a: &mut Args<'_>, now: u64) -> Option<Body> {
    if verb != "quote" {
        return None;
    }
    let quote = a.id();
    let (base, counter) = (currency(a.word()), currency(a.word()));
    let terms = QuoteTerms {
        base,
        counter,
        price: Price::parse(a.word()).expect("a price"),
        valid_from: time(a.word(), now),
        valid_until: time(a.word(), now),
        guaranteed: a.option("only").is_none(),
    };
    Some(Body::PublishQuote(PublishQuote { quote, terms }))
}
