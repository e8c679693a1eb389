//! A world for one scenario: one shard, fair weather, and what goes wrong is asked for by name.
//! With several shards that send to each other: `across`.

mod across;

pub use across::DAY_MS;

use super::broker::{Broker, Place};
use super::canary::Canary;
use super::chance::Chance;
use super::run::{heal, look, publish, stopped};
use super::weather::Weather;
use super::workload::Feed;
use super::world::{Act, At, COMMANDS, Cue, World};
use groat_proto::v1::ChainTerms;
use groat_shard::{Arrival, Shard};
use std::rc::Rc;

/// Records of a scenario.
const RECORDS: usize = 24;

/// See the module.
pub struct Stage {
    /// The world.
    pub world: Rc<World>,
    weather: Weather,
}

impl Stage {
    /// Two processes, of which the first is given the shard; no snapshots.
    pub fn new() -> Stage {
        Stage::with(1 << 40, true)
    }

    /// With a snapshot after so many bytes of blocks, and time from commands or from records.
    pub fn with(snapshot_bytes: u64, command_clock: bool) -> Stage {
        Stage::of(snapshot_bytes, command_clock, None)
    }

    /// With owners that decide a block before the one before it is in the log.
    pub fn ahead(snapshot_bytes: u64) -> Stage {
        let stage = Stage::with(snapshot_bytes, true);
        stage.world.lags.set(true);
        stage
    }

    /// With owners that are broken on purpose.
    pub fn broken(canary: Canary) -> Stage {
        Stage::of(1 << 40, true, Some(canary))
    }

    fn of(snapshot_bytes: u64, command_clock: bool, canary: Option<Canary>) -> Stage {
        let weather = Weather { snapshot_bytes, ..Weather::default() };
        let feed = Feed::draw(&mut Chance::new(7), RECORDS);
        Stage::in_world(weather, command_clock, 2, vec![feed], canary)
    }

    /// A shard for each feed; several send to each other.
    fn in_world(
        weather: Weather,
        command_clock: bool,
        processes: u32,
        feeds: Vec<Feed>,
        canary: Option<Canary>,
    ) -> Stage {
        let terms = ChainTerms {
            shards: feeds.len() as u32,
            command_clock,
            id_window_ms: 7 * 86_400_000,
            day_offset_min: 0,
            transfers: feeds.len() > 1,
        };
        let world = World::new(7, processes, feeds, terms, canary, false);
        world.weather.set(weather);
        Stage { world, weather }
    }

    /// The clock of a process is ahead; the order of what falls due may then be another one than
    /// undisturbed.
    pub fn clock_ahead(&mut self, process: u32, ms: u64) -> &Stage {
        self.weather.clock = u64::MAX;
        self.world.processes.borrow_mut()[process as usize].skew = ms;
        self
    }

    /// At a call of a process, after `skip` of them.
    pub fn cue(&self, process: u32, at: At, skip: u32, act: Act) -> &Stage {
        self.world.cues.borrow_mut().push(Cue { process, at, skip, act });
        self
    }

    /// What was asked for at such a call need not have come, and no longer does.
    pub fn need_not(&self, process: u32, at: At) -> &Stage {
        self.world.cues.borrow_mut().retain(|cue| (cue.process, cue.at) != (process, at));
        self
    }

    /// Publishes so many records of the first shard.
    pub fn publish(&self, records: u32) -> &Stage {
        (0..records).for_each(|_| publish(&self.world, 0));
        self
    }

    /// So many turns of a process, each for every shard that it has.
    pub fn turns(&self, process: u32, turns: u32) -> &Stage {
        for _ in 0..turns {
            for shard in 0..self.world.terms.shards {
                self.world.drive(process, shard);
                look(&self.world);
            }
        }
        if self.world.terms.transfers {
            self.decided_again();
        }
        self
    }

    /// All that is on its way arrives.
    pub fn arrives(&self) -> &Stage {
        let now = self.world.now.get();
        self.broker(|broker| (0..broker.in_flight.len()).for_each(|_| broker.arrive(0, now)))
    }

    /// The group gives the first shard to these processes and to no other.
    pub fn give(&self, processes: &[u32]) -> &Stage {
        self.give_shard(0, processes)
    }

