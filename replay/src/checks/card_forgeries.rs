//! For each check of membership cards: books whose every hash is right and in which one event is
//! another than the one that was decided. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in, is, named, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::{CardEnded, CardState, event::Fact};

const FORGERIES: &[Forgery] = &[
    (Check::StoredValues, "club-1 has 11999 on its account", |event| {
        if let Some(Fact::CardLoaded(_)) = &mut event.fact {
            event.movements[0].amount -= 1;
        }
    }),
    (Check::StoredValues, "club-1 has 501 on its account; by its facts 500", |event| {
        if let Some(Fact::CardUnloaded(f)) = &mut event.fact
            && f.amount == 6_000
        {
            event.movements[0].amount -= 1;
        }
    }),
    (Check::CardStates, "club-1 is used, and it is Suspended", |event| {
        if let Some(Fact::CardUpdated(f)) = &mut event.fact
            && f.level == 2
            && f.state == CardState::Active as i32
        {
            f.state = CardState::Suspended.into();
        }
    }),
    (Check::CardStates, "its cap is Some(11000)", |event| {
        if let Some(Fact::CardDefined(f)) = &mut event.fact
            && let Some(cap) = &mut f.balance_cap
        {
            cap.amount = 11_000;
        }
    }),
    (Check::CardStates, "club-1 pays p1 of another merchant", |event| {
        if let Some(Fact::CardDefined(f)) = &mut event.fact
            && is(f.template, "club")
        {
            f.merchant = named("stall");
        }
    }),
    (Check::CardStates, "expires, and not by the clock", |event| {
        if let Some(Fact::CardClosed(f)) = &mut event.fact {
            event.fact = Some(Fact::CardExpired(CardEnded { card: f.card, points: 0 }));
        }
    }),
    (Check::CardStates, "club-1 has not expired in time", |event| {
        if let Some(Fact::CardExpired(_)) = &mut event.fact {
            event.fact = nothing();
        }
    }),
    (Check::CardStates, "refused: a user has two cards of a template", |event| {
        if let Some(Fact::CardOpened(f)) = &mut event.fact
            && is(f.card, "mall-1")
        {
            (f.user, f.template) = (named("alice"), named("club"));
        }
    }),
    (Check::Points, "p1 earns 101 of 10000; 10000 is paid", |event| {
        if let Some(Fact::PointsEarned(f)) = &mut event.fact
            && f.points == 100
        {
            f.points += 1;
        }
    }),
    (Check::Points, "club-1 has 99 points", |event| {
        if let Some(Fact::PointsEarned(f)) = &mut event.fact
            && f.points == 100
        {
            event.movements.last_mut().unwrap().amount -= 1;
        }
    }),
    (Check::Points, "0 points of p1 are taken back of 50", |event| {
        if let Some(Fact::PointsReversed(f)) = &mut event.fact
            && f.points == 50
        {
            event.fact = nothing();
            event.movements.clear();
        }
    }),
    (Check::Points, "club-1 owes 1 points of p1; it has 51", |event| {
        if let Some(Fact::PointsReversed(f)) = &mut event.fact
            && f.points == 50
        {
            (f.points, f.owed) = (49, 1);
        }
    }),
    (Check::Points, "1499 points of p5 are taken back of 1500", |event| {
        if let Some(Fact::PointsReversed(f)) = &mut event.fact
            && f.owed == 500
        {
            f.owed -= 1;
        }
    }),
    (Check::Points, "1499 of 1500 points pay what mall-1 owes, not 1500", |event| {
        if let Some(Fact::PointsEarned(f)) = &mut event.fact
            && f.repaid == 1_500
        {
            f.repaid -= 1;
        }
    }),
    (Check::Points, "33 points of club-1 are redeemed for 48", |event| {
        if let Some(Fact::PointsRedeemed(f)) = &mut event.fact
            && f.payment.is_none()
        {
            f.amount -= 1;
        }
    }),
    (Check::Points, "41 points of club-1 are redeemed for 60", |event| {
        if let Some(Fact::PointsRedeemed(f)) = &mut event.fact
            && f.payment.is_some()
        {
            f.points += 1;
        }
    }),
    (Check::Points, "points of mall-1 pay p4 of another merchant", |event| {
        if let Some(Fact::CardDefined(f)) = &mut event.fact
            && is(f.template, "mall")
        {
            f.merchant = named("shop");
        }
    }),
    (Check::Points, "19 points of p3 are back for 30; 20 are due", |event| {
        if let Some(Fact::PointsReturned(f)) = &mut event.fact
            && f.points == 20
        {
            f.points -= 1;
        }
    }),
    (Check::Payments, "the legs of p3 sum to 299", |event| {
        if let Some(Fact::PointsRedeemed(f)) = &mut event.fact
            && f.payment.is_some()
        {
            f.amount -= 1;
            event.movements[0].amount -= 1;
        }
    }),
    (Check::Payments, "the parts of refund_succeeded do not sum up", |event| {
        if let Some(Fact::PointsReturned(f)) = &mut event.fact
            && f.amount == 30
        {
            (f.amount, f.points) = (29, 19);
            event.movements.last_mut().unwrap().amount -= 1;
        }
    }),
    (Check::Disputes, "dispute_judged of case-2 moves 20, its parts 19", |event| {
        if let Some(Fact::PointsReturned(f)) = &mut event.fact
            && f.amount == 20
        {
            f.amount -= 1;
        }
    }),
    (Check::Points, "points of club-1 expire out of time", |event| {
        if let Some(Fact::PointsEarned(f)) = &mut event.fact
            && f.until > 0
        {
            f.until += 1;
        }
    }),
    (Check::PointsWorth, "points of mall are worth 123, not 12345", |event| {
        if let Some(Fact::PointsEarned(f)) = &mut event.fact
            && f.points == 12_345
        {
            event.movements[0].amount = 12_345;
        }
    }),
    (Check::PointsWorth, "points of club are worth 150, not 149", |event| {
        if let Some(Fact::PointsEarned(f)) = &mut event.fact
            && f.points == 100
        {
            event.movements[0].amount -= 1;
        }
    }),
    (Check::Payments, "the legs of p1 sum to 9999", |event| {
        if let Some(Fact::CardCharged(f)) = &mut event.fact
            && f.amount == 7_000
        {
            f.amount -= 1;
            event.movements[0].amount -= 1;
        }
    }),
    (Check::Payments, "the parts of refund_succeeded do not sum up", |event| {
        if let Some(Fact::CardReturned(f)) = &mut event.fact
            && f.amount == 2_000
        {
            f.amount -= 1;
        }
    }),
    (Check::Disputes, "dispute_judged of case-1 moves 2500, its parts 2499", |event| {
        if let Some(Fact::CardReturned(f)) = &mut event.fact
            && f.amount == 2_500
        {
            f.amount -= 1;
        }
    }),
];

#[test]
fn cards() {
    all_are_found_in(&sample::card_days(), FORGERIES);
}

#[test]
fn days_of_cards_hold() {
    let report = verify(sample::card_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    for checked in report.checks.iter().filter(|checked| checked.invariant == 15) {
        assert!(checked.times > 0, "{} was never made", checked.check);
    }
}
