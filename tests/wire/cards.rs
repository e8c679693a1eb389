//! Membership cards whose merchant is at home on another shard (DOMAIN §4.6): the template is known
//! everywhere, the card lives with its user.

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
