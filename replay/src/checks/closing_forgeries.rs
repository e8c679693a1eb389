//! Merchants that are closed, and relations that are told, where there are two shards: books of
//! either in which not all were asked, or what was answered is not so. And days that hold.

use super::Check;
use super::forgeries::{Forgery, all_are_found_in};
use crate::sample::{chain_of, closed_elsewhere, sold_and_shared_elsewhere};
use crate::verify::verify;
use groat_ledger::Id;
use groat_proto::v1::cargo::Purpose;
use groat_proto::v1::event::Fact;
use groat_proto::v1::{CloseAnswer, Event};

/// Where the merchant is at home.
const AT_HOME: &[Forgery] = &[
    (Check::Closings, "2 shards are asked of all", |event| {
        if let Some(Fact::CloseAsked(f)) = &mut event.fact {
            f.shards = 2;
        }
    }),
    (Check::Closings, "shard 7 answers about", |event| {
        if let Some(Fact::CloseAnswered(f)) = &mut event.fact {
            f.shard = 7;
        }
    }),
    (Check::Closings, "is closed, and open on another shard", |event| {
        if let Some(Fact::CloseDecided(f)) = &mut event.fact {
            f.why = 0;
        }
    }),
    (Check::Closings, "is closed, and nobody was asked", |event| {
        if let Some(Fact::CloseDecided(f)) = &mut event.fact {
            f.why = 20;
        }
    }),
    (Check::Closings, "1 shards were not asked about", |event| {
        if let Some(Fact::RemittanceSent(f)) = &mut event.fact
            && let Some(cargo) = &mut f.cargo
            && let Some(Purpose::CloseAsked(asked)) = cargo.purpose
        {
            cargo.purpose = Some(Purpose::CloseAnswered(CloseAnswer {
                merchant: asked.merchant,
                open: true,
                shard: 0,
            }));
        }
    }),
];

/// Where the payer is.
const ELSEWHERE: &[Forgery] = &[
    (Check::Closings, "9940 is left in", |event| says_nothing_is_open(event, "shop")),
    (Check::Closings, "an order of inn", |event| says_nothing_is_open(event, "inn")),
];

fn says_nothing_is_open(event: &mut Event, of: &str) {
    if let Some(Fact::RemittanceSent(f)) = &mut event.fact
        && let Some(cargo) = &mut f.cargo
        && let Some(Purpose::CloseAnswered(answer)) = &mut cargo.purpose
        && answer.merchant.is_some_and(|id| Id::from(id).to_string().starts_with(of))
    {
        answer.open = false;
    }
}

/// Where a receiver is bound.
const BOUND: &[Forgery] = &[(Check::Closings, "1 shards were not told that", |event| {
    if let Some(Fact::RemittanceSent(f)) = &mut event.fact
        && let Some(cargo) = &mut f.cargo
        && let Some(Purpose::RoyaltyWord(word)) = &mut cargo.purpose
    {
        word.bound = false;
    }
})];

#[test]
fn closing_a_merchant_of_two_shards() {
    all_are_found_in(&closed_elsewhere(0), AT_HOME);
    all_are_found_in(&closed_elsewhere(1), ELSEWHERE);
    all_are_found_in(&sold_and_shared_elsewhere(0), BOUND);
    for home in [0, 1] {
        let report = verify(chain_of(closed_elsewhere(home).blocks), &mut |_, _| {}).unwrap();
        assert_eq!(report.first_bad, None, "at home on {home}");
        let made = report.checks.iter().find(|made| made.check == Check::Closings.name());
        assert!(made.is_some_and(|made| made.times > 0), "it is looked at");
    }
}
