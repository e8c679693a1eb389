//! Wire to domain: commands and events.
//!
//! A command that cannot be read at all is malformed; one that can be read but has a field that it
//! cannot have is refused as `SchemaInvalid`, with its id taken.

pub(super) mod apps;
pub(super) mod cards;
mod commands;
pub(super) mod credit;
pub(super) mod disputes;
pub(super) mod exchange;
mod facts;
pub(super) mod fields;
pub(super) mod holds;
mod in_order;
pub(super) mod loans;
mod losses;
pub(super) mod market;
pub(super) mod members;
mod plain;
mod plain_events;
mod plain_rows;
pub(super) mod plans;
mod remittances;
pub(super) mod royalties;

use crate::limits::{
    METADATA_ENTRIES_MAX, METADATA_KEY_BYTES_MAX, METADATA_VALUE_BYTES_MAX, REFERENCE_CHARS_MAX,
};
use commands::read_body;
use facts::read_fact;
use fields::{Field, ensure, known};
use groat_ledger::limits::TIME_MS_MAX;
use groat_ledger::{Body, Fact, Id, Layer, Movement};
use groat_proto::v1;
use groat_proto::{Message, first_command, read_varint};
use in_order::InOrder;
use plain::{plain_command, plain_time};
use std::cell::OnceCell;
use std::fmt;

pub use plain_events::{named_accounts, read_plain_event};
pub(super) use plain_rows::{read_plain_account, read_plain_seen};
pub use remittances::read_remittance;

/// Why bytes are not a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(pub String);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Malformed {
    /// Why a good command is not decided where it stands in its record.
    pub(crate) fn too_far_on() -> Malformed {
        let what = "too much falls due between the commands before it in its record and its own \
                    time; send it in a record of its own";
        Malformed(what.into())
    }

    /// Why a good command of an atomic batch is not even decided.
    pub(crate) fn by_another() -> Malformed {
        Malformed("another command of the atomic batch is malformed".into())
    }
}

/// A command as far as it could be read.
#[derive(Debug, Clone)]
pub struct CommandView {
    /// Its id.
    pub id: Id,
    /// The producer's time, in milliseconds since 1970; 0 if none.
    pub at: u64,
    /// The app that asks, or none.
    pub app: Id,
    /// Whether it is signed.
    pub is_signed: bool,
    /// Whether the signature is the app's, once somebody asked: an app never has another key.
    pub signature_holds: OnceCell<bool>,
    /// What is asked, or the name of the field that is wrong.
    pub body: Result<Body, &'static str>,
}

/// Reads one command from its bytes.
pub fn read_command(bytes: &[u8]) -> Result<CommandView, Malformed> {
    match plain_command(bytes) {
        Some(view) => Ok(view),
        None => read_any(bytes),
    }
}

fn read_any(bytes: &[u8]) -> Result<CommandView, Malformed> {
    let wire = v1::Command::decode(bytes)
        .map_err(|e| Malformed(format!("not a groat.v1.Command: {e}")))?;
    if wire.schema > 1 {
        let schema = wire.schema;
        return Err(Malformed(format!(
            "schema version {schema} is not known; this engine knows 1"
        )));
    }
    if wire.encoded_len() != bytes.len() {
        let what = "the command has fields that this schema does not know, or repeated ones";
        return Err(Malformed(what.into()));
    }
    let id = wire.id.map(Id::from).filter(|id| !id.is_none());
    let id = id.ok_or_else(|| Malformed("the command has no id".into()))?;
    let body = wire.body.as_ref();
    let body = body.ok_or_else(|| Malformed("the command names nothing to do".into()))?;
    let body = envelope_fits(&wire).and_then(|()| read_body(body));
    let (app, is_signed) = (wire.app.map_or(Id::NONE, Id::from), !wire.signature.is_empty());
    let signature_holds = OnceCell::new();
    Ok(CommandView { id, at: wire.at, app, is_signed, signature_holds, body })
}

/// The time that the first command of a record asks for, if that shows without reading it.
pub fn first_time(record: &[u8]) -> Option<u64> {
    plain_time(first_command(record)?)
}

/// The id of a command that was read before, found without reading the rest of it.
pub fn command_id(bytes: &[u8]) -> Option<Id> {
    if let Some(id) = InOrder::new(bytes).id(1) {
        return Some(id);
    }
    const ID_FIELD: u64 = 1 << 3 | 2;
    let mut at = 0;
    if read_varint(bytes, &mut at)? == ID_FIELD {
        let len = usize::try_from(read_varint(bytes, &mut at)?).ok()?;
        let id = bytes.get(at..at.checked_add(len)?)?;
        return v1::Id::decode(id).ok().map(Id::from);
    }
    // Fields may stand in any order.
    read_command(bytes).ok().map(|view| view.id)
}

fn envelope_fits(wire: &v1::Command) -> Field<()> {
    ensure(wire.at <= TIME_MS_MAX, "at")?;
    ensure(wire.reference.chars().count() <= REFERENCE_CHARS_MAX, "reference")?;
    ensure(wire.metadata.len() <= METADATA_ENTRIES_MAX, "metadata")?;
    let fits = |(key, value): (&String, &String)| {
        key.len() <= METADATA_KEY_BYTES_MAX && value.len() <= METADATA_VALUE_BYTES_MAX
    };
    ensure(wire.metadata.iter().all(fits), "metadata")
}

/// Why a stored event is not a fact; the field's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAFact(pub &'static str);

impl fmt::Display for NotAFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the event's field `{}` has a value that it cannot have", self.0)
    }
}

/// Reads a stored event; its movements replace those in `movements`.
pub fn read_event(wire: &v1::Event, movements: &mut Vec<Movement>) -> Result<Fact, NotAFact> {
    movements.clear();
    for m in &wire.movements {
        let layer = match known::<v1::Layer>(m.layer, "layer").map_err(NotAFact)? {
            v1::Layer::Posted => Layer::Posted,
            v1::Layer::Pending => Layer::Pending,
            v1::Layer::Released => Layer::Released,
        };
        movements.push(Movement { debit: m.debit, credit: m.credit, amount: m.amount, layer });
    }
    let fact = wire.fact.as_ref().ok_or(NotAFact("fact"))?;
    read_fact(fact).map_err(NotAFact)
}
