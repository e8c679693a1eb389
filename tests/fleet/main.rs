//! Real processes and a real Apache Kafka, and what can happen to them: owners that freeze, are
//! killed, come in twice; brokers that die or freeze; topics trimmed or deleted.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod brokers;
mod moving;
mod names;
mod owners;
mod pages;
mod topics;
