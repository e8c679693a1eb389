//! Data files become lines of commands. Ids are UUIDv7 made of time and number, times only grow:
//! the same data gives the same lines, byte by byte, on every machine.

use groat_proto::json::{parse_time, time_text};
use serde_json::{Value, json};
use std::io::BufReader;
use std::path::Path;

/// The text of a file of `tests/data`, without its compression.
pub fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name);
    let file = std::fs::File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut bytes = Vec::new();
    lzma_rs::xz_decompress(&mut BufReader::new(file), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The rows of a CSV file without quotes, whose head must be `head`.
pub fn rows<'a, const N: usize>(text: &'a str, head: &str) -> Vec<[&'a str; N]> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(head));
    let fields = |line: &'a str| {
        let fields: Vec<&str> = line.split(',').collect();
        fields.try_into().unwrap_or_else(|_| panic!("{line} has not {N} fields"))
    };
    lines.map(fields).collect()
}

/// Cents of a decimal such as `-12.34`.
pub fn cents(decimal: &str) -> i64 {
    let (whole, fraction) = decimal.split_once('.').unwrap();
    assert_eq!(fraction.len(), 2, "{decimal}");
    format!("{whole}{fraction}").parse().unwrap()
}

/// Money in a currency with two decimal places.
pub fn money(cents: u64, currency: &str) -> Value {
    json!({ "amount": format!("{}.{:02}", cents / 100, cents % 100), "currency": currency })
}

/// Lines of commands in the making.
pub struct Feed {
    lines: String,
    records: u64,
    count: u64,
    now: u64,
}

impl Feed {
    /// Nothing yet; the first command comes a millisecond after `start`.
    pub fn starting(start: &str) -> Feed {
        Feed { lines: String::new(), records: 0, count: 0, now: parse_time(start).unwrap() }
    }

    /// The next command does not come before this time.
    pub fn wait_until(&mut self, time: &str) {
        self.now = self.now.max(parse_time(time).unwrap());
    }

    /// A command with an id and a time of its own that is no line yet.
    pub fn command(&mut self, name: &str, body: Value) -> Value {
        self.now += 1;
        self.count += 1;
        let id = uuid_v7(self.now, self.count);
        json!({ "id": id, "at": time_text(self.now), name: body })
    }

    /// A line of one command; gives its id.
    pub fn put(&mut self, name: &str, body: Value) -> String {
        let command = self.command(name, body);
        self.line(&command);
        command["id"].as_str().unwrap().to_owned()
    }

    /// A line as it is.
    pub fn line(&mut self, value: &Value) {
        self.lines.push_str(&value.to_string());
        self.lines.push('\n');
        self.records += 1;
    }

    /// How many lines there are.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// All lines.
    pub fn lines(&self) -> &str {
        &self.lines
    }
}

/// A UUIDv7 of a time in milliseconds since 1970 and a number in place of chance.
pub fn uuid_v7(ms: u64, number: u64) -> String {
    let value = u128::from(ms) << 80 | 7 << 76 | 2 << 62 | u128::from(number);
    let hex = format!("{value:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
