//! A shard: books and the head of a chain, moved together. Input goes in, sealed blocks come out.
//!
//! A shard does no I/O: whoever owns it makes a sealed block durable, and only then lets anything
//! of its [`Outbound`] go.

use crate::block::{Block, Hash, hex, seal};
use crate::books::{Books, Inbound, OpenBlock, Outbound};
use crate::chain::ChainHead;
use crate::fault::Fault;
use crate::limits::BODY_BYTES_SEAL;
use groat_proto::v1::{BlockHeader, ChainTerms, InputRange, SnapshotHead};
use groat_proto::{Message, read_varint};

/// See the module.
pub struct Shard {
    books: Books,
    head: ChainHead,
    open: OpenBlock,
}

/// A block to be made durable, and what may leave once it is.
#[derive(Debug)]
pub struct Sealed {
    /// Its number.
    pub number: u64,
    /// Its bytes, the same everywhere.
    pub bytes: Vec<u8>,
    /// What may leave.
    pub outbound: Outbound,
    /// The last offset consumed by it.
    pub last_offset: Option<u64>,
    /// Whether its header carries the digest of the state.
    pub has_digest: bool,
}

/// A block whose content is settled: what is left is to compress and hash it.
#[derive(Debug)]
pub struct Closed {
    header: BlockHeader,
    body: Vec<u8>,
    outbound: Outbound,
    last_offset: Option<u64>,
    has_digest: bool,
}

impl Closed {
    /// The block after the one with this hash, and its own hash.
    pub fn seal(self, previous: Hash) -> (Sealed, Hash) {
        let Closed { header, body, outbound, last_offset, has_digest } = self;
        let number = header.number;
        let (bytes, hash) = seal(BlockHeader { previous: previous.to_vec(), ..header }, &body);
        (Sealed { number, bytes, outbound, last_offset, has_digest }, hash)
    }
}

/// A state to be kept as a snapshot once the hash of the block before it is known.
#[derive(Debug)]
pub struct AtRest {
    head: SnapshotHead,
    rows: Vec<u8>,
}

impl AtRest {
    /// Bytes of its rows.
    pub fn bytes(&self) -> u64 {
        self.rows.len() as u64
    }

    /// The number of the block it follows.
    pub fn number(&self) -> u64 {
        self.head.number
    }

    /// The snapshot after the block with this hash.
    pub fn snapshot(mut self, block: Hash) -> Vec<u8> {
        self.head.block_hash = block.to_vec();
        let mut bytes = Vec::with_capacity(self.rows.len() + self.head.encoded_len() + 10);
        self.head.encode_length_delimited(&mut bytes).expect("a Vec grows");
        bytes.extend_from_slice(&self.rows);
        bytes
    }
}

impl Shard {
    /// A shard whose chain begins now. The first block to seal is its claim.
    pub fn begin(shard: u32, terms: ChainTerms) -> Shard {
        let head = ChainHead::new(shard);
        Shard { books: Books::new(shard, terms), head, open: OpenBlock::default() }
    }

    /// The books.
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// Where the chain stands; the open block is not in it.
    pub fn head(&self) -> &ChainHead {
        &self.head
    }

    /// Seals an empty block with a higher epoch: this owner's claim.
    pub fn claim(&mut self) -> Sealed {
        self.head.epoch = self.head.epoch.saturating_add(1);
        self.seal("", false)
    }

    /// As [`Shard::claim`], closed and not sealed.
    pub fn close_claim(&mut self) -> Closed {
        self.head.epoch = self.head.epoch.saturating_add(1);
        self.close("", false)
    }

    /// Consumes one input.
    pub fn step(&mut self, inbound: Inbound<'_>) {
        self.books.step(inbound, &mut self.open);
    }

    /// Whether the clock owes anything by `until`.
    pub fn is_due(&mut self, until: u64) -> bool {
        self.books.is_due(until)
    }

    /// Moves time forward without input.
    pub fn tick(&mut self, to: u64) {
        self.books.tick(to, &mut self.open);
    }

    /// Whether anything waits to be sealed.
    pub fn has_open(&self) -> bool {
        !self.open.body.is_empty()
    }

    /// Bytes of the open block so far.
    pub fn open_bytes(&self) -> usize {
        self.open.body.len()
    }

    /// Whether the open block has reached its size.
    pub fn is_full(&self) -> bool {
        self.open.body.len() >= BODY_BYTES_SEAL
    }

    /// Seals what was consumed from `topic` since the last block. With `digest` the header
    /// carries the digest of the state, so that a snapshot may be taken right after.
    pub fn seal(&mut self, topic: &str, digest: bool) -> Sealed {
        let closed = self.close(topic, digest);
        let (sealed, hash) = closed.seal(self.head.previous);
        self.head.previous = hash;
        sealed
    }

    /// As [`Shard::seal`], but leaves hashing and compressing to whoever keeps the blocks and
    /// knows the hash of the one before: [`ChainHead::previous`] is no longer kept here.
    pub fn close(&mut self, topic: &str, digest: bool) -> Closed {
        let digest = if digest { self.books.digest().to_vec() } else { Vec::new() };
        self.close_with(topic, digest)
    }

