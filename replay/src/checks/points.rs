//! Points of membership cards (DOMAIN §6, 15): the facts against the accounts and the rows.

use super::entries::Event;
use super::{Check, Checks, Touched, Verdict, holds};
use crate::follow::Place;
use crate::names::fact_name;
use groat_ledger::{Class, Currency, Fact, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn points(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, due, .. } = *event;
        let (card, payment) = match fact {
            Fact::RefundSucceeded { payment, .. } => return self.reversible(at, number, *payment),
            Fact::DisputeJudged { dispute, .. } => {
                let payment = self.disputes.get(*dispute).map_or(Id::NONE, |row| row.payment);
                return self.reversible(at, number, payment);
            }
            // Most cards have none.
            Fact::CardClosed { points: 0, .. } => return,
            Fact::PointsEarned { card, payment, .. }
            | Fact::PointsRedeemed { card, payment, .. }
            | Fact::PointsReturned { card, payment, .. }
            | Fact::PointsReversed { card, payment, .. } => (*card, *payment),
            Fact::PointsAdjusted { card, .. }
            | Fact::PointsExpired { card, .. }
            | Fact::CardClosed { card, .. } => (*card, Id::NONE),
            other => {
                let what = format!("{} is no fact of points", fact_name(other));
                return self.note(Check::Points, at, number, Err(what));
            }
        };
        let template = self.cards.get(card).map(|row| row.template);
        let terms = self.cards.terms(card).and_then(|terms| terms.points);
        let kept = self.kept(books, payment);
        let verdict = match template.zip(terms) {
            Some((template, terms)) => {
                self.touch(Touched::Points(card), at, number);
                self.touch(Touched::Worth(template), at, number);
                let due = due.then_some(time);
                let accepted = self.points_accepted(books, fact);
                self.points.follow(fact, (template, &terms), kept, due).and(accepted)
            }
            None => Err(format!("the card {card} has no points")),
        };
        let verdict = verdict.map_err(|what| format!("{}: {what}", fact_name(fact)));
        self.note(Check::Points, at, number, verdict);
    }

    fn reversible(&mut self, at: &Place<'_>, number: u64, payment: Id) {
        if self.points.earned(payment).is_some() {
            self.touch(Touched::Earned(payment), at, number);
        }
    }

    /// Points pay where their card does, and are taken back of the card that earned them, or of the
    /// one in its place.
    fn points_accepted(&self, books: &Books, fact: &Fact) -> Verdict {
        if let Fact::PointsReversed { card, payment, .. } = fact {
            let earner = self.points.earned(*payment).map(|row| self.cards.debtor(row.card));
            return holds(earner == Some(*card), || {
                format!("points of {payment} are taken back of {card}, not of {earner:?}")
            });
        }
        let Fact::PointsRedeemed { card, payment, .. } = fact else { return Ok(()) };
        let tables = books.ledger().tables();
        let Some(row) = tables.payments.get(payment) else {
            return holds(payment.is_none(), || format!("there is no payment {payment}"));
        };
        let seller = tables.merchants.try_row(row.merchant).map(|seller| seller.merchant);
        let at = self.cards.terms(*card).map_or(Id::NONE, |terms| terms.merchant);
        holds(at.is_none() || seller == Some(at), || {
            format!("points of {card} pay {payment} of another merchant")
        })
    }

    /// What the user has paid of a payment and not back, coupons and points aside.
    fn kept(&self, books: &Books, payment: Id) -> u64 {
        let Some(row) = books.ledger().tables().payments.get(&payment) else { return 0 };
        let (discount, funded) = self.coupons.of_payment(payment);
        let refunded: u128 = row.refunds.iter().map(|r| u128::from(r.amount)).sum();
        let lost = row.parts.as_ref().map_or(0, |parts| parts.lost);
        let of_points = self.points.of_payment(payment);
        let others = [discount, funded, lost, of_points].map(u128::from);
        let gone = refunded + others.iter().sum::<u128>();
        u64::try_from(u128::from(row.amount.amount).saturating_sub(gone)).unwrap_or(u64::MAX)
    }

    /// After a refund all that is due is taken back, what the card lacks as its debt.
    pub(super) fn compare_earned(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let Some(row) = self.points.earned(id) else { return };
        let (card, back, due) = (row.card, row.back, row.due(self.kept(books, id)));
        let left = self.points.of_card(card);
        let let_go = left == 0 && !self.points.debts_are_told();
        let verdict = holds(back == due || let_go, || {
            format!("{back} points of {id} are taken back of {due}; {card} has {left}")
        });
        self.note(Check::Points, at, event, verdict);
    }

    /// X5 of a card is its points, in its row too; and one that owes some has none.
    pub(super) fn compare_points(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let expected = self.points.of_card(id);
        let terms = self.cards.terms(id).and_then(|terms| terms.points);
        let unit = terms.map_or(Currency::PTS, |terms| terms.unit());
        let has = self.balance(books, Class::Points, id, unit);
        let kept = books.ledger().tables().cards.get(&id).map(|row| row.points());
        let same = has == i128::from(expected) && kept == Some(expected);
        let verdict = holds(same, || {
            format!("{id} has {has} points, {kept:?} in its row; its facts make it {expected}")
        });
        let owed = self.points.owed_by(id);
        let of_row = books.ledger().tables().cards.get(&id).map(|row| row.owes);
        let owes = holds(of_row == Some(owed) && (owed == 0 || expected == 0), || {
            format!("{id} owes {of_row:?} points; by its facts {owed}, and it has {expected}")
        });
        let verdict = verdict.and(owes);
        self.note(Check::Points, at, event, verdict);
    }

    /// PL of a template is the worth of all its points, rounded once.
    pub(super) fn compare_worth(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let terms = self.cards.template(id);
        let Some((currency, points)) = terms.and_then(|t| Some((t.currency, t.points?))) else {
            let what = format!("{id} has no terms of points");
            return self.note(Check::PointsWorth, at, event, Err(what));
        };
        let expected = self.points.worth(id, &points);
        let has = -self.balance(books, Class::PointsLiability, id, currency);
        let verdict =
            holds(has == expected, || format!("points of {id} are worth {expected}, not {has}"));
        self.note(Check::PointsWorth, at, event, verdict);
    }
}
