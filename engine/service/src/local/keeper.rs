//! The back of the local pipeline: seals blocks, makes them durable, lets their answers go. Blocks
//! that arrive while one is synced share the next sync.

use crate::clock;
use crate::limits::BLOCKS_PER_SYNC_MAX;
use groat_proto::v1;
use groat_shard::{Checked, Closed, Fault, Hash, Outbound, Piece, Sealed, SledStore, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvError, TryRecvError};
use std::time::Duration;

/// Where the answers of durable blocks go.
pub trait Answers {
    /// Why a record of the next blocks is no command.
    fn complain(&mut self, complaint: Complaint) -> Result<(), Fault>;

    /// What a durable block has for the outside.
    fn release(&mut self, outbound: &Outbound) -> Result<(), Fault>;

    /// All that is durable was released.
    fn flush(&mut self) -> Result<(), Fault>;

    /// Where what earlier runs left untold is to be told: the last settlement that was, if any.
    fn told(&self) -> Option<Option<v1::Settlement>> {
        None
    }

    /// A settlement of an earlier run that was not told.
    fn tell_again(&mut self, _: &v1::Settlement) -> Result<(), Fault> {
        Ok(())
    }
}

/// Why a line of the input is no command.
#[derive(Debug, Clone)]
pub struct Complaint {
    /// The offset of its record.
    pub offset: u64,
    /// Its number in the input, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// What the intake hands over, in order.
pub(super) enum Work {
    Block(Box<Closed>, Vec<Complaint>),
    /// Of the state after the last block that rests.
    Piece(Box<Piece>),
}

/// What was kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kept {
    /// Blocks made durable.
    pub blocks: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Syncs that they shared.
    pub syncs: u64,
    /// Time spent compressing and hashing.
    pub sealing: Duration,
    /// Time spent adding blocks to the store.
    pub appending: Duration,
    /// Time spent waiting for the disk.
    pub syncing: Duration,
    /// Time spent answering.
    pub answering: Duration,
}

/// See the module.
pub struct Keeper<'a, A> {
    store: Checked<SledStore>,
    answers: &'a mut A,
    previous: Hash,
    /// Number and hash of the last block that rests.
    resting: (u64, Hash),
    /// Whether a piece of a snapshot was the last that was handed over.
    rested_last: bool,
    /// Added and not yet synced.
    unsynced: Vec<Sealed>,
    kept: Kept,
    /// For the intake, which decides when a snapshot is due.
    bytes_kept: Arc<AtomicU64>,
}

impl<'a, A: Answers> Keeper<'a, A> {
    pub(super) fn new(
        store: Checked<SledStore>,
        previous: Hash,
        bytes_kept: Arc<AtomicU64>,
        answers: &'a mut A,
    ) -> Self {
        let kept = Kept::default();
        let resting = (0, previous);
        Keeper {
            store,
            answers,
            previous,
            resting,
            rested_last: false,
            unsynced: Vec::new(),
            kept,
            bytes_kept,
        }
    }

    /// Keeps what is handed over until nothing more comes.
    pub(super) fn keep(mut self, take: &Receiver<Work>) -> Result<Kept, Fault> {
        loop {
            let work = match take.try_recv() {
                Ok(work) => work,
                Err(TryRecvError::Disconnected) => break,
                Err(TryRecvError::Empty) => {
                    self.sync()?;
                    match take.recv() {
                        Ok(work) => work,
                        Err(RecvError) => break,
                    }
                }
            };
            match work {
                Work::Block(closed, complaints) => self.add(*closed, complaints)?,
                Work::Piece(piece) => self.rest(*piece)?,
            }
        }
        self.sync()?;
        Ok(self.kept)
    }

    fn rest(&mut self, piece: Piece) -> Result<(), Fault> {
        let (number, hash) = self.resting;
        // Where no block comes between two pieces, none is coming; finishing takes a while. Nobody
        // shall wait for an answer behind either.
        if self.rested_last || matches!(piece, Piece::Head(_)) {
            self.sync()?;
        }
        self.rested_last = true;
        piece.keep(number, hash, &mut self.store)
    }

    fn add(&mut self, closed: Closed, complaints: Vec<Complaint>) -> Result<(), Fault> {
        self.rested_last = false;
        complaints.into_iter().try_for_each(|complaint| self.answers.complain(complaint))?;
        closed.can_be_read()?;
        let from = clock::start();
        let rests = closed.rests();
        let (sealed, hash) = closed.seal(self.previous);
        self.previous = hash;
        if rests {
            self.resting = (sealed.number, hash);
        }
        let at_sealed = clock::start();
        self.store.append(sealed.number, &sealed.bytes)?;
        self.kept.sealing += at_sealed - from;
        self.kept.appending += at_sealed.elapsed();
        self.kept.blocks += 1;
        self.kept.bytes += sealed.bytes.len() as u64;
        self.bytes_kept.fetch_add(sealed.bytes.len() as u64, Ordering::Relaxed);
        self.unsynced.push(sealed);
        if self.unsynced.len() >= BLOCKS_PER_SYNC_MAX { self.sync() } else { Ok(()) }
    }

    /// Makes what was added durable, then lets its answers go.
    fn sync(&mut self) -> Result<(), Fault> {
        if self.unsynced.is_empty() {
            return Ok(());
        }
        let from = clock::start();
        self.store.sync()?;
        let at_synced = clock::start();
        self.kept.syncs += 1;
        for sealed in self.unsynced.drain(..) {
            self.answers.release(&sealed.outbound)?;
        }
        self.answers.flush()?;
        self.kept.syncing += at_synced - from;
        self.kept.answering += at_synced.elapsed();
        Ok(())
    }
}
