//! What third-party apps may do and did, as their facts tell it. It knows neither rows nor rules.

use super::stranger;
use groat_ledger::{AppLimits, Currency, Fact, Id, Money, PublicKey};
use std::collections::{BTreeMap, BTreeSet};

const MINUTE_MS: u64 = 60_000;

/// Scopes that are about the objects of a merchant, always.
const OF_MERCHANTS: [&str; 9] = [
    "payments",
    "refunds",
    "authorizations",
    "rentals",
    "payouts",
    "coupons",
    "invoices",
    "disputes",
    "royalties",
];

/// An app that signs.
#[derive(Debug)]
struct App {
    key: PublicKey,
    scopes: BTreeSet<String>,
    /// By merchant, what it granted and until when.
    grants: BTreeMap<Id, (BTreeSet<String>, Option<u64>)>,
    limits: AppLimits,
    /// Commands by minute, and by date; money by date and currency. Only the last of each.
    in_minute: (u64, u64),
    in_day: (u32, u64),
    moved: BTreeMap<Currency, (u32, u128)>,
}

/// See the module.
#[derive(Default, Debug)]
pub(crate) struct Apps(BTreeMap<Id, App>);

/// What an app asked for.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) app: Id,
    pub(crate) scope: &'a str,
    pub(crate) merchant: Id,
    pub(crate) moves: Option<Money>,
}

impl Apps {
    /// The key of an app that signs.
    pub(crate) fn key(&self, app: Id) -> Option<&PublicKey> {
        self.0.get(&app).map(|app| &app.key)
    }

    /// Notes what an app may do. With a grant that was given here, at `since`, what was granted
    /// until before is over for good. When another shard gave what it tells only that shard knows.
    pub(crate) fn note(&mut self, fact: &Fact, since: Option<u64>) -> Result<(), String> {
        match fact {
            Fact::AppRegistered { app, scopes, public_key, .. } => {
                // Without a key it is the platform's own.
                let Some(key) = *public_key else { return Ok(()) };
                let row = App {
                    key,
                    scopes: scopes.iter().map(ToString::to_string).collect(),
                    grants: BTreeMap::new(),
                    limits: AppLimits::default(),
                    in_minute: (0, 0),
                    in_day: (0, 0),
                    moved: BTreeMap::new(),
                };
                self.0.insert(*app, row);
            }
            Fact::AppAuthGranted { app, merchant, scopes, expires_at } => {
                let app = self.of(*app)?;
                let grant = app.grants.entry(*merchant).or_default();
                if grant.1.zip(since).is_some_and(|(until, now)| until <= now) {
                    grant.0.clear();
                }
                grant.1 = *expires_at;
                for scope in scopes {
                    let name = scope.name().to_owned();
                    if !app.scopes.contains(&name) {
                        return Err(format!("{name} is granted beyond the app's own scopes"));
                    }
                    grant.0.insert(name);
                }
            }
            Fact::AppAuthRevoked { app, merchant, scopes } => {
                let grant = self.of(*app)?.grants.entry(*merchant).or_default();
                let named = |name: &String| scopes.iter().any(|scope| scope.name() == name);
                grant.0.retain(|name| !scopes.is_empty() && !named(name));
            }
            Fact::AppLimitsSet { app, limits } => self.of(*app)?.limits = limits.clone(),
            other => return Err(stranger(other, "an app")),
        }
        Ok(())
    }

    /// Counts what an app asked for; says why it may not.
    pub(crate) fn ask(&mut self, asked: Asked<'_>, now: u64, date: u32) -> Result<(), String> {
        let Asked { app: id, scope, merchant, moves } = asked;
        self.covers(id, scope, Some(merchant).filter(|id| !id.is_none()), now)?;
        if merchant.is_none() && OF_MERCHANTS.contains(&scope) {
            return Err(format!("{id} asks for {scope} of no merchant"));
        }
        let app = self.of(id)?;
        let add = |window: &mut (u64, u64), period: u64| {
            *window = if window.0 == period { (period, window.1 + 1) } else { (period, 1) };
            window.1
        };
        let in_minute = add(&mut app.in_minute, now / MINUTE_MS);
        app.in_day = if app.in_day.0 == date { (date, app.in_day.1 + 1) } else { (date, 1) };
        let caps = [(app.limits.per_minute, in_minute), (app.limits.per_day, app.in_day.1)];
        if caps.iter().any(|(cap, done)| cap.is_some_and(|cap| *done > u64::from(cap))) {
            return Err(format!("{id} does more commands than it may"));
        }
        let Some(Money { amount, currency }) = moves else { return Ok(()) };
        let sum = app.moved.entry(currency).or_default();
        *sum = (date, u128::from(amount) + if sum.0 == date { sum.1 } else { 0 });
        let cap = app.limits.caps.iter().find(|cap| cap.currency == currency);
        let over = |limit: Option<u64>, sum: u128| limit.is_some_and(|limit| sum > limit.into());
        if cap.is_some_and(|cap| over(cap.single, amount.into()) || over(cap.day, sum.1)) {
            return Err(format!("{id} moves more money than it may"));
        }
        Ok(())
    }

    /// Says why an app may not act under a scope, on the objects of a merchant where there is one.
    pub(crate) fn covers(
        &self,
        id: Id,
        scope: &str,
        merchant: Option<Id>,
        now: u64,
    ) -> Result<(), String> {
        let app = self.0.get(&id).ok_or_else(|| format!("{id} is no app that signs"))?;
        if !app.scopes.contains(scope) {
            return Err(format!("{id} is not registered for {scope}"));
        }
        let Some(merchant) = merchant else { return Ok(()) };
        let grant = app.grants.get(&merchant).filter(|grant| grant.0.contains(scope));
        let (_, until) = grant.ok_or_else(|| format!("{merchant} grants {id} no {scope}"))?;
        if until.is_some_and(|until| now >= until) {
            return Err(format!("what {merchant} granted {id} is over"));
        }
        Ok(())
    }

    fn of(&mut self, app: Id) -> Result<&mut App, String> {
        self.0.get_mut(&app).ok_or_else(|| format!("{app} is no app that signs"))
    }
}
