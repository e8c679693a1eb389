//! How a rental's charges are paid: the frozen deposit first, then balance and credit (DOMAIN
//! §4.4 SettleRental, CollectRental, BuyOutRental). What is taken off them is in `reductions`.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{BuyOutRental, CollectRental, RentalTerms, SettleRental};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::limits::RENTAL_PAYMENTS_MAX;
use crate::rejection::Rejection;
use crate::rules::authorizations::{frozen_account, spendable};
use crate::rules::limits::spend_room;
use crate::rules::rentals::{find, is_out, oblige, release_deposit, release_rest, unoblige};
use crate::rules::taking::{Sources, batch_takes, open_batch, take};
use crate::rules::{buckets, credit, in_currency, may_credit, refuse_if};
use crate::state::{Charge, ChargeKind, Payment, Rental, RentalState, Tables};

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
    may_be_paid(ledger, id, rental, rental.outstanding(), now)?;
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
        (advanced, batch) = (taken.outstanding.min(guaranteed(&rental.terms)), Some(no));
        post(out, advance, pending, advanced);
    }
    let outstanding = taken.outstanding;
    out.record(Fact::RentalPaymentPending { rental: c.rental, outstanding, advanced, batch });
    Ok(())
}

/// The most that the platform advances where it guarantees a rental: the risk amount that was
/// agreed, or else the deposit. The guarantee stands for a deposit that was waived, and that is the
/// ceiling of what a merchant is compensated for (Zhima); what is owed beyond is the merchant's to
/// collect.
///
/// No service fee is taken of an advance: the book charges it before the guarantee (§4.4), of what
/// users pay, and the advance is the platform's own money. What the user pays back to the platform
/// is no sale either.
fn guaranteed(terms: &RentalTerms) -> u64 {
    terms.risk_amount.unwrap_or(terms.deposit.amount)
}

/// The payment's id is new, the merchant may be credited, there is room for a payment more, and for
/// so much more in the batch of today.
fn may_be_paid(
    ledger: &Ledger,
    payment: Id,
    rental: &Rental,
    amount: u64,
    now: u64,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(tables.payments.find(&payment).is_some(), Rejection::Duplicate)?;
    may_credit(tables, tables.merchants.row(rental.merchant).account)?;
    let many = rental.payments.len() >= RENTAL_PAYMENTS_MAX;
    refuse_if(many, Rejection::PaymentCountExceeded)?;
    batch_takes(ledger, rental.merchant, amount, now)
}

/// Everything is paid: what is left of the deposit goes back.
pub(crate) fn complete(ledger: &Ledger, rental: &Rental, fund_used: u64, out: &mut Decision) {
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
    may_be_paid(ledger, id, rental, before, now)?;
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

/// Takes what is owed: from the frozen deposit, then from balance and credit; from the balance as
/// much as its limits leave, for a merchant is paid with it. What the platform advanced is paid
/// back to it first, under no limit: that is a debt paid, as credit is. The rest goes to the
/// merchant.
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
    let may_spend = spend_room(ledger, payer, 0, now).saturating_add(rental.advanced);
    let (balance, credit) = beyond(ledger, rental, owed - fund, may_spend, from.partial);
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
    if repaid > 0 {
        let on_credit = repaid.saturating_sub(fund + balance);
        out.record(Fact::AdvanceRepaid { rental, amount: repaid, on_credit });
    }
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

/// How much of `wanted` balance and credit give, in the agreed order; the balance at most
/// `may_spend`.
fn beyond(
    ledger: &Ledger,
    rental: &Rental,
    wanted: u64,
    may_spend: u64,
    partial: bool,
) -> (u64, u64) {
    let payer = ledger.tables().users.row(rental.user);
    let balance = spendable(ledger, payer).min(may_spend);
    let credit = credit::available(ledger, payer);
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
    let taken = match may_be_paid(ledger, payment, rental, outstanding, at) {
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
    let price = price(ledger.tables(), rental, c.term_no).ok_or(Rejection::BuyoutNotOffered)?;
    may_be_paid(ledger, id, rental, price, now)?;
    let payer = ledger.tables().users.row(rental.user);
    let (balance, credit) = beyond(ledger, rental, price, u64::MAX, false);
    refuse_if(balance + credit < price, Rejection::InsufficientFunds)?;
    // The deposit goes back with this, and is not spent beside the price.
    let deposit = ledger.tables().authorizations.get(&rental.rental);
    let freed = deposit.map_or(0, |held| held.fund_rest);
    let may_spend = spend_room(ledger, payer, freed, now);
    let (balance, credit) = beyond(ledger, rental, price, may_spend, false);
    refuse_if(balance + credit < price, Rejection::LimitExceeded)?;
    // From here on nothing may fail.
    if price > 0 {
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

/// What the thing costs now, if a price is listed for the term that runs and is the one named: the
/// last term that fell due, or the first.
pub(crate) fn price(tables: &Tables, rental: &Rental, term_no: u32) -> Option<u64> {
    let running = rental.terms_due.max(1);
    let term = rental.terms.plan.get(running as usize - 1).filter(|_| term_no == running);
    Some(term?.buyout?.saturating_sub(paid_and_kept(tables, rental)))
}

/// Rent paid and neither refunded nor in dispute, nor lost in one.
fn paid_and_kept(tables: &Tables, rental: &Rental) -> u64 {
    let payments = rental.payments.iter().filter_map(|id| tables.payments.get(id));
    let given_back = |p: &Payment| p.refunded().saturating_add(p.disputed);
    let refunded = payments.map(given_back).fold(0, u64::saturating_add);
    rental.paid().saturating_sub(refunded)
}
