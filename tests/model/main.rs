//! A naive model beside the ledger, under random commands: after every step they agree on every
//! account; and the ways in which books come back (fold, rest, mark) all come back to the same.
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

#[path = "../rules/invariants.rs"]
mod invariants;

mod agreement;
