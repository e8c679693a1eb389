//! The life of a shard under one owner, against two narrow traits, so that the same code runs on
//! a broker and in tests.
//!
//! | phase | function | statement |
//! |---|---|---|
//! | 1 | `restore_local` | the local copy, or nothing if it is damaged and set aside |
//! | 2 | [`Log::take_over`] | the last owner is fenced; the log's tail is followed |
//! | 3 | `claim` | an empty block with a higher epoch is committed: the shard is ours |
//! | 4 | [`Source::start_at`] | input begins where the chain ends, or that is a fault |
//! | 5 | `Turns::turn` | input is stepped and closed into blocks |
//! | 6 | `Writer::write` | beside that, a block is sealed, **committed to the log**, kept in sled |
//!
//! Nothing of a block leaves but in the commit itself.

use super::counters::Counters;
use super::turns::Turns;
use super::writer::{Writer, Written};
use crate::clock;
use crate::limits::BLOCKS_DECIDED_MAX;
use groat_proto::v1::ChainTerms;
use groat_shard::{
    Block, Checked, Fault, Restored, Sealed, Shard, SledStore, Store, Tail, hex, restore,
    terms_text,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

/// The log of record of one shard.
pub trait Log {
    /// Fences whoever held the shard before, then gives every block from number `from` on.
    fn take_over(
        &mut self,
        from: u64,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault>;

    /// Commits a block, its outcomes and settlements and the position behind its inputs, all or
    /// nothing. Returns when that is certain; a fault means that this owner must stop.
    fn commit(&mut self, sealed: &Sealed, inputs: &[Input]) -> Result<(), Fault>;
}

/// The input of one shard.
pub trait Source {
    /// Begins at this offset; a fault when the topic no longer or not yet has it.
    fn start_at(&mut self, offset: u64) -> Result<(), Fault>;

    /// Waits so long for input at most, then takes what is there, bounded.
    fn poll(&mut self, wait: Duration, inputs: &mut Vec<Input>) -> Result<(), Fault>;

    /// Whether all that is in the input now was taken. Not when that cannot be known: that nothing
    /// came for a moment means little.
    fn is_at_end(&mut self) -> bool;
}

/// A record of the `commands` topic.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its offset.
    pub offset: u64,
    /// Its time in milliseconds since 1970.
    pub time: u64,
    /// Its key.
    pub key: Vec<u8>,
    /// Its value.
    pub record: Vec<u8>,
}

/// What a shard is run with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The shard.
    pub shard: u32,
    /// Its data directory.
    pub data: PathBuf,
    /// The terms a new chain is begun with; an old one must have the same.
    pub terms: ChainTerms,
    /// The topic of its input, as named in blocks.
    pub topic: String,
    /// A snapshot is taken when this many bytes of blocks have come since the last.
    pub snapshot_bytes: u64,
}

/// Runs a shard until `stop`.
pub fn own(
    settings: &Settings,
    log: &mut (impl Log + Send),
    source: &mut impl Source,
    stop: &AtomicBool,
    counters: &Counters,
) -> Result<(), Fault> {
    let (Restored { mut shard, tail }, store) = start(settings, log, source)?;
    let (written, previous) = (Written::default(), shard.head().previous);
    let writer = Writer { log, store, previous, written: &written, counters };
    let mut turns = Turns::new(settings, source, &mut shard, tail, &written, counters);
    std::thread::scope(|scope| {
        let (give, take) = sync_channel(BLOCKS_DECIDED_MAX);
        let hand_over = |block| {
            let from = clock::start();
            // A writer that is gone says why when it is joined.
            let _ = give.send(block);
            counters.add(|done| done.handing_over += from.elapsed());
        };
        let name = format!("shard-{}-log", settings.shard);
        let writing = std::thread::Builder::new().name(name);
        let writing = writing.spawn_scoped(scope, move || writer.write_all(take));
        let writing = writing.map_err(|e| Fault::new(format!("no thread: {e}"), "free memory"))?;
        let mut decided = Ok(());
        while decided.is_ok() && !stop.load(Ordering::Relaxed) && !writing.is_finished() {
            decided = turns.turn().map(|block| block.into_iter().for_each(hand_over));
        }
        if decided.is_ok() {
            turns.close().into_iter().for_each(hand_over);
        }
        drop(give);
        let bug = |_| Fault::new("a writer has died", "this is a bug of groat; please report it");
        writing.join().map_err(bug)?.and(decided)
    })?;
    tracing::info!(
        shard = settings.shard,
        blocks = shard.head().next_number,
        state_digest = hex(&shard.books().digest()),
        "shard is released"
    );
    Ok(())
}

/// Restores the shard, takes it over and claims it; its input is at the right place then.
fn start(
    settings: &Settings,
    log: &mut impl Log,
    source: &mut impl Source,
) -> Result<(Restored, LocalStore), Fault> {
    let (mut store, local) = restore_local(settings)?;
    let Restored { mut shard, tail } = catch_up(settings, log, &mut store, local)?;
    let claim = shard.claim();
    log.commit(&claim, &[])?;
    store.append(claim.number, &claim.bytes)?;
    let next = shard.head().next_offset(&settings.topic, settings.shard);
    source.start_at(next)?;
    tracing::info!(
        shard = settings.shard,
        block = claim.number,
        epoch = shard.head().epoch,
        next_offset = next,
        state_digest = hex(&shard.books().digest()),
        "shard is owned"
    );
    Ok((Restored { shard, tail }, store))
}

