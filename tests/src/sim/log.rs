//! The log of record of an owner in the world: what a client library makes of the broker.

use super::broker::{Entry, Fate, Flight, Place};
use super::canary::Canary;
use super::weather::EndHow;
use super::world::{Act, At, Who, World};
use groat::kafka::log::{Extent, Log, Record, Topic, Trouble};
use groat::limits::MESSAGE_BYTES_MAX;
use groat_shard::{Block, Fault};
use std::rc::Rc;

/// How often a reader looks again for the end of what is undecided, a second apart.
const LOOKS: u32 = 120;

/// See the module.
pub struct SimLog {
    pub(super) world: Rc<World>,
    pub(super) who: Who,
    /// Of the producer, if there is one.
    epoch: Option<u32>,
    /// A record was not delivered.
    has_failed: bool,
    /// The offset of the block of this transaction.
    block_at: Option<u64>,
    /// What canaries remember.
    pub(super) last_block: Option<Vec<u8>>,
    pub(super) claim: Option<Vec<u8>>,
    pub(super) sealed_again: Option<(Vec<u8>, Vec<u8>)>,
}

impl SimLog {
    /// The log of an owner.
    pub fn new(world: Rc<World>, who: Who) -> SimLog {
        let (last_block, claim, sealed_again) = (None, None, None);
        let (epoch, has_failed, block_at) = (None, false, None);
        SimLog { world, who, epoch, has_failed, block_at, last_block, claim, sealed_again }
    }

    fn place(&self, topic: Topic) -> Place {
        (topic.name(), topic.partition(self.who.shard))
    }

    fn at(&self, at: At) -> Result<Option<Act>, Trouble> {
        let act = self.world.at(&self.who, at);
        if act == Some(Act::Fail) || self.world.one_in(self.world.weather.get().fail) {
            self.world.note("a call to the broker failed");
            return Err(failed("the call was not answered"));
        }
        Ok(act)
    }

    fn epoch(&self) -> Result<u32, Trouble> {
        self.epoch.ok_or_else(|| failed("there is no producer"))
    }

    fn fenced(&self) -> Trouble {
        self.world.note("a producer was fenced");
        Trouble::Fenced(Fault::new("fenced", "none"))
    }

    fn canary(&self, canary: Canary) -> bool {
        self.world.canary == Some(canary)
    }
}

fn failed(what: &str) -> Trouble {
    Trouble::Failed(Fault::new(what, "check the broker"))
}

