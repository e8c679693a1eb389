//! Deposit-free rental: the life of a rental up to its charges (DOMAIN §4.4). How they are paid
//! is in `collection`; how much they are is in `rent`.
//!
//! | state | by | next |
//! |---|---|---|
//! | Created | assess | Assessed, Declined |
//! | Assessed, Declined with fallback | secure | Secured |
//! | Secured | start | InUse |
//! | InUse, Overdue | return | Returned |
//! | InUse, PaymentPending | clock | Overdue |
//! | Overdue long enough | declare lost | Lost |
//! | InUse | buy out | BoughtOut |
//! | before start | cancel / clock | Cancelled / Expired |

use crate::account::{AccountNo, Class};
use crate::command::{
    Admission, AssessRental, CancelRental, ClaimDamage, CodeKind, CreateRental, DeclareLost,
    ExtendRental, RentUnit, RentalTerms, ReturnRental, SecureDeposit, StartRental,
};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, in_range, payable, post};
use crate::limits::{
    BORROWED_BEFORE_DAYS_MAX, CHARGES_MAX, DAMAGE_CLAIM_DAYS_MAX, DAY_MS, PAYMENT_MAJOR_MAX,
    PLAN_TERMS_MAX, RETURN_AHEAD_MS_MAX, TIME_MS_MAX,
};
use crate::money::Money;
use crate::rejection::Rejection;
use crate::rules::authorizations::{Held, give_up, hold};
use crate::rules::credit::memorandum_of;
use crate::rules::limits::may_spend;
use crate::rules::rent::{is_payable, rent};
use crate::rules::{in_currency, may_credit, may_debit, merchant, refuse_if, user};
use crate::state::{CreditBasis, Rental, RentalState};

pub(crate) fn create(
    ledger: &Ledger,
    c: &CreateRental,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let known = tables.rentals.find(&c.rental).is_some();
    refuse_if(known || tables.authorizations.find(&c.rental).is_some(), Rejection::Duplicate)?;
    let payer = user(tables, c.user)?;
    let seller = merchant(tables, c.merchant)?;
    refuse_if(c.user == c.merchant, Rejection::BuyerIsSeller)?;
    in_currency(c.terms.deposit, seller.terms.settle_currency)?;
    in_currency(c.terms.deposit, payer.currency)?;
    payable(c.terms.deposit)?;
    refuse_if(!schedule_fits(ledger, &c.terms, now), Rejection::BadSchedule)?;
    let seller_no = tables.merchants.find(&c.merchant).ok_or(Rejection::UnknownAccount)?;
    let order_no = (seller_no, true, c.out_order_no.clone());
    refuse_if(tables.order_nos.find(&order_no).is_some(), Rejection::DuplicateOutOrderNo)?;
    may_debit(tables, payer.account)?;
    may_credit(tables, seller.account)?;
    // From here on nothing may fail.
    let CreateRental { rental, out_order_no, merchant, user, terms } = c.clone();
    out.record(Fact::RentalCreated { rental, out_order_no, merchant, user, terms });
    Ok(())
}

/// Times rise, terms rise, and it began no longer ago than what was reported late may have. Prices,
/// the rent agreed on, the sum of all terms and the late rent of a day are what one payment may be,
/// and the terms alone stay within the risk amount.
fn schedule_fits(ledger: &Ledger, terms: &RentalTerms, now: u64) -> bool {
    let RentalTerms { borrow_at, expiry_at, plan, .. } = terms;
    let most = terms.deposit.currency.major(PAYMENT_MAJOR_MAX);
    let rising = plan.windows(2).all(|pair| pair[0].due_at < pair[1].due_at);
    let prices = plan.iter().flat_map(|term| [Some(term.amount), term.buyout]);
    let prices = prices.chain([Some(terms.rent), terms.day_cap, terms.late_price]).flatten();
    let sum = plan.iter().try_fold(0u64, |sum, term| sum.checked_add(term.amount));
    let sum_most = most.min(terms.risk_amount.unwrap_or(most));
    let earliest = now.saturating_sub(BORROWED_BEFORE_DAYS_MAX * DAY_MS);
    (earliest..*expiry_at).contains(borrow_at)
        && *expiry_at <= TIME_MS_MAX
        && plan.len() <= PLAN_TERMS_MAX
        && rising
        && plan.iter().all(|term| term.amount > 0 && term.due_at <= TIME_MS_MAX)
        && prices.into_iter().all(|price| price <= most)
        && sum.is_some_and(|sum| sum <= sum_most)
        && is_payable(terms, ledger.calendar())
        && (terms.day_cap.is_none() || terms.unit == RentUnit::Hour)
}

