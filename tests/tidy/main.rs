//! The house rules that a machine can read: who may depend on what, who may read the clock, how
//! a file begins and how long it may be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Files that git knows or would add, with these endings.
fn files(endings: &[&str]) -> Vec<String> {
    let args = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listed = Command::new("git").args(args).current_dir(root()).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let ours = listed.lines().filter(|f| endings.iter().any(|e| f.ends_with(e)));
    let there = ours.filter(|f| root().join(f).exists()).map(str::to_owned).collect::<Vec<_>>();
    assert!(!there.is_empty(), "git lists no files: is this a checkout?");
    there
}

fn sources() -> Vec<(String, String)> {
    let written = files(&[".rs"]).into_iter().filter(|f| !f.contains("/generated/"));
    written.map(|f| (f.clone(), read(&f))).collect()
}

/// The names under `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let text = read(manifest);
    let section = text.split("[dependencies]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let names = section.lines().filter(|l| !l.starts_with('#') && l.contains(['=', '.']));
    names.map(|l| l.split(['=', '.', ' ']).next().unwrap().to_owned()).collect()
}

const MANIFESTS: [&str; 7] = [
    "proto/Cargo.toml",
    "engine/ledger/Cargo.toml",
    "engine/shard/Cargo.toml",
    "engine/service/Cargo.toml",
    "replay/Cargo.toml",
    "tests/Cargo.toml",
    "benches/Cargo.toml",
];

#[test]
fn the_ledger_depends_on_decimals_and_tables_alone() {
    let names = dependencies("engine/ledger/Cargo.toml");
    assert_eq!(names, BTreeSet::from(["hashbrown".to_owned(), "rust_decimal".to_owned()]));
}

#[test]
fn each_heavy_dependency_has_one_home() {
    for (name, home) in [
        ("prost", "proto/Cargo.toml"),
        ("sled", "engine/shard/Cargo.toml"),
        ("tokio", "engine/service/Cargo.toml"),
        ("rdkafka", "engine/service/Cargo.toml"),
        ("hyper", "engine/service/Cargo.toml"),
        ("criterion", "benches/Cargo.toml"),
    ] {
        for manifest in MANIFESTS {
            let has = dependencies(manifest).contains(name);
            assert_eq!(has, manifest == home, "{name} in {manifest}; its home is {home}");
        }
    }
}

#[test]
fn dependencies_point_one_way() {
    let order = ["groat-ledger", "groat-proto", "groat-shard", "groat", "groat-replay"];
    for (at, manifest) in [
        "engine/ledger/Cargo.toml",
        "proto/Cargo.toml",
        "engine/shard/Cargo.toml",
        "engine/service/Cargo.toml",
        "replay/Cargo.toml",
    ]
    .iter()
    .enumerate()
    {
        for later in &order[at..] {
            assert!(!dependencies(manifest).contains(*later), "{manifest} depends on {later}");
        }
    }
}

#[test]
fn one_file_reads_the_clock() {
    let clock = "engine/service/src/clock.rs";
    let product = |f: &str| !f.starts_with("tests/") && !f.starts_with("benches/");
    for (file, text) in sources().iter().filter(|(f, _)| product(f)) {
        let reads = ["::now()", "UNIX_EPOCH"].iter().any(|word| text.contains(word));
        assert_eq!(reads, file == clock, "{file}: only {clock} reads the clock");
    }
}

