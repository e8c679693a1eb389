//! Commands on third-party apps, and which commands are asked in the name of one.

use super::{Kind, Scene, named};
use groat_ledger::{
    AppCap, AppLimits, Body, Currency, GrantAppAuth, Id, RegisterApp, RevokeAppAuth, Scope,
    SetAppLimits,
};
use groat_tests::signing::public_key;

/// What merchants can grant.
const GRANTED: [Scope; 9] = [
    Scope::Payments,
    Scope::Refunds,
    Scope::Authorizations,
    Scope::Rentals,
    Scope::Payouts,
    Scope::Coupons,
    Scope::Invoices,
    Scope::Disputes,
    Scope::Merchants,
];

/// One app that may do everything and is granted it by two merchants, and one that may do little.
/// The number of an app is that of its key.
pub(super) fn prologue() -> Vec<Body> {
    let app = |number: usize, scopes: &[Scope]| {
        let seed = u8::try_from(number).unwrap();
        let names = scopes.iter().map(|scope| groat_ledger::Reference::new(scope.name()).unwrap());
        Body::RegisterApp(RegisterApp {
            app: named('a', number),
            key: named('y', number),
            scopes: names.collect(),
            public_key: Some(public_key(seed)),
        })
    };
    let grant = |app: usize, merchant: usize, scopes: &[Scope]| {
        let (app, merchant) = (named('a', app), named('m', merchant));
        let (scopes, expires_at) = (scopes.to_vec(), None);
        Body::GrantAppAuth(GrantAppAuth { app, merchant, scopes, expires_at })
    };
    let little = [Scope::Payments, Scope::Refunds];
    vec![
        app(0, Scope::ALL),
        app(1, &little),
        grant(0, 0, &GRANTED),
        grant(0, 1, &GRANTED),
        grant(1, 0, &little),
    ]
}

impl Scene<'_> {
    /// The app in whose name a command is asked; none for most.
    pub(super) fn asker(&mut self) -> Id {
        let by_an_app = self.dice.one_in(5);
        if by_an_app { self.an_app() } else { Id::NONE }
    }

    fn an_app(&mut self) -> Id {
        let number = self.dice.pick(&[0, 0, 0, 1]);
        named('a', number)
    }

    pub(super) fn app(&mut self, kind: Kind) -> Option<Body> {
        let unknown = self.dice.one_in(20);
        let app = if unknown { named('a', 9) } else { self.an_app() };
        Some(match kind {
            Kind::GrantAppAuth => {
                let scopes = match self.dice.of(8) {
                    0 => Vec::new(),
                    1 => vec![Scope::Refunds, Scope::Rentals],
                    2 | 3 => vec![Scope::Payments, Scope::Refunds],
                    _ => GRANTED.to_vec(),
                };
                let day = self.now + 86_400_000;
                let ends = [None, None, Some(day), Some(day * 2), Some(self.now)];
                let (merchant, expires_at) = (self.merchant(), self.dice.pick(&ends));
                Body::GrantAppAuth(GrantAppAuth { app, merchant, scopes, expires_at })
            }
            Kind::RevokeAppAuth => {
                let scopes = match self.dice.of(3) {
                    0 => Vec::new(),
                    1 => vec![Scope::Refunds],
                    _ => vec![Scope::Rentals, Scope::Payouts],
                };
                Body::RevokeAppAuth(RevokeAppAuth { app, merchant: self.merchant(), scopes })
            }
            Kind::SetAppLimits => {
                let cap = AppCap {
                    currency: Currency::CNY,
                    single: self.dice.pick(&[None, Some(500), Some(2_000)]),
                    day: self.dice.pick(&[None, Some(900)]),
                };
                let caps = if self.dice.one_in(3) { vec![cap] } else { Vec::new() };
                let caps = if self.dice.one_in(16) { vec![cap, cap] } else { caps };
                let limits = AppLimits {
                    per_minute: self.dice.pick(&[None, None, Some(1), Some(2)]),
                    per_day: self.dice.pick(&[None, None, Some(5)]),
                    caps,
                };
                Body::SetAppLimits(SetAppLimits { app, limits })
            }
            _ => return None,
        })
    }
}
