//! The input of a shard on a broker: a partition of the `commands` topic.

use super::counters::Counters;
use super::owner::{Input, Source};
use super::serve::{Group, GroupConsumer};
use super::status::ShardStatus;
use super::{broker, consumer, is_passing, overridden};
use crate::clock;
use crate::config::Config;
use crate::limits::{
    BROKER_PATIENCE, BROKER_TIMEOUT, END_WAIT, POLL_BYTES_MAX, POLL_RECORDS_MAX, RETRY_PAUSE,
};
use groat_shard::Fault;
use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::{Offset, TopicPartitionList};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// A partition of the `commands` topic, and what other shards send to it.
pub(super) struct KafkaSource {
    pub(super) config: Config,
    /// Reads what other shards send, if they do.
    pub(super) transfers: Option<Transfers>,
    pub(super) consumer: Weak<GroupConsumer>,
    pub(super) topic: String,
    pub(super) partition: i32,
    pub(super) queue: PartitionQueue<Group>,
    /// The offset after the last record taken.
    pub(super) next: i64,
    /// Set when the shard is to be let go of.
    pub(super) stop: Arc<AtomicBool>,
    pub(super) counters: Arc<Counters>,
    /// The offset before which everything is decided and committed; the group is told of it.
    pub(super) committed: Arc<AtomicU64>,
    /// The same, as this source knows it from its start on.
    pub(super) passed: i64,
    /// Where the partition ended at the start, until that is reached.
    pub(super) target: Option<i64>,
    pub(super) status: Arc<ShardStatus>,
}

impl KafkaSource {
    /// Asks until there is an answer: an assignment takes a moment to be there, a broker may be
    /// away for one.
    fn patiently<T>(&self, mut ask: impl FnMut() -> Result<T, KafkaError>) -> Result<T, Fault> {
        let started = clock::start();
        loop {
            match ask() {
                Ok(answer) => return Ok(answer),
                Err(e)
                    if started.elapsed() > BROKER_PATIENCE || self.stop.load(Ordering::Relaxed) =>
                {
                    return Err(self.unreadable(&e));
                }
                Err(e) => {
                    self.status.is_in_trouble(Some(format!("its input is not there yet: {e}")));
                    std::thread::sleep(RETRY_PAUSE);
                }
            }
        }
    }

    /// Looks whether all that was in the input at the start is decided and committed.
    fn look_whether_caught_up(&mut self, is_empty: bool) {
        let Some(target) = self.target else { return };
        // The ends of transactions are no records: the consumer is behind them, nothing else is.
        let is_behind_all = is_empty
            && self.passed >= self.next
            && self.position().is_some_and(|position| position >= target);
        if self.passed >= target || is_behind_all {
            self.target = None;
            self.status.is_caught_up(clock::wall_ms());
        }
    }

    /// The offset after the last that the consumer has given out, records or not.
    fn position(&self) -> Option<i64> {
        let positions = self.consumer.upgrade()?.position().ok()?;
        match positions.find_partition(&self.topic, self.partition)?.offset() {
            Offset::Offset(position) => Some(position),
            _ => None,
        }
    }

    fn unreadable(&self, error: &KafkaError) -> Fault {
        let what = format!("{} partition {} cannot be read", self.topic, self.partition);
        broker(&self.config, &what, error)
    }
}

impl Source for KafkaSource {
    fn start_at(&mut self, offset: u64, transfers: Option<u64>) -> Result<(), Fault> {
        if let Some(next) = transfers {
            self.transfers = Some(Transfers::from(&self.config, self.partition, next)?);
        }
        let Some(consumer) = self.consumer.upgrade() else { return Ok(()) };
        let next = i64::try_from(offset).unwrap_or(i64::MAX);
        self.patiently(|| {
            consumer.seek(&self.topic, self.partition, Offset::Offset(next), BROKER_TIMEOUT)
        })?;
        self.next = next;
        let mut list = TopicPartitionList::new();
        list.add_partition(&self.topic, self.partition);
        consumer.resume(&list).map_err(|e| self.unreadable(&e))?;
        // Asked last: the answer also wakes the client, which else sees after up to a second that
        // the partition is no longer paused.
        let (low, high) = self
            .patiently(|| consumer.fetch_watermarks(&self.topic, self.partition, BROKER_TIMEOUT))?;
        if next < low || next > high {
            let (topic, partition) = (&self.topic, self.partition);
            return Err(Fault::new(
                format!(
                    "{topic} partition {partition} has offsets {low} to {high}, the chain needs \
                     {next} next: commands were trimmed before they were decided, or the topic \
                     was made anew"
                ),
                "restore the topic; if the commands are truly gone, that is for people to settle",
            ));
        }
        let end = u64::try_from(high).unwrap_or(0);
        self.status.starts_at(offset, end, clock::wall_ms());
        (self.passed, self.target) = (next, Some(high));
        self.look_whether_caught_up(false);
        Ok(())
    }

