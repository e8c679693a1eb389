//! A shard: books and the head of a chain, moved together. Input goes in, sealed blocks come out.
//!
//! A shard does no I/O: whoever owns it makes a sealed block durable, and only then lets anything
//! of its [`Outbound`] go. A snapshot is taken in pieces between blocks, so that no block waits for
//! it: [`Shard::close_and_rest`], then [`Shard::rest_on`] until the head comes.

mod resting;

use crate::block::{Block, Hash, seal};
use crate::books::{Books, Inbound, OpenBlock};
use crate::chain::{Arrival, ChainHead};
use crate::fault::Fault;
use crate::fold::Folded;
use crate::limits::{BLOCK_BYTES_MAX, BODY_BYTES_SEAL};
use crate::outbound::{Outbound, tell};
use crate::snapshot::{SnapshotReader, with_hash};
use groat_proto::Message;
use groat_proto::v1::{BlockHeader, ChainTerms, InputRange, Rested, SnapshotHead};
use resting::Resting;

/// More than a block has beside its body: magic, header and hash.
const BEYOND_BODY_BYTES_MAX: usize = 64 * 1024;

/// See the module.
pub struct Shard {
    books: Books,
    head: ChainHead,
    open: OpenBlock,
    resting: Option<Resting>,
    /// The digest of the state that was put to rest last and stands in no header yet.
    rested: Option<Rested>,
    /// The topic by which other shards send.
    transfers: String,
}

/// A block to be made durable, and what may leave once it is.
#[derive(Debug)]
pub struct Sealed {
    /// Its number.
    pub number: u64,
    /// The epoch of its owner.
    pub epoch: u64,
    /// The number of its first event, or of the next one if it has none.
    pub first_event: u64,
    /// Its bytes, the same everywhere.
    pub bytes: Vec<u8>,
    /// What may leave.
    pub outbound: Outbound,
    /// The last offset consumed by it.
    pub last_offset: Option<u64>,
}

/// A block whose content is settled: what is left is to compress and hash it.
#[derive(Debug)]
pub struct Closed {
    header: BlockHeader,
    body: Vec<u8>,
    outbound: Outbound,
    last_offset: Option<u64>,
}

impl Closed {
    /// Whether the state after it is being put to rest.
    pub fn rests(&self) -> bool {
        self.header.rests
    }

    /// The number of the event after it.
    pub fn next_event(&self) -> u64 {
        self.header.first_event + self.header.events
    }

    /// Whether whoever reads the block accepts it. It must not be sealed where this is a fault:
    /// nothing of it may be acknowledged, and nothing after it read.
    pub fn can_be_read(&self) -> Result<(), Fault> {
        let BlockHeader { shard, number, .. } = self.header;
        let bytes = self.body.len().saturating_add(BEYOND_BODY_BYTES_MAX);
        if bytes <= BLOCK_BYTES_MAX {
            return Ok(());
        }
        Err(Fault::new(
            format!(
                "shard {shard}: block {number} would have {bytes} bytes; a reader accepts \
                 {BLOCK_BYTES_MAX}"
            ),
            "nothing of it was written or answered: give the last input in smaller pieces, or \
             move the clock in smaller steps",
        ))
    }

    /// The block after the one with this hash, and its own hash.
    pub fn seal(self, previous: Hash) -> (Sealed, Hash) {
        let Closed { header, body, outbound, last_offset } = self;
        let (number, epoch, first_event) = (header.number, header.epoch, header.first_event);
        let (bytes, hash) = seal(BlockHeader { previous: previous.to_vec(), ..header }, &body);
        (Sealed { number, epoch, first_event, bytes, outbound, last_offset }, hash)
    }
}

impl Shard {
    /// A shard whose chain begins now. The first block to seal is its claim.
    pub fn begin(shard: u32, terms: ChainTerms) -> Shard {
        let head = ChainHead::new(shard);
        Shard::with(Books::new(shard, terms), head)
    }

    fn with(books: Books, head: ChainHead) -> Shard {
        let (open, transfers) = (OpenBlock::default(), String::new());
        Shard { books, head, open, resting: None, rested: None, transfers }
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
        self.close("")
    }

    /// The bytes and the hash of a claim that has still to prevail in a log: the shard does not
    /// move. Nothing may be open. `owner` makes it the block of one owner alone.
    pub fn propose_claim(&self, owner: &[u8]) -> (Vec<u8>, Hash) {
        let ChainHead { shard, epoch, next_number: number, next_event, previous, .. } = self.head;
        seal(
            BlockHeader {
                shard,
                epoch: epoch.saturating_add(1),
                number,
                first_event: next_event,
                time: self.books.ledger().now(),
                previous: previous.to_vec(),
                terms: (number == 0).then_some(*self.books.terms()),
                owner: owner.to_vec(),
                ..BlockHeader::default()
            },
            &[],
        )
    }

    /// Decides by a version of the rules from now on, as whoever audits does: a shard begins with
    /// the newest.
    pub fn decide_by(&mut self, ruleset: u32) {
        self.books.decide_by(ruleset);
    }

