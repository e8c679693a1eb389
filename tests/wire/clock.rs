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

/// A thing is handed over after its first term was due: the term is charged before whatever comes
/// next, in the same record or in another.
#[test]
fn what_a_command_makes_due_happens_before_the_next_of_its_record() {
    let id = |n: u32| format!("019c1000-0000-7000-8000-0000000004{n:02}");
    let line = |n: u32, body: &str| format!(r#"{{"id":"{}",{body}}}"#, id(n));
    let terms = r#""deposit":{"amount":"9.00","currency":"CNY"},"unit":"FIXED","borrow_at":"2026-01-31T00:00:00Z","expiry_at":"2026-02-02T00:00:00Z","plan":[{"due_at":"2026-01-31T00:00:00Z","amt":{"amount":"1.00","currency":"CNY"}}]"#;
    let setup = [
        line(1, r#""open_user":{"user":"ann","kyc_class":2,"ccy":"CNY"}"#),
        line(2, r#""onboard_merchant":{"merchant":"shop","settle_ccy":"CNY"}"#),
        line(
            3,
            &format!(
                r#""create_rental":{{"rental":"k","out_order_no":"o","merchant":"shop","user":"ann",{terms}}}"#
            ),
        ),
        line(4, r#""assess_rental":{"rental":"k","score":700,"decision":{"full":{}}}"#),
        line(5, r#""secure_deposit":{"rental":"k"}"#),
    ];
    let start = line(6, r#""start_rental":{"rental":"k","started_at":"2026-01-31T00:00:00Z"}"#);
    let collect = line(7, r#""collect_rental":{"rental":"k"}"#);
    let together = format!(r#"{{"commands":[{start},{collect}]}}"#);
    let digests = [vec![start, collect], vec![together]].map(|last| {
        let mut shard = shard(false);
        let lines: Vec<&str> = setup.iter().chain(&last).map(String::as_str).collect();
        let noon = 1_769_860_800_000;
        assert_eq!(answers(&step_lines(&mut shard, 0, noon, &lines)), ["ok"; 7], "{last:?}");
        hex(&shard.books().digest())
    });
    assert_eq!(digests[0], digests[1]);
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
