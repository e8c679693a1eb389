//! The log of record on a broker: librdkafka's producer and consumer behind [`Log`].
//!
//! Every call comes back: those of the client library that are known to hang past their timeouts
//! run on a thread that can be left to itself.

use super::events::{Blocks, read_newest_first};
use super::log::{Extent, Log, Record, Topic, Trouble};
use super::{BLOCK, Deliveries, RECORD, broker, delivered, send, transactional};
use crate::clock;
use crate::config::Config;
use crate::limits::{ANSWER_LATE, BROKER_TIMEOUT, WATCHDOG_TIMEOUT};
use groat_shard::Fault;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

type ShardProducer = BaseProducer<Deliveries>;

/// See the module.
pub(super) struct BrokerLog {
    config: Config,
    shard: u32,
    producer: Option<Arc<ShardProducer>>,
    /// When the last transaction was begun, and when all in it was delivered.
    begun: Instant,
    delivered: Instant,
    /// Kept while it reads without trouble.
    blocks: Option<Blocks>,
    /// The name of the last topic written to, behind the prefix and whole.
    topic: (&'static str, String),
}

impl BrokerLog {
    pub(super) fn new(config: Config, shard: u32) -> BrokerLog {
        let (now, topic) = (clock::start(), ("", String::new()));
        let (producer, blocks) = (None, None);
        BrokerLog { config, shard, producer, begun: now, delivered: now, blocks, topic }
    }

    fn producer(&self) -> Result<&Arc<ShardProducer>, Trouble> {
        self.producer.as_ref().ok_or_else(|| self.trouble(&KafkaError::Canceled))
    }

    fn trouble(&self, error: &KafkaError) -> Trouble {
        let what = format!("shard {}: the log does not take a block", self.shard);
        let fault = broker(&self.config, &what, error);
        match error.rdkafka_error_code() {
            Some(
                RDKafkaErrorCode::Fenced
                | RDKafkaErrorCode::ProducerFenced
                | RDKafkaErrorCode::InvalidProducerEpoch,
            ) => Trouble::Fenced(fault),
            Some(RDKafkaErrorCode::MessageSizeTooLarge) => Trouble::TooLarge,
            _ => Trouble::Failed(fault),
        }
    }

    /// Calls the client library where it can be left behind.
    fn watched(
        &self,
        producer: &Arc<ShardProducer>,
        call: impl FnOnce(&ShardProducer) -> Result<(), KafkaError> + Send + 'static,
    ) -> Result<(), Trouble> {
        let theirs = Arc::clone(producer);
        let name = format!("watched-{}", self.shard);
        let late = || Err(KafkaError::Flush(RDKafkaErrorCode::OperationTimedOut));
        let answered = within(WATCHDOG_TIMEOUT, name, move || call(&theirs));
        answered.unwrap_or_else(late).map_err(|e| self.trouble(&e))
    }

    /// Ends the transaction; see [`Trouble`] for what a late answer is worth.
    fn ended(
        &self,
        since: Instant,
        call: impl FnOnce(&ShardProducer) -> Result<(), KafkaError> + Send + 'static,
    ) -> Result<(), Trouble> {
        self.watched(self.producer()?, call)?;
        match since.elapsed() {
            took if took < ANSWER_LATE => Ok(()),
            took => Err(Trouble::Failed(Fault::new(
                format!(
                    "shard {}: a transaction took {} ms, so it or the one before may not have \
                     ended in every partition",
                    self.shard,
                    took.as_millis()
                ),
                "nothing: the log is asked. If it stays so, look why the broker is slow",
            ))),
        }
    }
}

/// What a call gives on a thread of its own, if it does in time; if not, or if there is no thread,
/// it is left to itself.
fn within<T: Send + 'static>(
    limit: Duration,
    name: String,
    call: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (tell, hear) = channel();
    let thread = std::thread::Builder::new().name(name);
    let spawned = thread.spawn(move || {
        // Nobody hears it any more where it took too long.
        let _ = tell.send(call());
    });
    spawned.ok().and_then(|_| hear.recv_timeout(limit).ok())
}

