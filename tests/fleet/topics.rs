//! Topics that lost what they must have.

use groat_tests::own_broker::kafka;
use groat_tests::served::Topics;
use groat_tests::worlds::world;
use std::path::Path;

pub(crate) fn trim(topics: &Topics, topic: &str, offset: u64, dir: &Path) {
    let trim = format!(
        r#"{{"partitions":[{{"topic":"{}","partition":0,"offset":{offset}}}],"version":1}}"#,
        topics.config().topic(topic)
    );
    let file = dir.join("trim.json");
    std::fs::write(&file, trim).unwrap();
    let class = "org.apache.kafka.tools.DeleteRecordsCommand";
    kafka(&[class, "--offset-json-file", file.to_str().unwrap()], "");
}

#[test]
fn commands_trimmed_before_they_were_decided_are_a_fault() {
    let Some(topics) = Topics::fresh("trimmed") else { return };
    let dir = tempfile::tempdir().unwrap();
    let feed = world(0, 5);
    topics.publish(feed.lines(), feed.records());
    trim(&topics, "commands", 3, dir.path());
    let serving = topics.serve(&dir.path().join("data"), &dir.path().join("log"));
    let (code, said) = serving.ended();
    assert_eq!(code, Some(1), "{said}");
    let offsets = format!("has offsets 3 to {}, the chain needs 0 next", feed.records());
    assert!(said.contains(&offsets), "{said}");
    assert!(said.contains("commands were trimmed before they were decided"), "{said}");
}

/// A local copy that has all that is gone does not make the log whole: no other machine can restore
/// the shard, and no auditor read it from the first block on.
#[test]
fn events_trimmed_below_the_local_copy_are_a_fault() {
    let Some(topics) = Topics::fresh("trimmed-events") else { return };
    let dir = tempfile::tempdir().unwrap();
    let (data, log) = (dir.path().join("data"), dir.path().join("log"));
    // More blocks than are compared with the local copy, so that the first is not asked for.
    let feed = world(0, 40);
    let serving = topics.serve(&data, &log);
    for (no, line) in (1..).zip(feed.lines().lines()) {
        topics.publish(line, 1);
        serving.until_consumed(no);
    }
    serving.release();
    trim(&topics, "events", 1, dir.path());
    let (code, said) = topics.serve(&data, &log).ended();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("begins at offset 1 instead of 0: it was trimmed"), "{said}");
}

#[test]
fn without_the_events_topic_nothing_starts() {
    let Some(topics) = Topics::fresh("no-events") else { return };
    let dir = tempfile::tempdir().unwrap();
    let feed = world(0, 5);
    topics.publish(feed.lines(), feed.records());
    let (data, log) = (dir.path().join("data"), dir.path().join("log"));
    let serving = topics.serve(&data, &log);
    serving.until_consumed(feed.records());
    serving.release();
    let events = topics.config().topic("events");
    kafka(&["topics", "--delete", "--topic", &events], "");
    let (code, said) = topics.serve(&data, &log).ended();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("{events} does not exist")), "{said}");
}

/// Where a shard goes on is in its chain; what the group knows is for people who look at its lag.
#[test]
fn the_group_knows_how_far_a_released_shard_is() {
    let Some(topics) = Topics::fresh("lag") else { return };
    let dir = tempfile::tempdir().unwrap();
    let feed = world(0, 5);
    topics.publish(feed.lines(), feed.records());
    let serving = topics.serve(&dir.path().join("data"), &dir.path().join("log"));
    serving.until_consumed(feed.records());
    serving.release();
    let group = topics.config().group();
    let told = kafka(&["groups", "--describe", "--group", &group], "");
    let line = told.lines().find(|line| line.contains(".commands")).unwrap();
    // GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG ...
    let columns: Vec<&str> = line.split_whitespace().collect();
    let records = feed.records().to_string();
    assert_eq!(columns[2..6], ["0", &records, &records, "0"], "{told}");
}
