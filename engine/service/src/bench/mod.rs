//! `groat bench`: a seeded workload through the engine, and whether the books hold afterwards.
//!
//! | phase | what |
//! |---|---|
//! | 1 | the commands are made and encoded; that is not measured |
//! | 2 | accounts are opened; not measured either |
//! | 3 | the commands go through: in memory, or each record durable before it counts |
//! | 4 | debits equal credits; the blocks are folded from the first on, to the same digest |

mod broker;
mod local;
pub(crate) mod measure;
mod memory;
mod proof;
mod workload;

pub use broker::{Against, Way, make_copy, plain_copy};
pub use measure::Ranks;
pub use workload::{Kind, Spread, Workload, records};

use broker::broker_to_broker;
use groat_proto::v1::{ChainTerms, Outcomes, outcome};
use groat_shard::{Fault, Outbound};
use local::{Restart, on_disk};
use measure::{Latencies, Stages, status_kib};
use memory::in_memory;
use proof::Rebuilt;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// Where the commands go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Decided and sealed in this process, one thread, nothing kept
    Memory,
    /// Local mode: every batch durable on disk before it is answered
    Local,
    /// Broker to broker, exactly once, against a plain transactional copy on the same broker
    Broker,
}

/// What is run.
#[derive(Clone, Debug, clap::Args, Serialize)]
pub struct Plan {
    /// What is asked
    #[arg(long, value_enum, default_value_t = Kind::Transfers)]
    pub workload: Kind,
    /// Where the commands go
    #[arg(long, value_enum, default_value_t = Mode::Local)]
    pub mode: Mode,
    /// Ledger accounts, or users
    #[arg(long, default_value_t = 10_000)]
    pub accounts: u32,
    /// Which of them are asked for
    #[arg(long, value_enum, default_value_t = Spread::Uniform)]
    pub spread: Spread,
    /// Minutes after midnight over which the days of the lines of credit begin, and their
    /// statements are cut (credit)
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(..1_440))]
    pub night: u16,
    /// Commands measured
    #[arg(long, default_value_t = 1_000_000)]
    pub commands: u64,
    /// Commands in a record
    #[arg(long, default_value_t = 8_189)]
    pub batch: usize,
    /// Records that may wait for their answers at once (closed loop)
    #[arg(long, default_value_t = 1)]
    pub clients: usize,
    /// Commands offered a second, whether answered or not (open loop); 0 is a closed loop
    #[arg(long, default_value_t = 0)]
    pub rate: u64,
    /// The same seed makes the same commands
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Bootstrap addresses of a broker for measuring; topics of the run's own are made and deleted
    #[arg(long, env = "GROAT_BROKERS", default_value = "127.0.0.1:9092")]
    pub brokers: String,
    /// Rounds of copy and groat by turns; the middle one is told (broker)
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// A raw librdkafka property for all clients, as name=value; may be repeated (broker)
    #[arg(long = "kafka", value_name = "NAME=VALUE", value_parser = property)]
    pub kafka: Vec<(String, String)>,
    /// A new data directory to keep; left out, a temporary one
    #[arg(long)]
    #[serde(skip)]
    pub data: Option<PathBuf>,
    /// One line of JSON instead of text
    #[arg(long)]
    #[serde(skip)]
    pub json: bool,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What was run.
    pub plan: Plan,
    /// Commands answered in a second.
    pub commands_per_s: u64,
    /// From handing over a record, or from when it was to be, to its answer.
    pub latency: Ranks,
    /// Milliseconds from the first command to the last answer.
    pub elapsed_ms: u64,
    /// Commands accepted.
    pub accepted: u64,
    /// Refused by the rules.
    pub rejected: u64,
    /// Events in the chain.
    pub events: u64,
    /// Blocks in the chain.
    pub blocks: u64,
    /// Syncs of the disk, which blocks share; from broker to broker, transactions.
    pub syncs: u64,
    /// Bytes of the blocks, a command.
    pub block_bytes_per_command: u64,
    /// Bytes of the data directory, a command.
    pub disk_bytes_per_command: u64,
    /// Bytes the process had written, a command; 0 where the system does not tell.
    pub written_bytes_per_command: u64,
    /// Most memory of the process, in MiB, the commands made beforehand not counted.
    pub memory_mib: u64,
    /// Milliseconds by stage; stages of different threads overlap.
    pub stages_ms: Vec<(&'static str, u64)>,
    /// Milliseconds to open the data and restore the books; 0 where nothing is kept.
    pub restart_ms: u64,
    /// Milliseconds to read what a restart reads, and no more.
    pub restart_read_ms: u64,
    /// Events folded in a second when the books were rebuilt.
    pub fold_events_per_s: u64,
    /// Of the block with the most events, those of the opening left out but from broker to broker.
    pub longest_block_events: u64,
    /// Its bytes.
    pub longest_block_bytes: u64,
    /// Milliseconds that deciding took for the record it took longest for, with all that fell due
    /// before it; 0 from broker to broker.
    pub longest_step_ms: u64,
    /// The digest of the state, the same when rebuilt.
    pub state_digest: String,
    /// How a plain copy did in the same run, from broker to broker.
    pub against: Option<Against>,
}

