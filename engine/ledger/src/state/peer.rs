//! What went between this shard and each other one.

use crate::command::{Reference, RoyaltyRefunds};
use crate::event::EventRange;
use crate::id::Id;
use crate::table::Row;

/// Another shard.
#[derive(Clone, PartialEq, Debug)]
pub struct Peer {
    /// Which.
    pub shard: u32,
    /// Remittances sent to it.
    pub sent: u64,
    /// Remittances received from it.
    pub received: u64,
}

row!(Peer, u32, self => self.shard);

/// A refund for which the merchant's home was asked, and has not answered.
#[derive(Clone, PartialEq, Debug)]
pub struct AskedRefund {
    /// The payment; it has one at a time.
    pub payment: Id,
    /// The refund's number.
    pub out_request_no: Reference,
    /// Minor units to be refunded.
    pub amount: u64,
    /// Of them, the fee that is returned.
    pub fee_part: u64,
    /// Whether the payment is cancelled by it.
    pub cancels: bool,
    /// The event in which it was asked for.
    pub events: EventRange,
    /// The rental and its charge that it reduces, if it does.
    pub reduces: Option<(Id, u32)>,
    /// What it takes back of royalties.
    pub royalties: RoyaltyRefunds,
    /// Whether the answer is still to come.
    pub is_open: bool,
}

row!(AskedRefund, (Id, Reference), self => (self.payment, self.out_request_no.clone()));
