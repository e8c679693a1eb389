//! The input and the clock of an owner in the world.

use super::broker::Entry;
use super::canary::Canary;
use super::world::{Act, At, COMMANDS, TRANSFERS, Who, World};
use groat::clock::Clock;
use groat::kafka::owner::{Input, Source};
use groat_shard::Fault;
use std::rc::Rc;
use std::time::Duration;

/// A partition of the commands.
pub struct SimSource {
    world: Rc<World>,
    who: Who,
    next: usize,
    next_transfer: usize,
}

impl SimSource {
    /// The input of an owner.
    pub fn new(world: Rc<World>, who: Who) -> SimSource {
        SimSource { world, who, next: 0, next_transfer: 0 }
    }

    /// How many records are given at once.
    fn most(&self, most: u64) -> usize {
        if self.world.weather.get().whole_polls {
            return usize::MAX;
        }
        self.world.chance.borrow_mut().below(most + 1) as usize
    }

    fn ends(&self) -> (usize, usize) {
        let place = (COMMANDS, self.who.shard);
        let mut broker = self.world.broker.borrow_mut();
        let low = broker.at(place).low;
        (low, broker.stable_end(place))
    }
}

impl Source for SimSource {
    fn start_at(&mut self, offset: u64, transfers: Option<u64>) -> Result<(), Fault> {
        self.world.at(&self.who, At::StartAt);
        self.next_transfer = transfers.map_or(0, |offset| offset as usize);
        let (low, high) = self.ends();
        self.next = offset as usize;
        if self.world.canary == Some(Canary::IgnoreAGapInTheInput) {
            self.next = self.next.max(low);
            return Ok(());
        }
        if self.next < low || self.next > high {
            let what = format!("commands has offsets {low} to {high}, the chain needs {offset}");
            return Err(Fault::new(what, "restore the topic"));
        }
        Ok(())
    }

    fn poll(&mut self, inputs: &mut Vec<Input>, _: Duration) -> Result<(), Fault> {
        if self.world.at(&self.who, At::Poll) == Some(Act::Fail) {
            return Err(Fault::new("commands cannot be read", "check the broker"));
        }
        let low = self.ends().0;
        if self.next < low && self.world.canary == Some(Canary::IgnoreAGapInTheInput) {
            self.next = low;
        }
        if self.next < low {
            let what = format!("offset {} of commands is out of range", self.next);
            return Err(Fault::new(what, "restore the topic"));
        }
        let most = self.most(4);
        {
            let broker = self.world.broker.borrow();
            let place = (COMMANDS, self.who.shard);
            let there = broker.committed(place).filter(|(offset, _)| *offset >= self.next);
            inputs.extend(there.take(most).map(input));
        }
        self.next = inputs.last().map_or(self.next, |last| last.offset as usize + 1);
        self.world.at(&self.who, At::Polled);
        Ok(())
    }

    fn poll_transfers(&mut self, inputs: &mut Vec<Input>) -> Result<(), Fault> {
        if self.world.at(&self.who, At::PollTransfers) == Some(Act::Fail) {
            return Err(Fault::new("transfers cannot be read", "check the broker"));
        }
        let most = self.most(3);
        let broker = self.world.broker.borrow();
        // The client's own answer to an offset that the topic does not have, or not any more.
        let place = (TRANSFERS, self.who.shard);
        let (low, end) = broker.partitions.get(&place).map_or((0, 0), |p| (p.low, p.entries.len()));
        if self.next_transfer < low || self.next_transfer > end {
            let what = format!("offset {} of transfers is out of range", self.next_transfer);
            return Err(Fault::new(what, "restore the topic"));
        }
        let sent = broker.committed(place);
        let there = sent.filter(|(offset, _)| *offset >= self.next_transfer);
        inputs.extend(there.take(most).map(input));
        let last = inputs.last().map(|last| last.offset as usize + 1);
        self.next_transfer = last.unwrap_or(self.next_transfer);
        Ok(())
    }

    fn is_at_end(&mut self) -> bool {
        self.world.at(&self.who, At::IsAtEnd);
        let received = {
            let broker = self.world.broker.borrow();
            let last = broker.committed((TRANSFERS, self.who.shard)).next_back();
            last.is_none_or(|(offset, _)| offset < self.next_transfer)
        };
        received && self.next >= self.ends().1
    }

    fn passed(&mut self, _: u64) {
        self.world.at(&self.who, At::Passed);
    }
}

fn input((offset, entry): (usize, &Entry)) -> Input {
    Input {
        offset: offset as u64,
        time: entry.time,
        key: entry.key.clone(),
        record: entry.value.clone(),
    }
}

/// The clock of a machine in the world.
#[derive(Clone)]
pub struct SimClock {
    /// The world.
    pub world: Rc<World>,
    /// Whose it is.
    pub who: Who,
}

impl Clock for SimClock {
    fn wall_ms(&self) -> u64 {
        let skew = self.world.processes.borrow()[self.who.process as usize].skew;
        self.world.now.get() + skew
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.world.now.get())
    }

    fn pause(&self, time: Duration) {
        self.world.at(&self.who, At::Pause);
        self.world.now.set(self.world.now.get() + time.as_millis() as u64);
        self.world.broker.borrow_mut().expire(self.world.now.get());
        self.world.others_go_on(3);
    }
}
