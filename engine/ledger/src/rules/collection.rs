//! How a rental's charges are paid: the frozen deposit first, then balance and credit (DOMAIN
//! §4.4 SettleRental, CollectRental, BuyOutRental, ReduceCharge), and what becomes of the row.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{
    BuyOutRental, CollectRental, ReduceCharge, Reference, RoyaltyRefunds, SettleRental,
};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, Refusal, in_range, post};
use crate::limits::{REFUNDS_MAX, RENTAL_PAYMENTS_MAX};
use crate::rejection::Rejection;
use crate::rules::authorizations::{frozen_account, spendable};
use crate::rules::payments::give_back;
use crate::rules::rentals::{find, is_out, oblige, release_deposit, release_rest, unoblige};
use crate::rules::taking::{Sources, open_batch, take};
use crate::rules::{buckets, credit, remittances};
use crate::rules::{in_currency, may_credit, refuse_if};
use crate::state::{Charge, ChargeKind, Payment, PaymentState, Rental, RentalState};

/// Where charges may be paid from, and whether in part.
#[derive(Clone, Copy)]
struct From {
    /// Out of the frozen deposit first.
    frozen: bool,
    /// What there is, instead of all or nothing, from balance and credit.
    partial: bool,
}

/// What was taken in a decision that has not been applied yet.
struct Taken {
    /// Out of the frozen deposit.
    fund: u64,
    /// What is still owed.
    outstanding: u64,
}

pub(crate) fn settle(
    ledger: &Ledger,
    id: Id,
    c: &SettleRental,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let rental = find(ledger, c.rental)?;
    let settleable = matches!(rental.state, RentalState::Returned | RentalState::Lost);
    refuse_if(!settleable, Rejection::InvalidState)?;
    if let Some(total) = c.total {
        in_currency(total, rental.terms.deposit.currency)?;
    }
    let total = rental.total();
    refuse_if(c.total.is_some_and(|t| t.amount != total), Rejection::TotalMismatch)?;
    let over = rental.terms.risk_amount.is_some_and(|most| total > most);
    refuse_if(over, Rejection::TotalExceedsRiskAmount)?;
    may_be_paid(ledger, id, rental)?;
    // From here on nothing may fail.
    let from = From { frozen: true, partial: c.allow_partial };
    let taken = collect(ledger, id, rental, from, now, out);
    if taken.outstanding == 0 {
        complete(ledger, rental, taken.fund, out);
        return Ok(());
    }
    let (mut advanced, mut batch) = (0, None);
    if rental.terms.guaranteed {
        let currency = rental.terms.deposit.currency;
        let key = AccountKey::of(Class::RentalAdvance, rental.rental, currency);
        let advance = ledger.account_or_open(key, currency, out);
        let (no, pending) = open_batch(ledger, rental.merchant, now, out);
        (advanced, batch) = (taken.outstanding, Some(no));
        post(out, advance, pending, advanced);
    }
    let outstanding = taken.outstanding;
    out.record(Fact::RentalPaymentPending { rental: c.rental, outstanding, advanced, batch });
    Ok(())
}

/// The payment's id is new, the merchant may be credited, and there is room for a payment more.
fn may_be_paid(ledger: &Ledger, payment: Id, rental: &Rental) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(tables.payments.find(&payment).is_some(), Rejection::Duplicate)?;
    may_credit(tables, tables.merchants.row(rental.merchant).account)?;
    refuse_if(rental.payments.len() >= RENTAL_PAYMENTS_MAX, Rejection::PaymentCountExceeded)
}

/// Everything is paid: what is left of the deposit goes back.
fn complete(ledger: &Ledger, rental: &Rental, fund_used: u64, out: &mut Decision) {
    if let Some(held) = ledger.tables().authorizations.get(&rental.rental) {
        let fund = held.fund_rest.saturating_sub(fund_used);
        release_rest(ledger, rental.rental, fund, held.credit_rest, true, out);
    }
    out.record(Fact::RentalSettled { rental: rental.rental });
}

