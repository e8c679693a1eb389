//! A naive model beside the ledger, under random commands: after every step they agree on every
//! answer and every account; and the ways in which books come back (fold, rest, mark) all come
//! back to the same.
//!
//! `PROPTEST_CASES=10000 cargo test -p groat-tests --test model` looks longer.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that meets what it does not expect has to stop and say so"
)]

mod ops;

mod naive;

mod books;

mod steps;

#[path = "../rules/invariants.rs"]
mod invariants;

#[path = "../rules/hold_invariants.rs"]
mod hold_invariants;

mod agreement;

mod wire;

mod shards;

mod coverage;
