//! Money: integer minor units of a currency, its text, and the roundings that rules name.
//!
//! There is no floating point here and no arithmetic that can wrap: `u64` amounts are bounded by
//! [`AMOUNT_MAX`](crate::limits::AMOUNT_MAX), products are computed in `u128` or in checked
//! decimals. Conversion between currencies does not live here.

use crate::currencies::CURRENCIES;
use crate::limits::AMOUNT_MAX;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::fmt;
use std::str::FromStr;

/// A currency by its ISO 4217 numeric code; codes from 1001 on are groat's own units.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Currency(u16);

impl Currency {
    /// Chinese yuan.
    pub const CNY: Currency = Currency(156);
    /// Points of a loyalty programme; no decimals. Not an ISO code.
    pub const PTS: Currency = Currency(1001);

    /// Points with so many decimals, two at most: a unit each, so that no sum mixes them.
    pub const fn points(decimals: u32) -> Currency {
        match decimals {
            0 => Currency::PTS,
            1 => Currency(1002),
            _ => Currency(1003),
        }
    }

    /// The currency of a numeric code, if there is one.
    pub fn from_code(code: u32) -> Option<Currency> {
        let code = u16::try_from(code).ok()?;
        row_no(code).map(|_| Currency(code))
    }

    /// The numeric code.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// The three letters.
    pub fn letters(self) -> &'static str {
        self.row().1
    }

    /// Decimal places of the major unit: 0, 2, 3 or 4.
    pub fn exponent(self) -> u32 {
        self.row().2
    }

    fn row(self) -> &'static (u16, &'static str, u32) {
        let no = row_no(self.0).expect("a Currency is only made from a row of the table");
        &CURRENCIES[no]
    }

    /// This many major units in minor units.
    pub fn major(self, units: u64) -> u64 {
        units.saturating_mul(10u64.pow(self.exponent()))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.letters())
    }
}

impl FromStr for Currency {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Currency, NotMoney> {
        let row = CURRENCIES.iter().find(|c| c.1 == text).ok_or(NotMoney::UnknownCurrency)?;
        Ok(Currency(row.0))
    }
}

/// Where each code stands in the table, from 1; zero for those that are no currency's. Every
/// amount that is read names its currency: searching the table was 3 % of a transfer.
static ROW_NOS: [u8; 1_024] = {
    let mut nos = [0; 1_024];
    let mut no = 0u8;
    while (no as usize) < CURRENCIES.len() {
        let code = CURRENCIES[no as usize].0;
        no += 1;
        nos[code as usize] = no;
    }
    nos
};

fn row_no(code: u16) -> Option<usize> {
    ROW_NOS.get(usize::from(code)).and_then(|no| usize::from(*no).checked_sub(1))
}

/// An amount in minor units of a currency. Zero is representable; rules refuse it by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Money {
    /// Minor units.
    pub amount: u64,
    /// The currency.
    pub currency: Currency,
}

/// Why a text is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMoney {
    /// The three letters are no ISO 4217 currency in use and no unit of groat.
    UnknownCurrency,
    /// Not a plain decimal number such as `12.34`.
    NotANumber,
    /// Below zero.
    Negative,
    /// More decimal places than the currency has.
    TooPrecise,
    /// Above [`AMOUNT_MAX`].
    TooLarge,
}

impl fmt::Display for NotMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotMoney::UnknownCurrency => {
                "unknown currency: give the three letters of ISO 4217, such as CNY"
            }
            NotMoney::NotANumber => "not an amount: give a decimal number such as \"12.34\"",
            NotMoney::Negative => "the amount is negative; amounts are positive",
            NotMoney::TooPrecise => "the amount has more decimal places than its currency",
            NotMoney::TooLarge => "the amount is larger than 10^18 minor units",
        })
    }
}

impl std::error::Error for NotMoney {}

impl Money {
    /// Reads an amount of major units such as `12.34`.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, NotMoney> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if text.starts_with('-') {
            return Err(NotMoney::Negative);
        }
        if !plain || text.starts_with('.') || text.ends_with('.') {
            return Err(NotMoney::NotANumber);
        }
        if text.len() > 28 {
            return Err(NotMoney::TooLarge);
        }
        let value = Decimal::from_str_exact(text).map_err(|_| NotMoney::NotANumber)?;
        let minor = value
            .checked_mul(Decimal::from(10u64.pow(currency.exponent())))
            .ok_or(NotMoney::TooLarge)?;
        if !minor.is_integer() {
            return Err(NotMoney::TooPrecise);
        }
        match minor.to_u64() {
            Some(amount) if amount <= AMOUNT_MAX => Ok(Money { amount, currency }),
            _ => Err(NotMoney::TooLarge),
        }
    }
}

/// Minor units as text of major units, without the currency: `1234` CNY is `12.34`.
pub fn major_text(minor: i128, currency: Currency) -> String {
    let places = currency.exponent() as usize;
    let digits = format!("{:0width$}", minor.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let sign = if minor < 0 { "-" } else { "" };
    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text =
            format!("{} {}", major_text(i128::from(self.amount), self.currency), self.currency);
        f.pad(&text)
    }
}

