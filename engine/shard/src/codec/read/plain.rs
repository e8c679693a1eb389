//! Plain transfers, read without prost's message in between: a third of what a step of one costs
//! was decoding it. Only the bytes that an encoder writes by the book are read here, fields in
//! their order, none twice, none zero; whatever is different is left to the reader of all.

use super::CommandView;
use super::commands::post_transfer;
use groat_ledger::limits::TIME_MS_MAX;
use groat_ledger::{Body, Id};
use groat_proto::v1;

/// A command with id, time and a transfer, and nothing else.
pub(super) fn plain_transfer(bytes: &[u8]) -> Option<CommandView> {
    let mut command = Fields { bytes };
    let id = Id::from(command.id(1)?);
    let at = command.number(2)?;
    let mut body = Fields { bytes: command.message(8)? };
    let transfer = v1::PostTransfer {
        debit: body.id(1),
        credit: body.id(2),
        amount: match body.message(3) {
            Some(bytes) => Some(money(bytes)?),
            None => None,
        },
        phase: i32::try_from(body.number(4)?).ok()?,
        timeout_s: u32::try_from(body.number(5)?).ok()?,
        pending: body.id(6),
        balancing: i32::try_from(body.number(7)?).ok()?,
    };
    let whole = body.bytes.is_empty() && command.bytes.is_empty();
    let plain = whole && !id.is_none() && at <= TIME_MS_MAX;
    plain.then(|| CommandView { id, at, body: post_transfer(&transfer).map(Body::PostTransfer) })
}

fn money(bytes: &[u8]) -> Option<v1::Money> {
    let mut money = Fields { bytes };
    let (amount, currency) = (money.number(1)?, u32::try_from(money.number(2)?).ok()?);
    money.bytes.is_empty().then_some(v1::Money { amount, currency })
}

/// What is left of a message whose fields come in order.
struct Fields<'a> {
    bytes: &'a [u8],
}

impl<'a> Fields<'a> {
    /// A number; 0 where the field is left out. None where it is not by the book.
    fn number(&mut self, field: u8) -> Option<u64> {
        let Some(mut rest) = self.bytes.strip_prefix(&[field << 3]) else { return Some(0) };
        let mut value = 0u64;
        for shift in (0..63).step_by(7) {
            let (byte, tail) = rest.split_first()?;
            rest = tail;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                self.bytes = rest;
                // A last byte of zero could have been left out, and so could a value of zero.
                return (*byte > 0).then_some(value);
            }
        }
        None
    }

    /// The bytes of a message shorter than 128; none where the field is left out.
    fn message(&mut self, field: u8) -> Option<&'a [u8]> {
        let (len, rest) = self.bytes.strip_prefix(&[field << 3 | 2])?.split_first()?;
        let (inner, rest) = rest.split_at_checked(usize::from(*len))?;
        if *len & 0x80 > 0 {
            return None;
        }
        self.bytes = rest;
        Some(inner)
    }

    /// An id; none where the field is left out. None, too, where it is not by the book: then its
    /// bytes are left over.
    fn id(&mut self, field: u8) -> Option<v1::Id> {
        let before = self.bytes;
        let mut id = Fields { bytes: self.message(field)? };
        let read = v1::Id { hi: id.half(1), lo: id.half(2) };
        if id.bytes.is_empty() {
            return Some(read);
        }
        self.bytes = before;
        None
    }

    /// A half of an id; 0 where it is left out or not by the book.
    fn half(&mut self, field: u8) -> u64 {
        let rest = self.bytes.strip_prefix(&[field << 3 | 1]).and_then(|r| r.split_first_chunk());
        let Some((half, rest)) = rest else { return 0 };
        let half = u64::from_le_bytes(*half);
        if half > 0 {
            self.bytes = rest;
        }
        half
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::read::read_any;
    use groat_proto::Message;
    use groat_proto::v1::command;

    fn transfer(amount: Option<v1::Money>) -> v1::PostTransfer {
        let (debit, credit) = (Some(Id(7 << 64).into()), Some(Id(9).into()));
        v1::PostTransfer { debit, credit, amount, ..v1::PostTransfer::default() }
    }

    fn bytes(at: u64, transfer: v1::PostTransfer) -> Vec<u8> {
        let body = Some(command::Body::PostTransfer(transfer));
        let id = Some(Id(u128::MAX / 3).into());
        v1::Command { id, at, body, ..v1::Command::default() }.encode_to_vec()
    }

    fn same(bytes: &[u8]) -> bool {
        plain_transfer(bytes).is_some_and(|plain| {
            let any = read_any(bytes).unwrap();
            assert_eq!((plain.id, plain.at), (any.id, any.at));
            assert_eq!(plain.body, any.body);
            true
        })
    }

    #[test]
    fn transfers_of_every_shape_are_read_as_by_the_reader_of_all() {
        let usd = Some(v1::Money { amount: 300, currency: 840 });
        for at in [0, 1, 127, 128, TIME_MS_MAX] {
            for amount in [usd, None, Some(v1::Money::default())] {
                for (phase, timeout_s, balancing) in
                    [(0, 0, 0), (1, 9_000, 2), (3, 0, 7), (9, 0, 0)]
                {
                    let pending = (phase > 1).then(|| Id(3 << 70 | 1).into());
                    let of = v1::PostTransfer {
                        phase,
                        timeout_s,
                        balancing,
                        pending,
                        ..transfer(amount)
                    };
                    assert!(same(&bytes(at, of)), "{at} {amount:?} {phase}");
                }
            }
        }
    }

    /// Whatever is changed: left to the reader of all, or read as it does.
    #[test]
    fn other_bytes_are_left_alone() {
        let usd = Some(v1::Money { amount: 300, currency: 840 });
        let good = bytes(5, transfer(usd));
        assert!(same(&good));
        let mut left = 0;
        for at in 0..good.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff, good[at] ^ 1, good[at].wrapping_add(8)] {
                let mut bad = good.clone();
                bad[at] = byte;
                left += u32::from(!same(&bad));
            }
            left += u32::from(!same(&good[..at]));
            let mut longer = good.clone();
            longer.insert(at, 0x80);
            left += u32::from(!same(&longer));
        }
        assert!(left > 200, "only {left}");
        let command = v1::Command::decode(&good[..]).unwrap();
        let named = v1::Command { reference: "r".into(), ..command.clone() };
        let zero_money = v1::Command { at: TIME_MS_MAX + 1, ..command };
        for other in [named, zero_money] {
            assert!(plain_transfer(&other.encode_to_vec()).is_none());
        }
    }
}
