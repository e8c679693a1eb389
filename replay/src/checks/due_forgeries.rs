//! What is due of virtual credit: books whose every hash is right and in which one event is another
//! than the one that was decided. And what older rules decided, which holds as it was.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, is, nothing};
use crate::sample::{self, chain_of};
use crate::verify::verify;
use groat_proto::v1::{Event, event::Fact};

/// Interest that came since the statement is paid before the rest of it.
fn paid_too_early(event: &mut Event) {
    match &mut event.fact {
        Some(Fact::CreditRepaid(f)) if f.interest == 1_764 => {
            (f.interest, f.principal, f.billed) = (f.interest + 1, f.principal - 1, f.billed - 1);
            event.movements[0].amount += 1;
            event.movements[1].amount -= 1;
        }
        Some(Fact::StatementAssessed(f)) if f.unpaid == 112_764 => f.unpaid += 1,
        _ => {}
    }
}

/// A refund goes to the balance, while what was bought is owed in the plan of its statement.
fn paid_out(event: &mut Event) {
    match &mut event.fact {
        Some(Fact::RefundSucceeded(f)) => {
            f.surplus = 25_000;
            event.movements.iter_mut().for_each(|movement| movement.credit = 1);
        }
        Some(Fact::PlanReduced(_)) => event.fact = nothing(),
        _ => {}
    }
}

/// The second loan bears as much as if it were alone.
fn borne_alone(event: &mut Event) {
    let (by_rule, alone) = (460_000_000_000_000_000, 540_000_000_000_000_000);
    match &mut event.fact {
        Some(Fact::LoanTermDue(f)) if is(f.loan, "k2") && f.interest == by_rule => {
            f.interest = alone;
            event.movements[0].amount = alone;
        }
        Some(Fact::LoanOverdue(f)) if is(f.loan, "k2") => f.unpaid = alone,
        _ => {}
    }
}

/// Nobody says that what is left within the tolerance is late no more, nor which term was missed.
fn late_still(event: &mut Event) {
    match &mut event.fact {
        Some(Fact::LatenessEnded(_)) => {
            event.fact = nothing();
            event.movements.clear();
        }
        Some(Fact::LoanOverdue(f)) => f.due_no = 0,
        Some(Fact::StatementIssued(f)) if is(f.user, "dave") && f.total == 500 => f.minimum = 500,
        _ => {}
    }
}

#[test]
fn dues() {
    let forgeries: &[Forgery] = &[
        (
            Check::Statements,
            "alice pays what came since a bill of which 112765 is left",
            paid_too_early,
        ),
        (
            Check::CreditPrincipal,
            "bob owes 60000, 0 of it later: 25000 of 25000 is too much",
            paid_out,
        ),
        (Check::Loans, "term of loan k2: (1, 0, 540000000000000000, ", borne_alone),
        (Check::Statements, "500 of dave is late still", late_still),
        (Check::Loans, "500 of loan f1 is late still", |event| {
            if let Some(Fact::LatenessEnded(f)) = &event.fact
                && is(f.loan, "f1")
            {
                event.fact = nothing();
            }
        }),
        (Check::Loans, "loan k1 is late with", |event| {
            if let Some(Fact::LoanOverdue(f)) = &mut event.fact
                && is(f.loan, "k1")
            {
                f.due_no = 0;
            }
        }),
    ];
    all_are_found_in(&sample::due_days(), forgeries);
}

#[test]
fn the_days_hold() {
    let report = verify(sample::due_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
}

/// Until the fourth rules all of that was so.
#[test]
fn old_books_hold() {
    let blocks = sample::forged(&sample::due_days().blocks, |header, body| {
        sample::without_digests(header);
        header.ruleset = 3;
        *body = sample::with_events(header, body, |_, event| {
            paid_too_early(event);
            paid_out(event);
            borne_alone(event);
            late_still(event);
        });
    });
    let report = verify(chain_of(blocks), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
}
