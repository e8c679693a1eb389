//! The workload in local mode: every record durable on disk before it is answered.

use super::measure::{Latencies, Stages, bytes_under, bytes_written};
use super::proof::{fold_from_disk, sums_to_zero};
use super::{Counts, Plan, Ran};
use crate::clock;
use crate::local::{self, Answers, ClockSource, Complaint, Intake, Settings};
use groat_shard::{Fault, Outbound, SledStore, Store, hex, restore};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

pub(super) fn on_disk(
    plan: &Plan,
    opening: &[Vec<u8>],
    measured: &[Vec<u8>],
) -> Result<Ran, Fault> {
    let temporary = tempfile::tempdir()
        .map_err(|e| Fault::new(format!("no temporary folder: {e}"), "give --data DIR"))?;
    let data = plan.data.clone().unwrap_or_else(|| temporary.path().join("data"));
    let settings = Settings::new(&data);
    let mut counter = Counter::default();
    let (opened, _) = local::through(&settings, ClockSource::Command, &mut counter, |intake| {
        opening.iter().try_for_each(|record| intake.step(record))?;
        // What is restored afterwards is this and the commands measured.
        intake.take_snapshot()
    })?;
    let opened_to = opened.shard().head().next_event;
    drop(opened);
    let (give, take) = channel();
    let (answered, permits) = channel();
    let mut answers = Measured {
        handed: take,
        answered,
        latencies: Latencies::new()?,
        counts: Counts::default(),
        last: clock::start(),
    };
    let (on_disk_before, written_before) = (bytes_under(&data), bytes_written());
    let (mut stages, mut longest_step) = (Stages::default(), Duration::ZERO);
    let mut from = clock::start();
    let (intake, kept) = local::through(&settings, ClockSource::Command, &mut answers, |intake| {
        // What opening and restoring took is not measured.
        from = clock::start();
        let (stages, longest_step) = (&mut stages, &mut longest_step);
        let mut feed = Feed { plan, from, intake, give, permits, stages, longest_step };
        feed.run(measured)
    })?;
    let elapsed = answers.last.duration_since(from);
    let (disk, written) = (bytes_under(&data), bytes_written());
    stages.add("seal", kept.sealing);
    stages.add("append", kept.appending);
    stages.add("sync", kept.syncing);
    stages.add("answer", kept.answering);
    let shard = intake.shard();
    sums_to_zero(shard.books().ledger())?;
    let digest = hex(&shard.books().digest());
    let events = shard.head().next_event.saturating_sub(1);
    drop(intake);
    let restart = Restart::of(&data)?;
    let rebuilt = fold_from_disk(&data, &digest, opened_to)?;
    Ok(Ran {
        elapsed,
        latencies: answers.latencies,
        accepted: answers.counts.accepted,
        rejected: answers.counts.rejected,
        events,
        blocks: kept.blocks,
        syncs: kept.syncs,
        block_bytes: kept.bytes,
        disk_bytes: disk.saturating_sub(on_disk_before),
        written: written.zip(written_before).map_or(0, |(after, before)| after - before),
        stages,
        restart: Some(restart),
        rebuilt,
        longest_step,
        digest,
    })
}

/// What it takes to open a data directory and restore its shard.
#[derive(Clone, Copy)]
pub(super) struct Restart {
    pub(super) restoring: Duration,
    /// Reading of it what a restart reads: the newest snapshot and the blocks since.
    pub(super) reading: Duration,
}

impl Restart {
    fn of(data: &Path) -> Result<Restart, Fault> {
        let from = clock::start();
        let mut store = SledStore::open(data)?;
        let snapshot = store.snapshot()?;
        let first = snapshot.as_ref().map_or(0, |(number, _)| number + 1);
        for number in first..=store.last().unwrap_or(0) {
            store.read(number)?;
        }
        let reading = from.elapsed();
        drop((store, snapshot));
        let from = clock::start();
        let mut store = SledStore::open(data)?;
        let restored = restore(&mut store, 0, |_, _| {})?;
        let restoring = from.elapsed();
        // What is taken down again is not part of a restart.
        drop((store, restored));
        Ok(Restart { restoring, reading })
    }
}

/// Hands records over: each when one of the clients is free, or when its time has come.
struct Feed<'a> {
    plan: &'a Plan,
    from: Instant,
    intake: &'a mut Intake,
    give: Sender<Instant>,
    permits: Receiver<()>,
    stages: &'a mut Stages,
    longest_step: &'a mut Duration,
}

impl Feed<'_> {
    fn run(&mut self, records: &[Vec<u8>]) -> Result<(), Fault> {
        let mut waiting = 0;
        for (no, record) in (0u64..).zip(records) {
            let handed = if self.plan.rate > 0 {
                self.wait_until(self.due(no))?
            } else {
                while self.permits.try_recv().is_ok() {
                    waiting -= 1;
                }
                if waiting >= self.plan.clients.max(1) {
                    self.intake.pause()?;
                    let idle = clock::start();
                    // Where the keeper has stopped, handing over says so.
                    if self.permits.recv().is_ok() {
                        waiting -= 1;
                    }
                    self.stages.add("wait for answers", idle.elapsed());
                }
                clock::start()
            };
            waiting += 1;
            let _ = self.give.send(handed);
            let stepping = clock::start();
            self.intake.step(record)?;
            let took = stepping.elapsed();
            self.stages.add("step", took);
            *self.longest_step = took.max(*self.longest_step);
        }
        Ok(())
    }

    /// When a record is to be handed over in an open loop.
    fn due(&self, no: u64) -> Instant {
        let nanos = u128::from(no) * self.plan.batch as u128 * 1_000_000_000;
        let nanos = nanos / u128::from(self.plan.rate.max(1));
        self.from + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    fn wait_until(&mut self, due: Instant) -> Result<Instant, Fault> {
        if clock::start() < due {
            self.intake.pause()?;
            while let Some(rest) = due.checked_duration_since(clock::start()) {
                if rest.is_zero() {
                    break;
                }
                std::thread::sleep(rest);
            }
        }
        Ok(due)
    }
}

/// Answers nobody measures.
#[derive(Default)]
struct Counter(Counts);

impl Answers for Counter {
    fn complain(&mut self, _: Complaint) -> Result<(), Fault> {
        Ok(())
    }

    fn release(&mut self, outbound: &Outbound) -> Result<(), Fault> {
        self.0.count(outbound);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

/// Answers with their latency.
struct Measured {
    handed: Receiver<Instant>,
    answered: Sender<()>,
    latencies: Latencies,
    counts: Counts,
    last: Instant,
}

impl Answers for Measured {
    fn complain(&mut self, _: Complaint) -> Result<(), Fault> {
        Ok(())
    }

    fn release(&mut self, outbound: &Outbound) -> Result<(), Fault> {
        self.counts.count(outbound);
        self.last = clock::start();
        for _ in outbound.by_input() {
            if let Ok(handed) = self.handed.try_recv() {
                self.latencies.note(self.last.saturating_duration_since(handed));
            }
            // The feed may have handed over its last record and gone.
            let _ = self.answered.send(());
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}
