//! How much rent is: pure arithmetic on times and prices (DOMAIN §4.4, "Rent rule").

use crate::command::{DayRule, RentUnit, RentalTerms};
use crate::limits::{DAY_MS, PAYMENT_MAJOR_MAX};
use crate::state::Calendar;

const HOUR_MS: u64 = 3_600_000;

/// Started units of a stretch of time: a further unit counts once its grace is over.
fn units(stretch_ms: u64, unit_ms: u64, grace_s: u32) -> u64 {
    let over = stretch_ms % unit_ms > u64::from(grace_s) * 1_000;
    stretch_ms / unit_ms + u64::from(over)
}

/// `amount × ppm / 10^6`, half up; saturating: more than any amount, so that such a price is
/// refused.
fn scaled(amount: u64, ppm: u32) -> u64 {
    let product = u128::from(amount) * u128::from(ppm);
    u64::try_from((product + 500_000) / 1_000_000).unwrap_or(u64::MAX)
}

/// Rent and late rent that are charged for a thing that came back at `restore_at`, in minor units.
/// All rent of a rental, terms of a plan among it, is at most what one payment may be, and late
/// rent stops there: however long a thing was away, its return is taken.
pub(crate) fn rent(terms: &RentalTerms, restore_at: u64, calendar: Calendar) -> (u64, u64) {
    let (rent, late) = by_the_rule(terms, restore_at, calendar);
    let most = most(terms);
    let rent = rent.min(most);
    (rent, late.min(most.saturating_sub(rent).saturating_sub(planned(terms))))
}

/// Whether what is agreed is within what one payment may be: the rent until the thing is due back,
/// or the terms of a plan, and the late rent of a day.
pub(crate) fn is_payable(terms: &RentalTerms, calendar: Calendar) -> bool {
    let most = most(terms);
    let (rent, _) = by_the_rule(terms, terms.expiry_at, calendar);
    rent <= most && planned(terms) <= most && late_price(terms) <= most
}

fn most(terms: &RentalTerms) -> u64 {
    terms.deposit.currency.major(PAYMENT_MAJOR_MAX)
}

/// What the terms of a plan sum to.
fn planned(terms: &RentalTerms) -> u64 {
    terms.plan.iter().fold(0, |sum, term| sum.saturating_add(term.amount))
}

/// The rent rule, without a bound. With a plan the terms are the rent, and only late rent is added.
fn by_the_rule(terms: &RentalTerms, restore_at: u64, calendar: Calendar) -> (u64, u64) {
    let in_time_until = restore_at.min(terms.expiry_at);
    let used = restore_at.saturating_sub(terms.borrow_at);
    let agreed = in_time_until.saturating_sub(terms.borrow_at);
    let late = late_days(terms, restore_at, calendar);
    let rent = match terms.unit {
        _ if !terms.plan.is_empty() => 0,
        RentUnit::Hour => by_the_hour(terms, used),
        RentUnit::Day => {
            let days = match terms.day_rule {
                DayRule::Elapsed => units(agreed, DAY_MS, terms.grace_s),
                DayRule::Calendar => {
                    let borrowed = calendar.date(terms.borrow_at);
                    let dates = calendar.date(in_time_until).saturating_sub(borrowed);
                    u64::from(dates.max(1))
                }
            };
            terms.rent.saturating_mul(days)
        }
        RentUnit::Fixed | RentUnit::Use => terms.rent,
    };
    (rent, late_price(terms).saturating_mul(late))
}

/// What a day late costs.
fn late_price(terms: &RentalTerms) -> u64 {
    match (terms.late_price, terms.unit) {
        (Some(price), _) => price,
        (None, RentUnit::Day) => scaled(terms.rent, terms.late_ppm),
        // An hour past the agreed time is an hour like another; a single price has no day in it.
        (None, RentUnit::Hour | RentUnit::Fixed | RentUnit::Use) => 0,
    }
}

/// Days late, each started one counted.
fn late_days(terms: &RentalTerms, restore_at: u64, calendar: Calendar) -> u64 {
    let late = restore_at.saturating_sub(terms.expiry_at);
    match terms.day_rule {
        DayRule::Elapsed => units(late, DAY_MS, terms.grace_s),
        DayRule::Calendar if late == 0 => 0,
        DayRule::Calendar => {
            let agreed = calendar.date(terms.expiry_at);
            u64::from(calendar.date(restore_at).saturating_sub(agreed))
        }
    }
}

/// Per started 24 hours the smaller of the cap and the hours' price.
fn by_the_hour(terms: &RentalTerms, used: u64) -> u64 {
    let price = |stretch: u64| {
        let price = terms.rent.saturating_mul(units(stretch, HOUR_MS, terms.grace_s));
        price.min(terms.day_cap.unwrap_or(u64::MAX))
    };
    price(DAY_MS).saturating_mul(used / DAY_MS).saturating_add(price(used % DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::money::{Currency, Money};

    fn terms(unit: RentUnit, rent: u64, expiry_at: u64) -> RentalTerms {
        RentalTerms {
            item: Id::NONE,
            deposit: Money { amount: 200_000, currency: Currency::CNY },
            rent,
            unit,
            day_rule: DayRule::Elapsed,
            day_cap: None,
            borrow_at: 0,
            expiry_at,
            grace_s: 300,
            late_ppm: 1_500_000,
            late_price: None,
            plan: Vec::new(),
            deposit_fallback: false,
            risk_amount: None,
            guaranteed: false,
            credit_first: false,
            lost_after_days: 30,
        }
    }

    /// DOMAIN §7, example 12.
    #[test]
    fn power_banks_by_the_hour() {
        let terms = RentalTerms { day_cap: Some(2_000), ..terms(RentUnit::Hour, 200, DAY_MS) };
        let at = |h: u64, m: u64, s: u64| (h * 3_600 + m * 60 + s) * 1_000;
        for (restore_at, due) in
            [(at(2, 20, 1), 600), (at(2, 5, 0), 400), (at(2, 5, 1), 600), (at(31, 10, 0), 3_600)]
        {
            let (rent, late) = rent(&terms, restore_at, Calendar::default());
            assert_eq!((rent, late), (due, 0), "{restore_at}");
        }
    }

    /// DOMAIN §7, example 13.
    #[test]
    fn a_car_returned_late() {
        let terms = terms(RentUnit::Day, 18_000, 3 * DAY_MS);
        let back = 3 * DAY_MS + 26 * HOUR_MS;
        assert_eq!(rent(&terms, back, Calendar::default()), (54_000, 54_000));
        assert_eq!(rent(&terms, 3 * DAY_MS, Calendar::default()), (54_000, 0));
    }

    #[test]
    fn late_by_calendar_days_at_a_price_of_its_own() {
        let day = |n: u64, hour: u64| n * DAY_MS + hour * HOUR_MS;
        let terms = RentalTerms {
            day_rule: DayRule::Calendar,
            late_price: Some(100),
            borrow_at: day(0, 23),
            ..terms(RentUnit::Fixed, 299, day(7, 23))
        };
        for (restore_at, late) in
            [(day(7, 23), 0), (day(7, 23) + 1, 0), (day(8, 0), 100), (day(9, 1), 200)]
        {
            assert_eq!(rent(&terms, restore_at, Calendar::default()), (299, late), "{restore_at}");
        }
    }
}
