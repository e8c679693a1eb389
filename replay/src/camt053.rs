//! `camt053`: what moved on somebody's accounts, as the bank-to-customer statement of ISO 20022
//! (camt.053.001.08), the same bytes from any copy of the log.
//!
//! Each account is a `Stmt`: booked balances at the opening and the closing, then an `Ntry` for
//! each side of a movement. A credit is what the owner gets. Choices where the standard leaves one:
//!
//! | element | is |
//! |---|---|
//! | `MsgId`, `Stmt/Id` | a hash of what is stated: same statement, same name |
//! | `CreDtTm` | the end of the period, so that it does not depend on when it was made |
//! | `ElctrncSeqNb` | the last business date in days since 1970: daily statements count up |
//! | `Acct/Id/Othr/Id` | shard and number of the account, `0-17`; its name is `Nm` |
//! | `NtryRef`, `AcctSvcrRef` | shard, event and movement, `0-57-1`; shard and event |
//! | `BkTxCd` | payments, other credits or debits; `Prtry/Cd` is the fact |
//! | `EndToEndId`, `TxId` | the merchant's or the bank's number; the payment, batch, payout |

use crate::bills::{over, told};
use crate::follow::{Finding, Trouble, read_chain};
use crate::lines::{Book, Entry, Reader, Seen};
use crate::naive::Bills as Model;
use crate::names::{Holder, holder};
use crate::selector::Selector;
use crate::source::{Progress, Source};
use crate::statement::Period;
use groat_ledger::money::major_text;
use groat_ledger::{Calendar, Currency};
use groat_proto::json::{date_text, time_text};
use groat_shard::{Folded, hex};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";

/// Characters that the standard allows in a reference, a name, a name of a party, a free text.
const REFERENCE_CHARS_MAX: usize = 35;
const NAME_CHARS_MAX: usize = 70;
const PARTY_CHARS_MAX: usize = 140;
const TEXT_CHARS_MAX: usize = 140;

/// A statement as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CamtReport {
    /// Its accounts.
    pub accounts: Vec<CamtAccount>,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    /// The document.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// An account that is stated. Amounts are text in major units; credit balances are positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CamtAccount {
    /// The shard.
    pub shard: u32,
    /// Its name as in exports.
    pub account: String,
    /// Its currency.
    pub currency: String,
    /// Before the first entry.
    pub opening: String,
    /// How many.
    pub entries: usize,
    /// After the last one.
    pub closing: String,
}

/// States the accounts that `selector` means for business dates that are over, both included.
pub fn camt053(
    source: &Source,
    shards: &[u32],
    selector: Selector,
    (from, to): (u32, u32),
    progress: Progress<'_>,
) -> Result<CamtReport, Trouble> {
    if from > to {
        return Err(Trouble::Usage("the first date is behind the last one".into()));
    }
    if let Selector::Hold(_) = selector {
        let what = "a rental or an authorization is no account: name one of it, such as \
                    class:user_frozen:ID";
        return Err(Trouble::Usage(what.into()));
    }
    let (mut all, mut calendar) = (Vec::new(), Calendar::default());
    for shard in shards {
        let period = Period { from: Some(from), to: Some(to) };
        let mut reader = Reader::new(*shard, selector, period);
        let (mut model, mut found) = (Model::default(), None);
        let follower = read_chain(source.chain(*shard)?, progress, |books, at, folded| {
            let Folded::Event { number, at: time, fact, movements, .. } = folded else { return };
            let seen = Seen { books, at, number, time, fact, movements };
            reader.event(&seen);
            if let (Err(what), None) = (told(&seen, &mut model), &found) {
                found = Some(Finding::of_bills(at, number, what));
            }
        })?;
        if let Some(found) = found {
            return Err(found.into());
        }
        let Some(books) = follower.books() else { continue };
        over(books, shards, to)?;
        calendar = books.ledger().calendar();
        all.extend(reader.end(books));
    }
    if let Selector::Bare(_) = selector {
        let order = [Holder::User, Holder::Merchant, Holder::Ledger];
        let there = |wanted: &Holder| all.iter().any(|book| holder(book.key.class) == *wanted);
        let first = order.into_iter().find(there);
        all.retain(|book| first == Some(holder(book.key.class)));
    }
    if all.is_empty() {
        return Err(Trouble::Usage(format!("there is no such account: {selector}")));
    }
    let books: Vec<&Book> = all.iter().collect();
    stated(&books, &calendar, (from, to))
}

