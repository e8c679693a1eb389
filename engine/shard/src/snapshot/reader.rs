//! A snapshot on its way back.

use super::has_its_hash;
use crate::block::{Hash, hex};
use crate::books::Books;
use crate::codec::StateReader;
use crate::fault::Fault;
use crate::shard::Shard;
use groat_proto::v1::{ChainTerms, SnapshotHead};
use groat_proto::{Message, read_varint};

/// Makes a shard of the bytes of a snapshot, however they are cut: rows are put in their places
/// while more of them are read.
pub struct SnapshotReader {
    shard: u32,
    bytes: u64,
    reading: Reading,
}

/// How far it is.
enum Reading {
    /// So much of its head is there.
    Head(Vec<u8>),
    Rows(Box<Rows>),
    Bad(String),
}

struct Rows {
    head: SnapshotHead,
    terms: ChainTerms,
    hasher: blake3::Hasher,
    state: StateReader,
}

impl SnapshotReader {
    /// Nothing read yet, of this shard.
    pub fn new(shard: u32) -> SnapshotReader {
        SnapshotReader { shard, bytes: 0, reading: Reading::Head(Vec::new()) }
    }

    /// So many bytes were read.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads on.
    pub fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        match &mut self.reading {
            Reading::Rows(rows) => rows.add(bytes),
            Reading::Bad(_) => {}
            Reading::Head(begun) => {
                begun.extend_from_slice(bytes);
                let mut at = 0;
                let len = read_varint(begun, &mut at).and_then(|len| usize::try_from(len).ok());
                let end = len.and_then(|len| at.checked_add(len));
                let Some(head) = end.and_then(|end| begun.get(at..end)) else { return };
                self.reading = match Rows::behind(self.shard, head) {
                    Err(what) => Reading::Bad(what),
                    Ok(mut rows) => {
                        rows.add(&begun[at + head.len()..]);
                        Reading::Rows(Box::new(rows))
                    }
                };
            }
        }
    }

    /// The shard, if these were all bytes of a snapshot.
    pub fn finish(self) -> Result<Shard, Fault> {
        let shard = match self.reading {
            Reading::Head(_) => Err("it is cut off".into()),
            Reading::Bad(what) => Err(what),
            Reading::Rows(rows) => rows.finish(),
        };
        shard.map_err(|what| {
            Fault::damage(
                format!("the snapshot of shard {} cannot be used: {what}", self.shard),
                "restore the data directory from a copy; in Kafka mode move it away, and it is \
                 made again from the log",
            )
        })
    }
}

impl Rows {
    fn behind(shard: u32, head: &[u8]) -> Result<Rows, String> {
        // Its positions and hash say where to go on: as much depends on them as on the rows.
        if !has_its_hash(head) {
            return Err("its head does not have the hash it carries".into());
        }
        let head = SnapshotHead::decode(head).map_err(|e| e.to_string())?;
        if head.shard != shard {
            return Err(format!("it is of shard {}", head.shard));
        }
        let terms = head.terms.ok_or("it has no terms of a chain")?;
        let state = Books::reader(shard, &terms);
        Ok(Rows { head, terms, hasher: blake3::Hasher::new(), state })
    }

    fn add(&mut self, bytes: &[u8]) {
        self.state.add(bytes);
        self.hasher.update(bytes);
    }

    fn finish(self) -> Result<Shard, String> {
        let Rows { head, terms, hasher, state } = self;
        if hasher.finalize().as_bytes() != head.state_digest.as_slice() {
            return Err("its rows do not have the digest it carries".into());
        }
        let books = Books::read(head.shard, terms, state).map_err(|bad| bad.to_string())?;
        if books.ledger().next_event() != head.next_event {
            return Err("its rows are of another event than its head".into());
        }
        let previous = Hash::try_from(head.block_hash.as_slice())
            .map_err(|_| format!("{} is no hash", hex(&head.block_hash)))?;
        Ok(Shard::rested(books, terms, head, previous))
    }
}
