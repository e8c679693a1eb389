//! Arithmetic of red packets (DOMAIN §1.6; §7, example 28): how a total is cut into parts, without
//! a ledger and without chance. All amounts are minor units.
//!
//! A packet is cut as it is claimed: the next part follows from what is left, and random parts from
//! the packet's seed by [`draw`]. Whoever has the facts of a packet can cut it again.

use crate::command::PacketKind;
use crate::limits::{PACKET_PART_MAX, PACKET_PART_MIN};

/// Whether so many parts can be cut that each is within the bounds of a part.
pub fn can_be_cut(total: u64, count: u32) -> bool {
    let count = u128::from(count);
    let bounds = count * u128::from(PACKET_PART_MIN)..=count * u128::from(PACKET_PART_MAX);
    count > 0 && bounds.contains(&u128::from(total))
}

/// The smallest and the largest random part: from half to one and a half times the average, rounded
/// inward, and never beyond the bounds of a part. For what [`can_be_cut`].
pub fn random_bounds(total: u64, count: u32) -> (u64, u64) {
    let twice = 2 * u64::from(count).max(1);
    let low = total.div_ceil(twice).max(PACKET_PART_MIN);
    let high = (total.saturating_mul(3) / twice).min(PACKET_PART_MAX);
    (low, high)
}

/// The next part of a packet of `total` for `count`, of which `left` is left for `left_count` more
/// after `drawn` draws. The last one takes what is left.
///
/// Fixed parts differ by one minor unit at most, the larger ones first. A random part is drawn
/// evenly within [`random_bounds`], so far as those still to come stay within them.
pub fn next_part(
    kind: PacketKind,
    (total, count): (u64, u32),
    seed: u64,
    drawn: u32,
    (left, left_count): (u64, u32),
) -> u64 {
    let others = u64::from(left_count.saturating_sub(1));
    if others == 0 {
        return left;
    }
    match kind {
        PacketKind::Fixed => left.div_ceil(others + 1),
        PacketKind::Random => {
            let (low, high) = random_bounds(total, count);
            let from = low.max(left.saturating_sub(high.saturating_mul(others)));
            let to = high.min(left.saturating_sub(low.saturating_mul(others))).max(from);
            let span = u128::from(to - from) + 1;
            let drawn = (u128::from(draw(seed, drawn)) * span) >> 64;
            from.saturating_add(u64::try_from(drawn).unwrap_or(0)).min(left)
        }
    }
}

/// The n-th number, from 0, of the generator SplitMix64 begun at `seed`. It decides who gets what:
/// it never changes.
pub fn draw(seed: u64, n: u32) -> u64 {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut z = seed.wrapping_add(GOLDEN.wrapping_mul(u64::from(n) + 1));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(kind: PacketKind, total: u64, count: u32, seed: u64) -> Vec<u64> {
        let mut left = total;
        let part = |drawn: u32| {
            let next = next_part(kind, (total, count), seed, drawn, (left, count - drawn));
            left -= next;
            next
        };
        (0..count).map(part).collect()
    }

    /// The first numbers that the authors of the generator give for the seed 1234567.
    #[test]
    fn the_generator_is_splitmix64() {
        let first: Vec<u64> = (0..3).map(|n| draw(1_234_567, n)).collect();
        assert_eq!(
            first,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    /// DOMAIN §7, 28.
    #[test]
    fn fixed_parts_are_those_of_the_rule_book() {
        assert_eq!(cut(PacketKind::Fixed, 1_000, 3, 0), [334, 333, 333]);
        assert!(can_be_cut(1_000, 50) && !can_be_cut(1_000, 51));
        assert!(can_be_cut(60_000, 3) && !can_be_cut(60_001, 3) && !can_be_cut(0, 0));
    }

    #[test]
    fn random_parts_stay_within_their_bounds_and_sum_up() {
        assert_eq!(random_bounds(1_000, 3), (167, 500));
        for (total, count) in [(1_000, 3), (20, 1), (1_000, 50), (1_001, 50), (60_000, 3), (777, 9)]
        {
            let (low, high) = random_bounds(total, count);
            let mut seen = std::collections::BTreeSet::new();
            for seed in 0..400 {
                let parts = cut(PacketKind::Random, total, count, seed);
                assert_eq!(parts.iter().sum::<u64>(), total, "{total} over {count}");
                let within = parts.iter().all(|part| (low..=high).contains(part));
                assert!(within, "{total} over {count}, seed {seed}: {parts:?}");
                seen.insert(parts);
            }
            let alone = low == high || total == u64::from(count) * PACKET_PART_MAX || count == 1;
            let alone = alone || total == u64::from(count) * PACKET_PART_MIN;
            assert_eq!(seen.len() > 1, !alone, "{total} over {count}");
        }
    }
}
