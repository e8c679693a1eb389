//! Third-party apps: who they are, what merchants let them do, and whether one may ask for a
//! command (DOMAIN §1.7, §4.1).
//!
//! An app with a public key signs; the shard has verified that before the ledger is asked. It may
//! do what its registration and, on a merchant's objects, that merchant's grant cover. What belongs
//! to no merchant needs the registration's scope alone. A command that names no app, or one without
//! a key, is the platform's own and may do everything.
//!
//! Only what is done counts against the caps of an app: a command that is refused moves nothing.

use crate::command::{
    AppLimits, Body, GrantAppAuth, RegisterApp, RevokeAppAuth, Scope, SetAppLimits,
};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::Ledger;
use crate::limits::{APP_CAPS_MAX, TIME_MS_MAX};
use crate::money::{Currency, Money};
use crate::rejection::Rejection;
use crate::remittance::Purpose;
use crate::rules::scopes::{Demand, Party};
use crate::rules::{merchant, refuse_if, remittances};
use crate::state::{App, AppGrant, AppUse, Calendar, Tables};

/// Milliseconds of the window of `per_minute`.
const MINUTE_MS: u64 = 60_000;

pub(crate) fn register(
    ledger: &Ledger,
    c: &RegisterApp,
    out: &mut Decision,
) -> Result<(), Rejection> {
    // An app without a key is held to no scope, so its scopes may be any words, as ever.
    let known = c.scopes.iter().all(|scope| Scope::of_name(scope.as_str()).is_some());
    refuse_if(c.public_key.is_some() && !known, Rejection::SchemaInvalid)?;
    refuse_if(ledger.tables().apps.find(&c.app).is_some(), Rejection::Duplicate)?;
    // From here on nothing may fail.
    let RegisterApp { app, key, scopes, public_key } = c.clone();
    out.record(Fact::AppRegistered { app, key, scopes, public_key });
    if c.public_key.is_some() {
        tell_all(ledger, Purpose::App(Box::new(c.clone())), out);
    }
    Ok(())
}

/// The app that is to be granted something: only one that signs can be.
fn signing(tables: &Tables, app: Id) -> Result<&App, Rejection> {
    let app = tables.apps.get(&app).ok_or(Rejection::UnknownTenant)?;
    refuse_if(app.public_key.is_none(), Rejection::UnknownTenant)?;
    Ok(app)
}

pub(crate) fn grant(
    ledger: &Ledger,
    c: &GrantAppAuth,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let app = signing(ledger.tables(), c.app)?;
    merchant(ledger.tables(), c.merchant)?;
    refuse_if(c.scopes.is_empty(), Rejection::SchemaInvalid)?;
    refuse_if(!c.scopes.iter().all(|scope| app.has(*scope)), Rejection::ScopeDenied)?;
    refuse_if(c.expires_at.is_some_and(|at| at <= now), Rejection::GrantExpired)?;
    // From here on nothing may fail.
    let GrantAppAuth { app, merchant, scopes, expires_at } = c.clone();
    let before = ledger.tables().app_grants.get(&(app, merchant));
    let is_over = |grant: &&AppGrant| grant.expires_at.is_some_and(|at| at <= now);
    if before.filter(is_over).is_some_and(|grant| !grant.scopes.is_empty()) {
        // What was granted until before now does not come back with this.
        let gone = RevokeAppAuth { app, merchant, scopes: Vec::new() };
        out.record(Fact::AppAuthRevoked { app, merchant, scopes: Vec::new() });
        tell_all(ledger, Purpose::AppRevocation(Box::new(gone)), out);
    }
    out.record(Fact::AppAuthGranted { app, merchant, scopes, expires_at });
    tell_all(ledger, Purpose::AppGrant(Box::new(c.clone())), out);
    Ok(())
}

pub(crate) fn revoke(
    ledger: &Ledger,
    c: &RevokeAppAuth,
    out: &mut Decision,
) -> Result<(), Rejection> {
    signing(ledger.tables(), c.app)?;
    merchant(ledger.tables(), c.merchant)?;
    let grant = ledger.tables().app_grants.get(&(c.app, c.merchant));
    let granted = grant.map_or(&[][..], |grant| &grant.scopes);
    let is_there = |scope: &Scope| granted.contains(scope);
    let there = !granted.is_empty() && c.scopes.iter().all(is_there);
    refuse_if(!there, Rejection::NotGranted)?;
    // From here on nothing may fail.
    let RevokeAppAuth { app, merchant, scopes } = c.clone();
    out.record(Fact::AppAuthRevoked { app, merchant, scopes });
    tell_all(ledger, Purpose::AppRevocation(Box::new(c.clone())), out);
    Ok(())
}

