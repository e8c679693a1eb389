//! Several processes, several shards, under load: they join, leave and are killed.

use groat_tests::broker;
use groat_tests::checker::check;
use groat_tests::served::{Serving, Topics, is_in_transit};
use groat_tests::soak::{Plan, check_apart, soak};
use groat_tests::worlds::across;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const SHARDS: u32 = 4;
const USERS: u64 = 21;
const MERCHANTS: u64 = 6;
const ORDERS: u64 = 300;

/// Slices in which it is published, so that it comes over a while.
const SLICES: usize = 5;

#[test]
fn two_processes_join_and_leave_under_load() {
    let Some(brokers) = broker("two") else { return };
    let topics = Topics::sharded(brokers, "two", SHARDS);
    let dir = tempfile::tempdir().unwrap();
    under_load(&topics, |published| {
        let first = join(&topics, dir.path(), "a");
        let second = join(&topics, dir.path(), "b");
        first.until_says("shard is owned");
        second.until_says("shard is owned");
        first.release();
        let again = join(&topics, dir.path(), "a");
        again.until(|| all_consumed(&topics, published));
    });
}

#[test]
fn four_processes_join_and_leave_and_one_is_killed() {
    let Some(brokers) = broker("four") else { return };
    let topics = Topics::sharded(brokers, "four", SHARDS);
    let dir = tempfile::tempdir().unwrap();
    under_load(&topics, |published| {
        let first = join(&topics, dir.path(), "a");
        let second = join(&topics, dir.path(), "b");
        second.until_says("shard is owned");
        let third = join(&topics, dir.path(), "c");
        first.kill();
        let fourth = join(&topics, dir.path(), "d");
        fourth.until_says("shard is owned");
        second.release();
        fourth.until(|| all_consumed(&topics, published));
        drop(third);
    });
}

/// A short soak; `cargo run -p groat-tests --bin soak` takes as long as asked, and says how fast.
#[test]
fn a_soak_holds_and_its_checker_is_a_process_of_its_own() {
    let Some(brokers) = broker("soak") else { return };
    let change_every = Duration::from_secs(4);
    let plan = Plan { brokers, shards: SHARDS, processes: 2, orders: 3_000, change_every };
    let soaked = soak(&plan);
    println!("{soaked:?}");
    for prefix in &soaked.prefixes {
        let found = check_apart(&groat_tests::binary("soak"), &plan, prefix);
        assert!(found.contains(&format!("records: {}", soaked.records)), "{found}");
    }
}

fn join<'a>(topics: &'a Topics, dir: &Path, name: &str) -> Serving<'a> {
    // Every other one follows the shards of the others.
    let flags: &[&str] = if matches!(name, "b" | "d") { &["--standby"] } else { &[] };
    topics.serve_with(&dir.join(name), &dir.join(format!("log-{name}")), flags)
}

/// Publishes everything while processes come and go, then looks at what is on the broker.
fn under_load(topics: &Topics, come_and_go: impl FnOnce(&AtomicU64)) {
    let feed = across(USERS, MERCHANTS, ORDERS);
    let records = feed.records();
    // Known when all is published.
    let published = AtomicU64::new(u64::MAX);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let lines: Vec<&str> = feed.lines().split_inclusive('\n').collect();
            for slice in lines.chunks(lines.len().div_ceil(SLICES)) {
                topics.publish(&slice.concat(), slice.len() as u64);
            }
            published.store(records, Ordering::Relaxed);
        });
        come_and_go(&published);
    });
    let found = check(&topics.config(), SHARDS);
    println!("{found:?}");
    assert_eq!(found.records, records);
    assert!(found.outcomes > records, "some records have two commands: {found:?}");
    assert!(found.settlements > ORDERS, "{found:?}");
    assert!(found.remittances > ORDERS / 2, "shards sent to each other: {found:?}");
    assert!(found.epochs > 1, "shards moved: {found:?}");
}

fn all_consumed(topics: &Topics, published: &AtomicU64) -> bool {
    let consumed = (0..SHARDS).map(|shard| topics.consumed_of(shard, &mut 0).unwrap_or(0));
    let all = consumed.sum::<u64>() >= published.load(Ordering::Relaxed);
    all && !is_in_transit(&topics.config(), SHARDS)
}
