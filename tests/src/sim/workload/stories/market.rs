//! Stories of merchants: what is kept back of a new one's money, campaigns that end, and whom they
//! share with or let act for them, until they do not.

use super::sales::sale;
use super::{Cast, Step};
use crate::signing::public_key;
use crate::sim::chance::Chance;
use crate::sim::workload::START_MS;
use groat_proto::json::{hex, time_text};
use serde_json::json;

/// A merchant of whose money a part is kept back sells something, and has the part later.
pub(super) fn reserve(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let merchant = cast.named("kept");
    let terms = json!({ "merchant": merchant, "fee_ppm": 6_000, "cycle": 0,
        "reserve_bps": 5_000, "settle_ccy": cast.currency });
    let mut steps = vec![(json!({ "onboard_merchant": terms }), merchant.clone())];
    for no in 0..1 + chance.below(2) {
        let payment = format!("{merchant}-{no}");
        let sold = sale(cast, &payment, &merchant, 1_000 + chance.below(2_000));
        steps.extend(sold.map(|asked| cast.users(asked)));
    }
    // Days may have passed by then, or not.
    for _ in 0..3 {
        let amt = cast.money(1 + chance.below(100));
        let released = json!({ "release_reserve": { "merchant": merchant, "amt": amt } });
        steps.push((released, merchant.clone()));
    }
    steps
}

/// A campaign gives to those who claim, and what is left goes back where it came from.
pub(super) fn campaign(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let (campaign, packet) = (cast.named("gift"), cast.named("packet"));
    let funded = json!({ "campaign": campaign, "amt": cast.money(2_000) });
    let mut asked = vec![json!({ "fund_campaign": funded })];
    if chance.one_in(2) {
        asked.push(json!({ "send_red_packet": { "packet": packet,
            "sender": { "campaign": campaign }, "total": cast.money(1_000), "count": 3,
            "kind": "FIXED", "timeout_s": 60 + chance.below(100_000) } }));
        for user in [&cast.user, &cast.other] {
            asked.push(json!({ "claim_red_packet": { "packet": packet, "user": user } }));
        }
    }
    asked.push(json!({ "close_campaign": { "campaign": campaign } }));
    asked.into_iter().map(|asked| (asked, campaign.clone())).collect()
}

/// A merchant is bound to a new one, wherever that is at home, and no longer; or an app may act
/// for it, and no longer.
pub(super) fn relation(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    if chance.one_in(2) {
        let receiver = cast.named("guide");
        let terms = json!({ "merchant": receiver, "cycle": 1, "settle_ccy": cast.currency });
        let pair = json!({ "merchant": cast.merchant, "receiver": receiver });
        return vec![
            (json!({ "onboard_merchant": terms }), receiver),
            cast.merchants(json!({ "bind_royalty": pair })),
            cast.merchants(json!({ "unbind_royalty": pair })),
        ];
    }
    let app = cast.named("app");
    let key = hex::text(&public_key(3));
    let scopes = json!(["payments", "refunds"]);
    let less = if chance.one_in(2) { json!(["payments"]) } else { scopes.clone() };
    let asked = [
        json!({ "register_app": { "app_id": app, "key_id": "k1", "scopes": scopes,
            "public_key": key } }),
        json!({ "grant_app_auth": { "app_id": app, "merchant_id": cast.merchant,
            "scopes": scopes } }),
        json!({ "revoke_app_auth": { "app_id": app, "merchant_id": cast.merchant,
            "scopes": less } }),
    ];
    asked.into_iter().map(|asked| (asked, app.clone())).collect()
}

/// A user is given a coupon of a campaign that is at home with them, and mostly loses it again.
pub(super) fn coupon(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let (campaign, coupon) = (cast.named("sale"), cast.named("coupon"));
    let mut asked = vec![
        json!({ "fund_campaign": { "campaign": campaign, "amt": cast.money(2_000) } }),
        json!({ "define_coupon": { "template": campaign, "campaign": campaign,
            "face": cast.money(200), "min_spend": cast.money(300),
            "valid_from": time_text(START_MS),
            "valid_until": time_text(START_MS + 500_000_000), "count_max": 5, "per_user": 5 } }),
        json!({ "issue_coupon": { "coupon": coupon, "template": campaign, "user": cast.user } }),
    ];
    if !chance.one_in(4) {
        asked.push(json!({ "revoke_coupon": { "coupon": coupon, "reason": "misuse" } }));
    }
    asked.push(json!({ "close_campaign": { "campaign": campaign } }));
    asked.into_iter().map(|asked| cast.users(asked)).collect()
}
