//! The block: what a shard did with one batch of input, as bytes. The unit of commit, of the hash
//! chain and of replay. The layout is documented in `proto/groat/v1/block.proto`.

use crate::codec::append_event;
use crate::limits::{BLOCK_BYTES_MAX, COMPRESS_BYTES_MIN, COMPRESSION_MAX};
use groat_ledger::{Fact, Movement};
use groat_proto::prost::length_delimiter_len;
use groat_proto::v1::{BlockHeader, Input};
use groat_proto::{Message, read_varint, write_varint};
use std::fmt;

/// Version of the layout that this code writes; older ones stay readable.
pub const FORMAT: u32 = 1;

/// Version of the rules that this code decides by.
pub const RULESET: u32 = groat_ledger::RULESET;

const MAGIC: &[u8; 4] = b"GROT";
const PREFIX: usize = 8;
const HASH: usize = 32;

/// A BLAKE3 hash.
pub type Hash = [u8; HASH];

/// What a frame of a body holds. The numbers stand in every block: never change one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum FrameKind {
    /// An input as received.
    Input = 1,
    /// An event the clock owed.
    Due = 2,
    /// An event of a command.
    Event = 3,
    /// The end of a command.
    Decided = 4,
    /// Time moved forward.
    Clock = 5,
    /// What another shard sent, as received.
    Remittance = 6,
}

/// A block read back: its hash and body hash were checked.
#[derive(Debug, Clone)]
pub struct Block {
    /// The header.
    pub header: BlockHeader,
    /// The body, not compressed.
    pub body: Vec<u8>,
    /// The block's hash.
    pub hash: Hash,
}

/// Why bytes are not a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadBlock {
    /// Byte at which it shows, within the block as stored; within the body for frames.
    pub at: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for BadBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {})", self.what, self.at)
    }
}

impl BadBlock {
    fn new(at: usize, what: impl Into<String>) -> BadBlock {
        BadBlock { at, what: what.into() }
    }
}

/// Seals a body: fills what of the header follows from it, and gives the block's bytes and hash. A
/// header that names no ruleset gets that of this code.
pub fn seal(mut header: BlockHeader, body: &[u8]) -> (Vec<u8>, Hash) {
    header.format = FORMAT;
    // A claim decides nothing.
    if header.ruleset == 0 {
        header.ruleset = RULESET;
    }
    header.body_hash = blake3::hash(body).as_bytes().to_vec();
    header.body_bytes = u32::try_from(body.len()).expect("a body is bounded far below 4 GiB");
    let compressed = (body.len() >= COMPRESS_BYTES_MIN).then(|| lz4_flex::block::compress(body));
    let smaller = compressed.filter(|c| c.len() < body.len() - body.len() / 16);
    header.compressed = smaller.is_some();
    let stored = smaller.as_deref().unwrap_or(body);

    let header_len = header.encoded_len();
    let mut bytes = Vec::with_capacity(PREFIX + header_len + stored.len() + HASH);
    bytes.extend_from_slice(MAGIC);
    let header_len = u32::try_from(header_len).expect("a header is a few hundred bytes");
    bytes.extend_from_slice(&header_len.to_le_bytes());
    header.encode(&mut bytes).expect("a Vec grows");
    bytes.extend_from_slice(stored);
    let hash = *blake3::hash(&bytes).as_bytes();
    bytes.extend_from_slice(&hash);
    (bytes, hash)
}

impl Block {
    /// Reads a block and checks everything in it that can be checked without the one before.
    pub fn parse(bytes: &[u8]) -> Result<Block, BadBlock> {
        if bytes.len() < PREFIX + HASH || bytes.len() > BLOCK_BYTES_MAX {
            let what = format!("a block cannot have {} bytes", bytes.len());
            return Err(BadBlock::new(bytes.len(), what));
        }
        let (hashed, claimed) = bytes.split_at(bytes.len() - HASH);
        let hash = *blake3::hash(hashed).as_bytes();
        if &hashed[..4] != MAGIC {
            return Err(BadBlock::new(0, "this is not a block: it does not begin with GROT"));
        }
        if hash != claimed {
            return Err(BadBlock::new(hashed.len(), "the bytes do not have the hash they carry"));
        }
        let header_len = u32::from_le_bytes([hashed[4], hashed[5], hashed[6], hashed[7]]);
        let header_end = usize::try_from(header_len).ok().and_then(|len| PREFIX.checked_add(len));
        let header = header_end.and_then(|end| hashed.get(PREFIX..end));
        let header = header.ok_or_else(|| BadBlock::new(4, "the header is cut off"))?;
        let body_at = PREFIX + header.len();
        let header = BlockHeader::decode(header)
            .map_err(|e| BadBlock::new(PREFIX, format!("the header cannot be read: {e}")))?;
        if header.format != FORMAT {
            let what =
                format!("block format {} is not known; a newer groat wrote it", header.format);
            return Err(BadBlock::new(PREFIX, what));
        }
        let body = Block::body(&header, &hashed[body_at..])
            .ok_or_else(|| BadBlock::new(body_at, "the body cannot be decompressed"))?;
        if blake3::hash(&body).as_bytes() != header.body_hash.as_slice() {
            return Err(BadBlock::new(body_at, "the body does not have the hash in the header"));
        }
        Ok(Block { header, body, hash })
    }

