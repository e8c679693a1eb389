//! Snapshots on their way to a store: when one is due, and the pieces it comes in. What is in them
//! is the codec's business, how they are used that of `restore`.

mod reader;

pub use reader::SnapshotReader;

use crate::block::Hash;
use crate::fault::Fault;
use crate::store::Store;
use groat_proto::Message;
use groat_proto::v1::SnapshotHead;

/// A piece of a snapshot, in order: rows, and at last the head that goes before them.
#[derive(Debug)]
pub enum Piece {
    /// Rows.
    Rows(Vec<u8>),
    /// Where in the chain the rows were the state, but for the hash of the block there: whoever
    /// seals knows it.
    Head(SnapshotHead),
}

impl Piece {
    /// Keeps it, of the state after the block of this number and hash.
    pub fn keep(self, number: u64, hash: Hash, store: &mut impl Store) -> Result<(), Fault> {
        match self {
            Piece::Rows(rows) => store.add_to_snapshot(number, &rows),
            Piece::Head(head) => {
                let head = with_hash(head, hash);
                store.finish_snapshot(number, &head.encode_length_delimited_to_vec())
            }
        }
    }

    /// Bytes of its rows.
    pub fn row_bytes(&self) -> u64 {
        match self {
            Piece::Rows(rows) => rows.len() as u64,
            Piece::Head(_) => 0,
        }
    }
}

/// The head of a snapshot taken after the block with this hash, and its own hash.
pub fn with_hash(mut head: SnapshotHead, block: Hash) -> SnapshotHead {
    head.block_hash = block.to_vec();
    head.head_hash = blake3::hash(&head.encode_to_vec()).as_bytes().to_vec();
    head
}

/// Whether the bytes of a snapshot's head have the hash at their end. Heads of before there was one
/// have none; then at least every byte of it must mean something.
pub fn has_its_hash(head: &[u8]) -> bool {
    // The field's tag and length, then the hash: the last field of the message.
    let hashed = head.len().checked_sub(34).map(|at| head.split_at(at));
    match hashed {
        Some((hashed, [0x4a, 0x20, hash @ ..])) => blake3::hash(hashed).as_bytes() == hash,
        _ => SnapshotHead::decode(head).is_ok_and(|read| read.encoded_len() == head.len()),
    }
}

/// What of a chain is not in its newest snapshot, in bytes.
#[derive(Clone, Copy, Default, Debug)]
pub struct Tail {
    /// Of the blocks since.
    pub blocks: u64,
    /// Of the snapshot itself; 0 where there is none.
    pub snapshot: u64,
}

impl Tail {
    /// Whether a snapshot is due: the blocks since the last one are `at_least` so many bytes, and
    /// twice the snapshot. So all snapshots together cost half of what the blocks do, however
    /// large the state has grown.
    pub fn is_long(self, at_least: u64) -> bool {
        self.blocks >= at_least.max(self.snapshot.saturating_mul(2))
    }
}
