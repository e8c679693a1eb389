//! A disk that is full, and a directory that cannot be written: said clearly, nothing answered is
//! lost, and with room again the same commands lead to the state of an undisturbed run.

use groat_tests::transfer_feed::{between_users, read};
use groat_tests::{binary, digest, run, stderr};
use std::path::Path;
use std::process::{Command, Output};

fn args(dir: &Path) -> [String; 5] {
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    ["run".into(), "--data".into(), path("data"), "--commands".into(), path("commands")]
}

fn run_to_the_end(dir: &Path) -> Output {
    let args = args(dir);
    run("groat", &args.each_ref().map(String::as_str))
}

/// As on a full disk: no file may grow beyond this many KiB, and the attempt is an error, not a
/// signal.
fn run_with_files_up_to(kib: u32, dir: &Path) -> Output {
    let limited = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$@\"");
    let command = Command::new("bash")
        .args(["-c", &limited, "bash"])
        .arg(binary("groat"))
        .args(args(dir))
        .output();
    command.unwrap()
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let lines = between_users(&read());
    let (whole, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for folder in [&whole, &dir] {
        std::fs::write(folder.path().join("commands"), lines.lines()).unwrap();
    }
    let undisturbed = run_to_the_end(whole.path());
    let full = run_with_files_up_to(9 * 1024, dir.path());
    assert_eq!(full.status.code(), Some(1), "{}", stderr(&full));
    let said = stderr(&full);
    assert!(said.contains("groat: ") && said.contains("what to do"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let again = run_to_the_end(dir.path());
    assert!(again.status.success(), "{}", stderr(&again));
    assert_eq!(digest(&again), digest(&undisturbed));
    let (before, after) = (answers(&full), answers(&again));
    assert!(before.len() > 1_000, "it ran for a while before the disk was full");
    assert_eq!(before, after[..before.len()], "what was answered stays so");
}

/// What was answered, without whether it was a replay.
fn answers(output: &Output) -> Vec<String> {
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    let result = |line: &str| line.split_once("\"replay\":").unwrap().1.to_owned();
    let whole = stdout.lines().filter(|line| line.ends_with('}'));
    whole.map(|line| result(line).replace("true,", "").replace("false,", "")).collect()
}

#[test]
fn a_place_that_cannot_be_written_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let data = file.join("data");
    let refused =
        run("groat", &["run", "--data", data.to_str().unwrap(), "--commands", "/dev/null"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    assert!(said.contains(data.to_str().unwrap()) && said.contains("writable"), "{said}");
}
