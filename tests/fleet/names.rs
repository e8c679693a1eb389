//! Members with a name of their own in the group (`instance`): static membership.

use groat_tests::broker;
use groat_tests::checker::check;
use groat_tests::served::{Serving, Topics};
use groat_tests::worlds::across;

const SHARDS: u32 = 2;
const ORDERS: u64 = 60;

/// How many shards a process has by its log, and how often it got or let go of one.
fn shards_of(process: &Serving<'_>) -> (usize, usize) {
    let said = process.said();
    let (owned, released) =
        (said.matches("shard is owned").count(), said.matches("shard is released").count());
    (owned - released, owned + released)
}

/// Killed or stopped, it is back before its session is over, and its shard has stayed its own: the
/// other process neither gets one nor lets go of one.
#[test]
fn a_member_with_a_name_restarts_and_no_shard_moves() {
    let Some(brokers) = broker("names") else { return };
    let topics = Topics::sharded(brokers, "names", SHARDS);
    let dir = tempfile::tempdir().unwrap();
    let join = |name: &str, log: &str| {
        topics.serve_with(&dir.path().join(name), &dir.path().join(log), &["--instance", name])
    };
    let other = join("other", "log-other");
    let first = join("named", "log-1");
    first.until(|| shards_of(&first).0 == 1 && shards_of(&other).0 == 1);
    let before = shards_of(&other);
    let feed = across(7, 3, ORDERS);
    let lines: Vec<&str> = feed.lines().split_inclusive('\n').collect();
    let mut slices = lines.chunks(lines.len().div_ceil(3));
    let mut published = 0;
    let mut consume = |process: &Serving<'_>| {
        let slice = slices.next().unwrap();
        topics.publish(&slice.concat(), slice.len() as u64);
        published += slice.len() as u64;
        let consumed = |shard| topics.consumed_of(shard, &mut 0).unwrap_or(0);
        process.until(|| (0..SHARDS).map(consumed).sum::<u64>() == published);
    };
    consume(&first);
    first.kill();
    let second = join("named", "log-2");
    second.until_says("shard is owned");
    consume(&second);
    second.leave();
    let third = join("named", "log-3");
    third.until_says("shard is owned");
    consume(&third);
    assert_eq!(shards_of(&other), before, "{}", other.said());
    third.leave();
    other.leave();
    assert_eq!(check(&topics.config(), SHARDS).records, lines.len() as u64);
}

/// Kafka lets the later one in; the one before ends, and says what to do.
#[test]
fn of_two_members_with_one_name_the_first_is_told() {
    let Some(topics) = Topics::fresh("one-name") else { return };
    let dir = tempfile::tempdir().unwrap();
    let join = |data: &str| {
        let log = dir.path().join(format!("log-{data}"));
        topics.serve_with(&dir.path().join(data), &log, &["--instance", "bank-1"])
    };
    let first = join("a");
    first.until_says("shard is owned");
    let later = join("b");
    let (code, said) = first.ended();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("give each process an `instance` of its own"), "{said}");
    later.until_says("shard is owned");
    later.leave();
}