type LocalStore = Checked<SledStore>;

/// The local copy. It is only a copy: a damaged one is set aside and made again from the log.
fn restore_local(settings: &Settings) -> Result<(LocalStore, Option<Restored>), Fault> {
    let opened = SledStore::open(&settings.data).map(Checked::new).and_then(|mut store| {
        let shard = restore(&mut store, settings.shard, |_, _| {})?;
        Ok((store, shard))
    });
    match opened {
        Ok(opened) => Ok(opened),
        Err(fault) if fault.is_damage => {
            let aside = set_aside(&settings.data)?;
            tracing::warn!(
                shard = settings.shard,
                aside = %aside.display(),
                "the local copy is damaged and set aside; it is made again from the log: {}",
                fault.what
            );
            Ok((Checked::new(SledStore::open(&settings.data)?), None))
        }
        Err(fault) => Err(fault),
    }
}

fn set_aside(data: &Path) -> Result<PathBuf, Fault> {
    let name = data.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let aside = data.with_file_name(format!("{name}.damaged-{}", clock::wall_ms()));
    fs::rename(data, &aside).map_err(|e| {
        Fault::new(
            format!("{} is damaged and cannot be set aside: {e}", data.display()),
            "move it away by hand and start again; it is made again from the log",
        )
    })?;
    Ok(aside)
}

/// Takes the shard over and follows the log to its end.
fn catch_up(
    settings: &Settings,
    log: &mut impl Log,
    store: &mut LocalStore,
    local: Option<Restored>,
) -> Result<Restored, Fault> {
    let local_head = local.as_ref().map(|local| local.shard.head().clone());
    // The last local block is read again from the log: both must be the same chain.
    let from = local_head.as_ref().map_or(0, |head| head.next_number - 1);
    let (mut shard, mut tail) = match local {
        Some(Restored { shard, tail }) => (Some(shard), tail),
        None => (None, Tail::default()),
    };
    let mut seen = false;
    log.take_over(from, &mut |bytes| {
        let block = Block::parse(bytes).map_err(|bad| {
            Fault::new(
                format!("shard {}: the log has a damaged block: {bad}", settings.shard),
                "run `groat-replay verify` on the events topic; restore the topic from a copy",
            )
        })?;
        if let Some(head) =
            local_head.as_ref().filter(|head| head.next_number > block.header.number)
        {
            seen = true;
            return if block.hash == head.previous {
                Ok(())
            } else {
                Err(forked(settings, &block))
            };
        }
        let continued = match shard.take() {
            Some(shard) => shard,
            None => Shard::begin(settings.shard, block.header.terms.unwrap_or(settings.terms)),
        };
        let shard = shard.insert(continued);
        shard.follow(&block)?;
        store.append(block.header.number, bytes)?;
        tail.blocks += bytes.len() as u64;
        seen = true;
        Ok(())
    })?;
    if local_head.is_some() && !seen {
        return Err(Fault::new(
            format!(
                "shard {}: the local copy ends at block {from}, which the log does not have: the \
                 events topic was deleted, trimmed or is another one",
                settings.shard
            ),
            "find out which is right; to accept the log, move the local data directory away",
        ));
    }
    store.sync()?;
    let shard = shard.unwrap_or_else(|| Shard::begin(settings.shard, settings.terms));
    same_terms(settings, &shard)?;
    Ok(Restored { shard, tail })
}

fn forked(settings: &Settings, block: &Block) -> Fault {
    Fault::new(
        format!(
            "shard {}: block {} of the log is not the one of the local copy",
            settings.shard, block.header.number
        ),
        "the local copy belongs to another log; move its data directory away and start again",
    )
}

