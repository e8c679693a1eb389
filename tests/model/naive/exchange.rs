//! Quotes in the naive model, and payments whose payer pays in another currency. One merchant sells
//! in dollars; everybody's own money is CNY.

use super::{Account, Naive, Outcome, half_up, must};
use groat_ledger::{Class, CreatePayment, Currency, Id, PublishQuote, Rejection};

/// What the payer of an order pays.
#[derive(Clone, Copy)]
pub(super) struct Priced {
    quote: Id,
    pub(super) amount: i128,
    pub(super) currency: Currency,
}

/// The currency in which a merchant sells.
pub(super) fn currency_of(owner: Id) -> Currency {
    if owner == "m4".parse().unwrap() { "USD".parse().unwrap() } else { Currency::CNY }
}

/// An account about what a merchant sold, whose owner is not the merchant.
pub(super) fn of_sale(class: Class, owner: Id, seller: Id) -> Account {
    (class, owner, 0, currency_of(seller))
}

pub(super) fn position(currency: Currency) -> Account {
    (Class::FxPosition, Id::NONE, 0, currency)
}

impl Naive {
    pub(super) fn publish_quote(&mut self, c: &PublishQuote, now: u64) -> Outcome {
        must(!self.quotes.contains_key(&c.quote), Rejection::Duplicate)?;
        let t = c.terms;
        must(t.base != t.counter && t.valid_from < t.valid_until, Rejection::SchemaInvalid)?;
        must(now <= t.valid_until, Rejection::QuoteExpired)?;
        self.quotes.insert(c.quote, t);
        Ok(())
    }

    /// What the payer of a new order will pay, if it names a quote.
    pub(super) fn price_of(
        &self,
        c: &CreatePayment,
        now: u64,
    ) -> Result<Option<Priced>, Rejection> {
        if c.quote.is_none() {
            return Ok(None);
        }
        let t = self.quotes.get(&c.quote).ok_or(Rejection::UnknownAccount)?;
        must(t.guaranteed, Rejection::QuoteNotGuaranteed)?;
        must(c.amount.currency == t.base, Rejection::CurrencyMismatch)?;
        must(now <= t.valid_until, Rejection::QuoteExpired)?;
        // All currencies here have two decimals: as many units as of the price, to the cent.
        let price = t.price.to_string();
        let decimals = price.split_once('.').map_or(0, |parts| parts.1.len());
        let units: i128 = price.replace('.', "").parse().unwrap();
        let of_ten = 10i128.pow(u32::try_from(decimals).unwrap());
        let amount = half_up(c.amount.amount.into(), units, of_ten);
        must((1..=super::orders::LARGEST).contains(&amount), Rejection::AmountOutOfRange)?;
        Ok(Some(Priced { quote: c.quote, amount, currency: t.counter }))
    }

    pub(super) fn quote_holds(&self, priced: Priced, now: u64) -> Outcome {
        let t = &self.quotes[&priced.quote];
        must(now <= t.valid_until, Rejection::QuoteExpired)?;
        must(now >= t.valid_from, Rejection::QuoteNotStarted)
    }
}
