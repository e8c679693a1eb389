//! A broker as bad as Kafka allows: partitions, transactions, producer epochs, and everything that
//! may arrive late, twice or in part. It keeps Kafka's own promises and no others.
//!
//! | promise of a broker | where |
//! |---|---|
//! | a new producer fences the older ones of its shard and ends what they had open | `init` |
//! | an end of a transaction counts only from the newest producer | `end` |
//! | readers see nothing undecided, nor anything behind it | `committed` |
//!
//! What it does not promise: that a write of a fenced producer does not arrive late and become
//! part of the next transaction (KIP-890); that all partitions end a transaction alike, or end it
//! at all before the next one of that producer (KAFKA-20734); that an answer arrives.

use std::collections::{BTreeMap, BTreeSet};

/// A partition of a topic.
pub type Place = (&'static str, u32);

/// How long a transaction may be open, in milliseconds.
const TRANSACTION_MS: u64 = 15_000;

/// What became of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Its transaction is open.
    Open,
    /// Readers see it.
    Committed,
    /// Readers do not see it.
    Aborted,
    /// It is the end of a transaction and takes an offset.
    Marker,
}

/// A record.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its key.
    pub key: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
    /// Its time in milliseconds since 1970.
    pub time: u64,
    /// What became of it.
    pub fate: Fate,
    /// The shard whose producer wrote it, if one did.
    pub producer: Option<u32>,
    /// Its transaction ended in several ways, so it may be told without its block.
    pub is_torn: bool,
    /// It stands there once already.
    pub is_again: bool,
}

/// A partition.
#[derive(Default)]
pub struct Partition {
    /// The first offset that was not trimmed.
    pub low: usize,
    /// All records, by offset.
    pub entries: Vec<Entry>,
    /// Decided, but the end of the transaction has not arrived, by producer: readers see nothing
    /// from here on.
    hidden_from: BTreeMap<u32, usize>,
    /// The newest producer of each shard that it has heard of.
    epochs: BTreeMap<u32, u32>,
}

#[derive(Default)]
struct Producer {
    epoch: u32,
    /// Partitions in the open transaction, and when it began.
    open: BTreeSet<Place>,
    since: u64,
}

/// What is on its way and has not arrived.
pub enum Flight {
    /// A write of a producer that may be fenced by now.
    Write(u32, u32, Place, Entry),
    /// The end of a transaction that may be another one by now.
    End(u32, u32),
    /// Markers of a decided transaction.
    Reveal(u32, Place),
}

/// Another producer is newer.
pub struct Fenced;

/// How a transaction ends in a partition: whether it is committed there; `None` where its end never
/// comes. It stays open there until the next transaction of that producer ends.
pub type Ends<'a> = &'a dyn Fn(Place) -> Option<bool>;

/// See the module.
#[derive(Default)]
pub struct Broker {
    /// All partitions.
    pub partitions: BTreeMap<Place, Partition>,
    producers: BTreeMap<u32, Producer>,
    /// What has not arrived.
    pub in_flight: Vec<Flight>,
    /// Where a record of a producer did not arrive. Its records have numbers there, so none that
    /// comes after it is taken.
    pub missing: BTreeSet<(u32, u32, Place)>,
}

impl Broker {
    /// A partition.
    pub fn at(&mut self, place: Place) -> &mut Partition {
        self.partitions.entry(place).or_default()
    }

    /// The epoch of the newest producer of a shard.
    pub fn epoch(&self, shard: u32) -> u32 {
        self.producers.get(&shard).map_or(0, |producer| producer.epoch)
    }

    /// Makes a new producer: what the last one had open is aborted, as far as it ends.
    pub fn init(&mut self, shard: u32, ends: &dyn Fn(Place) -> bool) -> u32 {
        self.finish(shard, &|place| ends(place).then_some(false), false);
        self.reveal_all(shard);
        let producer = self.producers.entry(shard).or_default();
        producer.epoch += 1;
        producer.epoch
    }

    /// A record of a live producer.
    pub fn write(
        &mut self,
        shard: u32,
        epoch: u32,
        place: Place,
        entry: Entry,
        now: u64,
    ) -> Result<(), Fenced> {
        if self.epoch(shard) != epoch {
            return Err(Fenced);
        }
        self.reveal_all(shard);
        let producer = self.producers.entry(shard).or_default();
        if producer.open.is_empty() {
            producer.since = now;
        }
        producer.open.insert(place);
        let partition = self.at(place);
        partition.epochs.insert(shard, epoch);
        partition.entries.push(Entry { fate: Fate::Open, producer: Some(shard), ..entry });
        Ok(())
    }

    /// Ends the open transaction of a shard.
    pub fn end(
        &mut self,
        shard: u32,
        epoch: u32,
        ends: Ends<'_>,
        hidden: bool,
    ) -> Result<(), Fenced> {
        if self.epoch(shard) != epoch {
            return Err(Fenced);
        }
        self.finish(shard, ends, hidden);
        Ok(())
    }

    fn finish(&mut self, shard: u32, ends: Ends<'_>, hidden: bool) {
        let Some(producer) = self.producers.get_mut(&shard) else { return };
        let (epoch, places) = (producer.epoch, std::mem::take(&mut producer.open));
        let hows: BTreeSet<Option<bool>> = places.iter().map(|place| ends(*place)).collect();
        for place in places {
            let partition = self.at(place);
            let fate = match ends(place) {
                Some(true) => Fate::Committed,
                Some(false) => Fate::Aborted,
                None => Fate::Open,
            };
            let mut first = None;
            for (offset, entry) in partition.entries.iter_mut().enumerate() {
                if entry.fate == Fate::Open && entry.producer == Some(shard) {
                    (entry.fate, entry.is_torn) = (fate, entry.is_torn || hows.len() > 1);
                    first = first.or(Some(offset));
                }
            }
            if fate == Fate::Open {
                continue;
            }
            partition.epochs.insert(shard, epoch);
            let marker = Entry { fate: Fate::Marker, ..partition.entries[0].clone() };
            partition.entries.push(marker);
            if let Some(first) = first.filter(|_| hidden) {
                partition.hidden_from.entry(shard).or_insert(first);
                self.in_flight.push(Flight::Reveal(shard, place));
            }
        }
    }

