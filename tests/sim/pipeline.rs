//! Two blocks at once: the second is decided while the first is on its way into the log.

use groat::kafka::log::Topic;
use groat_ledger::Class;
use groat_shard::Block;
use groat_tests::between::cny;
use groat_tests::sim::stage::Stage;
use groat_tests::sim::weather::{EndHow, Weather};
use groat_tests::sim::world::{Act, At};
use serde_json::json;

const AHEAD: &str = "a block was decided while the one before it was on its way";

/// An owner that has a block on its way and has decided the next, which is open.
fn two(snapshot_bytes: u64) -> Stage {
    let stage = Stage::ahead(snapshot_bytes);
    stage.publish(4).turns(0, 6);
    while stage.count(AHEAD) == 0 {
        stage.publish(1).turns(0, 1);
    }
    stage
}

/// A block that has to be sent again is followed by the one that was decided on it.
#[test]
fn pipeline_of_two_where_the_first_aborts() {
    for how in [EndHow::RequestLost, EndHow::AnswerLost, EndHow::AllButBlock, EndHow::BlockOnly] {
        let stage = two(1 << 40);
        stage.cue(0, At::Commit, 0, Act::End(how)).turns(0, 12);
        assert_eq!(stage.count(how.name()), 1);
        stage.ends_well();
        assert_eq!(stage.count("a shard stopped with a fault"), 0);
    }
}

/// The first never gets in, since another owner took the shard: the second is dropped with it, and
/// the new owner decides both again.
#[test]
fn pipeline_of_two_where_the_shard_was_taken() {
    for at in [At::Begin, At::Flush, At::Commit] {
        let stage = two(1 << 40);
        stage.give(&[0, 1]).cue(0, at, 0, Act::Freeze(60)).turns(0, 3);
        assert!(stage.fault(0).contains("owned by another process"), "{}", stage.fault(0));
        stage.give(&[1]);
        stage.ends_well();
    }
}

/// Whoever has two blocks and dies with them leaves what is in the log, and no more.
#[test]
fn pipeline_of_two_and_its_owner_dies() {
    for at in [At::Begin, At::Commit, At::Committed, At::Append, At::Appended, At::Polled] {
        let stage = two(1 << 40);
        stage.cue(0, at, 0, Act::Crash).turns(0, 3);
        assert!(!stage.is_up(0), "{at:?}");
        stage.restart(0).turns(0, 12);
        stage.ends_well();
    }
}

/// The shard is taken away in the middle of a commit that then fails: nothing is tried again, and
/// the next owner decides both blocks from the input.
#[test]
fn revoke_with_an_open_block() {
    for at in [At::Begin, At::Sent(Topic::Events), At::Flush, At::Committed] {
        let stage = two(1 << 40);
        let blocks = stage.committed("events");
        stage.cue(0, at, 0, Act::Revoke(1)).cue(0, At::Commit, 0, Act::Fail).turns(0, 1);
        assert!(stage.fault(0).contains("is let go of before block"), "{}", stage.fault(0));
        assert_eq!(stage.committed("events"), blocks, "{at:?}");
        stage.turns(1, 8);
        assert_eq!(stage.committed("outcomes").len(), stage.input_end());
        stage.ends_well();
    }
}

/// The group takes the shard away, and its owner hears of it when another has claimed it already:
/// neither of its two blocks counts.
#[test]
fn assignment_lost() {
    let stage = two(1 << 40);
    stage.give(&[1]).turns(1, 4);
    let (blocks, told) = (stage.committed("events"), stage.committed("outcomes"));
    stage.turns(0, 1);
    assert!(stage.fault(0).contains("owned by another process"), "{}", stage.fault(0));
    assert_eq!(stage.committed("events"), blocks);
    assert_eq!(stage.committed("outcomes"), told);
    stage.ends_well();
}

/// A shard that is taken away in order has committed all that it has decided.
#[test]
fn revoke_with_a_block_on_its_way_and_one_open() {
    let stage = two(1 << 40);
    let (blocks, taken) = (stage.committed("events").len(), stage.input_end());
    stage.give(&[1]).turns(0, 1);
    assert_eq!(stage.committed("events").len(), blocks + 2);
    assert_eq!(stage.committed("outcomes").len(), taken);
    stage.ends_well();
    assert_eq!(stage.count("a shard stopped with a fault"), 0);
}

