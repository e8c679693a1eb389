//! The log of record on a broker: one transaction per block.
//!
//! librdkafka has no KIP-890: after an error that leaves open whether a transaction was committed,
//! the same producer must not go on. It is dropped, a new one made, and the end of `events` says
//! whether the block is there; if not, the identical bytes are sent again. So correctness rests on
//! one record, the block.
//!
//! The positions of the consumer group are no part of it. The block says what it has consumed;
//! the group is told later, for people who look at its lag.

use super::counters::Counters;
use super::events::{read_all_events, read_events};
use super::owner::{Input, Log};
use super::{Deliveries, broker, client, overridden, send};
use crate::clock;
use crate::config::Config;
use crate::limits::{BROKER_PATIENCE, BROKER_TIMEOUT, MESSAGE_BYTES_MAX, RETRY_PAUSE};
use groat_proto::Message;
use groat_proto::v1::outcome;
use groat_shard::limits::RECORD_BYTES_MAX;
use groat_shard::{Fault, Sealed};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, PurgeConfig};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// See the module.
pub(super) struct KafkaLog {
    config: Config,
    shard: u32,
    /// The offset after the last input in a committed block.
    committed: Arc<AtomicU64>,
    /// Set when the shard is to be let go of: nothing is tried again then.
    stop: Arc<AtomicBool>,
    counters: Arc<Counters>,
    producer: Option<BaseProducer<Deliveries>>,
}

/// What an error of a transaction means.
enum Trouble {
    /// Nothing was committed: abort, and send the same again.
    Abort(KafkaError),
    /// Nobody knows: ask the log with a new producer.
    Indefinite(KafkaError),
    /// Another owner has taken the shard.
    Fenced(KafkaError),
}

impl KafkaLog {
    pub(super) fn new(
        config: Config,
        shard: u32,
        committed: Arc<AtomicU64>,
        stop: Arc<AtomicBool>,
        counters: Arc<Counters>,
    ) -> KafkaLog {
        KafkaLog { config, shard, committed, stop, counters, producer: None }
    }

    /// A producer that has fenced every earlier one of this shard.
    fn fresh_producer(&self) -> Result<BaseProducer<Deliveries>, Fault> {
        let mut client = client(&self.config);
        client
            .set("transactional.id", self.config.topic(&format!("shard-{}", self.shard)))
            .set("enable.idempotence", "true")
            .set("transaction.timeout.ms", "15000")
            .set("linger.ms", "0")
            .set("retry.backoff.ms", "10")
            .set("compression.type", "none")
            .set("message.max.bytes", MESSAGE_BYTES_MAX.to_string());
        let failed = |e: &KafkaError| {
            broker(&self.config, &format!("shard {} cannot be taken over", self.shard), e)
        };
        let producer: BaseProducer<Deliveries> = overridden(client, &self.config)
            .create_with_context(Deliveries::default())
            .map_err(|e| failed(&e))?;
        let started = clock::start();
        loop {
            match producer.init_transactions(BROKER_TIMEOUT) {
                Ok(()) => return Ok(producer),
                Err(e)
                    if started.elapsed() > BROKER_PATIENCE || is_fenced(&e) || self.is_over() =>
                {
                    return Err(failed(&e));
                }
                Err(e) => {
                    tracing::warn!(shard = self.shard, "still trying to take the shard over: {e}");
                    std::thread::sleep(RETRY_PAUSE);
                }
            }
        }
    }

