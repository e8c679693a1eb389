//! Disputes: the money in dispute is held, then given to the payer or back to the merchant
//! (DOMAIN §4.6).
//!
//! | state | by | next |
//! |---|---|---|
//! | Open | defend / accept / cancel / judge | Defended / Accepted / Cancelled / Judged… |
//! | Defended | judge | JudgedCustomer, JudgedMerchant |
//!
//! The clock decides nothing here: past the due date the merchant may no longer defend or accept,
//! and the ruling comes from outside, as every ruling does (DOMAIN §2). A payer may give up until
//! the merchant has defended. A payment whose time for refunds is over can still be disputed.
//!
//! Only what the user paid can be disputed: no money of a coupon's was the user's, its merchant's
//! part was nobody's, and a ruling that paid it out would make cash of it. What is in dispute, or
//! was lost in one, refunds leave alone: they give back the rest of what the user paid, then the
//! coupon. The merchant of a lost dispute gives the coupon back by a refund of its part, or not.
//!
//! The payment's shard decides all of it, also where the merchant is at home elsewhere; what that
//! leads to there is in `remittances/disputes.rs`.

use crate::account::{AccountKey, Class};
use crate::command::{
    AcceptDispute, CancelDispute, DefendDispute, DisputeKind, JudgeDispute, OpenDispute,
};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, in_range, post};
use crate::limits::TIME_MS_MAX;
use crate::rejection::Rejection;
use crate::rules::{
    buckets, cards, credit_room, exchange, in_currency, invoices, plan_fees, points, refuse_if,
    remittances, royalties,
};
use crate::state::{
    BatchState, Dispute, DisputeState, Merchant, Payment, PaymentDisputes, PaymentState, Ruling,
    Tables,
};

