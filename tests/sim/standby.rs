//! Standbys: a process follows a shard that another owns, and takes it over with what it has.

use groat::kafka::log::Topic;
use groat_shard::Block;
use groat_tests::sim::broker::Fate;
use groat_tests::sim::stage::Stage;
use groat_tests::sim::weather::EndHow;
use groat_tests::sim::world::{Act, At};

/// The first process owns the shard, the second follows it.
fn followed(snapshot_bytes: u64) -> Stage {
    let stage = Stage::with(snapshot_bytes, true);
    stage.world.stands_by.set(true);
    stage
}

#[test]
fn it_takes_over_what_it_followed_without_opening_its_copy() {
    let stage = followed(1 << 40);
    stage.publish(8).turns(0, 4).turns(1, 1).publish(6).turns(0, 8).turns(1, 2);
    let copied = stage.world.disks.borrow()[&(1, 0)].last();
    assert_eq!(copied, stage.world.disks.borrow()[&(0, 0)].last(), "it has what the owner has");
    // Were its copy opened again, it would die there.
    stage.cue(1, At::Open, 0, Act::Crash).give(&[1]).turns(0, 1).turns(1, 3);
    assert!(stage.is_up(1));
    assert_eq!(stage.count("a standby took its shard over"), 1);
    stage.need_not(1, At::Open).ends_well();
}

/// The owner dies in the middle of a commit, and the standby finds out what became of it as any
/// new owner does.
#[test]
fn it_tells_what_a_torn_transaction_left_untold() {
    for how in [EndHow::BlockOnly, EndHow::AllButBlock, EndHow::RequestLost, EndHow::Late] {
        let stage = followed(1 << 40);
        stage.publish(4).turns(0, 6).turns(1, 1).publish(6);
        stage.cue(0, At::Commit, 0, Act::End(how)).cue(0, At::Committed, 0, Act::Crash);
        stage.turns(0, 4).turns(1, 2).give(&[1]).turns(1, 3);
        stage.ends_well();
    }
}

/// What left with a block may be missing as long as nothing follows it, so no snapshot may hide
/// that block from whoever restores from it.
#[test]
fn its_snapshot_hides_nothing_untold() {
    for skip in 0..7 {
        let stage = followed(600);
        stage.publish(4).turns(0, 6).turns(1, 1).publish(16);
        stage.cue(0, At::Commit, skip, Act::End(EndHow::BlockOnly));
        stage.cue(0, At::Committed, skip, Act::Crash);
        for _ in 0..20 {
            stage.turns(0, 1).turns(1, 1);
        }
        assert!(!stage.is_up(0), "the owner went on after {skip}");
        stage.restart(1).give(&[1]).turns(1, 3);
        stage.ends_well();
    }
}

/// It keeps snapshots where the owner does, so that what it restores from stays short. The digest
/// is told once: by the owner's next block, or by its own.
#[test]
fn it_keeps_snapshots_where_the_owner_does() {
    for rounds in 2..12 {
        let stage = followed(600);
        for _ in 0..rounds {
            stage.publish(2).turns(0, 2).turns(1, 2);
        }
        let has_one = stage.world.disks.borrow()[&(1, 0)].newest_snapshot().is_some();
        assert!(has_one || rounds < 4, "none after {rounds} rounds");
        stage.give(&[1]).turns(0, 1).turns(1, 6).restart(1).turns(1, 3);
        stage.ends_well();
    }
}

/// The log loses blocks that were acknowledged and followed: the standby has them, so the loss is
/// found when it takes over. One at the end it gives to the log again.
#[test]
fn it_notices_that_the_log_lost_what_it_followed() {
    for blocks in [1, 2] {
        let stage = followed(1 << 40);
        stage.publish(8).turns(0, 8).turns(1, 2);
        stage.broker(|broker| {
            for _ in 0..blocks {
                let events = broker.at((Topic::Events.name(), 0));
                let last = events.entries.iter().rposition(|entry| entry.fate == Fate::Committed);
                let last = last.and_then(|at| events.entries.get_mut(at)).unwrap();
                assert!(Block::peek(&last.value).is_some());
                last.fate = Fate::Aborted;
            }
        });
        stage.world.checker.borrow_mut().lost(0);
        stage.give(&[1]).turns(1, 2);
        stage.goes_on_well();
        if blocks == 1 {
            assert_eq!(stage.count("a shard stopped with a fault"), 0);
        } else {
            let fault = stage.fault(1);
            assert!(fault.contains("which the log does not have"), "{fault}");
        }
    }
}

/// Its disk fails: it follows no more, and the owner does not mind.
#[test]
fn its_disk_is_full_and_the_owner_goes_on() {
    let stage = followed(1 << 40);
    stage.publish(4).turns(0, 6).turns(1, 1);
    if let Some(disk) = stage.world.disks.borrow_mut().get_mut(&(1, 0)) {
        disk.full = true;
    }
    stage.publish(8).turns(0, 8).turns(1, 2);
    assert!(stage.count("a standby had a fault") > 0);
    if let Some(disk) = stage.world.disks.borrow_mut().get_mut(&(1, 0)) {
        disk.full = false;
    }
    stage.turns(1, 2).give(&[1]).turns(0, 1).turns(1, 4);
    stage.ends_well();
}
