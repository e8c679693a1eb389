//! Wire to domain: red packets.

use super::fields::*;
use groat_ledger::limits::AMOUNT_MAX;
use groat_ledger::packets::can_be_cut;
use groat_ledger::{
    self as domain, Fact, Id, Money, Packet, PacketClaim, PacketKind, PacketSender, Rejection,
};
use groat_proto::v1::{self, event, packet_sent, send_red_packet};

pub(super) fn send_red_packet(w: &v1::SendRedPacket) -> Field<domain::SendRedPacket> {
    use send_red_packet::Sender;
    let sender = match w.sender.ok_or("sender")? {
        Sender::User(user) => PacketSender::User(id(Some(user), "user")?),
        Sender::Campaign(campaign) => PacketSender::Campaign(id(Some(campaign), "campaign")?),
    };
    Ok(domain::SendRedPacket {
        packet: id(w.packet, "packet")?,
        sender,
        total: money(w.total, "total")?,
        count: w.count,
        kind: packet_kind(w.kind)?,
        seed: w.seed,
        timeout_s: w.timeout_s,
    })
}

pub(super) fn claim_red_packet(w: &v1::ClaimRedPacket) -> Field<domain::ClaimRedPacket> {
    Ok(domain::ClaimRedPacket { packet: id(w.packet, "packet")?, user: id(w.user, "user")? })
}

fn packet_kind(value: i32) -> Field<PacketKind> {
    Ok(match known::<v1::PacketKind>(value, "kind")? {
        v1::PacketKind::Fixed => PacketKind::Fixed,
        v1::PacketKind::Random => PacketKind::Random,
    })
}

/// Packet and user of a part.
pub(super) fn part(w: &v1::PacketPart) -> Field<(Id, Id)> {
    Ok((id(w.packet, "packet")?, id(w.user, "user")?))
}

/// The same of one that came back, and why.
pub(super) fn part_back(w: &v1::PacketPart) -> Field<(Id, Id, Rejection)> {
    let (packet, user) = part(w)?;
    Ok((packet, user, Rejection::from_code(w.why).ok_or("why")?))
}

/// The facts of this subject.
pub(super) fn read_fact(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    Ok(match wire {
        W::PacketSent(w) => {
            let row = packet_sent(w)?;
            Fact::PacketSent {
                packet: row.packet,
                sender: row.sender,
                total: row.total,
                count: row.count,
                kind: row.kind,
                seed: row.seed,
                expires_at: row.expires_at,
            }
        }
        W::PacketClaimed(w) => {
            let (packet, user) = part(w)?;
            Fact::PacketClaimed { packet, user, amount: w.amount }
        }
        W::PacketExpired(w) => {
            Fact::PacketExpired { packet: id(w.packet, "packet")?, amount: w.amount }
        }
        W::PacketArrived(w) => {
            let (packet, user) = part(w)?;
            Fact::PacketArrived { packet, user, amount: w.amount }
        }
        W::PacketReturned(w) => {
            let (packet, user, why) = part_back(w)?;
            Fact::PacketReturned { packet, user, amount: w.amount, why, reopens: w.reopens }
        }
        _ => return Err("fact"),
    })
}

/// A packet as it is sent.
fn packet_sent(w: &v1::PacketSent) -> Field<Packet> {
    use packet_sent::Sender;
    let sender = match w.sender.ok_or("sender")? {
        Sender::User(user) => PacketSender::User(id(Some(user), "user")?),
        Sender::Campaign(campaign) => PacketSender::Campaign(id(Some(campaign), "campaign")?),
    };
    let total: Money = money(w.total, "total")?;
    ensure(can_be_cut(total.amount, w.count), "count")?;
    Ok(Packet {
        packet: id(w.packet, "packet")?,
        sender,
        total,
        count: w.count,
        kind: packet_kind(w.kind)?,
        seed: w.seed,
        expires_at: time(w.expires_at, "expires_at")?,
        drawn: 0,
        left_count: w.count,
        left: total.amount,
        refunded: 0,
    })
}

pub(in crate::codec) fn packet_row(w: &v1::PacketRow) -> Field<Packet> {
    let sent = packet_sent(w.sent.as_ref().ok_or("sent")?)?;
    ensure(w.left_count <= sent.count, "left_count")?;
    ensure((w.left_count == 0) == (w.left == 0), "left")?;
    ensure(w.left.checked_add(w.refunded).is_some_and(|sum| sum <= sent.total.amount), "refunded")?;
    let (drawn, left_count) = (w.drawn, w.left_count);
    Ok(Packet { drawn, left_count, left: w.left, refunded: w.refunded, ..sent })
}

pub(in crate::codec) fn packet_claim_row(w: &v1::PacketClaimRow) -> Field<PacketClaim> {
    ensure(w.amount <= AMOUNT_MAX, "amount")?;
    let (packet, user) = (id(w.packet, "packet")?, id(w.user, "user")?);
    Ok(PacketClaim { packet, user, amount: w.amount })
}
