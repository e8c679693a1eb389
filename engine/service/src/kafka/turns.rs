//! The front of an owner: takes input, steps it, hands blocks to the writer.
//!
//! While a block is being written the next one grows: so a quiet shard commits at once, and a
//! busy one commits much at a time, by itself.

use super::counters::Counters;
use super::owner::{Input, Settings, Source};
use super::writer::{Decided, Written};
use crate::clock;
use crate::limits::{BODY_BYTES_MAX, CLOCK_JUMP_MS_MAX, POLL_WAIT, WRITE_WAIT};
use groat_shard::{Fault, Inbound, Shard, Tail};

/// See the module.
pub(super) struct Turns<'a, S> {
    settings: &'a Settings,
    source: &'a mut S,
    shard: &'a mut Shard,
    written: &'a Written,
    counters: &'a Counters,
    handed_over: u64,
    /// What was stepped since the last block.
    inputs: Vec<Input>,
    /// What came since the last snapshot, when so many bytes were written.
    tail: Tail,
    bytes_at_snapshot: u64,
}

impl<'a, S: Source> Turns<'a, S> {
    pub(super) fn new(
        settings: &'a Settings,
        source: &'a mut S,
        shard: &'a mut Shard,
        tail: Tail,
        written: &'a Written,
        counters: &'a Counters,
    ) -> Turns<'a, S> {
        let inputs = Vec::new();
        let (handed_over, bytes_at_snapshot) = (0, 0);
        Turns {
            settings,
            source,
            shard,
            written,
            counters,
            handed_over,
            inputs,
            tail,
            bytes_at_snapshot,
        }
    }

    /// Some input, or one look at the clock; then a block for the writer, if it is free for one or
    /// the block is full.
    pub(super) fn turn(&mut self) -> Result<Option<Decided>, Fault> {
        let waits = if self.shard.has_open() { WRITE_WAIT } else { POLL_WAIT };
        let before = self.inputs.len();
        let from = clock::start();
        self.source.poll(waits, &mut self.inputs)?;
        let taken = from.elapsed();
        self.step_from(before);
        self.counters.add(|done| {
            done.taking += taken;
            done.stepping += from.elapsed() - taken;
        });
        if !self.shard.has_open() {
            self.look_at_the_clock()?;
        }
        let unwritten = self.handed_over - self.written.blocks();
        let is_full = self.shard.open_bytes() >= BODY_BYTES_MAX;
        Ok(if unwritten == 0 || is_full { self.close() } else { None })
    }

    /// Closes what is open.
    pub(super) fn close(&mut self) -> Option<Decided> {
        if !self.shard.has_open() {
            return None;
        }
        let bytes = self.written.bytes();
        let since = bytes - self.bytes_at_snapshot;
        let tail = Tail { blocks: self.tail.blocks.saturating_add(since), ..self.tail };
        let inputs = std::mem::take(&mut self.inputs);
        let decided = if tail.is_long(self.settings.snapshot_bytes) {
            let (closed, rest) = self.shard.close_and_rest(&self.settings.topic);
            self.tail = Tail { blocks: 0, snapshot: rest.bytes() };
            self.bytes_at_snapshot = bytes;
            Decided { closed, inputs, rest: Some(rest) }
        } else {
            let closed = self.shard.close(&self.settings.topic, false);
            Decided { closed, inputs, rest: None }
        };
        self.handed_over += 1;
        Some(decided)
    }

    fn step_from(&mut self, first: usize) {
        let next = self.shard.head().next_offset(&self.settings.topic, self.settings.shard);
        let mut at = 0;
        self.inputs.retain(|input| {
            at += 1;
            at <= first || input.offset >= next
        });
        for Input { offset, time, record, .. } in self.inputs.iter().skip(first) {
            self.shard.step(Inbound { offset: *offset, time: *time, record });
        }
    }

    /// Lets happen what fell due, if the shard has caught up. What is published after the clock
    /// was read is later than it, so the end of the input is asked for after that.
    fn look_at_the_clock(&mut self) -> Result<(), Fault> {
        let (now, stream) = (clock::wall_ms(), self.shard.books().ledger().now());
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
}
