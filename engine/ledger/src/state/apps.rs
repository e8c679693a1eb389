//! Rows of third-party apps: what they are, what merchants let them do, what they did.

use crate::command::{AppLimits, PublicKey, Reference, Scope};
use crate::id::Id;
use crate::money::Currency;
use crate::table::Row;

/// A third-party app.
#[derive(Clone, PartialEq, Debug)]
pub struct App {
    /// Its id.
    pub app: Id,
    /// Names its signing key.
    pub key_id: Id,
    /// What it may do.
    pub scopes: Vec<Reference>,
    /// With which its commands must be signed; none where it is the platform's own.
    pub public_key: Option<PublicKey>,
}

row!(App, Id, self => self.app);

impl App {
    /// Whether it was registered for this scope.
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|s| s.as_str() == scope.name())
    }
}

/// What a merchant lets an app do.
#[derive(Clone, PartialEq, Debug)]
pub struct AppGrant {
    /// The app.
    pub app: Id,
    /// The merchant.
    pub merchant: Id,
    /// Which scopes, in their order; none after all were taken back.
    pub scopes: Vec<Scope>,
    /// When it ends.
    pub expires_at: Option<u64>,
}

row!(AppGrant, (Id, Id), self => (self.app, self.merchant));

/// How much an app may do and did. Sums saturate: one beyond `u64` is beyond every cap.
#[derive(Clone, PartialEq, Debug)]
pub struct AppUse {
    /// The app.
    pub app: Id,
    /// How much it may do.
    pub limits: AppLimits,
    /// Minutes since 1970 of `in_minute`.
    pub minute: u64,
    /// Commands done in that minute.
    pub in_minute: u32,
    /// Business date of `in_day` and `moved`.
    pub day: u32,
    /// Commands done on that date.
    pub in_day: u32,
    /// Minor units moved on that date, a currency once.
    pub moved: Vec<(Currency, u64)>,
}

row!(AppUse, Id, self => self.app);

impl AppUse {
    /// What was moved on the date, in a currency.
    pub fn moved_in(&self, currency: Currency) -> u64 {
        self.moved.iter().find(|m| m.0 == currency).map_or(0, |m| m.1)
    }
}