/// Runs a plan. Books that do not hold are a fault.
pub fn bench(plan: &Plan) -> Result<Report, Fault> {
    if plan.night > 0 && plan.workload != Kind::Credit {
        let what = "only the credit workload has lines whose days begin over a night";
        return Err(Fault::new(what, "add --workload credit, or leave --night out"));
    }
    let mut workload =
        Workload::new(plan.workload, plan.spread, plan.accounts, plan.seed).with_night(plan.night);
    let opening = records(&workload.opening(), COMMANDS_OPENING);
    let mut measured = Vec::new();
    let mut left = plan.commands;
    while left > 0 {
        let size = left.min(plan.batch.max(1) as u64);
        let commands: Vec<_> = (0..size).map(|_| workload.command()).collect();
        measured.extend(records(&commands, plan.batch));
        left -= size;
    }
    drop(workload);
    let before = status_kib("VmRSS").unwrap_or(0);
    let (ran, against) = match plan.mode {
        Mode::Memory => (in_memory(&opening, &measured)?, None),
        Mode::Local => (on_disk(plan, &opening, &measured)?, None),
        Mode::Broker => {
            let (ran, against) = broker_to_broker(plan, &opening, &measured)?;
            (ran, Some(against))
        }
    };
    let peak = status_kib("VmHWM").unwrap_or(0);
    let commands = plan.commands.max(1);
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Ok(Report {
        plan: plan.clone(),
        commands_per_s: per_second(commands, ran.elapsed),
        latency: ran.latencies.ranks(),
        elapsed_ms: millis(ran.elapsed),
        accepted: ran.accepted,
        rejected: ran.rejected,
        events: ran.events,
        blocks: ran.blocks,
        syncs: ran.syncs,
        block_bytes_per_command: ran.block_bytes / commands,
        disk_bytes_per_command: ran.disk_bytes / commands,
        written_bytes_per_command: ran.written / commands,
        memory_mib: peak.saturating_sub(before) / 1_024,
        stages_ms: ran.stages.millis(),
        restart_ms: millis(ran.restart.map_or(Duration::ZERO, |restart| restart.restoring)),
        restart_read_ms: millis(ran.restart.map_or(Duration::ZERO, |restart| restart.reading)),
        fold_events_per_s: per_second(ran.events, ran.rebuilt.time),
        longest_block_events: ran.rebuilt.longest_events,
        longest_block_bytes: ran.rebuilt.longest_bytes,
        longest_step_ms: millis(ran.longest_step),
        state_digest: ran.digest,
        against,
    })
}

fn per_second(count: u64, time: Duration) -> u64 {
    let nanos = time.as_nanos().max(1);
    u64::try_from(u128::from(count) * 1_000_000_000 / nanos).unwrap_or(u64::MAX)
}

fn property(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("not name=value")?;
    Ok((name.into(), value.into()))
}

/// Commands of a record while accounts are opened.
const COMMANDS_OPENING: usize = 5_000;

/// What a run gives, before it is put into words.
struct Ran {
    elapsed: Duration,
    latencies: Latencies,
    accepted: u64,
    rejected: u64,
    events: u64,
    blocks: u64,
    syncs: u64,
    block_bytes: u64,
    disk_bytes: u64,
    written: u64,
    stages: Stages,
    /// Where there is something on disk.
    restart: Option<Restart>,
    rebuilt: Rebuilt,
    /// Where records are decided by the measuring thread.
    longest_step: Duration,
    digest: String,
}

fn terms() -> ChainTerms {
    let id_window_ms = groat_shard::limits::ID_WINDOW_MS_DEFAULT;
    ChainTerms { shards: 1, command_clock: true, id_window_ms, day_offset_min: 0, transfers: false }
}

#[derive(Default)]
struct Counts {
    accepted: u64,
    rejected: u64,
}

impl Counts {
    fn count(&mut self, outbound: &Outbound) {
        for told in outbound.by_input().flatten() {
            match told.rejection() {
                None => self.accepted += 1,
                Some(_) => self.rejected += 1,
            }
        }
    }

    fn count_outcomes(&mut self, outcomes: &Outcomes) {
        for outcome in &outcomes.outcomes {
            match outcome.result {
                Some(outcome::Result::Accepted(_)) => self.accepted += 1,
                _ => self.rejected += 1,
            }
        }
    }
}

