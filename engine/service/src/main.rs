//! The `groat` binary: arguments in, a command run, an exit code out.
//!
//! 0: done (refused commands are no failure); 1: a fault; 2: wrong usage.

use clap::{Args, Parser, Subcommand};
use groat::bench;
use groat::config::{self, Config, Flags, ServeFlags};
use groat::demo;
use groat::kafka::{self, Published};
use groat::local::{self, ClockSource, Outputs, Settings, files};
use groat_ledger::Id;
use groat_shard::limits::SNAPSHOT_BYTES_DEFAULT;
use groat_shard::{Cause, Fault};
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
    /// A month on a small platform, told in a minute: no broker needed
    Demo {
        /// Keep the books in this directory, which must be new or empty, for `groat-replay`
        #[arg(long)]
        data: Option<PathBuf>,
    },
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
/// again on the same directory; a command that was done before is answered as a replay. Files of
/// outcomes and settlements are appended to.
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
    /// Where settlements go; - is standard output; left out, they are not written. Those of earlier
    /// runs that the file lacks behind its last line are written first
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
        Command::Demo { data } => demo::demo(data.as_deref(), &mut io::stdout().lock()),
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
            if fault.cause == Cause::Usage { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn run(args: &Run) -> Result<(), Fault> {
    config::check_day_offset(args.day_offset)?;
    config::check_snapshot_bytes(args.snapshot_bytes)?;
    are_apart(args)?;
    let (input, bytes) = open_input(&args.commands)?;
    let (outcomes, _) = open_output(&args.outcomes)?;
    let mut outputs = match &args.settlements {
        None => Outputs::new(outcomes, Box::new(io::sink()), Box::new(io::stderr())),
        Some(path) => {
            let (settlements, last) = open_output(path)?;
            let outputs = Outputs::new(outcomes, settlements, Box::new(io::stderr()));
            // What is no file cannot say what was told.
            if path.is_file() {
                outputs.going_on_from(files::last_told(path, last.as_deref())?)
            } else {
                outputs
            }
        }
    };
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
        "{}: {} accepted, {} rejected, {} malformed; {} of them replayed. {}, last event {}, \
         {:.1?}\nstate digest {}",
        counted(totals.inputs, "input"),
        totals.accepted,
        totals.rejected,
        totals.malformed,
        totals.replayed,
        counted(summary.blocks, "block"),
        summary.last_event,
        started.elapsed(),
        summary.digest
    ))
}

fn counted(n: u64, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

/// Commands, outcomes and settlements are three files.
fn are_apart(args: &Run) -> Result<(), Fault> {
    let dash = Path::new("-");
    let at = |path: &Path, std: &str| {
        if path == dash { PathBuf::from(std) } else { path.to_owned() }
    };
    if args.outcomes == dash && args.settlements.as_deref() == Some(dash) {
        return Err(Fault::usage(
            "outcomes and settlements cannot both go to standard output",
            "give one of them a file",
        ));
    }
    let commands = at(&args.commands, "/dev/stdin");
    let outcomes = at(&args.outcomes, "/dev/stdout");
    let settlements = args.settlements.as_deref().map(|path| at(path, "/dev/stdout"));
    let mut pairs = vec![("commands", &commands, "outcomes", &outcomes)];
    if let Some(settlements) = &settlements {
        pairs.push(("commands", &commands, "settlements", settlements));
        pairs.push(("outcomes", &outcomes, "settlements", settlements));
    }
    let one = |a: &Path, b: &Path| files::are_one(a, b) || (a == b && !a.exists());
    match pairs.into_iter().find(|(_, a, _, b)| one(a, b)) {
        None => Ok(()),
        Some((a, path, b, _)) => Err(Fault::usage(
            format!("--{a} and --{b} are the same file, {}", path.display()),
            "give each a file of its own",
        )),
    }
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

/// The writer, and the last whole line of what stands there already.
fn open_output(path: &Path) -> Result<(Box<dyn Write + Send>, Option<String>), Fault> {
    if path == Path::new("-") {
        return Ok((Box::new(BufWriter::new(io::stdout())), None));
    }
    let (file, last) = files::open(path)?;
    Ok((Box::new(BufWriter::with_capacity(1 << 16, file)), last))
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