fn same_terms(settings: &Settings, shard: &Shard) -> Result<(), Fault> {
    let (is, wanted) = (shard.books().terms(), &settings.terms);
    if is == wanted {
        return Ok(());
    }
    let advice = if is.shards == wanted.shards {
        "configure the same clock, day offset and id window as at the beginning of the chain"
    } else {
        "the number of partitions is fixed when the topics are made; it must not change"
    };
    let (is, wanted) = (terms_text(is), terms_text(wanted));
    let what = format!("shard {}: the chain has {is}; configured is {wanted}", settings.shard);
    Err(Fault::new(what, advice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use groat_proto::Message;
    use groat_proto::json::read_line;

    /// A log in memory that can lose the answer to a commit, before or after it took effect.
    #[derive(Default)]
    struct MemoryLog {
        blocks: Vec<Vec<u8>>,
        commits_left: usize,
        keeps_the_last: bool,
    }

    impl Log for MemoryLog {
        fn take_over(
            &mut self,
            from: u64,
            each: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
        ) -> Result<(), Fault> {
            let from = usize::try_from(from).unwrap();
            self.blocks.iter().skip(from).try_for_each(|block| each(block))
        }

        fn commit(&mut self, sealed: &Sealed, _: &[Input]) -> Result<(), Fault> {
            let lost = self.commits_left == 0;
            if !lost || self.keeps_the_last {
                self.blocks.push(sealed.bytes.clone());
            }
            self.commits_left = self.commits_left.saturating_sub(1);
            if lost { Err(Fault::new("the answer to a commit is lost", "none")) } else { Ok(()) }
        }
    }

    /// Commands in memory, given a few at a time; the owner is stopped at their end.
    struct MemorySource<'a> {
        records: &'a [Vec<u8>],
        next: usize,
        stop: &'a AtomicBool,
    }

    impl Source for MemorySource<'_> {
        fn start_at(&mut self, offset: u64) -> Result<(), Fault> {
            self.next = usize::try_from(offset).unwrap();
            Ok(())
        }

        fn poll(&mut self, _: Duration, inputs: &mut Vec<Input>) -> Result<(), Fault> {
            let before = inputs.len();
            let more = self.records.iter().enumerate().skip(self.next).take(3);
            inputs.extend(more.map(|(at, record)| Input {
                offset: at as u64,
                time: 0,
                key: Vec::new(),
                record: record.clone(),
            }));
            self.next += inputs.len() - before;
            self.stop.store(self.is_at_end(), Ordering::Relaxed);
            Ok(())
        }

        fn is_at_end(&mut self) -> bool {
            self.next >= self.records.len()
        }
    }

    fn records() -> Vec<Vec<u8>> {
        let open = |n: u32| {
            let id = format!("019c1000-0000-7000-8000-0000000000{n:02}");
            let line = format!(
                r#"{{"id":"{id}","open_ledger_account":{{"account":"a{n}","currency":"USD"}}}}"#
            );
            read_line(&line).unwrap().encode_to_vec()
        };
        (10..30).map(open).collect()
    }

    fn run(data: &Path, log: &mut MemoryLog, records: &[Vec<u8>]) -> Result<(), Fault> {
        let (command_clock, id_window_ms) = (true, 604_800_000);
        let terms = ChainTerms { shards: 1, command_clock, id_window_ms, day_offset_min: 0 };
        let topic = "memory".to_owned();
        let data = data.to_owned();
        let settings = Settings { shard: 0, data, terms, topic, snapshot_bytes: 2_000 };
        let stop = AtomicBool::new(false);
        let mut source = MemorySource { records, next: 0, stop: &stop };
        // As `own` does, one after the other.
        let (Restored { mut shard, tail }, store) = start(&settings, log, &mut source)?;
        let (written, counters) = (Written::default(), Counters::default());
        let previous = shard.head().previous;
        let mut turns = Turns::new(&settings, &mut source, &mut shard, tail, &written, &counters);
        let mut writer = Writer { log, store, previous, written: &written, counters: &counters };
        while !stop.load(Ordering::Relaxed) {
            turns.turn()?.map_or(Ok(()), |block| writer.write(block))?;
        }
        writer.write_all(turns.close())
    }

    fn digest(log: &MemoryLog) -> String {
        let first = Block::parse(&log.blocks[0]).unwrap();
        let mut shard = Shard::begin(0, first.header.terms.unwrap());
        for block in &log.blocks {
            shard.follow(&Block::parse(block).unwrap()).unwrap();
        }
        hex(&shard.books().digest())
    }

    /// Whether the block whose answer was lost is in the log or not, the next owner goes on from
    /// what is there: at every commit, with the local copy and without.
    #[test]
    fn an_owner_that_stops_at_any_commit_is_followed_by_one_that_goes_on() {
        let records = records();
        let whole = tempfile::tempdir().unwrap();
        let mut undisturbed = MemoryLog { commits_left: usize::MAX, ..MemoryLog::default() };
        run(whole.path(), &mut undisturbed, &records).unwrap();
        let expected = digest(&undisturbed);
        for commits_left in 0..undisturbed.blocks.len() {
            for (keeps_the_last, loses_the_copy) in
                [(false, false), (false, true), (true, false), (true, true)]
            {
                let dir = tempfile::tempdir().unwrap();
                let data = dir.path().join("shard-0");
                let mut log = MemoryLog { commits_left, keeps_the_last, ..MemoryLog::default() };
                run(&data, &mut log, &records).unwrap_err();
                if loses_the_copy {
                    fs::remove_dir_all(&data).unwrap();
                }
                log.commits_left = usize::MAX;
                run(&data, &mut log, &records).unwrap();
                let at = (commits_left, keeps_the_last, loses_the_copy);
                assert_eq!(digest(&log), expected, "{at:?}");
            }
        }
    }

    #[test]
    fn a_log_that_lost_blocks_is_noticed() {
        let records = records();
        let dir = tempfile::tempdir().unwrap();
        let mut log = MemoryLog { commits_left: usize::MAX, ..MemoryLog::default() };
        run(dir.path(), &mut log, &records).unwrap();
        log.blocks.truncate(2);
        let fault = run(dir.path(), &mut log, &records).unwrap_err();
        assert!(fault.what.contains("which the log does not have"), "{fault}");
    }
}
