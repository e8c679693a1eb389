//! Local mode: JSON lines in, outcomes out in input order, sled the log of record.
//!
//! | phase | function | statement |
//! |---|---|---|
//! | 1 | [`open`] | lock the directory, restore the shard, or begin a chain |
//! | | `again::tell_again` | settlements that an earlier run did not write are written |
//! | 2 | `lines::read` (thread) | lines become records, a malformed one keeps its complaint |
//! | 3 | [`Intake::step`] | records are stepped until a block is full or the input has a pause |
//! | 4 | [`Keeper::keep`] (thread) | blocks are sealed, added, synced: the one durability point |
//! | 5 | [`Answers::release`] | outcomes and settlements of synced blocks are written |

mod again;
pub mod files;
mod intake;
mod keeper;
pub(crate) mod lines;
mod outputs;

pub use intake::Intake;
pub use keeper::{Answers, Complaint, Keeper, Kept};
pub use outputs::{Outputs, Totals};

use crate::limits::{BLOCKS_WAITING_MAX, HANDOVER_INPUTS_MAX, HANDOVERS_WAITING_MAX, IDLE_TICK};
use groat_proto::v1::ChainTerms;
use groat_shard::limits::{ID_WINDOW_MS_DEFAULT, SNAPSHOT_BYTES_DEFAULT};
use groat_shard::{Checked, Fault, Restored, Shard, SledStore, Tail, hex, restore, terms_text};
use lines::Line;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
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
    /// A snapshot is taken when this many bytes of blocks have come since the last, and twice
    /// as many as it has.
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
    let mut first: Vec<Line> = Vec::new();
    let clock = settings.clock.unwrap_or_else(|| {
        let mut timed = None;
        while timed.is_none() && first.len() < HANDOVER_INPUTS_MAX {
            let Ok(lines) = take.recv() else { break };
            first.extend(lines);
            timed = first.iter().find_map(Line::has_time);
        }
        if timed == Some(true) { ClockSource::Command } else { ClockSource::Record }
    });
    let (intake, kept) = through(settings, clock, outputs, |intake| {
        consume(intake, first, &mut progress)?;
        until_the_input_ends(intake, &take, &mut progress)
    })?;
    drop(take);
    let panicked = || Fault::new("reading the input panicked", "please report it: a bug of groat");
    reader.join().unwrap_or_else(|_| Err(panicked()))?;
    let digest = hex(&intake.shard().books().digest());
    let last_event = intake.shard().head().next_event - 1;
    Ok(Summary { totals: outputs.totals, blocks: kept.blocks, digest, last_event })
}

/// Opens the directory, claims the shard, and runs `feed` with an intake whose blocks a keeper on
/// a thread of its own makes durable and answers. Returns when all of them are.
pub fn through(
    settings: &Settings,
    clock: ClockSource,
    answers: &mut (impl Answers + Send),
    feed: impl FnOnce(&mut Intake) -> Result<(), Fault>,
) -> Result<(Intake, Kept), Fault> {
    let (mut store, shard, tail) = open(settings, clock)?;
    if let Some(told) = answers.told() {
        again::tell_again(&mut store, LOCAL_SHARD, told.as_ref(), |settlement| {
            answers.tell_again(settlement)
        })?;
        answers.flush()?;
    }
    let (give, take) = sync_channel(BLOCKS_WAITING_MAX);
    let bytes_kept = Arc::new(AtomicU64::new(0));
    let keeper = Keeper::new(store, shard.head().previous, bytes_kept.clone(), answers);
    let mut intake = Intake::new(shard, settings.snapshot_bytes, tail, bytes_kept, give);
    std::thread::scope(|scope| {
        let keeper = scope.spawn(move || keeper.keep(&take));
        let fed = intake.claim().and_then(|()| feed(&mut intake)).and_then(|()| {
            intake.pause()?;
            // A snapshot that was begun is finished.
            while intake.rest_on()? {}
            Ok(())
        });
        intake.end();
        let panicked =
            || Fault::new("keeping the blocks panicked", "please report it: a bug of groat");
        // Where the keeper has stopped, the intake only knows that it is gone.
        let kept = keeper.join().unwrap_or_else(|_| Err(panicked()))?;
        fed.map(|()| (intake, kept))
    })
}

fn open(
    settings: &Settings,
    clock: ClockSource,
) -> Result<(Checked<SledStore>, Shard, Tail), Fault> {
    let store = SledStore::open(&settings.data)?;
    store.begins_with_the_first()?;
    let mut store = Checked::new(store);
    let wanted = ChainTerms {
        shards: 1,
        command_clock: clock == ClockSource::Command,
        id_window_ms: ID_WINDOW_MS_DEFAULT,
        day_offset_min: settings.day_offset_min,
        transfers: false,
    };
    let restored = restore(&mut store, LOCAL_SHARD, |_, _| {})?;
    let (shard, tail) = match restored {
        Some(Restored { shard, tail }) => (shard, tail),
        None => (Shard::begin(LOCAL_SHARD, wanted), Tail::default()),
    };
    let terms = *shard.books().terms();
    let differs = settings.clock.is_some() && terms.command_clock != wanted.command_clock;
    if differs || (shard.head().next_number > 0 && terms.day_offset_min != wanted.day_offset_min) {
        let data = settings.data.display();
        return Err(Fault::new(
            format!("{data} was begun with other terms: {}", terms_text(&terms)),
            "leave out --clock and give the same --day-offset, or take a new directory",
        ));
    }
    Ok((store, shard, tail))
}

fn until_the_input_ends(
    intake: &mut Intake,
    take: &Receiver<Vec<Line>>,
    progress: &mut impl FnMut(u64),
) -> Result<(), Fault> {
    loop {
        let lines = match take.try_recv() {
            Ok(lines) => lines,
            Err(TryRecvError::Disconnected) => return Ok(()),
            Err(TryRecvError::Empty) => {
                // A pause: whoever waits for an answer gets it now.
                intake.pause()?;
                if intake.rest_on()? {
                    continue;
                }
                match take.recv_timeout(IDLE_TICK) {
                    Ok(lines) => lines,
                    Err(RecvTimeoutError::Timeout) => {
                        intake.tick()?;
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return Ok(()),
                }
            }
        };
        consume(intake, lines, progress)?;
    }
}

fn consume(
    intake: &mut Intake,
    lines: Vec<Line>,
    progress: &mut impl FnMut(u64),
) -> Result<(), Fault> {
    for line in lines {
        if let Some(reason) = line.complaint {
            intake.complain(line.number, reason);
        }
        intake.step(&line.record)?;
        progress(line.bytes_read);
    }
    Ok(())
}
