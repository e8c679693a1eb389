//! The command that has dues debited by the clock, or no longer (DOMAIN §4.7).

use crate::id::Id;

/// Agrees that the clock debits what falls due from the user's balance, or ends that.
#[derive(Clone, PartialEq, Debug)]
pub struct SetAutoDebit {
    /// Whose balance it is, the one account of a user that pays debts, and whose debt.
    pub user: Id,
    /// The loan; none is the bill of the line.
    pub target: Id,
    /// Whether it is debited from now on.
    pub on: bool,
}
