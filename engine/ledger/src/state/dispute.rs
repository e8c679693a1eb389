//! Rows of disputes.

use crate::command::DisputeKind;
use crate::id::Id;
use crate::table::Row;

/// A dispute of a payment.
#[derive(Clone, PartialEq, Debug)]
pub struct Dispute {
    /// Its id.
    pub dispute: Id,
    /// Number in `payments`.
    pub payment: u32,
    /// What is asked for.
    pub kind: DisputeKind,
    /// Minor units held for it, or lost in it.
    pub amount: u64,
    /// Before when the merchant may defend or accept.
    pub due_at: u64,
    /// Where it stands.
    pub state: DisputeState,
}

/// Where a dispute stands (DOMAIN §5). The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum DisputeState {
    Open = 0,
    Defended = 1,
    JudgedCustomer = 2,
    JudgedMerchant = 3,
    Accepted = 4,
    Cancelled = 5,
}

/// How a dispute ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ruling {
    /// Judged: the payer is paid back.
    Customer,
    /// Judged: the merchant gets its money back.
    Merchant,
    /// The merchant gave in: as judged for the customer.
    Accepted,
    /// The payer gave up: as judged for the merchant.
    Cancelled,
}

impl Ruling {
    /// Whether the payer is paid back.
    pub fn is_for_customer(self) -> bool {
        matches!(self, Ruling::Customer | Ruling::Accepted)
    }

    /// Where the dispute stands after it.
    pub fn state(self) -> DisputeState {
        match self {
            Ruling::Customer => DisputeState::JudgedCustomer,
            Ruling::Merchant => DisputeState::JudgedMerchant,
            Ruling::Accepted => DisputeState::Accepted,
            Ruling::Cancelled => DisputeState::Cancelled,
        }
    }
}

impl Dispute {
    /// Not ended: its money is held.
    pub fn is_open(&self) -> bool {
        matches!(self.state, DisputeState::Open | DisputeState::Defended)
    }
}

row!(Dispute, Id, self => self.dispute);

/// Index: the disputes of a payment, ended ones too.
#[derive(Clone)]
pub struct PaymentDisputes {
    pub(crate) payment: u32,
    /// Numbers in `disputes`.
    pub(crate) disputes: Vec<u32>,
}

row!(PaymentDisputes, u32, Any, self => self.payment);
