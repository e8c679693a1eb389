//! A small day for tests: a chain with every kind of frame and answer, sealed by a real shard.

mod apps;
mod billed;
mod cards;
mod chance;
mod credit_days;
mod debit_days;
mod due_days;
mod elsewhere;
mod exchange;
mod held;
mod kept;
mod limited;
mod loan_days;
mod loss_days;
mod market;
mod plan_days;
mod rented;
mod seller_days;
mod shared;

pub(crate) use apps::app_days;
pub(crate) use billed::billed_days;
pub(crate) use cards::card_days;
pub(crate) use chance::chance;
pub(crate) use credit_days::credit_days;
pub(crate) use debit_days::debit_days;
pub(crate) use due_days::due_days;
pub(crate) use elsewhere::{
    borne_elsewhere, closed_elsewhere, funded_elsewhere, shared_between, shared_elsewhere,
    sold_and_shared_elsewhere, sold_elsewhere,
};
pub(crate) use exchange::exchanged_days;
pub(crate) use held::held_days;
pub(crate) use kept::kept_days;
pub(crate) use limited::limited_days;
pub(crate) use loan_days::loan_days;
pub(crate) use loss_days::loss_days;
pub(crate) use market::market_days;
pub(crate) use plan_days::plan_days;
pub(crate) use rented::rented_days;
pub(crate) use seller_days::seller_days;
pub(crate) use shared::shared_days;

use crate::source::{Chain, Source};
use groat_proto::v1::{BlockHeader, ChainTerms, DueEvent, Event};
use groat_proto::{Message, json, write_varint};
use groat_shard::{Block, FrameKind, Inbound, MemoryStore, Sealed, Shard, SledStore, Store};
use std::path::Path;

/// What a shard sealed.
#[derive(Clone)]
pub(crate) struct Day {
    pub(crate) blocks: Vec<Vec<u8>>,
    /// After each input: number of the last event, time, digest of the state.
    pub(crate) states: Vec<(u64, u64, [u8; 32])>,
    pub(crate) snapshot: (u64, Vec<u8>),
    pub(crate) digest: [u8; 32],
}

/// A day in a data directory that goes when it is dropped.
pub(crate) struct Kept(tempfile::TempDir);

