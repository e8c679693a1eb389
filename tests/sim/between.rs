//! What stands in `transfers`: twice, in another order, with a gap, late, or refused by whoever
//! receives it. Nothing is created and nothing is lost.

use groat::kafka::log::Topic;
use groat_ledger::Class;
use groat_proto::v1::settlement::Body;
use groat_tests::between::{cny, transfer};
use groat_tests::sim::broker::{Entry, Fate};
use groat_tests::sim::stage::{DAY_MS, Stage};
use groat_tests::sim::weather::EndHow;
use groat_tests::sim::world::{Act, At, TRANSFERS};
use serde_json::{Value, json};

/// Steps of the others while a process is frozen: enough to take over and to decide a few blocks.
const LONG: u32 = 120;

/// Places of the records that one shard sent another, as readers see them.
fn places(stage: &Stage, to: u32) -> Vec<usize> {
    let broker = stage.world.broker.borrow();
    broker.committed((TRANSFERS, to)).map(|(at, _)| at).collect()
}

fn entry(stage: &Stage, to: u32, at: usize, change: impl FnOnce(&mut Entry)) {
    stage.broker(|broker| change(&mut broker.at((TRANSFERS, to)).entries[at]));
}

/// alice, on shard 0, has sent bob, on shard 1, three times; nothing was received.
fn three_sent() -> (Stage, String, String) {
    let stage = Stage::across(3, 1 << 40, true);
    let (alice, bob) = (stage.user(0, "alice", 50_000), stage.user(1, "bob", 0));
    stage.settle();
    for amount in [1_000, 200, 30] {
        stage.ask(0, transfer(&alice, &bob, amount)).turns(0, 1);
    }
    assert_eq!(stage.sent(0, 1), [1, 2, 3]);
    (stage, alice, bob)
}

#[test]
fn a_remittance_that_comes_again_is_passed_over() {
    for times in [1, 2, 5] {
        let (stage, alice, bob) = three_sent();
        stage.turns(1, 1);
        for at in places(&stage, 1) {
            let again = Entry {
                is_again: true,
                ..stage.world.broker.borrow().partitions[&(TRANSFERS, 1)].entries[at].clone()
            };
            for _ in 0..times {
                stage.broker(|broker| broker.at((TRANSFERS, 1)).entries.push(again.clone()));
            }
        }
        stage.turns(1, 2);
        assert_eq!((stage.cash(0, &alice), stage.cash(1, &bob)), (48_770, 1_230));
        // Also by an owner that begins where they stand.
        stage.give_shard(1, &[stage.spare()]).ask(0, transfer(&alice, &bob, 4)).settle();
        assert_eq!((stage.cash(0, &alice), stage.cash(1, &bob)), (48_766, 1_234));
        assert_eq!(stage.count("a shard stopped with a fault"), 0);
        stage.ends_well();
    }
}

/// Bytes that are no remittance, and one of a shard that there is not.
#[test]
fn what_is_no_remittance_is_passed_over() {
    let (stage, _, bob) = three_sent();
    let first = stage.committed_in((TRANSFERS, 1)).remove(0);
    let mut of_nobody =
        <groat_proto::v1::Remittance as groat_proto::Message>::decode(&*first).unwrap();
    of_nobody.from_shard = 9;
    for value in [b"no remittance".to_vec(), groat_proto::Message::encode_to_vec(&of_nobody)] {
        let like = stage.world.broker.borrow().partitions[&(TRANSFERS, 1)].entries[0].clone();
        let entry = Entry { value, is_again: true, ..like };
        stage.broker(|broker| broker.at((TRANSFERS, 1)).entries.push(entry));
    }
    stage.settle();
    assert_eq!(stage.cash(1, &bob), 1_230);
    assert_eq!(stage.count("a shard stopped with a fault"), 0);
    stage.ends_well();
}

/// The shard that receives stops and says what is missing; the others go on, also with sending to
/// it. When the topic is whole again, so is everything else.
fn stops_until_mended(says: &str, breaks: fn(&Stage, &[usize]), mends: fn(&Stage, &[usize])) {
    for follower in [1, 3] {
        let (stage, alice, bob) = three_sent();
        let carol = stage.user(2, "carol", 0);
        let at = places(&stage, 1);
        breaks(&stage, &at);
        stage.settle();
        let fault = stage.fault(1);
        assert!(fault.contains(says), "{fault}");
        stage.ask(0, transfer(&alice, &carol, 5)).ask(0, transfer(&alice, &bob, 4)).settle();
        assert_eq!(stage.answers(0), ["ok"; 7]);
        assert_eq!((stage.cash(0, &alice), stage.cash(2, &carol)), (48_761, 5));
        // Whoever comes after it stops at the same place.
        stage.kill(1).followed_by(1, follower).settle();
        assert!(stage.fault(follower).contains(says), "{}", stage.fault(follower));
        assert!(stage.cash(1, &bob) <= 1_000);
        mends(&stage, &at);
        stage.kill(follower).followed_by(1, follower).settle();
        assert_eq!(stage.cash(1, &bob), 1_234);
        stage.ends_well();
    }
}

