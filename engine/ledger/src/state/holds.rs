//! Rows of authorizations and lines of credit.

use crate::command::{CreditTerms, FreezeReason, Reference};
use crate::event::EventRange;
use crate::id::Id;
use crate::money::{Currency, Money};
use crate::state::{Billing, Calendar};
use crate::table::Row;

/// A hold: part frozen cash, part credit.
#[derive(Clone, PartialEq, Debug)]
pub struct Authorization {
    /// Its id; that of its rental where it holds a rental's deposit.
    pub auth: Id,
    /// The merchant's number.
    pub out_order_no: Reference,
    /// The merchant's number of the operation that placed it.
    pub out_request_no: Reference,
    /// Number in `users`.
    pub user: u32,
    /// Number in `merchants`.
    pub merchant: u32,
    /// The currency of all amounts.
    pub currency: Currency,
    /// What the credit part rests on.
    pub basis: CreditBasis,
    /// Cash frozen at first.
    pub fund_total: u64,
    /// Credit held at first.
    pub credit_total: u64,
    /// Cash still frozen.
    pub fund_rest: u64,
    /// Credit still held.
    pub credit_rest: u64,
    /// Cash captured.
    pub fund_captured: u64,
    /// Credit captured.
    pub credit_captured: u64,
    /// When the clock releases what is left; none for a rental's deposit.
    pub expires_at: Option<u64>,
    /// Where it stands.
    pub state: AuthorizationState,
    /// Each release that the merchant asked for.
    pub releases: Vec<Release>,
}

/// What the credit part of a hold rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CreditBasis {
    /// The user's line of credit: it counts as held there (X2).
    Line = 0,
    /// The score: the deposit is waived.
    Waiver = 1,
}

/// Where an authorization stands (DOMAIN §5). The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum AuthorizationState {
    Authorized = 0,
    Finished = 1,
    Closed = 2,
    Expired = 3,
}

/// A release that the merchant asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct Release {
    /// The merchant's number.
    pub out_request_no: Reference,
    /// Minor units.
    pub amount: u64,
    /// Its events.
    pub events: EventRange,
}

impl Authorization {
    /// What may still be captured or released.
    pub fn rest(&self) -> u64 {
        self.fund_rest.saturating_add(self.credit_rest)
    }
}

row!(Authorization, Id, self => self.auth);

/// Index: a merchant's number of an authorization or rental.
#[derive(Clone)]
pub struct OrderNo {
    pub(crate) merchant: u32,
    pub(crate) rental: bool,
    pub(crate) out_order_no: Reference,
}

row!(OrderNo, (u32, bool, Reference), self =>
    (self.merchant, self.rental, self.out_order_no.clone()));

/// A user's line of credit.
#[derive(Clone, PartialEq, Debug)]
pub struct CreditLine {
    /// Whose: number in `users`.
    pub user: u32,
    /// How much may be owed.
    pub limit: Money,
    /// What was agreed.
    pub terms: CreditTerms,
    /// Where it stands.
    pub state: CreditLineState,
    /// Its statements, if it is billed.
    pub billing: Option<Box<Billing>>,
}

/// Where a line stands (DOMAIN §5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CreditLineState {
    Active,
    Frozen(FreezeReason),
    Closed,
    WrittenOff,
}

impl CreditLine {
    /// The calendar of its days, and of those of its loans, in a chain with such days.
    pub fn calendar(&self, of_chain: Calendar) -> Calendar {
        of_chain.later(self.terms.billing.map_or(0, |terms| terms.day_begins_min))
    }

    /// Whether it is closed or written off.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, CreditLineState::Closed | CreditLineState::WrittenOff)
    }

    /// What was written off and not recovered, in minor units.
    pub fn lost(&self) -> u64 {
        self.billing.as_ref().map_or(0, |billing| billing.lost)
    }
}

row!(CreditLine, u32, Any, self => self.user);
