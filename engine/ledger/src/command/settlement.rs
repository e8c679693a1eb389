//! Commands of settlement (DOMAIN §4.6); batches are settled by the clock.

use crate::id::Id;
use crate::money::Money;

/// Settles a part of a payment ahead of its batch.
#[derive(Clone, PartialEq, Debug)]
pub struct ConfirmSettlement {
    /// The payment.
    pub payment: Id,
    /// How much of what its batch has of it.
    pub amount: Money,
}
