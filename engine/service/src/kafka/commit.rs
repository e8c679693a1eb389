//! The commit protocol: how a block gets into the log of record once, whatever the broker does.
//!
//! | phase | function | statement |
//! |---|---|---|
//! | 1 | `attempt` | one transaction: the block, then what leaves with it |
//! | 2 | `look` | after any trouble: whose block stands in the log? Another's: the shard is lost |
//! | 3 | `fence` | the old producer is given up; what it had open, or wrote late, is ended |
//! | 4 | `look` | is our block there? |
//! | 5 | [`Commits::send_block`], `look` | if not, the identical bytes, and is it there now? |
//! | 6 | `Told::read` | what of its outcomes and settlements is there? |
//! | 7 | `attempt` | what is missing is sent |
//!
//! Correctness rests on one record, the block, and on the chain rule by which late blocks do not
//! count. Kafka's transactions can be torn: a block there and its outcomes not, or the other way
//! round. So outcomes and settlements are compared with what was told before, by their ids.
//!
//! A block with outcomes is sent only after everything before it was acknowledged. So at most the
//! last such block of a chain can lack any: that one is looked at when a shard is taken over. An
//! owner in trouble also looks at the one before it, since a broker that came back may have ended
//! less of that than it said ([`Trouble`]).

use super::log::{Extent, Log, Record, Topic, Trouble};
use super::status::ShardStatus;
use super::told::{Leaving, Told};
use crate::clock::Clock;
use crate::limits::{BROKER_PATIENCE, FENCED_PAUSE, RETRY_PAUSE};
use groat_proto::Message;
use groat_proto::v1::{Remittance, Settlement};
use groat_shard::{Block, Cause, Fault, Messages};
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
    /// What leaves with it.
    pub(super) leaving: &'a Leaving,
}

/// What [`Commits::look`] saw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum There {
    /// The block, and the one before it.
    Both,
    /// The one before it, not the block.
    Before,
    /// Not the one before it, which was acknowledged.
    NotBefore,
}

/// See the module.
pub(super) struct Commits<L> {
    shard: u32,
    log: L,
    /// The offset of the last block, if this producer wrote it.
    last_at: Option<u64>,
    told: Told,
    /// What left with the last block that anything left with: it is told again if a broker in
    /// trouble has not ended its transaction everywhere.
    left: Option<Leaving>,
    /// The shards to which this one sends.
    others: Vec<u32>,
    /// Set when the shard is to be let go of: nothing is tried again then.
    stop: Arc<AtomicBool>,
    /// Where it is said what is tried again.
    status: Arc<ShardStatus>,
}

impl<L: Log> Commits<L> {
    pub(super) fn new(
        shard: u32,
        others: Vec<u32>,
        log: L,
        stop: Arc<AtomicBool>,
        status: Arc<ShardStatus>,
    ) -> Commits<L> {
        let (last_at, told, left) = (None, Told::default(), None);
        Commits { shard, log, last_at, told, left, others, stop, status }
    }

    /// Fences every earlier producer of the shard.
    pub(super) fn renew(&mut self, clock: &impl Clock) -> Result<(), Fault> {
        self.patiently(clock, "it has a producer", |commits| commits.fence())
    }

    /// Fences every earlier producer, also at each partition where it told anything: a partition
    /// learns of a new producer only by what that writes, and would until then take what an old one
    /// sent late. What the new one writes is aborted, and with it what came late before, or was
    /// never ended there ([`Trouble`]). So nothing is told later that this owner does not find when
    /// it looks at what was told, and goes by.
    fn fence(&mut self) -> Result<(), Trouble> {
        self.last_at = None;
        self.log.renew()?;
        self.log.begin()?;
        let to_others = self.others.iter().map(|to| Topic::Transfers(*to));
        for topic in [Topic::Outcomes, Topic::Settlements].into_iter().chain(to_others) {
            self.log.send(&Record { topic, key: b"fence", value: &[], headers: &[] })?;
        }
        self.log.flush()?;
        self.log.abort()
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
        self.log.commit()?;
        self.last_at = self.log.block_at();
        Ok(())
    }

    /// Reads what was told from an offset of the input and an event on.
    pub(super) fn read_told(
        &mut self,
        clock: &impl Clock,
        first_offset: u64,
        first_event: u64,
    ) -> Result<(), Fault> {
        self.patiently(clock, "what was told is read", |commits| {
            let Commits { shard, told, log, others, .. } = commits;
            told.read(log, *shard, others, first_offset, first_event)
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
            commits.attempt((!is_logged).then_some(work), work.leaving)
        })?;
        self.told.settle(self.shard, work.leaving)
    }

    /// Hears what left with a block that was committed.
    pub(super) fn has_left(&mut self, leaving: Leaving) {
        let Messages { outcomes, settlements, remittances } = &leaving.messages;
        if !outcomes.is_empty() || !settlements.is_empty() || !remittances.is_empty() {
            self.left = Some(leaving);
        }
    }

    /// The time until which the clock was moved by a block that is not in the log, if one was told
    /// of: settlements behind the chain's last event and no outcome behind its position.
    pub(super) fn told_by_a_tick(&self, next_offset: u64) -> Option<u64> {
        let by_inputs = self.told.outcomes.range(next_offset..).next().is_some();
        let settlements = self.told.settlements.values();
        let at = settlements.filter_map(|told| Settlement::decode(told.as_slice()).ok());
        let remittances = self.told.remittances.values();
        let sent = remittances.filter_map(|told| Remittance::decode(told.as_slice()).ok());
        let at = at.map(|settlement| settlement.at).chain(sent.map(|remittance| remittance.at));
        at.max().filter(|_| !by_inputs)
    }

