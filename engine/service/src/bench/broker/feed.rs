//! The topics of a run, its commands published, its answers read.

use crate::bench::measure::Latencies;
use crate::clock;
use crate::config::Config;
use crate::kafka::{Deliveries, broker, client, consumer, overridden, send};
use crate::limits::{BROKER_PATIENCE, BROKER_TIMEOUT, MESSAGE_BYTES_MAX};
use groat_shard::Fault;
use groat_shard::limits::RECORD_BYTES_MAX;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};
use std::time::{Duration, Instant};

/// The topics that a run makes beside groat's own, and deletes with them.
const TOPICS: [&str; 7] =
    ["commands", "events", "outcomes", "settlements", "dead-letter", "copy-commands", "copy"];

/// Makes topics that the plain copy reads and writes.
pub fn make_copy(config: &Config, names: &[&str], partitions: i32) -> Result<(), Fault> {
    let most = MESSAGE_BYTES_MAX.to_string();
    let names: Vec<String> = names.iter().map(|name| config.topic(name)).collect();
    let topics: Vec<NewTopic<'_>> = names
        .iter()
        .map(|name| {
            let topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
            topic.set("max.message.bytes", &most)
        })
        .collect();
    with_admin(config, async |admin, options| {
        admin.create_topics(&topics, options).await.map(|_| ())
    })
}

/// Deletes what the run made. A broker that keeps it has done no harm.
pub(super) fn delete_topics(config: &Config) -> Result<(), Fault> {
    let names = TOPICS.map(|name| config.topic(name));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    with_admin(config, async |admin, options| {
        admin.delete_topics(&names, options).await.map(|_| ())
    })
}

type Admin = AdminClient<DefaultClientContext>;

fn with_admin(
    config: &Config,
    ask: impl AsyncFnOnce(&Admin, &AdminOptions) -> Result<(), KafkaError>,
) -> Result<(), Fault> {
    let failed = |e: KafkaError| broker(config, "the topics of the run cannot be changed", &e);
    let admin: Admin = overridden(client(config), config).create().map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime
        .map_err(|e| Fault::new(format!("no runtime: {e}"), "free some memory and try again"))?;
    let options = AdminOptions::new().operation_timeout(Some(BROKER_TIMEOUT));
    runtime.block_on(ask(&admin, &options)).map_err(failed)
}

/// Publishes records; with a time for each, not before it.
pub(super) fn publish(
    config: &Config,
    topic: &str,
    records: &[Vec<u8>],
    due: Option<&dyn Fn(u64) -> Instant>,
) -> Result<(), Fault> {
    let failed = |e: KafkaError| broker(config, "the commands cannot be published", &e);
    let topic = config.topic(topic);
    let mut settings = client(config);
    settings
        .set("enable.idempotence", "true")
        .set("linger.ms", if due.is_some() { "0" } else { "5" })
        .set("compression.type", "none")
        .set("message.max.bytes", RECORD_BYTES_MAX.to_string());
    let producer: BaseProducer<Deliveries> =
        overridden(settings, config).create_with_context(Deliveries::default()).map_err(failed)?;
    for (no, record) in (0..).zip(records) {
        if let Some(due) = due {
            while let Some(rest) = due(no).checked_duration_since(clock::start()) {
                // Reports are polled while there is time.
                producer.poll(rest.min(Duration::from_millis(1)));
            }
        }
        let record = BaseRecord::<[u8], [u8]>::to(&topic).partition(0).payload(record.as_slice());
        send(&producer, record).map_err(failed)?;
        producer.poll(Duration::ZERO);
    }
    producer.flush(BROKER_PATIENCE).map_err(failed)?;
    match producer.context().failed() {
        0 => Ok(()),
        failed => Err(Fault::new(
            format!("{failed} of {} records could not be published", records.len()),
            "check the broker, then run again",
        )),
    }
}

/// Reads the committed answers to so many records from an offset of a topic on: how long after
/// its time each came.
pub(super) fn answers(
    config: &Config,
    topic: &str,
    from: u64,
    count: u64,
    due: &dyn Fn(u64) -> Instant,
) -> Result<Latencies, Fault> {
    let topic = config.topic(topic);
    let failed = |e: KafkaError| broker(config, &format!("{topic} cannot be read"), &e);
    let mut settings = consumer(config);
    settings.set("group.id", config.topic("answers"));
    let reader: BaseConsumer = overridden(settings, config).create().map_err(failed)?;
    let mut list = TopicPartitionList::new();
    let first = Offset::Offset(i64::try_from(from).unwrap_or(i64::MAX));
    list.add_partition_offset(&topic, 0, first).map_err(failed)?;
    reader.assign(&list).map_err(failed)?;
    let mut latencies = Latencies::new()?;
    let (mut read, mut heard) = (0, clock::start());
    while read < count {
        match reader.poll(Duration::from_millis(100)) {
            Some(Ok(_)) => {
                heard = clock::start();
                latencies.note(heard.saturating_duration_since(due(read)));
                read += 1;
            }
            Some(Err(e)) if !crate::kafka::is_passing(&e) => return Err(failed(e)),
            _ if heard.elapsed() > BROKER_PATIENCE => {
                return Err(Fault::new(
                    format!("{topic} has {read} answers, and no more for a while, of {count}"),
                    "look at what the engine and the broker say",
                ));
            }
            _ => {}
        }
    }
    Ok(latencies)
}

/// The committed end of a topic: where the next answer will be, or behind it.
pub(super) fn end(config: &Config, topic: &str) -> Result<u64, Fault> {
    let topic = config.topic(topic);
    let failed = |e: KafkaError| broker(config, &format!("{topic} cannot be read"), &e);
    let reader: BaseConsumer = overridden(consumer(config), config).create().map_err(failed)?;
    let (_, end) = reader.fetch_watermarks(&topic, 0, BROKER_TIMEOUT).map_err(failed)?;
    Ok(u64::try_from(end).unwrap_or(0))
}
