//! Domain to wire: an event, as a message or straight into the body of a block.

use super::fields::{delimited, message, number};
use super::plain::append_plain;
use super::write_fact;
use groat_ledger::{Fact, Layer, Movement};
use groat_proto::v1;

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
    delimited(body, |out| {
        for m in movements {
            message(1, out, |out| {
                number(1, m.debit, out);
                number(2, m.credit, out);
                number(3, m.amount, out);
                number(4, layer(m.layer) as u8, out);
            });
        }
        if !append_plain(fact, out)
            && let Some(fact) = write_fact(fact)
        {
            fact.encode(out);
        }
    });
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
    use crate::codec::read_plain_event;
    use groat_ledger::limits::AMOUNT_MAX;
    use groat_ledger::{CloseReason, CodeKind, Currency, Id, Money, PayMode, Reference};
    use groat_proto::Message;

    const MANY: u64 = 1 << 40;
    const ID: Id = Id(u128::MAX / 5);

    /// Every fact that is written without its message, and some that are not.
    fn facts(n: u64) -> Vec<Fact> {
        let reference = |text: &str| Reference::new(text).unwrap();
        let (long, amount) = ("r".repeat(64), Money { amount: n, currency: Currency::CNY });
        let (small, flag) = (u32::try_from(n).unwrap_or(u32::MAX), n > 1);
        let half = Id(u128::from(n) << 64);
        vec![
            Fact::TransferPosted,
            Fact::ClockAdvanced { to: n },
            Fact::TransferPended { transfer: ID, expires_at: n.checked_sub(1) },
            Fact::TransferCompleted { pending: ID },
            Fact::TransferVoided { pending: half },
            Fact::TransferExpired { pending: Id(3) },
            Fact::PaymentCreated {
                payment: ID,
                out_trade_no: reference(&long),
                merchant: half,
                mode: PayMode::UserPresented,
                code_kind: CodeKind::DynamicC,
                auth_code: flag.then(|| reference("2812345678901234")),
                amount,
                expires_at: n,
                rental: half,
                undiscountable: n / 3,
            },
            Fact::PaymentPaid {
                payment: ID,
                user: ID,
                balance: n,
                credit: n / 2,
                channel_amount: n,
                channel: half,
                batch: small,
                agreed: flag,
            },
            Fact::FeeCharged { payment: ID, amount: n },
            Fact::FeeReturned { payment: ID, amount: n },
            Fact::RefundSucceeded {
                payment: ID,
                out_request_no: reference("a"),
                amount: n,
                from_own_batch: n,
                from_available: n / 3,
                from_open_batch: n,
                open_batch: flag.then(|| small - 2),
                to_credit: n,
                surplus: n / 5,
                to_channel: n,
                to_balance: n,
            },
            Fact::PaymentClosed { payment: ID, reason: CloseReason::TimedOut },
            Fact::PaymentFinished { payment: ID },
            Fact::AuthorizationCaptured { auth: ID, payment: half, fund: n, credit: n },
            Fact::AuthorizationClosed { auth: ID, fund: n, credit: n / 7, expired: flag },
            Fact::RentalAssessed { rental: ID, score: small, declined: flag, waived: n },
            Fact::DepositSecured { rental: ID },
            Fact::RentalStarted { rental: ID, at: n },
            Fact::RentalReturned { rental: ID, restore_at: n, rent: n, late_rent: n / 9 },
            Fact::RentalCharged { rental: ID, payment: ID, amount: n, fund: n, repaid: n },
            Fact::RentalSettled { rental: ID },
        ]
    }

    #[test]
    fn an_event_is_appended_as_prost_writes_it_and_read_back() {
        let amounts = [1, 127, 128, AMOUNT_MAX];
        let layers = [Layer::Posted, Layer::Pending, Layer::Released];
        let movement = |n: usize| Movement {
            debit: u32::try_from(n * 77).unwrap_or(0),
            credit: u32::MAX >> n,
            amount: amounts[n % 4],
            layer: layers[n % 3],
        };
        let mut left = Vec::new();
        for count in 0..9 {
            let movements: Vec<Movement> = (0..count).map(movement).collect();
            for fact in [0, 1, 2, 127, 128, MANY, u64::MAX].into_iter().flat_map(facts) {
                let (mut wire, mut appended) = (v1::Event::default(), Vec::new());
                write_event(&fact, &movements, &mut wire);
                append_event(&fact, &movements, &mut appended);
                assert_eq!(appended, wire.encode_length_delimited_to_vec(), "{fact:?}");
                let mut read = Vec::new();
                let same = |read: &Fact, moved: &[Movement]| {
                    assert_eq!((read, moved), (&fact, &movements[..]));
                };
                if read_plain_event(&wire.encode_to_vec(), &mut read, same).is_none() {
                    left.push(fact);
                }
            }
        }
        // What no command has: a fact that the fold seldom meets, fields of zero, huge numbers.
        left.retain(|f| !matches!(f, Fact::ClockAdvanced { .. }) && facts(MANY).contains(f));
        assert!(left.is_empty(), "{:?}", left.first());
    }
}
