//! The same steps through whole shards: bytes in, blocks out. However the input is cut into
//! records and blocks, and whether time moves with the input or on its own, the state is the same;
//! so is that of whoever follows the blocks, or goes on from a snapshot.

use crate::agreement::{ops, settings};
use crate::books::{Answer, Books, START_MS, Step, rows};
use crate::ops::{Op, is_of_order, prologue};
use crate::wire;
use groat_ledger::{Calendar, Command};
use groat_proto::Message;
use groat_proto::v1::{self, ChainTerms, outcome};
use groat_shard::{Arrival, Block, Inbound, Sealed, Shard, hex, read_command};
use proptest::prelude::*;

/// What was asked, and when; nothing when only time passed.
type Asked = (u64, Option<Command>);

/// How input is cut: commands in a record, records in a block, whether pauses are ticks, and
/// whether it is the commands' own time that counts, so that a record may hold several times.
/// Records of several commands happen whole or not at all if they are atomic.
#[derive(Clone, Copy, Debug)]
struct Cut {
    commands: usize,
    records: usize,
    ticks: bool,
    timed: bool,
    atomic: bool,
}

fn cut(atomic: bool) -> impl Strategy<Value = Cut> {
    let sizes = (1..5usize, 1..9usize, any::<bool>(), any::<bool>());
    sizes.prop_map(move |(commands, records, ticks, timed)| Cut {
        commands,
        records,
        ticks,
        timed,
        atomic,
    })
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

fn begin(cut: Cut) -> Shard {
    let (shards, command_clock, day_offset_min) = (1, cut.timed, 0);
    let id_window_ms = 7 * 86_400_000;
    Shard::begin(0, ChainTerms { shards, command_clock, id_window_ms, day_offset_min })
}

/// Feeds a shard; gives the blocks in order.
fn feed(shard: &mut Shard, input: &[Asked], cut: Cut) -> Vec<Sealed> {
    let (mut blocks, mut offset, mut records) = (Vec::new(), 0, 0);
    let mut rest = input;
    while let Some((at, first)) = rest.first() {
        let same = |next: &&Asked| next.1.is_some() && (cut.timed || next.0 == *at);
        let most = if first.is_some() { cut.commands } else { 1 };
        let together = rest.iter().take(most).take_while(same).count().max(1);
        let write = |(at, asked): &Asked| {
            let command = wire::write(asked.as_ref()?);
            Some(v1::Command { at: *at, ..command })
        };
        let commands: Vec<_> = rest[..together].iter().filter_map(write).collect();
        rest = &rest[together..];
        if commands.is_empty() {
            if cut.ticks {
                shard.tick(*at);
            }
            continue;
        }
        let record = v1::Record { commands, atomic: cut.atomic }.encode_to_vec();
        let time = if cut.timed { 0 } else { *at };
        shard.step(Inbound { offset, time, record: &record });
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

/// Whoever reads the blocks, and at one of them goes on from a snapshot.
fn follow(claim: &Sealed, blocks: &[Sealed], cut: Cut, half: usize) -> Shard {
    let mut follower = begin(cut);
    for (no, block) in std::iter::once(claim).chain(blocks).enumerate() {
        // What left with a block can be made again from it, byte by byte.
        let (arrived, told) =
            follower.follow_and_tell(&Block::parse(&block.bytes).unwrap()).unwrap();
        assert_eq!(arrived, Arrival::Next);
        assert_eq!(told.outcomes, block.outbound.outcomes);
        assert_eq!(told.settlements, block.outbound.settlements);
        if no == half % (blocks.len() + 1) {
            follower = Shard::from_snapshot(0, &follower.snapshot()).unwrap();
        }
    }
    follower
}

fn digest(shard: &Shard) -> String {
    hex(&shard.books().digest())
}

proptest! {
    #![proptest_config(settings(500))]

    /// DESIGN §6: the same commands give the same digest, whatever the batching.
    #[test]
    fn blocks_of_any_size_make_the_same_state(
        ops in ops(200), one in cut(false), other in cut(false), half in 0..200usize
    ) {
        let (input, steps) = asked(&ops);
        for (_, command) in input.iter().filter(|(_, asked)| asked.is_some()) {
            let command = command.as_ref().unwrap();
            let view = read_command(&wire::write(command).encode_to_vec()).unwrap();
            prop_assert_eq!((view.id, view.body.as_ref()), (command.id, Ok(&command.body)));
        }
        let mut shard = begin(one);
        let claim = shard.claim();
        let blocks = feed(&mut shard, &input, one);

        let found = answers(&blocks);
        let count = input.iter().filter(|(_, command)| command.is_some()).count();
        prop_assert_eq!(found.len(), count);
        let commands = steps.iter().filter_map(|step| Some((step.asked.as_ref()?, step.answer)));
        for ((command, answer), found) in commands.zip(&found) {
            let expected = match answer {
                Answer::Done | Answer::Again => "ok",
                Answer::Refused(rejection) => rejection.name(),
            };
            // An order's id, used twice or too late, is the shard's own matter.
            prop_assert!(found == expected || is_of_order(&command.id), "{found}: {command:?}");
        }

        let mut again = begin(other);
        again.claim();
        feed(&mut again, &input, other);
        prop_assert_eq!(digest(&again), digest(&shard), "cut as {:?} and as {:?}", one, other);

        let follower = follow(&claim, &blocks, one, half);
        prop_assert_eq!(digest(&follower), digest(&shard), "followed");
        prop_assert_eq!(rows(follower.books().ledger()), rows(shard.books().ledger()));
    }

    /// What an atomic record undid leaves no trace in the blocks, nor in what goes on after them.
    #[test]
    fn atomic_records_make_the_same_state_for_whoever_follows(
        ops in ops(200), one in cut(true), half in 0..200usize
    ) {
        let (input, _) = asked(&ops);
        let mut shard = begin(one);
        let claim = shard.claim();
        let blocks = feed(&mut shard, &input, one);
        let follower = follow(&claim, &blocks, one, half);
        prop_assert_eq!(digest(&follower), digest(&shard));
        prop_assert_eq!(rows(follower.books().ledger()), rows(shard.books().ledger()));
    }
}
