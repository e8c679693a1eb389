//! The arithmetic of credit: how a sum is cut into terms, what a term bears in interest, how
//! interest accrues by the day, what a repayment pays first (DOMAIN §1.4, §2, §4.5). Accounts,
//! lines and dates do not live here.
//!
//! Products differ in their rounding, so it is an argument and each way is named.

mod annuity;

pub use annuity::{LoanTerm, YearRate, annuity};

/// Most terms of a plan or loan: ten years of months.
pub const TERMS_MAX: u32 = 120;

/// How a sum is cut into shares. Shares always sum to it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Split {
    /// Every share is rounded down; the first takes the rest (Huabei).
    #[default]
    FloorRestFirst,
    /// Every share is the nearest multiple of `unit` minor units; the last takes the rest.
    NearestRestLast {
        /// Minor units: 1 for cents, 100 for whole yuan.
        unit: u64,
        /// What becomes of a share just between two multiples.
        tie: Tie,
    },
}

impl Split {
    /// Whether it has no unit, or one of at most so many minor units.
    pub fn fits(self, most: u64) -> bool {
        !matches!(self, Split::NearestRestLast { unit, .. } if unit == 0 || unit > most)
    }

    /// How the fee of what is so cut is cut: by the minor unit, so that every term bears its part.
    fn of_fee(self) -> Split {
        match self {
            Split::FloorRestFirst => self,
            Split::NearestRestLast { tie, .. } => Split::NearestRestLast { unit: 1, tie },
        }
    }

    /// Whether a sum is enough for something in every share.
    pub fn fills(self, total: u64, terms: u32) -> bool {
        split(total, terms, self).is_some_and(|shares| shares.iter().all(|share| *share > 0))
    }
}

/// Where a number just between two others goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tie {
    /// To the larger.
    Up,
    /// To the even one.
    Even,
}

/// Cuts `total` minor units into so many shares. None without a term, beyond [`TERMS_MAX`], or for
/// a unit of zero.
///
/// ```
/// use groat_ledger::instalments::{Split, Tie, split};
/// assert_eq!(split(1_000, 3, Split::FloorRestFirst), Some(vec![334, 333, 333]));
/// let nearest = Split::NearestRestLast { unit: 100, tie: Tie::Even };
/// assert_eq!(split(40_000, 6, nearest), Some(vec![6700, 6700, 6700, 6700, 6700, 6500]));
/// ```
pub fn split(total: u64, terms: u32, how: Split) -> Option<Vec<u64>> {
    if !(1..=TERMS_MAX).contains(&terms) {
        return None;
    }
    let n = u64::from(terms);
    match how {
        Split::FloorRestFirst => {
            let share = total / n;
            let mut shares = vec![share; terms as usize];
            shares[0] = total - share * (n - 1);
            Some(shares)
        }
        Split::NearestRestLast { unit, tie } => {
            let step = u128::from(unit).checked_mul(u128::from(n)).filter(|step| *step > 0)?;
            let share = nearest(u128::from(total), step, tie)?.checked_mul(unit)?;
            let mut left = total;
            let mut shares = Vec::with_capacity(terms as usize);
            for _ in 1..terms {
                // Rounding up may use a small sum up before its last term.
                let part = share.min(left);
                left -= part;
                shares.push(part);
            }
            shares.push(left);
            Some(shares)
        }
    }
}

/// `numerator / denominator` as the nearest whole number; the denominator is above zero.
fn nearest(numerator: u128, denominator: u128, tie: Tie) -> Option<u64> {
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    let up = match (rest.checked_mul(2)?.cmp(&denominator), tie) {
        (std::cmp::Ordering::Less, _) => false,
        (std::cmp::Ordering::Greater, _) | (std::cmp::Ordering::Equal, Tie::Up) => true,
        (std::cmp::Ordering::Equal, Tie::Even) => quotient % 2 == 1,
    };
    u64::try_from(quotient + u128::from(up)).ok()
}

/// A term of an instalment plan, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instalment {
    /// Its part of the purchase.
    pub principal: u64,
    /// Its part of the fee.
    pub fee: u64,
}

/// So many millionths of an amount, half even; none beyond any amount.
pub fn half_even_ppm(amount: u64, ppm: u32) -> Option<u64> {
    nearest(u128::from(amount) * u128::from(ppm), 1_000_000, Tie::Even)
}

/// A purchase in instalments, the fee HALF_EVEN(amount × ppm).
pub fn plan(amount: u64, terms: u32, fee_ppm: u32, how: Split) -> Option<Vec<Instalment>> {
    plan_of(amount, half_even_ppm(amount, fee_ppm)?, terms, how)
}

