//! `groat-replay`: the auditors' commands. It reads arguments, prints reports and sets the exit
//! code: 0 when the books hold, 1 when they do not or cannot be read, 2 for wrong usage.

mod bills;
mod page;
mod print;
mod progress;

use clap::{Args, Parser, Subcommand};
use groat_ledger::Id;
use groat_proto::json::parse_date;
#[cfg(feature = "kafka")]
use groat_replay::Topic;
use groat_replay::{
    Between, DiffReport, Format, Period, Selector, Source, Statement, Trouble, Until, VerifyReport,
    audit, between, bills, camt053, diff, each_chain, export, rebuild, statement, verify,
};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Checks and reads the books that groat keeps.
#[derive(Parser)]
#[command(name = "groat-replay", version, about)]
#[command(
    after_help = "Exit code: 0 the books hold, 1 they do not or cannot be read, 2 wrong usage."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Folds the chain under every check and names the first block, event and byte that is bad.
    Verify {
        #[command(flatten)]
        books: BooksArgs,
    },
    /// The state from nothing: trial balance by currency and class, and its digest.
    Rebuild {
        #[command(flatten)]
        books: BooksArgs,
        /// Stop after this event number, or at this RFC 3339 time.
        #[arg(long, value_name = "EVENT|TIME")]
        at: Option<Until>,
        /// List every account too.
        #[arg(long)]
        accounts: bool,
    },
    /// Decides every recorded input again and compares the bytes.
    Audit {
        #[command(flatten)]
        books: BooksArgs,
    },
    /// Two copies of a chain side by side: up to which block they are the same, which block, event
    /// and account differ first, and which balances.
    Diff {
        /// A data directory.
        a: PathBuf,
        /// Another.
        b: PathBuf,
        /// Only this shard.
        #[arg(long)]
        shard: Option<u32>,
        /// Print one JSON object, for programs.
        #[arg(long)]
        json: bool,
    },
    /// What moved on the accounts of somebody, with the running balance; the life of a rental or
    /// an authorization on one page.
    #[command(allow_missing_positional = true)]
    Statement {
        #[command(flatten)]
        books: BooksArgs,
        /// `user:ID`, `merchant:ID`, `rental:ID`, `auth:ID`, `account:ID`, `class:CLASS[:OWNER]`,
        /// or an id alone.
        #[arg(value_name = "ACCOUNT|USER|MERCHANT|RENTAL")]
        of: Selector,
        /// First business date, such as 2026-01-31.
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        from: Option<u32>,
        /// Last business date.
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        to: Option<u32>,
    },
    /// The journal for hledger, ledger, beancount, a spreadsheet or a program.
    Export {
        #[command(flatten)]
        books: BooksArgs,
        /// hledger, ledger, beancount, csv or jsonl.
        #[arg(long)]
        format: Format,
        /// Where to write; standard output if absent.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// A merchant's trade, account and settlement bill of a business date that is over, the same
    /// bytes from any copy of the log, each with its SHA-256 beside it.
    Bills {
        #[command(flatten)]
        books: BooksArgs,
        /// Whose.
        #[arg(long, value_name = "ID")]
        merchant: Id,
        /// The business date, such as 2026-01-31.
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        date: u32,
        /// The folder to write to.
        #[arg(long, value_name = "DIR", default_value = ".")]
        output: PathBuf,
    },
    /// What moved on somebody's accounts as an ISO 20022 statement, camt.053.001.08.
    #[command(allow_missing_positional = true)]
    Camt053 {
        #[command(flatten)]
        books: BooksArgs,
        /// `user:ID`, `merchant:ID`, `account:ID`, `class:CLASS[:OWNER]`, or an id alone.
        #[arg(value_name = "ACCOUNT|USER|MERCHANT")]
        of: Selector,
        /// First business date, such as 2026-01-31.
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        from: u32,
        /// Last business date; it must be over.
        #[arg(long, value_name = "DATE", value_parser = parse_date)]
        to: u32,
        /// Where to write; standard output if absent.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Args)]
struct BooksArgs {
    /// The data directory of `groat run` or `groat serve`.
    #[cfg_attr(feature = "kafka", arg(required_unless_present = "brokers"))]
    #[cfg_attr(not(feature = "kafka"), arg(required = true))]
    dir: Option<PathBuf>,
    /// Addresses of the brokers, to read the events topic instead of a directory.
    #[cfg(feature = "kafka")]
    #[arg(long, value_name = "ADDR", requires = "prefix", conflicts_with = "dir")]
    brokers: Option<String>,
    /// What the topics' names begin with.
    #[cfg(feature = "kafka")]
    #[arg(long, requires = "brokers")]
    prefix: Option<String>,
    /// A raw librdkafka property, as name=value; may be repeated.
    #[cfg(feature = "kafka")]
    #[arg(long = "kafka", value_name = "NAME=VALUE", requires = "brokers")]
    properties: Vec<String>,
    /// Only this shard.
    #[arg(long)]
    shard: Option<u32>,
    /// Print one JSON object, for programs.
    #[arg(long)]
    json: bool,
}

impl BooksArgs {
    fn source(&self) -> Source {
        #[cfg(feature = "kafka")]
        if let (Some(brokers), Some(prefix)) = (self.brokers.clone(), self.prefix.clone()) {
            let topic = Topic { brokers, prefix, properties: self.properties.clone() };
            return Source::Topic(topic, self.shard.into_iter().collect());
        }
        Source::Directory(self.dir.clone().unwrap_or_default())
    }

    fn open(&self) -> Result<(Source, Vec<u32>), Trouble> {
        let source = self.source();
        let there = source.shards()?;
        match self.shard {
            None => Ok((source, there)),
            Some(shard) if there.contains(&shard) => Ok((source, vec![shard])),
            Some(shard) => {
                Err(Trouble::Usage(format!("there is no shard {shard}; there are {there:?}")))
            }
        }
    }
}

/// Reports of each shard and whether all of them are good.
#[derive(Serialize)]
struct Shards<R> {
    holds: bool,
    shards: Vec<R>,
}

/// Reports of each shard, and of what all of them sent each other.
#[derive(Serialize)]
struct Verified {
    holds: bool,
    shards: Vec<VerifyReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    between: Option<Between>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = match &cli.command {
        Command::Verify { books }
        | Command::Rebuild { books, .. }
        | Command::Audit { books }
        | Command::Statement { books, .. }
        | Command::Export { books, .. }
        | Command::Bills { books, .. }
        | Command::Camt053 { books, .. } => books.json,
        Command::Diff { json, .. } => *json,
    };
    match run(&cli.command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        // Whoever read our output has gone: nothing is wrong with the books.
        Err(Trouble::Output(e)) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(trouble) => {
            let code = if matches!(trouble, Trouble::Usage(_)) { 2 } else { 1 };
            // There is nowhere left to say that saying it failed.
            _ = print::trouble(&trouble, json);
            ExitCode::from(code)
        }
    }
}

/// Runs a command; whether the books hold.
fn run(command: &Command) -> Result<bool, Trouble> {
    let bar = progress::Bar::new();
    match command {
        Command::Verify { books } => {
            let (source, shards) = books.open()?;
            let reports = each_chain(&source, &shards, verify, &mut bar.hear())?;
            bar.end();
            let all = books.shard.is_none() && !source.is_of_one_shard();
            let between = all.then(|| between(&reports));
            let together = between.as_ref().is_none_or(|between| between.holds);
            let holds = together && reports.iter().all(|report| report.holds);
            out(books.json, &Verified { holds, shards: reports, between }, |out, report| {
                report.shards.iter().try_for_each(|report| print::verify(out, report))?;
                report.between.iter().try_for_each(|between| print::between(out, between))
            })?;
            Ok(holds)
        }
        Command::Audit { books } => {
            let (source, shards) = books.open()?;
            let reports = each_chain(&source, &shards, audit, &mut bar.hear())?;
            bar.end();
            let holds = reports.iter().all(|report| report.holds);
            out(books.json, &Shards { holds, shards: reports }, |out, report| {
                report.shards.iter().try_for_each(|report| print::audit(out, report))
            })?;
            Ok(holds)
        }
        Command::Diff { a, b, shard, json } => {
            let reports = compare(a, b, *shard, &bar)?;
            bar.end();
            let holds = reports.iter().all(|report| report.same);
            out(*json, &Shards { holds, shards: reports }, |out, report| {
                report.shards.iter().try_for_each(|report| print::diff(out, report))
            })?;
            Ok(holds)
        }
        Command::Rebuild { books, at, accounts } => {
            let (source, shards) = books.open()?;
            let report = rebuild(&source, &shards, *at, *accounts, &mut bar.hear())?;
            bar.end();
            out(books.json, &report, print::rebuild)?;
            Ok(report.balanced)
        }
        Command::Statement { books, of, from, to } => {
            let (source, shards) = books.open()?;
            let period = Period { from: *from, to: *to };
            let report = statement(&source, &shards, *of, period, &mut bar.hear())?;
            bar.end();
            out(books.json, &report, |out, report| match report {
                Statement::Accounts(report) => print::statement(out, report),
                Statement::Pages(report) => page::pages(out, report),
            })?;
            Ok(match &report {
                Statement::Accounts(_) => true,
                Statement::Pages(report) => report.pages.iter().all(|page| page.adds_up),
            })
        }
        Command::Export { books, format, output } => {
            export_to(books, *format, output.as_deref(), &bar)?;
            Ok(true)
        }
        Command::Bills { books, merchant, date, output } => {
            let (source, shards) = books.open()?;
            let report = bills(&source, &shards, *merchant, *date, &mut bar.hear())?;
            bar.end();
            bills::write(&report.files, output)?;
            out(books.json, &report, |out, report| bills::print(out, report, output))?;
            Ok(true)
        }
        Command::Camt053 { books, of, from, to, output } => {
            let (source, shards) = books.open()?;
            let report = camt053(&source, &shards, *of, (*from, *to), &mut bar.hear())?;
            bar.end();
            match output {
                None => io::stdout().lock().write_all(&report.bytes)?,
                Some(path) => {
                    bills::write_file(path, &report.bytes)?;
                    out(books.json, &report, |out, report| bills::print_camt(out, report, path))?;
                }
            }
            Ok(true)
        }
    }
}

/// Compares each shard of two directories; both must have it.
fn compare(
    a: &Path,
    b: &Path,
    shard: Option<u32>,
    bar: &progress::Bar,
) -> Result<Vec<DiffReport>, Trouble> {
    let [a, b] = [a, b].map(|dir| Source::Directory(dir.into()));
    let (in_a, in_b) = (a.shards()?, b.shards()?);
    let one = in_a.len() == 1 && in_b.len() == 1;
    let pairs: Vec<(u32, u32)> = match shard {
        Some(shard) => vec![(shard, shard)],
        // Of a shard's own directory the copy may have another name.
        None if one => vec![(in_a[0], in_b[0])],
        None if in_a == in_b => in_a.iter().map(|shard| (*shard, *shard)).collect(),
        None => {
            let what = format!("one has shards {in_a:?}, the other {in_b:?}: give --shard");
            return Err(Trouble::Usage(what));
        }
    };
    let chains = pairs.into_iter().map(|(of_a, of_b)| Ok((a.chain(of_a)?, b.chain(of_b)?)));
    chains
        .map(|chains: Result<_, Trouble>| chains.and_then(|(a, b)| diff(a, b, &mut bar.hear())))
        .collect()
}

fn export_to(
    books: &BooksArgs,
    format: Format,
    output: Option<&Path>,
    bar: &progress::Bar,
) -> Result<(), Trouble> {
    let (source, shards) = books.open()?;
    let Some(path) = output else {
        let mut to = BufWriter::new(io::stdout().lock());
        export(&source, &shards, format, &mut to, &mut bar.hear())?;
        bar.end();
        return Ok(());
    };
    let named = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(named)?);
    let report = export(&source, &shards, format, &mut file, &mut bar.hear())?;
    bar.end();
    out(books.json, &report, |out, report| print::export(out, report, path))?;
    Ok(())
}

/// Prints a report: as JSON, or for people.
fn out<R: Serialize>(
    json: bool,
    report: &R,
    human: impl FnOnce(&mut dyn Write, &R) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    if json {
        serde_json::to_writer(&mut out, report)?;
        writeln!(out)?;
    } else {
        human(&mut out, report)?;
    }
    out.flush()
}
