//! Points that are taken back with refunds and lost disputes, and what a card then owes.

use super::{accounts, house, liability, worth};
use crate::account::Class;
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::money::cumulative_half_up;
use crate::state::{Card, CardState, Payment, Tables};

/// Points that cards got back and lost in a decision so far, which rows do not know of.
fn moved(out: &Decision, of: impl Fn(&Id) -> bool) -> (u64, u64) {
    out.events().fold((0, 0), |(back, gone), (fact, _)| match fact {
        Fact::PointsReturned { card, points, repaid, .. } if of(card) => {
            (back + (points - repaid), gone)
        }
        Fact::PointsReversed { card, points, .. } if of(card) => (back, gone + points),
        _ => (back, gone),
    })
}

/// The points that a card owes, as a decision has left them so far.
pub(super) fn owes_by_now(row: &Card, out: &Decision) -> u64 {
    out.events().fold(row.owes, |owes, (fact, _)| match fact {
        Fact::PointsReturned { card, repaid, .. } if *card == row.card => owes - repaid,
        Fact::PointsReversed { card, owed, .. } if *card == row.card => owes.saturating_add(*owed),
        _ => owes,
    })
}

/// The card that gives back what one earned: itself, or when it is closed the one of its template
/// that its user got last.
pub(super) fn debtor<'a>(tables: &'a Tables, row: &'a Card) -> &'a Card {
    let last = tables.card_holders.get(&(row.template, row.user));
    let last = last.filter(|_| row.state == CardState::Closed);
    last.map_or(row, |last| tables.cards.row(last.card))
}

/// The points of a card and of its template, as a decision has left them so far.
pub(super) fn by_now(ledger: &Ledger, row: &Card, out: &Decision) -> (u64, u64) {
    let tables = ledger.tables();
    let same =
        |card: &Id| tables.cards.get(card).is_some_and(|other| other.template == row.template);
    let left = |before: u64, (back, gone): (u64, u64)| (before + back).saturating_sub(gone);
    let of_all = tables.card_templates.row(row.template).points;
    (left(row.points(), moved(out, |card| *card == row.card)), left(of_all, moved(out, same)))
}

/// Takes back the part of what a payment earned that belongs to a refund or lost dispute of
/// `by_user`, behind its fact.
pub(crate) fn reverse(ledger: &Ledger, payment: &Payment, by_user: u64, out: &mut Decision) {
    let tables = ledger.tables();
    let Some(parts) = payment.parts.as_ref().filter(|parts| parts.earned > 0) else { return };
    let Some(earner) = tables.cards.get(&parts.earner) else { return };
    let row = debtor(tables, earner);
    let template = tables.card_templates.row(row.template);
    let Some(terms) = template.terms.points else { return };
    let kept = payment.paid_by_user().saturating_sub(by_user);
    let back = parts.earned_of.saturating_sub(kept);
    let due = cumulative_half_up(parts.earned, back, parts.earned_of);
    // A reduction gives several payments back in one decision.
    let (has, left) = by_now(ledger, row, out);
    let due = due.saturating_sub(parts.earned_back);
    if due == 0 {
        return;
    }
    let points = due.min(has);
    if points > 0 {
        let [granted, contra] = accounts(ledger, row.card, &terms, out);
        let liability = liability(ledger, template, out);
        let marketing = house(ledger, Class::Marketing, template.terms.currency, out);
        let freed = worth(&terms, left).saturating_sub(worth(&terms, left.saturating_sub(points)));
        post(out, liability, marketing, freed);
        post(out, contra, granted, points);
    }
    let (card, payment, owed) = (row.card, payment.payment, due - points);
    out.record(Fact::PointsReversed { card, payment, points, owed });
}
