//! For each check of holds, rentals, credit and reserves: books whose every hash is right and in
//! which one event is another than the one that was decided. And days that hold.

use super::Check;
use crate::follow::Finding;
use crate::sample::{self, Day, chain_of, forged, with_events};
use crate::verify::verify;
use groat_ledger::Id;
use groat_proto::v1::{self, Event, FreezeReason, event::Fact};

/// The first thing found in the rented days with `edit` made to their events.
fn found(edit: impl FnMut(&mut Event)) -> Finding {
    found_in(&sample::rented_days(), edit).expect("nothing is found")
}

/// The first thing found in some days with `edit` made to their events, if anything is.
fn found_in(days: &Day, mut edit: impl FnMut(&mut Event)) -> Option<Finding> {
    let blocks = forged(&days.blocks, |header, body| {
        // What a state is hashed to would be found too, but only at the end of a block.
        sample::without_digests(header);
        *body = with_events(header, body, |_, event| edit(event));
    });
    verify(chain_of(blocks), &mut |_, _| {}).unwrap().first_bad
}

/// Whether an id is this name's.
pub(super) fn is(id: Option<v1::Id>, name: &str) -> bool {
    id.map(Id::from) == name.parse().ok()
}

pub(super) fn named(name: &str) -> Option<v1::Id> {
    name.parse().ok().map(|id: Id| id.into())
}

/// In place of a fact that moves nothing.
pub(super) fn nothing() -> Option<Fact> {
    Some(Fact::ClockAdvanced(v1::ClockAdvanced { to: 0 }))
}

