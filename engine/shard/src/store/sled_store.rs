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
//! | the word that a database is whole | `whole`: number of parts of the snapshot |
//! | the last block that was synced | `HEAD`: number and checksum |
//!
//! sled takes some damage for a torn tail and forgets it in silence; `HEAD` tells that blocks are
//! gone, and is itself missed where it is gone. It is written in place after each sync and not
//! synced itself, so it may lag behind, and never runs ahead.
//!
//! A value larger than [`VALUE_BYTES_MAX`](crate::limits::VALUE_BYTES_MAX) is cut into parts; the
//! first begins with their count.
//! sled's `flush` is no fsync, so a second handle on its file is synced after it. sled panics on
//! some damage instead of returning an error; that ends here, as a fault.

use super::Store;
use super::faults::{corrupt, disk, read_only};
use super::generation::{BLOCK_KEY, GENERATION, Generation, SNAPSHOT_KEY, numbered, sync_dir};
use super::head::{self, Head};
use super::snapshots::Snapshots;
use crate::fault::Fault;
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
    /// An older generation that is being read.
    older: Option<Generation>,
    last: Option<u64>,
    head: Head,
    snapshots: Snapshots,
    /// Held for as long as the store lives.
    _lock: File,
}

impl SledStore {
    /// Opens a data directory, making it if it is not there.
    pub fn open(dir: &Path) -> Result<SledStore, Fault> {
        fs::create_dir_all(dir).map_err(|e| disk(dir, "cannot be made", &e))?;
        let lock = lock(dir)?;
        check_format(dir)?;
        let head = Head::open(dir)?;
        let mut generations = numbered(dir, GENERATION)?;
        // A generation that a crash left half made: the one before it is whole.
        let open = loop {
            let Some(first) = generations.last().copied() else {
                generations.push(0);
                break Generation::begin(dir, 0)?;
            };
            let open = Generation::open(dir, first)?;
            if open.is_whole()? {
                break open;
            }
            let path = open.path.clone();
            drop(open);
            // Never deleted: damage can look like this too.
            let aside = path.with_extension("set-aside");
            fs::rename(&path, &aside).map_err(|e| disk(&path, "cannot be set aside", &e))?;
            generations.pop();
        };
        let last = open.drop_torn_tail()?.or_else(|| open.first.checked_sub(1));
        if let Some(synced) = head.synced.filter(|synced| last.is_none_or(|last| last < *synced)) {
            let last = last.map_or("none".to_owned(), |last| last.to_string());
            let what = format!("its last block is {last}, but block {synced} was written");
            return Err(corrupt(dir, &what));
        }
        let snapshots = Snapshots::open(dir)?;
        let rested = snapshots.newest_number()?;
        if let Some(of) = rested.filter(|of| last.is_none_or(|last| last < *of)) {
            let last = last.map_or("none".to_owned(), |last| last.to_string());
            let what = format!("its last block is {last}, but it has a snapshot of block {of}");
            return Err(corrupt(dir, &what));
        }
        Ok(SledStore {
            dir: dir.into(),
            generations,
            open,
            older: None,
            last,
            head,
            snapshots,
            _lock: lock,
        })
    }

    /// Whether all blocks from the first on are there, where they are the log of record: no copy
    /// from elsewhere makes up for the first, though a snapshot can stand in for its state. Blocks
    /// between are missed by whoever reads them.
    pub fn begins_with_the_first(&mut self) -> Result<(), Fault> {
        let Some(last) = self.last else { return Ok(()) };
        if self.read(0)?.is_some() {
            return Ok(());
        }
        Err(corrupt(&self.dir, &format!("block 0 is missing, though block {last} is there")))
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
            self.older = Some(Generation::open(&self.dir, first)?);
        }
        Ok(self.older.as_ref())
    }
}

impl Store for SledStore {
    fn last(&self) -> Option<u64> {
        self.last
    }

