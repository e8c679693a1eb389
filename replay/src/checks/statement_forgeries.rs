//! For each check of bills: books whose every hash is right and in which one event is another than
//! the one that was decided. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, is, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::StatementState;
use groat_proto::v1::event::Fact;

fn all_are_found(forgeries: &[Forgery]) {
    all_are_found_in(&sample::credit_days(), forgeries);
}

#[test]
fn statements() {
    all_are_found(&[
        (
            Check::Statements,
            "alice is billed charges, total, minimum [0, 140000, 13999]",
            |event| {
                if let Some(Fact::StatementIssued(f)) = &mut event.fact
                    && is(f.user, "alice")
                    && f.total == 140_000
                {
                    f.minimum -= 1;
                }
            },
        ),
        (Check::Statements, "has 140000 of credit_billed; its facts come to 139900", |event| {
            if let Some(Fact::StatementIssued(f)) = &mut event.fact
                && is(f.user, "alice")
                && f.total == 140_000
            {
                f.purchases -= 100;
                f.total -= 100;
                f.minimum -= 10;
            }
        }),
        // A minimum that was missed is not forgiven, and none that was paid is missed.
        (Check::Statements, "the statement of bob is assessed as (MinPaid, [136000, 0]", |event| {
            if let Some(Fact::StatementAssessed(f)) = &mut event.fact
                && f.state() == StatementState::Overdue
            {
                f.set_state(StatementState::MinPaid);
                (f.overdue, f.late_fee) = (0, 0);
                event.movements.clear();
            }
        }),
        (Check::Statements, "the statement of carol is assessed as (Paid, [998, 0]", |event| {
            if let Some(Fact::StatementAssessed(f)) = &mut event.fact
                && is(f.user, "carol")
            {
                f.unpaid -= 1;
            }
        }),
        (Check::Statements, "bob pays more than is owed", |event| {
            if let Some(Fact::CreditRepaid(f)) = &mut event.fact
                && f.penalty > 0
            {
                f.penalty -= 100;
                f.interest += 100;
            }
        }),
        (Check::Statements, "alice has 120000 of credit_billed; its facts come to", |event| {
            if let Some(Fact::CreditReduced(f)) = &mut event.fact
                && is(f.user, "alice")
            {
                event.fact = nothing();
            }
        }),
    ]);
}

#[test]
fn interest_and_late_fees() {
    all_are_found(&[
        (Check::Interest, "alice was charged 2194 of interest; 2195 is earned", |event| {
            if let Some(Fact::InterestAccrued(f)) = &mut event.fact
                && f.amount == 126
            {
                f.amount -= 1;
                event.movements[0].amount -= 1;
            }
        }),
        (Check::Interest, "bob is charged 401 for being 10000 short; agreed is 400", |event| {
            if let Some(Fact::StatementAssessed(f)) = &mut event.fact
                && f.late_fee > 0
            {
                f.late_fee += 1;
                event.movements[1].amount += 1;
            }
        }),
        (
            Check::Statements,
            "alice has 2194 of interest_receivable; its facts come to 2195",
            |event| {
                if let Some(Fact::InterestAccrued(f)) = &mut event.fact
                    && f.amount == 126
                {
                    event.movements[0].amount -= 1;
                }
            },
        ),
        // A night twice, and one within grace.
        (Check::Interest, "refused: a night's interest is out of turn", |event| {
            if let Some(Fact::InterestAccrued(f)) = &mut event.fact {
                f.on += 1;
            }
        }),
    ]);
}

#[test]
fn days_of_bills_hold() {
    let report = verify(sample::credit_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    // Fees that sellers bear, and debits, have days of their own.
    let others = [Check::PlanFees, Check::Debits].map(Check::name);
    let of_bills = report
        .checks
        .iter()
        .filter(|checked| [9, 10].contains(&checked.invariant) && !others.contains(&checked.check));
    for checked in of_bills {
        assert!(checked.times > 30, "{} was made {} times", checked.check, checked.times);
    }
}
