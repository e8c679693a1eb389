//! `export`: the books for tools that know nothing of groat. One transaction for each event with
//! posted movements; what an account is debited and credited within one event is netted into one
//! posting a side. Nothing is summed here: balancing is what the other tool is asked to check.

mod beancount;
mod journal;
mod rows;

use crate::follow::{Place, Trouble, read_chain};
use crate::names::{account_name, beancount_name, fact_name};
use crate::source::{Progress, Source};
use groat_ledger::money::major_text;
use groat_ledger::{AccountNo, Currency, Fact, Layer, Movement};
use groat_proto::json::{date_text, time_text};
use groat_proto::v1::{self, Command};
use groat_shard::{Books, Folded, write_event};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

/// A form of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A journal of hledger.
    Hledger,
    /// A journal of ledger.
    Ledger,
    /// A file of beancount.
    Beancount,
    /// One row for each posting.
    Csv,
    /// One JSON object for each event.
    Jsonl,
}

const FORMATS: [(&str, Format); 5] = [
    ("hledger", Format::Hledger),
    ("ledger", Format::Ledger),
    ("beancount", Format::Beancount),
    ("csv", Format::Csv),
    ("jsonl", Format::Jsonl),
];

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Format, String> {
        let known = FORMATS.iter().find(|(name, _)| *name == text);
        known.map(|(_, format)| *format).ok_or_else(|| {
            format!("no format `{text}`; known are hledger, ledger, beancount, csv, jsonl")
        })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = FORMATS.iter().find(|(_, format)| format == self).map_or("?", |(name, _)| name);
        f.write_str(name)
    }
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// Events read.
    pub events: u64,
    /// Transactions, or objects of `jsonl`, written.
    pub written: u64,
    /// Accounts named.
    pub accounts: u64,
}

/// What one event is in an export.
struct Entry<'a> {
    shard: u32,
    number: u64,
    /// Number, with the shard where there are several.
    code: String,
    time: String,
    date: String,
    fact: &'static str,
    due: bool,
    command: Option<Command>,
    postings: Vec<Posting<'a>>,
    wire: &'a v1::Event,
    moves: &'a [Movement],
    names: &'a [String],
    currencies: &'a [Currency],
}

/// The net of one account on one side and layer.
struct Posting<'a> {
    account: &'a str,
    no: AccountNo,
    layer: Layer,
    debit: bool,
    amount: u128,
    currency: Currency,
}

impl Entry<'_> {
    fn posted(&self) -> impl Iterator<Item = &Posting<'_>> {
        self.postings.iter().filter(|posting| posting.layer == Layer::Posted)
    }

    /// What is not posted and becomes a comment.
    fn reserved(&self) -> impl Iterator<Item = &Posting<'_>> {
        self.postings.iter().filter(|posting| posting.layer != Layer::Posted)
    }

    fn effective_date(&self) -> Option<String> {
        self.command.as_ref().and_then(|command| command.effective_date).map(date_text)
    }
}

impl Posting<'_> {
    /// In major units; credits are negative.
    fn signed(&self) -> String {
        let sign = if self.debit { "" } else { "-" };
        format!("{sign}{}", self.unsigned())
    }

    fn unsigned(&self) -> String {
        major_text(i128::try_from(self.amount).unwrap_or(i128::MAX), self.currency)
    }
}

/// Writes the events of the shards as `format`.
pub fn export(
    source: &Source,
    shards: &[u32],
    format: Format,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<ExportReport, Trouble> {
    let mut report = ExportReport::default();
    head(format, out)?;
    let mut opened = BTreeSet::new();
    for shard in shards {
        let mut writer = Writer {
            format,
            several: shards.len() > 1,
            names: Vec::new(),
            currencies: Vec::new(),
            opened: &mut opened,
            wire: v1::Event::default(),
            report: &mut report,
            failed: None,
        };
        read_chain(source.chain(*shard)?, progress, |books, at, folded| {
            if let (Folded::Event { number, at: time, fact, movements, due }, None) =
                (folded, &writer.failed)
            {
                let event = Shown { number, time, fact, movements, due };
                writer.failed = writer.event(out, books, at, &event).err();
            }
        })?;
        if let Some(error) = writer.failed {
            return Err(error.into());
        }
    }
    out.flush()?;
    Ok(report)
}

fn head(format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Hledger => writeln!(out, "; groat: journal for hledger\ndecimal-mark .\n"),
        Format::Ledger => writeln!(out, "; groat: journal for ledger\n"),
        Format::Beancount => writeln!(out, "option \"title\" \"groat\"\n"),
        Format::Csv => rows::csv_head(out),
        Format::Jsonl => Ok(()),
    }
}

