//! Bytes that are no command: each is answered, recorded, and changes nothing.

use crate::{answers, examples, shard};
use groat_proto::Message;
use groat_proto::json::read_line;
use groat_proto::v1::{self, Command, Record, command};
use groat_shard::limits::{RECORD_BYTES_MAX, RECORD_COMMANDS_MAX};
use groat_shard::{Block, Books, Inbound, hex};
use proptest::prelude::*;

fn answer_of(record: &[u8]) -> Vec<String> {
    let mut shard = shard(true);
    let before = shard.books().digest();
    shard.step(Inbound { offset: 0, time: 0, record });
    let sealed = shard.seal("test", false);
    let answers = answers(&sealed);
    if answers.iter().all(|a| a == "malformed") {
        assert_eq!(hex(&shard.books().digest()), hex(&before), "a malformed record moves nothing");
    }
    // What was recorded folds, and leads to the same state.
    let block = Block::parse(&sealed.bytes).unwrap();
    let mut books = Books::new(0, *shard.books().terms());
    books.fold(&block, |_, _| {}).unwrap();
    assert_eq!(hex(&books.digest()), hex(&shard.books().digest()));
    answers
}

fn command() -> Command {
    read_line(examples()[0]).unwrap().commands.remove(0)
}

fn record(command: &Command) -> Vec<u8> {
    Record { commands: vec![command.clone()], atomic: false }.encode_to_vec()
}

#[test]
fn every_kind_of_wrong_bytes_is_malformed() {
    let good = record(&command());
    assert_eq!(answer_of(&good), ["ok"]);
    let with = |change: fn(&mut Command)| {
        let mut command = command();
        change(&mut command);
        record(&command)
    };
    let unknown_field = {
        let mut bytes = command().encode_to_vec();
        bytes.extend_from_slice(&[0xf8, 0x7f, 1]);
        [&[0x0a, u8::try_from(bytes.len()).unwrap()][..], &bytes].concat()
    };
    let too_many = Record { commands: vec![command(); RECORD_COMMANDS_MAX + 1], atomic: false };
    for (what, bytes) in [
        ("empty", vec![]),
        ("text", b"{\"id\": 1}".to_vec()),
        ("cut off", good[..good.len() - 1].to_vec()),
        ("no id", with(|c| c.id = None)),
        ("nothing to do", with(|c| c.body = None)),
        ("a newer schema", with(|c| c.schema = 2)),
        ("an unknown field", unknown_field),
        ("too many commands", too_many.encode_to_vec()),
        ("too large", vec![0; RECORD_BYTES_MAX + 1]),
    ] {
        assert_eq!(answer_of(&bytes), ["malformed"], "{what}");
    }
}

#[test]
fn a_wrong_value_in_a_field_is_refused_by_name() {
    let with = |change: fn(&mut Command)| {
        let mut command = command();
        change(&mut command);
        record(&command)
    };
    for (what, bytes) in [
        ("a reference of 65 characters", with(|c| c.reference = "x".repeat(65))),
        (
            "17 entries of metadata",
            with(|c| {
                c.metadata = (0..17).map(|n| (n.to_string(), String::new())).collect();
            }),
        ),
        (
            "a metadata value of 257 bytes",
            with(|c| {
                c.metadata = [("k".to_owned(), "v".repeat(257))].into();
            }),
        ),
        ("a time beyond the year 9999", with(|c| c.at = u64::MAX)),
        ("days that begin a day late", with(|c| c.body = Some(line_from(1_440)))),
    ] {
        assert_eq!(answer_of(&bytes), ["SchemaInvalid"], "{what}");
    }
    let last = with(|c| c.body = Some(line_from(1_439)));
    assert_eq!(answer_of(&last), ["UnknownAccount"], "no field of it is wrong");
}

/// A line of credit of nobody, whose days begin so many minutes late.
fn line_from(day_begins_min: u32) -> command::Body {
    command::Body::GrantCreditLine(v1::GrantCreditLine {
        user: Some(v1::Id { hi: 1, lo: 1 }),
        limit: Some(v1::Money { amount: 100, currency: 156 }),
        statement_day: 1,
        due_day: 10,
        billing: Some(v1::BillingTerms { day_begins_min, ..v1::BillingTerms::default() }),
        ..v1::GrantCreditLine::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// No bytes from outside can make a step panic or move an account by themselves.
    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!answer_of(&bytes).is_empty());
    }

    /// Good commands with bytes changed, cut out or put in.
    #[test]
    fn any_damage_to_a_good_command_has_an_answer(
        example in 0usize..1_000,
        at in 0usize..120,
        byte in any::<u8>(),
        kind in 0u8..3,
    ) {
        let lines = examples();
        let mut bytes = read_line(lines[example % lines.len()]).unwrap().encode_to_vec();
        let at = at % bytes.len();
        match kind {
            0 => bytes[at] = byte,
            1 => { bytes.remove(at); }
            _ => bytes.insert(at, byte),
        }
        prop_assert!(!answer_of(&bytes).is_empty());
    }
}
