//! Random moments from a seed that is told.

use std::time::{SystemTime, UNIX_EPOCH};

/// Numbers from a seed: splitmix64.
pub struct Seed(u64);

impl Seed {
    /// The seed of the environment, or one of this moment. It is printed.
    pub fn drawn(test: &str) -> Seed {
        let given = std::env::var("GROAT_TEST_SEED").ok().map(|text| text.parse().unwrap());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
        let seed = given.unwrap_or(now % 1_000_000);
        println!("{test}: GROAT_TEST_SEED={seed}");
        Seed(seed)
    }

    /// The next number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}
