//! Commands of cash loans (DOMAIN §4.5).

use crate::id::Id;
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

/// How a loan is paid back: a term falls due every 30 days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LoanTerms {
    /// How many, 1 to 120.
    pub count: u32,
    /// Daily interest on what is owed, in millionths.
    pub day_ppm: u32,
    /// When the principal is.
    pub kind: LoanKind,
}

/// When the principal of a loan is paid back. The numbers stand in facts and snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoanKind {
    /// In equal parts, rounded down, the rest with the first.
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