impl Kept {
    pub(crate) fn source(&self) -> Source {
        Source::Directory(self.path().into())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Day {
    pub(crate) fn chain(&self) -> Chain {
        let mut store = MemoryStore::default();
        self.fill(&mut store);
        Chain::of_store(0, store)
    }

    pub(crate) fn in_a_directory(&self) -> Kept {
        let dir = tempfile::tempdir().unwrap();
        self.write_to(dir.path());
        Kept(dir)
    }

    pub(crate) fn write_to(&self, dir: &Path) {
        let mut store = SledStore::open(dir).unwrap();
        self.fill(&mut store);
        store.sync().unwrap();
    }

    fn fill(&self, store: &mut impl Store) {
        for (number, block) in (0..).zip(&self.blocks) {
            store.append(number, block).unwrap();
            if number == self.snapshot.0 {
                store.sync().unwrap();
                store.finish_snapshot(number, &self.snapshot.1).unwrap();
            }
        }
    }
}

pub(crate) fn chain_of(blocks: Vec<Vec<u8>>) -> Chain {
    chain_for(0, blocks)
}

pub(crate) fn chain_for(shard: u32, blocks: Vec<Vec<u8>>) -> Chain {
    let count = blocks.len() as u64;
    Chain::of_blocks(shard, Some(count), blocks.into_iter().map(Ok))
}

/// Gives lines to a shard, one input each; a line that is no JSON is given as its bytes.
struct Writer {
    shard: Shard,
    day: Day,
    offset: u64,
}

impl Writer {
    fn new(shard: u32, terms: ChainTerms) -> Writer {
        let mut shard = Shard::begin(shard, terms);
        let claim = shard.claim().bytes;
        let day =
            Day { blocks: vec![claim], states: vec![], snapshot: (0, vec![]), digest: [0; 32] };
        Writer { shard, day, offset: 0 }
    }

    fn give(&mut self, line: &str) {
        let record = json::read_line(line).map(|record| record.encode_to_vec());
        let record = record.unwrap_or_else(|_| line.as_bytes().to_vec());
        self.shard.step(Inbound { offset: self.offset, time: 1, record: &record });
        self.offset += 1;
        let ledger = self.shard.books().ledger();
        let state = (ledger.next_event() - 1, ledger.now(), self.shard.books().digest());
        self.day.states.push(state);
    }

    fn seal(&mut self, digest: bool) {
        let number = self.shard.head().next_number;
        // Both ways in turn: taken at once, and put to rest and told by the next block.
        let rests = digest && !number.is_multiple_of(4);
        let Sealed { bytes, .. } = if rests {
            self.shard.seal_and_rest("test.commands")
        } else {
            self.shard.seal("test.commands", digest)
        };
        self.day.blocks.push(bytes);
        if digest {
            self.day.snapshot = (number, self.shard.snapshot());
        }
        while self.shard.rest_on(4_096).is_some() {}
    }

    fn end(mut self) -> Day {
        self.day.digest = self.shard.books().digest();
        self.day
    }
}

/// A header without digests of the state: what is forged behind it gives another state, and that
/// is not what is to be found.
pub(crate) fn without_digests(header: &mut BlockHeader) {
    header.state_digest.clear();
    header.rests = false;
    header.rested = None;
}

fn id(n: u64, at: &str) -> String {
    let ms = json::parse_time(at).unwrap();
    format!("{:08x}-{:04x}-7000-8000-{n:012x}", ms >> 16, ms & 0xffff)
}

fn command(n: u64, at: &str, body: &str) -> String {
    format!(r#"{{"id":"{}","at":"{at}",{body}}}"#, id(n, at))
}

fn money(amount: &str) -> String {
    format!(r#"{{"amount":"{amount}","currency":"CNY"}}"#)
}

fn transfer(from: &str, to: &str, amount: &str) -> String {
    format!(r#""transfer":{{"from":"{from}","to":"{to}","amt":{}}}"#, money(amount))
}

const OPENING: [&str; 6] = [
    r#""open_user":{"user":"alice","kyc_class":2,"ccy":"CNY"}"#,
    r#""open_user":{"user":"bob","kyc_class":1,"ccy":"CNY"}"#,
    r#""onboard_merchant":{"merchant":"shop","fee_ppm":6000,"fee_refund":"PROPORTIONAL","cycle":1,"settle_ccy":"CNY"}"#,
    r#""open_ledger_account":{"account":"till","currency":"CNY","constraint":"DEBITS_WITHIN_CREDITS"}"#,
    r#""open_ledger_account":{"account":"a:b","currency":"CNY"}"#,
    r#""set_limits":{"scope":{"user":"alice"},"ccy":"CNY","day":{"amount":"50.00","currency":"CNY"}}"#,
];

/// See the module.
pub(crate) fn day() -> Day {
    day_of(0)
}

/// The same day on another shard.
pub(crate) fn day_of(shard: u32) -> Day {
    let mut day = Writer::new(
        shard,
        ChainTerms {
            shards: 1,
            command_clock: true,
            id_window_ms: 7 * 86_400_000,
            day_offset_min: 0,
            transfers: false,
        },
    );
    let morning = "2026-01-31T09:00:00Z";
    for (n, body) in (1..).zip(OPENING) {
        day.give(&command(n, morning, body));
    }
    day.seal(false);

    let notes = r#""reference":"first money","metadata":{"note":"a [b], c: d"}"#;
    let top_up = format!(
        r#"{notes},"confirm_top_up":{{"user":"alice","bank_ref":"B-1","amt":{}}}"#,
        money("100.00")
    );
    day.give(&command(10, "2026-01-31T09:30:00.250Z", &top_up));
    let order = r#""payment":"p1","out_trade_no":"T-1","merchant":"shop","mode":"IN_APP""#;
    let create = format!(r#""create_payment":{{{order},"amt":{}}}"#, money("6.90"));
    day.give(&command(11, "2026-01-31T10:00:00Z", &create));
    let legs = format!(r#""legs":[{{"balance":{{"amt":{}}}}}]"#, money("6.90"));
    let pay = format!(r#""pay_payment":{{"payment":"p1","user":"alice",{legs}}}"#);
    day.give(&command(12, "2026-01-31T10:01:00Z", &pay));
    let dated = format!(r#""effective_date":"2026-02-28",{}"#, transfer("alice", "bob", "20.00"));
    day.give(&command(13, "2026-01-31T11:00:00Z", &dated));
    day.seal(true);

    // A refusal, a repeated command, bytes that are none, a batch of which one is refused, an
    // atomic batch that is not done.
    day.give(&command(14, "2026-01-31T11:01:00Z", &transfer("bob", "alice", "500.00")));
    day.give(&command(13, "2026-01-31T11:00:00Z", &dated));
    day.give("not a record");
    let batch = |first: u64, atomic: bool| {
        let at = "2026-01-31T11:02:00Z";
        let good = command(first, at, &transfer("bob", "alice", "2.00"));
        let bad = command(first + 1, at, &transfer("alice", "bob", "70.00"));
        format!(r#"{{"atomic":{atomic},"commands":[{good},{bad}]}}"#)
    };
    day.give(&batch(15, false));
    day.give(&batch(17, true));
    let post = |from: &str, to: &str, amount: &str, rest: &str| {
        format!(
            r#""post_transfer":{{"debit":"{from}","credit":"{to}","amount":{}{rest}}}"#,
            money(amount)
        )
    };
    let noon = "2026-01-31T12:00:00Z";
    day.give(&command(20, noon, &post("a:b", "till", "10.00", "")));
    day.give(&command(
        21,
        noon,
        &post("till", "a:b", "5.00", r#","phase":"PENDING","timeout_s":60"#),
    ));
    let part = format!(
        r#""post_transfer":{{"phase":"POST","pending":"{}","amount":{}}}"#,
        id(21, noon),
        money("3.00")
    );
    day.give(&command(22, noon, &part));
    day.give(&command(23, noon, &post("till", "a:b", "1.00", r#","phase":"PENDING""#)));
    day.seal(false);

    // The clock cuts and settles the batch; then a refund from the merchant's settled money.
    day.shard.tick(json::parse_time("2026-02-01T00:00:00Z").unwrap());
    day.shard.tick(json::parse_time("2026-02-01T08:00:00Z").unwrap());
    day.seal(false);
    let refund = format!(
        r#""refund_payment":{{"payment":"p1","out_request_no":"R-1","amt":{}}}"#,
        money("0.94")
    );
    day.give(&command(30, "2026-02-01T09:00:00Z", &refund));
    // The same refund under another id: the first answer again.
    day.give(&command(31, "2026-02-01T09:00:01Z", &refund));
    let advance = r#""advance_clock":{"to":"2026-02-02T00:00:00Z"}"#;
    day.give(&command(32, "2026-02-01T10:00:00Z", advance));
    day.shard.tick(json::parse_time("2026-02-02T01:00:00Z").unwrap());
    day.seal(true);
    day.end()
}

/// The blocks with `edit` made to each header and body, sealed and chained again: forged books
/// whose every hash is right.
pub(crate) fn forged(
    blocks: &[Vec<u8>],
    mut edit: impl FnMut(&mut BlockHeader, &mut Vec<u8>),
) -> Vec<Vec<u8>> {
    let mut previous = vec![0; 32];
    let mut forged = Vec::new();
    for bytes in blocks {
        let Block { mut header, mut body, .. } = Block::parse(bytes).unwrap();
        edit(&mut header, &mut body);
        header.previous = previous;
        header.body_hash = blake3::hash(&body).as_bytes().to_vec();
        header.body_bytes = u32::try_from(body.len()).unwrap();
        header.compressed = false;
        let head = header.encode_to_vec();
        let mut bytes = b"GROT".to_vec();
        bytes.extend_from_slice(&u32::try_from(head.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&body);
        previous = blake3::hash(&bytes).as_bytes().to_vec();
        bytes.extend_from_slice(&previous);
        forged.push(bytes);
    }
    forged
}

/// The frames of a body with `edit` made to each event, also those that the clock owed.
pub(crate) fn with_events(
    header: &BlockHeader,
    body: &[u8],
    mut edit: impl FnMut(u64, &mut Event),
) -> Vec<u8> {
    let mut number = header.first_event;
    with_frames(header, body, |kind, message| {
        match kind {
            FrameKind::Event => {
                let mut event = Event::decode(message.as_slice()).unwrap();
                edit(number, &mut event);
                *message = event.encode_to_vec();
            }
            FrameKind::Due => {
                let mut due = DueEvent::decode(message.as_slice()).unwrap();
                edit(number, due.event.as_mut().unwrap());
                *message = due.encode_to_vec();
            }
            _ => return,
        }
        number += 1;
    })
}

/// The frames of a body with `edit` made to the message of each: also to what was asked and to how
/// it was answered.
pub(crate) fn with_frames(
    header: &BlockHeader,
    body: &[u8],
    mut edit: impl FnMut(FrameKind, &mut Vec<u8>),
) -> Vec<u8> {
    let block = Block { header: header.clone(), body: body.to_vec(), hash: [0; 32] };
    let mut out = Vec::new();
    for (_, kind, bytes) in block.frames().map(Result::unwrap) {
        let mut message = bytes.to_vec();
        edit(kind, &mut message);
        out.push(kind as u8);
        write_varint(&mut out, message.len() as u64);
        out.extend_from_slice(&message);
    }
    out
}
