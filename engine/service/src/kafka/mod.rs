//! Everything that speaks to a broker.
//!
//! | module | what |
//! |---|---|
//! | `topics` | makes and checks the topics |
//! | `publish` | lines to commands |
//! | `events` | reads a shard's blocks |
//! | `log` | the trait [`log::Log`]: what a broker does for one shard |
//! | `broker_log` | that, by librdkafka |
//! | `commit` | the commit protocol: a block gets into the log once, whatever the broker does |
//! | `told` | what was told of a shard and is not in its chain yet |
//! | `catch_up` | how an owner comes to the state of the chain |
//! | `owner` | the life of a shard |
//! | `source` | its input |
//! | `standby` | a shard of another process, followed |
//! | `standbys` | the threads on which that is done |
//! | `serve` | the consumer group gives and takes shards |
//! | `counters` | what was done so far |
//! | `status` | how shards are, for who looks from outside |
//! | `watch` | asks the broker whether it is there, for the same |
//! | `signals` | SIGTERM, and the pages of `http` |

pub mod back;
mod broker_log;
pub mod catch_up;
mod commit;
mod counters;
mod events;
pub mod log;
pub mod owner;
mod publish;
mod serve;
mod signals;
mod source;
pub mod standby;
mod standbys;
pub mod status;
pub mod takeover;
mod told;
mod topics;
mod watch;

pub use counters::{Counters, Done};
pub use events::{read_committed, read_events};
pub use publish::{Published, publish};
pub use serve::{serve, serve_until};
pub use topics::{Topics, check_topics};

use crate::clock;
use crate::config::Config;
use crate::limits::{BROKER_TIMEOUT, DELIVERY_PAUSE, MESSAGE_BYTES_MAX, OPEN_BYTES_MAX};
use crate::local::ClockSource;
use groat_proto::v1::ChainTerms;
use groat_shard::Fault;
use groat_shard::limits::BODY_BYTES_SEAL;
use owner::Settings;
use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Message, ToBytes};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};
use status::ShardStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What every client of a broker is configured with.
pub(crate) fn client(config: &Config) -> ClientConfig {
    let mut client = ClientConfig::new();
    client
        .set("bootstrap.servers", &config.brokers)
        .set("client.id", "groat")
        .set("topic.metadata.refresh.interval.ms", "10000")
        .set("reconnect.backoff.max.ms", "1000")
        .set("log_level", "3");
    client
}

/// Properties of the operator, over ours.
pub(crate) fn overridden(mut client: ClientConfig, config: &Config) -> ClientConfig {
    for (name, value) in &config.kafka {
        client.set(name, value);
    }
    client
}

pub(crate) fn consumer(config: &Config) -> ClientConfig {
    let mut client = client(config);
    client
        .set("group.id", config.group())
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "error")
        .set("isolation.level", "read_committed")
        .set("fetch.queue.backoff.ms", "5")
        .set("fetch.wait.max.ms", "10")
        .set("max.partition.fetch.bytes", MESSAGE_BYTES_MAX.to_string())
        .set("fetch.message.max.bytes", MESSAGE_BYTES_MAX.to_string())
        .set("check.crcs", "true");
    client
}

pub(crate) fn broker(config: &Config, what: &str, error: &KafkaError) -> Fault {
    Fault::new(
        format!("{what} (brokers {}): {error}", config.brokers),
        "check that the broker is up and reachable at that address, then start again; nothing \
         that was acknowledged is lost",
    )
}

/// What a shard is run with, by the configuration; each time as a new owner.
fn settings(config: &Config, shard: u32, shards: u32, status: Arc<ShardStatus>) -> Settings {
    Settings {
        shard,
        terms: ChainTerms {
            shards,
            command_clock: config.clock == ClockSource::Command,
            id_window_ms: config.id_window_hours.saturating_mul(3_600_000),
            day_offset_min: config.day_offset,
            transfers: shards > 1,
        },
        topic: config.topic("commands"),
        transfers: config.topic("transfers"),
        snapshot_bytes: config.snapshot_bytes,
        block_bytes: BODY_BYTES_SEAL,
        open_bytes: OPEN_BYTES_MAX,
        owner: clock::owner_name(),
        status,
    }
}

