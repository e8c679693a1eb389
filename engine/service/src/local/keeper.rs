//! The back of the local pipeline: seals blocks, makes them durable, lets their answers go. Blocks
//! that arrive while one is synced share the next sync.

use crate::clock;
use crate::limits::BLOCKS_PER_SYNC_MAX;
use groat_proto::v1;
use groat_shard::{Checked, Closed, Fault, Hash, Outbound, Piece, Sealed, Store};
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
pub struct Keeper<'a, St, A> {
    store: Checked<St>,
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

impl<'a, St: Store, A: Answers> Keeper<'a, St, A> {
    pub(super) fn new(
        store: Checked<St>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use groat_proto::v1::ChainTerms;
    use groat_shard::Shard;
    use std::cell::RefCell;
    use std::sync::mpsc::sync_channel;

    /// What was called, in order.
    type Calls = RefCell<Vec<String>>;

    struct Recorder<'a> {
        calls: &'a Calls,
        fails_sync: bool,
    }

    impl Store for Recorder<'_> {
        fn last(&self) -> Option<u64> {
            None
        }

        fn append(&mut self, number: u64, _: &[u8]) -> Result<(), Fault> {
            self.calls.borrow_mut().push(format!("append {number}"));
            Ok(())
        }

        fn sync(&mut self) -> Result<(), Fault> {
            self.calls.borrow_mut().push("sync".into());
            if self.fails_sync { Err(Fault::new("the sync failed", "none")) } else { Ok(()) }
        }

        fn read(&mut self, _: u64) -> Result<Option<Vec<u8>>, Fault> {
            Ok(None)
        }

        fn add_to_snapshot(&mut self, _: u64, _: &[u8]) -> Result<(), Fault> {
            self.calls.borrow_mut().push("rows".into());
            Ok(())
        }

        fn finish_snapshot(&mut self, number: u64, _: &[u8]) -> Result<(), Fault> {
            self.calls.borrow_mut().push(format!("snapshot {number}"));
            Ok(())
        }

        fn snapshot_number(&mut self) -> Result<Option<u64>, Fault> {
            Ok(None)
        }

        fn read_snapshot(&mut self, _: &mut dyn FnMut(&[u8])) -> Result<bool, Fault> {
            Ok(false)
        }
    }

    struct Told<'a>(&'a Calls);

    impl Answers for Told<'_> {
        fn complain(&mut self, _: Complaint) -> Result<(), Fault> {
            Ok(())
        }

        fn release(&mut self, _: &Outbound) -> Result<(), Fault> {
            self.0.borrow_mut().push("release".into());
            Ok(())
        }

        fn flush(&mut self) -> Result<(), Fault> {
            self.0.borrow_mut().push("flush".into());
            Ok(())
        }
    }

    /// What a store and its answers are called for three blocks, the last of which rests, and the
    /// snapshot behind it; and how it ends.
    fn kept(fails_sync: bool) -> (Vec<String>, Result<u64, String>) {
        let terms = ChainTerms { shards: 1, id_window_ms: 1, ..ChainTerms::default() };
        let mut shard = Shard::begin(0, terms);
        let (give, take) = sync_channel(8);
        let closed = [shard.close_claim(), shard.close("in"), shard.close_and_rest("in")];
        closed.into_iter().for_each(|c| give.send(Work::Block(Box::new(c), Vec::new())).unwrap());
        while let Some(piece) = shard.rest_on(1 << 20) {
            give.send(Work::Piece(Box::new(piece))).unwrap();
        }
        drop(give);
        let calls = Calls::default();
        let store = Checked::new(Recorder { calls: &calls, fails_sync });
        let mut told = Told(&calls);
        let keeper = Keeper::new(store, shard.head().previous, Arc::default(), &mut told);
        let kept = keeper.keep(&take).map(|kept| kept.syncs).map_err(|fault| fault.what);
        // Of a snapshot that has no head nothing is left: its rows may come at any time.
        let calls = calls.into_inner().into_iter().filter(|call| call != "rows");
        (calls.collect(), kept)
    }

    /// Nothing is answered before its block is durable, and a snapshot comes behind the answers of
    /// the blocks that it stands for.
    #[test]
    fn answers_go_behind_the_sync_of_their_blocks() {
        let (calls, kept) = kept(false);
        let blocks = ["append 0", "append 1", "append 2", "sync", "release", "release", "release"];
        assert_eq!(calls[..8], [&blocks[..], &["flush"]].concat());
        assert_eq!(calls.last().map(String::as_str), Some("snapshot 2"));
        assert_eq!(kept, Ok(1));
    }

    #[test]
    fn nothing_is_answered_where_the_sync_fails() {
        let (calls, kept) = kept(true);
        assert_eq!(calls.last().map(String::as_str), Some("sync"));
        assert!(!calls.contains(&"release".to_owned()), "{calls:?}");
        assert_eq!(kept, Err("the sync failed".to_owned()));
    }
}
