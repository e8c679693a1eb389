//! Kafka mode against a real broker: what leaves, what stays, what is refused at the door.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bench;

use groat::kafka::read_committed;
use groat_proto::Message;
use groat_proto::v1::{Outcomes, Settlement, outcome};
use groat_tests::own_broker::{OwnBroker, kafka};
use groat_tests::served::Topics;
use groat_tests::{binary, broker, run, stderr, stdout};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

fn examples() -> String {
    let readme = include_str!("../../proto/README.md");
    let lines = readme.lines().filter(|line| line.starts_with("{\"id\":\"019c1000"));
    lines.map(|line| format!("{line}\n")).collect()
}

fn count(lines: &str) -> u64 {
    lines.lines().count() as u64
}

#[test]
fn commands_become_outcomes_settlements_and_blocks() {
    let Some(topics) = Topics::fresh("walk") else { return };
    let dir = tempfile::tempdir().unwrap();
    let lines = examples();
    topics.publish(&lines, count(&lines));
    let serving = topics.serve(&dir.path().join("data"), &dir.path().join("log"));
    serving.until_consumed(count(&lines));
    let digest = serving.release();

    let (mut answered, mut told) = (0, BTreeSet::new());
    read_committed(&topics.config(), "outcomes", 0, |key, value| {
        let outcomes = Outcomes::decode(value).unwrap().outcomes;
        assert!(outcomes.iter().all(|o| matches!(o.result, Some(outcome::Result::Accepted(_)))));
        assert!(outcomes.iter().all(|o| o.position.unwrap().offset == answered));
        assert!(answered > 0 || key == b"tea-app", "the key of the input record");
        answered += 1;
        Ok(())
    })
    .unwrap();
    assert_eq!(answered, count(&lines));
    read_committed(&topics.config(), "settlements", 0, |key, value| {
        let settlement = Settlement::decode(value).unwrap();
        assert!(!key.is_empty());
        assert!(told.insert((settlement.event, settlement.part)), "each settlement once");
        Ok(())
    })
    .unwrap();

    // An auditor reads the topic itself, and needs nothing of ours on disk.
    let config = topics.config();
    for command in ["verify", "audit"] {
        let topic = ["--brokers", &config.brokers, "--prefix", &config.prefix, "--shard", "0"];
        let read = run("groat-replay", &[&[command], &topic[..]].concat());
        assert!(read.status.success(), "{command}: {}", stderr(&read));
        assert!(stdout(&read).contains(&digest), "{command} ends in the same state");
    }

    let file = dir.path().join("commands.jsonl");
    std::fs::write(&file, &lines).unwrap();
    let (data, settled) = (dir.path().join("local"), dir.path().join("settled.jsonl"));
    let local = run(
        "groat",
        &[
            "run",
            "--clock",
            "command",
            "--outcomes",
            "/dev/null",
            "--data",
            data.to_str().unwrap(),
            "--commands",
            file.to_str().unwrap(),
            "--settlements",
            settled.to_str().unwrap(),
        ],
    );
    assert_eq!(digest, groat_tests::digest(&local));
    let local_told = std::fs::read_to_string(settled).unwrap();
    assert_eq!(told.len() as u64, count(&local_told));

    // A merchant's bills are the same bytes from the topic and from the other copy on disk.
    let topic = ["--brokers", &config.brokers, "--prefix", &config.prefix];
    let made: Vec<BTreeMap<String, Vec<u8>>> = [&topic[..], &[data.to_str().unwrap()]]
        .iter()
        .map(|from| {
            let folder = tempfile::tempdir().unwrap();
            let whose = ["bills", "--merchant", "tea-house", "--date", "2026-01-31", "--output"];
            let folder_name = folder.path().to_str().unwrap();
            let made = run("groat-replay", &[&whose[..], &[folder_name], from].concat());
            assert!(made.status.success(), "{}", stderr(&made));
            let files = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
            let name = |file: &std::fs::DirEntry| file.file_name().into_string().unwrap();
            files.map(|file| (name(&file), std::fs::read(file.path()).unwrap())).collect()
        })
        .collect();
    assert_eq!(made[0].len(), 8, "four files with their sums");
    assert_eq!(made[0], made[1]);
}

