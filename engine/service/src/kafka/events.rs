//! Reads what was committed to a topic, to its end, in order: above all a shard's blocks.

use super::log::{Extent, Trouble};
use super::{broker, consumer, is_passing, overridden};
use crate::config::Config;
use crate::limits::{BROKER_PATIENCE, BROKER_TIMEOUT, RETRY_PAUSE};
use groat_shard::{Block, Fault};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};
use std::time::Duration;

/// Offsets between which it is not worth searching: they are read through faster.
const READ_THROUGH: i64 = 2_000;

/// Offsets read at first when a topic is read from its end: as many as one block usually leaves
/// with.
const READ_BACK: i64 = 256;

/// Most offsets read at once then: their values are in memory, and a partition of transfers may
/// have nothing of one shard for millions of them.
const READ_BACK_MAX: i64 = 8_192;

/// Blocks looked at in one place of a search: more than an earlier owner can write late in a row,
/// since it has one transaction in flight.
const PROBE_BLOCKS: usize = 8;

/// Gives every committed block of a shard from block `from` on, as bytes, up to the first offset
/// that is undecided at the time of the call. That is enough for a reader, not for an owner.
pub fn read_events(
    config: &Config,
    shard: u32,
    from: u64,
    mut each: impl FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let blocks = Blocks::open(config, shard);
    blocks.and_then(|mut blocks| blocks.read(from, Extent::Committed, &mut each)).map_err(fault)
}

/// A shard's blocks. Where the last reading ended is remembered, so that one who follows the chain
/// does not search for its place each time.
pub(super) struct Blocks {
    reader: Reader,
    /// No block of this number or a higher one stands before this offset.
    place: Option<(u64, i64)>,
}

impl Blocks {
    pub(super) fn open(config: &Config, shard: u32) -> Result<Blocks, Trouble> {
        let reader = Reader::open(config, config.topic("events"), shard)?;
        Ok(Blocks { reader, place: None })
    }

