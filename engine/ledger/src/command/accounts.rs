//! Commands on apps, users, merchants, their limits and restrictions (DOMAIN §4.1).

use crate::command::{CodeKind, Owner, PublicKey, Reference};
use crate::id::Id;
use crate::money::{Currency, Money};

/// Registers a third-party app.
#[derive(Clone, PartialEq, Debug)]
pub struct RegisterApp {
    /// The app, new.
    pub app: Id,
    /// Names the key its commands are signed with.
    pub key: Id,
    /// What it may do.
    pub scopes: Vec<Reference>,
    /// With which its commands are signed; none for an app of the platform's own.
    pub public_key: Option<PublicKey>,
}

/// Opens a user with a balance account.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenUser {
    /// The user, new.
    pub user: Id,
    /// Identity class 1 to 3 (DOMAIN §1.9).
    pub kyc_class: u8,
    /// The currency of the balance.
    pub currency: Currency,
}

/// Opens a merchant with its terms.
#[derive(Clone, PartialEq, Debug)]
pub struct OnboardMerchant {
    /// The merchant, new.
    pub merchant: Id,
    /// Its terms.
    pub terms: MerchantTerms,
}

/// What was agreed with a merchant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MerchantTerms {
    /// Service fee, in millionths of the receipts.
    pub fee_ppm: u32,
    /// Whether refunds return their part of the fee.
    pub fee_refund: FeeRefund,
    /// T+n: days from the business date to settlement. 0 is taken as 1: what was sold on a date is
    /// settled when that date is over, and not before.
    pub cycle_days: u32,
    /// Part of each settlement kept as reserve, in ten-thousandths.
    pub reserve_bps: u32,
    /// Days after settlement when the clock releases the reserve; 0 is never by the clock.
    pub reserve_days: u32,
    /// Cap of profit sharing, in ten-thousandths of the order.
    pub royalty_cap_bps: u32,
    /// Days after payment in which refunds are possible.
    pub refund_days: u32,
    /// The currency of sales and settlement.
    pub settle_currency: Currency,
}

/// What happens to the service fee when a payment is refunded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeeRefund {
    /// Returned in proportion to the refund.
    Proportional,
    /// Kept.
    None,
}

/// Sets or replaces limits for a scope.
#[derive(Clone, PartialEq, Debug)]
pub struct SetLimits {
    /// To whom they apply.
    pub scope: LimitScope,
    /// In which currency they are counted.
    pub currency: Currency,
    /// The limits.
    pub limits: Limits,
}

/// To whom limits apply.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LimitScope {
    /// One user.
    User(Id),
    /// Every user of an identity class.
    KycClass(u8),
    /// Every user, for payments with a code of this kind.
    CodeKind(CodeKind),
}

/// Limits in minor units on what a user spends from the balance; `None` is no limit.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Limits {
    /// Per transaction.
    pub single: Option<u64>,
    /// Per business date.
    pub day: Option<u64>,
    /// Per calendar month of business dates.
    pub month: Option<u64>,
    /// Per calendar year of business dates.
    pub year: Option<u64>,
    /// Ever.
    pub lifetime: Option<u64>,
    /// On the balance itself.
    pub balance_cap: Option<u64>,
    /// For a kind of code: all but `balance_cap` hold, counted from the first limits given so.
    /// Without it only `day` does, as in chains of before. Users and classes need no such word.
    pub every_window: bool,
}

/// What a restriction blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Block {
    /// Money out.
    Debit,
    /// Money in.
    Credit,
    /// Both.
    All,
}

/// Blocks money out of, or into, an owner's accounts.
#[derive(Clone, PartialEq, Debug)]
pub struct RestrictAccount {
    /// Whose accounts.
    pub account: Owner,
    /// What is blocked.
    pub block: Block,
    /// The case that asks for it.
    pub case: Reference,
}

/// Lifts what [`RestrictAccount`] blocked.
#[derive(Clone, PartialEq, Debug)]
pub struct LiftRestriction {
    /// Whose accounts.
    pub account: Owner,
    /// What is unblocked.
    pub block: Block,
    /// The case that asked for it.
    pub case: Reference,
}

/// Puts part of a user's balance under compliance hold.
#[derive(Clone, PartialEq, Debug)]
pub struct PlaceHold {
    /// The hold, new.
    pub hold: Id,
    /// Whose balance.
    pub user: Id,
    /// How much.
    pub amount: Money,
}

/// Gives part or all of a hold back to the user.
#[derive(Clone, PartialEq, Debug)]
pub struct ReleaseHold {
    /// The hold.
    pub hold: Id,
    /// Whose it is.
    pub user: Id,
    /// How much.
    pub amount: Money,
}

/// Pays what is left of a hold out of the bank on a legal order.
#[derive(Clone, PartialEq, Debug)]
pub struct SeizeHold {
    /// The hold.
    pub hold: Id,
    /// The legal order.
    pub order_ref: Reference,
    /// Which bank pays; none is the house bank.
    pub bank: Id,
}

/// Closes an owner's accounts for good.
#[derive(Clone, PartialEq, Debug)]
pub struct CloseAccount {
    /// Whose accounts.
    pub account: Owner,
}
