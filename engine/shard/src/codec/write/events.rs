//! Domain to wire: an event, as a message or straight into the body of a block.

use super::write_fact;
use groat_ledger::{Fact, Layer, Movement};
use groat_proto::prost::encoding::encoded_len_varint;
use groat_proto::v1::{self, event};
use groat_proto::write_varint;

/// Writes an event into `wire`, whose buffers are reused.
pub fn write_event(fact: &Fact, movements: &[Movement], wire: &mut v1::Event) {
    wire.movements.clear();
    wire.movements.extend(movements.iter().map(|m| v1::Movement {
        debit: m.debit,
        credit: m.credit,
        amount: m.amount,
        layer: layer(m.layer).into(),
    }));
    wire.fact = write_fact(fact);
}

/// Appends an event as protobuf, behind its length: the bytes that [`write_event`] leads to,
/// without a message in between.
pub fn append_event(fact: &Fact, movements: &[Movement], body: &mut Vec<u8>) {
    let fact = write_fact(fact);
    let len = movements.iter().map(|m| 2 + movement_len(m)).sum::<usize>()
        + fact.as_ref().map_or(0, event::Fact::encoded_len);
    write_varint(body, len as u64);
    for movement in movements {
        append_movement(movement, body);
    }
    if let Some(fact) = fact {
        fact.encode(body);
    }
}

/// The bytes of a movement: some twenty, so that its length takes one.
fn movement_len(m: &Movement) -> usize {
    let number = |n: u64| if n > 0 { 1 + encoded_len_varint(n) } else { 0 };
    numbers(m).into_iter().map(number).sum()
}

/// Its fields in their order.
fn numbers(m: &Movement) -> [u64; 4] {
    [m.debit.into(), m.credit.into(), m.amount, u64::from(layer(m.layer) as u8)]
}

fn append_movement(m: &Movement, body: &mut Vec<u8>) {
    body.push(1 << 3 | 2);
    write_varint(body, movement_len(m) as u64);
    for (field, number) in (1u8..).zip(numbers(m)) {
        if number > 0 {
            body.push(field << 3);
            write_varint(body, number);
        }
    }
}

fn layer(layer: Layer) -> v1::Layer {
    match layer {
        Layer::Posted => v1::Layer::Posted,
        Layer::Pending => v1::Layer::Pending,
        Layer::Released => v1::Layer::Released,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groat_proto::Message;

    #[test]
    fn an_event_is_appended_as_prost_writes_it() {
        let amounts = [1, 127, 128, u64::MAX];
        let layers = [Layer::Posted, Layer::Pending, Layer::Released];
        let movement = |n: usize| Movement {
            debit: u32::try_from(n * 77).unwrap_or(0),
            credit: u32::MAX >> n,
            amount: amounts[n % 4],
            layer: layers[n % 3],
        };
        for count in 0..9 {
            let movements: Vec<Movement> = (0..count).map(movement).collect();
            for fact in [Fact::TransferPosted, Fact::ClockAdvanced { to: 300 }] {
                let (mut wire, mut appended) = (v1::Event::default(), Vec::new());
                write_event(&fact, &movements, &mut wire);
                append_event(&fact, &movements, &mut appended);
                assert_eq!(appended, wire.encode_length_delimited_to_vec(), "{movements:?}");
            }
        }
    }
}
