//! Debits, coupons that are named, and advances that come back: books whose every hash is right and
//! in which one event is another than the one that was decided. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, is, named, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::{CouponState, event::Fact};

fn all_are_found(forgeries: &[Forgery]) {
    all_are_found_in(&sample::debit_days(), forgeries);
}

#[test]
fn debits() {
    all_are_found(&[
        (Check::Debits, "is debited with 57999 of 140000; the balance has 58000", |event| {
            if let Some(Fact::BillDebited(f)) = &mut event.fact
                && f.due == 140_000
            {
                f.paid -= 1;
            }
        }),
        (Check::Debits, "is debited with 0 of 81999", |event| {
            if let Some(Fact::BillDebited(f)) = &mut event.fact
                && f.due == 82_000
                && f.paid == 0
            {
                f.due -= 1;
            }
        }),
        // A day on which nothing was tried.
        (Check::Debits, "was last debited on", |event| {
            if let Some(Fact::BillDebited(f)) = &mut event.fact
                && f.paid == 0
            {
                event.fact = nothing();
            }
        }),
        // One that is said to be paid, and is not.
        (Check::Debits, "and not repaid", |event| {
            if let Some(Fact::LoanRepaid(f)) = &mut event.fact
                && is(f.loan, "l1")
            {
                event.fact = nothing();
                event.movements.clear();
            }
        }),
        // One that was not agreed any more, or not said.
        (Check::Debits, "is set to true; it was", |event| {
            if let Some(Fact::AutoDebitSet(f)) = &mut event.fact {
                f.on = true;
            }
        }),
        (Check::Debits, "is repaid with", |event| {
            if let Some(Fact::BillDebited(f)) = &mut event.fact
                && f.due == 140_000
            {
                event.fact = nothing();
            }
        }),
    ]);
}

#[test]
fn coupons_that_are_named() {
    all_are_found(&[
        (Check::CouponStates, "is still locked for it", |event| {
            if let Some(Fact::CouponUnlocked(f)) = &mut event.fact
                && is(f.payment, "p2")
            {
                event.fact = nothing();
            }
        }),
        (Check::CouponStates, "becomes Effective again, not Expired", |event| {
            if let Some(Fact::CouponUnlocked(f)) = &mut event.fact
                && is(f.payment, "p3")
            {
                f.set_state(CouponState::Effective);
                event.movements.clear();
            }
        }),
        (Check::CouponStates, "is locked out of its time", |event| {
            if let Some(Fact::CouponDefined(f)) = &mut event.fact {
                f.valid_from += 86_400_000;
            }
        }),
        (Check::CouponStates, "ten-2 becomes Used; it is Effective", |event| {
            if let Some(Fact::CouponUsed(f)) = &mut event.fact {
                f.coupon = named("ten-2");
            }
        }),
        (Check::CouponStates, "refused: a coupon is in another state", |event| {
            if let Some(Fact::CouponLocked(f)) = &mut event.fact
                && is(f.payment, "p3")
            {
                f.coupon = named("ten-1");
            }
        }),
    ]);
}

#[test]
fn advances_that_come_back() {
    all_are_found(&[
        (Check::RentalCharges, "2499 paid back, 1500 on credit, of 2500", |event| {
            if let Some(Fact::AdvanceRepaid(f)) = &mut event.fact {
                f.amount -= 1;
            }
        }),
        (Check::RentalCharges, "1000 comes back of 2500, 1000 of it to credit", |event| {
            if let Some(Fact::AdvanceReturned(f)) = &mut event.fact
                && f.to_credit > 0
            {
                (f.to_credit, f.to_balance) = (f.to_credit - 100, 100);
            }
        }),
        (Check::RentalCharges, "its parts do not sum up", |event| {
            if let Some(Fact::AdvanceReturned(f)) = &mut event.fact
                && f.to_platform > 0
            {
                f.to_platform -= 1;
            }
        }),
        // Not the batch into which it was advanced.
        (Check::Batches, "has 4500 pending; its items sum to 5000", |event| {
            if let Some(Fact::AdvanceReturned(f)) = &mut event.fact
                && f.to_platform > 0
            {
                (f.from_own_batch, f.from_available) = (0, f.from_own_batch);
            }
        }),
    ]);
}

#[test]
fn days_of_debits_hold() {
    let report = verify(sample::debit_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    let debits = report.checks.iter().find(|checked| checked.check == Check::Debits.name());
    assert!(debits.is_some_and(|checked| checked.times > 15));
}
