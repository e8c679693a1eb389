//! Commands of funding partners (DOMAIN §4.1).

use crate::id::Id;
use crate::money::Money;

/// A funding partner sends money to be lent.
#[derive(Clone, PartialEq, Debug)]
pub struct FundCredit {
    /// The partner.
    pub bank: Id,
    /// How much.
    pub amount: Money,
    /// The safeguarded bank that it arrives at; none is the house bank.
    pub safeguarded_at: Id,
}

/// Money goes back to a funding partner.
#[derive(Clone, PartialEq, Debug)]
pub struct RepayFunding {
    /// The partner.
    pub bank: Id,
    /// How much; at most what is owed to it.
    pub amount: Money,
    /// The safeguarded bank that it leaves; none is the house bank.
    pub safeguarded_at: Id,
}
