//! A run: steps of every kind in random order, then everything is healed and must come to its end.

use super::canary::Canary;
use super::chance::Chance;
use super::told::Asked;
use super::weather::Weather;
use super::workload::{Feed, across};
use super::world::{COMMANDS, Slot, TRANSFERS, World};
use crate::sim::broker::{Entry, Fate};
use groat_proto::v1::ChainTerms;
use groat_shard::Fault;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Most processes and shards of a run.
const PROCESSES_MAX: u64 = 5;
const SHARDS_MAX: u64 = 8;

/// Steps of a run before it is healed, for each shard: enough for several takeovers of each.
const STEPS_PER_SHARD: u32 = 120;

/// Rounds in which a healed world must come to its end: each drives every shard once, a record
/// takes at most one turn, and a few more take it over.
const ROUNDS_PER_RECORD: usize = 4;

/// Rounds that a block may take, with what is behind it lagging.
const ROUNDS_PER_BLOCK: usize = 32;

/// Takeovers that a healed shard may need: one in each process where it had stopped before, and two
/// more; after those, a fault is there to stay.
const RESTARTS_MAX: u32 = 8;

/// How a run went.
#[derive(Default)]
pub struct Told {
    /// How often what happened.
    pub notes: BTreeMap<&'static str, u64>,
    /// For what shards sent to each other.
    pub purposes: BTreeSet<String>,
    /// Which commands were answered, and how often they happened.
    pub asked: Asked,
}

/// Runs a seed; says what was broken.
pub fn run(seed: u64, canary: Option<Canary>, is_traced: bool) -> Result<Told, String> {
    let mut chance = Chance::new(seed);
    let (processes, shards) = match canary {
        Some(canary) if canary.needs_other_shards() => (3, 3),
        // Trouble for one shard is enough, and found sooner.
        Some(_) => (3, 1),
        None => (
            1 + chance.below(PROCESSES_MAX),
            1 + chance.below(SHARDS_MAX).min(chance.below(SHARDS_MAX)),
        ),
    };
    let command_clock = chance.below(3) > 0;
    let terms = ChainTerms {
        shards: shards as u32,
        command_clock,
        id_window_ms: 7 * 86_400_000,
        day_offset_min: 0,
        transfers: shards > 1 && (canary.is_some() || chance.one_in(2)),
    };
    let records = 20 + chance.index(40);
    let feeds = if terms.transfers {
        across(&mut chance, terms.shards, records)
    } else {
        (0..shards).map(|_| Feed::draw(&mut chance, records)).collect()
    };
    let mut weather = Weather::draw(&mut chance);
    // The few seeds in which a broker breaks its first promise.
    if chance.one_in(8) || canary.is_some_and(Canary::needs_a_lost_block) {
        weather.block_gone = 25;
    }
    if canary.is_some() {
        // Whatever is broken shows when shards move.
        (weather.rebalance, weather.crash) = (8, 100);
    }
    if chance.one_in(12) || canary.is_some_and(Canary::needs_trimmed_input) {
        weather.trim = 4;
    }
    if terms.transfers {
        weather.again = 4 * chance.below(2);
    }
    let world = World::new(chance.bits(), processes as u32, feeds, terms, canary, is_traced);
    world.weather.set(weather);
    world.stands_by.set(world.one_in(2));
    world.lags.set(world.one_in(2));
    for _ in 0..STEPS_PER_SHARD * shards as u32 {
        step(&world);
        if world.checker.borrow().broken.is_some() {
            break;
        }
    }
    if world.checker.borrow().broken.is_none() {
        heal(&world, weather);
    }
    let notes = std::mem::take(&mut *world.notes.borrow_mut());
    let checker = world.checker.borrow();
    let asked = checker.asked(&world.broker.borrow());
    let told = Told { notes, purposes: checker.purposes(), asked };
    drop(checker);
    world.end();
    let broken = world.checker.borrow_mut().broken.take();
    broken.map_or(Ok(told), Err)
}

/// One step of somebody, and a look at what it left.
pub fn step(world: &Rc<World>) {
    let processes = world.processes.borrow().len() as u64;
    let shards = world.feeds.borrow().len() as u64;
    let (dice, process, shard) = {
        let mut chance = world.chance.borrow_mut();
        (chance.below(100), chance.below(processes) as u32, chance.below(shards) as u32)
    };
    match dice {
        0..=69 => drive_somebody(world, shard),
        70..=84 => publish(world, shard),
        85..=88 => arrive(world),
        89..=91 => pass_time(world),
        92 => trouble(world, process, shard),
        93..=95 => rebalance(world, shard),
        _ => start_again(world, process),
    }
    look(world);
}

/// Looks whether everything still holds.
pub fn look(world: &World) {
    world.checker.borrow_mut().look(&world.broker.borrow());
}

