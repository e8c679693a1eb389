//! The commit protocol: how a block gets into the log of record once, whatever the broker does.
//!
//! | phase | function | statement |
//! |---|---|---|
//! | 1 | `attempt` | one transaction: the block, then what leaves with it |
//! | 2 | `look` | after any trouble: whose block stands in the log? Another's: the shard is lost |
//! | 3 | [`Log::renew`] | the old producer is given up; what it had open is ended |
//! | 4 | `look` | is our block there? |
//! | 5 | [`Commits::send_block`], `look` | if not, the identical bytes, and is it there now? |
//! | 6 | `Told::read` | what of its outcomes and settlements is there? |
//! | 7 | `attempt` | what is missing is sent |
//!
//! Correctness rests on one record, the block, and on the chain rule by which late blocks do not
//! count. Kafka's transactions can be torn: a block there and its outcomes not, or the other way
//! round. So outcomes and settlements are compared with what was told before, by their ids.
//!
//! A block with outcomes is sent only after everything before it was known to be there. So at most
//! the last such block of a chain can lack any: that one is looked at when a shard is taken over.

use super::log::{Extent, Log, Record, Topic, Trouble};
use super::owner::Input;
use crate::clock::Clock;
use crate::limits::{BROKER_PATIENCE, FENCED_PAUSE, RETRY_PAUSE};
use groat_ledger::Id;
use groat_proto::Message;
use groat_proto::v1::{Outcomes, Settlement, outcome};
use groat_shard::limits::RECORD_BYTES_MAX;
use groat_shard::{Block, Fault, Messages};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is to stand in the log: a block, and what leaves with it.
#[derive(Debug)]
pub(super) struct Work<'a> {
    /// The block's number.
    pub(super) number: u64,
    /// Its epoch.
    pub(super) epoch: u64,
    /// Its bytes.
    pub(super) bytes: &'a [u8],
    /// Outcomes, one per input, and settlements.
    pub(super) messages: &'a Messages,
    /// The inputs.
    pub(super) inputs: &'a [Input],
    /// The number of the event after it.
    pub(super) next_event: u64,
}

/// See the module.
pub(super) struct Commits<L> {
    shard: u32,
    log: L,
    told: Told,
    /// Set when the shard is to be let go of: nothing is tried again then.
    stop: Arc<AtomicBool>,
}

/// What was told that the chain does not yet account for, by its ids.
#[derive(Default)]
struct Told {
    outcomes: BTreeMap<u64, Vec<u8>>,
    settlements: BTreeMap<(u64, u32), Vec<u8>>,
}

impl<L: Log> Commits<L> {
    pub(super) fn new(shard: u32, log: L, stop: Arc<AtomicBool>) -> Commits<L> {
        Commits { shard, log, told: Told::default(), stop }
    }

    /// Fences every earlier producer of the shard.
    pub(super) fn renew(&mut self, clock: &impl Clock) -> Result<(), Fault> {
        self.patiently(clock, "it has a producer", |commits| commits.log.renew())
    }

    /// Shows every block from `from` on. A block may be shown again.
    pub(super) fn read(
        &mut self,
        clock: &impl Clock,
        from: u64,
        extent: Extent,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.patiently(clock, "its log is read", |commits| {
            commits.log.read_blocks(from, extent, each)
        })
    }

    /// Sends a block alone, once. Whether it prevailed is for the log to say.
    pub(super) fn send_block(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.log.begin()?;
        self.log.send(&Record { topic: Topic::Events, key: &[], value: bytes, headers: &[] })?;
        self.log.flush()?;
        self.log.commit()
    }

    /// Reads what was told from an offset of the input and an event on.
    pub(super) fn read_told(
        &mut self,
        clock: &impl Clock,
        first_offset: u64,
        first_event: u64,
    ) -> Result<(), Fault> {
        self.patiently(clock, "what was told is read", |commits| {
            commits.told.read(&mut commits.log, first_offset, first_event)
        })
    }

    /// Commits a block and what leaves with it, all or nothing; with `is_logged` the block is known
    /// to be there, and only what is missing behind it is sent. Returns when all of it is certain;
    /// a fault means that this owner must stop.
    pub(super) fn commit(
        &mut self,
        clock: &impl Clock,
        work: &Work<'_>,
        is_logged: bool,
    ) -> Result<(), Fault> {
        // Whether the block is in the log; `None` after trouble, until the log has told.
        let mut logged = Some(is_logged);
        let what = format!("block {} is committed", work.number);
        self.patiently(clock, &what, |commits| {
            let is_logged = match logged.take() {
                Some(is_logged) => is_logged,
                None => {
                    commits.find_out(work)?;
                    true
                }
            };
            commits.attempt(work, is_logged)
        })?;
        self.told.settle(self.shard, work)
    }

    /// The time until which the clock was moved by a block that is not in the log, if one was told
    /// of: settlements behind the chain's last event and no outcome behind its position.
    pub(super) fn told_by_a_tick(&self, next_offset: u64) -> Option<u64> {
        let by_inputs = self.told.outcomes.range(next_offset..).next().is_some();
        let settlements = self.told.settlements.values();
        let at = settlements.filter_map(|told| Settlement::decode(told.as_slice()).ok());
        at.map(|settlement| settlement.at).max().filter(|_| !by_inputs)
    }

