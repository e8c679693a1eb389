//! Payments: an order is created, paid, closed, cancelled, refunded (DOMAIN §4.2).
//!
//! | state | by | next |
//! |---|---|---|
//! | Created | pay / close, cancel / clock | Paid / Closed / TimedOut |
//! | Paid, PartiallyRefunded | refund, cancel / clock | PartiallyRefunded, Refunded / Finished |

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{
    CancelPayment, ClosePayment, CodeKind, CreatePayment, LegSource, PayMode, PayPayment,
    Reference, RefundPayment, RoyaltyRefunds,
};
use crate::event::{CloseReason, Decision, EventRange, Fact};
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger, Refusal, in_range, payable, post};
use crate::limits::{
    CANCEL_WINDOW_MS, LEGS_MAX, PAYMENT_TIMEOUT_S_MAX, PAYMENT_TIMEOUT_S_MIN, REFUNDS_MAX,
};
use crate::rejection::Rejection;
use crate::rules::limits::{count_paid, may_spend};
use crate::rules::split::{Split, split};
use crate::rules::taking::{Sources, batch_takes, debit_sources, fee_key};
use crate::rules::{
    buckets, cards, coupons, credit, credit_room, exchange, in_currency, invoices, may_credit,
    may_debit, plan_fees, plans, points, refuse_if, remittances, royalties, user,
};
use crate::state::{AuthCode, BatchState, Payment, PaymentParts, PaymentState, Refund, TradeNo};

/// Seconds to pay where the order does not say: face to face, and elsewhere (DOMAIN §1.1).
const TIMEOUT_S_FACE_TO_FACE: u32 = 3 * 3_600;
const TIMEOUT_S_OTHERWISE: u32 = PAYMENT_TIMEOUT_S_MAX;

/// The number under which `CancelPayment` refunds: a payment that was cancelled has no other.
const CANCEL_REQUEST_NO: &str = "cancel";

pub(crate) fn create(
    ledger: &Ledger,
    c: &CreatePayment,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(tables.payments.find(&c.payment).is_some(), Rejection::Duplicate)?;
    let seller_no = tables.merchants.find(&c.merchant).ok_or(Rejection::UnknownAccount)?;
    let seller = tables.merchants.row(seller_no);
    may_credit(tables, seller.account)?;
    in_currency(c.amount, seller.terms.settle_currency)?;
    let amount = payable(c.amount)?;
    let undiscountable = undiscountable(amount, c.discountable, c.undiscountable);
    let undiscountable = undiscountable.ok_or(Rejection::AmountSplitMismatch)?;
    let timeout_s = match (c.timeout_s, c.mode) {
        (0, PayMode::MerchantPresented | PayMode::UserPresented) => TIMEOUT_S_FACE_TO_FACE,
        (0, PayMode::InApp | PayMode::Agreement) => TIMEOUT_S_OTHERWISE,
        (given, _) => given,
    };
    let bounds = PAYMENT_TIMEOUT_S_MIN..=PAYMENT_TIMEOUT_S_MAX;
    refuse_if(!bounds.contains(&timeout_s), Rejection::SchemaInvalid)?;
    let trade_no = TradeNo::key_of(seller_no, &c.out_trade_no);
    refuse_if(tables.trade_nos.find(&trade_no).is_some(), Rejection::DuplicateOutTradeNo)?;
    match (&c.auth_code, c.mode) {
        (Some(code), PayMode::UserPresented) => {
            refuse_if(!is_auth_code(code), Rejection::AuthCodeInvalid)?;
            refuse_if(tables.auth_codes.find(code).is_some(), Rejection::AuthCodeUsed)?;
        }
        (None, PayMode::UserPresented) => return Err(Rejection::AuthCodeInvalid),
        (Some(_), _) => return Err(Rejection::SchemaInvalid),
        (None, _) => {}
    }
    let quoted = exchange::quoted(ledger, c, now)?;
    coupons::lockable(ledger, c, amount - undiscountable, now)?;
    // From here on nothing may fail.
    out.record(Fact::PaymentCreated {
        payment: c.payment,
        out_trade_no: c.out_trade_no.clone(),
        merchant: c.merchant,
        mode: c.mode,
        code_kind: c.code_kind,
        auth_code: c.auth_code.clone(),
        amount: c.amount,
        expires_at: now + u64::from(timeout_s) * 1_000,
        rental: Id::NONE,
        undiscountable,
    });
    quoted.into_iter().for_each(|fact| out.record(fact));
    if c.royalty_freeze {
        out.record(Fact::RoyaltyFreezeSet { payment: c.payment });
    }
    if !c.coupon.is_none() {
        out.record(Fact::CouponLocked { coupon: c.coupon, payment: c.payment });
    }
    Ok(())
}

