//! What a run is measured by: latencies, memory, bytes written, and where the time went.

use crate::clock;
use groat_shard::Fault;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Latencies of batches in microseconds, three digits kept.
pub struct Latencies(Histogram<u64>);

/// Milliseconds at the usual ranks, as text with three decimals.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Ranks {
    pub p50_ms: String,
    pub p99_ms: String,
    pub p999_ms: String,
    pub worst_ms: String,
}

impl Latencies {
    /// None yet.
    pub fn new() -> Result<Latencies, Fault> {
        let histogram = Histogram::new_with_bounds(1, 3_600_000_000, 3);
        let wrong =
            |e| Fault::new(format!("no histogram: {e}"), "please report it: a bug of groat");
        histogram.map(Latencies).map_err(wrong)
    }

    /// Notes one.
    pub fn note(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX).max(1);
        self.0.saturating_record(micros);
    }

    /// The ranks.
    pub fn ranks(&self) -> Ranks {
        let text = |micros: u64| format!("{}.{:03}", micros / 1_000, micros % 1_000);
        Ranks {
            p50_ms: text(self.0.value_at_quantile(0.5)),
            p99_ms: text(self.0.value_at_quantile(0.99)),
            p999_ms: text(self.0.value_at_quantile(0.999)),
            worst_ms: text(self.0.max()),
        }
    }
}

impl Ranks {
    /// The ranks in words.
    pub fn text(&self) -> String {
        let Ranks { p50_ms, p99_ms, p999_ms, worst_ms } = self;
        format!("{p50_ms} ms (p50), {p99_ms} (p99), {p999_ms} (p99.9), {worst_ms} (worst)")
    }
}

/// A line of `/proc/self/status` in KiB, where there is such a file.
pub fn status_kib(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Processor time of this process so far in milliseconds, where the system tells it in hundredths
/// of a second, as Linux does.
pub fn cpu_ms() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // After the name in brackets, user and system time are the 12th and 13th.
    let (_, rest) = text.rsplit_once(')')?;
    let mut times = rest.split_whitespace().skip(11);
    let (user, system) = (times.next()?.parse::<u64>().ok()?, times.next()?.parse::<u64>().ok()?);
    Some((user + system) * 10)
}

/// Bytes that this process had written to disks, where the system tells.
pub fn bytes_written() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/io").ok()?;
    text.lines().find_map(|line| line.strip_prefix("write_bytes: ")?.parse().ok())
}

/// Bytes of all files under a folder.
pub fn bytes_under(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => bytes_under(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

/// Time spent in named stages.
#[derive(Default, Debug, Clone)]
pub struct Stages(Vec<(&'static str, Duration)>);

impl Stages {
    /// Runs a piece of work and adds its time to a stage.
    pub fn time<T>(&mut self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let from = clock::start();
        let done = work();
        self.add(stage, from.elapsed());
        done
    }

    /// Adds time to a stage.
    pub fn add(&mut self, stage: &'static str, time: Duration) {
        match self.0.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, sum)) => *sum += time,
            None => self.0.push((stage, time)),
        }
    }

    /// Milliseconds by stage.
    pub fn millis(&self) -> Vec<(&'static str, u64)> {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.0.iter().map(|(name, time)| (*name, millis(*time))).collect()
    }
}