fn drive_somebody(world: &Rc<World>, shard: u32) {
    let there = world.processes.borrow().len() as u32;
    let first = world.chance.borrow_mut().below(u64::from(there)) as u32;
    let stands_by = world.stands_by.get() && world.one_in(3);
    let is_theirs = |process: &u32| {
        let is_assigned = world.assigned.borrow()[&shard].contains(process);
        let slots = world.slots.borrow();
        stands_by || is_assigned || matches!(slots.get(&(*process, shard)), Some(Slot::Running(_)))
    };
    let process = (0..there).map(|n| (first + n) % there).find(is_theirs);
    if let Some(process) = process {
        world.drive(process, shard);
    }
}

/// Publishes the next record of a shard.
pub fn publish(world: &World, shard: u32) {
    let mut feeds = world.feeds.borrow_mut();
    let feed = &mut feeds[shard as usize];
    let Some((key, value)) = feed.records.get(feed.published).cloned() else { return };
    feed.published += 1;
    world.now.set(world.now.get() + 1);
    let time = world.now.get();
    let mut broker = world.broker.borrow_mut();
    let partition = broker.at((COMMANDS, shard));
    let offset = partition.entries.len() as u64;
    let (is_torn, is_again, producer) = (false, false, None);
    let entry = Entry { key, value, time, fate: Fate::Committed, producer, is_torn, is_again };
    world.checker.borrow_mut().published(shard, offset, time, &entry.value);
    partition.entries.push(entry);
}

fn arrive(world: &World) {
    let mut broker = world.broker.borrow_mut();
    let there = broker.in_flight.len();
    if there > 0 {
        let at = world.chance.borrow_mut().index(there);
        broker.arrive(at, world.now.get());
    }
}

fn pass_time(world: &World) {
    let mut chance = world.chance.borrow_mut();
    // Hours pass between calls. Whoever waits in one would run out of patience.
    let ms = if world.is_top() && chance.one_in(4) {
        chance.below(20_000_000)
    } else {
        chance.below(3_000)
    };
    world.now.set(world.now.get() + ms);
    world.broker.borrow_mut().expire(world.now.get());
}

fn trouble(world: &World, process: u32, shard: u32) {
    let weather = world.weather.get();
    let kinds = if weather.again > 0 { 8 } else { 7 };
    let what = world.chance.borrow_mut().below(kinds);
    let disks = &world.disks;
    let on_disk = |call: &dyn Fn(&mut super::disk::Disk)| {
        if let Some(disk) = disks.borrow_mut().get_mut(&(process, shard)) {
            call(disk);
        }
    };
    let disk_trouble = world.one_in(weather.disk.div_ceil(5));
    match what {
        0 if disk_trouble => {
            world.note("a disk was damaged");
            on_disk(&|disk| disk.damage(&mut world.chance.borrow_mut()));
        }
        1 if disk_trouble => on_disk(&|disk| disk.full = !disk.full),
        2 if disk_trouble => on_disk(&|disk| disk.fails_sync = true),
        3 if disk_trouble => {
            world.note("a directory was lost");
            world.kill(process);
            world.disks.borrow_mut().remove(&(process, shard));
        }
        4 if world.one_in(weather.clock.div_ceil(5)) => {
            world.note("a clock jumped");
            let skew = world.chance.borrow_mut().below(100_000_000);
            world.processes.borrow_mut()[process as usize].skew = skew;
        }
        5 if world.one_in(weather.crash.div_ceil(20)) => world.kill(process),
        6 if world.one_in(weather.trim) => trim(world, shard),
        7 if world.one_in(weather.again) => come_again(world, shard),
        _ => {}
    }
}

/// The broker forgets input, up to somewhere behind what is decided and what is not.
pub fn trim(world: &World, shard: u32) {
    let mut checker = world.checker.borrow_mut();
    let decided = checker.next_input(shard);
    let mut broker = world.broker.borrow_mut();
    let partition = broker.at((COMMANDS, shard));
    let to = world.chance.borrow_mut().index(partition.entries.len() + 1);
    if to > decided {
        world.note("input was trimmed before it was decided");
        checker.trimmed(shard);
    }
    partition.low = partition.low.max(to);
}

/// What a shard sent last stands there once more. One that stands behind what was sent after it
/// there is not: whoever is followed is fenced in each partition first.
fn come_again(world: &World, shard: u32) {
    let place = (TRANSFERS, shard);
    let mut broker = world.broker.borrow_mut();
    if broker.is_open(place) {
        return;
    }
    let sender = world.chance.borrow_mut().index(world.terms.shards as usize) as u32;
    // Whether readers see it yet or not: what a producer sends to one partition keeps its order.
    let entries = &mut broker.at(place).entries;
    let is_sent = |e: &&Entry| e.fate == Fate::Committed && e.producer == Some(sender);
    let Some(last) = entries.iter().rfind(is_sent) else { return };
    let again = Entry { is_again: true, time: world.now.get(), ..last.clone() };
    entries.push(again);
    drop(broker);
    world.note("a remittance came again");
}