    /// Whether these settlements are, among others, all that were told and are not in the log.
    pub(super) fn are_what_was_told(&self, settlements: &[(Id, Settlement)]) -> bool {
        self.told.settlements.iter().all(|((event, part), told)| {
            let same = settlements.iter().find(|(_, s)| (s.event, s.part) == (*event, *part));
            same.is_some_and(|(_, settlement)| settlement.encode_to_vec() == *told)
        })
    }

    /// With a new producer: sees that the block is in the log, and reads what was told with it.
    fn find_out(&mut self, work: &Work<'_>) -> Result<(), Trouble> {
        // A new producer would take the shard back from an owner that came after us. A broker that
        // does not answer this look is waited for below.
        match self.look(work, Extent::Committed) {
            Ok(_) | Err(Trouble::Failed(_) | Trouble::Fenced(_) | Trouble::TooLarge) => {}
            Err(stop @ Trouble::Stop(_)) => return Err(stop),
        }
        self.log.renew()?;
        if !self.look(work, Extent::Committed)? {
            // Alone: our new producer may have fenced an owner that came after us, and whose claim
            // was on its way. Then the answer does not say whose block came first, and nothing may
            // be told before that is known.
            self.send_block(work.bytes)?;
            if !self.look(work, Extent::Decided)? {
                return Err(Trouble::Failed(
                    self.lost("a block was acknowledged and is not there"),
                ));
            }
        }
        let first_offset = work.inputs.first().map_or(u64::MAX, |input| input.offset);
        let first_event = work.messages.settlements.first().map_or(u64::MAX, |(_, s)| s.event);
        self.told.read(&mut self.log, first_offset, first_event)
    }

    /// Whether the block is in the log; trouble if another owner's is in its place or behind it,
    /// or if the one before it, which was acknowledged, is gone.
    fn look(&mut self, work: &Work<'_>, extent: Extent) -> Result<bool, Trouble> {
        let previous = Block::peek(work.bytes).map(|header| header.previous).unwrap_or_default();
        let (mut found, mut other, mut has_previous) = (false, None, work.number == 0);
        self.log.read_blocks(work.number.saturating_sub(1), extent, &mut |bytes| {
            has_previous |= bytes.ends_with(&previous);
            if bytes == work.bytes {
                found = true;
                return Ok(());
            }
            match Block::peek(bytes) {
                Some(header) if header.epoch < work.epoch || header.number < work.number => {}
                header => other = Some(header.map_or(work.number, |header| header.number)),
            }
            Ok(())
        })?;
        match other {
            // What hides behind an open transaction is not gone.
            None if !has_previous && extent == Extent::Decided => Err(Trouble::Stop(gone(work))),
            None => Ok(found),
            Some(number) => Err(Trouble::Stop(
                self.lost(&format!("block {number} of the log is of another owner")),
            )),
        }
    }

    /// One transaction with what is not there yet.
    fn attempt(&mut self, work: &Work<'_>, is_logged: bool) -> Result<(), Trouble> {
        let mut begun = !is_logged;
        if begun {
            self.log.begin()?;
            let block = Record { topic: Topic::Events, key: &[], value: work.bytes, headers: &[] };
            self.log.send(&block)?;
        }
        let (told, log, shard) = (&self.told, &mut self.log, self.shard);
        told.for_each_missing(shard, work, |record| {
            if !begun {
                log.begin()?;
                begun = true;
            }
            log.send(&record)
        })?;
        if !begun {
            return Ok(());
        }
        self.log.flush()?;
        self.log.commit()
    }

    /// Tries until it succeeds, people are needed, the shard is to be let go of, or the broker has
    /// been away for too long.
    fn patiently<T>(
        &mut self,
        clock: &impl Clock,
        what: &str,
        mut call: impl FnMut(&mut Self) -> Result<T, Trouble>,
    ) -> Result<T, Fault> {
        let started = clock.elapsed();
        loop {
            let (fault, pause) = match call(self) {
                Ok(done) => return Ok(done),
                Err(Trouble::Stop(fault)) => return Err(fault),
                Err(Trouble::TooLarge) => return Err(self.too_large()),
                Err(Trouble::Failed(fault)) => (fault, RETRY_PAUSE),
                // Whoever fenced us will claim the shard; then the next look tells.
                Err(Trouble::Fenced(fault)) => (fault, FENCED_PAUSE),
            };
            if self.stop.load(Ordering::Relaxed) {
                return Err(self.let_go(what, &fault));
            }
            if clock.elapsed().saturating_sub(started) > BROKER_PATIENCE {
                return Err(fault);
            }
            tracing::warn!(shard = self.shard, "again until {what}: {}", fault.what);
            clock.pause(pause);
        }
    }

    fn let_go(&self, what: &str, fault: &Fault) -> Fault {
        Fault::new(
            format!("shard {} is let go of before {what}: {}", self.shard, fault.what),
            "nothing: the next owner reads from the log what is there, and decides the rest again",
        )
    }

