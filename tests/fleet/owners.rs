//! One shard, two processes.

use groat_tests::checker::check;
use groat_tests::served::Topics;
use groat_tests::worlds::world;

const ORDERS: u64 = 150;

/// Frozen past its session while another takes the shard, then awake again.
#[test]
fn a_zombie_wakes_and_nothing_is_lost_or_done_twice() {
    let Some(topics) = Topics::fresh("zombie") else { return };
    let dir = tempfile::tempdir().unwrap();
    let feed = world(0, ORDERS);
    let lines: Vec<&str> = feed.lines().split_inclusive('\n').collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    topics.publish(&first.concat(), first.len() as u64);
    let mut zombie = topics.serve(&dir.path().join("a"), &dir.path().join("log-a"));
    // Somewhere between its first commit and its last.
    zombie.until(|| topics.consumed(&mut 0).is_some());
    zombie.signal("STOP");
    let other = topics.serve(&dir.path().join("b"), &dir.path().join("log-b"));
    other.until_says("shard is owned");
    topics.publish(&second.concat(), second.len() as u64);
    zombie.signal("CONT");
    other.until_consumed(lines.len() as u64);
    // It has lost the shard, or the group has taken it away: either is said.
    let said = ["is owned by another process", "the shard was let go of", "shard is released"];
    other.until(|| said.iter().any(|words| zombie.said().contains(words)));
    println!("the zombie runs on: {}; it said: {}", zombie.is_running(), zombie.said());
    let digest = other.release();
    assert_eq!(check(&topics.config(), 1).digests, [digest]);
}

/// The same topics under another group: Kafka gives both the shard. The later one has it.
#[test]
fn of_two_processes_with_the_same_shard_one_is_fenced_and_says_so() {
    let Some(topics) = Topics::fresh("twice") else { return };
    let dir = tempfile::tempdir().unwrap();
    let feed = world(0, ORDERS);
    let lines: Vec<&str> = feed.lines().split_inclusive('\n').collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    topics.publish(&first.concat(), first.len() as u64);
    let one = topics.serve(&dir.path().join("a"), &dir.path().join("log-a"));
    one.until_consumed(first.len() as u64);
    let (data, log) = (dir.path().join("b"), dir.path().join("log-b"));
    let other = topics.serve_with(&data, &log, &["--group", "a-mistake"]);
    other.until_says("shard is owned");
    topics.publish(&second.concat(), second.len() as u64);
    other.until_consumed(lines.len() as u64);
    let (code, said) = one.ended();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("shard 0 is owned by another process"), "{said}");
    assert!(said.contains("look for one with the same prefix"), "{said}");
    let digest = other.release();
    assert_eq!(check(&topics.config(), 1).digests, [digest]);
}

/// A standby has what the owner had when that is missed by the group, and reads no more than that
/// from the log.
#[test]
fn a_standby_takes_over_without_reading_the_chain_again() {
    let Some(topics) = Topics::fresh("standby") else { return };
    let dir = tempfile::tempdir().unwrap();
    let feed = world(0, ORDERS);
    let lines: Vec<&str> = feed.lines().split_inclusive('\n').collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    let owner = topics.serve(&dir.path().join("a"), &dir.path().join("log-a"));
    owner.until_says("shard is owned");
    let standby =
        topics.serve_with(&dir.path().join("b"), &dir.path().join("log-b"), &["--standby"]);
    standby.until_says("shard is followed");
    for slice in first.chunks(first.len().div_ceil(10)) {
        topics.publish(&slice.concat(), slice.len() as u64);
    }
    owner.until_consumed(first.len() as u64);
    let mut blocks = 0;
    topics.consumed(&mut blocks);
    assert!(blocks >= 8, "the chain is long enough to tell: {blocks}");
    owner.kill();
    standby.until_says("shard is owned");
    let said = standby.said();
    let owned = said.lines().rev().find(|line| line.contains("shard is owned")).unwrap();
    let (_, read) = owned.split_once("blocks_read=").unwrap();
    let read: u64 = read.split(' ').next().unwrap().parse().unwrap();
    // Its own claim at least.
    assert!((1..4).contains(&read), "{owned}");
    topics.publish(&second.concat(), second.len() as u64);
    standby.until_consumed(lines.len() as u64);
    let digest = standby.release();
    assert_eq!(check(&topics.config(), 1).digests, [digest]);
}
