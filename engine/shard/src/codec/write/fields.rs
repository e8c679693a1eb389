//! The fields of protobuf messages, appended one by one: what is zero, empty or none is left out.

use groat_ledger::{Id, Money, Reference};
use groat_proto::write_varint;

/// A field that is a message: what `write` appends, behind its tag and length.
pub(super) fn message(field: u64, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    write_varint(out, field << 3 | 2);
    delimited(out, write);
}

/// What `write` appends, behind its length. It is written once, where it stays: a length of one
/// byte is guessed, and a longer one moves it along.
pub(super) fn delimited(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.push(0);
    write(out);
    let len = out.len() - at - 1;
    if let Ok(short @ 0..0x80) = u8::try_from(len) {
        out[at] = short;
        return;
    }
    let end = out.len();
    write_varint(out, len as u64);
    let more = out.len() - end - 1;
    out[at..].rotate_right(more + 1);
    // The guess was pushed behind the length.
    out.remove(at + more + 1);
}

pub(super) fn number(field: u8, value: impl Into<u64>, out: &mut Vec<u8>) {
    let value = value.into();
    if value > 0 {
        present(field, value, out);
    }
}

/// A number that is there even if it is zero.
pub(super) fn present(field: u8, value: impl Into<u64>, out: &mut Vec<u8>) {
    out.push(field << 3);
    write_varint(out, value.into());
}

pub(super) fn text(field: u8, text: &Reference, out: &mut Vec<u8>) {
    let text = text.as_bytes();
    out.push(field << 3 | 2);
    write_varint(out, text.len() as u64);
    out.extend_from_slice(text);
}

pub(super) fn id(field: u8, id: Id, out: &mut Vec<u8>) {
    if id.is_none() {
        return;
    }
    let mut bytes = [0; 20];
    bytes[0] = field << 3 | 2;
    let mut len = 2;
    for (half, tag) in [(id.hi(), 1 << 3 | 1), (id.lo(), 2 << 3 | 1)] {
        if half > 0 {
            bytes[len] = tag;
            bytes[len + 1..len + 9].copy_from_slice(&half.to_le_bytes());
            len += 9;
        }
    }
    bytes[1] = if len > 11 { 18 } else { 9 };
    out.extend_from_slice(&bytes[..len]);
}

pub(super) fn money(field: u8, money: Money, out: &mut Vec<u8>) {
    message(field.into(), out, |out| {
        number(1, money.amount, out);
        number(2, money.currency.code(), out);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_any_size_stands_before_what_was_written() {
        for len in [0, 1, 127, 128, 300, 16_383, 16_384, 70_000] {
            let content: Vec<u8> = (0..len).map(|n: u32| n.to_le_bytes()[0]).collect();
            let mut out = vec![9];
            delimited(&mut out, |out| out.extend_from_slice(&content));
            let mut expected = vec![9];
            write_varint(&mut expected, content.len() as u64);
            expected.extend_from_slice(&content);
            assert!(out == expected, "{len}");
        }
    }
}
