//! The crash matrix, when shards move: who owns a shard is what its chain says.

use groat::kafka::log::Topic;
use groat_shard::Block;
use groat_tests::between::cny;
use groat_tests::sim::stage::Stage;
use groat_tests::sim::world::{Act, At};
use serde_json::json;

/// Steps of the others while a process is frozen: enough to take over and to decide a few blocks.
const LONG: u32 = 60;

/// A process freezes in a call, its shard is given to another, which decides a few blocks; then it
/// wakes and goes on in the same call.
#[test]
fn zombie_wakes() {
    let calls = [
        At::Polled,
        At::Begin,
        At::Send(Topic::Events),
        At::Sent(Topic::Events),
        At::Sent(Topic::Outcomes),
        At::Flush,
        At::Commit,
        At::Committed,
        At::Append,
        At::Renew,
        At::Renewed,
        At::ReadBlocks,
    ];
    for at in calls {
        let stage = Stage::new();
        stage.publish(4).turns(0, 6).publish(8).give(&[0, 1]);
        if matches!(at, At::Renew | At::Renewed | At::ReadBlocks) {
            stage.cue(0, At::Commit, 0, Act::Fail);
        }
        if matches!(at, At::Renew | At::Renewed) {
            // Not before it has looked: it would go no further.
            stage.give(&[0]).cue(0, At::ReadBlocks, 0, Act::Revoke(1));
        }
        stage.cue(0, at, 0, Act::Freeze(LONG)).turns(0, 4);
        stage.give(&[1]).turns(0, 2).turns(1, 6);
        if matches!(at, At::Send(_) | At::Sent(_) | At::Flush | At::Commit) {
            // It looks at the log before it makes a new producer: its successor is left alone.
            assert_eq!(stage.count("a producer was fenced"), 1, "{at:?}");
        }
        stage.ends_well();
    }
}

/// A write of an owner that was followed arrives when the next one has begun: before its claim or
/// behind it.
#[test]
fn a_late_block_of_a_zombie_is_followed_or_does_not_count() {
    for claim_first in [false, true] {
        let stage = Stage::new();
        stage.publish(4).turns(0, 6);
        stage.cue(0, At::Send(Topic::Events), 0, Act::WriteLate).cue(0, At::Flush, 0, Act::Crash);
        stage.publish(4).turns(0, 4);
        assert!(!stage.is_up(0));
        stage.give(&[1]);
        if claim_first {
            stage.turns(1, 1).arrives().turns(1, 6);
        } else {
            // Between the new producer and its claim.
            stage.cue(1, At::Renewed, 0, Act::Crash).turns(1, 1).arrives();
            stage.world.restart(1);
            stage.turns(1, 6);
        }
        stage.world.restart(0);
        stage.ends_well();
        let late = stage.world.checker.borrow().late();
        // What comes before the claim counts, and the claim is late and made anew. What comes
        // behind it, the broker itself refuses.
        assert_eq!(late, u64::from(!claim_first));
    }
}

/// Where a group stands is no part of a transaction: other shards move under load, back and forth,
/// and this one's owner goes on with the block that it has open, under the same claim.
#[test]
fn generation_changed_by_an_unrelated_rebalance() {
    let stage = Stage::across(2, 2_000, true);
    stage.world.lags.set(true);
    let (alice, bob) = (stage.user(0, "alice", 50_000), stage.user(1, "bob", 50_000));
    stage.settle();
    let epoch = |shard| {
        let blocks = stage.committed_in(("events", shard));
        blocks.last().and_then(|block| Block::peek(block)).unwrap().epoch
    };
    let (its, others) = (epoch(0), epoch(1));
    for round in 1..=4 {
        for (from, to) in [(&alice, &bob), (&bob, &alice)] {
            let sent = json!({ "from": from, "to": to, "amt": cny(100) });
            stage.ask(u32::from(from == &bob), json!({ "transfer": sent }));
        }
        let mover = if round % 2 == 0 { 1 } else { stage.spare() };
        stage.give_shard(1, &[mover]).turns(0, 1).turns(1, 1).turns(stage.spare(), 1).settle();
        assert_eq!(stage.cash(0, &alice), 50_000, "what was sent is there");
    }
    assert_eq!((epoch(0), epoch(1)), (its, others + 4));
    assert_eq!(stage.count("a producer was fenced"), 0);
    stage.ends_well();
}

#[test]
fn claim_block_then_crash() {
    for at in [At::Sent(Topic::Events), At::Commit, At::Committed, At::ReadBlocks, At::ReadBack] {
        let stage = Stage::new();
        stage.publish(6).turns(0, 8).give(&[1]);
        stage.cue(1, at, 0, Act::Crash).turns(1, 2);
        assert!(!stage.is_up(1), "it never came to {at:?}");
        stage.world.restart(1);
        stage.turns(1, 8);
        stage.ends_well();
    }
}

#[test]
fn two_claims_in_a_row() {
    let stage = Stage::new();
    stage.publish(6).turns(0, 8).give(&[1]).turns(0, 1);
    for _ in 0..3 {
        for process in [1, 0] {
            stage.give(&[process]).cue(process, At::Committed, 0, Act::Crash).turns(process, 2);
            assert!(!stage.is_up(process));
            stage.world.restart(process);
        }
    }
    stage.turns(0, 8);
    stage.ends_well();
}

/// Two groups on one prefix: both are told that the shard is theirs. One of them stops and says
/// why; nothing is decided twice.
#[test]
fn two_processes_given_the_same_shard_by_mistake() {
    let stage = Stage::new();
    stage.publish(4).turns(0, 6).give(&[0, 1]).publish(12);
    for _ in 0..12 {
        stage.turns(1, 1).turns(0, 1);
    }
    assert!(stage.fault(0).contains("owned by another process"));
    stage.goes_on_well();
    stage.ends_well();
}

/// Two owners that stand at the same block claim by different blocks.
#[test]
fn no_two_claims_are_the_same_block() {
    let terms = Stage::new().world.terms;
    let shard = groat_shard::Shard::begin(0, terms);
    let (one, other) = (shard.propose_claim(&[1]), shard.propose_claim(&[2]));
    assert_ne!(one, other);
    let claim = |stage: &Stage| stage.committed("events").first().cloned().unwrap();
    let (one, other) = (Stage::new(), Stage::new());
    one.turns(0, 1);
    // Of another process, or of another life: never the same name.
    other.cue(0, At::Open, 0, Act::Crash).turns(0, 1);
    other.world.restart(0);
    other.turns(0, 1);
    assert_ne!(claim(&one), claim(&other));
}

/// Both claim at once: each knows its own claim, and one of them claims again or gives way.
#[test]
fn two_that_claim_at_once_are_told_apart() {
    for at in [At::Renewed, At::Begin, At::Sent(Topic::Events), At::Commit, At::Committed] {
        let stage = Stage::new();
        stage.publish(6).give(&[0, 1]).cue(0, at, 0, Act::Freeze(LONG)).turns(0, 1).turns(1, 6);
        stage.goes_on_well();
        stage.ends_well();
    }
}
