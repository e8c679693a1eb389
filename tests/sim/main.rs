//! The simulator's promises: seeds, canaries, and the crash matrix row by row. What it is and how
//! it is run is told in `src/sim` and in README.md.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod across;
mod between;
mod canaries;
mod hops;
mod log;
mod seeds;
mod standby;
mod store;
mod takeover;
mod torn;
