//! Instalment plans: books whose every hash is right and in which one event is another than the one
//! that was decided. And days that hold.

use super::Check;
use super::forgeries::{all_are_found_in, is, named, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::event::Fact;

#[test]
fn plans() {
    all_are_found_in(
        &sample::plan_days(),
        &[
            (Check::Plans, "plan l1 has 3 terms and a fee of 2069, not 2070", |event| {
                if let Some(Fact::PlanCreated(f)) = &mut event.fact
                    && f.fee == 2_070
                {
                    f.fee -= 1;
                }
            }),
            (Check::Plans, "refused: more is put into a plan than was billed", |event| {
                if let Some(Fact::PlanCreated(f)) = &mut event.fact
                    && f.fee == 2_070
                {
                    f.user = named("bob");
                    f.payment = None;
                }
            }),
            (Check::Plans, "alice has 40000 of instalments to come; 75000 is ahead", |event| {
                if let Some(Fact::PlanReduced(_)) = &event.fact {
                    event.fact = nothing();
                }
            }),
            // More than is billed, and a term that is not the next.
            (Check::Plans, "refused: a term is billed out of turn", |event| {
                if let Some(Fact::TermBilled(f)) = &mut event.fact {
                    f.principal += 1;
                }
            }),
            (Check::Plans, "refused: a term is billed out of turn", |event| {
                if let Some(Fact::TermBilled(f)) = &mut event.fact {
                    f.term_no += 1;
                }
            }),
            // By which a term came to half a cent less.
            (Check::Plans, "refused: a term is billed out of turn", |event| {
                if let Some(Fact::PlanCreated(f)) = &mut event.fact {
                    f.share_tie = 0;
                }
            }),
            (Check::Plans, "refused: a plan is paid ahead by another amount", |event| {
                if let Some(Fact::PlanPrepaid(f)) = &mut event.fact {
                    f.amount -= 1;
                }
            }),
            (Check::Statements, "alice has 35000 of credit_billed; its facts come to", |event| {
                if let Some(Fact::PlanCreated(f)) = &mut event.fact
                    && is(f.user, "alice")
                    && f.payment.is_none()
                {
                    f.amount -= 300;
                }
            }),
        ],
    );
}

#[test]
fn days_of_plans_hold() {
    let report = verify(sample::plan_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    let plans = report.checks.iter().find(|checked| checked.check == Check::Plans.name());
    assert!(plans.is_some_and(|checked| checked.times > 30), "{plans:?}");
}
