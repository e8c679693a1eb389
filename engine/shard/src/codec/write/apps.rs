//! Domain to wire: third-party apps.

use super::{some, texts};
use groat_ledger::{AppCap, AppLimits, Fact, Id, Money, RegisterApp, Scope, Settlement};
use groat_proto::v1::{self, event, settlement};

fn names(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(|scope| scope.name().to_owned()).collect()
}

pub(in crate::codec) fn registration(c: &RegisterApp) -> v1::RegisterApp {
    v1::RegisterApp {
        app_id: some(c.app),
        key_id: some(c.key),
        scopes: texts(&c.scopes),
        public_key: c.public_key.map(Vec::from).unwrap_or_default(),
    }
}

pub(in crate::codec) fn grant(
    app: Id,
    merchant: Id,
    scopes: &[Scope],
    expires_at: Option<u64>,
) -> v1::GrantAppAuth {
    let (app_id, merchant_id) = (some(app), some(merchant));
    v1::GrantAppAuth { app_id, merchant_id, scopes: names(scopes), expires_at }
}

pub(in crate::codec) fn revocation(app: Id, merchant: Id, scopes: &[Scope]) -> v1::RevokeAppAuth {
    v1::RevokeAppAuth { app_id: some(app), merchant_id: some(merchant), scopes: names(scopes) }
}

pub(in crate::codec) fn limits(app: Id, limits: &AppLimits) -> v1::SetAppLimits {
    let cap = |cap: &AppCap| {
        let currency = cap.currency;
        let money = |amount: u64| Money { amount, currency }.into();
        let (single, day) = (cap.single.map(money), cap.day.map(money));
        v1::AppCap { ccy: u32::from(currency.code()), single, day }
    };
    v1::SetAppLimits {
        app_id: some(app),
        per_minute: limits.per_minute,
        per_day: limits.per_day,
        caps: limits.caps.iter().map(cap).collect(),
    }
}

pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::AppRegistered { app, key, scopes, public_key } => {
            W::AppRegistered(v1::AppRegistered {
                app_id: some(*app),
                key_id: some(*key),
                scopes: texts(scopes),
                public_key: public_key.map(Vec::from).unwrap_or_default(),
            })
        }
        Fact::AppAuthGranted { app, merchant, scopes, expires_at } => {
            W::AppAuthGranted(grant(*app, *merchant, scopes, *expires_at))
        }
        Fact::AppAuthRevoked { app, merchant, scopes } => {
            W::AppAuthRevoked(revocation(*app, *merchant, scopes))
        }
        Fact::AppLimitsSet { app, limits: set } => W::AppLimitsSet(limits(*app, set)),
        Fact::AppAsked { app, scope, merchant, moves } => W::AppAsked(v1::AppAsked {
            app_id: some(*app),
            scope: scope.name().into(),
            merchant_id: some(*merchant),
            amount: moves.map(Into::into),
        }),
        _ => return None,
    })
}

pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::AppAuthGranted { app, merchant, scopes, expires_at } => {
            W::AppAuthGranted(grant(*app, *merchant, scopes, *expires_at))
        }
        Settlement::AppAuthRevoked { app, merchant, scopes } => {
            W::AppAuthRevoked(revocation(*app, *merchant, scopes))
        }
        _ => return None,
    })
}
