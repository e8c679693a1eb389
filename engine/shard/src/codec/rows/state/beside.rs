//! Work on rows beside whoever reads them.

use super::{BadRows, Slice};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, JoinHandle};

/// From so many bytes of rows on a thread is worth its start.
const WORTH_A_THREAD: usize = 1 << 20;

/// A part of a state, made row by row.
pub(super) trait Part: Send + 'static {
    type Whole: Send;
    fn add(&mut self, row: &Slice<'_>) -> Result<(), BadRows>;
    fn finish(self) -> Result<Self::Whole, BadRows>;
}

/// A part that is made at once while it is small, on a thread of its own from then on. Rows wait
/// for the thread as long as it takes: at worst there are as many as the state has.
pub(super) enum Beside<P: Part> {
    Here { part: Result<P, BadRows>, bytes: usize },
    There { give: Sender<Given<P>>, whole: JoinHandle<Result<P::Whole, BadRows>> },
}

/// What the thread is given: what is made already, whole rows and where in the state they begin,
/// and the word that these were all. Without that word it is given up.
pub(super) enum Given<P> {
    Begun(P),
    Rows { at: usize, rows: Vec<u8> },
    All,
}

impl<P: Part> Beside<P> {
    pub(super) fn new(part: P) -> Beside<P> {
        Beside::Here { part: Ok(part), bytes: 0 }
    }

    /// Takes whole rows; the first that is wrong is told at the end.
    pub(super) fn add(&mut self, at: usize, rows: &[u8]) {
        if let Beside::Here { bytes, .. } = self {
            *bytes += rows.len();
            if *bytes >= WORTH_A_THREAD {
                *bytes = 0;
                self.move_away();
            }
        }
        match self {
            Beside::Here { part, .. } => {
                let added = part.as_mut().map(|part| add_all(part, at, rows));
                if let Ok(Err(bad)) = added {
                    *part = Err(bad);
                }
            }
            // One that has stopped at a wrong row takes no more.
            Beside::There { give, .. } => {
                drop(give.send(Given::Rows { at, rows: rows.to_vec() }));
            }
        }
    }

    /// To a thread of its own; where none is to be had it stays.
    fn move_away(&mut self) {
        let (give, given) = channel();
        let Ok(whole) = Builder::new().name("restore".into()).spawn(move || make(&given)) else {
            return;
        };
        let there = Beside::There { give: give.clone(), whole };
        match std::mem::replace(self, there) {
            Beside::Here { part: Ok(part), .. } => drop(give.send(Given::Begun(part))),
            // What is wrong already stays so.
            here => *self = here,
        }
    }

    /// These were all rows. Gives a way to wait for the whole.
    pub(super) fn end(self) -> impl FnOnce() -> Result<P::Whole, BadRows> {
        let going_on = match self {
            Beside::Here { part, .. } => Err(part),
            Beside::There { give, whole } => {
                drop(give.send(Given::All));
                Ok(whole)
            }
        };
        || match going_on {
            Err(part) => part?.finish(),
            Ok(whole) => whole.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        }
    }
}

fn make<P: Part>(given: &Receiver<Given<P>>) -> Result<P::Whole, BadRows> {
    let given_up = || BadRows("its rows were not all given".into());
    let Ok(Given::Begun(mut part)) = given.recv() else { return Err(given_up()) };
    for given in given {
        match given {
            Given::Rows { at, rows } => add_all(&mut part, at, &rows)?,
            Given::All => return part.finish(),
            Given::Begun(_) => break,
        }
    }
    Err(given_up())
}

fn add_all(part: &mut impl Part, at: usize, rows: &[u8]) -> Result<(), BadRows> {
    let mut read = 0;
    while let Some(row) = Slice::next(rows, &mut read) {
        part.add(&Slice { start: at + row.start, ..row })?;
    }
    Ok(())
}
