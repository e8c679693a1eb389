//! `groat run`, killed and run again with the same commands until a run ends by itself.

use crate::seed::Seed;
use groat_proto::v1::{self, outcome};
use groat_shard::{Restored, SledStore, hex, restore};
use groat_tests::local::verdict;
use groat_tests::transfer_feed::{between_users, read};
use groat_tests::{binary, digest, stderr};
use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Runs that are killed at most; the one after them is let be.
const KILLS: u64 = 8;

/// When a run is killed.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// After this time.
    After(Duration),
    /// As soon as its outcomes have this many bytes: right behind an answer.
    Answered(u64),
    Never,
}

/// Answers by the command's id, as far as they must not change.
type Answers = HashMap<v1::Id, (String, Option<v1::Accepted>)>;

#[test]
fn a_killed_run_goes_on_where_it_was_and_takes_no_answer_back() {
    let mut seed = Seed::drawn("crash::run");
    let lines = between_users(&read());
    let folder = || {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("commands"), lines.lines()).unwrap();
        dir
    };
    let (whole, dir) = (folder(), folder());
    binary("groat");
    let started = Instant::now();
    let undisturbed = run(whole.path(), Kill::Never).unwrap();
    let lasts = started.elapsed().as_micros() as u64;
    let mut expected = Answers::new();
    check_answers(whole.path(), None, &mut expected);
    let bytes = outcomes_len(whole.path());

    let (mut answered, mut kills, mut furthest) = (Answers::new(), 0, 0);
    let ended = loop {
        let kill = match kills {
            KILLS.. => Kill::Never,
            even if even % 2 == 0 => Kill::Answered(furthest + seed.below(bytes - furthest)),
            odd => Kill::After(Duration::from_micros(seed.below(lasts * (odd + 1) / 4))),
        };
        let ended = run(dir.path(), kill);
        furthest = outcomes_len(dir.path()).clamp(furthest, bytes - 1);
        check_answers(dir.path(), Some(&expected), &mut answered);
        if let Some(ended) = ended {
            break ended;
        }
        kills += 1;
        println!("killed {kill:?}, {} commands answered so far", answered.len());
        check_restore(dir.path());
    };
    assert!(kills > 0, "not one run was killed");
    assert_eq!(digest(&ended), digest(&undisturbed));
    assert_eq!(answered, expected, "every command was answered");
}

fn outcomes_len(dir: &Path) -> u64 {
    std::fs::metadata(dir.join("outcomes")).map_or(0, |metadata| metadata.len())
}

fn answer(outcome: &v1::Outcome) -> (v1::Id, (String, Option<v1::Accepted>)) {
    let events = match outcome.result {
        Some(outcome::Result::Accepted(events)) => Some(events),
        _ => None,
    };
    (outcome.id.unwrap(), (verdict(outcome).to_owned(), events))
}

/// Runs the commands, to the end or until the process is killed.
fn run(dir: &Path, kill: Kill) -> Option<Output> {
    let at = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    // What an earlier run answered is in the test's memory.
    let _ = std::fs::remove_file(dir.join("outcomes"));
    let mut command = Command::new(binary("groat"));
    command.args(["run", "--data", &at("data"), "--commands", &at("commands")]);
    command.args(["--outcomes", &at("outcomes"), "--snapshot-bytes", "1000000"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    let is_time = || match kill {
        Kill::After(delay) => started.elapsed() >= delay,
        Kill::Answered(bytes) => outcomes_len(dir) >= bytes,
        Kill::Never => false,
    };
    while !is_time() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    // Harmless where it has ended by itself.
    let _ = child.kill();
    let ended = child.wait_with_output().unwrap();
    let killed = ended.status.code().is_none();
    assert!(killed || ended.status.success(), "{}", stderr(&ended));
    (!killed).then_some(ended)
}

/// What this run answered is what an undisturbed run does; what was answered before is a replay.
fn check_answers(dir: &Path, expected: Option<&Answers>, answered: &mut Answers) {
    let text = std::fs::read_to_string(dir.join("outcomes")).unwrap_or_default();
    // The last line of a killed run may be torn.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    for line in whole.lines() {
        let outcome: v1::Outcome = serde_json::from_str(line).unwrap();
        let (id, answer) = answer(&outcome);
        if let Some(expected) = expected {
            assert_eq!(expected.get(&id), Some(&answer), "{line}");
        }
        let before = answered.insert(id, answer).is_some();
        assert!(outcome.replay || !before, "answered before, and now as if new: {line}");
    }
}

/// What the killed run left can be restored; tried on a copy, as opening mends.
fn check_restore(dir: &Path) {
    let (data, copy) = (dir.join("data"), dir.join("copy"));
    if !data.join("FORMAT").exists() {
        return;
    }
    let copied = Command::new("cp").arg("-r").arg(&data).arg(&copy).status().unwrap();
    assert!(copied.success());
    let mut store = SledStore::open(&copy).unwrap();
    if let Some(Restored { shard, .. }) = restore(&mut store, 0, |_, _| {}).unwrap() {
        println!(
            "killed after block {}: {}",
            shard.head().next_number,
            hex(&shard.books().digest())
        );
    }
    drop(store);
    std::fs::remove_dir_all(&copy).unwrap();
}
