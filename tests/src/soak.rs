//! Load and soak: shards that send to each other under `groat serve` processes that join, leave and
//! are killed; beside it, on the same broker in the same run, a plain transactional copy of the
//! same records. What is left is looked at by another process, which knows nothing of this one.
//!
//! | phase | what |
//! |---|---|
//! | 1 | the commands are published, all of them |
//! | 2 | the plain copy: a thread for each partition |
//! | 3 | groat, by so many processes and no change: is it as fast as that? |
//! | 4 | the same commands under a new prefix, while processes come and go |
//! | 5 | the plain copy once more, for what the machine did meanwhile |
//! | 6 | the checker, as a process of its own, on both |

use crate::served::{Serving, Topics, is_in_transit};
use crate::worlds::across;
use groat::bench::{Way, make_copy, plain_copy};
use groat::kafka::Counters;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What is run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The broker.
    pub brokers: String,
    /// Partitions.
    pub shards: u32,
    /// Processes at any time.
    pub processes: usize,
    /// Orders: some three records of one or two commands each.
    pub orders: u64,
    /// The time between two changes.
    pub change_every: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Soaked {
    /// Records of commands.
    pub records: u64,
    /// Records a second: of the plain copy, before and after.
    pub copied: [u64; 2],
    /// Of groat, undisturbed.
    pub steady: u64,
    /// Of groat, while processes came and went.
    pub disturbed: u64,
    /// Processes that left in order, and that were killed.
    pub left: (u32, u32),
    /// The longest time without a commit on any shard while processes came and went.
    pub longest_silence: Duration,
    /// The prefixes, for the checker.
    pub prefixes: Vec<String>,
}

impl Soaked {
    /// groat's undisturbed figure in hundredths of the copy's.
    pub fn percent(&self) -> u64 {
        let [before, after] = self.copied;
        200 * self.steady / (before + after).max(1)
    }
}

/// Runs it.
pub fn soak(plan: &Plan) -> Soaked {
    let feed = across(plan.orders / 10 + 10, 20, plan.orders);
    let (lines, records) = (feed.lines().to_owned(), feed.records());
    let mut soaked = Soaked { records, ..Soaked::default() };
    let dir = tempfile::tempdir().unwrap();
    let fresh = |name: &str| {
        let topics = Topics::sharded(plan.brokers.clone(), name, plan.shards);
        topics.publish(&lines, records);
        topics
    };
    let (steady, disturbed) = (fresh("steady"), fresh("disturbed"));
    soaked.prefixes = [&steady, &disturbed].map(|topics| topics.config().prefix).into();
    soaked.copied[0] = copy(plan, &steady, records, "copy-before");
    {
        let serving: Vec<_> = (0..plan.processes).map(|no| join(&steady, dir.path(), no)).collect();
        let mut watched = Watched::new(&steady, plan.shards, records);
        watched.until_done(|| {});
        drop(serving);
        soaked.steady = watched.per_second();
    }
    {
        let mut serving: Vec<_> =
            (0..plan.processes).map(|no| join(&disturbed, dir.path(), no)).collect();
        let (mut next, mut changed) = (plan.processes, Instant::now());
        let mut watched = Watched::new(&disturbed, plan.shards, records);
        let left = &mut soaked.left;
        watched.until_done(|| {
            if changed.elapsed() < plan.change_every {
                return;
            }
            changed = Instant::now();
            let oldest = serving.remove(0);
            // One in three is not asked.
            if next.is_multiple_of(3) {
                oldest.kill();
                left.1 += 1;
            } else {
                oldest.leave();
                left.0 += 1;
            }
            serving.push(join(&disturbed, dir.path(), next));
            next += 1;
        });
        drop(serving);
        soaked.disturbed = watched.per_second();
        soaked.longest_silence = watched.longest_silence;
    }
    soaked.copied[1] = copy(plan, &disturbed, records, "copy-after");
    soaked
}

