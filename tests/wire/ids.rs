//! A command happens once: repeated, conflicting, old and future ids.

use crate::{answers, shard, step_lines};
use groat_ledger::Id;

const HOUR_MS: u64 = 3_600_000;

fn uuid(ms: u64, low: u128) -> String {
    Id(u128::from(ms) << 80 | 7 << 76 | 2 << 62 | low).to_string()
}

fn open(id: &str, account: &str) -> String {
    format!(r#"{{"id":"{id}","open_ledger_account":{{"account":"{account}","currency":"USD"}}}}"#)
}

/// LerianStudio/midaz#709, formancehq/stack#1636, formancehq/ledger#921: the same id with the same
/// body is answered as the first time, with another body refused, also twice in one batch.
#[test]
fn the_same_id_is_answered_as_the_first_time() {
    let mut shard = shard(false);
    let (now, id) = (1_000 * HOUR_MS, uuid(1_000 * HOUR_MS, 1));
    let (first, other) = (open(&id, "a"), open(&id, "b"));
    let batch = format!(r#"{{"commands":[{first},{first},{other}]}}"#);
    let sealed = step_lines(&mut shard, 0, now, &[&batch]);
    assert_eq!(answers(&sealed), ["ok", "replay ok", "IdempotencyConflict"]);
    let sealed = step_lines(&mut shard, 1, now, &[&first, &other]);
    assert_eq!(answers(&sealed), ["replay ok", "IdempotencyConflict"]);
    // A refusal is final too: the id can never flip from declined to done.
    let refused = open(&uuid(now, 2), "a");
    let sealed = step_lines(&mut shard, 3, now, &[&refused, &refused]);
    assert_eq!(answers(&sealed), ["Duplicate", "replay Duplicate"]);
}

/// LerianStudio/midaz#1974, KanishJebaMathewM/Truxify#13104: an id repeated after the window is
/// refused as too old, never done twice.
#[test]
fn an_id_older_than_the_window_is_refused() {
    let mut shard = shard(false);
    let start = 1_000 * HOUR_MS;
    let old = open(&uuid(start, 1), "a");
    assert_eq!(answers(&step_lines(&mut shard, 0, start, &[&old])), ["ok"]);
    for (offset, hours) in [(1, 7 * 24), (2, 7 * 24 + 2), (3, 7 * 24 + 2_000)] {
        let sealed = step_lines(&mut shard, offset, start + hours * HOUR_MS, &[&old]);
        let expected = if hours == 7 * 24 { "replay ok" } else { "CommandTooOld" };
        assert_eq!(answers(&sealed), [expected], "{hours} hours later");
    }
    assert_eq!(shard.books().ledger().tables().accounts.rows().len(), 1);
}

#[test]
fn an_id_of_the_future_is_refused_when_records_tell_the_time() {
    let mut shard = shard(false);
    let now = 1_000 * HOUR_MS;
    let tomorrow = open(&uuid(now + 24 * HOUR_MS, 1), "a");
    let later = open(&uuid(now + 24 * HOUR_MS + 1, 2), "b");
    let sealed = step_lines(&mut shard, 0, now, &[&tomorrow, &later]);
    assert_eq!(answers(&sealed), ["ok", "CommandIdInFuture"]);
}