/// What is frozen of the payment comes free as far as it is needed. Money is taken from the
/// payment's own part of its unsettled batch, then from the merchant's settled money; what both
/// lack becomes the merchant's debt.
pub(crate) fn open(
    ledger: &Ledger,
    c: &OpenDispute,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(tables.disputes.find(&c.dispute).is_some(), Rejection::Duplicate)?;
    let payment = tables.payments.get(&c.payment).ok_or(Rejection::UnknownAccount)?;
    let disputable = match payment.state {
        PaymentState::Paid
        | PaymentState::PartiallyRefunded
        | PaymentState::Refunded
        | PaymentState::Finished => true,
        PaymentState::Created | PaymentState::Closed | PaymentState::TimedOut => false,
    };
    refuse_if(!disputable, Rejection::InvalidState)?;
    in_currency(c.amount, payment.amount.currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(c.due_at <= now || c.due_at > TIME_MS_MAX, Rejection::SchemaInvalid)?;
    let own_batch = payment.batch.ok_or(Rejection::InvalidState)?;
    let payer = tables.users.row(payment.user.ok_or(Rejection::InvalidState)?);
    let seller = tables.merchants.row(payment.merchant);
    refuse_if(tables.accounts.row(payer.account).closed, Rejection::AccountClosed)?;
    refuse_if(tables.accounts.row(seller.account).closed, Rejection::AccountClosed)?;
    refuse_if(amount > undisputed(payment), Rejection::DisputeExceedsPaid)?;
    // From here on nothing may fail.
    let own = tables.batches.row(own_batch);
    let room = |no| u64::try_from(tables.accounts.row(no).debit_room()).unwrap_or(u64::MAX);
    let own_left = payment.receipts().saturating_add(payment.fee_returned);
    let own_left = own_left.saturating_sub(payment.fee);
    let freed = royalties::to_free(payment, amount);
    let own_left = own_left.saturating_add(freed).saturating_sub(payment.refunded_from_own_batch);
    let unsettled = own.state != BatchState::Settled;
    let (to_own, to_available) = if unsettled { (freed, 0) } else { (0, freed) };
    let of_batch = room(own.account).saturating_add(to_own);
    let from_own_batch = if unsettled { amount.min(own_left).min(of_batch) } else { 0 };
    let of_settled = room(seller.account).saturating_add(to_available);
    let from_available = (amount - from_own_batch).min(of_settled);
    let owed = amount - from_own_batch - from_available;
    let currency = payment.amount.currency;
    let freed_to = if unsettled { own.account } else { seller.account };
    let freed_in = payment.batch.filter(|_| unsettled);
    royalties::free(ledger, payment, freed, freed_to, freed_in, out);
    let held = ledger.account_or_open(held_key(c.dispute, payment), currency, out);
    let debt = (owed > 0).then(|| ledger.account_or_open(debt_key(seller), currency, out));
    post(out, own.account, held, from_own_batch);
    post(out, seller.account, held, from_available);
    if let Some(debt) = debt {
        post(out, debt, held, owed);
    }
    let OpenDispute { dispute, payment, kind, due_at, .. } = *c;
    out.record(Fact::DisputeOpened {
        dispute,
        payment,
        kind,
        amount,
        due_at,
        from_own_batch,
        from_available,
        owed,
    });
    remittances::ask_for_debt(ledger, seller, dispute, owed, false, out);
    Ok(())
}

/// What the user paid and is neither refunded nor in dispute, nor lost in one. What the merchant's
/// home is asked to pay for a refund may be refunded any moment, and is split as it was then.
fn undisputed(payment: &Payment) -> u64 {
    payment.own_left().saturating_sub(payment.asked)
}

/// As [`undisputed`] was once: with the coupon. Disputes of then stand in chains.
fn undisputed_with_coupon(payment: &Payment) -> u64 {
    let left = payment.amount.amount.saturating_sub(payment.refunded());
    left.saturating_sub(payment.asked).saturating_sub(payment.disputed)
}

pub(crate) fn defend(
    ledger: &Ledger,
    c: &DefendDispute,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let row = in_state(ledger, c.dispute, &[DisputeState::Open])?;
    refuse_if(now >= row.due_at, Rejection::DefenceLate)?;
    // From here on nothing may fail.
    out.record(Fact::DisputeDefended { dispute: c.dispute, evidence: c.evidence.clone() });
    Ok(())
}

pub(crate) fn accept(
    ledger: &Ledger,
    c: &AcceptDispute,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let row = in_state(ledger, c.dispute, &[DisputeState::Open])?;
    refuse_if(now >= row.due_at, Rejection::DefenceLate)?;
    pay_back(ledger, row, Ruling::Accepted, 0, now, out)
}

pub(crate) fn cancel(
    ledger: &Ledger,
    c: &CancelDispute,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let row = in_state(ledger, c.dispute, &[DisputeState::Open])?;
    may_release(ledger, row)?;
    // From here on nothing may fail.
    release(ledger, row, Ruling::Cancelled, out);
    Ok(())
}

pub(crate) fn judge(
    ledger: &Ledger,
    c: &JudgeDispute,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let row = in_state(ledger, c.dispute, &[DisputeState::Open, DisputeState::Defended])?;
    let currency = ledger.tables().payments.row(row.payment).amount.currency;
    let fee = match c.fee {
        Some(fee) => {
            // Only who loses pays.
            refuse_if(!c.for_customer, Rejection::SchemaInvalid)?;
            in_currency(fee, currency)?;
            in_range(fee)?
        }
        None => 0,
    };
    if c.for_customer {
        return pay_back(ledger, row, Ruling::Customer, fee, now, out);
    }
    may_release(ledger, row)?;
    // From here on nothing may fail.
    release(ledger, row, Ruling::Merchant, out);
    Ok(())
}

/// The merchant's home was told what it gives for a refund of a payment with a coupon: so much, for
/// the rest of what the user paid is in dispute. So it stays until the answer.
fn may_release(ledger: &Ledger, row: &Dispute) -> Result<(), Rejection> {
    let payment = ledger.tables().payments.row(row.payment);
    let with_coupon = payment.parts.as_ref().is_some_and(|parts| parts.sum() > 0);
    refuse_if(with_coupon && payment.asked > 0, Rejection::InvalidState)
}

fn in_state<'a>(
    ledger: &'a Ledger,
    dispute: Id,
    states: &[DisputeState],
) -> Result<&'a Dispute, Rejection> {
    let row = ledger.tables().disputes.get(&dispute).ok_or(Rejection::UnknownAccount)?;
    refuse_if(!states.contains(&row.state), Rejection::InvalidState)?;
    Ok(row)
}

