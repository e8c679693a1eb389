//! The crash matrix, at the commit: where a process dies in it, and how a transaction may end.
//! Around a commit the queues of LerianStudio/midaz#1270 and JasperFx/wolverine#1708 and #3478 lost
//! messages or had them twice.

use groat::kafka::log::Topic;
use groat_tests::sim::stage::Stage;
use groat_tests::sim::weather::EndHow;
use groat_tests::sim::world::{Act, At};

/// The first process dies at a call, once the shard is its own and it has decided a few records;
/// then it goes on with its copy, or another process without one.
fn dies(at: At, skip: u32) {
    for follower in [0, 1] {
        let stage = Stage::with(3_000, true);
        stage.publish(4).turns(0, 6).cue(0, at, skip, Act::Crash);
        stage.publish(20).turns(0, 30);
        assert!(!stage.is_up(0), "it never came to {at:?}");
        stage.world.restart(0);
        stage.give(&[follower]).turns(follower, 4);
        stage.ends_well();
    }
}

/// A transaction of the first process ends otherwise than it should; it goes on, or dies over it.
fn ends(how: EndHow) {
    for dies in [None, Some(At::Committed), Some(At::Pause), Some(At::Renew)] {
        for skip in 0..3 {
            let stage = Stage::new();
            stage.publish(4).turns(0, 6).cue(0, At::Commit, skip, Act::End(how));
            if let Some(at) = dies {
                let skip = if at == At::Committed { skip } else { 0 };
                stage.cue(0, at, skip, Act::Crash);
            }
            stage.publish(10).turns(0, 12);
            if !stage.is_up(0) {
                stage.world.restart(0);
                stage.give(&[1]).turns(1, 6);
            }
            assert_eq!(stage.count(how.name()), 1);
            if how.is_answered_well() {
                // Nobody waits, or makes a new producer.
                stage.need_not(0, At::Pause).need_not(0, At::Renew);
            }
            stage.ends_well();
        }
    }
}

#[test]
fn after_poll() {
    dies(At::Polled, 0);
}

#[test]
fn after_apply() {
    dies(At::Begin, 0);
}

#[test]
fn after_begin() {
    dies(At::Send(Topic::Events), 0);
}

#[test]
fn after_the_block_but_before_the_settlements() {
    dies(At::Sent(Topic::Events), 0);
    dies(At::Send(Topic::Outcomes), 0);
    dies(At::Send(Topic::Settlements), 0);
    dies(At::Sent(Topic::Settlements), 0);
}

/// The consumer group hears of the position after the commit; the chain alone counts.
#[test]
fn before_the_offsets() {
    dies(At::Passed, 0);
}

#[test]
fn before_end_txn() {
    dies(At::Flush, 0);
    dies(At::Commit, 0);
}

#[test]
fn end_txn_sent_answer_lost_committed() {
    dies(At::Committed, 0);
    ends(EndHow::AnswerLost);
}

#[test]
fn end_txn_sent_answer_lost_aborted() {
    ends(EndHow::RequestLost);
}

/// The request is still on its way when the next producer begins, or arrives before it does.
#[test]
fn end_txn_delayed() {
    ends(EndHow::Late);
}

/// What arrives twice ends the next transaction in its middle.
#[test]
fn end_txn_doubled() {
    ends(EndHow::Twice);
    for at in [At::Sent(Topic::Events), At::Sent(Topic::Outcomes)] {
        let stage = Stage::new();
        stage.publish(4).turns(0, 6);
        stage.cue(0, At::Commit, 0, Act::End(EndHow::Twice)).cue(0, at, 1, Act::Freeze(1));
        stage.publish(6).turns(0, 2);
        stage.arrives().turns(0, 3).arrives();
        stage.ends_well();
    }
}

#[test]
fn end_txn_seen_late() {
    ends(EndHow::Hidden);
}

