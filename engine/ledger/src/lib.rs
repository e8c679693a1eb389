//! The rules of money: a double-entry ledger that decides commands and applies events.
//!
//! Pure and deterministic: no input or output, no clock, no randomness, no floating point, no
//! serialization. Read [`Ledger`] first, then one file of `rules`.

mod account;
pub mod allocation;
mod command;
mod currencies;
mod event;
mod exchange;
pub mod hash;
mod id;
pub mod index;
pub mod instalments;
mod ledger;
pub mod limits;
pub mod money;
pub mod packets;
mod place;
mod rejection;
mod remittance;
mod rules;
mod settlement;
mod state;
pub mod table;

pub use account::{Account, AccountKey, AccountNo, Class, Kind, Layer, Movement, SignRule};
pub use command::*;
pub use event::{CloseReason, Decision, EventRange, Fact, LostDebt, ReturnedShare};
pub use exchange::Price;
pub use id::{Id, NAME_CHARS_MAX, NotAnId};
pub use ledger::{BadState, Due, DueKind, Ledger, LookAhead, RULESET, Refusal, Signer};
pub use money::{Currency, Money, NotMoney};
pub use place::Place;
pub use rejection::Rejection;
pub use remittance::{
    Cargo, Confirmed, Purpose, Remittance, RoyaltyReturn, RoyaltySent, RoyaltyWord, Standing,
};
pub use settlement::{
    CardOf, ConversionOf, CouponOf, DebitOf, DisputeOf, HoldOf, InvoiceOf, LoanChargeOf, LoanOf,
    LossOf, PacketOf, PlanOf, PointsOf, ReleaseReason, RentalOf, RoyaltyOf, SellerFeeOf,
    Settlement, StatementOf, project,
};
pub use state::*;
