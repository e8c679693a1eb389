//! Fees of plans that sellers bear: books whose every hash is right and in which one event is
//! another than the one that was decided. And days that hold.

use super::Check;
use super::forgeries::{all_are_found_in, is, named, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::event::Fact;

#[test]
fn fees_of_sellers() {
    all_are_found_in(
        &sample::seller_days(),
        &[
            (Check::PlanFees, "2069 of the fee of plan l1 is said to move, not 2070", |event| {
                if let Some(Fact::SellerFeeCharged(f)) = &mut event.fact
                    && f.amount == 2_070
                {
                    f.amount -= 1;
                }
            }),
            (Check::PlanFees, "2070 of the fee of plan l9 is said to move, not 0", |event| {
                if let Some(Fact::SellerFeeCharged(f)) = &mut event.fact
                    && f.amount == 2_070
                {
                    f.plan = named("l9");
                }
            }),
            (Check::PlanFees, "689 of the fee of plan l1 is said to move, not 690", |event| {
                if let Some(Fact::SellerFeeReturned(f)) = &mut event.fact
                    && is(f.plan, "l1")
                    && f.amount == 690
                {
                    f.amount -= 1;
                }
            }),
            (Check::PlanFees, "449 of the fee of plan l2 is said to move, not 450", |event| {
                if let Some(Fact::SellerFeeEarned(f)) = &mut event.fact
                    && is(f.plan, "l2")
                    && f.amount == 450
                {
                    f.amount -= 1;
                }
            }),
            (
                Check::PlanFees,
                "l1 has 690 of its seller's fee, 1380 by its facts; 690 is ahead",
                |event| {
                    if let Some(Fact::SellerFeeEarned(f)) = &event.fact
                        && is(f.plan, "l1")
                    {
                        event.fact = nothing();
                    }
                },
            ),
            (
                Check::PlanFees,
                "l1 has 2070 of its seller's fee, 2070 by its facts; 0 is ahead",
                |event| {
                    if let Some(Fact::PlanCreated(f)) = &mut event.fact
                        && is(f.plan, "l1")
                    {
                        f.bearer = 0;
                    }
                },
            ),
        ],
    );
}

#[test]
fn days_of_sellers_fees_hold() {
    let report = verify(sample::seller_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    let fees = report.checks.iter().find(|checked| checked.check == Check::PlanFees.name());
    assert!(fees.is_some_and(|checked| checked.times > 20), "{fees:?}");
}