pub(crate) fn collect_again(
    ledger: &Ledger,
    id: Id,
    c: &CollectRental,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let rental = find(ledger, c.rental)?;
    let collectable = match rental.state {
        RentalState::PaymentPending => true,
        // Terms of a plan are collected while the thing is out.
        RentalState::InUse | RentalState::Overdue => true,
        _ => false,
    };
    refuse_if(!collectable, Rejection::InvalidState)?;
    let before = rental.outstanding();
    refuse_if(before == 0, Rejection::NothingDue)?;
    may_be_paid(ledger, id, rental)?;
    // From here on nothing may fail.
    let from = From { frozen: false, partial: c.allow_partial };
    let taken = collect(ledger, id, rental, from, now, out);
    let collected = before - taken.outstanding;
    if collected == 0 {
        let outstanding = taken.outstanding;
        out.record(Fact::CollectionFailed { rental: c.rental, outstanding });
        return Ok(());
    }
    out.record(Fact::RentalCollected { rental: c.rental, amount: collected });
    if taken.outstanding == 0 && !is_out(rental) {
        complete(ledger, rental, taken.fund, out);
    }
    Ok(())
}

/// Takes what is owed: from the frozen deposit, then from balance and credit. What the platform
/// advanced is paid back to it first, the rest goes to the merchant.
fn collect(
    ledger: &Ledger,
    payment: Id,
    rental: &Rental,
    from: From,
    now: u64,
    out: &mut Decision,
) -> Taken {
    let tables = ledger.tables();
    let payer = tables.users.row(rental.user);
    let owed = rental.outstanding();
    let held = tables.authorizations.get(&rental.rental).filter(|_| from.frozen);
    let fund = held.map_or(0, |held| held.fund_rest.min(owed));
    let (balance, credit) = beyond(ledger, rental, owed - fund, from.partial);
    let amount = fund + balance + credit;
    if amount == 0 {
        return Taken { fund, outstanding: owed };
    }
    let frozen = held.and_then(|held| frozen_account(ledger, held));
    let mut debits: Vec<_> = [
        (frozen, fund),
        (Some(payer.account), balance),
        (buckets::purchases(ledger, payer), credit),
    ]
    .into_iter()
    .filter_map(|(account, amount)| account.map(|account| (account, amount)))
    .collect();
    let repaid = amount.min(rental.advanced);
    let repaying = split_off(&mut debits, repaid);
    if amount > repaid {
        let on_credit = credit.min(amount - repaid);
        let balance = amount - repaid - on_credit;
        let sources = Sources { debits, balance, credit: on_credit, ..Sources::default() };
        take_for(ledger, payment, rental, sources, now, out);
    }
    if repaid > 0 {
        let currency = rental.terms.deposit.currency;
        let key = AccountKey::of(Class::RentalAdvance, rental.rental, currency);
        let advance = ledger.account_or_open(key, currency, out);
        for (account, amount) in repaying {
            post(out, account, advance, amount);
        }
    }
    unoblige(ledger, rental, amount, out);
    let rental = rental.rental;
    out.record(Fact::RentalCharged { rental, payment, amount, fund, repaid });
    Taken { fund, outstanding: owed - amount }
}

/// Takes the first `amount` off a list of debits.
fn split_off(debits: &mut [(AccountNo, u64)], amount: u64) -> Vec<(AccountNo, u64)> {
    let mut rest = amount;
    let mut taken = Vec::new();
    for (account, of) in debits.iter_mut() {
        let part = rest.min(*of);
        taken.push((*account, part));
        *of -= part;
        rest -= part;
    }
    taken
}

/// A payment of a rental to its merchant.
fn take_for(
    ledger: &Ledger,
    payment: Id,
    rental: &Rental,
    sources: Sources,
    now: u64,
    out: &mut Decision,
) {
    let payer = ledger.tables().users.row(rental.user).user;
    let (number, seller) = (rental.out_order_no.clone(), rental.merchant);
    take(ledger, payment, number, seller, payer, sources, rental.rental, now, out);
}

/// How much of `wanted` balance and credit give, in the agreed order.
fn beyond(ledger: &Ledger, rental: &Rental, wanted: u64, partial: bool) -> (u64, u64) {
    let payer = ledger.tables().users.row(rental.user);
    let (balance, credit) = (spendable(ledger, payer), credit::available(ledger, payer));
    if balance.saturating_add(credit) < wanted && !partial {
        return (0, 0);
    }
    if rental.terms.credit_first {
        let credit = wanted.min(credit);
        ((wanted - credit).min(balance), credit)
    } else {
        let balance = wanted.min(balance);
        (balance, (wanted - balance).min(credit))
    }
}

