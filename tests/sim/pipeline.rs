//! Two blocks at once: the second is decided while the first is on its way into the log.

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
        stage.give(&[0, 1]).cue(0, at, 0, Act::Freeze(30)).turns(1, 3).turns(0, 3);
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
