//! Blocks from the `events` topic, one at a time. The reading is crate `groat`'s, which gives each
//! block to a function; a thread and a short queue turn that into the order of a [`crate::Chain`].

use groat::config::{Config, Flags, ServeFlags};
use groat::kafka::read_events;
use groat_shard::{Block, Fault};
use std::sync::mpsc::sync_channel;
use std::thread;

/// Blocks read ahead of their folding: a few megabytes.
const BLOCKS_AHEAD_MAX: usize = 64;

/// A broker and the names of its topics.
#[derive(Debug, Clone, Default)]
pub struct Topic {
    /// Addresses of the brokers, with commas.
    pub brokers: String,
    /// What the topics' names begin with.
    pub prefix: String,
    /// Raw librdkafka properties, as `name=value`.
    pub properties: Vec<String>,
}

impl Topic {
    /// All shards, as many as the first block of the first one says.
    pub(crate) fn shards(&self) -> Result<Vec<u32>, Fault> {
        let first = self.blocks(0)?.next().transpose()?;
        let block = first.and_then(|bytes| Block::parse(&bytes).ok());
        let terms = block.and_then(|block| block.header.terms);
        let terms = terms.ok_or_else(|| {
            let what = format!("the events of {} do not begin with a block", self.prefix);
            Fault::new(what, "name a shard with --shard, if one has begun")
        })?;
        Ok((0..terms.shards.max(1)).collect())
    }

    /// All blocks of a shard that are committed now.
    pub(crate) fn blocks(
        &self,
        shard: u32,
    ) -> Result<impl Iterator<Item = Result<Vec<u8>, Fault>> + 'static, Fault> {
        let flags = Flags {
            config: None,
            brokers: Some(self.brokers.clone()),
            prefix: Some(self.prefix.clone()),
            kafka: self.properties.clone(),
        };
        let config = Config::load(&flags, &ServeFlags::default())?;
        let (give, take) = sync_channel(BLOCKS_AHEAD_MAX);
        thread::spawn(move || {
            let gone = |_| Fault::new("nobody reads the blocks any more", "nothing is to be done");
            let read =
                read_events(&config, shard, 0, |block| give.send(Ok(block.to_vec())).map_err(gone));
            if let Err(fault) = read {
                // Fails only where nobody reads any more.
                _ = give.send(Err(fault));
            }
        });
        Ok(take.into_iter())
    }
}