#[test]
fn a_gap_stops_the_shard_that_receives_and_no_other() {
    stops_until_mended(
        "number 3 of shard 0; the next is 2",
        |stage, at| entry(stage, 1, at[1], |entry| entry.fate = Fate::Aborted),
        |stage, at| entry(stage, 1, at[1], |entry| entry.fate = Fate::Committed),
    );
}

#[test]
fn another_order_stops_the_shard_that_receives_and_no_other() {
    fn swap(stage: &Stage, at: &[usize]) {
        let entries = |call: &mut dyn FnMut(&mut Vec<Entry>)| {
            stage.broker(|broker| call(&mut broker.at((TRANSFERS, 1)).entries));
        };
        entries(&mut |entries| entries.swap(at[0], at[1]));
    }
    stops_until_mended("number 2 of shard 0; the next is 1", swap, swap);
}

/// The topic was trimmed before its records were received.
#[test]
fn transfers_trimmed_below_the_position_stop_the_shard_that_receives_and_no_other() {
    fn low(stage: &Stage, low: usize) {
        stage.broker(|broker| broker.at((TRANSFERS, 1)).low = low);
    }
    stops_until_mended(
        "of transfers is out of range",
        |stage, at| low(stage, at[2]),
        |stage, _| low(stage, 0),
    );
}

/// Two payers: in which order what they send is received does not matter, only that of each.
#[test]
fn what_two_shards_send_is_received_in_any_order() {
    for first in [0, 2] {
        let stage = Stage::across(3, 1 << 40, true);
        let (alice, carol) = (stage.user(0, "alice", 1_000), stage.user(2, "carol", 1_000));
        let bob = stage.user(1, "bob", 0);
        stage.settle();
        for _ in 0..2 {
            stage.ask(0, transfer(&alice, &bob, 7)).ask(2, transfer(&carol, &bob, 11));
            stage.turns(first, 1).turns(2 - first, 1);
        }
        stage.settle();
        assert_eq!(stage.cash(1, &bob), 36);
        stage.ends_well();
    }
}

/// A payer that stands still in its transaction hides what others sent behind it, until the broker
/// ends that; then it comes, in the order of each.
#[test]
fn an_open_transaction_holds_up_what_others_sent_and_loses_nothing() {
    let stage = Stage::across(3, 1 << 40, true);
    let (alice, carol) = (stage.user(0, "alice", 1_000), stage.user(2, "carol", 1_000));
    let bob = stage.user(1, "bob", 0);
    stage.settle();
    stage.cue(0, At::Sent(Topic::Transfers(1)), 0, Act::Crash);
    stage.ask(0, transfer(&alice, &bob, 7)).turns(0, 2);
    assert!(!stage.is_up(0));
    stage.ask(2, transfer(&carol, &bob, 11)).turns(2, 2).turns(1, 3);
    assert_eq!((stage.cash(2, &carol), stage.cash(1, &bob)), (989, 0));
    stage.time_passes(20_000).turns(1, 2);
    assert_eq!(stage.cash(1, &bob), 11);
    stage.followed_by(0, 0).settle();
    assert_eq!((stage.cash(0, &alice), stage.cash(1, &bob)), (993, 18));
    stage.ends_well();
}

