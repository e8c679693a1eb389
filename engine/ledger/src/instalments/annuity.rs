//! Interest by the year, and loans paid back in equal sums of principal and interest.

use super::{TERMS_MAX, Tie, nearest};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// A term of a loan, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LoanTerm {
    /// To be paid back.
    pub principal: u64,
    /// What the principal owed before it bears in the term.
    pub interest: u64,
}

/// Interest by the year, the year in equal terms whatever their days ("30/360" where the terms are
/// months).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct YearRate {
    /// Millionths of the principal in a year.
    pub year_ppm: u32,
    /// Terms of a year; not zero.
    pub terms_a_year: u32,
}

impl YearRate {
    /// The rate of one term.
    fn of_term(self) -> Option<Decimal> {
        Decimal::from(self.year_ppm).checked_div(Decimal::from(self.terms_in_millionths()))
    }

    fn terms_in_millionths(self) -> u64 {
        u64::from(self.terms_a_year) * 1_000_000
    }

    /// What a principal bears in one whole term, half even; none without terms or beyond any
    /// amount.
    pub fn whole_term(self, principal: u64) -> Option<u64> {
        if self.terms_a_year == 0 {
            return None;
        }
        let earned = u128::from(principal).checked_mul(self.year_ppm.into())?;
        nearest(earned, self.terms_in_millionths().into(), Tie::Even)
    }
}

/// Equal payments. The payment and the interest of each term on what is owed are rounded half to
/// even; the last term pays what is left. Where that makes it differ, the payment is moved by its
/// share of the difference, up to three times, as long as the last term comes nearer. None where
/// the numbers leave the range of decimals.
pub fn annuity(amount: u64, terms: u32, rate: YearRate) -> Option<Vec<LoanTerm>> {
    if !(1..=TERMS_MAX).contains(&terms) {
        return None;
    }
    let mut payment = annuity_payment(amount, terms, rate.of_term()?)?;
    let mut best = paid_evenly(amount, terms, rate, payment)?;
    for _ in 0..3 {
        let off = last_is_off(&best, payment)?;
        let moved = nearest(off.unsigned_abs(), u128::from(terms), Tie::Even)?;
        let next =
            if off > 0 { payment.checked_add(moved)? } else { payment.saturating_sub(moved) };
        let schedule = paid_evenly(amount, terms, rate, next)?;
        if last_is_off(&schedule, next)?.unsigned_abs() >= off.unsigned_abs() {
            break;
        }
        (payment, best) = (next, schedule);
    }
    Some(best)
}

/// By how much the last term differs from the payment.
fn last_is_off(schedule: &[LoanTerm], payment: u64) -> Option<i128> {
    let last = schedule.last()?;
    Some(i128::from(last.principal) + i128::from(last.interest) - i128::from(payment))
}

fn annuity_payment(amount: u64, terms: u32, rate: Decimal) -> Option<u64> {
    let amount = Decimal::from(amount);
    if rate.is_zero() {
        return half_even(amount.checked_div(Decimal::from(terms))?);
    }
    let growth = Decimal::ONE.checked_add(rate)?;
    let grown = (0..terms).try_fold(Decimal::ONE, |all, _| all.checked_mul(growth))?;
    let factor = grown.checked_mul(rate)?.checked_div(grown.checked_sub(Decimal::ONE)?)?;
    half_even(amount.checked_mul(factor)?)
}

fn paid_evenly(amount: u64, terms: u32, rate: YearRate, payment: u64) -> Option<Vec<LoanTerm>> {
    let mut owed = amount;
    let term = |no: u32| {
        let interest = rate.whole_term(owed)?;
        let part = payment.saturating_sub(interest).min(owed);
        let principal = if no == terms { owed } else { part };
        owed -= principal;
        Some(LoanTerm { principal, interest })
    };
    (1..=terms).map(term).collect()
}

/// The nearest whole minor unit, a half to the even one; none below zero or beyond the range.
fn half_even(value: Decimal) -> Option<u64> {
    value.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven).to_u64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instalments::Accrual;

    /// 7 % a year on 6.00 are just 3.5 a month; the days of one share that by the carry rule.
    #[test]
    fn a_term_of_a_year_bears_interest() {
        let rate = YearRate { year_ppm: 70_000, terms_a_year: 12 };
        assert_eq!([600, 1_800].map(|sum| rate.whole_term(sum)), [Some(4), Some(10)]);
        assert_eq!(rate.whole_term(u64::MAX), Some(107_606_007_096_639_051));
        let mut accrual = Accrual::default();
        let days: u64 = (0..30).map(|_| accrual.accrue_part(600, rate, 1, 30).unwrap()).sum();
        assert_eq!((days, accrual.rest()), (3, 499_980));
        assert_eq!(accrual.accrue_part(600, rate, 1, 0), None);
    }

    #[test]
    fn an_annuity_of_no_interest_and_of_too_much() {
        let rate = |year_ppm| YearRate { year_ppm, terms_a_year: 12 };
        let terms = annuity(1_000, 3, rate(0)).unwrap();
        let principals: Vec<u64> = terms.iter().map(|term| term.principal).collect();
        assert_eq!(principals, [333, 333, 334]);
        // The first payment and the last: it is moved only where that brings the last nearer.
        for (amount, ppm, terms, ends) in [
            (10_000, 70_000, 6, [1_701, 1_700]),
            (280_000, 70_000, 12, [24_227, 24_234]),
            (10_000, 240_000, 12, [946, 939]),
            (399_838, 240_000, 120, [8_816, 8_636]),
            (2_398_758, 360_000, 120, [74_097, 74_639]),
        ] {
            let all = annuity(amount, terms, rate(ppm)).unwrap();
            let due = |term: &LoanTerm| term.principal + term.interest;
            assert_eq!([due(&all[0]), due(&all[terms as usize - 1])], ends, "{amount} in {terms}");
            assert_eq!(all.iter().map(|term| term.principal).sum::<u64>(), amount);
        }
        assert_eq!(annuity(u64::MAX, TERMS_MAX, rate(u32::MAX)), None);
        assert_eq!(annuity(1_000, 0, rate(120_000)), None);
        assert_eq!(annuity(1_000, TERMS_MAX + 1, rate(120_000)), None);
        let never = YearRate { year_ppm: 120_000, terms_a_year: 0 };
        assert_eq!(annuity(1_000, 3, never), None);
    }
}