/// The block is there and what left with it is not: it is told again, with the same ids
/// (formancehq/ledger#1232).
#[test]
fn torn_transaction_the_block_is_there() {
    ends(EndHow::BlockOnly);
}

/// What left with a block is there and the block is not: it is decided again, to the same answers,
/// and they are not told a second time.
#[test]
fn torn_transaction_the_block_is_not_there() {
    ends(EndHow::AllButBlock);
}

/// A partition without a leader is passed over, and the commit acknowledged all the same, late
/// (KAFKA-20734). What stays open there is ended by whatever that producer does next, and must not
/// be told twice.
#[test]
fn end_txn_passes_partitions_over() {
    for of in [None, Some(Topic::Events), Some(Topic::Outcomes), Some(Topic::Settlements)] {
        ends(EndHow::Unended(of));
    }
}

/// As before, but acknowledged in time, as by a broker that dies right after its answer; the next
/// transaction is then in trouble. What the fence aborts of the first is told again, before what
/// left with the second.
#[test]
fn end_txn_passes_partitions_over_unnoticed() {
    for of in [Topic::Outcomes, Topic::Settlements, Topic::Events] {
        for skip in 0..3 {
            for then in [EndHow::RequestLost, EndHow::AnswerLost, EndHow::Unended(None)] {
                let stage = Stage::new();
                stage.world.disks.borrow_mut().entry((0, 0)).or_default().keeps_all = true;
                let end = EndHow::QuietlyUnended(of);
                stage.publish(4).turns(0, 6).cue(0, At::Commit, skip, Act::End(end));
                stage.cue(0, At::Commit, 0, Act::End(then));
                stage.publish(10).turns(0, 12);
                if of == Topic::Events && then != EndHow::AnswerLost {
                    assert!(stage.fault(0).contains("which it had acknowledged"));
                    stage.restart(0).turns(0, 3);
                }
                assert_eq!((stage.count(end.name()), stage.count(then.name())), (1, 1));
                stage.ends_well();
            }
        }
    }
}

#[test]
fn one_records_delivery_fails() {
    for topic in [Topic::Events, Topic::Outcomes, Topic::Settlements] {
        for act in [Act::Fail, Act::WriteLate] {
            let stage = Stage::new();
            stage.publish(4).turns(0, 6).cue(0, At::Send(topic), 0, act);
            stage.publish(10).turns(0, 20);
            stage.ends_well();
        }
    }
}

#[test]
fn coordinator_restart() {
    let stage = Stage::new();
    stage.publish(4).turns(0, 6);
    for at in [At::Begin, At::Renew, At::Renew, At::ReadBlocks, At::Renewed, At::Flush] {
        stage.cue(0, at, 0, Act::Fail);
    }
    stage.cue(0, At::Commit, 0, Act::End(EndHow::RequestLost));
    stage.publish(12).turns(0, 12);
    assert_eq!(stage.world.cues.borrow().len(), 0, "all of them happened");
    stage.ends_well();
}

/// The broker ends a transaction that was open for too long, and fences its producer. Nobody else
/// has claimed the shard, so its owner goes on.
#[test]
fn transaction_timeout_while_stalled() {
    for at in [At::Sent(Topic::Events), At::Flush, At::Commit] {
        let stage = Stage::new();
        stage.publish(4).turns(0, 6).cue(0, at, 0, Act::Stall(20_000));
        stage.publish(12).turns(0, 12);
        assert!(stage.count("a producer was fenced") > 0);
        stage.ends_well();
        assert_eq!(stage.count("a shard stopped with a fault"), 0);
    }
}

/// A broker forgets producers that were silent for a week.
#[test]
fn idle_past_the_transactional_ids_expiry() {
    let stage = Stage::new();
    stage.publish(4).turns(0, 6);
    stage.broker(|broker| broker.forget_producers()).publish(12).turns(0, 12);
    stage.ends_well();
    assert_eq!(stage.count("a shard stopped with a fault"), 0);
}
