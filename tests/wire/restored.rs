//! A state so large that it is read back on threads of their own, in pieces cut anywhere.

use groat::bench::{Kind, Spread, Workload};
use groat_ledger::Id;
use groat_proto::v1::{ChainTerms, Record};
use groat_proto::{Message, read_varint};
use groat_shard::{Books, Inbound, Shard, SnapshotReader, hex};

/// More than a MiB of accounts and as much of ids seen.
const ACCOUNTS: u32 = 60_000;

fn terms() -> ChainTerms {
    ChainTerms { shards: 1, id_window_ms: 7 * 86_400_000, ..ChainTerms::default() }
}

fn large() -> Shard {
    let mut shard = Shard::begin(0, terms());
    shard.claim();
    let opening = Workload::new(Kind::Transfers, Spread::Uniform, ACCOUNTS, 1).opening();
    for (offset, commands) in (0..).zip(opening.chunks(8_000)) {
        let time = Id::from(commands[0].id.unwrap()).time_ms();
        let record = Record { commands: commands.to_vec(), atomic: false }.encode_to_vec();
        shard.step(Inbound { offset, time, record: &record });
        shard.seal("test", false);
    }
    shard
}

#[test]
fn a_large_state_comes_back_in_pieces_cut_anywhere() {
    let shard = large();
    let snapshot = shard.snapshot();
    assert!(snapshot.len() > 3 << 20, "{}", snapshot.len());
    for piece in [311, 4_093, 88_000, snapshot.len()] {
        let mut reader = SnapshotReader::new(0);
        snapshot.chunks(piece).for_each(|piece| reader.add(piece));
        assert_eq!(reader.bytes(), snapshot.len() as u64);
        let mut again = reader.finish().unwrap();
        assert_eq!(hex(&again.books().digest()), hex(&shard.books().digest()), "by {piece}");
        assert!(again.snapshot() == snapshot, "by {piece}");
        // It goes on as the one that was put to rest.
        again.step(Inbound { offset: 99, time: 0, record: b"no record" });
    }
    for cut in [0, 1, 40, 2 << 20, snapshot.len() - 1] {
        let bad = Shard::from_snapshot(0, &snapshot[..cut]).err();
        assert!(bad.is_some_and(|bad| bad.what.contains("cannot be used")), "cut at {cut}");
    }
}

/// Where each row begins and ends.
fn places(rows: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut at = 0;
    let mut places = Vec::new();
    while at < rows.len() {
        let start = at;
        let len = read_varint(rows, &mut at).unwrap();
        at += usize::try_from(len).unwrap();
        places.push(start..at);
    }
    places
}

fn why_not(rows: &[u8]) -> String {
    let terms = terms();
    let mut reader = Books::reader(0, &terms);
    rows.chunks(88_000).for_each(|piece| reader.add(piece));
    match Books::read(0, terms, reader) {
        Ok(_) => "it was read".to_owned(),
        Err(bad) => bad.to_string(),
    }
}

#[test]
fn what_is_wrong_with_a_row_of_a_large_state_is_told_with_its_place() {
    let shard = large();
    let rows = shard.books().rows();
    let places = places(&rows);
    let accounts = 1 + ACCOUNTS as usize;
    let of_accounts = places[accounts].start;
    assert!(of_accounts.min(rows.len() - of_accounts) > 1 << 20, "both are long");
    assert_eq!(why_not(&rows), "it was read");
    let last = places.last().unwrap().clone();
    let with = |at: usize, more: &[u8]| [&rows[..at], more, &rows[at..]].concat();
    let cases = [
        (
            rows[..rows.len() - 1].to_vec(),
            format!("the state's row at byte {}: it is cut off", last.start),
        ),
        // An account and an id once more, each behind the last of its kind.
        (
            with(places[accounts].start, &rows[places[1].clone()]),
            format!("row {ACCOUNTS} of accounts has the key of another"),
        ),
        (with(rows.len(), &rows[last.clone()]), "was seen twice".to_owned()),
        // A row of a kind that there is not, among accounts.
        (
            with(places[accounts].start, &[3, 0xfa, 0x7f, 0]),
            format!("the state's row at byte {}: it is of an unknown kind", places[accounts].start),
        ),
    ];
    for (rows, what) in cases {
        let said = why_not(&rows);
        assert!(said.contains(&what), "{said}, not {what}");
    }
    let mut no_class = rows.clone();
    // The class of an account: its row is keyed 2 << 3 | 2, its first field is the class.
    let row = places[accounts - 1].start + 3;
    assert_eq!(no_class[row], 8, "the field");
    no_class[row] = 16;
    let said = why_not(&no_class);
    assert!(said.starts_with(&format!("the state's row at byte {}: ", row - 3)), "{said}");
}