/// The clock charges a term of the plan and tries to collect it.
pub(crate) fn term_due(ledger: &Ledger, no: u32, at: u64, out: &mut Decision) {
    let rental = ledger.tables().rentals.row(no);
    let index = rental.terms_due as usize;
    let Some(term) = rental.terms.plan.get(index) else { return };
    let (term_no, amount) = (rental.terms_due + 1, term.amount);
    oblige(ledger, rental, amount, out);
    out.record(Fact::RentTermDue { rental: rental.rental, term_no, amount });
    let mut with_term = rental.clone();
    with_term.charges.push(Charge { kind: ChargeKind::Rent, amount, reduced: 0, paid: 0 });
    let payment = term_payment(ledger, rental.rental, term_no);
    let outstanding = with_term.outstanding();
    let taken = match may_be_paid(ledger, payment, rental) {
        Ok(()) => {
            let from = From { frozen: false, partial: false };
            collect(ledger, payment, &with_term, from, at, out)
        }
        Err(_) => Taken { fund: 0, outstanding },
    };
    if taken.outstanding == 0 {
        let amount = with_term.outstanding();
        out.record(Fact::RentalCollected { rental: rental.rental, amount });
    } else {
        let outstanding = taken.outstanding;
        out.record(Fact::CollectionFailed { rental: rental.rental, outstanding });
    }
}

/// The id of the payment of a term: no command makes it, so it follows from rental and term.
fn term_payment(ledger: &Ledger, rental: Id, term_no: u32) -> Id {
    // Odd and arbitrary: part of the format, never change it.
    const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    let mut id = Id(rental.0.wrapping_mul(SPREAD).rotate_left(41) ^ u128::from(term_no));
    while id.is_none() || ledger.tables().payments.find(&id).is_some() {
        id = Id(id.0.wrapping_add(SPREAD));
    }
    id
}

pub(crate) fn buy_out(
    ledger: &Ledger,
    id: Id,
    c: &BuyOutRental,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let rental = find(ledger, c.rental)?;
    refuse_if(rental.state != RentalState::InUse, Rejection::InvalidState)?;
    // The price listed for the term that runs: the last that fell due, or the first.
    let running = rental.terms_due.max(1);
    let term = rental.terms.plan.get(running as usize - 1).filter(|_| c.term_no == running);
    let listed = term.and_then(|term| term.buyout).ok_or(Rejection::BuyoutNotOffered)?;
    let price = listed.saturating_sub(paid_and_kept(ledger, rental));
    may_be_paid(ledger, id, rental)?;
    let (balance, credit) = beyond(ledger, rental, price, false);
    refuse_if(balance + credit < price, Rejection::InsufficientFunds)?;
    // From here on nothing may fail.
    if price > 0 {
        let payer = ledger.tables().users.row(rental.user);
        let mut debits = vec![(payer.account, balance)];
        debits.extend(buckets::purchases(ledger, payer).map(|account| (account, credit)));
        let sources = Sources { debits, balance, credit, ..Sources::default() };
        take_for(ledger, id, rental, sources, now, out);
    }
    // Terms not paid are part of the price.
    unoblige(ledger, rental, rental.outstanding(), out);
    out.record(Fact::RentalBoughtOut { rental: c.rental, term_no: c.term_no, price });
    release_deposit(ledger, c.rental, true, out);
    Ok(())
}

/// Rent paid and neither refunded nor in dispute, nor lost in one.
fn paid_and_kept(ledger: &Ledger, rental: &Rental) -> u64 {
    let payments = rental.payments.iter().filter_map(|id| ledger.tables().payments.get(id));
    let given_back = |p: &Payment| p.refunded().saturating_add(p.disputed);
    let refunded: u64 = payments.map(given_back).sum();
    let paid: u64 = rental.charges.iter().map(|charge| charge.paid).sum();
    paid.saturating_sub(refunded)
}

