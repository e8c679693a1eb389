//! The log of record as the commit protocol sees it: one transactional producer at a time, and a
//! reader. The broker's is in `broker_log`; another one is played by the simulator.

use groat_shard::Fault;

/// What a broker does for one shard. Every call comes back within a bound.
pub trait Log {
    /// Lets go of the producer there is, if any, and makes a new one. Every earlier producer of
    /// this shard, here or elsewhere, is fenced, and what it had open is ended.
    fn renew(&mut self) -> Result<(), Trouble>;

    /// Begins a transaction.
    fn begin(&mut self) -> Result<(), Trouble>;

    /// Adds a record to it; it may be delivered later.
    fn send(&mut self, record: &Record<'_>) -> Result<(), Trouble>;

    /// Waits until all records were delivered.
    fn flush(&mut self) -> Result<(), Trouble>;

    /// The offset of the block of this transaction, once it was delivered.
    fn block_at(&self) -> Option<u64>;

    /// Ends the transaction. After an error nobody knows whether it was committed.
    fn commit(&mut self) -> Result<(), Trouble>;

    /// Ends the transaction without committing any of it. All of it was delivered.
    fn abort(&mut self) -> Result<(), Trouble>;

    /// Gives the committed blocks of the shard, in order of the log, from number `from` on; some
    /// before it may be given too.
    fn read_blocks(
        &mut self,
        from: u64,
        extent: Extent,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Trouble>;

    /// Gives the committed records of a topic, of the shard's partition where it has one, from the
    /// last one back, until told to stop.
    fn read_back(
        &mut self,
        topic: Topic,
        each: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), Trouble>;
}

/// How far blocks are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// To the first record that is undecided now.
    Committed,
    /// To the end of everything there is now, decided or not: what is undecided is waited for.
    /// Whoever reads so has fenced the last owner before, so that nothing of that owner comes
    /// later.
    Decided,
}

/// A topic that a shard's owner writes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Topic {
    /// One record per block.
    Events,
    /// The outcomes of one input record each.
    Outcomes,
    /// One settlement each.
    Settlements,
    /// What was no command.
    DeadLetter,
    /// What is sent to the shard of this number.
    Transfers(u32),
}

impl Topic {
    /// Its name, behind the prefix.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Events => "events",
            Topic::Outcomes => "outcomes",
            Topic::Settlements => "settlements",
            Topic::DeadLetter => "dead-letter",
            Topic::Transfers(_) => "transfers",
        }
    }

    /// How far it is to be read back: others write to a topic of transfers, and what they have not
    /// decided hides what is committed behind it.
    pub fn extent(self) -> Extent {
        match self {
            Topic::Transfers(_) => Extent::Decided,
            Topic::Events | Topic::Outcomes | Topic::Settlements | Topic::DeadLetter => {
                Extent::Committed
            }
        }
    }

    /// Its partition, where the owner of `shard` writes.
    pub fn partition(self, shard: u32) -> u32 {
        match self {
            Topic::Events | Topic::Outcomes | Topic::Settlements => shard,
            Topic::DeadLetter => 0,
            Topic::Transfers(to) => to,
        }
    }
}

/// A record to be sent to the partition of a topic where the shard's owner writes.
#[derive(Debug)]
pub struct Record<'a> {
    /// The topic.
    pub topic: Topic,
    /// Its key.
    pub key: &'a [u8],
    /// Its value.
    pub value: &'a [u8],
    /// Its headers.
    pub headers: &'a [(&'a str, String)],
}

/// What a call to the broker failed with. No error says for certain that nothing was committed:
/// the end of a transaction that was sent twice can commit the beginning of the next one. So
/// the producer is given up after every one of them, and the log is asked.
///
/// Nor does an answer that all is well if it comes late. Kafka 4 ends a transaction in no partition
/// that has no leader just then, and acknowledges it (KAFKA-20734): what was written there stays
/// open, and hides all behind it, until the next transaction of that producer in that partition
/// ends, and then ends as that one does. Brokers that come and go take a while, so an answer that
/// took long is a [`Trouble::Failed`] too.
#[derive(Debug)]
pub enum Trouble {
    /// It failed, or was not answered. The fault is told if it stays so.
    Failed(Fault),
    /// A newer producer has taken the shard, or the broker gave this one up.
    Fenced(Fault),
    /// A record is larger than the topic or the client lets through.
    TooLarge,
    /// What was read or is to be sent is wrong: nothing mends that but people.
    Stop(Fault),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Trouble {
        Trouble::Stop(fault)
    }
}
