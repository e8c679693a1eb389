//! One shard: one ledger, one input order, one writer, one chain of blocks.
//!
//! Synchronous and, but for the store, without I/O. Read [`Shard`] first: input goes in, sealed
//! blocks come out; then `books` for what a step does. Kafka, threads and the clock are the
//! service's business.

mod answer;
mod block;
mod books;
mod chain;
mod codec;
mod fault;
mod fold;
pub mod limits;
mod restore;
mod seen;
mod shard;
mod store;

pub use block::{BadBlock, Block, FORMAT, FrameKind, Hash, RULESET, hex};
pub use books::{Books, Inbound, OpenBlock, Outbound, tell};
pub use chain::{Arrival, ChainBreak, ChainHead, terms_text};
pub use codec::{CommandView, Malformed, read_command, read_event, write_event};
pub use fault::Fault;
pub use fold::{BadFold, Folded};
pub use restore::{Restored, Tail, restore, restore_to};
pub use shard::{AtRest, Closed, Sealed, Shard};
pub use store::{Checked, MemoryStore, SledStore, Store};
