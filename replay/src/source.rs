//! Where blocks are read from: a data directory, or the `events` topic of a broker. Blocks
//! come one at a time, in order; nothing here looks into them.

use groat_shard::{Fault, SledStore, Store};
use std::path::{Path, PathBuf};

/// Hears how many blocks are done, and of how many where that is known.
pub type Progress<'a> = &'a mut dyn FnMut(u64, Option<u64>);

/// The home of one or more chains.
#[derive(Debug, Clone)]
pub enum Source {
    /// A data directory: itself a store (local mode), or with one store in each `shard-<n>`.
    Directory(PathBuf),
    /// Partitions of the `<prefix>.events` topic of a broker; a partition is a shard. With none
    /// named, all that there are.
    #[cfg(feature = "kafka")]
    Topic(crate::topic::Topic, Vec<u32>),
}

/// The blocks of one shard in their order.
pub struct Chain {
    shard: u32,
    read: u64,
    blocks: Blocks,
}

enum Blocks {
    Kept { store: Box<dyn Store>, last: Option<u64> },
    Streamed { count: Option<u64>, bytes: Box<dyn Iterator<Item = Result<Vec<u8>, Fault>>> },
}

impl Source {
    /// The shards that are there, ascending.
    pub fn shards(&self) -> Result<Vec<u32>, Fault> {
        match self {
            Source::Directory(dir) if is_store(dir) => Ok(vec![shard_of(dir).unwrap_or(0)]),
            Source::Directory(dir) => {
                let shards = shard_directories(dir)?;
                if shards.is_empty() {
                    return Err(no_data(dir));
                }
                Ok(shards)
            }
            #[cfg(feature = "kafka")]
            Source::Topic(topic, shards) if shards.is_empty() => topic.shards(),
            #[cfg(feature = "kafka")]
            Source::Topic(_, shards) => Ok(shards.clone()),
        }
    }

    /// Whether this is one shard's own directory, so that no others are asked for.
    pub fn is_of_one_shard(&self) -> bool {
        match self {
            Source::Directory(dir) => is_store(dir) && shard_of(dir).is_some(),
            #[cfg(feature = "kafka")]
            Source::Topic(_, shards) => !shards.is_empty(),
        }
    }

    /// Opens the chain of one of [`Source::shards`].
    pub fn chain(&self, shard: u32) -> Result<Chain, Fault> {
        match self {
            Source::Directory(dir) => {
                let dir = if is_store(dir) { dir.clone() } else { store_dir(dir, shard) };
                if !is_store(&dir) {
                    return Err(no_data(&dir));
                }
                Ok(Chain::of_store(shard, SledStore::open_to_read(&dir)?))
            }
            #[cfg(feature = "kafka")]
            Source::Topic(topic, _) => Ok(Chain::of_blocks(shard, None, topic.blocks(shard)?)),
        }
    }
}

impl Chain {
    /// The blocks of a store.
    pub fn of_store(shard: u32, store: impl Store + 'static) -> Chain {
        let last = store.last();
        Chain { shard, read: 0, blocks: Blocks::Kept { store: Box::new(store), last } }
    }

    /// Blocks from elsewhere, beginning with block 0; `count` of them where that is known.
    pub fn of_blocks(
        shard: u32,
        count: Option<u64>,
        blocks: impl Iterator<Item = Result<Vec<u8>, Fault>> + 'static,
    ) -> Chain {
        Chain { shard, read: 0, blocks: Blocks::Streamed { count, bytes: Box::new(blocks) } }
    }

    /// The shard.
    pub fn shard(&self) -> u32 {
        self.shard
    }

    /// How many blocks were read.
    pub fn done(&self) -> u64 {
        self.read
    }

    /// How many blocks there are, where that is known.
    pub fn total(&self) -> Option<u64> {
        match &self.blocks {
            Blocks::Kept { last, .. } => Some(last.map_or(0, |last| last + 1)),
            Blocks::Streamed { count, .. } => *count,
        }
    }

