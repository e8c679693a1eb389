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
//! | 6 | [`Owner::turn`] | a batch is stepped, sealed, **committed to the log**, kept in sled |
//!
//! Where shards send to each other, a block takes remittances before commands. Their order is the
//! owner's choice, and what was told tells it to the next one.
//!
//! Nothing of a block leaves but in the commit itself. Where the input stands is known from the
//! chain and from nothing else.

use super::catch_up::{CatchUp, LocalCopy};
use super::commit::{Commits, Work};
use super::log::{Extent, Log, Trouble};
use crate::clock::Clock;
use crate::limits::{
    BROKER_PATIENCE, CLOCK_JUMP_MS_MAX, IDLE_PIECES, POLL_RECORDS_MAX, POLL_WAIT, RETRY_PAUSE,
    TRANSFERS_WAIT,
};
use groat_proto::v1::ChainTerms;
use groat_shard::limits::SNAPSHOT_PIECE_BYTES;
use groat_shard::{Checked, Fault, Hash, Inbound, Messages, Shard, Store, Tail, hex};
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
    /// Bytes that no other owner of any shard has or had: they tell its claim from others'.
    pub owner: [u8; 16],
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
pub fn own<C: LocalCopy, L: Log, S: Source, K: Clock>(
    settings: &Settings,
    means: Means<C, L, S, K>,
    stop: &Arc<AtomicBool>,
) -> Result<(), Fault> {
    let mut owner = Owner::start(settings, means, stop)?;
    while !stop.load(Ordering::Relaxed) {
        owner.turn()?;
    }
    owner.release()
}

/// The owner of a shard: its claim stands in the log.
pub struct Owner<St, L, S, K> {
    settings: Settings,
    commits: Commits<L>,
    source: S,
    clock: K,
    store: Checked<St>,
    shard: Shard,
    inputs: Vec<Input>,
    /// What other shards sent and was not received yet.
    remitted: VecDeque<Input>,
    /// What came since the last snapshot was begun.
    tail: Tail,
    /// The block after which the state is being put to rest.
    resting: (u64, Hash),
}

impl<St: Store, L: Log, S: Source, K: Clock> Owner<St, L, S, K> {
    /// Takes the shard over, or says why it cannot.
    pub fn start<C: LocalCopy<Store = St>>(
        settings: &Settings,
        means: Means<C, L, S, K>,
        stop: &Arc<AtomicBool>,
    ) -> Result<Owner<St, L, S, K>, Fault> {
        let Means { mut copy, followed, log, mut source, clock } = means;
        let mut caught = match followed {
            Some(followed) => followed,
            None => CatchUp::from_local(settings, &mut copy)?,
        };
        let terms = caught.shard.as_ref().map_or(settings.terms, |shard| *shard.books().terms());
        let others = others(settings.shard, &terms);
        let mut commits = Commits::new(settings.shard, others, log, Arc::clone(stop));
        let claim = claim(settings, &mut commits, &clock, &mut caught, stop)?;
        let CatchUp { mut store, shard, tail, last_work, resting, taken, .. } = caught;
        let shard = shard.unwrap_or_else(|| Shard::begin(settings.shard, settings.terms));
        store.sync()?;
        let head = shard.head();
        let next = head.next_offset(&settings.topic, settings.shard);
        let (number, epoch) = (head.next_number.saturating_sub(1), head.epoch);
        let (inputs, messages, first_event) = match last_work {
            Some(last) => (last.inputs, last.messages, last.first_event),
            None => (Vec::new(), Messages::default(), head.next_event),
        };
        let first_offset = inputs.first().map_or(next, |input| input.offset);
        commits.read_told(&clock, first_offset, first_event)?;
        let (bytes, messages, next_event) = (&claim, &messages, head.next_event);
        let work = Work { number, epoch, bytes, messages, inputs: &inputs, next_event };
        // Mostly there is nothing to tell again.
        commits.commit(&clock, &work, true)?;
        let next_transfer = head.next_offset(&settings.transfers, settings.shard);
        source.start_at(next, terms.transfers.then_some(next_transfer))?;
        tracing::info!(
            shard = settings.shard,
            block = number,
            epoch,
            next_offset = next,
            blocks_read = taken,
            state_digest = hex(&shard.books().digest()),
            "shard is owned"
        );
        let (settings, inputs, remitted) = (settings.clone(), Vec::new(), VecDeque::new());
        let resting = resting.map_or((0, [0; 32]), |at| (at.number, at.hash));
        let mut owner = Owner {
            settings,
            commits,
            source,
            clock,
            store,
            shard,
            inputs,
            remitted,
            tail,
            resting,
        };
        owner.move_time_as_told()?;
        Ok(owner)
    }

