//! A log and an input in memory: whoever stops at any commit is followed by one that goes on.

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

    fn poll(&mut self, inputs: &mut Vec<Input>) -> Result<(), Fault> {
        let more = self.records.iter().enumerate().skip(self.next).take(3);
        inputs.extend(more.map(|(at, record)| Input {
            offset: at as u64,
            time: 0,
            key: Vec::new(),
            record: record.clone(),
        }));
        self.next += inputs.len();
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
    own(&settings, log, &mut source, &stop)
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