pub(crate) fn assess(
    ledger: &Ledger,
    c: &AssessRental,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let rental = find(ledger, c.rental)?;
    refuse_if(rental.state != RentalState::Created, Rejection::InvalidState)?;
    let deposit = rental.terms.deposit;
    let (declined, waived) = match c.decision {
        Admission::Full => (false, deposit),
        Admission::Partial(waived) => (false, waived),
        Admission::Declined => (true, Money { amount: 0, ..deposit }),
    };
    in_currency(waived, deposit.currency)?;
    let waived = waived.amount;
    refuse_if(waived > deposit.amount, Rejection::WaiverExceedsDeposit)?;
    // From here on nothing may fail.
    out.record(Fact::RentalAssessed { rental: c.rental, score: c.score, declined, waived });
    Ok(())
}

pub(crate) fn secure(
    ledger: &Ledger,
    c: &SecureDeposit,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let rental = find(ledger, c.rental)?;
    match rental.state {
        RentalState::Assessed => {}
        RentalState::Declined if rental.terms.deposit_fallback => {}
        RentalState::Declined => return Err(Rejection::NotAdmitted),
        _ => return Err(Rejection::InvalidState),
    }
    refuse_if(tables.authorizations.find(&c.rental).is_some(), Rejection::Duplicate)?;
    let payer = tables.users.row(rental.user);
    may_debit(tables, payer.account)?;
    let fund = rental.terms.deposit.amount.saturating_sub(rental.waived);
    let room = tables.accounts.row(payer.account).debit_room();
    refuse_if(room < u128::from(fund), Rejection::InsufficientFunds)?;
    if fund > 0 {
        may_spend(ledger, payer, fund, CodeKind::None, now)?;
    }
    // From here on nothing may fail.
    let held = Held {
        auth: c.rental,
        out_order_no: rental.out_order_no.clone(),
        out_request_no: rental.out_order_no.clone(),
        merchant: tables.merchants.row(rental.merchant).merchant,
        fund,
        credit: rental.waived,
        basis: CreditBasis::Waiver,
        expires_at: None,
    };
    hold(ledger, payer, held, out);
    out.record(Fact::DepositSecured { rental: c.rental });
    Ok(())
}

pub(crate) fn start(
    ledger: &Ledger,
    c: &StartRental,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let rental = find(ledger, c.rental)?;
    refuse_if(rental.state != RentalState::Secured, Rejection::InvalidState)?;
    // A start that was reported late lies in the past, but never before what was agreed.
    let earliest = rental.terms.borrow_at.min(rental.created_at);
    let latest = now.saturating_add(RETURN_AHEAD_MS_MAX);
    let in_time = (earliest..=latest).contains(&c.at) && c.at < rental.terms.expiry_at;
    refuse_if(!in_time, Rejection::BadSchedule)?;
    let item = ledger.tables().items.get(&(rental.merchant, rental.terms.item));
    let out_already = item.is_some_and(|item| item.out_with.is_some());
    refuse_if(!rental.terms.item.is_none() && out_already, Rejection::ItemIsOut)?;
    // From here on nothing may fail.
    out.record(Fact::RentalStarted { rental: c.rental, at: c.at });
    Ok(())
}

