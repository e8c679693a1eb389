//! The only file that reads the clock. Everything else is told the time.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Time, as an owner of a shard sees it: the machine's, or one that a simulation plays.
pub trait Clock {
    /// Milliseconds since 1970. May jump, as clocks of machines do.
    fn wall_ms(&self) -> u64;

    /// Time since a point that does not change, to measure how long something takes.
    fn elapsed(&self) -> Duration;

    /// Waits.
    fn pause(&self, time: Duration);
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug)]
pub struct MachineClock;

impl Clock for MachineClock {
    fn wall_ms(&self) -> u64 {
        wall_ms()
    }

    fn elapsed(&self) -> Duration {
        static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
        FIRST.elapsed()
    }

    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// Milliseconds since 1970.
pub fn wall_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A point to measure from.
pub fn start() -> Instant {
    Instant::now()
}

/// Bytes that no other owner of a shard has, on this machine or another: time, process and chance.
pub fn owner_name() -> [u8; 16] {
    use std::hash::{BuildHasher, RandomState};
    let chance = RandomState::new().hash_one(std::process::id());
    let value = u128::from(wall_ms()) << 64 | u128::from(chance);
    value.to_be_bytes()
}
