//! A generation: one sled database of blocks, or of the parts of a snapshot.

use super::faults::{corrupt, disk, guard};
use crate::fault::Fault;
use crate::limits::{CACHE_BYTES, LOCK_PAUSE, LOCK_TRIES, SEGMENT_BYTES, VALUE_BYTES_MAX};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(super) const BLOCK_KEY: u8 = b'b';
pub(super) const SNAPSHOT_KEY: u8 = b's';
pub(super) const WHOLE_KEY: &[u8] = b"whole";
/// What the name of a generation's directory begins with.
pub(super) const GENERATION: &str = "gen-";
/// A generation before it has its name.
const BEGINNING: &str = "beginning";
/// Where generations are copied to, to be looked at.
const LOOKING: &str = "looking";

pub(super) struct Generation {
    pub(super) first: u64,
    pub(super) path: PathBuf,
    db: sled::Db,
    /// A second handle on sled's file: the one that is really synced.
    barrier: File,
    /// Of one that is a copy: goes after the database.
    _copy: Option<Copy>,
}

/// A copied directory, removed when it is no longer looked at.
struct Copy(PathBuf);

impl Drop for Copy {
    fn drop(&mut self) {
        // What stays is removed before the next look.
        _ = remove(&self.0);
        _ = self.0.parent().map(fs::remove_dir);
    }
}

impl Generation {
    pub(super) fn open(dir: &Path, first: u64) -> Result<Generation, Fault> {
        Generation::open_at(generation_path(dir, first), first)
    }

    /// A copy of it, to be read: sled takes damage for a torn tail and cuts off what it opens
    /// there, good blocks behind it too.
    pub(super) fn look(dir: &Path, first: u64) -> Result<Generation, Fault> {
        let from = generation_path(dir, first);
        let copy = Copy(dir.join(LOOKING).join(from.file_name().unwrap_or_default()));
        remove(&copy.0)?;
        copy_all(&from, &copy.0).map_err(|e| disk(&from, "cannot be copied to look at it", &e))?;
        let opened = Generation::open_named(&copy.0, from, first)?;
        Ok(Generation { _copy: Some(copy), ..opened })
    }

    /// Removes copies that a crash left.
    pub(super) fn remove_copies(dir: &Path) -> Result<(), Fault> {
        remove(&dir.join(LOOKING))
    }

    /// A new one for the blocks from `first` on. It gets its name when it is whole, so that power
    /// lost half way leaves nothing that is opened.
    pub(super) fn begin(dir: &Path, first: u64) -> Result<Generation, Fault> {
        let path = dir.join(BEGINNING);
        remove(&path)?;
        let empty = Generation::open_at(path, first)?;
        empty.put(WHOLE_KEY, &0u32.to_be_bytes())?;
        empty.become_whole(dir, &generation_path(dir, first))?;
        Generation::open(dir, first)
    }

    /// Makes it durable and gives it its name in `dir`.
    pub(super) fn become_whole(self, dir: &Path, name: &Path) -> Result<(), Fault> {
        self.sync()?;
        let path = self.path.clone();
        drop(self);
        sync_dir(&path)?;
        fs::rename(&path, name).map_err(|e| disk(name, "cannot be put in place", &e))?;
        sync_dir(dir)
    }

    pub(super) fn open_at(path: PathBuf, first: u64) -> Result<Generation, Fault> {
        Generation::open_named(&path.clone(), path, first)
    }

    /// Opens the database at a path; faults tell of the other.
    fn open_named(at: &Path, path: PathBuf, first: u64) -> Result<Generation, Fault> {
        let config = sled::Config::new()
            .path(at)
            .cache_capacity(CACHE_BYTES)
            .segment_size(SEGMENT_BYTES)
            .flush_every_ms(None);
        let db = guard(&path, || open_when_free(&config))?;
        let barrier = File::open(at.join("db")).map_err(|e| disk(&path, "cannot be opened", &e))?;
        Ok(Generation { first, path, db, barrier, _copy: None })
    }

    pub(super) fn is_whole(&self) -> Result<bool, Fault> {
        guard(&self.path, || self.db.contains_key(WHOLE_KEY))
    }

    pub(super) fn put(&self, key: &[u8], value: &[u8]) -> Result<(), Fault> {
        guard(&self.path, || self.db.insert(key, value)).map(|_| ())
    }

