//! Funds authorization: a hold in two parts, frozen cash and credit (DOMAIN §4.3).
//!
//! | state | by | next |
//! |---|---|---|
//! | Authorized | capture of all that is left, or COMPLETE | Finished |
//! | Authorized | release of all, nothing captured; cancel | Closed |
//! | Authorized | clock | Expired |

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{
    AuthorizeFunds, CancelAuthorization, CaptureAuthorization, CaptureMode, CodeKind, Reference,
    UnfreezeFunds,
};
use crate::event::{Decision, EventRange, Fact};
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger, Refusal, in_range, payable, post};
use crate::limits::{
    AUTHORIZATION_TIMEOUT_S_DEFAULT, PAYMENT_TIMEOUT_S_MAX, PAYMENT_TIMEOUT_S_MIN, RELEASES_MAX,
};
use crate::rejection::Rejection;
use crate::rules::credit::{self, memorandum, memorandum_of};
use crate::rules::limits::{may_spend, spend_room};
use crate::rules::taking::{Sources, batch_takes, take};
use crate::rules::{buckets, in_currency, may_credit, may_debit, merchant, refuse_if, user};
use crate::state::{
    Authorization, AuthorizationState, CreditBasis, OrderNo, Release, Tables, TradeNo, User,
};

pub(crate) fn authorize(
    ledger: &Ledger,
    c: &AuthorizeFunds,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let known = tables.authorizations.find(&c.auth).is_some();
    refuse_if(known || tables.rentals.find(&c.auth).is_some(), Rejection::Duplicate)?;
    let payer = user(tables, c.user)?;
    let seller = merchant(tables, c.merchant)?;
    refuse_if(c.user == c.merchant, Rejection::BuyerIsSeller)?;
    in_currency(c.amount, seller.terms.settle_currency)?;
    in_currency(c.amount, payer.currency)?;
    let amount = payable(c.amount)?;
    refuse_if(c.credit > amount, Rejection::AmountSplitMismatch)?;
    let timeout_s = if c.timeout_s == 0 { AUTHORIZATION_TIMEOUT_S_DEFAULT } else { c.timeout_s };
    let bounds = PAYMENT_TIMEOUT_S_MIN..=PAYMENT_TIMEOUT_S_MAX;
    refuse_if(!bounds.contains(&timeout_s), Rejection::SchemaInvalid)?;
    refuse_if(order_no_known(ledger, c.merchant, &c.out_order_no), Rejection::DuplicateOutOrderNo)?;
    may_debit(tables, payer.account)?;
    may_credit(tables, seller.account)?;
    let fund = amount - c.credit;
    let room = tables.accounts.row(payer.account).debit_room();
    refuse_if(room < u128::from(fund), Rejection::InsufficientFunds)?;
    // What is held counts against limits as if it were spent, until it is captured or let go.
    if fund > 0 {
        may_spend(ledger, payer, fund, CodeKind::None, now)?;
    }
    refuse_if(c.credit > credit::available(ledger, payer), Rejection::NotAdmitted)?;
    // From here on nothing may fail.
    let held = Held {
        auth: c.auth,
        out_order_no: c.out_order_no.clone(),
        out_request_no: c.out_request_no.clone(),
        merchant: c.merchant,
        fund,
        credit: c.credit,
        basis: CreditBasis::Line,
        expires_at: Some(now + u64::from(timeout_s) * 1_000),
    };
    hold(ledger, payer, held, out);
    Ok(())
}

fn order_no_known(ledger: &Ledger, seller: Id, out_order_no: &Reference) -> bool {
    let no = ledger.tables().merchants.find(&seller);
    let key = no.map(|no| (no, false, out_order_no.clone()));
    key.is_some_and(|key| ledger.tables().order_nos.find(&key).is_some())
}

/// A hold to be placed, every condition checked.
pub(crate) struct Held {
    pub(crate) auth: Id,
    pub(crate) out_order_no: Reference,
    pub(crate) out_request_no: Reference,
    pub(crate) merchant: Id,
    pub(crate) fund: u64,
    pub(crate) credit: u64,
    pub(crate) basis: CreditBasis,
    pub(crate) expires_at: Option<u64>,
}

