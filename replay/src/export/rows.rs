//! The forms for programs: a CSV row for each posting, a JSON object for each event.

use super::Entry;
use crate::bills::csv;
use crate::statement::layer_name;
use groat_ledger::money::major_text;
use groat_proto::v1;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

const COLUMNS: [&str; 13] = [
    "shard",
    "event",
    "time",
    "date",
    "effective_date",
    "fact",
    "layer",
    "account",
    "debit",
    "credit",
    "currency",
    "command",
    "reference",
];

pub(super) fn csv_head(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", COLUMNS.join(","))
}

/// Writes a row for each posting, pending ones too; gives 1: the event. Texts are somebody else's
/// and forge nothing, as in bills: a field that would begin a formula has an apostrophe before it.
pub(super) fn csv(out: &mut dyn Write, entry: &Entry<'_>) -> io::Result<u64> {
    let command = entry.command.as_ref();
    let id = command.and_then(|c| c.id).map(|id| groat_ledger::Id::from(id).to_string());
    for posting in &entry.postings {
        let amount = posting.unsigned();
        let (debit, credit) =
            if posting.debit { (amount, String::new()) } else { (String::new(), amount) };
        let row: [String; COLUMNS.len()] = [
            entry.shard.to_string(),
            entry.number.to_string(),
            entry.time.clone(),
            entry.date.clone(),
            entry.effective_date().unwrap_or_default(),
            entry.fact.into(),
            layer_name(posting.layer).into(),
            posting.account.into(),
            debit,
            credit,
            posting.currency.letters().into(),
            id.clone().unwrap_or_default(),
            command.map(|c| c.reference.clone()).unwrap_or_default(),
        ];
        writeln!(out, "{}", row.map(|field| csv::text(&field)).join(","))?;
    }
    Ok(1)
}

#[derive(Serialize)]
struct Object<'a> {
    shard: u32,
    number: u64,
    time: &'a str,
    date: &'a str,
    fact: &'a str,
    /// The clock owed it.
    due: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<CommandPart<'a>>,
    /// As on the wire, accounts by number.
    event: &'a v1::Event,
    /// The same movements, accounts by name.
    movements: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct CommandPart<'a> {
    id: Option<v1::Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_date: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    reference: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Named<'a> {
    debit: &'a str,
    credit: &'a str,
    amount: String,
    currency: &'static str,
    layer: &'static str,
}

/// Writes an object; gives 1.
pub(super) fn jsonl(out: &mut dyn Write, entry: &Entry<'_>) -> io::Result<u64> {
    let name = |no: u32| entry.names.get(no as usize).map_or("?", String::as_str);
    let movements = entry.moves.iter().filter_map(|m| {
        let currency = *entry.currencies.get(m.debit as usize)?;
        Some(Named {
            debit: name(m.debit),
            credit: name(m.credit),
            amount: major_text(i128::from(m.amount), currency),
            currency: currency.letters(),
            layer: layer_name(m.layer),
        })
    });
    let command = entry.command.as_ref().map(|command| CommandPart {
        id: command.id,
        effective_date: entry.effective_date(),
        reference: &command.reference,
        metadata: &command.metadata,
    });
    let object = Object {
        shard: entry.shard,
        number: entry.number,
        time: &entry.time,
        date: &entry.date,
        fact: entry.fact,
        due: entry.due,
        command,
        event: entry.wire,
        movements: movements.collect(),
    };
    serde_json::to_writer(&mut *out, &object)?;
    writeln!(out)?;
    Ok(1)
}
