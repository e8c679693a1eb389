//! `HEAD`: the number of the last block that was synced, so that blocks are missed which sled
//! forgot in silence.

use super::faults::{corrupt, disk};
use crate::fault::Fault;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// The number of the last block that was synced, in a file of its own.
pub(super) struct Head {
    path: PathBuf,
    file: File,
    pub(super) synced: Option<u64>,
}

impl Head {
    pub(super) fn open(dir: &Path) -> Result<Head, Fault> {
        let path = dir.join("HEAD");
        let failed = |e: std::io::Error| disk(&path, "cannot be opened", &e);
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let synced = match bytes.split_first_chunk::<8>() {
            None => {
                // Its length is made durable once; later writes stay within it.
                file.write_all_at(&[0; 16], 0).and_then(|()| file.sync_all()).map_err(failed)?;
                None
            }
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
