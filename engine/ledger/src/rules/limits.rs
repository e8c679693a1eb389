//! Limits on what users spend from their balance, by user, identity class and code kind
//! (DOMAIN §1.9, §4.1). Limits are state; what was spent is counted as events are applied.
//!
//! What holds have frozen counts as spent, in every window, as long as it is frozen: a capture then
//! cannot exceed a limit that was asked when the user agreed. What comes back is free again. What
//! is taken beyond that (a rental's charges, the credit part of a capture) is taken from the
//! balance as far as limits leave it, and else from credit or not at all.
//!
//! A kind of code whose limits never said `every_window` has a daily limit alone, as all kinds had
//! before there was that word. The first limits that say it begin to count month, year and
//! lifetime of that kind and currency for everybody; from then on every limit it is given holds,
//! whether that says it again or not.

use crate::command::{CodeKind, LimitScope, Limits, SetLimits};
use crate::event::{Decision, Fact};
use crate::ledger::Ledger;
use crate::rejection::Rejection;
use crate::rules::remittances::announce_limits;
use crate::rules::{refuse_if, user};
use crate::state::{Calendar, CodeUse, LimitRow, Tables, Usage, User, year_and_month};

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
            // A kind of code has no balance. Without the word it is let pass, as it ever was.
            let caps = c.limits.every_window && c.limits.balance_cap.is_some();
            refuse_if(caps, Rejection::SchemaInvalid)?;
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

/// What a user's own limits and those of the identity class leave to spend from the balance now.
/// So much of what is frozen does not count: the decision gives it back.
pub(crate) fn spend_room(ledger: &Ledger, spender: &User, freed: u64, now: u64) -> u64 {
    let frozen = spender.frozen.saturating_sub(u128::from(freed));
    let spent = spent_with(ledger, spender, frozen, 0, CodeKind::None, now);
    let scopes = [LimitScope::User(spender.user), LimitScope::KycClass(spender.kyc_class)];
    let limits = scopes.into_iter().filter_map(|scope| limits_of(ledger, scope, spender));
    let rooms = limits.flat_map(|limits| {
        let left = |limit: Option<u64>, sum: u64| limit.map(|most| most.saturating_sub(sum));
        [
            limits.single,
            left(limits.day, spent.day_sum),
            left(limits.month, spent.month_sum),
            left(limits.year, spent.year_sum),
            left(limits.lifetime, spent.lifetime),
        ]
    });
    rooms.flatten().min().unwrap_or(u64::MAX)
}

/// What is spent in every window after so much more, with what is frozen: that may be spent any
/// time, by a capture or for a rental, and was agreed to. It was spent with no code.
fn spent_with(
    ledger: &Ledger,
    spender: &User,
    frozen: u128,
    amount: u64,
    code_kind: CodeKind,
    now: u64,
) -> Usage {
    let mut usage = spender.usage;
    let frozen = u64::try_from(frozen).unwrap_or(u64::MAX);
    count(&mut usage, ledger.calendar(), amount, code_kind, now);
    count(&mut usage, ledger.calendar(), frozen, CodeKind::None, now);
    usage
}

/// Refuses to spend beyond a limit, then beyond the daily limit of the code kind, then beyond its
/// others.
pub(crate) fn may_spend(
    ledger: &Ledger,
    spender: &User,
    amount: u64,
    code_kind: CodeKind,
    now: u64,
) -> Result<(), Rejection> {
    let after = || spent_with(ledger, spender, spender.frozen, amount, code_kind, now);
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
        let over = |limit: Option<u64>, sum: u64| limit.is_some_and(|limit| sum > limit);
        refuse_if(over(limits.day, after().code_sums[slot]), Rejection::QrDailyLimit)?;
        if limits.every_window {
            let after = code_use_after(ledger, spender, amount, code_kind, now);
            let exceeded = over(limits.single, amount)
                || over(limits.month, after.month_sum)
                || over(limits.year, after.year_sum)
                || over(limits.lifetime, after.lifetime);
            refuse_if(exceeded, Rejection::LimitExceeded)?;
        }
    }
    Ok(())
}

/// What a user would have spent with a kind of code, after so much more.
fn code_use_after(
    ledger: &Ledger,
    spender: &User,
    amount: u64,
    kind: CodeKind,
    now: u64,
) -> CodeUse {
    let tables = ledger.tables();
    let known = tables.users.find(&spender.user).unwrap_or(u32::MAX);
    let used = tables.code_uses.get(&(known, kind)).cloned();
    let mut used = used.unwrap_or_else(|| CodeUse::new(known, kind));
    used.count(ledger.calendar().date(now), amount);
    used
}

/// Refuses to raise a balance above its cap: by a top-up, a transfer, a receipt, a packet, points
/// or a loan. What is the user's already and comes back (a refund, a hold that ends, a payout that
/// failed, what a card stored) is let in, and a dispute won too.
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

/// Counts what was paid from a balance, with a code or without.
pub(crate) fn count_paid(
    tables: &mut Tables,
    calendar: Calendar,
    payer: u32,
    amount: u64,
    kind: CodeKind,
    now: u64,
) {
    let row = tables.users.row_mut(payer);
    count(&mut row.usage, calendar, amount, kind, now);
    let limits = (LimitScope::CodeKind(kind), row.currency);
    let counts = kind != CodeKind::None
        && tables.limits.get(&limits).is_some_and(|row| row.limits.every_window);
    if !counts {
        return;
    }
    if tables.code_uses.find(&(payer, kind)).is_none() {
        tables.code_uses.insert(CodeUse::new(payer, kind));
    }
    if let Some(used) = tables.code_uses.get_mut(&(payer, kind)) {
        used.count(calendar.date(now), amount);
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
            Some(row) => {
                let every_window = row.limits.every_window || limits.every_window;
                row.limits = Limits { every_window, ..*limits };
            }
            None => {
                let row = LimitRow { scope: *scope, currency: *currency, limits: *limits };
                tables.limits.insert(row);
            }
        }
    }
}
