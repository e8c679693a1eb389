//! What crosses the wire: the documented examples run, bytes that are no command are answered and
//! hurt nobody, and old chains stay readable.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod across;
mod apps;
mod bad_bytes;
mod bills;
mod bulk;
mod cards;
mod clock;
mod closing;
mod cluster;
mod confirmed;
mod disputes;
mod documented;
mod edges;
mod exchange;
mod far;
mod fixtures;
mod forged;
mod ids;
mod museum;
mod named;
mod pending;
mod ranges;
mod reduced;
mod restored;
mod royalties;
mod seller_fees;
mod shared;
mod told;

use groat_proto::Message;
use groat_proto::json::read_line;
use groat_proto::v1::{self, ChainTerms, command, outcome};
use groat_shard::{Inbound, Sealed, Shard};

/// A shard that takes its time from commands, or from records.
pub fn shard(command_clock: bool) -> Shard {
    let id_window_ms = 7 * 86_400_000;
    let mut shard = Shard::begin(
        0,
        ChainTerms { shards: 1, command_clock, id_window_ms, day_offset_min: 0, transfers: false },
    );
    shard.claim();
    shard
}

/// Steps records, one a line, and seals them.
pub fn step_lines(shard: &mut Shard, first_offset: u64, time: u64, lines: &[&str]) -> Sealed {
    for (line, offset) in lines.iter().zip(first_offset..) {
        let record = read_line(line).unwrap_or_else(|e| panic!("{line}: {e}")).encode_to_vec();
        shard.step(Inbound { offset, time, record: &record });
    }
    shard.seal("test", false)
}

/// The answers in short: `ok`, `replay ok`, a rejection's name, `malformed`.
pub fn answers(sealed: &Sealed) -> Vec<String> {
    let outcomes = sealed.outbound.outcomes().flat_map(|(_, o)| o.outcomes);
    outcomes.map(|outcome| answer(&outcome)).collect()
}

fn answer(outcome: &v1::Outcome) -> String {
    let short = match outcome.result.as_ref().unwrap() {
        outcome::Result::Accepted(_) => "ok",
        outcome::Result::Rejected(rejected) => &rejected.name,
        outcome::Result::Malformed(_) => "malformed",
    };
    if outcome.replay { format!("replay {short}") } else { short.to_owned() }
}

fn examples() -> Vec<&'static str> {
    let readme = include_str!("../../proto/README.md");
    let begins = ["{\"id\":\"019c1000", "{\"id\":\"01a01751"];
    readme.lines().filter(|line| begins.iter().any(|id| line.starts_with(id))).collect()
}

#[test]
fn every_documented_example_is_accepted() {
    let mut shard = shard(true);
    let lines = examples();
    let sealed = step_lines(&mut shard, 0, 0, &lines);
    for (line, answer) in lines.iter().zip(answers(&sealed)) {
        assert_eq!(answer, "ok", "{line}");
    }
}

#[test]
fn every_command_has_a_documented_example_that_reads_and_writes() {
    let schema = include_str!("../../proto/groat/v1/command.proto");
    let body = schema.split("oneof body {").nth(1).unwrap().split('}').next().unwrap();
    let fields = body.lines().filter(|line| line.contains(" = "));
    let names: Vec<&str> = fields.filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let shown = examples().iter().any(|line| line.contains(&format!("\"{name}\":{{")));
        assert!(shown, "proto/README.md has no example of {name}");
    }
    for line in examples() {
        let record = read_line(line).unwrap();
        let written = serde_json::to_string(&record.commands[0]).unwrap();
        assert_eq!(read_line(&written).unwrap(), record, "{line}");
        assert!(matches!(record.commands[0].body, Some(command::Body::AdvanceClock(_)) | Some(_)));
    }
}

/// formancehq/ledger#1684: what is tried and undone changes nothing: no row of any table, and
/// nothing that falls due. groat has no other dry run.
#[test]
fn an_atomic_batch_happens_whole_or_not_at_all() {
    let mut shard = shard(true);
    let id = |no: u32| format!("019c1000-0000-7000-8000-000000000{no:03}");
    let line = |no: u32, body: &str| format!(r#"{{"id":"{}",{body}}}"#, id(no));
    let opens = |no: u32, account: &str| {
        line(no, &format!(r#""open_ledger_account":{{"account":"{account}","currency":"CNY"}}"#))
    };
    let one = r#"{"amount":"1.00","currency":"CNY"}"#;
    let pends = |no: u32, seconds: u64| {
        let of = format!(r#""debit":"A","credit":"C","amount":{one},"phase":"PENDING""#);
        line(no, &format!(r#""post_transfer":{{{of},"timeout_s":{seconds}}}"#))
    };
    let before = [
        opens(101, "A"),
        opens(102, "C"),
        line(103, r#""open_user":{"user":"alice","kyc_class":2,"ccy":"CNY"}"#),
        line(104, r#""onboard_merchant":{"merchant":"shop","settle_ccy":"CNY"}"#),
        line(105, &format!(r#""confirm_top_up":{{"user":"alice","bank_ref":"b","amt":{one}}}"#)),
        pends(106, 60),
    ];
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    assert_eq!(answers(&step_lines(&mut shard, 0, 0, &before)), ["ok"; 6]);
    let order = r#""payment":"p","out_trade_no":"o","merchant":"shop","mode":"IN_APP""#;
    let legs = format!(r#""legs":[{{"balance":{{"amt":{one}}}}}]"#);
    let tried = [
        line(
            107,
            r#""set_limits":{"scope":{"user":"alice"},"ccy":"CNY","day":{"amount":"9.00","currency":"CNY"}}"#,
        ),
        line(108, &format!(r#""create_payment":{{{order},"amt":{one}}}"#)),
        line(109, &format!(r#""pay_payment":{{"payment":"p","user":"alice",{legs}}}"#)),
        pends(110, 30),
        line(111, &format!(r#""post_transfer":{{"phase":"VOID","pending":"{}"}}"#, id(106))),
        opens(112, "B"),
    ];
    let failing =
        format!(r#"{{"atomic":true,"commands":[{},{}]}}"#, tried.join(","), opens(113, "A"));
    let falls_due = |shard: &mut Shard| {
        let now = shard.books().ledger().now();
        [30_000, 59_999, 60_000].map(|ms| shard.is_due(now + ms))
    };
    assert_eq!(falls_due(&mut shard), [false, false, true]);
    let at_rest = |shard: &Shard| groat_tests::rows::rows(shard.books().ledger());
    let undisturbed = at_rest(&shard);
    let sealed = step_lines(&mut shard, 6, 0, &[&failing]);
    let aborted = [&["BatchAborted"; 6][..], &["Duplicate"]].concat();
    assert_eq!(answers(&sealed), aborted);
    assert_eq!(at_rest(&shard), undisturbed);
    assert_eq!(falls_due(&mut shard), [false, false, true]);
    let sealed = step_lines(&mut shard, 7, 0, &[&failing]);
    let again: Vec<String> = aborted.iter().map(|answer| format!("replay {answer}")).collect();
    assert_eq!(answers(&sealed), again);
    assert_eq!(at_rest(&shard), undisturbed);
    let fresh = tried
        .join(",")
        .replace("7000-8000", "7000-9000")
        .replace(&id(106).replace("7000-8000", "7000-9000"), &id(106));
    let sealed =
        step_lines(&mut shard, 8, 0, &[&format!(r#"{{"atomic":true,"commands":[{fresh}]}}"#)]);
    assert_eq!(answers(&sealed), ["ok"; 6]);
    assert_ne!(at_rest(&shard), undisturbed);
}
