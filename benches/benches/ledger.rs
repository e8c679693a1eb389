//! decide + apply: the rules of money without any byte.
#![allow(missing_docs, reason = "criterion's macros")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use groat::bench::Kind;
use groat_benches::{ACCOUNTS, decide_and_apply, domain, ledger, workload};
use groat_ledger::Ledger;

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger");
    let (opens, moves) = workload(Kind::Transfers, ACCOUNTS, 20_000);
    let (opens, moves) = (domain(&opens), domain(&moves));
    group.throughput(Throughput::Elements(moves.len() as u64));
    let opened = || {
        let mut ledger = ledger();
        decide_and_apply(&mut ledger, &opens);
        ledger
    };
    group.bench_function("plain transfers, 10,000 accounts", |b| {
        b.iter_batched_ref(
            opened,
            |ledger| decide_and_apply(ledger, &moves),
            BatchSize::LargeInput,
        );
    });
    for (name, kind) in [("payments", Kind::Payments), ("rentals", Kind::Rentals)] {
        let (opens, commands) = workload(kind, 1_000, 20_000);
        let (opens, commands) = (domain(&opens), domain(&commands));
        let opened = || {
            let mut ledger = ledger();
            decide_and_apply(&mut ledger, &opens);
            ledger
        };
        group.throughput(Throughput::Elements(commands.len() as u64));
        group.bench_function(format!("{name}, 1,000 users"), |b| {
            let run = |ledger: &mut Ledger| decide_and_apply(ledger, &commands);
            b.iter_batched_ref(opened, run, BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
