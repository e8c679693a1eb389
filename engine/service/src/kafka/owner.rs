//! The life of a shard under one owner, against four narrow traits, so that the same code runs on
//! a broker and in the simulator.
//!
//! | phase | function | statement |
//! |---|---|---|
//! | 1 | `CatchUp::from_local` | the local copy, or nothing if it is damaged and set aside |
//! | 2 | `Commits::renew`, `read` | every earlier owner is fenced; the log is followed |
//! | 3 | `claim` | an empty block with a higher epoch is committed, and **read back**: ours |
//! | 4 | `tell_again` | what an earlier owner committed and did not get told is told |
//! | 5 | [`Source::start_at`] | input begins where the chain ends, or that is a fault |
//! | 6 | [`Owner::turn`] | a batch is decided, while the one before it is on its way |
//! | 7 | [`Back`](super::back::Back) | it is sealed, **committed to the log**, kept in sled |
//!
//! If the log has lost the last block of the copy, it is given that again before it is claimed.
//!
//! Where shards send to each other, a block takes remittances before commands. Their order is the
//! owner's choice, and what was told tells it to the next one.
//!
//! Nothing of a block leaves but in the commit itself. Where the input stands is known from the
//! chain and from nothing else.

use super::back::{Behind, Job, Thread};
use super::catch_up::{CatchUp, LocalCopy};
use super::log::Log;
use super::status::ShardStatus;
use super::takeover::{Taken, take_over};
use crate::clock::Clock;
use crate::limits::{
    BACK_WAIT, BROKER_PATIENCE, CLOCK_JUMP_MS_MAX, IDLE_PIECES, POLL_BYTES_MAX, POLL_RECORDS_MAX,
    POLL_WAIT, RETRY_PAUSE, TRANSFERS_BYTES_MAX, TRANSFERS_WAIT,
};
use groat_proto::v1::ChainTerms;
use groat_shard::limits::SNAPSHOT_PIECE_BYTES;
use groat_shard::{Fault, Hash, Inbound, Shard, Store, Tail, hex};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The input of one shard.
pub trait Source {
    /// Begins at these offsets, of commands and of what other shards send if they do; a fault when
    /// a topic no longer or not yet has it.
    fn start_at(&mut self, commands: u64, transfers: Option<u64>) -> Result<(), Fault>;

    /// Waits so long for input, then takes what is there, bounded.
    fn poll(&mut self, inputs: &mut Vec<Input>, wait: Duration) -> Result<(), Fault>;

    /// Takes what other shards have sent, bounded, without waiting.
    fn poll_transfers(&mut self, inputs: &mut Vec<Input>) -> Result<(), Fault>;

    /// Whether all that is in the input now was taken. Not when that cannot be known: that nothing
    /// came for a moment means little.
    fn is_at_end(&mut self) -> bool;

    /// Hears that everything before this offset is decided and committed. It may tell the consumer
    /// group, for people who watch its lag; nothing depends on that.
    fn passed(&mut self, offset: u64);
}

impl<S: Source> Source for &mut S {
    fn start_at(&mut self, commands: u64, transfers: Option<u64>) -> Result<(), Fault> {
        (**self).start_at(commands, transfers)
    }

    fn poll(&mut self, inputs: &mut Vec<Input>, wait: Duration) -> Result<(), Fault> {
        (**self).poll(inputs, wait)
    }

    fn poll_transfers(&mut self, inputs: &mut Vec<Input>) -> Result<(), Fault> {
        (**self).poll_transfers(inputs)
    }

    fn is_at_end(&mut self) -> bool {
        (**self).is_at_end()
    }

    fn passed(&mut self, offset: u64) {
        (**self).passed(offset);
    }
}

/// A record of the `commands` topic.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its offset.
    pub offset: u64,
    /// Its time in milliseconds since 1970.
    pub time: u64,
    /// Its key.
    pub key: Vec<u8>,
    /// Its value.
    pub record: Vec<u8>,
}