#[test]
fn a_shard_goes_on_where_it_was_also_without_its_local_copy() {
    let Some(topics) = Topics::fresh("goes-on") else { return };
    let dir = tempfile::tempdir().unwrap();
    let (data, log) = (dir.path().join("data"), dir.path().join("log"));
    let lines = examples();
    let thirds: Vec<&str> = lines.split_inclusive('\n').collect();
    let mut published = 0;
    for (n, third) in thirds.chunks(thirds.len().div_ceil(3)).enumerate() {
        if n == 2 {
            std::fs::remove_dir_all(&data).unwrap();
        }
        let serving = topics.serve(&data, &log);
        topics.publish(&third.concat(), third.len() as u64);
        published += third.len() as u64;
        serving.until_consumed(published);
        if n == 0 { serving.kill() } else { drop(serving.release()) }
    }
    // The same commands once more are all answered as replays: nothing moves.
    let serving = topics.serve(&data, &log);
    topics.publish(&lines, count(&lines));
    serving.until_consumed(2 * published);
    let digest = serving.release();
    let (mut replays, mut all) = (0, 0);
    read_committed(&topics.config(), "outcomes", 0, |_, value| {
        for outcome in Outcomes::decode(value).unwrap().outcomes {
            all += 1;
            replays += u64::from(outcome.replay);
        }
        Ok(())
    })
    .unwrap();
    assert_eq!((all, replays), (2 * published, published));
    let local = dir.path().join("local");
    let file = dir.path().join("commands.jsonl");
    std::fs::write(&file, &lines).unwrap();
    let args = ["run", "--clock", "command", "--outcomes", "/dev/null"];
    let paths = ["--data", local.to_str().unwrap(), "--commands", file.to_str().unwrap()];
    assert_eq!(digest, groat_tests::digest(&run("groat", &[&args[..], &paths].concat())));
}

#[test]
fn what_is_no_command_goes_to_the_dead_letters_and_the_shard_goes_on() {
    let Some(topics) = Topics::fresh("dead") else { return };
    let dir = tempfile::tempdir().unwrap();
    let serving = topics.serve(&dir.path().join("data"), &dir.path().join("log"));
    let commands = format!("{}.commands", topics.config().prefix);
    kafka(&["producer", "--topic", &commands], "this is no record\n");
    let lines = examples();
    topics.publish(&lines, count(&lines));
    serving.until_consumed(count(&lines) + 1);
    serving.release();
    let mut dead = Vec::new();
    read_committed(&topics.config(), "dead-letter", 0, |_, value| {
        dead.push(String::from_utf8_lossy(value).into_owned());
        Ok(())
    })
    .unwrap();
    assert_eq!(dead, ["this is no record"]);
}

#[test]
fn topics_with_wrong_settings_are_named_and_refused() {
    let Some(topics) = Topics::fresh("settings") else { return };
    let prefix = topics.config().prefix;
    let topic = |name: &str| format!("{prefix}.{name}");
    for (name, setting) in [
        ("commands", "message.timestamp.type=CreateTime"),
        ("events", "cleanup.policy=compact"),
        ("transfers", "retention.ms=604800000"),
    ] {
        let (topic, alter) = (topic(name), ["--alter", "--add-config", setting]);
        let entity = ["configs", "--entity-type", "topics", "--entity-name", &topic];
        kafka(&[&entity[..], &alter].concat(), "");
    }
    let flags = ["--brokers", &topics.config().brokers, "--prefix", &prefix];
    let checked = run("groat", &[&["topics"], &flags[..]].concat());
    assert_eq!(checked.status.code(), Some(1));
    for says in [
        "message.timestamp.type = CreateTime",
        "cleanup.policy = compact",
        "transfers has retention.ms = 604800000; it must be -1",
    ] {
        assert!(stderr(&checked).contains(says), "{}", stderr(&checked));
    }
    let dir = tempfile::tempdir().unwrap();
    let data = ["--data", dir.path().to_str().unwrap()];
    let served = run("groat", &[&["serve"], &flags[..], &data].concat());
    assert_eq!(served.status.code(), Some(1));
    assert!(stderr(&served).contains("must be LogAppendTime"), "{}", stderr(&served));
}

