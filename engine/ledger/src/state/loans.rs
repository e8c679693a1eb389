//! Rows of cash loans.
//!
//! Dates are days since 1970, amounts minor units.

use crate::command::{Ahead, Every, LoanChargeKind, LoanRate, LoanTerms};
use crate::id::Id;
use crate::instalments::{Accrual, Owed};
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
    /// What was lent, in all.
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
    /// Of the dates on which something fell due, the day of drawing counted as the first, the one
    /// whose grace was missed last; 0 if none was.
    pub missed: u32,
    /// Where it stands.
    pub state: LoanState,
    /// Fees and penalties, paid or not, by the date on which they fall due.
    pub charges: Vec<LoanCharge>,
    /// The part of `due` that fell due beside the terms since the last one.
    pub fresh: u64,
    /// The principal of each term of an annuity, or if more was lent than at first; else none.
    pub parts: Vec<u64>,
    /// And of each what did not fall due and is not paid ahead; else none.
    pub open: Vec<u64>,
    /// The numbers of repayments that went back.
    pub chargebacks: Vec<Id>,
    /// When the clock last tried to debit it, something became due or auto-debit began; 0 before.
    pub debited_on: u32,
}

/// A fee or a penalty of a loan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoanCharge {
    /// Its id, of no other charge of the loan.
    pub charge: Id,
    /// What it is.
    pub kind: LoanChargeKind,
    /// How much it was.
    pub amount: u64,
    /// When it falls due.
    pub due_on: u32,
    /// What was paid of it.
    pub paid: u64,
    /// What was given up of it, or lost with the loan.
    pub waived: u64,
}

/// What a repayment paid of a loan: interest, principal that was due and that was ahead, charges.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[expect(missing_docs, reason = "the names are those of the fields of `Fact::LoanRepaid`")]
pub struct LoanPaid {
    pub interest: u64,
    pub due: u64,
    pub ahead: u64,
    pub fee: u64,
    pub penalty: u64,
}

impl LoanCharge {
    /// What is owed of it.
    pub fn left(&self) -> u64 {
        self.amount.saturating_sub(self.paid).saturating_sub(self.waived)
    }
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

    /// What fell due with the last term or before it and is not paid. What went back since is due
    /// beside it.
    pub fn unpaid(&self) -> u64 {
        self.due_by(self.due_on()).sum().saturating_sub(self.fresh)
    }

    /// What is due by a date, which is not before the last term, and is not paid.
    pub fn due_by(&self, date: u32) -> Owed {
        Owed {
            penalty: self.charged(LoanChargeKind::Penalty, date),
            interest: self.interest.saturating_sub(self.early),
            fee: self.charged(LoanChargeKind::Fee, date),
            principal: self.due,
        }
    }

    /// All that is owed now, but for interest that is not charged.
    pub fn owing(&self) -> Owed {
        let of = |kind| self.charged(kind, u32::MAX);
        let (penalty, fee) = (of(LoanChargeKind::Penalty), of(LoanChargeKind::Fee));
        Owed { penalty, interest: self.interest, fee, principal: self.owed }
    }

    /// What begins to be due in the course of a date is debited from the next on, if it is.
    pub(crate) fn wait_for_debit(&mut self, date: u32) {
        if self.terms.auto_debit {
            self.debited_on = self.debited_on.max(date);
        }
    }

    /// The sum of it.
    pub fn debt(&self) -> u64 {
        self.owing().sum()
    }

    /// What is not paid of the charges of a kind that fall due by a date.
    pub fn charged(&self, kind: LoanChargeKind, by: u32) -> u64 {
        let own = self.charges.iter().filter(|c| c.kind == kind && c.due_on <= by);
        own.fold(0, |sum, charge| sum.saturating_add(charge.left()))
    }

    /// The charge of an id.
    pub fn charge(&self, id: &Id) -> Option<&LoanCharge> {
        self.charges.iter().find(|charge| charge.charge == *id)
    }

    /// Puts a charge behind those that fall due before it or with it.
    pub fn put(&mut self, charge: LoanCharge) {
        let at = self.charges.partition_point(|other| other.due_on <= charge.due_on);
        self.charges.insert(at, charge);
    }

    /// Pays charges of a kind, those first that fall due first.
    pub fn pay_charges(&mut self, kind: LoanChargeKind, amount: u64) {
        let mut left = amount;
        for charge in self.charges.iter_mut().filter(|charge| charge.kind == kind) {
            let part = left.min(charge.left());
            charge.paid = charge.paid.saturating_add(part);
            left -= part;
        }
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
        if !self.parts.is_empty() {
            return self.parts.clone();
        }
        self.cut(self.amount.saturating_sub(self.terms.at_once), self.terms.count)
    }

