//! The demo's story: chapters and scenes, read from `story.txt`.
//!
//! A line is `= chapter`, or `when | what is told | command as JSON`, where `¥1.00` and `$1.00`
//! stand for amounts in yuan and dollars. `again` for when sends the scene before once more, as a
//! producer that heard no answer does.

use groat_ledger::Id;
use groat_proto::json::{parse_time, time_text};
use serde_json::{Value, json};

/// One part of the story.
pub enum Part {
    /// What the scenes after it are about.
    Chapter(&'static str),
    /// When, what is told, and the line for `groat run`.
    Scene { at: &'static str, told: &'static str, line: Value },
}

impl Part {
    /// The line for `groat run`.
    pub fn line(&self) -> Option<&Value> {
        match self {
            Part::Chapter(_) => None,
            Part::Scene { line, .. } => Some(line),
        }
    }
}

/// Reads the story, or says which line is not one.
pub fn read() -> Result<Vec<Part>, String> {
    let mut parts: Vec<Part> = Vec::new();
    for (number, text) in include_str!("story.txt").lines().enumerate() {
        let part = match text.strip_prefix("= ") {
            Some(title) => Part::Chapter(title),
            None => scene(text, number, &parts).map_err(|e| format!("story, {text:?}: {e}"))?,
        };
        parts.push(part);
    }
    Ok(parts)
}

fn scene(text: &'static str, number: usize, before: &[Part]) -> Result<Part, String> {
    let mut columns = text.splitn(3, '|').map(str::trim);
    let mut column = || columns.next().ok_or("has three columns");
    let (at, told, command) = (column()?, column()?, column()?);
    if at == "again" {
        return match before.last() {
            Some(Part::Scene { at, line, .. }) => Ok(Part::Scene { at, told, line: line.clone() }),
            _ => Err("nothing to send again".into()),
        };
    }
    let millis = time(at)?;
    // A UUIDv7 of the scene's time whose random part counts lines.
    let id = Id(u128::from(millis) << 80 | 0x7 << 76 | 0x2 << 62 | number as u128);
    let mut line = json!({"id": id.to_string(), "at": time_text(millis)});
    let command: Value = serde_json::from_str(command).map_err(|e| e.to_string())?;
    if let (Some(line), Value::Object(command)) = (line.as_object_mut(), yuan(command)) {
        line.extend(command);
    }
    Ok(Part::Scene { at, told, line })
}

/// `08:30`, or `+2 08:30` two days later, in milliseconds since 1970.
fn time(at: &str) -> Result<u64, String> {
    let (days, clock) = at.strip_prefix('+').and_then(|at| at.split_once(' ')).unwrap_or(("0", at));
    let days: u64 = days.parse().map_err(|_| "days are a number")?;
    let first = parse_time(&format!("2026-01-31T{clock}:00+08:00"))?;
    Ok(first + days * 86_400_000)
}

/// Amounts in full.
fn yuan(value: Value) -> Value {
    match value {
        Value::String(text) => {
            let of = |sign, currency| {
                let amount: Option<&str> = text.strip_prefix(sign);
                amount.map(|amount| json!({"amount": amount, "currency": currency}))
            };
            of('¥', "CNY").or_else(|| of('$', "USD")).unwrap_or(Value::String(text))
        }
        Value::Array(values) => values.into_iter().map(yuan).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, yuan(value))).collect()
        }
        other => other,
    }
}
