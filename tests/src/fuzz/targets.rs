//! What is fuzzed, each with its seeds and its promise.

use crate::fuzz::Random;
use groat_ledger::limits::{DAY_MS, TIME_MS_MAX};
use groat_proto::json::read_line;
use groat_proto::v1::{self, ChainTerms};
use groat_proto::{Message, read_record};
use groat_shard::{
    Arrival, Block, Books, Folded, Inbound, OpenBlock, Outbound, Shard, SledStore, Store,
    append_event, read_command, read_plain_event,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// Something that reads bytes from outside.
pub struct Target {
    pub name: &'static str,
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Panics where the promise is broken.
    pub run: fn(&[u8]),
    /// Inputs in the fixed run of `cargo test`.
    pub short: u64,
}

pub const TARGETS: &[Target] = &[
    Target { name: "command", seeds: commands, run: command, short: 40_000 },
    Target { name: "record", seeds: records, run: record, short: 300 },
    Target { name: "event", seeds: events, run: event, short: 40_000 },
    Target { name: "block", seeds: blocks, run: block, short: 2_000 },
    Target { name: "body", seeds: bodies, run: body, short: 300 },
    Target { name: "json", seeds: lines, run: json, short: 10_000 },
    Target { name: "rows", seeds: rows, run: books_from_rows, short: 300 },
    Target { name: "store", seeds: stores, run: store, short: 15 },
];

fn examples() -> Vec<&'static str> {
    let readme = include_str!("../../../proto/README.md");
    readme.lines().filter(|line| line.starts_with("{\"id\":\"019c1000")).collect()
}

fn lines() -> Vec<Vec<u8>> {
    examples().into_iter().map(|line| line.as_bytes().to_vec()).collect()
}

fn records() -> Vec<Vec<u8>> {
    let mut alone: Vec<v1::Record> = examples().iter().map(|l| read_line(l).unwrap()).collect();
    let commands = alone.iter().flat_map(|record| record.commands.clone()).take(4).collect();
    alone.push(v1::Record { commands, atomic: true });
    alone.iter().map(Message::encode_to_vec).collect()
}

fn commands() -> Vec<Vec<u8>> {
    let records = records();
    let commands = records.iter().flat_map(|record| read_record(record).unwrap().commands);
    commands.map(<[u8]>::to_vec).collect()
}

fn terms() -> ChainTerms {
    let id_window_ms = 7 * 86_400_000;
    ChainTerms { shards: 1, command_clock: true, id_window_ms, day_offset_min: 0, transfers: false }
}

/// The block of the documented examples, as bytes, and the shard behind it.
fn sealed() -> (Vec<u8>, Shard) {
    let mut shard = Shard::begin(0, terms());
    shard.claim();
    for (record, offset) in records().iter().zip(0..) {
        shard.step(Inbound { offset, time: 0, record });
    }
    (shard.seal("fuzz", false).bytes, shard)
}

fn blocks() -> Vec<Vec<u8>> {
    vec![sealed().0, Shard::begin(0, terms()).claim().bytes]
}

fn bodies() -> Vec<Vec<u8>> {
    vec![Block::parse(&sealed().0).unwrap().body]
}

fn rows() -> Vec<Vec<u8>> {
    vec![sealed().1.books().rows()]
}

fn events() -> Vec<Vec<u8>> {
    let (mut books, mut events) = (Books::new(0, terms()), Vec::new());
    let block = Block::parse(&sealed().0).unwrap();
    let folded = books.fold(&block, |_, folded| {
        if let Folded::Event { fact, movements, .. } = folded {
            let mut bytes = Vec::new();
            append_event(fact, movements, &mut bytes);
            let mut at = 0;
            groat_proto::read_varint(&bytes, &mut at);
            events.push(bytes[at..].to_vec());
        }
    });
    folded.unwrap();
    events
}

/// Numbers that choose which file of a store is damaged, where and how.
fn stores() -> Vec<Vec<u8>> {
    (0..32u8).map(|n| vec![n; 12]).collect()
}

/// A command that is read is read the same from what prost writes of it: whichever reader took it.
fn command(bytes: &[u8]) {
    let Ok(view) = read_command(bytes) else { return };
    let wire = v1::Command::decode(bytes).expect("what is read is a message");
    let again = read_command(&wire.encode_to_vec()).expect("it is read again");
    assert_eq!((view.id, view.at, &view.body), (again.id, again.at, &again.body));
}

/// Whatever a record is, it is answered, recorded, and folds to the same state; sums stay zero.
fn record(bytes: &[u8]) {
    let mut shard = Shard::begin(0, terms());
    let claim = shard.claim();
    let among = bytes.iter().map(|b| usize::from(*b)).sum::<usize>();
    let mut inputs = records();
    let at = among % inputs.len();
    inputs[at] = bytes.to_vec();
    for (record, offset) in inputs.iter().zip(0..) {
        shard.step(Inbound { offset, time: 0, record });
    }
    let sealed = shard.seal("fuzz", false);
    let answered: Vec<_> = sealed.outbound.outcomes().collect();
    assert_eq!(answered.len(), inputs.len());
    let told = sealed.outbound.settlements().count();
    assert!(told < 10_000, "{told}");
    let mut follower = Shard::begin(0, terms());
    for bytes in [&claim.bytes, &sealed.bytes] {
        let arrived = follower.follow(&Block::parse(bytes).unwrap()).unwrap();
        assert_eq!(arrived, Arrival::Next);
    }
    assert_eq!(follower.books().digest(), shard.books().digest());
    sums_are_zero(shard.books());
}

