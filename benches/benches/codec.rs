//! Between bytes and domain: commands decoded, the events of a block written and read, by kind.
#![allow(missing_docs, reason = "criterion's macros")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use groat::bench::Kind;
use groat_benches::{events, records, workload};
use groat_proto::Message;
use groat_shard::{append_event, read_command, read_plain_event, write_event};
use std::hint::black_box;

fn benches(c: &mut Criterion) {
    let kinds =
        [("transfers", Kind::Transfers), ("payments", Kind::Payments), ("rentals", Kind::Rentals)];
    for (name, kind) in kinds {
        let mut group = c.benchmark_group("codec");
        let (opens, commands) = workload(kind, 1_000, 5_000);
        group.throughput(Throughput::Elements(commands.len() as u64));
        let bytes: Vec<Vec<u8>> = commands.iter().map(Message::encode_to_vec).collect();
        group.bench_function(format!("{name}: decode commands"), |b| {
            b.iter(|| bytes.iter().filter(|c| black_box(read_command(c)).is_ok()).count());
        });
        let events = events(&records(&opens, 1_000), &records(&commands, 1_000));
        group.throughput(Throughput::Elements(events.len() as u64));
        let mut body = Vec::new();
        group.bench_function(format!("{name}: write events"), |b| {
            b.iter(|| {
                body.clear();
                for (fact, movements) in &events {
                    append_event(fact, movements, &mut body);
                }
                body.len()
            });
        });
        let mut wire = Default::default();
        let written = |(fact, movements): &(_, Vec<_>)| {
            write_event(fact, movements, &mut wire);
            wire.encode_to_vec()
        };
        let bytes: Vec<Vec<u8>> = events.iter().map(written).collect();
        let mut movements = Vec::new();
        group.bench_function(format!("{name}: read events"), |b| {
            b.iter(|| {
                let read = |e: &&Vec<u8>| {
                    read_plain_event(e, &mut movements, |fact, _| _ = black_box(fact)).is_some()
                };
                bytes.iter().filter(read).count()
            });
        });
        group.finish();
    }
}

criterion_group!(all, benches);
criterion_main!(all);