/// The part that no coupon may pay. If both parts are given they sum to the amount; one alone is at
/// most the amount, and the rest is the other. Where none is given a coupon may pay all of it.
fn undiscountable(amount: u64, with: Option<u64>, without: Option<u64>) -> Option<u64> {
    match (with, without) {
        (Some(with), Some(without)) => (with.checked_add(without)? == amount).then_some(without),
        (Some(with), None) => amount.checked_sub(with),
        (None, Some(without)) => (without <= amount).then_some(without),
        (None, None) => Some(0),
    }
}

/// 16 to 24 digits beginning with 25 to 30 (Alipay).
fn is_auth_code(code: &Reference) -> bool {
    let digits = code.as_str();
    let all_digits = digits.bytes().all(|b| b.is_ascii_digit());
    (16..=24).contains(&digits.len()) && all_digits && ("25"..="30").contains(&&digits[..2])
}

pub(crate) fn pay(
    ledger: &Ledger,
    c: &PayPayment,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let payment = tables.payments.get(&c.payment).ok_or(Rejection::UnknownAccount)?;
    refuse_if(payment.state == PaymentState::TimedOut, Rejection::PaymentExpired)?;
    refuse_if(payment.state != PaymentState::Created, Rejection::InvalidState)?;
    let payer = user(tables, c.user)?;
    let seller = tables.merchants.row(payment.merchant);
    refuse_if(payer.user == seller.merchant, Rejection::BuyerIsSeller)?;
    let price = payment.price();
    refuse_if(payer.currency != price.currency, Rejection::CurrencyMismatch)?;
    refuse_if(c.currency != price.currency, Rejection::CurrencyMismatch)?;
    may_debit(tables, payer.account)?;
    may_credit(tables, seller.account)?;
    let mut sources = legs(c, price.amount)?;
    exchange::holds(ledger, payment, now)?;
    let room = tables.accounts.row(payer.account).debit_room();
    refuse_if(room < u128::from(sources.balance), Rejection::InsufficientFunds)?;
    if sources.balance > 0 {
        may_spend(ledger, payer, sources.balance, payment.code_kind, now)?;
    }
    let plan = plans::offered(ledger, &c.legs, payer)?;
    let credit_account = if sources.credit > 0 {
        Some(credit::purchasable(ledger, payer, sources.credit)?)
    } else {
        None
    };
    coupons::pays_as_named(ledger, c, payment)?;
    if let Some(leg) = c.legs.iter().find(|leg| matches!(leg.source, LegSource::Coupon(_))) {
        let discountable = amount_of_coupons(payment);
        refuse_if(leg.amount > discountable, Rejection::CouponNotUsable)?;
        sources.coupon = coupons::usable(ledger, leg.source, leg.amount, payment, payer, now)?;
    }
    sources.card = cards::chargeable(ledger, c, payment)?;
    sources.points = points::legs::spendable(ledger, c, payment)?;
    sources.freeze = royalties::royalty(payment).is_some_and(|royalty| royalty.freeze);
    sources.plan = plan;
    plan_fees::may_charge(ledger, payment, &sources)?;
    batch_takes(ledger, payment.merchant, payment.amount.amount, now)?;
    // From here on nothing may fail.
    sources.debits.push((payer.account, sources.balance));
    let in_plan = plan.map_or(0, |plan| plan.amount);
    sources.debits.extend(credit_account.map(|account| (account, sources.credit - in_plan)));
    if in_plan > 0 {
        let key = AccountKey::of(Class::CreditInstalment, payer.user, price.currency);
        sources.debits.push((ledger.account_or_open(key, price.currency, out), in_plan));
    }
    sources.exchange = payment.exchange().copied();
    let amount = payment.amount.amount;
    debit_sources(ledger, c.payment, payment.merchant, c.user, amount, sources, now, out);
    if let Some(plan) = plan {
        plans::record_created(payer, c.payment, plan, out);
    }
    Ok(())
}

