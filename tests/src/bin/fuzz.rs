//! `fuzz`: mutated inputs through one target for some seconds, or one kept input again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test support")]

use groat::clock;
use groat_tests::fuzz::{Broken, Ran, TARGETS, fuzz, run};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1).cloned()
    };
    let name = option("--target").unwrap_or_default();
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        println!(
            "fuzz --target T [--seconds N] [--seed S] [--corpus DIR] [--input FILE]; \
             T is {names:?}"
        );
        return ExitCode::FAILURE;
    };
    let number = |name, default| option(name).map_or(default, |n| n.parse().unwrap());
    let (seconds, seed) = (number("--seconds", 60), number("--seed", 1));
    let corpus = option("--corpus");
    let started = clock::start();
    let ran = match option("--input") {
        Some(file) => {
            run(target, &fs::read(file).unwrap()).map(|()| Ran { inputs: 1, ..Ran::default() })
        }
        None => {
            let more = corpus.as_deref().map_or_else(Vec::new, kept);
            fuzz(target, more, seed, |_| started.elapsed() < Duration::from_secs(seconds))
        }
    };
    match ran {
        Ok(Ran { inputs, edges, found }) => {
            println!("{name}: {inputs} inputs, no promise broken (seed {seed})");
            if let (reached @ 1.., all) = edges {
                println!("{name}: {reached} of {all} edges, {} inputs were new", found.len());
            } else if args.iter().any(|arg| arg == "--counts") && option("--input").is_none() {
                println!("{name}: nothing counts which edges ran");
                return ExitCode::FAILURE;
            }
            if let Some(corpus) = corpus {
                keep(&corpus, &found);
            }
            ExitCode::SUCCESS
        }
        Err(broken) => {
            let Broken { input, why } = *broken;
            let file = format!("fuzz-{name}-{seed}.input");
            fs::write(&file, input).unwrap();
            println!("{name}: {why}");
            println!(
                "again: cargo run -p groat-tests --bin fuzz -- --target {name} --input {file}"
            );
            ExitCode::FAILURE
        }
    }
}

/// The inputs in a directory, if it is there.
fn kept(corpus: &str) -> Vec<Vec<u8>> {
    let Ok(files) = fs::read_dir(corpus) else { return Vec::new() };
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Adds inputs to it: the same one is there once.
fn keep(corpus: &str, found: &[Vec<u8>]) {
    fs::create_dir_all(corpus).unwrap();
    for input in found {
        let mut hash = DefaultHasher::new();
        input.hash(&mut hash);
        fs::write(Path::new(corpus).join(format!("{:016x}", hash.finish())), input).unwrap();
    }
}
