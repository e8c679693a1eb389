//! A short fixed run of every fuzz target, and inputs that once broke a promise.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use groat_tests::fuzz::{TARGETS, fuzz, run};

fn short(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    if let Err(broken) = fuzz(target, Vec::new(), 1, |ran| ran < target.short) {
        panic!("{name}: {} in the input {:?}", broken.why, broken.input);
    }
}

macro_rules! short_runs {
    ($($test:ident $name:literal)*) => { $(#[test] fn $test() { short($name) })* };
}

short_runs! {
    commands_are_read_alike "command"
    records_are_answered_and_fold "record"
    events_are_read_alike "event"
    damaged_blocks_are_refused "block"
    forged_bodies_are_refused_or_harmless "body"
    lines_come_back "json"
    rows_come_back_and_go_on "rows"
    damaged_stores_are_faults "store"
}

#[test]
fn seeds_break_no_promise() {
    for target in TARGETS {
        for seed in (target.seeds)().into_iter().take(60) {
            run(target, &seed).unwrap_or_else(|broken| panic!("{}: {broken:?}", target.name));
        }
    }
}

/// The harness sees what it is for: a target that breaks a promise is caught, with its input.
#[test]
fn a_broken_promise_is_caught() {
    let mut target = groat_tests::fuzz::Target { ..by_name("command") };
    target.run = |bytes| assert!(bytes.len() % 7 != 3, "seven and three");
    let broken = fuzz(&target, Vec::new(), 1, |ran| ran < 1_000).unwrap_err();
    assert!(broken.input.len() % 7 == 3 && broken.why.contains("seven"), "{broken:?}");
}

fn by_name(name: &str) -> groat_tests::fuzz::Target {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    groat_tests::fuzz::Target { ..*target }
}
