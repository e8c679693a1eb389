//! Virtual credit: lines, purchases on them, repayment (DOMAIN §4.5). Bills are in `billing`, and
//! what is lost in `losses`.
//!
//! Available credit = limit − principal owed − held.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{
    AdjustLimit, CloseCreditLine, FreezeCreditLine, FreezeReason, GrantCreditLine, RepayCredit,
    UnfreezeCreditLine,
};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::instalments::Owed;
use crate::ledger::{Ledger, in_range, post};
use crate::rejection::Rejection;
use crate::rules::buckets::{PRINCIPAL, owed, owed_in, principal, purchases};
use crate::rules::{billing, in_currency, loans, may_debit, plans, refuse_if, user};
use crate::state::{Billing, CreditLine, CreditLineState, User, next_day_of_month};

pub(crate) fn grant(
    ledger: &Ledger,
    c: &GrantCreditLine,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let owner = user(ledger.tables(), c.user)?;
    refuse_if(ledger.tables().accounts.row(owner.account).closed, Rejection::AccountClosed)?;
    in_currency(c.limit, owner.currency)?;
    let limit = in_range(c.limit)?;
    refuse_if(c.terms.out_of_range().is_some(), Rejection::RateOutOfRange)?;
    refuse_if(owner.kyc_class < 2, Rejection::KycClassTooLow)?;
    let before = line(ledger, owner).map_or(CreditLineState::Closed, |line| line.state);
    refuse_if(before == CreditLineState::WrittenOff, Rejection::LineWrittenOff)?;
    refuse_if(before != CreditLineState::Closed, Rejection::Duplicate)?;
    // From here on nothing may fail.
    let owed = AccountKey::of(Class::CreditUnbilled, c.user, owner.currency);
    ledger.account_or_open(owed, owner.currency, out);
    let (granted, contra) = memorandum(ledger, Class::LimitGranted, owner, out);
    post(out, granted, contra, limit);
    out.record(Fact::CreditLineGranted { user: c.user, limit: c.limit, terms: c.terms });
    Ok(())
}

pub(crate) fn adjust(
    ledger: &Ledger,
    c: &AdjustLimit,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let owner = user(ledger.tables(), c.user)?;
    let line = open_line(ledger, owner)?;
    in_currency(c.limit, owner.currency)?;
    let limit = in_range(c.limit)?;
    // From here on nothing may fail.
    let (granted, contra) = memorandum(ledger, Class::LimitGranted, owner, out);
    let before = line.limit.amount;
    post(out, granted, contra, limit.saturating_sub(before));
    post(out, contra, granted, before.saturating_sub(limit));
    out.record(Fact::LimitAdjusted { user: c.user, limit: c.limit });
    Ok(())
}

/// A line that is frozen for a debt can be frozen by hand as well: that takes the debt's place, so
/// that paying the debt does not open the line.
pub(crate) fn freeze(
    ledger: &Ledger,
    c: &FreezeCreditLine,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let line = open_line(ledger, user(ledger.tables(), c.user)?)?;
    let for_debt = line.state == CreditLineState::Frozen(FreezeReason::Overdue);
    let by_hand = for_debt && c.reason != FreezeReason::Overdue;
    refuse_if(line.state != CreditLineState::Active && !by_hand, Rejection::InvalidState)?;
    // From here on nothing may fail.
    out.record(Fact::CreditLineFrozen { user: c.user, reason: c.reason });
    Ok(())
}

pub(crate) fn unfreeze(
    ledger: &Ledger,
    c: &UnfreezeCreditLine,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let line = open_line(ledger, user(ledger.tables(), c.user)?)?;
    refuse_if(line.state == CreditLineState::Active, Rejection::InvalidState)?;
    // From here on nothing may fail.
    out.record(Fact::CreditLineUnfrozen { user: c.user, reason: c.reason.clone() });
    Ok(())
}

