//! Whether the books hold after a run.

use super::terms;
use crate::clock;
use groat_ledger::Ledger;
use groat_shard::{Block, Books, Checked, Fault, SledStore, Store, hex};
use std::path::Path;
use std::time::Duration;

pub(super) fn sums_to_zero(ledger: &Ledger) -> Result<(), Fault> {
    let mut sums = std::collections::BTreeMap::<u16, i128>::new();
    for account in ledger.tables().accounts.rows() {
        *sums.entry(account.currency.code()).or_default() += account.credit_balance();
    }
    match sums.into_iter().find(|(_, sum)| *sum != 0) {
        None => Ok(()),
        Some((currency, sum)) => Err(Fault::damage(
            format!("the books do not hold: in currency {currency} credits less debits are {sum}"),
            "this is a bug of groat; please report it with the command line",
        )),
    }
}

/// What rebuilding has shown.
pub(super) struct Rebuilt {
    pub(super) time: Duration,
    /// Of the block that has the most events.
    pub(super) longest_events: u64,
    /// Of the same.
    pub(super) longest_bytes: u64,
}

pub(super) fn fold_from_disk(data: &Path, digest: &str, opened: u64) -> Result<Rebuilt, Fault> {
    let mut store = Checked::new(SledStore::open(data)?);
    let last = store.last().unwrap_or(0);
    let read = |number| store.read(number).map(Option::unwrap_or_default);
    fold((0..=last).map(read), digest, opened)
}

/// Rebuilds the books from their blocks; only the folding itself is timed. Blocks of before event
/// `opened` are not those that were measured.
pub(super) fn fold(
    blocks: impl Iterator<Item = Result<Vec<u8>, Fault>>,
    digest: &str,
    opened: u64,
) -> Result<Rebuilt, Fault> {
    let bug = |what: String| {
        Fault::damage(what, "this is a bug of groat; please report it with the command line")
    };
    let mut books = Books::new(0, terms());
    let mut done = Rebuilt { time: Duration::ZERO, longest_events: 0, longest_bytes: 0 };
    for bytes in blocks {
        let bytes = bytes?;
        let block = Block::parse(&bytes).map_err(|e| bug(e.to_string()))?;
        let first = books.ledger().next_event();
        let from = clock::start();
        books.fold(&block, |_, _| {}).map_err(|e| bug(e.to_string()))?;
        done.time += from.elapsed();
        let events = books.ledger().next_event() - first;
        if first >= opened && events > done.longest_events {
            (done.longest_events, done.longest_bytes) = (events, bytes.len() as u64);
        }
    }
    let rebuilt = hex(&books.digest());
    if rebuilt == digest {
        return Ok(done);
    }
    Err(bug(format!("the books do not hold: rebuilt they have the digest {rebuilt}, not {digest}")))
}

#[cfg(test)]
mod tests {
    use super::super::records;
    use super::super::workload::{Kind, Spread, Workload};
    use super::*;
    use groat_shard::{Inbound, Shard};

    /// The blocks of a few transfers, and the digest of the books.
    fn run() -> (Vec<Vec<u8>>, String) {
        let mut workload = Workload::new(Kind::Transfers, Spread::Uniform, 5, 7);
        let mut shard = Shard::begin(0, terms());
        let mut blocks = vec![shard.claim().bytes];
        for (offset, record) in (0..).zip(records(&workload.opening(), 2)) {
            shard.step(Inbound { offset, time: 0, record: &record });
            blocks.push(shard.seal("bench", false).bytes);
        }
        (blocks, hex(&shard.books().digest()))
    }

    #[test]
    fn other_books_fail_the_run() {
        let rebuilt = fold(run().0.into_iter().map(Ok), "00", 0);
        let message = rebuilt.err().unwrap().to_string();
        assert!(message.contains("the books do not hold: rebuilt they have"), "{message}");
    }

    #[test]
    fn a_block_that_is_gone_or_changed_fails_the_run() {
        let (blocks, digest) = run();
        let folded = |blocks: &[Vec<u8>]| fold(blocks.iter().cloned().map(Ok), &digest, 0);
        assert!(folded(&blocks).is_ok(), "whole books hold");
        let (last, before) = blocks.split_last().unwrap();
        assert!(folded(before).is_err());
        let mut changed = last.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(folded(&[before, &[changed]].concat()).is_err());
    }
}