/// Writes the events of one shard.
struct Writer<'a> {
    format: Format,
    several: bool,
    /// Name and currency of each account by number.
    names: Vec<String>,
    currencies: Vec<Currency>,
    /// Accounts that beancount was told of.
    opened: &'a mut BTreeSet<String>,
    wire: v1::Event,
    report: &'a mut ExportReport,
    failed: Option<io::Error>,
}

struct Shown<'a> {
    number: u64,
    time: u64,
    fact: &'a Fact,
    movements: &'a [Movement],
    due: bool,
}

impl Writer<'_> {
    fn event(
        &mut self,
        out: &mut dyn Write,
        books: &Books,
        at: &Place<'_>,
        event: &Shown<'_>,
    ) -> io::Result<()> {
        self.report.events += 1;
        if let Fact::AccountOpened { key, currency, .. } = event.fact {
            self.report.accounts += 1;
            self.currencies.push(*currency);
            let beancount = self.format == Format::Beancount;
            self.names.push(if beancount { beancount_name(key) } else { account_name(key) });
            if let Some(name) = self.names.last()
                && beancount
                && self.opened.insert(name.clone())
            {
                beancount::open(out, name, &key.owner)?;
            }
        }
        if event.movements.is_empty() && self.format != Format::Jsonl {
            return Ok(());
        }
        write_event(event.fact, event.movements, &mut self.wire);
        let date = books.ledger().calendar().date(event.time);
        let code = if self.several {
            format!("{}-{}", at.shard, event.number)
        } else {
            event.number.to_string()
        };
        let entry = Entry {
            shard: at.shard,
            number: event.number,
            code,
            time: time_text(event.time),
            date: date_text(date),
            fact: fact_name(event.fact),
            due: event.due,
            command: at.command(),
            postings: net(event.movements, &self.names, &self.currencies),
            wire: &self.wire,
            moves: event.movements,
            names: &self.names,
            currencies: &self.currencies,
        };
        self.report.written += match self.format {
            Format::Hledger | Format::Ledger => journal::write(out, &entry)?,
            Format::Beancount => beancount::write(out, &entry)?,
            Format::Csv => rows::csv(out, &entry)?,
            Format::Jsonl => rows::jsonl(out, &entry)?,
        };
        Ok(())
    }
}

