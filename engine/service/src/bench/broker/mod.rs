//! The workload from broker to broker: `groat serve`'s own code against a plain copy.
//!
//! | phase of a round | what |
//! |---|---|
//! | 1 | topics of its own are made; the commands that open accounts are published and decided |
//! | 2 | closed loop: the measured commands are published, all of them |
//! | 3 | plain copy and groat, by turns: first record taken to last commit; or each record's wait |
//! | 4 | every command has one answer; the log folds to the local copy's state; sums are zero |

mod copy;
mod feed;

pub use copy::{Way, plain_copy};
pub use feed::make_copy;

use super::measure::{Latencies, Ranks, Stages, bytes_under, cpu_ms};
use super::proof::{Rebuilt, fold, sums_to_zero};
use super::{Counts, Plan, Ran};
use crate::clock;
use crate::config::Config;
use crate::kafka::{Counters, Done, check_topics, read_committed, read_events, serve_until};
use crate::limits::BROKER_PATIENCE;
use crate::local::ClockSource;
use groat_proto::Message;
use groat_proto::v1::Outcomes;
use groat_shard::{Checked, Fault, SledStore, hex, restore};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How groat stands against a plain transactional copy of the same records on the same broker.
#[derive(Clone, Debug, Serialize)]
pub struct Against {
    /// Commands copied in a second.
    pub copy_commands_per_s: u64,
    /// groat's figure in hundredths of the copy's: the middle one of the rounds'.
    pub ratio_percent: u64,
    /// Commands a second of each round: copied, and done by groat.
    pub rounds: Vec<(u64, u64)>,
    /// From a record's time to its copy read; only with a rate.
    pub copy_latency: Ranks,
    /// Milliseconds of processor time in this process: of the copy, and of groat. The broker's is
    /// not in it.
    pub cpu_ms: (u64, u64),
    /// Records in a transaction of the copy, and of groat.
    pub records_per_transaction: (u64, u64),
    /// Milliseconds of the copy by stage.
    pub copy_stages_ms: Vec<(&'static str, u64)>,
}

impl Against {
    pub(super) fn text(&self) -> String {
        let rounds: Vec<String> =
            self.rounds.iter().map(|(copied, done)| format!("{done} of {copied}")).collect();
        let stages: Vec<String> =
            self.copy_stages_ms.iter().map(|(name, ms)| format!("{name} {ms}")).collect();
        let (copy, groat) = self.records_per_transaction;
        format!(
            "{} % of a plain transactional copy, which does {}; by round {}\n\
             processor time {} ms, of the copy {}; records in a transaction {groat}, of the copy \
             {copy}\n\
             milliseconds of the copy by stage: {}\n",
            self.ratio_percent,
            self.copy_commands_per_s,
            rounds.join(", "),
            self.cpu_ms.1,
            self.cpu_ms.0,
            stages.join(", "),
        )
    }
}

pub(super) fn broker_to_broker(
    plan: &Plan,
    opening: &[Vec<u8>],
    measured: &[Vec<u8>],
) -> Result<(Ran, Against), Fault> {
    let rounds = (0..plan.rounds.max(1)).map(|no| round(plan, no, opening, measured));
    let mut rounds = rounds.collect::<Result<Vec<_>, Fault>>()?;
    let speed = |done: &Measured| super::per_second(plan.commands, done.elapsed);
    let pairs: Vec<_> = rounds.iter().map(|r| (speed(&r.copied), speed(&r.decided))).collect();
    let ratio = |(copied, decided): &(u64, u64)| decided * 100 / (*copied).max(1);
    // The round in the middle stands for all.
    rounds.sort_by_key(|r| ratio(&(speed(&r.copied), speed(&r.decided))));
    let at = rounds.len() / 2;
    let Round { copied, decided, proof } = rounds.swap_remove(at);
    let records = measured.len() as u64;
    let against = Against {
        copy_commands_per_s: speed(&copied),
        ratio_percent: ratio(&(speed(&copied), speed(&decided))),
        rounds: pairs,
        copy_latency: copied.latencies.ranks(),
        cpu_ms: (copied.cpu_ms, decided.cpu_ms),
        records_per_transaction: (
            records / copied.done.transactions.max(1),
            records / decided.done.transactions.max(1),
        ),
        copy_stages_ms: stages(&copied.done).millis(),
    };
    let ran = Ran {
        elapsed: decided.elapsed,
        latencies: decided.latencies,
        accepted: proof.counts.accepted,
        rejected: proof.counts.rejected,
        events: proof.events,
        blocks: decided.done.transactions,
        syncs: decided.done.transactions,
        block_bytes: proof.block_bytes,
        disk_bytes: proof.disk_bytes,
        written: 0,
        stages: stages(&decided.done),
        restart: None,
        rebuilt: proof.rebuilt,
        longest_step: Duration::ZERO,
        digest: proof.digest,
    };
    Ok((ran, against))
}

/// The way of the plain copy.
const WAY: Way = Way { from: "copy-commands", to: "copy", partition: 0 };

struct Round {
    copied: Measured,
    decided: Measured,
    proof: Proof,
}

struct Measured {
    elapsed: Duration,
    latencies: Latencies,
    done: Done,
    /// Processor time of this process, from before the start to after the end.
    cpu_ms: u64,
}

fn round(
    plan: &Plan,
    no: usize,
    opening: &[Vec<u8>],
    measured: &[Vec<u8>],
) -> Result<Round, Fault> {
    let temporary = tempfile::tempdir()
        .map_err(|e| Fault::new(format!("no temporary folder: {e}"), "give --data DIR"))?;
    let data = plan.data.clone().unwrap_or_else(|| temporary.path().into());
    let config = Config {
        brokers: plan.brokers.clone(),
        prefix: format!("groat-bench-{}-{}-{no}", std::process::id(), clock::wall_ms()),
        data: data.join(format!("round-{no}")),
        clock: ClockSource::Command,
        kafka: plan.kafka.iter().cloned().collect(),
        ..Config::default()
    };
    check_topics(&config, true, 1, 1)?;
    make_copy(&config, &[WAY.from, WAY.to], 1)?;
    let first = opening.len() as u64;
    let own =
        |input, output, first| Course { plan, config: &config, input, output, first, measured };
    let (copying, deciding) = (own(WAY.from, WAY.to, 0), own("commands", "outcomes", first));
    feed::publish(&config, "commands", opening, None)?;
    deciding.open_books()?;
    if plan.rate == 0 {
        feed::publish(&config, WAY.from, measured, None)?;
        feed::publish(&config, "commands", measured, None)?;
    }
    let copied =
        || copying.measure(|config, stop, counters| plain_copy(config, WAY, stop, counters));
    let decided = || deciding.measure(serve_until);
    let (copied, decided) = if no.is_multiple_of(2) {
        let copied = copied()?;
        (copied, decided()?)
    } else {
        let decided = decided()?;
        (copied()?, decided)
    };
    let proof = deciding.prove()?;
    feed::delete_topics(&config)?;
    Ok(Round { copied, decided, proof })
}

/// One of the two on its way through the measured records.
struct Course<'a> {
    plan: &'a Plan,
    config: &'a Config,
    input: &'static str,
    output: &'static str,
    /// The offset of the first measured record.
    first: u64,
    measured: &'a [Vec<u8>],
}

