//! `kill -9` at any moment, start again: the state of an undisturbed run, and no answer is ever
//! taken back. Moments are drawn from a seed that is printed; `GROAT_TEST_SEED` sets it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "tests"
)]

mod disk;
mod run;
mod seed;
mod serve;
mod told;
