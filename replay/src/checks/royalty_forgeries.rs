//! For each check of royalties: books whose every hash is right and in which one event is another
//! than the one that was decided. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, is, named, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::{self, event::Fact};

fn all_are_found(forgeries: &[Forgery]) {
    all_are_found_in(&sample::shared_days(), forgeries);
}

#[test]
fn shares() {
    all_are_found(&[
        (Check::Royalties, "3001 of p1 is shared; the cap is 3000", |event| {
            if let Some(Fact::PaymentSplit(f)) = &mut event.fact
                && is(f.payment, "p1")
            {
                f.shares[0].amount += 1;
                f.from_own_batch += 1;
                event.movements[0].amount += 1;
            }
        }),
        (Check::Royalties, "3000 of p1 is shared, 2999 taken", |event| {
            if let Some(Fact::PaymentSplit(f)) = &mut event.fact
                && is(f.payment, "p1")
            {
                f.from_own_batch -= 1;
            }
        }),
        (Check::Royalties, "shop gets of p1 and is not bound", |event| {
            if let Some(Fact::PaymentSplit(f)) = &mut event.fact
                && is(f.payment, "p1")
            {
                f.shares[1].receiver = named("shop");
            }
        }),
        (Check::Royalties, "driver is not bound to shop", |event| {
            if let Some(Fact::RoyaltyBound(f)) = &mut event.fact
                && is(f.receiver, "driver")
            {
                event.fact = nothing();
            }
        }),
        (Check::BillLines, "merchant_available:guide is told to change by 20.00", |event| {
            if let Some(Fact::PaymentSplit(f)) = &mut event.fact
                && is(f.payment, "p1")
            {
                event.movements[0].credit = event.movements[1].credit;
            }
        }),
        (Check::Royalties, "guide gives 999 back of p1; its part is 1000", |event| {
            if let Some(Fact::SplitReturned(f)) = &mut event.fact
                && f.pro_rata > 0
            {
                f.shares[0].amount -= 1;
                event.movements[0].amount -= 1;
            }
        }),
        (Check::Royalties, "guide gives 0 back of p1; its part is 60", |event| {
            if let Some(Fact::SplitReturned(f)) = &mut event.fact
                && is(f.payment, "p1")
                && f.pro_rata == 0
                && f.out_return_no.is_empty()
            {
                f.pro_rata = 300;
            }
        }),
        (Check::Royalties, "300 of p1 is moved where its fact says 299", |event| {
            if let Some(Fact::SplitReturned(f)) = &mut event.fact
                && !f.out_return_no.is_empty()
            {
                f.shares[0].amount -= 1;
            }
        }),
        (Check::Royalties, "5958 of p2 is frozen after this", |event| {
            if let Some(Fact::ProceedsFreed(f)) = &mut event.fact
                && is(f.payment, "p2")
            {
                let v1::ProceedsFreed { payment, amount, batch } = *f;
                let finished = v1::SplitFinished { payment, amount, batch, expired: false };
                event.fact = Some(Fact::SplitFinished(finished));
            }
        }),
        (Check::Royalties, "p3 is finished twice, or not by the clock", |event| {
            if let Some(Fact::SplitFinished(f)) = &mut event.fact
                && is(f.payment, "p3")
            {
                f.expired = false;
            }
        }),
    ]);
}

/// The number of the account of guide's settled money.
const GUIDE: u32 = 2;

#[test]
fn frozen_proceeds() {
    all_are_found(&[
        (Check::Royalties, "9940 of p2 is moved where its fact says 9939", |event| {
            if let Some(Fact::ProceedsFrozen(f)) = &mut event.fact
                && is(f.payment, "p2")
            {
                f.amount -= 1;
            }
        }),
        (Check::ProceedsFrozen, "p3 has 3976 on its account; 2976 is frozen", |event| {
            if let Some(Fact::ProceedsFreed(f)) = &mut event.fact
                && is(f.payment, "p3")
            {
                event.movements[0].debit = GUIDE;
            }
        }),
    ]);
}

#[test]
fn days_of_royalties_hold() {
    let report = verify(sample::shared_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    for checked in report.checks.iter().filter(|checked| checked.invariant == 11) {
        assert!(checked.times > 0, "{} was never made", checked.check);
    }
}
