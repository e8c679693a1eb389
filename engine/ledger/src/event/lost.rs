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
    /// Fees of cash loans (LF).
    pub lent_fee: u64,
    /// Penalties of cash loans (LP).
    pub lent_penalty: u64,
}

impl LostDebt {
    /// Its parts, as they are named above.
    pub fn parts(&self) -> [u64; 11] {
        let LostDebt { unbilled, billed, ahead, overdue, penalty, interest, fee, .. } = *self;
        let bill = [unbilled, billed, ahead, overdue, penalty, interest, fee];
        let LostDebt { lent, lent_interest, lent_fee, lent_penalty, .. } = *self;
        let [a, b, c, d, e, f, g] = bill;
        [a, b, c, d, e, f, g, lent, lent_interest, lent_fee, lent_penalty]
    }

    /// All of it; saturating.
    pub fn sum(&self) -> u64 {
        self.parts().into_iter().fold(0, u64::saturating_add)
    }
}
