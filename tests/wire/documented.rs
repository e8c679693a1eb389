//! Every field of every documented example at its edges: a name or an `ok`, books that balance and
//! that whoever reads the blocks comes to too. cala's `fuzz/README.md` tells of a `+` that panics.

use crate::{answers, examples, shard, step_lines};
use groat_ledger::limits::AMOUNT_MAX;
use groat_proto::json::read_line;
use groat_proto::v1::{Money, Record};
use groat_proto::{Message, write_varint};
use groat_shard::{Arrival, Block, Inbound, Shard, hex};
use serde_json::Value;
use std::collections::BTreeMap;

/// An amount that no example has.
const MARK: &str = "98765432109.87";

/// Sends a record to the same state as often as it is altered; tells how it was answered.
struct Tried {
    snapshot: Vec<u8>,
    offset: u64,
    answers: BTreeMap<String, u32>,
}

impl Tried {
    fn send(&mut self, what: &str, record: &[u8]) -> String {
        let [mut shard, mut follower] =
            [0; 2].map(|no| Shard::from_snapshot(no, &self.snapshot).unwrap());
        shard.step(Inbound { offset: self.offset, time: 0, record });
        let sealed = shard.seal("test", false);
        let found = answers(&sealed).pop().unwrap();
        let block = Block::parse(&sealed.bytes).unwrap();
        assert_eq!(follower.follow(&block).unwrap(), Arrival::Next, "{what}");
        assert_eq!(hex(&follower.books().digest()), hex(&shard.books().digest()), "{what}");
        let mut sums: BTreeMap<_, i128> = BTreeMap::new();
        for account in shard.books().ledger().tables().accounts.rows() {
            *sums.entry(account.currency).or_default() += account.credit_balance();
        }
        assert!(sums.values().all(|sum| *sum == 0), "{what}: {sums:?}");
        *self.answers.entry(found.clone()).or_default() += 1;
        found
    }
}

/// Runs `alter` on each documented example, before which all those before it have happened.
fn each(mut alter: impl FnMut(&mut Tried, &Value)) -> BTreeMap<String, u32> {
    let mut shard = shard(true);
    let mut tried = Tried { snapshot: Vec::new(), offset: 0, answers: BTreeMap::new() };
    for line in examples() {
        tried.snapshot = shard.snapshot();
        // A signature would only say that something was altered: the platform asks instead.
        let mut asked: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
        asked.remove("app");
        asked.remove("signature");
        alter(&mut tried, &asked.into());
        step_lines(&mut shard, tried.offset, 0, &[line]);
        tried.offset += 1;
    }
    tried.answers
}

/// The paths of what `is` of a value.
fn paths(value: &Value, is: fn(&Value) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut within = vec![(String::new(), value)];
    while let Some((path, value)) = within.pop() {
        if is(value) {
            found.push(path);
            continue;
        }
        match value {
            Value::Object(fields) => {
                within.extend(fields.iter().map(|(k, v)| (format!("{path}/{k}"), v)));
            }
            Value::Array(items) => {
                within.extend(items.iter().enumerate().map(|(k, v)| (format!("{path}/{k}"), v)));
            }
            _ => {}
        }
    }
    found
}

fn is_money(value: &Value) -> bool {
    value.get("amount").is_some_and(Value::is_string) && value.get("currency").is_some()
}

/// The bytes with each message in them that is `from` become `to`.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let before = rest;
        let tag = varint(&mut rest);
        match tag & 7 {
            0 => _ = varint(&mut rest),
            1 => rest = &rest[8..],
            5 => rest = &rest[4..],
            _ => {
                let head = before.len() - rest.len();
                let length = usize::try_from(varint(&mut rest)).unwrap();
                let (body, behind) = rest.split_at(length);
                rest = behind;
                let is_within = body.windows(from.len()).any(|part| part == from);
                let body = if body == from {
                    to.to_vec()
                } else if is_within {
                    replaced(body, from, to)
                } else {
                    body.to_vec()
                };
                out.extend_from_slice(&before[..head]);
                write_varint(&mut out, body.len() as u64);
                out.extend_from_slice(&body);
                continue;
            }
        }
        out.extend_from_slice(&before[..before.len() - rest.len()]);
    }
    out
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (byte, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return value;
        }
    }
}

/// Alters each money of a command: its amount and currency become what `to` makes of them.
fn with_money(
    tried: &mut Tried,
    line: &Value,
    to: &[fn(Money) -> Money],
    expects: fn(&str) -> bool,
) {
    for path in paths(line, is_money) {
        let mut marked = line.clone();
        let money = marked.pointer_mut(&path).unwrap();
        let written = serde_json::from_value::<Money>(money.clone()).unwrap();
        money["amount"] = MARK.into();
        money["currency"] = "CNY".into();
        let record = read_line(&marked.to_string()).unwrap().encode_to_vec();
        let mark: Money = serde_json::from_value(marked.pointer(&path).unwrap().clone()).unwrap();
        let mark = mark.encode_to_vec();
        let as_written = replaced(&record, &mark, &written.encode_to_vec());
        let read = Record::decode(as_written.as_slice()).unwrap();
        assert_eq!(read, read_line(&line.to_string()).unwrap(), "{path}");
        for to in to {
            let money = to(written);
            let what = format!("{path} of {line} as {money:?}");
            let answer = tried.send(&what, &replaced(&record, &mark, &money.encode_to_vec()));
            assert!(expects(&answer), "{answer}: {what}");
        }
    }
}

/// LerianStudio/midaz#814: a currency that is none, wherever one stands, is refused by name and
/// makes no money.
#[test]
fn a_currency_that_is_none_is_refused_by_name() {
    let found = each(|tried, line| {
        let to: [fn(Money) -> Money; 3] = [
            |money| Money { currency: 0, ..money },
            |money| Money { currency: 999, ..money },
            |money| Money { currency: u32::MAX, ..money },
        ];
        with_money(tried, line, &to, |answer| answer == "SchemaInvalid");
    });
    assert!(found["SchemaInvalid"] > 200, "{found:?}");
}

#[test]
fn every_amount_of_every_example_at_its_edges() {
    let found = each(|tried, line| {
        let to: [fn(Money) -> Money; 4] = [
            |money| Money { amount: 0, ..money },
            |money| Money { amount: AMOUNT_MAX, ..money },
            |money| Money { amount: AMOUNT_MAX + 1, ..money },
            |money| Money { amount: u64::MAX, ..money },
        ];
        with_money(tried, line, &to, |answer| answer != "malformed");
    });
    assert!(found["AmountOutOfRange"] > 100 && found["ok"] > 10, "{found:?}");
}

/// Points, counts, times, rates: whatever is written as a number.
#[test]
fn every_number_of_every_example_at_its_edges() {
    let found = each(|tried, line| {
        for path in paths(line, Value::is_number) {
            for edge in [0, 1, u32::MAX.into(), AMOUNT_MAX, AMOUNT_MAX + 1, u64::MAX] {
                let mut altered = line.clone();
                *altered.pointer_mut(&path).unwrap() = edge.into();
                // What the field cannot hold no line can say.
                let Ok(record) = read_line(&altered.to_string()) else { continue };
                let what = format!("{path} of {line} as {edge}");
                let answer = tried.send(&what, &record.encode_to_vec());
                assert_ne!(answer, "malformed", "{what}");
            }
        }
    });
    assert!(found.len() > 8 && found["ok"] > 50, "{found:?}");
}