    /// Whether the blocks come from elsewhere than a store: a fault then is the way's, not theirs.
    pub(crate) fn is_streamed(&self) -> bool {
        matches!(self.blocks, Blocks::Streamed { .. })
    }

    /// The newest snapshot and its block's number, where snapshots are kept.
    pub fn snapshot(&mut self) -> Result<Option<(u64, Vec<u8>)>, Fault> {
        match &mut self.blocks {
            Blocks::Kept { store, .. } => store.snapshot(),
            Blocks::Streamed { .. } => Ok(None),
        }
    }
}

impl Iterator for Chain {
    type Item = Result<Vec<u8>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let number = self.read;
        let bytes = match &mut self.blocks {
            Blocks::Kept { store, last } => {
                let last = last.filter(|last| number <= *last)?;
                let missing = || missing(self.shard, number, last);
                store.read(number).and_then(|bytes| bytes.ok_or_else(missing))
            }
            Blocks::Streamed { bytes, .. } => bytes.next()?,
        };
        self.read += 1;
        Some(bytes)
    }
}

fn store_dir(dir: &Path, shard: u32) -> PathBuf {
    dir.join(format!("shard-{shard}"))
}

/// Opening a store makes one where there is none; an auditor must not.
fn is_store(dir: &Path) -> bool {
    dir.join("FORMAT").is_file()
}

fn shard_of(dir: &Path) -> Option<u32> {
    dir.file_name()?.to_str()?.strip_prefix("shard-")?.parse().ok()
}

fn shard_directories(dir: &Path) -> Result<Vec<u32>, Fault> {
    let unreadable = |e: std::io::Error| {
        let what = format!("the data directory {} cannot be read: {e}", dir.display());
        Fault::new(what, "check the path, and that you may read it")
    };
    let mut shards = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        shards.extend(shard_of(&path).filter(|_| is_store(&path)));
    }
    shards.sort_unstable();
    Ok(shards)
}

fn no_data(dir: &Path) -> Fault {
    Fault::new(
        format!("{} is not a data directory of groat: it has no FORMAT", dir.display()),
        "give the directory that `groat run --data` or `groat serve` writes",
    )
}

fn missing(shard: u32, number: u64, last: u64) -> Fault {
    Fault::new(
        format!("shard {shard}: block {number} is missing, though block {last} is there"),
        "restore the data directory from a copy, or rebuild it from the events topic",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_directory_that_is_none_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let absent = dir.path().join("typo");
        for path in [dir.path(), absent.as_path()] {
            let fault = Source::Directory(path.into()).shards().unwrap_err();
            assert!(fault.what.contains("data directory"), "{fault}");
        }
        assert!(!absent.exists());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn both_layouts_of_a_data_directory_are_read() {
        let dir = tempfile::tempdir().unwrap();
        sample::day().write_to(&dir.path().join("local"));
        sample::day().write_to(&dir.path().join("served").join("shard-0"));
        sample::day().write_to(&dir.path().join("served").join("shard-2"));
        for (path, shards) in
            [("local", vec![0]), ("served", vec![0, 2]), ("served/shard-2", vec![2])]
        {
            let source = Source::Directory(dir.path().join(path));
            assert_eq!(source.shards().unwrap(), shards);
            let chain = source.chain(shards[0]).unwrap();
            let count = chain.total().unwrap();
            assert!(count > 3);
            assert_eq!(chain.map(Result::unwrap).count() as u64, count);
        }
    }

    #[test]
    fn a_directory_in_use_is_a_clear_fault() {
        let dir = tempfile::tempdir().unwrap();
        let _held = SledStore::open(dir.path()).unwrap();
        let fault = Source::Directory(dir.path().into()).chain(0).err().unwrap();
        assert!(fault.what.contains("in use by another process"), "{fault}");
    }
}