pub(crate) fn set_limits(
    ledger: &Ledger,
    c: &SetAppLimits,
    out: &mut Decision,
) -> Result<(), Rejection> {
    signing(ledger.tables(), c.app)?;
    let caps = &c.limits.caps;
    refuse_if(caps.len() > APP_CAPS_MAX, Rejection::SchemaInvalid)?;
    let twice = |at: usize| caps[..at].iter().any(|cap| cap.currency == caps[at].currency);
    refuse_if((0..caps.len()).any(twice), Rejection::SchemaInvalid)?;
    // From here on nothing may fail.
    out.record(Fact::AppLimitsSet { app: c.app, limits: c.limits.clone() });
    tell_all(ledger, Purpose::AppLimits(Box::new(c.clone())), out);
    Ok(())
}

/// Apps are known on every shard: a payment is decided where its payer is.
fn tell_all(ledger: &Ledger, purpose: Purpose, out: &mut Decision) {
    remittances::tell_all(ledger, Currency::CNY, out, || purpose.clone());
}

/// What another shard tells of an app of its own. What does not fit is left aside: it cannot be
/// refused, and an app that is not known can do nothing.
pub(crate) fn hear(ledger: &Ledger, purpose: &Purpose, out: &mut Decision) {
    let known = |app: &Id| ledger.tables().apps.find(app).is_some();
    match purpose {
        Purpose::App(c) if !known(&c.app) => {
            let RegisterApp { app, key, scopes, public_key } = (**c).clone();
            out.record(Fact::AppRegistered { app, key, scopes, public_key });
        }
        Purpose::AppGrant(c) if known(&c.app) => {
            let GrantAppAuth { app, merchant, scopes, expires_at } = (**c).clone();
            out.record(Fact::AppAuthGranted { app, merchant, scopes, expires_at });
        }
        Purpose::AppRevocation(c) if known(&c.app) => {
            let RevokeAppAuth { app, merchant, scopes } = (**c).clone();
            out.record(Fact::AppAuthRevoked { app, merchant, scopes });
        }
        Purpose::AppLimits(c) if known(&c.app) => {
            out.record(Fact::AppLimitsSet { app: c.app, limits: c.limits.clone() });
        }
        _ => {}
    }
}

/// Whether any app signs. Only asked where a command names an app that nobody registered.
pub(crate) fn any_signs(tables: &Tables) -> bool {
    tables.apps.rows().iter().any(|app| app.public_key.is_some())
}

/// Whether an app may ask for a command: a staircase of its own before that of the command. An
/// object of a merchant that granted nothing is answered as one that is not there, so that an app
/// learns nothing of others. On success the first event of the command says who asked.
pub(crate) fn may_ask(
    ledger: &Ledger,
    asker: Id,
    body: &Body,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let Some(app) = tables.apps.get(&asker) else {
        // Names that nobody registered mean nothing, as ever, until the first app signs.
        return refuse_if(any_signs(tables), Rejection::UnknownTenant);
    };
    if app.public_key.is_none() {
        return Ok(());
    }
    let demand = Demand::of(tables, body).ok_or(Rejection::ScopeDenied)?;
    let Demand { scope, party, also, moves } = demand;
    let merchant = covers(tables, app, scope, &party, now)?;
    if let Some((scope, party)) = also {
        covers(tables, app, scope, &party, now)?;
    }
    within_caps(ledger, asker, moves, now)?;
    // From here on nothing may fail.
    out.record(Fact::AppAsked { app: asker, scope, merchant, moves });
    Ok(())
}

/// Refuses what an app is not registered for, then what the merchant whose object it is has not
/// granted, then what it has granted until before. Gives that merchant, or nobody's id.
fn covers(
    tables: &Tables,
    app: &App,
    scope: Scope,
    party: &Party,
    now: u64,
) -> Result<Id, Rejection> {
    refuse_if(!app.has(scope), Rejection::ScopeDenied)?;
    match *party {
        Party::Nobody => Ok(Id::NONE),
        Party::Unknown => Err(Rejection::NotGranted),
        Party::Merchant(merchant) => {
            let grant = tables.app_grants.get(&(app.app, merchant)).ok_or(Rejection::NotGranted)?;
            refuse_if(!grant.scopes.contains(&scope), Rejection::NotGranted)?;
            refuse_if(grant.expires_at.is_some_and(|at| at <= now), Rejection::GrantExpired)?;
            Ok(merchant)
        }
    }
}

