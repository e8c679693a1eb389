//! The world: one thread, one seed, one time. Every call of an owner to log, disk, input or clock
//! passes through [`World::at`], where its process may die, or freeze while the others go on.

use super::broker::Broker;
use super::canary::Canary;
use super::chance::Chance;
use super::checker::Checker;
use super::disk::{Disk, SimCopy, SimStore};
use super::log::SimLog;
use super::source::{SimClock, SimSource};
use super::weather::{EndHow, Weather};
use super::workload::Feed;
use groat::kafka::back::Here;
use groat::kafka::catch_up::CatchUp;
use groat::kafka::log::Topic;
use groat::kafka::owner::{Means, Owner, Settings};
use groat::kafka::standby::Standby;
use groat::kafka::takeover::take_over;
use groat_proto::v1::ChainTerms;
use groat_shard::Fault;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The topic of commands, as named in blocks.
pub const COMMANDS: &str = "commands";

/// The topic by which shards send to each other.
pub const TRANSFERS: &str = "transfers";

/// How deep frozen processes are stacked: each is a call that waits for those inside it.
const DEPTH_MAX: u32 = 3;

/// An owner in this world.
pub type SimOwner = Owner<SimSource, SimClock, Here<SimStore, SimLog, SimClock>>;

/// A standby in this world.
pub type SimStandby = Standby<SimStore, SimLog>;

/// A call of an owner, and its place in it: what has a second name is the same call after it took
/// effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the calls of the traits")]
pub enum At {
    Open,
    SetAside,
    Append,
    Appended,
    Sync,
    ReadBlock,
    ReadSnapshot,
    AddToSnapshot,
    AddedToSnapshot,
    PutSnapshot,
    SnapshotPut,
    Renew,
    Renewed,
    Begin,
    Send(Topic),
    Sent(Topic),
    Flush,
    Commit,
    Committed,
    Abort,
    Aborted,
    ReadBlocks,
    ReadBack,
    StartAt,
    Poll,
    Polled,
    PollTransfers,
    IsAtEnd,
    Passed,
    Pause,
}

/// What happens at a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// The process dies.
    Crash,
    /// It freezes while the others take so many steps.
    Freeze(u32),
    /// It stands still for so many milliseconds.
    Stall(u64),
    /// The call fails; of a `Send`, the record is not delivered.
    Fail,
    /// The group gives the shard to this process alone, and tells whose call it is.
    Revoke(u32),
    /// The record is written late.
    WriteLate,
    /// The transaction ends so.
    End(EndHow),
}

/// An act that a scenario asks for, at the `nth` such call of a process from now on.
pub struct Cue {
    /// The process.
    pub process: u32,
    /// The call.
    pub at: At,
    /// How many are let go by before.
    pub skip: u32,
    /// What happens.
    pub act: Act,
}

/// An owner of one process in one of its lives.
#[derive(Clone)]
pub struct Who {
    /// The process.
    pub process: u32,
    /// The shard.
    pub shard: u32,
    life: u32,
}

impl Who {
    /// Its place on disks.
    pub fn place(&self) -> (u32, u32) {
        (self.process, self.shard)
    }
}

/// A process dies: carried up the stack to whoever drives it.
struct Crash;

/// A process.
#[derive(Clone, Copy)]
pub struct Process {
    /// Whether it runs.
    pub up: bool,
    life: u32,
    /// Its clock is ahead by so many milliseconds.
    pub skew: u64,
}

/// What a process does for a shard.
pub enum Slot {
    /// Nothing.
    Idle,
    /// It is in a call, maybe frozen.
    Busy,
    /// It owns the shard.
    Running(Box<SimOwner>),
    /// It follows the shard, which is another's.
    Following(Box<SimStandby>),
    /// It has stopped.
    Faulted(Fault),
}

/// A shard and a snapshot of it.
pub type Taken = (u32, Vec<u8>);

