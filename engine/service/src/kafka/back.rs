//! The back of an owner: closed blocks are sealed, committed to the log and kept in sled, in the
//! order in which they were handed over. The front decides the next block meanwhile; a block that
//! is in trouble stops those behind it, and one that cannot be committed ends the owner, with all
//! that was decided after it.

use super::commit::{Commits, Work};
use super::log::Log;
use super::owner::Input;
use super::status::{ShardStatus, Tally};
use super::told::Leaving;
use crate::clock::Clock;
use crate::limits::JOBS_WAITING_MAX;
use groat_shard::{Checked, Closed, Fault, Hash, Messages, Piece, Store};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread::Scope;
use std::time::Duration;

/// What the front hands over.
pub enum Job {
    /// A block and the commands in it.
    Block(Box<Closed>, Vec<Input>),
    /// A piece of the state after the last block that rests.
    Piece(Box<Piece>),
}

/// A job that is done: what it was about is certain.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// The last block in the log, and its hash.
    pub block: (u64, Hash),
    /// Bytes of the block; of a piece, none.
    pub bytes: u64,
    /// The last offset of the commands in it.
    pub last_offset: Option<u64>,
    /// See [`Commits::told_after`].
    pub(super) told_after: Option<u64>,
}

/// How a front reaches the back.
pub trait Behind {
    /// Hands a job over; waits while too many wait.
    fn hand_over(&mut self, job: Job) -> Result<(), Fault>;

    /// The next job that is done, waited for so long, or without an end. Only while there is one.
    fn next_done(&mut self, wait: Option<Duration>) -> Result<Option<Done>, Fault>;

    /// Nothing more comes, and all is done: what was kept is synced.
    fn end(self) -> Result<(), Fault>;
}

/// See the module.
pub struct Back<St, L, K> {
    pub(super) commits: Commits<L>,
    pub(super) clock: K,
    pub(super) store: Checked<St>,
    /// The last block in the log.
    pub(super) last: (u64, Hash),
    /// The block after which the state is being put to rest.
    pub(super) resting: (u64, Hash),
    /// Where it says what was committed.
    pub(super) status: Arc<ShardStatus>,
}

impl<St: Store, L: Log, K: Clock> Back<St, L, K> {
    /// Does a job.
    pub(super) fn take(&mut self, job: Job) -> Result<Done, Fault> {
        let (mut bytes, mut last_offset) = (0, None);
        match job {
            Job::Block(closed, inputs) => {
                closed.can_be_read()?;
                let (rests, next_event) = (closed.rests(), closed.next_event());
                let (sealed, hash) = closed.seal(self.last.1);
                let messages = Messages::from(&sealed.outbound);
                let leaving = Leaving { messages, inputs, next_event };
                let (number, epoch) = (sealed.number, sealed.epoch);
                let work = Work { number, epoch, bytes: &sealed.bytes, leaving: &leaving };
                let begun = self.clock.elapsed();
                self.status.commits(sealed.number, self.clock.wall_ms());
                self.commits.commit(&self.clock, &work, false)?;
                let committed = self.clock.elapsed();
                self.last = (sealed.number, hash);
                let length = sealed.bytes.len() as u64;
                let events = next_event.saturating_sub(sealed.first_event);
                let told =
                    Tally::of(&leaving.messages, length, events, leaving.inputs.len() as u64);
                let (took, now) = (committed.saturating_sub(begun), self.clock.wall_ms());
                self.status.committed(sealed.number, &told, took, now);
                let writing = self.clock.elapsed();
                self.store.append(sealed.number, &sealed.bytes)?;
                self.status.has_written(self.clock.elapsed().saturating_sub(writing));
                if rests {
                    self.resting = self.last;
                }
                self.commits.has_left(leaving);
                (bytes, last_offset) = (length, sealed.last_offset);
            }
            // Only now: a snapshot says that all that left with the blocks before it is there.
            Job::Piece(piece) => {
                let is_whole = matches!(*piece, Piece::Head(_));
                piece.keep(self.resting.0, self.resting.1, &mut self.store)?;
                if is_whole {
                    self.status.has_rested(self.resting.0, self.clock.wall_ms());
                }
            }
        }
        let told_after = self.commits.told_after();
        Ok(Done { block: self.last, bytes, last_offset, told_after })
    }

    fn end(mut self) -> Result<(), Fault> {
        self.store.sync()
    }
}

/// The back on a thread of its own.
pub struct Thread {
    jobs: Option<SyncSender<Job>>,
    done: Receiver<Result<Done, Fault>>,
}

impl Thread {
    /// Starts it.
    pub(super) fn spawn<'scope, St, L, K>(
        scope: &'scope Scope<'scope, '_>,
        shard: u32,
        mut back: Back<St, L, K>,
    ) -> Result<Thread, Fault>
    where
        St: Store + Send + 'scope,
        L: Log + Send + 'scope,
        K: Clock + Send + 'scope,
    {
        let (jobs, take) = sync_channel(JOBS_WAITING_MAX);
        let (tell, done) = channel();
        let thread = std::thread::Builder::new().name(format!("commits-{shard}"));
        let spawned = thread.spawn_scoped(scope, move || {
            for job in take {
                let result = back.take(job);
                let has_failed = result.is_err();
                // Whoever does not hear it any more has a fault of its own.
                if tell.send(result).is_err() || has_failed {
                    return;
                }
            }
            let _ = back.end().map_err(|fault| tell.send(Err(fault)));
        });
        let no_thread = |e| {
            Fault::new(format!("shard {shard}: no thread commits its blocks: {e}"), "start again")
        };
        spawned.map_err(no_thread)?;
        Ok(Thread { jobs: Some(jobs), done })
    }

    fn gone() -> Fault {
        Fault::new("blocks are no longer committed", "see the fault before this one")
    }
}

impl Behind for Thread {
    fn hand_over(&mut self, job: Job) -> Result<(), Fault> {
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok());
        if sent {
            return Ok(());
        }
        // Its last words.
        self.done.try_iter().collect::<Result<Vec<Done>, Fault>>()?;
        Err(Thread::gone())
    }

    fn next_done(&mut self, wait: Option<Duration>) -> Result<Option<Done>, Fault> {
        let heard = match wait {
            Some(wait) => self.done.recv_timeout(wait),
            None => self.done.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match heard {
            Ok(done) => done.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Thread::gone()),
        }
    }

    fn end(mut self) -> Result<(), Fault> {
        self.jobs = None;
        self.done.iter().collect::<Result<Vec<Done>, Fault>>().map(|_| ())
    }
}

/// The back where the front is, for one thread: jobs are done when they are asked for.
pub struct Here<St, L, K> {
    back: Back<St, L, K>,
    waiting: VecDeque<Job>,
    /// Whether a job is done only where it is waited for, as if it took a while.
    lags: bool,
}

impl<St: Store, L: Log, K: Clock> Here<St, L, K> {
    /// With this back.
    pub fn new(back: Back<St, L, K>, lags: bool) -> Here<St, L, K> {
        Here { back, waiting: VecDeque::new(), lags }
    }
}

impl<St: Store, L: Log, K: Clock> Behind for Here<St, L, K> {
    fn hand_over(&mut self, job: Job) -> Result<(), Fault> {
        self.waiting.push_back(job);
        Ok(())
    }

    fn next_done(&mut self, wait: Option<Duration>) -> Result<Option<Done>, Fault> {
        if self.lags && wait == Some(Duration::ZERO) {
            return Ok(None);
        }
        self.waiting.pop_front().map(|job| self.back.take(job)).transpose()
    }

    fn end(self) -> Result<(), Fault> {
        self.back.end()
    }
}
