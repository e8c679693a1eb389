//! What a billed line of credit remembers of its statements.
//!
//! One statement is to be paid at a time: what is left of it when the next is cut is part of the
//! next. Dates are days since 1970, amounts minor units.

use crate::instalments::Accrual;

/// The last statement of a line, and what is owed by it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Billing {
    /// When the next statement is cut: at the beginning of this date.
    pub next_cut: u32,
    /// When the last one was cut; 0 before the first.
    pub cut_on: u32,
    /// Until the end of which date it is to be paid.
    pub due_on: u32,
    /// Where it stands.
    pub state: StatementState,
    /// Whether its days of grace are over.
    pub assessed: bool,
    /// What was to be paid when it was cut.
    pub total: u64,
    /// The least of that.
    pub minimum: u64,
    /// Of its charges, what is not paid.
    pub charges: u64,
    /// Principal billed and not overdue (PB).
    pub billed: u64,
    /// The part of `billed` that bears interest: a due date has passed.
    pub revolving: u64,
    /// Principal overdue (PO); it bears interest.
    pub overdue: u64,
    /// The due date that was missed first of what is overdue; 0 if nothing is.
    pub overdue_since: u32,
    /// The date up to which interest is charged.
    pub interest_on: u32,
    /// Interest earned and not charged, in millionths of a minor unit.
    pub rest: u32,
    /// Minor units × nights, since the due date or as agreed the day of the statement, that bear
    /// interest if grace is missed.
    pub waiting: u64,
    /// The date up to which `waiting` counts.
    pub waiting_on: u32,
    /// Written off and not recovered.
    pub lost: u64,
    /// When the clock last tried to debit it, or auto-debit began; 0 before.
    pub debited_on: u32,
    /// Numbers in `plans` of those with terms ahead, as they were made. Derived from them.
    pub plans: Vec<u32>,
    /// Numbers in `loans` of those of which something is owed, as they were drawn. Derived.
    pub loans: Vec<u32>,
}

/// Where a statement stands (DOMAIN §5). The numbers stand in facts and snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum StatementState {
    /// There has been none.
    Open = 0,
    Issued = 1,
    MinPaid = 2,
    Overdue = 3,
    Paid = 4,
    WrittenOff = 5,
}

impl StatementState {
    /// The state of a number.
    pub fn of(number: u32) -> Option<StatementState> {
        use StatementState::{Issued, MinPaid, Open, Overdue, Paid, WrittenOff};
        let mut all = [Open, Issued, MinPaid, Overdue, Paid, WrittenOff].into_iter();
        all.find(|state| *state as u32 == number)
    }
}

impl Billing {
    /// Of a line without a statement yet.
    pub fn new(next_cut: u32) -> Billing {
        Billing {
            next_cut,
            cut_on: 0,
            due_on: 0,
            state: StatementState::Open,
            assessed: false,
            total: 0,
            minimum: 0,
            charges: 0,
            billed: 0,
            revolving: 0,
            overdue: 0,
            overdue_since: 0,
            interest_on: 0,
            rest: 0,
            waiting: 0,
            waiting_on: 0,
            lost: 0,
            debited_on: 0,
            plans: Vec::new(),
            loans: Vec::new(),
        }
    }

    /// What of the statement is not paid.
    pub fn unpaid(&self) -> u64 {
        self.charges.saturating_add(self.billed).saturating_add(self.overdue)
    }

    /// What of the statement was paid or refunded.
    pub fn paid(&self) -> u64 {
        self.total.saturating_sub(self.unpaid())
    }

    /// Principal that bears interest every night.
    pub fn bearing(&self) -> u64 {
        self.revolving.saturating_add(self.overdue)
    }

    /// The date on which the days of grace are over, if that is still to come.
    pub fn grace_ends_on(&self, grace_days: u32) -> Option<u32> {
        let pays = matches!(self.state, StatementState::Issued | StatementState::MinPaid);
        let ends = self.due_on.saturating_add(grace_days).saturating_add(1);
        (pays && !self.assessed).then_some(ends)
    }

    /// The interest of the night before a date, and once grace was missed of its nights that were
    /// waiting for it: what is to be charged, and the carry.
    pub fn interest(&self, day_ppm: u32) -> (u64, u32) {
        let mut accrual = Accrual::resumed(self.rest);
        let waited = if self.assessed { self.waiting } else { 0 };
        let units = self.bearing().saturating_add(waited);
        // Beyond any amount is as much as an amount can be.
        let amount = accrual.accrue(units, day_ppm, 1).unwrap_or(u64::MAX);
        (amount, accrual.rest())
    }

    /// Counts the nights before a date on what was billed last, which bears no interest yet.
    pub(crate) fn wait_until(&mut self, date: u32) {
        let nights = u64::from(date.saturating_sub(self.waiting_on));
        if nights > 0 && !self.assessed {
            let fresh = self.billed.saturating_sub(self.revolving);
            self.waiting = self.waiting.saturating_add(fresh.saturating_mul(nights));
            self.waiting_on = date;
        }
    }

    /// Takes off what goes into a plan: it is no longer to be paid, and the minimum is at most the
    /// rest.
    pub(crate) fn convert(&mut self, amount: u64, date: u32) {
        self.total = self.total.saturating_sub(amount);
        self.minimum = self.minimum.min(self.total);
        let revolving = self.revolving;
        self.reduce(0, amount, 0, date);
        self.revolving = revolving.min(self.billed);
    }

    /// What is overdue is billed as before, and bears no interest: so little is not late.
    pub(crate) fn end_lateness(&mut self, amount: u64, tolerance: u64, date: u32) {
        self.wait_until(date);
        self.overdue = self.overdue.saturating_sub(amount);
        self.billed = self.billed.saturating_add(amount);
        if self.overdue == 0 {
            self.overdue_since = 0;
        }
        if self.state == StatementState::Overdue && self.unpaid() <= tolerance {
            self.state = StatementState::Paid;
        }
    }

    /// Takes off what was paid on a date, or refunded: what bears interest goes first.
    pub(crate) fn reduce(&mut self, charges: u64, billed: u64, overdue: u64, date: u32) {
        self.wait_until(date);
        self.charges = self.charges.saturating_sub(charges);
        self.billed = self.billed.saturating_sub(billed);
        self.revolving = self.revolving.saturating_sub(billed).min(self.billed);
        self.overdue = self.overdue.saturating_sub(overdue);
        if self.overdue == 0 {
            self.overdue_since = 0;
        }
        if self.unpaid() == 0 && self.state != StatementState::Open {
            self.state = StatementState::Paid;
        } else if self.state == StatementState::Issued && self.paid() >= self.minimum {
            self.state = StatementState::MinPaid;
        }
    }
}
