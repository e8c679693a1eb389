//! Where blocks are kept: bytes by number, and the newest snapshot. Nothing here knows a ledger.

mod faults;
mod generation;
#[cfg(test)]
mod half_made;
mod head;
mod memory;
mod sled_store;
mod snapshots;

pub use memory::MemoryStore;
pub use sled_store::SledStore;

use crate::fault::Fault;

/// A log of blocks of one shard. Eight verbs, bytes only, so that crashes can be played on it.
pub trait Store {
    /// The number of the last block, if there is one.
    fn last(&self) -> Option<u64>;

    /// Adds the block after the last. Not durable before [`Store::sync`].
    fn append(&mut self, number: u64, block: &[u8]) -> Result<(), Fault>;

    /// Makes all blocks added so far durable: they survive loss of power.
    fn sync(&mut self) -> Result<(), Fault>;

    /// The bytes of a block, if it is there.
    fn read(&mut self, number: u64) -> Result<Option<Vec<u8>>, Fault>;

    /// Adds rows, in order, to the snapshot being made of the state after a block. Of one that was
    /// not finished when the store was opened nothing is left.
    fn add_to_snapshot(&mut self, number: u64, rows: &[u8]) -> Result<(), Fault>;

    /// Puts the head before the rows; with it the snapshot is whole and replaces the last one. All
    /// blocks added so far are made durable by it.
    fn finish_snapshot(&mut self, number: u64, head: &[u8]) -> Result<(), Fault>;

    /// The number of the block after which the newest whole snapshot was taken, if there is one.
    fn snapshot_number(&mut self) -> Result<Option<u64>, Fault>;

    /// Gives the newest whole snapshot, its head first, in pieces cut anywhere. False if not all of
    /// it can be read, though it is there.
    fn read_snapshot(&mut self, give: &mut dyn FnMut(&[u8])) -> Result<bool, Fault>;

    /// The newest whole snapshot and its block's number. Of one that cannot be read no byte is
    /// given, so that it is not taken for one that is not there.
    fn snapshot(&mut self) -> Result<Option<(u64, Vec<u8>)>, Fault> {
        let Some(number) = self.snapshot_number()? else { return Ok(None) };
        let mut bytes = Vec::new();
        if !self.read_snapshot(&mut |piece| bytes.extend_from_slice(piece))? {
            bytes.clear();
        }
        Ok(Some((number, bytes)))
    }
}

/// A store that answers the first fault again to every later call: after a failed sync nobody
/// knows what is on the disk.
pub struct Checked<S> {
    store: S,
    fault: Option<Fault>,
}

impl<S: Store> Checked<S> {
    /// Wraps a store.
    pub fn new(store: S) -> Checked<S> {
        Checked { store, fault: None }
    }

    fn run<T>(&mut self, call: impl FnOnce(&mut S) -> Result<T, Fault>) -> Result<T, Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        call(&mut self.store).inspect_err(|fault| self.fault = Some(fault.clone()))
    }
}

impl<S: Store> Store for Checked<S> {
    fn last(&self) -> Option<u64> {
        self.store.last()
    }

    fn append(&mut self, number: u64, block: &[u8]) -> Result<(), Fault> {
        self.run(|store| store.append(number, block))
    }

    fn sync(&mut self) -> Result<(), Fault> {
        self.run(Store::sync)
    }

    fn read(&mut self, number: u64) -> Result<Option<Vec<u8>>, Fault> {
        self.run(|store| store.read(number))
    }

    fn add_to_snapshot(&mut self, number: u64, rows: &[u8]) -> Result<(), Fault> {
        self.run(|store| store.add_to_snapshot(number, rows))
    }

    fn finish_snapshot(&mut self, number: u64, head: &[u8]) -> Result<(), Fault> {
        self.run(|store| store.finish_snapshot(number, head))
    }

    fn snapshot_number(&mut self) -> Result<Option<u64>, Fault> {
        self.run(Store::snapshot_number)
    }

    fn read_snapshot(&mut self, give: &mut dyn FnMut(&[u8])) -> Result<bool, Fault> {
        self.run(|store| store.read_snapshot(give))
    }
}
