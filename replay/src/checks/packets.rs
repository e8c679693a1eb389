//! Red packets (DOMAIN §6, 14): the facts against the accounts and the rows.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use crate::names::fact_name;
use groat_ledger::{Class, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn packet(&mut self, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, due, .. } = *event;
        let packet = self.packets.follow(fact, due, time);
        if let Ok(packet) = &packet {
            self.touch(Touched::Packet(*packet), at, number);
        }
        if let Some((campaign, more)) = self.packets.of_campaign(fact) {
            self.coupons.give(campaign, more);
            self.touch(Touched::Campaign(campaign), at, number);
        }
        let verdict = packet.map(|_| ()).map_err(|what| format!("{}: {what}", fact_name(fact)));
        self.note(Check::PacketParts, at, number, verdict);
    }

    /// RP is what was neither claimed nor given back, and so says the row.
    pub(super) fn compare_packet(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let row = books.ledger().tables().packets.get(&id);
        let (Some(packet), Some(row)) = (self.packets.get(id), row) else {
            let what = format!("the packet {id} is not both in the facts and in the rows");
            return self.note(Check::PacketSums, at, event, Err(what));
        };
        let left = packet.left();
        let has = -self.balance(books, Class::RedPacket, id, packet.currency);
        let verdict = holds(has == left, || {
            format!("{id} has {has}; its total less what was claimed and refunded is {left}")
        });
        let same = holds(i128::from(row.left) == left, || {
            format!("{id} has {} left in its row", row.left)
        });
        self.note(Check::PacketSums, at, event, verdict.and(same));
    }
}