fn rebalance(world: &World, shard: u32) {
    if !world.one_in(world.weather.get().rebalance) {
        return;
    }
    let processes = world.processes.borrow().len() as u64;
    let mut chance = world.chance.borrow_mut();
    let mut to = vec![chance.below(processes) as u32];
    // By mistake, as when two groups serve one prefix.
    if chance.one_in(5) {
        to.push(chance.below(processes) as u32);
    }
    world.assigned.borrow_mut().insert(shard, to);
    drop(chance);
    world.tell_to_stop(shard);
    world.note("a shard was given to another process");
}

/// A process that is down, or has a shard that stopped, is started again by whoever watches it.
fn start_again(world: &World, process: u32) {
    if !world.processes.borrow()[process as usize].up {
        world.restart(process);
        return;
    }
    let has_stopped =
        |((p, _), slot): (&(u32, u32), &Slot)| *p == process && matches!(slot, Slot::Faulted(_));
    let stopped = world.slots.borrow().iter().any(has_stopped);
    if stopped {
        world.kill(process);
        for ((owner, _), disk) in world.disks.borrow_mut().iter_mut() {
            disk.full &= *owner != process;
        }
    }
}

/// Everything works again; all that was published is decided and told, within a bound.
pub fn heal(world: &Rc<World>, weather: Weather) {
    let Weather { snapshot_bytes, small_blocks, whole_polls, .. } = weather;
    let calm = Weather { snapshot_bytes, small_blocks, whole_polls, ..Weather::default() };
    world.trace(|| "everything is healed".into());
    world.weather.set(calm);
    world.cues.borrow_mut().clear();
    world.broker.borrow_mut().heal(world.now.get());
    world.now.set(world.now.get() + 60_000);
    world.broker.borrow_mut().expire(world.now.get());
    // A shard that reads what it told others waits for whatever those left open there; an owner
    // ends only what its own shard has in a partition.
    world.broker.borrow_mut().abort_hanging(TRANSFERS);
    let (processes, shards) =
        (world.processes.borrow().len() as u32, world.feeds.borrow().len() as u32);
    for process in 0..processes {
        world.processes.borrow_mut()[process as usize].skew = 0;
    }
    for disk in world.disks.borrow_mut().values_mut() {
        (disk.full, disk.fails_sync) = (false, false);
    }
    for shard in 0..shards {
        world.assigned.borrow_mut().insert(shard, vec![shard % processes]);
    }
    let mut restarts: BTreeMap<u32, u32> = BTreeMap::new();
    let records = world.feeds.borrow().iter().map(|feed| feed.records.len()).max().unwrap_or(0);
    let blocks = || {
        let checker = world.checker.borrow();
        (0..shards).map(|shard| checker.chain(shard).head().next_number).sum::<u64>()
    };
    let (mut rounds, mut before) = (records * ROUNDS_PER_RECORD, blocks());
    while rounds > 0 {
        rounds -= 1;
        if blocks() > before {
            // What fell due while nothing worked may be many blocks of an event or two.
            rounds = rounds.max(ROUNDS_PER_BLOCK);
            before = blocks();
        }
        // While one waits others take steps, and some of those kill.
        (0..processes).for_each(|process| world.restart(process));
        for shard in 0..shards {
            publish(world, shard);
            for process in 0..processes {
                world.drive(process, shard);
            }
            look(world);
        }
        if world.checker.borrow().broken.is_some() {
            return;
        }
        for (process, shard, _) in stopped(world) {
            let restarts = restarts.entry(shard).or_insert(0);
            if *restarts < RESTARTS_MAX {
                *restarts += 1;
                world.kill(process);
                world.restart(process);
            }
        }
    }
    for topic in ["events", "outcomes", "settlements", "dead-letter"] {
        world.broker.borrow_mut().abort_hanging(topic);
    }
    for (process, shard, fault) in stopped(world) {
        let mut checker = world.checker.borrow_mut();
        if !checker.may_stop(shard) {
            let what = format!("shard {shard} does not go on in process {process}: {fault}");
            let _ = checker.broken.get_or_insert(what);
        }
    }
    let jumped = weather.clock > 0;
    world.checker.borrow_mut().end(&world.broker.borrow(), jumped);
}

/// Shards that stopped, where, and why.
pub fn stopped(world: &World) -> Vec<(u32, u32, Fault)> {
    let slots = world.slots.borrow();
    let stopped = slots.iter().filter_map(|((process, shard), slot)| match slot {
        Slot::Faulted(fault) => Some((*process, *shard, fault.clone())),
        _ => None,
    });
    stopped.collect()
}
