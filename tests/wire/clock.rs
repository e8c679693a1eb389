//! Time: what fell due happens first, and batching leaves no trace in the state.

use crate::{answers, examples, shard, step_lines};
use groat_shard::hex;

#[test]
fn the_digest_does_not_depend_on_batching() {
    let lines = examples();
    let whole = {
        let mut shard = shard(true);
        step_lines(&mut shard, 0, 0, &lines);
        shard.books().digest()
    };
    for size in [1, 2, 7] {
        let mut shard = shard(true);
        for (n, chunk) in lines.chunks(size).enumerate() {
            step_lines(&mut shard, (n * size) as u64, 99, chunk);
        }
        assert_eq!(hex(&shard.books().digest()), hex(&whole), "blocks of {size}");
    }
}

/// A capture, payment or refund in time is honoured even if the engine was down meanwhile: what
/// counts is the record's time, and what fell due before it happens before it.
#[test]
fn what_fell_due_during_a_pause_happens_in_the_right_order() {
    let at = |second: u64| 1_769_817_600_000 + second * 1_000;
    let id = |n: u32| format!("019c1000-0000-7000-8000-0000000002{n:02}");
    let line = |n: u32, body: &str| format!(r#"{{"id":"{}",{body}}}"#, id(n));
    let mut shard = shard(false);
    let setup = [
        line(1, r#""open_ledger_account":{"account":"a","currency":"USD"}"#),
        line(2, r#""open_ledger_account":{"account":"b","currency":"USD"}"#),
        line(
            3,
            r#""post_transfer":{"debit":"a","credit":"b","amount":{"amount":"1.00","currency":"USD"},"phase":"PENDING","timeout_s":10}"#,
        ),
        line(
            4,
            r#""post_transfer":{"debit":"a","credit":"b","amount":{"amount":"1.00","currency":"USD"},"phase":"PENDING","timeout_s":11}"#,
        ),
    ];
    let lines: Vec<&str> = setup.iter().map(String::as_str).collect();
    assert_eq!(answers(&step_lines(&mut shard, 0, at(0), &lines)), ["ok"; 4]);
    let post = |n: u32, of: u32| {
        line(n, &format!(r#""post_transfer":{{"phase":"POST","pending":"{}"}}"#, id(of)))
    };
    let sealed = step_lines(&mut shard, 4, at(10), &[&post(5, 3), &post(6, 4)]);
    assert_eq!(answers(&sealed), ["PendingExpired", "ok"]);
}

#[test]
fn time_never_goes_back() {
    let mut shard = shard(true);
    let open = |n: u32, at: &str| {
        format!(
            r#"{{"id":"019c1000-0000-7000-8000-0000000003{n:02}","at":"{at}","open_ledger_account":{{"account":"x{n}","currency":"USD"}}}}"#
        )
    };
    let lines = [open(1, "2026-01-31T10:00:00Z"), open(2, "2026-01-31T09:00:00+08:00")];
    step_lines(&mut shard, 0, 0, &[&lines[0], &lines[1]]);
    let now = groat_proto::json::time_text(shard.books().ledger().now());
    assert_eq!(now, "2026-01-31T10:00:00Z");
    let back = r#"{"id":"019c1000-0000-7000-8000-000000000399","advance_clock":{"to":"2026-01-31T09:59:59.999Z"}}"#;
    assert_eq!(answers(&step_lines(&mut shard, 2, 0, &[back])), ["ClockBackwards"]);
}