/// What a shard is run with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The shard.
    pub shard: u32,
    /// The terms a new chain is begun with; an old one must have the same.
    pub terms: ChainTerms,
    /// The topic of its input, as named in blocks.
    pub topic: String,
    /// The topic by which other shards send, as named in blocks; for chains that have others.
    pub transfers: String,
    /// A snapshot is taken when this many bytes of blocks have come since the last.
    pub snapshot_bytes: u64,
    /// What falls due in bulk is spread over blocks of so many bytes.
    pub block_bytes: usize,
    /// A block that has so many bytes takes nothing more.
    pub open_bytes: usize,
    /// Bytes that no other owner of any shard has or had: they tell its claim from others'.
    pub owner: [u8; 16],
    /// Where it says how it is.
    pub status: Arc<ShardStatus>,
}

/// What an owner works with.
pub struct Means<C: LocalCopy, L, S, K> {
    /// The local copy.
    pub copy: C,
    /// The shard as a [`Standby`](super::standby::Standby) followed it, if one did.
    pub followed: Option<CatchUp<C::Store>>,
    /// The log of record.
    pub log: L,
    /// The input.
    pub source: S,
    /// Time.
    pub clock: K,
}

/// Runs a shard until `stop`.
pub fn own<C, L, S, K>(
    settings: &Settings,
    means: Means<C, L, S, K>,
    stop: &Arc<AtomicBool>,
) -> Result<(), Fault>
where
    C: LocalCopy,
    C::Store: Store + Send,
    L: Log + Send,
    S: Source,
    K: Clock + Clone + Send,
{
    let (taken, back) = take_over(settings, means, stop)?;
    std::thread::scope(|scope| {
        let behind = Thread::spawn(scope, settings.shard, back)?;
        let mut owner = Owner::new(taken, behind);
        while !stop.load(Ordering::Relaxed) {
            owner.turn()?;
        }
        owner.release()
    })
}

/// The owner of a shard: its claim stands in the log. It decides; what it has decided is committed
/// and kept by what is behind it.
pub struct Owner<S, K, B> {
    settings: Settings,
    source: S,
    clock: K,
    shard: Shard,
    behind: B,
    /// Jobs handed over that are not done.
    pending: usize,
    /// The last block known to be in the log, and its hash.
    committed: (u64, Hash),
    /// Commands that were taken from the input and wait for what falls due before them.
    polled: VecDeque<Input>,
    /// The commands of the open block.
    inputs: Vec<Input>,
    input_bytes: usize,
    /// What other shards sent and was not received yet.
    remitted: VecDeque<Input>,
    /// How many remittances were received before what was told and is not in the log.
    told_after: Option<u64>,
    /// What came since the last snapshot was begun.
    tail: Tail,
}

impl<S: Source, K: Clock, B: Behind> Owner<S, K, B> {
    /// The owner of a shard that was taken over.
    pub fn new(taken: Taken<S, K>, behind: B) -> Owner<S, K, B> {
        let Taken { settings, source, clock, shard, tail, committed, told_after } = taken;
        let (pending, input_bytes) = (0, 0);
        let (polled, inputs, remitted) = (VecDeque::new(), Vec::new(), VecDeque::new());
        Owner {
            settings,
            source,
            clock,
            shard,
            behind,
            pending,
            committed,
            polled,
            inputs,
            input_bytes,
            remitted,
            told_after,
            tail,
        }
    }

    /// The shard as it is decided; not all of it may be in the log.
    pub fn shard(&self) -> &Shard {
        &self.shard
    }

    /// The last block known to be in the log, and its hash.
    pub fn committed(&self) -> (u64, Hash) {
        self.committed
    }

