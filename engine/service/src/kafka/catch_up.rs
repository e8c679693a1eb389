//! How an owner comes to the state of the chain: the local copy, or nothing if it is damaged and
//! set aside; then the log, block by block. Nothing here decides anything.

use super::owner::{Input, Settings};
use crate::clock;
use crate::config::Config;
use crate::limits::{BLOCKS_COMPARED_MAX, IDLE_PIECES};
use crate::routing::record_key;
use groat_proto::v1::{BlockHeader, ChainTerms, Record};
use groat_proto::{Message, v1};
use groat_shard::limits::SNAPSHOT_PIECE_BYTES;
use groat_shard::{
    Arrival, Block, Cause, Checked, Fault, FrameKind, Hash, Messages, Outbound, Restored, Shard,
    SledStore, Store, Tail, restore_to, terms_text,
};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Where a shard's local copy is kept.
pub trait LocalCopy {
    /// What it is kept in.
    type Store: Store;

    /// Opens it, making it if it is not there.
    fn open(&mut self) -> Result<Self::Store, Fault>;

    /// Moves a damaged one out of the way, and says where to. It is closed.
    fn set_aside(&mut self) -> Result<String, Fault>;
}

/// A local copy in a directory.
#[derive(Debug)]
pub struct Directory {
    /// The directory.
    pub path: PathBuf,
    /// The end of the name that a damaged one gets: the time, so that it is the only one.
    pub aside: String,
}

impl Directory {
    /// That of a shard, by the configuration.
    pub(super) fn of(config: &Config, shard: u32) -> Directory {
        let path = config.data.join(format!("shard-{shard}"));
        Directory { path, aside: clock::wall_ms().to_string() }
    }
}

impl LocalCopy for Directory {
    type Store = SledStore;

    fn open(&mut self) -> Result<SledStore, Fault> {
        SledStore::open(&self.path)
    }

    fn set_aside(&mut self) -> Result<String, Fault> {
        let name = self.path.file_name().map(|n| n.to_string_lossy().into_owned());
        let aside = format!("{}.damaged-{}", name.unwrap_or_default(), self.aside);
        let aside = self.path.with_file_name(aside);
        fs::rename(&self.path, &aside).map_err(|e| {
            Fault::new(
                format!("{} is damaged and cannot be set aside: {e}", self.path.display()),
                "move it away by hand and start again; it is made again from the log",
            )
        })?;
        Ok(aside.display().to_string())
    }
}

/// The last block that anything left with, as far as the chain was followed.
pub(super) struct LastWork {
    block: Block,
    outbound: Outbound,
}

impl LastWork {
    /// What left with it.
    pub(super) fn messages(&self) -> Messages {
        Messages::from(&self.outbound)
    }

    /// The number of its first event.
    pub(super) fn first_event(&self) -> u64 {
        self.block.header.first_event
    }

    /// Its inputs. A block does not have their keys: they get the routing key, which is the key of
    /// every command that came to the right shard.
    pub(super) fn inputs(&self) -> Vec<Input> {
        let inputs = self.block.frames().filter_map(|frame| match frame {
            Ok((_, FrameKind::Input, bytes)) => v1::Input::decode(bytes).ok(),
            _ => None,
        });
        let with_key = |v1::Input { offset, time, record }| {
            let first = Record::decode(record.as_slice()).ok();
            let owner = first.as_ref().and_then(|r| record_key(&r.commands));
            let key = owner.map_or_else(Vec::new, |id| id.to_string().into_bytes());
            Input { offset, time, key, record }
        };
        inputs.map(with_key).collect()
    }
}

/// The block after which the state is being put to rest.
pub(super) struct RestingAt {
    pub(super) number: u64,
    pub(super) hash: Hash,
    /// A snapshot says that all that left with the blocks before it is there. An owner knows that
    /// of its block; who follows sees it by the next block with anything in it.
    pub(super) is_told: bool,
}

/// A shard on its way to the end of its chain.
pub struct CatchUp<S> {
    pub(super) store: Checked<S>,
    /// None before the first block.
    pub(super) shard: Option<Shard>,
    pub(super) tail: Tail,
    /// None when all that left with the blocks is known to be there.
    pub(super) last_work: Option<LastWork>,
    /// Hashes of the last blocks of the local copy, by number: the log must have the same.
    local: BTreeMap<u64, Hash>,
    /// The hash of the block before the last local one.
    before_last: Option<Hash>,
    /// Whether the log was seen to have that one.
    has_before_last: bool,
    /// Blocks taken from the log.
    pub(super) taken: u64,
    late: u64,
    pub(super) resting: Option<RestingAt>,
}

impl<S: Store> CatchUp<S> {
    /// The local copy. It is only a copy: a damaged one is set aside and made again from the log.
    pub(super) fn from_local(
        settings: &Settings,
        copy: &mut impl LocalCopy<Store = S>,
    ) -> Result<CatchUp<S>, Fault> {
        match copy.open().map(Checked::new).and_then(|store| CatchUp::restored(settings, store)) {
            Err(fault) if fault.cause == Cause::Damage => {
                let aside = copy.set_aside()?;
                tracing::warn!(
                    shard = settings.shard,
                    aside,
                    "the local copy is damaged and set aside; it is made again from the log: {}",
                    fault.what
                );
                CatchUp::restored(settings, Checked::new(copy.open()?))
            }
            opened => opened,
        }
    }

