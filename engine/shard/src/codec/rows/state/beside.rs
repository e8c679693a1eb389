//! Work on rows beside whoever reads them.

use super::{BadRows, Slice};
use std::sync::mpsc::{Sender, channel};
use std::thread::{Builder, JoinHandle};

/// From so many bytes of rows on a thread is worth its start.
const WORTH_A_THREAD: usize = 1 << 20;

/// A part of a state, made row by row.
pub(super) trait Part: Send + 'static {
    type Whole: Send;
    fn add(&mut self, row: &Slice<'_>) -> Result<(), BadRows>;
    fn finish(self) -> Result<Self::Whole, BadRows>;
}

/// A part that is made at once while it is small, on a thread of its own from then on.
pub(super) enum Beside<P: Part> {
    Here { part: Result<P, BadRows>, bytes: usize },
    There { rows: Sender<Run>, whole: JoinHandle<Result<P::Whole, BadRows>> },
}

/// Rows, and where in the state they begin.
pub(super) struct Run {
    at: usize,
    rows: Vec<u8>,
}

impl<P: Part> Beside<P> {
    pub(super) fn new(part: P) -> Beside<P> {
        Beside::Here { part: Ok(part), bytes: 0 }
    }

    /// Takes whole rows; the first that is wrong is told at the end.
    pub(super) fn add(&mut self, at: usize, rows: &[u8]) {
        match self {
            Beside::Here { part: Err(_), .. } => {}
            Beside::Here { part, bytes } if *bytes + rows.len() < WORTH_A_THREAD => {
                *bytes += rows.len();
                let done = part.as_mut().map(|part| add_all(part, at, rows));
                if let Ok(Err(bad)) = done {
                    *part = Err(bad);
                }
            }
            Beside::Here { part, .. } => {
                let nothing = Err(BadRows("no thread could be started".into()));
                *self = Beside::begin(std::mem::replace(part, nothing));
                self.add(at, rows);
            }
            // One that has stopped at a wrong row takes no more.
            Beside::There { rows: give, .. } => drop(give.send(Run { at, rows: rows.to_vec() })),
        }
    }

    fn begin(part: Result<P, BadRows>) -> Beside<P> {
        let (give, rows) = channel::<Run>();
        let work = move || {
            let mut part = part?;
            for run in rows {
                add_all(&mut part, run.at, &run.rows)?;
            }
            part.finish()
        };
        match Builder::new().name("rows".into()).spawn(work) {
            Ok(whole) => Beside::There { rows: give, whole },
            Err(e) => {
                let bad = BadRows(format!("no thread could be started: {e}"));
                Beside::Here { part: Err(bad), bytes: 0 }
            }
        }
    }

    /// These were all rows. Gives a way to wait for the whole.
    pub(super) fn end(self) -> impl FnOnce() -> Result<P::Whole, BadRows> {
        let going_on = match self {
            Beside::Here { part, .. } => Err(part),
            Beside::There { whole, .. } => Ok(whole),
        };
        || match going_on {
            Err(part) => part?.finish(),
            Ok(whole) => whole.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        }
    }
}

fn add_all(part: &mut impl Part, at: usize, rows: &[u8]) -> Result<(), BadRows> {
    let mut read = 0;
    while let Some(row) = Slice::next(rows, &mut read) {
        part.add(&Slice { start: at + row.start, ..row })?;
    }
    Ok(())
}
