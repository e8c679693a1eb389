//! Rows of cash loans.
//!
//! Dates are days since 1970, amounts minor units.

use crate::command::{Ahead, Every, LoanKind, LoanTerms};
use crate::id::Id;
use crate::instalments::{Accrual, Split, Tie, split};
use crate::state::months_after;
use crate::table::Row;

/// A cash loan. What is not due is `owed - due`; a part of it that is paid ahead comes off the last
/// terms, or off the next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loan {
    /// Its id.
    pub loan: Id,
    /// Whose: number in `users`.
    pub user: u32,
    /// What was lent.
    pub amount: u64,
    /// How it is paid back.
    pub terms: LoanTerms,
    /// When it was drawn.
    pub drawn_on: u32,
    /// Terms that fell due, and those behind the last one, of interest alone.
    pub fallen_due: u32,
    /// Principal that is not paid (LN).
    pub owed: u64,
    /// The part of `owed` that is due.
    pub due: u64,
    /// Interest charged and not paid.
    pub interest: u64,
    /// The part of `interest` that falls due with the next term: charged with a repayment.
    pub early: u64,
    /// The date up to which interest is charged.
    pub counted_on: u32,
    /// Interest earned and not charged, in millionths of a minor unit.
    pub rest: u32,
    /// The due date that was missed first of what is late; 0 if nothing is.
    pub late_since: u32,
    /// Where it stands.
    pub state: LoanState,
}

row!(Loan, Id, self => self.loan);

/// Where a loan stands. The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoanState {
    /// Something is owed.
    Active = 1,
    /// Nothing is.
    Repaid = 2,
    /// What was owed is lost.
    WrittenOff = 3,
}

impl LoanState {
    /// The state of a number.
    pub fn of(number: u32) -> Option<LoanState> {
        let all = [LoanState::Active, LoanState::Repaid, LoanState::WrittenOff];
        all.into_iter().find(|state| *state as u32 == number)
    }
}

impl Loan {
    /// Principal that is not due.
    pub fn ahead(&self) -> u64 {
        self.owed.saturating_sub(self.due)
    }

    /// What is due and not paid.
    pub fn unpaid(&self) -> u64 {
        self.due.saturating_add(self.interest.saturating_sub(self.early))
    }

    /// All that is owed now, but for interest that is not charged.
    pub fn debt(&self) -> u64 {
        self.owed.saturating_add(self.interest)
    }

    /// When the last term fell due, or it was drawn.
    pub fn due_on(&self) -> u32 {
        self.date_of(self.fallen_due)
    }

    /// When a term falls due, by its number from 1; 0 is when it was drawn.
    fn date_of(&self, term_no: u32) -> u32 {
        match self.terms.every {
            Every::Days(days) => self.drawn_on.saturating_add(days.saturating_mul(term_no)),
            Every::Months(months) => months_after(self.drawn_on, months.saturating_mul(term_no)),
        }
    }

    /// When the next term falls due.
    pub fn next_due_on(&self) -> u32 {
        self.date_of(self.fallen_due.saturating_add(1))
    }

    /// The principal of each term as it was agreed.
    pub fn agreed(&self) -> Vec<u64> {
        let shared = self.amount.saturating_sub(self.terms.at_once);
        let how = match self.terms.share_unit {
            0 => Split::FloorRestFirst,
            unit => Split::NearestRestLast { unit, tie: Tie::Even },
        };
        match self.terms.kind {
            LoanKind::EqualPrincipal => split(shared, self.terms.count, how).unwrap_or_default(),
            LoanKind::Bullet => {
                let last = self.terms.count.saturating_sub(1);
                (0..self.terms.count).map(|no| if no == last { shared } else { 0 }).collect()
            }
        }
    }

    /// The principal of the next term: as it was agreed, less what of it is paid ahead.
    pub fn next_principal(&self) -> u64 {
        let (agreed, ahead) = (self.agreed(), self.ahead());
        match self.terms.ahead {
            Ahead::Last => agreed.get(self.fallen_due as usize).map_or(0, |part| ahead.min(*part)),
            Ahead::Next => {
                let through = agreed.iter().take((self.fallen_due as usize).saturating_add(1));
                let through =
                    through.fold(self.terms.at_once, |sum, part| sum.saturating_add(*part));
                through.saturating_sub(self.amount.saturating_sub(ahead)).min(ahead)
            }
        }
    }

    /// The interest of the nights up to a date that is not charged yet, and the carry.
    pub fn earned(&self, date: u32) -> (u64, u32) {
        let mut accrual = Accrual::resumed(self.rest);
        let nights = date.saturating_sub(self.counted_on);
        // Beyond any amount is as much as an amount can be.
        let amount = accrual.accrue(self.owed, self.terms.day_ppm, nights).unwrap_or(u64::MAX);
        (amount, accrual.rest())
    }
}
