//! The bug museum, where a shard is needed to show it: records of several commands, restarts, days
//! that are cut under load. What a ledger alone can show stands in `rules`. Names are
//! `owner/repo#number` on GitHub; tests/README.md lists every row.

use crate::cluster::{Cluster, DAY_MS, cny};
use crate::{answers, shard, step_lines};
use groat_proto::Message;
use groat_proto::v1::{Input, Record, settlement};
use groat_shard::{Block, FrameKind, Shard, hex};
use serde_json::{Value, json};

const HOUR_MS: u64 = 3_600_000;

/// A line of a command; ids are of the moment `at`.
fn line(no: u32, at: u64, body: &Value) -> String {
    let id = groat_ledger::Id(u128::from(at) << 80 | u128::from(no));
    let mut line = json!({ "id": id.to_string() });
    let (name, fields) = body.as_object().unwrap().iter().next().unwrap();
    line[name] = fields.clone();
    line.to_string()
}

/// The same shard as it comes out of its blocks alone, and out of a snapshot alone.
fn restarted(shard: &Shard, blocks: &[Vec<u8>]) -> [Shard; 2] {
    let mut followed = Shard::begin(0, *shard.books().terms());
    for block in blocks {
        let _ = followed.follow(&Block::parse(block).unwrap()).unwrap();
    }
    [followed, Shard::from_snapshot(0, &shard.snapshot()).unwrap()]
}

