//! Seeded mutation of everything that is read from outside. It needs no nightly compiler; its seeds
//! are the documented examples, so that what it alters is nearly right. Where the compiler counts
//! which edges ran, an input that reached a new one is altered further.
//!
//! A target takes bytes and panics where a promise is broken. What it accepts must come back the
//! same from what is written of it.

mod coverage;
mod mutate;
mod targets;

pub use mutate::Random;
pub use targets::{TARGETS, Target, go_on};

use coverage::Coverage;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An input that broke a promise.
#[derive(Debug)]
pub struct Broken {
    pub input: Vec<u8>,
    pub why: String,
}

/// So many of the inputs found last are altered more often.
const NEWEST: usize = 64;

/// How a run went in which no promise was broken.
#[derive(Debug, Default)]
pub struct Ran {
    pub inputs: u64,
    /// Edges reached, of how many; of none where nothing counts them.
    pub edges: (usize, usize),
    /// The inputs that reached a new one, in the order in which they were found.
    pub found: Vec<Vec<u8>>,
}

/// Runs mutated seeds through a target while `go_on` says so: its own, then `more`.
pub fn fuzz(
    target: &Target,
    more: Vec<Vec<u8>>,
    seed: u64,
    mut go_on: impl FnMut(u64) -> bool,
) -> Result<Ran, Box<Broken>> {
    let mut seeds = (target.seeds)();
    seeds.extend(more);
    let (mut coverage, mut random, mut ran) =
        (Coverage::default(), Random::new(seed), Ran::default());
    // What the seeds reach is nothing new.
    coverage.note();
    if coverage.edges().1 > 0 {
        for seed in &seeds {
            run(target, seed)?;
            coverage.note();
        }
    }
    let known = seeds.len();
    while go_on(ran.inputs) {
        // Every fourth from what was found last: it is not used up yet.
        let newest = &seeds[seeds.len().saturating_sub(NEWEST).max(known)..];
        let is_from_newest = ran.inputs % 4 == 3 && !newest.is_empty();
        let input = random.mutated(if is_from_newest { newest } else { &seeds });
        run(target, &input)?;
        ran.inputs += 1;
        if coverage.note() {
            seeds.push(input);
        }
    }
    (ran.edges, ran.found) = (coverage.edges(), seeds.split_off(known));
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
