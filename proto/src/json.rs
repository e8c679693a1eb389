//! The JSON form: one object per line, for hands and shells.
//!
//! A command is `{"id": …, "at": …, "app": …, "<command_in_snake_case>": {…}}`. Ids are text (UUID,
//! ULID or name), money is `{"amount": "12.34", "currency": "CNY"}`, times are RFC 3339, dates ISO
//! 8601, enumerations their names. Unknown fields are errors, as are a key that stands there twice
//! and a number where text is asked for: JSON numbers lose cents.

pub mod hex;
mod once;
#[cfg(test)]
mod tests;
mod words;

use crate::v1;
use groat_ledger::money::major_text;
use groat_ledger::{Class, Currency, Id, Money};
use jiff::Timestamp;
use jiff::civil::Date;
use once::Fields;
use serde::de::{Error as _, IgnoredAny};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Why a line is not a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotACommand(pub String);

impl fmt::Display for NotACommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads a line: one command, or a batch `{"atomic": true, "commands": [{…}, …]}`.
pub fn read_line(line: &str) -> Result<v1::Record, NotACommand> {
    read_keyed_line(line).map(|(_, record)| record)
}

/// As [`read_line`]; a batch may also say whose shard is to decide it: `"key": "alice"`.
pub fn read_keyed_line(line: &str) -> Result<(Option<Id>, v1::Record), NotACommand> {
    // The line's own number is the caller's to say.
    let not = |error: serde_json::Error| NotACommand(words::plain(&error.to_string()));
    if line.starts_with('\u{feff}') {
        let what = "it begins with a byte order mark (BOM): save the file as UTF-8 without one";
        return Err(NotACommand(what.into()));
    }
    // The word may also stand in a command, as a scope or in its metadata.
    let is_batch = line.contains("\"commands\"") && {
        let keys: BTreeMap<String, IgnoredAny> = serde_json::from_str(line).map_err(not)?;
        keys.contains_key("commands")
    };
    if is_batch {
        let batch: Batch = serde_json::from_str(line).map_err(not)?;
        if batch.commands.is_empty() {
            return Err(NotACommand("the batch has no command".into()));
        }
        let record = v1::Record { commands: batch.commands, atomic: batch.atomic };
        return Ok((batch.key.map(Id::from), record));
    }
    let command: v1::Command = serde_json::from_str(line).map_err(not)?;
    Ok((None, v1::Record { commands: vec![command], atomic: false }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    #[serde(default)]
    key: Option<v1::Id>,
    #[serde(default)]
    atomic: bool,
    commands: Vec<v1::Command>,
}

impl Serialize for v1::Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Id::from(*self))
    }
}

impl<'de> Deserialize<'de> for v1::Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<v1::Id, D::Error> {
        let text = String::deserialize(deserializer)?;
        let id: Id = text.parse().map_err(|e| D::Error::custom(format!("`{text}`: {e}")))?;
        Ok(id.into())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoneyText {
    amount: String,
    currency: String,
}

impl Serialize for v1::Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let currency = Currency::from_code(self.currency)
            .ok_or_else(|| serde::ser::Error::custom("unknown currency"))?;
        let amount = major_text(i128::from(self.amount), currency);
        MoneyText { amount, currency: currency.letters().into() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for v1::Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<v1::Money, D::Error> {
        let MoneyText { amount, currency } = MoneyText::deserialize(deserializer)?;
        let currency: Currency =
            currency.parse().map_err(|e| D::Error::custom(format!("`{currency}`: {e}")))?;
        let money = Money::parse(&amount, currency)
            .map_err(|e| D::Error::custom(format!("`{amount}`: {e}")))?;
        Ok(money.into())
    }
}

/// The keys of a command beside the one that names it.
const ENVELOPE: [&str; 8] =
    ["id", "at", "app", "schema", "effective_date", "reference", "metadata", "signature"];

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Envelope {
    id: Option<v1::Id>,
    #[serde(with = "time")]
    at: u64,
    app: Option<v1::Id>,
    schema: u32,
    #[serde(with = "optional_date")]
    effective_date: Option<u32>,
    reference: String,
    metadata: BTreeMap<String, String>,
    #[serde(with = "hex")]
    signature: Vec<u8>,
}

impl<'de> Deserialize<'de> for v1::Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<v1::Command, D::Error> {
        let Fields(mut fields) = Fields::deserialize(deserializer)?;
        let mut envelope = Map::new();
        for key in ENVELOPE {
            if let Some(value) = fields.remove(key) {
                envelope.insert(key.into(), value);
            }
        }
        let envelope: Envelope =
            serde_json::from_value(Value::Object(envelope)).map_err(D::Error::custom)?;
        let names: Vec<String> = fields.keys().cloned().collect();
        if names.len() != 1 {
            return Err(D::Error::custom(format!(
                "a command has one key that names it, such as \"transfer\"; this has {}",
                if names.is_empty() { "none".into() } else { names.join(", ") }
            )));
        }
        if !fields.values().all(Value::is_object) {
            let name = &names[0];
            return Err(D::Error::custom(format!("{name}: expected an object in braces")));
        }
        let body = serde_json::from_value(Value::Object(fields))
            .map_err(|e| D::Error::custom(words::of_command(&names[0], &e.to_string())))?;
        let Envelope { id, at, app, schema, effective_date, .. } = envelope;
        let Envelope { reference, metadata, signature, .. } = envelope;
        let id = Some(id.ok_or_else(|| D::Error::missing_field("id"))?);
        let body = Some(body);
        Ok(v1::Command {
            id,
            at,
            app,
            schema,
            effective_date,
            reference,
            metadata,
            signature,
            body,
        })
    }
}

