//! What blocks told and a run that ended too early did not write: told again from the blocks, with
//! the same ids. A settlement is written behind the sync of its block, so a full disk or a kill
//! between the two leaves it in the chain alone, and a command done again leaves none.

use groat_proto::v1::Settlement;
use groat_shard::{Block, Fault, Shard, Store};

/// Gives, in order, the settlements of a chain behind the last one that was told, which must be of
/// this chain; all of them if none was.
pub(super) fn tell_again(
    store: &mut impl Store,
    shard_no: u32,
    told: Option<&Settlement>,
    mut tell: impl FnMut(&Settlement) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let Some(last) = store.last() else { return told.map_or(Ok(()), |told| Err(foreign(told))) };
    let after = told.map_or(0, |told| told.event);
    let first = first_with(store, last, after)?;
    let Some(first) = first else { return told.map_or(Ok(()), |told| Err(foreign(told))) };
    let mut is_known = told.is_none();
    let (mut shard, from) = match store.snapshot()? {
        Some((number, bytes)) if number < first => match Shard::from_snapshot(shard_no, &bytes) {
            Ok(shard) => (Some(shard), number + 1),
            Err(_) => (None, 0),
        },
        _ => (None, 0),
    };
    for number in from..=last {
        let block = read(store, number)?;
        let begun = shard.take();
        let terms = block.header.terms;
        let begun = begun.or_else(|| terms.map(|terms| Shard::begin(shard_no, terms)));
        let shard = shard.insert(begun.ok_or_else(|| damaged(number, "it has no terms"))?);
        if number < first {
            let _ = shard.follow(&block)?;
            continue;
        }
        let (_, outbound) = shard.follow_and_tell(&block)?;
        for (_, settlement) in outbound.settlements() {
            let id = |settlement: &Settlement| (settlement.event, settlement.part);
            match told {
                Some(told) if id(&settlement) < id(told) => {}
                Some(told) if id(&settlement) == id(told) => {
                    is_known = (settlement.shard, settlement.at) == (told.shard, told.at);
                }
                _ if is_known => tell(&settlement)?,
                _ => {}
            }
        }
    }
    match told {
        Some(told) if !is_known => Err(foreign(told)),
        _ => Ok(()),
    }
}

/// The first block that has this event, or events at all for event 0.
fn first_with(store: &mut impl Store, last: u64, event: u64) -> Result<Option<u64>, Fault> {
    let (mut low, mut high) = (0, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let header = Block::peek(&bytes(store, middle)?).unwrap_or_default();
        let behind = header.first_event.saturating_add(header.events);
        if behind > event.max(1) { high = middle } else { low = middle + 1 }
    }
    Ok((low <= last).then_some(low))
}

fn read(store: &mut impl Store, number: u64) -> Result<Block, Fault> {
    let bytes = bytes(store, number)?;
    Block::parse(&bytes).map_err(|bad| damaged(number, &bad.to_string()))
}

fn bytes(store: &mut impl Store, number: u64) -> Result<Vec<u8>, Fault> {
    store.read(number)?.ok_or_else(|| damaged(number, "it is missing"))
}

fn damaged(number: u64, what: &str) -> Fault {
    Fault::damage(
        format!("block {number} cannot be read, which may have settlements to tell: {what}"),
        "keep a copy of the data directory, then see README \"When a data directory is damaged\"",
    )
}

fn foreign(told: &Settlement) -> Fault {
    Fault::new(
        format!(
            "the settlements that were written end with event {}, part {}, of shard {}, which the \
             data directory did not tell",
            told.event, told.part, told.shard
        ),
        "give the settlements file of this data directory, or a new one: it gets all of them",
    )
}
