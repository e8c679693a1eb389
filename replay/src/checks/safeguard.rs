//! Safeguarding (DOMAIN §6, 18): what is owed against what is held, lent and given, at every day
//! end and at the end of the chain. What counts as what, and why, is [`Safeguard`]'s to say.
//!
//! [`Safeguard`]: crate::naive::Safeguard

use super::entries::Event;
use super::{Check, Checks, Touch};
use crate::follow::Place;
use crate::naive::{Cover, Safeguard};
use groat_ledger::money::major_text;
use groat_ledger::{Currency, Fact};
use groat_proto::json::date_text;
use groat_shard::Books;
use serde::Serialize;
use std::collections::BTreeMap;

/// How the money of users and merchants was kept in one currency. Amounts are major units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Safeguarded {
    /// The currency.
    pub currency: String,
    /// In banks and with acquirers, at the end.
    pub held: String,
    /// What users and merchants are owed, at the end.
    pub customers: String,
    /// Principal and advances that users and merchants owe, at the end.
    pub lent: String,
    /// Day ends that went by, the last day among them.
    pub day_ends: u64,
    /// At how many of them less was held than users and merchants were owed.
    pub short: u64,
    /// The most that was missing.
    pub short_most: String,
    /// On which date.
    pub short_most_on: Option<String>,
}

/// What day ends have shown of one currency.
#[derive(Default)]
struct Ends {
    count: u64,
    short: u64,
    most: (i128, u32),
}

impl Ends {
    fn note(&mut self, date: u32, cover: &Cover) {
        let short = cover.short();
        self.count += 1;
        self.short += u64::from(short > 0);
        if short > self.most.0 {
            self.most = (short, date);
        }
    }
}

/// The sums, and the event before the one that goes by.
#[derive(Default)]
pub(super) struct Safeguarding {
    sums: Safeguard,
    ends: BTreeMap<Currency, Ends>,
    before: Option<Touch>,
}

impl Safeguarding {
    /// What was seen, with the day that has not ended.
    pub(super) fn seen(&self) -> Vec<Safeguarded> {
        let of_currency = |(currency, cover): (Currency, Cover)| {
            let mut ends = Ends::default();
            if let Some(seen) = self.ends.get(&currency) {
                ends = Ends { ..*seen };
            }
            ends.note(self.sums.date(), &cover);
            let text = |minor: i128| major_text(minor, currency);
            Safeguarded {
                currency: currency.letters().into(),
                held: text(cover.held),
                customers: text(cover.customers),
                lent: text(cover.lent),
                day_ends: ends.count,
                short: ends.short,
                short_most: text(ends.most.0),
                short_most_on: (ends.most.0 > 0).then(|| date_text(ends.most.1)),
            }
        };
        self.sums.covers().map(of_currency).collect()
    }
}

impl Checks {
    /// Before an event: the day before it ends, if it is of another.
    pub(super) fn day_end(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let date = books.ledger().calendar().date(event.time);
        let touch = Touch { event: event.number, block: at.block, byte: at.byte };
        let before = self.safeguarding.before.replace(touch).unwrap_or(touch);
        let Some((ended, covers)) = self.safeguarding.sums.begin(date) else { return };
        let at = Place { shard: at.shard, block: before.block, byte: before.byte, command: &[] };
        for (currency, cover) in covers {
            self.safeguarding.ends.entry(currency).or_default().note(ended, &cover);
            self.note(Check::Safeguarding, &at, before.event, cover.holds(currency));
        }
    }

    /// Adds up an event's entry.
    pub(super) fn cover(&mut self, event: &Event<'_>) {
        let is_adjustment = matches!(event.fact, Fact::AdjustmentPosted { .. });
        self.safeguarding.sums.post(&self.journal, event.movements, is_adjustment);
    }

    /// The last day too, which has not ended.
    pub(super) fn last_day(&mut self, at: &Place<'_>, event: u64) {
        let covers: Vec<_> = self.safeguarding.sums.covers().collect();
        for (currency, cover) in covers {
            self.note(Check::Safeguarding, at, event, cover.holds(currency));
        }
    }
}
