//! Domain to wire: facts, rows and settlements of red packets.

use super::some;
use groat_ledger::{
    Fact, Id, Money, Packet, PacketClaim, PacketKind, PacketOf, PacketSender, Settlement,
};
use groat_proto::v1::{self, event, packet_sent, settlement};

fn packet_kind(kind: PacketKind) -> i32 {
    match kind {
        PacketKind::Fixed => v1::PacketKind::Fixed,
        PacketKind::Random => v1::PacketKind::Random,
    }
    .into()
}

pub(super) fn part(packet: Id, user: Id, amount: u64, why: u32) -> v1::PacketPart {
    v1::PacketPart { packet: some(packet), user: some(user), amount, why, reopens: false }
}

/// The facts of this subject; `None` for those of others.
pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::PacketSent { packet, sender, total, count, kind, seed, expires_at } => {
            W::PacketSent(v1::PacketSent {
                packet: some(*packet),
                sender: Some(match sender {
                    PacketSender::User(id) => packet_sent::Sender::User((*id).into()),
                    PacketSender::Campaign(id) => packet_sent::Sender::Campaign((*id).into()),
                }),
                total: Some((*total).into()),
                count: *count,
                kind: packet_kind(*kind),
                seed: *seed,
                expires_at: *expires_at,
            })
        }
        Fact::PacketClaimed { packet, user, amount } => {
            W::PacketClaimed(part(*packet, *user, *amount, 0))
        }
        Fact::PacketExpired { packet, amount } => {
            W::PacketExpired(v1::PacketExpired { packet: some(*packet), amount: *amount })
        }
        Fact::PacketArrived { packet, user, amount } => {
            W::PacketArrived(part(*packet, *user, *amount, 0))
        }
        Fact::PacketReturned { packet, user, amount, why, reopens } => {
            let part = part(*packet, *user, *amount, why.code().into());
            W::PacketReturned(v1::PacketPart { reopens: *reopens, ..part })
        }
        _ => return None,
    })
}

pub(in crate::codec) fn packet_row(r: &Packet) -> v1::PacketRow {
    let sent = v1::PacketSent {
        packet: some(r.packet),
        sender: Some(match r.sender {
            PacketSender::User(id) => packet_sent::Sender::User(id.into()),
            PacketSender::Campaign(id) => packet_sent::Sender::Campaign(id.into()),
        }),
        total: Some(r.total.into()),
        count: r.count,
        kind: packet_kind(r.kind),
        seed: r.seed,
        expires_at: r.expires_at,
    };
    v1::PacketRow {
        sent: Some(sent),
        drawn: r.drawn,
        left_count: r.left_count,
        left: r.left,
        refunded: r.refunded,
    }
}

pub(in crate::codec) fn packet_claim_row(r: &PacketClaim) -> v1::PacketClaimRow {
    v1::PacketClaimRow { packet: some(r.packet), user: some(r.user), amount: r.amount }
}

fn told_packet(of: &PacketOf) -> v1::ToldPacket {
    let money = |amount: u64| Some(Money { amount, currency: of.total.currency }.into());
    let (user, campaign) = match of.sender {
        PacketSender::User(id) => (some(id), None),
        PacketSender::Campaign(id) => (None, some(id)),
    };
    v1::ToldPacket {
        packet: some(of.packet),
        user,
        campaign,
        total: Some(of.total.into()),
        count: of.count,
        kind: packet_kind(of.kind),
        expires_at: of.expires_at,
        left: money(of.left),
        refunded: money(of.refunded),
    }
}

/// The settlements of this subject; `None` for those of others.
pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    let part = |packet: Id, user: Id, amount: Money, why: &str| v1::ToldPacketPart {
        packet: some(packet),
        user: some(user),
        amount: Some(amount.into()),
        why: why.into(),
    };
    Some(match told {
        Settlement::PacketSent { packet } => W::PacketSent(told_packet(packet)),
        Settlement::PacketEnded { packet } => W::PacketEnded(told_packet(packet)),
        Settlement::PacketClaimed { packet, user, amount } => {
            W::PacketClaimed(part(*packet, *user, *amount, ""))
        }
        Settlement::PacketReturned { packet, user, amount, why } => {
            W::PacketReturned(part(*packet, *user, *amount, why.name()))
        }
        _ => return None,
    })
}
