//! Membership cards whose merchant is at home on another shard (DOMAIN §4.6): the template is known
//! everywhere, the card with its points lives with its user.

use crate::cluster::{Cluster, cny};
use groat_ledger::Class;
use serde_json::{Value, json};

/// A card of a shop elsewhere is loaded and pays where its user is; what was sold goes home. What a
/// refund gives back is paid by the home and stored again.
#[test]
fn a_card_pays_a_merchant_of_another_shard() {
    let mut c = Cluster::new(3);
    let (alice, shop) = (c.user(0, "alice", 10_000), c.at(2, "shop"));
    let terms = json!({ "merchant": shop, "fee_ppm": 0, "cycle": 1,
        "fee_refund": "PROPORTIONAL", "settle_ccy": "CNY" });
    assert_eq!(c.ask(2, json!({ "onboard_merchant": terms })), "ok");
    let kind = json!({ "define_card": { "template": "club", "merchant": shop, "ccy": "CNY" } });
    assert_eq!(c.ask(0, kind.clone()), "WrongShard");
    let card = json!({ "card": "card-1", "user": alice, "template": "club" });
    assert_eq!(c.ask(0, json!({ "open_card": card })), "UnknownAccount");
    assert_eq!(c.ask(2, kind.clone()), "ok");
    c.settle();
    assert_eq!(c.ask(2, kind), "Duplicate");
    assert_eq!(c.ask(2, json!({ "open_card": card })), "WrongShard");
    assert_eq!(c.ask(0, json!({ "open_card": card })), "ok");
    let load = |amount: u64| {
        let load = json!({ "card": "card-1", "user": alice, "amt": cny(amount) });
        json!({ "load_card": load })
    };
    assert_eq!(c.ask(2, load(5_000)), "WrongShard");
    assert_eq!(c.ask(0, load(5_000)), "ok");
    let order = json!({ "create_payment": { "payment": "p1", "out_trade_no": "o1",
        "merchant": shop, "mode": "IN_APP", "amt": cny(6_000) } });
    assert_eq!(c.ask(0, order), "ok");
    let legs: Value = json!([{ "balance": { "amt": cny(2_000) } },
        { "stored_value": { "card": "card-1", "amt": cny(4_000) } }]);
    let pay = json!({ "pay_payment": { "payment": "p1", "user": alice, "legs": legs } });
    assert_eq!(c.ask(0, pay), "ok");
    assert_eq!((c.cash(0, &alice), c.balance(0, Class::StoredValue, "card-1")), (3_000, 1_000));
    c.days(2);
    assert_eq!(c.balance(2, Class::MerchantAvailable, &shop), 6_000);
    let refund = json!({ "refund_payment": { "payment": "p1", "out_request_no": "r1",
        "amt": cny(5_000) } });
    assert_eq!(c.ask(0, refund), "ok");
    c.settle();
    assert_eq!((c.cash(0, &alice), c.balance(0, Class::StoredValue, "card-1")), (5_000, 4_000));
    assert_eq!(c.balance(2, Class::MerchantAvailable, &shop), 1_000);
    c.holds();
}

/// Points are earned where the user is, of what was bought elsewhere, and pay there; the merchant's
/// home has what they paid, and gives it back with a refund, which points have back at their card.
#[test]
fn points_pay_a_merchant_of_another_shard() {
    let mut c = Cluster::new(3);
    let (alice, shop) = (c.user(0, "alice", 10_000), c.at(2, "shop"));
    let terms = json!({ "merchant": shop, "fee_ppm": 0, "cycle": 1,
        "fee_refund": "PROPORTIONAL", "settle_ccy": "CNY" });
    assert_eq!(c.ask(2, json!({ "onboard_merchant": terms })), "ok");
    let kind = json!({ "template": "club", "merchant": shop, "ccy": "CNY",
        "points": { "per": cny(100), "value_micros": 1_000_000, "decimals": 1 } });
    assert_eq!(c.ask(2, json!({ "define_card": kind })), "ok");
    c.settle();
    let card = json!({ "card": "card-1", "user": alice, "template": "club" });
    assert_eq!(c.ask(0, json!({ "open_card": card })), "ok");
    let load = json!({ "card": "card-1", "user": alice, "amt": cny(1_000) });
    assert_eq!(c.ask(0, json!({ "load_card": load })), "ok");
    let earn = json!({ "earn_points": { "card": "card-1", "user": alice, "payment": "p1" } });
    c.pay(0, &alice, &shop, "p1", 6_050);
    assert_eq!(c.ask(2, earn.clone()), "WrongShard");
    assert_eq!(c.ask(0, earn.clone()), "ok");
    assert_eq!(c.ask(0, earn), "AlreadyEarned");
    let owed = |c: &Cluster| c.balance(0, Class::PointsLiability, "club");
    // 60.5 points at a fen each, rounded once.
    assert_eq!(owed(&c), 61);

    let order = json!({ "create_payment": { "payment": "p2", "out_trade_no": "o2",
        "merchant": shop, "mode": "IN_APP", "amt": cny(1_000) } });
    assert_eq!(c.ask(0, order), "ok");
    let pay = |points: u64| {
        let legs = json!([{ "stored_value": { "card": "card-1", "amt": cny(1_000 - points) } },
            { "points": { "card": "card-1", "amt": cny(points) } }]);
        json!({ "pay_payment": { "payment": "p2", "user": alice, "legs": legs } })
    };
    assert_eq!(c.ask(0, pay(61)), "PointsInsufficient");
    assert_eq!(c.ask(0, pay(40)), "ok");
    assert_eq!((owed(&c), c.balance(0, Class::StoredValue, "card-1")), (21, 40));
    c.days(2);
    assert_eq!(c.balance(2, Class::MerchantAvailable, &shop), 7_050);
    let refund = json!({ "refund_payment": { "payment": "p2", "out_request_no": "r1",
        "amt": cny(980) } });
    assert_eq!(c.ask(0, refund), "ok");
    c.settle();
    assert_eq!((owed(&c), c.balance(0, Class::StoredValue, "card-1")), (41, 1_000));
    assert_eq!(c.balance(2, Class::MerchantAvailable, &shop), 6_070);
    assert_eq!(c.cash(0, &alice), 10_000 - 1_000 - 6_050);
    c.holds();
}