/// Consumers that deduplicate by offset alone fall for this: the broker was reset to empty while
/// old state is on disk.
#[test]
fn a_reset_broker_is_noticed() {
    let Some(topics) = Topics::fresh("reset") else { return };
    let dir = tempfile::tempdir().unwrap();
    let (data, log) = (dir.path().join("data"), dir.path().join("log"));
    let lines = examples();
    topics.publish(&lines, count(&lines));
    let serving = topics.serve(&data, &log);
    serving.until_consumed(count(&lines));
    serving.release();
    let prefix = topics.config().prefix;
    for name in ["commands", "events"] {
        kafka(&["topics", "--delete", "--topic", &format!("{prefix}.{name}")], "");
    }
    let flags = ["--brokers", &topics.config().brokers, "--prefix", &prefix];
    let made = run("groat", &[&["topics", "--create"], &flags[..]].concat());
    assert!(made.status.success(), "{}", stderr(&made));
    let args = ["serve", "--clock", "command", "--data", data.to_str().unwrap()];
    let served = run("groat", &[&args[..], &flags].concat());
    assert_eq!(served.status.code(), Some(1));
    assert!(stderr(&served).contains("which the log does not have"), "{}", stderr(&served));
}

#[test]
fn shards_are_chains_of_their_own() {
    let Some(topics) = Topics::fresh("shards") else { return };
    let dir = tempfile::tempdir().unwrap();
    let flags = ["--brokers", &topics.config().brokers, "--prefix", &topics.config().prefix];
    for name in ["commands", "events", "outcomes", "settlements", "transfers"] {
        let topic = format!("{}.{name}", topics.config().prefix);
        kafka(&["topics", "--alter", "--topic", &topic, "--partitions", "3"], "");
    }
    let checked = run("groat", &[&["topics"], &flags[..]].concat());
    assert!(checked.status.success(), "{}", stderr(&checked));
    let open = |n: u32| {
        format!(
            "{{\"id\":\"019c1000-0000-7000-8000-0000000010{n:02}\",\
             \"open_ledger_account\":{{\"account\":\"a{n}\",\"currency\":\"USD\"}}}}\n"
        )
    };
    let lines: String = (0..60).map(open).collect();
    topics.publish(&lines, 60);
    let log = dir.path().join("log");
    let serving = topics.serve(&dir.path().join("data"), &log);
    let answered = |shard| {
        let mut answered = 0;
        read_committed(&topics.config(), "outcomes", shard, |_, value| {
            answered += 1;
            // The client library sends a record to the shard where the account is at home.
            let told = Outcomes::decode(value).unwrap().outcomes.remove(0).result;
            assert!(matches!(told, Some(outcome::Result::Accepted(_))), "{told:?}");
            Ok(())
        })
        .unwrap();
        answered
    };
    serving.until(|| (0..3).map(answered).sum::<u64>() == 60);
    serving.release();
    assert!((0..3).all(|shard| answered(shard) > 5), "the keys spread over the shards");
    let said = std::fs::read_to_string(log).unwrap();
    for shard in 0..3 {
        assert!(said.contains(&format!("shard is released shard={shard}")), "{said}");
    }
}

#[test]
fn a_broker_that_is_away_is_said_clearly() {
    if broker("away").is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let args = ["serve", "--brokers", "127.0.0.1:1", "--data", data];
    let ended = Command::new(binary("groat")).args(args).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let said = stderr(&ended);
    assert!(said.contains("127.0.0.1:1") && said.contains("check that the broker is up"), "{said}");
}

#[test]
fn a_broker_that_dies_and_comes_back_costs_nothing() {
    if broker("dies").is_none() {
        return;
    }
    let own = OwnBroker::new(19_592);
    let topics = Topics::on(own.tell("start"), "dies");
    let dir = tempfile::tempdir().unwrap();
    let serving = topics.serve(&dir.path().join("data"), &dir.path().join("log"));
    serving.until_says("shard is owned");
    let lines = examples();
    let halves: Vec<&str> = lines.split_inclusive('\n').collect();
    let (first, second) = halves.split_at(halves.len() / 2);
    topics.publish(&first.concat(), first.len() as u64);
    own.tell("kill");
    serving.until_says("still trying");
    own.tell("restart");
    topics.publish(&second.concat(), second.len() as u64);
    serving.until_consumed(halves.len() as u64);
    let digest = serving.release();
    let (local, file) = (dir.path().join("local"), dir.path().join("commands.jsonl"));
    std::fs::write(&file, &lines).unwrap();
    let args = ["run", "--clock", "command", "--outcomes", "/dev/null"];
    let paths = ["--data", local.to_str().unwrap(), "--commands", file.to_str().unwrap()];
    assert_eq!(digest, groat_tests::digest(&run("groat", &[&args[..], &paths].concat())));
}
