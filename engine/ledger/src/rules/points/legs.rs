//! Points as a part of a payment: the leg that spends them, and their way back with a refund or a
//! lost dispute (DOMAIN §4.2, §6, 15).
//!
//! A leg names a card and an amount. It takes as many points as are worth that at least, in the
//! last of their decimals: of one that is worth more than what is left to pay, the rest is lost.
//! What they pay is PL's, to the merchant, and service fee is taken of it as of all receipts; it is
//! neither earned of nor invoiced, as no money of the user's was paid. Only an active card gives
//! points: at the merchant of its template, or anywhere, on an order in its payer's currency.
//!
//! They come back after what was stored on a card and before the coupon: of all points the part
//! that belongs to all that came back; first they pay what the card owes. The book leaves to us:
//! they are valid as long as new ones, for those that were spent may have expired by then; where
//! the card is closed, or its template can have no more, the money goes to the balance.

use super::back::{by_now, owes_by_now};
use super::{accounts, expiry, give, house, liability, micros, pay_out, take, within, worth};
use crate::account::{AccountNo, Class};
use crate::command::{LegSource, PayPayment, PointsTerms};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::money::cumulative_half_up;
use crate::rejection::Rejection;
use crate::rules::cards::usable;
use crate::rules::paid;
use crate::state::{Card, CardState, Payment, PaymentParts, Tables};

/// Points that pay.
#[derive(Clone, Copy)]
pub(crate) struct Spent {
    card: Id,
    points: u64,
    /// What they pay, in minor units.
    amount: u64,
}

/// The fewest points that are worth so much; `None` where no number of them is.
fn needed(terms: &PointsTerms, amount: u64) -> Option<u64> {
    let amount = u128::from(amount) * micros(terms);
    let value = u128::from(terms.value_micros);
    if value == 0 { None } else { u64::try_from(amount.div_ceil(value)).ok() }
}

/// The part of a payment that points pay, if there is one. Refuses a card that is not [`usable`],
/// then one without points, and one that has too few.
pub(crate) fn spendable(
    ledger: &Ledger,
    c: &PayPayment,
    payment: &Payment,
) -> Result<Option<Spent>, Rejection> {
    let tables = ledger.tables();
    for leg in &c.legs {
        let (LegSource::Points(card), amount) = (leg.source, leg.amount) else { continue };
        let row = usable(tables, card, c.user, payment)?;
        let terms = tables.card_templates.row(row.template).terms;
        let terms = terms.points.ok_or(Rejection::NoPoints)?;
        let points = needed(&terms, amount).filter(|points| *points <= row.points());
        let points = points.ok_or(Rejection::PointsInsufficient)?;
        return Ok(Some(Spent { card, points, amount }));
    }
    Ok(None)
}

/// Points pay their part, before the payment is recorded.
pub(crate) fn spend(
    ledger: &Ledger,
    spent: Spent,
    (payment, user): (Id, Id),
    pending: AccountNo,
    out: &mut Decision,
) {
    let Spent { card, points, amount } = spent;
    let Some(row) = ledger.tables().cards.get(&card) else { return };
    pay_out(ledger, row, points, pending, amount, out);
    out.record(Fact::PointsRedeemed { card, user, points, amount, payment });
}

/// Of what goes back to the user beside credit, acquirer and card, the part of points: what is left
/// after the balance has back what it paid.
pub(crate) fn part_of(payment: &Payment, rest: u64) -> u64 {
    rest.saturating_sub(payment.balance_left()).min(payment.redeemed_left())
}

/// The card that has points back for so much of a payment, and how many: by the cumulative rule.
/// None where it is closed, or its template can have no more.
fn returnable<'a>(
    tables: &'a Tables,
    payment: &Payment,
    amount: u64,
) -> Option<(&'a Card, PointsTerms, u64)> {
    let parts = payment.parts.as_ref().filter(|parts| parts.redeemed > 0 && amount > 0)?;
    let row = tables.cards.get(&parts.redeemer).filter(|row| row.state != CardState::Closed)?;
    let template = tables.card_templates.row(row.template);
    let terms = template.terms.points?;
    let points = returned(parts, amount);
    within(template, &terms, points).then_some((row, terms, points))
}