    /// Some input, or one look at the clock. A block is closed as soon as the one before it is in
    /// the log, so it is the larger the longer that takes.
    pub fn turn(&mut self) -> Result<(), Fault> {
        if self.told_after.is_some() {
            // What the next block must be is known when this one is certain.
            self.hear_all()?;
        }
        let before = self.inputs.len();
        let mut waits = self.inputs.is_empty() && self.take_remittances()?;
        if !waits {
            waits = self.poll()?;
        }
        let has_new = self.inputs.len() > before;
        if !has_new && !waits && self.pending == 0 && !self.shard.has_open() {
            self.look_at_the_clock()?;
        }
        if self.shard.has_open() && (self.pending == 0 || waits || self.is_long()) {
            self.hear_all()?;
            self.close()?;
        } else if self.pending > 0 && !has_new {
            self.hear(Some(BACK_WAIT))?;
        } else if !self.shard.has_open() {
            for _ in 0..IDLE_PIECES {
                if !self.rest_on()? {
                    break;
                }
            }
        }
        while self.pending > 0 && self.hear(Some(Duration::ZERO))? {}
        Ok(())
    }

    /// Whether nothing more should come into the open block.
    fn is_long(&self) -> bool {
        self.inputs.len() >= POLL_RECORDS_MAX
            || self.input_bytes >= POLL_BYTES_MAX
            || self.is_wide()
    }

    /// Whether the open block, with its events and what fell due before its inputs, is as long as
    /// leaves room in a message of the log for the largest record after it.
    fn is_wide(&self) -> bool {
        self.shard.open_bytes() >= self.settings.open_bytes
    }

    /// Decides what is in the input; whether some of it waits for a block of its own to be closed.
    fn poll(&mut self) -> Result<bool, Fault> {
        if self.polled.is_empty() {
            self.take_commands()?;
        }
        while let Some(Input { offset, time, record, .. }) = self.polled.front() {
            if self.is_wide() {
                return Ok(true);
            }
            let inbound = Inbound { offset: *offset, time: *time, record };
            if let Some(until) = self.shard.much_due_before(&inbound) {
                self.move_clock_ahead(until);
                return Ok(true);
            }
            self.input_bytes += record.len();
            self.shard.step(inbound);
            self.inputs.extend(self.polled.pop_front());
        }
        Ok(false)
    }

    /// Moves the clock where much falls due before an input: by one block that has nothing else.
    fn move_clock_ahead(&mut self, until: u64) {
        if !self.shard.has_open() {
            self.shard.tick_within(until, self.settings.block_bytes);
        }
    }

    /// Takes what is in the input.
    fn take_commands(&mut self) -> Result<(), Fault> {
        let wait = if self.shard.has_open() && self.pending == 0 || !self.remitted.is_empty() {
            Duration::ZERO
        } else if self.pending > 0 {
            BACK_WAIT
        } else if self.shard.books().terms().transfers {
            TRANSFERS_WAIT
        } else {
            POLL_WAIT
        };
        let mut inputs = Vec::new();
        self.source.poll(&mut inputs, wait)?;
        let next = self.shard.head().next_offset(&self.settings.topic, self.settings.shard);
        self.polled.extend(inputs.into_iter().filter(|input| input.offset >= next));
        Ok(())
    }

    /// Receives what other shards sent. Where something was told that the chain does not have, just
    /// as many are received as before that was told, and then none until it has. Gives whether some
    /// wait for a block of its own to be closed.
    fn take_remittances(&mut self) -> Result<bool, Fault> {
        if !self.shard.books().terms().transfers {
            return Ok(false);
        }
        let until = self.told_after;
        let received = |shard: &Shard| shard.books().ledger().received();
        let mut left = POLL_RECORDS_MAX;
        let started = self.clock.elapsed();
        while until.is_none_or(|until| received(&self.shard) < until) {
            if until.is_none() && (left == 0 || self.input_bytes >= TRANSFERS_BYTES_MAX) {
                break;
            }
            if until.is_none() && self.is_wide() {
                return Ok(true);
            }
            if self.remitted.is_empty() {
                let mut inputs = Vec::new();
                self.source.poll_transfers(&mut inputs)?;
                self.remitted.extend(inputs);
            }
            match self.remitted.front() {
                Some(Input { offset, time, record, .. }) => {
                    let inbound = Inbound { offset: *offset, time: *time, record };
                    let topic = &self.settings.transfers;
                    let next = self.shard.head().next_offset(topic, self.settings.shard);
                    if *offset >= next {
                        // What was told has come about with a remittance, not before it.
                        if until.is_none()
                            && let Some(to) = self.shard.much_due_before_remittance(&inbound)
                        {
                            self.move_clock_ahead(to);
                            return Ok(true);
                        }
                        self.input_bytes += record.len();
                        self.shard.receive(topic, inbound)?;
                    }
                    self.remitted.pop_front();
                }
                None if until.is_none() => break,
                None if self.clock.elapsed() - started > BROKER_PATIENCE => {
                    return Err(self.missing_remittances());
                }
                None => self.clock.pause(RETRY_PAUSE),
            }
            left = left.saturating_sub(1);
        }
        Ok(false)
    }

