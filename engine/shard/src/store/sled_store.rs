//! Blocks in sled: one value a block, a real sync barrier, a new directory at each snapshot.
//!
//! | what | where |
//! |---|---|
//! | the directory's lock and format | `LOCK`, `FORMAT` |
//! | a generation | `gen-<number of its first block>/`, a sled database |
//! | its blocks | `b<number><part>` |
//! | the newest snapshot | `snap-<number of its block>/`, a sled database |
//! | the one being made, while blocks go on | `making/` |
//! | its parts | `s<number><part>`, the first, with the head, put last |
//! | copies of generations that are read | `looking/` |
//! | the word that a database is whole | `whole`: number of parts of the snapshot |
//! | the last block that was synced | `HEAD`: number and checksum |
//!
//! sled takes some damage for a torn tail: it forgets what is behind it in silence, and cuts it off
//! the file it opens. So a copy of a generation is opened first, and `HEAD` tells whether blocks
//! are gone from it; the generation itself is opened only when none is. `HEAD` is itself missed
//! where it is gone. It is written in place after each sync and not synced itself, so it may lag
//! behind, and never runs ahead.
//!
//! A value larger than [`VALUE_BYTES_MAX`](crate::limits::VALUE_BYTES_MAX) is cut into parts; the
//! first begins with their count.
//! sled's `flush` is no fsync, so a second handle on its file is synced after it. sled panics on
//! some damage instead of returning an error; that ends here, as a fault.

use super::Store;
use super::faults::{corrupt, disk, read_only};
use super::generation::{
    BLOCK_KEY, GENERATION, Generation, SNAPSHOT_KEY, generation_path, numbered, sync_dir,
};
use super::head::{self, Head};
use super::snapshots::Snapshots;
use crate::fault::{Cause, Fault};
use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

const FORMAT: &str = "groat data 1\n";
const FORMAT_NAME: &str = "groat data ";
const FORMAT_MAKING: &str = "FORMAT.making";

/// See the module.
pub struct SledStore {
    dir: PathBuf,
    /// First block of each generation, ascending; the last one is open.
    generations: Vec<u64>,
    open: Generation,
    /// Set where `open` is a copy that is read; what it lacks, if it does.
    to_read: Option<Result<(), Fault>>,
    /// A copy of an older generation that is being read.
    older: Option<Generation>,
    last: Option<u64>,
    head: Head,
    snapshots: Snapshots,
    /// Held for as long as the store lives.
    _lock: Lock,
}

/// The lock on a directory. It is unlocked and not only closed: a child process that is being
/// started has the file open too, until it has become another program.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Where this fails, closing the file gives it back.
        _ = self.0.unlock();
    }
}

impl SledStore {
    /// Opens a data directory, making it if it is not there. Of one that is damaged no byte is
    /// changed.
    pub fn open(dir: &Path) -> Result<SledStore, Fault> {
        let mut store = SledStore::open_to_read(dir)?;
        store.to_read.take().unwrap_or(Ok(()))?;
        store.snapshots.drop_older()?;
        for path in store.half_made()? {
            set_aside(&path)?;
        }
        store.open = Generation::open(dir, store.open.first)?;
        store.open.drop_torn_tail()?;
        Ok(store)
    }

