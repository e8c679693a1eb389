//! Quotes and conversions (DOMAIN §6, 17): the facts against each other and the rows.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use crate::names::fact_name;
use groat_ledger::{Fact, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn exchange(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, due, .. } = *event;
        let step = self.exchanges.follow(fact, due, time);
        if let Ok(Some(payment)) = &step {
            self.touch(Touched::Exchange(*payment), at, number);
        }
        let verdict = step.map(|_| ()).map_err(|what| format!("{}: {what}", fact_name(fact)));
        let (Fact::QuotePublished { quote, .. } | Fact::QuoteExpired { quote }) = fact else {
            return self.note(Check::Conversions, at, number, verdict);
        };
        let row = books.ledger().tables().quotes.get(quote).map(|row| row.expired);
        let seen = self.exchanges.is_expired(*quote);
        let same = holds(row == seen, || format!("{quote} ended: {row:?}; its facts say {seen:?}"));
        self.note(Check::Quotes, at, number, verdict.and(same));
    }

    /// What a payment's row says of its conversion is what its facts say.
    pub(super) fn compare_exchange(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let row = books.ledger().tables().payments.get(&id);
        let row = row.and_then(|row| Some((row, row.exchange()?)));
        let (Some((row, kept)), Some(seen)) = (row, self.exchanges.of(id)) else {
            let what = format!("the exchange of {id} is not both in the facts and in the row");
            return self.note(Check::Conversions, at, event, Err(what));
        };
        let paid = row.user.is_some() == seen.order.is_some()
            && seen.order.is_none_or(|order| order == row.amount);
        let price = (kept.quote, kept.currency, kept.amount);
        let same = price == (seen.quote, seen.price.currency, seen.price.amount)
            && (kept.returned_for, kept.returned) == (seen.back.sold, seen.back.bought);
        let verdict =
            holds(paid && same, || format!("{id} has {kept:?} in its row; its facts say {seen:?}"));
        // Both legs are given back when all of the order is.
        let lost = row.parts.as_ref().map_or(0, |parts| parts.lost);
        let back = row.refunded().saturating_add(lost);
        let whole = back < row.amount.amount || kept.returned == kept.amount;
        let whole = holds(back == kept.returned_for && whole, || {
            format!("{id} is given back for {back}, {} of {}", kept.returned, kept.amount)
        });
        self.note(Check::Conversions, at, event, verdict.and(whole));
    }
}
