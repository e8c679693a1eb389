//! Rows of what went between shards, both ways.

use crate::codec::read::fields::{self as read, Field};
use crate::codec::read::royalties as read_royalties;
use crate::codec::write::{royalties as write_royalties, some};
use groat_ledger::{AskedRefund, EventRange, Id, Peer};
use groat_proto::v1;

/// No pair of shards gets so far; beyond it a number could overflow.
const NUMBER_MAX: u64 = 1 << 62;

pub(super) fn peer(r: &Peer) -> v1::PeerRow {
    v1::PeerRow { shard: r.shard, sent: r.sent, received: r.received }
}

pub(super) fn read_peer(w: &v1::PeerRow) -> Field<Peer> {
    read::ensure(w.sent <= NUMBER_MAX, "sent")?;
    read::ensure(w.received <= NUMBER_MAX, "received")?;
    Ok(Peer { shard: w.shard, sent: w.sent, received: w.received })
}

pub(super) fn asked_refund(r: &AskedRefund) -> v1::AskedRefundRow {
    v1::AskedRefundRow {
        asked: Some(v1::RefundAsked {
            payment: some(r.payment),
            out_request_no: r.out_request_no.to_string(),
            amount: r.amount,
            fee_part: r.fee_part,
            cancels: r.cancels,
            royalties: write_royalties::refunds(&r.royalties),
        }),
        first_event: r.events.first,
        is_open: r.is_open,
        rental: some(r.reduces.map_or(Id::NONE, |(rental, _)| rental)),
        item: r.reduces.map_or(0, |(_, item)| item),
    }
}

pub(super) fn read_asked_refund(w: &v1::AskedRefundRow) -> Field<AskedRefund> {
    let asked = w.asked.as_ref().ok_or("asked")?;
    read::ensure(asked.fee_part <= asked.amount, "fee_part")?;
    Ok(AskedRefund {
        payment: read::id(asked.payment, "payment")?,
        out_request_no: read::reference(&asked.out_request_no, "out_request_no")?,
        amount: asked.amount,
        fee_part: asked.fee_part,
        cancels: asked.cancels,
        royalties: read_royalties::refunds(asked.royalties.as_ref())?,
        events: EventRange { first: w.first_event, count: 1 },
        reduces: w.rental.map(|rental| (Id::from(rental), w.item)),
        is_open: w.is_open,
    })
}