    /// How many remittances were received before what was told and is not in the log; the same
    /// must come about again, so no more are taken until all of it is.
    pub(super) fn told_after(&self) -> Option<u64> {
        let told = &self.told;
        let all = told.outcomes.len() + told.settlements.len() + told.remittances.len();
        (all > 0).then_some(told.received)
    }

    /// Whether these settlements and remittances are, among others, all that were told and are not
    /// in the log.
    pub(super) fn are_what_was_told(&self, messages: &Messages) -> bool {
        let settled = self.told.settlements.iter().all(|((event, part), told)| {
            let mut settlements = messages.settlements.iter();
            let same = settlements.find(|(_, s)| (s.event, s.part) == (*event, *part));
            same.is_some_and(|(_, settlement)| settlement.encode_to_vec() == *told)
        });
        settled
            && self.told.remittances.iter().all(|((event, to), told)| {
                let mut remittances = messages.remittances.iter();
                let same = remittances.find(|(other, r)| (r.event, *other) == (*event, *to));
                same.is_some_and(|(_, remittance)| remittance.encode_to_vec() == *told)
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
        self.fence()?;
        let mut there = self.look(work, Extent::Committed)?;
        if there == There::Before {
            // Alone: our new producer may have fenced an owner that came after us, and whose claim
            // was on its way. Then the answer does not say whose block came first, and nothing may
            // be told before that is known.
            self.send_block(work.bytes)?;
            there = self.look(work, Extent::Decided)?;
        }
        match there {
            There::Both => {}
            There::Before => {
                return Err(Trouble::Failed(
                    self.lost("a block was acknowledged and is not there"),
                ));
            }
            There::NotBefore => return Err(Trouble::Stop(gone(work))),
        }
        let left = self.left.take();
        let told_before = self.tell_before(work.leaving, left.as_ref());
        self.left = left;
        told_before
    }

    /// Reads what was told of a block, and of the one before it, and tells what is missing of that:
    /// its transaction was acknowledged, and where it had not ended, the fence has aborted it.
    fn tell_before(&mut self, leaving: &Leaving, before: Option<&Leaving>) -> Result<(), Trouble> {
        let both = || before.into_iter().chain([leaving]);
        let offsets = both().filter_map(|leaving| leaving.inputs.first());
        let first_offset = offsets.map(|input| input.offset).min().unwrap_or(u64::MAX);
        let settled = both().filter_map(|leaving| leaving.messages.settlements.first());
        let sent = both().filter_map(|leaving| leaving.messages.remittances.first());
        let events = settled.map(|(_, s)| s.event).chain(sent.map(|(_, r)| r.event));
        let first_event = events.min().unwrap_or(u64::MAX);
        let Commits { shard, told, log, others, .. } = self;
        told.read(log, *shard, others, first_offset, first_event)?;
        let Some(before) = before else { return Ok(()) };
        self.attempt(None, before)?;
        Ok(self.told.settle(self.shard, before)?)
    }

    /// Whether the block is in the log, and the one before it; trouble if another owner's is in its
    /// place or behind it.
    fn look(&mut self, work: &Work<'_>, extent: Extent) -> Result<There, Trouble> {
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
            None if !has_previous => Ok(There::NotBefore),
            None => Ok(if found { There::Both } else { There::Before }),
            Some(number) => Err(Trouble::Stop(
                self.lost(&format!("block {number} of the log is of another owner")),
            )),
        }
    }

    /// One transaction with what is not there yet: a block if it is not, and what leaves with it.
    fn attempt(&mut self, block: Option<&Work<'_>>, leaving: &Leaving) -> Result<(), Trouble> {
        let mut begun = block.is_some();
        if let Some(work) = block {
            self.log.begin()?;
            let block = Record { topic: Topic::Events, key: &[], value: work.bytes, headers: &[] };
            self.log.send(&block)?;
        }
        let (told, log, shard) = (&self.told, &mut self.log, self.shard);
        told.for_each_missing(shard, leaving, |record| {
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
        let at = self.log.block_at();
        // Nobody else writes there, so where the block stands tells whether the one before it is
        // still before it.
        if let Some(work) = block
            && at.is_some_and(|at| self.last_at.is_some_and(|last| at <= last))
        {
            return Err(Trouble::Stop(gone(work)));
        }
        self.log.commit()?;
        self.last_at = at.or(self.last_at);
        Ok(())
    }

    /// Tries until it succeeds, people are needed, the shard is to be let go of, or the broker has
    /// been away for too long.
    fn patiently<T>(
        &mut self,
        clock: &impl Clock,
        what: &str,
        mut call: impl FnMut(&mut Self) -> Result<T, Trouble>,
    ) -> Result<T, Fault> {
        let (started, mut is_again) = (clock.elapsed(), false);
        loop {
            let (fault, pause) = match call(self) {
                Ok(done) => {
                    if is_again {
                        self.status.is_in_trouble(None);
                    }
                    return Ok(done);
                }
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
            self.status.is_in_trouble(Some(format!("again until {what}: {}", fault.what)));
            is_again = true;
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
        Fault::lost(
            format!("shard {} is owned by another process: {why}", self.shard),
            "nothing is lost. If no other process should serve it, look for one with the same \
             prefix",
        )
    }
}

/// The local copy has that block: whoever takes the shard over with it gives it to the log again.
fn gone(work: &Work<'_>) -> Fault {
    let what = format!(
        "the log does not have block {} any more, which it had acknowledged",
        work.number.saturating_sub(1)
    );
    let advice = "look why the broker lost it. If it is the last alone, it is given to the log \
                  again from the local copy; if not, restore the events topic from a copy";
    Fault { cause: Cause::Unlogged, ..Fault::new(what, advice) }
}
