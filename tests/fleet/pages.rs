//! What the pages of a process say while things happen to it.

use crate::topics::trim;
use groat::kafka::{read_committed, read_events};
use groat_proto::Message;
use groat_proto::v1::{Outcomes, outcome};
use groat_shard::{Block, Shard};
use groat_tests::broker;
use groat_tests::checker::check;
use groat_tests::own_broker::OwnBroker;
use groat_tests::pages::{LISTEN, Pages};
use groat_tests::served::Topics;
use groat_tests::worlds::{across, world};
use std::collections::BTreeMap;

const ORDERS: u64 = 60;

/// A probe that restarts a process because its broker is away makes it worse.
#[test]
fn a_broker_that_dies_is_told_by_readyz_and_not_by_healthz() {
    if broker("pages").is_none() {
        return;
    }
    let own = OwnBroker::new(19_652);
    let topics = Topics::on(own.tell("start"), "pages");
    let dir = tempfile::tempdir().unwrap();
    let serving = topics.serve_with(&dir.path().join("data"), &dir.path().join("log"), &LISTEN);
    let pages = Pages::of(&serving);
    serving.until(|| pages.is_ready());
    assert_eq!(pages.get("/healthz"), (200, "alive\n".into()));

    let feed = world(0, ORDERS);
    let lines: Vec<&str> = feed.lines().split_inclusive('\n').collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    let position = || pages.number("groat_input_position{shard=\"0\"}");
    topics.publish(&first.concat(), first.len() as u64);
    serving.until(|| position() == Some(first.len() as u64));
    serving.until(|| all_is_told(&topics, &pages));
    are_those_of_the_topics(&topics, &pages);

    own.tell("kill");
    serving.until(|| !pages.is_ready());
    let (code, said) = pages.get("/readyz");
    assert_eq!(code, 503, "{said}");
    assert!(said.starts_with("not ready\nthe broker (127.0.0.1:19652) does not answer"), "{said}");
    assert_eq!(pages.get("/healthz").0, 200);
    assert_eq!(pages.number("groat_broker_up"), Some(0));
    assert!(pages.get("/").1.contains("silent for"));

    own.tell("restart");
    serving.until(|| pages.is_ready());
    topics.publish(&second.concat(), second.len() as u64);
    serving.until(|| position() == Some(lines.len() as u64));
    assert_eq!(pages.number("groat_broker_up"), Some(1));
    assert_eq!(pages.number("groat_faults_total{shard=\"0\"}"), Some(0));
    let digest = serving.release();
    assert_eq!(check(&topics.config(), 1).digests, [digest]);
}

/// Whether the topics show all that the process has committed: a broker answers a commit before it
/// has told each partition of it.
fn all_is_told(topics: &Topics, pages: &Pages) -> bool {
    let mut last = 0;
    read_events(&topics.config(), 0, 0, |block| {
        last = Block::parse(block).unwrap().header.number;
        Ok(())
    })
    .unwrap();
    let count = |topic| {
        let mut records = 0;
        read_committed(&topics.config(), topic, 0, |_, _| {
            records += 1;
            Ok(())
        })
        .unwrap();
        records
    };
    let told = [last, count("outcomes"), count("settlements")];
    let counts = ["last_block_number", "records_total", "settlements_total"];
    told.map(Some) == counts.map(|name| pages.number(&format!("groat_{name}{{shard=\"0\"}}")))
}

