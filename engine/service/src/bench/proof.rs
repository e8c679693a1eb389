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

pub(super) fn fold_from_disk(data: &Path, digest: &str) -> Result<Duration, Fault> {
    let mut store = Checked::new(SledStore::open(data)?);
    let last = store.last().unwrap_or(0);
    let read = |number| store.read(number).map(Option::unwrap_or_default);
    fold((0..=last).map(read), digest)
}

/// Rebuilds the books from their blocks; only the folding itself is timed.
pub(super) fn fold(
    blocks: impl Iterator<Item = Result<Vec<u8>, Fault>>,
    digest: &str,
) -> Result<Duration, Fault> {
    let bug = |what: String| {
        Fault::damage(what, "this is a bug of groat; please report it with the command line")
    };
    let mut books = Books::new(0, terms());
    let mut time = Duration::ZERO;
    for bytes in blocks {
        let block = Block::parse(&bytes?).map_err(|e| bug(e.to_string()))?;
        let from = clock::start();
        books.fold(&block, |_, _| {}).map_err(|e| bug(e.to_string()))?;
        time += from.elapsed();
    }
    let rebuilt = hex(&books.digest());
    if rebuilt == digest {
        return Ok(time);
    }
    Err(bug(format!("the books do not hold: rebuilt they have the digest {rebuilt}, not {digest}")))
}