/// Pieces of a snapshot are kept behind the block they follow; no snapshot is ahead of the log.
#[test]
fn snapshots_stay_behind_the_block_on_its_way() {
    let stage = two(500);
    stage.cue(0, At::Commit, 1, Act::End(EndHow::RequestLost));
    stage.publish(12).turns(0, 30);
    assert!(stage.count("a snapshot was taken") > 0);
    stage.restart(0).turns(0, 6);
    stage.ends_well();
}

/// LerianStudio/midaz#1894: a capture sees the hold that was placed in the block before, though
/// that is still on its way, and has to be sent again.
#[test]
fn a_capture_behind_a_block_on_its_way() {
    for how in [EndHow::Well, EndHow::RequestLost, EndHow::AnswerLost] {
        let stage = Stage::across(1, 1 << 40, true);
        stage.world.lags.set(true);
        let (alice, shop) = (stage.user(0, "alice", 1_000), stage.name(0, "shop"));
        let terms = json!({ "merchant": shop, "fee_ppm": 0, "cycle": 1, "settle_ccy": "CNY" });
        stage.ask(0, json!({ "onboard_merchant": terms })).settle();
        let ten = cny(1_000);
        let held = json!({ "auth": "a1", "out_order_no": "o1", "out_request_no": "h1",
            "user": alice, "merchant": shop, "amt": ten });
        let captured = json!({ "auth": "a1", "out_trade_no": "t1", "amt": ten });
        let (blocks, ahead) = (stage.committed("events").len(), stage.count(AHEAD));
        stage.ask(0, json!({ "authorize_funds": held })).turns(0, 1);
        stage.ask(0, json!({ "capture_authorization": captured })).turns(0, 1);
        assert_eq!(stage.committed("events").len(), blocks, "the hold is on its way");
        assert!(stage.count(AHEAD) > ahead, "and the capture is decided");
        stage.cue(0, At::Commit, 0, Act::End(how)).days(2);
        assert_eq!(stage.balance(0, Class::MerchantAvailable, &shop), 1_000);
        assert_eq!(stage.cash(0, &alice), 0);
        stage.ends_well();
    }
}

/// A little falls due before each of many inputs that wait: the block of them is no longer for it
/// than others, so that the log takes it.
#[test]
fn what_falls_due_before_many_inputs_makes_no_block_too_long() {
    const MANY: usize = 60;
    let stage = Stage::across(1, 1 << 40, false);
    let weather = stage.world.weather.get();
    stage.world.weather.set(Weather { small_blocks: true, ..weather });
    let terms = json!({ "merchant": "shop", "fee_ppm": 0, "cycle": 1, "settle_ccy": "CNY" });
    stage.ask(0, json!({ "onboard_merchant": terms })).settle();
    let passes = || stage.world.now.set(stage.world.now.get() + 1_000);
    for no in 0..MANY {
        let payment = format!("p{no}");
        let order = json!({ "payment": payment, "out_trade_no": payment, "merchant": "shop",
            "mode": "IN_APP", "amt": cny(100), "timeout_s": 60 });
        stage.ask(0, json!({ "create_payment": order })).turns(0, 2);
        passes();
    }
    let before = stage.committed("events").len();
    for no in 0..MANY {
        let user = format!("u{no}");
        stage.ask(0, json!({ "open_user": { "user": user, "kyc_class": 3, "ccy": "CNY" } }));
        passes();
    }
    stage.settle();
    let blocks = &stage.committed("events")[before..];
    let long = |block: &Vec<u8>| {
        let block = Block::parse(block).unwrap();
        block.frames().map(|frame| frame.unwrap().2.len()).sum::<usize>()
    };
    let longest = blocks.iter().map(long).max().unwrap();
    assert!((1_500..2_200).contains(&longest), "{longest}");
    assert_eq!(stage.committed("outcomes").len(), 1 + 2 * MANY);
    stage.ends_well();
}
