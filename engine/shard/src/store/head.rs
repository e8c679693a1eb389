//! `HEAD`: the number of the last block that was synced, so that blocks are missed which sled
//! forgot in silence, or which somebody took away. It is as old as the directory.

use super::faults::{corrupt, disk};
use crate::fault::Fault;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

pub(super) const NAME: &str = "HEAD";

/// The number of the last block that was synced, in a file of its own.
pub(super) struct Head {
    path: PathBuf,
    file: File,
    pub(super) synced: Option<u64>,
}

impl Head {
    /// Makes the file of a new directory: before its `FORMAT`, so that where that is, this is too.
    pub(super) fn begin(dir: &Path) -> Result<(), Fault> {
        let path = dir.join(NAME);
        let begun = File::options().create(true).truncate(false).write(true).open(&path);
        let begun = begun.and_then(|file| {
            // Its length is made durable once; later writes stay within it.
            if file.metadata()?.len() < 16 {
                file.write_all_at(&[0; 16], 0)?;
            }
            file.sync_all()
        });
        begun.map_err(|e| disk(&path, "cannot be written", &e))
    }

    /// Of a directory with a `FORMAT`. Where it is gone nobody knows what else is.
    pub(super) fn open(dir: &Path) -> Result<Head, Fault> {
        let path = dir.join(NAME);
        let failed = |e: std::io::Error| {
            if e.kind() == ErrorKind::NotFound {
                let what = "its HEAD is missing, which says how many blocks there are";
                return corrupt(dir, what);
            }
            disk(&path, "cannot be opened", &e)
        };
        let mut file = File::options().read(true).write(true).open(&path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let synced = match bytes.split_first_chunk::<8>() {
            None => return Err(corrupt(&path, "it is cut off")),
            Some((number, checksum)) if checksum == Head::checksum(number) => {
                Some(u64::from_le_bytes(*number))
            }
            Some((number, checksum)) if *number == [0; 8] && checksum == [0; 8] => None,
            Some(_) => return Err(corrupt(&path, "its checksum is wrong")),
        };
        Ok(Head { path, file, synced })
    }

    pub(super) fn write(&mut self, number: u64) -> Result<(), Fault> {
        let number = number.to_le_bytes();
        let bytes = [number, Head::checksum(&number)].concat();
        self.file.write_all_at(&bytes, 0).map_err(|e| disk(&self.path, "cannot be written", &e))
    }

    fn checksum(number: &[u8; 8]) -> [u8; 8] {
        let mut checksum = [0; 8];
        checksum.copy_from_slice(&blake3::hash(number).as_bytes()[..8]);
        checksum
    }
}

#[cfg(test)]
mod tests {
    use crate::fault::Cause;
    use crate::store::{SledStore, Store};
    use std::fs;

    fn write(dir: &std::path::Path, numbers: std::ops::Range<u64>) {
        let mut store = SledStore::open(dir).unwrap();
        for number in numbers {
            store.append(number, b"block").unwrap();
        }
        store.sync().unwrap();
    }

    /// Each of them was silence before: a fresh `HEAD`, a new chain, a log without its beginning.
    #[test]
    fn what_somebody_took_away_is_missed() {
        let begun = || {
            let dir = tempfile::tempdir().unwrap();
            write(dir.path(), 0..5);
            let mut store = SledStore::open(dir.path()).unwrap();
            store.finish_snapshot(4, b"snap").unwrap();
            store.append(5, b"block").unwrap();
            store.sync().unwrap();
            dir
        };
        let gone = |names: &[&str]| {
            let dir = begun();
            for entry in fs::read_dir(dir.path()).unwrap().flatten() {
                let name = entry.file_name().into_string().unwrap();
                if !names.iter().any(|begins| name.starts_with(begins)) {
                    continue;
                }
                if entry.path().is_dir() {
                    fs::remove_dir_all(entry.path()).unwrap();
                } else {
                    fs::remove_file(entry.path()).unwrap();
                }
            }
            let opened = SledStore::open(dir.path());
            opened.and_then(|store| store.begins_with_the_first())
        };
        assert_eq!(gone(&[]), Ok(()));
        for (names, says) in [
            (&["HEAD"][..], "its HEAD is missing"),
            (&["HEAD", "gen-"], "its HEAD is missing"),
            (&["HEAD", "gen-", "snap-"], "its HEAD is missing"),
            (&["gen-"], "block 5 was written"),
            (&["gen-0000000000000005"], "block 5 was written"),
            (&["gen-0000000000000000"], "block 0 is missing, though block 5 is there"),
        ] {
            let fault = gone(names).unwrap_err();
            assert!(fault.what.contains(says), "{names:?}: {fault}");
            assert_eq!(fault.cause, Cause::Damage, "{names:?}");
        }
        // An older HEAD says nothing of blocks that are gone; a snapshot of later ones does.
        let dir = begun();
        fs::write(dir.path().join("HEAD"), [0; 16]).unwrap();
        for first in [0, 5] {
            let path = dir.path().join(format!("gen-{first:016}"));
            fs::remove_dir_all(path).unwrap();
        }
        let fault = SledStore::open(dir.path()).err().unwrap();
        assert!(fault.what.contains("block 4 has a snapshot"), "{fault}");
    }
}
