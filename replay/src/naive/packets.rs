//! Red packets as their facts tell them: who got what, what went back, what is left. It knows
//! neither rows nor accounts, and draws parts by arithmetic of its own.

use super::stranger;
use groat_ledger::{Currency, Fact, Id, PacketKind, PacketSender};
use std::collections::BTreeMap;

/// One packet. Amounts are minor units.
#[derive(Debug)]
pub(crate) struct Packet {
    pub(crate) currency: Currency,
    sender: PacketSender,
    total: i128,
    count: i128,
    kind: PacketKind,
    seed: u64,
    expires_at: u64,
    drawn: u64,
    /// By user.
    claims: BTreeMap<Id, i128>,
    refunded: i128,
}

impl Packet {
    /// What was neither claimed nor given back.
    pub(crate) fn left(&self) -> i128 {
        self.total - self.claims.values().sum::<i128>() - self.refunded
    }

    /// How many parts of it are left.
    fn left_count(&self) -> i128 {
        if self.left() == 0 { 0 } else { self.count - self.claims.len() as i128 }
    }

    /// What the next who claims must get: from the seed by SplitMix64, in the bounds of example 28.
    fn next(&self) -> i128 {
        let (left, count) = (self.left(), self.left_count());
        let others = count - 1;
        if others <= 0 {
            return left;
        }
        if self.kind == PacketKind::Fixed {
            return (left + others) / count;
        }
        let low = ((self.total + 2 * self.count - 1) / (2 * self.count)).max(20);
        let high = (3 * self.total / (2 * self.count)).min(20_000);
        let (low, high) = (low.max(left - others * high), high.min(left - others * low));
        let step = self.drawn.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mix = |z: u64, shift: u32, by: u64| (z ^ (z >> shift)).wrapping_mul(by);
        let z = mix(self.seed.wrapping_add(step), 30, 0xbf58_476d_1ce4_e5b9);
        let z = mix(z, 27, 0x94d0_49bb_1331_11eb);
        low + ((i128::from(z ^ (z >> 31)) * (high - low + 1)) >> 64)
    }
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Packets(BTreeMap<Id, Packet>);

impl Packets {
    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        self.0.keys().copied()
    }

    pub(crate) fn get(&self, packet: Id) -> Option<&Packet> {
        self.0.get(&packet)
    }

    /// Takes a fact in and gives its packet; says if it is not as it must be.
    pub(crate) fn follow(&mut self, fact: &Fact, due: bool, now: u64) -> Result<Id, String> {
        match fact {
            Fact::PacketSent { packet, sender, total, count, kind, seed, expires_at } => {
                let new = Packet {
                    currency: total.currency,
                    sender: *sender,
                    total: total.amount.into(),
                    count: i128::from(*count),
                    kind: *kind,
                    seed: *seed,
                    expires_at: *expires_at,
                    drawn: 0,
                    claims: BTreeMap::new(),
                    refunded: 0,
                };
                let (total, count) = (new.total, new.count);
                let fits = (20 * count..=20_000 * count).contains(&total) && *expires_at > now;
                if self.0.insert(*packet, new).is_some() || !fits {
                    return Err(format!("{packet} is sent twice, too late or not to be cut"));
                }
                Ok(*packet)
            }
            Fact::PacketClaimed { packet, user, amount } => {
                let row = self.row(*packet)?;
                let (next, amount) = (row.next(), i128::from(*amount));
                row.drawn += 1;
                let twice = row.claims.insert(*user, amount).is_some();
                if twice || now >= row.expires_at {
                    return Err(format!("{user} claims from {packet} twice or too late"));
                }
                match next == amount {
                    true => Ok(*packet),
                    false => Err(format!("{user} gets {amount} of {packet}; it is cut to {next}")),
                }
            }
            Fact::PacketExpired { packet, amount } => {
                let row = self.row(*packet)?;
                let (left, amount) = (row.left(), i128::from(*amount));
                row.refunded += amount;
                if !due || now < row.expires_at || left != amount || left == 0 {
                    return Err(format!("{packet} expires with {amount} of {left}"));
                }
                Ok(*packet)
            }
            Fact::PacketReturned { packet, user, amount, reopens, .. } => {
                let row = self.row(*packet)?;
                let (claimed, amount) = (row.claims.remove(user), i128::from(*amount));
                if !reopens {
                    row.refunded += amount;
                }
                let late = *reopens && now >= row.expires_at;
                if claimed != Some(amount) || late {
                    return Err(format!("{amount} of {packet} comes back from {user}"));
                }
                Ok(*packet)
            }
            other => Err(stranger(other, "red packets")),
        }
    }

    /// The campaign that a fact takes money from or gives it back to, and how much more it has.
    pub(crate) fn of_campaign(&self, fact: &Fact) -> Option<(Id, i128)> {
        let (packet, more) = match fact {
            Fact::PacketSent { packet, total, .. } => (packet, -i128::from(total.amount)),
            Fact::PacketExpired { packet, amount }
            | Fact::PacketReturned { packet, amount, reopens: false, .. } => {
                (packet, i128::from(*amount))
            }
            _ => return None,
        };
        match self.0.get(packet)?.sender {
            PacketSender::Campaign(id) => Some((id, more)),
            PacketSender::User(_) => None,
        }
    }

    fn row(&mut self, packet: Id) -> Result<&mut Packet, String> {
        self.0.get_mut(&packet).ok_or_else(|| format!("there is no packet {packet}"))
    }
}
