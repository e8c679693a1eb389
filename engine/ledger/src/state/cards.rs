//! Rows of membership cards.

use crate::command::CardTerms;
use crate::id::Id;
use crate::table::Row;

/// What cards are.
#[derive(Clone, PartialEq, Debug)]
pub struct CardTemplate {
    /// Its id.
    pub template: Id,
    /// What its cards are.
    pub terms: CardTerms,
    /// Points of all its cards; derived from them.
    pub points: u64,
}

row!(CardTemplate, Id, self => self.template);

/// A card of a user. What is stored on it is on its account (SV).
#[derive(Clone, PartialEq, Debug)]
pub struct Card {
    /// Its id.
    pub card: Id,
    /// What it is: number in `card_templates`.
    pub template: u32,
    /// Whose it is: number in `users`.
    pub user: u32,
    /// The member's level.
    pub level: u32,
    /// Where it stands.
    pub state: CardState,
    /// From when it is expired, in milliseconds since 1970.
    pub valid_until: Option<u64>,
    /// Its points, those that expire first in front.
    pub lots: Vec<PointsLot>,
    /// Points that were taken back and that it did not have: it has none until they are paid.
    pub owes: u64,
}

/// Points that expire together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PointsLot {
    /// When, in milliseconds since 1970; 0 is never.
    pub until: u64,
    /// How many.
    pub points: u64,
}

row!(Card, Id, Any, self => self.card);

impl Card {
    /// All its points.
    pub fn points(&self) -> u64 {
        self.lots.iter().fold(0, |sum, lot| sum.saturating_add(lot.points))
    }

    /// When the clock ends the first of its points, if it does.
    pub fn points_until(&self) -> Option<u64> {
        self.lots.first().map(|lot| lot.until).filter(|until| *until > 0)
    }

    /// When the clock ends it, if it does.
    pub fn expires_at(&self) -> Option<u64> {
        match self.state {
            CardState::Active | CardState::Suspended => self.valid_until,
            CardState::Expired | CardState::Closed => None,
        }
    }
}

/// Where a card stands (DOMAIN §5). The numbers stand in blocks and snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CardState {
    Active = 0,
    Suspended = 1,
    Expired = 2,
    Closed = 3,
}

/// Index: the last card of a template that a user got.
#[derive(Clone)]
pub struct CardHolder {
    pub(crate) template: u32,
    pub(crate) user: u32,
    /// Number in `cards`.
    pub(crate) card: u32,
}

row!(CardHolder, (u32, u32), Any, self => (self.template, self.user));

/// Index: the cards that a user got, closed ones too.
#[derive(Clone)]
pub struct UserCards {
    pub(crate) user: u32,
    /// Numbers in `cards`.
    pub(crate) cards: Vec<u32>,
}

row!(UserCards, u32, Any, self => self.user);