impl Log for BrokerLog {
    fn renew(&mut self) -> Result<(), Trouble> {
        self.producer = None;
        let id = self.config.topic(&format!("shard-{}", self.shard));
        let producer = transactional(&self.config, &id).map_err(|e| self.trouble(&e))?;
        let producer: Arc<ShardProducer> = Arc::new(producer);
        self.watched(&producer, |producer| producer.init_transactions(BROKER_TIMEOUT))?;
        self.producer = Some(producer);
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Trouble> {
        self.begun = clock::start();
        let producer = self.producer()?;
        producer.context().start_over();
        producer.begin_transaction().map_err(|e| self.trouble(&e))
    }

    fn send(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let of_topic = record.topic.name();
        if self.topic.0 != of_topic {
            self.topic = (of_topic, self.config.topic(of_topic));
        }
        let partition = i32::try_from(record.topic.partition(self.shard)).unwrap_or(i32::MAX);
        let what = if record.topic == Topic::Events { BLOCK } else { RECORD };
        let sent = BaseRecord::with_opaque_to(&self.topic.1, what);
        let sent = sent.payload(record.value).key(record.key);
        let mut sent = sent.partition(partition);
        if !record.headers.is_empty() {
            let with = |headers: OwnedHeaders, (key, value): &(&str, String)| {
                headers.insert(Header { key, value: Some(value) })
            };
            sent = sent.headers(record.headers.iter().fold(OwnedHeaders::new(), with));
        }
        send(self.producer()?, sent).map_err(|e| self.trouble(&e))
    }

    /// Committing while records are on their way costs the client library a tenth of a second.
    fn flush(&mut self) -> Result<(), Trouble> {
        let producer = self.producer()?;
        if !delivered(producer) {
            return Err(self.trouble(&KafkaError::Flush(RDKafkaErrorCode::OperationTimedOut)));
        }
        match producer.context().failed() {
            0 => {
                self.delivered = clock::start();
                Ok(())
            }
            _ => {
                Err(self.trouble(&KafkaError::MessageProduction(RDKafkaErrorCode::MessageTimedOut)))
            }
        }
    }

    fn block_at(&self) -> Option<u64> {
        self.producer.as_ref().and_then(|producer| producer.context().block_at())
    }

    fn commit(&mut self) -> Result<(), Trouble> {
        // It cannot write anywhere before the last one has ended as far as it does.
        self.ended(self.begun, |producer| producer.commit_transaction(BROKER_TIMEOUT))
    }

    fn abort(&mut self) -> Result<(), Trouble> {
        // What is aborted fences, with a new producer each time: how long that takes to connect
        // says nothing.
        self.ended(self.delivered, |producer| producer.abort_transaction(BROKER_TIMEOUT))
    }

    fn read_blocks(
        &mut self,
        from: u64,
        extent: Extent,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Trouble> {
        let mut blocks = match self.blocks.take() {
            Some(blocks) => blocks,
            None => Blocks::open(&self.config, self.shard)?,
        };
        blocks.read(from, extent, each)?;
        self.blocks = Some(blocks);
        Ok(())
    }

    fn read_back(
        &mut self,
        topic: Topic,
        each: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), Trouble> {
        let extent = topic.extent();
        let partition = topic.partition(self.shard);
        read_newest_first(&self.config, topic.name(), partition, extent, each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_never_comes_back_is_left_to_itself() {
        let (release, held) = channel::<()>();
        let hangs = move || held.recv().is_ok();
        let name = || "watched-test".to_owned();
        assert_eq!(within(Duration::from_millis(20), name(), hangs), None);
        // It hangs still: what it waits for can be told.
        assert_eq!(release.send(()), Ok(()));
        assert_eq!(
            within(WATCHDOG_TIMEOUT, name(), || 7),
            Some(7),
            "the next call is not behind it"
        );
    }

    /// The broker may have acknowledged what it has not ended everywhere.
    #[test]
    fn an_end_that_is_answered_late_counts_for_nothing() {
        let mut log = BrokerLog::new(Config::default(), 0);
        let producer = transactional(&log.config, "late").expect("it connects to nobody yet");
        log.producer = Some(Arc::new(producer));
        assert!(log.ended(clock::start(), |_| Ok(())).is_ok());
        let since = clock::start().checked_sub(ANSWER_LATE).expect("a machine that is up");
        let late = log.ended(since, |_| Ok(()));
        assert!(
            matches!(&late, Err(Trouble::Failed(fault)) if fault.what.contains("took")),
            "{late:?}"
        );
    }

    #[test]
    fn a_call_that_panics_is_no_answer() {
        let panics = || -> u32 { panic!("as a library may") };
        assert_eq!(within(WATCHDOG_TIMEOUT, "watched-test".to_owned(), panics), None);
    }
}
