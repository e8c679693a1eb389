//! The third kind of trouble: not bytes, not business, but a disk, a broker or a broken promise.
//!
//! A fault stops its shard. It says what, where and what to do.

use std::fmt;

/// What kind of fault it is, where whoever meets it can do something about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// Stored bytes are wrong: a copy may be set aside and made again.
    Damage,
    /// Another owner has taken the shard: it may be taken back if it should not have been.
    Lost,
    /// The log has lost what it had acknowledged: whoever takes the shard over with its copy can
    /// mend it.
    Unlogged,
    /// What was asked for cannot be: a value that is out of its range.
    Usage,
    /// Any other.
    Other,
}

/// A fault. Cloned, so that after the first every later call can answer the same.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct Fault {
    /// What happened, with its place.
    pub what: String,
    /// What to do about it.
    pub advice: String,
    /// Its kind.
    pub cause: Cause,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  what to do: {}", self.what, self.advice)
    }
}

impl Fault {
    /// A fault with its advice.
    pub fn new(what: impl Into<String>, advice: impl Into<String>) -> Fault {
        Fault { what: what.into(), advice: advice.into(), cause: Cause::Other }
    }

    /// A fault by stored bytes that are wrong.
    pub fn damage(what: impl Into<String>, advice: impl Into<String>) -> Fault {
        Fault { cause: Cause::Damage, ..Fault::new(what, advice) }
    }

    /// A fault by whoever asked.
    pub fn usage(what: impl Into<String>, advice: impl Into<String>) -> Fault {
        Fault { cause: Cause::Usage, ..Fault::new(what, advice) }
    }

    /// A fault by another owner.
    pub fn lost(what: impl Into<String>, advice: impl Into<String>) -> Fault {
        Fault { cause: Cause::Lost, ..Fault::new(what, advice) }
    }
}
