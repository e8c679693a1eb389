//! Wire to domain: third-party apps.

use super::fields::*;
use crate::signature;
use groat_ledger::limits::TIME_MS_MAX;
use groat_ledger::{
    AppCap, AppLimits, Fact, GrantAppAuth, PublicKey, RegisterApp, RevokeAppAuth, Scope,
    SetAppLimits,
};
use groat_proto::v1::{self, event};

fn public_key(bytes: &[u8]) -> Field<Option<PublicKey>> {
    if bytes.is_empty() {
        return Ok(None);
    }
    signature::public_key(bytes).map(Some).ok_or("public_key")
}

pub(in crate::codec) fn register(w: &v1::RegisterApp) -> Field<RegisterApp> {
    Ok(RegisterApp {
        app: id(w.app_id, "app_id")?,
        key: id(w.key_id, "key_id")?,
        scopes: scopes(&w.scopes)?,
        public_key: public_key(&w.public_key)?,
    })
}

fn scope(name: &str) -> Field<Scope> {
    Scope::of_name(name).ok_or("scopes")
}

/// Scopes of a grant: each a known one, and once.
fn granted(names: &[String]) -> Field<Vec<Scope>> {
    ensure(names.len() <= Scope::ALL.len(), "scopes")?;
    names.iter().map(|name| scope(name)).collect()
}

pub(in crate::codec) fn grant(w: &v1::GrantAppAuth) -> Field<GrantAppAuth> {
    ensure(w.expires_at.is_none_or(|at| at <= TIME_MS_MAX), "expires_at")?;
    Ok(GrantAppAuth {
        app: id(w.app_id, "app_id")?,
        merchant: id(w.merchant_id, "merchant_id")?,
        scopes: granted(&w.scopes)?,
        expires_at: w.expires_at,
    })
}

pub(in crate::codec) fn revoke(w: &v1::RevokeAppAuth) -> Field<RevokeAppAuth> {
    Ok(RevokeAppAuth {
        app: id(w.app_id, "app_id")?,
        merchant: id(w.merchant_id, "merchant_id")?,
        scopes: granted(&w.scopes)?,
    })
}

pub(in crate::codec) fn set_limits(w: &v1::SetAppLimits) -> Field<SetAppLimits> {
    let cap = |w: &v1::AppCap| -> Field<AppCap> {
        let currency = currency(w.ccy, "ccy")?;
        let single = part_of(w.single, currency, "single")?;
        Ok(AppCap { currency, single, day: part_of(w.day, currency, "day")? })
    };
    let caps = w.caps.iter().map(cap).collect::<Field<_>>()?;
    let limits = AppLimits { per_minute: w.per_minute, per_day: w.per_day, caps };
    Ok(SetAppLimits { app: id(w.app_id, "app_id")?, limits })
}

pub(super) fn read_fact(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    Ok(match wire {
        W::AppRegistered(w) => Fact::AppRegistered {
            app: id(w.app_id, "app_id")?,
            key: id(w.key_id, "key_id")?,
            scopes: scopes(&w.scopes)?,
            public_key: public_key(&w.public_key)?,
        },
        W::AppAuthGranted(w) => {
            let GrantAppAuth { app, merchant, scopes, expires_at } = grant(w)?;
            Fact::AppAuthGranted { app, merchant, scopes, expires_at }
        }
        W::AppAuthRevoked(w) => {
            let RevokeAppAuth { app, merchant, scopes } = revoke(w)?;
            Fact::AppAuthRevoked { app, merchant, scopes }
        }
        W::AppLimitsSet(w) => {
            let SetAppLimits { app, limits } = set_limits(w)?;
            Fact::AppLimitsSet { app, limits }
        }
        W::AppAsked(w) => Fact::AppAsked {
            app: id(w.app_id, "app_id")?,
            scope: scope(&w.scope)?,
            merchant: optional_id(w.merchant_id),
            moves: w.amount.map(|amount| money(Some(amount), "amount")).transpose()?,
        },
        _ => return Err("fact"),
    })
}
