//! Commands of royalties: what merchants share of their payments (DOMAIN §4.6).

use crate::command::Reference;
use crate::id::Id;
use crate::money::Money;

/// A merchant may share with another from now on.
#[derive(Clone, PartialEq, Debug)]
pub struct BindRoyalty {
    /// Who shares.
    pub merchant: Id,
    /// Who receives.
    pub receiver: Id,
}

/// Ends what [`BindRoyalty`] began; what was shared stays.
#[derive(Clone, PartialEq, Debug)]
pub struct UnbindRoyalty {
    /// Who shared.
    pub merchant: Id,
    /// Who received.
    pub receiver: Id,
}

/// Shares a payment with receivers, all of them or none.
#[derive(Clone, PartialEq, Debug)]
pub struct SplitPayment {
    /// The payment.
    pub payment: Id,
    /// The merchant's number of this split; the same number never splits twice.
    pub out_request_no: Reference,
    /// Who gets what, each receiver once.
    pub shares: Vec<RoyaltyShare>,
    /// The last one: what is frozen and not shared comes free.
    pub finish: bool,
}

/// What one receiver gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RoyaltyShare {
    /// A merchant.
    pub receiver: Id,
    /// How much.
    pub part: RoyaltyPart,
}

/// How much a receiver gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoyaltyPart {
    /// So much.
    Amount(Money),
    /// So many of a hundred parts of the payment's amount, rounded down.
    Percent(u32),
}

/// A receiver gives back of what it got.
#[derive(Clone, PartialEq, Debug)]
pub struct ReturnSplit {
    /// The payment.
    pub payment: Id,
    /// The split it came from.
    pub out_request_no: Reference,
    /// The receiver's number of this return; of a payment each receiver has its own, and the same
    /// number never returns twice.
    pub out_return_no: Reference,
    /// Who gives back.
    pub receiver: Id,
    /// How much.
    pub amount: Money,
}

/// What a refund takes back of royalties; else the merchant alone pays it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub enum RoyaltyRefunds {
    /// Nothing.
    #[default]
    None,
    /// From each receiver its part of the refund, as of the payment.
    ProRata,
    /// From these receivers so much.
    Named(Vec<(Id, Money)>),
}
