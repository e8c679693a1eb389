//! Commands of credit that is lost (DOMAIN §4.5).

use crate::id::Id;
use crate::money::Money;

/// Ends a line whose debt is overdue for long; what is owed is lost.
#[derive(Clone, PartialEq, Debug)]
pub struct WriteOffCredit {
    /// Whose.
    pub user: Id,
}

/// Takes from a user's balance for a debt that was written off.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordRecovery {
    /// Whose.
    pub user: Id,
    /// How much; at most what was written off and not recovered.
    pub amount: Money,
}

/// Sets aside for losses to come.
#[derive(Clone, PartialEq, Debug)]
pub struct ProvisionCredit {
    /// How much.
    pub amount: Money,
}
