//! The chain: which block may follow. Readers and writers keep the same head by the same rule.

use crate::block::{Block, Hash, hex};
use groat_proto::v1::{ChainTerms, InputRange};
use std::fmt;

/// Where a chain stands.
#[derive(Clone, PartialEq, Debug)]
pub struct ChainHead {
    /// The shard.
    pub shard: u32,
    /// The highest epoch seen.
    pub epoch: u64,
    /// The number of the next block.
    pub next_number: u64,
    /// The number of the next event.
    pub next_event: u64,
    /// The hash of the last block; zeros before the first.
    pub previous: Hash,
    /// The ledger's time after the last block.
    pub time: u64,
    /// The last offset consumed of each input.
    pub positions: Vec<InputRange>,
    /// What the chain was begun with; none before the first block.
    pub terms: Option<ChainTerms>,
}

/// The terms of a chain in words.
pub fn terms_text(terms: &ChainTerms) -> String {
    let clock = if terms.command_clock { "command" } else { "record" };
    let (offset, hours) = (terms.day_offset_min, terms.id_window_ms / 3_600_000);
    format!(
        "{} partitions, clock = {clock}, day_offset = {offset}, id_window_hours = {hours}",
        terms.shards
    )
}

/// What a block is to a chain it does not break.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Arrival {
    /// It is the next one.
    Next,
    /// It came too late: of an owner that another has followed, or once more. It is no part of the
    /// chain, and nothing of it counts.
    Late,
}

/// Why a block does not continue a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainBreak(pub String);

impl fmt::Display for ChainBreak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ChainHead {
    /// Before the first block of a shard.
    pub fn new(shard: u32) -> ChainHead {
        ChainHead {
            shard,
            epoch: 0,
            next_number: 0,
            next_event: 1,
            previous: [0; 32],
            time: 0,
            positions: Vec::new(),
            terms: None,
        }
    }

    /// The first offset of an input that was not consumed yet.
    pub fn next_offset(&self, topic: &str, partition: u32) -> u64 {
        let position = self.positions.iter().find(|p| p.topic == topic && p.partition == partition);
        position.map_or(0, |p| p.last_offset.saturating_add(1))
    }

    /// Accepts the next block, tells a late one apart, or says why the chain is broken. An owner
    /// that wakes after it was followed may still write: so a lower epoch or number is nobody's
    /// fault. A number that is too high is a gap, another block before it a fork.
    pub fn accept(&mut self, block: &Block) -> Result<Arrival, ChainBreak> {
        let h = &block.header;
        let broken = |what: String| Err(ChainBreak(format!("block {}: {what}", h.number)));
        if h.shard != self.shard {
            return broken(format!("it is of shard {}, not of shard {}", h.shard, self.shard));
        }
        if h.epoch < self.epoch || h.number < self.next_number {
            return Ok(Arrival::Late);
        }
        if h.number > self.next_number {
            let next = self.next_number;
            return broken(format!("the next block is number {next}: what is between is missing"));
        }
        if h.previous != self.previous {
            let (names, is) = (hex(&h.previous), hex(&self.previous));
            return broken(format!("it names {names} as the block before, which has hash {is}"));
        }
        if h.first_event != self.next_event {
            let (first, next) = (h.first_event, self.next_event);
            return broken(format!("its first event is {first}; the next event is {next}"));
        }
        if h.time < self.time {
            return broken(format!("its time {} is before {}", h.time, self.time));
        }
        if h.terms.is_some() != (h.number == 0) {
            return broken("the chain's terms belong into block 0 and nowhere else".into());
        }
        for range in &h.inputs {
            let next = self.next_offset(&range.topic, range.partition);
            if range.first_offset < next || range.last_offset < range.first_offset {
                let (topic, first) = (&range.topic, range.first_offset);
                return broken(format!(
                    "it consumes {topic} from offset {first}; the next offset is {next}"
                ));
            }
        }
        self.move_on(block);
        Ok(Arrival::Next)
    }

    fn move_on(&mut self, block: &Block) {
        let h = &block.header;
        self.epoch = h.epoch;
        self.next_number = h.number.saturating_add(1);
        self.next_event = h.first_event.saturating_add(h.events);
        self.previous = block.hash;
        self.time = h.time;
        if h.terms.is_some() {
            self.terms = h.terms;
        }
        for range in &h.inputs {
            let same =
                |p: &&mut InputRange| p.topic == range.topic && p.partition == range.partition;
            match self.positions.iter_mut().find(same) {
                Some(position) => *position = range.clone(),
                None => self.positions.push(range.clone()),
            }
        }
    }
}