/// One posting for each account, layer and side, in the order of first mention; debits first.
fn net<'a>(
    movements: &[Movement],
    names: &'a [String],
    currencies: &[Currency],
) -> Vec<Posting<'a>> {
    let mut postings: Vec<Posting<'a>> = Vec::new();
    for debit in [true, false] {
        for m in movements {
            let no = if debit { m.debit } else { m.credit };
            let same = |p: &&mut Posting<'_>| (p.no, p.layer, p.debit) == (no, m.layer, debit);
            let amount = u128::from(m.amount);
            let at = no as usize;
            if let Some(posting) = postings.iter_mut().find(same) {
                posting.amount += amount;
            } else if let (Some(name), Some(currency)) = (names.get(at), currencies.get(at)) {
                let (account, currency) = (name.as_str(), *currency);
                postings.push(Posting { account, no, layer: m.layer, debit, amount, currency });
            }
        }
    }
    postings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use std::process::{Command as Process, Stdio};

    fn text(format: Format) -> String {
        let day = sample::day().in_a_directory();
        let mut out = Vec::new();
        export(&day.source(), &[0], format, &mut out, &mut |_, _| {}).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Gives a text to a tool on its standard input, if this machine has the tool.
    fn run(tool: &str, arguments: &[&str], input: &str) -> Option<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), input).unwrap();
        let path = file.path().to_str().unwrap();
        let arguments: Vec<&str> =
            arguments.iter().map(|a| if *a == "FILE" { path } else { a }).collect();
        let run = Process::new(tool).args(arguments).stdin(Stdio::null()).output().ok()?;
        let errors = String::from_utf8_lossy(&run.stderr).into_owned();
        let output = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(run.status.success(), "{tool}: {errors}{output}");
        Some(output)
    }

    #[test]
    fn a_payment_as_a_journal_shows_it() {
        let journal = text(Format::Hledger);
        let payment = "2026-01-31 * (16) payment_paid\n";
        let at = journal.find(payment).expect(&journal);
        let shown: Vec<&str> = journal[at..].lines().skip(1).take(6).map(str::trim).collect();
        assert!(shown[0].starts_with("; time: 2026-01-31T"), "{shown:?}");
        assert!(shown[2].starts_with("Liabilities:user_available:alice"), "{shown:?}");
        assert!(shown[2].ends_with(" 6.90 CNY"), "{shown:?}");
        assert!(shown[3].starts_with("Liabilities:merchant_pending:shop:2026-01-31 "), "{shown:?}");
        assert!(shown[3].ends_with(" -6.90 CNY"), "{shown:?}");
        assert!(journal.contains("; reference: first money\n"));
        assert!(journal.contains("; meta-note: a (b)_ c: d\n"), "{journal}");
        assert!(journal.contains("2026-01-31=2026-02-28 * ("));
    }

    #[test]
    fn hledger_and_ledger_find_the_same_balances() {
        let hledger = ["-f", "FILE", "bal", "-N", "--flat"];
        let ledger = ["-f", "FILE", "bal", "--flat", "--no-total"];
        let balances = |output: String| -> Vec<String> {
            let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut lines: Vec<String> = output.lines().map(words).collect();
            lines.sort();
            lines
        };
        let first = run("hledger", &hledger, &text(Format::Hledger)).map(balances);
        let second = run("ledger", &ledger, &text(Format::Ledger)).map(balances);
        if let (Some(first), Some(second)) = (first, second) {
            assert_eq!(first, second);
            assert!(first.contains(&"-76.04 CNY Liabilities:user_available:alice".into()));
        }
    }

    #[test]
    fn beancount_accepts_its_file() {
        let file = text(Format::Beancount);
        assert!(file.contains("1970-01-01 open Liabilities:UserAvailable:X-alice"));
        run("bean-check", &["FILE"], &file);
    }

    #[test]
    fn shards_that_share_accounts_go_into_one_file() {
        let dir = tempfile::tempdir().unwrap();
        for shard in [0, 1] {
            sample::day_of(shard).write_to(&dir.path().join(format!("shard-{shard}")));
        }
        let source = Source::Directory(dir.path().into());
        let text = |format| {
            let mut out = Vec::new();
            export(&source, &[0, 1], format, &mut out, &mut |_, _| {}).unwrap();
            String::from_utf8(out).unwrap()
        };
        let journal = text(Format::Hledger);
        assert!(journal.contains("* (0-16) payment_paid") && journal.contains("* (1-16) "));
        run("bean-check", &["FILE"], &text(Format::Beancount));
        let bank = ["-f", "FILE", "bal", "-N", "safeguarded"];
        if let Some(balance) = run("hledger", &bank, &journal) {
            assert!(balance.contains("200.00 CNY"), "{balance}");
        }
    }

    #[test]
    fn rows_have_every_movement() {
        let csv = text(Format::Csv);
        let width = csv.lines().next().unwrap().split(',').count();
        assert_eq!(width, 13);
        assert!(csv.contains(",transfer_pended,pending,Ledger:till,"), "{csv}");
        // A reference is somebody else's and no formula of a spreadsheet.
        let (days, mut out) = (sample::billed_days().in_a_directory(), Vec::new());
        export(&days.source(), &[0], Format::Csv, &mut out, &mut |_, _| {}).unwrap();
        let csv = String::from_utf8(out).unwrap();
        assert!(csv.contains(",'=lunch\n") && !csv.contains(",=lunch"), "{csv}");
        let jsonl = text(Format::Jsonl);
        for (at, line) in jsonl.lines().enumerate() {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(object["number"], at + 1);
            let fact = object["fact"].as_str().unwrap();
            assert!(object["event"][fact].is_object(), "{line}");
        }
        assert!(jsonl.contains(r#""metadata":{"note":"a [b], c: d"}"#));
    }
}
