//! Points in the naive model: lists of what each card got, and what all cards of a template have
//! is summed up whenever it is asked for.

use super::cards::Card;
use super::{Account, DAY_MS, Naive, Outcome, half_up, house, must, of, user};
use groat_ledger::{
    AdjustPoints, Class, Currency, EarnPoints, Id, PointsTerms, RedeemPoints, Rejection,
};

/// What all points of a template can be, and be worth.
const MOST: i128 = 1_000_000_000_000_000_000;

/// What a payment earned.
#[derive(Clone, Copy)]
pub(super) struct Earned {
    card: Id,
    points: i128,
    of: i128,
    back: i128,
}

/// What points paid of a payment.
#[derive(Clone, Copy)]
pub(super) struct Spent {
    pub(super) card: Id,
    points: i128,
    pub(super) paid: i128,
    /// Of both, what is back.
    points_back: i128,
    back: i128,
}

/// What a point has of its last decimal, and the unit of that.
fn parts(terms: &PointsTerms) -> (i128, Currency) {
    let (parts, unit) = [(1, "PTS"), (10, "PT1"), (100, "PT2")][terms.decimals as usize];
    (parts, unit.parse().unwrap())
}

impl Card {
    pub(super) fn points(&self) -> i128 {
        self.lots.iter().map(|lot| lot.1).sum()
    }

    /// When the first of its points expire.
    pub(super) fn points_until(&self) -> Option<u64> {
        self.lots.iter().map(|lot| lot.0).min().filter(|until| *until < u64::MAX)
    }
}

impl Naive {
    fn all_points(&self, template: Id) -> i128 {
        self.cards.iter().filter(|card| card.template == template).map(Card::points).sum()
    }

    fn terms_of(&self, no: usize) -> Option<PointsTerms> {
        self.card_kinds[&self.cards[no].template].points
    }

    fn worth(&self, no: usize, points: i128) -> i128 {
        let terms = self.terms_of(no).unwrap();
        half_up(points, terms.value_micros.into(), 1_000_000 * parts(&terms).0)
    }

    /// X5 of a card, and its contra.
    fn x5(&self, no: usize) -> (Account, Account) {
        let unit = parts(&self.terms_of(no).unwrap()).1;
        ((Class::Points, self.cards[no].id, 0, unit), (Class::PointsContra, Id::NONE, 0, unit))
    }

    fn active(&self, card: Id, user: Id) -> Result<(usize, PointsTerms), Rejection> {
        let no = self.card_of(card, user)?;
        must(self.cards[no].is_active(), Rejection::CardNotUsable)?;
        Ok((no, self.terms_of(no).ok_or(Rejection::NoPoints)?))
    }

    /// So many more points until then, but for those that are owed: what all are worth changes with
    /// them.
    fn give_points(&mut self, no: usize, points: i128, now: u64) {
        let points = points - self.repay_points(no, points);
        let template = self.cards[no].template;
        let more = self.worth_more(no, points);
        self.add_points(no, points, now);
        self.write(house(Class::Marketing), of(Class::PointsLiability, template), more);
    }

    /// Of so many points, those that pay what the card owes.
    fn repay_points(&mut self, no: usize, points: i128) -> i128 {
        let repaid = points.min(self.cards[no].owes);
        self.cards[no].owes -= repaid;
        repaid
    }

    /// Whether a card can have so many more.
    fn has_room(&self, no: usize, points: i128) -> bool {
        let more = points - points.min(self.cards[no].owes);
        let after = self.all_points(self.cards[no].template) + more;
        after <= MOST && self.worth(no, after) <= MOST
    }

    /// What all points of a card's template are worth more with so many more.
    fn worth_more(&self, no: usize, points: i128) -> i128 {
        let before = self.all_points(self.cards[no].template);
        self.worth(no, before + points) - self.worth(no, before)
    }

    fn add_points(&mut self, no: usize, points: i128, now: u64) {
        if points == 0 {
            return;
        }
        let days = self.terms_of(no).unwrap().valid_days;
        let last = u64::from(self.day(now)) + u64::from(days) + 1;
        let start = i128::from(last) * i128::from(DAY_MS) - self.offset_ms;
        let until = if days == 0 { u64::MAX } else { start.try_into().unwrap() };
        self.cards[no].lots.push((until, points));
        let (granted, contra) = self.x5(no);
        self.write(granted, contra, points);
    }

