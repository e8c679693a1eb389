//! Commands of membership cards, of what is stored on them and of their points (DOMAIN §1.6, §4.6).

use crate::command::Reference;
use crate::id::Id;
use crate::money::{Currency, Money};

/// Says what the cards of a template are.
#[derive(Clone, PartialEq, Debug)]
pub struct DefineCard {
    /// The template, new.
    pub template: Id,
    /// What its cards are.
    pub terms: CardTerms,
}

/// What the cards of a template are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CardTerms {
    /// Where they pay; none is everywhere.
    pub merchant: Id,
    /// The currency of what is stored on one.
    pub currency: Currency,
    /// The most that may be stored on one, in minor units.
    pub balance_cap: Option<u64>,
    /// The terms of its points, if it has any.
    pub points: Option<PointsTerms>,
}

/// How points are earned, what they are worth, and how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PointsTerms {
    /// One point for each whole one of these amounts that a user pays, in minor units; 0 is none.
    pub per: u64,
    /// What a point is worth, in millionths of a minor unit.
    pub value_micros: u64,
    /// Business dates after that of earning on which they are still valid; 0 is for ever.
    pub valid_days: u32,
    /// Decimals of a point, two at most. Wherever points are counted it is in the last of them.
    pub decimals: u32,
}

impl PointsTerms {
    /// The unit that its points are counted in.
    pub const fn unit(&self) -> Currency {
        Currency::points(self.decimals)
    }

    /// How many of its unit are a point.
    pub fn of_point(&self) -> u64 {
        self.unit().major(1)
    }
}

/// Gives a user a card.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenCard {
    /// The card, new.
    pub card: Id,
    /// Whose it will be.
    pub user: Id,
    /// What it is.
    pub template: Id,
    /// The member's level, by rules that are not kept here.
    pub level: u32,
    /// From when it is expired, in milliseconds since 1970; `None` is never.
    pub valid_until: Option<u64>,
}

/// Changes a card; what is `None` stays.
#[derive(Clone, PartialEq, Debug)]
pub struct UpdateCard {
    /// The card.
    pub card: Id,
    /// Whose it is.
    pub user: Id,
    /// Another level.
    pub level: Option<u32>,
    /// Whether it is suspended.
    pub suspended: Option<bool>,
    /// Renews it: from when it is expired, in milliseconds since 1970.
    pub valid_until: Option<u64>,
}

/// Ends a card on which nothing is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct CloseCard {
    /// The card.
    pub card: Id,
    /// Whose it is.
    pub user: Id,
}

/// Stores money of the user's balance on a card.
#[derive(Clone, PartialEq, Debug)]
pub struct LoadCard {
    /// The card.
    pub card: Id,
    /// Whose it is.
    pub user: Id,
    /// How much.
    pub amount: Money,
}

/// Gives money stored on a card back to the user's balance.
#[derive(Clone, PartialEq, Debug)]
pub struct UnloadCard {
    /// The card.
    pub card: Id,
    /// Whose it is.
    pub user: Id,
    /// How much.
    pub amount: Money,
}

/// Gives points: those that a payment earns by the terms, or so many.
#[derive(Clone, PartialEq, Debug)]
pub struct EarnPoints {
    /// The card.
    pub card: Id,
    /// Whose it is.
    pub user: Id,
    /// The payment, or none.
    pub payment: Id,
    /// How many without a payment, else 0.
    pub points: u64,
}

/// Turns points into money of the user's balance.
#[derive(Clone, PartialEq, Debug)]
pub struct RedeemPoints {
    /// The card.
    pub card: Id,
    /// Whose it is.
    pub user: Id,
    /// How many.
    pub points: u64,
}

/// Corrects the points of a card.
#[derive(Clone, PartialEq, Debug)]
pub struct AdjustPoints {
    /// The card.
    pub card: Id,
    /// Whose it is.
    pub user: Id,
    /// How many.
    pub points: u64,
    /// They are taken, not given.
    pub less: bool,
    /// Why.
    pub reason: Reference,
}