    /// Ends what was open for too long; its producer is fenced.
    pub fn expire(&mut self, now: u64) {
        let late = |p: &Producer| !p.open.is_empty() && p.since + TRANSACTION_MS < now;
        let shards: Vec<u32> =
            self.producers.iter().filter(|(_, p)| late(p)).map(|(shard, _)| *shard).collect();
        for shard in shards {
            self.init(shard, &|_| true);
        }
    }

    /// Producers were silent for so long that the broker knows none any more.
    pub fn forget_producers(&mut self) {
        self.producers.clear();
    }

    /// Lets something arrive that was on its way.
    pub fn arrive(&mut self, at: usize, now: u64) {
        // What a producer sends to one partition arrives in the order in which it was sent.
        let at = match &self.in_flight[at] {
            Flight::Write(shard, epoch, place, _) => {
                self.write_in_flight(*shard, *epoch, *place).unwrap_or(at)
            }
            Flight::End(..) | Flight::Reveal(..) => at,
        };
        match self.in_flight.remove(at) {
            Flight::Reveal(shard, place) => drop(self.at(place).hidden_from.remove(&shard)),
            Flight::End(shard, epoch) if self.epoch(shard) == epoch => {
                // Whatever of another transaction is there by then is committed without the rest.
                for place in self.open_places(shard) {
                    let entries = self.at(place).entries.iter_mut();
                    let open = entries.filter(|e| e.fate == Fate::Open);
                    open.filter(|e| e.producer == Some(shard)).for_each(|e| e.is_torn = true);
                }
                self.finish(shard, &|_| Some(true), false);
            }
            Flight::End(..) => {}
            Flight::Write(shard, epoch, place, entry) => {
                // The partition knows of newer producers only by what they wrote to it.
                if self.at(place).epochs.get(&shard).is_none_or(|newest| *newest <= epoch) {
                    self.write_late(shard, place, entry, now);
                }
            }
        }
    }

    /// The first record of a producer that is on its way to a partition.
    pub fn write_in_flight(&self, shard: u32, epoch: u32, place: Place) -> Option<usize> {
        let its = |flight: &Flight| match flight {
            Flight::Write(s, e, p, _) => (*s, *e, *p) == (shard, epoch, place),
            Flight::End(..) | Flight::Reveal(..) => false,
        };
        self.in_flight.iter().position(its)
    }

    /// The partitions in the open transaction of a shard.
    pub fn open_places(&self, shard: u32) -> Vec<Place> {
        self.producers.get(&shard).map_or(Vec::new(), |p| p.open.iter().copied().collect())
    }

    /// Appended without the coordinator knowing: the next end of a transaction of that shard in
    /// that partition decides it too.
    fn write_late(&mut self, shard: u32, place: Place, entry: Entry, time: u64) {
        let late = Entry { fate: Fate::Open, producer: Some(shard), time, ..entry };
        self.at(place).entries.push(late);
    }

    /// A producer begins only when the last transaction has ended in every partition where its end
    /// comes.
    fn reveal_all(&mut self, shard: u32) {
        for partition in self.partitions.values_mut() {
            partition.hidden_from.remove(&shard);
        }
    }

    /// Lets the end of a decided transaction arrive in a partition.
    pub fn reveal(&mut self, place: Place) {
        self.at(place).hidden_from.clear();
    }

    /// What readers see up to: nothing undecided, nor anything behind it.
    pub fn stable_end(&self, place: Place) -> usize {
        let Some(partition) = self.partitions.get(&place) else { return 0 };
        let open = partition.entries.iter().position(|entry| entry.fate == Fate::Open);
        let end = open.unwrap_or(partition.entries.len());
        end.min(partition.hidden_from.values().min().copied().unwrap_or(end))
    }

    /// Whether anything in a partition is undecided.
    pub fn is_open(&self, place: Place) -> bool {
        let open = |p: &Partition| p.entries.iter().any(|entry| entry.fate == Fate::Open);
        self.partitions.get(&place).is_some_and(open)
    }

    /// What readers see, with offsets.
    pub fn committed(&self, place: Place) -> impl DoubleEndedIterator<Item = (usize, &Entry)> {
        let (low, end) = (self.partitions.get(&place).map_or(0, |p| p.low), self.stable_end(place));
        let entries = self.partitions.get(&place).map_or(&[][..], |p| &p.entries[..end]);
        let seen = entries.iter().enumerate().skip(low);
        seen.filter(|(_, entry)| entry.fate == Fate::Committed)
    }

    /// Lets everything arrive; what nobody ends any more is aborted, as an operator would.
    pub fn heal(&mut self, now: u64) {
        while !self.in_flight.is_empty() {
            self.arrive(0, now);
        }
        for partition in self.partitions.values_mut() {
            partition.hidden_from.clear();
        }
    }

    /// Aborts what hangs in partitions of a topic without a transaction that would end it.
    pub fn abort_hanging(&mut self, topic: &str) {
        let its = self.partitions.iter_mut().filter(|((name, _), _)| *name == topic);
        for (_, partition) in its {
            for entry in partition.entries.iter_mut().filter(|e| e.fate == Fate::Open) {
                entry.fate = Fate::Aborted;
            }
        }
    }
}
