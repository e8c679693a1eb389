//! What the outside is told of holds, rentals and reserves.

use crate::command::Reference;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::state::Charge;

/// What happened to a hold, and what is left of it. Amounts are minor units of `amount`'s
/// currency.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "fields carry the names of DOMAIN §4")]
pub struct HoldOf {
    pub auth: Id,
    pub out_order_no: Reference,
    pub merchant: Id,
    pub user: Id,
    /// What was placed, captured or released now.
    pub amount: Money,
    /// Its part of frozen cash.
    pub fund: u64,
    /// Its part of credit.
    pub credit: u64,
    /// Frozen cash that is left.
    pub fund_rest: u64,
    /// Credit that is left.
    pub credit_rest: u64,
}

/// Why a hold, or a part of it, was released.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReleaseReason {
    /// By the merchant, or because everything was settled.
    Released,
    /// By `CancelAuthorization`.
    Cancelled,
    /// By the clock.
    Expired,
}

/// Where a rental stands. Amounts are minor units of the deposit's currency.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "fields carry the names of DOMAIN §4")]
pub struct RentalOf {
    pub rental: Id,
    pub out_order_no: Reference,
    pub merchant: Id,
    pub user: Id,
    pub deposit: Money,
    /// Charges less reductions.
    pub total: u64,
    pub paid: u64,
    pub outstanding: u64,
    /// In the order by which `ReduceCharge` names them.
    pub charges: Vec<Charge>,
}

pub(super) fn hold_of(ledger: &Ledger, auth: &Id, fund: u64, credit: u64) -> Option<HoldOf> {
    let tables = ledger.tables();
    let held = tables.authorizations.get(auth)?;
    Some(HoldOf {
        auth: *auth,
        out_order_no: held.out_order_no.clone(),
        merchant: tables.merchants.row(held.merchant).merchant,
        user: tables.users.row(held.user).user,
        amount: Money { amount: fund.saturating_add(credit), currency: held.currency },
        fund,
        credit,
        fund_rest: held.fund_rest,
        credit_rest: held.credit_rest,
    })
}

pub(super) fn rental_of(ledger: &Ledger, rental: &Id) -> Option<RentalOf> {
    let tables = ledger.tables();
    let r = tables.rentals.get(rental)?;
    Some(RentalOf {
        rental: *rental,
        out_order_no: r.out_order_no.clone(),
        merchant: tables.merchants.row(r.merchant).merchant,
        user: tables.users.row(r.user).user,
        deposit: r.terms.deposit,
        total: r.total(),
        paid: r.charges.iter().map(|charge| charge.paid).sum(),
        outstanding: r.outstanding(),
        charges: r.charges.clone(),
    })
}
