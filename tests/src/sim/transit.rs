//! What shards sent to each other, told from their blocks alone: each remittance is received once,
//! in order and as it was sent, and the money of those on their way is what the in-transit
//! accounts of both sides have, after every committed prefix.

use groat_ledger::{Class, Ledger, Merchant};
use groat_proto::Message;
use groat_proto::v1::Remittance;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What one shard has sent and received, by the other shard and the number.
#[derive(Default)]
pub(super) struct Traffic {
    sent: BTreeMap<(u32, u64), Remittance>,
    received: BTreeMap<(u32, u64), Remittance>,
}

fn last(of: &BTreeMap<(u32, u64), Remittance>, other: u32) -> u64 {
    of.range((other, 0)..=(other, u64::MAX)).next_back().map_or(0, |((_, number), _)| *number)
}

impl Traffic {
    /// A block sent it.
    pub(super) fn sends(&mut self, to: u32, remittance: Remittance) -> Result<(), String> {
        let (number, next) = (remittance.number, last(&self.sent, to) + 1);
        if number != next {
            return Err(format!("{number} is sent to shard {to} where {next} is next"));
        }
        self.sent.insert((to, number), remittance);
        Ok(())
    }

    /// A block of shard `at` of so many consumed it. One that came before must be the same again;
    /// what is no remittance leaves no trace.
    pub(super) fn receives(&mut self, at: u32, shards: u32, record: &[u8]) -> Result<(), String> {
        let Ok(remittance) = Remittance::decode(record) else { return Ok(()) };
        let (from, number) = (remittance.from_shard, remittance.number);
        if remittance.cargo.is_none() || from == at || from >= shards {
            return Ok(());
        }
        let next = last(&self.received, from) + 1;
        match number.cmp(&next) {
            Ordering::Less if self.received.get(&(from, number)) == Some(&remittance) => Ok(()),
            Ordering::Less => Err(format!("{number} of shard {from} comes again otherwise")),
            Ordering::Equal => {
                self.received.insert((from, number), remittance);
                Ok(())
            }
            Ordering::Greater => {
                Err(format!("{number} of shard {from} is received where {next} is next"))
            }
        }
    }
}

impl Traffic {
    /// For what it was sent to: the names of purposes.
    pub(super) fn purposes(&self) -> impl Iterator<Item = String> {
        let of = |r: &Remittance| Some(format!("{:?}", r.cargo.as_ref()?.purpose.as_ref()?));
        let texts = self.received.values().filter_map(of);
        texts.filter_map(|text| text.split('(').next().map(str::to_owned))
    }
}

/// What a shard is to the others: its books, and what it sent and received.
pub(super) type Party<'a> = (&'a Ledger, &'a Traffic);

/// Money by two shards, the smaller first, and currency.
type Sums = BTreeMap<(u32, u32, u32), i128>;

fn add(sums: &mut Sums, one: u32, other: u32, currency: u32, amount: i128) {
    *sums.entry((one.min(other), one.max(other), currency)).or_default() += amount;
}

/// Whether the in-transit accounts have what is on its way, and each was received as it was sent.
/// A torn transaction may be received before the block that sends it.
pub(super) fn holds(parties: &[Party<'_>]) -> Result<(), String> {
    let (mut booked, mut on_the_way) = (Sums::new(), Sums::new());
    for (no, (ledger, traffic)) in (0u32..).zip(parties) {
        for account in ledger.tables().accounts.rows() {
            if account.key.class == Class::InTransit {
                let currency = account.currency.code().into();
                add(&mut booked, no, account.key.sub, currency, account.credit_balance());
            }
        }
        let cargo = |r: &Remittance| r.cargo.as_ref().map_or((0, 0), |c| (c.currency, c.amount));
        for ((to, number), remittance) in &traffic.sent {
            let (currency, amount) = cargo(remittance);
            add(&mut on_the_way, no, *to, currency, amount.into());
            let received = parties[*to as usize].1.received.get(&(no, *number));
            if received.is_some_and(|received| received != remittance) {
                return Err(format!("{number} from shard {no} to {to} is received otherwise"));
            }
        }
        for ((from, _), remittance) in &traffic.received {
            let (currency, amount) = cargo(remittance);
            add(&mut on_the_way, no, *from, currency, -i128::from(amount));
        }
        for other in 0..parties.len() as u32 {
            let (counted, seen) = (ledger.received_from(other), last(&traffic.received, other));
            if counted != seen {
                return Err(format!("shard {no} counts {counted} of shard {other}, not {seen}"));
            }
        }
    }
    booked.retain(|_, amount| *amount != 0);
    on_the_way.retain(|_, amount| *amount != 0);
    if booked == on_the_way {
        return Ok(());
    }
    Err(format!("in transit are {booked:?}, on their way are {on_the_way:?}"))
}

/// Whether everything was received.
pub(super) fn nothing_is_left(parties: &[Party<'_>]) -> Result<(), String> {
    holds(parties)?;
    for (no, (_, traffic)) in (0u32..).zip(parties) {
        let is_left = |(to, number): &&(u32, u64)| {
            !parties[*to as usize].1.received.contains_key(&(no, *number))
        };
        if let Some((to, number)) = traffic.sent.keys().find(is_left) {
            return Err(format!("{number} from shard {no} to {to} was never received"));
        }
    }
    closed_everywhere(parties)
}

/// Of a merchant that its home has closed nothing is open on any shard, and nothing begins.
fn closed_everywhere(parties: &[Party<'_>]) -> Result<(), String> {
    let closed = |ledger: &Ledger, m: &Merchant| ledger.tables().accounts.row(m.account).closed;
    let at_home = parties.iter().flat_map(|(ledger, _)| {
        let merchants = ledger.tables().merchants.rows().iter();
        let its = merchants.filter(move |m| ledger.place().is_home(m.merchant));
        its.map(move |m| (m.merchant, m.closing, closed(ledger, m)))
    });
    for (merchant, closing, is_closed) in at_home {
        if closing > 0 {
            return Err(format!("{closing} shards never said whether {merchant} may be closed"));
        }
        for (no, (ledger, _)) in (0u32..).zip(parties) {
            let Some(m) = ledger.tables().merchants.get(&merchant) else { continue };
            if closed(ledger, m) != is_closed {
                return Err(format!("{merchant} is open on some shards, and on {no} otherwise"));
            }
            let open = [
                m.open_payments,
                m.open_holds,
                m.open_batches,
                m.open_payouts,
                m.open_disputes,
                m.open_freezes,
            ];
            if is_closed && open != [0; 6] {
                return Err(format!("{merchant} is closed, and has {open:?} open on {no}"));
            }
        }
    }
    Ok(())
}