/// See the module.
pub struct World {
    /// Chance.
    pub chance: RefCell<Chance>,
    /// Milliseconds since 1970.
    pub now: Cell<u64>,
    /// What goes wrong by itself.
    pub weather: Cell<Weather>,
    /// The broker.
    pub broker: RefCell<Broker>,
    /// By process and shard.
    pub disks: RefCell<BTreeMap<(u32, u32), Disk>>,
    /// By process and shard.
    pub slots: RefCell<BTreeMap<(u32, u32), Slot>>,
    /// All processes.
    pub processes: RefCell<Vec<Process>>,
    /// Who was given a shard; two at once by mistake.
    pub assigned: RefCell<BTreeMap<u32, Vec<u32>>>,
    /// What a scenario asks for.
    pub cues: RefCell<Vec<Cue>>,
    /// What is published, by shard.
    pub feeds: RefCell<Vec<Feed>>,
    /// What must hold.
    pub checker: RefCell<Checker>,
    /// What is broken on purpose.
    pub canary: Option<Canary>,
    /// The chains' terms.
    pub terms: ChainTerms,
    /// How often what happened.
    pub notes: RefCell<BTreeMap<&'static str, u64>>,
    /// Every snapshot that was taken and its shard, where a scenario asks for them.
    pub snapshots: RefCell<Option<Vec<Taken>>>,
    /// A process that dies at a call of its, counted down.
    pub dies_at: Cell<Option<(u32, u64)>>,
    /// Whether every call is told.
    pub is_traced: bool,
    /// Set to tell an owner that its shard is taken away.
    /// Whether processes follow the shards that are not theirs.
    pub stands_by: Cell<bool>,
    /// Whether owners decide a block before the one before it is in the log.
    pub lags: Cell<bool>,
    stops: RefCell<BTreeMap<(u32, u32), Arc<AtomicBool>>>,
    owners: Cell<u64>,
    depth: Cell<u32>,
}

impl World {
    /// A world of so many processes, and as many shards as feeds.
    pub fn new(
        seed: u64,
        processes: u32,
        feeds: Vec<Feed>,
        terms: ChainTerms,
        canary: Option<Canary>,
        is_traced: bool,
    ) -> Rc<World> {
        let process = Process { up: true, life: 0, skew: 0 };
        let shards = feeds.len() as u32;
        Rc::new(World {
            chance: RefCell::new(Chance::new(seed)),
            now: Cell::new(super::workload::START_MS),
            weather: Cell::new(Weather::default()),
            broker: RefCell::default(),
            disks: RefCell::default(),
            slots: RefCell::default(),
            processes: RefCell::new(vec![process; processes as usize]),
            assigned: RefCell::new((0..shards).map(|s| (s, vec![s % processes])).collect()),
            cues: RefCell::default(),
            feeds: RefCell::new(feeds),
            checker: RefCell::new(Checker::new(shards, terms)),
            canary,
            terms,
            notes: RefCell::default(),
            snapshots: RefCell::default(),
            dies_at: Cell::new(None),
            is_traced,
            stands_by: Cell::new(false),
            lags: Cell::new(false),
            stops: RefCell::default(),
            owners: Cell::new(0),
            depth: Cell::new(0),
        })
    }

    /// Counts something that happened.
    pub fn note(&self, what: &'static str) {
        self.trace(|| format!("({what})"));
        *self.notes.borrow_mut().entry(what).or_default() += 1;
    }

    /// Tells something, where the run is traced.
    pub fn trace(&self, what: impl FnOnce() -> String) {
        if self.is_traced {
            let indent = "  ".repeat(self.depth.get() as usize);
            println!("{} {indent}{}", self.now.get() - super::workload::START_MS, what());
        }
    }

    /// Whether chance has it once in `n` times; never when `n` is 0.
    pub fn one_in(&self, n: u64) -> bool {
        self.chance.borrow_mut().one_in(n)
    }

    /// A call of an owner. Gives what is to happen to the call itself, if anything.
    pub fn at(self: &Rc<World>, who: &Who, at: At) -> Option<Act> {
        self.check_alive(who);
        self.now.set(self.now.get() + 1);
        let act = self.cue(who, at).or_else(|| self.weather.get().act(&self.chance));
        self.trace(|| {
            let Who { process, shard, .. } = who;
            let act = act.map_or(String::new(), |act| format!(" -> {act:?}"));
            format!("process {process}, shard {shard}: {at:?}{act}")
        });
        match act {
            Some(Act::Crash) => {
                self.note("a process died in a call");
                self.kill(who.process);
            }
            Some(Act::Freeze(steps)) => {
                self.note("a process froze in a call");
                self.others_go_on(steps);
            }
            Some(Act::Stall(ms)) => {
                self.now.set(self.now.get() + ms);
                self.broker.borrow_mut().expire(self.now.get());
            }
            Some(Act::Revoke(to)) => {
                self.assigned.borrow_mut().insert(who.shard, vec![to]);
                if let Some(stop) = self.stops.borrow().get(&who.place()) {
                    stop.store(true, Ordering::Relaxed);
                }
            }
            Some(Act::Fail | Act::WriteLate | Act::End(_)) | None => {}
        }
        self.check_alive(who);
        act
    }

