//! The `groat` binary: arguments in, a command run, an exit code out.
//!
//! 0: done (refused commands are no failure); 1: a fault; 2: wrong usage.

use clap::{Args, Parser, Subcommand};
use groat::bench;
use groat::config::{Config, Flags, ServeFlags};
use groat::demo;
use groat::kafka::{self, Published};
use groat::local::{self, ClockSource, Outputs, Settings};
use groat_ledger::Id;
use groat_shard::Fault;
use groat_shard::limits::SNAPSHOT_BYTES_DEFAULT;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// An event-sourced financial transaction engine.
#[derive(Parser)]
#[command(name = "groat", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A month on a small platform, told in a minute: no broker, no arguments
    Demo,
    /// Local mode: JSON lines in, outcomes out, one data directory
    Run(Run),
    /// Kafka mode: serves the shards that the consumer group gives this process
    Serve(Serve),
    /// Publishes commands, one JSON object per line, to the commands topic
    Publish(Publish),
    /// Makes or checks the topics and says what is wrong
    Topics(Topics),
    /// Measures this machine: a seeded workload, and whether the books hold afterwards
    Bench(bench::Plan),
}

/// Consumes commands, commits each block with its outcomes and settlements in one transaction.
/// Stops gracefully on SIGTERM.
#[derive(Args)]
struct Serve {
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    serve: ServeFlags,
}

/// The record key is the owner whose shard decides the command, so its partition is right.
#[derive(Args)]
struct Publish {
    /// Commands, one JSON object per line; - is standard input
    commands: PathBuf,
    /// One key for all records instead of each command's own
    #[arg(long)]
    key: Option<Id>,
    #[command(flatten)]
    flags: Flags,
}

/// Exit code 1 when anything is wrong.
#[derive(Args)]
struct Topics {
    /// Make the topics that are missing
    #[arg(long)]
    create: bool,
    /// Shards of new topics; fixed for ever once they are made
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    partitions: u32,
    /// Replicas of new topics
    #[arg(long, default_value_t = 1)]
    replication: i32,
    #[command(flatten)]
    flags: Flags,
}

/// Reads commands, one JSON object per line, and answers each on a line. May be run again and
/// again on the same directory; a command that was done before is answered as a replay.
#[derive(Args)]
struct Run {
    /// The data directory; made if it is not there
    #[arg(long, env = "GROAT_DATA")]
    data: PathBuf,
    /// Commands, one JSON object per line; - is standard input
    #[arg(long, default_value = "-")]
    commands: PathBuf,
    /// Where outcomes go; - is standard output
    #[arg(long, default_value = "-")]
    outcomes: PathBuf,
    /// Where settlements go; - is standard output; left out, they are not written
    #[arg(long)]
    settlements: Option<PathBuf>,
    /// Where time comes from [default: each command's `at` if the first command has one]
    #[arg(long, env = "GROAT_CLOCK")]
    clock: Option<ClockSource>,
    /// Minutes that the business day is ahead of UTC (China: 480)
    #[arg(long, env = "GROAT_DAY_OFFSET", default_value_t = 0, allow_negative_numbers = true)]
    day_offset: i32,
    /// Take a snapshot when this many bytes of blocks have come since the last, and twice its own
    #[arg(long, default_value_t = SNAPSHOT_BYTES_DEFAULT)]
    snapshot_bytes: u64,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Demo => demo::demo(&mut io::stdout().lock()),
        Command::Run(args) => run(&args),
        Command::Serve(args) => serve(&args),
        Command::Publish(args) => publish(&args),
        Command::Topics(args) => topics(&args),
        Command::Bench(plan) => measure(&plan),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            let _ = writeln!(io::stderr(), "groat: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Run) -> Result<(), Fault> {
    let dash = Path::new("-");
    if args.outcomes == dash && args.settlements.as_deref() == Some(dash) {
        return Err(Fault::new(
            "outcomes and settlements cannot both go to standard output",
            "give one of them a file",
        ));
    }
    let (input, bytes) = open_input(&args.commands)?;
    let settlements = match &args.settlements {
        Some(path) => open_output(path)?,
        None => Box::new(io::sink()),
    };
    let mut outputs =
        Outputs::new(open_output(&args.outcomes)?, settlements, Box::new(io::stderr()));
    let settings = Settings {
        data: args.data.clone(),
        clock: args.clock,
        day_offset_min: args.day_offset,
        snapshot_bytes: args.snapshot_bytes,
    };
    let bar = progress_bar(bytes);
    let started = groat::clock::start();
    let summary = local::run(&settings, input, &mut outputs, |read| bar.set_position(read))?;
    bar.finish_and_clear();
    let totals = summary.totals;
    tell(&format!(
        "{} inputs: {} accepted, {} rejected, {} malformed; {} of them replays. {} blocks, last \
         event {}, {:.1?}\nstate digest {}",
        totals.inputs,
        totals.accepted,
        totals.rejected,
        totals.malformed,
        totals.replayed,
        summary.blocks,
        summary.last_event,
        started.elapsed(),
        summary.digest
    ))
}

fn measure(plan: &bench::Plan) -> Result<(), Fault> {
    log_to_stderr("off");
    let report = bench::bench(plan)?;
    let text = if plan.json {
        serde_json::to_string(&report).map_err(|e| Fault::new(e.to_string(), "please report it"))?
    } else {
        report.text()
    };
    writeln!(io::stdout(), "{text}")
        .map_err(|e| Fault::new(format!("cannot write: {e}"), "free the output"))
}

fn serve(args: &Serve) -> Result<(), Fault> {
    let config = Config::load(&args.flags, &args.serve)?;
    log_to_stderr("info");
    kafka::serve(&config)
}

/// What is logged unless GROAT_LOG says otherwise.
fn log_to_stderr(unless_told: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("GROAT_LOG");
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| unless_told.into()))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
}

