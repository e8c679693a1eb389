//! What shards send each other, by the chains of all of them: each chain may hold by itself and
//! another be gone, or have received what nobody sent. For each pair of shards what one received is
//! what the other sent, in its order and without a gap; the rest is on its way, and the in-transit
//! accounts of the two have just that. With it all accounts of all shards sum to zero (DESIGN §9).

use crate::follow::{Finding, Place};
use crate::verify::VerifyReport;
use groat_ledger::money::major_text;
use groat_ledger::{Class, Currency, Fact};
use groat_proto::Message;
use groat_proto::v1::{self, ChainTerms};
use groat_shard::{Books, Folded, write_event};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The promise.
const CHECK: &str = "what shards send each other arrives as it was sent";

/// What one shard sent and received, by the other shard, each from number 1 on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Traffic {
    terms: Option<ChainTerms>,
    sent: BTreeMap<u32, Vec<Remitted>>,
    received: BTreeMap<u32, Vec<Remitted>>,
    /// What in-transit accounts have at the end, by the other shard and currency.
    booked: BTreeMap<(u32, u32), i128>,
    /// The bytes of what is being received.
    arriving: Option<Vec<u8>>,
    /// The first that does not continue its row.
    first_bad: Option<Finding>,
}

/// Where it stands, and what it brings.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Remitted {
    block: u64,
    event: u64,
    amount: u64,
    currency: u32,
    /// Of the whole cargo.
    hash: [u8; 32],
}

/// What was found between the shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Between {
    /// Whether all shards are there and received what was sent.
    pub holds: bool,
    /// How many shards there are by the terms of their chains.
    pub shards: u32,
    /// Those whose chains were not given.
    pub missing: Vec<u32>,
    /// Each that sent anything to another.
    pub pairs: Vec<Pair>,
    /// The first thing that does not hold.
    pub first_bad: Option<Finding>,
}

/// What one shard sent to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// Who sent.
    pub from: u32,
    /// Who received.
    pub to: u32,
    /// How many were sent, and how many of them received.
    pub sent: u64,
    /// The others are on their way.
    pub received: u64,
    /// The money of these, in major units with its currency.
    pub on_the_way: Vec<String>,
}

impl Traffic {
    pub(crate) fn see(&mut self, at: &Place<'_>, folded: &Folded<'_>) {
        match folded {
            Folded::Remittance(input) => {
                self.arriving = Some(input.record.clone());
            }
            Folded::Event { number, fact: fact @ Fact::RemittanceSent { .. }, .. } => {
                let mut event = v1::Event::default();
                write_event(fact, &[], &mut event);
                if let Some(v1::event::Fact::RemittanceSent(sent)) = event.fact {
                    let row = self.sent.entry(sent.to_shard).or_default();
                    let bad = add(row, at, (*number, sent.number), sent.cargo, "sent");
                    self.first_bad = self.first_bad.take().or(bad);
                }
            }
            Folded::Event {
                number, fact: Fact::RemittanceReceived { from, number: no }, ..
            } => {
                let row = self.received.entry(*from).or_default();
                let arriving = self.arriving.take();
                let arriving = arriving.and_then(|bytes| v1::Remittance::decode(&*bytes).ok());
                let cargo = arriving.filter(|r| (r.from_shard, r.number) == (*from, *no));
                let bad = add(row, at, (*number, *no), cargo.and_then(|r| r.cargo), "received");
                self.first_bad = self.first_bad.take().or(bad);
            }
            Folded::Event { .. } | Folded::Input(_) | Folded::Decided { .. } => {}
        }
    }

    pub(crate) fn at_end(&mut self, books: &Books) {
        self.terms = Some(*books.terms());
        for account in books.ledger().tables().accounts.rows() {
            if account.key.class == Class::InTransit {
                let of = (account.key.sub, account.currency.code().into());
                *self.booked.entry(of).or_default() += account.credit_balance();
            }
        }
    }
}

/// Adds the next of a row.
fn add(
    row: &mut Vec<Remitted>,
    at: &Place<'_>,
    (event, number): (u64, u64),
    cargo: Option<v1::Cargo>,
    done: &str,
) -> Option<Finding> {
    let next = row.len() as u64 + 1;
    let bad = |what: String| Some(finding(at.shard, at.block, event, what));
    if number != next {
        return bad(format!("number {number} is {done} where {next} is the next"));
    }
    let Some(cargo) = cargo else { return bad(format!("number {number} is {done} and not there")) };
    row.push(Remitted {
        block: at.block,
        event,
        amount: cargo.amount,
        currency: cargo.currency,
        hash: Sha256::digest(cargo.encode_to_vec()).into(),
    });
    None
}