    /// So many points less, those first that expire first; of their worth the first so much goes to
    /// an owner, the rest to a house account.
    pub(super) fn take_points(
        &mut self,
        no: usize,
        points: i128,
        to: Account,
        first: (Account, i128),
    ) {
        let before = self.all_points(self.cards[no].template);
        self.cards[no].lots.sort_unstable();
        let mut rest = points;
        for lot in &mut self.cards[no].lots {
            let part = rest.min(lot.1);
            (lot.1, rest) = (lot.1 - part, rest - part);
        }
        self.cards[no].lots.retain(|lot| lot.1 > 0);
        let less = self.worth(no, before) - self.worth(no, before - points);
        let (template, (granted, contra)) = (self.cards[no].template, self.x5(no));
        let liability = of(Class::PointsLiability, template);
        self.write(liability, first.0, first.1);
        self.write(liability, to, less - first.1);
        self.write(contra, granted, points);
    }

    pub(super) fn earn_points(&mut self, c: &EarnPoints, now: u64) -> Outcome {
        let (no, terms) = self.active(c.card, c.user)?;
        must(c.payment.is_none() != (c.points == 0), Rejection::SchemaInvalid)?;
        let mut earned = None;
        let mut points = i128::from(c.points);
        if !c.payment.is_none() {
            let order = self.order(c.payment)?;
            let (got, of) = self.earned_by(no, &terms, order, now)?;
            points = got;
            earned = Some((order, Earned { card: c.card, points, of, back: 0 }));
        }
        must(self.has_room(no, points), Rejection::AmountOutOfRange)?;
        self.give_points(no, points, now);
        if let Some((order, earned)) = earned {
            self.orders[order].earned = Some(earned);
        }
        Ok(())
    }

    /// The points that an order gives a card, and of how much.
    fn earned_by(
        &self,
        no: usize,
        terms: &PointsTerms,
        order: usize,
        now: u64,
    ) -> Result<(i128, i128), Rejection> {
        let row = &self.orders[order];
        must(row.payer() == Some(self.cards[no].user), Rejection::UnknownAccount)?;
        let live = row.left() > 0 && now <= self.refundable_until(order);
        must(live, Rejection::InvalidState)?;
        must(row.disputed() == 0, Rejection::PaymentDisputed)?;
        let at = self.card_kinds[&self.cards[no].template].merchant;
        must(at.is_none() || at == row.merchant, Rejection::CardNotUsable)?;
        must(row.priced().is_none(), Rejection::CurrencyMismatch)?;
        must(row.earned.is_none(), Rejection::AlreadyEarned)?;
        let of = self.kept(order);
        let of_parts = of * parts(terms).0;
        let points = if terms.per == 0 { 0 } else { of_parts / i128::from(terms.per) };
        must(points > 0, Rejection::NothingToEarn)?;
        Ok((points, of))
    }

    /// What so many points of a card are worth by themselves, where it has points at all.
    pub(super) fn worth_of(&self, card: Id, points: i128) -> Option<i128> {
        let no = self.cards.iter().position(|row| row.id == card)?;
        self.terms_of(no).map(|_| self.worth(no, points))
    }

    /// The same, of what a command would give.
    pub(super) fn worth_to_earn(&self, c: &EarnPoints, now: u64) -> Option<i128> {
        let Ok(order) = self.order(c.payment) else {
            return self.worth_of(c.card, c.points.into());
        };
        let no = self.cards.iter().position(|row| row.id == c.card)?;
        let (points, _) = self.earned_by(no, &self.terms_of(no)?, order, now).ok()?;
        self.worth_of(c.card, points)
    }

    /// What the user paid and has not back, coupons and points aside.
    fn kept(&self, order: usize) -> i128 {
        self.paid_by_user(self.orders[order].id).unwrap_or(0)
    }

    pub(super) fn redeem_points(&mut self, c: &RedeemPoints) -> Outcome {
        let (no, terms) = self.active(c.card, c.user)?;
        let points = i128::from(c.points);
        let unit = 1_000_000 * parts(&terms).0;
        let amount = points * i128::from(terms.value_micros) / unit;
        must(amount > 0 && amount <= MOST, Rejection::AmountOutOfRange)?;
        must(self.cards[no].points() >= points, Rejection::PointsInsufficient)?;
        self.may_credit(user(c.user))?;
        self.may_have(c.user, amount)?;
        self.take_points(no, points, house(Class::Marketing), (user(c.user), amount));
        Ok(())
    }

    pub(super) fn adjust_points(&mut self, c: &AdjustPoints, now: u64) -> Outcome {
        let (no, _) = self.active(c.card, c.user)?;
        let points = i128::from(c.points);
        must(points > 0, Rejection::AmountOutOfRange)?;
        let marketing = house(Class::Marketing);
        if c.less {
            must(self.cards[no].points() >= points, Rejection::PointsInsufficient)?;
            self.take_points(no, points, marketing, (marketing, 0));
            return Ok(());
        }
        must(self.has_room(no, points), Rejection::AmountOutOfRange)?;
        self.give_points(no, points, now);
        Ok(())
    }

