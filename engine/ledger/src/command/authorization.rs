//! Commands of funds authorization (DOMAIN §4.3).

use crate::command::Reference;
use crate::id::Id;
use crate::money::Money;

/// Holds an amount for a merchant: part of it frozen cash, part of it held on the user's credit.
#[derive(Clone, PartialEq, Debug)]
pub struct AuthorizeFunds {
    /// The authorization, new.
    pub auth: Id,
    /// The merchant's number of it, unique per merchant.
    pub out_order_no: Reference,
    /// The merchant's number of this operation.
    pub out_request_no: Reference,
    /// Whose money and credit.
    pub user: Id,
    /// For whom.
    pub merchant: Id,
    /// The whole amount.
    pub amount: Money,
    /// The part held on credit, in minor units; at most the whole.
    pub credit: u64,
    /// Seconds until the clock releases what is left; 0 is 15 minutes.
    pub timeout_s: u32,
}

/// Turns part or all of a hold into a payment; the command's id is the payment's id.
#[derive(Clone, PartialEq, Debug)]
pub struct CaptureAuthorization {
    /// The authorization.
    pub auth: Id,
    /// The merchant's number of the payment.
    pub out_trade_no: Reference,
    /// How much.
    pub amount: Money,
    /// Whether what is left is released.
    pub mode: CaptureMode,
}

/// What a capture does with what is left of the hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CaptureMode {
    /// Releases it.
    Complete,
    /// Keeps it.
    NotComplete,
}

/// Releases part or all of a hold, the credit part first.
#[derive(Clone, PartialEq, Debug)]
pub struct UnfreezeFunds {
    /// The authorization.
    pub auth: Id,
    /// The merchant's number of this operation; a retry repeats number and amount.
    pub out_request_no: Reference,
    /// How much.
    pub amount: Money,
    /// The obligation is fulfilled: for the credit file, no posting.
    pub biz_complete: bool,
}

/// Releases all of a hold of which nothing was captured.
#[derive(Clone, PartialEq, Debug)]
pub struct CancelAuthorization {
    /// The authorization.
    pub auth: Id,
}
