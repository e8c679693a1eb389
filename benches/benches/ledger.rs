//! decide + apply: the rules of money without any byte.
#![allow(missing_docs, reason = "criterion's macros")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use groat_benches::{
    ACCOUNTS, decide_and_apply, domain, ledger, open_accounts, payments, transfers,
};

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger");
    let opens = domain(&open_accounts(0, ACCOUNTS));
    let moves = domain(&transfers(1_000_000, 20_000, ACCOUNTS));
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
    let all = domain(&payments(0, 10_000, 1_000));
    group.throughput(Throughput::Elements(all.len() as u64));
    group.bench_function("payments created and paid, 1,000 users", |b| {
        b.iter_batched_ref(ledger, |ledger| decide_and_apply(ledger, &all), BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
