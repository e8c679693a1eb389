//! Follows a chain block by block: parse, accept, fold, and show each event with its place. What
//! an event means to a check or a report is theirs.

use crate::checks::Check;
use crate::source::{Chain, Progress};
use groat_proto::{Message, read_record, v1};
use groat_shard::limits::{RECORD_BYTES_MAX, RECORD_COMMANDS_MAX};
use groat_shard::{Arrival, Block, Books, ChainHead, Fault, Folded, FrameKind};
use serde::Serialize;
use std::fmt;
use std::ops::Range;

/// The first thing that does not hold, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The shard.
    pub shard: u32,
    /// The block.
    pub block: u64,
    /// The event, or the first one that can no longer be trusted.
    pub event: u64,
    /// Where it shows, where there is such a place.
    pub byte: Option<usize>,
    /// In what the byte is counted: `block` as stored, or its `body` before compression.
    pub byte_of: &'static str,
    /// The promise that is broken.
    pub check: &'static str,
    /// What is wrong.
    pub what: String,
}

/// Why a command has no result.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The books do not hold.
    #[error("the books do not hold: {0}")]
    Books(Box<Finding>),
    /// They cannot be read.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// What was asked for does not exist.
    #[error("{0}")]
    Usage(String),
    /// What was to be written cannot be.
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

impl Finding {
    /// Of the lines of bills, at an event.
    pub(crate) fn of_bills(at: &Place<'_>, event: u64, what: String) -> Finding {
        Finding {
            shard: at.shard,
            block: at.block,
            event,
            byte: Some(at.byte),
            byte_of: "body",
            check: Check::BillLines.name(),
            what,
        }
    }

    /// Of bills that do not agree with each other: no one event is to blame.
    pub(crate) fn of_statement(shard: u32, what: String) -> Finding {
        let nowhere = Place { shard, block: 0, byte: 0, command: &[] };
        Finding { byte: None, ..Finding::of_bills(&nowhere, 0, what) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shard {}, block {}, event {}", self.shard, self.block, self.event)?;
        if let Some(byte) = self.byte {
            write!(f, ", byte {byte} of the {}", self.byte_of)?;
        }
        write!(f, ": {} ({})", self.what, self.check)
    }
}

impl From<Finding> for Trouble {
    fn from(finding: Finding) -> Trouble {
        Trouble::Books(Box::new(finding))
    }
}

/// Where something shown by a fold stands.
#[derive(Debug)]
pub struct Place<'a> {
    /// The shard.
    pub shard: u32,
    /// The block.
    pub block: u64,
    /// Offset of the event's frame in the body; of the last event's elsewhere.
    pub byte: usize,
    /// Bytes of the command that an event is of; empty for what the clock owed.
    pub command: &'a [u8],
}

impl Place<'_> {
    /// The command, where there is one.
    pub fn command(&self) -> Option<v1::Command> {
        let bytes = Some(self.command).filter(|bytes| !bytes.is_empty())?;
        v1::Command::decode(bytes).ok()
    }
}

/// A reader's books and where its chain stands.
pub struct Follower {
    head: ChainHead,
    books: Option<Books>,
    /// Where a chain comes from a log, as it may there, and not from a store.
    may_be_late: bool,
    late: u64,
}

impl Follower {
    /// Before the first block of a chain.
    pub fn of(chain: &Chain) -> Follower {
        let (head, may_be_late) = (ChainHead::new(chain.shard()), chain.is_streamed());
        Follower { head, books: None, may_be_late, late: 0 }
    }

    /// Blocks that came too late and are no part of the chain.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Where the chain stands.
    pub fn head(&self) -> &ChainHead {
        &self.head
    }

    /// The books; none before the first block.
    pub fn books(&self) -> Option<&Books> {
        self.books.as_ref()
    }

    /// Reads the next block and checks that it is that; `None` when it is a late one, which is
    /// left out.
    pub fn accept(&mut self, bytes: &[u8]) -> Result<Option<Block>, Finding> {
        let (number, event) = (self.head.next_number, self.head.next_event);
        let shard = self.head.shard;
        let bad = |byte, check, what| Finding {
            shard,
            block: number,
            event,
            byte,
            byte_of: "block",
            check,
            what,
        };
        let chain = Check::Chain.name();
        let block = Block::parse(bytes).map_err(|b| bad(Some(b.at), chain, b.what))?;
        if self.head.accept(&block).map_err(|b| bad(None, chain, b.0))? == Arrival::Late {
            if !self.may_be_late {
                let is = block.header.number;
                return Err(bad(None, chain, format!("in its place is block {is}, a late one")));
            }
            self.late += 1;
            return Ok(None);
        }
        if self.books.is_none() {
            let terms = block.header.terms.ok_or_else(|| {
                bad(None, chain, "block 0 does not say what the chain was begun with".into())
            })?;
            self.books = Some(Books::new(shard, terms));
        }
        Ok(Some(block))
    }

