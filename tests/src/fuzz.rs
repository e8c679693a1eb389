//! Seeded mutation of everything that is read from outside. It needs no nightly compiler and knows
//! no coverage; its seeds are the documented examples, so that what it alters is nearly right.
//!
//! A target takes bytes and panics where a promise is broken. What it accepts must come back the
//! same from what is written of it.

mod mutate;
mod targets;

pub use mutate::Random;
pub use targets::{TARGETS, Target, go_on};

use std::panic::{AssertUnwindSafe, catch_unwind};

/// An input that broke a promise.
#[derive(Debug)]
pub struct Broken {
    pub input: Vec<u8>,
    pub why: String,
}

/// Runs mutated seeds through a target while `go_on` says so; gives how many.
pub fn fuzz(
    target: &Target,
    seed: u64,
    mut go_on: impl FnMut(u64) -> bool,
) -> Result<u64, Box<Broken>> {
    let seeds = (target.seeds)();
    let mut random = Random::new(seed);
    let mut ran = 0;
    while go_on(ran) {
        let input = random.mutated(&seeds);
        run(target, &input)?;
        ran += 1;
    }
    Ok(ran)
}

/// Runs one input.
pub fn run(target: &Target, input: &[u8]) -> Result<(), Box<Broken>> {
    catch_unwind(AssertUnwindSafe(|| (target.run)(input))).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Box::new(Broken { input: input.to_vec(), why: text.unwrap_or_default() })
    })
}
