//! A naive model beside the ledger, under random commands: after every step they agree on every
//! answer and every account; the ways in which books come back (fold, rest, mark) all come back to
//! the same; and so do whole shards, however their input is cut.
//!
//! | file | what it is |
//! |---|---|
//! | `ops` | random steps: kinds and dice, made into commands next to what is there |
//! | `naive` | the rules of DOMAIN.md a second time, as sums over a list of entries |
//! | `books` | the ledger as a shard drives it |
//! | `steps` | what must hold between a state and the next |
//! | `agreement`, `shards` | the properties |
//! | `coverage` | that random steps reach what they are there for |
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