    /// What of the principal of each term did not fall due and is not paid ahead.
    pub fn open_parts(&self) -> Vec<u64> {
        if !self.parts.is_empty() {
            return self.open.clone();
        }
        let mut open = self.agreed();
        for part in open.iter_mut().take(self.fallen_due as usize) {
            *part = 0;
        }
        let all = open.iter().fold(0, |sum: u64, part| sum.saturating_add(*part));
        pay_off(&mut open, self.terms.ahead, all.saturating_sub(self.ahead()));
        open
    }

    /// Takes in more that is lent on a date, a part of it due at once.
    pub fn draw_more(&mut self, amount: u64, at_once: u64) {
        let (mut parts, mut open) = (self.agreed(), self.open_parts());
        let more = self.cut(amount.saturating_sub(at_once), self.to_come());
        for parts in [&mut parts, &mut open] {
            for (part, more) in parts.iter_mut().skip(self.fallen_due as usize).zip(&more) {
                *part = part.saturating_add(*more);
            }
        }
        (self.parts, self.open) = (parts, open);
        self.amount = self.amount.saturating_add(amount);
        self.owed = self.owed.saturating_add(amount);
        self.due = self.due.saturating_add(at_once);
        self.fresh = self.fresh.saturating_add(at_once);
    }

    /// How many terms did not fall due.
    pub fn to_come(&self) -> u32 {
        self.terms.count.saturating_sub(self.fallen_due)
    }

    fn cut(&self, amount: u64, count: u32) -> Vec<u64> {
        self.terms.principals(amount, count).unwrap_or_default()
    }

    /// The principal of the next term: as it was agreed, less what of it is paid ahead.
    pub fn next_principal(&self) -> u64 {
        self.open_parts().get(self.fallen_due as usize).copied().unwrap_or(0)
    }

    /// Takes in a repayment on a date, with the interest charged to it and what stays of that.
    pub fn repay(&mut self, date: u32, charged: u64, rest: u32, paid: &LoanPaid) {
        let was_due = self.interest.saturating_sub(self.early);
        let of_early = paid.interest.saturating_sub(was_due);
        self.interest = self.interest.saturating_add(charged).saturating_sub(paid.interest);
        self.early = self.early.saturating_add(charged).saturating_sub(of_early);
        self.due = self.due.saturating_sub(paid.due);
        self.fresh = self.fresh.min(self.due);
        self.owed = self.owed.saturating_sub(paid.due.saturating_add(paid.ahead));
        pay_off(&mut self.open, self.terms.ahead, paid.ahead);
        (self.counted_on, self.rest) = (self.counted_on.max(date), rest);
        self.pay_charges(LoanChargeKind::Fee, paid.fee);
        self.pay_charges(LoanChargeKind::Penalty, paid.penalty);
        self.settle();
    }

    /// Nothing is late of what is paid; a loan of which nothing is owed is at its end.
    pub fn settle(&mut self) {
        if self.unpaid() == 0 {
            self.late_since = 0;
        }
        if self.debt() == 0 {
            self.state = LoanState::Repaid;
        }
    }

    /// The interest of the nights up to a date that is not charged yet, and the carry.
    pub fn earned(&self, date: u32) -> (u64, u32) {
        let mut accrual = Accrual::resumed(self.rest);
        let nights = date.saturating_sub(self.counted_on);
        let (from, to) = (self.due_on(), self.next_due_on());
        let amount = match self.terms.rate {
            LoanRate::Day(ppm) => accrual.accrue(self.owed, ppm, nights),
            LoanRate::Year(rate) if (self.counted_on, date) == (from, to) => {
                rate.whole_term(self.owed)
            }
            LoanRate::Year(rate) => {
                accrual.accrue_part(self.owed, rate, nights, to.saturating_sub(from))
            }
        };
        // Beyond any amount is as much as an amount can be.
        let amount = amount.unwrap_or(u64::MAX);
        (amount, accrual.rest())
    }
}

/// Takes so much off the next parts, or off the last.
fn pay_off(parts: &mut [u64], ahead: Ahead, amount: u64) {
    let mut left = amount;
    let mut take = |part: &mut u64| {
        let off = left.min(*part);
        (*part, left) = (*part - off, left - off);
    };
    match ahead {
        Ahead::Next => parts.iter_mut().for_each(&mut take),
        Ahead::Last => parts.iter_mut().rev().for_each(&mut take),
    }
}
