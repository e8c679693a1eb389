//! Rows of cash loans.
//!
//! Dates are days since 1970, amounts minor units.

use crate::command::{LoanKind, LoanTerms};
use crate::id::Id;
use crate::instalments::Accrual;
use crate::limits::LOAN_TERM_DAYS;
use crate::table::Row;

/// A cash loan. What is not due is `owed - due`; a part of it that is paid ahead comes off the last
/// terms.
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
        let days = LOAN_TERM_DAYS.saturating_mul(self.fallen_due);
        self.drawn_on.saturating_add(days)
    }

    /// When the next term falls due.
    pub fn next_due_on(&self) -> u32 {
        self.due_on().saturating_add(LOAN_TERM_DAYS)
    }

    /// The principal of the next term: as it was agreed, as far as there is so much.
    pub fn next_principal(&self) -> u64 {
        let count = u64::from(self.terms.count);
        let share = self.amount / count.max(1);
        let is_last = self.fallen_due.saturating_add(1) == self.terms.count;
        let agreed = match self.terms.kind {
            _ if self.fallen_due >= self.terms.count => 0,
            LoanKind::Bullet if is_last => self.amount,
            LoanKind::Bullet => 0,
            LoanKind::EqualPrincipal if self.fallen_due == 0 => {
                self.amount - share * count.saturating_sub(1)
            }
            LoanKind::EqualPrincipal => share,
        };
        agreed.min(self.ahead())
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
