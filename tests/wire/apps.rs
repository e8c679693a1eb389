//! Signed commands: forged, replayed and wrong-key signatures, and what a tenant sees of another.

use crate::{answers, examples, shard, step_lines};
use groat_ledger::Id;
use groat_proto::json::{hex, read_line};
use groat_proto::v1::{Command, Record};
use groat_proto::{Message, write_varint};
use groat_shard::{Inbound, Shard, signed_bytes};
use groat_tests::signing::{key, public_key, sign};

const AT: &str = "2026-01-31T09:00:00Z";

fn named(name: &str) -> Id {
    name.parse().unwrap()
}

fn line(n: u32, body: &str) -> String {
    format!(r#"{{"id":"019c1000-0000-7000-8000-{n:012}","at":"{AT}",{body}}}"#)
}

fn command(n: u32, body: &str) -> Command {
    read_line(&line(n, body)).unwrap().commands.remove(0)
}

fn create(n: u32, payment: &str) -> Command {
    command(
        n,
        &format!(
            r#""create_payment":{{"payment":"{payment}","out_trade_no":"{payment}","merchant":"shop","mode":"IN_APP","amt":{{"amount":"5.00","currency":"CNY"}}}}"#
        ),
    )
}

/// Steps one record; its answers in short.
fn give(shard: &mut Shard, offset: u64, commands: Vec<Command>, atomic: bool) -> Vec<String> {
    let record = Record { commands, atomic }.encode_to_vec();
    shard.step(Inbound { offset, time: 0, record: &record });
    answers(&shard.seal("test", false))
}

/// A shard with a merchant, an app that it lets create orders, and one that it does not.
fn opened() -> Shard {
    let mut shard = shard(true);
    let register = |n: u32, app: &str, seed: u8| {
        let key = hex::text(&public_key(seed));
        let scopes = r#"["payments"]"#;
        line(
            n,
            &format!(
                r#""register_app":{{"app_id":"{app}","key_id":"k","scopes":{scopes},"public_key":"{key}"}}"#
            ),
        )
    };
    let lines = [
        line(1, r#""onboard_merchant":{"merchant":"shop","fee_ppm":6000,"settle_ccy":"CNY"}"#),
        register(2, "mini", 1),
        register(3, "other", 2),
        line(4, r#""grant_app_auth":{"app_id":"mini","merchant_id":"shop","scopes":["payments"]}"#),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(answers(&step_lines(&mut shard, 0, 0, &lines)), ["ok"; 4]);
    shard
}

#[test]
fn a_command_of_an_app_is_done_if_it_is_signed() {
    let mut shard = opened();
    let (mini, other) = (named("mini"), named("other"));
    let unsigned = Command { app: Some(mini.into()), ..create(10, "p1") };
    let signed = sign(create(10, "p1"), mini, &key(1));
    let broken = |at: usize| {
        let mut signature = signed.signature.clone();
        signature[at] ^= 1;
        Command { signature, ..signed.clone() }
    };
    let now = shard.books().ledger().now();
    for (offset, (command, expected)) in (4..).zip([
        (unsigned.clone(), "SignatureMissing"),
        (sign(create(10, "p1"), mini, &key(2)), "SignatureInvalid"),
        (broken(0), "SignatureInvalid"),
        (broken(63), "SignatureInvalid"),
        (Command { signature: vec![1; 63], ..signed.clone() }, "SignatureInvalid"),
        // Another's command under one's own name, and one's own under another's.
        (Command { app: Some(other.into()), ..signed.clone() }, "SignatureInvalid"),
        // The signature of another command.
        (Command { signature: signed.signature.clone(), ..create(11, "p2") }, "UnknownTenant"),
        (
            Command {
                app: Some(mini.into()),
                signature: signed.signature.clone(),
                ..create(11, "p2")
            },
            "SignatureInvalid",
        ),
        (Command { at: signed.at + 900_000, ..signed.clone() }, "SignatureInvalid"),
        (sign(create(10, "p1"), named("nobody"), &key(1)), "UnknownTenant"),
        // None of them took the id, moved time, or left an event.
        (signed.clone(), "ok"),
        // The same bytes again are the same command.
        (signed.clone(), "replay ok"),
        (unsigned, "IdempotencyConflict"),
        (sign(create(12, "p3"), other, &key(2)), "NotGranted"),
    ]) {
        let events = shard.books().ledger().next_event();
        assert_eq!(give(&mut shard, offset, vec![command], false), [expected], "{offset}");
        let left = shard.books().ledger().next_event() - events;
        let expected = match expected {
            "ok" => 2,
            "NotGranted" => 1,
            _ => 0,
        };
        assert_eq!(left, expected, "events of {offset}");
    }
    assert_eq!(shard.books().ledger().now(), now);
}

/// The time of a command that is not the app's does not count, nor does an app move the clock.
#[test]
fn only_the_platform_moves_the_clock() {
    let mut shard = opened();
    let (mini, now) = (named("mini"), shard.books().ledger().now());
    let advance = || command(20, r#""advance_clock":{"to":"2026-03-01T00:00:00Z"}"#);
    let late = Command { at: now + 9_000_000, app: Some(mini.into()), ..create(21, "p1") };
    assert_eq!(give(&mut shard, 4, vec![late], false), ["SignatureMissing"]);
    let asked = sign(advance(), mini, &key(1));
    assert_eq!(give(&mut shard, 5, vec![asked], false), ["ScopeDenied"]);
    assert_eq!(shard.books().ledger().now(), now);
}

/// One forged command spoils an atomic batch, and takes no id with it but those of the others.
#[test]
fn a_forged_command_in_an_atomic_batch() {
    let mut shard = opened();
    let good = sign(create(30, "p1"), named("mini"), &key(1));
    let forged = sign(create(31, "p2"), named("mini"), &key(2));
    let batch = vec![good, forged];
    let found = give(&mut shard, 4, batch, true);
    assert_eq!(found, ["BatchAborted", "SignatureInvalid"]);
    let again = sign(create(31, "p2"), named("mini"), &key(1));
    assert_eq!(give(&mut shard, 5, vec![again], false), ["ok"]);
}

/// What no key can be is refused as a field, also in a stored event.
#[test]
fn a_public_key_is_one() {
    let mut shard = shard(true);
    for (n, key) in ["00", &"00".repeat(32), &"02".repeat(32), "zz"].into_iter().enumerate() {
        let body = format!(
            r#""register_app":{{"app_id":"a{n}","key_id":"k","scopes":[],"public_key":"{key}"}}"#
        );
        let line = line(40, &body).replace("000040", &format!("00004{n}"));
        let Ok(record) = read_line(&line) else {
            assert_eq!(key, "zz");
            continue;
        };
        let found = give(&mut shard, n as u64, record.commands, false);
        assert_eq!(found, ["SchemaInvalid"], "{key}");
    }
}

/// The worked example of `proto/README.md`: these bytes, this key, this signature.
#[test]
fn the_documented_example_is_signed_as_documented() {
    let readme = include_str!("../../proto/README.md");
    // The indented lines behind a label.
    let shown = |label: &str| {
        let label = format!("\n{label}:\n");
        let text = readme.split(&label).nth(1).unwrap_or_else(|| panic!("no {label}"));
        let digits = text.lines().take_while(|line| line.starts_with("  "));
        hex::parse(&digits.map(str::trim).collect::<String>()).unwrap()
    };
    let line = examples().into_iter().find(|line| line.contains("\"signature\"")).unwrap();
    let command = read_line(line).unwrap().commands.remove(0);
    let unsigned = Command { signature: Vec::new(), ..command.clone() }.encode_to_vec();
    assert_eq!(hex::text(&shown("command")), hex::text(&unsigned));
    assert_eq!(hex::text(&shown("secret key")), hex::text(&key(7).to_bytes()));
    assert_eq!(hex::text(&shown("public key")), hex::text(&public_key(7)));
    assert_eq!(hex::text(&shown("signature")), hex::text(&command.signature));
    let app = command.app.map(Id::from).unwrap();
    assert_eq!(sign(command.clone(), app, &key(7)), command);
    // The signature is put behind what was signed: the field's key, its length, itself.
    let mut sent = unsigned.clone();
    write_varint(&mut sent, 149 << 3 | 2);
    write_varint(&mut sent, 64);
    sent.extend_from_slice(&command.signature);
    assert_eq!(Command::decode(&sent[..]).unwrap(), command);
    assert_eq!(signed_bytes(&sent).unwrap(), [b"groat.v1.Command\n", &unsigned[..]].concat());
}
