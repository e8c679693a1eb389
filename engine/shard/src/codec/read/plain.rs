//! The commands of transfers, payments and rentals that come by the million, read without a
//! message in between: decoding one by prost was a third of what a step of it cost. Whatever is
//! not as [`InOrder`] has it, and whatever has a field that it cannot have, is left to the reader
//! of all.

use super::CommandView;
use super::fields::{code_kind, pay_mode};
use super::in_order::InOrder;
use groat_ledger::limits::TIME_MS_MAX;
use groat_ledger::{
    Admission, AssessRental, Balancing, Body, CreatePayment, Id, Leg, LegSource, PayPayment, Phase,
    PostTransfer, RefundPayment, ReturnRental, RoyaltyRefunds, SecureDeposit, SettleRental,
    StartRental, Transfer,
};
use std::cell::OnceCell;

/// A command with id, time and body, and nothing else.
#[inline(always)]
pub(super) fn plain_command(bytes: &[u8]) -> Option<CommandView> {
    let mut command = InOrder::new(bytes);
    let id = command.id(1)?;
    let at = command.number(2)?;
    let (field, body) = command.any_message()?;
    if !command.is_empty() || at > TIME_MS_MAX {
        return None;
    }
    let body = match field {
        8 => Body::PostTransfer(body.whole(post_transfer)?),
        9 => Body::Transfer(body.whole(transfer)?),
        10 => Body::CreatePayment(body.whole(create_payment)?),
        11 => Body::PayPayment(body.whole(pay_payment)?),
        12 => Body::RefundPayment(body.whole(refund_payment)?),
        39 => Body::AssessRental(body.whole(assess_rental)?),
        40 => Body::SecureDeposit(body.whole(|b| Some(SecureDeposit { rental: b.id(1)? }))?),
        41 => Body::StartRental(
            body.whole(|b| Some(StartRental { rental: b.id(1)?, at: time(b, 2)? }))?,
        ),
        43 => Body::ReturnRental(
            body.whole(|b| Some(ReturnRental { rental: b.id(1)?, restore_at: time(b, 2)? }))?,
        ),
        46 => Body::SettleRental(body.whole(settle_rental)?),
        _ => return None,
    };
    let signature_holds = OnceCell::new();
    let (app, is_signed) = (Id::NONE, false);
    Some(CommandView { id, at, app, is_signed, signature_holds, body: Ok(body) })
}

/// The time in a command of id, time and body, none of which is read any further; not of one that
/// moves the clock by itself.
pub(super) fn plain_time(bytes: &[u8]) -> Option<u64> {
    const ADVANCE_CLOCK: u64 = 33;
    let mut command = InOrder::new(bytes);
    command.id(1)?;
    let at = command.number(2)?;
    let (field, _) = command.any_message()?;
    (command.is_empty() && field != ADVANCE_CLOCK).then_some(at)
}

#[inline(always)]
fn post_transfer(b: &mut InOrder<'_>) -> Option<PostTransfer> {
    let (debit, credit) = (b.optional_id(1)?, b.optional_id(2)?);
    let amount = if b.has(3) { Some(b.money(3)?) } else { None };
    let (phase, timeout_s, pending): (u8, u32, Id) =
        (b.number(4)?, b.number(5)?, b.optional_id(6)?);
    let named = !debit.is_none() && !credit.is_none() && amount.is_some();
    let phase = match (phase, timeout_s, pending) {
        (0, 0, Id::NONE) if named => Phase::Single(Balancing::None),
        (1, _, Id::NONE) if named => Phase::Pending { balancing: Balancing::None, timeout_s },
        (2, 0, pending) if !pending.is_none() => Phase::Post { pending },
        (3, 0, pending) if !pending.is_none() && amount.is_none() => Phase::Void { pending },
        _ => return None,
    };
    Some(PostTransfer { debit, credit, amount, phase })
}

fn transfer(b: &mut InOrder<'_>) -> Option<Transfer> {
    Some(Transfer { from: b.id(1)?, to: b.id(2)?, amount: b.money(3)? })
}

