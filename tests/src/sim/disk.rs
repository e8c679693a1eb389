//! A local copy on a disk that loses, tears, misplaces and flips, behind [`Store`]. What was synced
//! is there after a crash, unless the disk is damaged; what was not may be, in part.

use super::chance::Chance;
use super::world::{At, Who, World};
use groat::kafka::catch_up::LocalCopy;
use groat_shard::{Fault, Store};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What is on a disk.
#[derive(Default, Clone)]
pub struct Disk {
    blocks: BTreeMap<u64, Vec<u8>>,
    /// Blocks up to here survive loss of power.
    synced: Option<u64>,
    snapshot: Option<(u64, Vec<u8>)>,
    /// No more can be written.
    pub full: bool,
    /// What was written is there after power is lost, synced or not.
    pub keeps_all: bool,
    /// The next sync fails, and what it should have kept is gone.
    pub fails_sync: bool,
}

impl Disk {
    /// The process that wrote it is gone, and power with it: of what was not synced, some blocks
    /// are there, not always the first ones.
    pub fn lose_power(&mut self, chance: &mut Chance) {
        if self.keeps_all {
            return;
        }
        let after = self.synced.map_or(0, |synced| synced + 1);
        let unsynced: Vec<u64> = self.blocks.range(after..).map(|(number, _)| *number).collect();
        let whole = chance.index(unsynced.len() + 1);
        for (at, number) in unsynced.into_iter().enumerate() {
            // In order, but for a write that was reordered.
            if at >= whole && !chance.one_in(20) {
                self.blocks.remove(&number);
            } else if chance.one_in(20) {
                let block = self.blocks.entry(number).or_default();
                let torn = chance.index(block.len() + 1);
                block.truncate(torn);
            }
        }
    }

    /// The number of the last block.
    pub fn last(&self) -> Option<u64> {
        let blocks = self.blocks.keys().last().copied();
        blocks.max(self.snapshot.as_ref().map(|(number, _)| *number))
    }

    /// Its blocks from a number on.
    pub fn blocks_from(&self, from: u64) -> Vec<Vec<u8>> {
        self.blocks.range(from..).map(|(_, block)| block.clone()).collect()
    }

    /// The bytes of its snapshot.
    pub fn newest_snapshot(&self) -> Option<&[u8]> {
        self.snapshot.as_ref().map(|(_, bytes)| bytes.as_slice())
    }

    /// Damages one thing that is there.
    pub fn damage(&mut self, chance: &mut Chance) {
        let numbers: Vec<u64> = self.blocks.keys().copied().collect();
        if numbers.is_empty() {
            return;
        }
        let number = numbers[chance.index(numbers.len())];
        let other = numbers[chance.index(numbers.len())];
        match chance.below(4) {
            0 => {
                let bytes = self.blocks[&other].clone();
                self.blocks.insert(number, bytes);
            }
            1 => drop(self.blocks.remove(&number)),
            2 => {
                if let Some((_, snapshot)) = &mut self.snapshot {
                    flip(snapshot, chance);
                }
            }
            _ => flip(self.blocks.entry(number).or_default(), chance),
        }
    }
}

fn flip(bytes: &mut [u8], chance: &mut Chance) {
    if !bytes.is_empty() {
        let at = chance.index(bytes.len());
        bytes[at] ^= 1 << chance.below(8);
    }
}

/// The copy of a shard that a process keeps.
pub struct SimCopy {
    /// The world.
    pub world: Rc<World>,
    /// Whose it is.
    pub who: Who,
}

impl LocalCopy for SimCopy {
    type Store = SimStore;

    fn open(&mut self) -> Result<SimStore, Fault> {
        self.world.at(&self.who, At::Open);
        let (world, who) = (Rc::clone(&self.world), self.who.clone());
        let store = SimStore { world, who, making: Vec::new() };
        // As the real one: blocks that were synced and are gone are noticed at once.
        let gone = store.on_disk(|disk| disk.synced > disk.blocks.keys().last().copied());
        if gone { Err(Fault::damage("synced blocks are gone", "none")) } else { Ok(store) }
    }