    /// Gives the blocks from block `from` on, as far as told.
    pub(super) fn read(
        &mut self,
        from: u64,
        extent: Extent,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Trouble> {
        let Blocks { reader, place } = self;
        let (low, high) = reader.watermarks()?;
        let high = match extent {
            Extent::Committed => high,
            Extent::Decided => reader.decided_end()?,
        };
        if low > 0 {
            return Err(Trouble::Stop(Fault::new(
                format!(
                    "topic {} begins at offset {low} instead of 0: it was trimmed",
                    reader.topic
                ),
                "the log of record must never be trimmed; restore the topic from a copy",
            )));
        }
        let start = match *place {
            Some((number, offset)) if number <= from && offset <= high => offset,
            _ => {
                let floor = low.max(i64::try_from(from).unwrap_or(i64::MAX)).min(high);
                reader.offset_of(from, floor, high)?
            }
        };
        let mut next = from;
        reader.read(start, high, |_, payload| match number_of(payload) {
            Some(number) if number < from => Ok(()),
            number => {
                next = next.max(number.map_or(0, |number| number.saturating_add(1)));
                each(payload)
            }
        })?;
        *place = Some((next, high));
        Ok(())
    }
}

/// Gives key and value of every committed record of a partition of one of groat's topics, such as
/// `outcomes`, that is there now.
pub fn read_committed(
    config: &Config,
    topic: &str,
    partition: u32,
    each: impl FnMut(&[u8], &[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let read = || {
        let reader = Reader::open(config, config.topic(topic), partition)?;
        let (low, high) = reader.watermarks()?;
        reader.read(low, high, each)
    };
    read().map_err(fault)
}

/// Gives the values of the committed records of a partition from the last one back, until told to
/// stop. In a partition that others write too, their open transactions are waited for: what is
/// committed stands behind them.
pub(super) fn read_newest_first(
    config: &Config,
    topic: &str,
    partition: u32,
    extent: Extent,
    each: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<(), Trouble> {
    let reader = Reader::open(config, config.topic(topic), partition)?;
    let (low, high) = reader.watermarks()?;
    let high = match extent {
        Extent::Committed => high,
        Extent::Decided => reader.decided_end()?,
    };
    let (mut end, mut step) = (high, READ_BACK);
    while end > low {
        let start = end.saturating_sub(step).max(low);
        let mut values = Vec::new();
        reader.read(start, end, |_, value| {
            values.push(value.to_vec());
            Ok(())
        })?;
        if !values.iter().rev().all(|value| each(value)) {
            return Ok(());
        }
        (end, step) = (start, (step * 2).min(READ_BACK_MAX));
    }
    Ok(())
}

fn fault(trouble: Trouble) -> Fault {
    match trouble {
        Trouble::Failed(fault) | Trouble::Fenced(fault) | Trouble::Stop(fault) => fault,
        Trouble::TooLarge => Fault::new("a record is too large to be read", "raise its limit"),
    }
}

struct Reader {
    config: Config,
    topic: String,
    partition: i32,
    consumer: BaseConsumer,
}

impl Reader {
    fn open(config: &Config, topic: String, partition: u32) -> Result<Reader, Trouble> {
        let mut client = consumer(config);
        client.set("enable.partition.eof", "true").set("group.id", config.topic("events-reader"));
        let mut client = overridden(client, config);
        // Only the leader knows where the end is; a replica that lags would name one before it.
        client.set("client.rack", "");
        let consumer: BaseConsumer = client
            .create()
            .map_err(|e| Trouble::Failed(broker(config, "no consumer can be made", &e)))?;
        let partition = i32::try_from(partition).unwrap_or(i32::MAX);
        Ok(Reader { config: config.clone(), topic, partition, consumer })
    }

    /// The first offset, and the first that is undecided or not there yet.
    fn watermarks(&self) -> Result<(i64, i64), Trouble> {
        self.watermarks_of(&self.consumer)
    }

    /// As a consumer sees them. A broker that has just come back knows a partition some seconds
    /// before it knows its leader, and names it unknown until then.
    fn watermarks_of(&self, consumer: &BaseConsumer) -> Result<(i64, i64), Trouble> {
        let started = crate::clock::start();
        loop {
            match consumer.fetch_watermarks(&self.topic, self.partition, BROKER_TIMEOUT) {
                Err(e) if has_no_leader_yet(&e) && started.elapsed() < BROKER_TIMEOUT => {
                    std::thread::sleep(RETRY_PAUSE);
                }
                asked => return asked.map_err(|e| self.failed(&e)),
            }
        }
    }

    fn failed(&self, error: &KafkaError) -> Trouble {
        Trouble::Failed(broker(&self.config, &format!("{} cannot be read", self.topic), error))
    }

    /// The end of everything there is, once all of it is decided. Without that wait a transaction
    /// that nobody ends would hide every later block.
    fn decided_end(&self) -> Result<i64, Trouble> {
        let mut client = overridden(consumer(&self.config), &self.config);
        client.set("isolation.level", "read_uncommitted");
        let everything: BaseConsumer = client.create().map_err(|e| self.failed(&e))?;
        let (_, high) = self.watermarks_of(&everything)?;
        let started = crate::clock::start();
        loop {
            let (_, decided) = self.watermarks()?;
            if decided >= high {
                return Ok(high);
            }
            if started.elapsed() > BROKER_PATIENCE {
                let (topic, partition) = (&self.topic, self.partition);
                return Err(Trouble::Stop(Fault::new(
                    format!(
                        "{topic} partition {partition} ends at offset {high}, but a transaction \
                         from offset {decided} on is never ended"
                    ),
                    "find it with Kafka's `kafka-transactions.sh find-hanging` and abort it, then \
                     start again",
                )));
            }
            std::thread::sleep(RETRY_PAUSE);
        }
    }

    /// An offset at or before the block's, close enough to read through, and not before `floor`:
    /// a block takes at least one offset, so block `n` is not before offset `n`.
    fn offset_of(&self, number: u64, floor: i64, high: i64) -> Result<i64, Trouble> {
        let (mut before, mut after) = (floor, high);
        while after - before > READ_THROUGH {
            let middle = before + (after - before) / 2;
            match self.highest_at(middle, high)? {
                Some(there) if there <= number => before = middle,
                _ => after = middle,
            }
        }
        Ok(before)
    }

    /// The highest number of a few blocks at or after an offset: a late block of an earlier owner
    /// has one that is too low, and would mislead the search.
    fn highest_at(&self, offset: i64, high: i64) -> Result<Option<u64>, Trouble> {
        let (mut highest, mut blocks) = (None, 0);
        self.read_until(offset, high, |_, payload| {
            highest = highest.max(number_of(payload));
            blocks += 1;
            blocks < PROBE_BLOCKS
        })?;
        Ok(highest)
    }

    fn read(
        &self,
        start: i64,
        high: i64,
        mut each: impl FnMut(&[u8], &[u8]) -> Result<(), Fault>,
    ) -> Result<(), Trouble> {
        let mut result = Ok(());
        self.read_until(start, high, |key, payload| {
            result = each(key, payload);
            result.is_ok()
        })?;
        result.map_err(Trouble::Stop)
    }

    /// Gives keys and payloads until the end or until told to stop. A silence is an error, not an
    /// end, and so is nothing that a broker calls an end before `high`, unless it does so twice.
    fn read_until(
        &self,
        start: i64,
        high: i64,
        each: impl FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), Trouble> {
        if start >= high {
            return Ok(());
        }
        let read = self.read_assigned(start, high, each);
        // Else it would go on fetching what nobody takes.
        self.consumer.unassign().map_err(|e| self.failed(&e))?;
        read
    }

    fn assign(&self, start: i64) -> Result<(), Trouble> {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.topic, self.partition, Offset::Offset(start))
            .and_then(|()| self.consumer.assign(&list))
            .map_err(|e| self.failed(&e))
    }

    /// The offset after the last record or end of a transaction that was read; `start` if none was.
    fn position(&self, start: i64) -> Result<i64, Trouble> {
        let places = self.consumer.position().map_err(|e| self.failed(&e))?;
        let place = places.find_partition(&self.topic, self.partition);
        Ok(match place.map(|place| place.offset()) {
            Some(Offset::Offset(offset)) => offset.max(start),
            _ => start,
        })
    }

    fn read_assigned(
        &self,
        start: i64,
        high: i64,
        mut each: impl FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), Trouble> {
        self.assign(start)?;
        let mut heard = crate::clock::start();
        let mut asked_again = false;
        loop {
            match self.consumer.poll(Duration::from_millis(200)) {
                Some(Ok(message)) if message.offset() >= high => return Ok(()),
                Some(Ok(message)) => {
                    heard = crate::clock::start();
                    asked_again = false;
                    let key = message.key().unwrap_or_default();
                    if !each(key, message.payload().unwrap_or_default()) {
                        return Ok(());
                    }
                    if message.offset() + 1 >= high {
                        return Ok(());
                    }
                }
                Some(Err(KafkaError::PartitionEOF(_))) => {
                    let place = self.position(start)?;
                    if place >= high || asked_again {
                        return Ok(());
                    }
                    // A new leader may not know yet how far the log is committed; it answers this
                    // only when it does. Where that is the end all the same, the offsets before
                    // `high` are of transactions that were aborted behind it.
                    self.watermarks()?;
                    self.assign(place)?;
                    asked_again = true;
                }
                Some(Err(e)) if !is_passing(&e) => return Err(self.failed(&e)),
                Some(Err(_)) | None if heard.elapsed() <= BROKER_TIMEOUT => {}
                Some(Err(_)) | None => {
                    return Err(Trouble::Failed(Fault::new(
                        format!("{} went silent before its end at offset {high}", self.topic),
                        "check the broker, then start again",
                    )));
                }
            }
        }
    }
}

fn has_no_leader_yet(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::UnknownPartition
                | RDKafkaErrorCode::LeaderNotAvailable
                | RDKafkaErrorCode::NotLeaderForPartition
        )
    )
}

/// The number in a block's header, without checking the block.
fn number_of(payload: &[u8]) -> Option<u64> {
    Block::peek(payload).map(|header| header.number)
}