pub(crate) fn close(
    ledger: &Ledger,
    c: &CloseCreditLine,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let owner = user(ledger.tables(), c.user)?;
    let line = open_line(ledger, owner)?;
    let ahead = owed_in(ledger, owner, Class::CreditInstalment).1;
    let lent = line.billing.as_ref().is_some_and(|bill| !bill.loans.is_empty());
    let later = ahead > 0 || lent;
    let outstanding = owed(ledger, owner).sum() > 0 || later || held(ledger, owner) > 0;
    refuse_if(outstanding, Rejection::DebtOutstanding)?;
    // From here on nothing may fail.
    let (granted, contra) = memorandum(ledger, Class::LimitGranted, owner, out);
    post(out, contra, granted, line.limit.amount);
    out.record(Fact::CreditLineClosed { user: c.user, reason: c.reason.clone() });
    Ok(())
}

/// Pays the bill, or the plan or loan that is named. What is due first is paid first: the statement
/// before what came since, of the parts by the line's order, of the principal what is overdue, then
/// what is billed, then the rest.
pub(crate) fn repay(
    ledger: &Ledger,
    c: &RepayCredit,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let owner = user(ledger.tables(), c.user)?;
    let line = line(ledger, owner).ok_or(Rejection::UnknownAccount)?;
    refuse_if(line.state == CreditLineState::WrittenOff, Rejection::LineWrittenOff)?;
    if ledger.tables().plans.find(&c.target).is_some() {
        return plans::repay(ledger, c, owner, out);
    }
    if !c.target.is_none() {
        return loans::repay(ledger, c, owner, now, out);
    }
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    may_debit(ledger.tables(), owner.account)?;
    let owed = owed(ledger, owner);
    refuse_if(amount > owed.sum(), Rejection::Overpayment)?;
    let room = ledger.tables().accounts.row(owner.account).debit_room();
    refuse_if(room < u128::from(amount), Rejection::InsufficientFunds)?;
    // From here on nothing may fail.
    let shares = billing::shares(ledger, owner, amount, date(ledger, owner, now));
    pay(ledger, owner, shares, out);
    Ok(())
}

/// Pays these parts of a bill from the balance, which has them: at most what is owed.
pub(crate) fn pay(ledger: &Ledger, owner: &User, shares: Owed, out: &mut Decision) {
    let Owed { penalty, interest, fee, principal } = shares;
    let mut pay = |class, most: u64| {
        let (account, owed) = owed_in(ledger, owner, class);
        let part = most.min(owed);
        if let Some(account) = account {
            post(out, owner.account, account, part);
        }
        part
    };
    pay(Class::PenaltyReceivable, penalty);
    pay(Class::InterestReceivable, interest);
    pay(Class::FeeReceivable, fee);
    let mut rest = principal;
    let [overdue, billed, _] = PRINCIPAL.map(|class| {
        let part = pay(class, rest);
        rest -= part;
        part
    });
    let user = owner.user;
    out.record(Fact::CreditRepaid { user, principal, penalty, interest, fee, billed, overdue });
    if overdue > 0 {
        billing::thaw(ledger, owner, out);
    }
}

/// A user's line, whatever its state.
pub(crate) fn line<'a>(ledger: &'a Ledger, owner: &User) -> Option<&'a CreditLine> {
    let no = ledger.tables().users.find(&owner.user)?;
    ledger.tables().credit_lines.get(&no)
}

/// The date of a time by the days of a user's line.
pub(crate) fn date(ledger: &Ledger, owner: &User, at: u64) -> u32 {
    let no = ledger.tables().users.find(&owner.user);
    no.map_or_else(|| ledger.calendar().date(at), |no| date_of(ledger, no, at))
}

/// As [`date`], by the user's number.
pub(crate) fn date_of(ledger: &Ledger, user: u32, at: u64) -> u32 {
    let (of_chain, line) = (ledger.calendar(), ledger.tables().credit_lines.get(&user));
    line.map_or(of_chain, |line| line.calendar(of_chain)).date(at)
}

fn open_line<'a>(ledger: &'a Ledger, owner: &User) -> Result<&'a CreditLine, Rejection> {
    let line = line(ledger, owner).ok_or(Rejection::UnknownAccount)?;
    refuse_if(line.has_ended(), Rejection::InvalidState)?;
    Ok(line)
}

/// What authorizations hold on a user's line (X2).
fn held(ledger: &Ledger, owner: &User) -> u64 {
    let key = AccountKey::of(Class::CreditHeld, owner.user, owner.currency);
    let held = ledger.account(&key).map_or(0, |account| account.credit_room());
    u64::try_from(held).unwrap_or(u64::MAX)
}

