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
mod edges;
mod exchange;
mod far;
mod fixtures;
mod forged;
mod ids;
mod museum;
mod named;
mod pending;
mod reduced;
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

/// formancehq/ledger#1684: what is tried and undone changes nothing. groat has no other dry run.
#[test]
fn an_atomic_batch_happens_whole_or_not_at_all() {
    let mut shard = shard(true);
    let open = r#"{"id":"019c1000-0000-7000-8000-000000000101","open_ledger_account":{"account":"A","currency":"USD"}}"#;
    let twice = r#"{"id":"019c1000-0000-7000-8000-000000000102","open_ledger_account":{"account":"A","currency":"USD"}}"#;
    let other = r#"{"id":"019c1000-0000-7000-8000-000000000103","open_ledger_account":{"account":"B","currency":"USD"}}"#;
    let failing = format!(r#"{{"atomic":true,"commands":[{other},{open},{twice}]}}"#);
    let sealed = step_lines(&mut shard, 0, 0, &[&failing]);
    assert_eq!(answers(&sealed), ["BatchAborted", "BatchAborted", "Duplicate"]);
    assert_eq!(shard.books().ledger().tables().accounts.rows().len(), 0);
    let sealed = step_lines(&mut shard, 1, 0, &[&failing]);
    let replayed = ["replay BatchAborted", "replay BatchAborted", "replay Duplicate"];
    assert_eq!(answers(&sealed), replayed);
    let fresh = failing
        .replace("7000-8000", "7000-9000")
        .replace(&twice.replace("7000-8000", "7000-9000"), "")
        .replace(",]", "]");
    let sealed = step_lines(&mut shard, 2, 0, &[&fresh]);
    assert_eq!(answers(&sealed), ["ok", "ok"]);
}