    fn poll(&mut self, inputs: &mut Vec<Input>, mut wait: Duration) -> Result<(), Fault> {
        self.counters.asks();
        let (mut bytes, before) = (0, inputs.len());
        while inputs.len() < POLL_RECORDS_MAX && bytes < POLL_BYTES_MAX {
            match self.queue.poll(wait) {
                None => break,
                Some(Ok(message)) => {
                    self.counters.takes();
                    bytes += message.payload_len();
                    self.next = message.offset() + 1;
                    inputs.push(input(&message));
                    wait = Duration::ZERO;
                }
                Some(Err(KafkaError::PartitionEOF(_))) => break,
                Some(Err(e)) if is_passing(&e) => break,
                Some(Err(e)) => return Err(self.unreadable(&e)),
            }
        }
        self.look_whether_caught_up(inputs.len() == before);
        Ok(())
    }

    fn poll_transfers(&mut self, inputs: &mut Vec<Input>) -> Result<(), Fault> {
        match &mut self.transfers {
            Some(transfers) => transfers.poll(inputs),
            None => Ok(()),
        }
    }

    fn passed(&mut self, offset: u64) {
        self.committed.store(offset, Ordering::Relaxed);
        self.passed = i64::try_from(offset).unwrap_or(i64::MAX);
        self.status.has_passed(offset);
        self.look_whether_caught_up(false);
        self.counters.add(|done| {
            done.next_offset = offset;
            done.transactions += 1;
            done.last = Some(clock::start());
        });
    }

    fn is_at_end(&mut self) -> bool {
        if !self.transfers.as_mut().is_none_or(Transfers::is_at_end) {
            return false;
        }
        let Some(consumer) = self.consumer.upgrade() else { return false };
        let asked = consumer.fetch_watermarks(&self.topic, self.partition, END_WAIT);
        let Ok((_, end)) = asked else { return false };
        // The consumer's position is also behind what is no record, as the ends of transactions.
        self.position().unwrap_or(self.next).max(self.next) >= end
    }
}

fn input(message: &BorrowedMessage<'_>) -> Input {
    let time = message.timestamp().to_millis().and_then(|t| u64::try_from(t).ok());
    Input {
        offset: u64::try_from(message.offset()).unwrap_or(0),
        time: time.unwrap_or(0),
        key: message.key().unwrap_or_default().to_vec(),
        record: message.payload().unwrap_or_default().to_vec(),
    }
}

/// What other shards send to one: a partition of the `transfers` topic, which no group assigns.
pub(super) struct Transfers {
    config: Config,
    topic: String,
    partition: i32,
    consumer: BaseConsumer,
    /// Nothing was there behind the last record taken.
    has_ended: bool,
    /// Where the topic ended when it was last asked.
    end: Option<i64>,
}

impl Transfers {
    fn from(config: &Config, partition: i32, next: u64) -> Result<Transfers, Fault> {
        let mut client = consumer(config);
        client.set("enable.partition.eof", "true");
        let consumer: BaseConsumer = overridden(client, config)
            .create()
            .map_err(|e| broker(config, "no consumer can be made", &e))?;
        let (config, topic) = (config.clone(), config.topic("transfers"));
        let (has_ended, end) = (false, None);
        let transfers = Transfers { config, topic, partition, consumer, has_ended, end };
        let start = Offset::Offset(i64::try_from(next).unwrap_or(i64::MAX));
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&transfers.topic, partition, start)
            .and_then(|()| transfers.consumer.assign(&list))
            .map_err(|e| transfers.unreadable(&e))?;
        Ok(transfers)
    }

    /// An offset that is no longer there is an error of the client's, and the shard's fault.
    fn poll(&mut self, inputs: &mut Vec<Input>) -> Result<(), Fault> {
        let mut bytes = 0;
        while inputs.len() < POLL_RECORDS_MAX && bytes < POLL_BYTES_MAX {
            match self.consumer.poll(Duration::ZERO) {
                None => break,
                Some(Err(KafkaError::PartitionEOF(_))) => {
                    self.has_ended = true;
                    break;
                }
                Some(Ok(message)) => {
                    self.has_ended = false;
                    bytes += message.payload_len();
                    inputs.push(input(&message));
                }
                Some(Err(e)) if is_passing(&e) => break,
                Some(Err(e)) => return Err(self.unreadable(&e)),
            }
        }
        Ok(())
    }

    /// Whether nothing came since it was asked last. Offsets do not tell: behind every record that
    /// was taken stands the end of its transaction.
    fn is_at_end(&mut self) -> bool {
        let asked = self.consumer.fetch_watermarks(&self.topic, self.partition, END_WAIT);
        let end = asked.ok().map(|(_, end)| end);
        let before = std::mem::replace(&mut self.end, end);
        self.has_ended && end.is_some() && before == end
    }

    fn unreadable(&self, error: &KafkaError) -> Fault {
        let what = format!("{} partition {} cannot be read", self.topic, self.partition);
        broker(&self.config, &what, error)
    }
}
