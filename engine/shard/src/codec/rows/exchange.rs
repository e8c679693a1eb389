//! Rows of quotes, and what payments at one of them convert, both ways.

use crate::codec::read::exchange as read_exchange;
use crate::codec::read::fields::{self as read, Field};
use crate::codec::write::exchange as write_exchange;
use crate::codec::write::some;
use groat_ledger::{Exchange, PublishQuote, Quote};
use groat_proto::v1;

pub(super) fn quote(r: &Quote) -> v1::QuoteRow {
    let terms = Some(write_exchange::quote(r.quote, &r.terms));
    v1::QuoteRow { terms, expired: r.expired }
}

pub(super) fn read_quote(w: &v1::QuoteRow) -> Field<Quote> {
    let PublishQuote { quote, terms } = read_exchange::publish(w.terms.as_ref().ok_or("terms")?)?;
    Ok(Quote { quote, terms, expired: w.expired })
}

pub(super) fn exchange(r: &Exchange) -> v1::ExchangeRow {
    v1::ExchangeRow {
        quote: some(r.quote),
        currency: r.currency.code().into(),
        amount: r.amount,
        returned: r.returned,
        returned_for: r.returned_for,
    }
}

pub(super) fn read_exchange(w: &v1::ExchangeRow) -> Field<Exchange> {
    Ok(Exchange {
        quote: read::id(w.quote, "quote")?,
        currency: read::currency(w.currency, "currency")?,
        amount: w.amount,
        returned: w.returned,
        returned_for: w.returned_for,
    })
}
