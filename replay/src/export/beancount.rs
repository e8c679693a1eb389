//! The file that beancount reads. Accounts are opened in 1970, so that their order does not matter.

use super::{Entry, Posting, journal};
use crate::statement::layer_name;
use groat_ledger::Id;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Opens an account; its owner is told as it is, whatever its name had to become.
pub(super) fn open(out: &mut dyn Write, name: &str, owner: &Id) -> io::Result<()> {
    writeln!(out, "1970-01-01 open {name}")?;
    if !owner.is_none() {
        writeln!(out, "  owner: \"{owner}\"")?;
    }
    writeln!(out)
}

/// Writes a transaction; gives how many: none for an event that only reserves, which is a comment.
pub(super) fn write(out: &mut dyn Write, entry: &Entry<'_>) -> io::Result<u64> {
    let Entry { date, code, fact, .. } = entry;
    if entry.posted().next().is_none() {
        writeln!(out, "; {date} {code} {fact}")?;
        for posting in entry.reserved() {
            writeln!(out, ";   {}", reservation(posting))?;
        }
        writeln!(out)?;
        return Ok(0);
    }
    writeln!(out, "{date} * \"{fact}\" \"\"")?;
    for (name, text) in metadata(entry) {
        writeln!(out, "  {name}: {}", quoted(&text))?;
    }
    for posting in entry.reserved() {
        writeln!(out, "  ; {}", reservation(posting))?;
    }
    for posting in entry.posted() {
        let Posting { account, currency, .. } = posting;
        writeln!(out, "  {account:<52}  {:>16} {currency}", posting.signed())?;
    }
    writeln!(out)?;
    Ok(1)
}

/// Names are unique here, or beancount refuses the file.
fn metadata(entry: &Entry<'_>) -> BTreeMap<String, String> {
    let mut metadata = BTreeMap::new();
    metadata.insert("code".to_owned(), entry.code.clone());
    metadata.insert("time".to_owned(), entry.time.clone());
    let Some(command) = &entry.command else { return metadata };
    if let Some(date) = entry.effective_date() {
        metadata.insert("effective-date".to_owned(), date);
    }
    if let Some(id) = command.id {
        metadata.insert("command".to_owned(), Id::from(id).to_string());
    }
    if !command.reference.is_empty() {
        metadata.insert("reference".to_owned(), command.reference.clone());
    }
    for (name, text) in &command.metadata {
        let mut name = format!("meta-{}", journal::key(name));
        while metadata.contains_key(&name) {
            name.push('-');
        }
        metadata.insert(name, text.clone());
    }
    metadata
}

fn reservation(posting: &Posting<'_>) -> String {
    let Posting { account, layer, currency, .. } = posting;
    let side = if posting.debit { "debit" } else { "credit" };
    format!("{} {side} {account} {} {currency}", layer_name(*layer), posting.unsigned())
}

fn quoted(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{}\"", clean.replace('\\', "\\\\").replace('"', "\\\""))
}
