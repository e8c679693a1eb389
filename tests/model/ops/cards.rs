//! Commands on membership cards.

use super::{DAY_MS, Kind, Scene, cny, named};
use crate::books::START_MS;
use groat_ledger::{
    AdjustPoints, Body, Card, CardState, CardTerms, Class, CloseCard, Currency, DefineCard,
    EarnPoints, Id, LegSource, LoadCard, OpenCard, Payment, PaymentState, PointsTerms,
    RedeemPoints, UnloadCard, UpdateCard,
};

/// Cards of the first merchant and of all, two of them with something on them.
pub(super) fn prologue() -> Vec<Body> {
    let kind = |number: usize, merchant: Id, balance_cap: Option<u64>| {
        let (value_micros, valid_days, decimals) = [(1_000_000, 3, 0), (499_999, 0, 2)][number];
        let points = Some(PointsTerms { per: 50, value_micros, valid_days, decimals });
        let terms = CardTerms { merchant, currency: Currency::CNY, balance_cap, points };
        Body::DefineCard(DefineCard { template: named('t', number), terms })
    };
    let card = |number: usize, user: usize, template: usize| {
        let (card, user, template) = (named('z', number), named('u', user), named('t', template));
        let valid_until = (number == 0).then_some(START_MS + 20 * DAY_MS);
        Body::OpenCard(OpenCard { card, user, template, level: 1, valid_until })
    };
    let load = |number: usize, user: usize| {
        let (card, user, amount) = (named('z', number), named('u', user), cny(60));
        Body::LoadCard(LoadCard { card, user, amount })
    };
    let points = |number: usize, user: usize, points: u64| {
        let (card, user) = (named('z', number), named('u', user));
        Body::EarnPoints(EarnPoints { card, user, payment: Id::NONE, points })
    };
    vec![
        kind(0, named('m', 0), Some(900)),
        kind(1, Id::NONE, None),
        card(0, 0, 0),
        card(1, 1, 1),
        card(2, 0, 1),
        load(0, 0),
        load(1, 1),
        points(0, 0, 900),
        points(1, 1, 90_000),
    ]
}

fn is_open(card: &Card) -> bool {
    card.state != CardState::Closed
}

