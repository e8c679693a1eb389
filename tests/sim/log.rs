//! The crash matrix, on the topics: what no owner can mend is said, and never passed over.

use groat::kafka::log::Topic;
use groat_shard::Block;
use groat_tests::sim::stage::Stage;
use groat_tests::sim::weather::EndHow;
use groat_tests::sim::world::{Act, At, COMMANDS};

/// The owner's own copy has the block, and so it knows at its next start; whoever has none sees the
/// gap.
#[test]
fn a_lost_acknowledged_block() {
    for follower in [0, 1] {
        let stage = Stage::new();
        stage.publish(4).turns(0, 6).cue(0, At::Commit, 1, Act::End(EndHow::BlockGone));
        stage.publish(16).turns(0, 20);
        assert_eq!(stage.count(EndHow::BlockGone.name()), 1);
        let numbers: Vec<u64> = stage
            .committed("events")
            .iter()
            .map(|block| Block::peek(block).unwrap().number)
            .collect();
        let gone = (0..).find(|number| !numbers.contains(number)).unwrap();
        assert!(numbers.iter().any(|number| *number > gone), "it is not the last: {numbers:?}");
        stage.restart(0).give(&[follower]).turns(follower, 2);
        let fault = stage.fault(follower);
        let says = if follower == 0 {
            format!("has block {gone}, which the log does not have")
        } else {
            format!("the next block is number {gone}: what is between is missing")
        };
        assert!(fault.contains(&says), "{says}: {fault}");
        stage.goes_on_well();
    }
}

/// The last block is gone, and nobody has a copy of it: its input is decided again, and what was
/// told then is what would be told now.
#[test]
fn a_lost_acknowledged_block_at_the_end_of_the_log() {
    let stage = Stage::new();
    stage.publish(4).turns(0, 6).cue(0, At::Commit, 0, Act::End(EndHow::BlockGone));
    stage.cue(0, At::Append, 0, Act::Crash).publish(3).turns(0, 6);
    stage.give(&[1]).turns(1, 10);
    stage.goes_on_well();
    assert_eq!(stage.count("a shard stopped with a fault"), 0);
}

/// The last block is gone, or hidden in a transaction that never ended, and the local copy has it:
/// the log is given it again, and all is as if nothing had been. Also where that goes wrong in its
/// turn.
#[test]
fn the_last_block_that_the_log_lost_is_given_again() {
    for how in [EndHow::BlockGone, EndHow::QuietlyUnended(Topic::Events)] {
        for trouble in [
            None,
            Some((At::Commit, Act::End(EndHow::RequestLost))),
            Some((At::Commit, Act::End(EndHow::AnswerLost))),
            Some((At::Commit, Act::End(EndHow::Unended(None)))),
            Some((At::Committed, Act::Crash)),
            Some((At::Sent(Topic::Events), Act::Crash)),
        ] {
            let stage = Stage::new();
            stage.world.disks.borrow_mut().entry((0, 0)).or_default().keeps_all = true;
            stage.publish(4).turns(0, 6).cue(0, At::Commit, 0, Act::End(how));
            stage.publish(3).turns(0, 1);
            assert_eq!(stage.count(how.name()), 1);
            let seen = stage.committed("events").len();
            let lost = stage.world.disks.borrow()[&(0, 0)].blocks_from(seen as u64).remove(0);
            stage.restart(0);
            if let Some((at, act)) = trouble {
                stage.cue(0, at, 0, act);
            }
            stage.turns(0, 2);
            if !stage.is_up(0) {
                stage.restart(0).turns(0, 2);
            }
            assert!(stage.committed("events").contains(&lost), "{how:?} {trouble:?}");
            assert_eq!(stage.count("a shard stopped with a fault"), 0, "{how:?} {trouble:?}");
            stage.ends_well();
        }
    }
}

/// An owner in trouble looks at the log, and misses the block that was acknowledged before, whether
/// the block it asks for is there or not. If not, it writes nothing over the gap, and goes on once
/// it has the shard again.
#[test]
fn an_owner_that_finds_its_own_block_gone_stops() {
    for how in [EndHow::RequestLost, EndHow::BlockOnly, EndHow::AnswerLost] {
        let stage = Stage::new();
        stage.world.disks.borrow_mut().entry((0, 0)).or_default().keeps_all = true;
        stage.publish(4).turns(0, 6).cue(0, At::Commit, 0, Act::End(EndHow::BlockGone));
        stage.cue(0, At::Commit, 0, Act::End(how));
        stage.publish(8).turns(0, 12);
        let fault = stage.fault(0);
        assert!(fault.contains("which it had acknowledged"), "{how:?}: {fault}");
        stage.restart(0).turns(0, 4);
        if how == EndHow::RequestLost {
            stage.ends_well();
        } else {
            // The next block was committed over the gap before anybody could know of it.
            assert!(stage.fault(0).contains("which the log does not have"));
        }
    }
}

