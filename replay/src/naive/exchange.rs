//! Quotes and conversions as their facts tell them: what each quote says, and what of each payment
//! in another currency was given and came back, computed in whole numbers. It knows neither rows
//! nor accounts.

use super::stranger;
use groat_ledger::{Currency, Fact, Id, Money, QuoteTerms};
use std::collections::BTreeMap;

/// Minor units given in the one currency and got in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Converted {
    pub(crate) sold: u64,
    pub(crate) bought: u64,
}

/// A payment in another currency than its order's.
#[derive(Debug)]
pub(crate) struct Exchanged {
    pub(crate) quote: Id,
    /// What its payer pays.
    pub(crate) price: Money,
    /// What its merchant got for that, once it is paid.
    pub(crate) order: Option<Money>,
    /// What of both went back.
    pub(crate) back: Converted,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Exchanges {
    quotes: BTreeMap<Id, (QuoteTerms, bool)>,
    payments: BTreeMap<Id, Exchanged>,
    /// What goes back with the refund or ruling to come.
    last: Option<(Id, Converted)>,
}

impl Exchanges {
    /// How many quotes there are.
    pub(crate) fn count(&self) -> usize {
        self.quotes.len()
    }

    pub(crate) fn payments(&self) -> impl Iterator<Item = Id> {
        self.payments.keys().copied()
    }

    pub(crate) fn of(&self, payment: Id) -> Option<&Exchanged> {
        self.payments.get(&payment)
    }

    pub(crate) fn is_expired(&self, quote: Id) -> Option<bool> {
        self.quotes.get(&quote).map(|quote| quote.1)
    }

    /// What was converted when a payment was paid.
    pub(crate) fn paid(&self, payment: Id) -> Option<Converted> {
        let of = self.payments.get(&payment)?;
        Some(Converted { sold: of.price.amount, bought: of.order?.amount })
    }

    /// What goes back of a payment: said just before.
    pub(crate) fn taken_back(&mut self, payment: Id) -> Option<Converted> {
        self.last.take_if(|(of, _)| *of == payment).map(|(_, converted)| converted)
    }

    /// Takes a fact in and gives the payment that it is about; says if it is not as its quote has
    /// it.
    pub(crate) fn follow(
        &mut self,
        fact: &Fact,
        due: bool,
        now: u64,
    ) -> Result<Option<Id>, String> {
        match fact {
            Fact::QuotePublished { quote, terms } => {
                let twice = self.quotes.insert(*quote, (*terms, false)).is_some();
                let backwards = terms.valid_from >= terms.valid_until;
                if twice || backwards || terms.base == terms.counter {
                    return Err(format!("{quote} is published twice, or holds for no time"));
                }
                Ok(None)
            }
            Fact::QuoteExpired { quote } => {
                let of = self.quotes.get_mut(quote);
                let of = of.ok_or_else(|| format!("there is no quote {quote}"))?;
                let before = std::mem::replace(&mut of.1, true);
                if before || !due || now <= of.0.valid_until {
                    return Err(format!("{quote} ends, and not by the clock behind its time"));
                }
                Ok(None)
            }
            Fact::PaymentQuoted { payment, quote, amount } => {
                let terms = self.terms(*quote)?;
                let back = Converted { sold: 0, bought: 0 };
                let new = Exchanged { quote: *quote, price: *amount, order: None, back };
                let twice = self.payments.insert(*payment, new).is_some();
                let fits = terms.guaranteed && now <= terms.valid_until;
                if twice || !fits || amount.currency != terms.counter {
                    return Err(format!("{payment} is quoted twice, or not as {quote} says"));
                }
                Ok(Some(*payment))
            }
            Fact::FxConverted { payment, sold, bought } => {
                let quote = self.payments.get(payment).map(|of| of.quote);
                let terms = self.terms(quote.unwrap_or(Id::NONE))?;
                let of = self.payments.get_mut(payment);
                let of = of.ok_or_else(|| format!("{payment} has no quote"))?;
                let twice = of.order.replace(*bought).is_some();
                let in_time = (terms.valid_from..=terms.valid_until).contains(&now);
                if twice || !in_time {
                    return Err(format!(
                        "{payment} is converted twice, or out of its quote's time"
                    ));
                }
                let worth = worth(*bought, &terms)?;
                let as_quoted = *sold == of.price && bought.currency == terms.base;
                if !as_quoted || i128::from(sold.amount) != worth {
                    let sold = sold.amount;
                    return Err(format!("{payment} converts {sold}; its quote makes it {worth}"));
                }
                Ok(Some(*payment))
            }
            Fact::FxReturned { payment, sold, bought } => {
                let of = self.payments.get_mut(payment);
                let of = of.ok_or_else(|| format!("{payment} has no quote"))?;
                let order = of.order.ok_or_else(|| format!("{payment} was never converted"))?;
                let same = (sold.currency, bought.currency) == (order.currency, of.price.currency);
                of.back.sold = of.back.sold.saturating_add(sold.amount);
                let part = part(of.price, of.back.sold, order.amount);
                let expected = part - i128::from(of.back.bought);
                of.back.bought = of.back.bought.saturating_add(bought.amount);
                self.last =
                    Some((*payment, Converted { sold: sold.amount, bought: bought.amount }));
                if !same || i128::from(bought.amount) != expected {
                    let bought = bought.amount;
                    return Err(format!("{payment} gives {bought} back; its part is {expected}"));
                }
                Ok(Some(*payment))
            }
            other => Err(stranger(other, "a quote")),
        }
    }

    fn terms(&self, quote: Id) -> Result<QuoteTerms, String> {
        let of = self.quotes.get(&quote);
        of.map(|quote| quote.0).ok_or_else(|| format!("there is no quote {quote}"))
    }
}

/// What an amount of the base currency is worth at a quote.
fn worth(order: Money, terms: &QuoteTerms) -> Result<i128, String> {
    let text = terms.price.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let units: i128 = format!("{whole}{part}").parse().map_err(|_| "no price".to_owned())?;
    let ten = |places: usize| 10i128.checked_pow(u32::try_from(places).unwrap_or(u32::MAX));
    let exponent = |currency: Currency| currency.exponent() as usize;
    let numerator = i128::from(order.amount).checked_mul(units);
    let numerator = numerator.zip(ten(exponent(terms.counter))).and_then(|(a, b)| a.checked_mul(b));
    let denominator = ten(part.len() + exponent(terms.base));
    let (numerator, denominator) = numerator.zip(denominator).ok_or("it is worth too much")?;
    Ok(rounded(numerator, denominator, terms.counter))
}

/// The part of a price that belongs to so much of a whole.
fn part(price: Money, of: u64, whole: u64) -> i128 {
    rounded(i128::from(price.amount) * i128::from(of), i128::from(whole.max(1)), price.currency)
}

/// To minor units half up; to whole rupiah, half to even.
fn rounded(numerator: i128, denominator: i128, currency: Currency) -> i128 {
    if currency.letters() != "IDR" {
        return (2 * numerator + denominator) / (2 * denominator);
    }
    let hundreds = denominator * 100;
    let (whole, rest) = (numerator / hundreds, numerator % hundreds);
    let up = 2 * rest > hundreds || (2 * rest == hundreds && whole % 2 == 1);
    (whole + i128::from(up)) * 100
}
