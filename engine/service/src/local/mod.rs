//! Local mode: JSON lines in, outcomes out in input order, sled the log of record.
//!
//! | phase | function | statement |
//! |---|---|---|
//! | 1 | `open` | lock the directory, restore the shard, or begin a chain; claim it |
//! | 2 | `lines::read` (thread) | lines become records, a malformed one keeps its complaint |
//! | 3 | `Run::consume` | records are stepped until a block is full or the input has a pause |
//! | 4 | `Run::commit` | blocks are added and synced: the only durability point |
//! | 5 | `Run::release` | outcomes and settlements of synced blocks are written |

mod lines;
mod outputs;

pub use outputs::{Outputs, Totals};

use crate::clock;
use crate::limits::{
    BLOCKS_PER_SYNC_MAX, CLOCK_JUMP_MS_MAX, HANDOVER_INPUTS_MAX, HANDOVERS_WAITING_MAX, IDLE_TICK,
};
use groat_proto::v1::ChainTerms;
use groat_shard::limits::{ID_WINDOW_MS_DEFAULT, SNAPSHOT_BYTES_DEFAULT};
use groat_shard::{
    Checked, Fault, Inbound, Restored, Sealed, Shard, SledStore, Store, hex, restore, terms_text,
};
use lines::Line;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, sync_channel};

/// The name of the input in the blocks of local mode.
pub const LOCAL_TOPIC: &str = "local";

/// The only shard of local mode.
pub const LOCAL_SHARD: u32 = 0;

/// Where time comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockSource {
    /// From each command's `at`.
    Command,
    /// From the record: the broker's time, in local mode the time of reading.
    Record,
}

/// How a chain is begun where the directory is empty, and how snapshots are taken.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data directory.
    pub data: PathBuf,
    /// Where time comes from; none: from `at` if the first command has one.
    pub clock: Option<ClockSource>,
    /// Minutes that the business day is ahead of UTC.
    pub day_offset_min: i32,
    /// A snapshot is taken when this many bytes of blocks have come since the last.
    pub snapshot_bytes: u64,
}

impl Settings {
    /// The defaults for a data directory.
    pub fn new(data: &Path) -> Settings {
        Settings {
            data: data.into(),
            clock: None,
            day_offset_min: 0,
            snapshot_bytes: SNAPSHOT_BYTES_DEFAULT,
        }
    }
}

/// What a run did.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Counts of inputs and answers.
    pub totals: Totals,
    /// Blocks committed.
    pub blocks: u64,
    /// The digest of the state at the end.
    pub digest: String,
    /// The number of the last event in the chain.
    pub last_event: u64,
}

/// Runs until the input ends. `progress` hears how many bytes of input were decided.
pub fn run(
    settings: &Settings,
    input: impl BufRead + Send + 'static,
    outputs: &mut Outputs,
    mut progress: impl FnMut(u64),
) -> Result<Summary, Fault> {
    let (give, take) = sync_channel(HANDOVERS_WAITING_MAX);
    let reader = std::thread::Builder::new().name("lines".into());
    let reader = reader
        .spawn(move || lines::read(input, &give))
        .map_err(|e| Fault::new(format!("no thread to read the input: {e}"), "free some memory"))?;
    let mut pending: Vec<Line> = Vec::new();
    let clock = settings.clock.unwrap_or_else(|| {
        let mut timed = None;
        while timed.is_none() && pending.len() < HANDOVER_INPUTS_MAX {
            let Ok(lines) = take.recv() else { break };
            pending.extend(lines);
            timed = pending.iter().find_map(Line::has_time);
        }
        if timed == Some(true) { ClockSource::Command } else { ClockSource::Record }
    });
    let mut run = Run::open(settings, clock)?;
    run.consume(&pending, outputs, &mut progress)?;
    run.until_the_input_ends(&take, outputs, &mut progress)?;
    let panicked = || Fault::new("reading the input panicked", "please report it: a bug of groat");
    reader.join().unwrap_or_else(|_| Err(panicked()))?;
    let shard = &run.shard;
    let digest = hex(&shard.books().digest());
    let last_event = shard.head().next_event - 1;
    outputs.flush()?;
    Ok(Summary { totals: outputs.totals, blocks: run.blocks, digest, last_event })
}

struct Run {
    store: Checked<SledStore>,
    shard: Shard,
    /// Sealed and not yet synced.
    sealed: Vec<Sealed>,
    next_offset: u64,
    command_clock: bool,
    blocks: u64,
    snapshot_bytes: u64,
    bytes_since_snapshot: u64,
}

