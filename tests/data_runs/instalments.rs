//! Loan schedules of Apache Fineract's tests as they are first produced: 50 that bear interest and
//! 35 that bear none. Every principal and interest of every term must come out: of annuities as the
//! ledger makes them due, where each term is paid on its day.

use crate::loan_steps::paid_on_time;
use groat_ledger::instalments::{Instalment, LoanTerm, Split, Tie, YearRate, plan, split};
use groat_ledger::{Every, LoanKind, LoanRate, LoanTerms};
use groat_tests::feed::text;
use serde_json::Value;

/// Cents of `16.9`, `1,000.0` or nothing.
pub(crate) fn cents(text: &str) -> u64 {
    let plain = text.replace(',', "");
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, "0"));
    let part: u64 = format!("{part:0<2}").parse().unwrap();
    assert!(part < 100, "{text}");
    if whole.is_empty() { part } else { whole.parse::<u64>().unwrap() * 100 + part }
}

/// Millionths of a percentage such as `9.4822`.
fn ppm(percent: &str) -> u32 {
    let (whole, part) = percent.split_once('.').unwrap_or((percent, "0"));
    format!("{whole}{part:0<4}").parse().unwrap()
}

#[test]
fn schedules_that_bear_interest_match() {
    let (mut annuities, mut flats, mut moved) = (0, 0, 0);
    for line in text("instalments/origination_schedules.jsonl.xz").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let loan = &case["loan"];
        let said = |name: &str| loan[name].as_str().unwrap();
        assert_eq!((said("repaymentEvery"), said("repaymentFrequencyType")), ("1", "MONTHS"));
        let rows = case["schedule"].as_array().unwrap();
        let amount = cents(rows[0]["Balance of loan"].as_str().unwrap());
        let of = |row: &Value| LoanTerm {
            principal: cents(row["Principal due"].as_str().unwrap()),
            interest: cents(row["Interest"].as_str().unwrap()),
        };
        let expected: Vec<LoanTerm> = rows[1..].iter().map(of).collect();
        let terms = u32::try_from(expected.len()).unwrap();
        let rate = YearRate { year_ppm: ppm(said("ANNUAL interest rate %")), terms_a_year: 12 };
        let found = if case["verified"] == "flat_total_ok" {
            // Interest on the whole amount, whatever was paid: the fee of a plan.
            flats += 1;
            let fee_ppm = rate.year_ppm * terms / rate.terms_a_year;
            assert_eq!(fee_ppm * rate.terms_a_year, rate.year_ppm * terms);
            let split = Split::NearestRestLast { unit: 1, tie: Tie::Up };
            let of = |term: &Instalment| LoanTerm { principal: term.principal, interest: term.fee };
            plan(amount, terms, fee_ppm, split).unwrap().iter().map(of).collect::<Vec<_>>()
        } else {
            annuities += 1;
            moved += usize::from(case["verified"] == "annuity_30_360_adj_even");
            let new = LoanTerms::new(terms, 0, LoanKind::Annuity);
            let terms = LoanTerms { every: Every::Months(1), rate: LoanRate::Year(rate), ..new };
            paid_on_time(amount, rows[0]["Date"].as_str().unwrap(), terms)
        };
        assert_eq!(found, expected, "{} line {}", case["feature"], case["line"]);
    }
    assert_eq!((annuities, flats, moved), (45, 5, 1));
}

/// The first schedule of each: a loan, on some a down payment of the same day, then equal shares.
#[test]
fn shares_of_schedules_without_interest_match() {
    let (mut whole, mut to_the_cent, mut single, mut without) = (0, 0, 0, 0);
    for line in text("instalments/zero_interest_with_repayments.jsonl.xz").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let steps = case["steps"].as_array().unwrap();
        let schedule = |step: &&Value| {
            let said = step["text"].as_str().unwrap();
            said.starts_with("Loan Repayment schedule has") && said.contains("periods")
        };
        let Some(table) = steps.iter().find(schedule) else {
            without += 1;
            continue;
        };
        let at = format!("{} line {}", case["feature"], case["line"]);
        let rows: Vec<Vec<&str>> = table["table"].as_array().unwrap()[1..]
            .iter()
            .map(|row| row.as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect())
            .collect();
        // Of several payouts only what the last left to be paid is cut into shares.
        let last_payout = rows.iter().rposition(|row| row[5].is_empty()).unwrap();
        let date = rows[last_payout][2];
        let shares = rows[last_payout + 1..].iter().filter(|row| row[2] != date);
        let shares: Vec<u64> = shares.map(|row| cents(row[5])).filter(|share| *share > 0).collect();
        if shares.len() < 2 {
            single += 1;
            continue;
        }
        let (total, terms) = (shares.iter().sum(), u32::try_from(shares.len()).unwrap());
        let by = |unit| split(total, terms, Split::NearestRestLast { unit, tie: Tie::Even });
        if shares[0].is_multiple_of(100) {
            whole += 1;
            assert_eq!(by(100), Some(shares), "{at}");
        } else {
            to_the_cent += 1;
            assert_eq!(by(1), Some(shares), "{at}");
        }
    }
    // Four have one term; seven show no schedule.
    assert_eq!((whole, to_the_cent, single, without), (23, 1, 4, 7));
}