pub(crate) fn extend(
    ledger: &Ledger,
    c: &ExtendRental,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let rental = find(ledger, c.rental)?;
    let running = matches!(rental.state, RentalState::Secured | RentalState::InUse);
    refuse_if(!running, Rejection::InvalidState)?;
    refuse_if(c.new_expiry < rental.terms.expiry_at, Rejection::ExpiryMovedEarlier)?;
    let longer = RentalTerms { expiry_at: c.new_expiry, ..rental.terms.clone() };
    let fits = c.new_expiry <= TIME_MS_MAX && is_payable(&longer, ledger.calendar());
    refuse_if(!fits, Rejection::BadSchedule)?;
    // From here on nothing may fail.
    out.record(Fact::RentalExtended { rental: c.rental, new_expiry: c.new_expiry });
    Ok(())
}

pub(crate) fn give_back_item(
    ledger: &Ledger,
    c: &ReturnRental,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let rental = find(ledger, c.rental)?;
    refuse_if(!is_out(rental), Rejection::InvalidState)?;
    let in_time = rental.terms.borrow_at < c.restore_at
        && c.restore_at < now.saturating_add(RETURN_AHEAD_MS_MAX);
    refuse_if(!in_time, Rejection::ReturnTimeInvalid)?;
    let (due, late) = rent(&rental.terms, c.restore_at, ledger.calendar());
    // A total above the risk amount is refused when it is settled: the thing is back all the same.
    // From here on nothing may fail.
    oblige(ledger, rental, due, out);
    oblige(ledger, rental, late, out);
    let (rental, restore_at) = (c.rental, c.restore_at);
    out.record(Fact::RentalReturned { rental, restore_at, rent: due, late_rent: late });
    Ok(())
}

/// Notes what is owed (X4).
pub(crate) fn oblige(ledger: &Ledger, rental: &Rental, amount: u64, out: &mut Decision) {
    if amount > 0 {
        let (owed, contra) = obligation(ledger, rental, out);
        post(out, owed, contra, amount);
    }
}

/// Notes what is no longer owed (X4).
pub(crate) fn unoblige(ledger: &Ledger, rental: &Rental, amount: u64, out: &mut Decision) {
    if amount > 0 {
        let (owed, contra) = obligation(ledger, rental, out);
        post(out, contra, owed, amount);
    }
}

fn obligation(ledger: &Ledger, rental: &Rental, out: &mut Decision) -> (AccountNo, AccountNo) {
    let currency = rental.terms.deposit.currency;
    memorandum_of(ledger, Class::RentObligation, rental.rental, currency, out)
}

pub(crate) fn claim_damage(
    ledger: &Ledger,
    c: &ClaimDamage,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let rental = find(ledger, c.rental)?;
    let claimable = matches!(
        rental.state,
        RentalState::Returned | RentalState::PaymentPending | RentalState::Overdue
    );
    refuse_if(!claimable || rental.returned_at == 0, Rejection::InvalidState)?;
    in_currency(c.amount, rental.terms.deposit.currency)?;
    let amount = in_range(c.amount)?;
    let last = rental.returned_at.saturating_add(DAMAGE_CLAIM_DAYS_MAX * DAY_MS);
    refuse_if(now > last, Rejection::DamageClaimedLate)?;
    let claims = rental.damage().saturating_add(amount);
    refuse_if(claims > rental.terms.deposit.amount, Rejection::DamageExceedsDeposit)?;
    let total = rental.total().saturating_add(amount);
    let over = rental.terms.risk_amount.is_some_and(|most| total > most);
    refuse_if(over, Rejection::TotalExceedsRiskAmount)?;
    refuse_if(rental.charges.len() >= CHARGES_MAX, Rejection::ChargeCountExceeded)?;
    // From here on nothing may fail.
    oblige(ledger, rental, amount, out);
    out.record(Fact::DamageClaimed { rental: c.rental, amount, evidence: c.evidence.clone() });
    Ok(())
}

