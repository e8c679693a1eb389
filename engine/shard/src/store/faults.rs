//! What goes wrong with files and with sled, as faults.

use crate::fault::Fault;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Once;

pub(super) fn disk(path: &Path, what: &str, error: &std::io::Error) -> Fault {
    Fault::new(
        format!("{} {what}: {error}", path.display()),
        "check that the disk is there, writable and not full, then start again; nothing that was \
         acknowledged is lost",
    )
}

/// Of a directory that may only be read: reading needs to write too.
pub(super) fn read_only(dir: &Path, error: &std::io::Error) -> Fault {
    Fault::new(
        format!(
            "{} cannot be written to: {error}. Whoever reads a data directory holds its LOCK, so \
             that nobody writes meanwhile, and sled, which keeps the blocks, writes into what it \
             opens",
            dir.display()
        ),
        "copy the directory to where you may write, and read the copy",
    )
}

pub(super) fn corrupt(path: &Path, what: &str) -> Fault {
    Fault::damage(
        format!("the store {} is damaged: {what}", path.display()),
        "keep a copy of the directory, then see README \"When a data directory is damaged\"",
    )
}

/// Calls sled: its errors and its panics become faults, and its panics are not printed.
pub(super) fn guard<T>(path: &Path, call: impl FnOnce() -> sled::Result<T>) -> Result<T, Fault> {
    match quietly(|| catch_unwind(AssertUnwindSafe(call))) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(e))) => Err(disk(path, "failed", &e)),
        Ok(Err(sled::Error::Corruption { .. })) => {
            Err(corrupt(path, "a checksum of sled, which keeps the blocks, is wrong"))
        }
        Ok(Err(e)) => Err(corrupt(path, &e.to_string())),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(corrupt(path, text.unwrap_or("sled panicked while reading it")))
        }
    }
}

/// Keeps the message of a panic on this thread, which is caught, from standard error.
fn quietly<T>(call: impl FnOnce() -> T) -> T {
    thread_local!(static QUIET: Cell<bool> = const { Cell::new(false) });
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                loud(info);
            }
        }));
    });
    QUIET.set(true);
    let result = call();
    QUIET.set(false);
    result
}
