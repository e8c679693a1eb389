//! The workload in memory: decided and sealed on one thread, nothing kept.

use super::measure::{Latencies, Stages};
use super::proof::{fold, sums_to_zero};
use super::{Counts, Ran, terms};
use crate::clock;
use groat_shard::limits::BODY_BYTES_SEAL;
use groat_shard::{Fault, Inbound, Shard, hex};
use std::time::Duration;

pub(super) fn in_memory(opening: &[Vec<u8>], measured: &[Vec<u8>]) -> Result<Ran, Fault> {
    let mut shard = Shard::begin(0, terms());
    let mut blocks = vec![shard.claim().bytes];
    let (mut stages, mut latencies) = (Stages::default(), Latencies::new()?);
    let mut counts = Counts::default();
    let mut offsets = 0..;
    for record in opening {
        shard.step(Inbound { offset: offsets.next().unwrap_or(0), time: 0, record });
        blocks.push(shard.seal("bench", false).bytes);
    }
    let opened_to = shard.head().next_event;
    let mut longest_step = Duration::ZERO;
    let from = clock::start();
    for record in measured {
        let handed = clock::start();
        let inbound = Inbound { offset: offsets.next().unwrap_or(0), time: 0, record };
        // As in service: what falls due in bulk has blocks of its own.
        while let Some(until) = shard.much_due_before(&inbound) {
            stages.time("step", || shard.tick_within(until, BODY_BYTES_SEAL));
            let sealed = stages.time("seal", || shard.seal("bench", false));
            counts.count(&sealed.outbound);
            blocks.push(sealed.bytes);
        }
        stages.time("step", || shard.step(inbound));
        longest_step = longest_step.max(handed.elapsed());
        if shard.is_full() {
            let sealed = stages.time("seal", || shard.seal("bench", false));
            counts.count(&sealed.outbound);
            blocks.push(sealed.bytes);
        }
        latencies.note(handed.elapsed());
    }
    let last = shard.seal("bench", false);
    counts.count(&last.outbound);
    blocks.push(last.bytes);
    let elapsed = from.elapsed();
    sums_to_zero(shard.books().ledger())?;
    let digest = hex(&shard.books().digest());
    let (kept, block_bytes) = (blocks.len() as u64, blocks.iter().map(|b| b.len() as u64).sum());
    let rebuilt = fold(blocks.into_iter().map(Ok), &digest, opened_to)?;
    Ok(Ran {
        elapsed,
        latencies,
        accepted: counts.accepted,
        rejected: counts.rejected,
        events: shard.head().next_event.saturating_sub(1),
        blocks: kept,
        syncs: 0,
        block_bytes,
        disk_bytes: 0,
        written: 0,
        stages,
        restart: None,
        rebuilt,
        longest_step,
        digest,
    })
}
