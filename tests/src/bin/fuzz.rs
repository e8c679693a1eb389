//! `fuzz`: mutated inputs through one target for some seconds, or one kept input again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test support")]

use groat::clock;
use groat_tests::fuzz::{Broken, TARGETS, fuzz, run};
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
        println!("fuzz --target T [--seconds N] [--seed S] [--input FILE]; T is {names:?}");
        return ExitCode::FAILURE;
    };
    let number = |name, default| option(name).map_or(default, |n| n.parse().unwrap());
    let (seconds, seed) = (number("--seconds", 60), number("--seed", 1));
    let started = clock::start();
    let ran = match option("--input") {
        Some(file) => run(target, &std::fs::read(file).unwrap()).map(|()| 1),
        None => fuzz(target, seed, |_| started.elapsed() < Duration::from_secs(seconds)),
    };
    match ran {
        Ok(ran) => {
            println!("{name}: {ran} inputs, no promise broken (seed {seed})");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            let Broken { input, why } = *broken;
            let file = format!("fuzz-{name}-{seed}.input");
            std::fs::write(&file, input).unwrap();
            println!("{name}: {why}");
            println!(
                "again: cargo run -p groat-tests --bin fuzz -- --target {name} --input {file}"
            );
            ExitCode::FAILURE
        }
    }
}