    fn check_alive(&self, who: &Who) {
        if self.processes.borrow()[who.process as usize].life != who.life {
            resume_unwind(Box::new(Crash));
        }
    }

    fn cue(&self, who: &Who, at: At) -> Option<Act> {
        if let Some((process, left)) = self.dies_at.get().filter(|(p, _)| *p == who.process) {
            self.dies_at.set(left.checked_sub(1).map(|left| (process, left)));
            if left == 0 {
                return Some(Act::Crash);
            }
        }
        let mut cues = self.cues.borrow_mut();
        let found = cues.iter().position(|cue| cue.process == who.process && cue.at == at)?;
        if cues[found].skip > 0 {
            cues[found].skip -= 1;
            return None;
        }
        Some(cues.remove(found).act)
    }

    /// Lets the other processes act while one is in a call.
    pub fn others_go_on(self: &Rc<World>, steps: u32) {
        if self.depth.get() >= DEPTH_MAX {
            return;
        }
        self.depth.set(self.depth.get() + 1);
        for _ in 0..steps {
            super::run::step(self);
        }
        self.depth.set(self.depth.get() - 1);
    }

    /// Whether no process waits in a call for what happens now.
    pub fn is_top(&self) -> bool {
        self.depth.get() == 0
    }

    /// Kills a process: its memory is gone, and with it what its disks had not synced.
    pub fn kill(&self, process: u32) {
        {
            let mut processes = self.processes.borrow_mut();
            let process = &mut processes[process as usize];
            process.life += 1;
            process.up = false;
        }
        let dropped: Vec<Slot> = {
            let mut slots = self.slots.borrow_mut();
            let its = slots.iter_mut().filter(|((p, _), _)| *p == process);
            // One that is in a call is still on the stack, and ends when it is reached.
            let its = its.filter(|(_, slot)| !matches!(slot, Slot::Busy));
            its.map(|(_, slot)| std::mem::replace(slot, Slot::Idle)).collect()
        };
        drop(dropped);
        for ((owner, _), disk) in self.disks.borrow_mut().iter_mut() {
            if *owner == process {
                disk.lose_power(&mut self.chance.borrow_mut());
            }
        }
    }

    /// Starts a process that does not run.
    pub fn restart(&self, process: u32) {
        self.processes.borrow_mut()[process as usize].up = true;
    }

    /// One turn of a process for a shard: it takes it over, or goes on, or lets go of it.
    pub fn drive(self: &Rc<World>, process: u32, shard: u32) {
        let state = self.processes.borrow()[process as usize];
        let key = (process, shard);
        let slot = {
            let mut slots = self.slots.borrow_mut();
            let slot = slots.entry(key).or_insert(Slot::Idle);
            if matches!(slot, Slot::Busy | Slot::Faulted(_)) || !state.up {
                return;
            }
            std::mem::replace(slot, Slot::Busy)
        };
        let is_stopped = self.stops.borrow().get(&key).is_some_and(|s| s.load(Ordering::Relaxed));
        let is_assigned = self.assigned.borrow()[&shard].contains(&process);
        let who = Who { process, shard, life: state.life };
        let turned = catch_unwind(AssertUnwindSafe(|| match slot {
            Slot::Running(owner) if is_stopped || !is_assigned => {
                owner.release().map(|()| Slot::Idle)
            }
            Slot::Running(mut owner) => {
                owner.turn()?;
                if owner.shard().has_open() {
                    self.note("a block was decided while the one before it was on its way");
                }
                Ok(Slot::Running(owner))
            }
            Slot::Idle if is_assigned => {
                self.start(&who, None).map(|owner| Slot::Running(Box::new(owner)))
            }
            Slot::Following(standby) if is_assigned => {
                self.note("a standby took its shard over");
                // As the real one: where the local copy cannot be read, it is opened anew.
                let followed = standby.hand_over().ok();
                self.start(&who, followed).map(|owner| Slot::Running(Box::new(owner)))
            }
            Slot::Idle if self.stands_by.get() => Ok(self.follow(&who, None)),
            Slot::Following(standby) => Ok(self.follow(&who, Some(standby))),
            other => Ok(other),
        }));
        let slot = match turned {
            Err(panic) if panic.is::<Crash>() => Slot::Idle,
            Err(panic) => resume_unwind(panic),
            // It was killed while it was in a call, and did nothing more.
            Ok(_) if self.processes.borrow()[process as usize].life != state.life => Slot::Idle,
            Ok(Ok(slot)) => slot,
            Ok(Err(fault)) => {
                self.note("a shard stopped with a fault");
                self.trace(|| format!("process {process}, shard {shard} stops: {}", fault.what));
                Slot::Faulted(fault)
            }
        };
        if let Slot::Running(owner) = &slot {
            self.checker.borrow_mut().heard(owner.committed(), shard);
        }
        self.slots.borrow_mut().insert(key, slot);
    }

