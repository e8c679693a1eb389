//! What happens to blocks and states beside deciding: sealed, read back, put to rest, restored,
//! decided again.
#![allow(missing_docs, reason = "criterion's macros")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use groat::bench::Kind;
use groat_benches::{ACCOUNTS, records, shard, step_and_seal, workload};
use groat_shard::{Block, Inbound, Shard};
use std::hint::black_box;

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("rest");
    let (opens, commands) = workload(Kind::Transfers, ACCOUNTS, 20_000);
    let opens = records(&opens, 1_000);
    let batches = records(&commands, 1_000);
    group.throughput(Throughput::Elements(commands.len() as u64));
    let stepped = || {
        let mut shard = shard();
        step_and_seal(&mut shard, 0, &opens);
        for (record, offset) in batches.iter().zip(1_000..) {
            shard.step(Inbound { offset, time: 0, record });
        }
        shard.close("bench")
    };
    group.bench_function("seal 20,000 transfers", |b| {
        b.iter_batched(stepped, |closed| closed.seal([7; 32]), BatchSize::LargeInput);
    });
    let sealed = stepped().seal([7; 32]).0;
    group.bench_function("read a block of 20,000 transfers back", |b| {
        b.iter(|| black_box(Block::parse(&sealed.bytes)).is_ok());
    });
    let mut full = shard();
    step_and_seal(&mut full, 0, &opens);
    step_and_seal(&mut full, 1_000, &batches);
    let rows = u64::from(ACCOUNTS) * 2 + commands.len() as u64;
    group.throughput(Throughput::Elements(rows));
    group.bench_function("put 40,000 rows to rest", |b| b.iter(|| black_box(full.snapshot())));
    let snapshot = full.snapshot();
    group.bench_function("restore 40,000 rows", |b| {
        b.iter(|| black_box(Shard::from_snapshot(0, &snapshot)).is_ok());
    });
    // What an audit does: the recorded inputs decided again, and sealed to compare the bytes.
    group.throughput(Throughput::Elements(commands.len() as u64 + u64::from(ACCOUNTS)));
    group.bench_function("decide again", |b| {
        b.iter_batched_ref(
            shard,
            |shard| {
                step_and_seal(shard, 0, &opens);
                step_and_seal(shard, 1_000, &batches)
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