/// How much of an order a coupon may pay.
fn amount_of_coupons(payment: &Payment) -> u64 {
    let undiscountable = payment.parts.as_ref().map_or(0, |parts| parts.undiscountable);
    payment.amount.amount.saturating_sub(undiscountable)
}

/// The parts of the legs, each at most once, which sum to what the payer pays.
fn legs(c: &PayPayment, amount: u64) -> Result<Sources, Rejection> {
    let (mut sources, mut sum) = (Sources::default(), 0u64);
    let (mut coupon, mut stored, mut in_points, mut in_plan) = (0, 0, 0, 0u64);
    refuse_if(c.legs.len() > LEGS_MAX, Rejection::SchemaInvalid)?;
    for leg in &c.legs {
        refuse_if(leg.amount == 0, Rejection::AmountOutOfRange)?;
        sum = sum.checked_add(leg.amount).ok_or(Rejection::AmountOutOfRange)?;
        let part = match leg.source {
            LegSource::Balance => &mut sources.balance,
            LegSource::Credit => &mut sources.credit,
            LegSource::Channel(_) => &mut sources.channel_amount,
            LegSource::Coupon(_) => &mut coupon,
            LegSource::Instalment(..) => &mut in_plan,
            LegSource::StoredValue(_) => &mut stored,
            LegSource::Points(_) => &mut in_points,
        };
        refuse_if(*part > 0, Rejection::SchemaInvalid)?;
        *part = leg.amount;
        if let LegSource::Channel(id) = leg.source {
            sources.channel = id;
        }
    }
    refuse_if(sum != amount, Rejection::LegSumMismatch)?;
    // The sum of all legs fits.
    sources.credit += in_plan;
    Ok(sources)
}

pub(crate) fn close(
    ledger: &Ledger,
    c: &ClosePayment,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let payment = ledger.tables().payments.get(&c.payment).ok_or(Rejection::UnknownAccount)?;
    match payment.state {
        PaymentState::Created => {}
        PaymentState::Closed | PaymentState::TimedOut => return Err(Rejection::InvalidState),
        PaymentState::Paid
        | PaymentState::PartiallyRefunded
        | PaymentState::Refunded
        | PaymentState::Finished => return Err(Rejection::AlreadyPaid),
    }
    // From here on nothing may fail.
    out.record(Fact::PaymentClosed { payment: c.payment, reason: CloseReason::Closed });
    coupons::unlock(ledger, payment, now, out);
    Ok(())
}

pub(crate) fn cancel(
    ledger: &Ledger,
    c: &CancelPayment,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let payment = ledger.tables().payments.get(&c.payment).ok_or(Rejection::UnknownAccount)?;
    match payment.state {
        PaymentState::Created => {
            out.record(Fact::PaymentClosed { payment: c.payment, reason: CloseReason::Cancelled });
            coupons::unlock(ledger, payment, now, out);
            return Ok(());
        }
        PaymentState::Paid => {}
        _ => return Err(Rejection::InvalidState),
    }
    refuse_if(now > payment.paid_at + CANCEL_WINDOW_MS, Rejection::CancelWindowPassed)?;
    refuse_if(payment.asked > 0, Rejection::InvalidState)?;
    let number = Reference::new(CANCEL_REQUEST_NO).ok_or(Rejection::SchemaInvalid)?;
    let amount = payment.amount.amount;
    match give_back(ledger, payment, number.clone(), amount, &RoyaltyRefunds::None, now, out) {
        Err(Rejection::MerchantBalanceInsufficient) if remittances::can_ask(ledger, payment) => {
            let none = RoyaltyRefunds::None;
            remittances::ask(ledger, payment, number, amount, true, &none, out);
        }
        given => {
            given?;
            out.record(Fact::PaymentCancelled { payment: c.payment });
        }
    }
    Ok(())
}

