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
use groat_replay::{Chain, Check, audit, verify};
use groat_shard::{
    Arrival, Block, Hash, Inbound, MemoryStore, Messages, Piece, Sealed, Shard, Store, hex,
    read_command,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What was asked, and when; nothing when only time passed.
type Asked = (u64, Option<Command>);

/// How input is cut: commands in a record, records in a block, whether pauses are ticks, and
/// whether it is the commands' own time that counts, so that a record may hold several times.
/// Records of several commands happen whole or not at all if they are atomic. The state is hashed
/// at every block, or put to rest so many bytes a block. What falls due in bulk is left to the
/// record before which it falls due, or spread over blocks of so many bytes.
#[derive(Clone, Copy, Debug)]
struct Cut {
    commands: usize,
    records: usize,
    ticks: bool,
    timed: bool,
    atomic: bool,
    rests: Option<usize>,
    spread: Option<usize>,
}

fn cut(atomic: bool) -> impl Strategy<Value = Cut> {
    let rests = prop::option::of(1..9_000usize);
    let spread = prop::option::of(1..2_000usize);
    let sizes = (1..5usize, 1..9usize, any::<bool>(), any::<bool>(), rests, spread);
    sizes.prop_map(move |(commands, records, ticks, timed, rests, spread)| Cut {
        commands,
        records,
        ticks,
        timed,
        atomic,
        rests,
        spread,
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
    Shard::begin(
        0,
        ChainTerms { shards, command_clock, id_window_ms, day_offset_min, transfers: false },
    )
}

/// Seals blocks and, if so cut, puts the state to rest while the shard goes on. What is kept then
/// must be the snapshot of the moment when the rest began.
#[derive(Default)]
struct Sealing {
    bytes_max: Option<usize>,
    store: MemoryStore,
    begun: (u64, Hash),
    expected: Vec<u8>,
}

impl Sealing {
    fn seal(&mut self, shard: &mut Shard) -> Sealed {
        let Some(bytes_max) = self.bytes_max else { return shard.seal("test", true) };
        if !shard.is_resting() {
            let sealed = shard.seal_and_rest("test");
            self.begun = (sealed.number, shard.head().previous);
            self.expected = shard.snapshot();
            return sealed;
        }
        let piece = shard.rest_on(bytes_max).unwrap();
        let is_whole = matches!(piece, Piece::Head(_));
        piece.keep(self.begun.0, self.begun.1, &mut self.store).unwrap();
        if is_whole {
            let kept = self.store.snapshot().unwrap().unwrap();
            assert!(kept == (self.begun.0, self.expected.clone()), "another state was put to rest");
        }
        shard.seal("test", false)
    }
}

/// Feeds a shard; gives the blocks in order.
fn feed(shard: &mut Shard, input: &[Asked], cut: Cut) -> Vec<Sealed> {
    let (mut blocks, mut offset, mut records) = (Vec::new(), 0, 0);
    let mut sealing = Sealing { bytes_max: cut.rests, ..Sealing::default() };
    let mut rest = input;
    while let Some((at, first)) = rest.first() {
        let by_app = |asked: &Option<Command>| asked.as_ref().is_some_and(|c| !c.app.is_none());
        // An app moves no time: the platform has to be there before it.
        if cut.timed && by_app(first) {
            shard.tick(*at);
        }
        let may_differ = |next: &Asked| cut.timed && !by_app(&next.1);
        let same = |next: &&Asked| next.1.is_some() && (next.0 == *at || may_differ(next));
        let most = if first.is_some() { cut.commands } else { 1 };
        let together = rest.iter().take(most).take_while(same).count().max(1);
        let write = |(at, asked): &Asked| {
            let command = wire::write(asked.as_ref()?);
            Some(wire::signed(v1::Command { at: *at, ..command }))
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
        let inbound = Inbound { offset, time, record: &record };
        let bytes_max = cut.spread.unwrap_or(0);
        while cut.spread.is_some()
            && let Some(until) = shard.much_due_before(&inbound)
        {
            if shard.has_open() {
                blocks.push(sealing.seal(shard));
            }
            shard.tick_within(until, bytes_max);
            blocks.push(sealing.seal(shard));
        }
        shard.step(inbound);
        (offset, records) = (offset + 1, records + 1);
        if records % cut.records == 0 {
            blocks.push(sealing.seal(shard));
        }
    }
    if let Some((end, _)) = input.last() {
        shard.tick(*end);
    }
    blocks.push(sealing.seal(shard));
    blocks
}

fn answers(blocks: &[Sealed]) -> Vec<String> {
    let outcomes = blocks.iter().flat_map(|block| block.outbound.outcomes());
    let outcomes = outcomes.flat_map(|(_, outcomes)| outcomes.outcomes);
    let short = |outcome: &v1::Outcome| match outcome.result.as_ref().unwrap() {
        outcome::Result::Accepted(_) => "ok".to_owned(),
        outcome::Result::Rejected(rejected) => rejected.name.clone(),
        outcome::Result::Malformed(_) => "malformed".to_owned(),
    };
    outcomes.map(|outcome| short(&outcome)).collect()
}

/// Whoever reads the blocks, and at one of them goes on from a snapshot.
fn follow(claim: &Sealed, blocks: &[Sealed], cut: Cut, half: usize) -> Shard {
    let mut follower = begin(cut);
    let mut jump = Some(half % (blocks.len() + 1));
    for (no, block) in std::iter::once(claim).chain(blocks).enumerate() {
        let parsed = Block::parse(&block.bytes).unwrap();
        // What left with a block can be made again from it, byte by byte.
        let (arrived, told) = follower.follow_and_tell(&parsed).unwrap();
        assert_eq!(arrived, Arrival::Next);
        assert_eq!(Messages::from(&told), Messages::from(&block.outbound));
        let can_jump = parsed.header.rests || !parsed.header.state_digest.is_empty();
        if can_jump && jump.take_if(|from| *from <= no).is_some() {
            follower = Shard::from_snapshot(0, &follower.snapshot()).unwrap();
        }
    }
    follower
}

fn digest(shard: &Shard) -> String {
    hex(&shard.books().digest())
}

/// How often each check of auditors was made, by its name.
type Made = RefCell<BTreeMap<&'static str, u64>>;

/// Whoever reads the blocks alone finds nothing: neither by the rules (`audit`) nor by what must
/// hold whatever the rules are (`verify`).
fn auditors_agree(claim: &Sealed, blocks: &[Sealed], made: &Made) -> Result<(), TestCaseError> {
    let chain = || {
        let bytes = std::iter::once(claim).chain(blocks).map(|block| Ok(block.bytes.clone()));
        Chain::of_blocks(0, None, bytes.collect::<Vec<_>>().into_iter())
    };
    prop_assert_eq!(audit(chain(), &mut |_, _| {}).unwrap().first_bad, None);
    let report = verify(chain(), &mut |_, _| {}).unwrap();
    prop_assert_eq!(report.first_bad, None);
    for checked in report.checks {
        *made.borrow_mut().entry(checked.check).or_default() += checked.times;
    }
    Ok(())
}

/// What these chains have nothing for: they are one shard's, and without snapshots.
const NEVER_MADE: [Check; 3] = [Check::Away, Check::Closings, Check::Snapshot];

/// Of these there is one more at the end of each chain, whatever is in it.
const ONCE_AT_THE_END: [Check; 12] = [
    Check::HoldSums,
    Check::RentalStates,
    Check::CreditStates,
    Check::CouponStates,
    Check::PacketSums,
    Check::CardStates,
    Check::InvoiceSums,
    Check::Disputes,
    Check::Quotes,
    Check::Loans,
    Check::PaymentStates,
    Check::ComplianceHolds,
];

/// How often a property is run until every check was made in it: the rarest is left out by chance
/// of one run in some dozens.
const RUNS: u64 = 5;

/// Runs a property and says that every check was made in it.
fn checked<S: Strategy>(strategy: &S, case: impl Fn(S::Value, &Made) -> Result<(), TestCaseError>) {
    let (config, made) = (settings(500), Made::default());
    let cases = u64::from(config.cases);
    let mut never = Vec::new();
    for run in 1..=RUNS {
        let mut runner = TestRunner::new(config.clone());
        if let Err(failed) = runner.run(strategy, |value| case(value, &made)) {
            panic!("{failed}");
        }
        let is_seldom = |check: &&Check| {
            let least = if ONCE_AT_THE_END.contains(check) { run * cases } else { 0 };
            made.borrow().get(check.name()).copied().unwrap_or(0) <= least
        };
        let checks = Check::ALL.iter().filter(|check| !NEVER_MADE.contains(check));
        never = checks.filter(is_seldom).collect();
        // A few cases, as somebody may ask for, come to less.
        if never.is_empty() || cases < 500 {
            return;
        }
    }
    panic!("never made: {never:?} of {made:?}");
}

/// DESIGN §6: the same commands give the same digest, whatever the batching.
#[test]
fn blocks_of_any_size_make_the_same_state() {
    checked(&(ops(200), cut(false), cut(false), 0..200usize), |(ops, one, other, half), made| {
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
        auditors_agree(&claim, &blocks, made)
    });
}

/// What an atomic record undid leaves no trace in the blocks, nor in what goes on after them.
#[test]
fn atomic_records_make_the_same_state_for_whoever_follows() {
    checked(&(ops(200), cut(true), 0..200usize), |(ops, one, half), made| {
        let (input, _) = asked(&ops);
        let mut shard = begin(one);
        let claim = shard.claim();
        let blocks = feed(&mut shard, &input, one);
        let follower = follow(&claim, &blocks, one, half);
        prop_assert_eq!(digest(&follower), digest(&shard));
        prop_assert_eq!(rows(follower.books().ledger()), rows(shard.books().ledger()));
        auditors_agree(&claim, &blocks, made)
    });
}