    /// The shard as it is.
    pub fn shard(&self) -> &Shard {
        &self.shard
    }

    /// One batch of input, or one look at the clock.
    pub fn turn(&mut self) -> Result<(), Fault> {
        let wait = self.take_remittances()?;
        self.inputs.clear();
        self.source.poll(&mut self.inputs, wait)?;
        let next = self.shard.head().next_offset(&self.settings.topic, self.settings.shard);
        self.inputs.retain(|input| input.offset >= next);
        for Input { offset, time, record, .. } in &self.inputs {
            self.shard.step(Inbound { offset: *offset, time: *time, record });
        }
        if self.inputs.is_empty() && !self.shard.has_open() {
            self.look_at_the_clock()?;
        }
        if self.shard.has_open() {
            return self.commit();
        }
        for _ in 0..IDLE_PIECES {
            if !self.rest_on()? {
                break;
            }
        }
        Ok(())
    }

    /// Receives what other shards sent; gives how long to wait for commands. Where something was
    /// told that the chain does not have, just as many are received as before that was told, and
    /// then none until it has.
    fn take_remittances(&mut self) -> Result<Duration, Fault> {
        if !self.shard.books().terms().transfers {
            return Ok(POLL_WAIT);
        }
        let until = self.commits.told_after();
        let received = |shard: &Shard| shard.books().ledger().received();
        let mut left = POLL_RECORDS_MAX;
        let started = self.clock.elapsed();
        while until.is_none_or(|until| received(&self.shard) < until) {
            if self.remitted.is_empty() {
                let mut inputs = Vec::new();
                self.source.poll_transfers(&mut inputs)?;
                self.remitted.extend(inputs);
            }
            match self.remitted.pop_front() {
                Some(Input { offset, time, record, .. }) => {
                    let topic = &self.settings.transfers;
                    let next = self.shard.head().next_offset(topic, self.settings.shard);
                    if offset >= next {
                        self.shard.receive(topic, Inbound { offset, time, record: &record })?;
                    }
                }
                None if until.is_none() => break,
                None if self.clock.elapsed() - started > BROKER_PATIENCE => {
                    return Err(self.missing_remittances());
                }
                None => self.clock.pause(RETRY_PAUSE),
            }
            left = left.saturating_sub(1);
            if until.is_none() && (left == 0 || self.shard.is_full()) {
                break;
            }
        }
        let has_work = self.shard.has_open() || !self.remitted.is_empty();
        Ok(if has_work { Duration::ZERO } else { TRANSFERS_WAIT })
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

    /// Lets go of the shard in order.
    pub fn release(mut self) -> Result<(), Fault> {
        self.store.sync()?;
        tracing::info!(
            shard = self.settings.shard,
            blocks = self.shard.head().next_number,
            state_digest = hex(&self.shard.books().digest()),
            "shard is released"
        );
        Ok(())
    }

    /// An earlier owner moved the clock, and its block is not in the log, but what fell due was
    /// told. Input alone would not bring it about in the same order if that owner's clock was
    /// ahead, so the clock is moved as far again. That it leads to what was told is tried first.
    fn move_time_as_told(&mut self) -> Result<(), Fault> {
        if self.settings.terms.command_clock {
            return Ok(());
        }
        let next = self.shard.head().next_offset(&self.settings.topic, self.settings.shard);
        let received = self.shard.books().ledger().received();
        if self.commits.told_after().is_some_and(|after| after > received) {
            return Ok(());
        }
        let Some(until) = self.commits.told_by_a_tick(next) else { return Ok(()) };
        let mut trial = Shard::from_snapshot(self.settings.shard, &self.shard.snapshot())?;
        trial.tick(until);
        let sealed = trial.seal(&self.settings.topic, false);
        if !self.commits.are_what_was_told(&Messages::from(&sealed.outbound)) {
            return Ok(());
        }
        self.shard.tick(until);
        self.commit()
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
        self.shard.tick(now);
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Fault> {
        let rests = !self.shard.is_resting() && self.tail.is_long(self.settings.snapshot_bytes);
        let sealed = if rests {
            self.shard.seal_and_rest(&self.settings.topic)
        } else {
            self.shard.seal(&self.settings.topic, false)
        };
        let messages = Messages::from(&sealed.outbound);
        let work = Work {
            number: sealed.number,
            epoch: sealed.epoch,
            bytes: &sealed.bytes,
            messages: &messages,
            inputs: &self.inputs,
            next_event: self.shard.head().next_event,
        };
        self.commits.commit(&self.clock, &work, false)?;
        self.store.append(sealed.number, &sealed.bytes)?;
        self.tail.blocks += sealed.bytes.len() as u64;
        if rests {
            self.tail = Tail::default();
            self.resting = (sealed.number, self.shard.head().previous);
        }
        if let Some(last) = sealed.last_offset {
            self.source.passed(last + 1);
        }
        // Only now: a snapshot says that all that left with the blocks before it is there.
        self.rest_on().map(|_| ())
    }

    /// Keeps the next piece of a snapshot, if one is being made.
    fn rest_on(&mut self) -> Result<bool, Fault> {
        let Some(piece) = self.shard.rest_on(SNAPSHOT_PIECE_BYTES) else { return Ok(false) };
        self.tail.snapshot += piece.row_bytes();
        let (number, hash) = self.resting;
        piece.keep(number, hash, &mut self.store)?;
        Ok(true)
    }
}

/// The shards to which one sends, and which send to it.
fn others(shard: u32, terms: &ChainTerms) -> Vec<u32> {
    if terms.transfers { (0..terms.shards).filter(|s| *s != shard).collect() } else { Vec::new() }
}

/// Claims the shard until a claim of ours is the end of the chain; gives that claim. A block of an
/// earlier owner that got in before it is followed, and the shard claimed anew.
fn claim<St: Store>(
    settings: &Settings,
    commits: &mut Commits<impl Log>,
    clock: &impl Clock,
    caught: &mut CatchUp<St>,
    stop: &AtomicBool,
) -> Result<Vec<u8>, Fault> {
    let started = clock.elapsed();
    let mut sent: Option<(Vec<u8>, Hash)> = None;
    let mut fence = true;
    loop {
        if fence {
            commits.renew(clock)?;
        }
        let (mut prevailed, mut followed) = (false, false);
        let from = caught.read_from();
        // What is undecided is ended by our claim at the latest, so it is waited for behind that.
        let extent = if fence { Extent::Committed } else { Extent::Decided };
        commits.read(clock, from, extent, &mut |bytes| {
            if let Some(block) = caught.take(settings, bytes)? {
                followed = prevailed;
                prevailed |= sent.as_ref().is_some_and(|(_, ours)| *ours == block.hash);
            }
            Ok(())
        })?;
        caught.check(settings)?;
        match sent {
            Some(_) if followed => return Err(commits.lost("it was claimed right after our claim")),
            Some((bytes, _)) if prevailed => return Ok(bytes),
            _ => {}
        }
        let shard =
            caught.shard.get_or_insert_with(|| Shard::begin(settings.shard, settings.terms));
        let proposed = shard.propose_claim(&settings.owner);
        let claimed = commits.send_block(&proposed.0);
        sent = Some(proposed);
        fence = claimed.is_err();
        let fault = match claimed {
            Ok(()) => continue,
            Err(Trouble::Stop(fault)) => return Err(fault),
            Err(Trouble::Failed(fault) | Trouble::Fenced(fault)) => fault,
            Err(Trouble::TooLarge) => commits.lost("its topic lets no claim through"),
        };
        if stop.load(Ordering::Relaxed) || clock.elapsed() - started > BROKER_PATIENCE {
            return Err(fault);
        }
        tracing::warn!(shard = settings.shard, "claimed again: {}", fault.what);
        clock.pause(RETRY_PAUSE);
    }
}
