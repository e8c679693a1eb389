//! Commands on third-party apps as a producer writes them, and commands as an app signs them.

use super::{Wire, part, some, text};
use groat_ledger::{Body, Id, Scope};
use groat_proto::v1;
use groat_tests::signing::{key, sign};

/// The command as it is sent: signed if an app asks. The number of an app is that of its key.
pub(crate) fn signed(command: v1::Command) -> v1::Command {
    let Some(app) = command.app.map(Id::from) else { return command };
    let number = app.to_string().trim_start_matches('a').parse().unwrap();
    sign(command, app, &key(number))
}

pub(super) fn body(body: &Body) -> Wire {
    let names = |scopes: &[Scope]| scopes.iter().map(|scope| scope.name().to_owned()).collect();
    match body.clone() {
        Body::RegisterApp(c) => Wire::RegisterApp(v1::RegisterApp {
            app_id: some(c.app),
            key_id: some(c.key),
            scopes: c.scopes.iter().map(text).collect(),
            public_key: c.public_key.map(Vec::from).unwrap_or_default(),
        }),
        Body::GrantAppAuth(c) => Wire::GrantAppAuth(v1::GrantAppAuth {
            app_id: some(c.app),
            merchant_id: some(c.merchant),
            scopes: names(&c.scopes),
            expires_at: c.expires_at,
        }),
        Body::RevokeAppAuth(c) => Wire::RevokeAppAuth(v1::RevokeAppAuth {
            app_id: some(c.app),
            merchant_id: some(c.merchant),
            scopes: names(&c.scopes),
        }),
        Body::SetAppLimits(c) => Wire::SetAppLimits(v1::SetAppLimits {
            app_id: some(c.app),
            per_minute: c.limits.per_minute,
            per_day: c.limits.per_day,
            caps: (c.limits.caps.iter())
                .map(|cap| v1::AppCap {
                    ccy: u32::from(cap.currency.code()),
                    single: cap.single.and_then(|amount| part(amount, cap.currency)),
                    day: cap.day.and_then(|amount| part(amount, cap.currency)),
                })
                .collect(),
        }),
        other => unreachable!("{other:?} is no command on apps"),
    }
}
