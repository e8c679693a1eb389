//! Events forged by who can write the log: a number changed anywhere in an event is refused when it
//! is folded, or folds into books that go on without a panic.

use crate::{answer, examples, shard};
use groat_shard::{Block, Books, FrameKind};
use proptest::prelude::*;
use std::sync::OnceLock;

/// The block of the documented examples.
fn block() -> &'static Block {
    static BLOCK: OnceLock<Block> = OnceLock::new();
    BLOCK.get_or_init(|| {
        let mut shard = shard(true);
        let sealed = crate::step_lines(&mut shard, 0, 0, &examples());
        Block::parse(&sealed.bytes).unwrap()
    })
}

fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    groat_proto::read_varint(bytes, at)
}

/// How many numbers a protobuf message has, at any depth; the one at `target` is replaced.
fn forge(bytes: &[u8], target: usize, value: u64, seen: &mut usize) -> Option<Vec<u8>> {
    let (mut at, mut out) = (0, Vec::new());
    while at < bytes.len() {
        let key = varint(bytes, &mut at)?;
        groat_proto::write_varint(&mut out, key);
        match key & 7 {
            0 => {
                let old = varint(bytes, &mut at)?;
                groat_proto::write_varint(&mut out, if *seen == target { value } else { old });
                *seen += 1;
            }
            1 => {
                out.extend_from_slice(bytes.get(at..at + 8)?);
                at += 8;
            }
            2 => {
                let len = usize::try_from(varint(bytes, &mut at)?).ok()?;
                let inner = bytes.get(at..at.checked_add(len)?)?;
                at += len;
                let before = *seen;
                let inner = forge(inner, target, value, seen).unwrap_or_else(|| {
                    *seen = before;
                    inner.to_vec()
                });
                groat_proto::write_varint(&mut out, inner.len() as u64);
                out.extend_from_slice(&inner);
            }
            _ => return None,
        }
    }
    Some(out)
}

/// The block up to the end of one command, one number of one of whose events is replaced.
fn forged(event: usize, number: usize, value: u64) -> Option<Block> {
    let original = block();
    let events = |kind| matches!(kind, FrameKind::Event | FrameKind::Due);
    let frames: Vec<_> = original.frames().map(Result::unwrap).collect();
    let count = frames.iter().filter(|(_, kind, _)| events(*kind)).count();
    let chosen = frames.iter().enumerate().filter(|(_, (_, kind, _))| events(*kind));
    let (chosen, (_, _, bytes)) = chosen.clone().nth(event % count)?;
    let mut numbers = 0;
    forge(bytes, usize::MAX, 0, &mut numbers)?;
    let target = number % numbers.max(1);
    let changed = forge(bytes, target, value, &mut 0)?;
    let mut body = Vec::new();
    for (no, (_, kind, bytes)) in frames.iter().enumerate() {
        let bytes = if no == chosen { &changed[..] } else { bytes };
        body.push(*kind as u8);
        groat_proto::write_varint(&mut body, bytes.len() as u64);
        body.extend_from_slice(bytes);
        if no > chosen && *kind == FrameKind::Decided {
            break;
        }
    }
    Some(Block { header: original.header.clone(), body, hash: original.hash })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn a_forged_number_is_refused_or_harmless(
        event in any::<u16>(),
        number in any::<u8>(),
        value in prop_oneof![
            Just(u64::MAX), Just(1 << 62), Just(u64::from(u32::MAX)), Just(0), 0u64..300,
        ],
    ) {
        let block = forged(event.into(), number.into(), value).unwrap();
        let mut books = empty();
        let end = block.body.len();
        // At its end the block says how many events it has and until when: that is not the point.
        if books.fold(&block, |_, _| {}).err().is_none_or(|bad| bad.at == end) {
            go_on(&mut books);
        }
    }
}

#[test]
fn what_is_not_forged_folds_and_goes_on() {
    let mut books = empty();
    books.fold(block(), |_, _| {}).unwrap();
    let answered = go_on(&mut books);
    let ok = answered.iter().filter(|answer| *answer == "ok").count();
    assert!(ok > 8 && ok < answered.len(), "{answered:?}");
}

fn empty() -> Books {
    let first = Block::parse(&shard(true).claim().bytes).unwrap();
    Books::new(0, first.header.terms.unwrap_or(*shard(true).books().terms()))
}

/// The answers to the same commands under other ids, before the end of time.
fn go_on(books: &mut Books) -> Vec<String> {
    let outbound = groat_tests::fuzz::go_on(books);
    outbound.outcomes().flat_map(|(_, o)| o.outcomes).map(|o| answer(&o)).collect()
}