    fn transact(&mut self, sealed: &Sealed, inputs: &[Input]) -> Result<(), Trouble> {
        let Some(producer) = self.producer.as_ref() else {
            return Err(Trouble::Indefinite(KafkaError::Canceled));
        };
        producer.context().start_over();
        let begun = clock::start();
        producer.begin_transaction().map_err(trouble)?;
        self.send_all(producer, sealed, inputs)?;
        let sent = begun.elapsed();
        if !super::delivered(producer) {
            let code = RDKafkaErrorCode::OperationTimedOut;
            return Err(Trouble::Abort(KafkaError::Flush(code)));
        }
        if producer.context().failed() > 0 {
            let code = RDKafkaErrorCode::MessageTimedOut;
            return Err(Trouble::Abort(KafkaError::MessageProduction(code)));
        }
        let delivered = begun.elapsed();
        producer.commit_transaction(BROKER_TIMEOUT).map_err(trouble)?;
        if let Some(last) = sealed.last_offset {
            self.committed.store(last + 1, Ordering::Release);
        }
        self.counters.add(|done| {
            done.next_offset = sealed.last_offset.map_or(done.next_offset, |last| last + 1);
            done.blocks += 1;
            done.transactions += 1;
            done.last = Some(clock::start());
            done.sending += sent;
            done.delivering += delivered - sent;
            done.ending += begun.elapsed() - delivered;
        });
        Ok(())
    }

    fn send_all(
        &self,
        producer: &BaseProducer<Deliveries>,
        sealed: &Sealed,
        inputs: &[Input],
    ) -> Result<(), Trouble> {
        let put = |topic: &str, partition: Option<i32>, key: &[u8], payload: &[u8], headers| {
            let record = BaseRecord::to(topic).payload(payload).key(key);
            let record = match partition {
                Some(partition) => record.partition(partition),
                None => record,
            };
            let record = match headers {
                Some(headers) => record.headers(headers),
                None => record,
            };
            send(producer, record).map_err(Trouble::Abort)
        };
        let own = Some(self.partition());
        let [events, answers, dead_letter, settlements] =
            ["events", "outcomes", "dead-letter", "settlements"]
                .map(|name| self.config.topic(name));
        let mut bytes = Vec::new();
        put(&events, own, &[], &sealed.bytes, None)?;
        for ((_, outcomes), input) in sealed.outbound.outcomes.iter().zip(inputs) {
            bytes.clear();
            outcomes.encode(&mut bytes).expect("a Vec grows");
            put(&answers, own, &input.key, &bytes, None)?;
            for outcome in &outcomes.outcomes {
                if let Some(outcome::Result::Malformed(malformed)) = &outcome.result {
                    let headers = Some(self.where_from(input, &malformed.reason));
                    // Of a record that is too large, its beginning.
                    let most = input.record.len().min(RECORD_BYTES_MAX);
                    put(&dead_letter, None, &input.key, &input.record[..most], headers)?;
                    break;
                }
            }
        }
        for (key, settlement) in &sealed.outbound.settlements {
            let key = key.to_string();
            bytes.clear();
            settlement.encode(&mut bytes).expect("a Vec grows");
            put(&settlements, own, key.as_bytes(), &bytes, None)?;
        }
        Ok(())
    }

    fn where_from(&self, input: &Input, reason: &str) -> OwnedHeaders {
        let (shard, offset) = (self.shard.to_string(), input.offset.to_string());
        [("reason", reason), ("partition", &shard), ("offset", &offset)]
            .iter()
            .fold(OwnedHeaders::new(), |headers, (key, value)| {
                headers.insert(Header { key, value: Some(*value) })
            })
    }

    fn partition(&self) -> i32 {
        i32::try_from(self.shard).unwrap_or(i32::MAX)
    }

    /// Nothing of the transaction may stay behind; delivery reports must be polled or the abort
    /// hangs.
    fn abort(&mut self) {
        let Some(producer) = self.producer.as_ref() else { return };
        producer.purge(PurgeConfig::default().queue().inflight());
        super::delivered(producer);
        if let Err(e) = producer.abort_transaction(BROKER_TIMEOUT) {
            tracing::warn!(shard = self.shard, "abort failed, a new producer is made: {e}");
            self.producer = None;
        }
    }

