//! A hash index that grows part by part.

use crate::hash::{FACTOR, FoldHasher};
use hashbrown::HashTable;
use std::hash::{Hash, Hasher};

/// Numbers of rows found by the hash of their key. The keys stay in the rows: an entry is eight
/// bytes, so the index of a table is small beside it, and growing it reads no row. It grows part by
/// part: whole, an index of eight million would hold its shard up for more than 100 ms.
#[derive(Default)]
pub(super) struct Parts {
    /// None as long as there is no entry.
    parts: Vec<HashTable<Slot>>,
}

/// A part of eight million entries grows in two milliseconds.
const PARTS: usize = 64;

#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    no: u32,
}

impl Slot {
    fn of<K: Hash>(key: &K, no: u32) -> Slot {
        let mut hasher = FoldHasher::default();
        key.hash(&mut hasher);
        Slot { hash: u32::try_from(hasher.finish() >> 32).unwrap_or(0), no }
    }

    /// The part it is in.
    fn part(self) -> usize {
        self.hash as usize % PARTS
    }

    /// The bits that a table of any size chooses its place by.
    fn spread(self) -> u64 {
        u64::from(self.hash).wrapping_mul(FACTOR | 1)
    }
}

impl Parts {
    /// The number under a key; `is` tells whether the row of a number has it.
    pub(super) fn find<K: Hash>(&self, key: &K, is: impl Fn(u32) -> bool) -> Option<u32> {
        let slot = Slot::of(key, 0);
        let part = self.parts.get(slot.part())?;
        let found = part.find(slot.spread(), |s| s.hash == slot.hash && is(s.no));
        found.map(|slot| slot.no)
    }

    /// The numbers whose keys have the hashes of these.
    pub(super) fn guess<K: Hash>(&self, keys: &[K], numbers: &mut Vec<u32>) {
        // All hashes first, so that more of the looks are under way at once.
        let slots: Vec<Slot> = keys.iter().map(|key| Slot::of(key, 0)).collect();
        for slot in slots {
            let Some(part) = self.parts.get(slot.part()) else { return };
            let found = part.find(slot.spread(), |s| s.hash == slot.hash);
            numbers.extend(found.map(|slot| slot.no));
        }
    }

    /// Notes the number of a key that is not there.
    pub(super) fn insert<K: Hash>(&mut self, key: &K, no: u32) {
        let slot = Slot::of(key, no);
        if self.parts.is_empty() {
            self.parts.resize_with(PARTS, HashTable::new);
        }
        self.parts[slot.part()].insert_unique(slot.spread(), slot, |slot| slot.spread());
    }

    /// Forgets the number of a key.
    pub(super) fn remove<K: Hash>(&mut self, key: &K, no: u32) {
        let slot = Slot::of(key, no);
        let Some(part) = self.parts.get_mut(slot.part()) else { return };
        if let Ok(entry) = part.find_entry(slot.spread(), |s| s.no == no) {
            entry.remove();
        }
    }

    /// The index of the keys of these numbers; the number of one that was there before is an
    /// error. Part after part, so that each is filled while it is in the cache: four times as fast
    /// as key after key where there are ten million.
    pub(super) fn of<K: Hash + Eq>(
        numbers: impl IntoIterator<Item = u32>,
        key: impl Fn(u32) -> K,
    ) -> Result<Parts, u32> {
        let mut slots: [Vec<Slot>; PARTS] = [const { Vec::new() }; PARTS];
        for no in numbers {
            let slot = Slot::of(&key(no), no);
            slots[slot.part()].push(slot);
        }
        let mut index = Parts::default();
        if slots.iter().all(Vec::is_empty) {
            return Ok(index);
        }
        for slots in slots {
            let mut part = HashTable::with_capacity(slots.len());
            for slot in slots {
                let same = |s: &Slot| s.hash == slot.hash && key(s.no) == key(slot.no);
                if part.find(slot.spread(), same).is_some() {
                    return Err(slot.no);
                }
                part.insert_unique(slot.spread(), slot, |slot| slot.spread());
            }
            index.parts.push(part);
        }
        Ok(index)
    }
}
