//! For the check of apps: books whose every hash is right and in which one event is another than
//! the one that was decided. And days that hold.

use super::Check;
use super::forgeries::{all_are_found_in, is, named, nothing};
use crate::sample;
use crate::verify::verify;
use groat_proto::v1::event::Fact;

#[test]
fn apps() {
    all_are_found_in(
        &sample::app_days(),
        &[
            (Check::Apps, "till did not sign this", |event| {
                if let Some(Fact::AppRegistered(f)) = &mut event.fact
                    && is(f.app_id, "till")
                {
                    // The public key of thirty-two times 3.
                    f.public_key = vec![
                        0xed, 0x49, 0x28, 0xc6, 0x28, 0xd1, 0xc2, 0xc6, 0xea, 0xe9, 0x03, 0x38,
                        0x90, 0x59, 0x95, 0x61, 0x29, 0x59, 0x27, 0x3a, 0x5c, 0x63, 0xf9, 0x36,
                        0x36, 0xc1, 0x46, 0x14, 0xac, 0x87, 0x37, 0xd1,
                    ];
                }
            }),
            (Check::Apps, "till is no app that signs", |event| {
                if let Some(Fact::AppRegistered(f)) = &mut event.fact
                    && is(f.app_id, "till")
                {
                    f.public_key.clear();
                    f.scopes.clear();
                }
            }),
            (Check::Apps, "till is not registered for rentals", |event| {
                if let Some(Fact::AppAsked(f)) = &mut event.fact
                    && is(f.app_id, "till")
                {
                    f.scope = "rentals".into();
                }
            }),
            (Check::Apps, "refunds is granted beyond the app's own scopes", |event| {
                if let Some(Fact::AppRegistered(f)) = &mut event.fact
                    && is(f.app_id, "till")
                {
                    f.scopes.pop();
                }
            }),
            (Check::Apps, "shop grants till no refunds", |event| {
                if let Some(Fact::AppAuthGranted(f)) = &mut event.fact
                    && f.expires_at.is_some()
                {
                    f.scopes = vec!["payments".into()];
                }
            }),
            (Check::Apps, "what shop granted till is over", |event| {
                if let Some(Fact::AppAuthGranted(f)) = &mut event.fact
                    && f.expires_at.is_some()
                {
                    f.expires_at = Some(1_772_352_180_000);
                }
            }),
            (Check::Apps, "shop grants till no payments", |event| {
                if let Some(Fact::AppAuthGranted(f)) = &mut event.fact
                    && f.scopes == ["payments"]
                    && is(f.merchant_id, "shop")
                {
                    event.fact = nothing();
                }
            }),
            (Check::Apps, "till asked about inn, and touched what is shop's", |event| {
                if let Some(Fact::AppAsked(f)) = &mut event.fact
                    && is(f.merchant_id, "shop")
                    && f.scope == "payments"
                {
                    f.merchant_id = named("inn");
                }
            }),
            (Check::Apps, "purse moves more money than it may", |event| {
                if let Some(Fact::AppLimitsSet(f)) = &mut event.fact
                    && let Some(day) = &mut f.caps[0].day
                {
                    day.amount -= 1;
                }
            }),
            (Check::Apps, "purse does more commands than it may", |event| {
                if let Some(Fact::AppLimitsSet(f)) = &mut event.fact {
                    f.per_minute = Some(1);
                }
            }),
            // The scope came back with the new grant.
            (Check::Apps, "shop grants till no refunds", |event| match &mut event.fact {
                Some(Fact::AppAuthRevoked(f)) if is(f.merchant_id, "shop") => {
                    event.fact = nothing();
                }
                Some(Fact::AppAsked(f)) if f.scope == "authorizations" => {
                    f.scope = "refunds".into();
                }
                _ => {}
            }),
            (Check::Apps, "inn grants till no coupons", |event| {
                if let Some(Fact::AppAuthGranted(f)) = &mut event.fact
                    && is(f.merchant_id, "inn")
                {
                    f.scopes.retain(|scope| scope != "coupons");
                }
            }),
            (Check::Apps, "inn grants till no refunds", |event| {
                if let Some(Fact::AppAuthGranted(f)) = &mut event.fact
                    && is(f.merchant_id, "inn")
                {
                    f.scopes.retain(|scope| scope != "refunds");
                }
            }),
            (Check::Apps, "till is not registered for wallet", |event| {
                if let Some(Fact::AppRegistered(f)) = &mut event.fact
                    && is(f.app_id, "till")
                {
                    f.scopes.retain(|scope| scope != "wallet");
                }
            }),
            (Check::Apps, "till gives points a worth", |event| {
                if let Some(Fact::CardDefined(f)) = &mut event.fact
                    && let Some(points) = &mut f.points
                {
                    points.value_micros = 1;
                }
            }),
            (Check::Apps, "till moves 1 that it did not count", |event| {
                if let Some(Fact::AppAsked(f)) = &mut event.fact
                    && f.scope == "authorizations"
                    && let Some(moves) = &mut f.amount
                {
                    moves.amount -= 1;
                }
            }),
            (Check::Apps, "till asks for payments of no merchant", |event| {
                if let Some(Fact::AppAsked(f)) = &mut event.fact
                    && f.scope == "payments"
                {
                    f.merchant_id = None;
                }
            }),
            (Check::Apps, "nothing says that purse asked", |event| {
                if let Some(Fact::AppAsked(f)) = &mut event.fact
                    && is(f.app_id, "purse")
                {
                    event.fact = nothing();
                }
            }),
        ],
    );
}

#[test]
fn days_of_apps_hold() {
    let report = verify(sample::app_days().chain(), &mut |_, _| {}).unwrap();
    assert_eq!(report.first_bad, None);
    let of_apps = |checked: &&super::Checked| checked.invariant == 20;
    assert!(report.checks.iter().filter(of_apps).all(|checked| checked.times > 20));
}