/// The broker loses the end of its log while the owner runs on: the next block would stand where
/// one stood that was acknowledged, and nothing of it is told.
#[test]
fn an_owner_that_runs_on_notices_that_the_end_of_the_log_is_gone() {
    let stage = Stage::new();
    stage.publish(8).turns(0, 12);
    let told = stage.committed("outcomes").len();
    stage.world.checker.borrow_mut().lost(0);
    // A block and the end of its transaction.
    stage.broker(|broker| {
        let events = &mut broker.at(("events", 0)).entries;
        events.truncate(events.len() - 2);
    });
    stage.publish(4).turns(0, 4);
    let fault = stage.fault(0);
    assert!(fault.contains("which it had acknowledged"), "{fault}");
    assert_eq!(stage.committed("outcomes").len(), told);
    stage.restart(0).turns(0, 4);
    stage.ends_well();
}

#[test]
fn the_input_trimmed_below_the_position() {
    let stage = Stage::new();
    stage.publish(6).turns(0, 12).restart(0).publish(6);
    let next = stage.world.checker.borrow().next_input(0);
    // What is decided may go.
    stage.broker(|broker| broker.at((COMMANDS, 0)).low = next).turns(0, 2);
    stage.goes_on_well();
    assert_eq!(stage.count("a shard stopped with a fault"), 0);
    stage.restart(0);
    let next = stage.world.checker.borrow().next_input(0);
    stage.broker(|broker| broker.at((COMMANDS, 0)).low = next + 1).turns(0, 2);
    assert!(stage.fault(0).contains("the chain needs"), "{}", stage.fault(0));
}

#[test]
fn topics_deleted_and_made_anew() {
    let stage = Stage::new();
    stage.publish(8).turns(0, 10).restart(0);
    stage.broker(|broker| broker.partitions.clear()).turns(0, 1);
    assert!(stage.fault(0).contains("which the log does not have"), "{}", stage.fault(0));
}

/// Bytes that are no command have an answer, go to the dead letters, and hold nobody up.
#[test]
fn poison_command() {
    let stage = Stage::new();
    stage.world.feeds.borrow_mut()[0].records.insert(3, (b"key".to_vec(), b"no record".to_vec()));
    stage.publish(8).turns(0, 10);
    assert!(stage.committed("dead-letter").contains(&b"no record".to_vec()));
    stage.ends_well();
}

/// An owner whose clock is ahead lets happen what falls due, the transaction is torn, and what
/// happened is told without its block. The next owner has no such clock and other input, and comes
/// to what was told all the same.
#[test]
fn what_a_clock_ahead_let_happen_was_told_and_its_block_is_not_there() {
    let mut stage = Stage::with(1 << 40, false);
    stage.publish(16).turns(0, 30);
    stage.cue(0, At::Commit, 0, Act::End(EndHow::AllButBlock)).cue(0, At::Pause, 0, Act::Crash);
    stage.clock_ahead(0, 3 * 86_400_000).turns(0, 2);
    assert!(!stage.is_up(0));
    let settlements = stage.committed("settlements").len();
    stage.publish(8).give(&[1]).turns(1, 10);
    stage.world.restart(0);
    assert!(stage.committed("settlements").len() >= settlements);
    assert_eq!(stage.count("a shard stopped with a fault"), 0);
    stage.ends_well();
}

/// Time from records: what fell due while nobody owned the shard happens once, in order, and an
/// idle owner lets it happen by the clock.
#[test]
fn what_falls_due_in_between_happens_once() {
    for dies in [At::Begin, At::Committed, At::Append] {
        let stage = Stage::with(1_500, false);
        stage.publish(20).turns(0, 24);
        for _ in 0..6 {
            let now = stage.world.now.get();
            stage.world.now.set(now + 30 * 3_600_000);
            stage.turns(0, 2).cue(0, dies, 0, Act::Crash).turns(0, 2);
            stage.world.cues.borrow_mut().clear();
            stage.world.restart(0);
        }
        stage.ends_well();
    }
}
