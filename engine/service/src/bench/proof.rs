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
