//! `groat serve`: the consumer group gives and takes shards; each runs on a thread of its own.
//!
//! | thread | does |
//! |---|---|
//! | `group` (the caller's) | polls the group, and with it the rebalance callbacks |
//! | `shard-<n>` | [`own`](super::owner::own)s a shard |
//! | `standby-<n>` | follows a shard that another process owns, if that is wanted |
//! | `signals` | waits for SIGTERM or SIGINT, and serves pages, if any are wanted |
//! | `watch` | asks the broker whether it is there, for the pages |

use super::broker_log::BrokerLog;
use super::catch_up::{CatchUp, Directory};
use super::counters::Counters;
use super::owner::{Means, own};
use super::signals::stop_on_signals;
use super::source::KafkaSource;
use super::standbys::{Following, Standbys};
use super::status::{Phase, ShardStatus};
use super::topics::check_topics;
use super::watch::watch;
use super::{broker, consumer, overridden, partitions, settings};
use crate::clock::{self, MachineClock};
use crate::config::Config;
use crate::limits::{LOST_AGAIN, POLL_WAIT, POSITIONS_EVERY, STOP_PATIENCE, TAKE_BACK_PAUSE};
use groat_shard::{Cause, Fault, SledStore};
use rdkafka::client::ClientContext;
use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

/// Serves until SIGTERM or SIGINT, or until no shard of this process can go on.
pub fn serve(config: &Config) -> Result<(), Fault> {
    let counters = Arc::<Counters>::default();
    let stop = stop_on_signals(config, &counters.status)?;
    if config.listen.is_some() {
        watch(config, &counters.status, &stop)?;
    }
    serve_until(config, &stop, &counters)
}

/// As [`serve`], until `stop`.
pub fn serve_until(
    config: &Config,
    stop: &AtomicBool,
    counters: &Arc<Counters>,
) -> Result<(), Fault> {
    let commands = config.topic("commands");
    let shards = partitions(config, &commands)?;
    let topics = check_topics(config, false, shards, 1)?;
    if !topics.wrong.is_empty() {
        return Err(Fault::new(
            format!("the topics are not as they must be:\n  - {}", topics.wrong.join("\n  - ")),
            "mend them (`groat topics` shows the same list), then start again",
        ));
    }
    counters.status.begins(shards);
    std::fs::create_dir_all(&config.data).map_err(|e| {
        Fault::new(format!("{} cannot be made: {e}", config.data.display()), "check --data")
    })?;
    let group = Group {
        config: config.clone(),
        counters: Arc::clone(counters),
        shards,
        me: OnceLock::new(),
        owners: Mutex::new(BTreeMap::new()),
        late: Mutex::new(BTreeMap::new()),
        standbys: Standbys::new(config, shards, &counters.status),
        faults: Arc::new(Mutex::new(Vec::new())),
    };
    let mut client = consumer(config);
    if let Some(instance) = &config.instance {
        client.set("group.instance.id", instance);
    }
    client
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("session.timeout.ms", "10000")
        // A member hears of a change with its heartbeat, and a shard that moves waits for it.
        .set("heartbeat.interval.ms", "1000")
        .set("queued.min.messages", "100000");
    let consumer: GroupConsumer = overridden(client, config)
        .create_with_context(group)
        .map_err(|e| broker(config, "no consumer can be made", &e))?;
    let consumer = Arc::new(consumer);
    let _ = consumer.context().me.set(Arc::downgrade(&consumer));
    consumer
        .subscribe(&[&commands])
        .map_err(|e| broker(config, &format!("{commands} cannot be subscribed"), &e))?;
    tracing::info!(brokers = config.brokers, topic = commands, shards, "serving");
    let result = poll_until(&consumer, stop);
    consumer.context().stop_owners(&consumer, None);
    consumer.unsubscribe();
    consumer.context().standbys.stop_all();
    result.and_then(|()| consumer.context().first_fault())
}

pub(super) type GroupConsumer = BaseConsumer<Group>;