pub(crate) fn refund(
    ledger: &Ledger,
    c: &RefundPayment,
    now: u64,
    out: &mut Decision,
) -> Result<(), Refusal> {
    let no = ledger.tables().payments.find(&c.payment).ok_or(Rejection::UnknownAccount)?;
    let payment = ledger.tables().payments.row(no);
    if let Some(done) = payment.refund(&c.out_request_no) {
        let same = done.amount == c.amount.amount && c.amount.currency == payment.amount.currency;
        return Err(if same {
            Refusal::Repeat(done.events)
        } else {
            Refusal::Rejected(Rejection::IdempotencyConflict)
        });
    }
    let asked = ledger.tables().asked_refunds.get(&(c.payment, c.out_request_no.clone()));
    if let Some(asked) = asked.filter(|asked| asked.is_open) {
        let same = asked.amount == c.amount.amount && c.amount.currency == payment.amount.currency;
        return Err(if same {
            Refusal::Repeat(asked.events)
        } else {
            Refusal::Rejected(Rejection::IdempotencyConflict)
        });
    }
    match payment.state {
        PaymentState::Paid | PaymentState::PartiallyRefunded => {}
        PaymentState::Refunded => return Err(Rejection::RefundExceedsPaid.into()),
        PaymentState::Finished => return Err(Rejection::RefundWindowClosed.into()),
        PaymentState::Created | PaymentState::Closed | PaymentState::TimedOut => {
            return Err(Rejection::InvalidState.into());
        }
    }
    in_currency(c.amount, payment.amount.currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(now > ledger.refund_window_end(no), Rejection::RefundWindowClosed)?;
    refuse_if(payment.refunds.len() >= REFUNDS_MAX, Rejection::RefundCountExceeded)?;
    let exceeds = amount > payment.amount.amount.saturating_sub(payment.refunded());
    refuse_if(exceeds, Rejection::RefundExceedsPaid)?;
    // One at a time: what the home answers decides how much is left.
    refuse_if(payment.asked > 0, Rejection::InvalidState)?;
    let number = c.out_request_no.clone();
    match give_back(ledger, payment, number, amount, &c.royalties, now, out) {
        Err(Rejection::MerchantBalanceInsufficient) if remittances::can_ask(ledger, payment) => {
            let number = c.out_request_no.clone();
            remittances::ask(ledger, payment, number, amount, false, &c.royalties, out);
        }
        given => given?,
    }
    Ok(())
}

/// Moves `amount` of a paid payment back: the fee part first, royalties, and what is frozen as far
/// as it is needed; then from the payment's own part of its unsettled batch, then from the
/// merchant's settled money, then from today's batch; to credit first (what is no longer owed there
/// goes to the balance), to the acquirer, to the balance, to the card, to points, and last to the
/// coupon; in between it is converted where the payer paid in another currency.
pub(crate) fn give_back(
    ledger: &Ledger,
    payment: &Payment,
    out_request_no: Reference,
    amount: u64,
    royalties: &RoyaltyRefunds,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let seller = tables.merchants.row(payment.merchant);
    refuse_if(tables.accounts.row(seller.account).closed, Rejection::AccountClosed)?;
    let own_batch = payment.batch.ok_or(Rejection::InvalidState)?;
    let undisputed = payment.amount.amount.saturating_sub(payment.disputed);
    let exceeds = amount > undisputed.saturating_sub(payment.refunded());
    refuse_if(exceeds, Rejection::PaymentDisputed)?;
    let payer = tables.users.row(payment.user.ok_or(Rejection::InvalidState)?);
    let Split { to_credit, to_channel, to_balance, to_card, to_points, back, money, fee_part } =
        split(ledger, payment, amount);
    let claws = royalties::take_back(ledger, payment, royalties, money)?;
    let reduction = buckets::reduction(ledger, payer, payment, to_credit, out);
    let plan_fee = plan_fees::returned(ledger, payment, &reduction);
    let fees_back = fee_part.saturating_add(plan_fee);
    let freed =
        royalties::to_free(payment, money.saturating_sub(fees_back.saturating_add(claws.sum())));
    // What comes back to the merchant before it gives.
    let back_first = fees_back.saturating_add(claws.sum()).saturating_add(freed);
    let own = tables.batches.row(own_batch);
    let own_unsettled = own.state != BatchState::Settled;
    // A reduction gives several payments back in one decision: what is noted counts already.
    let room = |account: AccountNo| buckets::room_behind(tables, out, account);
    let back_to = if own_unsettled { own.account } else { seller.account };
    // A room may be the whole of `u64`: it stands for more than can be asked for.
    let room_with_back = |account: AccountNo| {
        room(account).saturating_add(if account == back_to { back_first } else { 0 })
    };

    let own_part =
        payment.receipts().saturating_add(payment.fee_returned).saturating_add(back_first);
    let own_left =
        own_part.saturating_sub(payment.fee.saturating_add(payment.refunded_from_own_batch));
    let from_own_batch =
        if own_unsettled { money.min(own_left).min(room_with_back(own.account)) } else { 0 };
    let from_available = (money - from_own_batch).min(room_with_back(seller.account));
    let still = money - from_own_batch - from_available;
    let today = tables.batches.find(&(payment.merchant, ledger.calendar().date(now)));
    let today_room = today.map_or(0, |no| {
        let taken = if no == own_batch { from_own_batch } else { 0 };
        room_with_back(tables.batches.row(no).account) - taken
    });
    refuse_if(still > today_room, Rejection::MerchantBalanceInsufficient)?;
    let open_batch = today.filter(|_| still > 0);

    let currency = payment.amount.currency;
    let to_debt = reduction.sum();
    let receivable =
        AccountKey::of(Class::ChannelReceivable, payment.channel, payment.price().currency);
    let owed = credit_room(tables, &receivable);
    refuse_if(owed < u128::from(to_channel), Rejection::ChannelInsufficient)?;
    let closed = tables.accounts.row(payer.account).closed;
    let to_payer = to_balance + (to_credit - to_debt);
    refuse_if(to_payer > 0 && closed, Rejection::AccountClosed)?;
    // From here on nothing may fail.
    let back_in = payment.batch.filter(|_| own_unsettled);
    plan_fees::give_back(ledger, payment, plan_fee, back_to, back_in, out);
    if fee_part > 0 {
        let fees = ledger.account_or_open(fee_key(payment.amount.currency), currency, out);
        post(out, fees, back_to, fee_part);
        out.record(Fact::FeeReturned { payment: payment.payment, amount: fee_part });
    }
    royalties::give_back(ledger, payment, claws, back_to, back_in, out);
    royalties::free(ledger, payment, freed, back_to, back_in, out);
    let parts = payment.parts.as_ref().filter(|_| back.discount + back.funded > 0);
    let fund = parts.and_then(|parts| coupons::give_back(ledger, payment, parts, back, now, out));
    let card = cards::give_back(ledger, payment, to_card, out);
    let of_points = points::legs::give_back(ledger, payment, to_points, now, out);
    let today_account = open_batch.map_or(own.account, |no| tables.batches.row(no).account);
    let receivable = tables.accounts.find(&receivable).unwrap_or(payer.account);
    exchange::move_back(
        ledger,
        payment,
        [(own.account, from_own_batch), (seller.account, from_available), (today_account, still)],
        reduction
            .credits()
            .chain([
                (receivable, to_channel),
                (payer.account, to_payer),
                (card.unwrap_or(payer.account), to_card),
                (fund.unwrap_or(payer.account), back.funded),
            ])
            .chain(of_points.into_iter().flatten()),
        out,
    );
    out.record(Fact::RefundSucceeded {
        payment: payment.payment,
        out_request_no,
        amount,
        from_own_batch,
        from_available,
        from_open_batch: still,
        open_batch,
        to_credit,
        surplus: to_credit - to_debt,
        to_channel,
        to_balance,
    });
    buckets::record_reduction(ledger, payer, &reduction, out);
    invoices::red_if_due(tables, payment, amount - back.discount - back.funded, out);
    points::reverse(ledger, payment, amount - back.discount - back.funded, out);
    if !own_unsettled {
        // A term may have borne more of its seller's fee than a refund takes of it.
        let rest = back_first.saturating_sub(from_available);
        remittances::send_back_home(ledger, seller, payment.payment, rest, out);
    }
    royalties::finish_if_refunded(ledger, payment, amount, freed, now, out);
    Ok(())
}

/// The clock closes an unpaid order.
pub(crate) fn expire(ledger: &Ledger, no: u32, now: u64, out: &mut Decision) {
    let row = ledger.tables().payments.row(no);
    out.record(Fact::PaymentClosed { payment: row.payment, reason: CloseReason::TimedOut });
    coupons::unlock(ledger, row, now, out);
}

/// The clock ends the time for refunds.
pub(crate) fn finish(ledger: &Ledger, no: u32, out: &mut Decision) {
    out.record(Fact::PaymentFinished { payment: ledger.tables().payments.row(no).payment });
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact, number: u64) {
    match fact {
        Fact::PaymentCreated { .. } => created(ledger, fact),
        Fact::PaymentPaid { .. } => paid(ledger, fact),
        Fact::FeeCharged { payment, amount } => {
            change(ledger, payment, |p| p.fee = *amount);
            change_batch(ledger, payment, |b| b.fees = b.fees.saturating_add(*amount));
        }
        Fact::FeeReturned { payment, amount } => {
            let mut from_home = false;
            change(ledger, payment, |p| {
                p.fee_returned = p.fee_returned.saturating_add(*amount);
                from_home = p.asked > 0;
            });
            change_batch(ledger, payment, |b| {
                if b.state != BatchState::Settled && !from_home {
                    b.fees_returned = b.fees_returned.saturating_add(*amount);
                }
            });
        }
        Fact::PaymentClosed { payment, reason } => {
            let state = match reason {
                CloseReason::Closed | CloseReason::Cancelled => PaymentState::Closed,
                CloseReason::TimedOut => PaymentState::TimedOut,
            };
            change(ledger, payment, |p| p.state = state);
            ended(ledger, payment);
        }
        Fact::RefundSucceeded { .. } => refunded(ledger, fact, number),
        Fact::PaymentFinished { payment } => {
            change(ledger, payment, |p| p.state = PaymentState::Finished);
        }
        _ => {}
    }
}

fn change(ledger: &mut Ledger, payment: &Id, change: impl FnOnce(&mut Payment)) {
    if let Some(row) = ledger.payment_mut(payment) {
        change(row);
    }
}

fn change_batch(ledger: &mut Ledger, payment: &Id, change: impl FnOnce(&mut crate::state::Batch)) {
    let Some(no) = ledger.payment_no(payment) else { return };
    let tables = ledger.tables_mut();
    if let Some(batch) = tables.payments.row(no).batch {
        change(tables.batches.row_mut(batch));
    }
}

/// An order of the merchant is no longer open.
fn ended(ledger: &mut Ledger, payment: &Id) {
    let Some(no) = ledger.payment_no(payment) else { return };
    let tables = ledger.tables_mut();
    let seller = tables.merchants.row_mut(tables.payments.row(no).merchant);
    seller.open_payments = seller.open_payments.saturating_sub(1);
}

fn created(ledger: &mut Ledger, fact: &Fact) {
    let Fact::PaymentCreated {
        payment,
        out_trade_no,
        merchant: seller,
        mode,
        code_kind,
        auth_code,
        amount,
        expires_at,
        rental,
        undiscountable,
    } = fact
    else {
        return;
    };
    let tables = ledger.tables_mut();
    let Some(seller) = tables.merchants.find(seller) else { return };
    let open = &mut tables.merchants.row_mut(seller).open_payments;
    *open = open.saturating_add(1);
    if rental.is_none() {
        tables.trade_nos.insert(TradeNo { merchant: seller, out_trade_no: out_trade_no.clone() });
    }
    if let Some(code) = auth_code {
        tables.auth_codes.insert(AuthCode { code: code.clone() });
    }
    let undiscountable = *undiscountable;
    let parts = (undiscountable > 0)
        .then(|| Box::new(PaymentParts { undiscountable, ..PaymentParts::default() }));
    let no = tables.payments.insert(Payment {
        payment: *payment,
        out_trade_no: out_trade_no.clone(),
        merchant: seller,
        mode: *mode,
        code_kind: *code_kind,
        auth_code: auth_code.clone(),
        amount: *amount,
        state: PaymentState::Created,
        expires_at: *expires_at,
        paid_at: 0,
        user: None,
        rental: *rental,
        balance: 0,
        credit: 0,
        channel_amount: 0,
        channel: Id::NONE,
        fee: 0,
        fee_returned: 0,
        batch: None,
        disputed: 0,
        refunded_from_own_batch: 0,
        refunded_to_credit: 0,
        refunded_to_channel: 0,
        refunds: Vec::new(),
        parts,
        asked: 0,
    });
    ledger.owe(Due { at: *expires_at, kind: DueKind::PaymentExpiry, no });
}

fn paid(ledger: &mut Ledger, fact: &Fact) {
    let Fact::PaymentPaid {
        payment, user, balance, credit, channel_amount, channel, batch, ..
    } = fact
    else {
        return;
    };
    let (now, calendar) = (ledger.now(), ledger.calendar());
    let Some(no) = ledger.payment_no(payment) else { return };
    let Some(payer) = ledger.tables().users.find(user) else { return };
    let Some(row) = ledger.payment_mut(payment) else { return };
    row.state = PaymentState::Paid;
    row.paid_at = now;
    row.user = Some(payer);
    row.balance = *balance;
    row.credit = *credit;
    row.channel_amount = *channel_amount;
    row.channel = *channel;
    row.batch = Some(*batch);
    let (receipts, code_kind): (u64, CodeKind) = (row.receipts(), row.code_kind);
    let tables = ledger.tables_mut();
    if *balance > 0 {
        count_paid(tables, calendar, payer, *balance, code_kind, now);
    }
    let batch = tables.batches.row_mut(*batch);
    batch.count = batch.count.saturating_add(1);
    batch.receipts = batch.receipts.saturating_add(receipts);
    ended(ledger, payment);
    let at = ledger.refund_window_end(no).saturating_add(1);
    ledger.owe(Due { at, kind: DueKind::PaymentFinish, no });
}

fn refunded(ledger: &mut Ledger, fact: &Fact, number: u64) {
    let Fact::RefundSucceeded {
        payment,
        out_request_no,
        amount,
        from_own_batch,
        from_open_batch,
        open_batch,
        to_credit,
        to_channel,
        ..
    } = fact
    else {
        return;
    };
    change(ledger, payment, |p| {
        let events = EventRange { first: number, count: 1 };
        let out_request_no = out_request_no.clone();
        p.refunds.push(Refund { out_request_no, amount: *amount, events });
        p.refunded_from_own_batch = p.refunded_from_own_batch.saturating_add(*from_own_batch);
        p.refunded_to_credit = p.refunded_to_credit.saturating_add(*to_credit);
        p.refunded_to_channel = p.refunded_to_channel.saturating_add(*to_channel);
        let whole = p.refunded() == p.amount.amount;
        p.state = if whole { PaymentState::Refunded } else { PaymentState::PartiallyRefunded };
    });
    remittances::answered(ledger, payment, out_request_no);
    change_batch(ledger, payment, |b| b.refunds = b.refunds.saturating_add(*from_own_batch));
    if let Some(no) = open_batch {
        let batch = ledger.tables_mut().batches.row_mut(*no);
        batch.refunds = batch.refunds.saturating_add(*from_open_batch);
    }
}
