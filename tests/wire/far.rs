//! Commands whose time is far from all others': what they may move, and what they cost.

use crate::{answers, shard, step_lines};
use groat_proto::Message;
use groat_proto::json::{read_line, time_text};
use groat_proto::v1::ChainTerms;
use groat_replay::{Chain, audit};
use groat_shard::limits::{BODY_BYTES_SEAL, RECORD_DUE_BYTES_MAX};
use groat_shard::{Arrival, Block, Inbound, Messages, Sealed, Shard, hex};
use groat_tests::feed::{Feed, money, uuid_v7};
use groat_tests::signing::{key, public_key, sign};
use serde_json::json;

/// 2026-01-31T00:00:00Z.
const START: u64 = 1_769_817_600_000;
const DAY_MS: u64 = 86_400_000;
/// Lines of credit that bear interest every night.
const LINES: u64 = 100;
/// Nights whose interest takes more than a record may.
const NIGHTS: u64 = 400;

/// A command with an id of one time that states another.
fn line(id_at: u64, number: u64, at: u64, body: &str) -> String {
    let (id, at) = (uuid_v7(id_at, number), time_text(at));
    format!(r#"{{"id":"{id}","at":"{at}",{body}}}"#)
}

fn open(at: u64, number: u64) -> String {
    let body = format!(r#""open_ledger_account":{{"account":"x{number}","currency":"USD"}}"#);
    line(at, number, at, &body)
}

fn advance(id_at: u64, number: u64, at: u64, to: u64) -> String {
    let body = format!(r#""advance_clock":{{"to":"{}"}}"#, time_text(to));
    line(id_at, number, at, &body)
}

fn now(shard: &Shard) -> u64 {
    shard.books().ledger().now()
}

/// A mistyped year ends nobody's books.
#[test]
fn a_command_too_old_at_its_own_time_moves_no_time() {
    let mut shard = shard(true);
    let far = START + 36 * 366 * DAY_MS;
    let mistyped = |number| {
        line(START, number, far, r#""open_ledger_account":{"account":"y","currency":"USD"}"#)
    };
    let batch = format!(r#"{{"atomic":true,"commands":[{},{}]}}"#, open(far, 5), mistyped(6));
    let asked = [
        open(START, 1),
        mistyped(2),
        advance(START, 3, far, far + 1),
        open(START + 2, 4),
        batch,
        open(START + 3, 7),
    ];
    let lines: Vec<&str> = asked.iter().map(String::as_str).collect();
    let sealed = step_lines(&mut shard, 0, 0, &lines);
    let (old, aborted) = ("CommandTooOld", "BatchAborted");
    assert_eq!(answers(&sealed), ["ok", old, old, "ok", aborted, old, "ok"]);
    assert_eq!(now(&shard), START + 3);
    // Nor does another command under an id that is taken.
    let taken =
        line(START, 1, START + DAY_MS, r#""open_user":{"user":"u","kyc_class":1,"ccy":"CNY"}"#);
    assert_eq!(answers(&step_lines(&mut shard, 9, 0, &[&taken])), ["IdempotencyConflict"]);
    assert_eq!(now(&shard), START + 3);
}

/// An app cannot move the clock of all others: it is decided when the platform's commands are.
#[test]
fn an_app_that_signs_moves_no_time() {
    let mut shard = shard(true);
    let seed = groat_proto::json::hex::text(&public_key(1));
    let register = format!(
        r#""register_app":{{"app_id":"mini","key_id":"k","scopes":["payments"],"public_key":"{seed}"}}"#
    );
    let grant = r#""grant_app_auth":{"app_id":"mini","merchant_id":"shop","scopes":["payments"]}"#;
    let asked = [
        line(START, 1, START, r#""onboard_merchant":{"merchant":"shop","settle_ccy":"CNY"}"#),
        line(START, 2, START, &register),
        line(START, 3, START, grant),
    ];
    let lines: Vec<&str> = asked.iter().map(String::as_str).collect();
    assert_eq!(answers(&step_lines(&mut shard, 0, 0, &lines)), ["ok"; 3]);
    let create = r#""create_payment":{"payment":"p","out_trade_no":"p","merchant":"shop","mode":"IN_APP","amt":{"amount":"5.00","currency":"CNY"}}"#;
    let far = START + 9 * 366 * DAY_MS;
    let mut record = read_line(&line(far, 4, far, create)).unwrap();
    let command = record.commands.remove(0);
    record.commands.push(sign(command, "mini".parse().unwrap(), &key(1)));
    shard.step(Inbound { offset: 3, time: 0, record: &record.encode_to_vec() });
    assert_eq!(answers(&shard.seal("test", false)), ["ok"]);
    assert_eq!(now(&shard), START);
}

/// A shard where interest falls due every night, and how far its feed is.
fn with_interest() -> (Shard, Feed, Vec<Sealed>) {
    let mut feed = Feed::starting("2026-01-31T00:00:00Z");
    let terms = json!({ "merchant": "shop", "fee_ppm": 0, "cycle": 1, "settle_ccy": "CNY" });
    feed.put("onboard_merchant", terms);
    for no in 0..LINES {
        let (user, payment) = (format!("u{no}"), format!("p{no}"));
        feed.put("open_user", json!({ "user": user, "kyc_class": 3, "ccy": "CNY" }));
        let billing = json!({ "order": {
            "first": "PENALTY", "second": "INTEREST", "third": "FEE", "fourth": "PRINCIPAL"
        }});
        let line = json!({
            "user": user, "limit": money(10_000_000, "CNY"), "statement_day": 5, "due_day": 20,
            "min_bps": 1_000, "day_ppm": 500, "late_fee_ppm": 50_000, "grace_d": 3,
            "tolerance": money(1_000, "CNY"), "billing": billing
        });
        feed.put("grant_credit_line", line);
        let order = json!({
            "payment": payment, "out_trade_no": payment, "merchant": "shop", "mode": "IN_APP",
            "amt": money(100_000, "CNY")
        });
        feed.put("create_payment", order);
        let legs = json!([{ "credit": { "amt": money(100_000, "CNY") } }]);
        feed.put("pay_payment", json!({ "payment": payment, "user": user, "legs": legs }));
    }
    let mut shard = Shard::begin(0, *shard(true).books().terms());
    let mut blocks = vec![shard.claim()];
    let lines: Vec<&str> = feed.lines().lines().collect();
    let sealed = step_lines(&mut shard, 0, 0, &lines);
    assert!(answers(&sealed).iter().all(|answer| answer == "ok"), "{:?}", answers(&sealed));
    blocks.push(sealed);
    (shard, feed, blocks)
}

/// As the owner of a shard does it: what is much due has blocks of its own.
fn spread(shard: &mut Shard, offset: u64, line: &str) -> Vec<Sealed> {
    let record = read_line(line).unwrap().encode_to_vec();
    let inbound = Inbound { offset, time: 0, record: &record };
    let mut blocks = Vec::new();
    while let Some(until) = shard.much_due_before(&inbound) {
        shard.tick_within(until, BODY_BYTES_SEAL);
        blocks.push(shard.seal("test", false));
    }
    shard.step(inbound);
    blocks.push(shard.seal("test", false));
    blocks
}

fn body_bytes(sealed: &Sealed) -> usize {
    Block::parse(&sealed.bytes).unwrap().body.len()
}

/// Whoever follows comes to the same state and words; whoever decides again to the same blocks.
fn is_the_same_again(shard: &Shard, terms: ChainTerms, blocks: &[Sealed]) {
    let mut follower = Shard::begin(0, terms);
    for sealed in blocks {
        let block = Block::parse(&sealed.bytes).unwrap();
        let (arrived, told) = follower.follow_and_tell(&block).unwrap();
        assert_eq!(arrived, Arrival::Next);
        assert_eq!(Messages::from(&told), Messages::from(&sealed.outbound));
    }
    assert_eq!(hex(&follower.books().digest()), hex(&shard.books().digest()));
    let bytes: Vec<_> = blocks.iter().map(|sealed| Ok(sealed.bytes.clone())).collect();
    let chain = Chain::of_blocks(0, None, bytes.into_iter());
    assert_eq!(audit(chain, &mut |_, _| {}).unwrap().first_bad, None);
}

/// No block can end within a record, so what falls due between its commands is bounded: a command
/// that needs more is none of that record, and is done in one of its own.
#[test]
fn a_record_whose_second_command_is_years_later_makes_no_block_that_none_can_read() {
    let (mut shard, feed, mut blocks) = with_interest();
    let (terms, offset) = (*shard.books().terms(), feed.records());
    let (begun, far) = (now(&shard), START + NIGHTS * DAY_MS);
    let second = open(far, 900_002);
    let record = format!(r#"{{"commands":[{},{second}]}}"#, open(begun + 1, 900_001));
    let made = spread(&mut shard, offset, &record);
    let last = made.last().unwrap();
    assert_eq!(answers(last), ["ok", "malformed"]);
    assert!(body_bytes(last) < BODY_BYTES_SEAL, "nothing of what fell due is left");
    assert_eq!(now(&shard), begun + 1, "it moved no time");
    let told = format!("{:?}", last.outbound.outcomes().collect::<Vec<_>>());
    assert!(told.contains("send it in a record of its own"), "{told}");
    blocks.extend(made);
    let alone = spread(&mut shard, offset + 1, &second);
    assert_eq!(answers(alone.last().unwrap()), ["ok"]);
    assert_eq!(now(&shard), far);
    let paid: usize = alone.iter().map(body_bytes).sum();
    assert!(paid > RECORD_DUE_BYTES_MAX, "{paid} bytes would have fit the record");
    assert!(alone.iter().map(body_bytes).all(|bytes| bytes < 2 * BODY_BYTES_SEAL));
    blocks.extend(alone);
    is_the_same_again(&shard, terms, &blocks);
}

/// All of an atomic record is decided at the latest of its times, which has blocks of its own.
#[test]
fn an_atomic_record_waits_for_what_is_due_by_its_latest_command() {
    let (mut shard, feed, mut blocks) = with_interest();
    let (terms, far) = (*shard.books().terms(), START + NIGHTS * DAY_MS);
    let near = open(far - DAY_MS, 900_001);
    let record = format!(r#"{{"atomic":true,"commands":[{near},{}]}}"#, open(far, 900_002));
    let made = spread(&mut shard, feed.records(), &record);
    assert_eq!(answers(made.last().unwrap()), ["ok", "ok"]);
    assert!(made.len() > 10, "{} blocks", made.len());
    assert!(made.iter().map(body_bytes).all(|bytes| bytes < 2 * BODY_BYTES_SEAL));
    blocks.extend(made);
    is_the_same_again(&shard, terms, &blocks);
}

/// The clock moves block by block, once further than ids are kept; the advance is done all the
/// same, as where it is all one block, also by an owner that dies between two of them, and once.
#[test]
fn a_long_advance_does_not_depend_on_batching() {
    let far = START + NIGHTS * DAY_MS;
    // To a midnight too, where interest falls due.
    for to in [far, far + 1] {
        let (mut whole, feed, _) = with_interest();
        let begun = now(&whole);
        let far = advance(begun + 1, 900_001, begun + 1, to);
        let sealed = step_lines(&mut whole, feed.records(), 0, &[&far]);
        assert_eq!((answers(&sealed), now(&whole)), (vec!["ok".to_owned()], to));

        let (mut apart, _, mut blocks) = with_interest();
        let terms = *apart.books().terms();
        let made = spread(&mut apart, feed.records(), &far);
        assert!(made.len() > 10, "{} blocks", made.len());
        assert_eq!(answers(made.last().unwrap()), ["ok"]);
        assert_eq!(hex(&apart.books().digest()), hex(&whole.books().digest()));
        // One that dies after each of the first blocks is followed by one that goes on.
        for gone in [1, 2, made.len() - 1] {
            let mut next = Shard::begin(0, terms);
            for sealed in blocks.iter().chain(&made[..gone]) {
                let block = Block::parse(&sealed.bytes).unwrap();
                assert_eq!(next.follow(&block).unwrap(), Arrival::Next);
            }
            let rest = spread(&mut next, feed.records(), &far);
            assert_eq!(answers(rest.last().unwrap()), ["ok"], "after {gone} blocks");
            assert_eq!(hex(&next.books().digest()), hex(&whole.books().digest()));
        }
        blocks.extend(made);
        let again = spread(&mut apart, feed.records() + 1, &far);
        assert_eq!(answers(again.last().unwrap()), ["CommandTooOld"], "done once");
        blocks.extend(again);
        is_the_same_again(&apart, terms, &blocks);
    }
}
