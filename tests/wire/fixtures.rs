//! Chains written by earlier versions, kept with their digests: every future version opens them.

use crate::{examples, shard, step_lines};
use groat_shard::{Arrival, Block, ChainHead, FORMAT, Shard, hex};
use std::path::PathBuf;

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/chains").join(name)
}

/// The blocks of a chain, each behind its length, four bytes, little end first.
fn read_chain(name: &str) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(fixture(name)).unwrap();
    let (mut blocks, mut rest) = (Vec::new(), bytes.as_slice());
    while let Some((len, tail)) = rest.split_first_chunk::<4>() {
        let (block, tail) = tail.split_at(u32::from_le_bytes(*len) as usize);
        blocks.push(block.to_vec());
        rest = tail;
    }
    blocks
}

/// A chain of the current format over all documented examples: claimed by a named owner, the state
/// put to rest at one block and told by the next.
fn fresh_chain() -> (Vec<u8>, String) {
    let terms = *shard(true).books().terms();
    let mut shard = Shard::begin(0, terms);
    let (claim, _) = shard.propose_claim(&[7; 16]);
    assert_eq!(shard.follow(&Block::parse(&claim).unwrap()), Ok(Arrival::Next));
    let mut blocks = vec![claim];
    for (n, lines) in examples().chunks(10).enumerate() {
        if n == 2 {
            blocks.push(shard.seal_and_rest("test").bytes);
            while shard.rest_on(1_000).is_some() {}
        }
        blocks.push(step_lines(&mut shard, n as u64 * 10, 0, lines).bytes);
    }
    let mut bytes = Vec::new();
    for block in &blocks {
        bytes.extend_from_slice(&u32::try_from(block.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(block);
    }
    (bytes, hex(&shard.books().digest()))
}

/// Makes the fixture of the current format once, with `GROAT_WRITE_FIXTURE=1`; never again after
/// a release: from then on it is what that release wrote.
#[test]
fn the_current_format_has_a_fixture() {
    let name = format!("v{FORMAT}-rested");
    if std::env::var_os("GROAT_WRITE_FIXTURE").is_some() {
        let (bytes, digest) = fresh_chain();
        std::fs::create_dir_all(fixture("")).unwrap();
        std::fs::write(fixture(&format!("{name}.blocks")), bytes).unwrap();
        std::fs::write(fixture(&format!("{name}.digest")), digest).unwrap();
    }
    assert!(fixture(&format!("{name}.blocks")).exists(), "no fixture of format {FORMAT}");
}

#[test]
fn chains_of_every_format_fold_to_their_digests() {
    // `v1` is of before states were put to rest between blocks and owners had names.
    for name in ["v1", "v1-rested"] {
        let digest = std::fs::read_to_string(fixture(&format!("{name}.digest"))).unwrap();
        let blocks = read_chain(&format!("{name}.blocks"));
        let first = Block::parse(&blocks[0]).unwrap();
        let mut shard = Shard::begin(0, first.header.terms.unwrap());
        for bytes in &blocks {
            let arrived = shard.follow(&Block::parse(bytes).unwrap()).unwrap();
            assert_eq!(arrived, Arrival::Next);
        }
        assert_eq!(hex(&shard.books().digest()), digest.trim(), "{name}");
    }
}

/// formancehq/ledger#574, formancehq/ledger#1413: a gap is refused with its place; the blocks of
/// two shards are two chains.
#[test]
fn a_block_that_does_not_continue_the_chain_is_refused() {
    let blocks: Vec<Block> =
        read_chain("v1.blocks").iter().map(|b| Block::parse(b).unwrap()).collect();
    let mut head = ChainHead::new(0);
    assert_eq!(head.accept(&blocks[0]), Ok(Arrival::Next));
    assert!(head.clone().accept(&blocks[2]).unwrap_err().0.contains("the next block is number 1"));
    let mut other = ChainHead::new(1);
    assert!(other.accept(&blocks[0]).unwrap_err().0.contains("shard 0, not of shard 1"));
    let mut strange = ChainHead { previous: [7; 32], ..head.clone() };
    assert!(strange.accept(&blocks[1]).unwrap_err().0.contains("block before"));
}

/// An owner that wakes after another took the shard over may still write, and a block may be sent
/// twice: both are told apart from damage, and leave no trace.
#[test]
fn a_late_block_is_no_part_of_the_chain() {
    let blocks: Vec<Block> =
        read_chain("v1.blocks").iter().map(|b| Block::parse(b).unwrap()).collect();
    let mut head = ChainHead::new(0);
    assert_eq!(head.accept(&blocks[0]), Ok(Arrival::Next));
    let before = head.clone();
    assert_eq!(head.accept(&blocks[0]), Ok(Arrival::Late), "a number below the next");
    assert_eq!(head, before);
    let mut claimed = ChainHead { epoch: 9, ..head };
    let before = claimed.clone();
    for block in &blocks[1..3] {
        assert_eq!(claimed.accept(block), Ok(Arrival::Late), "an epoch below the chain's");
    }
    assert_eq!(claimed, before);
}

/// Positions and hashes of its head say where to go on, as much as its rows say from what.
#[test]
fn a_bit_flipped_anywhere_in_a_snapshot_is_noticed() {
    let blocks = read_chain("v1.blocks");
    let first = Block::parse(&blocks[0]).unwrap();
    let mut shard = Shard::begin(0, first.header.terms.unwrap());
    for bytes in &blocks {
        assert_eq!(shard.follow(&Block::parse(bytes).unwrap()), Ok(Arrival::Next));
    }
    let snapshot = shard.snapshot();
    assert!(Shard::from_snapshot(0, &snapshot).is_ok());
    // All of the head, and places here and there in the rows.
    for at in
        (0..400).chain((400..snapshot.len()).step_by(97)).take_while(|at| *at < snapshot.len())
    {
        let mut flipped = snapshot.clone();
        flipped[at] ^= 0x04;
        assert!(Shard::from_snapshot(0, &flipped).is_err(), "byte {at}");
    }
}