    /// The header alone, with nothing checked: for who looks for a block and does not read it.
    pub fn peek(bytes: &[u8]) -> Option<BlockHeader> {
        let len = u32::from_le_bytes(bytes.get(4..PREFIX)?.try_into().ok()?);
        let end = usize::try_from(len).ok()?.checked_add(PREFIX)?;
        BlockHeader::decode(bytes.get(PREFIX..end)?).ok()
    }

    fn body(header: &BlockHeader, stored: &[u8]) -> Option<Vec<u8>> {
        if !header.compressed {
            return Some(stored.to_vec());
        }
        let most = stored.len().saturating_mul(COMPRESSION_MAX).min(BLOCK_BYTES_MAX);
        let len = usize::try_from(header.body_bytes).ok().filter(|len| *len <= most)?;
        lz4_flex::block::decompress(stored, len).ok()
    }

    /// The frames of the body in order, each with its offset in the body.
    pub fn frames(&self) -> Frames<'_> {
        Frames { body: &self.body, at: 0 }
    }
}

/// See [`Block::frames`].
#[derive(Clone)]
pub struct Frames<'a> {
    body: &'a [u8],
    at: usize,
}

/// A frame: where it begins, its kind, its bytes.
pub type Frame<'a> = (usize, FrameKind, &'a [u8]);

impl<'a> Iterator for Frames<'a> {
    type Item = Result<Frame<'a>, BadBlock>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.body.len() {
            return None;
        }
        let start = self.at;
        let frame = self.read();
        if frame.is_none() {
            self.at = self.body.len();
        }
        let bad = || BadBlock::new(start, "a frame of the body is cut off or of an unknown kind");
        Some(frame.ok_or_else(bad))
    }
}

impl<'a> Frames<'a> {
    fn read(&mut self) -> Option<Frame<'a>> {
        let start = self.at;
        let kind = match *self.body.get(self.at)? {
            1 => FrameKind::Input,
            2 => FrameKind::Due,
            3 => FrameKind::Event,
            4 => FrameKind::Decided,
            5 => FrameKind::Clock,
            6 => FrameKind::Remittance,
            _ => return None,
        };
        self.at += 1;
        let len = usize::try_from(read_varint(self.body, &mut self.at)?).ok()?;
        let bytes = self.body.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some((start, kind, bytes))
    }
}

/// Appends a frame to a body.
pub fn write_frame(body: &mut Vec<u8>, kind: FrameKind, message: &impl Message) {
    body.push(kind as u8);
    write_varint(body, message.encoded_len() as u64);
    message.encode(body).expect("a Vec grows");
}

/// Appends the frame of an event that a command led to.
pub fn write_event_frame(body: &mut Vec<u8>, fact: &Fact, movements: &[Movement]) {
    body.push(FrameKind::Event as u8);
    append_event(fact, movements, body);
}

/// Appends the frame of an answer of which the events before it tell all: an empty message.
pub fn write_decided(body: &mut Vec<u8>) {
    body.extend_from_slice(&[FrameKind::Decided as u8, 0]);
}

/// Appends the frame of an input; the record is copied once.
pub fn write_input(body: &mut Vec<u8>, kind: FrameKind, offset: u64, time: u64, record: &[u8]) {
    let input = Input { offset, time, record: Vec::new() };
    let around = input.encoded_len();
    let len_of_len = length_delimiter_len(record.len());
    // Proto3 leaves an empty field out.
    let field = if record.is_empty() { 0 } else { 1 + len_of_len + record.len() };
    // A record's events and answers take less room than the record, as a rule.
    body.reserve(2 * field + around + 2 * 10);
    body.push(kind as u8);
    write_varint(body, (around + field) as u64);
    input.encode(body).expect("a Vec grows");
    if field > 0 {
        body.push(3 << 3 | 2);
        write_varint(body, record.len() as u64);
        body.extend_from_slice(record);
    }
}

/// A hash as text.
pub fn hex(hash: &[u8]) -> String {
    hash.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use groat_proto::v1::{Decided, Input};

    fn sample() -> Vec<u8> {
        let mut body = Vec::new();
        for offset in 0..40 {
            let record = vec![b'x'; 30];
            write_frame(&mut body, FrameKind::Input, &Input { offset, time: 5, record });
            write_frame(&mut body, FrameKind::Decided, &Decided::default());
        }
        seal(BlockHeader { number: 3, ..BlockHeader::default() }, &body).0
    }

    #[test]
    fn a_block_reads_back() {
        let bytes = sample();
        let block = Block::parse(&bytes).unwrap();
        assert!(block.header.compressed && block.header.number == 3);
        assert_eq!(block.frames().filter(|f| f.is_ok()).count(), 80);
    }

    #[test]
    fn a_byte_flipped_or_missing_anywhere_is_noticed() {
        let bytes = sample();
        for at in 0..bytes.len() {
            for bit in [0x01, 0x80] {
                let mut flipped = bytes.clone();
                flipped[at] ^= bit;
                assert!(Block::parse(&flipped).is_err(), "bit {bit} of byte {at}");
            }
            assert!(Block::parse(&bytes[..at]).is_err(), "cut at {at}");
        }
    }
}
