//! The terms of plans and cash loans: how much of a sum each has, and the months between those of
//! loans. It knows neither plans nor loans.

use groat_ledger::instalments::{Split, Tie, YearRate, annuity};
use groat_ledger::{LoanKind, LoanRate, LoanTerms};
use std::collections::VecDeque;

/// The principal of each term.
pub(super) fn parts(amount: i128, count: u32, terms: &LoanTerms) -> VecDeque<i128> {
    match (terms.kind, terms.rate) {
        (LoanKind::Bullet, _) => {
            (1..=count).map(|no| if no == count { amount } else { 0 }).collect()
        }
        (LoanKind::Annuity, LoanRate::Year(rate)) => {
            // The schedule itself is held against those of others, in the tests of the arithmetic.
            let terms = u64::try_from(amount).ok().and_then(|sum| annuity(sum, count, rate));
            terms.into_iter().flatten().map(|term| term.principal.into()).collect()
        }
        (LoanKind::EqualPrincipal | LoanKind::Annuity, _) => shares(amount, count, terms.split),
    }
}

/// Rounded down with the rest first, or to the nearest multiple of a unit with the rest last.
pub(super) fn shares(amount: i128, count: u32, split: Split) -> VecDeque<i128> {
    let n = i128::from(count);
    let Split::NearestRestLast { unit, tie } = split else {
        return (0..n).map(|no| amount / n + if no == 0 { amount % n } else { 0 }).collect();
    };
    let unit = i128::from(unit);
    let (floor, rest) = (amount / (n * unit), amount % (n * unit));
    let up = match (2 * rest).cmp(&(n * unit)) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal if tie == Tie::Even => floor % 2,
        std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => 1,
    };
    let share = (floor + up) * unit;
    (1..=n)
        .map(|no| if no == n { amount } else { amount.min(share * no) })
        .fold((VecDeque::new(), 0), |(mut parts, before), through| {
            parts.push_back(through - before);
            (parts, through)
        })
        .0
}

/// The millionths that so much earns between two dates of a term.
pub(super) fn interest(rate: LoanRate, owed: i128, dates: [u32; 2], term: [u32; 2]) -> i128 {
    match rate {
        LoanRate::Day(ppm) => {
            let nights = dates[1].saturating_sub(dates[0]);
            owed * i128::from(ppm) * i128::from(nights)
        }
        LoanRate::Year(rate) => by_year(rate, owed, dates, term),
    }
}

/// A whole term has its part of the year to the nearest, a half to the even one.
fn by_year(rate: YearRate, owed: i128, [since, date]: [u32; 2], [from, to]: [u32; 2]) -> i128 {
    let [year, terms] = [rate.year_ppm, rate.terms_a_year].map(i128::from);
    if [since, date] != [from, to] {
        return owed * year * i128::from(date.saturating_sub(since))
            / (terms * i128::from(to - from));
    }
    let (sum, of) = (owed * year, terms * 1_000_000);
    let up = match (2 * (sum % of)).cmp(&of) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => sum / of % 2,
        std::cmp::Ordering::Greater => 1,
    };
    (sum / of + up) * 1_000_000
}

/// The days of a month of a year.
fn days_of(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counted month by month since 1970.
pub(super) fn months_after(date: u32, months: u32) -> u32 {
    let (mut year, mut month, mut first) = (1970, 1, 0);
    let step = |year: &mut u32, month: &mut u32, first: &mut u32| {
        *first += days_of(*year, *month);
        (*year, *month) = if *month == 12 { (*year + 1, 1) } else { (*year, *month + 1) };
    };
    while date - first >= days_of(year, month) {
        step(&mut year, &mut month, &mut first);
    }
    let day = date - first;
    for _ in 0..months {
        step(&mut year, &mut month, &mut first);
    }
    first + day.min(days_of(year, month) - 1)
}
