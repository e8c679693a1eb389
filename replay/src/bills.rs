//! `bills`: a merchant's trade, account and settlement bill of a business date (DOMAIN §8), the
//! same bytes from any copy of the log. Nothing is written here.
//!
//! | phase | what |
//! |---|---|
//! | `read` | each shard: what facts tell (`Trades`, `Settled`), what moved (`Reader`) |
//! | [`over`] | all shards are there, and the date is over on each |
//! | `proven` | the two agree, and days follow each other (DOMAIN §6, 13) |
//! | `files_of` | three files for each currency and a camt.053 statement, each with its SHA-256 |

mod account;
pub(crate) mod csv;
mod rows;
mod settlement;
#[cfg(test)]
mod tests;
mod trade;

use crate::camt053;
use crate::follow::{Finding, Trouble, read_chain};
use crate::lines::{Book, Reader, Seen};
use crate::naive::{Bills as Model, Moved, frozen, moved};
use crate::names::fact_name;
use crate::selector::Selector;
use crate::source::{Chain, Progress, Source};
use crate::statement::Period;
use crate::subject::{Subject, subjects};
use groat_ledger::money::major_text;
use groat_ledger::{AccountKey, Calendar, Class, Currency, Id};
use groat_proto::json::{date_text, time_text};
use groat_shard::{Books, Fault, Folded, hex};
use serde::Serialize;
use settlement::{Gone, Settled};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use trade::Trades;

/// The bills of a merchant and date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BillsReport {
    /// The merchant.
    pub merchant: String,
    /// The business date.
    pub date: String,
    /// One for each currency of its accounts.
    pub currencies: Vec<BillSums>,
    /// Three for each currency, and its statement.
    pub files: Vec<BillFile>,
}

/// What the bills of one currency say. Amounts are text in major units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BillSums {
    /// Its letters.
    pub currency: String,
    /// Rows of the trade bill.
    pub trades: usize,
    /// What they change for the merchant.
    pub trade_net: String,
    /// What all its accounts had together before the date.
    pub opening: String,
    /// And after it.
    pub closing: String,
    /// What moved on its settled money.
    pub settled: String,
}

/// A file of bills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BillFile {
    /// Its name, without a folder.
    pub name: String,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    /// What is in it.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

impl BillFile {
    fn new(name: String, bytes: Vec<u8>) -> BillFile {
        let sha256 = hex(&Sha256::digest(&bytes));
        BillFile { name, sha256, bytes }
    }

    /// The line that `sha256sum --check` reads.
    pub fn sum_line(&self) -> String {
        format!("{}  {}\n", self.sha256, self.name)
    }
}

/// How far a shard was read.
#[derive(Debug, Clone)]
struct Covered {
    shard: u32,
    /// First and last event of the date.
    of_date: Option<(u64, u64)>,
    /// Last event up to the end of the date: everything behind it is of later dates.
    last: u64,
}

/// What was read of all shards.
struct Read {
    trades: Trades,
    settled: Settled,
    books: Vec<Book>,
    covered: Vec<Covered>,
    known: bool,
    calendar: Calendar,
}

/// Makes the bills of a merchant and business date.
///
/// Usage trouble if the merchant is unknown, a shard is missing, or the date is not over on one: a
/// bill never changes once it was given out.
pub fn bills(
    source: &Source,
    shards: &[u32],
    merchant: Id,
    date: u32,
    progress: Progress<'_>,
) -> Result<BillsReport, Trouble> {
    bills_of(&mut |shard| source.chain(shard), shards, merchant, date, progress)
}

/// As [`bills`], of chains from wherever they come.
fn bills_of(
    chain_of: &mut dyn FnMut(u32) -> Result<Chain, Fault>,
    shards: &[u32],
    merchant: Id,
    date: u32,
    progress: Progress<'_>,
) -> Result<BillsReport, Trouble> {
    let read = read(chain_of, shards, merchant, date, progress)?;
    if !read.known {
        return Err(Trouble::Usage(format!("there is no merchant {merchant}")));
    }
    let mut report = BillsReport {
        merchant: merchant.to_string(),
        date: date_text(date),
        currencies: Vec::new(),
        files: Vec::new(),
    };
    let currencies: BTreeSet<Currency> = read.books.iter().map(|book| book.currency).collect();
    for currency in currencies {
        let (sums, files) = files_of(&read, merchant, date, currency)?;
        report.currencies.push(sums);
        report.files.extend(files);
    }
    Ok(report)
}