    fn missing_remittances(&self) -> Fault {
        Fault::new(
            format!(
                "shard {}: what an earlier owner told came after more remittances than {} has",
                self.settings.shard, self.settings.transfers
            ),
            "restore that topic from a copy; the events of the other shards have what it held",
        )
    }

    /// Lets go of the shard in order: what is decided is committed.
    pub fn release(mut self) -> Result<(), Fault> {
        self.hear_all()?;
        if self.shard.has_open() {
            self.close()?;
            self.hear_all()?;
        }
        self.behind.end()?;
        tracing::info!(
            shard = self.settings.shard,
            blocks = self.shard.head().next_number,
            state_digest = hex(&self.shard.books().digest()),
            "shard is released"
        );
        Ok(())
    }

    /// Lets happen what fell due, if the shard has caught up. What is published after the clock
    /// was read is later than it, so the end of the input is asked for after that.
    fn look_at_the_clock(&mut self) -> Result<(), Fault> {
        let (now, stream) = (self.clock.wall_ms(), self.shard.books().ledger().now());
        if self.settings.terms.command_clock || !self.shard.is_due(now) || !self.source.is_at_end()
        {
            return Ok(());
        }
        if now > stream.saturating_add(CLOCK_JUMP_MS_MAX) {
            return Err(Fault::new(
                format!(
                    "shard {}: the clock of this machine says {now}, more than a year after \
                     {stream}, the time of the last event",
                    self.settings.shard
                ),
                "set the clock",
            ));
        }
        self.shard.tick_within(now, self.settings.block_bytes);
        Ok(())
    }

    /// Closes the open block and hands it over, and a piece of a snapshot behind it.
    fn close(&mut self) -> Result<(), Fault> {
        let closed = if !self.shard.is_resting() && self.tail.is_long(self.settings.snapshot_bytes)
        {
            self.tail = Tail::default();
            self.shard.close_and_rest(&self.settings.topic)
        } else {
            self.shard.close(&self.settings.topic)
        };
        self.input_bytes = 0;
        let inputs = std::mem::take(&mut self.inputs);
        self.hand_over(Job::Block(Box::new(closed), inputs))?;
        self.rest_on().map(|_| ())
    }

    /// Hands over the next piece of a snapshot, if one is being made.
    fn rest_on(&mut self) -> Result<bool, Fault> {
        let Some(piece) = self.shard.rest_on(SNAPSHOT_PIECE_BYTES) else { return Ok(false) };
        self.tail.snapshot += piece.row_bytes();
        self.hand_over(Job::Piece(Box::new(piece)))?;
        Ok(true)
    }

    fn hand_over(&mut self, job: Job) -> Result<(), Fault> {
        self.pending += 1;
        self.behind.hand_over(job)
    }

    /// Hears of a job that is done; whether one was.
    fn hear(&mut self, wait: Option<Duration>) -> Result<bool, Fault> {
        let Some(done) = self.behind.next_done(wait)? else { return Ok(false) };
        self.pending -= 1;
        self.committed = done.block;
        self.told_after = done.told_after;
        self.tail.blocks += done.bytes;
        self.settings.status.stands_at(&self.shard, self.tail.blocks);
        if let Some(last) = done.last_offset {
            self.source.passed(last + 1);
        }
        Ok(true)
    }

    /// Waits until all that was handed over is done.
    fn hear_all(&mut self) -> Result<(), Fault> {
        while self.pending > 0 {
            self.hear(None)?;
        }
        Ok(())
    }
}
