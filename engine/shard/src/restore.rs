//! Restore: the newest snapshot and the tail of the chain. The only way a ledger comes into being.

use crate::block::Block;
use crate::chain::Arrival;
use crate::fault::Fault;
use crate::shard::Shard;
use crate::snapshot::{SnapshotReader, Tail};
use crate::store::Store;

/// A shard rebuilt.
pub struct Restored {
    /// The shard.
    pub shard: Shard,
    /// What came after its snapshot.
    pub tail: Tail,
}

/// Rebuilds a shard from its store; `None` when the store is empty. `progress` hears of every
/// block: done, and of how many.
pub fn restore(
    store: &mut impl Store,
    shard_no: u32,
    progress: impl FnMut(u64, u64),
) -> Result<Option<Restored>, Fault> {
    let Some(last) = store.last() else { return Ok(None) };
    restore_to(store, shard_no, last, progress)
}

/// As [`restore`], to the block `last` and no further unless the snapshot is: the blocks behind it
/// are left to the caller.
pub fn restore_to(
    store: &mut impl Store,
    shard_no: u32,
    last: u64,
    mut progress: impl FnMut(u64, u64),
) -> Result<Option<Restored>, Fault> {
    let mut tail = Tail::default();
    let (mut shard, first) = match store.snapshot_number()? {
        Some(number) => match from_snapshot(store, shard_no, number)? {
            Ok((shard, bytes)) => {
                tail.snapshot = bytes;
                (Some(shard), number + 1)
            }
            // It was only a shortcut: the blocks from the first on lead to the same state.
            Err(_) if store.read(0)?.is_some() => (None, 0),
            Err(fault) => return Err(fault),
        },
        None => (None, 0),
    };
    for number in first..=last {
        let bytes = store.read(number)?.ok_or_else(|| missing(shard_no, number, last))?;
        let block = Block::parse(&bytes).map_err(|bad| {
            let good = number.checked_sub(1).map_or("none".to_owned(), |n| n.to_string());
            Fault::damage(
                format!(
                    "shard {shard_no}: block {number} is damaged: {bad}; last good block: {good}"
                ),
                "keep a copy of the data directory, then see README \"When a data directory is \
                 damaged\"",
            )
        })?;
        let continued = match shard.take() {
            Some(shard) => shard,
            None => {
                let terms = block.header.terms;
                Shard::begin(shard_no, terms.ok_or_else(|| no_terms(shard_no))?)
            }
        };
        let shard = shard.insert(continued);
        if shard.follow(&block)? == Arrival::Late {
            return Err(misplaced(shard_no, number, block.header.number));
        }
        tail.blocks += bytes.len() as u64;
        progress(number - first + 1, last - first + 1);
    }
    Ok(shard.map(|shard| Restored { shard, tail }))
}

/// The shard of the newest snapshot and how many bytes that has, or what is wrong with it. The
/// outer fault is one of reading it.
fn from_snapshot(
    store: &mut impl Store,
    shard_no: u32,
    number: u64,
) -> Result<Result<(Shard, u64), Fault>, Fault> {
    let mut reader = SnapshotReader::new(shard_no);
    // If that is not all of it, its rows do not have their digest.
    store.read_snapshot(&mut |piece| reader.add(piece))?;
    let bytes = reader.bytes();
    Ok(reader.finish().and_then(|shard| {
        if shard.head().next_number == number + 1 {
            return Ok((shard, bytes));
        }
        Err(Fault::damage(
            format!("shard {shard_no}: the snapshot after block {number} is of another block"),
            "restore the data directory from a copy",
        ))
    }))
}

fn missing(shard: u32, number: u64, last: u64) -> Fault {
    Fault::damage(
        format!("shard {shard}: block {number} is missing, though block {last} is there"),
        "restore the data directory from a copy, or rebuild it from the events topic",
    )
}

/// A store has one block per number: what is late there was written to the wrong place.
fn misplaced(shard: u32, number: u64, is: u64) -> Fault {
    Fault::damage(
        format!("shard {shard}: in the place of block {number} is block {is}"),
        "restore the data directory from a copy, or rebuild it from the events topic",
    )
}

fn no_terms(shard: u32) -> Fault {
    Fault::damage(
        format!("shard {shard}: block 0 does not say what the chain was begun with"),
        "restore the data directory from a copy",
    )
}