    fn too_large(&self) -> Fault {
        Fault::new(
            format!(
                "shard {}: a block or an outcome is larger than one message may be: very much fell \
                 due in one step",
                self.shard
            ),
            "raise max.message.bytes of the topics and \"message.max.bytes\" under [kafka], then \
             start again",
        )
    }

    /// That another owner has the shard.
    pub(super) fn lost(&self, why: &str) -> Fault {
        Fault::new(
            format!("shard {} is owned by another process: {why}", self.shard),
            "this process stops serving the shard; nothing is lost. If no other process should \
             serve it, look for one with the same prefix",
        )
    }
}

impl Told {
    /// Adds what is in the topics from an offset of the input and an event on.
    fn read(
        &mut self,
        log: &mut impl Log,
        first_offset: u64,
        first_event: u64,
    ) -> Result<(), Trouble> {
        if first_offset < u64::MAX {
            log.read_back(Topic::Outcomes, &mut |value| {
                let Ok(outcomes) = Outcomes::decode(value) else { return true };
                // The outcomes of a record without commands say nothing, not even where it stands.
                let Some(at) = outcomes.outcomes.first().and_then(|o| o.position) else {
                    return true;
                };
                if at.offset >= first_offset {
                    self.outcomes.insert(at.offset, value.to_vec());
                }
                at.offset >= first_offset
            })?;
        }
        if first_event < u64::MAX {
            log.read_back(Topic::Settlements, &mut |value| {
                let Ok(settlement) = Settlement::decode(value) else { return true };
                let id = (settlement.event, settlement.part);
                if settlement.event >= first_event {
                    self.settlements.insert(id, value.to_vec());
                }
                settlement.event >= first_event
            })?;
        }
        Ok(())
    }

    /// Gives the records that leave with a block and were not told before. What was told must be
    /// what would be told now.
    fn for_each_missing(
        &self,
        shard: u32,
        work: &Work<'_>,
        mut each: impl FnMut(Record<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        for ((offset, outcomes), input) in work.messages.outcomes.iter().zip(work.inputs) {
            let value = outcomes.encode_to_vec();
            match self.outcomes.get(offset) {
                Some(told) if *told == value => continue,
                Some(_) => return Err(told_otherwise(shard, &format!("offset {offset}")).into()),
                None => {}
            }
            each(Record { topic: Topic::Outcomes, key: &input.key, value: &value, headers: &[] })?;
            let reason = outcomes.outcomes.iter().find_map(|o| match &o.result {
                Some(outcome::Result::Malformed(malformed)) => Some(malformed.reason.clone()),
                _ => None,
            });
            if let Some(reason) = reason {
                let headers = [
                    ("reason", reason),
                    ("partition", shard.to_string()),
                    ("offset", offset.to_string()),
                ];
                // Of a record that is too large, its beginning.
                let value = &input.record[..input.record.len().min(RECORD_BYTES_MAX)];
                let topic = Topic::DeadLetter;
                each(Record { topic, key: &input.key, value, headers: &headers })?;
            }
        }
        for (key, settlement) in &work.messages.settlements {
            let (key, value) = (key.to_string(), settlement.encode_to_vec());
            let id = (settlement.event, settlement.part);
            match self.settlements.get(&id) {
                Some(told) if *told == value => continue,
                Some(_) => return Err(told_otherwise(shard, &format!("event {}", id.0)).into()),
                None => {}
            }
            let topic = Topic::Settlements;
            each(Record { topic, key: key.as_bytes(), value: &value, headers: &[] })?;
        }
        Ok(())
    }

    /// Forgets what a block in the log accounts for; what it should account for and does not was
    /// told without ground.
    fn settle(&mut self, shard: u32, work: &Work<'_>) -> Result<(), Fault> {
        if self.outcomes.is_empty() && self.settlements.is_empty() {
            return Ok(());
        }
        for (offset, _) in &work.messages.outcomes {
            self.outcomes.remove(offset);
        }
        for (_, settlement) in &work.messages.settlements {
            self.settlements.remove(&(settlement.event, settlement.part));
        }
        let next_offset = work.inputs.last().map_or(0, |input| input.offset + 1);
        if let Some((offset, _)) = self.outcomes.range(..next_offset).next() {
            return Err(told_otherwise(shard, &format!("offset {offset}")));
        }
        if let Some(((event, _), _)) = self.settlements.range(..(work.next_event, 0)).next() {
            return Err(told_otherwise(shard, &format!("event {event}")));
        }
        Ok(())
    }
}

fn gone(work: &Work<'_>) -> Fault {
    Fault::new(
        format!(
            "the log does not have block {} any more, which it had acknowledged",
            work.number.saturating_sub(1)
        ),
        "restore the events topic from a copy; the local data directory has the block",
    )
}

fn told_otherwise(shard: u32, of: &str) -> Fault {
    Fault::new(
        format!(
            "shard {shard}: what was told of {of} is not what the log says: the log has lost a \
             block that was acknowledged, or a topic was made anew"
        ),
        "restore the events topic from a copy; the outcomes and settlements topics have what was \
         told",
    )
}
