//! A record of the `commands` topic without copying: where each of its commands lies.
//!
//! The commands' own bytes are needed as received (to tell a repeated command from another one
//! with its id), so the record is walked here, strictly, and each command decoded by its slice.

use std::fmt;

/// The commands of a record as received.
#[derive(Debug, PartialEq, Eq)]
pub struct RecordView<'a> {
    /// Bytes of each command.
    pub commands: Vec<&'a [u8]>,
    /// All or nothing.
    pub atomic: bool,
}

/// Why bytes are not a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotARecord {
    /// The bytes end within a field.
    Truncated,
    /// A field that a record does not have, at this byte.
    UnknownField {
        /// Offset of the field.
        at: usize,
    },
    /// No command in it.
    Empty,
}

impl fmt::Display for NotARecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotARecord::Truncated => write!(f, "the record ends within a field"),
            NotARecord::UnknownField { at } => {
                write!(f, "the record has an unknown field at byte {at}; is it a groat.v1.Record?")
            }
            NotARecord::Empty => write!(f, "the record has no command"),
        }
    }
}

const COMMANDS_FIELD: u64 = 1 << 3 | 2;
const ATOMIC_FIELD: u64 = 2 << 3;

/// Walks a `groat.v1.Record`.
pub fn read_record(bytes: &[u8]) -> Result<RecordView<'_>, NotARecord> {
    let mut view = RecordView { commands: Vec::new(), atomic: false };
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match read_varint(bytes, &mut at).ok_or(NotARecord::Truncated)? {
            COMMANDS_FIELD => {
                let len = read_varint(bytes, &mut at).ok_or(NotARecord::Truncated)?;
                let len = usize::try_from(len).map_err(|_| NotARecord::Truncated)?;
                let end = at.checked_add(len).ok_or(NotARecord::Truncated)?;
                view.commands.push(bytes.get(at..end).ok_or(NotARecord::Truncated)?);
                at = end;
            }
            ATOMIC_FIELD => {
                let value = read_varint(bytes, &mut at).ok_or(NotARecord::Truncated)?;
                view.atomic = value != 0;
            }
            _ => return Err(NotARecord::UnknownField { at: start }),
        }
    }
    if view.commands.is_empty() { Err(NotARecord::Empty) } else { Ok(view) }
}

/// The first command of a record, if the record begins with one; what follows is not looked at.
pub fn first_command(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    if read_varint(bytes, &mut at)? != COMMANDS_FIELD {
        return None;
    }
    let len = usize::try_from(read_varint(bytes, &mut at)?).ok()?;
    bytes.get(at..at.checked_add(len)?)
}

/// Reads a varint at `at` and moves it behind; `None` when it is cut off or too long.
pub fn read_varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            return None;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Appends a varint.
pub fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    out.reserve(10);
    while value >= 0x80 {
        let [low, ..] = value.to_le_bytes();
        out.push(low | 0x80);
        value >>= 7;
    }
    let [last, ..] = value.to_le_bytes();
    out.push(last);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::{Command, Record};
    use prost::Message;

    #[test]
    fn a_record_is_walked_like_prost_reads_it() {
        let command = |n| Command { at: n, ..Command::default() };
        let record = Record { commands: vec![command(1), command(300)], atomic: true };
        let bytes = record.encode_to_vec();
        let view = read_record(&bytes).unwrap();
        assert!(view.atomic);
        let decoded: Vec<Command> =
            view.commands.iter().map(|b| Command::decode(*b).unwrap()).collect();
        assert_eq!(decoded, record.commands);
        assert_eq!(first_command(&bytes), Some(view.commands[0]));
        assert_eq!((first_command(&bytes[..3]), first_command(&[16, 1])), (None, None));
    }

    #[test]
    fn other_bytes_are_refused_with_the_place() {
        assert_eq!(read_record(b""), Err(NotARecord::Empty));
        assert_eq!(read_record(b"{\"id\":1}"), Err(NotARecord::UnknownField { at: 0 }));
        assert_eq!(read_record(&[0x0a, 5, 1]), Err(NotARecord::Truncated));
        assert_eq!(read_record(&[0x0a, 0xff]), Err(NotARecord::Truncated));
        assert_eq!(read_record(&[0x10, 1]), Err(NotARecord::Empty));
    }

    #[test]
    fn varints_convert() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            write_varint(&mut bytes, value);
            let mut at = 0;
            assert_eq!(read_varint(&bytes, &mut at), Some(value));
            assert_eq!(at, bytes.len());
        }
        assert_eq!(read_varint(&[0xff; 10], &mut 0), None);
    }
}