    fn settings(&self, who: &Who) -> Settings {
        Settings {
            shard: who.shard,
            terms: self.terms,
            topic: COMMANDS.into(),
            transfers: TRANSFERS.into(),
            snapshot_bytes: self.weather.get().snapshot_bytes,
            block_bytes: self.weather.get().block_bytes(),
            open_bytes: self.weather.get().open_bytes(),
            owner: u128::from(self.owners.get()).to_be_bytes(),
            status: std::sync::Arc::default(),
        }
    }

    /// One turn of a standby, begun if there is none yet; one that has a fault is begun anew.
    fn follow(self: &Rc<World>, who: &Who, standby: Option<Box<SimStandby>>) -> Slot {
        let turned = || {
            let mut standby = match standby {
                Some(standby) => standby,
                None => {
                    let mut copy = SimCopy { world: Rc::clone(self), who: who.clone() };
                    let log = SimLog::new(Rc::clone(self), who.clone());
                    Box::new(Standby::start(&self.settings(who), &mut copy, log)?)
                }
            };
            standby.turn(&AtomicBool::new(false))?;
            Ok(standby)
        };
        match turned() {
            Ok(standby) => Slot::Following(standby),
            Err(fault) => {
                let fault: Fault = fault;
                self.note("a standby had a fault");
                self.trace(|| format!("a standby had a fault: {}", fault.what));
                Slot::Idle
            }
        }
    }

    fn start(
        self: &Rc<World>,
        who: &Who,
        followed: Option<CatchUp<SimStore>>,
    ) -> Result<SimOwner, Fault> {
        self.note("a shard was taken over");
        self.owners.set(self.owners.get() + 1);
        let settings = self.settings(who);
        if let Some(last) = self.disks.borrow().get(&who.place()).and_then(Disk::last) {
            self.checker.borrow_mut().has_copy(who.shard, &settings.owner, last);
        }
        let copy = SimCopy { world: Rc::clone(self), who: who.clone() };
        let log = SimLog::new(Rc::clone(self), who.clone());
        let source = SimSource::new(Rc::clone(self), who.clone());
        let clock = SimClock { world: Rc::clone(self), who: who.clone() };
        let stop = Arc::new(AtomicBool::new(false));
        self.stops.borrow_mut().insert(who.place(), Arc::clone(&stop));
        let means = Means { copy, followed, log, source, clock };
        let (taken, back) = take_over(&settings, means, &stop)?;
        Ok(Owner::new(taken, Here::new(back, self.lags.get())))
    }

    /// The group tells whoever does not have a shard any more, unless it cannot be reached.
    pub fn tell_to_stop(&self, shard: u32) {
        let assigned = self.assigned.borrow();
        for ((process, its), stop) in self.stops.borrow().iter() {
            if *its == shard && !assigned[its].contains(process) && self.one_in(2) {
                stop.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Ends the run: what refers to the world is let go of.
    pub fn end(&self) {
        let slots = std::mem::take(&mut *self.slots.borrow_mut());
        drop(slots);
    }
}
