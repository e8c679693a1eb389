//! The JSON form: what reads, what writes, and what is said of mistakes.

use super::*;
use crate::v1::command::Body;

const LINE: &str = r#"{"id":"01890a5d-ac96-774b-bcce-b302099a8057","at":"2026-01-31T01:30:00Z","app":"shop","transfer":{"amt":{"amount":"12.34","currency":"CNY"},"from":"alice","to":"bob"}}"#;

#[test]
fn a_command_reads_and_writes() {
    let record = read_line(LINE).unwrap();
    let command = &record.commands[0];
    let Some(Body::Transfer(transfer)) = &command.body else { panic!("{command:?}") };
    assert_eq!(transfer.amt, Some(v1::Money { amount: 1234, currency: 156 }));
    assert_eq!(serde_json::to_string(command).unwrap(), LINE);
}

#[test]
fn a_command_may_speak_of_commands() {
    let line = LINE.replace(r#""app":"#, r#""metadata":{"commands":"1"},"app":"#);
    assert_eq!(read_line(&line).unwrap().commands[0].metadata["commands"], "1");
}

#[test]
fn an_offset_is_turned_into_utc() {
    assert_eq!(parse_time("2026-01-31T09:30:00+08:00"), parse_time("2026-01-31T01:30:00Z"));
    assert_eq!(date_text(parse_date("2010-12-01").unwrap()), "2010-12-01");
    assert!(parse_time("2026-01-31").is_err());
    assert!(parse_date("31.1.2026").is_err());
}

#[test]
fn mistakes_are_named() {
    for (line, says) in [
        ("{", "EOF"),
        (r#"{"id":"x","transfer":{}"#, "EOF"),
        (r#"{"transfer":{}}"#, "missing field `id`"),
        (r#"{"id":"x"}"#, "this has none"),
        (r#"{"id":"x","transfer":{},"open_user":{}}"#, "this has open_user, transfer"),
        (r#"{"id":"x","tranfer":{}}"#, "there is no command `tranfer`"),
        (r#"{"id":"x","id":"y","transfer":{}}"#, "the key `id` stands there twice"),
        (
            r#"{"id":"x","transfer":{"from":"a","to":"b","from":"c"}}"#,
            "the key `from` stands there twice",
        ),
        (
            r#"{"id":"x","transfer":{"amt":{"amount":"1","amount":"100"}}}"#,
            "the key `amount` stands there twice",
        ),
        (
            r#"{"commands":[{"id":"x","transfer":{"from":"a","from":"b"}}]}"#,
            "the key `from` stands there twice",
        ),
        (r#"{"id":"x","transfer":{"amt":"1.00"}}"#, "expected money such as {\"amount\""),
        (r#"{"id":"x","transfer":["a"]}"#, "expected an object in braces"),
        (
            r#"{"id":"x","confirm_top_up":{"amt":{"amount":7,"currency":"CNY"}}}"#,
            "this is the number `7`, expected a string",
        ),
        ("\u{feff}{}", "byte order mark"),
        ("7", "a command is an object in braces"),
        (r#"{"id":"x","transfer":{"form":"a"}}"#, "unknown field `form`"),
        (r#"{"id":"a b","transfer":{}}"#, "not an id"),
        (r#"{"id":"x","transfer":{"amt":{"amount":12.34,"currency":"CNY"}}}"#, "expected a string"),
        (r#"{"id":"x","transfer":{"amt":{"amount":"1.234","currency":"CNY"}}}"#, "decimal places"),
        (r#"{"id":"x","transfer":{"amt":{"amount":"1","currency":"XXX"}}}"#, "unknown currency"),
        (r#"{"id":"x","at":"now","transfer":{}}"#, "RFC 3339"),
        (r#"{"id":"x","create_payment":{"mode":"BY_HAND"}}"#, "MERCHANT_PRESENTED, USER_PRESENTED"),
        (r#"{"commands":[]}"#, "no command"),
    ] {
        let error = read_line(line).unwrap_err().to_string();
        assert!(error.contains(says), "{line} says: {error}");
        for leak in ["struct", "variant", "column 0", "invalid type"] {
            assert!(!error.contains(leak), "{line} says: {error}");
        }
    }
}