    fn restored(settings: &Settings, mut store: Checked<S>) -> Result<CatchUp<S>, Fault> {
        let last_work = last_work_in(&mut store)?;
        // To the block before it, so that what left with it can be made again.
        let to = last_work.and_then(|number| number.checked_sub(1));
        let restored = match (to, last_work) {
            (Some(to), _) => {
                let read = |number, _| settings.status.has_read(number);
                restore_to(&mut store, settings.shard, to, read)?
            }
            (None, _) => None,
        };
        let (shard, tail) = match restored {
            Some(Restored { shard, tail }) => (Some(shard), tail),
            None => (None, Tail::default()),
        };
        let mut caught = CatchUp {
            store,
            shard,
            tail,
            last_work: None,
            local: BTreeMap::new(),
            before_last: None,
            has_before_last: false,
            taken: 0,
            late: 0,
            resting: None,
        };
        if let Some(last) = caught.store.last() {
            for number in caught.next_number()..=last {
                let bytes = caught.store.read(number)?;
                let missing = || damaged(settings, number, "it is missing");
                let bytes = bytes.ok_or_else(missing)?;
                let block = Block::parse(&bytes)
                    .map_err(|bad| damaged(settings, number, &bad.to_string()))?;
                if caught.follow(settings, block)? == Arrival::Late {
                    return Err(damaged(settings, number, "another block is in its place"));
                }
                caught.tail.blocks += bytes.len() as u64;
            }
            caught.note_local(last)?;
        }
        Ok(caught)
    }

    /// After it was followed for a while: the log is compared once more when the shard is taken
    /// over. What was followed may be gone there.
    pub(super) fn compare_again(&mut self) -> Result<(), Fault> {
        self.taken = 0;
        match self.store.last() {
            Some(last) if self.local.is_empty() => self.note_local(last),
            _ => Ok(()),
        }
    }

    /// Notes what the log is compared with: the last block, and those before it that are not in
    /// the snapshot.
    fn note_local(&mut self, last: u64) -> Result<(), Fault> {
        self.local.extend(self.shard.as_ref().map(|shard| (last, shard.head().previous)));
        let first = self.store.snapshot_number()?.map_or(0, |number| number + 1);
        for number in first.max((last + 1).saturating_sub(BLOCKS_COMPARED_MAX))..last {
            let bytes = self.store.read(number)?;
            // A block ends with its hash.
            let hash = bytes.as_deref().and_then(|bytes| bytes.last_chunk().copied());
            self.local.extend(hash.map(|hash| (number, hash)));
        }
        let previous = |bytes: Vec<u8>| Block::peek(&bytes)?.previous.try_into().ok();
        self.before_last = self.store.read(last)?.and_then(previous);
        Ok(())
    }

    /// The number of the next block.
    pub(super) fn next_number(&self) -> u64 {
        self.shard.as_ref().map_or(0, |shard| shard.head().next_number)
    }

    /// Where the log is to be read from. The last local blocks are read again, and one before
    /// them: both must be the same chain.
    pub(super) fn read_from(&self) -> u64 {
        self.local.keys().next().map_or(self.next_number(), |first| first.saturating_sub(1))
    }

    /// The log is read from there now.
    pub(super) fn begins_to_compare(&mut self) {
        self.has_before_last = false;
    }

    /// The last local block, if the log has the one before it and nothing in its place.
    pub(super) fn unlogged_last(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        let Some((last, hash)) = self.local.first_key_value() else { return Ok(None) };
        if !self.has_before_last || Some(*last) != self.store.last() {
            return Ok(None);
        }
        let bytes = self.store.read(*last)?;
        Ok(bytes.filter(|bytes| Block::parse(bytes).is_ok_and(|block| block.hash == *hash)))
    }

    /// Takes a block of the log; gives its header and hash if it is the next one.
    pub(super) fn take(
        &mut self,
        settings: &Settings,
        bytes: &[u8],
    ) -> Result<Option<(BlockHeader, Hash)>, Fault> {
        let block = Block::parse(bytes).map_err(|bad| {
            Fault::new(
                format!("shard {}: the log has a damaged block: {bad}", settings.shard),
                "run `groat-replay verify` on the events topic; restore the topic from a copy",
            )
        })?;
        let number = block.header.number;
        if let Some((expected, hash)) = self.local.first_key_value() {
            self.has_before_last |= self.before_last == Some(block.hash);
            // Before a block that both must have, nothing but what is late can stand.
            match number.cmp(expected) {
                Ordering::Less => {}
                Ordering::Equal if block.hash == *hash => drop(self.local.pop_first()),
                Ordering::Equal => return Err(forked(settings, number)),
                Ordering::Greater => return Err(no_such_block(settings, *expected)),
            }
            return Ok(None);
        }
        let (header, hash, is_claim) = (block.header.clone(), block.hash, is_claim(&block));
        if self.follow(settings, block)? == Arrival::Late {
            self.late += 1;
            tracing::warn!(
                shard = settings.shard,
                block = number,
                epoch = header.epoch,
                late = self.late,
                "a late block of an earlier owner is ignored"
            );
            return Ok(None);
        }
        self.store.append(number, bytes)?;
        self.tail.blocks += bytes.len() as u64;
        self.taken += 1;
        settings.status.has_read(number);
        if let Some(at) = &mut self.resting {
            at.is_told |= !is_claim;
        }
        Ok(Some((header, hash)))
    }

