//! Brokers that die or freeze while blocks are being committed.

use groat_tests::broker;
use groat_tests::checker::check;
use groat_tests::own_broker::OwnBroker;
use groat_tests::served::Topics;
use groat_tests::worlds::world;
use std::time::{Duration, Instant};

const ORDERS: u64 = 400;

/// Longer than any call to a broker may take, so that the answer to one is lost.
const FROZEN: Duration = Duration::from_secs(17);

#[test]
fn a_broker_killed_in_mid_commit_costs_nothing() {
    if broker("mid-commit").is_none() {
        return;
    }
    let own = OwnBroker::new(19_612);
    let topics = Topics::on(own.tell("start"), "mid-commit");
    let dir = tempfile::tempdir().unwrap();
    let serving = topics.serve(&dir.path().join("data"), &dir.path().join("log"));
    serving.until_says("shard is owned");
    let feed = world(0, ORDERS);
    let lines: Vec<&str> = feed.lines().split_inclusive('\n').collect();
    let halves = lines.chunks(lines.len().div_ceil(2));
    let mut published = 0;
    for half in halves {
        topics.publish(&half.concat(), half.len() as u64);
        // What was just published is being decided and committed now.
        own.tell("kill");
        published += half.len() as u64;
        own.tell("restart");
    }
    serving.until_consumed(published);
    let digest = serving.release();
    assert_eq!(check(&topics.config(), 1).digests, [digest]);
}

/// The coordinator is away for so long that nobody knows what became of a transaction.
#[test]
fn a_broker_frozen_past_every_timeout_costs_nothing() {
    if broker("frozen").is_none() {
        return;
    }
    let own = OwnBroker::new(19_632);
    let topics = Topics::on(own.tell("start"), "frozen");
    let dir = tempfile::tempdir().unwrap();
    let serving = topics.serve(&dir.path().join("data"), &dir.path().join("log"));
    serving.until_says("shard is owned");
    let feed = world(0, ORDERS);
    topics.publish(feed.lines(), feed.records());
    own.signal("STOP");
    let since = Instant::now();
    // Not an assertion: it is how long the broker is away.
    serving.until(|| since.elapsed() > FROZEN);
    own.signal("CONT");
    serving.until_consumed(feed.records());
    // The group may have missed it meanwhile, and not given it the shard back yet: then it has none
    // to release, and what stands on the broker is looked at all the same.
    serving.leave();
    assert_eq!(check(&topics.config(), 1).records, feed.records());
}