/// Freezes the cash part and notes the credit part.
pub(crate) fn hold(ledger: &Ledger, payer: &User, held: Held, out: &mut Decision) {
    let Held { auth, out_order_no, out_request_no, merchant, fund, credit, basis, expires_at } =
        held;
    let currency = payer.currency;
    let frozen = (fund > 0).then(|| {
        let key = AccountKey::of(Class::UserFrozen, auth, currency);
        ledger.account_or_open(key, currency, out)
    });
    let waived =
        (credit > 0).then(|| memorandum_of(ledger, Class::DepositWaived, auth, currency, out));
    let on_line = (credit > 0 && basis == CreditBasis::Line)
        .then(|| memorandum(ledger, Class::CreditHeld, payer, out));
    if let Some(frozen) = frozen {
        post(out, payer.account, frozen, fund);
    }
    for (account, contra) in waived.into_iter().chain(on_line) {
        post(out, account, contra, credit);
    }
    let user = payer.user;
    out.record(Fact::FundsAuthorized {
        auth,
        out_order_no,
        out_request_no,
        user,
        merchant,
        currency,
        fund,
        credit,
        basis,
        expires_at,
    });
}

/// The frozen account of a hold, which exists where cash was frozen.
pub(crate) fn frozen_account(ledger: &Ledger, held: &Authorization) -> Option<AccountNo> {
    let key = AccountKey::of(Class::UserFrozen, held.auth, held.currency);
    ledger.tables().accounts.find(&key)
}

/// Notes that a part of the credit is no longer held.
pub(crate) fn unhold_credit(
    ledger: &Ledger,
    held: &Authorization,
    credit: u64,
    out: &mut Decision,
) {
    if credit == 0 {
        return;
    }
    let payer = ledger.tables().users.row(held.user);
    let waived = memorandum_of(ledger, Class::DepositWaived, held.auth, held.currency, out);
    let on_line = (held.basis == CreditBasis::Line)
        .then(|| memorandum(ledger, Class::CreditHeld, payer, out));
    for (account, contra) in [waived].into_iter().chain(on_line) {
        post(out, contra, account, credit);
    }
}

/// Notes that parts of a hold go back where they came from.
pub(crate) fn give_up(
    ledger: &Ledger,
    held: &Authorization,
    fund: u64,
    credit: u64,
    out: &mut Decision,
) {
    let payer = ledger.tables().users.row(held.user);
    if let Some(frozen) = frozen_account(ledger, held) {
        post(out, frozen, payer.account, fund);
    }
    unhold_credit(ledger, held, credit, out);
}

/// The hold, if it is still open and not a rental's deposit.
fn open(ledger: &Ledger, auth: Id) -> Result<&Authorization, Rejection> {
    let held = ledger.tables().authorizations.get(&auth).ok_or(Rejection::UnknownAccount)?;
    refuse_if(held.basis == CreditBasis::Waiver, Rejection::InvalidState)?;
    match held.state {
        AuthorizationState::Authorized => Ok(held),
        AuthorizationState::Finished => Err(Rejection::InvalidState),
        AuthorizationState::Closed => Err(Rejection::AuthorizationClosed),
        AuthorizationState::Expired => Err(Rejection::AuthorizationExpired),
    }
}

