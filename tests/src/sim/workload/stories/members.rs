//! Stories of users: members with a card and points, and those who are kept from their money.

use super::sales::sale;
use super::{Cast, Step, with};
use crate::sim::chance::Chance;
use serde_json::{Value, json};

/// A card of a kind of its own is loaded, earns points that are redeemed, and is closed.
pub(super) fn card(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let (card, template, payment) = (cast.named("card"), cast.named("kind"), cast.named("bonus"));
    let kind = json!({ "template": template, "ccy": cast.currency,
        "balance_cap": cast.money(90_000),
        "points": { "per": cast.money(100), "value_micros": 1_000_000, "valid_days": 30 } });
    let own = |more: Value| with(json!({ "card": card, "user": cast.user }), more);
    let load = cast.money(300 + chance.below(500));
    let [created, paid] = sale(cast, &payment, &cast.merchant, 1_000 + chance.below(2_000));
    let mut asked = vec![
        json!({ "open_card": own(json!({ "template": template })) }),
        json!({ "load_card": own(json!({ "amt": load })) }),
        created,
        paid,
        json!({ "earn_points": own(json!({ "payment": payment })) }),
        json!({ "redeem_points": own(json!({ "points": 1 + chance.below(12) })) }),
        json!({ "adjust_points": own(json!({ "points": 1 + chance.below(5),
            "less": chance.one_in(2), "reason": "corrected" })) }),
        json!({ "unload_card": own(json!({ "amt": load })) }),
    ];
    if chance.one_in(3) {
        asked.push(json!({ "update_card": own(json!({ "suspended": chance.one_in(2) })) }));
    }
    if chance.one_in(2) {
        asked.push(json!({ "close_card": own(json!({})) }));
    }
    let defined = (json!({ "define_card": kind }), template);
    [defined].into_iter().chain(asked.into_iter().map(|asked| cast.users(asked))).collect()
}

/// A user or a merchant may not pay or be paid, until the case is over.
pub(super) fn restricted(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let (owner, key) = match chance.below(2) {
        0 => (json!({ "merchant": cast.merchant }), &cast.merchant),
        _ => (json!({ "user": cast.user }), &cast.user),
    };
    let blocks = ["CREDIT", "DEBIT", "ALL"];
    let block = json!({ "account": owner, "block": blocks[chance.index(blocks.len())],
        "case": "case" });
    let asked = [json!({ "restrict_account": block }), json!({ "lift_restriction": block })];
    asked.into_iter().map(|asked| (asked, key.clone())).collect()
}
