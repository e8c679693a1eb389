//! How the shards of a process are, for people and programs that look at it from outside. Owners
//! and standbys say it here, once per block; the pages of `http` read it. It holds no amounts and
//! no names of accounts, and nothing is decided by it.

mod shard;
mod tally;

pub use shard::{ShardStatus, ShardView};
pub use tally::{Histogram, Tally, rejection_name};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A process that serves. Times are of the wall clock, in milliseconds since 1970.
#[derive(Debug, Default)]
pub struct Status {
    process: Mutex<Process>,
    shards: Mutex<BTreeMap<u32, Arc<ShardStatus>>>,
}

/// What is known of a process besides its shards.
#[derive(Clone, Debug, Default)]
pub struct Process {
    /// Whether the consumer group has told it which shards it has. None is an answer too.
    pub has_joined: bool,
    /// Whether it was asked to stop.
    pub is_stopping: bool,
    /// When the thread that polls the consumer group last did, if it has begun.
    pub polled_ms: Option<u64>,
    /// When the broker last answered.
    pub answered_ms: Option<u64>,
    /// Since when it has not, and what the client says of it.
    pub silence: Option<(u64, String)>,
}

/// Everything at one moment.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The process.
    pub process: Process,
    /// Every shard there is, also those of other processes.
    pub shards: BTreeMap<u32, ShardView>,
}

impl Status {
    /// There are so many shards.
    pub(crate) fn begins(&self, shards: u32) {
        let mut all = self.shards();
        for shard in 0..shards {
            all.entry(shard).or_default();
        }
    }

    /// That of a shard.
    pub(crate) fn shard(&self, shard: u32) -> Arc<ShardStatus> {
        Arc::clone(self.shards().entry(shard).or_default())
    }

    /// Everything as it is now. No shard waits for more than a copy of what is known of it.
    pub fn view(&self) -> View {
        let all: Vec<_> = self.shards().iter().map(|(no, one)| (*no, Arc::clone(one))).collect();
        let shards = all.into_iter().map(|(no, one)| (no, one.view())).collect();
        View { process: self.process().clone(), shards }
    }

    /// The consumer group was polled.
    pub(crate) fn polled(&self, now: u64) {
        self.process().polled_ms = Some(now);
    }

    /// The group has told which shards are given to this process, or that it is a member no more.
    pub(crate) fn has_joined(&self, so: bool) {
        self.process().has_joined = so;
    }

    /// The process was asked to stop.
    pub(crate) fn stops(&self) {
        self.process().is_stopping = true;
    }

    /// The broker answered, or it did not and the client says why.
    pub(crate) fn answered(&self, answer: Result<(), String>, now: u64) {
        let mut process = self.process();
        match answer {
            Ok(()) => (process.answered_ms, process.silence) = (Some(now), None),
            Err(why) => {
                let since = process.silence.as_ref().map_or(now, |(since, _)| *since);
                process.silence = Some((since, why));
            }
        }
    }

    fn process(&self) -> MutexGuard<'_, Process> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shards(&self) -> MutexGuard<'_, BTreeMap<u32, Arc<ShardStatus>>> {
        self.shards.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a shard is in its life, as far as this process goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Phase {
    /// Not given to this process.
    #[default]
    Elsewhere,
    /// As above, and followed by a standby.
    Following,
    /// Given to this process; the local copy is read.
    Restoring,
    /// The log is read to its end, and the shard claimed.
    Claiming,
    /// It decides what was in the input when it was taken over.
    CatchingUp,
    /// All of that is decided and committed.
    Serving,
    /// Another process has taken it, though the group gave it to this one; it is taken back.
    Waiting,
    /// The group takes it away: it finishes its block.
    Releasing,
    /// A fault has stopped it. It stays so until it is given to a process anew.
    Stopped,
}

impl Phase {
    /// Every one.
    pub const ALL: [Phase; 9] = [
        Phase::Elsewhere,
        Phase::Following,
        Phase::Restoring,
        Phase::Claiming,
        Phase::CatchingUp,
        Phase::Serving,
        Phase::Waiting,
        Phase::Releasing,
        Phase::Stopped,
    ];

    /// Its name, in labels and on pages.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Elsewhere => "elsewhere",
            Phase::Following => "following",
            Phase::Restoring => "restoring",
            Phase::Claiming => "claiming",
            Phase::CatchingUp => "catching_up",
            Phase::Serving => "serving",
            Phase::Waiting => "waiting",
            Phase::Releasing => "releasing",
            Phase::Stopped => "stopped",
        }
    }

    /// Whether the group has given the shard to this process.
    pub fn is_ours(self) -> bool {
        !matches!(self, Phase::Elsewhere | Phase::Following)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It is silent since it was first found so, not since it was last asked.
    #[test]
    fn silence_begins_once() {
        let status = Status::default();
        status.answered(Ok(()), 1);
        status.answered(Err("away".into()), 5);
        status.answered(Err("still away".into()), 9);
        let process = status.view().process;
        assert_eq!(process.silence, Some((5, "still away".into())));
        assert_eq!(process.answered_ms, Some(1));
        status.answered(Ok(()), 11);
        assert_eq!(status.view().process.silence, None);
    }
}
