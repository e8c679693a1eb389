//! Public data through the real binaries, matched to the cent: every row of a data set is either
//! matched or listed with the reason why not. Each data set runs three times over: in local mode,
//! from a real broker with the same state at the end, and as an exported journal that hledger and
//! ledger read.
//!
//! | file | statement |
//! |---|---|
//! | `journal` | the exported journal in hledger and ledger |
//! | `transfers`, `merchant_sales`, `rentals`, `tigerbeetle`, `pgledger` | the data sets |
//! | `rental_orders` | one more, of messages |
//! | `instalments`, `loan_steps`, `credit_lines`, `numscript` | what the ledger alone is asked |
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "tests"
)]

mod journal;

mod credit_lines;
mod instalments;
mod loan_steps;
mod merchant_sales;
mod numscript;
mod pgledger;
mod rental_orders;
mod rentals;
mod tigerbeetle;
mod transfers;
