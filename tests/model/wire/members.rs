//! Commands on red packets as a producer writes them.

use super::{Wire, money, some};
use groat_ledger::{Body, PacketSender};
use groat_proto::v1::{self, send_red_packet};

pub(super) fn body(body: &Body) -> Wire {
    match body.clone() {
        Body::SendRedPacket(c) => Wire::SendRedPacket(v1::SendRedPacket {
            packet: some(c.packet),
            sender: Some(match c.sender {
                PacketSender::User(id) => send_red_packet::Sender::User(id.into()),
                PacketSender::Campaign(id) => send_red_packet::Sender::Campaign(id.into()),
            }),
            total: money(c.total),
            count: c.count,
            kind: c.kind as i32,
            seed: c.seed,
            timeout_s: c.timeout_s,
        }),
        Body::ClaimRedPacket(c) => {
            Wire::ClaimRedPacket(v1::ClaimRedPacket { packet: some(c.packet), user: some(c.user) })
        }
        other => unreachable!("of another subject: {other:?}"),
    }
}
