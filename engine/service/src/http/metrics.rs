//! Numbers of a process and its shards, in the text format of Prometheus.
//!
//! Counters are of this process since its start. What is known only of a shard's owner is told by
//! its owner alone, so that sums and maxima over processes mean something; what a shard is to a
//! process (`groat_shard_state`) is told of every shard by every process.

mod table;

use super::About;
use super::words::seconds;
use crate::kafka::status::{Histogram, ShardView, View};
use std::fmt::{Display, Write};
use table::{METRICS, has_worked};

/// What a metric is, as README's table has it, and where it comes from.
struct Metric {
    name: &'static str,
    kind: &'static str,
    labels: &'static str,
    unit: &'static str,
    help: &'static str,
    samples: fn(&Seen<'_>, &mut Samples),
}

/// What is told.
struct Seen<'a> {
    about: &'a About,
    view: &'a View,
    now: u64,
    is_ready: bool,
}

/// All of it at one moment.
pub(super) fn text(about: &About, view: &View, now: u64) -> String {
    let is_ready = super::health::not_ready(about, view, now).is_empty();
    let seen = Seen { about, view, now, is_ready };
    let mut out = Samples { name: "", labels: "", text: String::new() };
    for Metric { name, kind, labels, unit, help, samples } in METRICS {
        (out.name, out.labels) = (*name, *labels);
        let _ = writeln!(out.text, "# HELP {name} {help} [{unit}]\n# TYPE {name} {kind}");
        samples(&seen, &mut out);
    }
    out.text
}

/// What was told so far.
struct Samples {
    name: &'static str,
    labels: &'static str,
    text: String,
}

impl Samples {
    /// Labels are names and digits: nothing in them needs escaping.
    fn add(&mut self, labels: &[(&str, &str)], value: impl Display) {
        self.add_to("", labels, value);
    }

