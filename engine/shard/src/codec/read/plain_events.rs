//! The events of transfers, payments and rentals, read without a message in between: the mirror
//! image of what [`super::super::write`] writes so. Whatever is not as [`InOrder`] has it is left
//! to the reader of all.

use super::fields::{code_kind, pay_mode};
use super::in_order::InOrder;
use groat_ledger::{AccountNo, CloseReason, Fact, Id, Layer, Movement, Rejection};

/// An event; its movements replace those in `movements`. It is shown where it was read: a fact is
/// long, and to hand it over is to copy what was just written (see [`crate::books`]).
pub fn read_plain_event<T>(
    bytes: &[u8],
    movements: &mut Vec<Movement>,
    then: impl FnOnce(&Fact, &[Movement]) -> T,
) -> Option<T> {
    movements.clear();
    let mut event = InOrder::new(bytes);
    while event.has(1) {
        movements.push(event.message(1)?.whole(movement)?);
    }
    let (field, mut fields) = event.any_message()?;
    if !event.is_empty() {
        return None;
    }
    match &plain_fact(field, &mut fields) {
        Some(fact) if fields.is_empty() => Some(then(fact, movements)),
        _ => None,
    }
}

/// The accounts that an event's movements name, as far as they are as [`InOrder`] has them.
pub fn named_accounts(bytes: &[u8], accounts: &mut Vec<AccountNo>) {
    let mut event = InOrder::new(bytes);
    while event.has(1)
        && let Some(Movement { debit, credit, .. }) =
            event.message(1).and_then(|m| m.whole(movement))
    {
        accounts.extend([debit, credit]);
    }
}

fn movement(m: &mut InOrder<'_>) -> Option<Movement> {
    let (debit, credit, amount) = (m.number(1)?, m.number(2)?, m.number(3)?);
    let layer = match m.number(4)? {
        0u8 => Layer::Posted,
        1 => Layer::Pending,
        2 => Layer::Released,
        _ => return None,
    };
    Some(Movement { debit, credit, amount, layer })
}

fn plain_fact(field: u64, f: &mut InOrder<'_>) -> Option<Fact> {
    Some(match field {
        2 => Fact::TransferPosted,
        4 => Fact::CommandRejected { rejection: Rejection::from_code(f.number(1)?)? },
        6 => Fact::PaymentCreated {
            payment: f.id(1)?,
            out_trade_no: f.text(2)?,
            merchant: f.id(3)?,
            mode: pay_mode(f.number(4)?).ok()?,
            code_kind: code_kind(f.number(5)?).ok()?,
            auth_code: f.optional_text(6)?,
            amount: f.money(7)?,
            expires_at: f.number(8)?,
            rental: f.optional_id(9)?,
            undiscountable: f.number(10)?,
        },
        7 => payment_paid(f)?,
        8 => Fact::FeeCharged { payment: f.id(1)?, amount: f.number(2)? },
        9 => refund_succeeded(f)?,
        10 => Fact::FeeReturned { payment: f.id(1)?, amount: f.number(2)? },
        11 => Fact::TransferPended { transfer: f.id(1)?, expires_at: f.optional(2)? },
        12 => Fact::TransferCompleted { pending: f.id(1)? },
        13 => Fact::TransferVoided { pending: f.id(1)? },
        14 => Fact::TransferExpired { pending: f.id(1)? },
        34 => Fact::PaymentClosed {
            payment: f.id(1)?,
            reason: match f.number(2)? {
                1u8 => CloseReason::Closed,
                2 => CloseReason::Cancelled,
                3 => CloseReason::TimedOut,
                _ => return None,
            },
        },
        36 => Fact::PaymentFinished { payment: f.id(1)? },
        41 => Fact::AuthorizationCaptured {
            auth: f.id(1)?,
            payment: f.id(2)?,
            fund: f.number(3)?,
            credit: f.number(4)?,
        },
        43 => Fact::AuthorizationClosed {
            auth: f.id(1)?,
            fund: f.number(2)?,
            credit: f.number(3)?,
            expired: f.flag(4)?,
        },
        45 => Fact::RentalAssessed {
            rental: f.id(1)?,
            score: f.number(2)?,
            declined: f.flag(3)?,
            waived: f.number(4)?,
        },
        46 => Fact::DepositSecured { rental: f.id(1)? },
        47 => Fact::RentalStarted { rental: f.id(1)?, at: f.number(2)? },
        49 => Fact::RentalReturned {
            rental: f.id(1)?,
            restore_at: f.number(2)?,
            rent: f.number(3)?,
            late_rent: f.number(4)?,
        },
        53 => Fact::RentalCharged {
            rental: f.id(1)?,
            payment: f.id(2)?,
            amount: f.number(3)?,
            fund: f.number(4)?,
            repaid: f.number(5)?,
        },
        54 => Fact::RentalSettled { rental: f.id(1)? },
        _ => return None,
    })
}

fn payment_paid(f: &mut InOrder<'_>) -> Option<Fact> {
    let (payment, user, balance) = (f.id(1)?, f.id(2)?, f.number(3)?);
    let (channel_amount, channel): (u64, Id) = (f.number(4)?, f.optional_id(5)?);
    let (batch, credit, agreed) = (f.number(6)?, f.number(7)?, f.flag(8)?);
    let paid = Fact::PaymentPaid {
        payment,
        user,
        balance,
        credit,
        channel_amount,
        channel,
        batch,
        agreed,
    };
    Some(paid)
}

fn refund_succeeded(f: &mut InOrder<'_>) -> Option<Fact> {
    let (payment, out_request_no, amount) = (f.id(1)?, f.text(2)?, f.number(3)?);
    let (from_own_batch, from_available) = (f.number(4)?, f.number(5)?);
    let (from_open_batch, open_batch) = (f.number(6)?, f.optional(7)?);
    let (to_channel, to_balance) = (f.number(8)?, f.number(9)?);
    let (to_credit, surplus) = (f.number(10)?, f.number(11)?);
    let refunded = Fact::RefundSucceeded {
        payment,
        out_request_no,
        amount,
        from_own_batch,
        from_available,
        from_open_batch,
        open_batch,
        to_credit,
        surplus,
        to_channel,
        to_balance,
    };
    Some(refunded)
}
