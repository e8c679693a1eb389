//! The front of the local pipeline: steps records, closes blocks, hands them to the keeper.

use super::keeper::{Complaint, Work};
use super::{LOCAL_SHARD, LOCAL_TOPIC};
use crate::clock;
use crate::limits::CLOCK_JUMP_MS_MAX;
use groat_shard::limits::{BODY_BYTES_SEAL, SNAPSHOT_PIECE_BYTES};
use groat_shard::{Fault, Inbound, Shard, Tail};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;

/// See the module.
pub struct Intake {
    shard: Shard,
    /// None once the end was told.
    keeper: Option<SyncSender<Work>>,
    next_offset: u64,
    command_clock: bool,
    complaints: Vec<Complaint>,
    snapshot_bytes: u64,
    snapshot_asked: bool,
    /// Bytes of blocks kept in this run, as the keeper counts them.
    bytes_kept: Arc<AtomicU64>,
    bytes_at_snapshot: u64,
    /// What came after the last snapshot when those bytes were kept.
    tail: Tail,
}

impl Intake {
    pub(super) fn new(
        shard: Shard,
        snapshot_bytes: u64,
        tail: Tail,
        bytes_kept: Arc<AtomicU64>,
        keeper: SyncSender<Work>,
    ) -> Intake {
        let next_offset = shard.head().next_offset(LOCAL_TOPIC, LOCAL_SHARD);
        let command_clock = shard.books().terms().command_clock;
        Intake {
            shard,
            keeper: Some(keeper),
            next_offset,
            command_clock,
            complaints: Vec::new(),
            snapshot_bytes,
            snapshot_asked: false,
            bytes_kept,
            bytes_at_snapshot: 0,
            tail,
        }
    }

    /// The shard; blocks not yet kept are in it.
    pub fn shard(&self) -> &Shard {
        &self.shard
    }

    /// The offset that the next record gets.
    pub fn next_offset(&self) -> u64 {
        self.next_offset
    }

    /// An empty block with a higher epoch: the shard is ours.
    pub(super) fn claim(&mut self) -> Result<(), Fault> {
        let claim = self.shard.close_claim();
        self.hand_over(Work::Block(Box::new(claim), Vec::new()))
    }

    /// Notes why the next record is no command, as its line said it.
    pub(super) fn complain(&mut self, line: u64, reason: String) {
        self.complaints.push(Complaint { offset: self.next_offset, line, reason });
    }

    /// Steps a record; closes the block when it is full.
    pub fn step(&mut self, record: &[u8]) -> Result<(), Fault> {
        let time = if self.command_clock { 0 } else { self.wall()? };
        let inbound = Inbound { offset: self.next_offset, time, record };
        while let Some(until) = self.shard.much_due_before(&inbound) {
            self.pause()?;
            self.shard.tick_within(until, BODY_BYTES_SEAL);
            self.pause()?;
        }
        self.shard.step(inbound);
        self.next_offset += 1;
        if self.shard.is_full() { self.close() } else { Ok(()) }
    }

    /// Nothing more comes for now: what was stepped is closed and will be answered.
    pub fn pause(&mut self) -> Result<(), Fault> {
        if self.shard.has_open() { self.close() } else { Ok(()) }
    }

    /// Takes a snapshot of the state as it is now, whatever the blocks since the last.
    pub fn take_snapshot(&mut self) -> Result<(), Fault> {
        while self.rest_on()? {}
        self.snapshot_asked = true;
        self.close()
    }

    /// Lets happen what fell due while nothing came in.
    pub(super) fn tick(&mut self) -> Result<(), Fault> {
        if !self.command_clock {
            let now = self.wall()?;
            while self.shard.is_due(now) {
                self.shard.tick_within(now, BODY_BYTES_SEAL);
                self.pause()?;
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        let complaints = std::mem::take(&mut self.complaints);
        let bytes = self.bytes_kept.load(Ordering::Relaxed);
        let since = bytes.saturating_sub(self.bytes_at_snapshot);
        let tail = Tail { blocks: self.tail.blocks.saturating_add(since), ..self.tail };
        let is_due = self.snapshot_asked || tail.is_long(self.snapshot_bytes);
        let closed = if is_due && !self.shard.is_resting() {
            self.snapshot_asked = false;
            self.bytes_at_snapshot = bytes;
            self.tail = Tail::default();
            self.shard.close_and_rest(LOCAL_TOPIC)
        } else {
            self.shard.close(LOCAL_TOPIC)
        };
        self.hand_over(Work::Block(Box::new(closed), complaints))?;
        self.rest_on().map(|_| ())
    }

    /// Hands over the next piece of a snapshot, if one is being made.
    pub(super) fn rest_on(&mut self) -> Result<bool, Fault> {
        let Some(piece) = self.shard.rest_on(SNAPSHOT_PIECE_BYTES) else { return Ok(false) };
        self.tail.snapshot += piece.row_bytes();
        self.hand_over(Work::Piece(Box::new(piece)))?;
        Ok(true)
    }

    fn hand_over(&self, work: Work) -> Result<(), Fault> {
        let gone = || Fault::new("the blocks are no longer kept", "see the fault before this one");
        let keeper = self.keeper.as_ref().ok_or_else(gone)?;
        keeper.send(work).map_err(|_| gone())
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self) {
        self.keeper = None;
    }

    /// The wall clock, unless it is further ahead of the stream than anyone can mean.
    fn wall(&self) -> Result<u64, Fault> {
        let (wall, stream) = (clock::wall_ms(), self.shard.books().ledger().now());
        if stream > 0 && wall > stream + CLOCK_JUMP_MS_MAX {
            return Err(Fault::new(
                format!(
                    "the clock of this machine says {wall}, more than a year after {stream}, \
                         the time of the last event"
                ),
                "set the clock of this machine; a directory begun with --clock record that really \
                 rested for more than a year cannot be continued",
            ));
        }
        Ok(wall)
    }
}