impl Scene<'_> {
    pub(super) fn card(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::DefineCard => self.define_card(),
            Kind::OpenCard => self.open_card(),
            Kind::UpdateCard => self.update_card(),
            Kind::CloseCard => {
                let empty = self.dice.one_in(2);
                let (card, user, _) = self.a_card(|scene, c| {
                    is_open(c) && (!empty || scene.balance(Class::StoredValue, c.card) == 0)
                });
                Body::CloseCard(CloseCard { card, user })
            }
            Kind::LoadCard => {
                let (card, user, _) = self.a_card(|_, c| c.state == CardState::Active);
                let has = self.balance(Class::UserAvailable, user);
                let stored = self.balance(Class::StoredValue, card);
                let amount = self.amount(&[has, 900u64.saturating_sub(stored), 90]);
                Body::LoadCard(LoadCard { card, user, amount })
            }
            Kind::UnloadCard => {
                let (card, user, _) = self
                    .a_card(|scene, c| is_open(c) && scene.balance(Class::StoredValue, c.card) > 0);
                let amount = self.amount(&[self.balance(Class::StoredValue, card)]);
                Body::UnloadCard(UnloadCard { card, user, amount })
            }
            Kind::EarnPoints => self.earn_points(),
            Kind::RedeemPoints => {
                let (card, user, no) = self.a_card(|_, c| c.points() > 0);
                let has = no.map_or(9, |no| self.ledger.tables().cards.row(no).points());
                let points = self.dice.about(&[has, has / 2]);
                Body::RedeemPoints(RedeemPoints { card, user, points })
            }
            Kind::AdjustPoints => {
                let less = self.dice.one_in(2);
                let (card, user, no) = self.a_card(|_, c| is_open(c) && (!less || c.points() > 0));
                let has = no.map_or(9, |no| self.ledger.tables().cards.row(no).points());
                let points = self.dice.about(&[if less { has } else { 90 }]);
                let reason = super::reference('x', 4);
                Body::AdjustPoints(AdjustPoints { card, user, points, less, reason })
            }
            _ => return None,
        })
    }

    /// By a payment of the card's user, in most cases one that has earned nothing yet.
    fn earn_points(&mut self) -> Body {
        let t = self.ledger.tables();
        let (card, user, no) = self.a_card(|_, c| c.state == CardState::Active);
        let owner = no.map(|no| t.cards.row(no).user);
        let seller = no.map(|no| t.card_templates.row(t.cards.row(no).template).terms.merchant);
        let new = !self.dice.one_in(8);
        let fits = |p: &Payment| {
            let earned = p.parts.as_ref().is_some_and(|parts| parts.earned > 0);
            let at = t.merchants.row(p.merchant).merchant;
            let accepted = seller.is_none_or(|seller| seller.is_none() || seller == at);
            p.user == owner && p.user.is_some() && accepted && earned != new
        };
        let paid = t.payments.rows().iter().any(fits);
        if !paid || self.dice.one_in(4) {
            let points = self.dice.about(&[90, 20]);
            return Body::EarnPoints(EarnPoints { card, user, payment: Id::NONE, points });
        }
        let (payment, points) = (self.a_payment(fits).0, u64::from(self.dice.one_in(24)));
        Body::EarnPoints(EarnPoints { card, user, payment, points })
    }

    fn define_card(&mut self) -> Body {
        let template = self.fresh('t', self.ledger.tables().card_templates.rows().len());
        let seller = self.merchant();
        let merchant = if self.dice.one_in(2) { Id::NONE } else { seller };
        let currency = if self.dice.one_in(12) { "USD".parse().unwrap() } else { Currency::CNY };
        let caps = [None, Some(900), Some(100), Some(0), Some(u64::MAX)];
        let balance_cap = self.dice.pick(&caps);
        let per = self.dice.pick(&[50, 7, 0, 100]);
        let value_micros = self.dice.pick(&[500_000, 1_000_000, 333_333, 12_000_000, 0, u64::MAX]);
        let valid_days = self.dice.pick(&[1, 3, 0, 9, 3_651]);
        let decimals = self.dice.pick(&[0, 1, 2, 0, 3]);
        let points = PointsTerms { per, value_micros, valid_days, decimals };
        let points = Some(points).filter(|_| !self.dice.one_in(6));
        let terms = CardTerms { merchant, currency, balance_cap, points };
        Body::DefineCard(DefineCard { template, terms })
    }

    fn open_card(&mut self) -> Body {
        let t = self.ledger.tables();
        let card = self.fresh('z', t.cards.rows().len());
        let found = self.dice.recent(t.card_templates.rows(), |_| true);
        let template = found.map_or(named('x', 8), |kind| kind.template);
        let (user, level) = (self.user(), 1);
        let ends = [None, Some(self.now + DAY_MS), Some(self.now + 9 * DAY_MS), Some(self.now)];
        let valid_until = self.dice.pick(&ends);
        Body::OpenCard(OpenCard { card, user, template, level, valid_until })
    }

    fn update_card(&mut self) -> Body {
        let (card, user, _) = self.a_card(|_, c| is_open(c));
        let suspended = self.dice.pick(&[Some(false), None, Some(true), Some(false)]);
        let level = self.dice.pick(&[None, Some(2)]);
        let ends = [None, None, Some(self.now + DAY_MS), Some(self.now + 9 * DAY_MS), Some(1)];
        let valid_until = self.dice.pick(&ends);
        Body::UpdateCard(UpdateCard { card, user, level, suspended, valid_until })
    }

    /// A card with its user, in most cases, and its number.
    fn a_card(&mut self, fits: impl Fn(&Self, &Card) -> bool) -> (Id, Id, Option<u32>) {
        let t = self.ledger.tables();
        let fitting: Vec<Id> =
            t.cards.rows().iter().filter(|c| fits(self, c)).map(|c| c.card).collect();
        let found = self.dice.recent(t.cards.rows(), |c| fitting.contains(&c.card));
        let other = self.user();
        let Some(found) = found else { return (named('x', 8), other, None) };
        let owner = t.users.row(found.user).user;
        let user = if self.dice.one_in(20) { other } else { owner };
        (found.card, user, t.cards.find(&found.card))
    }

    /// What is stored on a card, or its points, in most cases on an order that it fits, with the
    /// rest from the balance, or by points from what is stored.
    pub(super) fn pay_with_card(&mut self) -> Option<Body> {
        let t = self.ledger.tables();
        let by_points = self.dice.one_in(2);
        let (card, user, no) = self.a_card(|scene, c| {
            let stored = scene.balance(Class::StoredValue, c.card) > 0;
            c.state == CardState::Active && if by_points { c.points() > 0 } else { stored }
        });
        let row = t.cards.row(no?);
        let terms = t.card_templates.row(row.template).terms;
        let fits = |p: &Payment| {
            let seller = t.merchants.row(p.merchant).merchant;
            let accepted = terms.merchant.is_none() || terms.merchant == seller;
            p.state == PaymentState::Created && accepted && p.exchange().is_none()
        };
        if !t.payments.rows().iter().any(fits) {
            let mut body = self.order();
            if let Body::CreatePayment(c) = &mut body
                && !terms.merchant.is_none()
            {
                c.merchant = terms.merchant;
            }
            return Some(body);
        }
        let (payment, order) = self.a_payment(fits);
        let amount = order?.price().amount;
        let stored = self.balance(Class::StoredValue, card);
        let value = terms.points.map_or(0, |of| of.value_micros.min(1_000_000_000));
        let of_point = terms.points.map_or(1, |of| of.of_point());
        let worth = row.points().saturating_mul(value) / (1_000_000 * of_point);
        let most = if by_points { worth } else { stored };
        let whole = by_points && self.dice.one_in(2);
        let part = self.dice.about(&[most, most, amount / 2]).min(amount);
        let part = if whole { amount } else { part };
        let of_card = LegSource::StoredValue(card);
        let legs = if !by_points {
            [(LegSource::Balance, amount - part), (of_card, part)]
        } else {
            let rest = if self.dice.one_in(3) { of_card } else { LegSource::Balance };
            [(rest, amount - part), (LegSource::Points(card), part)]
        };
        Some(super::money::pay(payment, user, &legs))
    }
}