/// An event that is read without a message is read as by way of one.
fn event(bytes: &[u8]) {
    let mut plain = Vec::new();
    let Some(fact) = read_plain_event(bytes, &mut plain, |fact, _| fact.clone()) else { return };
    let wire = v1::Event::decode(bytes).expect("what is read is a message");
    let mut movements = Vec::new();
    let read = groat_shard::read_event(&wire, &mut movements).expect("and a fact");
    assert_eq!((read, movements), (fact, plain));
}

/// Other bytes than a block's are refused: only what was altered back may be accepted.
fn block(bytes: &[u8]) {
    static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    if Block::parse(bytes).is_ok() {
        let seeds = SEEDS.get_or_init(blocks);
        assert!(seeds.iter().any(|seed| seed == bytes), "a damaged block is accepted");
    }
}

/// A body with the right hash, as who can write the log makes it: refused, or books that go on.
fn body(bytes: &[u8]) {
    static BLOCK: OnceLock<Block> = OnceLock::new();
    let block = BLOCK.get_or_init(|| Block::parse(&sealed().0).unwrap());
    let block = Block { header: block.header.clone(), body: bytes.to_vec(), hash: block.hash };
    let mut books = Books::new(0, terms());
    let end = block.body.len();
    if books.fold(&block, |_, _| {}).err().is_none_or(|bad| bad.at == end) {
        go_on(&mut books);
    }
}

/// A line that is read comes back the same from the line that is written of it.
fn json(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(record) = read_line(text) else { return };
    for command in &record.commands {
        let Ok(written) = serde_json::to_string(command) else { continue };
        let again = read_line(&written).unwrap_or_else(|e| panic!("{written}: {e}"));
        assert_eq!(again.commands, std::slice::from_ref(command), "{written}");
    }
}

/// Rows that are read are written back the same, and lead to books that go on.
fn books_from_rows(bytes: &[u8]) {
    // As they come from a store, cut anywhere.
    let read = |bytes: &[u8], piece: usize| {
        let mut rows = Books::reader(0, &terms());
        bytes.chunks(piece).for_each(|piece| rows.add(piece));
        Books::read(0, terms(), rows)
    };
    let Ok(mut books) = read(bytes, 1 + bytes.len() % 89) else { return };
    let rows = books.rows();
    let again = read(&rows, 1 + rows.len() % 97).expect("written rows are read");
    assert_eq!(again.digest(), books.digest());
    go_on(&mut books);
}

/// Steps all examples under other ids, then a hundred years on; and to the end of time, unless a
/// line of credit or a loan is charged until then.
pub fn go_on(books: &mut Books) -> Outbound {
    let mut out = OpenBlock::default();
    // Ids are of the time at which they are used.
    let now = books.ledger().now().max(0x019c_1000_0000);
    let time = format!("{:08x}-{:04x}", now >> 16, now & 0xffff);
    for (offset, line) in (1_000..).zip(examples()) {
        let line = line.replace("7000-8000-000000000", "7000-9000-000000000");
        let line = line.replace("019c1000-0000", &time);
        let record = read_line(&line).unwrap().encode_to_vec();
        books.step(Inbound { offset, time: 0, record: &record }, &mut out);
    }
    let later = books.ledger().now().saturating_add(100 * 365 * DAY_MS);
    books.tick(later.min(TIME_MS_MAX), &mut out);
    let mut bills = books.ledger().tables().credit_lines.rows().iter().map(|line| &line.billing);
    if !bills
        .any(|bill| bill.as_ref().is_some_and(|bill| bill.bearing() > 0 || !bill.loans.is_empty()))
    {
        books.tick(TIME_MS_MAX, &mut out);
    }
    out.outbound
}

fn sums_are_zero(books: &Books) {
    let mut sums = BTreeMap::<u16, i128>::new();
    for account in books.ledger().tables().accounts.rows() {
        *sums.entry(account.currency.code()).or_default() += account.credit_balance();
    }
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
}

/// A store with a damaged file is refused with a fault, or gives the blocks that were written.
fn store(bytes: &[u8]) {
    let mut random = Random::new(
        bytes.iter().fold(0, |n: u64, b| n.wrapping_mul(257).wrapping_add(u64::from(*b))),
    );
    let dir = tempfile::tempdir().unwrap();
    let block = |number: u64| vec![number as u8; 20_000];
    {
        let mut store = SledStore::open(dir.path()).unwrap();
        (0..20).for_each(|number| store.append(number, &block(number)).unwrap());
        store.sync().unwrap();
        store.finish_snapshot(11, &[7; 3_000]).unwrap();
    }
    let files = files_below(dir.path());
    let file = &files[random.below(files.len())];
    let mut content = fs::read(file).unwrap();
    let whole = [content.clone()];
    match random.below(4) {
        0 => content.clear(),
        1 => content.truncate(random.below(content.len())),
        _ => content = random.mutated(&whole),
    }
    fs::write(file, &content).unwrap();
    let Ok(mut store) = SledStore::open(dir.path()) else { return };
    for number in 0..20 {
        match store.read(number) {
            Ok(Some(read)) => assert!(read == block(number), "{number} reads other bytes"),
            Ok(None) => {}
            Err(_) => return,
        }
    }
    if let Ok(Some((number, snapshot))) = store.snapshot() {
        // No byte of one that cannot be read.
        assert!(number == 11 && (snapshot.is_empty() || snapshot == [7; 3_000]));
    }
}

fn files_below(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}