fn poll_until(consumer: &Arc<GroupConsumer>, stop: &AtomicBool) -> Result<(), Fault> {
    let (mut last_said, mut told) = (String::new(), clock::start());
    while !stop.load(Ordering::Relaxed) {
        consumer.context().counters.status.polled(clock::wall_ms());
        // Records arrive on the partitions' own queues; here come rebalances and errors.
        match consumer.poll(Duration::from_millis(100)) {
            None => {}
            Some(Ok(_)) => tracing::warn!("a record of no shard of ours was polled and left"),
            Some(Err(e)) if is_final(&e) => {
                return Err(Fault::new(
                    format!("this process is no member of the group any more: {e}"),
                    "give each process an `instance` of its own, then start again",
                ));
            }
            Some(Err(e)) => {
                // A broker that is away says so every second; once is enough.
                let said = e.to_string();
                if said != last_said {
                    tracing::warn!("the broker connection: {said}; still trying");
                    last_said = said;
                }
            }
        }
        if told.elapsed() >= POSITIONS_EVERY {
            consumer.context().tell_all_positions(consumer);
            consumer.context().stand_by();
            told = clock::start();
        }
        if consumer.context().all_stopped() {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether the client is lost for good: two processes cannot have one `instance`.
fn is_final(error: &KafkaError) -> bool {
    let code = error.rdkafka_error_code();
    matches!(code, Some(RDKafkaErrorCode::Fatal | RDKafkaErrorCode::FencedInstanceId))
}

/// What the rebalance callbacks work on.
pub(super) struct Group {
    config: Config,
    counters: Arc<Counters>,
    shards: u32,
    me: OnceLock<Weak<GroupConsumer>>,
    owners: Mutex<BTreeMap<i32, OwnerHandle>>,
    /// Threads that did not end in time: who gets their shard again waits for them.
    late: Mutex<BTreeMap<i32, JoinHandle<()>>>,
    standbys: Standbys,
    faults: Arc<Mutex<Vec<Fault>>>,
}

struct OwnerHandle {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
    /// The offset after the last input in a committed block, and what of it the group knows.
    committed: Arc<AtomicU64>,
    told: u64,
}

impl ClientContext for Group {}

impl ConsumerContext for Group {
    fn rebalance(
        &self,
        base: &BaseConsumer<Self>,
        err: RDKafkaRespErr,
        list: &mut TopicPartitionList,
    ) {
        let result = match err {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => {
                let taken = self.take(base, list);
                self.counters.status.has_joined(true);
                taken
            }
            _ => {
                self.counters.status.has_joined(!base.assignment_lost());
                self.stop_owners(base, Some(list));
                base.incremental_unassign(list)
            }
        };
        if let Err(e) = result {
            tracing::error!("the rebalance failed: {e}");
        }
    }
}

impl Group {
    /// Takes the shards assigned: their queues are split before assignment, and they stay paused
    /// until each has been restored and knows where to begin.
    fn take(&self, base: &BaseConsumer<Self>, list: &TopicPartitionList) -> Result<(), KafkaError> {
        let Some(consumer) = self.me.get().and_then(Weak::upgrade) else { return Ok(()) };
        let mut paused = TopicPartitionList::new();
        let mut queues = Vec::new();
        for element in list.elements() {
            let partition = element.partition();
            paused.add_partition_offset(element.topic(), partition, Offset::Beginning)?;
            if let Some(queue) = consumer.split_partition_queue(element.topic(), partition) {
                queues.push((partition, queue));
            }
        }
        base.incremental_assign(&paused)?;
        base.pause(&paused)?;
        for (partition, queue) in queues {
            self.start_owner(&consumer, partition, queue);
        }
        Ok(())
    }

    fn start_owner(
        &self,
        consumer: &Arc<GroupConsumer>,
        partition: i32,
        queue: PartitionQueue<Group>,
    ) {
        let shard = u32::try_from(partition).unwrap_or(0);
        let stop = Arc::new(AtomicBool::new(false));
        let followed = self.standbys.stop(shard);
        let late = self.late.lock().ok().and_then(|mut late| late.remove(&partition));
        let committed = Arc::new(AtomicU64::new(0));
        let status = self.counters.status.shard(shard);
        status.comes_to(Phase::Restoring, clock::wall_ms());
        let source = KafkaSource {
            config: self.config.clone(),
            transfers: None,
            consumer: Arc::downgrade(consumer),
            topic: self.config.topic("commands"),
            partition,
            queue,
            next: 0,
            stop: Arc::clone(&stop),
            counters: Arc::clone(&self.counters),
            committed: Arc::clone(&committed),
            passed: 0,
            target: None,
            status: Arc::clone(&status),
        };
        let (stop_it, faults) = (Arc::clone(&stop), Arc::clone(&self.faults));
        let (config, shards) = (self.config.clone(), self.shards);
        let thread = std::thread::Builder::new().name(format!("shard-{shard}")).spawn(move || {
            // Here, where no rebalance waits for them.
            let _ = late.map(JoinHandle::join);
            let followed = followed.and_then(Following::ended);
            let own_it = Owning { config, shard, shards, source, stop: &stop_it, status: &status };
            let owned = catch_unwind(AssertUnwindSafe(|| own_it.until_stopped(followed)));
            let Err(fault) = owned.unwrap_or_else(|_| Err(panicked(shard))) else { return };
            if stop_it.load(Ordering::Relaxed) {
                tracing::warn!(shard, "the shard was let go of: {fault}");
                return;
            }
            tracing::error!(shard, "the shard stops: {fault}");
            status.stops(&fault, clock::wall_ms());
            if let Ok(mut faults) = faults.lock() {
                faults.push(fault);
            }
        });
        match (thread, self.owners.lock()) {
            (Ok(thread), Ok(mut owners)) => {
                owners.insert(partition, OwnerHandle { stop, thread, committed, told: 0 });
            }
            (Err(e), _) => tracing::error!(shard, "no thread for the shard: {e}"),
            (_, Err(_)) => tracing::error!(shard, "the list of owners is lost"),
        }
    }

    /// Stops the owners of these partitions, or all, and waits for their last commit.
    fn stop_owners(&self, base: &BaseConsumer<Group>, list: Option<&TopicPartitionList>) {
        let Ok(mut owners) = self.owners.lock() else { return };
        let partitions: Vec<i32> = match list {
            Some(list) => list.elements().iter().map(|e| e.partition()).collect(),
            None => owners.keys().copied().collect(),
        };
        let mut stopping: Vec<_> =
            partitions.iter().filter_map(|p| owners.remove(p).map(|owner| (*p, owner))).collect();
        for (partition, owner) in &stopping {
            self.comes_to(*partition, Phase::Releasing);
            owner.stop.store(true, Ordering::Relaxed);
        }
        let started = clock::start();
        for (partition, owner) in &stopping {
            while !owner.thread.is_finished() && started.elapsed() < STOP_PATIENCE {
                std::thread::sleep(Duration::from_millis(5));
            }
            if !owner.thread.is_finished() {
                tracing::error!(shard = partition, "the shard did not stop in time; it is fenced");
            }
            self.comes_to(*partition, Phase::Elsewhere);
        }
        self.tell_positions(
            base,
            stopping.iter_mut().map(|(partition, owner)| (*partition, owner)),
        );
        let Ok(mut late) = self.late.lock() else { return };
        let threads = stopping.into_iter().map(|(partition, owner)| (partition, owner.thread));
        late.extend(threads.filter(|(_, thread)| !thread.is_finished()));
    }

    fn comes_to(&self, partition: i32, phase: Phase) {
        let shard = u32::try_from(partition).unwrap_or(0);
        self.counters.status.shard(shard).comes_to(phase, clock::wall_ms());
    }

    fn tell_all_positions(&self, base: &BaseConsumer<Group>) {
        let Ok(mut owners) = self.owners.lock() else { return };
        self.tell_positions(base, owners.iter_mut().map(|(partition, owner)| (*partition, owner)));
    }

    /// Tells the group how far the shards are. Nothing but its lag depends on that: where a shard
    /// goes on is in its chain.
    fn tell_positions<'a>(
        &self,
        base: &BaseConsumer<Group>,
        owners: impl Iterator<Item = (i32, &'a mut OwnerHandle)>,
    ) {
        let (topic, mut list) = (self.config.topic("commands"), TopicPartitionList::new());
        for (partition, owner) in owners {
            let committed = owner.committed.load(Ordering::Acquire);
            let next = Offset::Offset(i64::try_from(committed).unwrap_or(i64::MAX));
            if committed > owner.told && list.add_partition_offset(&topic, partition, next).is_ok()
            {
                owner.told = committed;
            }
        }
        if list.count() > 0
            && let Err(e) = base.commit(&list, CommitMode::Async)
        {
            tracing::debug!("the group was not told how far the shards are: {e}");
        }
    }

    /// Follows what is not owned here, if that is wanted.
    fn stand_by(&self) {
        let Ok(owners) = self.owners.lock() else { return };
        self.standbys.follow_all_but(|shard| {
            i32::try_from(shard).is_ok_and(|partition| owners.contains_key(&partition))
        });
    }

    /// Whether every shard this process has was ended by a fault. One that has none may get some.
    fn all_stopped(&self) -> bool {
        let faulted = self.faults.lock().is_ok_and(|faults| !faults.is_empty());
        let Ok(owners) = self.owners.lock() else { return true };
        let mut owners = owners.values().peekable();
        faulted && owners.peek().is_some() && owners.all(|owner| owner.thread.is_finished())
    }

    fn first_fault(&self) -> Result<(), Fault> {
        let first = self.faults.lock().ok().and_then(|faults| faults.first().cloned());
        first.map_or(Ok(()), Err)
    }
}

fn panicked(shard: u32) -> Fault {
    Fault::new(
        format!("shard {shard}: its thread panicked; the words of it stand above"),
        "please report it: a bug of groat; what was acknowledged is in the log, and the shard goes \
         on from there after a start",
    )
}

/// What the thread of a shard works with.
struct Owning<'a> {
    config: Config,
    shard: u32,
    shards: u32,
    source: KafkaSource,
    stop: &'a Arc<AtomicBool>,
    status: &'a Arc<ShardStatus>,
}

impl Owning<'_> {
    /// Owns the shard until it is to be let go of. If another process takes it and the group does
    /// not take it away here, that one was late (it had it before, and woke up): the shard is
    /// taken back after a while. Twice in a row is no accident. It is also taken back, each time,
    /// where the log has lost its last block, which it is then given again.
    fn until_stopped(mut self, followed: Option<CatchUp<SledStore>>) -> Result<(), Fault> {
        let (shard, mut followed, mut is_first) = (self.shard, followed, true);
        loop {
            let means = Means {
                copy: Directory::of(&self.config, shard),
                followed: followed.take(),
                log: BrokerLog::new(self.config.clone(), shard),
                source: &mut self.source,
                clock: MachineClock,
            };
            let begun = clock::start();
            let settings = settings(&self.config, shard, self.shards, Arc::clone(self.status));
            let may_be_taken_back = |cause| match cause {
                Cause::Lost => is_first || begun.elapsed() > LOST_AGAIN,
                Cause::Unlogged => true,
                Cause::Damage | Cause::Usage | Cause::Other => false,
            };
            match own(&settings, means, self.stop) {
                Err(fault) if may_be_taken_back(fault.cause) => {
                    tracing::error!(shard, "the shard is taken back if it stays ours: {fault}");
                    self.status.comes_to(Phase::Waiting, clock::wall_ms());
                    let cause = fault.cause;
                    self.status.is_in_trouble(Some(fault.what));
                    is_first &= cause != Cause::Lost;
                }
                ended => return ended,
            }
            let lost = clock::start();
            while lost.elapsed() < TAKE_BACK_PAUSE && !self.stop.load(Ordering::Relaxed) {
                std::thread::sleep(POLL_WAIT);
            }
            if self.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
    }
}
