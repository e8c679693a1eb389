//! What is told of red packets.

use crate::account::Movement;
use crate::command::{PacketKind, PacketSender};
use crate::event::Fact;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::{Settlement, moved_money};

/// A packet as it stands after what is told. Amounts are minor units of the total's currency.
#[derive(Clone, PartialEq, Debug)]
pub struct PacketOf {
    /// Which.
    pub packet: Id,
    /// Who paid it in.
    pub sender: PacketSender,
    /// How much.
    pub total: Money,
    /// For how many.
    pub count: u32,
    /// How it is cut.
    pub kind: PacketKind,
    /// When the time to claim is over.
    pub expires_at: u64,
    /// What is not claimed.
    pub left: u64,
    /// Given back to the sender.
    pub refunded: u64,
}

/// What a fact of red packets means to the outside. A part for a user of another shard is told
/// where it arrives.
pub(super) fn told(ledger: &Ledger, fact: &Fact, movements: &[Movement]) -> Option<Settlement> {
    Some(match fact {
        Fact::PacketSent { packet, .. } => {
            Settlement::PacketSent { packet: packet_of(ledger, packet)? }
        }
        Fact::PacketExpired { packet, .. } => {
            Settlement::PacketEnded { packet: packet_of(ledger, packet)? }
        }
        Fact::PacketClaimed { user, .. } if !ledger.place().is_home(*user) => return None,
        Fact::PacketClaimed { packet, user, amount }
        | Fact::PacketArrived { packet, user, amount } => {
            let amount = moved_money(ledger, movements, *amount)?;
            Settlement::PacketClaimed { packet: *packet, user: *user, amount }
        }
        Fact::PacketReturned { packet, user, amount, why, .. } => {
            let currency = ledger.tables().packets.get(packet)?.total.currency;
            let amount = Money { amount: *amount, currency };
            Settlement::PacketReturned { packet: *packet, user: *user, amount, why: *why }
        }
        _ => return None,
    })
}

fn packet_of(ledger: &Ledger, packet: &Id) -> Option<PacketOf> {
    let row = ledger.tables().packets.get(packet)?;
    Some(PacketOf {
        packet: row.packet,
        sender: row.sender,
        total: row.total,
        count: row.count,
        kind: row.kind,
        expires_at: row.expires_at,
        left: row.left,
        refunded: row.refunded,
    })
}
