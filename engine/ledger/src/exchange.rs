//! Exchange between currencies: the price of a quote, what an amount is worth at it, and what of it
//! comes back with parts of the amount (DOMAIN §1.8, §2).
//!
//! Decimals are checked and there is no floating point. Half a minor unit is rounded up. Amounts in
//! rupiah are whole ones, as networks take no others: their last two digits are zero, and half of
//! one is rounded to the even one.

use crate::limits::{AMOUNT_MAX, PRICE_DECIMALS_MAX, PRICE_DIGITS_MAX};
use crate::money::{Currency, Money, cumulative_half_up};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;

/// ISO 4217: Indonesian rupiah.
const IDR: u16 = 360;

/// Minor units of a whole rupiah.
const WHOLE_RUPIAH: u64 = 100;

/// How much of one currency a major unit of another costs: a positive decimal number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Price {
    units: u64,
    decimals: u32,
}

impl Price {
    /// Reads a number such as `7.2463`; none if it is no plain positive decimal, or has more digits
    /// than a price may.
    pub fn parse(text: &str) -> Option<Price> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let part = if text.contains('.') { part } else { "" };
        let plain = digits(whole) && (part.is_empty() || digits(part));
        let decimals = u32::try_from(part.len()).ok()?;
        let fits = whole.len() + part.len() <= PRICE_DIGITS_MAX && decimals <= PRICE_DECIMALS_MAX;
        if !plain || text.ends_with('.') || !fits {
            return None;
        }
        let units = format!("{whole}{part}").parse().ok().filter(|units| *units > 0)?;
        Some(Price { units, decimals })
    }

    /// What an amount is worth in another currency, in minor units, rounded as the module says;
    /// none if that is more than [`AMOUNT_MAX`].
    ///
    /// ```
    /// use groat_ledger::{Currency, Money, Price};
    /// let ten_dollars = Money { amount: 1_000, currency: "USD".parse().unwrap() };
    /// let price = Price::parse("7.2463").unwrap();
    /// assert_eq!(price.worth(ten_dollars, Currency::CNY), Some(7_246));
    /// ```
    pub fn worth(self, money: Money, to: Currency) -> Option<u64> {
        let decimal = |units: u64, decimals: u32| {
            Decimal::try_from_i128_with_scale(i128::from(units), decimals).ok()
        };
        let major = decimal(money.amount, money.currency.exponent())?;
        let worth = major.checked_mul(decimal(self.units, self.decimals)?)?;
        let rounded = if to.code() == IDR {
            worth.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven)
        } else {
            worth.round_dp_with_strategy(to.exponent(), RoundingStrategy::MidpointAwayFromZero)
        };
        let minor = rounded.checked_mul(Decimal::from(10u64.pow(to.exponent())))?;
        minor.to_u64().filter(|minor| *minor <= AMOUNT_MAX)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.decimals as usize;
        let digits = format!("{:0width$}", self.units, width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        if part.is_empty() { f.write_str(whole) } else { write!(f, "{whole}.{part}") }
    }
}

/// The part of `full`, an amount in a currency, that belongs to `done` of `total`: with what came
/// back before subtracted by the caller, parts sum to the whole (DOMAIN §2, cumulative rule).
pub(crate) fn cumulative(full: u64, done: u64, total: u64, currency: Currency) -> u64 {
    if currency.code() != IDR {
        return cumulative_half_up(full, done, total);
    }
    let product = u128::from(full) * u128::from(done);
    let denominator = u128::from(total.max(1)) * u128::from(WHOLE_RUPIAH);
    let (whole, rest) = (product / denominator, product % denominator);
    let up = match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => whole % 2,
        std::cmp::Ordering::Greater => 1,
    };
    u64::try_from(whole + up).unwrap_or(u64::MAX).saturating_mul(WHOLE_RUPIAH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_prices() {
        for (text, again) in [
            ("7.2463", Some("7.2463")),
            ("0.04836", Some("0.04836")),
            ("007.50", Some("7.50")),
            ("16000", Some("16000")),
            ("0.000000000001", Some("0.000000000001")),
            ("999999999999999", Some("999999999999999")),
            ("9999999999999999", None),
            ("0.0000000000001", None),
            ("0", None),
            ("0.00", None),
            ("", None),
            (".5", None),
            ("5.", None),
            ("1e3", None),
            ("-1", None),
            ("+1", None),
            ("1,5", None),
            ("1.2.3", None),
        ] {
            let read = Price::parse(text).map(|price| price.to_string());
            assert_eq!(read.as_deref(), again, "{text}");
            let price = Price::parse(text);
            assert_eq!(price.and_then(|price| Price::parse(&price.to_string())), price, "{text}");
        }
    }

    /// DOMAIN §7, examples 25 and 26, and what is next to them.
    #[test]
    fn worths_are_rounded_as_their_currency_is() {
        for (amount, from, price, to, worth) in [
            (1_000, "USD", "7.2463", "CNY", Some(7_246)),
            (1_999, "JPY", "0.04836", "CNY", Some(9_667)),
            (12_345, "KWD", "23.6512", "CNY", Some(29_197)),
            (100, "USD", "12345.50", "IDR", Some(1_234_600)),
            (100, "USD", "12344.50", "IDR", Some(1_234_400)),
            (100, "USD", "12344.5000001", "IDR", Some(1_234_500)),
            (1, "CNY", "0.5", "USD", Some(1)),
            (1, "CNY", "0.499999", "USD", Some(0)),
            (150, "CNY", "1", "JPY", Some(2)),
            (149, "CNY", "1", "JPY", Some(1)),
            (1, "JPY", "1", "KWD", Some(1_000)),
            (AMOUNT_MAX, "CNY", "2", "USD", None),
            (AMOUNT_MAX, "JPY", "999999999999999", "KWD", None),
        ] {
            let money = Money { amount, currency: from.parse().unwrap() };
            let found = Price::parse(price).unwrap().worth(money, to.parse().unwrap());
            assert_eq!(found, worth, "{amount} {from} at {price}");
        }
    }

    /// DOMAIN §7, example 25; whole rupiah come back, all of them.
    #[test]
    fn parts_that_come_back_sum_to_the_whole() {
        let idr: Currency = "IDR".parse().unwrap();
        for (full, currency, total, refunds, parts) in [
            (7_246, Currency::CNY, 1_000, vec![333, 333, 334], vec![2_413, 2_413, 2_420]),
            (1_234_500, idr, 100, vec![50, 30, 20], vec![617_200, 370_400, 246_900]),
            (100, idr, 3, vec![1, 1, 1], vec![0, 100, 0]),
        ] {
            let (mut done, mut before, mut found) = (0, 0, Vec::new());
            for refund in refunds {
                done += refund;
                let part = cumulative(full, done, total, currency) - before;
                before += part;
                found.push(part);
            }
            assert_eq!((found, before), (parts, full));
        }
    }
}