/// blnkfinance/blnk#336: restarted with holds pending and every cache gone, each still expires,
/// once, at the time that it would have.
#[test]
fn a_restart_with_holds_pending_and_every_cache_gone() {
    let start = 1_000 * HOUR_MS;
    let mut shard = shard(false);
    let mut blocks = vec![Shard::begin(0, *shard.books().terms()).claim().bytes];
    let held = groat_ledger::AccountKey::ledger("a".parse().unwrap());
    let mut asked: Vec<Value> = ["a", "b"].map(opened).to_vec();
    // Ten holds, a minute apart, some at the same moment.
    asked.extend((0..10).map(|no: u64| {
        json!({ "post_transfer": { "debit": "a", "credit": "b", "amount": cny(100 + no),
            "phase": "PENDING", "timeout_s": 60 * (1 + no / 2) } })
    }));
    let lines: Vec<String> = (1..).zip(&asked).map(|(no, body)| line(no, start, body)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let sealed = step_lines(&mut shard, 0, start, &lines);
    assert_eq!(answers(&sealed), ["ok"; 12]);
    blocks.push(sealed.bytes);

    // Undisturbed: an hour passes at once.
    let restarts = restarted(&shard, &blocks);
    shard.tick(start + HOUR_MS);
    let undisturbed = shard.books().digest();
    for mut again in restarts {
        let mut pending = Vec::new();
        for minute in 0..=6 {
            again.tick(start + minute * 60_000);
            pending.push(again.books().ledger().account(&held).unwrap().debits_pending);
        }
        // 100 to 109 are held, two a minute go.
        assert_eq!(pending, [1_045, 844, 639, 430, 217, 0, 0]);
        assert!(!again.is_due(start + 1_000 * HOUR_MS), "nothing is left to expire");
        again.tick(start + HOUR_MS);
        assert_eq!(hex(&again.books().digest()), hex(&undisturbed));
    }
}

/// LerianStudio/midaz#709, formancehq/stack#1636: the same id after a restart is answered as before
/// it, also a refused one, and another body under it is a conflict.
#[test]
fn the_same_id_after_a_restart() {
    let start = 1_000 * HOUR_MS;
    let mut shard = shard(false);
    let mut blocks = vec![Shard::begin(0, *shard.books().terms()).claim().bytes];
    let (first, refused) = (line(1, start, &opened("a")), line(2, start, &opened("a")));
    let conflict = line(1, start, &opened("b"));
    let sealed = step_lines(&mut shard, 0, start, &[&first, &refused]);
    assert_eq!(answers(&sealed), ["ok", "Duplicate"]);
    blocks.push(sealed.bytes);
    for mut again in restarted(&shard, &blocks) {
        let sealed = step_lines(&mut again, 2, start, &[&first, &refused, &conflict]);
        let expected = ["replay ok", "replay Duplicate", "IdempotencyConflict"];
        assert_eq!(answers(&sealed), expected);
        assert_eq!(again.books().ledger().tables().accounts.rows().len(), 1);
    }
}

/// juspay/hyperswitch#13182: two refunds of one payment in one record, together more than it.
#[test]
fn two_refunds_beyond_the_captured_in_one_record() {
    let start = 1_769_817_600_000;
    for atomic in [false, true] {
        let mut shard = shard(false);
        let amt = cny(10_000);
        let asked = [
            json!({ "open_user": { "user": "alice", "kyc_class": 3, "ccy": "CNY" } }),
            json!({ "confirm_top_up": { "user": "alice", "amt": amt, "bank_ref": "r1" } }),
            json!({ "onboard_merchant": { "merchant": "shop", "fee_ppm": 0, "cycle": 1,
                "settle_ccy": "CNY" } }),
            json!({ "create_payment": { "payment": "p1", "out_trade_no": "o1",
                "merchant": "shop", "mode": "IN_APP", "amt": amt } }),
            json!({ "pay_payment": { "payment": "p1", "user": "alice",
                "legs": [{ "balance": { "amt": amt } }] } }),
        ];
        let lines: Vec<String> =
            (1..).zip(&asked).map(|(no, body)| line(no, start, body)).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(answers(&step_lines(&mut shard, 0, start, &lines)), ["ok"; 5]);
        let refund = |no: u32, request: &str| {
            let refund = json!({ "payment": "p1", "out_request_no": request, "amt": cny(6_000) });
            line(no, start, &json!({ "refund_payment": refund }))
        };
        let (one, other) = (refund(6, "f1"), refund(7, "f2"));
        let both = format!(r#"{{"atomic":{atomic},"commands":[{one},{other}]}}"#);
        let sealed = step_lines(&mut shard, 5, start, &[&both]);
        let first = if atomic { "BatchAborted" } else { "ok" };
        assert_eq!(answers(&sealed), [first, "RefundExceedsPaid"]);
        let cash = groat_tests::between::balance;
        let cash = cash(&shard, groat_ledger::Class::UserAvailable, "alice");
        assert_eq!(cash, if atomic { 0 } else { 6_000 });
    }
}

/// mojaloop/project#4473: a day is cut while payments come without a pause. Each is answered at
/// once, and each is in exactly one batch.
#[test]
fn a_batch_is_cut_under_full_load() {
    const BEFORE: u64 = 700;
    const AFTER: u64 = 300;
    let mut c = Cluster::new(1);
    c.now -= c.now % DAY_MS;
    let (alice, shop) = (c.user(0, "alice", 100_000_000), c.at(0, "shop"));
    let terms = json!({ "merchant": shop, "fee_ppm": 0, "cycle": 1, "settle_ccy": "CNY" });
    assert_eq!(c.ask(0, json!({ "onboard_merchant": terms })), "ok");
    // A payment a millisecond, over midnight.
    c.now += DAY_MS - BEFORE;
    for no in 0..BEFORE + AFTER {
        c.pay(0, &alice, &shop, &format!("p{no}"), 100 + no);
        c.now += 1;
    }
    c.days(2);
    let batches: Vec<(u64, u64)> = c
        .told
        .iter()
        .filter_map(|told| match told {
            settlement::Body::BatchSettled(b) => {
                Some((b.count.into(), b.receipts.as_ref().map_or(0, |money| money.amount)))
            }
            _ => None,
        })
        .collect();
    let sum = |of: std::ops::Range<u64>| of.map(|no| 100 + no).sum::<u64>();
    let (before, after) = (sum(0..BEFORE), sum(BEFORE..BEFORE + AFTER));
    assert_eq!(batches, [(BEFORE, before), (AFTER, after)]);
    c.holds();
}

/// formancehq/ledger#788: text beyond ASCII is no reference and is refused; it stands in the block
/// byte for byte, and the block's hash is the same for whoever reads it.
#[test]
fn text_beyond_ascii_is_kept_byte_for_byte() {
    let start = 1_000 * HOUR_MS;
    let (mut shard, mut imported) = (crate::shard(false), crate::shard(false));
    for (no, text) in (1..).zip(["收据-1", "reçu", "e\u{301}", "\u{202e}abc", "𝟙"]) {
        let top_up = json!({ "user": "alice", "amt": cny(1), "bank_ref": text });
        let asked = line(no, start, &json!({ "confirm_top_up": top_up }));
        let offset = u64::from(no) - 1;
        let sealed = step_lines(&mut shard, offset, start, &[&asked]);
        assert_eq!(answers(&sealed), ["SchemaInvalid"], "{text}");
        let block = Block::parse(&sealed.bytes).unwrap();
        let record = block.frames().find_map(|frame| match frame.unwrap() {
            (_, FrameKind::Input, bytes) => Some(Input::decode(bytes).unwrap().record),
            _ => None,
        });
        let record = Record::decode(record.unwrap().as_slice()).unwrap();
        let written = serde_json::to_string(&record.commands[0]).unwrap();
        assert!(written.contains(text), "{written}");
        // Exported and imported: the same line is the same block.
        let again = step_lines(&mut imported, offset, start, &[&written]);
        assert!(again.bytes == sealed.bytes, "{text}");
    }
}

fn opened(account: &str) -> Value {
    json!({ "open_ledger_account": { "account": account, "currency": "CNY" } })
}