    /// With a new producer: whether the block is the last of the log.
    fn is_committed(&mut self, sealed: &Sealed) -> Result<bool, Fault> {
        self.producer = None;
        let other = || self.lost("the log has another block in place of ours");
        // A new producer would take the shard back from an owner that came after us. A broker
        // that does not answer this look is waited for below.
        let mut has_other = false;
        let _ = read_events(&self.config, self.shard, sealed.number, |bytes| {
            has_other |= bytes != sealed.bytes;
            Ok(())
        });
        if has_other {
            return Err(other());
        }
        let producer = self.fresh_producer()?;
        let mut found = false;
        read_all_events(&self.config, self.shard, sealed.number, |bytes| {
            if bytes == sealed.bytes {
                found = true;
                return Ok(());
            }
            Err(other())
        })?;
        self.producer = Some(producer);
        Ok(found)
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn let_go(&self, sealed: &Sealed, error: &KafkaError) -> Fault {
        Fault::new(
            format!(
                "shard {} is let go of while block {} is not known to be committed: {error}",
                self.shard, sealed.number
            ),
            "nothing: the next owner reads from the log whether it is, or decides its input again",
        )
    }

    fn too_large(&self, sealed: &Sealed) -> Fault {
        let (topic, len) = (self.config.topic("events"), sealed.bytes.len());
        Fault::new(
            format!(
                "shard {}: block {} has {len} bytes, more than one message may have: very much \
                 fell due in one step",
                self.shard, sealed.number
            ),
            format!(
                "raise max.message.bytes of {topic} and \"message.max.bytes\" under [kafka] above \
                 that, then start again"
            ),
        )
    }

    fn lost(&self, why: &str) -> Fault {
        Fault::new(
            format!("shard {} is owned by another process: {why}", self.shard),
            "this process stops serving the shard; nothing is lost. If no other process should \
             serve it, look for one with the same prefix",
        )
    }
}

impl Log for KafkaLog {
    fn take_over(
        &mut self,
        from: u64,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.producer = Some(self.fresh_producer()?);
        read_all_events(&self.config, self.shard, from, each)
    }

    fn commit(&mut self, sealed: &Sealed, inputs: &[Input]) -> Result<(), Fault> {
        let started = clock::start();
        loop {
            let error = match self.transact(sealed, inputs) {
                Ok(()) => return Ok(()),
                Err(Trouble::Fenced(e)) => return Err(self.lost(&e.to_string())),
                Err(Trouble::Abort(KafkaError::MessageProduction(
                    RDKafkaErrorCode::MessageSizeTooLarge,
                ))) => return Err(self.too_large(sealed)),
                Err(Trouble::Abort(e)) => {
                    self.abort();
                    e
                }
                Err(Trouble::Indefinite(e)) if self.is_over() => {
                    return Err(self.let_go(sealed, &e));
                }
                Err(Trouble::Indefinite(e)) => {
                    tracing::warn!(
                        shard = self.shard,
                        block = sealed.number,
                        "unknown result: {e}"
                    );
                    if self.is_committed(sealed)? {
                        return Ok(());
                    }
                    e
                }
            };
            if self.is_over() {
                return Err(self.let_go(sealed, &error));
            }
            if started.elapsed() > BROKER_PATIENCE {
                let what =
                    format!("shard {}: block {} cannot be committed", self.shard, sealed.number);
                return Err(broker(&self.config, &what, &error));
            }
            tracing::warn!(shard = self.shard, block = sealed.number, "sent again: {error}");
            if self.producer.is_none() && self.is_committed(sealed)? {
                return Ok(());
            }
            std::thread::sleep(RETRY_PAUSE);
        }
    }
}

fn is_fenced(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::Fenced
                | RDKafkaErrorCode::ProducerFenced
                | RDKafkaErrorCode::InvalidProducerEpoch
        )
    )
}

fn trouble(error: KafkaError) -> Trouble {
    if is_fenced(&error) {
        return Trouble::Fenced(error);
    }
    match &error {
        KafkaError::Transaction(e) if e.txn_requires_abort() => Trouble::Abort(error),
        _ => Trouble::Indefinite(error),
    }
}