    fn append(&mut self, number: u64, block: &[u8]) -> Result<(), Fault> {
        self.open.put_parts(BLOCK_KEY, number, block)?;
        self.last = Some(number);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Fault> {
        self.open.sync()?;
        self.last.map_or(Ok(()), |last| self.head.write(last))
    }

    fn read(&mut self, number: u64) -> Result<Option<Vec<u8>>, Fault> {
        match self.generation_of(number)? {
            Some(generation) => generation.get_parts(BLOCK_KEY, number),
            None => Ok(None),
        }
    }

    fn add_to_snapshot(&mut self, number: u64, rows: &[u8]) -> Result<(), Fault> {
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

    fn snapshot(&mut self) -> Result<Option<(u64, Vec<u8>)>, Fault> {
        if let Some(newest) = self.snapshots.newest()? {
            return Ok(Some(newest));
        }
        // Earlier versions kept it with the blocks after it.
        let Some(number) = self.open.first.checked_sub(1) else { return Ok(None) };
        let snapshot = self.open.get_parts(SNAPSHOT_KEY, number)?;
        Ok(snapshot.map(|bytes| (number, bytes)))
    }
}

fn lock(dir: &Path) -> Result<File, Fault> {
    let path = dir.join("LOCK");
    let file = File::options().create(true).append(true).open(&path);
    let file = file.map_err(|e| match e.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => read_only(dir, &e),
        _ => disk(&path, "cannot be opened for writing", &e),
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
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
mod tests {
    use super::*;
    use crate::fault::Cause;
    use crate::store::generation::WHOLE_KEY;

    fn block(number: u64) -> Vec<u8> {
        // Some fit one value, some take parts; none compresses.
        let len = if number % 7 == 3 { 200_000 } else { 3_000 };
        let byte = |n: u64| u8::try_from((n * n + number) % 251).unwrap();
        (0..len).map(byte).collect()
    }

    fn write(dir: &Path, numbers: std::ops::Range<u64>) {
        let mut store = SledStore::open(dir).unwrap();
        for number in numbers {
            store.append(number, &block(number)).unwrap();
        }
        store.sync().unwrap();
    }

    #[test]
    fn a_directory_that_a_crash_left_half_begun_is_begun() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FORMAT_MAKING), "groat d").unwrap();
        write(dir.path(), 0..3);
        assert_eq!(SledStore::open(dir.path()).unwrap().last(), Some(2));
    }

    #[test]
    fn a_damaged_format_is_damage_and_another_is_not() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 0..3);
        let cause = |bytes: &[u8]| {
            fs::write(dir.path().join("FORMAT"), bytes).unwrap();
            SledStore::open(dir.path()).err().unwrap().cause
        };
        for bytes in [&b""[..], b"groat", b"gsoat data 1\n", b"\xffroat data 1\n"] {
            assert_eq!(cause(bytes), Cause::Damage, "{bytes:?}");
        }
        assert_eq!(cause(b"groat data 2\n"), Cause::Other);
    }

    #[test]
    fn blocks_and_snapshots_are_there_after_reopening() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 0..20);
        let mut store = SledStore::open(dir.path()).unwrap();
        store.finish_snapshot(19, &block(3)).unwrap();
        store.append(20, &block(20)).unwrap();
        store.sync().unwrap();
        drop(store);
        let mut store = SledStore::open(dir.path()).unwrap();
        assert_eq!(store.last(), Some(20));
        assert_eq!(store.snapshot().unwrap(), Some((19, block(3))));
        for number in [20, 0, 3, 19, 10] {
            assert_eq!(store.read(number).unwrap(), Some(block(number)));
        }
        assert_eq!(store.read(21).unwrap(), None);
    }

    /// Wherever the process ends while a snapshot is made, all blocks are there, and so is a whole
    /// snapshot: this one if its head came, else the one before.
    #[test]
    fn blocks_go_on_while_a_snapshot_is_made() {
        let rows = |n: u64| block(n * 7 + 3);
        for ends_after in 0..12 {
            let dir = tempfile::tempdir().unwrap();
            write(dir.path(), 0..4);
            let mut store = SledStore::open(dir.path()).unwrap();
            store.finish_snapshot(2, b"early").unwrap();
            let mut last = 3;
            for n in 0..ends_after {
                if n < 9 {
                    store.append(last + 1, &block(last + 1)).unwrap();
                    last += 1;
                    store.add_to_snapshot(3, &rows(n)).unwrap();
                } else if n == 9 {
                    store.finish_snapshot(3, b"head").unwrap();
                } else {
                    store.append(last + 1, &block(last + 1)).unwrap();
                    last += 1;
                }
            }
            store.sync().unwrap();
            drop(store);
            let mut store = SledStore::open(dir.path()).unwrap();
            assert_eq!(store.last(), Some(last));
            for number in 0..=last {
                assert_eq!(store.read(number).unwrap(), Some(block(number)), "{number}");
            }
            let all: Vec<u8> = (0..9).flat_map(rows).collect();
            let whole = [&b"head"[..], &all].concat();
            let kept = if ends_after > 9 { (3, whole) } else { (2, b"early".to_vec()) };
            assert!(store.snapshot().unwrap() == Some(kept), "ended after {ends_after}");
            // Of one that was not finished nothing is left in the next.
            last += 1;
            store.append(last, &block(last)).unwrap();
            store.add_to_snapshot(last, b"rows").unwrap();
            store.finish_snapshot(last, b"next ").unwrap();
            assert_eq!(store.snapshot().unwrap(), Some((last, b"next rows".to_vec())));
        }
    }

    #[test]
    fn a_generation_half_made_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 0..5);
        drop(Generation::open(dir.path(), 5).unwrap());
        let store = SledStore::open(dir.path()).unwrap();
        assert_eq!((store.last(), store.generations.clone()), (Some(4), vec![0]));
    }

    /// Power lost in the middle of a snapshot: what was being made is not looked at, and made anew.
    #[test]
    fn what_was_being_made_is_not_opened() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 0..5);
        fs::create_dir(dir.path().join("making")).unwrap();
        fs::write(dir.path().join("making").join("db"), [7; 100]).unwrap();
        let mut store = SledStore::open(dir.path()).unwrap();
        assert_eq!((store.last(), store.snapshot()), (Some(4), Ok(None)));
        store.finish_snapshot(4, &block(3)).unwrap();
        assert_eq!(store.snapshot().unwrap(), Some((4, block(3))));
        assert!(!dir.path().join("making").exists());
    }

    /// As directories were before snapshots had databases of their own.
    #[test]
    fn a_snapshot_kept_with_the_blocks_after_it_is_read() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 0..5);
        let generation = Generation::open(dir.path(), 5).unwrap();
        generation.put_parts(SNAPSHOT_KEY, 4, &block(3)).unwrap();
        generation.put(WHOLE_KEY, &3u32.to_be_bytes()).unwrap();
        generation.put_parts(BLOCK_KEY, 5, &block(5)).unwrap();
        generation.sync().unwrap();
        drop(generation);
        let mut store = SledStore::open(dir.path()).unwrap();
        assert_eq!(store.snapshot().unwrap(), Some((4, block(3))));
        assert_eq!((store.last(), store.read(4)), (Some(5), Ok(Some(block(4)))));
        store.finish_snapshot(5, &block(10)).unwrap();
        assert_eq!(store.snapshot().unwrap(), Some((5, block(10))));
    }

    /// Of a snapshot that cannot be read no byte is given: whoever restores tells that from none.
    #[test]
    fn a_damaged_snapshot_is_told_from_none() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 0..5);
        let mut store = SledStore::open(dir.path()).unwrap();
        store.finish_snapshot(4, &block(3)).unwrap();
        drop(store);
        fs::write(dir.path().join("snap-0000000000000004").join("db"), [7; 100]).unwrap();
        let mut store = SledStore::open(dir.path()).unwrap();
        assert_eq!(store.snapshot().unwrap(), Some((4, vec![])));
        assert_eq!(store.read(4).unwrap(), Some(block(4)));
    }

    #[test]
    fn two_processes_cannot_share_a_directory() {
        let dir = tempfile::tempdir().unwrap();
        let _first = SledStore::open(dir.path()).unwrap();
        let second = SledStore::open(dir.path()).err().unwrap();
        assert!(second.what.contains("in use by another process"), "{second}");
    }

    #[test]
    fn a_foreign_folder_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("letter.txt"), "dear").unwrap();
        let refused = SledStore::open(dir.path()).err().unwrap();
        assert!(refused.what.contains("not a data directory of groat"), "{refused}");
    }

    /// Whatever byte of whatever file is damaged: a fault, or every block as written. Never fewer
    /// blocks in silence, never other bytes, never a panic.
    #[test]
    fn damage_anywhere_is_noticed_or_harmless() {
        let whole = tempfile::tempdir().unwrap();
        write(whole.path(), 0..20);
        SledStore::open(whole.path()).unwrap().finish_snapshot(19, &block(3)).unwrap();
        write(whole.path(), 20..40);
        let mut noticed = 0;
        for round in 0..90u64 {
            let dir = tempfile::tempdir().unwrap();
            let files = copy(whole.path(), dir.path());
            let (file, len) = &files[usize::try_from(round).unwrap() % files.len()];
            let at = (round * 0x9e37_79b9 + 12_345) % len;
            let bytes = std::fs::read(file).unwrap();
            let at = usize::try_from(at).unwrap();
            let damaged = if round % 3 == 0 {
                bytes[..at].to_vec()
            } else {
                let mut bytes = bytes;
                bytes[at] ^= 0x20;
                bytes
            };
            std::fs::write(file, damaged).unwrap();
            let what = format!("byte {at} of {}", file.display());
            noticed += u32::from(is_noticed(dir.path(), &what));
        }
        assert!(noticed > 5, "only {noticed} of 90 did harm: is anything checked?");
    }

    /// False when blocks and snapshot are there as written; true when a fault or a hash tells.
    fn is_noticed(dir: &Path, what: &str) -> bool {
        let Ok(mut store) = SledStore::open(dir) else { return true };
        assert_eq!(store.last(), Some(39), "blocks are gone in silence: {what}");
        // A reader knows a block that is missing or has other bytes by number and hash.
        let block_is_other = (0..40).any(|number| store.read(number) != Ok(Some(block(number))));
        block_is_other || store.snapshot() != Ok(Some((19, block(3))))
    }

    fn copy(from: &Path, to: &Path) -> Vec<(PathBuf, u64)> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(from).unwrap().flatten() {
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                std::fs::create_dir_all(&target).unwrap();
                files.extend(copy(&entry.path(), &target));
            } else {
                std::fs::copy(entry.path(), &target).unwrap();
                files.push((target, entry.metadata().unwrap().len()));
            }
        }
        files.retain(|(_, len)| *len > 0);
        files.sort();
        files
    }
}