fn create_payment(b: &mut InOrder<'_>) -> Option<CreatePayment> {
    Some(CreatePayment {
        payment: b.id(1)?,
        out_trade_no: b.text(2)?,
        merchant: b.id(3)?,
        mode: pay_mode(b.number(4)?).ok()?,
        code_kind: code_kind(b.number(5)?).ok()?,
        auth_code: b.optional_text(6)?,
        amount: b.money(7)?,
        // Seldom given, and then left to the reader of all.
        discountable: None,
        undiscountable: None,
        timeout_s: b.number(10)?,
        quote: Id::NONE,
        royalty_freeze: false,
        coupon: Id::NONE,
    })
}

fn pay_payment(b: &mut InOrder<'_>) -> Option<PayPayment> {
    let (payment, user) = (b.id(1)?, b.id(2)?);
    let (mut legs, mut currency) = (Vec::new(), None);
    while b.has(3) {
        let (field, leg) = b.message(3)?.whole(InOrder::any_message)?;
        let (source, amount) = leg.whole(|leg| match field {
            1 => Some((LegSource::Balance, leg.money(1)?)),
            2 => Some((LegSource::Channel(leg.id(1)?), leg.money(2)?)),
            3 => Some((LegSource::Credit, leg.money(1)?)),
            _ => None,
        })?;
        if *currency.get_or_insert(amount.currency) != amount.currency {
            return None;
        }
        legs.push(Leg { source, amount: amount.amount });
    }
    Some(PayPayment { payment, user, legs, currency: currency? })
}

fn refund_payment(b: &mut InOrder<'_>) -> Option<RefundPayment> {
    Some(RefundPayment {
        payment: b.id(1)?,
        out_request_no: b.text(2)?,
        amount: b.money(3)?,
        royalties: RoyaltyRefunds::None,
    })
}

fn assess_rental(b: &mut InOrder<'_>) -> Option<AssessRental> {
    let (rental, score) = (b.id(1)?, b.number(2)?);
    let (field, decision) = b.any_message()?;
    let decision = decision.whole(|d| match field {
        3 => Some(Admission::Full),
        4 => Some(Admission::Partial(d.money(1)?)),
        5 => Some(Admission::Declined),
        _ => None,
    })?;
    Some(AssessRental { rental, score, decision })
}

fn settle_rental(b: &mut InOrder<'_>) -> Option<SettleRental> {
    let rental = b.id(1)?;
    let total = if b.has(2) { Some(b.money(2)?) } else { None };
    Some(SettleRental { rental, total, allow_partial: b.flag(3)? })
}

