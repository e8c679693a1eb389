//! The topics: which there are, with which settings, and what is wrong with those that exist.

use super::{broker, client, overridden};
use crate::config::Config;
use crate::limits::{BROKER_TIMEOUT, MESSAGE_BYTES_MAX, TOPIC_PAUSE, TOPIC_TRIES};
use groat_shard::Fault;
use groat_shard::limits::RECORD_BYTES_MAX;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use std::collections::BTreeMap;
use std::thread;

/// What was found and done.
#[derive(Debug, Default, serde::Serialize)]
pub struct Topics {
    /// Topics made now.
    pub created: Vec<String>,
    /// Topics that exist and are right.
    pub right: Vec<String>,
    /// What is wrong, a sentence each.
    pub wrong: Vec<String>,
    /// What cannot do harm but is worth knowing, a sentence each.
    pub notes: Vec<String>,
}

struct Spec {
    name: &'static str,
    per_shard: bool,
    settings: Vec<(&'static str, String)>,
}

fn specs() -> Vec<Spec> {
    let week = (7u64 * 86_400_000).to_string();
    let record = RECORD_BYTES_MAX.to_string();
    let block = MESSAGE_BYTES_MAX.to_string();
    let spec = |name, per_shard, settings: &[(&'static str, &str)]| Spec {
        name,
        per_shard,
        settings: settings.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
    };
    let delete = ("cleanup.policy", "delete");
    vec![
        spec(
            "commands",
            true,
            &[
                ("message.timestamp.type", "LogAppendTime"),
                delete,
                ("retention.ms", &week),
                ("max.message.bytes", &record),
            ],
        ),
        spec(
            "events",
            true,
            &[
                delete,
                ("retention.ms", "-1"),
                ("retention.bytes", "-1"),
                ("max.message.bytes", &block),
            ],
        ),
        spec("outcomes", true, &[delete, ("retention.ms", &week), ("max.message.bytes", &block)]),
        spec("settlements", true, &[delete, ("max.message.bytes", &record)]),
        spec(
            "transfers",
            true,
            &[
                ("message.timestamp.type", "LogAppendTime"),
                delete,
                ("retention.ms", "-1"),
                ("retention.bytes", "-1"),
                ("max.message.bytes", &record),
            ],
        ),
        spec("dead-letter", false, &[delete, ("max.message.bytes", &block)]),
    ]
}

/// Settings of which another value than ours breaks a promise; others are the operator's choice.
const BINDING: [(&str, &str); 9] = [
    ("transfers", "message.timestamp.type"),
    ("transfers", "cleanup.policy"),
    ("transfers", "retention.ms"),
    ("transfers", "retention.bytes"),
    ("commands", "message.timestamp.type"),
    ("commands", "cleanup.policy"),
    ("events", "cleanup.policy"),
    ("events", "retention.ms"),
    ("events", "retention.bytes"),
];

/// Checks the topics; with `create`, makes those that are missing, with `partitions` shards.
pub fn check_topics(
    config: &Config,
    create: bool,
    partitions: u32,
    replication: i32,
) -> Result<Topics, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime
        .map_err(|e| Fault::new(format!("no runtime: {e}"), "free some memory and try again"))?;
    runtime.block_on(check(config, create, partitions, replication))
}

async fn check(
    config: &Config,
    create: bool,
    partitions: u32,
    replication: i32,
) -> Result<Topics, Fault> {
    let admin: AdminClient<DefaultClientContext> = overridden(client(config), config)
        .create()
        .map_err(|e| broker(config, "no admin client can be made", &e))?;
    let metadata = admin
        .inner()
        .fetch_metadata(None, BROKER_TIMEOUT)
        .map_err(|e| broker(config, "the broker does not answer", &e))?;
    let existing: BTreeMap<String, usize> = metadata
        .topics()
        .iter()
        .map(|topic| (topic.name().to_owned(), topic.partitions().len()))
        .collect();
    let mut topics = Topics::default();
    let shards = existing.get(&config.topic("commands")).copied();
    let shards = shards.unwrap_or(usize::try_from(partitions).unwrap_or(1));
    for spec in specs() {
        let name = config.topic(spec.name);
        let wanted = if spec.per_shard { shards } else { 1 };
        match existing.get(&name) {
            Some(has) => {
                check_one(config, &admin, &spec, &name, (*has, wanted), &mut topics).await?;
            }
            None if create => {
                make(config, &admin, &spec, &name, wanted, replication).await?;
                topics.created.push(name);
            }
            None => topics
                .wrong
                .push(format!("{name} does not exist; make it with `groat topics --create`")),
        }
    }
    wait_for(config, &admin, &topics.created)?;
    Ok(topics)
}

/// A broker that has taken a topic on tells of it some moments later: whoever serves right after
/// would miss it.
fn wait_for(
    config: &Config,
    admin: &AdminClient<DefaultClientContext>,
    created: &[String],
) -> Result<(), Fault> {
    for _ in 0..TOPIC_TRIES {
        let metadata = admin
            .inner()
            .fetch_metadata(None, BROKER_TIMEOUT)
            .map_err(|e| broker(config, "the broker does not answer", &e))?;
        let is_there = |name: &&String| {
            let mut topics = metadata.topics().iter();
            let topic = topics.find(|topic| topic.name() == name.as_str());
            topic.is_some_and(|topic| topic.partitions().iter().all(|p| p.leader() >= 0))
        };
        if created.iter().filter(is_there).count() == created.len() {
            return Ok(());
        }
        thread::sleep(TOPIC_PAUSE);
    }
    Err(Fault::new(
        format!("the broker does not tell of all it made: {}", created.join(", ")),
        "check that the brokers are well, then check again with `groat topics`",
    ))
}

async fn make(
    config: &Config,
    admin: &AdminClient<DefaultClientContext>,
    spec: &Spec,
    name: &str,
    partitions: usize,
    replication: i32,
) -> Result<(), Fault> {
    let count = i32::try_from(partitions).unwrap_or(i32::MAX);
    let mut topic = NewTopic::new(name, count, TopicReplication::Fixed(replication));
    for (key, value) in &spec.settings {
        topic = topic.set(key, value);
    }
    let options = AdminOptions::new().operation_timeout(Some(BROKER_TIMEOUT));
    let made = admin.create_topics([&topic], &options).await;
    let made = made.map_err(|e| broker(config, "topics cannot be made", &e))?;
    match made.into_iter().next() {
        Some(Err((name, code))) => Err(Fault::new(
            format!("topic {name} cannot be made: {code}"),
            "check replication (at most the number of brokers), names and permissions",
        )),
        _ => Ok(()),
    }
}

async fn check_one(
    config: &Config,
    admin: &AdminClient<DefaultClientContext>,
    spec: &Spec,
    name: &str,
    (has, wanted): (usize, usize),
    topics: &mut Topics,
) -> Result<(), Fault> {
    let wrong_before = topics.wrong.len();
    if has != wanted {
        topics.wrong.push(format!(
            "{name} has {has} partitions and must have {wanted}, as many as {}",
            config.topic("commands")
        ));
    }
    let options = AdminOptions::new().request_timeout(Some(BROKER_TIMEOUT));
    let found = admin.describe_configs(&[ResourceSpecifier::Topic(name)], &options).await;
    let found = found.map_err(|e| broker(config, "topic settings cannot be read", &e))?;
    let Some(Ok(resource)) = found.into_iter().next() else {
        topics.wrong.push(format!("the settings of {name} cannot be read; check permissions"));
        return Ok(());
    };
    for (key, ours) in &spec.settings {
        let theirs = resource.get(key).and_then(|entry| entry.value.clone()).unwrap_or_default();
        if theirs == *ours {
            continue;
        }
        let size = *key == "max.message.bytes";
        let too_small = size && theirs.parse::<u64>().ok() < ours.parse().ok();
        if BINDING.contains(&(spec.name, key)) || too_small {
            topics.wrong.push(format!("{name} has {key} = {theirs}; it must be {ours}"));
        } else if !size {
            topics.notes.push(format!("{name} has {key} = {theirs}; the default is {ours}"));
        }
    }
    if topics.wrong.len() == wrong_before {
        topics.right.push(name.to_owned());
    }
    Ok(())
}
