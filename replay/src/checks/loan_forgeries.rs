//! Cash loans: books whose every hash is right and in which one event is another than the one that
//! was decided. And days that hold.

use super::Check;
use super::forgeries::{all_are_found_in, is, named, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::event::Fact;

#[test]
fn loans() {
    all_are_found_in(
        &sample::loan_days(),
        &[
            (Check::Loans, "l1 has 120000 of cash_loan; its facts come to 119999", |event| {
                if let Some(Fact::LoanDrawn(f)) = &mut event.fact
                    && is(f.loan, "l1")
                {
                    f.amount -= 1;
                }
            }),
            (Check::Loans, "the loan l3 is not both in the facts and in the rows", |event| {
                if let Some(Fact::LoanDrawn(f)) = &mut event.fact
                    && is(f.loan, "l3")
                {
                    event.fact = nothing();
                }
            }),
            (Check::Loans, "refused: a term of a loan is out of turn", |event| {
                if let Some(Fact::LoanDrawn(f)) = &mut event.fact {
                    f.year_ppm *= 2;
                }
            }),
            // Of the year's rate, a whole month and the rest of one.
            (Check::Loans, "term of loan l5: (1, 1643, 57, ", |event| {
                if let Some(Fact::LoanTermDue(f)) = &mut event.fact
                    && is(f.loan, "l5")
                    && f.term_no == 1
                {
                    f.interest -= 1;
                }
            }),
            (Check::Loans, "term of loan l5: (2, 1652, ", |event| {
                if let Some(Fact::LoanTermDue(f)) = &mut event.fact
                    && is(f.loan, "l5")
                    && f.term_no == 2
                {
                    f.interest += 1;
                }
            }),
            (Check::Loans, "term of loan l1: (1, 40000, 1799, ", |event| {
                if let Some(Fact::LoanTermDue(f)) = &mut event.fact
                    && is(f.loan, "l1")
                    && f.term_no == 1
                {
                    f.interest -= 1;
                }
            }),
            (Check::Loans, "refused: a term of a loan is out of turn", |event| {
                if let Some(Fact::LoanTermDue(f)) = &mut event.fact {
                    f.principal += 1;
                }
            }),
            (Check::Loans, "refused: a term of a loan is out of turn", |event| {
                if let Some(Fact::LoanTermDue(f)) = &mut event.fact {
                    f.term_no += 1;
                }
            }),
            (Check::Loans, "refused: another sum of a loan is late", |event| {
                if let Some(Fact::LoanOverdue(f)) = &mut event.fact {
                    f.unpaid -= 1;
                }
            }),
            (Check::Loans, "nobody said that loan", |event| {
                if let Some(Fact::LoanOverdue(_)) = &event.fact {
                    event.fact = nothing();
                }
            }),
            // Interest that is due is paid before the principal.
            (Check::Loans, "loan l1 is charged and paid 0 and [1799, 40000, 1, 0, 0]", |event| {
                if let Some(Fact::LoanRepaid(f)) = &mut event.fact
                    && is(f.loan, "l1")
                    && f.due == 40_000
                {
                    (f.interest, f.due, f.ahead) = (1_799, 40_000, 1);
                }
            }),
            (Check::Loans, "l3 has 300 of loan_fee; its facts come to 301", |event| {
                if let Some(Fact::LoanCharged(f)) = &mut event.fact
                    && is(f.charge, "c1")
                    && f.amount == 300
                {
                    f.amount += 1;
                }
            }),
            (Check::Loans, "refused: more goes back than was repaid", |event| {
                if let Some(Fact::RepaymentReturned(f)) = &mut event.fact {
                    f.amount += 10_000;
                }
            }),
            (Check::Loans, "1501 of loan l4 goes back", |event| {
                if let Some(Fact::RepaymentReturned(f)) = &mut event.fact {
                    (f.amount, f.charged) = (f.amount + 1, f.charged + 1);
                }
            }),
            (Check::CreditActive, "bob takes 1500 on a line that is Frozen", |event| {
                if let Some(Fact::RepaymentReturned(_)) = &event.fact {
                    event.fact = nothing();
                }
            }),
            (Check::Loans, "l1 has ", |event| {
                if let Some(Fact::LoanDrawnMore(f)) = &mut event.fact {
                    f.amount += 1;
                }
            }),
            (Check::Loans, "refused: a term of a loan is out of turn", |event| {
                if let Some(Fact::LoanDrawnMore(f)) = &mut event.fact {
                    f.at_once += 100;
                }
            }),
            (Check::Loans, "more of loan l1 for 2 terms, ", |event| {
                if let Some(Fact::LoanDrawnMore(f)) = &mut event.fact {
                    f.charged += 1;
                }
            }),
            // What is due on the day is paid before the principal.
            (Check::Loans, "loan l1 is charged and paid ", |event| {
                if let Some(Fact::LoanCharged(f)) = &mut event.fact
                    && is(f.loan, "l1")
                {
                    f.due_on -= 6;
                }
            }),
            (Check::Loans, "loan l3 is charged too late", |event| {
                if let Some(Fact::LoanCharged(f)) = &mut event.fact
                    && is(f.charge, "c2")
                {
                    f.due_on -= 1;
                }
            }),
            (
                Check::Loans,
                "refused: a loan is charged twice for one thing, or too often",
                |event| {
                    if let Some(Fact::LoanCharged(f)) = &mut event.fact
                        && is(f.charge, "c2")
                    {
                        f.charge = named("c1");
                    }
                },
            ),
            (Check::Loans, "refused: another charge of a loan is given up", |event| {
                if let Some(Fact::LoanChargeWaived(f)) = &mut event.fact {
                    f.amount -= 1;
                }
            }),
            (Check::Loans, "l3 has 200 of loan_penalty; its facts come to 350", |event| {
                if let Some(Fact::LoanChargeWaived(_)) = &event.fact {
                    event.fact = nothing();
                }
            }),
            (Check::Loans, "loan l3 is charged and paid ", |event| {
                if let Some(Fact::LoanRepaid(f)) = &mut event.fact
                    && f.penalty > 0
                {
                    (f.penalty, f.ahead) = (f.penalty - 1, f.ahead + 1);
                }
            }),
            (Check::Losses, "refused: another debt of loans is written off", |event| {
                if let Some(Fact::CreditWrittenOff(f)) = &mut event.fact {
                    f.lent_fee -= 1;
                }
            }),
            (Check::Loans, "refused: another debt of a loan is written off", |event| {
                if let Some(Fact::LoanWrittenOff(f)) = &mut event.fact
                    && is(f.loan, "l3")
                {
                    f.penalty -= 1;
                }
            }),
            (Check::Losses, "refused: another debt of loans is written off", |event| {
                if let Some(Fact::CreditWrittenOff(f)) = &mut event.fact {
                    f.lent -= 1;
                }
            }),
            (Check::Loans, "refused: another debt of a loan is written off", |event| {
                if let Some(Fact::LoanWrittenOff(f)) = &mut event.fact {
                    f.principal -= 1;
                }
            }),
            (Check::Loans, "refused: a loan is unknown", |event| {
                if let Some(Fact::LoanRepaid(f)) = &mut event.fact {
                    f.loan = named("l9");
                }
            }),
            (Check::Plans, "refused: more of a plan is paid ahead than there is", |event| {
                if let Some(Fact::PlanRepaid(f)) = &mut event.fact {
                    f.amount += 90_000;
                }
            }),
            (
                Check::CreditPrincipal,
                "alice owes 72500; bought less repaid and refunded is 72501",
                |event| {
                    if let Some(Fact::PlanRepaid(f)) = &mut event.fact {
                        f.amount -= 1;
                    }
                },
            ),
        ],
    );
}

#[test]
fn days_of_loans_hold() {
    let report = verify(sample::loan_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    let loans = report.checks.iter().find(|checked| checked.check == Check::Loans.name());
    assert!(loans.is_some_and(|checked| checked.times > 60), "{loans:?}");
}
