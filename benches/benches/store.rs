//! sled: blocks added and made durable, alone and a dozen to a sync.
#![allow(missing_docs, reason = "criterion's macros")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use groat_shard::{SledStore, Store};

const BLOCK: usize = 64 * 1024;

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("store");
    group.sample_size(10);
    // Bytes that do not compress.
    let noise = |n: usize| u8::try_from((n.wrapping_mul(2_654_435_761) >> 7) & 0xff).unwrap_or(0);
    let block: Vec<u8> = (0..BLOCK).map(noise).collect();
    for per_sync in [1u64, 12] {
        group.throughput(Throughput::Bytes(per_sync * BLOCK as u64));
        group.bench_function(format!("{per_sync} blocks of 64 KiB to a sync"), |b| {
            let open = || {
                let dir = tempfile::tempdir().ok()?;
                let store = SledStore::open(dir.path()).ok()?;
                Some((dir, store))
            };
            let write = |opened: &mut Option<(tempfile::TempDir, SledStore)>| {
                let (_, store) = opened.as_mut()?;
                for number in 0..per_sync {
                    store.append(number, &block).ok()?;
                }
                store.sync().ok()
            };
            b.iter_batched_ref(open, write, BatchSize::PerIteration);
        });
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
