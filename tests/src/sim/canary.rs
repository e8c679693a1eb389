//! Owners that are broken on purpose, each in one way: the simulator is good enough when it finds
//! every one of them. Each is played where the owner meets the world; the product has no trace
//! of them.

use super::log::SimLog;
use super::world::{COMMANDS, World};
use groat::kafka::log::{Extent, Record, Topic};
use groat_proto::Message;
use groat_proto::v1::{Outcomes, SnapshotHead};
use groat_shard::{Block, FrameKind, Inbound, Shard};

/// What is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Canary {
    /// A new producer does not fence the ones before it.
    SkipTheFence,
    /// A claim that was acknowledged is taken to have prevailed.
    SkipReadingTheClaimBack,
    /// A snapshot does not say how far the input was consumed.
    ForgetAPosition,
    /// Outcomes and settlements are sent outside the transaction.
    PublishBeforeCommit,
    /// Outcomes do not carry their command's id.
    DropAnId,
    /// A commit without an answer is taken to have happened.
    TrustAnIndefiniteCommit,
    /// What is sent again is sealed again, otherwise.
    ResendWithANewBlock,
    /// Input that was trimmed before it was decided is passed over.
    IgnoreAGapInTheInput,
    /// What stands behind a gap in the log is passed over, and the log gone on with.
    IgnoreAGapInTheLog,
    /// Where log and local copy differ, the local copy is believed.
    TakeTheLocalCopyOverTheLog,
    /// What an earlier owner told is not looked at.
    ForgetWhatWasTold,
    /// A new producer does not write to the partitions where an earlier one may write late.
    SkipTheFenceOfPartitions,
    /// What is sent to another shard is not sent.
    DropARemittance,
}

