//! One shard, two processes.

use groat_tests::checker::check;
use groat_tests::served::Topics;
use groat_tests::worlds::world;
use std::time::Duration;

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

/// The same topics under another group: Kafka gives both the shard. The later one has it; each
/// takes it back once, and then it is the first one that stops.
#[test]
fn of_two_processes_with_the_same_shard_one_is_fenced_and_says_so() {
    let Some(topics) = Topics::fresh("twice") else { return };
    let dir = tempfile::tempdir().unwrap();
    let feed = world(0, ORDERS);
    let lines: Vec<&str> = feed.lines().split_inclusive('\n').collect();
    let mut slices = lines.chunks(lines.len().div_ceil(30));
    let mut publish = || {
        let slice = slices.next().unwrap_or_default();
        topics.publish(&slice.concat(), slice.len() as u64);
        !slice.is_empty()
    };
    publish();
    let mut one = topics.serve(&dir.path().join("a"), &dir.path().join("log-a"));
    one.until_says("shard is owned");
    let (data, log) = (dir.path().join("b"), dir.path().join("log-b"));
    let other = topics.serve_with(&data, &log, &["--group", "a-mistake"]);
    other.until_says("shard is owned");
    // Whoever lost the shard sees it when there is something to commit.
    while one.is_running() && publish() {
        std::thread::sleep(Duration::from_secs(1));
    }
    while publish() {}
    other.until_consumed(lines.len() as u64);
    let (code, said) = one.ended();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the shard is taken back if it stays ours"), "{said}");
    assert!(said.contains("shard 0 is owned by another process"), "{said}");
    assert!(said.contains("look for one with the same prefix"), "{said}");
    let digest = other.release();
    assert_eq!(check(&topics.config(), 1).digests, [digest]);
}

/// A process that should not have had the shard is gone: the one to which the group gave it takes
/// it back, though the group never knew that it had not got it.
#[test]
fn a_shard_that_was_lost_is_taken_back() {
    let Some(topics) = Topics::fresh("back") else { return };
    let dir = tempfile::tempdir().unwrap();
    let feed = world(0, ORDERS);
    let lines: Vec<&str> = feed.lines().split_inclusive('\n').collect();
    let thirds: Vec<String> =
        lines.chunks(lines.len().div_ceil(3)).map(|lines| lines.concat()).collect();
    let published = |third: usize| {
        let records = thirds[third].lines().count() as u64;
        topics.publish(&thirds[third], records);
        thirds[..=third].iter().map(|lines| lines.lines().count() as u64).sum()
    };
    let one = topics.serve(&dir.path().join("a"), &dir.path().join("log-a"));
    one.until_consumed(published(0));
    let (data, log) = (dir.path().join("b"), dir.path().join("log-b"));
    let other = topics.serve_with(&data, &log, &["--group", "a-mistake"]);
    other.until_says("shard is owned");
    one.until_consumed(published(1));
    one.until_says("the shard is taken back if it stays ours");
    other.kill();
    one.until_consumed(published(2));
    let digest = one.release();
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