/// Every second process follows the shards of the others.
fn join<'a>(topics: &'a Topics, dir: &Path, no: usize) -> Serving<'a> {
    let name = format!("{}-{no}", topics.config().prefix);
    let flags: &[&str] = if no.is_multiple_of(2) { &["--standby"] } else { &[] };
    topics.serve_with(&dir.join(&name), &dir.join(format!("{name}.log")), flags)
}

/// Records a second of the plain copy of all partitions.
fn copy(plan: &Plan, topics: &Topics, records: u64, to: &'static str) -> u64 {
    let config = topics.config();
    make_copy(&config, &[to], plan.shards as i32).unwrap();
    let stop = AtomicBool::new(false);
    let counters: Vec<Arc<Counters>> = (0..plan.shards).map(|_| Arc::default()).collect();
    std::thread::scope(|scope| {
        for (partition, counters) in (0..).zip(&counters) {
            let (config, stop) = (&config, &stop);
            let way = Way { from: "commands", to, partition };
            scope.spawn(move || plain_copy(config, way, stop, counters).unwrap());
        }
        let copied = || counters.iter().map(|c| c.done().next_offset).sum::<u64>();
        while copied() < records {
            std::thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
    });
    let first = counters.iter().filter_map(|c| c.first()).min().unwrap();
    let last = counters.iter().filter_map(|c| c.done().last).max().unwrap();
    per_second(records, last - first)
}

fn per_second(records: u64, elapsed: Duration) -> u64 {
    (u128::from(records) * 1_000 / elapsed.as_millis().max(1)) as u64
}

/// A run seen from its chains.
struct Watched<'a> {
    topics: &'a Topics,
    shards: u32,
    records: u64,
    /// Of each shard, the block looked at last and the commands consumed by then.
    at: Vec<(u64, u64)>,
    /// When nothing was consumed yet.
    first: Instant,
    /// When something was last.
    last: Instant,
    consumed: u64,
    longest_silence: Duration,
}

impl Watched<'_> {
    fn new(topics: &Topics, shards: u32, records: u64) -> Watched<'_> {
        let at = vec![(0, 0); shards as usize];
        let (now, longest_silence) = (Instant::now(), Duration::ZERO);
        let (first, last, consumed) = (now, now, 0);
        Watched { topics, shards, records, at, first, last, consumed, longest_silence }
    }

    /// Looks until every command is consumed and nothing is in transit.
    fn until_done(&mut self, mut between: impl FnMut()) {
        let started = Instant::now();
        loop {
            for (shard, (block, consumed)) in (0..).zip(&mut self.at) {
                *consumed = self.topics.consumed_of(shard, block).unwrap_or(*consumed);
            }
            let consumed = self.at.iter().map(|(_, consumed)| consumed).sum::<u64>();
            let now = Instant::now();
            if consumed == 0 {
                (self.first, self.last) = (now, now);
            } else if consumed > self.consumed {
                self.longest_silence = self.longest_silence.max(now - self.last);
                (self.last, self.consumed) = (now, consumed);
            }
            if consumed >= self.records {
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(1_800), "no end in half an hour");
            between();
            std::thread::sleep(Duration::from_millis(100));
        }
        while is_in_transit(&self.topics.config(), self.shards) {
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Records a second from the last look at which nothing was consumed.
    fn per_second(&self) -> u64 {
        per_second(self.consumed, self.last - self.first)
    }
}

/// Has a process of its own look at what is left on the broker.
pub fn check_apart(program: &Path, plan: &Plan, prefix: &str) -> String {
    let mut command = Command::new(program);
    command.args(["--check", prefix, "--brokers", &plan.brokers]);
    command.args(["--shards", &plan.shards.to_string()]);
    let checked = command.output().unwrap();
    assert!(checked.status.success(), "the checker: {}", crate::stderr(&checked));
    crate::stdout(&checked)
}