/// How many partitions a topic has.
fn partitions(config: &Config, topic: &str) -> Result<u32, Fault> {
    use rdkafka::consumer::{BaseConsumer, Consumer};
    let consumer: BaseConsumer = overridden(consumer(config), config)
        .create()
        .map_err(|e| broker(config, "no consumer can be made", &e))?;
    let metadata = consumer
        .fetch_metadata(Some(topic), BROKER_TIMEOUT)
        .map_err(|e| broker(config, "the broker does not answer", &e))?;
    let found = metadata.topics().iter().find(|t| t.name() == topic && t.error().is_none());
    let count = found.map_or(0, |t| t.partitions().len());
    if count == 0 {
        return Err(Fault::new(
            format!("topic {topic} does not exist"),
            "make the topics with `groat topics --create`",
        ));
    }
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Whether the client library mends this by itself: connections come and go.
pub(crate) fn is_passing(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::AllBrokersDown
                | RDKafkaErrorCode::Resolve
                | RDKafkaErrorCode::OperationTimedOut
        )
    )
}

/// What a [`Deliveries`] is told of a record: that it is a block.
const BLOCK: usize = 1;

/// What it is told of any other.
pub(crate) const RECORD: usize = 0;

/// Counts the records that a producer could not deliver, and knows where blocks stand.
#[derive(Default)]
pub(crate) struct Deliveries {
    failed: AtomicU64,
    /// The offset after the last block that was delivered; 0 if none was.
    after_block: AtomicU64,
}

impl Deliveries {
    pub(crate) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    pub(crate) fn start_over(&self) {
        self.failed.store(0, Ordering::Relaxed);
        self.after_block.store(0, Ordering::Relaxed);
    }

    /// The offset of the last block that was delivered since it was started over.
    fn block_at(&self) -> Option<u64> {
        self.after_block.load(Ordering::Relaxed).checked_sub(1)
    }
}

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    /// [`BLOCK`] or [`RECORD`].
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, what: usize) {
        match result {
            Ok(record) if what == BLOCK => {
                let after = u64::try_from(record.offset() + 1).unwrap_or(0);
                self.after_block.store(after, Ordering::Relaxed);
            }
            Ok(_) => {}
            Err(_) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// A producer of transactions under this id: the one that fences earlier ones when it begins.
pub(crate) fn transactional(
    config: &Config,
    id: &str,
) -> Result<BaseProducer<Deliveries>, KafkaError> {
    let mut settings = client(config);
    settings
        .set("transactional.id", id)
        .set("enable.idempotence", "true")
        .set("transaction.timeout.ms", "15000")
        .set("linger.ms", "0")
        .set("retry.backoff.ms", "10")
        .set("compression.type", "none")
        .set("message.max.bytes", MESSAGE_BYTES_MAX.to_string());
    overridden(settings, config).create_with_context(Deliveries::default())
}

/// Queues a record; while the queue is full, waits for some of it to be delivered.
pub(crate) fn send<C, K, P>(
    producer: &BaseProducer<C>,
    mut record: BaseRecord<'_, K, P, C::DeliveryOpaque>,
) -> Result<(), KafkaError>
where
    C: ProducerContext,
    K: ToBytes + ?Sized,
    P: ToBytes + ?Sized,
{
    let mut full_since = None;
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back))
                if full_since.get_or_insert_with(crate::clock::start).elapsed()
                    < BROKER_TIMEOUT =>
            {
                record = back;
                producer.poll(Duration::from_millis(10));
            }
            Err((error, _)) => return Err(error),
        }
    }
}

/// Waits until the broker has answered for every record; false when it does not in time. The
/// client's own way to wait takes 100 ms, and its `poll` keeps a core busy for the last
/// millisecond of its timeout.
pub(crate) fn delivered(producer: &BaseProducer<Deliveries>) -> bool {
    let started = crate::clock::start();
    while producer.in_flight_count() > 0 {
        producer.poll(Duration::ZERO);
        if started.elapsed() > BROKER_TIMEOUT {
            return false;
        }
        std::thread::sleep(DELIVERY_PAUSE);
    }
    true
}
