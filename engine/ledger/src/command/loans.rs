//! Commands of cash loans (DOMAIN §4.5).

use crate::id::Id;
use crate::instalments::{CHARGES_FIRST, Part, Split, YearRate, annuity, split};
use crate::limits::LOAN_TERM_DAYS;
use crate::money::Money;

/// Lends to a user's balance.
#[derive(Clone, PartialEq, Debug)]
pub struct DrawLoan {
    /// To whom.
    pub user: Id,
    /// The loan, new.
    pub loan: Id,
    /// How much.
    pub amount: Money,
    /// How it is paid back.
    pub terms: LoanTerms,
}

/// How a loan is paid back: product data, not constants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LoanTerms {
    /// How many, 1 to 120.
    pub count: u32,
    /// What the principal that is owed bears.
    pub rate: LoanRate,
    /// When the principal is.
    pub kind: LoanKind,
    /// When terms fall due.
    pub every: Every,
    /// How equal parts of the principal are rounded, and which term takes the rest.
    pub split: Split,
    /// What is paid ahead comes off these terms.
    pub ahead: Ahead,
    /// Minor units of the amount that are due when it is drawn; the terms share the rest.
    pub at_once: u64,
    /// What a repayment pays first of what is due; each part once.
    pub order: [Part; 4],
    /// What it pays first of what is not, when nothing is due any more; each part once.
    pub ahead_order: [Part; 4],
    /// The clock debits what is due from the balance.
    pub auto_debit: bool,
}

impl LoanTerms {
    /// Terms of 30 days in parts rounded down, paid ahead from the last, nothing due at once;
    /// charges are paid first.
    pub fn new(count: u32, day_ppm: u32, kind: LoanKind) -> LoanTerms {
        let (every, ahead) = (Every::Days(LOAN_TERM_DAYS), Ahead::Last);
        let (order, ahead_order) = (CHARGES_FIRST, CHARGES_FIRST);
        LoanTerms {
            count,
            rate: LoanRate::Day(day_ppm),
            kind,
            every,
            split: Split::default(),
            ahead,
            at_once: 0,
            order,
            ahead_order,
            auto_debit: false,
        }
    }
}

impl LoanTerms {
    /// The principal of each of so many terms, [`TERMS_MAX`](crate::instalments::TERMS_MAX) at
    /// most, that share an amount; none where it cannot be computed.
    pub(crate) fn principals(&self, amount: u64, count: u32) -> Option<Vec<u64>> {
        match (self.kind, self.rate) {
            (LoanKind::EqualPrincipal, _) => split(amount, count, self.split),
            (LoanKind::Bullet, _) => {
                let last = count.saturating_sub(1);
                Some((0..count).map(|no| if no == last { amount } else { 0 }).collect())
            }
            (LoanKind::Annuity, LoanRate::Year(rate)) => {
                let terms = annuity(amount, count, rate)?;
                Some(terms.iter().map(|term| term.principal).collect())
            }
            (LoanKind::Annuity, LoanRate::Day(_)) => None,
        }
    }
}

/// Lends more on a loan that runs: the terms to come share it.
#[derive(Clone, PartialEq, Debug)]
pub struct DrawMore {
    /// Whose loan.
    pub user: Id,
    /// Which.
    pub loan: Id,
    /// How much; at most what is left of the limit.
    pub amount: Money,
    /// Minor units of it that are due at once; the terms share the rest.
    pub at_once: u64,
}

/// Puts a fee or a penalty on a loan.
#[derive(Clone, PartialEq, Debug)]
pub struct ChargeLoan {
    /// Whose loan.
    pub user: Id,
    /// Which.
    pub loan: Id,
    /// New among the charges of the loan.
    pub charge: Id,
    /// What it is.
    pub kind: LoanChargeKind,
    /// How much.
    pub amount: Money,
    /// The date on which it falls due, in days since 1970; 0 is today.
    pub due_on: u32,
}

/// Gives up what is not paid of a charge.
#[derive(Clone, PartialEq, Debug)]
pub struct WaiveLoanCharge {
    /// Whose loan.
    pub user: Id,
    /// Which.
    pub loan: Id,
    /// The charge.
    pub charge: Id,
}

/// Gives principal back that was repaid: a bank takes a payment back.
#[derive(Clone, PartialEq, Debug)]
pub struct ReturnRepayment {
    /// Whose loan.
    pub user: Id,
    /// Which.
    pub loan: Id,
    /// New among those of the loan.
    pub chargeback: Id,
    /// How much; at most what was repaid of the principal.
    pub amount: Money,
}

/// What a charge of a loan is. The numbers stand in facts and snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoanChargeKind {
    /// For something that was done.
    Fee = 1,
    /// For something that was not.
    Penalty = 2,
}

impl LoanChargeKind {
    /// The kind of a number.
    pub fn of(number: u32) -> Option<LoanChargeKind> {
        let all = [LoanChargeKind::Fee, LoanChargeKind::Penalty];
        all.into_iter().find(|kind| *kind as u32 == number)
    }
}

/// What the principal of a loan bears.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoanRate {
    /// So many millionths every day, by the carry rule.
    Day(u32),
    /// Interest by the year: a whole term bears its part half even, days of a term theirs by the
    /// carry rule.
    Year(YearRate),
}

/// From one term to the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Every {
    /// So many days, 1 to 366.
    Days(u32),
    /// So many months, 1 to 12: the day of the month on which it was drawn, or the last one of a
    /// month that is shorter.
    Months(u32),
}

/// Which terms are paid first by what is paid ahead. The numbers stand in facts and snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Ahead {
    /// The last: the loan gets shorter.
    #[default]
    Last = 0,
    /// The next: nothing is due until it is used up.
    Next = 1,
}

impl Ahead {
    /// The one of a number.
    pub fn of(number: u32) -> Option<Ahead> {
        [Ahead::Last, Ahead::Next].into_iter().find(|ahead| *ahead as u32 == number)
    }
}

/// When the principal of a loan is paid back. The numbers stand in facts and snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoanKind {
    /// In equal parts.
    EqualPrincipal = 1,
    /// With the last term.
    Bullet = 2,
    /// So that principal and interest of every term are the same sum; interest is by the year.
    Annuity = 3,
}

impl LoanKind {
    /// The kind of a number.
    pub fn of(number: u32) -> Option<LoanKind> {
        let all = [LoanKind::EqualPrincipal, LoanKind::Bullet, LoanKind::Annuity];
        all.into_iter().find(|kind| *kind as u32 == number)
    }
}