impl Run {
    fn open(settings: &Settings, clock: ClockSource) -> Result<Run, Fault> {
        let mut store = Checked::new(SledStore::open(&settings.data)?);
        let wanted = ChainTerms {
            shards: 1,
            command_clock: clock == ClockSource::Command,
            id_window_ms: ID_WINDOW_MS_DEFAULT,
            day_offset_min: settings.day_offset_min,
        };
        let restored = restore(&mut store, LOCAL_SHARD, |_, _| {})?;
        let (mut shard, bytes_since_snapshot) = match restored {
            Some(Restored { shard, tail_bytes }) => (shard, tail_bytes),
            None => (Shard::begin(LOCAL_SHARD, wanted), 0),
        };
        let terms = *shard.books().terms();
        let differs = settings.clock.is_some() && terms.command_clock != wanted.command_clock;
        if differs
            || (shard.head().next_number > 0 && terms.day_offset_min != wanted.day_offset_min)
        {
            return Err(Fault::new(
                format!(
                    "{} was begun with other terms: {}",
                    settings.data.display(),
                    terms_text(&terms)
                ),
                "leave out --clock and give the same --day-offset, or take a new directory",
            ));
        }
        let claim = shard.claim();
        let next_offset = shard.head().next_offset(LOCAL_TOPIC, LOCAL_SHARD);
        Ok(Run {
            store,
            shard,
            sealed: vec![claim],
            next_offset,
            command_clock: terms.command_clock,
            blocks: 0,
            snapshot_bytes: settings.snapshot_bytes,
            bytes_since_snapshot,
        })
    }

    fn until_the_input_ends(
        &mut self,
        take: &Receiver<Vec<Line>>,
        outputs: &mut Outputs,
        progress: &mut impl FnMut(u64),
    ) -> Result<(), Fault> {
        loop {
            let lines = match take.try_recv() {
                Ok(lines) => lines,
                Err(TryRecvError::Disconnected) => break,
                Err(TryRecvError::Empty) => {
                    // A pause: whoever waits for an answer gets it now.
                    self.commit(outputs)?;
                    match take.recv_timeout(IDLE_TICK) {
                        Ok(lines) => lines,
                        Err(RecvTimeoutError::Timeout) => {
                            self.tick()?;
                            continue;
                        }
                        Err(RecvTimeoutError::Disconnected) => break,
                    }
                }
            };
            self.consume(&lines, outputs, progress)?;
        }
        self.commit(outputs)
    }

    fn consume(
        &mut self,
        lines: &[Line],
        outputs: &mut Outputs,
        progress: &mut impl FnMut(u64),
    ) -> Result<(), Fault> {
        for line in lines {
            outputs.complain(line, self.next_offset)?;
            let time = if self.command_clock { 0 } else { self.wall()? };
            let inbound = Inbound { offset: self.next_offset, time, record: &line.record };
            self.shard.step(inbound);
            self.next_offset += 1;
            progress(line.bytes_read);
            if self.shard.is_full() {
                self.seal();
            }
            // A block with a digest is to be the last one before its snapshot.
            let snapshot_due = self.sealed.last().is_some_and(|sealed| sealed.has_digest);
            if snapshot_due || self.sealed.len() >= BLOCKS_PER_SYNC_MAX {
                self.commit(outputs)?;
            }
        }
        Ok(())
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

    /// Lets happen what fell due while nothing came in.
    fn tick(&mut self) -> Result<(), Fault> {
        if !self.command_clock {
            let now = self.wall()?;
            if self.shard.is_due(now) {
                self.shard.tick(now);
            }
        }
        Ok(())
    }

    fn seal(&mut self) {
        let due = self.bytes_since_snapshot >= self.snapshot_bytes;
        let sealed = self.shard.seal(LOCAL_TOPIC, due);
        self.bytes_since_snapshot += sealed.bytes.len() as u64;
        self.sealed.push(sealed);
    }

    /// Makes what was sealed durable, then lets its outcomes go.
    fn commit(&mut self, outputs: &mut Outputs) -> Result<(), Fault> {
        if self.shard.has_open() {
            self.seal();
        }
        if self.sealed.is_empty() {
            return Ok(());
        }
        for sealed in &self.sealed {
            self.store.append(sealed.number, &sealed.bytes)?;
        }
        self.store.sync()?;
        let last = self.sealed.last().map(|sealed| (sealed.number, sealed.has_digest));
        self.blocks += self.sealed.len() as u64;
        for sealed in self.sealed.drain(..) {
            outputs.release(&sealed.outbound)?;
        }
        outputs.flush()?;
        if let Some((number, true)) = last {
            self.store.put_snapshot(number, &self.shard.snapshot())?;
            self.bytes_since_snapshot = 0;
        }
        Ok(())
    }
}
