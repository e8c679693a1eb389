//! The bug museum, where a shard is needed to show it: records of several commands, restarts, days
//! that are cut under load. What a ledger alone can show stands in `rules`. Names are
//! `owner/repo#number` on GitHub; tests/README.md lists every row.

use crate::cluster::{Cluster, DAY_MS, cny, transfer};
use crate::{answers, shard, step_lines};
use groat_ledger::money::major_text;
use groat_ledger::{Class, Currency, Id};
use groat_proto::Message;
use groat_proto::json::{date_text, parse_time, time_text};
use groat_proto::v1::{ChainTerms, Input, Record, settlement};
use groat_replay::{Format, Source, export};
use groat_shard::{Block, FrameKind, Shard, SledStore, Store, hex};
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

/// The bytes of the first record in a block.
fn record_of(block: &[u8]) -> Record {
    let block = Block::parse(block).unwrap();
    let record = block.frames().find_map(|frame| match frame.unwrap() {
        (_, FrameKind::Input, bytes) => Some(Input::decode(bytes).unwrap().record),
        _ => None,
    });
    Record::decode(record.unwrap().as_slice()).unwrap()
}

/// formancehq/ledger#788: text beyond ASCII is no reference and is refused, and is a note and is
/// kept. It stands in the block byte for byte, composed or not, from the right or beyond the basic
/// plane; the block's hash is the same for whoever reads it, and so is what is exported.
#[test]
fn text_beyond_ascii_is_kept_byte_for_byte() {
    let start = 1_000 * HOUR_MS;
    let texts = ["收据-1", "re\u{e7}u", "e\u{301}", "\u{202e}abc", "שלום", "𝟙"];
    let (mut shard, mut imported) = (crate::shard(false), crate::shard(false));
    let mut blocks = vec![Shard::begin(0, *shard.books().terms()).claim().bytes];
    let mut gives = |no: u32, asked: &str, answer: &str| {
        let sealed = step_lines(&mut shard, u64::from(no), start, &[asked]);
        assert_eq!(answers(&sealed), [answer], "{asked}");
        let written = serde_json::to_string(&record_of(&sealed.bytes).commands[0]).unwrap();
        // Exported and imported: the same line is the same block.
        let again = step_lines(&mut imported, u64::from(no), start, &[&written]);
        assert!(again.bytes == sealed.bytes, "{asked}");
        blocks.push(sealed.bytes);
        written
    };
    gives(1, &line(1, start, &opened("a")), "ok");
    gives(2, &line(2, start, &opened("b")), "ok");
    for (no, text) in (1..).zip(texts) {
        let top_up = json!({ "user": "alice", "amt": cny(1), "bank_ref": text });
        let asked = line(2 * no + 1, start, &json!({ "confirm_top_up": top_up }));
        let written = gives(2 * no + 1, &asked, "SchemaInvalid");
        assert!(written.contains(text), "{written}");
        let post = json!({ "debit": "a", "credit": "b", "amount": cny(1) });
        let asked = line(2 * no + 2, start, &json!({ "post_transfer": post }));
        let mut asked: Value = serde_json::from_str(&asked).unwrap();
        asked["metadata"] = json!({ "note": text });
        let written = gives(2 * no + 2, &asked.to_string(), "ok");
        assert!(written.contains(text), "{written}");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut store = SledStore::open(folder.path()).unwrap();
    (0..).zip(&blocks).for_each(|(number, block)| store.append(number, block).unwrap());
    store.sync().unwrap();
    drop(store);
    for format in [Format::Jsonl, Format::Beancount, Format::Hledger] {
        let (mut out, source) = (Vec::new(), Source::Directory(folder.path().into()));
        export(&source, &[0], format, &mut out, &mut |_, _| {}).unwrap();
        let out = String::from_utf8(out).unwrap();
        for text in texts {
            assert!(out.contains(text), "{format:?} has no {text:?}: {out}");
        }
    }
}

/// midaz#1894: a capture behind its authorization in one record, atomic or not, and in two of one
/// block. In two blocks, the first of them on its way: `sim`.
#[test]
fn a_capture_in_the_same_record_or_block() {
    let start = 1_769_817_600_000;
    let (ten, kind) =
        (cny(1_000), json!({ "merchant": "shop", "fee_ppm": 0, "settle_ccy": "CNY" }));
    let asked = [
        json!({ "open_user": { "user": "alice", "kyc_class": 3, "ccy": "CNY" } }),
        json!({ "confirm_top_up": { "user": "alice", "amt": ten, "bank_ref": "r1" } }),
        json!({ "onboard_merchant": kind }),
        json!({ "authorize_funds": { "auth": "a1", "out_order_no": "o1", "out_request_no": "h1",
            "user": "alice", "merchant": "shop", "amt": ten } }),
        json!({ "capture_authorization": { "auth": "a1", "out_trade_no": "t1", "amt": ten } }),
    ];
    let lines: Vec<String> = (1..).zip(&asked).map(|(no, body)| line(no, start, body)).collect();
    let both =
        |atomic: bool| format!(r#"{{"atomic":{atomic},"commands":[{},{}]}}"#, lines[3], lines[4]);
    let ways = [vec![both(false)], vec![both(true)], vec![lines[3].clone(), lines[4].clone()]];
    for last in ways {
        let mut shard = shard(false);
        let lines: Vec<&str> = lines[..3].iter().chain(&last).map(String::as_str).collect();
        assert_eq!(answers(&step_lines(&mut shard, 0, start, &lines)), ["ok"; 5], "{last:?}");
        let held = groat_tests::between::balance;
        let held =
            |class| held(&shard, class, if class == Class::UserFrozen { "a1" } else { "alice" });
        assert_eq!((held(Class::UserAvailable), held(Class::UserFrozen)), (0, 0));
    }
}

/// GaloyMoney/cala#714: what says that it was yesterday is spent today all the same.
#[test]
fn a_backdated_entry_counts_into_the_window_in_which_it_is_decided() {
    let start = 1_769_817_600_000;
    for command_clock in [false, true] {
        let mut shard = shard(command_clock);
        let asked = [
            json!({ "open_user": { "user": "alice", "kyc_class": 3, "ccy": "CNY" } }),
            json!({ "open_user": { "user": "bob", "kyc_class": 3, "ccy": "CNY" } }),
            json!({ "confirm_top_up": { "user": "alice", "amt": cny(9_000), "bank_ref": "r1" } }),
            json!({ "set_limits": { "scope": { "user": "alice" }, "ccy": "CNY",
                "day": cny(1_000) } }),
            transfer("alice", "bob", 1_000),
            transfer("alice", "bob", 1),
            transfer("alice", "bob", 1),
        ];
        let lines: Vec<String> =
            (1..).zip(&asked).map(|(no, body)| line(no, start, body)).collect();
        let mut lines: Vec<Value> =
            lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        for line in &mut lines {
            line["at"] = "2026-01-31T00:00:00Z".into();
        }
        lines[4]["effective_date"] = "2026-01-30".into();
        lines[5]["effective_date"] = "2026-01-30".into();
        lines[6]["at"] = "2026-01-30T12:00:00Z".into();
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let found = answers(&step_lines(&mut shard, 0, start, &lines));
        assert_eq!(found[..5], ["ok"; 5]);
        assert_eq!(found[5..], ["LimitExceeded"; 2]);
    }
}

/// blnk#72, formancehq/numscript#130: a sale in yen or dinars is shared with receivers by primes of
/// a hundred, each rounded down, and the rest is the seller's. It goes back in seven parts: each
/// receiver has at any time what is left of its share, half up, and at the end nobody has anything.
#[test]
fn shares_over_primes_in_currencies_of_no_and_three_decimals() {
    const PRIMES: [u64; 5] = [3, 7, 13, 29, 31];
    for (letters, full) in [("JPY", 997_u64), ("KWD", 99_991), ("JPY", 101), ("KWD", 1_009)] {
        let currency: Currency = letters.parse().unwrap();
        let money = |minor: u64| {
            let amount = major_text(minor.into(), currency);
            json!({ "amount": amount, "currency": letters })
        };
        let mut c = Cluster::new(1);
        let mut asks = |body: Value| assert_eq!(c.ask(0, body.clone()), "ok", "{body}");
        let sells = |who: &str| {
            json!({ "onboard_merchant": { "merchant": who, "fee_ppm": 0, "cycle": 1,
                "royalty_cap_bps": 10_000, "settle_ccy": letters } })
        };
        asks(json!({ "open_user": { "user": "alice", "kyc_class": 3, "ccy": letters } }));
        asks(json!({ "confirm_top_up": { "user": "alice", "amt": money(full), "bank_ref": "b" } }));
        asks(sells("shop"));
        let receivers = PRIMES.map(|percent| format!("part-{percent}"));
        for receiver in &receivers {
            asks(sells(receiver));
            asks(json!({ "bind_royalty": { "merchant": "shop", "receiver": receiver } }));
        }
        asks(json!({ "create_payment": { "payment": "p1", "out_trade_no": "o1",
            "merchant": "shop", "mode": "IN_APP", "amt": money(full) } }));
        asks(json!({ "pay_payment": { "payment": "p1", "user": "alice",
            "legs": [{ "balance": { "amt": money(full) } }] } }));
        let named = receivers.iter().zip(PRIMES);
        let named = named.map(|(who, percent)| json!({ "receiver": who, "percent": percent }));
        asks(json!({ "split_payment": { "payment": "p1", "out_request_no": "s1",
            "receivers": named.collect::<Vec<_>>() } }));
        let has = |c: &Cluster, class, owner: &str| {
            let accounts = c.shards[0].books().ledger().tables().accounts.rows();
            let owner = owner.parse().unwrap();
            let its = accounts.iter().filter(|a| (a.key.class, a.key.owner) == (class, owner));
            its.map(|account| account.credit_balance()).sum::<i128>()
        };
        let shares = PRIMES.map(|percent| full * percent / 100);
        for part in 0..=7 {
            let back = full * part / 7;
            if part > 0 {
                let amount = money(back - full * (part - 1) / 7);
                let refund = json!({ "payment": "p1", "out_request_no": format!("f{part}"),
                    "amt": amount, "royalty_refunds": { "pro_rata": true } });
                assert_eq!(c.ask(0, json!({ "refund_payment": refund })), "ok");
            }
            let left = shares.map(|share| share - (2 * share * back + full) / (2 * full));
            for (receiver, left) in receivers.iter().zip(left) {
                assert_eq!(has(&c, Class::MerchantAvailable, receiver), i128::from(left), "{part}");
            }
            let rest = full - back - left.iter().sum::<u64>();
            assert_eq!(has(&c, Class::MerchantPending, "shop"), i128::from(rest), "{part}");
            assert_eq!(has(&c, Class::UserAvailable, "alice"), i128::from(back), "{part}");
        }
        c.holds();
    }
}

/// formancehq/ledger#1398, killbill#445: days on which clocks are moved are days like others. A
/// business date ends at the calendar's own midnight, whatever offset a time is written with, and
/// what is kept is UTC.
#[test]
fn a_day_with_a_clock_change() {
    let mut shard = Shard::begin(
        0,
        ChainTerms {
            shards: 1,
            command_clock: true,
            id_window_ms: 400 * DAY_MS,
            day_offset_min: 60,
            transfers: false,
        },
    );
    shard.claim();
    let times = [
        ("2026-03-28T23:59:59.999+01:00", "2026-03-28T22:59:59.999Z", "2026-03-28"),
        ("2026-03-29T00:00:00+01:00", "2026-03-28T23:00:00Z", "2026-03-29"),
        ("2026-03-29T23:59:59.999+02:00", "2026-03-29T21:59:59.999Z", "2026-03-29"),
        ("2026-03-30T00:00:00+02:00", "2026-03-29T22:00:00Z", "2026-03-29"),
        ("2026-03-30T01:00:00+02:00", "2026-03-29T23:00:00Z", "2026-03-30"),
        ("2026-10-25T00:00:00+02:00", "2026-10-24T22:00:00Z", "2026-10-24"),
        ("2026-10-25T01:00:00+02:00", "2026-10-24T23:00:00Z", "2026-10-25"),
        ("2026-10-25T23:59:59.999+01:00", "2026-10-25T22:59:59.999Z", "2026-10-25"),
        ("2026-10-26T00:00:00+01:00", "2026-10-25T23:00:00Z", "2026-10-26"),
    ];
    let mut asked = 0;
    let mut asks = |at: &str, body: Value| {
        asked += 1;
        let line = line(asked, parse_time(at).unwrap(), &body);
        let mut line: Value = serde_json::from_str(&line).unwrap();
        line["at"] = at.into();
        let sealed = step_lines(&mut shard, asked.into(), 0, &[&line.to_string()]);
        assert_eq!(answers(&sealed), ["ok"], "{line}");
        let ledger = shard.books().ledger();
        let payment: Option<Id> = body
            .pointer("/pay_payment/payment")
            .map(|payment| payment.as_str().unwrap().parse().unwrap());
        let tables = ledger.tables();
        let paid = payment.and_then(|payment| tables.payments.get(&payment)?.batch);
        (time_text(ledger.now()), paid.map(|batch| date_text(tables.batches.row(batch).date)))
    };
    let first = times[0].0;
    asks(first, json!({ "open_user": { "user": "alice", "kyc_class": 3, "ccy": "CNY" } }));
    let top_up = json!({ "user": "alice", "amt": cny(9_000), "bank_ref": "r1" });
    asks(first, json!({ "confirm_top_up": top_up }));
    let kind = json!({ "merchant": "shop", "fee_ppm": 0, "cycle": 1, "settle_ccy": "CNY" });
    asks(first, json!({ "onboard_merchant": kind }));
    for (no, (at, utc, date)) in times.into_iter().enumerate() {
        let payment = format!("p{no}");
        let created = json!({ "payment": payment, "out_trade_no": payment, "merchant": "shop",
            "mode": "IN_APP", "amt": cny(100) });
        asks(at, json!({ "create_payment": created }));
        let legs = json!([{ "balance": { "amt": cny(100) } }]);
        let paid = json!({ "payment": payment, "user": "alice", "legs": legs });
        let found = asks(at, json!({ "pay_payment": paid }));
        assert_eq!(found, (utc.to_owned(), Some(date.to_owned())), "{at}");
    }
}

fn opened(account: &str) -> Value {
    json!({ "open_ledger_account": { "account": account, "currency": "CNY" } })
}
