//! Snapshots, each in a database of its own: made part by part, whole when its head is there.

use super::generation::{Generation, SNAPSHOT_KEY, WHOLE_KEY, key, numbered, remove};
use crate::fault::{Cause, Fault};
use crate::limits::{SNAPSHOT_SYNC_BYTES, VALUE_BYTES_MAX};
use std::path::{Path, PathBuf};

const SNAPSHOT: &str = "snap-";
const MAKING: &str = "making";

pub(super) struct Snapshots {
    dir: PathBuf,
    making: Option<Making>,
}

/// The next one. It gets its name when it is whole, so that power lost half way leaves nothing that
/// is opened.
struct Making {
    parts: Generation,
    /// So far; the first, with the head, is still to come.
    count: u32,
    unsynced_bytes: usize,
}

impl Snapshots {
    pub(super) fn of(dir: &Path) -> Snapshots {
        Snapshots { dir: dir.into(), making: None }
    }

    fn path(&self, number: u64) -> PathBuf {
        self.dir.join(format!("{SNAPSHOT}{number:016}"))
    }

    /// Nothing is read of any but the newest.
    pub(super) fn drop_older(&self) -> Result<(), Fault> {
        let numbers = numbered(&self.dir, SNAPSHOT)?;
        let older = numbers.split_last().map_or(&[][..], |(_, older)| older);
        older.iter().try_for_each(|number| remove(&self.path(*number)))
    }

    /// The number of the newest.
    pub(super) fn newest_number(&self) -> Result<Option<u64>, Fault> {
        Ok(numbered(&self.dir, SNAPSHOT)?.pop())
    }

    /// Gives one part by part; false if not all of it can be read.
    pub(super) fn read(&self, number: u64, give: &mut dyn FnMut(&[u8])) -> Result<bool, Fault> {
        let snapshot = Generation::open_at(self.path(number), 0);
        match snapshot.and_then(|parts| parts.read_parts(SNAPSHOT_KEY, number, give)) {
            Err(fault) if fault.cause == Cause::Damage => Ok(false),
            read => read,
        }
    }

    fn making(&mut self) -> Result<Making, Fault> {
        if let Some(making) = self.making.take() {
            return Ok(making);
        }
        let path = self.dir.join(MAKING);
        remove(&path)?;
        Ok(Making { parts: Generation::open_at(path, 0)?, count: 1, unsynced_bytes: 0 })
    }

    /// Adds rows to the one being made.
    pub(super) fn add(&mut self, number: u64, rows: &[u8]) -> Result<(), Fault> {
        let mut making = self.making()?;
        for part in rows.chunks(VALUE_BYTES_MAX) {
            making.parts.put(&key(SNAPSHOT_KEY, number, making.count), part)?;
            making.count += 1;
        }
        making.unsynced_bytes += rows.len();
        if making.unsynced_bytes >= SNAPSHOT_SYNC_BYTES {
            making.unsynced_bytes = 0;
            making.parts.sync()?;
        }
        self.making = Some(making);
        Ok(())
    }

    /// Puts the head before the rows; older ones go.
    pub(super) fn finish(&mut self, number: u64, head: &[u8]) -> Result<(), Fault> {
        let Making { parts, count, .. } = self.making()?;
        let count = count.to_be_bytes();
        parts.put(&key(SNAPSHOT_KEY, number, 0), &[&count[..], head].concat())?;
        parts.put(WHOLE_KEY, &count)?;
        parts.become_whole(&self.dir, &self.path(number))?;
        self.drop_older()
    }
}
