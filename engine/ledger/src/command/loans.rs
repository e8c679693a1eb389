//! Commands of cash loans (DOMAIN §4.5).

use crate::id::Id;
use crate::instalments::{CHARGES_FIRST, Part, Split};
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
    /// Daily interest on what is owed, in millionths.
    pub day_ppm: u32,
    /// When the principal is.
    pub kind: LoanKind,
    /// When terms fall due.
    pub every: Every,
    /// How equal parts are rounded, and which term takes the rest.
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
            day_ppm,
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
}

impl LoanKind {
    /// The kind of a number.
    pub fn of(number: u32) -> Option<LoanKind> {
        let all = [LoanKind::EqualPrincipal, LoanKind::Bullet];
        all.into_iter().find(|kind| *kind as u32 == number)
    }
}
