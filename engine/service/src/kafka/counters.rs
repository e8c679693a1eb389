//! What the served shards of a process have done so far, for whoever measures them.

use super::status::Status;
use crate::clock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

/// Shared by the owners of shards and who looks at them.
#[derive(Default)]
pub struct Counters {
    is_ready: AtomicBool,
    first: OnceLock<Instant>,
    done: Mutex<Done>,
    /// How its shards are.
    pub(crate) status: Arc<Status>,
}

/// What was committed, and where the time of the commits went.
#[derive(Clone, Copy, Default)]
pub struct Done {
    /// The offset after the last input in a committed block.
    pub next_offset: u64,
    /// Transactions committed; of a shard, its blocks.
    pub transactions: u64,
    /// When the last of them was known to be committed.
    pub last: Option<Instant>,
    /// Beginning transactions and handing records to the client library.
    pub sending: Duration,
    /// Adding positions to transactions.
    pub positions: Duration,
    /// Waiting until the broker has every record.
    pub delivering: Duration,
    /// Ending transactions.
    pub ending: Duration,
}

impl Counters {
    /// Input is asked for from now on.
    pub(crate) fn asks(&self) {
        self.is_ready.store(true, Ordering::Relaxed);
    }

    /// Input was taken. Only the first time counts.
    pub(crate) fn takes(&self) {
        if self.first.get().is_none() {
            let _ = self.first.set(clock::start());
        }
    }

    /// Adds to what was done.
    pub(crate) fn add(&self, add: impl FnOnce(&mut Done)) {
        if let Ok(mut done) = self.done.lock() {
            add(&mut done);
        }
    }

    /// Whether input is asked for.
    pub fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Relaxed)
    }

    /// When the first input was taken.
    pub fn first(&self) -> Option<Instant> {
        self.first.get().copied()
    }

    /// What was done so far.
    pub fn done(&self) -> Done {
        self.done.lock().map(|done| *done).unwrap_or_default()
    }
}