    /// The group gives a shard to these processes and to no other.
    pub fn give_shard(&self, shard: u32, processes: &[u32]) -> &Stage {
        self.world.assigned.borrow_mut().insert(shard, processes.to_vec());
        self
    }

    /// Starts a process again, with what its disk has.
    pub fn restart(&self, process: u32) -> &Stage {
        self.world.kill(process);
        self.world.restart(process);
        self
    }

    /// Whether a process runs.
    pub fn is_up(&self, process: u32) -> bool {
        self.world.processes.borrow()[process as usize].up
    }

    /// Something on the broker.
    pub fn broker(&self, call: impl FnOnce(&mut Broker)) -> &Stage {
        call(&mut self.world.broker.borrow_mut());
        self
    }

    /// How often something happened.
    pub fn count(&self, what: &str) -> u64 {
        self.world.notes.borrow().get(what).copied().unwrap_or(0)
    }

    /// The records that readers of the first partition of a topic see.
    pub fn committed(&self, topic: &'static str) -> Vec<Vec<u8>> {
        self.committed_in((topic, 0))
    }

    /// The records that readers of a partition see.
    pub fn committed_in(&self, place: Place) -> Vec<Vec<u8>> {
        let broker = self.world.broker.borrow();
        broker.committed(place).map(|(_, entry)| entry.value.clone()).collect()
    }

    /// Why the shard does not go on in a process.
    pub fn fault(&self, process: u32) -> String {
        let mut stopped = stopped(&self.world).into_iter();
        let fault = stopped.find(|(p, _, _)| *p == process).map(|(_, _, fault)| fault.to_string());
        fault.unwrap_or_else(|| panic!("process {process} has not stopped"))
    }

    /// Whoever decides the blocks of every chain again comes to the same ones.
    fn decided_again(&self) {
        self.world.checker.borrow_mut().decided_again(&self.world.broker.borrow());
        self.goes_on_well();
    }

    /// Heals everything; all must come to its end, with nothing lost, doubled or other than
    /// undisturbed. All that was asked for has happened by then: trouble that never came shows
    /// nothing.
    pub fn ends_well(&self) {
        self.goes_on_well();
        let cues = self.world.cues.borrow();
        let never: Vec<_> = cues.iter().map(|cue| (cue.process, cue.at, cue.act)).collect();
        assert!(never.is_empty(), "it never came to {never:?}");
        drop(cues);
        heal(&self.world, self.weather);
        self.goes_on_well();
        for (shard, feed) in (0..).zip(&*self.world.feeds.borrow()) {
            let decided = self.world.checker.borrow().next_input(shard);
            assert_eq!(decided, feed.records.len(), "shard {shard}: all is decided");
        }
        self.auditors_agree();
        self.world.end();
    }

    /// Nothing was broken so far.
    pub fn goes_on_well(&self) {
        assert_eq!(self.world.checker.borrow().broken, None);
    }

    /// Whoever reads the blocks from a snapshot of any process comes to the same state as from
    /// the first block: from the newest of each, and from every one where they were asked for.
    /// Gives how many blocks followed each of those.
    pub fn auditors_agree(&self) -> Vec<u64> {
        for ((_, shard), disk) in &*self.world.disks.borrow() {
            if let Some(snapshot) = disk.newest_snapshot() {
                self.follow_from(*shard, snapshot);
            }
        }
        let all = self.world.snapshots.borrow();
        let all = all.iter().flatten();
        all.map(|(shard, snapshot)| self.follow_from(*shard, snapshot)).collect()
    }

    fn follow_from(&self, no: u32, snapshot: &[u8]) -> u64 {
        let (checker, mut tail) = (self.world.checker.borrow(), 0);
        let mut shard = Shard::from_snapshot(no, snapshot).unwrap();
        for block in self.committed_in(("events", no)) {
            let arrival = shard.follow(&groat_shard::Block::parse(&block).unwrap()).unwrap();
            tail += u64::from(arrival == Arrival::Next);
        }
        assert_eq!(shard.books().digest(), checker.chain(no).books().digest());
        tail
    }

    /// The offset after the last record of the input.
    pub fn input_end(&self) -> usize {
        self.world.broker.borrow().stable_end((COMMANDS, 0))
    }
}

impl Default for Stage {
    fn default() -> Stage {
        Stage::new()
    }
}
