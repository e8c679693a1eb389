//! The debt that a write-off gives up, by the accounts it is on.

/// All that was owed on a line when it was written off, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct LostDebt {
    /// Principal not billed (PU).
    pub unbilled: u64,
    /// Principal billed and not overdue (PB).
    pub billed: u64,
    /// Principal ahead of plans (PI).
    pub ahead: u64,
    /// Principal overdue (PO).
    pub overdue: u64,
    /// Late fees (LP).
    pub penalty: u64,
    /// Interest (LI).
    pub interest: u64,
    /// Fees of instalments (LF).
    pub fee: u64,
    /// Principal of cash loans (LN).
    pub lent: u64,
    /// Interest of cash loans (LI).
    pub lent_interest: u64,
}

impl LostDebt {
    /// Its parts, as they are named above.
    pub fn parts(&self) -> [u64; 9] {
        let LostDebt { unbilled, billed, ahead, overdue, penalty, interest, fee, .. } = *self;
        let LostDebt { lent, lent_interest, .. } = *self;
        [unbilled, billed, ahead, overdue, penalty, interest, fee, lent, lent_interest]
    }

    /// All of it; saturating.
    pub fn sum(&self) -> u64 {
        self.parts().into_iter().fold(0, u64::saturating_add)
    }
}
