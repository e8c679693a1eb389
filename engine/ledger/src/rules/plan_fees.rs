//! Fees of instalment plans that the seller bears (DOMAIN §1.4, §4.2, §4.7).
//!
//! | when | what moves |
//! |---|---|
//! | the purchase is paid | the whole fee: MP→UI, behind the service fee |
//! | a term is billed, paid ahead or lost | its part is earned: UI→I2 |
//! | a refund or a dispute cuts terms | their parts come back: UI→MP of the payment, or MA |
//!
//! The user pays no fee then. Where the book is silent: what is not earned is the seller's again
//! when the purchase is undone, whatever was agreed about service fees, and helps to pay the
//! refund; a term that is cut in part keeps its fee, as the user's does. Paying ahead undoes no
//! purchase: the fees of these terms are earned at once. The batch counts the fee among its fees,
//! and no royalty is shared of it. It is of the currency of the sale, others are refused, and so is
//! a fee beyond what the seller receives.
//!
//! A seller at home elsewhere is charged where the payment is, and the plan earns there. What comes
//! back once its sales have gone home follows them and is its settled money. A home that is asked
//! for a refund pays for all of it, as a term may be billed before it answers; what is not earned
//! when it has answered comes behind.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::Bearer;
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::money::{Currency, fee_half_up};
use crate::rejection::Rejection;
use crate::rules::buckets::Reduction;
use crate::rules::plans::Offer;
use crate::rules::refuse_if;
use crate::rules::taking::Sources;
use crate::state::{Batch, BatchState, Payment, Plan, Tables};

/// Whether the seller of a payment can bear the fee of its plan, if it is to.
pub(crate) fn may_charge(
    ledger: &Ledger,
    payment: &Payment,
    sources: &Sources,
) -> Result<(), Rejection> {
    let Some(offer) = sources.plan.filter(|plan| plan.bearer == Bearer::Seller) else {
        return Ok(());
    };
    let seller = ledger.tables().merchants.row(payment.merchant);
    refuse_if(payment.exchange().is_some(), Rejection::CurrencyMismatch)?;
    let discount = sources.coupon.map_or(0, |coupon| coupon.discount);
    let receipts = payment.amount.amount.saturating_sub(discount);
    let net = receipts.saturating_sub(fee_half_up(receipts, seller.terms.fee_ppm));
    refuse_if(offer.fee > net, Rejection::SellerFeeExceedsReceipts)
}

/// Charges the seller the fee of a plan that it bears, out of what it was paid; gives how much.
pub(crate) fn charge(
    ledger: &Ledger,
    payment: Id,
    currency: Currency,
    plan: Option<Offer>,
    pending: AccountNo,
    out: &mut Decision,
) -> u64 {
    let charged = plan.filter(|plan| plan.bearer == Bearer::Seller && plan.fee > 0);
    let Some(Offer { terms, fee: amount, .. }) = charged else { return 0 };
    let key = AccountKey::of(Class::UnearnedFee, terms.plan, currency);
    let unearned = ledger.account_or_open(key, currency, out);
    post(out, pending, unearned, amount);
    out.record(Fact::SellerFeeCharged { plan: terms.plan, payment, amount });
    amount
}

/// Earns a part of what a seller has paid, behind the fact that says of which terms.
pub(crate) fn earn(ledger: &Ledger, plan: &Plan, amount: u64, out: &mut Decision) {
    let currency = ledger.tables().users.row(plan.user).currency;
    let key = AccountKey::of(Class::UnearnedFee, plan.plan, currency);
    let unearned = ledger.tables().accounts.find(&key);
    let Some(unearned) = unearned.filter(|_| amount > 0) else { return };
    let income = AccountKey::house(Class::InstalmentFee, currency);
    let income = ledger.account_or_open(income, currency, out);
    post(out, unearned, income, amount);
    out.record(Fact::SellerFeeEarned { plan: plan.plan, amount });
}

