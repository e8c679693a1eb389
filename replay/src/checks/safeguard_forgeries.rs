//! Money that is owed and that nobody brought: books whose every hash is right, whose debits equal
//! credits and whose accounts all keep their sides. And days that hold.

use super::forgeries::{Forgery, all_are_found_in, is, nothing};
use super::{Check, Safeguarded};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::{Event, event::Fact};
use std::cell::Cell;

thread_local! {
    /// The number of the account of service fees.
    static FEES: Cell<u32> = const { Cell::new(0) };
}

/// A payment into bob's balance that comes out of the platform's income, and not from a bank.
fn pay_from_income(event: &mut Event) {
    match &event.fact {
        Some(Fact::AccountOpened(f)) if f.class == 4_010 => FEES.set(f.number),
        Some(Fact::ToppedUp(f)) if is(f.user, "bob") => event.movements[0].debit = FEES.get(),
        _ => {}
    }
}

/// What came from a partner is booked as what the platform earned.
fn earn_from_a_partner(event: &mut Event) {
    match &event.fact {
        Some(Fact::AccountOpened(f)) if f.class == 4_010 => FEES.set(f.number),
        Some(Fact::PayoutConfirmed(f)) if is(f.payout, "w1") => {
            event.movements[0].credit = FEES.get();
        }
        _ => {}
    }
}

#[test]
fn what_nobody_brought_is_missed() {
    let forgeries: &[Forgery] = &[
        (Check::Safeguarding, "is owed in CNY; ", pay_from_income),
        // The four eyes that let equity give it are gone, and nothing else moves what is his.
        (Check::BillLines, "clock_advanced moves Liabilities:user_available:bob", |event| {
            if let Some(Fact::AdjustmentPosted(_)) = &event.fact {
                event.fact = nothing();
            }
        }),
    ];
    all_are_found_in(&sample::kept_days(), forgeries);
}

/// Charges that were lost before anybody paid them cover nothing.
#[test]
fn what_nobody_brought_is_missed_behind_losses() {
    let forgery: Forgery = (Check::Safeguarding, "is owed in CNY; ", pay_from_income);
    all_are_found_in(&sample::loss_days(), &[forgery]);
}

/// Money that leaves what is owed and stays in the bank is the platform's gain; no claim of others
/// is short by it.
#[test]
fn what_is_over_is_no_harm() {
    let blocks = sample::forged(&sample::kept_days().blocks, |header, body| {
        sample::without_digests(header);
        *body = sample::with_events(header, body, |_, event| earn_from_a_partner(event));
    });
    let report = verify(sample::chain_of(blocks), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
}

/// 1,000.00 is lent and owed to a shop at once; a partner brings it two days later. Then 70.00 more
/// than is there is given to bob, until alice pays 80.00 of what she owes.
#[test]
fn days_that_hold_tell_what_was_short() {
    let report = verify(sample::kept_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    let [cny] = &report.safeguarded[..] else { panic!("one currency: {report:?}") };
    let Safeguarded { held, customers, lent, short, short_most, short_most_on, .. } = cny;
    assert_eq!([&held[..], customers, lent], ["950.00", "934.00", "930.50"], "{cny:?}");
    assert_eq!((*short, &short_most[..]), (3, "994.00"), "{cny:?}");
    assert_eq!(short_most_on.as_deref(), Some("2026-03-01"), "{cny:?}");
}
