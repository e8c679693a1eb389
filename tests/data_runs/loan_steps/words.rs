//! Words of the steps: amounts, dates, what stands in quotation marks, orders of payment.

use groat_ledger::instalments::{CHARGES_FIRST, Part};
use groat_proto::json::parse_time;

/// Cents of `16.9`, `1,000.0` or nothing.
pub(super) fn cents(text: &str) -> u64 {
    crate::instalments::cents(text)
}

/// Milliseconds of the noon of `1 January 2022`.
pub(super) fn noon(date: &str) -> u64 {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let [day, month, year] = date.split(' ').collect::<Vec<_>>()[..] else { panic!("{date}") };
    let month = 1 + MONTHS.iter().position(|name| *name == month).unwrap();
    parse_time(&format!("{year}-{month:02}-{day:0>2}T12:00:00Z")).unwrap()
}

/// The texts of a step in quotation marks.
pub(super) fn quoted(step: &str) -> Vec<&str> {
    step.split('"').skip(1).step_by(2).collect()
}

/// What is paid first of what is due, and in advance, by the name of a strategy: as
/// `DUE_PENALTY_FEE_INTEREST_PRINCIPAL_IN_ADVANCE_PRINCIPAL_PENALTY_FEE_INTEREST`.
pub(super) fn orders(strategy: &str) -> ([Part; 4], [Part; 4]) {
    let Some((due, ahead)) = strategy.split_once("_IN_ADVANCE_") else {
        assert_eq!(strategy, "ADVANCED_PAYMENT_ALLOCATION");
        return (CHARGES_FIRST, CHARGES_FIRST);
    };
    let order = |words: &str| -> [Part; 4] {
        let part = |word| match word {
            "PENALTY" => Part::Penalty,
            "FEE" => Part::Fee,
            "INTEREST" => Part::Interest,
            "PRINCIPAL" => Part::Principal,
            other => panic!("no part of a debt: {other}"),
        };
        words.split('_').map(part).collect::<Vec<_>>().try_into().unwrap()
    };
    (order(due.strip_prefix("DUE_").unwrap()), order(ahead))
}