impl Serialize for v1::Command {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(id) = &self.id {
            map.serialize_entry("id", id)?;
        }
        if self.at > 0 {
            map.serialize_entry("at", &time_text(self.at))?;
        }
        if let Some(app) = &self.app {
            map.serialize_entry("app", app)?;
        }
        if self.schema > 0 {
            map.serialize_entry("schema", &self.schema)?;
        }
        if let Some(date) = self.effective_date {
            map.serialize_entry("effective_date", &date_text(date))?;
        }
        if !self.reference.is_empty() {
            map.serialize_entry("reference", &self.reference)?;
        }
        if !self.metadata.is_empty() {
            map.serialize_entry("metadata", &self.metadata)?;
        }
        if !self.signature.is_empty() {
            map.serialize_entry("signature", &hex::text(&self.signature))?;
        }
        if let Some(Value::Object(body)) =
            self.body.as_ref().and_then(|body| serde_json::to_value(body).ok())
        {
            for (name, fields) in body {
                map.serialize_entry(&name, &fields)?;
            }
        }
        map.end()
    }
}

/// Whether a field is left out when written.
pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A prost enumeration that JSON writes by name, without the prefix that protobuf style asks for.
pub trait Enumeration: TryFrom<i32> + Into<i32> + Copy {
    /// The name in the schema.
    fn schema_name(&self) -> &'static str;
    /// The value of a name in the schema.
    fn of_schema_name(name: &str) -> Option<Self>;
}

macro_rules! enumerations {
    ($($name:ident)*) => {
        $(impl Enumeration for v1::$name {
            fn schema_name(&self) -> &'static str {
                self.as_str_name()
            }
            fn of_schema_name(name: &str) -> Option<Self> {
                v1::$name::from_str_name(name)
            }
        })*
    };
}

enumerations! {
    Constraint Phase Balancing FeeRefund CodeKind Block Side PayMode Layer CloseReason
    CaptureMode RentUnit DayRule FreezeReason CreditBasis ReleaseReason ChargeKind
    CouponState InvoiceKind PacketKind CardState
    DisputeKind Ruling
    CreditPart StatementState PlanState LoanKind LoanState FeeBearer PaidAhead
    LoanChargeKind ShareTie InterestFrom
}

/// Serde functions of a field that holds an [`Enumeration`].
pub struct Named<E>(PhantomData<E>);

impl<E: Enumeration> Named<E> {
    fn prefix() -> String {
        let zero = E::try_from(0).map(|zero| zero.schema_name()).unwrap_or_default();
        let end = zero.rfind('_').map_or(0, |at| at + 1);
        zero[..end].to_owned()
    }

    /// Writes the name.
    pub fn serialize<S: Serializer>(value: &i32, serializer: S) -> Result<S::Ok, S::Error> {
        match E::try_from(*value) {
            Ok(known) => {
                let prefix = Named::<E>::prefix();
                let name = known.schema_name();
                serializer.serialize_str(name.strip_prefix(&prefix).unwrap_or(name))
            }
            Err(_) => serializer.serialize_i32(*value),
        }
    }

