//! What is told of membership cards and their points.

use crate::event::Fact;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;
use crate::state::CardState;

/// A card as it stands after what is told.
#[derive(Clone, PartialEq, Debug)]
pub struct CardOf {
    /// Which.
    pub card: Id,
    /// Of which template.
    pub template: Id,
    /// Whose.
    pub user: Id,
    /// The member's level.
    pub level: u32,
    /// Where it stands.
    pub state: CardState,
    /// From when it is expired, in milliseconds since 1970.
    pub valid_until: Option<u64>,
    /// What was stored, given back, paid or returned; zero where nothing moves.
    pub amount: Money,
    /// The payment that it pays or gets back from, or none.
    pub payment: Id,
}

/// What a fact of cards means to the outside; nothing for those of others.
pub(super) fn told(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    let card = |id: &Id| card_of(ledger, id, 0, Id::NONE);
    Some(match fact {
        Fact::CardOpened { card: id, .. } => Settlement::CardOpened { card: card(id)? },
        Fact::CardUpdated { card: id, .. }
        | Fact::CardClosed { card: id, .. }
        | Fact::CardExpired { card: id } => Settlement::CardChanged { card: card(id)? },
        Fact::CardLoaded { card, amount, .. } => {
            Settlement::CardLoaded { card: card_of(ledger, card, *amount, Id::NONE)? }
        }
        Fact::CardUnloaded { card, amount, .. } => {
            Settlement::CardUnloaded { card: card_of(ledger, card, *amount, Id::NONE)? }
        }
        Fact::CardCharged { card, payment, amount } => {
            Settlement::CardCharged { card: card_of(ledger, card, *amount, *payment)? }
        }
        Fact::CardReturned { card, payment, amount } => {
            Settlement::CardReturned { card: card_of(ledger, card, *amount, *payment)? }
        }
        _ => return None,
    })
}

fn card_of(ledger: &Ledger, card: &Id, amount: u64, payment: Id) -> Option<CardOf> {
    let tables = ledger.tables();
    let row = tables.cards.get(card)?;
    let template = tables.card_templates.row(row.template);
    Some(CardOf {
        card: row.card,
        template: template.template,
        user: tables.users.row(row.user).user,
        level: row.level,
        state: row.state,
        valid_until: row.valid_until,
        amount: Money { amount, currency: template.terms.currency },
        payment,
    })
}

/// Points that came or went.
#[derive(Clone, PartialEq, Debug)]
pub struct PointsOf {
    /// Of which card.
    pub card: Id,
    /// Of which template.
    pub template: Id,
    /// Whose.
    pub user: Id,
    /// How many.
    pub points: u64,
    /// How many the card has after that.
    pub left: u64,
    /// How many it owes after that: taken back of what it did not have.
    pub owes: u64,
    /// What they were redeemed for, or came back for; zero where they were not.
    pub amount: Money,
    /// The payment that earned them, was paid with them or gave them back, or none.
    pub payment: Id,
    /// When they expire, in milliseconds since 1970; 0 where they do not, or went.
    pub until: u64,
    /// Decimals of a point: all numbers are in the last of them.
    pub decimals: u32,
}

/// What a fact of points means to the outside; nothing for those of others.
pub(super) fn told_of_points(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    Some(match fact {
        Fact::PointsEarned { card, payment, points, until, .. } => {
            let of = points_of(ledger, card, *points)?;
            let points = PointsOf { payment: *payment, until: *until, ..of };
            Settlement::PointsEarned { points }
        }
        Fact::PointsRedeemed { card, points, amount, payment, .. } => {
            let of = points_of(ledger, card, *points)?;
            let amount = Money { amount: *amount, ..of.amount };
            Settlement::PointsRedeemed { points: PointsOf { amount, payment: *payment, ..of } }
        }
        Fact::PointsReturned { card, payment, points, amount, until, .. } => {
            let of = points_of(ledger, card, *points)?;
            let amount = Money { amount: *amount, ..of.amount };
            let points = PointsOf { amount, payment: *payment, until: *until, ..of };
            Settlement::PointsReturned { points }
        }
        Fact::PointsAdjusted { card, points, less, until, .. } => {
            let of = points_of(ledger, card, *points)?;
            Settlement::PointsAdjusted { points: PointsOf { until: *until, ..of }, less: *less }
        }
        Fact::PointsReversed { card, payment, points, owed } => {
            let of = points_of(ledger, card, points.saturating_add(*owed))?;
            Settlement::PointsReversed { points: PointsOf { payment: *payment, ..of } }
        }
        Fact::PointsExpired { card, points } => {
            Settlement::PointsExpired { points: points_of(ledger, card, *points)? }
        }
        _ => return None,
    })
}

fn points_of(ledger: &Ledger, card: &Id, points: u64) -> Option<PointsOf> {
    let CardOf { card, template, user, amount, .. } = card_of(ledger, card, 0, Id::NONE)?;
    let tables = ledger.tables();
    let row = tables.cards.get(&card)?;
    let (left, owes) = (row.points(), row.owes);
    let decimals = tables.card_templates.get(&template)?.terms.points.map_or(0, |of| of.decimals);
    let (payment, until) = (Id::NONE, 0);
    Some(PointsOf { card, template, user, points, left, owes, amount, payment, until, decimals })
}
