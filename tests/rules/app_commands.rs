//! Verbs of the tables that are commands on third-party apps.

use crate::words::{Args, money, time};
use groat_ledger::{AppCap, AppLimits, Body, GrantAppAuth, RevokeAppAuth, Scope, SetAppLimits};

/// The command of a line; `None` when the verb is no command of this subject.
pub(crate) fn body(verb: &str, a: &mut Args<'_>, now: u64) -> Option<Body> {
    Some(match verb {
        "grant_app" => Body::GrantAppAuth(GrantAppAuth {
            app: a.id(),
            merchant: a.id(),
            scopes: a.rest().into_iter().map(scope).collect(),
            expires_at: a.option("until").map(|at| time(at, now)),
        }),
        "revoke_app" => Body::RevokeAppAuth(RevokeAppAuth {
            app: a.id(),
            merchant: a.id(),
            scopes: a.rest().into_iter().map(scope).collect(),
        }),
        // `tea minute=2 day=9 CNY:10.00:25.00`: at once and a day, `-` for no cap.
        "app_limits" => Body::SetAppLimits(SetAppLimits {
            app: a.id(),
            limits: AppLimits {
                per_minute: a.option("minute").map(|n| n.parse().unwrap()),
                per_day: a.option("day").map(|n| n.parse().unwrap()),
                caps: a.rest().into_iter().map(cap).collect(),
            },
        }),
        _ => return None,
    })
}

fn scope(name: &str) -> Scope {
    Scope::of_name(name).unwrap_or_else(|| panic!("no scope: {name}"))
}

fn cap(word: &str) -> AppCap {
    let parts: Vec<&str> = word.split(':').collect();
    let [currency, single, day] = parts[..] else { panic!("CNY:10.00:25.00, not {word}") };
    let minor = |text: &str| (text != "-").then(|| money(&format!("{currency}{text}")).amount);
    AppCap { currency: currency.parse().unwrap(), single: minor(single), day: minor(day) }
}
