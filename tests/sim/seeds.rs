//! Random runs: whatever goes wrong, nothing is lost, doubled or answered otherwise, and once all
//! is healed everything comes to its end. More: `cargo run -p groat-tests --bin sim -- --seeds N`.

use groat_tests::sim::run::run;
use groat_tests::sim::stage::Stage;
use groat_tests::sim::told::Asked;
use std::collections::{BTreeMap, BTreeSet};

/// Seeds of each of the two halves: together some five minutes of one core.
const SEEDS: u64 = 2_000;

fn hold(seeds: std::ops::Range<u64>) {
    let mut notes: BTreeMap<&str, u64> = BTreeMap::new();
    let mut purposes: BTreeSet<String> = BTreeSet::new();
    let mut asked = Asked::default();
    for seed in seeds {
        match run(seed, None, false) {
            Ok(told) => {
                told.notes.iter().for_each(|(what, n)| *notes.entry(what).or_default() += n);
                purposes.extend(told.purposes);
                asked.add(&told.asked);
            }
            Err(what) => panic!(
                "{what}\nto see it again: cargo run -p groat-tests --bin sim -- --seed {seed}"
            ),
        }
    }
    // A simulator in which a kind of trouble no longer happens proves nothing about it.
    for what in [
        "a call to the broker failed",
        "a clock jumped",
        "a commit arrived late",
        "a damaged copy was set aside",
        "a directory was lost",
        "a disk was full",
        "a process died in a call",
        "a process froze in a call",
        "a producer was fenced",
        "a record was on its way for long",
        "a remittance came again",
        "a shard was given to another process",
        "a snapshot was taken",
        "a sync failed",
        "a transaction did not end in every partition",
        "a transaction was seen late",
        "a transaction was torn: the block is not there",
        "a transaction was torn: the block is there",
        "an acknowledged block was lost",
        "an end of a transaction was sent twice",
        "input was trimmed before it was decided",
    ] {
        assert!(notes.contains_key(what), "never: {what}");
    }
    // And of what shards send to each other.
    let unsent: Vec<_> = purposes_there_are().difference(&purposes).cloned().collect();
    assert!(unsent.is_empty(), "nobody sent: {unsent:?}");
    // And of what is asked of a shard: what never happens here is never interrupted either.
    let kinds = kinds();
    let of = |kind: &String| asked.0.get(kind).copied().unwrap_or_default();
    let never: Vec<_> = kinds.iter().filter(|kind| of(kind).1 == 0).collect();
    let never: Vec<_> = never.into_iter().map(|kind| (kind, of(kind).0)).collect();
    assert!(never.is_empty(), "never happened, with how often it was asked for: {never:?}");
    let unknown: Vec<_> = asked.0.keys().filter(|kind| !kinds.contains(*kind)).collect();
    assert!(unknown.is_empty(), "no kinds of commands: {unknown:?}");
}

/// Every kind of command: a new one needs a draw in the workload.
fn kinds() -> BTreeSet<String> {
    let kinds = choices(include_str!("../../proto/groat/v1/command.proto"), "body");
    assert!(kinds.len() > 90, "{kinds:?}");
    kinds
}

/// Everything that shards send to each other for, refusals among it.
fn purposes_there_are() -> BTreeSet<String> {
    let purposes = choices(include_str!("../../proto/groat/v1/remittance.proto"), "purpose");
    assert!(purposes.len() >= 35, "{purposes:?}");
    purposes
}

/// The fields of a `oneof`, as the schema names them.
fn choices(schema: &str, oneof: &str) -> BTreeSet<String> {
    let body = schema.split(&format!("oneof {oneof} {{")).nth(1).unwrap();
    let fields = body.split('}').next().unwrap().lines().filter(|line| line.contains(" = "));
    let names = fields.map(|line| {
        let field = line.split_whitespace().nth(1).unwrap();
        let words = field.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
        words.collect::<String>()
    });
    names.collect()
}

#[test]
fn the_first_seeds_hold() {
    hold(0..SEEDS);
}

#[test]
fn more_seeds_hold() {
    hold(SEEDS..2 * SEEDS);
}

/// The same seed is the same run, or a failing one could not be looked at.
#[test]
fn a_seed_is_the_same_run_every_time() {
    for seed in [3, 400, 77_777] {
        assert_eq!(run(seed, None, false).unwrap().notes, run(seed, None, false).unwrap().notes);
    }
}

/// A process dies at every single call it makes, before or after the call took effect, and is
/// followed by itself, with its local copy, or by another process, with none.
#[test]
fn an_owner_that_dies_at_any_call_is_followed_by_one_that_goes_on() {
    let mut died = 0;
    for follower in [0, 1] {
        for call in 0.. {
            let stage = Stage::with(2_000, true);
            stage.world.dies_at.set(Some((0, call)));
            stage.publish(24).turns(0, 40);
            if stage.is_up(0) {
                break;
            }
            died += 1;
            stage.world.restart(0);
            stage.give(&[follower]).turns(follower, 3);
            stage.ends_well();
        }
    }
    assert!(died > 300, "only {died} calls");
}
