//! What the test targets share: the real binaries, temporary folders, the broker.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    missing_docs,
    reason = "test support"
)]

pub mod between;
pub mod checker;
pub mod feed;
pub mod fuzz;
pub mod local;
pub mod own_broker;
pub mod pages;
pub mod rows;
pub mod served;
pub mod signing;
pub mod sim;
pub mod soak;
pub mod transfer_feed;
pub mod worlds;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The path of a binary of the workspace, built once per process, as optimised as this one.
pub fn binary(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let folder = BUILT.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let args = ["build", "--quiet", "-p", "groat", "-p", "groat-replay", "--bins"];
        let features = ["--features", "groat-replay/kafka"];
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let profile: &[&str] = if cfg!(debug_assertions) { &[] } else { &["--release"] };
        let mut build = Command::new(cargo);
        build.args(args).args(features).args(profile).current_dir(root);
        assert!(build.status().unwrap().success(), "the binaries can be built");
        // Programs are in target/<profile>, tests in its folder of dependencies.
        let exe = std::env::current_exe().unwrap();
        let folder = exe.parent().unwrap();
        let folder = if folder.ends_with("deps") { folder.parent().unwrap() } else { folder };
        folder.to_owned()
    });
    folder.join(name)
}

/// Runs a binary to its end.
pub fn run(name: &str, args: &[&str]) -> Output {
    Command::new(binary(name)).args(args).output().unwrap()
}

/// What a run wrote to standard error.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a run wrote to standard output.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The `state digest` that a run told.
pub fn digest(output: &Output) -> String {
    let text = stderr(output);
    let digest = text.lines().find_map(|line| line.strip_prefix("state digest "));
    digest.unwrap_or_else(|| panic!("no digest in: {text}")).to_owned()
}

/// The address of a real broker, from `GROAT_TEST_KAFKA`. Without one the test says loudly that
/// it did not run; with `CI` set that is a failure.
pub fn broker(test: &str) -> Option<String> {
    match std::env::var("GROAT_TEST_KAFKA") {
        Ok(address) if !address.is_empty() => Some(address),
        _ if std::env::var_os("CI").is_some() => {
            panic!("{test} needs a broker: set GROAT_TEST_KAFKA (see .ci/kafka/broker)")
        }
        _ => {
            println!(
                "\n*** {test} DID NOT RUN: it needs a broker. Start one with `.ci/kafka/broker \
                 start` and set GROAT_TEST_KAFKA ***\n"
            );
            None
        }
    }
}

/// A topic prefix that no other test of this or an earlier run has.
pub fn fresh_prefix(test: &str) -> String {
    use std::time::{SystemTime, UNIX_EPOCH};
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    format!("{test}-{}-{}", std::process::id(), now % 1_000_000_000)
}
