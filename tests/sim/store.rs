//! The crash matrix, on the disk: the local copy is only a copy, whatever becomes of it.

use groat_tests::sim::chance::Chance;
use groat_tests::sim::disk::Disk;
use groat_tests::sim::stage::Stage;
use groat_tests::sim::world::{Act, At};

/// The first process dies at a call on its disk, and goes on with what the disk has then.
fn dies(at: At) {
    for skip in 0..2 {
        let stage = Stage::with(800, true);
        stage.publish(4).turns(0, 6).cue(0, at, skip, Act::Crash);
        stage.publish(20).turns(0, 40);
        assert!(!stage.is_up(0), "it never came to {at:?}");
        stage.world.restart(0);
        stage.turns(0, 4);
        stage.ends_well();
    }
}

/// The first process is started again after something befell its disk.
fn restarted_after(snapshot_bytes: u64, befalls: impl Fn(&mut Disk, &mut Chance)) {
    for seed in 0..40 {
        let stage = Stage::with(snapshot_bytes, true);
        stage.publish(12).turns(0, 20).restart(0);
        if let Some(disk) = stage.world.disks.borrow_mut().get_mut(&(0, 0)) {
            befalls(disk, &mut Chance::new(seed));
        }
        stage.turns(0, 2);
        stage.ends_well();
        assert_eq!(stage.count("a shard stopped with a fault"), 0);
    }
}

#[test]
fn before_the_sled_write() {
    dies(At::Append);
}

#[test]
fn sled_written_but_not_synced_and_power_lost() {
    dies(At::Appended);
}

#[test]
fn during_a_snapshot() {
    dies(At::AddToSnapshot);
    dies(At::AddedToSnapshot);
    dies(At::PutSnapshot);
    dies(At::SnapshotPut);
    dies(At::Sync);
}

/// Flipped bits, blocks missing, blocks in the place of others: of blocks and of snapshots.
#[test]
fn sled_corrupt() {
    restarted_after(1 << 40, |disk, chance| disk.damage(chance));
    restarted_after(1_500, |disk, chance| disk.damage(chance));
}

#[test]
fn sled_gone() {
    restarted_after(1_500, |disk, _| *disk = Disk::default());
}

#[test]
fn during_restore_and_a_second_restore() {
    for at in [At::ReadSnapshot, At::ReadBlock, At::Renew, At::Renewed, At::ReadBlocks, At::Append]
    {
        let stage = Stage::with(1_500, true);
        stage.publish(12).turns(0, 20).restart(0);
        for _ in 0..2 {
            stage.cue(0, at, 0, Act::Crash).turns(0, 20);
            stage.world.restart(0);
        }
        stage.turns(0, 2);
        stage.ends_well();
    }
}

#[test]
fn disk_full() {
    let stage = Stage::new();
    stage.publish(6).turns(0, 8);
    let full = |is: bool| stage.world.disks.borrow_mut().get_mut(&(0, 0)).unwrap().full = is;
    full(true);
    stage.publish(6).turns(0, 8);
    assert!(stage.fault(0).contains("full"));
    full(false);
    stage.restart(0);
    stage.ends_well();
}

/// After a sync that failed nobody knows what is on the disk: the shard stops, and starts from
/// what is there.
#[test]
fn a_sync_that_fails_once() {
    let stage = Stage::with(1_500, true);
    stage.publish(4).turns(0, 6);
    stage.world.disks.borrow_mut().get_mut(&(0, 0)).unwrap().fails_sync = true;
    stage.publish(18).turns(0, 30);
    assert!(stage.fault(0).contains("sync failed"));
    stage.restart(0).turns(0, 3);
    stage.ends_well();
}

#[test]
fn replay_by_an_auditor_from_zero_and_from_each_snapshot() {
    let mut with_a_tail = 0;
    for snapshot_bytes in [300, 500, 1_500] {
        let stage = Stage::with(snapshot_bytes, true);
        *stage.world.snapshots.borrow_mut() = Some(Vec::new());
        for _ in 0..20 {
            stage.publish(1).turns(0, 2);
        }
        stage.give(&[1]).turns(1, 3);
        stage.ends_well();
        let tails = stage.auditors_agree();
        let its = tails.iter().filter(|blocks| **blocks > 0).count();
        assert!(its > 0, "{snapshot_bytes}: blocks behind each snapshot: {tails:?}");
        with_a_tail += its;
    }
    assert!(with_a_tail > 3, "only {with_a_tail} snapshots with a tail");
}
