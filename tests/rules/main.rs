//! The rules as tables: one line per command, its outcome in the last column.
//!
//! Read `table.rs` for the form of a line; each other file is one subject of DOMAIN.md. These
//! tests see the ledger alone: what needs ids, blocks or a broker is tested elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that meets what it does not expect has to stop and say so"
)]

/// Writes each table as a test of its name, and all of them as a list that can be read.
macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident $text:literal)*) => {
        pub(crate) const TABLES: &[&str] = &[$($text),*];
        $($(#[$doc])* #[test] fn $name() { crate::table::check(stringify!($name), $text); })*
    };
}

mod table;

mod app_commands;
mod card_commands;
mod checks;
mod commands;
mod edges;
mod exchange_commands;
mod hold_checks;
mod hold_commands;
mod hold_invariants;
mod invariants;
mod lending_commands;
mod market_commands;
mod member_commands;
mod plan_commands;
mod words;
mod worst;

mod transfers;

mod accounts;
mod apps;
mod treasury;

mod limits;

mod payments;
mod refunds;

mod settlement;

mod dispute_commands;
mod disputes;

mod royalties;
mod royalty_commands;

mod agreed_credit;
mod billing;
mod credit;
mod debits;
mod full;
mod funding;
mod loan_charges;
mod loans;
mod losses;
mod plans;
mod seller_fees;

mod authorizations;

mod rent_bounds;
mod rentals;

mod advances;
mod collection;

mod agreed;

mod coupons;
mod named_coupons;

mod packets;

mod cards;
mod owed_points;
mod points;

mod invoices;

mod exchange;

mod due;
mod dues;

mod precedence;

mod museum;

mod foreign;

mod coverage;
