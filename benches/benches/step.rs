//! decode, step and seal: the whole hot path of a shard, in memory; and the fold of what it wrote.
#![allow(missing_docs, reason = "criterion's macros")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use groat::bench::Kind;
use groat_benches::{ACCOUNTS, records, shard, step_and_seal, workload};
use groat_shard::{Block, Books, read_command};
use std::hint::black_box;

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("step");
    let (opens, commands) = workload(Kind::Transfers, ACCOUNTS, 20_000);
    let opens = records(&opens, 1_000);
    group.throughput(Throughput::Elements(commands.len() as u64));

    let single = records(&commands, 1);
    group.bench_function("decode a plain transfer", |b| {
        b.iter(|| {
            for record in &single {
                // Behind the record's own tag and length.
                let _ = black_box(read_command(&record[2..]));
            }
        });
    });
    let opened = || {
        let mut shard = shard();
        step_and_seal(&mut shard, 0, &opens);
        shard
    };
    for size in [1, 1_000] {
        let batches = records(&commands, size);
        group.bench_function(format!("plain transfers, {size} in a record"), |b| {
            let step = |shard: &mut groat_shard::Shard| step_and_seal(shard, 1_000, &batches);
            b.iter_batched_ref(opened, step, BatchSize::LargeInput);
        });
    }
    for (name, kind) in [("payments", Kind::Payments), ("rentals", Kind::Rentals)] {
        let (opens, commands) = workload(kind, 1_000, 20_000);
        let (opens, batches) = (records(&opens, 1_000), records(&commands, 100));
        let opened = || {
            let mut shard = shard();
            step_and_seal(&mut shard, 0, &opens);
            shard
        };
        group.throughput(Throughput::Elements(commands.len() as u64));
        group.bench_function(format!("{name}, 100 in a record"), |b| {
            let step = |shard: &mut groat_shard::Shard| step_and_seal(shard, 1_000, &batches);
            b.iter_batched_ref(opened, step, BatchSize::LargeInput);
        });
    }

    let folds = [
        ("plain transfers", Kind::Transfers, ACCOUNTS),
        ("payments", Kind::Payments, 1_000),
        ("rentals", Kind::Rentals, 1_000),
    ];
    for (name, kind, accounts) in folds {
        let mut writer = shard();
        let terms = *writer.books().terms();
        let (opens, commands) = workload(kind, accounts, 20_000);
        let blocks: Vec<Block> = [&records(&opens, 1_000), &records(&commands, 1_000)]
            .iter()
            .zip([0, 1_000])
            .flat_map(|(records, first)| step_and_seal(&mut writer, first, records))
            .filter_map(|bytes| Block::parse(&bytes).ok())
            .collect();
        group.throughput(Throughput::Elements(blocks.iter().map(|b| b.header.events).sum()));
        group.bench_function(format!("fold of {name}"), |b| {
            b.iter(|| {
                let mut books = Books::new(0, terms);
                for block in &blocks {
                    let _ = black_box(books.fold(block, |_, _| {}));
                }
                books.ledger().next_event()
            });
        });
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