/// An amount and its fee in so many terms: the fee is cut like the amount, but by the minor unit.
pub fn plan_of(amount: u64, fee: u64, terms: u32, how: Split) -> Option<Vec<Instalment>> {
    let shares = split(amount, terms, how)?.into_iter().zip(split(fee, terms, how.of_fee())?);
    Some(shares.map(|(principal, fee)| Instalment { principal, fee }).collect())
}

/// Interest by the day that is posted in whole minor units; what is less stays for the next day
/// (DOMAIN §2, carry rule).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Accrual {
    /// Earned and not posted, in millionths of a minor unit; below a million.
    rest: u32,
}

impl Accrual {
    /// One that goes on where another stopped, with its [`Accrual::rest`].
    pub fn resumed(rest: u32) -> Accrual {
        Accrual { rest: rest % 1_000_000 }
    }

    /// What is earned and not posted, in millionths of a minor unit.
    pub fn rest(&self) -> u32 {
        self.rest
    }

    /// What is to be posted for so many days on a principal. None, and no change, where it is
    /// beyond any amount.
    pub fn accrue(&mut self, principal: u64, day_ppm: u32, days: u32) -> Option<u64> {
        let earned = u128::from(principal) * u128::from(day_ppm);
        self.post(earned.checked_mul(days.into())?)
    }

    /// The same for some days of a term of a year, of which it has `of`.
    pub fn accrue_part(
        &mut self,
        principal: u64,
        rate: YearRate,
        days: u32,
        of: u32,
    ) -> Option<u64> {
        let earned = u128::from(principal) * u128::from(rate.year_ppm);
        let days_a_year = u128::from(rate.terms_a_year) * u128::from(of);
        self.post(earned.checked_mul(days.into())?.checked_div(days_a_year)?)
    }

    /// So many millionths more are earned.
    fn post(&mut self, earned: u128) -> Option<u64> {
        let earned = earned.checked_add(self.rest.into())?;
        let posted = u64::try_from(earned / 1_000_000).ok()?;
        self.rest = u32::try_from(earned % 1_000_000).ok()?;
        Some(posted)
    }
}

/// What is owed, or a payment of it, by kind; minor units.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Owed {
    /// Late fees.
    pub penalty: u64,
    /// Interest.
    pub interest: u64,
    /// Fees of instalments.
    pub fee: u64,
    /// What was bought or lent.
    pub principal: u64,
}

impl Owed {
    /// All of it; saturating.
    pub fn sum(&self) -> u64 {
        let charges = self.penalty.saturating_add(self.interest).saturating_add(self.fee);
        charges.saturating_add(self.principal)
    }

    /// Kind by kind together; saturating.
    #[must_use]
    pub fn plus(self, more: Owed) -> Owed {
        Owed {
            penalty: self.penalty.saturating_add(more.penalty),
            interest: self.interest.saturating_add(more.interest),
            fee: self.fee.saturating_add(more.fee),
            principal: self.principal.saturating_add(more.principal),
        }
    }

    /// What is left of each kind, at least nothing.
    #[must_use]
    pub fn less(self, part: Owed) -> Owed {
        Owed {
            penalty: self.penalty.saturating_sub(part.penalty),
            interest: self.interest.saturating_sub(part.interest),
            fee: self.fee.saturating_sub(part.fee),
            principal: self.principal.saturating_sub(part.principal),
        }
    }
}

/// A kind of debt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names are those of the fields of `Owed`")]
pub enum Part {
    Penalty,
    Interest,
    Fee,
    Principal,
}

/// What is paid first where nothing else was agreed (Fineract's order).
pub const CHARGES_FIRST: [Part; 4] = [Part::Penalty, Part::Interest, Part::Fee, Part::Principal];

/// The order for old debts (China: from the 91st day), which stops what grows.
pub const PRINCIPAL_FIRST: [Part; 4] = [Part::Principal, Part::Penalty, Part::Interest, Part::Fee];

