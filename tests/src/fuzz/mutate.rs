//! How inputs are altered: bytes and stretches of them, and numbers where varints stand.

/// splitmix64 (Steele, Lea, Flood 2014).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Below `bound`; 0 if that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.number()) * bound as u128) >> 64) as usize
    }

    /// One of the seeds with one to five alterations, most often one.
    pub fn mutated(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.one_of(seeds).clone();
        let most = 1 + self.below(5);
        for _ in 0..=self.below(most) {
            self.alter(&mut bytes, seeds);
        }
        bytes
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn alter(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let len = bytes.len();
        let at = self.below(len);
        let some = 1 + self.below(8.min(len.saturating_sub(at)).max(1));
        let end = (at + some).min(len);
        match self.below(9) {
            _ if len == 0 => bytes.push(self.number() as u8),
            0 => bytes[at] ^= 1 << self.below(8),
            1 => bytes[at] = *self.one_of(&[0, 1, 0x7f, 0x80, 0xff, b'"', b'-', b'{', b'9']),
            2 => bytes[at] = bytes[at].wrapping_add(*self.one_of(&[1, 8, 255, 248])),
            3 => drop(bytes.drain(at..end)),
            4 => bytes.truncate(at),
            5 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            6 => bytes.insert(at, self.number() as u8),
            7 => {
                let other = self.one_of(seeds);
                let from = self.below(other.len());
                let to = (from + 1 + self.below(24)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => self.renumber(bytes, at),
        }
    }

    /// Puts another number where one may stand.
    fn renumber(&mut self, bytes: &mut Vec<u8>, at: usize) {
        let len = bytes[at..].iter().take(9).take_while(|b| **b >= 0x80).count() + 1;
        let end = (at + len).min(bytes.len());
        let near = 1u64.wrapping_shl(self.below(64) as u32).wrapping_sub(self.number() & 1);
        let number = *self.one_of(&[0, 1, near, u64::MAX, 1_000_000_000_000_000_000]);
        let mut varint = Vec::new();
        groat_proto::write_varint(&mut varint, number);
        bytes.splice(at..end, varint);
    }
}
