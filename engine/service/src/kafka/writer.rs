//! The back of an owner: seals what was decided, commits it to the log, keeps it in sled.
//!
//! It works beside the deciding, one block at a time: block n+1 may be decided while n commits,
//! and nothing of n+1 leaves before n is durable.

use super::counters::Counters;
use super::owner::{Input, Log};
use crate::clock;
use groat_shard::{AtRest, Closed, Fault, Hash, Store};
use std::sync::atomic::{AtomicU64, Ordering};

/// A block whose content is settled, and what goes with it.
pub(super) struct Decided {
    pub(super) closed: Closed,
    pub(super) inputs: Vec<Input>,
    /// The state after it, if that is to be a snapshot.
    pub(super) rest: Option<AtRest>,
}

/// What was written, for the deciding side.
#[derive(Default)]
pub(super) struct Written {
    blocks: AtomicU64,
    bytes: AtomicU64,
}

impl Written {
    pub(super) fn blocks(&self) -> u64 {
        self.blocks.load(Ordering::Acquire)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Acquire)
    }
}

/// See the module.
pub(super) struct Writer<'a, L, S> {
    pub(super) log: &'a mut L,
    pub(super) store: S,
    /// The hash of the last block.
    pub(super) previous: Hash,
    pub(super) written: &'a Written,
    pub(super) counters: &'a Counters,
}

impl<L: Log, S: Store> Writer<'_, L, S> {
    /// Writes one block after the other until no more come.
    pub(super) fn write_all(
        mut self,
        blocks: impl IntoIterator<Item = Decided>,
    ) -> Result<(), Fault> {
        blocks.into_iter().try_for_each(|decided| self.write(decided))?;
        self.store.sync()
    }

    pub(super) fn write(&mut self, decided: Decided) -> Result<(), Fault> {
        let Decided { closed, inputs, rest } = decided;
        let from = clock::start();
        let (sealed, hash) = closed.seal(self.previous);
        self.counters.add(|done| done.sealing += from.elapsed());
        self.log.commit(&sealed, &inputs)?;
        let from = clock::start();
        self.store.append(sealed.number, &sealed.bytes)?;
        self.previous = hash;
        if let Some(rest) = rest {
            self.store.sync()?;
            self.store.put_snapshot(sealed.number, &rest.snapshot(hash))?;
        }
        self.counters.add(|done| done.keeping += from.elapsed());
        self.written.bytes.fetch_add(sealed.bytes.len() as u64, Ordering::Release);
        self.written.blocks.fetch_add(1, Ordering::Release);
        Ok(())
    }
}
