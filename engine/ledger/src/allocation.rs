//! Allocation: how an amount divides over portions of a whole, and how it is taken in order from
//! what each has. Whole minor units and integers only; it knows neither accounts nor commands.
//!
//! Royalties are taken with it. Their percentages are rounded down one by one ([`Portion::floor`]),
//! so that what rounding leaves stays with the merchant; [`divide`] leaves nothing over.

/// A part of a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Portion {
    part: u64,
    of: u64,
}

impl Portion {
    /// So many of so many parts; `None` if that is more than the whole, or of nothing.
    pub fn new(part: u64, of: u64) -> Option<Portion> {
        (of > 0 && part <= of).then_some(Portion { part, of })
    }

    /// What it is of an amount, rounded down.
    pub fn floor(self, amount: u64) -> u64 {
        let part = u128::from(amount) * u128::from(self.part) / u128::from(self.of);
        u64::try_from(part).unwrap_or(amount)
    }
}

/// Divides an amount over portions of it; the last part is what they leave of the whole. Each is
/// rounded down, and the units that this leaves go to the first parts, one to each. `None` if
/// the portions are more than the whole, or so odd that their sum cannot be written.
pub fn divide(amount: u64, portions: &[Portion]) -> Option<Vec<u64>> {
    let (mut left, mut of) = (1u128, 1u128);
    for portion in portions {
        let denominator = u128::from(portion.of);
        let common = of.checked_mul(denominator / gcd(of, denominator))?;
        let part = u128::from(portion.part).checked_mul(common / denominator)?;
        left = left.checked_mul(common / of)?.checked_sub(part)?;
        of = common;
    }
    let rest = u64::try_from(u128::from(amount).checked_mul(left)? / of).ok()?;
    let mut parts: Vec<u64> = portions.iter().map(|portion| portion.floor(amount)).collect();
    parts.push(rest);
    // Fewer than there are parts: each was rounded down by less than one.
    let mut over = parts.iter().try_fold(amount, |over, part| over.checked_sub(*part))?;
    for part in &mut parts {
        let unit = over.min(1);
        (*part, over) = (*part + unit, over - unit);
    }
    Some(parts)
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// How far a balance may be taken below nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overdraft {
    /// So far.
    UpTo(u64),
    /// There is no end.
    Unbounded,
}

/// What may be taken of a balance, with what it may be overdrawn and at most `cap`.
pub fn room(balance: i128, overdraft: Overdraft, cap: Option<u64>) -> u64 {
    let most = cap.unwrap_or(u64::MAX);
    match overdraft {
        Overdraft::Unbounded => most,
        Overdraft::UpTo(limit) => {
            let room = balance.saturating_add(i128::from(limit)).max(0);
            u64::try_from(room).unwrap_or(u64::MAX).min(most)
        }
    }
}

/// Takes an amount in order, from each as much as it has. Leaves in `rooms` what each gives; says
/// what is lacking.
pub fn in_order(amount: u64, rooms: &mut [u64]) -> u64 {
    rooms.iter_mut().fold(amount, |lacking, room| {
        *room = lacking.min(*room);
        lacking - *room
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn parts(amount: u64, portions: &[(u64, u64)]) -> Option<Vec<u64>> {
        let portions = portions.iter().map(|(part, of)| Portion::new(*part, *of));
        divide(amount, &portions.collect::<Option<Vec<_>>>()?)
    }

    #[test]
    fn what_rounding_leaves_goes_to_the_first() {
        assert_eq!(parts(15, &[(80, 100), (8, 100), (12, 100)]), Some(vec![13, 1, 1, 0]));
        assert_eq!(parts(99, &[(15, 100), (30, 100)]), Some(vec![15, 30, 54]));
        assert_eq!(parts(1_000, &[(1, 3); 3]), Some(vec![334, 333, 333, 0]));
        assert_eq!(parts(0, &[(1, 3), (0, 1)]), Some(vec![0, 0, 0]));
        assert_eq!(parts(u64::MAX, &[]), Some(vec![u64::MAX]));
        assert_eq!(parts(u64::MAX, &[(u64::MAX, u64::MAX)]), Some(vec![u64::MAX, 0]));
    }

    #[test]
    fn more_than_the_whole_is_no_division() {
        assert_eq!(parts(9, &[(2, 3), (1, 2)]), None);
        assert_eq!(parts(9, &[(4, 3)]), None);
        assert_eq!(parts(9, &[(0, 0)]), None);
        // Their common denominator is beyond 128 bits.
        assert_eq!(parts(9, &[(1, u64::MAX), (1, u64::MAX - 1), (1, u64::MAX - 2)]), None);
    }

    #[test]
    fn nothing_is_taken_that_is_not_there() {
        let taken = |amount, mut rooms: [u64; 3]| (in_order(amount, &mut rooms), rooms);
        assert_eq!(taken(10, [3, 0, 4]), (3, [3, 0, 4]));
        assert_eq!(taken(5, [3, 0, 4]), (0, [3, 0, 2]));
        assert_eq!(room(-4, Overdraft::UpTo(5), None), 1);
        assert_eq!(room(-6, Overdraft::UpTo(5), None), 0);
        assert_eq!(room(-6, Overdraft::Unbounded, Some(7)), 7);
        assert_eq!(room(i128::MAX, Overdraft::UpTo(u64::MAX), None), u64::MAX);
    }
}
