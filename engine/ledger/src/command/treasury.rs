//! Commands on money that comes in and goes out, and on time (DOMAIN §4.1).

use crate::account::Class;
use crate::command::{Owner, Reference};
use crate::id::Id;
use crate::money::Money;

/// Money of a user has reached the bank.
#[derive(Clone, PartialEq, Debug)]
pub struct ConfirmTopUp {
    /// Whose balance rises.
    pub user: Id,
    /// By how much.
    pub amount: Money,
    /// The bank's reference, unseen.
    pub bank_ref: Reference,
    /// Which bank; none is the house bank.
    pub bank: Id,
}

/// Moves balance from one user to another.
#[derive(Clone, PartialEq, Debug)]
pub struct Transfer {
    /// Who pays.
    pub from: Id,
    /// Who is paid.
    pub to: Id,
    /// How much.
    pub amount: Money,
}

/// Asks for money to be sent to the owner's bank.
#[derive(Clone, PartialEq, Debug)]
pub struct RequestPayout {
    /// The payout, new.
    pub payout: Id,
    /// A user or a merchant.
    pub owner: Owner,
    /// How much arrives.
    pub amount: Money,
    /// How much the owner pays for it, in minor units of the same currency.
    pub fee: u64,
}

/// The bank has paid.
#[derive(Clone, PartialEq, Debug)]
pub struct ConfirmPayout {
    /// The payout.
    pub payout: Id,
    /// Which bank; none is the house bank.
    pub bank: Id,
}

/// The bank has not paid; the owner gets amount and fee back.
#[derive(Clone, PartialEq, Debug)]
pub struct FailPayout {
    /// The payout.
    pub payout: Id,
    /// Why.
    pub reason: Reference,
}

/// Money has reached the bank and its owner is not known yet, or now is.
#[derive(Clone, PartialEq, Debug)]
pub struct MatchReceipt {
    /// The bank's reference: unseen without a target, seen with one.
    pub bank_ref: Reference,
    /// How much.
    pub amount: Money,
    /// Which bank; none is the house bank.
    pub bank: Id,
    /// A user or merchant to whom it belongs, once known.
    pub target: Option<Owner>,
}

/// A general journal entry with any number of lines.
#[derive(Clone, PartialEq, Debug)]
pub struct PostAdjustment {
    /// The lines; they balance per currency.
    pub entries: Vec<EntryLine>,
    /// Why.
    pub reason: Reference,
    /// Who made it.
    pub maker: Id,
    /// Who approved it: somebody else.
    pub approver: Id,
}

/// One line of an adjustment: a debit or a credit on one account.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EntryLine {
    /// The account's class.
    pub class: Class,
    /// The account's owner; none for the house.
    pub owner: Id,
    /// Debit or credit.
    pub side: Side,
    /// How much.
    pub amount: Money,
}

/// The two sides of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Left.
    Debit,
    /// Right.
    Credit,
}

/// Moves time forward; everything due by then happens first (DOMAIN §4.7).
#[derive(Clone, PartialEq, Debug)]
pub struct AdvanceClock {
    /// The new time, in milliseconds since 1970.
    pub to: u64,
}