impl Log for SimLog {
    fn renew(&mut self) -> Result<(), Trouble> {
        self.epoch = None;
        self.at(At::Renew)?;
        let shard = self.who.shard;
        let unended = self.unended_by_chance();
        let epoch = {
            let mut broker = self.world.broker.borrow_mut();
            let newest = broker.epoch(shard);
            let shares = self.canary(Canary::SkipTheFence) && newest > 0;
            if shares { newest } else { broker.init(shard, &|place| !unended.contains(&place)) }
        };
        self.at(At::Renewed)?;
        self.epoch = Some(epoch);
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Trouble> {
        self.at(At::Begin)?;
        (self.has_failed, self.block_at) = (false, None);
        self.epoch().map(drop)
    }

    fn send(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        if record.value.len() > MESSAGE_BYTES_MAX {
            return Err(Trouble::TooLarge);
        }
        let act = self.world.at(&self.who, At::Send(record.topic));
        let (epoch, shard, place) = (self.epoch()?, self.who.shard, self.place(record.topic));
        if self.canary_drops(record) {
            return Ok(());
        }
        let (value, is_told) = self.canary_value(record);
        let entry = Entry {
            key: record.key.to_vec(),
            value,
            time: self.world.now.get(),
            fate: if is_told { Fate::Committed } else { Fate::Open },
            producer: None,
            is_torn: false,
            is_again: false,
        };
        let weather = self.world.weather.get();
        let mut broker = self.world.broker.borrow_mut();
        if is_told {
            broker.at(place).entries.push(entry);
        } else if act == Some(Act::WriteLate)
            || self.world.one_in(weather.write_late)
            || broker.write_in_flight(shard, epoch, place).is_some()
        {
            self.world.note("a record was on its way for long");
            broker.in_flight.push(Flight::Write(shard, epoch, place, entry));
            self.has_failed = true;
        } else if act == Some(Act::Fail)
            || self.world.one_in(weather.fail)
            || broker.missing.contains(&(shard, epoch, place))
        {
            self.world.note("a record was not delivered");
            broker.missing.insert((shard, epoch, place));
            self.has_failed = true;
        } else if broker.write(shard, epoch, place, entry, self.world.now.get()).is_err() {
            return Err(self.fenced());
        } else if record.topic == Topic::Events {
            self.block_at = broker.at(place).entries.len().checked_sub(1).map(|at| at as u64);
        }
        drop(broker);
        self.world.trace(|| {
            let number = Block::peek(record.value).filter(|_| record.topic == Topic::Events);
            format!("sent {:?} {:?}", record.topic, number.map(|h| (h.number, h.epoch)))
        });
        self.world.at(&self.who, At::Sent(record.topic));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Trouble> {
        self.at(At::Flush)?;
        if self.has_failed { Err(failed("a record was not delivered")) } else { Ok(()) }
    }

    fn block_at(&self) -> Option<u64> {
        self.block_at
    }

    fn commit(&mut self) -> Result<(), Trouble> {
        let asked = self.world.at(&self.who, At::Commit);
        let (epoch, shard) = (self.epoch()?, self.who.shard);
        let how = match asked {
            Some(Act::End(how)) => how,
            Some(Act::Fail) => EndHow::RequestLost,
            _ => {
                let weather = self.world.weather.get();
                weather.end_of_transaction(&mut self.world.chance.borrow_mut())
            }
        };
        let with_settlements = self.world.one_in(2);
        let commits = |(topic, _): Place| match how {
            EndHow::BlockOnly => topic == "events" || (topic == "settlements" && with_settlements),
            EndHow::AllButBlock | EndHow::BlockGone => topic != "events",
            _ => true,
        };
        let never_ends = |(topic, _): Place| match how {
            EndHow::Unended(of) => of.is_none_or(|of| of.name() == topic),
            EndHow::QuietlyUnended(of) => of.name() == topic,
            _ => false,
        };
        let ends = |place| (!never_ends(place)).then(|| commits(place));
        let ended = {
            let mut broker = self.world.broker.borrow_mut();
            let late = matches!(how, EndHow::Twice | EndHow::Late);
            if late {
                broker.in_flight.push(Flight::End(shard, epoch));
            }
            match how {
                EndHow::RequestLost | EndHow::Late => Ok(()),
                _ => broker.end(shard, epoch, &ends, how == EndHow::Hidden),
            }
        };
        if ended.is_err() {
            return Err(self.fenced());
        }
        self.world.note(how.name());
        self.world.at(&self.who, At::Committed);
        let is_block = self.last_block.is_some();
        if how == EndHow::BlockGone && is_block {
            self.world.checker.borrow_mut().lost(shard);
        }
        if how.is_answered_well() || self.canary(Canary::TrustAnIndefiniteCommit) {
            return Ok(());
        }
        Err(failed("the end of the transaction was not answered"))
    }

    fn abort(&mut self) -> Result<(), Trouble> {
        self.at(At::Abort)?;
        let (epoch, shard) = (self.epoch()?, self.who.shard);
        let unended = self.unended_by_chance();
        let ends = |place| (!unended.contains(&place)).then_some(false);
        let ended = self.world.broker.borrow_mut().end(shard, epoch, &ends, false);
        ended.map_err(|_| self.fenced())?;
        self.world.at(&self.who, At::Aborted);
        if unended.is_empty() { Ok(()) } else { Err(failed("the end was answered late")) }
    }

    fn read_blocks(
        &mut self,
        from: u64,
        extent: Extent,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Trouble> {
        self.at(At::ReadBlocks)?;
        let place = self.place(Topic::Events);
        if extent == Extent::Decided {
            self.until_decided(place)?;
        }
        let mut blocks: Vec<Vec<u8>> = {
            let broker = self.world.broker.borrow();
            let committed = broker.committed(place);
            let there = committed.filter(|(_, entry)| {
                Block::peek(&entry.value).is_none_or(|header| header.number >= from)
            });
            there.map(|(_, entry)| entry.value.clone()).collect()
        };
        self.canary_blocks(from, extent, &mut blocks);
        for block in blocks {
            // An answer may break off.
            if self.world.one_in(self.world.weather.get().fail * 4) {
                return Err(failed("the reader was cut off"));
            }
            each(&block)?;
        }
        Ok(())
    }

    fn read_back(
        &mut self,
        topic: Topic,
        each: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), Trouble> {
        self.at(At::ReadBack)?;
        if self.canary(Canary::ForgetWhatWasTold) {
            return Ok(());
        }
        if topic.extent() == Extent::Decided {
            self.until_decided(self.place(topic))?;
        }
        let broker = self.world.broker.borrow();
        let _ = broker.committed(self.place(topic)).rev().all(|(_, entry)| each(&entry.value));
        Ok(())
    }
}

impl SimLog {
    /// Where the open transaction is not ended when it is aborted.
    fn unended_by_chance(&self) -> Vec<Place> {
        if !self.world.one_in(self.world.weather.get().end) {
            return Vec::new();
        }
        let open = self.world.broker.borrow().open_places(self.who.shard);
        open.into_iter().filter(|_| self.world.one_in(2)).collect()
    }

    /// Waits until all that is in a partition now is decided.
    fn until_decided(&self, place: Place) -> Result<(), Trouble> {
        for _ in 0..LOOKS {
            {
                let mut broker = self.world.broker.borrow_mut();
                broker.reveal(place);
                if !broker.is_open(place) {
                    return Ok(());
                }
            }
            self.world.at(&self.who, At::Pause);
            self.world.now.set(self.world.now.get() + 1_000);
            self.world.broker.borrow_mut().expire(self.world.now.get());
            self.world.others_go_on(1);
        }
        let what = "a transaction is never ended";
        Err(Trouble::Stop(Fault::new(what, "abort it by hand, then start again")))
    }
}