    fn set_aside(&mut self) -> Result<String, Fault> {
        self.world.at(&self.who, At::SetAside);
        self.world.disks.borrow_mut().insert(self.who.place(), Disk::default());
        self.world.note("a damaged copy was set aside");
        Ok("elsewhere".into())
    }
}

/// See the module.
pub struct SimStore {
    world: Rc<World>,
    who: Who,
    /// Rows of the snapshot being made: of one that was not finished nothing is left.
    making: Vec<u8>,
}

impl SimStore {
    fn on_disk<T>(&self, call: impl FnOnce(&mut Disk) -> T) -> T {
        call(self.world.disks.borrow_mut().entry(self.who.place()).or_default())
    }
}

fn no_space() -> Fault {
    Fault::new("the disk is full", "make room, then start again")
}

impl Store for SimStore {
    fn last(&self) -> Option<u64> {
        self.on_disk(|disk| disk.last())
    }

    fn append(&mut self, number: u64, block: &[u8]) -> Result<(), Fault> {
        self.world.at(&self.who, At::Append);
        self.on_disk(|disk| {
            if disk.full {
                self.world.note("a disk was full");
                return Err(no_space());
            }
            disk.blocks.insert(number, block.to_vec());
            Ok(())
        })?;
        self.world.at(&self.who, At::Appended);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Fault> {
        self.world.at(&self.who, At::Sync);
        self.on_disk(|disk| {
            if std::mem::take(&mut disk.fails_sync) {
                self.world.note("a sync failed");
                // What it should have kept is dropped, and the next sync would say all is well.
                let after = disk.synced.map_or(0, |synced| synced + 1);
                disk.blocks.retain(|number, _| *number < after);
                return Err(Fault::new("the sync failed", "replace the disk"));
            }
            disk.synced = disk.blocks.keys().last().copied();
            Ok(())
        })
    }

    fn read(&mut self, number: u64) -> Result<Option<Vec<u8>>, Fault> {
        self.world.at(&self.who, At::ReadBlock);
        Ok(self.on_disk(|disk| disk.blocks.get(&number).cloned()))
    }

    fn add_to_snapshot(&mut self, _: u64, rows: &[u8]) -> Result<(), Fault> {
        self.world.at(&self.who, At::AddToSnapshot);
        if self.on_disk(|disk| disk.full) {
            return Err(no_space());
        }
        self.making.extend_from_slice(rows);
        self.world.at(&self.who, At::AddedToSnapshot);
        Ok(())
    }

    fn finish_snapshot(&mut self, number: u64, head: &[u8]) -> Result<(), Fault> {
        self.sync()?;
        self.world.at(&self.who, At::PutSnapshot);
        let rows = std::mem::take(&mut self.making);
        let snapshot = self.world.canary_snapshot(&[head, &rows].concat());
        if let Some(all) = &mut *self.world.snapshots.borrow_mut() {
            all.push((self.who.shard, snapshot.clone()));
        }
        self.on_disk(|disk| {
            if disk.full {
                return Err(no_space());
            }
            disk.snapshot = Some((number, snapshot));
            Ok(())
        })?;
        self.world.note("a snapshot was taken");
        self.world.at(&self.who, At::SnapshotPut);
        Ok(())
    }

    fn snapshot_number(&mut self) -> Result<Option<u64>, Fault> {
        self.world.at(&self.who, At::ReadSnapshot);
        Ok(self.on_disk(|disk| disk.snapshot.as_ref().map(|(number, _)| *number)))
    }

    fn read_snapshot(&mut self, give: &mut dyn FnMut(&[u8])) -> Result<bool, Fault> {
        self.world.at(&self.who, At::ReadSnapshot);
        let snapshot = self.on_disk(|disk| disk.snapshot.clone());
        snapshot.iter().for_each(|(_, bytes)| give(bytes));
        Ok(true)
    }
}
