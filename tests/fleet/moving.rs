//! Several processes, several shards, under load: they join, leave and are killed.

use groat_tests::broker;
use groat_tests::checker::check;
use groat_tests::served::{Serving, Topics};
use groat_tests::worlds::{key, world};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

const SHARDS: u32 = 4;
const WORLDS: u32 = 8;
const ORDERS: u64 = 60;

/// Slices in which each world is published, so that the worlds come mixed and over a while.
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

fn join<'a>(topics: &'a Topics, dir: &Path, name: &str) -> Serving<'a> {
    topics.serve(&dir.join(name), &dir.join(format!("log-{name}")))
}

/// Publishes all worlds while processes come and go, then looks at what is on the broker.
fn under_load(topics: &Topics, come_and_go: impl FnOnce(&AtomicU64)) {
    let worlds: Vec<_> = (0..WORLDS).map(|number| (number, world(number, ORDERS))).collect();
    let all = worlds.iter().map(|(_, feed)| feed.records()).sum();
    // Known when all is published.
    let published = AtomicU64::new(u64::MAX);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for slice in 0..SLICES {
                for (number, feed) in &worlds {
                    let lines: Vec<&str> = feed.lines().split_inclusive('\n').collect();
                    let lines = lines.chunks(lines.len().div_ceil(SLICES)).nth(slice).unwrap();
                    let flags = ["--key", &key(*number)];
                    topics.publish_with(&lines.concat(), lines.len() as u64, &flags);
                }
            }
            published.store(all, Ordering::Relaxed);
        });
        come_and_go(&published);
    });
    let found = check(&topics.config(), SHARDS);
    println!("{found:?}");
    assert_eq!((found.records, found.outcomes), (all, all));
    assert!(found.settlements > u64::from(WORLDS) * ORDERS, "{found:?}");
    assert!(found.epochs > 1, "shards moved: {found:?}");
}

fn all_consumed(topics: &Topics, published: &AtomicU64) -> bool {
    let consumed = (0..SHARDS).map(|shard| topics.consumed_of(shard, &mut 0).unwrap_or(0));
    consumed.sum::<u64>() >= published.load(Ordering::Relaxed)
}
