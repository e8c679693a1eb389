//! The third kind of trouble: not bytes, not business, but a disk, a broker or a broken promise.
//!
//! A fault stops its shard. It says what, where and what to do.

use std::fmt;

/// A fault. Cloned, so that after the first every later call can answer the same.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct Fault {
    /// What happened, with its place.
    pub what: String,
    /// What to do about it.
    pub advice: String,
    /// Stored bytes are wrong: a copy may be set aside and made again.
    pub is_damage: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  what to do: {}", self.what, self.advice)
    }
}

impl Fault {
    /// A fault with its advice.
    pub fn new(what: impl Into<String>, advice: impl Into<String>) -> Fault {
        Fault { what: what.into(), advice: advice.into(), is_damage: false }
    }

    /// A fault by stored bytes that are wrong.
    pub fn damage(what: impl Into<String>, advice: impl Into<String>) -> Fault {
        Fault { is_damage: true, ..Fault::new(what, advice) }
    }
}