    /// The points that a card can pay so much of an order of a merchant with: the first number of
    /// them that is worth as much.
    pub(super) fn points_pay(
        &self,
        card: Id,
        paid: i128,
        seller: Id,
        payer: Id,
    ) -> Result<Spent, Rejection> {
        self.card_is_taken(card, seller, payer)?;
        let no = self.card_of(card, payer)?;
        let terms = self.terms_of(no).ok_or(Rejection::NoPoints)?;
        let value = i128::from(terms.value_micros);
        must(value > 0, Rejection::PointsInsufficient)?;
        let points = (paid * 1_000_000 * parts(&terms).0 + value - 1) / value;
        must(points <= self.cards[no].points(), Rejection::PointsInsufficient)?;
        Ok(Spent { card, points, paid, points_back: 0, back: 0 })
    }

    pub(super) fn spend_points(&mut self, spent: Spent, to: Account) {
        let no = self.cards.iter().position(|card| card.id == spent.card).unwrap();
        self.take_points(no, spent.points, house(Class::Marketing), (to, spent.paid));
    }

    /// How many points a payment has back for so much: by all that is back.
    fn points_for(&self, order: usize, amount: i128) -> Option<(usize, i128)> {
        let spent = self.orders[order].paid.as_ref()?.points.filter(|_| amount > 0)?;
        let no = self.cards.iter().position(|c| c.id == spent.card && !c.closed)?;
        let all = half_up(spent.points, spent.back + amount, spent.paid);
        let points = all - spent.points_back;
        let after = self.all_points(self.cards[no].template) + points;
        (after <= MOST && self.worth(no, after) <= MOST).then_some((no, points))
    }

    /// Where so much goes for points that come back: PL has their worth, marketing the rest.
    /// None where they do not.
    pub(super) fn points_take(&self, order: usize, amount: i128) -> Option<[(Account, i128); 2]> {
        let (no, points) = self.points_for(order, amount)?;
        let liability = of(Class::PointsLiability, self.cards[no].template);
        let kept = points - points.min(self.cards[no].owes);
        let owed = self.worth_more(no, kept).min(amount);
        Some([(liability, owed), (house(Class::Marketing), amount - owed)])
    }

    /// The points themselves, and what they are worth beyond what moved back for them.
    pub(super) fn return_points(&mut self, order: usize, amount: i128, now: u64) {
        let Some((no, points)) = self.points_for(order, amount) else { return };
        let kept = points - self.repay_points(no, points);
        let beyond = self.worth_more(no, kept) - amount;
        let liability = of(Class::PointsLiability, self.cards[no].template);
        self.write(house(Class::Marketing), liability, beyond.max(0));
        self.add_points(no, kept, now);
        let paid = self.orders[order].paid.as_mut().unwrap();
        let spent = paid.points.as_mut().unwrap();
        (spent.points_back, spent.back) = (spent.points_back + points, spent.back + amount);
    }

    /// After a refund or a lost dispute: the part of what the payment earned, of the card or of the
    /// one that its user got in its place. What that lacks it owes.
    pub(super) fn reverse_points(&mut self, order: usize) {
        let Some(earned) = self.orders[order].earned else { return };
        let back = (earned.of - self.kept(order)).max(0);
        let due = half_up(earned.points, back, earned.of) - earned.back;
        let earner = self.cards.iter().position(|card| card.id == earned.card).unwrap();
        let of = (self.cards[earner].user, self.cards[earner].template);
        let last = self.cards.iter().rposition(|card| (card.user, card.template) == of).unwrap();
        let no = if self.cards[earner].closed { last } else { earner };
        let points = due.min(self.cards[no].points());
        if points > 0 {
            let marketing = house(Class::Marketing);
            self.take_points(no, points, marketing, (marketing, 0));
        }
        self.cards[no].owes += due - points;
        self.orders[order].earned.as_mut().unwrap().back += due;
    }

    /// The clock ends the first points of a card.
    pub(super) fn end_points(&mut self, no: usize) {
        let until = self.cards[no].points_until();
        let over = self.cards[no].lots.iter().filter(|lot| Some(lot.0) == until);
        let points = over.map(|lot| lot.1).sum();
        let breakage = house(Class::Breakage);
        self.take_points(no, points, breakage, (breakage, 0));
    }
}
