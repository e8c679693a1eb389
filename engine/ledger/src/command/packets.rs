//! Commands of red packets (DOMAIN §1.6, §4.6).

use crate::id::Id;
use crate::money::Money;

/// Puts money into a packet, of which each of the first users who claim gets a part.
#[derive(Clone, PartialEq, Debug)]
pub struct SendRedPacket {
    /// The packet, new.
    pub packet: Id,
    /// Who pays.
    pub sender: PacketSender,
    /// How much.
    pub total: Money,
    /// For how many.
    pub count: u32,
    /// How it is cut.
    pub kind: PacketKind,
    /// From which random parts are drawn.
    pub seed: u64,
    /// Seconds to claim; 0 is a day.
    pub timeout_s: u32,
}

/// Who pays for a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PacketSender {
    /// A user, from the balance.
    User(Id),
    /// A campaign, from what is not promised.
    Campaign(Id),
}

impl PacketSender {
    /// Its id.
    pub fn id(self) -> Id {
        match self {
            PacketSender::User(id) | PacketSender::Campaign(id) => id,
        }
    }
}

/// How a packet is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PacketKind {
    /// Into parts that differ by one minor unit at most.
    Fixed,
    /// Into parts drawn from the seed.
    Random,
}

/// Takes the next part of a packet for a user.
#[derive(Clone, PartialEq, Debug)]
pub struct ClaimRedPacket {
    /// The packet.
    pub packet: Id,
    /// Who gets it.
    pub user: Id,
}