/// A forgery: which check must find it, in which words.
pub(super) type Forgery = (Check, &'static str, fn(&mut Event));

/// Found where the fold stumbles: so wrong that the books do not take it in at all. A forgery that
/// is to be found so says it before its words.
pub(super) const UNFIT: &str = "events fit the state";
const REFUSED: &str = "refused: ";

fn all_are_found(forgeries: &[Forgery]) {
    all_are_found_in(&sample::rented_days(), forgeries);
}

pub(super) fn all_are_found_in(days: &Day, forgeries: &[Forgery]) {
    let mut passed_over = Vec::new();
    for (no, (check, what, edit)) in forgeries.iter().enumerate() {
        let Some(finding) = found_in(days, edit) else {
            passed_over.push(format!("{no} is not found: {what}"));
            continue;
        };
        let (by, words) = match what.strip_prefix(REFUSED) {
            Some(words) => (UNFIT, words),
            None => (check.name(), *what),
        };
        let as_said = finding.check == by && finding.what.contains(words);
        if !as_said || finding.byte.is_none() || finding.byte_of != "body" {
            passed_over.push(format!("{no} is found otherwise: {finding}; {check:?}: {what}"));
        }
    }
    assert!(passed_over.is_empty(), "{passed_over:#?}");
}

#[test]
fn holds() {
    all_are_found(&[
        (Check::HoldSums, "refused: more is captured or released than is held", |event| {
            if let Some(Fact::AuthorizationCaptured(f)) = &mut event.fact {
                f.fund += 20_000;
            }
        }),
        (Check::HoldSums, "cash of car-1", |event| {
            if let Some(Fact::RentalCharged(f)) = &mut event.fact
                && is(f.rental, "car-1")
            {
                f.fund += 1;
            }
        }),
        (Check::HoldSums, "no fact has made the authorization alice", |event| {
            if let Some(Fact::AccountOpened(f)) = &mut event.fact
                && is(f.owner, "car-1")
                && f.class == 2_020
            {
                f.owner = named("alice");
            }
        }),
        (Check::HoldAccounts, "0 frozen on its account; 100 is left", |event| {
            if let Some(Fact::FundsReleased(f)) = &mut event.fact
                && f.fund == 4000
            {
                f.fund = 3900;
            }
        }),
        (Check::HoldAccounts, "0 of credit on its account; 1 is left", |event| {
            if let Some(Fact::FundsReleased(f)) = &mut event.fact
                && is(f.auth, "bike-1")
            {
                f.credit -= 1;
            }
        }),
        (Check::CreditHeld, "bob has 9999 held on the line; of the holds 10000", |event| {
            if let Some(Fact::FundsAuthorized(f)) = &mut event.fact
                && is(f.auth, "stay-1")
            {
                event.movements[2].amount -= 1;
            }
        }),
        // Not by the clock, not twice, not after a part was captured.
        (Check::HoldStates, "authorization_closed of stay-2", |event| {
            if let Some(Fact::AuthorizationClosed(f)) = &mut event.fact
                && is(f.auth, "stay-2")
            {
                f.expired = true;
            }
        }),
        (Check::HoldStates, "funds_released of stay-2, which is Closed", |event| {
            if let Some(Fact::AuthorizationClosed(f)) = &mut event.fact
                && is(f.auth, "stay-3")
            {
                let auth = named("stay-2");
                let released = v1::FundsReleased { auth, ..v1::FundsReleased::default() };
                event.fact = Some(Fact::FundsReleased(released));
            }
        }),
        (Check::HoldStates, "authorization_closed of stay-1, which is Authorized", |event| {
            if let Some(Fact::FundsReleased(f)) = &mut event.fact
                && is(f.auth, "stay-1")
                && f.fund == 4000
            {
                let closed = v1::AuthorizationClosed {
                    auth: f.auth,
                    fund: f.fund,
                    credit: f.credit,
                    expired: false,
                };
                event.fact = Some(Fact::AuthorizationClosed(closed));
            }
        }),
    ]);
}

#[test]
fn deposits_and_charges() {
    all_are_found(&[
        (Check::RentalDeposits, "120000 waived of 119900", |event| {
            if let Some(Fact::RentalAssessed(f)) = &mut event.fact
                && is(f.rental, "car-1")
            {
                f.waived -= 100;
            }
        }),
        (Check::RentalDeposits, "refused: a deposit's rental is unknown", |event| {
            if let Some(Fact::FundsAuthorized(f)) = &mut event.fact
                && is(f.auth, "stay-1")
            {
                f.set_basis(v1::CreditBasis::Waiver);
            }
        }),
        (Check::RentalDeposits, "held for bike-1 is not its user's", |event| {
            if let Some(Fact::FundsAuthorized(f)) = &mut event.fact
                && is(f.auth, "bike-1")
            {
                f.user = named("alice");
            }
        }),
        (Check::RentalDeposits, "damage of 200001", |event| {
            if let Some(Fact::DamageClaimed(f)) = &mut event.fact {
                f.amount = 200_001;
                event.movements[0].amount = 200_001;
            }
        }),
        (Check::RentalCharges, "owed 108000", |event| {
            if let Some(Fact::RentalReturned(f)) = &mut event.fact
                && is(f.rental, "car-1")
            {
                f.late_rent += 1;
            }
        }),
        (Check::RentalCharges, "term 1 is due, of Some(2000)", |event| {
            if let Some(Fact::RentTermDue(f)) = &mut event.fact {
                f.amount += 1;
                event.movements[0].amount += 1;
            }
        }),
        (Check::RentalCharges, "8000 of the deposit is left", |event| {
            if let Some(Fact::RentalLost(f)) = &mut event.fact {
                f.amount -= 1;
                event.movements[0].amount -= 1;
            }
        }),
        (Check::RentalCharges, "its payment", |event| {
            if let Some(Fact::RentalCharged(f)) = &mut event.fact
                && is(f.rental, "car-1")
            {
                f.amount -= 1;
                event.movements[0].amount -= 1;
            }
        }),
        (Check::RentalCharges, "refused: more is taken off a charge than it has", |event| {
            if let Some(Fact::ChargeReduced(f)) = &mut event.fact {
                f.amount = 90_001;
            }
        }),
        (Check::RentalCharges, "2900 is advanced of 3000", |event| {
            if let Some(Fact::RentalPaymentPending(f)) = &mut event.fact
                && is(f.rental, "bike-1")
            {
                f.advanced -= 100;
            }
        }),
        (Check::RentalCharges, "its account has 3000", |event| {
            if let Some(Fact::RentalCharged(f)) = &mut event.fact
                && f.repaid > 0
            {
                event.movements.remove(0);
            }
        }),
        (Check::Batches, "has 4888 pending; its items sum to 4988", |event| {
            if let Some(Fact::RentalPaymentPending(f)) = &mut event.fact
                && is(f.rental, "bike-1")
            {
                event.movements[0].amount -= 100;
            }
        }),
    ]);
}

#[test]
fn ends_things_and_steps_of_rentals() {
    all_are_found(&[
        (Check::RentalEnds, "car-1 is Completed with 120000 of deposit_waived", |event| {
            if let Some(Fact::FundsReleased(f)) = &mut event.fact
                && is(f.auth, "car-1")
            {
                event.fact = nothing();
                event.movements.clear();
            }
        }),
        (Check::ThingsOut, "phone-7 is out with phone-1", |event| {
            if let Some(Fact::RentalCreated(f)) = &mut event.fact
                && is(f.rental, "scooter-1")
            {
                f.item = named("phone-7");
            }
        }),
        (Check::RentalStates, "rental_started of car-1, which is InUse", |event| {
            if let Some(Fact::RentalExtended(f)) = &mut event.fact {
                let started = v1::StartRental { rental: f.rental, started_at: 1 };
                event.fact = Some(Fact::RentalStarted(started));
            }
        }),
        (Check::RentalStates, "rental_settled of bike-1, which is Secured", |event| {
            if let Some(Fact::RentalStarted(f)) = &mut event.fact
                && is(f.rental, "bike-1")
            {
                event.fact = Some(Fact::RentalSettled(v1::RentalSettled { rental: f.rental }));
            }
        }),
        // The clock alone makes a rental overdue, and a person alone cancels it.
        (Check::RentalStates, "rental_overdue of car-1, which is InUse", |event| {
            if let Some(Fact::RentalExtended(f)) = &mut event.fact {
                event.fact = Some(Fact::RentalOverdue(v1::RentalOverdue { rental: f.rental }));
            }
        }),
        (Check::RentalStates, "rental_cancelled of tent-1, which is Declined", |event| {
            if let Some(Fact::RentalCancelled(f)) = &mut event.fact {
                f.expired = true;
            }
        }),
    ]);
}

#[test]
fn credit_and_reserves() {
    all_are_found(&[
        (
            Check::CreditPrincipal,
            "alice owes 38000; bought less repaid and refunded is 38100",
            |event| {
                if let Some(Fact::CreditRepaid(f)) = &mut event.fact {
                    f.principal -= 100;
                }
            },
        ),
        (Check::CreditLimits, "alice is granted 50000; the limit is 60000", |event| {
            if let Some(Fact::CreditLineGranted(f)) = &mut event.fact
                && is(f.user, "alice")
                && let Some(limit) = &mut f.limit
            {
                limit.amount = 60_000;
            }
        }),
        (Check::CreditLimits, "alice owes and has held 48000; the limit is 47999", |event| {
            if let Some(Fact::CreditLineGranted(f)) = &mut event.fact
                && is(f.user, "alice")
                && let Some(limit) = &mut f.limit
            {
                limit.amount = 47_999;
                event.movements[0].amount = 47_999;
            }
        }),
        (
            Check::CreditActive,
            "payment_paid: alice takes 48000 on a line that is Frozen",
            |event| {
                if let Some(Fact::RentalExtended(_)) = &event.fact {
                    let mut frozen =
                        v1::FreezeCreditLine { user: named("alice"), ..Default::default() };
                    frozen.set_reason(FreezeReason::Risk);
                    event.fact = Some(Fact::CreditLineFrozen(frozen));
                }
            },
        ),
        (Check::CreditActive, "funds_authorized: bob takes 10000 on a line that is", |event| {
            if let Some(Fact::CreditLineGranted(f)) = &mut event.fact
                && is(f.user, "bob")
            {
                event.fact = nothing();
                event.movements.clear();
            }
        }),
        (Check::CreditStates, "credit_line_frozen of bob, whose line is Frozen", |event| {
            if let Some(Fact::CreditLineUnfrozen(f)) = &mut event.fact {
                let mut frozen = v1::FreezeCreditLine { user: f.user, ..Default::default() };
                frozen.set_reason(FreezeReason::Manual);
                event.fact = Some(Fact::CreditLineFrozen(frozen));
            }
        }),
        (Check::CreditStates, "credit_line_closed of alice", |event| {
            if let Some(Fact::CreditLineClosed(f)) = &mut event.fact {
                f.user = named("alice");
            }
        }),
        (Check::Reserves, "kept less released is", |event| {
            if let Some(Fact::BatchSettled(f)) = &mut event.fact
                && f.reserve > 0
            {
                f.reserve -= 1;
                f.available += 1;
            }
        }),
        (Check::Reserves, "of batch 0 is released", |event| {
            if let Some(Fact::ReserveReleased(f)) = &mut event.fact
                && f.batch == Some(0)
            {
                f.amount -= 1;
                event.movements[0].amount -= 1;
            }
        }),
        (Check::Reserves, "hotel has 1100 in reserve; kept less released is 1000", |event| {
            if let Some(Fact::ReserveReleased(f)) = &mut event.fact
                && f.batch.is_none()
            {
                event.movements.clear();
            }
        }),
    ]);
}

#[test]
fn disputes() {
    all_are_found(&[
        (Check::Disputes, "dispute_opened of case-1 moves 2500, its parts 2400", |event| {
            if let Some(Fact::DisputeOpened(f)) = &mut event.fact
                && is(f.dispute, "case-1")
            {
                f.from_own_batch -= 100;
            }
        }),
        (Check::Disputes, "dispute_judged of case-1, which is Defended", |event| {
            if let Some(Fact::DisputeJudged(f)) = &mut event.fact
                && is(f.dispute, "case-1")
            {
                f.set_ruling(v1::Ruling::Accepted);
            }
        }),
        (Check::Disputes, "dispute_judged of case-2 gives to who has lost", |event| {
            if let Some(Fact::DisputeJudged(f)) = &mut event.fact
                && is(f.dispute, "case-2")
            {
                f.set_ruling(v1::Ruling::Accepted);
            }
        }),
        (Check::Disputes, "the dispute alice is not both in the facts and in the rows", |event| {
            if let Some(Fact::AccountOpened(f)) = &mut event.fact
                && is(f.owner, "case-1")
            {
                f.owner = named("alice");
            }
        }),
        (Check::Disputes, "case-1 has 1500 on its account; 0 is in dispute", |event| {
            if let Some(Fact::DisputeJudged(f)) = &mut event.fact
                && is(f.dispute, "case-1")
            {
                event.movements[1].debit = event.movements[1].credit;
            }
        }),
    ]);
}

#[test]
fn confirmed_settlements() {
    all_are_found(&[
        (Check::Batches, "has 788 pending; its items sum to 888", |event| {
            if let Some(Fact::SettlementConfirmed(f)) = &mut event.fact {
                f.available -= 100;
            }
        }),
        (Check::Reserves, "kiosk has 120 in reserve; kept less released is 119", |event| {
            if let Some(Fact::SettlementConfirmed(f)) = &mut event.fact {
                (f.reserve, f.available) = (f.reserve - 1, f.available + 1);
            }
        }),
    ]);
}

#[test]
fn funding() {
    all_are_found(&[
        (Check::Funding, "lender is owed 9000; funded less repaid is 8999", |event| {
            if let Some(Fact::CreditFunded(f)) = &mut event.fact {
                f.amount = f.amount.map(|m| v1::Money { amount: m.amount - 1, ..m });
            }
        }),
        (Check::Funding, "lender is owed 9000; funded less repaid is 5000", |event| {
            if let Some(Fact::FundingRepaid(_)) = &mut event.fact {
                event.movements.clear();
            }
        }),
        (Check::Funding, "alice is repaid 4000 more than it funded", |event| {
            if let Some(Fact::FundingRepaid(f)) = &mut event.fact {
                f.bank = named("alice");
            }
        }),
    ]);
}

/// Money that moves where no fact of the subject speaks is seen all the same.
#[test]
fn a_movement_that_no_fact_explains() {
    let mut frozen = 0;
    let finding = found(|event| match &mut event.fact {
        Some(Fact::AccountOpened(f)) if f.class == 2_020 && is(f.owner, "car-1") => {
            frozen = f.number;
        }
        Some(Fact::ToppedUp(f)) if is(f.user, "bob") => event.movements[0].credit = frozen,
        _ => {}
    });
    assert_eq!(finding.check, Check::HoldAccounts.name(), "{finding}");
    assert!(finding.what.contains("car-1 has 2000 frozen"), "{finding}");
}

#[test]
fn days_of_rentals_hold() {
    let report = verify(sample::rented_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    // Royalties, campaigns, coupons, cards, invoices, currencies, statements, apps and sales on
    // other shards have days of their own.
    let elsewhere = [9, 10, 11, 14, 15, 16, 17, 20];
    let away = [Check::Away.name(), Check::Closings.name()];
    let of_here = report.checks.iter().filter(|checked| !away.contains(&checked.check));
    for checked in of_here.filter(|checked| !elsewhere.contains(&checked.invariant)) {
        assert!(checked.times > 0, "{} was never made", checked.check);
    }
}

#[test]
fn days_at_random_hold() {
    for seed in 0..12 {
        let report = verify(sample::chance(seed, 500).chain(), &mut |_, _| {}).unwrap();
        assert_eq!(report.first_bad, None, "seed {seed}");
    }
}