    /// Consumes one input.
    pub fn step(&mut self, inbound: Inbound<'_>) {
        self.books.step(inbound, &mut self.open);
    }

    /// Consumes what another shard sent, from `topic`. All of a block comes before its commands. A
    /// gap is a fault, and what is missing comes no more: it is not consumed.
    pub fn receive(&mut self, topic: &str, inbound: Inbound<'_>) -> Result<(), Fault> {
        debug_assert!(self.open.offsets.is_none(), "remittances stand before commands");
        if self.transfers != topic {
            self.transfers = topic.into();
        }
        let offset = inbound.offset;
        self.books.receive(inbound, &mut self.open).map_err(|gap| {
            Fault::new(
                format!(
                    "shard {}: offset {offset} of {topic} is number {} of shard {}; the next is {}",
                    self.head.shard, gap.number, gap.from, gap.expected
                ),
                "the topic has lost what shards sent to each other: restore it from a copy, or \
                 send what is missing again from the events of that shard",
            )
        })
    }

    /// Whether the clock owes anything by `until`.
    pub fn is_due(&mut self, until: u64) -> bool {
        self.books.is_due(until)
    }

    /// Until when the clock should be moved before this record is consumed, if much falls due by
    /// then: [`Shard::tick_within`] in blocks of its own, until this gives none. A record that is
    /// consumed at once takes all of it into its block.
    pub fn much_due_before(&mut self, inbound: &Inbound<'_>) -> Option<u64> {
        self.books.much_due_before(inbound)
    }

    /// As [`Shard::much_due_before`], of what another shard sent.
    pub fn much_due_before_remittance(&mut self, inbound: &Inbound<'_>) -> Option<u64> {
        self.books.much_due_before_remittance(inbound)
    }

    /// Moves time forward without input, but no further than what fits the open block: a body of
    /// so many bytes.
    pub fn tick_within(&mut self, to: u64, body_max: usize) {
        self.books.tick_within(to, body_max, &mut self.open);
    }

    /// Moves time forward without input.
    pub fn tick(&mut self, to: u64) {
        self.books.tick(to, &mut self.open);
    }

    /// Whether anything waits to be sealed.
    pub fn has_open(&self) -> bool {
        !self.open.body.is_empty()
    }

    /// Whether the open block has reached its size.
    pub fn is_full(&self) -> bool {
        self.open_bytes() >= BODY_BYTES_SEAL
    }

    /// Bytes of the open block's body, before compression.
    pub fn open_bytes(&self) -> usize {
        self.open.body.len()
    }

    /// Seals what was consumed from `topic` since the last block. With `digest` the header
    /// carries the digest of the state.
    pub fn seal(&mut self, topic: &str, digest: bool) -> Sealed {
        let digest = if digest { self.books.digest().to_vec() } else { Vec::new() };
        let closed = self.close_with(topic, digest, false);
        self.chain(closed)
    }

    /// As [`Shard::close_and_rest`], sealed.
    pub fn seal_and_rest(&mut self, topic: &str) -> Sealed {
        let closed = self.close_and_rest(topic);
        self.chain(closed)
    }

    fn chain(&mut self, closed: Closed) -> Sealed {
        let (sealed, hash) = closed.seal(self.head.previous);
        self.head.previous = hash;
        sealed
    }

    /// As [`Shard::seal`], but leaves hashing and compressing to whoever keeps the blocks and
    /// knows the hash of the one before: [`ChainHead::previous`] is no longer kept here.
    pub fn close(&mut self, topic: &str) -> Closed {
        self.close_with(topic, Vec::new(), false)
    }