    pub(super) fn sync(&self) -> Result<(), Fault> {
        guard(&self.path, || self.db.flush())?;
        self.barrier.sync_data().map_err(|e| disk(&self.path, "cannot be synced", &e))
    }

    pub(super) fn put_parts(&self, kind: u8, number: u64, bytes: &[u8]) -> Result<u32, Fault> {
        let count = bytes.len().div_ceil(VALUE_BYTES_MAX).max(1);
        let count = u32::try_from(count).expect("a value has fewer than 2^32 parts");
        let mut rest = bytes;
        for part in 0..count {
            let (head, tail) = rest.split_at(rest.len().min(VALUE_BYTES_MAX));
            rest = tail;
            let key = key(kind, number, part);
            if part == 0 {
                let value = [&count.to_be_bytes()[..], head].concat();
                self.put(&key, &value)?;
            } else {
                self.put(&key, head)?;
            }
        }
        Ok(count)
    }

    /// A value from its parts; `None` when a part is missing.
    pub(super) fn get_parts(&self, kind: u8, number: u64) -> Result<Option<Vec<u8>>, Fault> {
        let mut bytes = Vec::new();
        let is_whole = self.read_parts(kind, number, &mut |part| bytes.extend_from_slice(part))?;
        Ok(is_whole.then_some(bytes))
    }

    /// Gives a value part by part; false when a part is missing.
    pub(super) fn read_parts(
        &self,
        kind: u8,
        number: u64,
        give: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, Fault> {
        let get = |part| guard(&self.path, || self.db.get(key(kind, number, part)));
        let Some(first) = get(0)? else { return Ok(false) };
        let Some((count, head)) = first.split_first_chunk::<4>() else { return Ok(false) };
        give(head);
        for part in 1..u32::from_be_bytes(*count) {
            match get(part)? {
                Some(more) => give(&more),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The number of the last whole block. Parts of one that was being written when the process
    /// died were never acknowledged and go.
    pub(super) fn drop_torn_tail(&self) -> Result<Option<u64>, Fault> {
        let end = [BLOCK_KEY + 1];
        loop {
            let last = guard(&self.path, || self.db.get_lt(end))?;
            let Some((key, _)) = last.filter(|(key, _)| key.first() == Some(&BLOCK_KEY)) else {
                return Ok(None);
            };
            let Some(number) = key.get(1..9).and_then(|n| n.try_into().ok()) else {
                return Err(corrupt(&self.path, "a key of it is not one of groat's"));
            };
            let number = u64::from_be_bytes(number);
            if self.get_parts(BLOCK_KEY, number)?.is_some() {
                return Ok(Some(number));
            }
            guard(&self.path, || self.db.remove(&key))?;
        }
    }
}

/// Opens a database. One that this process has just dropped stays locked by sled's own threads for
/// some moments more; another process cannot hold it, as it would hold `LOCK`.
fn open_when_free(config: &sled::Config) -> sled::Result<sled::Db> {
    for _ in 0..LOCK_TRIES {
        match config.open() {
            Err(sled::Error::Io(e)) if e.to_string().starts_with("could not acquire lock") => {
                std::thread::sleep(LOCK_PAUSE);
            }
            opened => return opened,
        }
    }
    config.open()
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

pub(super) fn generation_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{GENERATION}{first:016}"))
}

/// The numbers of the directories in `dir` whose names are this and a number, ascending.
pub(super) fn numbered(dir: &Path, name: &str) -> Result<Vec<u64>, Fault> {
    let mut numbers = Vec::new();
    let entries = fs::read_dir(dir).map_err(|e| disk(dir, "cannot be read", &e))?;
    for entry in entries {
        let found = entry.map_err(|e| disk(dir, "cannot be read", &e))?.file_name();
        let number =
            found.to_str().and_then(|n| n.strip_prefix(name)).and_then(|n| n.parse::<u64>().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

pub(super) fn sync_dir(dir: &Path) -> Result<(), Fault> {
    File::open(dir).and_then(|d| d.sync_all()).map_err(|e| disk(dir, "cannot be synced", &e))
}

/// Removes a directory if it is there.
pub(super) fn remove(path: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(disk(path, "cannot be removed", &e)),
        _ => Ok(()),
    }
}

pub(super) fn key(kind: u8, number: u64, part: u32) -> [u8; 13] {
    let mut key = [0; 13];
    key[0] = kind;
    key[1..9].copy_from_slice(&number.to_be_bytes());
    key[9..].copy_from_slice(&part.to_be_bytes());
    key
}
