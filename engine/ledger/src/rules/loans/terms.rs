//! What may be agreed about a cash loan.

use crate::command::{Every, LoanKind, LoanRate, LoanTerms, names_each_part};
use crate::instalments::{Split, TERMS_MAX};
use crate::limits::{AMOUNT_MAX, LOAN_TERM_DAYS_MAX, LOAN_TERM_MONTHS_MAX};

/// Whether there are as many terms as can be, of a year at most and together a year where interest
/// is by the year, and a minor unit for each.
pub(super) fn fit(amount: u64, terms: &LoanTerms) -> bool {
    let often = match terms.every {
        Every::Days(days) => (1..=LOAN_TERM_DAYS_MAX).contains(&days),
        Every::Months(months) => (1..=LOAN_TERM_MONTHS_MAX).contains(&months),
    };
    let fits_year = match (terms.rate, terms.every) {
        (LoanRate::Day(_), _) => true,
        (LoanRate::Year(rate), Every::Months(months)) => {
            months.saturating_mul(rate.terms_a_year) == 12
        }
        (LoanRate::Year(rate), Every::Days(days)) => {
            (360..=366).contains(&days.saturating_mul(rate.terms_a_year))
        }
    };
    // What an annuity pays in a term is no share of a sum.
    let splits = terms.kind != LoanKind::Annuity || terms.split == Split::FloorRestFirst;
    let shared = amount.checked_sub(terms.at_once);
    let enough = shared.is_some_and(|shared| shared >= u64::from(terms.count));
    let orders = names_each_part(terms.order) && names_each_part(terms.ahead_order);
    let count = (1..=TERMS_MAX).contains(&terms.count);
    count
        && often
        && fits_year
        && splits
        && enough
        && terms.split.fits(AMOUNT_MAX)
        && orders
        && terms.principals(amount.saturating_sub(terms.at_once), terms.count).is_some()
}
