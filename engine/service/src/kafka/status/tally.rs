//! What was committed, in numbers, and how long it took. No amounts.

use groat_ledger::Rejection;
use groat_proto::v1::outcome;
use groat_shard::Messages;
use std::collections::BTreeMap;
use std::time::Duration;

/// What blocks were about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Blocks.
    pub blocks: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Their events.
    pub events: u64,
    /// Their input records.
    pub records: u64,
    /// Commands done.
    pub accepted: u64,
    /// Commands refused.
    pub rejected: u64,
    /// Commands that could not be read.
    pub malformed: u64,
    /// Commands answered as they were before.
    pub replayed: u64,
    /// Commands refused, by the code of the rejection.
    pub rejections: BTreeMap<u32, u64>,
    /// Settlements told.
    pub settlements: u64,
    /// What was sent to other shards.
    pub remittances: u64,
}

impl Tally {
    /// Of one block. Its commands are looked at one by one, but not on the thread that decides.
    pub(crate) fn of(messages: &Messages, bytes: u64, events: u64, records: u64) -> Tally {
        let count = |len: usize| u64::try_from(len).unwrap_or(u64::MAX);
        let mut tally = Tally { blocks: 1, bytes, events, records, ..Tally::default() };
        tally.settlements = count(messages.settlements.len());
        tally.remittances = count(messages.remittances.len());
        for outcome in messages.outcomes.iter().flat_map(|(_, told)| &told.outcomes) {
            match &outcome.result {
                _ if outcome.replay => tally.replayed += 1,
                Some(outcome::Result::Accepted(_)) => tally.accepted += 1,
                Some(outcome::Result::Rejected(rejected)) => {
                    tally.rejected += 1;
                    *tally.rejections.entry(rejected.code).or_default() += 1;
                }
                Some(outcome::Result::Malformed(_)) | None => tally.malformed += 1,
            }
        }
        tally
    }

    /// All commands.
    pub fn commands(&self) -> u64 {
        self.accepted + self.rejected + self.malformed + self.replayed
    }

    pub(super) fn add(&mut self, other: &Tally) {
        self.blocks += other.blocks;
        self.bytes += other.bytes;
        self.events += other.events;
        self.records += other.records;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.malformed += other.malformed;
        self.replayed += other.replayed;
        for (code, count) in &other.rejections {
            *self.rejections.entry(*code).or_default() += count;
        }
        self.settlements += other.settlements;
        self.remittances += other.remittances;
    }
}

/// The stable name of a rejection's code.
pub fn rejection_name(code: u32) -> &'static str {
    Rejection::from_code(code).map_or("Unknown", Rejection::name)
}

/// How many times took how long.
#[derive(Clone, Copy, Debug, Default)]
pub struct Histogram {
    /// Those that took no longer than each bound, and longer than the one before it; at last those
    /// that took longer than all.
    pub counts: [u64; Histogram::BOUNDS_US.len() + 1],
    /// All times together, in microseconds.
    pub sum_us: u64,
    /// The last of them.
    pub last_us: Option<u64>,
}

impl Histogram {
    /// The bounds in microseconds: a commit to a broker beside us takes a few milliseconds, one to
    /// a broker of three sites tens of them; behind a second something is wrong.
    pub const BOUNDS_US: [u64; 11] = [
        1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000,
        30_000_000,
    ];

    pub(super) fn note(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let place = Histogram::BOUNDS_US.partition_point(|bound| *bound < micros);
        self.counts[place] += 1;
        self.sum_us = self.sum_us.saturating_add(micros);
        self.last_us = Some(micros);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groat_proto::v1::{Accepted, Malformed, Outcome, Outcomes, Rejected};

    #[test]
    fn a_block_is_counted_by_what_its_commands_were_answered() {
        let outcome = |result, replay| {
            let result = Some(result);
            Outcome { result, replay, ..Outcome::default() }
        };
        let refused = || {
            let code = Rejection::ALL[0].code().into();
            outcome::Result::Rejected(Rejected { code, ..Rejected::default() })
        };
        let accepted = || outcome::Result::Accepted(Accepted::default());
        let outcomes = vec![
            outcome(accepted(), false),
            outcome(refused(), false),
            outcome(refused(), true),
            outcome(accepted(), true),
            outcome(outcome::Result::Malformed(Malformed::default()), false),
        ];
        let told = Outcomes { outcomes, ..Outcomes::default() };
        let messages = Messages { outcomes: vec![(7, told)], ..Messages::default() };
        let tally = Tally::of(&messages, 100, 4, 1);
        let Tally { accepted, rejected, malformed, replayed, .. } = tally;
        assert_eq!((accepted, rejected, malformed, replayed), (1, 1, 1, 2));
        assert_eq!(tally.commands(), 5);
        let code = u32::from(Rejection::ALL[0].code());
        assert_eq!(tally.rejections, BTreeMap::from([(code, 1)]), "a replay is refused once");
        let mut twice = tally.clone();
        twice.add(&tally);
        assert_eq!((twice.commands(), twice.blocks, twice.bytes, twice.events), (10, 2, 200, 8));
        assert_eq!(twice.rejections, BTreeMap::from([(code, 2)]));
    }

    #[test]
    fn a_time_is_counted_under_the_first_bound_that_it_does_not_exceed() {
        let mut histogram = Histogram::default();
        for micros in [0, 1_000, 1_001, 30_000_000, 30_000_001] {
            histogram.note(Duration::from_micros(micros));
        }
        assert_eq!(histogram.counts, [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!((histogram.sum_us, histogram.last_us), (60_002_002, Some(30_000_001)));
    }
}
