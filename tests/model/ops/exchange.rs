//! Commands of quotes, and orders at one of them.

use super::{Kind, Scene, named};
use groat_ledger::{
    Body, CreatePayment, Currency, Id, Money, Payment, Price, PublishQuote, Quote, QuoteTerms,
};

/// An hour.
const HOUR_MS: u64 = 3_600_000;

fn usd() -> Currency {
    "USD".parse().unwrap()
}

/// The quotes that every run starts with: one holds for a day, one is only told.
pub(super) fn prologue() -> Vec<Body> {
    let quote = |number: usize, guaranteed: bool| {
        let (valid_from, valid_until) = (0, crate::books::START_MS + 24 * HOUR_MS);
        let price = Price::parse("7.2463").unwrap();
        let (base, counter) = (usd(), Currency::CNY);
        let terms = QuoteTerms { base, counter, price, valid_from, valid_until, guaranteed };
        Body::PublishQuote(PublishQuote { quote: named('q', number), terms })
    };
    vec![quote(0, true), quote(1, false)]
}

impl<'a> Scene<'a> {
    pub(super) fn exchange(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::PublishQuote => self.publish_quote(),
            _ => return None,
        })
    }

    /// For dollars and for days in most cases.
    fn publish_quote(&mut self) -> Body {
        let quote = self.fresh('q', self.ledger.tables().quotes.rows().len());
        let pairs = [(usd(), Currency::CNY); 12];
        let odd = [(Currency::CNY, usd()), (usd(), usd())];
        let pairs: Vec<_> = pairs.into_iter().chain(odd).collect();
        let (base, counter) = self.dice.pick(&pairs);
        let prices = ["7.2463", "7", "0.13", "6.9", "7.000001", "0.0001", "999999999999"];
        let price = Price::parse(self.dice.pick(&prices)).unwrap();
        let now = self.now;
        let from = [now, now + HOUR_MS, 0, now, now - HOUR_MS];
        let valid_from = self.dice.pick(&from);
        let days = |days: u64| now + 24 * HOUR_MS * days;
        let until = [days(10), days(3), days(1), now + 2 * HOUR_MS, now + HOUR_MS, now, now - 1];
        let valid_until = self.dice.pick(&until);
        let guaranteed = !self.dice.one_in(8);
        let terms = QuoteTerms { base, counter, price, valid_from, valid_until, guaranteed };
        Body::PublishQuote(PublishQuote { quote, terms })
    }

    /// An order of the merchant who sells in dollars, at a quote that holds in most cases; where
    /// there is none, a quote.
    pub(super) fn abroad(&mut self, mut c: CreatePayment) -> Body {
        let rows = self.ledger.tables().quotes.rows();
        let (now, early) = (self.now, self.dice.one_in(4));
        let holds = |q: &Quote| {
            let t = &q.terms;
            let in_time = t.valid_until >= now && (early || t.valid_from <= now);
            t.guaranteed && t.base == usd() && in_time
        };
        if !rows.iter().rev().take(6).any(holds) && !self.dice.one_in(8) {
            return self.publish_quote();
        }
        let found = self.dice.recent(rows, holds);
        c.quote = found.map_or(Id::NONE, |q| q.quote);
        if !self.dice.one_in(12) {
            c.royalty_freeze = false;
            c.merchant = named('m', 4);
            c.amount = self.amount_in(usd(), &[90, 40]);
        }
        Body::CreatePayment(c)
    }

    /// One that was paid; now and then one in another currency.
    pub(super) fn a_paid_payment(&mut self) -> (Id, Option<&'a Payment>) {
        let paid_abroad = |p: &Payment| p.user.is_some() && p.exchange().is_some();
        let there = self.ledger.tables().payments.rows().iter().any(paid_abroad);
        match there && self.dice.one_in(3) {
            true => self.a_payment(paid_abroad),
            false => self.a_payment(|p| p.user.is_some()),
        }
    }

    /// An amount about these limits, in the currency of a payment in most cases.
    pub(super) fn amount_of(&mut self, payment: Option<&Payment>, limits: &[u64]) -> Money {
        self.amount_in(payment.map_or(Currency::CNY, |p| p.amount.currency), limits)
    }

    /// An amount about these limits, and hardly ever in another currency.
    pub(super) fn amount_in(&mut self, currency: Currency, limits: &[u64]) -> Money {
        let other = if currency == usd() { Currency::CNY } else { usd() };
        let currency = if self.dice.one_in(50) { other } else { currency };
        Money { amount: self.dice.about(limits), currency }
    }
}