pub(crate) fn declare_lost(
    ledger: &Ledger,
    c: &DeclareLost,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let rental = find(ledger, c.rental)?;
    let missing = rental.state == RentalState::Overdue && is_out(rental);
    refuse_if(!missing, Rejection::InvalidState)?;
    let days = u64::from(rental.terms.lost_after_days);
    let from = rental.overdue_at.saturating_add(days * DAY_MS);
    refuse_if(now < from, Rejection::NotOverdueLongEnough)?;
    // From here on nothing may fail.
    let amount = rental.terms.deposit.amount.saturating_sub(rental.damage());
    oblige(ledger, rental, amount, out);
    out.record(Fact::RentalLost { rental: c.rental, amount });
    Ok(())
}

pub(crate) fn cancel(
    ledger: &Ledger,
    c: &CancelRental,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let rental = find(ledger, c.rental)?;
    if !before_start(rental) {
        let ended = matches!(rental.state, RentalState::Cancelled | RentalState::Expired);
        return Err(if ended { Rejection::InvalidState } else { Rejection::AlreadyStarted });
    }
    // From here on nothing may fail.
    end_before_start(ledger, rental, false, out);
    Ok(())
}

/// The clock ends a rental that nobody started.
pub(crate) fn expire(ledger: &Ledger, no: u32, out: &mut Decision) {
    end_before_start(ledger, ledger.tables().rentals.row(no), true, out);
}

fn end_before_start(ledger: &Ledger, rental: &Rental, expired: bool, out: &mut Decision) {
    release_deposit(ledger, rental.rental, false, out);
    out.record(Fact::RentalCancelled { rental: rental.rental, expired });
}

/// Gives back what is left of a rental's deposit, cash and waiver; `complete` tells the credit
/// file that the user did what was agreed.
pub(crate) fn release_deposit(ledger: &Ledger, rental: Id, complete: bool, out: &mut Decision) {
    let Some(held) = ledger.tables().authorizations.get(&rental) else { return };
    release_rest(ledger, rental, held.fund_rest, held.credit_rest, complete, out);
}

/// As [`release_deposit`], where part of the cash was used in this decision.
pub(crate) fn release_rest(
    ledger: &Ledger,
    rental: Id,
    fund: u64,
    credit: u64,
    complete: bool,
    out: &mut Decision,
) {
    let Some(held) = ledger.tables().authorizations.get(&rental) else { return };
    if fund > 0 || credit > 0 {
        give_up(ledger, held, fund, credit, out);
        let auth = rental;
        let (out_request_no, biz_complete) = (None, complete);
        out.record(Fact::FundsReleased { auth, fund, credit, out_request_no, biz_complete });
    }
}

/// The clock notes that a thing is not back, or its charges not paid.
pub(crate) fn overdue(ledger: &Ledger, no: u32, out: &mut Decision) {
    out.record(Fact::RentalOverdue { rental: ledger.tables().rentals.row(no).rental });
}

pub(crate) fn find(ledger: &Ledger, rental: Id) -> Result<&Rental, Rejection> {
    ledger.tables().rentals.get(&rental).ok_or(Rejection::UnknownAccount)
}

/// Whether the thing is with the user: what was lost is so no longer, though never returned.
pub(crate) fn is_out(rental: &Rental) -> bool {
    let open = matches!(rental.state, RentalState::InUse | RentalState::Overdue);
    open && rental.returned_at == 0 && rental.pending_at == 0
}

/// Whether it has been agreed on and not begun.
pub(crate) fn before_start(rental: &Rental) -> bool {
    matches!(
        rental.state,
        RentalState::Created | RentalState::Assessed | RentalState::Declined | RentalState::Secured
    )
}
