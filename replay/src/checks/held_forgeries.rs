//! Holds under limits, compliance holds, steps of payments, and money that moves for a fact that is
//! not about it: books whose every hash is right. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, is, named, nothing};
use crate::sample::{self, chain_of};
use crate::verify::verify;
use groat_proto::v1::{self, Movement, SetLimits, event::Fact};

/// Limits that nobody comes near, to be forged into something else.
fn of_class_three(fact: &Option<Fact>) -> bool {
    matches!(fact, Some(Fact::LimitsSet(SetLimits { day: Some(_), .. })))
}

fn lifetime(fact: &mut Option<Fact>, amount: u64) {
    if let Some(Fact::LimitsSet(SetLimits { lifetime: Some(most), .. })) = fact {
        most.amount = amount;
    }
}

#[test]
fn the_days_hold() {
    let report = verify(sample::held_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
}

#[test]
fn limits_and_holds() {
    let forgeries: &[Forgery] = &[
        (Check::Limits, "alice has spent 4000; the lifetime limit is 3999", |event| {
            lifetime(&mut event.fact, 3_999);
        }),
        // 30.00 captured, 5.00 held, and 20.00 that the credit part of a capture takes.
        (Check::Limits, "alice has spent 5500; the lifetime limit is 5499", |event| {
            lifetime(&mut event.fact, 5_499);
        }),
        (Check::Limits, "alice has spent 11500; the lifetime limit is 11499", |event| {
            lifetime(&mut event.fact, 11_499);
        }),
        // A rental takes what limits leave beside the hold of another merchant.
        (Check::Limits, "bob has spent 13000; the lifetime limit is 12999", |event| {
            lifetime(&mut event.fact, 12_999);
        }),
        (Check::Limits, "is taken as agreed to, by no hold or rental", |event| {
            if let Some(Fact::PaymentPaid(f)) = &mut event.fact {
                f.agreed = true;
            }
        }),
        (Check::ComplianceHolds, "500 moves for the hold h1", |event| {
            if let Some(Fact::HoldReleased(f)) = &mut event.fact {
                f.amount = 400;
            }
        }),
        (Check::ComplianceHolds, "hold_seized of 1600 of h1, which has 1500", |event| {
            if let Some(Fact::HoldSeized(f)) = &mut event.fact {
                f.amount = 1_600;
                event.movements[0].amount = 1_600;
            }
        }),
        (Check::ComplianceHolds, "hold_seized of 1400 of h1, which has 1500", |event| {
            if let Some(Fact::HoldSeized(f)) = &mut event.fact {
                f.amount = 1_400;
                event.movements[0].amount = 1_400;
            }
        }),
        (Check::ComplianceHolds, "2500 of bob is held", |event| {
            if matches!(&event.fact, Some(Fact::HoldPlaced(f)) if is(f.hold_id, "h2")) {
                event.fact = nothing();
            }
        }),
    ];
    all_are_found_in(&sample::held_days(), forgeries);
}

#[test]
fn payments_and_what_is_moved() {
    let forgeries: &[Forgery] = &[
        (Check::PaymentStates, "payment_closed of p1, which is Paid", |event| {
            if of_class_three(&event.fact) {
                let reason = v1::CloseReason::Closed.into();
                let closed = v1::PaymentClosed { payment: named("p1"), reason };
                event.fact = Some(Fact::PaymentClosed(closed));
            }
        }),
        (Check::PaymentStates, "payment_finished of p1, which is Paid", |event| {
            if of_class_three(&event.fact) {
                let payment = named("p1");
                event.fact = Some(Fact::PaymentFinished(v1::PaymentFinished { payment }));
            }
        }),
        (Check::PaymentStates, "payment_cancelled of p1, which is Paid", |event| {
            if of_class_three(&event.fact) {
                let payment = named("p1");
                event.fact = Some(Fact::PaymentCancelled(v1::PaymentCancelled { payment }));
            }
        }),
        // Bob pays what alice has agreed to: the credit part of a hold, out of his balance.
        (
            Check::BillLines,
            "payment_paid: Liabilities:user_available:alice is told to change by -20.00",
            |event| {
                if let Some(Fact::PaymentPaid(f)) = &event.fact
                    && f.balance == 2_000
                {
                    event.movements[0].debit = 1;
                }
            },
        ),
        (
            Check::BillLines,
            "limits_set moves Liabilities:user_available:alice, which it is not about",
            |event| {
                if of_class_three(&event.fact) {
                    let moved = Movement { debit: 0, credit: 1, amount: 1, ..Movement::default() };
                    event.movements.push(moved);
                }
            },
        ),
        (Check::RentalCharges, "4000 is advanced of", |event| {
            if let Some(Fact::RentalPaymentPending(f)) = &mut event.fact {
                f.advanced = 4_000;
                event.movements[0].amount = 4_000;
            }
        }),
        (Check::RentalCharges, "10000000001 of rent is more than one payment may be", |event| {
            if let Some(Fact::RentalReturned(f)) = &mut event.fact {
                f.rent = 10_000_000_001;
                event.movements[0].amount = f.rent;
            }
        }),
    ];
    all_are_found_in(&sample::held_days(), forgeries);
}

/// Until the third rules, what was held did not count: such books hold as they were decided.
#[test]
fn old_books_hold() {
    let blocks = sample::forged(&sample::held_days().blocks, |header, body| {
        sample::without_digests(header);
        header.ruleset = 2;
        *body = sample::with_events(header, body, |_, event| lifetime(&mut event.fact, 11_000));
    });
    let report = verify(chain_of(blocks), &mut |_, _| {}).unwrap();
    let bad = report.first_bad.map(|bad| bad.what);
    // What is wrong is the advance alone: it was for all that was owed.
    assert_eq!(bad.as_deref(), Some("rental_payment_pending of k1: 3000 is advanced of 5000"));
}
