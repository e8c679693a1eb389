//! What falls due: before an input, or at a tick; in bulk, spread over blocks.
//!
//! Whatever falls due by the time of an input happens before it, in the one order of
//! [`DueKind`](groat_ledger::DueKind). Where that is much, it does not all go into the block of the
//! input: blocks of nothing else come first, each as full as any, and the input waits. That is the
//! owner's choice; the state after it is the same, and whoever decides the chain again finds in
//! each block what was paid in it. Between two commands of a record no block can end, so there
//! what falls due is bounded: see `pay_in_record`.

use super::{Books, Inbound, OpenBlock, walk};
use crate::block::{FrameKind, write_frame};
use crate::codec::{first_time, read_command, read_remittance};
use groat_ledger::limits::TIME_MS_MAX;
use groat_proto::v1::Clock;

impl Books {
    /// Whether the clock owes anything by `until`.
    pub fn is_due(&mut self, until: u64) -> bool {
        self.ledger.next_due(until).is_some()
    }

    /// Moves time forward without input, as the owner of a shard that has caught up may.
    pub fn tick(&mut self, to: u64, out: &mut OpenBlock) {
        self.pay_due(to.min(TIME_MS_MAX), out);
        self.seen.forget(self.ledger.now());
    }

    /// Moves time forward without input until the block has so many bytes.
    pub fn tick_within(&mut self, to: u64, body_max: usize, out: &mut OpenBlock) {
        self.pay_due_within(to.min(TIME_MS_MAX), body_max, out);
        self.seen.forget(self.ledger.now());
    }

    /// Lets everything happen that falls due by `until`, each at its own time, and moves there.
    pub(super) fn pay_due(&mut self, until: u64, out: &mut OpenBlock) {
        self.pay_due_within(until, usize::MAX, out);
    }

    /// As [`Books::pay_due`], until the block has so many bytes: the clock then stands where the
    /// last of it fell due. Gives whether that was all.
    pub(super) fn pay_due_within(
        &mut self,
        until: u64,
        body_max: usize,
        out: &mut OpenBlock,
    ) -> bool {
        while let Some(due) = self.ledger.next_due(until) {
            if out.body.len() >= body_max {
                return false;
            }
            let mut decision = std::mem::take(&mut self.decision);
            self.ledger.decide_due(due, &mut decision);
            self.happen(&decision, due.at.max(self.ledger.now()), true, out);
            self.decision = decision;
        }
        let advance = until.saturating_sub(self.ledger.now());
        if advance > 0 {
            self.ledger.advance(until);
            write_frame(&mut out.body, FrameKind::Clock, &Clock { advance });
        }
        true
    }

    /// Until when the clock should be moved first, in blocks of its own, because much falls due by
    /// a record's time.
    pub fn much_due_before(&mut self, inbound: &Inbound<'_>) -> Option<u64> {
        let earliest = self.ledger.earliest_due()?;
        if !self.terms.command_clock {
            return self.much_due_by(inbound.time);
        }
        // Mostly nothing is due by then. An atomic record may have later times behind its first.
        let record = match first_time(inbound.record) {
            Some(at) if at.max(self.ledger.now()) < earliest => {
                walk(inbound.record).ok().filter(|record| record.atomic)?
            }
            _ => walk(inbound.record).ok()?,
        };
        if record.atomic {
            let read: Result<Vec<_>, _> =
                record.commands.iter().map(|command| read_command(command)).collect();
            let read = read.ok()?;
            let (_, asked) = self.asked_together(read.iter().zip(record.commands.iter().copied()));
            return self.much_due_by(asked);
        }
        let bytes = *record.commands.first()?;
        let view = read_command(bytes).ok()?;
        let asked = self.asked(&view, bytes);
        if self.before(&view, bytes, self.judged_at(asked)).is_some() {
            return self.much_due_by(0);
        }
        self.much_due_by(self.may_move_to(&view, asked))
    }

    /// As [`Books::much_due_before`], of what another shard sent.
    pub fn much_due_before_remittance(&mut self, inbound: &Inbound<'_>) -> Option<u64> {
        self.ledger.earliest_due()?;
        let remittance = read_remittance(inbound.record).ok()?;
        let is_next = remittance.number == self.ledger.received_from(remittance.from) + 1;
        let time = if self.terms.command_clock { remittance.at } else { inbound.time };
        if is_next { self.much_due_by(time) } else { None }
    }

    fn much_due_by(&mut self, until: u64) -> Option<u64> {
        // A tick may have stopped in the middle of what is due by now.
        let until = until.min(TIME_MS_MAX).max(self.ledger.now());
        self.ledger.owes_much(until).then_some(until)
    }
}