/// What a payment pays of what is owed, and what of it is left over. A part that the order does
/// not name is not paid.
pub fn allocate(amount: u64, owed: Owed, order: &[Part]) -> (Owed, u64) {
    let (mut paid, mut left) = (Owed::default(), amount);
    for part in order {
        let (of, paid) = match part {
            Part::Penalty => (owed.penalty, &mut paid.penalty),
            Part::Interest => (owed.interest, &mut paid.interest),
            Part::Fee => (owed.fee, &mut paid.fee),
            Part::Principal => (owed.principal, &mut paid.principal),
        };
        // A part named twice is paid once.
        let more = left.min(of - *paid);
        *paid += more;
        left -= more;
    }
    (paid, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// DOMAIN §7, examples 1 to 3: amount, terms, rate; fee, each term, the first term.
    #[test]
    fn the_published_plans() {
        for (amount, terms, ppm, fee, each, first) in [
            (111_111, 3, 23_000, 2_556, 37_889, 37_889),
            (111_111, 6, 45_000, 5_000, 19_351, 19_356),
            (111_111, 12, 75_000, 8_333, 9_953, 9_961),
            (12_367, 3, 23_000, 284, 4_216, 4_219),
            (12_367, 6, 45_000, 557, 2_153, 2_159),
            (12_367, 12, 75_000, 928, 1_107, 1_118),
            (345, 3, 23_000, 8, 117, 119),
            (345, 6, 45_000, 16, 59, 66),
            (345, 12, 75_000, 26, 30, 41),
            (545, 3, 23_000, 13, 185, 188),
        ] {
            let plan = plan(amount, terms, ppm, Split::FloorRestFirst).unwrap();
            let dues: Vec<u64> = plan.iter().map(|term| term.principal + term.fee).collect();
            let fees: u64 = plan.iter().map(|term| term.fee).sum();
            let principal: u64 = plan.iter().map(|term| term.principal).sum();
            assert_eq!((fees, principal), (fee, amount), "{amount} in {terms}");
            assert_eq!((dues[0], dues.len()), (first, terms as usize), "{amount} in {terms}");
            assert!(dues[1..].iter().all(|due| *due == each), "{amount} in {terms}: {dues:?}");
        }
    }

    #[test]
    fn shares_sum_and_round_as_named() {
        let nearest = |unit, tie| Split::NearestRestLast { unit, tie };
        for (total, terms, how, shares) in [
            (0, 2, Split::FloorRestFirst, vec![0, 0]),
            (5, 3, Split::FloorRestFirst, vec![3, 1, 1]),
            (5, 3, nearest(1, Tie::Up), vec![2, 2, 1]),
            (3, 5, nearest(1, Tie::Up), vec![1, 1, 1, 0, 0]),
            (5, 2, nearest(1, Tie::Up), vec![3, 2]),
            (5, 2, nearest(1, Tie::Even), vec![2, 3]),
            (7, 2, nearest(1, Tie::Even), vec![4, 3]),
            (7_500, 6, nearest(100, Tie::Even), vec![1200, 1200, 1200, 1200, 1200, 1500]),
            (7_500, 6, nearest(100, Tie::Up), vec![1300, 1300, 1300, 1300, 1300, 1000]),
            (u64::MAX, 1, nearest(1, Tie::Up), vec![u64::MAX]),
        ] {
            assert_eq!(split(total, terms, how), Some(shares), "{total} in {terms}: {how:?}");
        }
        for (terms, how) in [
            (0, Split::FloorRestFirst),
            (TERMS_MAX + 1, Split::FloorRestFirst),
            (3, nearest(0, Tie::Up)),
        ] {
            assert_eq!(split(100, terms, how), None, "{terms}: {how:?}");
        }
    }

    /// DOMAIN §7, example 18, and the interest of example 16.
    #[test]
    fn interest_accrues_with_a_carry() {
        let mut accrual = Accrual::default();
        let days: Vec<u64> = (0..7).map(|_| accrual.accrue(33_333, 500, 1).unwrap()).collect();
        assert_eq!(days, [16, 17, 16, 17, 17, 16, 17]);
        assert_eq!(Accrual::default().accrue(33_333, 500, 7), Some(116));
        assert_eq!(Accrual::default().accrue(126_000, 500, 20), Some(1_260));
        let before = accrual;
        assert_eq!(accrual.accrue(u64::MAX, 1_000_000, u32::MAX), None);
        assert_eq!(accrual, before);
    }

    /// DOMAIN §7, example 19: in the first 90 days charges come first, then the principal may.
    #[test]
    fn a_repayment_is_allocated() {
        let owed = Owed { penalty: 500, interest: 1_260, fee: 2_556, principal: 100_000 };
        let early = Owed { penalty: 500, interest: 1_260, fee: 2_556, principal: 684 };
        assert_eq!(allocate(5_000, owed, &CHARGES_FIRST), (early, 0));
        let late = Owed { principal: 5_000, ..Owed::default() };
        assert_eq!(allocate(5_000, owed, &PRINCIPAL_FIRST), (late, 0));
        assert_eq!(allocate(104_317, owed, &PRINCIPAL_FIRST), (owed, 1));
        let only = Owed { fee: 2_556, ..Owed::default() };
        assert_eq!(allocate(5_000, owed, &[Part::Fee, Part::Fee]), (only, 2_444));
    }
}
