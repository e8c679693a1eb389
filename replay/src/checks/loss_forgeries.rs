//! Losses of credit: books whose every hash is right and in which one event is another than the one
//! that was decided. And days that hold.

use super::Check;
use super::forgeries::{all_are_found_in, is, named, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::event::Fact;

#[test]
fn losses() {
    all_are_found_in(
        &sample::loss_days(),
        &[
            (Check::Losses, "lost by bob 6999 was set aside; it was", |event| {
                if let Some(Fact::CreditWrittenOff(f)) = &mut event.fact
                    && is(f.user, "bob")
                {
                    f.provided = 6_999;
                }
            }),
            (
                Check::CreditStates,
                "is lost; the line is Frozen(Overdue) and owed 110000",
                |event| {
                    if let Some(Fact::CreditWrittenOff(f)) = &mut event.fact
                        && is(f.user, "alice")
                    {
                        f.ahead -= 1;
                    }
                },
            ),
            (Check::Losses, "and [0, 7000, 0, ", |event| {
                if let Some(Fact::CreditWrittenOff(f)) = &mut event.fact
                    && is(f.user, "bob")
                {
                    f.penalty = 0;
                }
            }),
            (
                Check::CreditPrincipal,
                "bob owes 0; bought less repaid and refunded is 7000",
                |event| {
                    if let Some(Fact::CreditWrittenOff(f)) = &event.fact
                        && is(f.user, "bob")
                    {
                        event.fact = nothing();
                    }
                },
            ),
            (Check::Plans, "alice has 0 of instalments to come; 45000 is ahead", |event| {
                if let Some(Fact::PlanWrittenOff(_)) = &event.fact {
                    event.fact = nothing();
                }
            }),
            (Check::Losses, "refused: a plan is written off by another amount", |event| {
                if let Some(Fact::PlanWrittenOff(f)) = &mut event.fact {
                    f.amount -= 1;
                }
            }),
            (Check::Losses, "credit_loss has ", |event| {
                if let Some(Fact::CreditRecovered(f)) = &mut event.fact {
                    f.amount += 1;
                }
            }),
            (Check::Losses, "refused: a line of credit is unknown", |event| {
                if let Some(Fact::CreditRecovered(f)) = &mut event.fact {
                    f.user = named("carol");
                }
            }),
            (Check::Losses, "loss_allowance has -6000; its facts come to -5999", |event| {
                if let Some(Fact::Provisioned(f)) = &mut event.fact
                    && let Some(amount) = &mut f.amount
                    && amount.amount == 6_000
                {
                    amount.amount -= 1;
                }
            }),
        ],
    );
}

#[test]
fn days_of_losses_hold() {
    let report = verify(sample::loss_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    let losses = report.checks.iter().find(|checked| checked.check == Check::Losses.name());
    assert!(losses.is_some_and(|checked| checked.times > 20), "{losses:?}");
}
