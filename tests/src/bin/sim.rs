//! Runs the simulator over as many seeds as asked; a seed that fails prints what repeats it.
#![allow(clippy::print_stdout, reason = "a program of the tests")]

use groat_tests::sim::canary::Canary;
use groat_tests::sim::run::run;
use groat_tests::sim::told::Asked;
use std::collections::BTreeMap;
use std::process::ExitCode;

const USAGE: &str = "sim [--seeds N] [--seed FIRST] [--canary NAME] [--trace yes]";

fn main() -> ExitCode {
    let (mut seeds, mut first, mut canary, mut is_traced) = (1_000, 0, None, false);
    let mut named_as = None;
    let mut args = std::env::args().skip(1);
    while let Some(flag) = args.next() {
        let value = args.next();
        let number = value.as_deref().and_then(|value| value.parse::<u64>().ok());
        match (flag.as_str(), number, value.as_deref().and_then(Canary::named)) {
            ("--seeds", Some(number), _) => seeds = number,
            ("--seed", Some(number), _) => (first, seeds) = (number, seeds.min(1)),
            ("--trace", ..) => is_traced = true,
            ("--canary", _, Some(named)) => (canary, named_as) = (Some(named), value),
            _ => {
                println!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    let mut notes: BTreeMap<&str, u64> = BTreeMap::new();
    let mut asked = Asked::default();
    for seed in first..first + seeds {
        match run(seed, canary, is_traced) {
            Ok(told) => {
                told.notes.iter().for_each(|(what, n)| *notes.entry(what).or_default() += n);
                asked.add(&told.asked);
            }
            Err(what) => {
                println!("seed {seed}: {what}");
                let canary = named_as.map_or(String::new(), |name| format!(" --canary {name}"));
                println!("again: cargo run -p groat-tests --bin sim -- --seed {seed}{canary}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("{seeds} seeds from {first} on hold");
    notes.iter().for_each(|(what, n)| println!("{n:>10}  {what}"));
    for (what, (answered, happened)) in &asked.0 {
        println!("{happened:>10}  {what}, asked {answered} times");
    }
    ExitCode::SUCCESS
}
