//! What the outside is told of holds, rentals and reserves.

use crate::command::Reference;
use crate::event::Fact;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;

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
}

fn hold_of(ledger: &Ledger, auth: &Id, fund: u64, credit: u64) -> Option<HoldOf> {
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

fn rental_of(ledger: &Ledger, rental: &Id) -> Option<RentalOf> {
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
    })
}

/// What the events of holds and rentals mean to the outside.
pub(super) fn held_or_rented(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    let rental_of = |rental| rental_of(ledger, rental);
    Some(match fact {
        Fact::FundsAuthorized { auth, fund, credit, expires_at, .. } => {
            let hold = hold_of(ledger, auth, *fund, *credit)?;
            Settlement::HoldPlaced { hold, expires_at: *expires_at }
        }
        Fact::AuthorizationCaptured { auth, payment, fund, credit } => {
            let hold = hold_of(ledger, auth, *fund, *credit)?;
            Settlement::HoldCaptured { hold, payment: *payment }
        }
        Fact::FundsReleased { auth, fund, credit, .. } => {
            let hold = hold_of(ledger, auth, *fund, *credit)?;
            Settlement::HoldReleased { hold, reason: ReleaseReason::Released }
        }
        Fact::AuthorizationClosed { auth, fund, credit, expired } => {
            let hold = hold_of(ledger, auth, *fund, *credit)?;
            let by_clock = *expired;
            let reason = if by_clock { ReleaseReason::Expired } else { ReleaseReason::Cancelled };
            Settlement::HoldReleased { hold, reason }
        }
        Fact::DepositSecured { rental } => {
            let held = ledger.tables().authorizations.get(rental)?;
            let (frozen, waived) = (held.fund_total, held.credit_total);
            Settlement::RentalSecured { rental: rental_of(rental)?, frozen, waived }
        }
        Fact::RentalSettled { rental } => Settlement::RentalSettled { rental: rental_of(rental)? },
        Fact::RentalBoughtOut { rental, .. } => {
            Settlement::RentalSettled { rental: rental_of(rental)? }
        }
        Fact::RentalPaymentPending { rental, advanced, .. } => {
            let rental = rental_of(rental)?;
            Settlement::RentalPaymentPending { rental, advanced: *advanced }
        }
        Fact::RentalCollected { rental, amount } => {
            Settlement::RentalCollected { rental: rental_of(rental)?, amount: *amount }
        }
        Fact::ReserveReleased { merchant, amount, .. } => {
            let currency = ledger.tables().merchants.get(merchant)?.terms.settle_currency;
            let amount = Money { amount: *amount, currency };
            Settlement::ReserveReleased { merchant: *merchant, amount }
        }
        _ => return None,
    })
}