/// The document of some accounts. Those on which nothing was and nothing moved are left out, if
/// there are others.
pub(crate) fn stated(
    books: &[&Book],
    calendar: &Calendar,
    period: (u32, u32),
) -> Result<CamtReport, Trouble> {
    let busy: Vec<&Book> = books.iter().copied().filter(|book| !book.is_idle()).collect();
    let books = if busy.is_empty() { books } else { &busy };
    for book in books {
        book.adds_up().map_err(|what| Trouble::from(Finding::of_statement(book.shard, what)))?;
    }
    let text = Document { writer: Writer::new_with_indent(Vec::new(), b' ', 2), calendar, period };
    let bytes = text.write(books)?;
    let accounts = books.iter().map(|book| CamtAccount {
        shard: book.shard,
        account: book.name.clone(),
        currency: book.currency.letters().into(),
        opening: major_text(book.opening, book.currency),
        entries: book.entries.len(),
        closing: major_text(book.closing, book.currency),
    });
    Ok(CamtReport { accounts: accounts.collect(), sha256: hex(&Sha256::digest(&bytes)), bytes })
}

/// A document as it grows.
struct Document<'a> {
    writer: Writer<Vec<u8>>,
    calendar: &'a Calendar,
    period: (u32, u32),
}

impl Document<'_> {
    fn write(mut self, books: &[&Book]) -> io::Result<Vec<u8>> {
        self.writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let mut root = BytesStart::new("Document");
        root.push_attribute(("xmlns", NAMESPACE));
        self.writer.write_event(Event::Start(root))?;
        self.within("BkToCstmrStmt", |doc| {
            let names: Vec<String> =
                books.iter().map(|book| format!("{}@{}", book.name, book.shard)).collect();
            let (name, made) = (doc.name_of(&names.join(" ")), doc.end_text());
            doc.within("GrpHdr", |doc| {
                doc.leaf("MsgId", &name)?;
                doc.leaf("CreDtTm", &made)
            })?;
            books.iter().try_for_each(|book| doc.statement(book))
        })?;
        self.writer.write_event(Event::End(BytesEnd::new("Document")))?;
        let mut bytes = self.writer.into_inner();
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn statement(&mut self, book: &Book) -> io::Result<()> {
        let (from, to) = self.period;
        let name = self.name_of(&format!("{}@{}", book.name, book.shard));
        let (begins, ends) = (time_text(self.calendar.start_of(from)), self.end_text());
        self.within("Stmt", |doc| {
            doc.leaf("Id", &name)?;
            doc.leaf("ElctrncSeqNb", &to.to_string())?;
            doc.leaf("CreDtTm", &ends)?;
            doc.within("FrToDt", |doc| {
                doc.leaf("FrDtTm", &begins)?;
                doc.leaf("ToDtTm", &ends)
            })?;
            doc.account(book)?;
            doc.balance("OPBD", book.opening, book.currency, from)?;
            doc.balance("CLBD", book.closing, book.currency, to)?;
            book.entries.iter().try_for_each(|entry| doc.entry(book, entry))
        })
    }

    fn account(&mut self, book: &Book) -> io::Result<()> {
        self.within("Acct", |doc| {
            doc.within("Id", |doc| {
                let id = format!("{}-{}", book.shard, book.number);
                doc.within("Othr", |doc| doc.leaf("Id", &id))
            })?;
            doc.leaf("Ccy", book.currency.letters())?;
            doc.leaf("Nm", &plain(without_root(&book.name), NAME_CHARS_MAX))?;
            if !book.key.owner.is_none() {
                doc.within("Ownr", |doc| doc.leaf("Nm", &book.key.owner.to_string()))?;
            }
            doc.within("Svcr", |doc| doc.within("FinInstnId", |doc| doc.leaf("Nm", "groat")))
        })
    }

    fn balance(
        &mut self,
        kind: &str,
        minor: i128,
        currency: Currency,
        date: u32,
    ) -> io::Result<()> {
        self.within("Bal", |doc| {
            doc.within("Tp", |doc| doc.within("CdOrPrtry", |doc| doc.leaf("Cd", kind)))?;
            doc.amount(minor, currency)?;
            doc.within("Dt", |doc| doc.leaf("Dt", &date_text(date)))
        })
    }

    /// `Amt` without a sign, and on which side it is.
    fn amount(&mut self, minor: i128, currency: Currency) -> io::Result<()> {
        let mut start = BytesStart::new("Amt");
        start.push_attribute(("Ccy", currency.letters()));
        self.writer.write_event(Event::Start(start))?;
        let text = major_text(minor.abs(), currency);
        self.writer.write_event(Event::Text(BytesText::new(&text)))?;
        self.writer.write_event(Event::End(BytesEnd::new("Amt")))?;
        self.leaf("CdtDbtInd", if minor < 0 { "DBIT" } else { "CRDT" })
    }

    fn entry(&mut self, book: &Book, entry: &Entry) -> io::Result<()> {
        let event = format!("{}-{}", book.shard, entry.event);
        let family = if entry.amount < 0 { "MDOP" } else { "MCOP" };
        self.within("Ntry", |doc| {
            doc.leaf("NtryRef", &format!("{event}-{}", entry.part))?;
            doc.amount(entry.amount, book.currency)?;
            doc.within("Sts", |doc| doc.leaf("Cd", "BOOK"))?;
            doc.within("BookgDt", |doc| doc.leaf("DtTm", &time_text(entry.time)))?;
            doc.within("ValDt", |doc| doc.leaf("Dt", &date_text(entry.date)))?;
            doc.leaf("AcctSvcrRef", &event)?;
            doc.within("BkTxCd", |doc| {
                doc.within("Domn", |doc| {
                    doc.leaf("Cd", "PMNT")?;
                    doc.within("Fmly", |doc| {
                        doc.leaf("Cd", family)?;
                        doc.leaf("SubFmlyCd", "OTHR")
                    })
                })?;
                doc.within("Prtry", |doc| {
                    doc.leaf("Cd", entry.fact)?;
                    doc.leaf("Issr", "groat")
                })
            })?;
            doc.within("NtryDtls", |doc| doc.within("TxDtls", |doc| doc.details(book, entry)))
        })
    }

    fn details(&mut self, book: &Book, entry: &Entry) -> io::Result<()> {
        let Entry { amount, counterparty, business, out_no, memo, .. } = entry;
        // What is too long for a reference stands in the text alone, and whole.
        let fits = |text: &str| text.chars().count() <= REFERENCE_CHARS_MAX;
        let end_to_end = Some(out_no).filter(|no| !no.is_empty() && fits(no));
        let of = if fits(business) { business.clone() } else { business.replace('-', "") };
        self.within("Refs", |doc| {
            let end_to_end = end_to_end.map_or("NOTPROVIDED".into(), |no| plain(no, usize::MAX));
            doc.leaf("EndToEndId", &end_to_end)?;
            if !of.is_empty() {
                doc.leaf("TxId", &plain(&of, REFERENCE_CHARS_MAX))?;
            }
            Ok(())
        })?;
        self.amount(*amount, book.currency)?;
        if !counterparty.is_empty() {
            let side = if *amount < 0 { "Cdtr" } else { "Dbtr" };
            let name = plain(without_root(counterparty), PARTY_CHARS_MAX);
            self.within("RltdPties", |doc| {
                doc.within(side, |doc| doc.within("Pty", |doc| doc.leaf("Nm", &name)))
            })?;
        }
        let long = Some(out_no.as_str()).filter(|no| !no.is_empty() && !fits(no));
        let texts: Vec<&str> = long.into_iter().chain(Some(memo.as_str())).collect();
        let texts = texts.into_iter().filter(|text| !text.is_empty());
        let text = texts.collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Ok(());
        }
        self.within("RmtInf", |doc| doc.leaf("Ustrd", &plain(&text, TEXT_CHARS_MAX)))
    }

    fn within(
        &mut self,
        name: &str,
        inside: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.writer.write_event(Event::Start(BytesStart::new(name)))?;
        inside(self)?;
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    fn leaf(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.writer.write_event(Event::Start(BytesStart::new(name)))?;
        self.writer.write_event(Event::Text(BytesText::new(text)))?;
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// 32 digits that only this statement has.
    fn name_of(&self, what: &str) -> String {
        let (from, to) = self.period;
        let hash = Sha256::digest(format!("groat camt.053 {from} {to} {what}").as_bytes());
        hex(&hash[..16])
    }

    /// The first moment after the period.
    fn end_text(&self) -> String {
        time_text(self.calendar.start_of(self.period.1.saturating_add(1)))
    }
}

/// The name of an account without what kind of account it is.
fn without_root(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, rest)| rest)
}

/// A text that XML can hold, at most so many characters.
fn plain(text: &str, chars_max: usize) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') {
            plain.extend(c.escape_unicode());
        } else {
            plain.push(c);
        }
    }
    plain.chars().take(chars_max).collect()
}

#[cfg(test)]
mod tests;
