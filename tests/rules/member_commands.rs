//! Verbs of the tables that are commands on red packets.

use crate::words::{Args, id};
use groat_ledger::{Body, ClaimRedPacket, PacketKind, PacketSender, SendRedPacket};

/// The command of a line; `None` when the verb is no command of this subject.
pub(crate) fn body(verb: &str, a: &mut Args<'_>) -> Option<Body> {
    Some(match verb {
        "packet" => Body::SendRedPacket(packet(a)),
        "claim" => Body::ClaimRedPacket(ClaimRedPacket { packet: a.id(), user: a.id() }),
        _ => return None,
    })
}

/// `k1 alice 10.00 3 random seed=7 for=60`: who pays, how much for how many, drawn or in equal
/// parts, for how many seconds; `campaign:c1` pays as well.
fn packet(a: &mut Args<'_>) -> SendRedPacket {
    let (packet, sender) = (a.id(), a.word());
    SendRedPacket {
        packet,
        sender: match sender.strip_prefix("campaign:") {
            Some(campaign) => PacketSender::Campaign(id(campaign)),
            None => PacketSender::User(id(sender)),
        },
        total: a.money(),
        count: a.word().parse().unwrap(),
        seed: a.number("seed", 0).into(),
        timeout_s: a.number("for", 0),
        kind: match a.rest()[..] {
            [] => PacketKind::Fixed,
            ["random"] => PacketKind::Random,
            ref other => panic!("no kind of packet: {other:?}"),
        },
    }
}