impl Course<'_> {
    /// Decides what opens the accounts.
    fn open_books(&self) -> Result<(), Fault> {
        self.at_work(serve_until, |worker| worker.until(|c| c.done().next_offset >= self.first))?;
        Ok(())
    }

    fn measure<W>(&self, work: W) -> Result<Measured, Fault>
    where
        W: FnOnce(&Config, &AtomicBool, &Arc<Counters>) -> Result<(), Fault> + Send,
    {
        let all = self.first + self.measured.len() as u64;
        let cpu = cpu_ms().unwrap_or(0);
        let cpu_since = || cpu_ms().unwrap_or(0).saturating_sub(cpu);
        if self.plan.rate == 0 {
            let (counters, ()) =
                self.at_work(work, |worker| worker.until(|c| c.done().next_offset >= all))?;
            let done = counters.done();
            let elapsed = done.last.zip(counters.first()).map(|(last, first)| last - first);
            return Ok(Measured {
                elapsed: elapsed.unwrap_or_default(),
                latencies: Latencies::new()?,
                done,
                cpu_ms: cpu_since(),
            });
        }
        let (counters, (elapsed, latencies)) = self.at_work(work, |worker| {
            worker.until(Counters::is_ready)?;
            self.offer()
        })?;
        Ok(Measured { elapsed, latencies, done: counters.done(), cpu_ms: cpu_since() })
    }

    /// Publishes each record at its time and reads the answers beside that.
    fn offer(&self) -> Result<(Duration, Latencies), Fault> {
        let end = feed::end(self.config, self.output)?;
        let from = clock::start() + HEAD_START;
        let due = |no: u64| {
            let nanos = u128::from(no) * self.plan.batch as u128 * 1_000_000_000;
            let nanos = nanos / u128::from(self.plan.rate.max(1));
            from + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
        };
        let count = self.measured.len() as u64;
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| feed::answers(self.config, self.output, end, count, &due));
            feed::publish(self.config, self.input, self.measured, Some(&due))?;
            let latencies = reader.join().map_err(|_| died("the reader of answers"))??;
            Ok((clock::start().saturating_duration_since(from), latencies))
        })
    }

    /// Has the work done on a thread of its own for as long as something takes.
    fn at_work<W, T>(
        &self,
        work: W,
        meanwhile: impl FnOnce(&Worker<'_>) -> Result<T, Fault>,
    ) -> Result<(Arc<Counters>, T), Fault>
    where
        W: FnOnce(&Config, &AtomicBool, &Arc<Counters>) -> Result<(), Fault> + Send,
    {
        let (stop, counters) = (AtomicBool::new(false), Arc::<Counters>::default());
        let has_ended = AtomicBool::new(false);
        let (worked, waited) = std::thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let worked = work(self.config, &stop, &counters);
                has_ended.store(true, Ordering::Relaxed);
                worked
            });
            let waited = meanwhile(&Worker { counters: &counters, has_ended: &has_ended });
            stop.store(true, Ordering::Relaxed);
            (worker.join().unwrap_or_else(|_| Err(died("the worker"))), waited)
        });
        // What stopped the worker says more than that it was waited for in vain.
        worked?;
        Ok((counters, waited?))
    }

    fn prove(&self) -> Result<Proof, Fault> {
        let data = self.config.data.join("shard-0");
        let mut store = Checked::new(SledStore::open(&data)?);
        let restored = restore(&mut store, 0, |_, _| {})?;
        let shard = restored.ok_or_else(|| wrong("the local copy is empty".into()))?.shard;
        sums_to_zero(shard.books().ledger())?;
        let (mut counts, mut records) = (Counts::default(), 0);
        read_committed(self.config, "outcomes", 0, |_, value| {
            let outcomes = Outcomes::decode(value).map_err(|e| wrong(e.to_string()))?;
            for (index, outcome) in (0..).zip(&outcomes.outcomes) {
                let position = outcome.position.unwrap_or_default();
                if (position.offset, position.index) != (records, index) {
                    return Err(wrong(format!(
                        "answer {records} is of offset {}",
                        position.offset
                    )));
                }
            }
            if records >= self.first {
                counts.count_outcomes(&outcomes);
            }
            records += 1;
            Ok(())
        })?;
        let (answered, asked) = (counts.accepted + counts.rejected, self.plan.commands);
        if answered != asked {
            return Err(wrong(format!("{asked} commands have {answered} answers")));
        }
        let mut blocks = Vec::new();
        read_events(self.config, 0, 0, |bytes| {
            blocks.push(bytes.to_vec());
            Ok(())
        })?;
        let block_bytes = blocks.iter().map(|block| block.len() as u64).sum();
        let digest = hex(&shard.books().digest());
        let rebuilt = fold(blocks.into_iter().map(Ok), &digest, 0)?;
        Ok(Proof {
            counts,
            events: shard.head().next_event.saturating_sub(1),
            block_bytes,
            disk_bytes: bytes_under(&data),
            rebuilt,
            digest,
        })
    }
}