    /// As [`Shard::close`] with the digest, and the state that has it, put to rest once.
    pub fn close_and_rest(&mut self, topic: &str) -> (Closed, AtRest) {
        let rows = self.books.rows();
        let digest = blake3::hash(&rows).as_bytes().to_vec();
        let closed = self.close_with(topic, digest.clone());
        (closed, AtRest { head: self.snapshot_head(digest), rows })
    }

    fn close_with(&mut self, topic: &str, state_digest: Vec<u8>) -> Closed {
        let has_digest = !state_digest.is_empty();
        let open = std::mem::take(&mut self.open);
        let head = &mut self.head;
        let range = open.offsets.map(|(first_offset, last_offset)| InputRange {
            topic: topic.into(),
            partition: head.shard,
            first_offset,
            last_offset,
        });
        let terms = (head.next_number == 0).then_some(*self.books.terms());
        let header = BlockHeader {
            shard: head.shard,
            epoch: head.epoch,
            number: head.next_number,
            first_event: head.next_event,
            events: open.events,
            inputs: range.iter().cloned().collect(),
            time: self.books.ledger().now(),
            state_digest,
            terms,
            ..BlockHeader::default()
        };
        head.next_number += 1;
        head.next_event += open.events;
        head.time = header.time;
        head.terms = Some(*self.books.terms());
        if let Some(range) = range {
            let same = |p: &InputRange| p.topic == range.topic && p.partition == range.partition;
            head.positions.retain(|p| !same(p));
            head.positions.push(range);
        }
        let last_offset = open.offsets.map(|(_, last)| last);
        let OpenBlock { body, outbound, .. } = open;
        Closed { header, body, outbound, last_offset, has_digest }
    }

    fn snapshot_head(&self, state_digest: Vec<u8>) -> SnapshotHead {
        SnapshotHead {
            shard: self.head.shard,
            epoch: self.head.epoch,
            number: self.head.next_number.saturating_sub(1),
            block_hash: Vec::new(),
            next_event: self.head.next_event,
            positions: self.head.positions.clone(),
            terms: self.head.terms,
            state_digest,
        }
    }

    /// The snapshot after the last sealed block; the open block must be empty.
    pub fn snapshot(&self) -> Vec<u8> {
        let rows = self.books.rows();
        let digest = blake3::hash(&rows).as_bytes().to_vec();
        AtRest { head: self.snapshot_head(digest), rows }.snapshot(self.head.previous)
    }

    /// A shard from a snapshot. The snapshot must carry the digest of its own rows; whether the
    /// chain agrees shows when the next block names the block before it.
    pub fn from_snapshot(shard: u32, snapshot: &[u8]) -> Result<Shard, Fault> {
        let bad = |what: String| {
            Fault::damage(
                format!("the snapshot of shard {shard} cannot be used: {what}"),
                "restore the data directory from a copy; in Kafka mode move it away, and it is \
                 made again from the log",
            )
        };
        let mut at = 0;
        let len = read_varint(snapshot, &mut at).and_then(|len| usize::try_from(len).ok());
        let end = len.and_then(|len| at.checked_add(len));
        let head = end.and_then(|end| snapshot.get(at..end));
        let (Some(head), Some(end)) = (head, end) else {
            return Err(bad("it is cut off".into()));
        };
        let head = SnapshotHead::decode(head).map_err(|e| bad(e.to_string()))?;
        let rows = &snapshot[end..];
        if blake3::hash(rows).as_bytes() != head.state_digest.as_slice() {
            return Err(bad("its rows do not have the digest it carries".into()));
        }
        if head.shard != shard {
            return Err(bad(format!("it is of shard {}", head.shard)));
        }
        let terms = head.terms.ok_or_else(|| bad("it has no terms of a chain".into()))?;
        let books = Books::from_rows(shard, terms, rows).map_err(|b| bad(b.to_string()))?;
        if books.ledger().next_event() != head.next_event {
            return Err(bad("its rows are of another event than its head".into()));
        }
        let previous: Hash = head
            .block_hash
            .as_slice()
            .try_into()
            .map_err(|_| bad(format!("{} is no hash", hex(&head.block_hash))))?;
        let chain = ChainHead {
            shard,
            epoch: head.epoch,
            next_number: head.number.saturating_add(1),
            next_event: head.next_event,
            previous,
            time: books.ledger().now(),
            positions: head.positions,
            terms: Some(terms),
        };
        Ok(Shard { books, head: chain, open: OpenBlock::default() })
    }

    /// Continues by a block of the log: checks that it is the next one and folds it.
    pub fn follow(&mut self, block: &Block) -> Result<(), Fault> {
        let number = block.header.number;
        let broken = |what: String| {
            Fault::damage(
                format!("shard {}: block {number} cannot be folded: {what}", block.header.shard),
                "run `groat-replay verify` on the data; it names the first bad block, event and \
                 byte",
            )
        };
        self.head.accept(block).map_err(|b| broken(b.to_string()))?;
        self.books.fold(block, |_, _| {}).map_err(|b| broken(b.to_string()))?;
        let digest = &block.header.state_digest;
        if !digest.is_empty() && self.books.digest() != digest.as_slice() {
            return Err(broken("the state after it does not have the digest in its header".into()));
        }
        Ok(())
    }
}
