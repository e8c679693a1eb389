//! Rows of third-party apps, both ways.

use crate::codec::read::apps as read_apps;
use crate::codec::read::fields::{self as read, Field};
use crate::codec::write::apps as write_apps;
use groat_ledger::{App, AppGrant, AppUse, GrantAppAuth, Money, RegisterApp, SetAppLimits};
use groat_proto::v1;

pub(super) fn app(r: &App) -> v1::RegisterApp {
    let App { app, key_id: key, scopes, public_key } = r.clone();
    write_apps::registration(&RegisterApp { app, key, scopes, public_key })
}

pub(super) fn read_app(w: &v1::RegisterApp) -> Field<App> {
    let RegisterApp { app, key, scopes, public_key } = read_apps::register(w)?;
    Ok(App { app, key_id: key, scopes, public_key })
}

pub(super) fn grant(r: &AppGrant) -> v1::GrantAppAuth {
    write_apps::grant(r.app, r.merchant, &r.scopes, r.expires_at)
}

pub(super) fn read_grant(w: &v1::GrantAppAuth) -> Field<AppGrant> {
    let GrantAppAuth { app, merchant, scopes, expires_at } = read_apps::grant(w)?;
    read::ensure(scopes.is_sorted_by(|a, b| a < b), "scopes")?;
    Ok(AppGrant { app, merchant, scopes, expires_at })
}

pub(super) fn used(r: &AppUse) -> v1::AppUseRow {
    let moved = r.moved.iter().map(|(currency, amount)| {
        let (amount, currency) = (*amount, *currency);
        Money { amount, currency }.into()
    });
    v1::AppUseRow {
        limits: Some(write_apps::limits(r.app, &r.limits)),
        minute: r.minute,
        in_minute: r.in_minute,
        day: r.day,
        in_day: r.in_day,
        moved: moved.collect(),
    }
}

pub(super) fn read_used(w: &v1::AppUseRow) -> Field<AppUse> {
    let SetAppLimits { app, limits } = read_apps::set_limits(w.limits.as_ref().ok_or("limits")?)?;
    let moved = |w: &v1::Money| {
        let Money { amount, currency } = read::money(Some(*w), "moved")?;
        Ok((currency, amount))
    };
    Ok(AppUse {
        app,
        limits,
        minute: w.minute,
        in_minute: w.in_minute,
        day: w.day,
        in_day: w.in_day,
        moved: w.moved.iter().map(moved).collect::<Field<_>>()?,
    })
}
