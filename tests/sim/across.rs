//! The crash matrix between shards: where the payer's process or the payee's dies while money is
//! on its way, and how their transactions may end.

use groat::kafka::log::Topic;
use groat_proto::v1::settlement::Body;
use groat_replay::{Chain, diff};
use groat_shard::{Arrival, Block, ChainHead};
use groat_tests::between::transfer;
use groat_tests::sim::chance::Chance;
use groat_tests::sim::stage::Stage;
use groat_tests::sim::weather::EndHow;
use groat_tests::sim::world::{Act, At};

/// Of alice, on shard 0, and bob, on shard 1, in fen.
const ALICE: u64 = 50_000;
const BOB: u64 = 5_000;

/// What alice sends, and bob sends back.
const SENT: u64 = 12_345;
const BACK: u64 = 100;

/// Each owner has its copy, some with a snapshot; time is that of commands or of records.
const WORLDS: [(u64, bool); 3] = [(1 << 40, true), (600, true), (1 << 40, false)];

struct Pair {
    stage: Stage,
    alice: String,
    bob: String,
}

impl Pair {
    fn new((snapshot_bytes, command_clock): (u64, bool)) -> Pair {
        let stage = Stage::across(2, snapshot_bytes, command_clock);
        let (alice, bob) = (stage.user(0, "alice", ALICE), stage.user(1, "bob", BOB));
        stage.settle();
        Pair { stage, alice, bob }
    }

    /// alice sends to bob: her shard has not seen it yet.
    fn asked(&self) -> &Stage {
        self.stage.ask(0, transfer(&self.alice, &self.bob, SENT))
    }

    /// What alice sent has left her shard, bob's has not seen it yet, and bob sends something back
    /// in the same block.
    fn on_its_way(&self) -> &Stage {
        self.asked().turns(0, 1);
        assert_eq!(self.cash(), (ALICE - SENT, BOB));
        self.stage.ask(1, transfer(&self.bob, &self.alice, BACK))
    }

    fn cash(&self) -> (u64, u64) {
        let cash = |shard, user: &str| u64::try_from(self.stage.cash(shard, user)).unwrap();
        (cash(0, &self.alice), cash(1, &self.bob))
    }

    /// Everything goes on, and in the end is as if nothing had happened: sent once, received once,
    /// told once.
    fn ends(&self, back: u64) {
        self.stage.settle();
        assert_eq!(self.cash(), (ALICE - SENT + back, BOB + SENT - back));
        self.stage.ends_well();
        assert_eq!(self.cash(), (ALICE - SENT + back, BOB + SENT - back));
        assert_eq!(self.stage.sent(0, 1), [1]);
        let arrived = |body: &Body| matches!(body, Body::TransferArrived(_));
        assert_eq!(self.stage.told(1, arrived), 1);
        assert_eq!(self.stage.told(0, arrived), usize::from(back > 0));
        assert_eq!(self.stage.count("a shard stopped with a fault"), 0);
    }
}

/// The payer's process dies at a call while it sends; the payee's goes on. Then it comes back with
/// its copy, or the shard goes to a process that has none.
fn payer_dies(at: At, has_left: bool) {
    for world in WORLDS {
        for follower in [0, 2] {
            let pair = Pair::new(world);
            pair.stage.cue(0, at, 0, Act::Crash);
            pair.asked().turns(0, 4);
            assert!(!pair.stage.is_up(0), "it never came to {at:?}");
            pair.stage.turns(1, 4);
            let arrived = if has_left { SENT } else { 0 };
            assert_eq!(pair.cash(), (ALICE - arrived, BOB + arrived), "{at:?}");
            pair.stage.followed_by(0, follower);
            pair.ends(0);
        }
    }
}

/// The payee's process dies at a call while it receives, and answers a command in the same block;
/// the payer's goes on.
fn payee_dies(at: At, has_arrived: bool) {
    for world in WORLDS {
        for follower in [1, 2] {
            let pair = Pair::new(world);
            pair.stage.cue(1, at, 0, Act::Crash);
            pair.on_its_way().turns(1, 4);
            assert!(!pair.stage.is_up(1), "it never came to {at:?}");
            pair.stage.turns(0, 4);
            let (alice, bob) = pair.cash();
            assert_eq!(alice, ALICE - SENT + if has_arrived { BACK } else { 0 }, "{at:?}");
            assert_eq!(bob, if has_arrived { BOB + SENT - BACK } else { BOB }, "{at:?}");
            pair.stage.followed_by(1, follower);
            pair.ends(BACK);
        }
    }
}

/// The transaction of one of them ends otherwise than it should; its process goes on, or dies over
/// it and is followed by another. The other shard goes on all the while.
fn ends(how: EndHow, of: u32) {
    for world in WORLDS {
        for dies in [None, Some(At::Committed), Some(At::Pause), Some(At::Renew)] {
            let pair = Pair::new(world);
            pair.stage.cue(of, At::Commit, 0, Act::End(how));
            if let Some(at) = dies {
                pair.stage.cue(of, at, 0, Act::Crash);
            }
            let asked = if of == 0 { pair.asked() } else { pair.on_its_way() };
            asked.turns(of, 1).turns(1 - of, 3);
            assert_eq!(pair.stage.count(how.name()), 1);
            if how.is_answered_well() {
                pair.stage.need_not(of, At::Pause).need_not(of, At::Renew);
            }
            if !pair.stage.is_up(of) {
                pair.stage.followed_by(of, pair.stage.spare());
            }
            pair.stage.arrives();
            pair.ends(if of == 0 { 0 } else { BACK });
        }
    }
}

