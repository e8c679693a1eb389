//! A world for one scenario: one shard, fair weather, and what goes wrong is asked for by name.

use super::broker::Broker;
use super::canary::Canary;
use super::chance::Chance;
use super::run::{heal, look, publish, stopped};
use super::weather::Weather;
use super::workload::Feed;
use super::world::{Act, At, COMMANDS, Cue, World};
use groat_proto::v1::ChainTerms;
use groat_shard::Shard;
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

    /// With owners that are broken on purpose.
    pub fn broken(canary: Canary) -> Stage {
        Stage::of(1 << 40, true, Some(canary))
    }

    fn of(snapshot_bytes: u64, command_clock: bool, canary: Option<Canary>) -> Stage {
        let id_window_ms = 7 * 86_400_000;
        let terms = ChainTerms {
            shards: 1,
            command_clock,
            id_window_ms,
            day_offset_min: 0,
            transfers: false,
        };
        let feed = Feed::draw(&mut Chance::new(7), RECORDS);
        let world = World::new(7, 2, vec![feed], terms, canary, false);
        let weather = Weather { snapshot_bytes, ..Weather::default() };
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

    /// Publishes so many records.
    pub fn publish(&self, records: u32) -> &Stage {
        (0..records).for_each(|_| publish(&self.world, 0));
        self
    }

    /// So many turns of a process.
    pub fn turns(&self, process: u32, turns: u32) -> &Stage {
        for _ in 0..turns {
            self.world.drive(process, 0);
            look(&self.world);
        }
        self
    }

    /// The group gives the shard to these processes and to no other.
    pub fn give(&self, processes: &[u32]) -> &Stage {
        self.world.assigned.borrow_mut().insert(0, processes.to_vec());
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

    /// The records that readers of a topic see.
    pub fn committed(&self, topic: &'static str) -> Vec<Vec<u8>> {
        let broker = self.world.broker.borrow();
        broker.committed((topic, 0)).map(|(_, entry)| entry.value.clone()).collect()
    }

    /// Why the shard does not go on in a process.
    pub fn fault(&self, process: u32) -> String {
        let mut stopped = stopped(&self.world).into_iter();
        let fault = stopped.find(|(p, _, _)| *p == process).map(|(_, _, fault)| fault.to_string());
        fault.unwrap_or_else(|| panic!("process {process} has not stopped"))
    }

    /// Heals everything; all must come to its end, with nothing lost, doubled or other than
    /// undisturbed.
    pub fn ends_well(&self) {
        self.goes_on_well();
        heal(&self.world, self.weather);
        self.goes_on_well();
        let published = self.world.feeds.borrow()[0].records.len();
        assert_eq!(self.world.checker.borrow().next_input(0), published, "all is decided");
        self.auditors_agree();
        self.world.end();
    }

    /// Nothing was broken so far.
    pub fn goes_on_well(&self) {
        assert_eq!(self.world.checker.borrow().broken, None);
    }

    /// Whoever reads the blocks from a snapshot of any process comes to the same state as from
    /// the first block.
    fn auditors_agree(&self) {
        let blocks = self.committed("events");
        let checker = self.world.checker.borrow();
        let whole = checker.chain(0).books().digest();
        for disk in self.world.disks.borrow().values() {
            let Some(snapshot) = disk.newest_snapshot() else { continue };
            let mut shard = Shard::from_snapshot(0, snapshot).unwrap();
            for block in &blocks {
                let _ = shard.follow(&groat_shard::Block::parse(block).unwrap()).unwrap();
            }
            assert_eq!(shard.books().digest(), whole);
        }
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
