//! Commands of the primitive ledger: accounts and transfers between them.

use crate::id::Id;
use crate::money::{Currency, Money};

/// Opens an account of the primitive ledger.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenLedgerAccount {
    /// Its id, new among ledger accounts.
    pub account: Id,
    /// Its currency.
    pub currency: Currency,
    /// Which side may not go below zero.
    pub constraint: Constraint,
    /// Movements are also emitted as `account_moved` settlements.
    pub history: bool,
}

/// Which balance of a ledger account may not go below zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Constraint {
    /// No constraint.
    None,
    /// Debits must not exceed credits.
    DebitsWithinCredits,
    /// Credits must not exceed debits.
    CreditsWithinDebits,
}

/// Moves an amount between two ledger accounts; the command's id is the transfer's id.
#[derive(Clone, PartialEq, Debug)]
pub struct PostTransfer {
    /// Account debited. None with [`Phase::Post`] or [`Phase::Void`]: taken from the pending one.
    pub debit: Id,
    /// Account credited; as `debit`.
    pub credit: Id,
    /// The amount; none with `Post` means all of it, and with `Void` there is none.
    pub amount: Option<Money>,
    /// What is done.
    pub phase: Phase,
}

/// The phases of a transfer of the primitive ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// At once; `balancing` lowers the amount to what is there.
    Single(Balancing),
    /// Reserves the amount on both accounts, until posted, voided or timed out.
    Pending {
        /// Lowers the amount to what is there.
        balancing: Balancing,
        /// Seconds until it is voided by the clock; 0 is never.
        timeout_s: u32,
    },
    /// Posts all or part of a pending transfer and releases the rest.
    Post {
        /// The pending transfer's id.
        pending: Id,
    },
    /// Releases a pending transfer.
    Void {
        /// The pending transfer's id.
        pending: Id,
    },
}

/// "Up to what is there": which account's balance bounds the amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Balancing {
    /// The amount as given.
    None,
    /// At most what the debit account's credits leave.
    Debit,
    /// At most what the credit account's debits leave.
    Credit,
    /// At most the lower of both.
    Both,
}
