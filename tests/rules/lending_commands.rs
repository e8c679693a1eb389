//! Verbs of the tables on cash loans and credit that is lost: `draw alice l1 1200.00 3 ppm=500`
//! (with `bullet=yes`, `annuity=yes year=70000 terms_a_year=12`, `days=15` or `months=1`,
//! `unit=1.00 tie=up`, `next=yes`, `at_once=300.00`, `order=PIFC`, `ahead=CPFI`), `charge_loan
//! alice l1 c1 fee 5.00 due=2026-03-01`, `waive_charge alice l1 c1`, `charge_back alice l1 b1
//! 5.00`, `draw_more alice l1 300.00 at_once=75.00`, `repay alice 418.00 to=l1`, `write_off alice`,
//! `recover alice 5.00`, `provision 100.00`; and the look at a loan.

use crate::checks::shouted;
use crate::table::Books;
use crate::words::Args;
use groat_ledger::instalments::{CHARGES_FIRST, Part, Split, Tie, YearRate};
use groat_ledger::{
    Ahead, Body, ChargeLoan, DrawLoan, DrawMore, Every, LoanChargeKind, LoanKind, LoanRate,
    LoanTerms, ProvisionCredit, RecordRecovery, RepayCredit, ReturnRepayment, WaiveLoanCharge,
    WriteOffCredit,
};

/// The parts named by letters in a row: P is penalty, I interest, F fee, C the principal.
fn order(letters: &str) -> [Part; 4] {
    let parts: Vec<Part> = letters
        .chars()
        .map(|letter| match letter {
            'P' => Part::Penalty,
            'I' => Part::Interest,
            'F' => Part::Fee,
            'C' => Part::Principal,
            other => panic!("no part of a debt: {other}"),
        })
        .collect();
    parts.try_into().expect("four parts")
}

/// `unit=1.00` is to the nearest multiple of that, half even, or with `tie=up` half up; without it
/// shares are rounded down.
pub(crate) fn split(a: &mut Args<'_>) -> Split {
    let tie = match a.option("tie") {
        None => Tie::Even,
        Some("up") => Tie::Up,
        Some(other) => panic!("no tie: {other}"),
    };
    match a.minor_option("unit") {
        None => Split::FloorRestFirst,
        Some(unit) => Split::NearestRestLast { unit, tie },
    }
}

/// The command of a line; `None` when the verb is no command of this subject.
pub(crate) fn body(verb: &str, a: &mut Args<'_>) -> Option<Body> {
    Some(match verb {
        "draw" => {
            let (user, loan, amount) = (a.id(), a.id(), a.money());
            let count = a.word().parse().expect("how many terms");
            let kind = match (a.option("bullet"), a.option("annuity")) {
                (Some(_), _) => LoanKind::Bullet,
                (None, Some(_)) => LoanKind::Annuity,
                (None, None) => LoanKind::EqualPrincipal,
            };
            let day_ppm = a.number("ppm", 500);
            let rate = a.option("year").map_or(LoanRate::Day(day_ppm), |ppm| {
                let year_ppm = ppm.parse().expect("millionths of a year");
                LoanRate::Year(YearRate { year_ppm, terms_a_year: a.number("terms_a_year", 12) })
            });
            let every = match (a.option("days"), a.option("months")) {
                (Some(days), _) => Every::Days(days.parse().expect("days")),
                (_, Some(months)) => Every::Months(months.parse().expect("months")),
                _ => Every::Days(30),
            };
            let terms = LoanTerms {
                every,
                split: split(a),
                ahead: if a.option("next").is_some() { Ahead::Next } else { Ahead::Last },
                at_once: a.minor_option("at_once").unwrap_or(0),
                order: a.option("order").map_or(CHARGES_FIRST, order),
                ahead_order: a.option("ahead").map_or(CHARGES_FIRST, order),
                auto_debit: a.option("debited").is_some(),
                rate,
                ..LoanTerms::new(count, day_ppm, kind)
            };
            Body::DrawLoan(DrawLoan { user, loan, amount, terms })
        }
        "charge_loan" => {
            let (user, loan, charge) = (a.id(), a.id(), a.id());
            let kind = match a.word() {
                "fee" => LoanChargeKind::Fee,
                _ => LoanChargeKind::Penalty,
            };
            let due_on = a.option("due").map_or(0, crate::words::date);
            Body::ChargeLoan(ChargeLoan { user, loan, charge, kind, amount: a.money(), due_on })
        }
        "draw_more" => {
            let (user, loan, amount) = (a.id(), a.id(), a.money());
            let at_once = a.minor_option("at_once").unwrap_or(0);
            Body::DrawMore(DrawMore { user, loan, amount, at_once })
        }
        "charge_back" => {
            let (user, loan, chargeback) = (a.id(), a.id(), a.id());
            Body::ReturnRepayment(ReturnRepayment { user, loan, chargeback, amount: a.money() })
        }
        "waive_charge" => {
            let (user, loan, charge) = (a.id(), a.id(), a.id());
            Body::WaiveLoanCharge(WaiveLoanCharge { user, loan, charge })
        }
        "repay" => {
            let (user, amount, target) = (a.id(), a.money(), a.id_option("to"));
            Body::RepayCredit(RepayCredit { user, amount, target })
        }
        "write_off" => Body::WriteOffCredit(WriteOffCredit { user: a.id() }),
        "recover" => Body::RecordRecovery(RecordRecovery { user: a.id(), amount: a.money() }),
        "provision" => Body::ProvisionCredit(ProvisionCredit { amount: a.money() }),
        _ => return None,
    })
}

/// `loan l1 ACTIVE owed=800.00 due=400.00 interest=12.00 next=2026-03-11`; what is left out is not
/// looked at.
pub(crate) fn loan(books: &Books, a: &mut Args<'_>) {
    let loan = books.ledger.tables().loans.get(&a.id()).expect("a loan");
    assert_eq!(shouted(&format!("{:?}", loan.state)), a.word());
    for (name, found) in [
        ("owed", loan.owed),
        ("due", loan.due),
        ("interest", loan.interest),
        ("unpaid", loan.unpaid()),
        ("fee", loan.owing().fee),
        ("penalty", loan.owing().penalty),
    ] {
        if let Some(expected) = a.minor_option(name) {
            assert_eq!(found, expected, "{name}");
        }
    }
    let late = loan.late_since;
    for (name, found) in [("next", loan.next_due_on()), ("late", late)] {
        if let Some(expected) = a.option(name) {
            assert_eq!(groat_proto::json::date_text(found), expected, "{name}");
        }
    }
}