struct Proof {
    counts: Counts,
    events: u64,
    block_bytes: u64,
    disk_bytes: u64,
    rebuilt: Rebuilt,
    digest: String,
}

/// From the last preparation to the first record of an open loop.
const HEAD_START: Duration = Duration::from_millis(100);

/// One of the two at work.
struct Worker<'a> {
    counters: &'a Counters,
    has_ended: &'a AtomicBool,
}

impl Worker<'_> {
    fn until(&self, so: impl Fn(&Counters) -> bool) -> Result<(), Fault> {
        let started = clock::start();
        while !so(self.counters) {
            if started.elapsed() > BROKER_PATIENCE || self.has_ended.load(Ordering::Relaxed) {
                let next = self.counters.done().next_offset;
                return Err(Fault::new(
                    format!("a run does not come to its end; the next offset would be {next}"),
                    "look at the broker; with GROAT_LOG=info the engine says what it does",
                ));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}

fn died(who: &str) -> Fault {
    Fault::new(format!("{who} has died"), "this is a bug of groat; please report it")
}

fn wrong(what: String) -> Fault {
    Fault::damage(
        format!("the books do not hold: {what}"),
        "this is a bug of groat; please report it with the command line",
    )
}

/// Stages of different threads overlap; those of the copy are all of one.
fn stages(done: &Done) -> Stages {
    let mut stages = Stages::default();
    for (name, time) in [
        ("send", done.sending),
        ("positions", done.positions),
        ("deliver", done.delivering),
        ("end", done.ending),
    ] {
        if !time.is_zero() {
            stages.add(name, time);
        }
    }
    stages
}
