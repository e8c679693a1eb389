//! The same steps through whole shards: bytes in, blocks out. However the input is cut into
//! records and blocks, and whether time moves with the input or on its own, the state is the same;
//! so is that of whoever follows the blocks, or goes on from a snapshot.

use crate::agreement::{ops, settings};
use crate::books::{Answer, Books, START_MS, Step};
use crate::ops::{Op, is_of_order, prologue};
use crate::wire;
use groat_ledger::{Calendar, Command};
use groat_proto::Message;
use groat_proto::v1::{self, ChainTerms, outcome};
use groat_shard::{Block, Inbound, Sealed, Shard, hex, read_command};
use proptest::prelude::*;

/// What was asked, and when; nothing when only time passed.
type Asked = (u64, Option<Command>);

/// How input is cut: commands in a record, records in a block, and whether pauses are ticks.
#[derive(Clone, Copy, Debug)]
struct Cut {
    commands: usize,
    records: usize,
    ticks: bool,
}

fn cut() -> impl Strategy<Value = Cut> {
    let sizes = (1..5usize, 1..9usize, any::<bool>());
    sizes.prop_map(|(commands, records, ticks)| Cut { commands, records, ticks })
}

/// A run on the ledger alone: its steps are what the shards are asked.
fn asked(ops: &[Op]) -> (Vec<Asked>, Vec<Step>) {
    let mut books = Books::new(Calendar::default());
    let mut steps: Vec<(u64, Step)> =
        prologue().into_iter().map(|body| (START_MS, books.ask(body))).collect();
    for op in ops {
        let step = books.step(op);
        steps.push((books.now, step));
    }
    let asked = steps.iter().map(|(at, step)| (*at, step.asked.clone())).collect();
    (asked, steps.into_iter().map(|(_, step)| step).collect())
}

fn begin() -> Shard {
    let (shards, command_clock, day_offset_min) = (1, false, 0);
    let id_window_ms = 7 * 86_400_000;
    Shard::begin(0, ChainTerms { shards, command_clock, id_window_ms, day_offset_min })
}

/// Feeds a shard; gives the blocks in order.
fn feed(shard: &mut Shard, input: &[Asked], cut: Cut) -> Vec<Sealed> {
    let (mut blocks, mut offset, mut records) = (Vec::new(), 0, 0);
    let mut rest = input;
    while let Some((at, first)) = rest.first() {
        let same = |next: &&Asked| next.0 == *at && next.1.is_some();
        let most = if first.is_some() { cut.commands } else { 1 };
        let together = rest.iter().take(most).take_while(same).count().max(1);
        let commands = rest[..together].iter().filter_map(|(_, asked)| asked.as_ref());
        let commands: Vec<_> = commands.map(wire::write).collect();
        rest = &rest[together..];
        if commands.is_empty() {
            if cut.ticks {
                shard.tick(*at);
            }
            continue;
        }
        let record = v1::Record { commands, atomic: false }.encode_to_vec();
        shard.step(Inbound { offset, time: *at, record: &record });
        (offset, records) = (offset + 1, records + 1);
        if records % cut.records == 0 {
            blocks.push(shard.seal("test", true));
        }
    }
    if let Some((end, _)) = input.last() {
        shard.tick(*end);
    }
    blocks.push(shard.seal("test", true));
    blocks
}

fn answers(blocks: &[Sealed]) -> Vec<String> {
    let outcomes = blocks.iter().flat_map(|block| &block.outbound.outcomes);
    let outcomes = outcomes.flat_map(|(_, outcomes)| &outcomes.outcomes);
    let short = |outcome: &v1::Outcome| match outcome.result.as_ref().unwrap() {
        outcome::Result::Accepted(_) => "ok".to_owned(),
        outcome::Result::Rejected(rejected) => rejected.name.clone(),
        outcome::Result::Malformed(_) => "malformed".to_owned(),
    };
    outcomes.map(short).collect()
}

fn digest(shard: &Shard) -> String {
    hex(&shard.books().digest())
}

proptest! {
    #![proptest_config(settings(300))]

    /// DESIGN §6: with the same input the same digest, whatever the batching.
    #[test]
    fn blocks_of_any_size_make_the_same_state(
        ops in ops(200), one in cut(), other in cut(), half in 0..200usize
    ) {
        let (input, steps) = asked(&ops);
        for (_, command) in input.iter().filter(|(_, asked)| asked.is_some()) {
            let command = command.as_ref().unwrap();
            let view = read_command(&wire::write(command).encode_to_vec()).unwrap();
            prop_assert_eq!((view.id, view.body.as_ref()), (command.id, Ok(&command.body)));
        }
        let mut shard = begin();
        let claim = shard.claim();
        let blocks = feed(&mut shard, &input, one);

        let found = answers(&blocks);
        let commands = steps.iter().filter_map(|step| Some((step.asked.as_ref()?, step.answer)));
        for ((command, answer), found) in commands.zip(&found) {
            let expected = match answer {
                Answer::Done | Answer::Again => "ok",
                Answer::Refused(rejection) => rejection.name(),
            };
            // An order's id, used twice or too late, is the shard's own matter.
            prop_assert!(found == expected || is_of_order(&command.id), "{found}: {command:?}");
        }

        let mut again = begin();
        again.claim();
        feed(&mut again, &input, other);
        prop_assert_eq!(digest(&again), digest(&shard), "cut as {:?} and as {:?}", one, other);

        let mut follower = begin();
        let half = half % (blocks.len() + 1);
        for (no, block) in std::iter::once(&claim).chain(&blocks).enumerate() {
            let block = Block::parse(&block.bytes).unwrap();
            follower.follow(&block).unwrap();
            if no == half {
                follower = Shard::from_snapshot(0, &follower.snapshot()).unwrap();
            }
        }
        prop_assert_eq!(digest(&follower), digest(&shard), "followed");
    }
}