#[test]
fn payer_dies_before_its_commit() {
    payer_dies(At::Polled, false);
    payer_dies(At::Begin, false);
    payer_dies(At::Send(Topic::Events), false);
    payer_dies(At::Sent(Topic::Events), false);
    payer_dies(At::Send(Topic::Transfers(1)), false);
}

#[test]
fn payer_dies_between_sending_and_end_txn() {
    payer_dies(At::Sent(Topic::Transfers(1)), false);
    payer_dies(At::Flush, false);
    payer_dies(At::Commit, false);
}

#[test]
fn payer_dies_after_end_txn_and_before_its_sled_write() {
    payer_dies(At::Committed, true);
    payer_dies(At::Append, true);
    payer_dies(At::Appended, true);
    payer_dies(At::Passed, true);
}

#[test]
fn payer_loses_the_answer_to_end_txn_committed() {
    ends(EndHow::AnswerLost, 0);
}

#[test]
fn payer_loses_the_answer_to_end_txn_aborted() {
    ends(EndHow::RequestLost, 0);
    ends(EndHow::Late, 0);
}

/// What was sent without its block is received before that is there, and not sent a second time;
/// where the block is there without what it sent, that is sent again under the same number.
#[test]
fn payer_sends_in_a_torn_transaction() {
    ends(EndHow::AllButBlock, 0);
    ends(EndHow::BlockOnly, 0);
}

#[test]
fn payer_ends_its_transaction_twice_or_seen_late() {
    ends(EndHow::Twice, 0);
    ends(EndHow::Hidden, 0);
}

/// What is sent stays open in the payee's partition, late or unnoticed; then the payer's next
/// transaction is in trouble, and the fence aborts both there. The first is sent again before the
/// second.
#[test]
fn payers_transaction_does_not_end_at_the_payee() {
    ends(EndHow::Unended(Some(Topic::Transfers(1))), 0);
    for then in [EndHow::RequestLost, EndHow::AnswerLost, EndHow::Unended(None)] {
        for world in WORLDS {
            let pair = Pair::new(world);
            let end = EndHow::QuietlyUnended(Topic::Transfers(1));
            pair.stage.cue(0, At::Commit, 0, Act::End(end)).cue(0, At::Commit, 0, Act::End(then));
            pair.asked().turns(0, 1);
            assert_eq!(pair.cash(), (ALICE - SENT, BOB), "it is on its way");
            pair.stage.turns(1, 2);
            assert_eq!(pair.cash(), (ALICE - SENT, BOB), "and hidden");
            pair.stage.ask(0, transfer(&pair.alice, &pair.bob, BACK)).turns(0, 2);
            assert_eq!((pair.stage.count(end.name()), pair.stage.count(then.name())), (1, 1));
            pair.stage.settle();
            assert_eq!(pair.cash(), (ALICE - SENT - BACK, BOB + SENT + BACK));
            assert_eq!(pair.stage.sent(0, 1), [1, 2]);
            assert_eq!(pair.stage.count("a shard stopped with a fault"), 0);
            pair.stage.ends_well();
        }
    }
}

#[test]
fn payee_dies_before_its_commit() {
    payee_dies(At::PollTransfers, false);
    payee_dies(At::Begin, false);
    payee_dies(At::Send(Topic::Events), false);
    payee_dies(At::Sent(Topic::Events), false);
    payee_dies(At::Sent(Topic::Outcomes), false);
}

#[test]
fn payee_dies_between_telling_and_end_txn() {
    payee_dies(At::Sent(Topic::Settlements), false);
    payee_dies(At::Sent(Topic::Transfers(0)), false);
    payee_dies(At::Flush, false);
    payee_dies(At::Commit, false);
}

#[test]
fn payee_dies_after_end_txn_and_before_its_sled_write() {
    payee_dies(At::Committed, true);
    payee_dies(At::Append, true);
    payee_dies(At::Appended, true);
    payee_dies(At::Passed, true);
}

#[test]
fn payee_loses_the_answer_to_end_txn_committed() {
    ends(EndHow::AnswerLost, 1);
}

#[test]
fn payee_loses_the_answer_to_end_txn_aborted() {
    ends(EndHow::RequestLost, 1);
    ends(EndHow::Late, 1);
}

#[test]
fn payee_receives_in_a_torn_transaction() {
    ends(EndHow::AllButBlock, 1);
    ends(EndHow::BlockOnly, 1);
}

#[test]
fn payee_ends_its_transaction_twice_or_seen_late() {
    ends(EndHow::Twice, 1);
    ends(EndHow::Hidden, 1);
}

