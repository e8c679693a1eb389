//! Where blocks are kept: bytes by number, and the newest snapshot. Nothing here knows a ledger.

mod faults;
mod generation;
mod head;
mod memory;
mod sled_store;

pub use memory::MemoryStore;
pub use sled_store::SledStore;

use crate::fault::Fault;

/// A log of blocks of one shard. Six verbs, bytes only, so that crashes can be played on it.
pub trait Store {
    /// The number of the last block, if there is one.
    fn last(&self) -> Option<u64>;

    /// Adds the block after the last. Not durable before [`Store::sync`].
    fn append(&mut self, number: u64, block: &[u8]) -> Result<(), Fault>;

    /// Makes all blocks added so far durable: they survive loss of power.
    fn sync(&mut self) -> Result<(), Fault>;

    /// The bytes of a block, if it is there.
    fn read(&mut self, number: u64) -> Result<Option<Vec<u8>>, Fault>;

    /// Keeps a snapshot taken after a block that is durable; it replaces the last one.
    fn put_snapshot(&mut self, number: u64, snapshot: &[u8]) -> Result<(), Fault>;

    /// The newest whole snapshot and its block's number.
    fn snapshot(&mut self) -> Result<Option<(u64, Vec<u8>)>, Fault>;
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

    fn put_snapshot(&mut self, number: u64, snapshot: &[u8]) -> Result<(), Fault> {
        self.run(|store| store.put_snapshot(number, snapshot))
    }

    fn snapshot(&mut self) -> Result<Option<(u64, Vec<u8>)>, Fault> {
        self.run(Store::snapshot)
    }
}