    fn close_with(&mut self, topic: &str, state_digest: Vec<u8>, rests: bool) -> Closed {
        let open = std::mem::take(&mut self.open);
        let head = &mut self.head;
        let range = |topic: &str, offsets: Option<(u64, u64)>| {
            offsets.map(|(first_offset, last_offset)| InputRange {
                topic: topic.into(),
                partition: head.shard,
                first_offset,
                last_offset,
            })
        };
        let ranges = [range(&self.transfers, open.remitted), range(topic, open.offsets)];
        let ranges: Vec<InputRange> = ranges.into_iter().flatten().collect();
        let terms = (head.next_number == 0).then_some(*self.books.terms());
        let header = BlockHeader {
            shard: head.shard,
            epoch: head.epoch,
            number: head.next_number,
            first_event: head.next_event,
            events: open.events,
            inputs: ranges.clone(),
            time: self.books.ledger().now(),
            ruleset: self.books.ledger().ruleset(),
            state_digest,
            terms,
            rests,
            rested: self.rested.take(),
            ..BlockHeader::default()
        };
        head.next_number += 1;
        head.next_event += open.events;
        head.time = header.time;
        head.terms = Some(*self.books.terms());
        for range in ranges {
            let same = |p: &InputRange| p.topic == range.topic && p.partition == range.partition;
            head.positions.retain(|p| !same(p));
            head.positions.push(range);
        }
        let last_offset = open.offsets.map(|(_, last)| last);
        let OpenBlock { body, outbound, .. } = open;
        Closed { header, body, outbound, last_offset }
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
            head_hash: Vec::new(),
        }
    }

    /// The whole snapshot after the last sealed block; the open block must be empty.
    pub fn snapshot(&self) -> Vec<u8> {
        let rows = self.books.rows();
        let digest = blake3::hash(&rows).as_bytes().to_vec();
        let head = with_hash(self.snapshot_head(digest), self.head.previous);
        let mut bytes = head.encode_length_delimited_to_vec();
        bytes.extend_from_slice(&rows);
        bytes
    }

    /// A shard from a snapshot. The snapshot must carry the digest of its own rows; whether the
    /// chain agrees shows when the next block names the block before it.
    pub fn from_snapshot(shard: u32, snapshot: &[u8]) -> Result<Shard, Fault> {
        let mut reader = SnapshotReader::new(shard);
        snapshot.chunks(64 * 1024).for_each(|piece| reader.add(piece));
        reader.finish()
    }

    /// A shard after the block that the head of a snapshot names, with these books.
    pub(crate) fn rested(
        books: Books,
        terms: ChainTerms,
        head: SnapshotHead,
        previous: Hash,
    ) -> Shard {
        let chain = ChainHead {
            shard: head.shard,
            epoch: head.epoch,
            next_number: head.number.saturating_add(1),
            next_event: head.next_event,
            previous,
            time: books.ledger().now(),
            positions: head.positions,
            terms: Some(terms),
        };
        let (number, state_digest) = (head.number, head.state_digest);
        let rested = Some(Rested { number, state_digest });
        Shard { rested, ..Shard::with(books, chain) }
    }

    /// Continues by a block of the log: folds it if it is the next one, leaves a late one alone.
    pub fn follow(&mut self, block: &Block) -> Result<Arrival, Fault> {
        self.follow_and_show(block, |_, _| {})
    }

    /// As [`Shard::follow`]; gives also what left with the block, made again from its events, so
    /// that it can be sent by whoever finds that it never arrived.
    pub fn follow_and_tell(&mut self, block: &Block) -> Result<(Arrival, Outbound), Fault> {
        let mut outbound = Outbound::default();
        let arrival = self.follow_and_show(block, |books, folded| match folded {
            Folded::Input(_) | Folded::Remittance(_) => {}
            Folded::Event { number, at, fact, movements, .. } => {
                tell(books, number, at, fact, movements, &mut outbound);
            }
            Folded::Decided { told, .. } => outbound.answers.push(told.clone()),
        })?;
        Ok((arrival, outbound))
    }

    fn follow_and_show(
        &mut self,
        block: &Block,
        show: impl FnMut(&Books, Folded<'_>),
    ) -> Result<Arrival, Fault> {
        let number = block.header.number;
        let broken = |what: String| {
            Fault::damage(
                format!("shard {}: block {number} cannot be folded: {what}", block.header.shard),
                "run `groat-replay verify` on the data; it names the first bad block, event and \
                 byte",
            )
        };
        if self.head.accept(block).map_err(|b| broken(b.to_string()))? == Arrival::Late {
            return Ok(Arrival::Late);
        }
        self.books.fold(block, show).map_err(|b| broken(b.to_string()))?;
        if let Some(told) = &block.header.rested
            && self.rested.take().as_ref() != Some(told)
        {
            let what =
                format!("the state after block {} has not the digest told of it", told.number);
            return Err(broken(what));
        }
        let taken = &block.header.state_digest;
        if block.header.rests || !taken.is_empty() {
            let state_digest = self.books.digest().to_vec();
            if !taken.is_empty() && *taken != state_digest {
                let what = "the state after it does not have the digest in its header";
                return Err(broken(what.into()));
            }
            self.rested = Some(Rested { number, state_digest });
        }
        Ok(Arrival::Next)
    }

    /// Seals as the owner did whose block had this header, for a block that is decided again.
    pub fn seal_again(&mut self, recorded: &BlockHeader) -> Sealed {
        let untold = if recorded.rested.is_none() { self.rested.take() } else { None };
        let claims = recorded.epoch > self.head.epoch;
        self.head.epoch += u64::from(claims);
        // Commands come last; their topic is asked for only where there are any.
        let topic = recorded.inputs.last().map_or("", |range| &range.topic);
        let takes_digest = !recorded.state_digest.is_empty();
        let digest = if takes_digest { self.books.digest().to_vec() } else { Vec::new() };
        let mut closed = self.close_with(topic, digest, recorded.rests);
        if claims {
            closed.header.owner.clone_from(&recorded.owner);
        }
        let number = closed.header.number;
        self.rested = if recorded.rests || takes_digest {
            Some(Rested { number, state_digest: self.books.digest().to_vec() })
        } else {
            untold
        };
        self.chain(closed)
    }
}