fn read(
    chain_of: &mut dyn FnMut(u32) -> Result<Chain, Fault>,
    shards: &[u32],
    merchant: Id,
    date: u32,
    progress: Progress<'_>,
) -> Result<Read, Trouble> {
    let mut trades = Trades::new(merchant, date);
    let mut settled = Settled::new(merchant, date, shards.len() > 1);
    let (mut books, mut all, mut known) = (Vec::new(), Vec::new(), false);
    let mut calendar = Calendar::default();
    for shard in shards {
        let period = Period { from: Some(date), to: Some(date) };
        let mut reader = Reader::new(*shard, Selector::Merchant(merchant), period);
        let mut model = Model::default();
        let mut covered = Covered { shard: *shard, of_date: None, last: 0 };
        let mut found: Option<Finding> = None;
        settled.begin(*shard);
        let follower = read_chain(chain_of(*shard)?, progress, |books, at, folded| {
            let Folded::Event { number, at: time, fact, movements, .. } = folded else { return };
            let seen = Seen { books, at, number, time, fact, movements };
            covered.see(&seen, date);
            reader.event(&seen);
            let proven = told(&seen, &mut model).and_then(|told| {
                let of_merchant = |line: &&(AccountKey, i128)| {
                    line.0.owner == merchant && line.0.class != Class::UserAvailable && line.1 != 0
                };
                let told: Moved = told.iter().filter(of_merchant).copied().collect();
                trades.event(&seen, &told);
                let Some(gone) = settled.event(&seen, &told) else { return Ok(()) };
                agree(trades.take_net(*shard, gone.date), &gone)
            });
            if let (Err(what), None) = (proven, &found) {
                found = Some(Finding::of_bills(at, number, what));
            }
        })?;
        if let Some(found) = found {
            return Err(found.into());
        }
        let Some(its) = follower.books() else { continue };
        over(its, shards, date)?;
        calendar = its.ledger().calendar();
        known |= its.ledger().tables().merchants.get(&merchant).is_some();
        books.extend(reader.end(its));
        all.push(covered);
    }
    Ok(Read { trades, settled, books, covered: all, known, calendar })
}

impl Covered {
    fn see(&mut self, seen: &Seen<'_>, date: u32) {
        let of = seen.date();
        if of <= date {
            self.last = seen.number;
        }
        if of == date {
            let first = self.of_date.map_or(seen.number, |(first, _)| first);
            self.of_date = Some((first, seen.number));
        }
    }
}

/// The lines that an event's fact tells, which must be what moved; a fact that tells nothing of
/// bills has the lines of its movements.
pub(crate) fn told(seen: &Seen<'_>, model: &mut Model) -> Result<Moved, String> {
    let moved = moved(seen.movements, |no| seen.key(no));
    if subjects(seen.fact).contains(&Subject::Bill) {
        let frozen = frozen(seen.movements, |no| seen.key(no));
        let told = model.follow(seen.fact, seen.date(), &moved, &frozen);
        return told.map_err(|what| format!("{}: {what}", fact_name(seen.fact)));
    }
    model.count(&moved);
    Ok(moved)
}

/// A batch is settled with what its trade rows sum to, and its rows of the settlement bill, which
/// has as many payments as the batch counted.
fn agree(rows: i128, gone: &Gone) -> Result<(), String> {
    let Gone { date, items, out, counted, count } = gone;
    let date = date_text(*date);
    if rows != *out || items != out {
        return Err(format!(
            "the batch of {date} is settled with {out}; its rows sum to {rows} and {items}"
        ));
    }
    if counted != count {
        return Err(format!("the batch of {date} has {count} payments; its rows count {counted}"));
    }
    Ok(())
}

/// All shards are there, and the date is over on this one.
pub(crate) fn over(books: &Books, shards: &[u32], date: u32) -> Result<(), Trouble> {
    let terms = books.terms();
    if terms.shards > 1 && shards.len() != terms.shards as usize {
        return Err(Trouble::Usage(format!(
            "what moved in a day is on all {} shards, and only {shards:?} are read",
            terms.shards
        )));
    }
    let now = books.ledger().now();
    if books.ledger().calendar().date(now) > date {
        return Ok(());
    }
    Err(Trouble::Usage(format!(
        "{} is not over on a shard that stands at {}: its bills could still change; they are made \
         when something has happened there on a later date",
        date_text(date),
        time_text(now)
    )))
}