    fn add_to(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl Display) {
        let named = labels.iter().map(|(label, _)| *label).filter(|label| *label != "le");
        let those_told = self.labels.split(", ").filter(|label| !label.is_empty());
        debug_assert!(named.eq(those_told), "{} has the labels {}", self.name, self.labels);
        let _ = write!(self.text, "{}{suffix}", self.name);
        for (place, (label, is)) in labels.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            let _ = write!(self.text, "{before}{label}=\"{is}\"");
        }
        let after = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.text, "{after} {value}");
    }

    /// Of every shard of which it is known.
    fn of_shards<T: Display>(&mut self, seen: &Seen<'_>, value: fn(&ShardView) -> Option<T>) {
        for (shard, one) in &seen.view.shards {
            if let Some(value) = value(one) {
                self.add(&[("shard", &shard.to_string())], value);
            }
        }
    }

    fn histogram(&mut self, seen: &Seen<'_>, of: fn(&ShardView) -> &Histogram) {
        for (shard, one) in seen.view.shards.iter().filter(|(_, one)| has_worked(one)) {
            let (shard, Histogram { counts, sum_us, .. }) = (shard.to_string(), of(one));
            let mut count = 0;
            let bounds = Histogram::BOUNDS_US.iter().map(|bound| seconds(*bound));
            for (bound, more) in bounds.chain(["+Inf".to_owned()]).zip(counts) {
                count += more;
                self.add_to("_bucket", &[("shard", &shard), ("le", &bound)], count);
            }
            self.add_to("_sum", &[("shard", &shard)], seconds(*sum_us));
            self.add_to("_count", &[("shard", &shard)], count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NOW, about, serving};
    use super::*;
    use crate::kafka::status::Tally;
    use std::collections::BTreeMap;
    use std::time::Duration;

    fn told() -> String {
        let status = serving();
        let rejections = BTreeMap::from([(u32::from(groat_ledger::Rejection::ALL[0].code()), 2)]);
        let done = Tally { blocks: 1, accepted: 5, rejected: 2, rejections, ..Tally::default() };
        status.shard(0).commits(6, NOW - 9_000);
        status.shard(0).committed(6, &done, Duration::from_micros(4_000), NOW - 8_000);
        status.shard(0).has_written(Duration::from_micros(700));
        status.shard(0).commits(7, NOW - 1_500);
        text(&about(), &status.view(), NOW)
    }

    #[test]
    fn samples_are_of_metrics_that_were_introduced() {
        let (mut name, mut names) = (String::new(), Vec::new());
        for line in told().lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                name = help.split(' ').next().unwrap().to_owned();
                assert!(name.starts_with("groat_") && !names.contains(&name), "{line}");
                names.push(name.clone());
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (of, kind) = kind.split_once(' ').unwrap();
                assert_eq!(of, name);
                assert!(["gauge", "counter", "histogram"].contains(&kind), "{line}");
                assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            } else {
                let (sample, value) = line.rsplit_once(' ').unwrap();
                let of = sample.split('{').next().unwrap();
                let suffix = of.strip_prefix(&name).unwrap_or_else(|| panic!("{line} in {name}"));
                assert!(["", "_bucket", "_sum", "_count"].contains(&suffix), "{line}");
                let is_number = value.chars().all(|c| c.is_ascii_digit() || c == '.');
                assert!(is_number && !value.is_empty(), "{line}");
                assert_eq!(sample.contains('{'), sample.ends_with('}'), "{line}");
            }
        }
        assert_eq!(names.len(), METRICS.len());
    }

    #[test]
    fn numbers_are_those_of_the_shards() {
        let text = told();
        let code = groat_ledger::Rejection::ALL[0].name();
        for line in [
            "groat_ready 1",
            "groat_broker_up 1",
            "groat_start_timestamp_seconds 1799996400.000",
            "groat_shard_state{shard=\"0\",state=\"serving\"} 1",
            "groat_shard_state{shard=\"0\",state=\"stopped\"} 0",
            "groat_shard_state{shard=\"1\",state=\"following\"} 1",
            "groat_shard_state{shard=\"2\",state=\"elsewhere\"} 1",
            "groat_input_position{shard=\"0\"} 9",
            "groat_input_lag{shard=\"0\"} 0",
            "groat_commands_total{shard=\"0\",outcome=\"accepted\"} 5",
            "groat_commands_total{shard=\"0\",outcome=\"rejected\"} 2",
            &format!("groat_rejections_total{{shard=\"0\",code=\"{code}\"}} 2"),
            "groat_commit_seconds_bucket{shard=\"0\",le=\"0.0025\"} 0",
            "groat_commit_seconds_bucket{shard=\"0\",le=\"0.005\"} 1",
            "groat_commit_seconds_bucket{shard=\"0\",le=\"+Inf\"} 1",
            "groat_commit_seconds_sum{shard=\"0\"} 0.004",
            "groat_commit_seconds_count{shard=\"0\"} 1",
            "groat_disk_write_seconds_sum{shard=\"0\"} 0.0007",
            "groat_commit_waiting_seconds{shard=\"0\"} 1.500",
            "groat_last_block_number{shard=\"0\"} 6",
            "groat_last_block_number{shard=\"1\"} 7",
            "groat_standby_timestamp_seconds{shard=\"1\"} 1799999999.900",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
        }
        // Where a shard stands is told by its owner alone.
        assert!(!text.contains("groat_input_lag{shard=\"1\"}"), "{text}");
        assert!(!text.contains("groat_last_block_number{shard=\"2\"}"), "{text}");
        assert!(!text.contains("groat_blocks_total{shard=\"1\"}"), "{text}");
    }

    /// README's table has what is served, in its order and words.
    #[test]
    fn the_readme_has_every_metric() {
        let readme = include_str!("../../../../README.md");
        let rows = readme.lines().filter(|line| line.starts_with("| `groat_"));
        // Rows of four cells: alarms have two.
        let rows: Vec<&str> = rows.filter(|row| row.matches(" | ").count() == 3).collect();
        let row = |metric: &Metric| {
            let Metric { name, kind, labels, unit, help, .. } = metric;
            let labels = if labels.is_empty() { "".into() } else { format!("{{{labels}}}") };
            format!("| `{name}{labels}` | {kind} | {unit} | {help} |")
        };
        let served: Vec<String> = METRICS.iter().map(row).collect();
        assert_eq!(rows, served, "should be:\n{}", served.join("\n"));
    }
}
