//! Load and soak on a broker: see `groat_tests::soak`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program of the tests")]

use groat::config::Config;
use groat_tests::checker::check;
use groat_tests::soak::{Plan, check_apart, soak};
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "soak --brokers ADDRESS [--processes N] [--shards N] [--orders N] \
                     [--change-every SECONDS]\nsoak --check PREFIX --brokers ADDRESS --shards N";

fn main() -> ExitCode {
    let (brokers, shards, processes, orders) = (String::new(), 4, 2, 20_000);
    let change_every = Duration::from_secs(15);
    let mut plan = Plan { brokers, shards, processes, orders, change_every };
    let mut prefix = None;
    let mut args = std::env::args().skip(1);
    while let Some(flag) = args.next() {
        let value = args.next().unwrap_or_default();
        match (flag.as_str(), value.parse::<u32>()) {
            ("--brokers", _) => plan.brokers = value,
            ("--check", _) => prefix = Some(value),
            ("--shards", Ok(number)) => plan.shards = number,
            ("--processes", Ok(number)) => plan.processes = number as usize,
            ("--orders", Ok(number)) => plan.orders = number.into(),
            ("--change-every", Ok(number)) => {
                plan.change_every = Duration::from_secs(number.into());
            }
            _ => {
                println!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    if plan.brokers.is_empty() || plan.shards == 0 || plan.processes == 0 {
        println!("{USAGE}");
        return ExitCode::from(2);
    }
    if let Some(prefix) = prefix {
        let config = Config { brokers: plan.brokers, prefix, ..Config::default() };
        println!("{:?}", check(&config, plan.shards));
        return ExitCode::SUCCESS;
    }
    let soaked = soak(&plan);
    println!("{soaked:#?}");
    println!("undisturbed {} % of the plain copy", soaked.percent());
    let program = std::env::current_exe().unwrap();
    for prefix in &soaked.prefixes {
        println!("{prefix}: {}", check_apart(&program, &plan, prefix).trim());
    }
    ExitCode::SUCCESS
}