fn files_of(
    read: &Read,
    merchant: Id,
    date: u32,
    currency: Currency,
) -> Result<(BillSums, Vec<BillFile>), Trouble> {
    let rows = read.trades.of_day(currency, |at| read.calendar.date(at));
    let moved = trade::moved_by(&rows, &read.books, currency);
    let of_settlement = read.settled.rows(currency);
    let books: Vec<&Book> = read.books.iter().filter(|book| book.currency == currency).collect();
    let settled = proven(&rows, &moved, settlement::net(&of_settlement), &books)
        .map_err(|what| Finding::of_statement(books.first().map_or(0, |book| book.shard), what))?;
    let shown: Vec<&Book> = books.into_iter().filter(|book| !book.is_idle()).collect();
    let several = read.covered.len() > 1;
    let preamble = |kind: &str| preamble(read, kind, merchant, date, currency);
    let name = |kind: &str| {
        let merchant = merchant.to_string().replace(':', "%3A");
        format!("{merchant}-{}-{currency}-{kind}", date_text(date))
    };
    let mut files = vec![
        BillFile::new(
            name("trade.csv"),
            rows::write(&read.trades.orders, &rows, &preamble("trade"), currency, &moved),
        ),
        BillFile::new(
            name("account.csv"),
            account::write(&shown, &preamble("account"), currency, several),
        ),
        BillFile::new(
            name("settlement.csv"),
            settlement::write(&of_settlement, &preamble("settlement"), currency),
        ),
    ];
    let camt = camt053::stated(&shown, &read.calendar, (date, date))?;
    files.push(BillFile::new(name("camt053.xml"), camt.bytes));
    let (opening, _, _, closing) = account::totals(&shown);
    let money = |minor: i128| major_text(minor, currency);
    let sums = BillSums {
        currency: currency.letters().into(),
        trades: rows.len(),
        trade_net: money(rows.iter().map(rows::Row::net).sum()),
        opening: money(opening),
        closing: money(closing),
        settled: money(settled),
    };
    Ok((sums, files))
}

/// What the three bills say of each other; gives what moved on settled money.
fn proven(
    rows: &[rows::Row],
    moved: &Moved,
    of_settlement: i128,
    books: &[&Book],
) -> Result<i128, String> {
    books.iter().try_for_each(|book| book.adds_up())?;
    let (net, has): (i128, i128) =
        (rows.iter().map(rows::Row::net).sum(), moved.iter().map(|line| line.1).sum());
    if net != has {
        return Err(format!("the trade bill's net is {net}; what it is made of moved {has}"));
    }
    let of_account = books.iter().filter(|book| book.key.class == Class::MerchantAvailable);
    let settled = of_account.map(|book| book.closing - book.opening).sum();
    if of_settlement != settled {
        return Err(format!(
            "the settlement bill sums to {of_settlement}; settled money moved by {settled}"
        ));
    }
    Ok(settled)
}

/// Says whose day it is and how far each shard was read. It has nothing that depends on the copy
/// or the time of reading.
fn preamble(
    read: &Read,
    kind: &str,
    merchant: Id,
    date: u32,
    currency: Currency,
) -> Vec<Vec<String>> {
    let (from, to) = (read.calendar.start_of(date), read.calendar.start_of(date.saturating_add(1)));
    let mut lines = vec![
        vec![format!("groat {kind} bill")],
        vec!["merchant".into(), csv::text(&merchant.to_string())],
        vec!["currency".into(), currency.letters().into()],
        vec!["business date".into(), date_text(date)],
        vec!["from".into(), time_text(from), "before".into(), time_text(to)],
    ];
    for Covered { shard, of_date, last } in &read.covered {
        let shard = format!("shard {shard}");
        let mut line = vec![shard, "events covered".into(), last.to_string()];
        if let Some((first, last)) = of_date {
            line.extend(["of the date".into(), first.to_string(), last.to_string()]);
        }
        lines.push(line);
    }
    lines
}