fn finding(shard: u32, block: u64, event: u64, what: String) -> Finding {
    Finding { shard, block, event, byte: None, byte_of: "body", check: CHECK, what }
}

/// Compares the chains of all shards, of which each was verified by itself.
pub fn between(reports: &[VerifyReport]) -> Between {
    let of = |shard: u32| reports.iter().find(|report| report.shard == shard);
    let begun = reports.iter().find_map(|report| Some((report.shard, report.traffic.terms?)));
    let shards = begun.map_or(1, |(_, terms)| terms.shards);
    let missing: Vec<u32> = (0..shards).filter(|shard| of(*shard).is_none()).collect();
    let mut first_bad = missing.first().map(|_| {
        let named: Vec<String> = missing.iter().map(ToString::to_string).collect();
        let what =
            format!("the chains were begun for {shards} shards; missing: {}", named.join(", "));
        finding(missing[0], 0, 0, what)
    });
    for report in reports {
        let differ = begun.and_then(|(first, terms)| {
            let own = report.traffic.terms?;
            let what = format!("its chain was begun with other terms than that of shard {first}");
            (own != terms).then(|| finding(report.shard, 0, 0, what))
        });
        first_bad = first_bad.or(differ).or_else(|| report.traffic.first_bad.clone());
    }
    let mut pairs = Vec::new();
    for from in reports {
        for (to, sent) in &from.traffic.sent {
            let received = of(*to).and_then(|to| to.traffic.received.get(&from.shard));
            let received = received.map_or(&[][..], Vec::as_slice);
            pairs.push(pair((from.shard, *to), sent, received));
        }
    }
    for to in reports {
        for (from, received) in &to.traffic.received {
            let Some(from) = of(*from) else { continue };
            let sent = from.traffic.sent.get(&to.shard).map_or(&[][..], Vec::as_slice);
            let found = arrived(from.shard, sent, to.shard, received);
            first_bad = first_bad.or(found);
        }
    }
    let first_bad = first_bad.or_else(|| in_transit(reports));
    Between { holds: first_bad.is_none(), shards, missing, pairs, first_bad }
}

fn pair((from, to): (u32, u32), sent: &[Remitted], received: &[Remitted]) -> Pair {
    let mut left: BTreeMap<u32, i128> = BTreeMap::new();
    for remitted in sent.iter().skip(received.len()).filter(|remitted| remitted.amount > 0) {
        *left.entry(remitted.currency).or_default() += i128::from(remitted.amount);
    }
    let on_the_way = left.into_iter().map(|(currency, amount)| money(amount, currency)).collect();
    let (sent, received) = (sent.len() as u64, received.len() as u64);
    Pair { from, to, sent, received, on_the_way }
}

fn money(minor: i128, currency: u32) -> String {
    match Currency::from_code(currency) {
        Some(currency) => format!("{} {currency}", major_text(minor, currency)),
        None => format!("{minor} of currency {currency}"),
    }
}

/// The first that was received otherwise than it was sent, or was not sent.
fn arrived(from: u32, sent: &[Remitted], to: u32, received: &[Remitted]) -> Option<Finding> {
    for (at, got) in received.iter().enumerate() {
        let number = at + 1;
        let what = match sent.get(at) {
            None => format!(
                "number {number} of shard {from} is received, which has sent {}: its chain is an \
                 older copy, or that was never sent",
                sent.len()
            ),
            Some(given) if (given.amount, given.currency) != (got.amount, got.currency) => {
                let [given, got] =
                    [given, got].map(|one| money(i128::from(one.amount), one.currency));
                format!("number {number} of shard {from} is received with {got}; it sent {given}")
            }
            Some(given) if given.hash != got.hash => {
                let event = given.event;
                format!("number {number} of shard {from} is not what it sent by event {event}")
            }
            Some(_) => continue,
        };
        return Some(finding(to, got.block, got.event, what));
    }
    None
}