pub(crate) fn capture(
    ledger: &Ledger,
    id: Id,
    c: &CaptureAuthorization,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let held = open(ledger, c.auth)?;
    in_currency(c.amount, held.currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(amount > held.rest(), Rejection::CaptureExceedsRest)?;
    refuse_if(tables.payments.find(&id).is_some(), Rejection::Duplicate)?;
    let trade_no = TradeNo::key_of(held.merchant, &c.out_trade_no);
    refuse_if(tables.trade_nos.find(&trade_no).is_some(), Rejection::DuplicateOutTradeNo)?;
    may_credit(tables, tables.merchants.row(held.merchant).account)?;
    batch_takes(ledger, held.merchant, amount, now)?;
    let payer = tables.users.row(held.user);
    let fund = amount.min(held.fund_rest);
    let on_credit = amount - fund;
    // What the credit part stood for is debited now: from the balance as far as its limits leave
    // it, then from the line, where it has been held; so a line that was cut since does not matter.
    let balance = spendable(ledger, payer).min(spend_room(ledger, payer, 0, now));
    let from_balance = on_credit.min(balance);
    let from_credit = on_credit - from_balance;
    let line_account = buckets::purchases(ledger, payer);
    let usable = credit::is_usable(ledger, payer) && line_account.is_some();
    refuse_if(from_credit > 0 && !usable, Rejection::DebitFailed)?;
    // From here on nothing may fail.
    let mut sources =
        Sources { balance: fund + from_balance, credit: from_credit, ..Sources::default() };
    sources.debits.extend(frozen_account(ledger, held).map(|account| (account, fund)));
    sources.debits.push((payer.account, from_balance));
    sources.debits.extend(line_account.map(|account| (account, from_credit)));
    let out_trade_no = c.out_trade_no.clone();
    let (seller, user) = (held.merchant, payer.user);
    take(ledger, id, out_trade_no, seller, user, sources, Id::NONE, now, out);
    unhold_credit(ledger, held, on_credit, out);
    let auth = c.auth;
    out.record(Fact::AuthorizationCaptured { auth, payment: id, fund, credit: on_credit });
    let (fund_left, credit_left) = (held.fund_rest - fund, held.credit_rest - on_credit);
    if c.mode == CaptureMode::Complete && fund_left + credit_left > 0 {
        give_up(ledger, held, fund_left, credit_left, out);
        let (fund, credit) = (fund_left, credit_left);
        out.record(Fact::FundsReleased {
            auth,
            fund,
            credit,
            out_request_no: None,
            biz_complete: true,
        });
    }
    Ok(())
}

/// What may be debited from a user's balance right now.
pub(crate) fn spendable(ledger: &Ledger, payer: &User) -> u64 {
    let account = ledger.tables().accounts.row(payer.account);
    if account.closed || account.debit_blocked {
        return 0;
    }
    u64::try_from(account.debit_room()).unwrap_or(u64::MAX)
}

pub(crate) fn unfreeze(
    ledger: &Ledger,
    c: &UnfreezeFunds,
    out: &mut Decision,
) -> Result<(), Refusal> {
    let held = ledger.tables().authorizations.get(&c.auth).ok_or(Rejection::UnknownAccount)?;
    if let Some(done) = held.releases.iter().find(|r| r.out_request_no == c.out_request_no) {
        let same = done.amount == c.amount.amount && c.amount.currency == held.currency;
        return Err(if same {
            Refusal::Repeat(done.events)
        } else {
            Refusal::Rejected(Rejection::IdempotencyConflict)
        });
    }
    refuse_if(held.out_request_no == c.out_request_no, Rejection::IdempotencyConflict)?;
    let held = open(ledger, c.auth)?;
    in_currency(c.amount, held.currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(amount > held.rest(), Rejection::UnfreezeExceedsRest)?;
    refuse_if(held.releases.len() >= RELEASES_MAX, Rejection::ReleaseCountExceeded)?;
    // From here on nothing may fail.
    let credit = amount.min(held.credit_rest);
    let fund = amount - credit;
    give_up(ledger, held, fund, credit, out);
    let (auth, out_request_no) = (c.auth, Some(c.out_request_no.clone()));
    let biz_complete = c.biz_complete;
    out.record(Fact::FundsReleased { auth, fund, credit, out_request_no, biz_complete });
    Ok(())
}

pub(crate) fn cancel(
    ledger: &Ledger,
    c: &CancelAuthorization,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let held = open(ledger, c.auth)?;
    let captured = held.fund_captured > 0 || held.credit_captured > 0;
    refuse_if(captured, Rejection::AlreadyCaptured)?;
    // From here on nothing may fail.
    give_up(ledger, held, held.fund_rest, held.credit_rest, out);
    let (fund, credit) = (held.fund_rest, held.credit_rest);
    out.record(Fact::AuthorizationClosed { auth: c.auth, fund, credit, expired: false });
    Ok(())
}

/// The clock releases what is left.
pub(crate) fn expire(ledger: &Ledger, no: u32, out: &mut Decision) {
    let held = ledger.tables().authorizations.row(no);
    give_up(ledger, held, held.fund_rest, held.credit_rest, out);
    let (fund, credit) = (held.fund_rest, held.credit_rest);
    out.record(Fact::AuthorizationClosed { auth: held.auth, fund, credit, expired: true });
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact, number: u64) {
    match fact {
        Fact::FundsAuthorized { .. } => authorized(ledger, fact),
        Fact::AuthorizationCaptured { auth, fund, credit, .. } => {
            used(ledger, auth, *fund, *credit);
        }
        Fact::FundsReleased { auth, fund, credit, out_request_no, .. } => {
            change(ledger, auth, |held| {
                held.fund_rest = held.fund_rest.saturating_sub(*fund);
                held.credit_rest = held.credit_rest.saturating_sub(*credit);
                if let Some(out_request_no) = out_request_no.clone() {
                    let events = EventRange { first: number, count: 1 };
                    let amount = fund.saturating_add(*credit);
                    held.releases.push(Release { out_request_no, amount, events });
                }
                end_if_empty(held);
            });
        }
        Fact::AuthorizationClosed { auth, expired, .. } => {
            change(ledger, auth, |held| {
                (held.fund_rest, held.credit_rest) = (0, 0);
                held.state =
                    if *expired { AuthorizationState::Expired } else { AuthorizationState::Closed };
            });
        }
        _ => {}
    }
}

/// Parts of a hold were used.
pub(crate) fn used(ledger: &mut Ledger, auth: &Id, fund: u64, credit: u64) {
    change(ledger, auth, |held| {
        held.fund_rest = held.fund_rest.saturating_sub(fund);
        held.credit_rest = held.credit_rest.saturating_sub(credit);
        held.fund_captured = held.fund_captured.saturating_add(fund);
        held.credit_captured = held.credit_captured.saturating_add(credit);
        end_if_empty(held);
    });
}

fn end_if_empty(held: &mut Authorization) {
    if held.rest() == 0 {
        let captured = held.fund_captured > 0 || held.credit_captured > 0;
        held.state =
            if captured { AuthorizationState::Finished } else { AuthorizationState::Closed };
    }
}

/// Changes a hold and keeps count of what is open with user and merchant.
fn change(ledger: &mut Ledger, auth: &Id, change: impl FnOnce(&mut Authorization)) {
    let tables = ledger.tables_mut();
    let Some(held) = tables.authorizations.get_mut(auth) else { return };
    let (before, frozen) = (held.state, held.fund_rest);
    change(held);
    let ended = before == AuthorizationState::Authorized && held.state != before;
    let (payer, seller, still) = (held.user, held.merchant, held.fund_rest);
    set_frozen(tables, payer, frozen, still);
    if ended {
        count_open(ledger, payer, seller, false);
    }
}

/// A hold of a user has another amount frozen than before.
fn set_frozen(tables: &mut Tables, payer: u32, before: u64, now: u64) {
    if before != now {
        let frozen = &mut tables.users.row_mut(payer).frozen;
        *frozen = frozen.saturating_sub(before.into()).saturating_add(now.into());
    }
}

/// One more, or one fewer, open hold or rental of a user and a merchant.
pub(crate) fn count_open(ledger: &mut Ledger, payer: u32, seller: u32, opened: bool) {
    let tables = ledger.tables_mut();
    let count = |open: u32| if opened { open + 1 } else { open.saturating_sub(1) };
    let payer = tables.users.row_mut(payer);
    payer.open_holds = count(payer.open_holds);
    let seller = tables.merchants.row_mut(seller);
    seller.open_holds = count(seller.open_holds);
}

fn authorized(ledger: &mut Ledger, fact: &Fact) {
    let Fact::FundsAuthorized {
        auth,
        out_order_no,
        out_request_no,
        user,
        merchant,
        currency,
        fund,
        credit,
        basis,
        expires_at,
    } = fact
    else {
        return;
    };
    let tables = ledger.tables_mut();
    let (Some(payer), Some(seller)) = (tables.users.find(user), tables.merchants.find(merchant))
    else {
        return;
    };
    if *basis == CreditBasis::Line {
        let out_order_no = out_order_no.clone();
        tables.order_nos.insert(OrderNo { merchant: seller, rental: false, out_order_no });
    }
    let no = tables.authorizations.insert(Authorization {
        auth: *auth,
        out_order_no: out_order_no.clone(),
        out_request_no: out_request_no.clone(),
        user: payer,
        merchant: seller,
        currency: *currency,
        basis: *basis,
        fund_total: *fund,
        credit_total: *credit,
        fund_rest: *fund,
        credit_rest: *credit,
        fund_captured: 0,
        credit_captured: 0,
        expires_at: *expires_at,
        state: AuthorizationState::Authorized,
        releases: Vec::new(),
    });
    set_frozen(ledger.tables_mut(), payer, 0, *fund);
    count_open(ledger, payer, seller, true);
    if let Some(at) = *expires_at {
        ledger.owe(Due { at, kind: DueKind::AuthorizationExpiry, no });
    }
}
