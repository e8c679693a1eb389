//! A fast hasher with a fixed seed for maps keyed by ids.
//!
//! The same keys land in the same buckets on every machine, so that a run is repeatable in time
//! as well as in result. The maps are only looked up, never iterated, so no outcome depends on it.
//! It does not resist keys chosen to collide: producers are authenticated by the broker.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map looked up by id. Never iterate one.
pub type IdMap<K, V> = HashMap<K, V, BuildHasherDefault<FoldHasher>>;

/// Folded multiplication, one round per word.
#[derive(Default, Clone, Copy)]
pub struct FoldHasher {
    state: u64,
}

/// Odd, with bits evenly spread (the fractional digits of pi).
const SEED: u64 = 0x243f_6a88_85a3_08d3;
pub(crate) const FACTOR: u64 = 0x1319_8a2e_0370_7345;

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
