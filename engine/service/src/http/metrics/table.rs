//! Every metric: name, type, labels, unit and meaning, as README has them, and where it is from.

use super::{Metric, Samples, Seen};
use crate::bench::measure::status_kib;
use crate::kafka::status::{Phase, ShardView, rejection_name};

const fn metric(
    name: &'static str,
    (kind, labels, unit): (&'static str, &'static str, &'static str),
    help: &'static str,
    samples: fn(&Seen<'_>, &mut Samples),
) -> Metric {
    Metric { name, kind, labels, unit, help, samples }
}

pub(super) const METRICS: &[Metric] = &[
    metric(
        "groat_build_info",
        ("gauge", "version", "1"),
        "Always 1; the version is in the label.",
        |_, out| out.add(&[("version", env!("CARGO_PKG_VERSION"))], 1),
    ),
    metric(
        "groat_start_timestamp_seconds",
        ("gauge", "", "seconds since 1970"),
        "When this process started.",
        |seen, out| out.add(&[], stamp(seen.about.started_ms)),
    ),
    metric(
        "groat_resident_memory_bytes",
        ("gauge", "", "bytes"),
        "Memory of this process; left out where the system does not tell.",
        |_, out| {
            if let Some(kib) = status_kib("VmRSS") {
                out.add(&[], kib.saturating_mul(1024));
            }
        },
    ),
    metric("groat_ready", ("gauge", "", "0 or 1"), "1 when /readyz is green.", |seen, out| {
        out.add(&[], u8::from(seen.is_ready))
    }),
    metric(
        "groat_broker_up",
        ("gauge", "", "0 or 1"),
        "1 when the broker answered when it was last asked, which is about every second.",
        |seen, out| {
            let process = &seen.view.process;
            out.add(&[], u8::from(process.silence.is_none() && process.answered_ms.is_some()));
        },
    ),
    metric(
        "groat_shard_state",
        ("gauge", "shard, state", "0 or 1"),
        "1 for the state the shard is in here: elsewhere, following, restoring, claiming, \
         catching_up, serving, waiting, releasing or stopped.",
        |seen, out| {
            for (shard, one) in &seen.view.shards {
                let shard = shard.to_string();
                for phase in Phase::ALL {
                    let labels = [("shard", &*shard), ("state", phase.name())];
                    out.add(&labels, u8::from(one.phase == phase));
                }
            }
        },
    ),
    metric(
        "groat_shard_trouble",
        ("gauge", "shard", "0 or 1"),
        "1 while something goes wrong and is tried again: an owner's commits, a standby's reading.",
        |seen, out| out.of_shards(seen, |one| held(one, Some(u8::from(one.trouble.is_some())))),
    ),
    metric(
        "groat_faults_total",
        ("counter", "shard", "faults"),
        "Faults that stopped the shard, or its standby, here.",
        |seen, out| out.of_shards(seen, |one| Some(one.faults)),
    ),
    metric(
        "groat_input_position",
        ("gauge", "shard", "offset"),
        "The offset of the next command to be committed.",
        |seen, out| out.of_shards(seen, |one| owned(one, one.position)),
    ),
    metric(
        "groat_input_end",
        ("gauge", "shard", "offset"),
        "Where the shard's partition of commands ended when the broker was last asked.",
        |seen, out| out.of_shards(seen, |one| owned(one, one.end)),
    ),
    metric(
        "groat_input_lag",
        ("gauge", "shard", "offsets"),
        "What is published and not committed: end less position. 1 at rest behind a producer that \
         writes in transactions, for the end of the last one.",
        |seen, out| out.of_shards(seen, |one| owned(one, one.lag())),
    ),
    metric(
        "groat_records_total",
        ("counter", "shard", "records"),
        "Input records in committed blocks.",
        |seen, out| out.of_shards(seen, |one| counted(one, one.done.records)),
    ),
    metric(
        "groat_commands_total",
        ("counter", "shard, outcome", "commands"),
        "Commands in committed blocks, by outcome: accepted, rejected, malformed, or replayed, \
         which is an earlier answer given again.",
        |seen, out| {
            for (shard, one) in seen.view.shards.iter().filter(|(_, one)| has_worked(one)) {
                let shard = shard.to_string();
                for (outcome, count) in [
                    ("accepted", one.done.accepted),
                    ("rejected", one.done.rejected),
                    ("malformed", one.done.malformed),
                    ("replayed", one.done.replayed),
                ] {
                    out.add(&[("shard", &shard), ("outcome", outcome)], count);
                }
            }
        },
    ),
    metric(
        "groat_rejections_total",
        ("counter", "shard, code", "commands"),
        "Rejected commands by the name of the rejection; those that occurred.",
        |seen, out| {
            for (shard, one) in &seen.view.shards {
                for (code, count) in &one.done.rejections {
                    let code = rejection_name(*code);
                    out.add(&[("shard", &shard.to_string()), ("code", code)], count);
                }
            }
        },
    ),
    metric(
        "groat_events_total",
        ("counter", "shard", "events"),
        "Events in committed blocks.",
        |seen, out| out.of_shards(seen, |one| counted(one, one.done.events)),
    ),
    metric(
        "groat_settlements_total",
        ("counter", "shard", "settlements"),
        "Settlements told.",
        |seen, out| out.of_shards(seen, |one| counted(one, one.done.settlements)),
    ),
    metric(
        "groat_remittances_total",
        ("counter", "shard", "remittances"),
        "What was sent to other shards.",
        |seen, out| out.of_shards(seen, |one| counted(one, one.done.remittances)),
    ),
    metric(
        "groat_blocks_total",
        ("counter", "shard", "blocks"),
        "Blocks committed, without claims.",
        |seen, out| out.of_shards(seen, |one| counted(one, one.done.blocks)),
    ),
    metric(
        "groat_block_bytes_total",
        ("counter", "shard", "bytes"),
        "Their bytes, compressed as they are kept.",
        |seen, out| out.of_shards(seen, |one| counted(one, one.done.bytes)),
    ),
    metric(
        "groat_commit_seconds",
        ("histogram", "shard", "seconds"),
        "How long a block took to be committed to the broker, with all that left with it.",
        |seen, out| out.histogram(seen, |one| &one.commits),
    ),
    metric(
        "groat_commit_waiting_seconds",
        ("gauge", "shard", "seconds"),
        "How long the block being committed now has waited; 0 when there is none.",
        |seen, out| {
            for (shard, one) in seen.view.shards.iter().filter(|(_, one)| one.phase.is_ours()) {
                let since = one.committing.map_or(seen.now, |(_, since)| since);
                out.add(&[("shard", &shard.to_string())], stamp(seen.now.saturating_sub(since)));
            }
        },
    ),
    metric(
        "groat_disk_write_seconds",
        ("histogram", "shard", "seconds"),
        "How long writing a committed block to the local copy took.",
        |seen, out| out.histogram(seen, |one| &one.writes),
    ),
    metric(
        "groat_last_block_number",
        ("gauge", "shard", "block"),
        "The last block committed, followed, or read while the shard is restored.",
        |seen, out| out.of_shards(seen, |one| held(one, one.block)),
    ),
    metric(
        "groat_last_block_timestamp_seconds",
        ("gauge", "shard", "seconds since 1970"),
        "When this process committed or followed it.",
        |seen, out| out.of_shards(seen, |one| held(one, one.block_ms.map(stamp))),
    ),
    metric(
        "groat_last_event_number",
        ("gauge", "shard", "event"),
        "The last event of the chain.",
        |seen, out| out.of_shards(seen, |one| held(one, Some(one.event))),
    ),
    metric(
        "groat_stream_timestamp_seconds",
        ("gauge", "shard", "seconds since 1970"),
        "The time of the ledger, which is that of its last block; left out while it has none.",
        |seen, out| {
            out.of_shards(seen, |one| held(one, (one.stream_ms > 0).then(|| stamp(one.stream_ms))));
        },
    ),
    metric(
        "groat_snapshot_block_number",
        ("gauge", "shard", "block"),
        "The block of the last snapshot that this process took as the owner.",
        |seen, out| out.of_shards(seen, |one| owned(one, one.snapshot.map(|(block, _)| block))),
    ),
    metric(
        "groat_snapshot_timestamp_seconds",
        ("gauge", "shard", "seconds since 1970"),
        "When that was.",
        |seen, out| out.of_shards(seen, |one| owned(one, one.snapshot.map(|(_, at)| stamp(at)))),
    ),
    metric(
        "groat_snapshot_tail_bytes",
        ("gauge", "shard", "bytes"),
        "Blocks since the last snapshot in the local copy, whoever took it: what a restart reads.",
        |seen, out| out.of_shards(seen, |one| held(one, Some(one.tail_bytes))),
    ),
    metric(
        "groat_standby_timestamp_seconds",
        ("gauge", "shard", "seconds since 1970"),
        "When the standby last came to the end of the log: time() less this is how far behind it \
         is.",
        |seen, out| out.of_shards(seen, |one| held(one, one.followed_ms.map(stamp))),
    ),
    metric(
        "groat_accounts",
        ("gauge", "shard", "accounts"),
        "Accounts in the ledger.",
        |seen, out| out.of_shards(seen, |one| held(one, Some(one.accounts))),
    ),
    metric(
        "groat_ids_kept",
        ("gauge", "shard", "ids"),
        "Ids of commands that are kept, so that none is done twice.",
        |seen, out| out.of_shards(seen, |one| held(one, Some(one.ids))),
    ),
];

/// Whether this process has, or has had, it: then its counters are told.
pub(super) fn has_worked(one: &ShardView) -> bool {
    one.phase.is_ours() || one.done.blocks > 0
}

fn counted(one: &ShardView, count: u64) -> Option<u64> {
    has_worked(one).then_some(count)
}

fn owned<T>(one: &ShardView, value: Option<T>) -> Option<T> {
    value.filter(|_| one.phase.is_ours())
}

/// Known of an owner and of a standby.
fn held<T>(one: &ShardView, value: Option<T>) -> Option<T> {
    value.filter(|_| one.phase != Phase::Elsewhere)
}

fn stamp(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}