/// Refuses to move more money than the app may, then to do more commands.
fn within_caps(ledger: &Ledger, app: Id, moves: Option<Money>, now: u64) -> Result<(), Rejection> {
    let Some(before) = ledger.tables().app_uses.get(&app) else { return Ok(()) };
    let mut after = before.clone();
    count(&mut after, ledger.calendar(), moves, now);
    let limits = &before.limits;
    if let Some(money) = moves
        && let Some(cap) = limits.caps.iter().find(|cap| cap.currency == money.currency)
    {
        let over = |limit: Option<u64>, sum: u64| limit.is_some_and(|limit| sum > limit);
        let exceeded =
            over(cap.single, money.amount) || over(cap.day, after.moved_in(money.currency));
        refuse_if(exceeded, Rejection::AppLimitExceeded)?;
    }
    let over = |limit: Option<u32>, count: u32| limit.is_some_and(|limit| count > limit);
    let exceeded = over(limits.per_minute, after.in_minute) || over(limits.per_day, after.in_day);
    refuse_if(exceeded, Rejection::AppRateExceeded)
}

/// Counts a command, starting windows that have rolled over.
fn count(used: &mut AppUse, calendar: Calendar, moves: Option<Money>, now: u64) {
    let (minute, day) = (now / MINUTE_MS, calendar.date(now));
    if used.minute != minute {
        (used.minute, used.in_minute) = (minute, 0);
    }
    if used.day != day {
        (used.day, used.in_day) = (day, 0);
        used.moved.clear();
    }
    used.in_minute = used.in_minute.saturating_add(1);
    used.in_day = used.in_day.saturating_add(1);
    let Some(Money { amount, currency }) = moves else { return };
    match used.moved.iter_mut().find(|m| m.0 == currency) {
        Some(sum) => sum.1 = sum.1.saturating_add(amount),
        None => used.moved.push((currency, amount)),
    }
}

pub(crate) fn names_exist(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    match fact {
        Fact::AppRegistered { app, .. } => {
            known(tables.apps.find(app).is_none(), "an app is registered twice")
        }
        // The merchant's home may not have told of it yet.
        Fact::AppAuthGranted { app, expires_at, .. } => {
            known(tables.apps.find(app).is_some(), "an app is unknown")?;
            known(expires_at.is_none_or(|at| at <= TIME_MS_MAX), "a grant ends after the year 9999")
        }
        Fact::AppAuthRevoked { app, .. }
        | Fact::AppLimitsSet { app, .. }
        | Fact::AppAsked { app, .. } => known(tables.apps.find(app).is_some(), "an app is unknown"),
        _ => Ok(()),
    }
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::AppRegistered { app, key, scopes, public_key } => {
            let (scopes, public_key) = (scopes.clone(), *public_key);
            ledger.tables_mut().apps.insert(App { app: *app, key_id: *key, scopes, public_key });
        }
        Fact::AppAuthGranted { app, merchant, scopes, expires_at } => {
            let tables = ledger.tables_mut();
            let key = (*app, *merchant);
            if tables.app_grants.find(&key).is_none() {
                let (app, merchant) = key;
                let row = AppGrant { app, merchant, scopes: Vec::new(), expires_at: None };
                tables.app_grants.insert(row);
            }
            if let Some(grant) = tables.app_grants.get_mut(&key) {
                grant.scopes.extend(scopes);
                grant.scopes.sort_unstable();
                grant.scopes.dedup();
                grant.expires_at = *expires_at;
            }
        }
        Fact::AppAuthRevoked { app, merchant, scopes } => {
            if let Some(grant) = ledger.tables_mut().app_grants.get_mut(&(*app, *merchant)) {
                grant.scopes.retain(|scope| !scopes.is_empty() && !scopes.contains(scope));
            }
        }
        Fact::AppLimitsSet { app, limits } => {
            uses(ledger.tables_mut(), *app, |used| used.limits = limits.clone());
        }
        Fact::AppAsked { app, moves, .. } => {
            let (calendar, now) = (ledger.calendar(), ledger.now());
            uses(ledger.tables_mut(), *app, |used| count(used, calendar, *moves, now));
        }
        _ => {}
    }
}

fn uses(tables: &mut Tables, app: Id, change: impl FnOnce(&mut AppUse)) {
    if tables.app_uses.find(&app).is_none() {
        let limits = AppLimits::default();
        let (in_minute, in_day, moved) = (0, 0, Vec::new());
        tables.app_uses.insert(AppUse { app, limits, minute: 0, in_minute, day: 0, in_day, moved });
    }
    if let Some(row) = tables.app_uses.get_mut(&app) {
        change(row);
    }
}
