//! Words of a table's line: names, amounts, times, owners, options. Nothing here knows a rule.

use groat_ledger::{Class, Currency, Id, Money, Owner, Reference};
use std::collections::{BTreeMap, VecDeque};

const DAY_MS: u64 = 86_400_000;

/// The words of one line after its verb. Words with `=` are options and may stand anywhere.
pub(crate) struct Args<'a> {
    words: VecDeque<&'a str>,
    options: BTreeMap<&'a str, &'a str>,
}

impl<'a> Args<'a> {
    pub(crate) fn new(words: impl Iterator<Item = &'a str>) -> Args<'a> {
        let mut args = Args { words: VecDeque::new(), options: BTreeMap::new() };
        for word in words {
            match word.split_once('=') {
                Some((name, value)) => {
                    args.options.insert(name, value);
                }
                None => args.words.push_back(word),
            }
        }
        args
    }

    /// The next word that is no option.
    pub(crate) fn word(&mut self) -> &'a str {
        self.words.pop_front().expect("the line has another word")
    }

    /// All words that are left.
    pub(crate) fn rest(&mut self) -> Vec<&'a str> {
        self.words.drain(..).collect()
    }

    pub(crate) fn option(&mut self, name: &str) -> Option<&'a str> {
        self.options.remove(name)
    }

    /// An option that is a whole number, or what stands for it when it is left out.
    pub(crate) fn number(&mut self, name: &str, otherwise: u32) -> u32 {
        self.option(name).map_or(otherwise, |text| text.parse().unwrap())
    }

    pub(crate) fn id(&mut self) -> Id {
        id(self.word())
    }

    pub(crate) fn id_option(&mut self, name: &str) -> Id {
        self.option(name).map_or(Id::NONE, id)
    }

    pub(crate) fn reference(&mut self) -> Reference {
        reference(self.word())
    }

    pub(crate) fn money(&mut self) -> Money {
        money(self.word())
    }

    pub(crate) fn minor_option(&mut self, name: &str) -> Option<u64> {
        self.option(name).map(|text| money(text).amount)
    }

    pub(crate) fn owner(&mut self) -> Owner {
        owner(self.word())
    }

    /// A misspelt or superfluous word must not pass in silence.
    pub(crate) fn finish(self) {
        assert!(self.words.is_empty(), "superfluous: {:?}", self.words);
        assert!(self.options.is_empty(), "no such option: {:?}", self.options);
    }
}

pub(crate) fn id(text: &str) -> Id {
    text.parse().unwrap_or_else(|_| panic!("not an id: {text}"))
}

pub(crate) fn reference(text: &str) -> Reference {
    Reference::new(text).unwrap_or_else(|| panic!("not a reference: {text}"))
}

pub(crate) fn currency(text: &str) -> Currency {
    text.parse().unwrap_or_else(|_| panic!("not a currency: {text}"))
}

/// `6.90` is CNY, `USD6.90` names its currency, `#690` and `USD#690` are minor units of any size.
pub(crate) fn money(text: &str) -> Money {
    let named = text.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
    let (letters, number) = if named { text.split_at(3) } else { ("CNY", text) };
    let currency = currency(letters);
    match number.strip_prefix('#') {
        Some(minor) => Money { amount: minor.parse().unwrap(), currency },
        None => Money::parse(number, currency).unwrap_or_else(|e| panic!("{text}: {e}")),
    }
}

/// As [`money`], and may be below zero or beyond what one movement can be.
pub(crate) fn signed_money(text: &str) -> (i128, Currency) {
    let magnitude = text.trim_start_matches('-');
    let (minor, currency) = match magnitude.strip_prefix('#') {
        Some(minor) => (minor.parse().unwrap(), Currency::CNY),
        None => (i128::from(money(magnitude).amount), money(magnitude).currency),
    };
    (if text.starts_with('-') { -minor } else { minor }, currency)
}

/// `user:alice`, `merchant:shop`, `ledger:a`.
pub(crate) fn owner(text: &str) -> Owner {
    match text.split_once(':') {
        Some(("user", name)) => Owner::User(id(name)),
        Some(("merchant", name)) => Owner::Merchant(id(name)),
        Some(("ledger", name)) => Owner::Ledger(id(name)),
        _ => panic!("not an owner: {text}"),
    }
}

/// The class of a chart name such as `user_available`.
pub(crate) fn class(text: &str) -> Class {
    let found = Class::ALL.iter().find(|class| class.name() == text);
    *found.unwrap_or_else(|| panic!("no class of the chart: {text}"))
}

/// Days since 1970 of `2026-01-31`, counted day by day: slow, and obviously right.
pub(crate) fn date(text: &str) -> u32 {
    let parts: Vec<u32> = text.split('-').map(|part| part.parse().unwrap()).collect();
    let [year, month, day] = parts[..] else { panic!("not a date: {text}") };
    let leap = |y: u32| y.is_multiple_of(4) && (!y.is_multiple_of(100) || y.is_multiple_of(400));
    let years: u32 = (1970..year).map(|y| if leap(y) { 366 } else { 365 }).sum();
    let february = if leap(year) { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    years + months[..month as usize - 1].iter().sum::<u32>() + day - 1
}

/// `2026-01-31T09:30:00Z`, with `.123` before the `Z` if wished; or `+1ms`, `+2s`, `+3h`, `+4d`
/// from `now`.
pub(crate) fn time(text: &str, now: u64) -> u64 {
    if let Some(step) = text.strip_prefix('+') {
        let unit_at = step.find(|c: char| !c.is_ascii_digit()).unwrap();
        let (count, unit) = step.split_at(unit_at);
        let unit = match unit {
            "ms" => 1,
            "s" => 1_000,
            "h" => 3_600_000,
            "d" => DAY_MS,
            _ => panic!("not a unit of time: {unit}"),
        };
        return now + count.parse::<u64>().unwrap() * unit;
    }
    let (day, clock) = text.trim_end_matches('Z').split_once('T').expect("a date and a time");
    let (clock, ms) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<u64> = clock.split(':').map(|part| part.parse().unwrap()).collect();
    let [h, m, s] = parts[..] else { panic!("not a time: {text}") };
    u64::from(date(day)) * DAY_MS + ((h * 60 + m) * 60 + s) * 1_000 + ms.parse::<u64>().unwrap()
}

#[test]
fn times_and_amounts_are_read_right() {
    assert_eq!(date("1970-01-01"), 0);
    assert_eq!(date("2000-03-01"), 11_017);
    assert_eq!(time("2026-01-31T09:30:00.005Z", 0), 1_769_851_800_005);
    assert_eq!(time("+2d", 1), 2 * DAY_MS + 1);
    assert_eq!(money("6.90"), Money { amount: 690, currency: Currency::CNY });
    assert_eq!(money("JPY1999").amount, 1999);
    assert_eq!(money("KWD#18446744073709551615").amount, u64::MAX);
    assert_eq!(signed_money("-0.05"), (-5, Currency::CNY));
}