    /// As [`CatchUp::take`], and puts the state to rest where its owner does.
    pub(super) fn take_and_rest(&mut self, settings: &Settings, bytes: &[u8]) -> Result<(), Fault> {
        let Some((header, hash)) = self.take(settings, bytes)? else { return Ok(()) };
        if let Some(shard) = self.shard.as_mut().filter(|s| header.rests && !s.is_resting()) {
            shard.rest_as_followed();
            self.resting = Some(RestingAt { number: header.number, hash, is_told: false });
            self.tail = Tail::default();
        }
        self.rest_on()
    }

    /// Keeps the next pieces of the snapshot, if one is being made.
    pub(super) fn rest_on(&mut self) -> Result<(), Fault> {
        let (Some(at), Some(shard)) = (&self.resting, &mut self.shard) else { return Ok(()) };
        for _ in 0..IDLE_PIECES {
            if !at.is_told {
                break;
            }
            let Some(piece) = shard.rest_on(SNAPSHOT_PIECE_BYTES) else { break };
            self.tail.snapshot += piece.row_bytes();
            piece.keep(at.number, at.hash, &mut self.store)?;
        }
        Ok(())
    }

    /// After the log was read: whether the local copy and the settings are of this chain.
    pub(super) fn check(&self, settings: &Settings) -> Result<(), Fault> {
        if let Some(missing) = self.local.keys().next() {
            return Err(no_such_block(settings, *missing));
        }
        let Some(shard) = &self.shard else { return Ok(()) };
        same_terms(settings, shard)
    }

    fn follow(&mut self, settings: &Settings, block: Block) -> Result<Arrival, Fault> {
        let begin = || Shard::begin(settings.shard, block.header.terms.unwrap_or(settings.terms));
        let shard = self.shard.get_or_insert_with(begin);
        let (arrival, outbound) = shard.follow_and_tell(&block)?;
        if arrival == Arrival::Next && !is_claim(&block) {
            self.last_work = Some(LastWork { block, outbound });
        }
        Ok(arrival)
    }
}

/// The last block of a store that anything can have left with, unless a snapshot was taken after
/// it: that is done only when all of it was known to be there.
fn last_work_in(store: &mut impl Store) -> Result<Option<u64>, Fault> {
    let Some(last) = store.last() else { return Ok(None) };
    let snapshot = store.snapshot_number()?;
    let mut number = last;
    while snapshot.is_none_or(|snapshot| number > snapshot) {
        let bytes = store.read(number)?;
        let claim = bytes.is_some_and(|bytes| Block::parse(&bytes).is_ok_and(|b| is_claim(&b)));
        if !claim || number == 0 {
            return Ok(Some(number));
        }
        number -= 1;
    }
    Ok(Some(last + 1))
}

fn is_claim(block: &Block) -> bool {
    block.body.is_empty()
}

fn damaged(settings: &Settings, number: u64, what: &str) -> Fault {
    Fault::damage(
        format!("shard {}: block {number} of the local copy is damaged: {what}", settings.shard),
        "move the data directory away; it is made again from the log",
    )
}

fn forked(settings: &Settings, number: u64) -> Fault {
    Fault::new(
        format!(
            "shard {}: block {number} of the log is not the one of the local copy",
            settings.shard
        ),
        "the local copy belongs to another log, or the log has lost a block that was acknowledged; \
         find out which is right; to accept the log, move the local data directory away",
    )
}

fn no_such_block(settings: &Settings, number: u64) -> Fault {
    Fault::new(
        format!(
            "shard {}: the local copy has block {number}, which the log does not have: the events \
             topic was deleted, trimmed or is another one, or it has lost a block that was \
             acknowledged",
            settings.shard
        ),
        "find out which is right; to accept the log, move the local data directory away",
    )
}

fn same_terms(settings: &Settings, shard: &Shard) -> Result<(), Fault> {
    let is = shard.books().terms();
    // A chain goes on as it was begun, also from before shards sent to each other.
    let wanted = &ChainTerms { transfers: is.transfers, ..settings.terms };
    if is == wanted {
        return Ok(());
    }
    let advice = if is.shards == wanted.shards {
        "configure the same clock, day offset and id window as at the beginning of the chain"
    } else {
        "the number of partitions is fixed when the topics are made; it must not change"
    };
    let (is, wanted) = (terms_text(is), terms_text(wanted));
    let what = format!("shard {}: the chain has {is}; configured is {wanted}", settings.shard);
    Err(Fault::new(what, advice))
}