#[test]
fn the_ledger_has_no_input_output_and_no_chance() {
    for (file, text) in sources().iter().filter(|(f, _)| f.starts_with("engine/ledger/")) {
        for word in ["std::fs", "std::net", "std::time", "std::thread", "std::env", "f64", "f32"] {
            assert!(!text.contains(word), "{file} has {word}");
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for (file, text) in sources() {
        assert!(text.starts_with("//! "), "{file} does not begin with //! and what it is");
        let long: Vec<_> = text.lines().filter(|l| l.chars().count() > 100).collect();
        let data = |l: &&str| {
            ["r#\"", "{\"", ", never, \"", ", later, \""].iter().any(|mark| l.contains(mark))
        };
        assert!(long.iter().all(data), "{file} has lines over 100 characters: {long:?}");
    }
}

/// A file is one subject, read in one sitting. The ones listed are longer for a reason and may
/// only shrink.
#[test]
fn files_stay_readable() {
    let longer = [
        ("replay/src/checks.rs", 565, "every check named, built and asked"),
        ("engine/shard/src/codec/write.rs", 540, "a function per message"),
        ("replay/src/naive/loans.rs", 455, "what each fact of a loan says, an arm per kind"),
        ("replay/src/naive/bills.rs", 450, "what each fact tells of money, an arm per kind"),
        ("engine/ledger/src/ledger.rs", 625, "decide and apply, each with an arm per kind"),
        ("engine/ledger/src/rules/loans.rs", 455, "one state machine"),
        ("engine/shard/src/codec/read/facts.rs", 450, "an arm per kind of fact"),
        ("engine/ledger/src/event.rs", 1240, "one enum with a variant per kind of fact"),
        ("engine/ledger/src/settlement.rs", 995, "one enum with a variant per thing told"),
        ("engine/ledger/src/rules/mod.rs", 475, "what is told of each kind of fact"),
        ("engine/ledger/src/rules/payments.rs", 645, "one state machine"),
        ("engine/service/src/kafka/owner.rs", 460, "an owner and what it works with"),
        ("engine/shard/src/shard.rs", 460, "all that a shard can be asked"),
        ("tests/wire/across.rs", 470, "tables of what travels"),
        ("engine/ledger/src/rules/treasury.rs", 495, "one section of the rule book"),
        ("tests/src/sim/world.rs", 500, "all that a process can do, and the slots it does it in"),
        ("engine/shard/src/books.rs", 470, "the walk of a command"),
        ("replay/src/checks/forgeries.rs", 485, "one forgery per check"),
        ("tests/model/naive/orders.rs", 505, "what an order is paid with, a part per kind"),
        ("tests/model/naive.rs", 505, "every command asked, an arm per kind"),
        ("tests/model/ops/money.rs", 465, "what may be asked, a draw per kind"),
        ("tests/model/ops.rs", 575, "what may be asked, a draw per kind"),
        ("tests/model/wire.rs", 595, "every command written, an arm per kind"),
    ];
    for (file, text) in sources() {
        let most = longer.iter().find(|l| l.0 == file).map_or(440, |l| l.1);
        let lines = text.lines().count();
        assert!(lines <= most, "{file} has {lines} lines; at most {most}");
    }
}

#[test]
fn nothing_is_left_open() {
    for (file, text) in sources().iter().filter(|(f, _)| !f.starts_with("tests/tidy")) {
        for word in ["todo!(", "unimplemented!(", "#[ignore", "#[should_panic", "FIXME", "TODO"] {
            assert!(!text.contains(word), "{file} has {word}");
        }
    }
}

#[test]
fn every_folder_says_what_may_live_there() {
    for folder in ["proto", "engine", "replay", "benches", "tests"] {
        let readme = read(&format!("{folder}/README.md"));
        assert!(readme.contains("live"), "{folder}/README.md does not say what may live there");
    }
}

#[test]
fn the_top_level_holds_what_it_may() {
    let allowed = BTreeSet::from([
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "engine",
        "proto",
        "replay",
        "benches",
        "tests",
        "rust-toolchain.toml",
        "rustfmt.toml",
        "clippy.toml",
        "deny.toml",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        ".gitignore",
        ".ci",
        ".cargo",
    ]);
    for file in files(&[""]) {
        let top = file.split('/').next().unwrap();
        assert!(allowed.contains(top), "{top} does not belong at the top level");
    }
}

/// A table of faults is worth what its tests are: each that README.md names in a last column is
/// there, as a function or as one of the tables and lists that macros make tests of.
#[test]
fn every_test_that_the_readme_names_is_there() {
    let sources = sources();
    let is_there = |name: &str| {
        let forms = [format!("fn {name}("), format!("\n{name} \""), format!("    {name}: \"")];
        sources.iter().any(|(_, text)| forms.iter().any(|form| text.contains(form)))
    };
    let readme = read("tests/README.md");
    let cells = readme.lines().filter(|l| l.starts_with('|')).filter_map(|l| l.rsplit('|').nth(1));
    let words = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let names = words.filter_map(|word| word.rsplit("::").next()).filter(|n| n.contains('_'));
    let names: BTreeSet<&str> = names.collect();
    assert!(names.len() > 100, "{} tests are named", names.len());
    let missing: Vec<_> = names.into_iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "tests/README.md names tests that are not there: {missing:?}");
}