/// Why the payee's shard does not take it, and what was asked there before.
fn refusals(bob: &str) -> [(Vec<Value>, &'static str); 3] {
    let bob = json!({ "user": bob });
    [
        (
            vec![json!({ "restrict_account": { "account": bob, "block": "CREDIT", "case": "c" } })],
            "AccountRestricted",
        ),
        (vec![json!({ "close_account": { "account": bob } })], "AccountClosed"),
        (vec![], "UnknownAccount"),
    ]
}

/// The payee refuses while the payer is down: the return waits, and is taken when the payer's shard
/// is owned again.
#[test]
fn payee_refuses_while_payer_is_down() {
    for follower in [0, 2] {
        for no in 0..3 {
            let stage = Stage::across(2, 600, true);
            let (alice, bob) = (stage.user(0, "alice", 50_000), stage.user(1, "bob", 0));
            let (before, why) = refusals(&bob).into_iter().nth(no).unwrap();
            let payee = if before.is_empty() { stage.name(1, "nobody") } else { bob };
            for asked in before {
                stage.ask(1, asked);
            }
            stage.settle().ask(0, transfer(&alice, &payee, 12_345)).turns(0, 1).kill(0);
            stage.settle();
            assert_eq!(stage.sent(1, 0), [1], "{why}: it waits");
            assert_eq!(stage.cash(0, &alice), 37_655);
            stage.followed_by(0, follower).settle();
            assert_eq!((stage.cash(0, &alice), stage.cash(1, &payee)), (50_000, 0), "{why}");
            let returned = |body: &Body| matches!(body, Body::TransferReturned(_));
            assert_eq!((stage.told(0, returned), stage.told(1, returned)), (1, 0));
            assert_eq!(stage.returned(0), [why]);
            stage.ends_well();
        }
    }
}

/// The return cannot fail: the payer's account was closed meanwhile, so it waits in suspense, under
/// a name by which people find it.
#[test]
fn a_return_to_an_account_closed_meanwhile_waits_in_suspense() {
    for at in [At::PollTransfers, At::Begin, At::Sent(Topic::Events), At::Commit, At::Committed] {
        let stage = Stage::across(2, 600, true);
        let (alice, eve) = (stage.user(0, "alice", 5_000), stage.user(0, "eve", 0));
        let nobody = stage.name(1, "nobody");
        stage.settle().ask(0, transfer(&alice, &nobody, 5_000)).turns(0, 1);
        stage.ask(0, json!({ "close_account": { "account": { "user": alice } } })).turns(0, 1);
        // It dies once more where it takes the money back.
        stage.kill(0).settle().followed_by(0, 0).turns(0, 1).cue(0, at, 0, Act::Crash).turns(0, 2);
        assert!(!stage.is_up(0), "it never came to {at:?}");
        stage.followed_by(0, 0).settle();
        let suspense = || stage.balance(0, Class::Suspense, "");
        assert_eq!((stage.cash(0, &alice), suspense()), (0, 5_000), "{at:?}");
        let matched = json!({ "bank_ref": "groat-transit-1-1", "amt": cny(5_000),
            "target": { "user": eve } });
        stage.ask(0, json!({ "match_receipt": matched })).settle();
        assert_eq!((stage.cash(0, &eve), suspense()), (5_000, 0));
        assert_eq!(stage.answers(0), ["ok"; 6]);
        stage.ends_well();
    }
}

/// A payer is followed, and what it sent arrives after that: before its successor's producer,
/// between that and what it writes to the partition, and after. It is never seen.
#[test]
fn a_remittance_of_a_followed_payer_that_arrives_late_is_never_seen() {
    for arrives in 0..4 {
        let stage = Stage::across(2, 1 << 40, true);
        let (alice, bob) = (stage.user(0, "alice", 50_000), stage.user(1, "bob", 0));
        stage.settle();
        let sends = At::Send(Topic::Transfers(1));
        stage.cue(0, sends, 0, Act::WriteLate).cue(0, At::Flush, 0, Act::Crash);
        stage.ask(0, transfer(&alice, &bob, 12_345)).turns(0, 2);
        assert!(!stage.is_up(0));
        stage.give_shard(0, &[2]);
        match arrives {
            0 => stage.arrives(),
            1 => {
                stage.cue(2, At::Renewed, 0, Act::Crash).turns(2, 1);
                assert!(!stage.is_up(2));
                stage.arrives().followed_by(0, 2)
            }
            2 => stage.turns(2, 1).arrives(),
            _ => stage.turns(2, 2).turns(1, 2).arrives(),
        };
        stage.settle();
        assert_eq!(stage.sent(0, 1), [1], "it is seen once");
        assert_eq!((stage.cash(0, &alice), stage.cash(1, &bob)), (37_655, 12_345));
        stage.ask(0, transfer(&alice, &bob, 5)).settle();
        assert_eq!(stage.sent(0, 1), [1, 2]);
        stage.ends_well();
    }
}

/// A payer freezes while it sends, is followed by another that sends the same, wakes and goes on in
/// the same call: it sees whose the chain is, and stops.
#[test]
fn a_payer_that_wakes_after_it_was_followed_sends_nothing() {
    let calls = [
        At::Begin,
        At::Send(Topic::Events),
        At::Send(Topic::Transfers(1)),
        At::Sent(Topic::Transfers(1)),
        At::Flush,
        At::Commit,
        At::Committed,
    ];
    for at in calls {
        let stage = Stage::across(2, 1 << 40, true);
        let (alice, bob) = (stage.user(0, "alice", 50_000), stage.user(1, "bob", 0));
        stage.settle().give_shard(0, &[0, 2]);
        stage.ask(0, transfer(&alice, &bob, 12_345)).cue(0, at, 0, Act::Freeze(LONG)).turns(0, 1);
        assert!(stage.count("a process froze in a call") > 0);
        stage.give_shard(0, &[2]).turns(0, 2).settle();
        assert_eq!((stage.cash(0, &alice), stage.cash(1, &bob)), (37_655, 12_345), "{at:?}");
        assert_eq!(stage.sent(0, 1), [1], "{at:?}");
        stage.ends_well();
    }
}

/// The payee's outcomes were told and its block was not: the next owner receives just as much
/// before the same commands, though more has come meanwhile that would make another answer.
#[test]
fn payee_taken_over_after_its_outcomes_were_told_and_its_block_was_not() {
    for dies in [At::Committed, At::Pause, At::Renew] {
        for follower in [1, 2] {
            let stage = Stage::across(2, 600, true);
            let (alice, bob) = (stage.user(0, "alice", 50_000), stage.user(1, "bob", 50));
            stage.settle();
            stage.ask(0, transfer(&alice, &bob, 10)).turns(0, 1);
            // bob has 60 by then, and may not send 100, but 25 and 35.
            for amount in [100, 25, 35, 1] {
                stage.ask(1, transfer(&bob, &alice, amount));
            }
            stage.cue(1, At::Commit, 0, Act::End(EndHow::AllButBlock)).cue(1, dies, 0, Act::Crash);
            stage.turns(1, 1);
            assert!(!stage.is_up(1), "it never came to {dies:?}");
            let told = ["ok", "ok", "InsufficientFunds", "ok", "ok", "InsufficientFunds"];
            assert_eq!(stage.answers(1), told);
            assert_eq!(stage.sent(1, 0), [1, 2], "also what it sent");
            stage.ask(0, transfer(&alice, &bob, 1_000)).turns(0, 2);
            assert_eq!(stage.cash(0, &alice), 49_050, "what bob sent is received");
            stage.followed_by(1, follower).settle();
            assert_eq!(stage.answers(1), told, "{dies:?}");
            assert_eq!((stage.cash(0, &alice), stage.cash(1, &bob)), (49_050, 1_000));
            assert_eq!(stage.count("a shard stopped with a fault"), 0);
            stage.ends_well();
        }
    }
}

/// A remittance that is minutes later lets an order of the payee's shard expire; that is told and
/// its block is not there. The next owner receives it before a command of before, which comes only
/// then.
#[test]
fn what_fell_due_with_a_remittance_was_told_and_its_block_is_not_there() {
    told_without_its_block(15 * 60_000, |told| matches!(told, Body::PaymentClosed(_)));
}

/// One that is days later comes after a block of all that fell due meanwhile. The next owner moves
/// the clock before it takes anything.
#[test]
fn what_fell_due_before_a_remittance_was_told_and_its_block_is_not_there() {
    told_without_its_block(2 * DAY_MS, |told| matches!(told, Body::BatchSettled(_)));
}

fn told_without_its_block(later_ms: u64, due: fn(&Body) -> bool) {
    for dies in [At::Committed, At::Pause, At::Renew] {
        for follower in [1, 2] {
            let stage = Stage::across(2, 600, true);
            let (alice, bob) = (stage.user(0, "alice", 50_000), stage.user(1, "bob", 20_000));
            let shop = stage.name(1, "shop");
            let opened = json!({ "merchant": shop, "fee_ppm": 0, "cycle": 1, "settle_ccy": "CNY" });
            let order = |payment: &str, timeout_s: u32| {
                json!({ "create_payment": { "payment": payment, "out_trade_no": payment,
                    "merchant": shop, "mode": "IN_APP", "amt": cny(700), "timeout_s": timeout_s } })
            };
            let legs = json!([{ "balance": { "amt": cny(700) } }]);
            let paid = json!({ "payment": "p1", "user": bob, "legs": legs });
            stage.ask(1, json!({ "onboard_merchant": opened })).settle();
            stage.ask(1, order("p1", 900)).ask(1, order("p2", 600));
            stage.ask(1, json!({ "pay_payment": paid })).settle();
            let today = stage.world.now.get();
            stage.world.now.set(today + later_ms);
            stage.ask(0, transfer(&alice, &bob, 10)).turns(0, 1);
            stage.cue(1, At::Commit, 0, Act::End(EndHow::AllButBlock)).cue(1, dies, 0, Act::Crash);
            stage.turns(1, 1);
            assert!(!stage.is_up(1), "it never came to {dies:?}");
            assert_eq!(stage.told(1, due), 1, "it is told");
            stage.world.now.set(today);
            stage.ask(1, transfer(&bob, &alice, 25));
            stage.world.now.set(today + later_ms);
            stage.followed_by(1, follower).settle();
            assert_eq!(stage.count("a shard stopped with a fault"), 0, "{dies:?}");
            assert_eq!(stage.told(1, due), 1, "once");
            assert_eq!((stage.cash(0, &alice), stage.cash(1, &bob)), (50_015, 19_285));
            stage.ends_well();
        }
    }
}
