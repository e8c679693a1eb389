//! Rows of red packets and of who claimed from them.

use crate::command::{PacketKind, PacketSender};
use crate::id::Id;
use crate::money::Money;
use crate::table::Row;

/// A red packet. Amounts are minor units of the total's currency; what is neither left nor given
/// back was claimed.
#[derive(Clone, PartialEq, Debug)]
pub struct Packet {
    /// Its id.
    pub packet: Id,
    /// Who paid it in.
    pub sender: PacketSender,
    /// How much.
    pub total: Money,
    /// For how many.
    pub count: u32,
    /// How it is cut.
    pub kind: PacketKind,
    /// From which random parts are drawn.
    pub seed: u64,
    /// When the time to claim is over.
    pub expires_at: u64,
    /// Parts drawn so far, those that came back included.
    pub drawn: u32,
    /// Parts not claimed.
    pub left_count: u32,
    /// What is not claimed.
    pub left: u64,
    /// Given back to the sender.
    pub refunded: u64,
}

row!(Packet, Id, self => self.packet);

impl Packet {
    /// Whether there is a part to be claimed.
    pub fn is_open(&self) -> bool {
        self.left_count > 0
    }

    /// The part that the next claim gets.
    pub fn next_part(&self) -> u64 {
        let whole = (self.total.amount, self.count);
        let left = (self.left, self.left_count);
        crate::packets::next_part(self.kind, whole, self.seed, self.drawn, left)
    }
}

/// What a user got of a packet.
#[derive(Clone, PartialEq, Debug)]
pub struct PacketClaim {
    /// The packet.
    pub packet: Id,
    /// The user, of whatever shard.
    pub user: Id,
    /// How much, in minor units; 0 where it came back.
    pub amount: u64,
}

row!(PacketClaim, (Id, Id), self => (self.packet, self.user));