fn publish(args: &Publish) -> Result<(), Fault> {
    let config = Config::load(&args.flags, &ServeFlags::default())?;
    let (input, bytes) = open_input(&args.commands)?;
    let bar = progress_bar(bytes);
    let read = |read| bar.set_position(read);
    let published = kafka::publish(&config, input, args.key, &mut io::stderr(), read)?;
    bar.finish_and_clear();
    let Published { published, malformed } = published;
    let topic = config.topic("commands");
    tell(&format!("{published} records published to {topic}, {malformed} lines were no commands"))?;
    if malformed > 0 {
        return Err(Fault::new(
            format!("{malformed} lines were not published"),
            "mend the lines named above and publish them; the others are published",
        ));
    }
    Ok(())
}

fn topics(args: &Topics) -> Result<(), Fault> {
    let config = Config::load(&args.flags, &ServeFlags::default())?;
    let found = kafka::check_topics(&config, args.create, args.partitions, args.replication)?;
    for (what, lines) in [
        ("created", &found.created),
        ("right", &found.right),
        ("note", &found.notes),
        ("WRONG", &found.wrong),
    ] {
        for line in lines {
            tell(&format!("{what:8} {line}"))?;
        }
    }
    if found.wrong.is_empty() {
        return Ok(());
    }
    let what = format!("{} things are wrong with the topics", found.wrong.len());
    Err(Fault::new(what, "change the settings named above with your Kafka tools"))
}

fn tell(line: &str) -> Result<(), Fault> {
    writeln!(io::stderr(), "{line}")
        .map_err(|e| Fault::new(format!("standard error is closed: {e}"), "nothing is lost"))
}

/// The reader, and how many bytes it has if that is known.
fn open_input(path: &Path) -> Result<(Box<dyn BufRead + Send>, Option<u64>), Fault> {
    if path == Path::new("-") {
        return Ok((Box::new(BufReader::new(io::stdin())), None));
    }
    let file = File::open(path).map_err(|e| cannot_open(path, &e))?;
    let bytes = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|m| m.len());
    Ok((Box::new(BufReader::with_capacity(1 << 16, file)), bytes))
}

fn open_output(path: &Path) -> Result<Box<dyn Write + Send>, Fault> {
    if path == Path::new("-") {
        return Ok(Box::new(BufWriter::new(io::stdout())));
    }
    let file = File::create(path).map_err(|e| cannot_open(path, &e))?;
    Ok(Box::new(BufWriter::with_capacity(1 << 16, file)))
}

fn cannot_open(path: &Path, error: &io::Error) -> Fault {
    let what = format!("{} cannot be opened: {error}", path.display());
    Fault::new(what, "check the path and its permissions")
}

/// A bar on a terminal, nothing elsewhere.
fn progress_bar(bytes: Option<u64>) -> ProgressBar {
    let Some(bytes) = bytes.filter(|_| io::stderr().is_terminal()) else {
        return ProgressBar::hidden();
    };
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {eta} left");
    let bar = ProgressBar::new(bytes);
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}
