//! `diff`: two copies of a chain side by side. Up to where they are the same, what differs first,
//! and which balances differ at their ends.

use crate::audit::header_difference;
use crate::follow::{Follower, Trouble};
use crate::names::{account_name, fact_name};
use crate::source::{Chain, Progress};
use groat_ledger::money::major_text;
use groat_ledger::{AccountKey, Currency, Movement};
use groat_shard::{Block, Books, Folded, hex};
use serde::Serialize;
use std::collections::BTreeMap;

/// What `diff` found in one shard of two copies, which it calls A and B.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiffReport {
    /// The shard.
    pub shard: u32,
    /// Whether the copies have the same blocks. How a body is compressed is no difference.
    pub same: bool,
    /// Blocks that are the same, from the first on, and events in them.
    pub same_blocks: u64,
    /// See above.
    pub same_events: u64,
    /// What differs first.
    pub first: Option<Difference>,
    /// Accounts whose posted balance differs at the ends.
    pub balances: Vec<BalanceDifference>,
    /// Of the states at the ends.
    pub digests: [String; 2],
}

/// What differs first, A's first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The block.
    pub block: u64,
    /// The event, where one differs.
    pub event: Option<u64>,
    /// The account that it moves otherwise, or by another amount, where it does.
    pub account: Option<String>,
    /// What differs.
    pub what: String,
    /// In A and in B.
    pub in_each: [String; 2],
}

/// An account whose balance differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BalanceDifference {
    /// Its name.
    pub account: String,
    /// Letters of its currency.
    pub currency: String,
    /// Credits less debits in A and in B; none where there is no such account.
    pub in_each: [Option<String>; 2],
}

/// An event as it is compared.
#[derive(PartialEq)]
struct Event {
    number: u64,
    at: u64,
    name: &'static str,
    /// The fact in full: two may have one name and move the same.
    fact: String,
    moved: Vec<(AccountKey, Currency, i128)>,
}

/// Compares two chains block by block. Trouble where one of them is no chain.
pub fn diff(mut a: Chain, mut b: Chain, progress: Progress<'_>) -> Result<DiffReport, Trouble> {
    let shard = a.shard();
    let mut sides = [Follower::of(&a), Follower::of(&b)];
    let (mut same_blocks, mut same_events) = (0, 0);
    let first = loop {
        let blocks = [next(&mut a, &mut sides[0])?, next(&mut b, &mut sides[1])?];
        let number = same_blocks;
        let [Some(of_a), Some(of_b)] = &blocks else {
            let first = match &blocks {
                [None, None] => break None,
                _ => ended(number, &blocks),
            };
            for (side, block) in sides.iter_mut().zip(&blocks) {
                if let Some(block) = block {
                    side.fold(block, |_, _, _| {})?;
                }
            }
            break Some(first);
        };
        let mut events = [Vec::new(), Vec::new()];
        for ((side, block), events) in sides.iter_mut().zip([of_a, of_b]).zip(&mut events) {
            side.fold(block, |books, _, folded| events.extend(event(books, &folded)))?;
        }
        if let Some(first) = difference([of_a, of_b], &events) {
            break Some(first);
        }
        same_blocks += 1;
        same_events += of_a.header.events;
        progress(a.done(), a.total());
    };
    for (chain, side) in [(&mut a, 0), (&mut b, 1)] {
        while let Some(block) = next(chain, &mut sides[side])? {
            sides[side].fold(&block, |_, _, _| {})?;
            progress(chain.done(), chain.total());
        }
    }
    let books = [sides[0].books(), sides[1].books()];
    Ok(DiffReport {
        shard,
        same: first.is_none(),
        same_blocks,
        same_events,
        first,
        balances: balances(books),
        digests: books.map(|books| books.map_or_else(String::new, |b| hex(&b.digest()))),
    })
}

/// The next block that is not a late one.
fn next(chain: &mut Chain, side: &mut Follower) -> Result<Option<Block>, Trouble> {
    for bytes in chain.by_ref() {
        if let Some(block) = side.accept(&bytes?)? {
            return Ok(Some(block));
        }
    }
    Ok(None)
}

fn event(books: &Books, folded: &Folded<'_>) -> Option<Event> {
    let Folded::Event { number, at, fact, movements, .. } = folded else { return None };
    let (number, at) = (*number, *at);
    Some(Event {
        number,
        at,
        name: fact_name(fact),
        fact: format!("{fact:?}"),
        moved: moved(books, movements),
    })
}

/// Credits less debits on each account, in the order of the movements.
fn moved(books: &Books, movements: &[Movement]) -> Vec<(AccountKey, Currency, i128)> {
    let accounts = &books.ledger().tables().accounts;
    let sides = movements.iter().flat_map(|m| {
        let amount = i128::from(m.amount);
        [(m.debit, -amount), (m.credit, amount)]
    });
    let named = sides.filter_map(|(no, amount)| {
        let account = accounts.try_row(no)?;
        Some((account.key, account.currency, amount))
    });
    named.collect()
}

fn ended(block: u64, blocks: &[Option<Block>; 2]) -> Difference {
    let word = |block: &Option<Block>| match block {
        None => "ends before it".to_owned(),
        Some(block) => format!("has it, with {} events", block.header.events),
    };
    let in_each = [word(&blocks[0]), word(&blocks[1])];
    Difference { block, event: None, account: None, what: "one copy ends".into(), in_each }
}