impl Report {
    /// The report for people.
    pub fn text(&self) -> String {
        let stages: Vec<String> =
            self.stages_ms.iter().map(|(name, ms)| format!("{name} {ms}")).collect();
        let stages = if stages.is_empty() {
            String::new()
        } else {
            format!("milliseconds by stage: {}\n", stages.join(", "))
        };
        let restart = if self.plan.mode == Mode::Local {
            let (restored, read) = (self.restart_ms, self.restart_read_ms);
            format!(
                "opened again and restored in {restored} ms; what that reads is read in {read}\n"
            )
        } else {
            String::new()
        };
        let against = self.against.as_ref().map_or(String::new(), Against::text);
        let latency = if self.plan.mode == Mode::Broker && self.plan.rate == 0 {
            String::new()
        } else {
            let most = self.plan.commands.min(self.plan.batch as u64);
            format!("a record of {most} is answered in {}\n", self.latency.text())
        };
        let longest = format!(
            "the longest block has {} events in {} bytes; the longest step of a record took {} \
             ms\n",
            self.longest_block_events, self.longest_block_bytes, self.longest_step_ms,
        );
        format!(
            "{} commands a second ({} accepted, {} refused, {} ms)\n{against}{latency}{longest}\
             {} events, {} blocks of {} commands, {} {}; a command takes {} bytes of blocks, {} \
             on disk, {} written\n\
             {} MiB of memory beside the commands themselves\n{stages}{restart}\
             the books hold: debits equal credits; folded again at {} events a second to the same \
             digest\nstate digest {}",
            self.commands_per_s,
            self.accepted,
            self.rejected,
            self.elapsed_ms,
            self.events,
            self.blocks,
            (self.accepted + self.rejected) / self.blocks.max(1),
            self.syncs,
            if self.plan.mode == Mode::Broker { "transactions" } else { "syncs" },
            self.block_bytes_per_command,
            self.disk_bytes_per_command,
            self.written_bytes_per_command,
            self.memory_mib,
            self.fold_events_per_s,
            self.state_digest,
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use clap::ValueEnum;
    use groat_shard::{Inbound, Shard};

    fn plan(workload: Kind, mode: Mode) -> Plan {
        Plan {
            workload,
            mode,
            accounts: 50,
            spread: Spread::Uniform,
            night: 0,
            commands: 3_000,
            batch: 100,
            clients: 2,
            rate: 0,
            seed: 7,
            brokers: String::new(),
            rounds: 1,
            kafka: Vec::new(),
            data: None,
            json: false,
        }
    }

    #[test]
    fn every_workload_comes_to_the_same_books_in_every_mode() {
        for kind in Kind::value_variants() {
            let kind = *kind;
            let memory = bench(&plan(kind, Mode::Memory)).unwrap();
            let local = bench(&plan(kind, Mode::Local)).unwrap();
            assert_eq!(memory.accepted + memory.rejected, 3_000, "{kind:?}");
            assert_eq!(memory.rejected, 0, "{kind:?}");
            assert_eq!(memory.state_digest, local.state_digest, "{kind:?}");
        }
    }

    /// 50 users: a month is 100 purchases in 200 commands, and what they owe is repaid by user.
    #[test]
    fn statements_are_cut_in_one_go() {
        let report = bench(&plan(Kind::Credit, Mode::Memory)).unwrap();
        assert_eq!((report.accepted, report.rejected), (3_000, 0));
        // A statement of each user falls due before one command, so all are in one block.
        assert!(report.longest_block_events > 50, "{report:?}");
        assert!(report.text().contains("the longest block has"), "{}", report.text());
    }

    #[test]
    fn a_night_is_for_lines_of_credit() {
        let plan = Plan { night: 60, ..plan(Kind::Transfers, Mode::Memory) };
        assert!(bench(&plan).unwrap_err().to_string().contains("only the credit workload"));
    }

    /// With a night each is cut in its minute: what falls due before one command is little.
    #[test]
    fn statements_are_cut_over_a_night() {
        let most = |night| {
            let mut workload =
                Workload::new(Kind::Credit, Spread::Uniform, 50, 7).with_night(night);
            let mut shard = Shard::begin(0, terms());
            let mut commands = workload.opening();
            commands.extend((0..600).map(|_| workload.command()));
            let events = (0..).zip(records(&commands, 1)).map(|(offset, record)| {
                let before = shard.books().ledger().next_event();
                shard.step(Inbound { offset, time: 0, record: &record });
                shard.books().ledger().next_event() - before
            });
            events.max().unwrap()
        };
        assert!(most(0) > 50 && most(50) < 10, "{} {}", most(0), most(50));
    }

    #[test]
    fn spreads_and_seeds_make_other_commands_and_the_same_ones_again() {
        let mut digests = Vec::new();
        for (spread, seed) in [
            (Spread::Uniform, 7),
            (Spread::Zipf, 7),
            (Spread::Hot, 7),
            (Spread::Uniform, 8),
            (Spread::Uniform, 7),
        ] {
            let plan = Plan { spread, seed, ..plan(Kind::Mixed, Mode::Memory) };
            digests.push(bench(&plan).unwrap().state_digest);
        }
        assert_eq!(digests.first(), digests.last());
        digests.pop();
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), 4);
    }

    #[test]
    fn an_open_loop_offers_at_its_rate() {
        let plan = Plan { rate: 30_000, ..plan(Kind::Transfers, Mode::Local) };
        let report = bench(&plan).unwrap();
        // The last of 30 records is offered 96.7 ms after the first.
        assert!(report.elapsed_ms >= 96, "{report:?}");
        assert_eq!(report.accepted, 3_000);
    }
}
