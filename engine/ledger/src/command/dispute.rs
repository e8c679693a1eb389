//! Commands of disputes (DOMAIN §4.6).

use crate::command::Reference;
use crate::id::Id;
use crate::money::Money;

/// A payer disputes a payment: its money is held until it is judged.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenDispute {
    /// The dispute, new.
    pub dispute: Id,
    /// The payment.
    pub payment: Id,
    /// How much of it.
    pub amount: Money,
    /// What is asked for.
    pub kind: DisputeKind,
    /// Before when the merchant may defend or accept, in milliseconds since 1970.
    pub due_at: u64,
}

/// What a dispute asks for (DOMAIN §1.5). Each holds the money.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DisputeKind {
    /// The money back.
    Chargeback,
    /// What the sale was.
    RetrievalRequest,
    /// What a rule of the scheme demands.
    ComplianceRequest,
}

/// The merchant says why the money is its own.
#[derive(Clone, PartialEq, Debug)]
pub struct DefendDispute {
    /// The dispute.
    pub dispute: Id,
    /// Names what proves it.
    pub evidence: Reference,
}

/// The merchant gives in.
#[derive(Clone, PartialEq, Debug)]
pub struct AcceptDispute {
    /// The dispute.
    pub dispute: Id,
}

/// The payer gives up.
#[derive(Clone, PartialEq, Debug)]
pub struct CancelDispute {
    /// The dispute.
    pub dispute: Id,
}

/// The ruling on a dispute, from outside.
#[derive(Clone, PartialEq, Debug)]
pub struct JudgeDispute {
    /// The dispute.
    pub dispute: Id,
    /// For the customer; else for the merchant.
    pub for_customer: bool,
    /// What the merchant pays for losing.
    pub fee: Option<Money>,
}
