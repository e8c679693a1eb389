//! Limits on what users spend from their balance, by user, identity class and code kind
//! (DOMAIN §1.9, §4.1). Limits are state; what was spent is counted as events are applied.

use crate::command::{CodeKind, LimitScope, Limits, SetLimits};
use crate::event::{Decision, Fact};
use crate::ledger::Ledger;
use crate::rejection::Rejection;
use crate::rules::remittances::announce_limits;
use crate::rules::{refuse_if, user};
use crate::state::{Calendar, LimitRow, Tables, Usage, User, year_and_month};

pub(crate) fn set_limits(
    ledger: &Ledger,
    c: &SetLimits,
    out: &mut Decision,
) -> Result<(), Rejection> {
    match c.scope {
        LimitScope::User(id) => {
            let known = user(ledger.tables(), id)?;
            refuse_if(known.currency != c.currency, Rejection::CurrencyMismatch)?;
        }
        LimitScope::KycClass(class) => {
            refuse_if(!(1..=3).contains(&class), Rejection::SchemaInvalid)?;
        }
        LimitScope::CodeKind(kind) => {
            refuse_if(kind == CodeKind::None, Rejection::SchemaInvalid)?;
        }
    }
    // From here on nothing may fail.
    let SetLimits { scope, currency, limits } = c.clone();
    out.record(Fact::LimitsSet { scope, currency, limits });
    if !matches!(scope, LimitScope::User(_)) {
        announce_limits(ledger, scope, currency, limits, out);
    }
    Ok(())
}

/// Refuses to spend beyond a limit, then beyond the daily limit of the code kind.
pub(crate) fn may_spend(
    ledger: &Ledger,
    spender: &User,
    amount: u64,
    code_kind: CodeKind,
    now: u64,
) -> Result<(), Rejection> {
    let after = || {
        let mut usage = spender.usage;
        count(&mut usage, ledger.calendar(), amount, code_kind, now);
        usage
    };
    let scopes = [LimitScope::User(spender.user), LimitScope::KycClass(spender.kyc_class)];
    for limits in scopes.into_iter().filter_map(|scope| limits_of(ledger, scope, spender)) {
        let after = after();
        let over = |limit: Option<u64>, sum: u64| limit.is_some_and(|limit| sum > limit);
        let exceeded = over(limits.single, amount)
            || over(limits.day, after.day_sum)
            || over(limits.month, after.month_sum)
            || over(limits.year, after.year_sum)
            || over(limits.lifetime, after.lifetime);
        refuse_if(exceeded, Rejection::LimitExceeded)?;
    }
    if let (Some(slot), Some(limits)) =
        (code_slot(code_kind), limits_of(ledger, LimitScope::CodeKind(code_kind), spender))
    {
        let exceeded = limits.day.is_some_and(|limit| after().code_sums[slot] > limit);
        refuse_if(exceeded, Rejection::QrDailyLimit)?;
    }
    Ok(())
}

/// Refuses to raise a balance above its cap.
pub(crate) fn may_hold(ledger: &Ledger, holder: &User, more: u64) -> Result<(), Rejection> {
    let balance = ledger.tables().accounts.row(holder.account).credit_balance();
    let after = balance + i128::from(more);
    let scopes = [LimitScope::User(holder.user), LimitScope::KycClass(holder.kyc_class)];
    for limits in scopes.into_iter().filter_map(|scope| limits_of(ledger, scope, holder)) {
        let exceeded = limits.balance_cap.is_some_and(|cap| after > i128::from(cap));
        refuse_if(exceeded, Rejection::BalanceCapExceeded)?;
    }
    Ok(())
}

fn limits_of(ledger: &Ledger, scope: LimitScope, user: &User) -> Option<Limits> {
    ledger.tables().limits.get(&(scope, user.currency)).map(|row| row.limits)
}

/// Counts a spending into every window, starting windows that have rolled over.
pub(crate) fn count(
    usage: &mut Usage,
    calendar: Calendar,
    amount: u64,
    code_kind: CodeKind,
    now: u64,
) {
    let date = calendar.date(now);
    if usage.day != date || usage.year == 0 {
        let (year, month_of_year) = year_and_month(date);
        let month = year * 12 + month_of_year;
        (usage.day, usage.day_sum, usage.code_sums) = (date, 0, [0; 4]);
        if usage.month != month {
            (usage.month, usage.month_sum) = (month, 0);
        }
        if usage.year != year {
            (usage.year, usage.year_sum) = (year, 0);
        }
    }
    usage.day_sum = usage.day_sum.saturating_add(amount);
    usage.month_sum = usage.month_sum.saturating_add(amount);
    usage.year_sum = usage.year_sum.saturating_add(amount);
    usage.lifetime = usage.lifetime.saturating_add(amount);
    if let Some(slot) = code_slot(code_kind) {
        usage.code_sums[slot] = usage.code_sums[slot].saturating_add(amount);
    }
}

fn code_slot(kind: CodeKind) -> Option<usize> {
    match kind {
        CodeKind::None => None,
        CodeKind::Static => Some(0),
        CodeKind::DynamicA => Some(1),
        CodeKind::DynamicB => Some(2),
        CodeKind::DynamicC => Some(3),
    }
}

pub(crate) fn apply(tables: &mut Tables, fact: &Fact) {
    if let Fact::LimitsSet { scope, currency, limits } = fact {
        match tables.limits.get_mut(&(*scope, *currency)) {
            Some(row) => row.limits = *limits,
            None => {
                let row = LimitRow { scope: *scope, currency: *currency, limits: *limits };
                tables.limits.insert(row);
            }
        }
    }
}
