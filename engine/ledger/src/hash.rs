//! A fast hasher with a fixed seed for maps keyed by ids.
//!
//! The same keys land in the same buckets on every machine, so that a run is repeatable in time
//! as well as in result. The maps are only looked up, never iterated, so no outcome depends on it.
//! It does not resist keys chosen to collide: producers are authenticated by the broker.

use hashbrown::HashTable;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A map looked up by id. Never iterate one.
pub type IdMap<K, V> = HashMap<K, V, BuildHasherDefault<FoldHasher>>;

/// Numbers of rows found by the hash of their key. The keys stay in the rows: an entry is eight
/// bytes, so the index of a table is small beside it, and growing it reads no row. It grows part by
/// part: whole, an index of eight million would hold its shard up for more than 100 ms.
#[derive(Default)]
pub struct NumberIndex {
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

impl NumberIndex {
    /// The number under a key; `is` tells whether the row of a number has it.
    pub fn find<K: Hash>(&self, key: &K, is: impl Fn(u32) -> bool) -> Option<u32> {
        let slot = Slot::of(key, 0);
        let part = self.parts.get(slot.part())?;
        let found = part.find(slot.spread(), |s| s.hash == slot.hash && is(s.no));
        found.map(|slot| slot.no)
    }

    /// Notes the number of a key that is not there.
    pub fn insert<K: Hash>(&mut self, key: &K, no: u32) {
        let slot = Slot::of(key, no);
        if self.parts.is_empty() {
            self.parts.resize_with(PARTS, HashTable::new);
        }
        self.parts[slot.part()].insert_unique(slot.spread(), slot, |slot| slot.spread());
    }

    /// Forgets the number of a key.
    pub fn remove<K: Hash>(&mut self, key: &K, no: u32) {
        let slot = Slot::of(key, no);
        let Some(part) = self.parts.get_mut(slot.part()) else { return };
        if let Ok(entry) = part.find_entry(slot.spread(), |s| s.no == no) {
            entry.remove();
        }
    }

    /// The index of the keys of these numbers; the number of one that was there before is an
    /// error. Part after part, so that each is filled while it is in the cache: four times as fast
    /// as key after key where there are ten million.
    pub fn of<K: Hash + Eq>(
        numbers: impl IntoIterator<Item = u32>,
        key: impl Fn(u32) -> K,
    ) -> Result<NumberIndex, u32> {
        let mut slots: [Vec<Slot>; PARTS] = [const { Vec::new() }; PARTS];
        for no in numbers {
            let slot = Slot::of(&key(no), no);
            slots[slot.part()].push(slot);
        }
        let mut index = NumberIndex::default();
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

/// Folded multiplication, one round per word.
#[derive(Default, Clone, Copy)]
pub struct FoldHasher {
    state: u64,
}

/// Odd, with bits evenly spread (the fractional digits of pi).
const SEED: u64 = 0x243f_6a88_85a3_08d3;
const FACTOR: u64 = 0x1319_8a2e_0370_7345;

#[expect(clippy::cast_possible_truncation, reason = "both halves of the product are used")]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

impl Hasher for FoldHasher {
    fn finish(&self) -> u64 {
        fold(self.state, FACTOR)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.write_u64(u64::from_le_bytes(word));
        }
        self.write_u64(bytes.len() as u64);
    }

    fn write_u8(&mut self, i: u8) {
        self.write_u64(u64::from(i));
    }

    fn write_u16(&mut self, i: u16) {
        self.write_u64(u64::from(i));
    }

    fn write_u32(&mut self, i: u32) {
        self.write_u64(u64::from(i));
    }

    fn write_u64(&mut self, i: u64) {
        self.state = fold(self.state ^ i ^ SEED, FACTOR | 1).rotate_left(23);
    }

    #[expect(clippy::cast_possible_truncation, reason = "both halves are written")]
    fn write_u128(&mut self, i: u128) {
        self.write_u64(i as u64);
        self.write_u64((i >> 64) as u64);
    }

    fn write_usize(&mut self, i: usize) {
        self.write_u64(i as u64);
    }
}

/// 64-bit fingerprint of some bytes: tells the same command from another one with its id.
pub fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = FoldHasher::default();
    hasher.write(bytes);
    hasher.finish()
}
