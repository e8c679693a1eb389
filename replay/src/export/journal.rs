//! The journal that hledger and ledger share. Comments are written so that neither tool takes a
//! part of them for a date, an amount or a tag of its own.

use super::{Entry, Posting};
use crate::statement::layer_name;
use std::io::{self, Write};

/// Writes a transaction; gives how many: none for an event that only reserves, which is a comment.
pub(super) fn write(out: &mut dyn Write, entry: &Entry<'_>) -> io::Result<u64> {
    let Entry { date, code, fact, .. } = entry;
    if entry.posted().next().is_none() {
        writeln!(out, "; {date} ({code}) {fact}")?;
        for posting in entry.reserved() {
            writeln!(out, ";   {}", reservation(posting))?;
        }
        writeln!(out)?;
        return Ok(0);
    }
    let second = entry.effective_date().map_or_else(String::new, |date| format!("={date}"));
    writeln!(out, "{date}{second} * ({code}) {fact}")?;
    writeln!(out, "    ; time: {}", entry.time)?;
    if let Some(command) = &entry.command {
        if let Some(id) = command.id {
            writeln!(out, "    ; command: {}", groat_ledger::Id::from(id))?;
        }
        if !command.reference.is_empty() {
            writeln!(out, "    ; reference: {}", value(&command.reference))?;
        }
        for (name, text) in &command.metadata {
            writeln!(out, "    ; meta-{}: {}", key(name), value(text))?;
        }
    }
    for posting in entry.reserved() {
        writeln!(out, "    ; {}", reservation(posting))?;
    }
    for posting in entry.posted() {
        let Posting { account, currency, .. } = posting;
        writeln!(out, "    {account:<52}  {:>16} {currency}", posting.signed())?;
    }
    writeln!(out)?;
    Ok(1)
}

fn reservation(posting: &Posting<'_>) -> String {
    let Posting { account, layer, currency, .. } = posting;
    let side = if posting.debit { "debit" } else { "credit" };
    format!("{} {side} {account} {} {currency}", layer_name(*layer), posting.unsigned())
}

/// The name of a tag: hyphens for all that would end it.
pub(super) fn key(text: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    text.chars().map(allowed).collect()
}

/// The value of a tag: on one line, without the comma that ends it and the brackets of a date.
fn value(text: &str) -> String {
    let allowed = |c: char| match c {
        '[' => '(',
        ']' => ')',
        ',' => '_',
        c if c.is_control() => ' ',
        c => c,
    };
    text.chars().map(allowed).collect()
}
