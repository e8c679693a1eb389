//! What other shards sent: consumed in the order in which it stands in the topic.

use super::{Books, Inbound, OpenBlock};
use crate::block::{FrameKind, write_decided, write_frame, write_input};
use crate::codec::read_remittance;
use crate::limits::RECORD_BYTES_MAX;
use groat_ledger::Rejection;
use groat_ledger::limits::TIME_MS_MAX;
use groat_proto::v1::Decided;

/// What another shard sent is not the next one of that shard: something between is missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gap {
    /// The shard that sent it.
    pub from: u32,
    /// Its number.
    pub number: u64,
    /// The number of the next one.
    pub expected: u64,
}

impl Books {
    /// Consumes what another shard sent. One that came before leaves no trace but its place in the
    /// input; one that is not the next is an error, and nothing is consumed.
    pub fn receive(&mut self, inbound: Inbound<'_>, out: &mut OpenBlock) -> Result<(), Gap> {
        let Inbound { offset, time, record } = inbound;
        let read = read_remittance(record).ok().filter(|r| self.may_come_from(r.from));
        let expected = read.as_ref().map_or(0, |r| self.ledger.received_from(r.from) + 1);
        if let Some(r) = &read
            && r.number > expected
        {
            return Err(Gap { from: r.from, number: r.number, expected });
        }
        let kept = &record[..record.len().min(RECORD_BYTES_MAX + 1)];
        write_input(&mut out.body, FrameKind::Remittance, offset, time, kept);
        let first = out.remitted.map_or(offset, |(first, _)| first);
        out.remitted = Some((first, offset));
        match read {
            None => {
                let decided = Decided { malformed: true, ..Decided::default() };
                write_frame(&mut out.body, FrameKind::Decided, &decided);
            }
            Some(r) if r.number < expected => {
                let refused = Rejection::Duplicate.code().into();
                let decided = Decided { refused, ..Decided::default() };
                write_frame(&mut out.body, FrameKind::Decided, &decided);
            }
            Some(remittance) => {
                self.received += 1;
                let time = if self.terms.command_clock { remittance.at } else { time };
                self.pay_due(time.min(TIME_MS_MAX).max(self.ledger.now()), out);
                let now = self.ledger.now();
                let mut decision = std::mem::take(&mut self.decision);
                self.ledger.receive(&remittance, now, &mut decision);
                self.happen(&decision, now, false, out);
                self.decision = decision;
                self.received = self.ledger.received();
                write_decided(&mut out.body);
            }
        }
        self.seen.forget(self.ledger.now());
        Ok(())
    }

    fn may_come_from(&self, shard: u32) -> bool {
        shard < self.ledger.place().shards && shard != self.shard
    }
}