/// What is held goes where a refund of it would: to credit first (what is no longer owed there
/// goes to the balance), to the acquirer, to the balance, to the card, to points. The merchant pays
/// the fee from its settled money; what that lacks becomes its debt. The service fee is not
/// returned; what the merchant has paid for terms of a plan that are cut is, to its settled money.
/// A merchant at home elsewhere has no more here than that: it pays the fee for losing, the rest of
/// it goes home; and for what the fee lacks its home is asked.
fn pay_back(
    ledger: &Ledger,
    row: &Dispute,
    ruling: Ruling,
    fee: u64,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let (payment, amount) = (tables.payments.row(row.payment), row.amount);
    // The merchant's home was told how a refund asked for is split: so it stays until the answer.
    refuse_if(payment.asked > 0, Rejection::InvalidState)?;
    let payer = tables.users.row(payment.user.ok_or(Rejection::InvalidState)?);
    let seller = tables.merchants.row(payment.merchant);
    let currency = payment.amount.currency;
    let part = exchange::payers_part(payment, amount);
    let to_credit = part.min(payment.credit.saturating_sub(payment.refunded_to_credit));
    let reduction = buckets::reduction(ledger, payer, payment, to_credit, out);
    let of_channel = payment.channel_amount.saturating_sub(payment.refunded_to_channel);
    let to_channel = (part - to_credit).min(of_channel);
    let rest = part - to_credit - to_channel;
    let of_card = cards::part_of(payment, rest);
    let to_card = if cards::takes_back(ledger, payment) { of_card } else { 0 };
    let of_points = points::legs::part_of(payment, rest - of_card);
    let takes = points::legs::takes_back(ledger, payment, of_points);
    let to_points = if takes { of_points } else { 0 };
    let to_balance = rest - to_card - to_points;
    let receivable =
        AccountKey::of(Class::ChannelReceivable, payment.channel, payment.price().currency);
    let short = credit_room(tables, &receivable) < u128::from(to_channel);
    refuse_if(short, Rejection::ChannelInsufficient)?;
    // From here on nothing may fail.
    let plan_fee = plan_fees::returned(ledger, payment, &reduction);
    plan_fees::give_back(ledger, payment, plan_fee, seller.account, None, out);
    let held = ledger.account_or_open(held_key(row.dispute, payment), currency, out);
    // What the seller has back of the plan is there by then.
    let room = tables.accounts.row(seller.account).debit_room();
    let room = room.saturating_add(u128::from(plan_fee));
    let fee_paid = fee.min(u64::try_from(room).unwrap_or(u64::MAX));
    let fee_owed = fee - fee_paid;
    let fees = (fee > 0).then(|| {
        ledger.account_or_open(AccountKey::house(Class::OtherFees, currency), currency, out)
    });
    let debt = (fee_owed > 0).then(|| ledger.account_or_open(debt_key(seller), currency, out));
    let surplus = to_credit - reduction.sum();
    let card = cards::give_back(ledger, payment, to_card, out);
    let of_points = points::legs::give_back(ledger, payment, to_points, now, out);
    exchange::move_back(
        ledger,
        payment,
        [(held, amount)],
        reduction
            .credits()
            .chain([
                (tables.accounts.find(&receivable).unwrap_or(payer.account), to_channel),
                (payer.account, to_balance + surplus),
                (card.unwrap_or(payer.account), to_card),
            ])
            .chain(of_points.into_iter().flatten()),
        out,
    );
    if let Some(fees) = fees {
        post(out, seller.account, fees, fee_paid);
        if let Some(debt) = debt {
            post(out, debt, fees, fee_owed);
        }
    }
    out.record(Fact::DisputeJudged {
        dispute: row.dispute,
        ruling,
        to_credit,
        surplus,
        to_channel,
        to_balance,
        to_debt: 0,
        to_available: 0,
        fee,
        fee_owed,
    });
    buckets::record_reduction(ledger, payer, &reduction, out);
    invoices::red_if_due(tables, payment, amount, out);
    points::reverse(ledger, payment, amount, out);
    remittances::ask_for_debt(ledger, seller, row.dispute, fee_owed, true, out);
    let rest = plan_fee.saturating_sub(fee_paid);
    remittances::send_back_home(ledger, seller, payment.payment, rest, out);
    Ok(())
}

/// What is held pays the merchant's debt; the rest is the merchant's settled money. Where the
/// merchant is at home elsewhere all of it goes there, and pays the debt that is there.
fn release(ledger: &Ledger, row: &Dispute, ruling: Ruling, out: &mut Decision) {
    let tables = ledger.tables();
    let payment = tables.payments.row(row.payment);
    let seller = tables.merchants.row(payment.merchant);
    let key = debt_key(seller);
    let owed = u64::try_from(credit_room(tables, &key)).unwrap_or(u64::MAX);
    let owed_here = if ledger.place().is_home(seller.merchant) { owed } else { 0 };
    let to_debt = row.amount.min(owed_here);
    let to_available = row.amount - to_debt;
    let held = ledger.account_or_open(held_key(row.dispute, payment), payment.amount.currency, out);
    if let Some(debt) = tables.accounts.find(&key) {
        post(out, held, debt, to_debt);
    }
    post(out, held, seller.account, to_available);
    out.record(Fact::DisputeJudged {
        dispute: row.dispute,
        ruling,
        to_credit: 0,
        surplus: 0,
        to_channel: 0,
        to_balance: 0,
        to_debt,
        to_available,
        fee: 0,
        fee_owed: 0,
    });
    remittances::send_home(ledger, seller, row.dispute, to_available, out);
}

fn held_key(dispute: Id, payment: &Payment) -> AccountKey {
    AccountKey::of(Class::MerchantDisputed, dispute, payment.amount.currency)
}