/// `amount × ppm / 10^6`, half a minor unit rounded up: the service fee (DOMAIN §2, §4).
///
/// ```
/// use groat_ledger::money::fee_half_up;
/// assert_eq!(fee_half_up(690, 6_000), 4); // 6.90 at 0.6 % leaves 6.86
/// ```
pub fn fee_half_up(amount: u64, ppm: u32) -> u64 {
    share(amount, u64::from(ppm), 1_000_000, Rounding::HalfUp)
}

/// `⌊amount × bps / 10^4⌋`: a percentage of a split or reserve (DOMAIN §2, FLOOR).
pub fn bps_floor(amount: u64, bps: u32) -> u64 {
    share(amount, u64::from(bps), 10_000, Rounding::Floor)
}

/// `⌈amount × bps / 10^4⌉`: the reserve of what is settled ahead of its batch.
pub fn bps_ceil(amount: u64, bps: u32) -> u64 {
    share(amount, u64::from(bps), 10_000, Rounding::Ceil)
}

/// `amount / (1 + bps / 10^4)`, half up: what an amount is without its tax (DOMAIN §7, 27).
pub fn without_tax_half_up(amount: u64, bps: u32) -> u64 {
    share(amount, 10_000, 10_000 + u64::from(bps), Rounding::HalfUp)
}

/// The part of `full` that belongs to `done` of `total`, half up: with the amount already given
/// subtracted by the caller, parts always sum to the whole (DOMAIN §2, cumulative rule).
pub fn cumulative_half_up(full: u64, done: u64, total: u64) -> u64 {
    share(full, done, total, Rounding::HalfUp)
}

/// How a half or any other part of a minor unit is rounded.
#[derive(Clone, Copy)]
enum Rounding {
    HalfUp,
    Floor,
    Ceil,
}

/// `amount × numerator / denominator` in exact integers, rounded as named. The quotient must not
/// exceed `u64`, which holds wherever `numerator <= denominator` or the ratio is a bounded rate.
fn share(amount: u64, numerator: u64, denominator: u64, rounding: Rounding) -> u64 {
    let product = u128::from(amount) * u128::from(numerator);
    let denominator = u128::from(denominator.max(1));
    let (quotient, rest) = (product / denominator, product % denominator);
    let up = match rounding {
        Rounding::HalfUp => rest * 2 >= denominator,
        Rounding::Floor => false,
        Rounding::Ceil => rest > 0,
    };
    u64::try_from(quotient + u128::from(up)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_amounts() {
        let jpy: Currency = "JPY".parse().unwrap();
        let kwd: Currency = "KWD".parse().unwrap();
        for (text, currency, minor) in [
            ("12.34", Currency::CNY, Ok(1234)),
            ("0.01", Currency::CNY, Ok(1)),
            ("12.3", Currency::CNY, Ok(1230)),
            ("12.340", Currency::CNY, Ok(1234)),
            ("1999", jpy, Ok(1999)),
            ("12.345", kwd, Ok(12345)),
            ("0.1", jpy, Err(NotMoney::TooPrecise)),
            ("12.345", Currency::CNY, Err(NotMoney::TooPrecise)),
            ("-1", Currency::CNY, Err(NotMoney::Negative)),
            ("1e3", Currency::CNY, Err(NotMoney::NotANumber)),
            ("+1", Currency::CNY, Err(NotMoney::NotANumber)),
            ("", Currency::CNY, Err(NotMoney::NotANumber)),
            ("1.", Currency::CNY, Err(NotMoney::NotANumber)),
            ("10000000000000000.01", Currency::CNY, Err(NotMoney::TooLarge)),
            ("99999999999999999999999999999999", Currency::CNY, Err(NotMoney::TooLarge)),
        ] {
            assert_eq!(Money::parse(text, currency).map(|m| m.amount), minor, "{text}");
        }
        assert_eq!(major_text(-5, Currency::CNY), "-0.05");
        assert_eq!(major_text(1999, jpy), "1999");
        assert!("XYZ".parse::<Currency>().is_err());
    }

    /// DOMAIN §7, example 4, and the fee of example 6.
    #[test]
    fn fees_round_half_up() {
        for (amount, ppm, fee) in [
            (690, 6_000, 4),
            (83, 6_000, 0),
            (84, 6_000, 1),
            (3333, 6_000, 20),
            (10_000, 3_800, 38),
        ] {
            assert_eq!(fee_half_up(amount, ppm), fee, "{amount} at {ppm}");
        }
    }

    /// DOMAIN §7, example 27.
    #[test]
    fn tax_is_the_rest() {
        for (amount, bps, ex_tax) in
            [(11_300, 1_300, 10_000), (9_999, 1_300, 8_849), (10_000, 600, 9_434)]
        {
            assert_eq!(without_tax_half_up(amount, bps), ex_tax, "{amount} at {bps}");
        }
    }

    /// DOMAIN §7, example 6: the parts of a fee returned with refunds sum to the fee.
    #[test]
    fn parts_sum_to_the_whole() {
        let (mut refunded, mut returned, mut parts) = (0, 0, Vec::new());
        for refund in [3333, 3333, 3333, 1] {
            refunded += refund;
            let part = cumulative_half_up(38, refunded, 10_000) - returned;
            returned += part;
            parts.push(part);
        }
        assert_eq!(parts, [13, 12, 13, 0]);
    }
}