fn difference(blocks: [&Block; 2], events: &[Vec<Event>; 2]) -> Option<Difference> {
    let [a, b] = blocks;
    let number = a.header.number;
    let differ = |event, account, what: String, in_each| {
        Some(Difference { block: number, event, account, what, in_each })
    };
    let longest = events[0].len().max(events[1].len());
    let at = (0..longest).find(|at| events[0].get(*at) != events[1].get(*at));
    if let Some(at) = at {
        let each = [events[0].get(at), events[1].get(at)];
        let event = each.iter().flatten().map(|event| event.number).next();
        return differ(event, account(each), "an event differs".into(), each.map(words));
    }
    if a.body != b.body {
        let byte = a.body.iter().zip(&b.body).position(|(a, b)| a != b);
        let byte = byte.unwrap_or(a.body.len().min(b.body.len()));
        let length = |block: &Block| format!("{} bytes", block.body.len());
        let what = format!("an input or an answer differs, from byte {byte} of the body on");
        return differ(None, None, what, [length(a), length(b)]);
    }
    let field = header_difference(&a.header, &b.header)?;
    let hash = |block: &Block| hex(&block.hash);
    differ(None, None, format!("the header's {field} differs"), [hash(a), hash(b)])
}

/// The first account that is moved otherwise.
fn account([a, b]: [Option<&Event>; 2]) -> Option<String> {
    let of = |event: Option<&Event>| event.map_or_else(Vec::new, |event| event.moved.clone());
    let (a, b) = (of(a), of(b));
    let at = (0..a.len().max(b.len())).find(|at| a.get(*at) != b.get(*at))?;
    a.get(at).or(b.get(at)).map(|(key, _, _)| account_name(key))
}

fn words(event: Option<&Event>) -> String {
    let Some(Event { name, fact, moved, .. }) = event else { return "no such event".into() };
    if moved.is_empty() {
        return fact.clone();
    }
    let moved: Vec<String> = moved
        .iter()
        .map(|(key, currency, amount)| {
            format!("{} {} {currency}", account_name(key), major_text(*amount, *currency))
        })
        .collect();
    format!("{name}: {}", moved.join(", "))
}

fn balances(books: [Option<&Books>; 2]) -> Vec<BalanceDifference> {
    let mut all: BTreeMap<(String, String), [Option<String>; 2]> = BTreeMap::new();
    for (side, books) in books.into_iter().enumerate() {
        let accounts = books.map(|books| books.ledger().tables().accounts.rows());
        for account in accounts.unwrap_or_default() {
            let of = (account_name(&account.key), account.currency.letters().to_owned());
            let balance = major_text(account.credit_balance(), account.currency);
            all.entry(of).or_default()[side] = Some(balance);
        }
    }
    all.into_iter()
        .filter(|(_, in_each)| in_each[0] != in_each[1])
        .map(|((account, currency), in_each)| BalanceDifference { account, currency, in_each })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, chain_of, forged, with_events};
    use groat_proto::v1::event::Fact;

    fn compared(a: Vec<Vec<u8>>, b: Vec<Vec<u8>>) -> DiffReport {
        diff(chain_of(a), chain_of(b), &mut |_, _| {}).unwrap()
    }

    #[test]
    fn a_copy_is_the_same_however_it_is_compressed() {
        let blocks = sample::day().blocks;
        let report = compared(blocks.clone(), blocks.clone());
        assert!(report.same && report.first.is_none() && report.balances.is_empty());
        assert_eq!((report.same_blocks, report.same_events), (6, 32));
        assert_eq!(report.digests[0], report.digests[1]);
        assert!(compared(blocks.clone(), forged(&blocks, |_, _| {})).same);
    }

    #[test]
    fn a_copy_that_ends_sooner_is_the_same_up_to_there() {
        let blocks = sample::day().blocks;
        let report = compared(blocks.clone(), blocks[..3].to_vec());
        assert_eq!((report.same, report.same_blocks), (false, 3));
        let first = report.first.unwrap();
        assert_eq!((first.block, first.event), (3, None));
        assert!(first.in_each[1] == "ends before it" && first.in_each[0].starts_with("has it"));
        assert!(!report.balances.is_empty());
    }

    #[test]
    fn the_first_event_account_and_all_balances_that_differ_are_named() {
        let blocks = sample::day().blocks;
        let other = forged(&blocks, |header, body| {
            *body = with_events(header, body, |number, event| {
                if let (18, Some(Fact::Transferred(fact))) = (number, &mut event.fact) {
                    fact.amount = 1_999;
                    event.movements[0].amount = 1_999;
                }
            });
            sample::without_digests(header);
        });
        let report = compared(blocks, other);
        assert_eq!((report.same, report.same_blocks), (false, 2));
        let first = report.first.unwrap();
        assert_eq!((first.block, first.event), (2, Some(18)));
        assert_eq!(first.account.as_deref(), Some("Liabilities:user_available:alice"));
        assert!(first.in_each[0].contains("-20.00 CNY"), "{:?}", first.in_each);
        assert!(first.in_each[1].contains("-19.99 CNY"), "{:?}", first.in_each);
        let names: Vec<&str> = report.balances.iter().map(|b| b.account.as_str()).collect();
        let [alice, bob] = ["Liabilities:user_available:alice", "Liabilities:user_available:bob"];
        assert_eq!(names, [alice, bob]);
        assert_ne!(report.digests[0], report.digests[1]);
    }

    #[test]
    fn headers_that_differ_are_named() {
        let blocks = sample::day().blocks;
        let other = forged(&blocks, |header, _| header.epoch += u64::from(header.number > 2));
        let first = compared(blocks, other).first.unwrap();
        assert_eq!(first.block, 3);
        assert!(first.what.contains("the header's epoch differs"), "{}", first.what);
    }
}
