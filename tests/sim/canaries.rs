//! Owners broken on purpose: each must be found, by name, within a bounded number of seeds.

use groat_tests::sim::canary::Canary;
use groat_tests::sim::run::run;
use groat_tests::sim::stage::Stage;
use groat_tests::sim::weather::EndHow;
use groat_tests::sim::world::{Act, At};

/// Most seeds until a canary must be found; the slowest needs about a sixth of them.
const SEEDS_MAX: u64 = 600;

fn is_found(name: &str) {
    let canary = Canary::named(name).unwrap();
    let found = (0..SEEDS_MAX).find_map(|seed| Some((seed, run(seed, Some(canary), false).err()?)));
    let (seed, what) = found.unwrap_or_else(|| panic!("{name} is not found in {SEEDS_MAX} seeds"));
    println!("{name} is found by seed {seed}: {what}");
}

/// The broker loses a block that only its owner's disk has; another owner claims the shard; the
/// first one comes back. Seeds come to that too seldom.
#[test]
fn take_the_local_copy_over_the_log() {
    let play = |stage: Stage| {
        stage.publish(4).turns(0, 6).cue(0, At::Commit, 0, Act::End(EndHow::BlockGone));
        stage.world.disks.borrow_mut().entry((0, 0)).or_default().keeps_all = true;
        stage.cue(0, At::Passed, 0, Act::Crash).publish(4).turns(0, 4);
        assert_eq!(stage.count(EndHow::BlockGone.name()), 1);
        stage.world.restart(0);
        stage.give(&[1]).turns(1, 1).give(&[0]).turns(0, 4);
        stage
    };
    let sound = play(Stage::new());
    sound.goes_on_well();
    let fault = sound.fault(0);
    assert!(fault.contains("is not the one of the local copy"), "{fault}");
    let broken = play(Stage::broken(Canary::TakeTheLocalCopyOverTheLog));
    assert!(broken.world.checker.borrow().broken.is_some());
}

macro_rules! canaries {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            is_found($name);
        })*

        #[test]
        fn every_canary_has_its_test() {
            let tested = [$($name,)* "take-the-local-copy-over-the-log"];
            assert!(Canary::ALL.iter().all(|(name, _)| tested.contains(name)));
        }
    };
}

canaries! {
    skip_the_fence: "skip-the-fence",
    skip_reading_the_claim_back: "skip-reading-the-claim-back",
    forget_a_position: "forget-a-position",
    publish_before_commit: "publish-before-commit",
    drop_an_id: "drop-an-id",
    trust_an_indefinite_commit: "trust-an-indefinite-commit",
    resend_with_a_new_block: "resend-with-a-new-block",
    ignore_a_gap_in_the_input: "ignore-a-gap-in-the-input",
    ignore_a_gap_in_the_log: "ignore-a-gap-in-the-log",
    forget_what_was_told: "forget-what-was-told",
    skip_the_fence_of_partitions: "skip-the-fence-of-partitions",
    drop_a_remittance: "drop-a-remittance",
}
