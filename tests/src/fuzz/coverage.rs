//! Which edges of the code ran, where the compiler counts them: `.ci/fuzz` has it do so.
#![allow(unsafe_code, reason = "the compiler calls by a name of C, and gives its counters so")]

use std::slice;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// The counters of every unit that was compiled with them, eight in each number.
static COUNTERS: Mutex<Vec<&'static [AtomicU64]>> = Mutex::new(Vec::new());

/// Called for each unit, before `main`, by what `-sanitizer-coverage-inline-8bit-counters` of LLVM
/// adds to it.
#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_8bit_counters_init(start: *mut u8, stop: *mut u8) {
    // Safety: the counters between the two live as long as the program, and are only counted up.
    let bytes = unsafe { slice::from_raw_parts_mut(start, stop as usize - start as usize) };
    // Safety: any bytes are numbers. A count that is lost to another thread is one edge not seen,
    // as are the few at the ends that fill no number.
    let (_, numbers, _) = unsafe { bytes.align_to_mut::<AtomicU64>() };
    let mut known = COUNTERS.lock().unwrap();
    if known.iter().all(|other| other.as_ptr() != numbers.as_ptr()) {
        known.push(numbers);
    }
}

/// The edges that were reached, each with how often at most, in steps as of AFL (Zalewski 2013).
#[derive(Default)]
pub struct Coverage {
    /// A bit for each step, for each counter.
    reached: Vec<u8>,
}

impl Coverage {
    /// Forgets what ran, and notes what of it is new; whether anything is.
    pub fn note(&mut self) -> bool {
        let (mut first, mut is_new) = (0, false);
        for numbers in COUNTERS.lock().unwrap().iter() {
            self.reached.resize(self.reached.len().max(first + numbers.len() * 8), 0);
            for (number, reached) in numbers.iter().zip(self.reached[first..].chunks_mut(8)) {
                if number.load(Ordering::Relaxed) == 0 {
                    continue;
                }
                let counts = number.swap(0, Ordering::Relaxed).to_ne_bytes();
                for (count, reached) in counts.into_iter().zip(reached) {
                    is_new |= step(count) & !*reached != 0;
                    *reached |= step(count);
                }
            }
            first += numbers.len() * 8;
        }
        is_new
    }

    /// How many edges were reached, of how many; none where nothing counts them.
    pub fn edges(&self) -> (usize, usize) {
        (self.reached.iter().filter(|reached| **reached != 0).count(), self.reached.len())
    }
}

/// Never; 1, 2, 3, 4, 8, 16, 32, 128 times and more.
fn step(count: u8) -> u8 {
    match count {
        0 => 0,
        1 => 1,
        2 => 1 << 1,
        3 => 1 << 2,
        4..8 => 1 << 3,
        8..16 => 1 << 4,
        16..32 => 1 << 5,
        32..128 => 1 << 6,
        128.. => 1 << 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_new_once_for_each_step() {
        static EDGES: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];
        COUNTERS.lock().unwrap().push(&EDGES);
        let mut coverage = Coverage::default();
        let mut ran = |times: [u8; 8]| {
            EDGES[1].store(u64::from_ne_bytes(times), Ordering::Relaxed);
            (coverage.note(), coverage.edges().0)
        };
        assert_eq!(ran([0; 8]), (false, 0));
        assert_eq!(ran([0, 1, 0, 0, 0, 0, 0, 0]), (true, 1));
        assert_eq!(ran([0, 1, 0, 0, 0, 0, 0, 0]), (false, 1));
        assert_eq!(ran([0, 4, 0, 0, 0, 0, 0, 0]), (true, 1));
        assert_eq!(ran([0, 7, 0, 0, 0, 0, 0, 0]), (false, 1));
        assert_eq!(ran([0, 255, 0, 0, 0, 0, 0, 9]), (true, 2));
        assert_eq!(EDGES[1].load(Ordering::Relaxed), 0, "each input is counted by itself");
        assert_eq!(coverage.edges(), (2, 16));
    }
}
