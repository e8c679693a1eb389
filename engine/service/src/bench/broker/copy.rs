//! The plain transactional copy that groat is compared to: the same records consumed, produced
//! again and committed with their positions, by the best means known, and nothing else done.
//!
//! Its transactions are about as large as groat's; its clients have the same settings.

use crate::clock;
use crate::config::Config;
use crate::kafka::{
    Counters, Deliveries, broker, consumer, delivered, overridden, send, transactional,
};
use crate::limits::{BROKER_TIMEOUT, COPY_BYTES_MAX, COPY_WAIT, POLL_WAIT};
use groat_shard::Fault;
use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, DefaultConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What is copied: a partition of a topic to the same one of another; names behind the prefix.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// The topic read.
    pub from: &'static str,
    /// The topic written.
    pub to: &'static str,
    /// The partition of both.
    pub partition: i32,
}

/// Copies until told to stop.
pub fn plain_copy(
    config: &Config,
    way: Way,
    stop: &AtomicBool,
    counters: &Arc<Counters>,
) -> Result<(), Fault> {
    let failed = |e: KafkaError| broker(config, "the plain copy cannot go on", &e);
    let mut settings = consumer(config);
    settings.set("group.id", config.topic("copy")).set("queued.min.messages", "100000");
    let consumer: BaseConsumer = overridden(settings, config).create().map_err(failed)?;
    let consumer = Arc::new(consumer);
    let commands = config.topic(way.from);
    let queue = consumer.split_partition_queue(&commands, way.partition).ok_or_else(|| {
        Fault::new("the plain copy gets no queue of its partition", "this is a bug of groat")
    })?;
    let id = config.topic(&format!("copy-{}", way.partition));
    let producer = transactional(config, &id).map_err(failed)?;
    producer.init_transactions(BROKER_TIMEOUT).map_err(failed)?;
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(&commands, way.partition, Offset::Beginning).map_err(failed)?;
    consumer.assign(&list).map_err(failed)?;
    let mut copy = Copy { config, way, consumer: &consumer, queue, producer, counters };
    counters.asks();
    while !stop.load(Ordering::Relaxed) {
        // What the main queue has are errors that pass.
        let _ = consumer.poll(Duration::ZERO);
        copy.turn().map_err(failed)?;
    }
    Ok(())
}

struct Copy<'a> {
    config: &'a Config,
    way: Way,
    consumer: &'a BaseConsumer,
    queue: PartitionQueue<DefaultConsumerContext>,
    producer: BaseProducer<Deliveries>,
    counters: &'a Counters,
}

impl Copy<'_> {
    /// One transaction, if there is anything to copy.
    fn turn(&mut self) -> Result<(), KafkaError> {
        let Some(first) = taken(&self.queue, POLL_WAIT)? else { return Ok(()) };
        self.counters.takes();
        let (to, partition) = (self.config.topic(self.way.to), self.way.partition);
        let begun = clock::start();
        self.producer.begin_transaction()?;
        let mut bytes = 0;
        let mut message = Some(first);
        let mut next = 0;
        while let Some(taken_now) = message.take() {
            let payload = taken_now.payload().unwrap_or_default();
            let key = taken_now.key().unwrap_or_default();
            send(
                &self.producer,
                BaseRecord::to(&to).partition(partition).payload(payload).key(key),
            )?;
            bytes += payload.len();
            next = taken_now.offset() + 1;
            if bytes < COPY_BYTES_MAX {
                message = taken(&self.queue, COPY_WAIT)?;
            }
        }
        let sent = begun.elapsed();
        let mut offsets = TopicPartitionList::new();
        offsets.add_partition_offset(
            &self.config.topic(self.way.from),
            partition,
            Offset::Offset(next),
        )?;
        if let Some(group) = self.consumer.group_metadata() {
            self.producer.send_offsets_to_transaction(&offsets, &group, BROKER_TIMEOUT)?;
        }
        let positioned = begun.elapsed();
        if !delivered(&self.producer) {
            return Err(KafkaError::Flush(RDKafkaErrorCode::OperationTimedOut));
        }
        if self.producer.context().failed() > 0 {
            return Err(KafkaError::MessageProduction(RDKafkaErrorCode::MessageTimedOut));
        }
        let delivered = begun.elapsed();
        self.producer.commit_transaction(BROKER_TIMEOUT)?;
        self.counters.add(|done| {
            done.next_offset = u64::try_from(next).unwrap_or(0);
            done.transactions += 1;
            done.last = Some(clock::start());
            done.sending += sent;
            done.positions += positioned - sent;
            done.delivering += delivered - positioned;
            done.ending += begun.elapsed() - delivered;
        });
        Ok(())
    }
}

fn taken<C: ConsumerContext>(
    queue: &PartitionQueue<C>,
    wait: Duration,
) -> Result<Option<BorrowedMessage<'_>>, KafkaError> {
    match queue.poll(wait) {
        None | Some(Err(KafkaError::PartitionEOF(_))) => Ok(None),
        Some(taken) => taken.map(Some),
    }
}
