//! What goes wrong by itself, and how often. Each seed draws its own weather, so that some runs
//! have one kind of trouble only, and some have all of them.

use super::chance::Chance;
use super::world::Act;
use groat::kafka::log::Topic;
use groat::limits::OPEN_BYTES_MAX;
use groat_shard::limits::BODY_BYTES_SEAL;
use std::cell::RefCell;

/// How a transaction ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndHow {
    /// As asked, and answered.
    Well,
    /// As asked and answered; readers see it later.
    Hidden,
    /// As asked and answered; the request arrives once more, later.
    Twice,
    /// As asked; the answer is lost.
    AnswerLost,
    /// The request is lost.
    RequestLost,
    /// The request arrives later.
    Late,
    /// Torn: the block is committed, the rest not, or only some of it; the answer is lost.
    BlockOnly,
    /// Torn: the block is not committed, the rest is; the answer is lost.
    AllButBlock,
    /// It ends in no partition of this topic, or of any; that takes so long that the answer counts
    /// for nothing.
    Unended(Option<Topic>),
    /// Acknowledged, and it ends in no partition of this topic.
    QuietlyUnended(Topic),
    /// Acknowledged, and the block is lost.
    BlockGone,
}

impl EndHow {
    /// Whether the answer is that all went well, so that whoever asked has no trouble.
    pub fn is_answered_well(self) -> bool {
        let well = matches!(self, EndHow::Well | EndHow::Hidden | EndHow::Twice);
        well || matches!(self, EndHow::BlockGone | EndHow::QuietlyUnended(_))
    }

    /// For the count of what happened.
    pub fn name(self) -> &'static str {
        match self {
            EndHow::Well => "a transaction ended well",
            EndHow::Hidden => "a transaction was seen late",
            EndHow::Twice => "an end of a transaction was sent twice",
            EndHow::AnswerLost => "an answer to a commit was lost",
            EndHow::RequestLost => "a commit was lost",
            EndHow::Late => "a commit arrived late",
            EndHow::BlockOnly => "a transaction was torn: the block is there",
            EndHow::AllButBlock => "a transaction was torn: the block is not there",
            EndHow::Unended(_) => "a transaction did not end in every partition",
            EndHow::QuietlyUnended(_) => "an acknowledged transaction did not end everywhere",
            EndHow::BlockGone => "an acknowledged block was lost",
        }
    }
}

/// One in so many; 0 is never.
#[derive(Clone, Copy, Default, Debug)]
pub struct Weather {
    /// A process dies at a call.
    pub crash: u64,
    /// A process freezes at a call.
    pub freeze: u64,
    /// A process stands still for longer than a transaction may be open.
    pub stall: u64,
    /// A call of the producer or reader fails.
    pub fail: u64,
    /// A record is delivered too late.
    pub write_late: u64,
    /// A transaction ends otherwise than well.
    pub end: u64,
    /// An acknowledged block is lost.
    pub block_gone: u64,
    /// Input is trimmed before it is decided.
    pub trim: u64,
    /// What one shard sent another comes again.
    pub again: u64,
    /// A disk is damaged, full, or fails a sync; a directory is lost.
    pub disk: u64,
    /// Shards are given to others.
    pub rebalance: u64,
    /// Clocks of machines jump.
    pub clock: u64,
    /// A snapshot is taken after so many bytes of blocks.
    pub snapshot_bytes: u64,
    /// What falls due is spread over blocks of an event or two.
    pub small_blocks: bool,
    /// Whoever asks for input is given all there is, not some of it.
    pub whole_polls: bool,
}

impl Weather {
    /// Weather of a seed.
    pub fn draw(chance: &mut Chance) -> Weather {
        let mut rate = |often: u64, seldom: u64| match chance.below(4) {
            0 | 1 => 0,
            2 => seldom,
            _ => often,
        };
        Weather {
            crash: rate(60, 400),
            freeze: rate(60, 400),
            stall: rate(300, 2_000),
            fail: rate(25, 200),
            write_late: rate(15, 100),
            end: rate(3, 15),
            block_gone: 0,
            trim: 0,
            again: 0,
            disk: rate(10, 60),
            rebalance: rate(6, 40),
            clock: rate(10, 60),
            snapshot_bytes: [500, 4_000, 1 << 40][chance.index(3)],
            small_blocks: chance.index(2) == 0,
            whole_polls: false,
        }
    }

    /// Bytes of the blocks over which is spread what falls due.
    pub fn block_bytes(self) -> usize {
        if self.small_blocks { 100 } else { BODY_BYTES_SEAL }
    }

    /// Bytes after which a block takes nothing more.
    pub fn open_bytes(self) -> usize {
        if self.small_blocks { 2_000 } else { OPEN_BYTES_MAX }
    }

    /// What happens at a call.
    pub fn act(self, chance: &RefCell<Chance>) -> Option<Act> {
        let mut chance = chance.borrow_mut();
        if chance.one_in(self.crash) {
            return Some(Act::Crash);
        }
        if chance.one_in(self.freeze) {
            return Some(Act::Freeze(1 + chance.below(30) as u32));
        }
        if chance.one_in(self.stall) {
            return Some(Act::Stall(20_000));
        }
        None
    }

    /// How a transaction ends.
    pub fn end_of_transaction(self, chance: &mut Chance) -> EndHow {
        if chance.one_in(self.block_gone) {
            return EndHow::BlockGone;
        }
        if !chance.one_in(self.end) {
            return EndHow::Well;
        }
        match chance.below(8) {
            0 => EndHow::Hidden,
            1 => EndHow::Twice,
            2 => EndHow::AnswerLost,
            3 => EndHow::RequestLost,
            4 => EndHow::Late,
            5 => EndHow::BlockOnly,
            6 => {
                EndHow::Unended([None, Some(Topic::Events), Some(Topic::Outcomes)][chance.index(3)])
            }
            _ => EndHow::AllButBlock,
        }
    }
}