/// Whether a user's line may be debited: it is active, and so is its owner.
pub(crate) fn is_usable(ledger: &Ledger, owner: &User) -> bool {
    let active = line(ledger, owner).is_some_and(|line| line.state == CreditLineState::Active);
    active && may_debit(ledger.tables(), owner.account).is_ok()
}

/// What a user may still buy or have held on credit: nothing without a usable line.
pub(crate) fn available(ledger: &Ledger, owner: &User) -> u64 {
    match line(ledger, owner) {
        Some(line) if is_usable(ledger, owner) => room(ledger, owner, line),
        _ => 0,
    }
}

/// What is left of a limit, whether anything may be bought or not.
pub(crate) fn room(ledger: &Ledger, owner: &User, line: &CreditLine) -> u64 {
    let ahead = owed_in(ledger, owner, Class::CreditInstalment).1;
    let used = principal(ledger, owner).saturating_add(ahead);
    let used = used.saturating_add(loans::owed(ledger, line));
    let used = used.saturating_add(held(ledger, owner));
    line.limit.amount.saturating_sub(used)
}

/// Refuses a purchase on credit, or gives the account it is debited to, which the line opened.
pub(crate) fn purchasable(
    ledger: &Ledger,
    owner: &User,
    amount: u64,
) -> Result<AccountNo, Rejection> {
    let line = line(ledger, owner).ok_or(Rejection::CreditLimitExceeded)?;
    refuse_if(line.state != CreditLineState::Active, Rejection::CreditLineFrozen)?;
    refuse_if(amount > available(ledger, owner), Rejection::CreditLimitExceeded)?;
    purchases(ledger, owner).ok_or(Rejection::CreditLimitExceeded)
}

/// A memorandum account of a user and its contra, opening them in this decision.
pub(crate) fn memorandum(
    ledger: &Ledger,
    class: Class,
    owner: &User,
    out: &mut Decision,
) -> (AccountNo, AccountNo) {
    memorandum_of(ledger, class, owner.user, owner.currency, out)
}

/// A memorandum account of any owner and its contra, opening them in this decision.
pub(crate) fn memorandum_of(
    ledger: &Ledger,
    class: Class,
    owner: Id,
    currency: crate::money::Currency,
    out: &mut Decision,
) -> (AccountNo, AccountNo) {
    let contra = match class {
        Class::LimitGranted => Class::LimitGrantedContra,
        Class::CreditHeld => Class::CreditHeldContra,
        Class::DepositWaived => Class::DepositWaivedContra,
        _ => Class::RentObligationContra,
    };
    let account = ledger.account_or_open(AccountKey::of(class, owner, currency), currency, out);
    (account, ledger.account_or_open(AccountKey::house(contra, currency), currency, out))
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let (now, calendar) = (ledger.now(), ledger.calendar());
    let mut change = |user: &Id, with: &dyn Fn(&mut CreditLine)| {
        billing::change(ledger, user, |line| with(line));
    };
    match fact {
        Fact::CreditLineGranted { user, limit, terms } => {
            let tables = ledger.tables_mut();
            let Some(no) = tables.users.find(user) else { return };
            let (state, limit, terms) = (CreditLineState::Active, *limit, *terms);
            if tables.credit_lines.find(&no).is_none() {
                let state = CreditLineState::Closed;
                let row = CreditLine { user: no, limit, terms, state, billing: None };
                tables.credit_lines.insert(row);
            }
            billing::change(ledger, user, |line| {
                *line = CreditLine { user: no, limit, terms, state, billing: None };
                let today = line.calendar(calendar).date(now);
                let next_cut = next_day_of_month(today, terms.statement_day);
                line.billing = terms.billing.map(|_| Box::new(Billing::new(next_cut)));
            });
        }
        Fact::LimitAdjusted { user, limit } => change(user, &|line| line.limit = *limit),
        Fact::CreditLineFrozen { user, reason } => {
            change(user, &|line| line.state = CreditLineState::Frozen(*reason));
        }
        Fact::CreditLineUnfrozen { user, .. } => {
            change(user, &|line| line.state = CreditLineState::Active);
        }
        Fact::CreditLineClosed { user, .. } => {
            change(user, &|line| line.state = CreditLineState::Closed);
        }
        _ => {}
    }
}