pub(crate) fn reduce(
    ledger: &Ledger,
    id: Id,
    c: &ReduceCharge,
    now: u64,
    out: &mut Decision,
) -> Result<(), Refusal> {
    let rental = find(ledger, c.rental)?;
    let charge = rental.charges.get(c.item as usize).ok_or(Rejection::UnknownAccount)?;
    in_currency(c.amount, rental.terms.deposit.currency)?;
    let amount = in_range(c.amount)?;
    match rental.state {
        RentalState::Completed => {
            let left = charge.amount.saturating_sub(charge.reduced);
            refuse_if(amount > left, Rejection::ReductionExceedsCharge)?;
            let asked = give_back_paid(ledger, id, rental, c, now, out)?;
            let (rental, item, amount) = (c.rental, c.item, amount - asked);
            if amount > 0 {
                out.record(Fact::ChargeReduced { rental, item, amount, given_back: amount });
            }
        }
        RentalState::InUse
        | RentalState::Returned
        | RentalState::PaymentPending
        | RentalState::Overdue
        | RentalState::Lost => reduce_unpaid(ledger, rental, c.item, *charge, amount, out)?,
        RentalState::Created
        | RentalState::Assessed
        | RentalState::Declined
        | RentalState::Secured
        | RentalState::BoughtOut
        | RentalState::Cancelled
        | RentalState::Expired => return Err(Rejection::InvalidState.into()),
    }
    Ok(())
}

/// Takes off what is unpaid; a rental that owes nothing any more is complete.
fn reduce_unpaid(
    ledger: &Ledger,
    rental: &Rental,
    item: u32,
    charge: Charge,
    amount: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    refuse_if(amount > charge.outstanding(), Rejection::ReductionExceedsCharge)?;
    // The merchant has what was advanced; the user still owes it to the platform.
    let left = rental.outstanding() - amount;
    refuse_if(left < rental.advanced, Rejection::ReductionExceedsCharge)?;
    // From here on nothing may fail.
    unoblige(ledger, rental, amount, out);
    out.record(Fact::ChargeReduced { rental: rental.rental, item, amount, given_back: 0 });
    let pending = match rental.state {
        RentalState::PaymentPending => true,
        RentalState::Overdue => !is_out(rental),
        _ => false,
    };
    if left == 0 && pending {
        complete(ledger, rental, 0, out);
    }
    Ok(())
}

/// After completion the amount may only go down: what was paid is given back, out of the newest
/// payment first. Gives the part for which the merchant's home is asked, because it has the money:
/// the charge is reduced by that when it pays, and by nothing if it does not.
fn give_back_paid(
    ledger: &Ledger,
    id: Id,
    rental: &Rental,
    c: &ReduceCharge,
    now: u64,
    out: &mut Decision,
) -> Result<u64, Rejection> {
    let (mut rest, mut why_not) = (c.amount.amount, Rejection::RefundExceedsPaid);
    let payments = || rental.payments.iter().filter_map(|id| ledger.tables().payments.get(id));
    // One at a time: what the home answers decides how much is left.
    refuse_if(payments().any(|paid| paid.asked > 0), Rejection::InvalidState)?;
    let mut asked = 0;
    for paid in payments().rev() {
        let part = rest.min(paid.amount.amount.saturating_sub(paid.refunded()));
        if part == 0 {
            continue;
        }
        if paid.state == PaymentState::Finished {
            why_not = Rejection::RefundWindowClosed;
        } else if paid.refunds.len() >= REFUNDS_MAX {
            why_not = Rejection::RefundCountExceeded;
        } else {
            rest -= part;
            let number = format!("{:032x}", id.0);
            let number = Reference::new(&number).ok_or(Rejection::SchemaInvalid)?;
            let given =
                give_back(ledger, paid, number.clone(), part, &RoyaltyRefunds::None, now, out);
            match given {
                Err(Rejection::MerchantBalanceInsufficient)
                    if remittances::can_ask(ledger, paid) =>
                {
                    let none = RoyaltyRefunds::None;
                    remittances::ask(ledger, paid, number.clone(), part, false, &none, out);
                    let (rental, item, payment) = (c.rental, c.item, paid.payment);
                    let out_request_no = number;
                    out.record(Fact::ReductionAsked { rental, item, payment, out_request_no });
                    asked += part;
                }
                given => given?,
            }
        }
    }
    refuse_if(rest > 0, why_not)?;
    Ok(asked)
}
