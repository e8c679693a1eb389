//! Red packets in the naive model: what is left of one is the sum of what was written, and its
//! parts are drawn by arithmetic of its own.

use super::{Account, Naive, Outcome, cny, must, of, user};
use groat_ledger::{
    ClaimRedPacket, Class, Currency, Id, Owner, PacketKind, PacketSender, Rejection, SendRedPacket,
};
use std::collections::BTreeSet;

const DAY_S: u64 = 86_400;

pub(super) struct Packet {
    sent: SendRedPacket,
    until: u64,
    claimed_by: BTreeSet<Id>,
    left: i128,
}

impl Packet {
    pub(super) fn ends_at(&self) -> Option<u64> {
        (self.left > 0).then_some(self.until)
    }

    /// DOMAIN §7, 28.
    fn next(&self) -> i128 {
        let (total, count) = (i128::from(self.sent.total.amount), i128::from(self.sent.count));
        let drawn = self.claimed_by.len() as u64;
        let others = count - i128::from(drawn) - 1;
        if others == 0 {
            return self.left;
        }
        if self.sent.kind == PacketKind::Fixed {
            return (self.left + others) / (others + 1);
        }
        let half_up = |a: i128, b: i128| (a + b - 1) / b;
        let low = half_up(total, 2 * count).max(20).max(self.left - others * self.high());
        let least = half_up(total, 2 * count).max(20);
        let high = self.high().min(self.left - others * least);
        low + ((i128::from(split_mix(self.sent.seed, drawn)) * (high - low + 1)) >> 64)
    }

    fn high(&self) -> i128 {
        let (total, count) = (i128::from(self.sent.total.amount), i128::from(self.sent.count));
        (3 * total / (2 * count)).min(20_000)
    }
}

fn split_mix(seed: u64, n: u64) -> u64 {
    let stir = |z: u64, shift: u32, by: u64| (z ^ (z >> shift)).wrapping_mul(by);
    let z = seed.wrapping_add((n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let z = stir(stir(z, 30, 0xbf58_476d_1ce4_e5b9), 27, 0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn red(packet: Id) -> Account {
    of(Class::RedPacket, packet)
}

impl Naive {
    pub(super) fn send_packet(&mut self, c: &SendRedPacket, now: u64) -> Outcome {
        must(!self.packets.iter().any(|p| p.sent.packet == c.packet), Rejection::Duplicate)?;
        let (from, smallest) = match c.sender {
            PacketSender::User(id) => (self.account_of(Owner::User(id))?, 1),
            PacketSender::Campaign(id) => {
                let campaign = self.campaigns.get(&id).ok_or(Rejection::UnknownAccount)?;
                must(!campaign.closed, Rejection::InvalidState)?;
                (of(Class::CampaignFund, id), 100)
            }
        };
        let total = cny(c.total)?;
        must((smallest..=1_000_000_000).contains(&total), Rejection::AmountOutOfRange)?;
        let fits = (1..=10_000_000).contains(&c.count) && c.timeout_s <= 184 * 86_400;
        must(fits, Rejection::SchemaInvalid)?;
        let count = i128::from(c.count);
        let cut = (20 * count..=20_000 * count).contains(&total);
        must(cut, Rejection::PacketPartOutOfRange)?;
        match c.sender {
            PacketSender::User(id) => {
                self.may_debit(from)?;
                self.covers(from, total)?;
                self.may_spend(id, total, now)?;
                self.spend(id, total, now);
            }
            PacketSender::Campaign(id) => {
                must(total <= self.free_of(id, now), Rejection::BudgetExhausted)?;
            }
        }
        self.write(from, red(c.packet), total);
        let seconds = if c.timeout_s == 0 { DAY_S } else { c.timeout_s.into() };
        let (until, claimed_by) = (now + seconds * 1_000, BTreeSet::new());
        self.packets.push(Packet { sent: c.clone(), until, claimed_by, left: total });
        Ok(())
    }

    pub(super) fn claim_packet(&mut self, c: &ClaimRedPacket, now: u64) -> Outcome {
        let found = self.packets.iter().position(|p| p.sent.packet == c.packet);
        let no = found.ok_or(Rejection::UnknownAccount)?;
        let to = self.account_of(Owner::User(c.user))?;
        let packet = &self.packets[no];
        must(packet.sent.total.currency == Currency::CNY, Rejection::CurrencyMismatch)?;
        must(!packet.claimed_by.contains(&c.user), Rejection::AlreadyClaimed)?;
        must(now < packet.until, Rejection::PacketExpired)?;
        must(packet.left > 0, Rejection::PacketEmpty)?;
        let part = packet.next();
        self.may_credit(to)?;
        self.may_have(c.user, part)?;
        let packet = &mut self.packets[no];
        packet.left -= part;
        packet.claimed_by.insert(c.user);
        self.write(red(c.packet), to, part);
        Ok(())
    }

    pub(super) fn end_packet(&mut self, no: usize) {
        let (id, sender) = (self.packets[no].sent.packet, self.packets[no].sent.sender);
        let left = std::mem::take(&mut self.packets[no].left);
        let to = match sender {
            PacketSender::User(id) => user(id),
            PacketSender::Campaign(id) if self.campaigns[&id].closed => self.goes_back_to(id),
            PacketSender::Campaign(id) => of(Class::CampaignFund, id),
        };
        self.write(red(id), to, left);
    }

    /// Whether a user has sent what can still be claimed.
    pub(super) fn has_packet(&self, id: Id) -> bool {
        let theirs = |p: &Packet| p.left > 0 && p.sent.sender == PacketSender::User(id);
        self.packets.iter().any(theirs)
    }
}
