//! How one shard is: said by its owner or standby, once per block, and read as a copy.

use super::{Histogram, Phase, Tally};
use groat_shard::{Fault, Shard};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What is known of a shard; the words are those of [`ShardView`].
#[derive(Debug, Default)]
pub struct ShardStatus(Mutex<ShardView>);

/// What was known of a shard at one moment.
#[derive(Clone, Debug, Default)]
pub struct ShardView {
    /// Where it is in its life.
    pub phase: Phase,
    /// Since when.
    pub since_ms: u64,
    /// What goes wrong and is tried again.
    pub trouble: Option<String>,
    /// The last fault that stopped it here, and when.
    pub fault: Option<(u64, Fault)>,
    /// How many did.
    pub faults: u64,
    /// The block being committed, and since when.
    pub committing: Option<(u64, u64)>,
    /// The last block committed, followed or read.
    pub block: Option<u64>,
    /// When this process committed or followed it.
    pub block_ms: Option<u64>,
    /// The number of the last event.
    pub event: u64,
    /// The time of the stream: of the last event, not of a clock.
    pub stream_ms: u64,
    /// The offset of the next command to be committed.
    pub position: Option<u64>,
    /// Where its partition of commands ended when the broker was last asked.
    pub end: Option<u64>,
    /// Why that is not known.
    pub end_unknown: Option<String>,
    /// Where it ended when the shard was taken over, while that is not reached.
    pub target: Option<u64>,
    /// All that this process committed of it.
    pub done: Tally,
    /// How long commits to the log took.
    pub commits: Histogram,
    /// How long writes of committed blocks to the local copy took.
    pub writes: Histogram,
    /// The block of the last snapshot that this process kept, and when.
    pub snapshot: Option<(u64, u64)>,
    /// Bytes of blocks since the last snapshot: what a restart has to read.
    pub tail_bytes: u64,
    /// Accounts in its ledger.
    pub accounts: u64,
    /// Ids of commands that are kept.
    pub ids: u64,
    /// When a standby last came to the end of the log.
    pub followed_ms: Option<u64>,
}

impl ShardStatus {
    fn set(&self) -> MutexGuard<'_, ShardView> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known now.
    pub fn view(&self) -> ShardView {
        self.set().clone()
    }

    /// Its life goes on. What was wrong before is over.
    pub(crate) fn comes_to(&self, phase: Phase, now: u64) {
        let mut it = self.set();
        (it.phase, it.since_ms, it.trouble, it.committing) = (phase, now, None, None);
        if !phase.is_ours() || phase == Phase::Restoring {
            // What follows is known anew, by this owner or by none.
            (it.position, it.target, it.followed_ms) = (None, None, None);
            (it.end, it.end_unknown) = (None, None);
        }
    }

    /// Its owner knows where its input begins, and where that ends now.
    pub(crate) fn starts_at(&self, position: u64, end: u64, now: u64) {
        self.comes_to(Phase::CatchingUp, now);
        let mut it = self.set();
        (it.position, it.end, it.target) = (Some(position), Some(end), Some(end));
    }

    /// What was in the input when it was taken over is decided and committed.
    pub(crate) fn is_caught_up(&self, now: u64) {
        let mut it = self.set();
        // A thread that ends late does not speak for the shard any more.
        if it.phase == Phase::CatchingUp {
            (it.phase, it.since_ms, it.target) = (Phase::Serving, now, None);
        }
    }

    /// A fault has stopped it.
    pub(crate) fn stops(&self, fault: &Fault, now: u64) {
        self.comes_to(Phase::Stopped, now);
        let mut it = self.set();
        it.fault = Some((now, fault.clone()));
        it.faults += 1;
    }

    /// It cannot be followed here for now. Its owner does not mind.
    pub(crate) fn is_not_followed(&self, fault: &Fault, now: u64) {
        let mut it = self.set();
        it.trouble = Some(format!("not followed: {}", fault.what));
        it.fault = Some((now, fault.clone()));
        it.faults += 1;
    }

    /// Something is tried again, or was and succeeded.
    pub(crate) fn is_in_trouble(&self, trouble: Option<String>) {
        self.set().trouble = trouble;
    }

    /// A block of the local copy or of the log was read.
    pub(crate) fn has_read(&self, block: u64) {
        self.set().block = Some(block);
    }

    /// The commit of a block begins.
    pub(crate) fn commits(&self, block: u64, now: u64) {
        self.set().committing = Some((block, now));
    }

    /// It is committed.
    pub(crate) fn committed(&self, block: u64, told: &Tally, commit: Duration, now: u64) {
        let mut it = self.set();
        (it.committing, it.block, it.block_ms) = (None, Some(block), Some(now));
        it.done.add(told);
        it.commits.note(commit);
    }

    /// A committed block was written to the local copy.
    pub(crate) fn has_written(&self, time: Duration) {
        self.set().writes.note(time);
    }

    /// A snapshot is whole.
    pub(crate) fn has_rested(&self, block: u64, now: u64) {
        self.set().snapshot = Some((block, now));
    }

    /// How large its state is, and what is not in its snapshot.
    pub(crate) fn stands_at(&self, shard: &Shard, tail_bytes: u64) {
        let books = shard.books();
        let (accounts, ids) = (books.ledger().tables().accounts.next_no(), books.ids_kept());
        let (event, stream_ms) = (shard.head().next_event.saturating_sub(1), shard.head().time);
        let mut it = self.set();
        (it.accounts, it.ids, it.tail_bytes) = (accounts.into(), ids, tail_bytes);
        (it.event, it.stream_ms) = (event, stream_ms);
    }

    /// Everything before this offset is committed.
    pub(crate) fn has_passed(&self, offset: u64) {
        self.set().position = Some(offset);
    }

    /// Where its input ends, or why that is not known.
    pub(crate) fn ends_at(&self, end: Result<u64, String>) {
        let mut it = self.set();
        match end {
            Ok(end) => (it.end, it.end_unknown) = (Some(end), None),
            Err(why) => it.end_unknown = Some(why),
        }
    }

    /// Its standby has read the log to its end.
    pub(crate) fn has_followed(&self, block: Option<u64>, now: u64) {
        let mut it = self.set();
        if it.block != block || it.block_ms.is_none() {
            (it.block, it.block_ms) = (block, Some(now));
        }
        it.followed_ms = Some(now);
    }
}

impl ShardView {
    /// How many offsets its input is ahead.
    pub fn lag(&self) -> Option<u64> {
        Some(self.end?.saturating_sub(self.position?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_ends_late_does_not_speak_for_the_shard() {
        let shard = ShardStatus::default();
        shard.comes_to(Phase::Restoring, 1);
        shard.starts_at(5, 9, 2);
        assert_eq!(shard.view().lag(), Some(4));
        shard.comes_to(Phase::Releasing, 3);
        shard.comes_to(Phase::Elsewhere, 4);
        shard.is_caught_up(5);
        let view = shard.view();
        assert_eq!((view.phase, view.since_ms, view.lag()), (Phase::Elsewhere, 4, None));
    }
}