/// The points that belong to so much more that comes back, less those before: half up.
fn returned(parts: &PaymentParts, amount: u64) -> u64 {
    let back = parts.redeemed_returned.saturating_add(amount).min(parts.redeemed);
    let points = cumulative_half_up(parts.redeemed_points, back, parts.redeemed);
    points.saturating_sub(parts.redeemed_points_returned)
}

/// Whether the card that paid with points has its part back; else the balance does.
pub(crate) fn takes_back(ledger: &Ledger, payment: &Payment, amount: u64) -> bool {
    returnable(ledger.tables(), payment, amount).is_some()
}

/// Records that a card has points back for so much of a payment, before the refund or ruling that
/// moves it; gives the accounts that it moves to. PL gets what all points are worth more, as
/// rounded, the rest is marketing's; where that is more than comes back, marketing pays it.
pub(crate) fn give_back(
    ledger: &Ledger,
    payment: &Payment,
    amount: u64,
    now: u64,
    out: &mut Decision,
) -> Option<[(AccountNo, u64); 2]> {
    let (row, terms, points) = returnable(ledger.tables(), payment, amount)?;
    let template = ledger.tables().card_templates.row(row.template);
    let [granted, contra] = accounts(ledger, row.card, &terms, out);
    let liability = liability(ledger, template, out);
    let marketing = house(ledger, Class::Marketing, template.terms.currency, out);
    let (_, before) = by_now(ledger, row, out);
    let repaid = points.min(owes_by_now(row, out));
    let kept = points - repaid;
    let more = worth(&terms, before + kept).saturating_sub(worth(&terms, before));
    post(out, marketing, liability, more.saturating_sub(amount));
    post(out, granted, contra, kept);
    let (card, payment) = (row.card, payment.payment);
    let until = expiry(ledger, &terms, now);
    out.record(Fact::PointsReturned { card, payment, points, amount, until, repaid });
    let owed = more.min(amount);
    Some([(liability, owed), (marketing, amount - owed)])
}

pub(super) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::PointsRedeemed { card, points, amount, payment, .. } => {
            take(ledger, card, *points);
            if let Some(row) = ledger.payment_mut(payment).filter(|_| !payment.is_none()) {
                let parts = row.parts.get_or_insert_default();
                parts.redeemer = *card;
                (parts.redeemed_points, parts.redeemed) = (*points, *amount);
            }
        }
        Fact::PointsReturned { card, payment, points, amount, until, repaid } => {
            give(ledger, card, *points, *repaid, *until);
            if let Some(parts) = ledger.payment_mut(payment).and_then(|row| row.parts.as_mut()) {
                let (of_points, of_money) =
                    (&mut parts.redeemed_points_returned, &mut parts.redeemed_returned);
                *of_points = of_points.saturating_add(*points);
                *of_money = of_money.saturating_add(*amount);
            }
        }
        _ => {}
    }
}

/// Whether a payment leaves room for a foreign fact of the points that it is paid with.
pub(super) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    match fact {
        Fact::PointsRedeemed { amount, payment, .. } if !payment.is_none() => {
            let row = tables.payments.get(payment).ok_or("a payment is unknown")?;
            let unpaid = row.user.is_none() && row.exchange().is_none();
            let fits = row.parts.as_ref().is_none_or(|parts| parts.redeemed == 0);
            let fits = fits && (1..=row.amount.amount).contains(amount);
            known(unpaid && fits, "points pay an order that they do not fit")
        }
        Fact::PointsReturned { card, payment, points, amount, .. } => {
            let row = paid(tables, payment)?;
            let parts = row.parts.as_ref().filter(|parts| parts.redeemer == *card);
            let parts = parts.ok_or("points come back to a card that did not pay")?;
            let left = parts.redeemed.saturating_sub(parts.redeemed_returned);
            let of_points = parts.redeemed_points.saturating_sub(parts.redeemed_points_returned);
            let few = (1..=left).contains(amount) && *points <= of_points;
            let there = returnable(tables, row, *amount).is_some();
            known(few && there, "more points come back than paid")
        }
        _ => Ok(()),
    }
}