    /// Opens a data directory to read the blocks that are there, changing none. Where the last are
    /// gone, reading the first of them is the fault.
    pub fn open_to_read(dir: &Path) -> Result<SledStore, Fault> {
        fs::create_dir_all(dir).map_err(|e| disk(dir, "cannot be made", &e))?;
        let lock = lock(dir)?;
        check_format(dir)?;
        Generation::remove_copies(dir)?;
        let head = Head::open(dir)?;
        let snapshots = Snapshots::of(dir);
        let mut generations = numbered(dir, GENERATION)?;
        let known = [(head.synced, "was written"), (snapshots.newest_number()?, "has a snapshot")];
        if generations.is_empty() {
            if let Some((number, what)) = known.iter().find_map(|(no, what)| Some(((*no)?, what))) {
                let what = format!("its blocks are gone, but block {number} {what}");
                return Err(corrupt(dir, &what));
            }
            drop(Generation::begin(dir, 0)?);
            generations.push(0);
        }
        let mut whole = Ok(());
        let (open, mut last) = loop {
            let Some(first) = generations.last().copied() else {
                return Err(whole.err().unwrap_or_else(|| corrupt(dir, "no part of it is whole")));
            };
            match last_of_copy(dir, first) {
                Ok(Some(read)) => break read,
                // A crash left it half made: the one before it is whole.
                Ok(None) => {}
                Err(fault) if fault.cause == Cause::Damage => whole = whole.and(Err(fault)),
                Err(fault) => return Err(fault),
            }
            generations.pop();
        };
        let there = last.map_or("none".to_owned(), |last| last.to_string());
        for (known, what) in known {
            if let Some(known) = known.filter(|known| last.is_none_or(|last| last < *known)) {
                let what = format!("its last block is {there}, but block {known} {what}");
                whole = whole.and(Err(corrupt(dir, &what)));
                last = Some(known);
            }
        }
        Ok(SledStore {
            dir: dir.into(),
            generations,
            open,
            to_read: Some(whole),
            older: None,
            last,
            head,
            snapshots,
            _lock: lock,
        })
    }

    /// The directories of generations after the open one.
    fn half_made(&self) -> Result<Vec<PathBuf>, Fault> {
        let all = numbered(&self.dir, GENERATION)?;
        let after = all.into_iter().filter(|first| *first > self.open.first);
        Ok(after.map(|first| generation_path(&self.dir, first)).collect())
    }

    /// Whether the log begins at its beginning, where it is the log of record: no copy from
    /// elsewhere makes up for the first blocks, though a snapshot can stand in for their state.
    /// Blocks between are missed by whoever reads them.
    pub fn begins_with_the_first(&self) -> Result<(), Fault> {
        match self.last.filter(|_| self.generations.first() != Some(&0)) {
            None => Ok(()),
            Some(last) => {
                let what = format!("block 0 is missing, though block {last} is there");
                Err(corrupt(&self.dir, &what))
            }
        }
    }

    /// The generation that holds a block.
    fn generation_of(&mut self, number: u64) -> Result<Option<&Generation>, Fault> {
        if number >= self.open.first {
            return Ok(Some(&self.open));
        }
        let at = self.generations.partition_point(|first| *first <= number);
        let Some(first) = at.checked_sub(1).map(|at| self.generations[at]) else {
            return Ok(None);
        };
        if self.older.as_ref().is_none_or(|older| older.first != first) {
            self.older = None;
            self.older = Some(Generation::look(&self.dir, first)?);
        }
        Ok(self.older.as_ref())
    }

    fn may_write(&self) -> Result<(), Fault> {
        match self.to_read {
            None => Ok(()),
            Some(_) => Err(Fault::new(
                format!("{} was opened to be read", self.dir.display()),
                "report this: nothing is written by who only reads",
            )),
        }
    }
}

impl Store for SledStore {
    fn last(&self) -> Option<u64> {
        self.last
    }

