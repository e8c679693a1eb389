//! Domain to wire: the facts of transfers, payments and rentals that happen by the million,
//! without a message in between. The rest is left to [`super::write_fact`], which knows them all.
//! Making the message and asking it for its lengths was a sixth of a payment's instructions.

use super::fields::{id, message, money, number, present, text};
use super::{close_reason, code_kind, pay_mode};
use groat_ledger::{Fact, Id};

/// Appends the field of an event that holds its fact; false if it is left to others.
pub(super) fn append_plain(fact: &Fact, out: &mut Vec<u8>) -> bool {
    match fact {
        Fact::TransferPosted => out.extend_from_slice(&[2 << 3 | 2, 0]),
        Fact::TransferPended { transfer, expires_at } => message(11, out, |out| {
            id(1, *transfer, out);
            expires_at.iter().for_each(|at| present(2, *at, out));
        }),
        Fact::TransferCompleted { pending } => of(12, *pending, &[], out),
        Fact::TransferVoided { pending } => of(13, *pending, &[], out),
        Fact::TransferExpired { pending } => of(14, *pending, &[], out),
        Fact::PaymentCreated {
            payment,
            out_trade_no,
            merchant,
            mode,
            code_kind: kind,
            auth_code,
            amount,
            expires_at,
            rental,
            undiscountable,
        } => message(6, out, |out| {
            id(1, *payment, out);
            text(2, out_trade_no, out);
            id(3, *merchant, out);
            number(4, code(pay_mode(*mode)), out);
            number(5, code(code_kind(*kind)), out);
            auth_code.iter().for_each(|code| text(6, code, out));
            money(7, *amount, out);
            number(8, *expires_at, out);
            id(9, *rental, out);
            number(10, *undiscountable, out);
        }),
        Fact::PaymentPaid {
            payment,
            user,
            balance,
            credit,
            channel_amount,
            channel,
            batch,
            agreed,
        } => message(7, out, |out| {
            id(1, *payment, out);
            id(2, *user, out);
            number(3, *balance, out);
            number(4, *channel_amount, out);
            id(5, *channel, out);
            number(6, *batch, out);
            number(7, *credit, out);
            number(8, *agreed, out);
        }),
        Fact::FeeCharged { payment, amount } => of(8, *payment, &[*amount], out),
        Fact::FeeReturned { payment, amount } => of(10, *payment, &[*amount], out),
        Fact::RefundSucceeded {
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
        } => message(9, out, |out| {
            id(1, *payment, out);
            text(2, out_request_no, out);
            number(3, *amount, out);
            number(4, *from_own_batch, out);
            number(5, *from_available, out);
            number(6, *from_open_batch, out);
            open_batch.iter().for_each(|batch| present(7, *batch, out));
            number(8, *to_channel, out);
            number(9, *to_balance, out);
            number(10, *to_credit, out);
            number(11, *surplus, out);
        }),
        Fact::PaymentClosed { payment, reason } => {
            of(34, *payment, &[code(close_reason(*reason))], out);
        }
        Fact::PaymentFinished { payment } => of(36, *payment, &[], out),
        Fact::AuthorizationCaptured { auth, payment, fund, credit } => message(41, out, |out| {
            id(1, *auth, out);
            id(2, *payment, out);
            number(3, *fund, out);
            number(4, *credit, out);
        }),
        Fact::AuthorizationClosed { auth, fund, credit, expired } => {
            of(43, *auth, &[*fund, *credit, (*expired).into()], out);
        }
        Fact::RentalAssessed { rental, score, declined, waived } => {
            of(45, *rental, &[(*score).into(), (*declined).into(), *waived], out);
        }
        Fact::DepositSecured { rental } => of(46, *rental, &[], out),
        Fact::RentalStarted { rental, at } => of(47, *rental, &[*at], out),
        Fact::RentalReturned { rental, restore_at, rent, late_rent } => {
            of(49, *rental, &[*restore_at, *rent, *late_rent], out);
        }
        Fact::RentalCharged { rental, payment, amount, fund, repaid } => message(53, out, |out| {
            id(1, *rental, out);
            id(2, *payment, out);
            number(3, *amount, out);
            number(4, *fund, out);
            number(5, *repaid, out);
        }),
        Fact::RentalSettled { rental } => of(54, *rental, &[], out),
        _ => return false,
    }
    true
}

/// A fact that is an id and numbers from 2 on.
fn of(field: u64, subject: Id, numbers: &[u64], out: &mut Vec<u8>) {
    message(field, out, |out| {
        id(1, subject, out);
        (2..).zip(numbers).for_each(|(field, n)| number(field, *n, out));
    });
}

/// The codes of enumerations are not negative.
fn code(code: i32) -> u64 {
    code.unsigned_abs().into()
}