fn debt_key(seller: &Merchant) -> AccountKey {
    AccountKey::of(Class::MerchantReceivable, seller.merchant, seller.terms.settle_currency)
}

/// Whether the objects a foreign fact names are there and leave room for its amounts.
pub(crate) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    match fact {
        Fact::DisputeOpened { dispute, payment, amount, from_own_batch, .. } => {
            known(tables.disputes.find(dispute).is_none(), "a dispute is opened twice")?;
            let paid = tables.payments.get(payment).filter(|p| p.batch.is_some());
            let paid = paid.ok_or("a payment is unknown or unpaid")?;
            let fits = *amount <= undisputed_with_coupon(paid) && from_own_batch <= amount;
            known(fits, "more is disputed than was paid")
        }
        Fact::DisputeDefended { dispute, .. } => {
            let open = tables.disputes.get(dispute).is_some_and(Dispute::is_open);
            known(open, "a dispute is unknown or has ended")
        }
        Fact::DisputeJudged { dispute, to_credit, surplus, to_channel, .. } => {
            let row = tables.disputes.get(dispute).filter(|row| row.is_open());
            let row = row.ok_or("a dispute is unknown or has ended")?;
            let paid = tables.payments.row(row.payment);
            let of_credit = paid.credit.saturating_sub(paid.refunded_to_credit);
            let of_channel = paid.channel_amount.saturating_sub(paid.refunded_to_channel);
            let fits = *to_credit <= of_credit && surplus <= to_credit && *to_channel <= of_channel;
            known(fits, "more is paid back than a source gave")
        }
        _ => Ok(()),
    }
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::DisputeOpened { dispute, payment, kind, amount, due_at, from_own_batch, .. } => {
            opened(ledger, *dispute, payment, *kind, (*amount, *from_own_batch), *due_at);
        }
        Fact::DisputeDefended { dispute, .. } => {
            if let Some(row) = ledger.tables_mut().disputes.get_mut(dispute) {
                row.state = DisputeState::Defended;
            }
        }
        Fact::DisputeJudged { dispute, ruling, to_credit, to_channel, .. } => {
            let tables = ledger.tables_mut();
            let Some(row) = tables.disputes.get_mut(dispute) else { return };
            row.state = ruling.state();
            let (amount, no) = (row.amount, row.payment);
            let paid = tables.payments.row_mut(no);
            if ruling.is_for_customer() {
                paid.refunded_to_credit = paid.refunded_to_credit.saturating_add(*to_credit);
                paid.refunded_to_channel = paid.refunded_to_channel.saturating_add(*to_channel);
                if let Some(parts) = &mut paid.parts {
                    parts.lost = parts.lost.saturating_add(amount);
                }
            } else {
                paid.disputed = paid.disputed.saturating_sub(amount);
            }
            count_open(tables, no, |open| open.saturating_sub(1));
        }
        _ => {}
    }
}

/// Notes a dispute as one of its payment's.
pub(crate) fn note(tables: &mut Tables, payment: u32, dispute: u32) {
    match tables.payment_disputes.get_mut(&payment) {
        Some(of) => of.disputes.push(dispute),
        None => {
            let disputes = vec![dispute];
            tables.payment_disputes.insert(PaymentDisputes { payment, disputes });
        }
    }
}

/// `taken` is the amount in dispute and what of it came from the payment's own batch.
fn opened(
    ledger: &mut Ledger,
    dispute: Id,
    payment: &Id,
    kind: DisputeKind,
    taken: (u64, u64),
    due_at: u64,
) {
    let (amount, from_own_batch) = taken;
    let tables = ledger.tables_mut();
    let Some(no) = tables.payments.find(payment) else { return };
    let state = DisputeState::Open;
    let row = tables.disputes.insert(Dispute { dispute, payment: no, kind, amount, due_at, state });
    note(tables, no, row);
    let paid = tables.payments.row_mut(no);
    paid.disputed = paid.disputed.saturating_add(amount);
    paid.refunded_from_own_batch = paid.refunded_from_own_batch.saturating_add(from_own_batch);
    if let Some(batch) = paid.batch {
        let batch = tables.batches.row_mut(batch);
        batch.disputes = batch.disputes.saturating_add(from_own_batch);
    }
    count_open(tables, no, |open| open.saturating_add(1));
}

/// Changes the number of open disputes of the payer and the merchant of a payment.
fn count_open(tables: &mut Tables, payment: u32, change: impl Fn(u32) -> u32) {
    let paid = tables.payments.row(payment);
    let (seller, payer) = (paid.merchant, paid.user);
    let seller = tables.merchants.row_mut(seller);
    seller.open_disputes = change(seller.open_disputes);
    if let Some(payer) = payer {
        let payer = tables.users.row_mut(payer);
        payer.open_disputes = change(payer.open_disputes);
    }
}
