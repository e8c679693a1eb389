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
mod outbound;
mod restore;
mod seen;
mod shard;
mod signature;
mod snapshot;
mod store;

pub use block::{BadBlock, Block, FORMAT, FrameKind, Hash, RULESET, hex};
pub use books::{Books, Gap, Inbound, OpenBlock};
pub use chain::{Arrival, ChainBreak, ChainHead, terms_text};
pub use codec::{
    CommandView, Malformed, StateReader, append_event, read_command, read_event, read_plain_event,
    read_remittance, write_event,
};
pub use fault::{Cause, Fault};
pub use fold::{BadFold, Folded};
pub use outbound::{Messages, Outbound, Remitted, Settled, Told};
pub use restore::{Restored, restore, restore_to};
pub use shard::{Closed, Sealed, Shard};
pub use signature::{signature_holds, signed_bytes};
pub use snapshot::{Piece, SnapshotReader, Tail};
pub use store::{Checked, MemoryStore, SledStore, Store};
