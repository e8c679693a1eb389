//! The service around the shards: local mode, Kafka mode, publishing, topics, pages, the demo.
//!
//! It moves bytes and holds promises about when they move; rules and books are elsewhere.

pub mod bench;
pub mod clock;
pub mod config;
pub mod demo;
mod http;
pub mod kafka;
pub mod limits;
pub mod local;
pub mod routing;
