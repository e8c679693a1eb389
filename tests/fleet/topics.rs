//! Topics that lost what they must have.

use groat::config::Config;
use groat::kafka::read_events;
use groat_tests::checker::check;
use groat_tests::own_broker::kafka;
use groat_tests::served::Topics;
use groat_tests::worlds::world;
use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::path::Path;
use std::time::Duration;

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

/// A broker acknowledges a block and aborts it all the same (KAFKA-20734 leads to that). Whoever
/// has it in a copy gives it to the topic again, also a claim.
#[test]
fn the_last_block_that_a_broker_lost_is_given_again() {
    let Some(topics) = Topics::fresh("lost-last") else { return };
    let dir = tempfile::tempdir().unwrap();
    let (data, log) = (dir.path().join("data"), dir.path().join("log"));
    let feed = world(0, 5);
    topics.publish(feed.lines(), feed.records());
    let serving = topics.serve(&data, &log);
    serving.until_consumed(feed.records());
    let digest = serving.release();
    for given_again in [1, 2] {
        let mut blocks = Vec::new();
        read_events(&topics.config(), 0, 0, |block| {
            blocks.push(block.to_vec());
            Ok(())
        })
        .unwrap();
        let last = blocks.split_off(blocks.len() - 1);
        kafka(&["topics", "--delete", "--topic", &topics.config().topic("events")], "");
        topics.make(1);
        write_events(&topics.config(), &blocks, &last);
        let serving = topics.serve(&data, &log);
        serving.until(|| serving.said().matches("shard is owned").count() > given_again);
        assert_eq!(serving.said().matches("it is given it again").count(), given_again);
        assert_eq!(serving.release(), digest);
        let checked = check(&topics.config(), 1);
        assert_eq!((checked.digests, checked.records), (vec![digest.clone()], feed.records()));
    }
}

/// Writes blocks in a transaction that is committed, and others in one that is not.
fn write_events(config: &Config, committed: &[Vec<u8>], aborted: &[Vec<u8>]) {
    let wait = Duration::from_secs(30);
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", &config.brokers).set("transactional.id", &config.prefix);
    let producer: BaseProducer = client.create().unwrap();
    producer.init_transactions(wait).unwrap();
    for blocks in [committed, aborted] {
        producer.begin_transaction().unwrap();
        for block in blocks {
            let topic = config.topic("events");
            let record = BaseRecord::<(), [u8]>::to(&topic).partition(0).payload(block);
            producer.send(record).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(wait).unwrap();
        if blocks == committed {
            producer.commit_transaction(wait).unwrap();
        } else {
            producer.abort_transaction(wait).unwrap();
        }
    }
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