/// Every count of a process that has committed a whole chain is that of what stands in the topics.
fn are_those_of_the_topics(topics: &Topics, pages: &Pages) {
    let (mut blocks, mut bytes, mut events, mut last) = (0, 0, 0, 0);
    let mut chain: Option<Shard> = None;
    read_events(&topics.config(), 0, 0, |block| {
        let parsed = Block::parse(block).unwrap();
        last = parsed.header.number;
        let begin = || Shard::begin(0, parsed.header.terms.unwrap());
        let _ = chain.get_or_insert_with(begin).follow(&parsed)?;
        // A claim has no body, and is not counted.
        if !parsed.body.is_empty() {
            (blocks, bytes) = (blocks + 1, bytes + block.len() as u64);
            events += parsed.header.events;
        }
        Ok(())
    })
    .unwrap();
    let (mut records, mut answers) = (0, BTreeMap::<String, u64>::new());
    read_committed(&topics.config(), "outcomes", 0, |_, value| {
        records += 1;
        for outcome in Outcomes::decode(value).unwrap().outcomes {
            let kind = match outcome.result.unwrap() {
                outcome::Result::Accepted(_) => "outcome=\"accepted\"".into(),
                outcome::Result::Rejected(rejected) => format!("code=\"{}\"", rejected.name),
                outcome::Result::Malformed(_) => "outcome=\"malformed\"".into(),
            };
            *answers.entry(kind).or_default() += 1;
        }
        Ok(())
    })
    .unwrap();
    let mut settlements = 0;
    read_committed(&topics.config(), "settlements", 0, |_, _| {
        settlements += 1;
        Ok(())
    })
    .unwrap();
    let chain = chain.unwrap();
    let accounts = chain.books().ledger().tables().accounts.next_no();
    for (name, count) in [
        ("groat_accounts", accounts.into()),
        ("groat_ids_kept", chain.books().ids_kept()),
        ("groat_blocks_total", blocks),
        ("groat_block_bytes_total", bytes),
        ("groat_events_total", events),
        ("groat_records_total", records),
        ("groat_settlements_total", settlements),
        ("groat_last_block_number", last),
        ("groat_last_event_number", events),
        ("groat_commit_seconds_count", blocks),
        ("groat_disk_write_seconds_count", blocks),
        ("groat_input_lag", 0),
    ] {
        assert_eq!(pages.number(&format!("{name}{{shard=\"0\"}}")), Some(count), "{name}");
    }
    let is_count = |name: &str| {
        name.starts_with("groat_commands_total{") || name.starts_with("groat_rejections_total{")
    };
    for (kind, count) in &answers {
        let told = pages.sum(|name| is_count(name) && name.contains(kind));
        assert_eq!(told, Some(*count), "{kind}");
    }
    let commands = pages.sum(|name| name.starts_with("groat_commands_total{"));
    assert_eq!(commands, Some(answers.values().sum()));
}

/// It has nothing to serve, and is ready to.
#[test]
fn a_standby_is_ready_and_says_what_it_follows_until_it_takes_over() {
    let Some(topics) = Topics::fresh("standby-pages") else { return };
    let dir = tempfile::tempdir().unwrap();
    let feed = world(0, ORDERS);
    let owner = topics.serve_with(&dir.path().join("a"), &dir.path().join("log-a"), &LISTEN);
    owner.until_says("shard is owned");
    let flags = [LISTEN[0], LISTEN[1], "--standby"];
    let standby = topics.serve_with(&dir.path().join("b"), &dir.path().join("log-b"), &flags);
    let (owns, follows) = (Pages::of(&owner), Pages::of(&standby));
    standby.until(|| follows.is_ready());
    let (_, said) = follows.get("/readyz");
    assert!(said.contains("the group has given this process no shard"), "{said}");
    topics.publish(feed.lines(), feed.records());
    owner.until_consumed(feed.records());
    let in_state = |pages: &Pages, state: &str| {
        pages.number(&format!("groat_shard_state{{shard=\"0\",state=\"{state}\"}}")) == Some(1)
    };
    assert!(in_state(&owns, "serving"));
    standby.until(|| in_state(&follows, "following"));
    let block = "groat_last_block_number{shard=\"0\"}";
    standby.until(|| follows.number(block) == owns.number(block));
    assert_eq!(follows.number("groat_input_position{shard=\"0\"}"), None, "the owner tells it");
    owner.kill();
    standby.until(|| in_state(&follows, "serving"));
    standby.until(|| follows.is_ready());
    standby.release();
}

/// Others go on, so the process is not to be started anew; but it is not ready, and says why.
#[test]
fn a_shard_that_a_fault_has_stopped_is_told_with_its_fault() {
    let Some(topics) = Topics::sharded_fresh("stopped-pages", 2) else { return };
    let dir = tempfile::tempdir().unwrap();
    let feed = across(8, 3, 20);
    topics.publish(feed.lines(), feed.records());
    trim(&topics, "commands", 3, dir.path());
    let serving = topics.serve_with(&dir.path().join("data"), &dir.path().join("log"), &LISTEN);
    let pages = Pages::of(&serving);
    let state = |shard: u32, state: &str| {
        let sample = format!("groat_shard_state{{shard=\"{shard}\",state=\"{state}\"}}");
        pages.number(&sample) == Some(1)
    };
    serving.until(|| state(0, "stopped") && state(1, "serving"));
    for (path, code) in [("/healthz", 200), ("/readyz", 503)] {
        let (is, said) = pages.get(path);
        assert_eq!(is, code, "{said}");
        for words in ["shard 0 has stopped", "the chain needs 0 next", "restore the topic"] {
            assert!(said.contains(words), "{path}: {said}");
        }
    }
    assert!(pages.get("/readyz").1.contains("shard 1 serves"));
    assert_eq!(pages.number("groat_faults_total{shard=\"0\"}"), Some(1));
    assert!(pages.get("/").1.contains("commands were trimmed before they were decided"));
}