/// A time that must be there; absent is the year 1970.
fn time(b: &mut InOrder<'_>, field: u8) -> Option<u64> {
    b.number(field).filter(|at| *at > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::read::read_any;
    use groat_proto::Message;
    use groat_proto::v1::{self, assess_rental, command, leg};

    fn bytes(at: u64, body: command::Body) -> Vec<u8> {
        let id = Some(Id(u128::MAX / 3).into());
        v1::Command { id, at, body: Some(body), ..v1::Command::default() }.encode_to_vec()
    }

    /// Whether it is read here; then it is read as by the reader of all.
    fn same(bytes: &[u8]) -> bool {
        plain_command(bytes).is_some_and(|plain| {
            let any = read_any(bytes).unwrap();
            assert_eq!((plain.id, plain.at), (any.id, any.at));
            assert_eq!((plain.app, plain.is_signed), (any.app, any.is_signed));
            assert_eq!(plain.body, any.body);
            true
        })
    }

    fn usd(amount: u64) -> Option<v1::Money> {
        Some(v1::Money { amount, currency: 840 })
    }

    #[test]
    fn the_time_is_known_of_all_but_those_that_move_the_clock() {
        let advance = v1::AdvanceClock { to: 7 };
        assert_eq!(plain_time(&bytes(5, command::Body::AdvanceClock(advance))), None);
        for body in bodies(300) {
            let plain = bytes(5, body);
            assert_eq!(plain_time(&plain), Some(5));
            // A field that stands twice counts as it stands last.
            assert_eq!(plain_time(&[&plain[..], &[2 << 3, 9]].concat()), None);
        }
    }

    fn bodies(n: u64) -> Vec<command::Body> {
        use command::Body as W;
        let (debit, credit) = (Some(Id(7 << 64).into()), Some(Id(9).into()));
        let id = Some(Id(3 << 70 | 1).into());
        let small = u32::try_from(n).unwrap_or(u32::MAX);
        let transfer = v1::PostTransfer { debit, credit, ..v1::PostTransfer::default() };
        let balance = leg::Source::Balance(v1::BalanceLeg { amt: usd(n) });
        let credit_leg = leg::Source::Credit(v1::CreditLeg { amt: usd(n) });
        let channel = leg::Source::Channel(v1::ChannelLeg { channel: id, amt: usd(n) });
        let legs = [balance, credit_leg, channel].map(|source| v1::Leg { source: Some(source) });
        let order = v1::CreatePayment {
            payment: id,
            out_trade_no: "r".repeat(64),
            merchant: credit,
            mode: 2,
            code_kind: 4,
            auth_code: "2812345678901234".into(),
            amt: usd(n),
            timeout_s: small,
            ..v1::CreatePayment::default()
        };
        let assess = |decision| {
            W::AssessRental(v1::AssessRental { rental: id, score: small, decision: Some(decision) })
        };
        let settle = v1::SettleRental { rental: id, ..v1::SettleRental::default() };
        vec![
            W::PostTransfer(v1::PostTransfer { amount: usd(n), ..transfer }),
            W::PostTransfer(v1::PostTransfer {
                amount: usd(n),
                phase: 1,
                timeout_s: small,
                ..transfer
            }),
            W::PostTransfer(v1::PostTransfer {
                phase: 2,
                pending: id,
                ..v1::PostTransfer::default()
            }),
            W::PostTransfer(v1::PostTransfer { phase: 2, pending: id, amount: usd(n), ..transfer }),
            W::PostTransfer(v1::PostTransfer { phase: 3, pending: id, ..transfer }),
            W::Transfer(v1::Transfer { from: debit, to: credit, amt: usd(n) }),
            W::CreatePayment(order.clone()),
            W::CreatePayment(v1::CreatePayment { mode: 1, code_kind: 0, timeout_s: 0, ..order }),
            W::PayPayment(v1::PayPayment { payment: id, user: debit, legs: legs.to_vec() }),
            W::RefundPayment(v1::RefundPayment {
                payment: id,
                out_request_no: "return-1".into(),
                amt: usd(n),
                royalty_refunds: None,
            }),
            assess(assess_rental::Decision::Full(v1::Admitted {})),
            assess(assess_rental::Decision::Partial(v1::PartlyAdmitted { waived: usd(n) })),
            assess(assess_rental::Decision::Declined(v1::Declined {})),
            W::SecureDeposit(v1::SecureDeposit { rental: id }),
            W::StartRental(v1::StartRental { rental: id, started_at: n + 1 }),
            W::ReturnRental(v1::ReturnRental { rental: id, restore_at: n + 1 }),
            W::SettleRental(v1::SettleRental { total: usd(n), allow_partial: true, ..settle }),
            W::SettleRental(settle),
        ]
    }

    #[test]
    fn hot_commands_of_every_shape_are_read_as_by_the_reader_of_all() {
        for at in [0, 1, 127, 128, TIME_MS_MAX] {
            for n in [0, 1, 127, 128, 1 << 40, 1 << 62] {
                for body in bodies(n) {
                    assert!(same(&bytes(at, body.clone())), "{at} {body:?}");
                }
            }
        }
    }

    /// Whatever is changed: left to the reader of all, or read as it does.
    #[test]
    fn other_bytes_are_left_alone() {
        for body in bodies(300) {
            let good = bytes(5, body.clone());
            let mut left = 0;
            for at in 0..good.len() {
                for byte in [0, 1, 0x7f, 0x80, 0xff, good[at] ^ 1, good[at].wrapping_add(8)] {
                    let mut bad = good.clone();
                    bad[at] = byte;
                    left += usize::from(!same(&bad));
                }
                left += usize::from(!same(&good[..at]));
                for more in [0, 0x80, good[at]] {
                    let mut longer = good.clone();
                    longer.insert(at, more);
                    left += usize::from(!same(&longer));
                }
            }
            assert!(left > good.len() * 3, "{left} of {body:?}");
            let command = v1::Command::decode(&good[..]).unwrap();
            let named = v1::Command { reference: "r".into(), ..command.clone() };
            let late = v1::Command { at: TIME_MS_MAX + 1, ..command };
            for other in [named, late] {
                assert!(plain_command(&other.encode_to_vec()).is_none());
            }
        }
    }
}