    fn append(&mut self, number: u64, block: &[u8]) -> Result<(), Fault> {
        self.may_write()?;
        self.open.put_parts(BLOCK_KEY, number, block)?;
        self.last = Some(number);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Fault> {
        self.may_write()?;
        self.open.sync()?;
        self.last.map_or(Ok(()), |last| self.head.write(last))
    }

    fn read(&mut self, number: u64) -> Result<Option<Vec<u8>>, Fault> {
        let block = match self.generation_of(number)? {
            Some(generation) => generation.get_parts(BLOCK_KEY, number)?,
            None => None,
        };
        match &self.to_read {
            Some(Err(gone)) if block.is_none() && number >= self.open.first => Err(gone.clone()),
            _ => Ok(block),
        }
    }

    fn add_to_snapshot(&mut self, number: u64, rows: &[u8]) -> Result<(), Fault> {
        self.may_write()?;
        self.snapshots.add(number, rows)
    }

    fn finish_snapshot(&mut self, number: u64, head: &[u8]) -> Result<(), Fault> {
        self.sync()?;
        self.snapshots.finish(number, head)?;
        let first = self.last.map_or(0, |last| last + 1);
        if first > self.open.first {
            self.open = Generation::begin(&self.dir, first)?;
            self.generations.push(first);
        }
        Ok(())
    }

    fn snapshot_number(&mut self) -> Result<Option<u64>, Fault> {
        if let Some(newest) = self.snapshots.newest_number()? {
            return Ok(Some(newest));
        }
        // Earlier versions kept it with the blocks after it.
        let Some(number) = self.open.first.checked_sub(1) else { return Ok(None) };
        let is_there = self.open.read_parts(SNAPSHOT_KEY, number, &mut |_| {})?;
        Ok(is_there.then_some(number))
    }

    fn read_snapshot(&mut self, give: &mut dyn FnMut(&[u8])) -> Result<bool, Fault> {
        let Some(number) = self.snapshots.newest_number()? else {
            let number = self.open.first.saturating_sub(1);
            return self.open.read_parts(SNAPSHOT_KEY, number, give);
        };
        self.snapshots.read(number, give)
    }
}

/// A copy of a generation and its last block, or the last before it; none where it is not whole.
fn last_of_copy(dir: &Path, first: u64) -> Result<Option<(Generation, Option<u64>)>, Fault> {
    let copy = Generation::look(dir, first)?;
    if !copy.is_whole()? {
        return Ok(None);
    }
    let last = copy.drop_torn_tail()?.or_else(|| first.checked_sub(1));
    Ok(Some((copy, last)))
}

/// Renames the directory of a half made generation. Never deleted: damage can look like this too.
fn set_aside(path: &Path) -> Result<(), Fault> {
    let name = |n: u32| path.with_extension(format!("set-aside-{n}"));
    let free = (1..).map(name).find(|aside| !aside.exists()).expect("some number is free");
    fs::rename(path, free).map_err(|e| disk(path, "cannot be set aside", &e))
}

fn lock(dir: &Path) -> Result<Lock, Fault> {
    let path = dir.join("LOCK");
    let file = File::options().create(true).append(true).open(&path);
    let file = file.map_err(|e| match e.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => read_only(dir, &e),
        _ => disk(&path, "cannot be opened for writing", &e),
    })?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(Fault::new(
            format!("the data directory {} is in use by another process", dir.display()),
            "stop the other groat, or give this one another directory",
        )),
        Err(TryLockError::Error(e)) => Err(disk(&path, "cannot be locked", &e)),
    }
}

fn check_format(dir: &Path) -> Result<(), Fault> {
    let path = dir.join("FORMAT");
    match fs::read_to_string(&path) {
        Ok(text) if text == FORMAT => Ok(()),
        Ok(text) if !text.starts_with(FORMAT_NAME) => Err(Fault::damage(
            format!("{} holds {text:?}, which no groat wrote", path.display()),
            "restore it from a copy, or give another directory",
        )),
        Err(e) if e.kind() == std::io::ErrorKind::InvalidData => Err(Fault::damage(
            format!("{} is no text, so no groat wrote it", path.display()),
            "restore it from a copy, or give another directory",
        )),
        Ok(text) => Err(Fault::new(
            format!(
                "{} is not a data directory of this groat: its FORMAT is {text:?}",
                dir.display()
            ),
            "use the groat that wrote it, or give this one another directory",
        )),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let foreign = fs::read_dir(dir).map_err(|e| disk(dir, "cannot be read", &e))?;
            let made = ["LOCK", FORMAT_MAKING, head::NAME];
            let ours = |name: &OsStr| made.iter().any(|made| name == *made);
            let foreign = foreign.flatten().any(|entry| !ours(&entry.file_name()));
            if foreign {
                return Err(Fault::new(
                    format!("{} is not empty and not a data directory of groat", dir.display()),
                    "give an empty or a new directory",
                ));
            }
            Head::begin(dir)?;
            // Under another name first: a crash leaves it whole or not there.
            let making = dir.join(FORMAT_MAKING);
            let written = File::create(&making).and_then(|mut file| {
                file.write_all(FORMAT.as_bytes())?;
                file.sync_all()?;
                fs::rename(&making, &path)
            });
            written.map_err(|e| disk(&path, "cannot be written", &e))?;
            sync_dir(dir)
        }
        Err(e) => Err(disk(&path, "cannot be read", &e)),
    }
}

#[cfg(test)]
mod tests;