/// What the in-transit accounts of two shards have is what is on its way between them.
fn in_transit(reports: &[VerifyReport]) -> Option<Finding> {
    let mut sums: BTreeMap<(u32, u32, u32), i128> = BTreeMap::new();
    let there = |shard: u32| reports.iter().any(|report| report.shard == shard);
    for VerifyReport { shard, traffic, .. } in reports {
        let mut add = |other: u32, currency: u32, amount: i128| {
            let pair = (*shard.min(&other), *shard.max(&other), currency);
            *sums.entry(pair).or_default() += amount;
        };
        for ((other, currency), booked) in &traffic.booked {
            add(*other, *currency, *booked);
        }
        for (other, sent) in &traffic.sent {
            sent.iter().for_each(|r| add(*other, r.currency, -i128::from(r.amount)));
        }
        for (other, received) in &traffic.received {
            received.iter().for_each(|r| add(*other, r.currency, i128::from(r.amount)));
        }
    }
    let ((one, other, currency), differs) = sums
        .into_iter()
        .find(|((one, other, _), sum)| *sum != 0 && there(*one) && there(*other))?;
    let what = format!(
        "the in-transit accounts of shards {one} and {other} have {} more than is on its way",
        money(differs, currency)
    );
    Some(finding(one, 0, 0, what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{Day, chain_for, shared_between};
    use crate::verify;

    fn verified(days: &[Day]) -> Vec<VerifyReport> {
        let chain = |(shard, day): (u32, &Day)| chain_for(shard, day.blocks.clone());
        let chains = (0..).zip(days).map(chain);
        chains.map(|chain| verify(chain, &mut |_, _| {}).unwrap()).collect()
    }

    fn bad(reports: &[VerifyReport]) -> Finding {
        assert!(reports.iter().all(|report| report.holds), "each holds by itself");
        between(reports).first_bad.unwrap()
    }

    #[test]
    fn shards_that_sent_to_each_other_hold() {
        let reports = verified(&shared_between("20.00"));
        let found = between(&reports);
        assert_eq!((found.first_bad, found.shards), (None, 2));
        assert!(found.holds && found.missing.is_empty());
        assert!(found.pairs.iter().all(|pair| pair.sent == pair.received), "{:?}", found.pairs);
        assert!(found.pairs.len() == 2 && found.pairs[0].sent > 3);
    }

    #[test]
    fn a_shard_that_is_not_there_is_named() {
        let finding = bad(&verified(&shared_between("20.00"))[..1]);
        assert!(finding.what.ends_with("for 2 shards; missing: 1"), "{finding}");
    }

    /// Each chain holds by itself; together they are of two worlds.
    #[test]
    fn what_is_received_otherwise_than_it_was_sent_is_found() {
        let (here, there) = (shared_between("20.00"), shared_between("21.00"));
        let finding = bad(&verified(&[here[0].clone(), there[1].clone()]));
        assert!(finding.what.contains("21.00 CNY") && finding.what.contains("20.00 CNY"));
        assert_eq!(finding.check, CHECK);
    }

    /// A copy that is older has sent less than was received, one that is newer more: that is on its
    /// way.
    #[test]
    fn what_nobody_sent_is_found_and_what_nobody_received_is_on_its_way() {
        let days = shared_between("20.00");
        let cut = |shard: usize, count: usize| {
            let mut days = days.clone();
            days[shard].blocks.truncate(count);
            verified(&days)
        };
        let (mut missing, mut on_the_way) = (0, 0);
        for shard in [0, 1] {
            for count in 1..days[shard].blocks.len() {
                let found = between(&cut(shard, count));
                if let Some(finding) = &found.first_bad {
                    assert!(finding.what.contains("which has sent"), "{finding}");
                    missing += 1;
                }
                let money = found.pairs.iter().any(|pair| !pair.on_the_way.is_empty());
                on_the_way += u32::from(money);
            }
        }
        assert!(missing > 0 && on_the_way > 0, "{missing} missing, {on_the_way} on the way");
    }

    #[test]
    fn what_is_in_transit_is_what_is_on_its_way() {
        let mut reports = verified(&shared_between("20.00"));
        let booked = &mut reports[1].traffic.booked;
        *booked.values_mut().next().unwrap() += 5;
        let finding = bad(&reports);
        assert!(finding.what.contains("have 0.05 CNY more than is on its way"), "{finding}");
    }
}