/// What comes back to the seller of a payment when so much of its plan is cut.
pub(crate) fn returned(ledger: &Ledger, payment: &Payment, reduction: &Reduction) -> u64 {
    let no = payment.parts.as_ref().and_then(|parts| parts.plan);
    no.map_or(0, |no| ledger.tables().plans.row(no).unearned_of(reduction.cut()))
}

/// Gives the seller of a payment that much back, into the account that gives it on.
pub(crate) fn give_back(
    ledger: &Ledger,
    payment: &Payment,
    amount: u64,
    to: AccountNo,
    batch: Option<u32>,
    out: &mut Decision,
) {
    let no = payment.parts.as_ref().and_then(|parts| parts.plan).filter(|_| amount > 0);
    let Some(no) = no else { return };
    let plan = ledger.tables().plans.row(no).plan;
    let key = AccountKey::of(Class::UnearnedFee, plan, payment.amount.currency);
    let Some(unearned) = ledger.tables().accounts.find(&key) else { return };
    post(out, unearned, to, amount);
    out.record(Fact::SellerFeeReturned { plan, payment: payment.payment, amount, batch });
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::SellerFeeCharged { payment, amount, .. } => {
            let mut batch = None;
            if let Some(row) = ledger.payment_mut(payment) {
                row.refunded_from_own_batch = row.refunded_from_own_batch.saturating_add(*amount);
                let parts = row.parts.get_or_insert_default();
                parts.plan_fee = parts.plan_fee.saturating_add(*amount);
                batch = row.batch;
            }
            change_batch(ledger, batch, |b| b.fees = b.fees.saturating_add(*amount));
        }
        Fact::SellerFeeReturned { payment, amount, batch, .. } => {
            if let Some(row) = ledger.payment_mut(payment) {
                if batch.is_some() {
                    let taken = row.refunded_from_own_batch;
                    row.refunded_from_own_batch = taken.saturating_sub(*amount);
                }
                if let Some(parts) = &mut row.parts {
                    parts.plan_fee = parts.plan_fee.saturating_sub(*amount);
                }
            }
            change_batch(ledger, *batch, |b| {
                b.fees_returned = b.fees_returned.saturating_add(*amount);
            });
        }
        _ => {}
    }
}

fn change_batch(ledger: &mut Ledger, batch: Option<u32>, change: impl FnOnce(&mut Batch)) {
    if let Some(no) = batch {
        change(ledger.tables_mut().batches.row_mut(no));
    }
}

/// Whether a foreign fact fits the plan and the payment that it is about.
pub(crate) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let paid = |payment: &Id| {
        let row = tables.payments.get(payment).filter(|p| p.batch.is_some());
        row.ok_or("a payment is unknown or unpaid")
    };
    match fact {
        Fact::SellerFeeCharged { plan, payment, amount } => {
            let payment = paid(payment)?;
            known(tables.plans.find(plan).is_none(), "a plan's fee is charged behind it")?;
            let again = payment.parts.as_ref().is_some_and(|p| p.plan_fee > 0 || p.plan.is_some());
            let fits = !again && *amount <= payment.unsettled();
            known(fits, "a seller is charged a plan's fee twice, or more than was paid")
        }
        Fact::SellerFeeEarned { plan, .. } => {
            let plan = tables.plans.get(plan).ok_or("a plan is unknown")?;
            known(plan.bearer == Bearer::Seller, "a plan's fee is not its seller's")
        }
        Fact::SellerFeeReturned { plan, payment, amount, batch } => {
            let payment = paid(payment)?;
            let parts = payment.parts.as_ref().ok_or("a payment is in no plan")?;
            let own = parts.plan.map(|no| tables.plans.row(no).plan) == Some(*plan);
            known(own && *amount <= parts.plan_fee, "more of a plan's fee is returned than due")?;
            let open = |no: u32| {
                let batch = tables.batches.try_row(no);
                payment.batch == Some(no) && batch.is_some_and(|b| b.state != BatchState::Settled)
            };
            known(batch.is_none_or(open), "a plan's fee is returned to another batch")
        }
        _ => Ok(()),
    }
}
