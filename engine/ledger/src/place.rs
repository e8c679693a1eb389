//! Where a ledger stands among the shards, and which shard is the home of an owner.

use crate::id::Id;

/// A shard among all of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// This shard.
    pub shard: u32,
    /// How many there are; 1 where every account is at home.
    pub shards: u32,
}

impl Default for Place {
    fn default() -> Place {
        Place { shard: 0, shards: 1 }
    }
}

impl Place {
    /// The shard that owns an id: the partition to which Kafka's Java client, and librdkafka with
    /// `partitioner=murmur2_random`, would send a record whose key is the id's text.
    pub fn home(&self, id: Id) -> u32 {
        if self.shards <= 1 {
            return self.shard;
        }
        (murmur2(id.to_string().as_bytes()) & 0x7fff_ffff) % self.shards
    }

    /// Whether an id is owned here.
    pub fn is_home(&self, id: Id) -> bool {
        self.home(id) == self.shard
    }

    /// All other shards.
    pub fn others(&self) -> impl Iterator<Item = u32> {
        let here = self.shard;
        (0..self.shards).filter(move |shard| *shard != here)
    }
}

/// Kafka's hash of a record key. It decides where accounts live: it never changes.
fn murmur2(bytes: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    const SEED: u32 = 0x9747_b28c;
    let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut hash = SEED ^ len;
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    if !rest.is_empty() {
        for (at, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * at);
        }
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ hash >> 15
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cases of Kafka's own `UtilsTest.testMurmur2`.
    #[test]
    fn the_hash_is_that_of_kafka() {
        for (key, hash) in [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(key.as_bytes()).cast_signed(), hash, "{key}");
        }
    }

    #[test]
    fn one_shard_is_the_home_of_all() {
        assert!(Place::default().is_home(Id(7)));
        let place = Place { shard: 2, shards: 4 };
        assert!((0..200).any(|id| place.is_home(Id(id))));
        assert!((0..200).all(|id| place.home(Id(id)) < 4));
        assert_eq!(place.others().collect::<Vec<_>>(), [0, 1, 3]);
    }
}