/// What a remittance is sent in does not go through at first: one record is not delivered, or late;
/// the coordinator is away; the transaction times out while its owner stands still.
#[test]
fn payers_trouble_with_the_broker_costs_nothing() {
    for world in WORLDS {
        for topic in [Topic::Events, Topic::Outcomes, Topic::Transfers(1)] {
            for act in [Act::Fail, Act::WriteLate, Act::Stall(20_000)] {
                let pair = Pair::new(world);
                pair.stage.cue(0, At::Send(topic), 0, act);
                pair.asked();
                pair.ends(0);
            }
        }
        let pair = Pair::new(world);
        for at in [At::Begin, At::Renew, At::Renew, At::ReadBlocks, At::Renewed, At::ReadBack] {
            pair.stage.cue(0, at, 0, Act::Fail);
        }
        pair.asked();
        pair.ends(0);
    }
}

/// Either process dies at every single call it makes in the life of two transfers, and is followed
/// by itself or by another.
#[test]
fn payer_and_payee_die_at_any_call() {
    for of in [0, 1] {
        let mut died = 0;
        for call in 0.. {
            let pair = Pair::new(WORLDS[1]);
            pair.stage.world.dies_at.set(Some((of, call)));
            pair.asked().ask(1, transfer(&pair.bob, &pair.alice, BACK)).settle();
            if pair.stage.is_up(of) {
                break;
            }
            died += 1;
            let follower = if call.is_multiple_of(2) { of } else { pair.stage.spare() };
            pair.stage.followed_by(of, follower);
            pair.ends(BACK);
        }
        assert!(died > 20, "only {died} calls");
    }
}

/// A directory is lost or damaged while money is on its way: it is made again from the log, with
/// all that was sent and received.
#[test]
fn a_copy_lost_or_damaged_while_money_is_on_its_way() {
    for of in [0, 1] {
        for seed in 0..20 {
            let pair = Pair::new(WORLDS[1]);
            pair.on_its_way();
            if of == 1 {
                pair.stage.turns(1, 1);
            }
            pair.stage.kill(of);
            let place = (of, of);
            if seed == 0 {
                pair.stage.world.disks.borrow_mut().remove(&place);
            } else if let Some(disk) = pair.stage.world.disks.borrow_mut().get_mut(&place) {
                disk.damage(&mut Chance::new(seed));
            }
            pair.stage.followed_by(of, of);
            pair.ends(BACK);
        }
    }
}

/// The broker loses a block that it acknowledged, and what left with it is received. Who has the
/// block gives it to the log again; who has not decides the same again. Nothing is sent twice.
#[test]
fn payers_block_is_lost_and_what_it_sent_is_there() {
    for follower in [0, 2] {
        let pair = Pair::new(WORLDS[0]);
        pair.stage.cue(0, At::Commit, 0, Act::End(EndHow::BlockGone));
        pair.stage.world.disks.borrow_mut().entry((0, 0)).or_default().keeps_all = true;
        pair.stage.cue(0, At::Passed, 0, Act::Crash);
        pair.asked().turns(0, 1).turns(1, 2);
        assert_eq!(pair.stage.count(EndHow::BlockGone.name()), 1);
        assert_eq!(pair.cash(), (ALICE, BOB + SENT));
        pair.stage.followed_by(0, follower).settle();
        pair.stage.goes_on_well();
        assert_eq!(pair.cash(), (ALICE - SENT, BOB + SENT));
        assert_eq!(pair.stage.sent(0, 1), [1]);
        assert_eq!(pair.stage.count("a shard stopped with a fault"), 0);
    }
}

/// formancehq/ledger#1413: each shard's partition of `events` is a chain of its own, from its own
/// block 0 on, and no block of one continues the other.
#[test]
fn each_partition_of_events_is_a_chain_of_its_own() {
    let pair = Pair::new((1 << 40, true));
    pair.on_its_way().settle();
    let chains = [0, 1].map(|shard| pair.stage.committed_in(("events", shard)));
    let mut hashes = Vec::new();
    for (shard, blocks) in (0..).zip(&chains) {
        let [mut its, mut other] = [shard, 1 - shard].map(ChainHead::new);
        for (number, bytes) in (0..).zip(blocks) {
            let block = Block::parse(bytes).unwrap();
            assert_eq!((block.header.shard, block.header.number), (shard, number));
            let refused = other.accept(&block).unwrap_err().to_string();
            assert!(refused.contains(&format!("of shard {shard}, not of shard")), "{refused}");
            assert_eq!(its.accept(&block), Ok(Arrival::Next));
            hashes.push(block.hash);
        }
        assert!(its.next_number >= 3, "shard {shard} has {} blocks", its.next_number);
    }
    let blocks = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), blocks);
    let [one, other] = chains.map(|blocks| Chain::of_blocks(0, None, blocks.into_iter().map(Ok)));
    let report = diff(one, other, &mut |_, _| {}).unwrap_err().to_string();
    assert!(report.contains("of shard 1, not of shard 0"), "{report}");
    pair.stage.ends_well();
}
