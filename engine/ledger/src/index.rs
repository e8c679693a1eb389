//! Where the row of a key is.

mod parts;

use parts::Parts;
use std::hash::Hash;

/// Which keys of an index are looked up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lookups {
    /// Mostly what came lately, in the order of the keys: ids begin with their time and merchants
    /// count their orders. The index is in slices of keys that follow each other, and nearly all
    /// that is looked up and added is in the newest, however many there are.
    Newest,
    /// Any, old and new: an owner comes back at any time. The index is one slice, for a way through
    /// many costs a look at memory more.
    Any,
}

/// So many keys make a slice: its parts of 150 KiB stay in the processor's second cache.
const SLICE: u32 = 10_000;

/// Numbers of rows by their keys. Keys in no order make slices that grow.
pub struct Index<K> {
    lookups: Lookups,
    slices: Vec<Slice<K>>,
}

/// Keys from the lowest on, up to the next slice's; the first has all before the second.
struct Slice<K> {
    lowest: K,
    highest: K,
    count: u32,
    parts: Parts,
}

impl<K: Hash + Ord + Clone> Index<K> {
    /// An index without keys.
    pub fn new(lookups: Lookups) -> Index<K> {
        Index { lookups, slices: Vec::new() }
    }

    /// The index of as many keys, numbered from 0; the number of one that was there before is an
    /// error.
    pub fn of(lookups: Lookups, count: u32, key: impl Fn(u32) -> K) -> Result<Index<K>, u32> {
        let mut index = Index::new(lookups);
        let mut numbers: Vec<Vec<u32>> = Vec::new();
        for no in 0..count {
            let at = index.place_for(&key(no));
            numbers.resize_with(index.slices.len(), Vec::new);
            numbers[at].push(no);
        }
        for (slice, numbers) in index.slices.iter_mut().zip(numbers) {
            slice.parts = Parts::of(numbers, &key)?;
        }
        Ok(index)
    }

    /// The number under a key; `is` tells whether the row of a number has it.
    pub fn find(&self, key: &K, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.slices.get(self.slice(key))?.parts.find(key, is)
    }

    /// Puts the numbers whose keys have the hashes of these, where the index is one slice. No row
    /// is looked at, and no look waits for another.
    pub fn guess(&self, keys: &[K], numbers: &mut Vec<u32>) {
        numbers.clear();
        if let [slice] = &self.slices[..] {
            slice.parts.guess(keys, numbers);
        }
    }

    /// Notes the number of a key that is not there.
    pub fn insert(&mut self, key: &K, no: u32) {
        let at = self.place_for(key);
        self.slices[at].parts.insert(key, no);
    }

    /// Forgets the number of a key that is there.
    pub fn remove(&mut self, key: &K, no: u32) {
        let at = self.slice(key);
        if let Some(slice) = self.slices.get_mut(at) {
            slice.count -= 1;
            slice.parts.remove(key, no);
        }
    }

    /// The slice that a key is in, if there are slices.
    fn slice(&self, key: &K) -> usize {
        match self.slices.last() {
            Some(newest) if newest.lowest <= *key => self.slices.len() - 1,
            _ => self.slices.partition_point(|slice| slice.lowest <= *key).saturating_sub(1),
        }
    }

    /// The slice that one more key is counted in.
    fn place_for(&mut self, key: &K) -> usize {
        let sliced = self.lookups == Lookups::Newest;
        let full = |newest: &Slice<K>| sliced && newest.count >= SLICE && newest.highest < *key;
        if self.slices.last().is_none_or(full) {
            let (lowest, highest) = (key.clone(), key.clone());
            self.slices.push(Slice { lowest, highest, count: 0, parts: Parts::default() });
        }
        let at = self.slice(key);
        let slice = &mut self.slices[at];
        slice.count += 1;
        if slice.highest < *key {
            slice.highest = key.clone();
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys that are found, at most so many to a slice that is not the last.
    fn hold(lookups: Lookups, keys: &[u64]) -> Index<u64> {
        let mut index = Index::new(lookups);
        for (no, key) in (0..).zip(keys) {
            index.insert(key, no);
        }
        for (no, key) in (0..).zip(keys) {
            assert_eq!(index.find(key, |no| keys[no as usize] == *key), Some(no), "{key}");
            let other = key + 1;
            assert_eq!(index.find(&other, |no| keys[no as usize] == other), None, "{other}");
        }
        index
    }

    #[test]
    fn keys_are_found_whatever_their_order() {
        let many = u64::from(3 * SLICE + 7);
        let up: Vec<u64> = (0..many).map(|n| 2 * n).collect();
        let down: Vec<u64> = up.iter().rev().copied().collect();
        let mixed: Vec<u64> = (0..many).map(|n| 2 * (n * 7_919 % many)).collect();
        let up_with_stragglers: Vec<u64> =
            (0..many).map(|n| 2 * if n % 10 == 9 { n - 5 + 10 * many } else { n }).collect();
        assert_eq!(hold(Lookups::Newest, &up).slices.len(), 4);
        assert_eq!(hold(Lookups::Newest, &down).slices.len(), 1);
        for keys in [mixed, up_with_stragglers] {
            hold(Lookups::Newest, &keys);
            assert_eq!(hold(Lookups::Any, &keys).slices.len(), 1);
        }
    }

    #[test]
    fn numbers_are_guessed_where_there_is_one_slice() {
        let keys: Vec<u64> = (0..1_000).map(|n| n * 7_919 % 10_007).collect();
        let mut numbers = vec![7];
        hold(Lookups::Any, &keys).guess(&[keys[3], 20_000, keys[900]], &mut numbers);
        assert_eq!(numbers, [3, 900]);
        Index::new(Lookups::Any).guess(&keys, &mut numbers);
        assert_eq!(numbers, []);
    }

    #[test]
    fn an_index_made_at_once_is_the_one_that_grew() {
        let many = 2 * SLICE + 5;
        let keys: Vec<u64> = (0..u64::from(many)).map(|n| n * 3 % 60_013).collect();
        let twice = [1, 5, 9, 5];
        for lookups in [Lookups::Newest, Lookups::Any] {
            let index = Index::of(lookups, many, |no| keys[no as usize]).unwrap();
            let grown = hold(lookups, &keys);
            assert_eq!(index.slices.len(), grown.slices.len());
            for (no, key) in (0..).zip(&keys) {
                assert_eq!(index.find(key, |no| keys[no as usize] == *key), Some(no), "{key}");
            }
            assert_eq!(Index::of(lookups, 4, |no| twice[no as usize]).err(), Some(3));
        }
    }

    #[test]
    fn what_is_removed_is_gone_and_can_come_again() {
        let keys: Vec<u64> = (0..u64::from(SLICE) + 10).map(|n| 2 * n).collect();
        let mut index = hold(Lookups::Newest, &keys);
        let find = |index: &Index<u64>, key| index.find(&key, |no| keys[no as usize] == key);
        for no in (5..SLICE + 10).rev() {
            index.remove(&keys[no as usize], no);
        }
        assert_eq!((find(&index, 8), find(&index, 10)), (Some(4), None));
        assert_eq!(find(&index, 2 * u64::from(SLICE) + 10), None);
        index.insert(&10, 5);
        assert_eq!(find(&index, 10), Some(5));
    }
}
