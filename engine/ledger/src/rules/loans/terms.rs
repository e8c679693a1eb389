//! What may be agreed about a cash loan.

use crate::command::{Every, LoanRate, LoanTerms};
use crate::instalments::{TERMS_MAX, YearRate};
use crate::limits::{AMOUNT_MAX, LOAN_TERM_DAYS_MAX, LOAN_TERM_MONTHS_MAX};
use crate::rules::credit;

/// Whether there are as many terms as can be, of a year at most, and something for each.
pub(super) fn fit(amount: u64, terms: &LoanTerms) -> bool {
    let often = match terms.every {
        Every::Days(days) => (1..=LOAN_TERM_DAYS_MAX).contains(&days),
        Every::Months(months) => (1..=LOAN_TERM_MONTHS_MAX).contains(&months),
    };
    let shared = amount.checked_sub(terms.at_once);
    let enough = shared.is_some_and(|shared| shared >= u64::from(terms.count));
    let orders = credit::names_each_part(terms.order) && credit::names_each_part(terms.ahead_order);
    let count = (1..=TERMS_MAX).contains(&terms.count);
    count
        && often
        && enough
        && terms.split.fits(AMOUNT_MAX)
        && orders
        && terms.principals(amount.saturating_sub(terms.at_once), terms.count).is_some()
}

/// Whether a day bears at most as much as is owed, or a term.
pub(super) fn rate_fits(rate: LoanRate) -> bool {
    match rate {
        LoanRate::Day(ppm) => ppm <= 1_000_000,
        LoanRate::Year(YearRate { year_ppm, terms_a_year }) => {
            let most = u64::from(terms_a_year) * 1_000_000;
            (1..=LOAN_TERM_DAYS_MAX).contains(&terms_a_year) && u64::from(year_ppm) <= most
        }
    }
}