impl Canary {
    /// All of them, by name.
    pub const ALL: [(&'static str, Canary); 13] = [
        ("skip-the-fence", Canary::SkipTheFence),
        ("skip-reading-the-claim-back", Canary::SkipReadingTheClaimBack),
        ("forget-a-position", Canary::ForgetAPosition),
        ("publish-before-commit", Canary::PublishBeforeCommit),
        ("drop-an-id", Canary::DropAnId),
        ("trust-an-indefinite-commit", Canary::TrustAnIndefiniteCommit),
        ("resend-with-a-new-block", Canary::ResendWithANewBlock),
        ("ignore-a-gap-in-the-input", Canary::IgnoreAGapInTheInput),
        ("ignore-a-gap-in-the-log", Canary::IgnoreAGapInTheLog),
        ("take-the-local-copy-over-the-log", Canary::TakeTheLocalCopyOverTheLog),
        ("forget-what-was-told", Canary::ForgetWhatWasTold),
        ("skip-the-fence-of-partitions", Canary::SkipTheFenceOfPartitions),
        ("drop-a-remittance", Canary::DropARemittance),
    ];

    /// Whether only a broker that loses what it acknowledged shows it.
    pub fn needs_a_lost_block(self) -> bool {
        matches!(self, Canary::IgnoreAGapInTheLog | Canary::TakeTheLocalCopyOverTheLog)
    }

    /// Whether only input trimmed too early shows it.
    pub fn needs_trimmed_input(self) -> bool {
        self == Canary::IgnoreAGapInTheInput
    }

    /// Whether it is about what shards send to each other.
    pub fn needs_other_shards(self) -> bool {
        matches!(self, Canary::SkipTheFenceOfPartitions | Canary::DropARemittance)
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Canary> {
        Canary::ALL.iter().find(|(known, _)| *known == name).map(|(_, canary)| *canary)
    }
}

impl World {
    /// A snapshot as it is kept.
    pub(super) fn canary_snapshot(&self, snapshot: &[u8]) -> Vec<u8> {
        if self.canary != Some(Canary::ForgetAPosition) {
            return snapshot.to_vec();
        }
        let mut rows = snapshot;
        let mut head = SnapshotHead::decode_length_delimited(&mut rows).unwrap();
        head.positions.clear();
        head.head_hash.clear();
        let mut kept = head.encode_length_delimited_to_vec();
        kept.extend_from_slice(rows);
        kept
    }
}

impl SimLog {
    /// Whether a record is not sent at all.
    pub(super) fn canary_drops(&self, record: &Record<'_>) -> bool {
        match self.world.canary {
            Some(Canary::SkipTheFenceOfPartitions) => record.key == b"fence",
            Some(Canary::DropARemittance) => {
                matches!(record.topic, Topic::Transfers(_)) && self.world.one_in(4)
            }
            _ => false,
        }
    }

    /// The value of a record as it is sent, and whether it is sent outside the transaction.
    pub(super) fn canary_value(&mut self, record: &Record<'_>) -> (Vec<u8>, bool) {
        let mut value = record.value.to_vec();
        let told = self.world.canary == Some(Canary::PublishBeforeCommit);
        if record.topic != Topic::Events {
            if self.world.canary == Some(Canary::DropAnId) && record.topic == Topic::Outcomes {
                let mut outcomes = Outcomes::decode(record.value).unwrap();
                outcomes.outcomes.iter_mut().for_each(|outcome| outcome.id = None);
                value = outcomes.encode_to_vec();
            }
            return (value, told);
        }
        let block = Block::parse(record.value).unwrap();
        if block.body.is_empty() {
            (self.claim, self.last_block) = (Some(value.clone()), None);
            return (value, false);
        }
        let is_again = self.last_block.as_ref() == Some(&value);
        self.last_block = Some(value.clone());
        if is_again && self.world.canary == Some(Canary::ResendWithANewBlock) {
            let otherwise = self.sealed_otherwise(&block).unwrap_or(value.clone());
            self.sealed_again = Some((otherwise.clone(), value));
            value = otherwise;
        }
        (value, false)
    }

    /// A block of the same place with only the first input.
    fn sealed_otherwise(&self, block: &Block) -> Option<Vec<u8>> {
        let mut shard = Shard::begin(self.who.shard, self.world.terms);
        let broker = self.world.broker.borrow();
        for (_, entry) in broker.committed(("events", self.who.shard)) {
            let next = Block::parse(&entry.value).ok()?;
            if next.header.number < block.header.number {
                let _ = shard.follow(&next).ok()?;
            }
        }
        let (_, kind, bytes) = block.frames().next()?.ok()?;
        if kind != FrameKind::Input {
            return None;
        }
        let input = groat_proto::v1::Input::decode(bytes).ok()?;
        let (offset, time) = (input.offset, input.time);
        shard.step(Inbound { offset, time, record: &input.record });
        Some(shard.seal(COMMANDS, false).bytes)
    }

    /// Blocks as the owner gets to see them.
    pub(super) fn canary_blocks(&mut self, from: u64, extent: Extent, blocks: &mut Vec<Vec<u8>>) {
        if let Some((otherwise, original)) = &self.sealed_again {
            let its = blocks.iter_mut().filter(|block| *block == otherwise);
            its.for_each(|block| block.clone_from(original));
        }
        let number = |bytes: &[u8]| Block::peek(bytes).map_or(0, |header| header.number);
        match self.world.canary {
            Some(Canary::SkipReadingTheClaimBack) if extent == Extent::Decided => {
                blocks.clear();
                blocks.extend(self.claim.take());
            }
            Some(Canary::IgnoreAGapInTheLog) => {
                let mut next = from;
                blocks.retain(|block| {
                    let is_behind_a_gap = number(block) > next;
                    if !is_behind_a_gap {
                        next = next.max(number(block) + 1);
                    }
                    !is_behind_a_gap
                });
            }
            Some(Canary::TakeTheLocalCopyOverTheLog) => {
                let disks = self.world.disks.borrow();
                let Some(disk) = disks.get(&self.who.place()) else { return };
                let local = disk.blocks_from(from);
                blocks.retain(|block| local.iter().all(|l| number(l) != number(block)));
                blocks.splice(0..0, local);
            }
            _ => {}
        }
    }
}