    /// Reads the name.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
        let name = String::deserialize(deserializer)?;
        let prefix = Named::<E>::prefix();
        match E::of_schema_name(&format!("{prefix}{name}")) {
            Some(value) => Ok(value.into()),
            None => {
                let known: Vec<String> = (0..16)
                    .filter_map(|n| E::try_from(n).ok())
                    .map(|e| e.schema_name().trim_start_matches(&prefix).to_owned())
                    .filter(|n| n != "UNSPECIFIED")
                    .collect();
                let known = known.join(", ");
                Err(D::Error::custom(format!("unknown name `{name}`; known are {known}")))
            }
        }
    }
}

/// Serde functions of a field with a numeric currency code.
pub mod currency {
    use super::*;

    /// Writes the letters.
    pub fn serialize<S: Serializer>(code: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        match Currency::from_code(*code) {
            Some(currency) => serializer.serialize_str(currency.letters()),
            None => serializer.serialize_u32(*code),
        }
    }

    /// Reads the letters.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        let text = String::deserialize(deserializer)?;
        let currency: Currency =
            text.parse().map_err(|e| D::Error::custom(format!("`{text}`: {e}")))?;
        Ok(u32::from(currency.code()))
    }
}

/// Serde functions of a field with a class of the chart of accounts.
pub mod class {
    use super::*;

    /// Writes the name.
    pub fn serialize<S: Serializer>(code: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        match Class::from_code(*code) {
            Some(class) => serializer.serialize_str(class.name()),
            None => serializer.serialize_u32(*code),
        }
    }

    /// Reads the name.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        let name = String::deserialize(deserializer)?;
        let class = Class::ALL.iter().find(|class| class.name() == name);
        let class =
            class.ok_or_else(|| D::Error::custom(format!("unknown class of accounts `{name}`")))?;
        Ok(u32::from(*class as u16))
    }
}

/// Milliseconds since 1970 as RFC 3339 in UTC.
pub fn time_text(ms: u64) -> String {
    let at = i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    at.map_or_else(|| ms.to_string(), |at| at.to_string())
}

/// Milliseconds since 1970 of an RFC 3339 time with any offset; finer parts are cut off.
pub fn parse_time(text: &str) -> Result<u64, String> {
    let at: Timestamp = text.parse().map_err(|_| {
        format!("`{text}` is not a time; give RFC 3339 such as 2026-01-31T09:30:00+08:00")
    })?;
    u64::try_from(at.as_millisecond()).map_err(|_| format!("`{text}` is before 1970"))
}

/// Days since 1970 as ISO 8601.
pub fn date_text(days: u32) -> String {
    let days_since = jiff::Span::new().try_days(i64::from(days));
    let date = days_since.ok().and_then(|span| Date::constant(1970, 1, 1).checked_add(span).ok());
    date.map_or_else(|| days.to_string(), |date| date.to_string())
}

/// Days since 1970 of an ISO 8601 date.
pub fn parse_date(text: &str) -> Result<u32, String> {
    let wrong = || format!("`{text}` is not a date from 1970 on; give ISO 8601 such as 2026-01-31");
    let date: Date = text.parse().map_err(|_| wrong())?;
    let days = Date::constant(1970, 1, 1).until(date).map_err(|_| wrong())?.get_days();
    u32::try_from(days).map_err(|_| wrong())
}

macro_rules! text_fields {
    ($($(#[$doc:meta])* $name:ident $optional:ident: $type:ty, $write:ident, $read:ident;)*) => {$(
        $(#[$doc])*
        pub mod $name {
            use super::*;

            /// Writes the text.
            pub fn serialize<S: Serializer>(value: &$type, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&$write(*value))
            }

            /// Reads the text.
            pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<$type, D::Error> {
                $read(&String::deserialize(d)?).map_err(D::Error::custom)
            }
        }

        $(#[$doc])*
        /// May be absent.
        pub mod $optional {
            use super::*;

            /// Writes the text.
            pub fn serialize<S: Serializer>(
                value: &Option<$type>,
                s: S,
            ) -> Result<S::Ok, S::Error> {
                value.map($write).serialize(s)
            }

            /// Reads the text.
            pub fn deserialize<'de, D: Deserializer<'de>>(
                d: D,
            ) -> Result<Option<$type>, D::Error> {
                let text = Option::<String>::deserialize(d)?;
                text.map(|text| $read(&text)).transpose().map_err(D::Error::custom)
            }
        }
    )*};
}

text_fields! {
    /// Serde functions of a field with milliseconds since 1970.
    time optional_time: u64, time_text, parse_time;
    /// Serde functions of a field with days since 1970.
    date optional_date: u32, date_text, parse_date;
}