    /// Applies the events of an accepted block, or of its beginning, and shows each.
    pub fn fold(
        &mut self,
        block: &Block,
        mut show: impl FnMut(&Books, &Place<'_>, Folded<'_>),
    ) -> Result<(), Finding> {
        let Some(books) = &mut self.books else { return Ok(()) };
        let mut cursor = Cursor::new(block);
        let (shard, number) = (self.head.shard, block.header.number);
        let folded = books.fold(block, |books, folded| {
            cursor.before(&folded);
            let (byte, command) = (cursor.byte, cursor.command_of(&folded));
            show(books, &Place { shard, block: number, byte, command }, folded);
        });
        folded.map_err(|bad| Finding {
            shard,
            block: number,
            event: bad.event,
            byte: Some(bad.at),
            byte_of: "body",
            check: "events fit the state",
            what: bad.what,
        })
    }
}

/// Reads a whole chain and shows every event.
pub fn read_chain(
    mut chain: Chain,
    progress: Progress<'_>,
    mut show: impl FnMut(&Books, &Place<'_>, Folded<'_>),
) -> Result<Follower, Trouble> {
    let mut follower = Follower::of(&chain);
    while let Some(bytes) = chain.next() {
        let Some(block) = follower.accept(&bytes?)? else { continue };
        follower.fold(&block, &mut show)?;
        progress(chain.done(), chain.total());
    }
    Ok(follower)
}

/// Where each command of a record lies; a record that is none has one answer, to no command.
pub(crate) fn commands_of(record: &[u8]) -> Vec<Range<usize>> {
    let view = read_record(record).ok().filter(|view| {
        record.len() <= RECORD_BYTES_MAX && view.commands.len() <= RECORD_COMMANDS_MAX
    });
    let no_command = 0..0;
    let Some(view) = view else { return vec![no_command] };
    let place = |bytes: &&[u8]| {
        let start = bytes.as_ptr() as usize - record.as_ptr() as usize;
        start..start + bytes.len()
    };
    view.commands.iter().map(place).collect()
}

/// Keeps pace with a fold: the frame of each event, the command it is of.
struct Cursor {
    /// Offsets of the frames with events, last first.
    frames: Vec<usize>,
    byte: usize,
    record: Vec<u8>,
    commands: Vec<Range<usize>>,
    decided: usize,
}

impl Cursor {
    fn new(block: &Block) -> Cursor {
        let events = block.frames().flatten().filter_map(|(at, kind, _)| match kind {
            FrameKind::Due | FrameKind::Event => Some(at),
            FrameKind::Input | FrameKind::Remittance | FrameKind::Decided | FrameKind::Clock => {
                None
            }
        });
        let mut frames: Vec<usize> = events.collect();
        frames.reverse();
        Cursor { frames, byte: 0, record: Vec::new(), commands: Vec::new(), decided: 0 }
    }

    fn before(&mut self, folded: &Folded<'_>) {
        match folded {
            Folded::Input(input) => {
                self.record.clone_from(&input.record);
                self.commands = commands_of(&self.record);
                self.decided = 0;
            }
            Folded::Remittance(_) => {
                self.record.clear();
                self.commands.clear();
                self.decided = 0;
            }
            Folded::Event { .. } => self.byte = self.frames.pop().unwrap_or(self.byte),
            Folded::Decided { .. } => self.decided += 1,
        }
    }

    fn command_of(&self, folded: &Folded<'_>) -> &[u8] {
        match folded {
            Folded::Event { due: false, .. } => {
                let range = self.commands.get(self.decided).cloned().unwrap_or(0..0);
                self.record.get(range).unwrap_or_default()
            }
            Folded::Event { due: true, .. }
            | Folded::Input(_)
            | Folded::Remittance(_)
            | Folded::Decided { .. } => &[],
        }
    }
}
