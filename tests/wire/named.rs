//! Orders that name a coupon of another shard than their own (DOMAIN §4.2, DESIGN §9).

use crate::cluster::{Cluster, cny};
use serde_json::{Value, json};

/// Order and coupon lie where the coupon's user is; elsewhere nobody knows it.
#[test]
fn an_order_names_a_coupon_of_its_own_shard() {
    let mut c = Cluster::new(2);
    let (alice, shop) = (c.user(0, "alice", 20_000), c.merchant(1, "PROPORTIONAL"));
    c.settle();
    let campaign = c.at(0, "spring");
    let fund = json!({ "campaign": campaign, "amt": cny(1_000) });
    assert_eq!(c.ask(0, json!({ "fund_campaign": fund })), "ok");
    let terms = json!({ "template": "five", "campaign": campaign, "face": cny(500),
        "valid_from": "2020-01-01T00:00:00Z", "valid_until": "2050-01-01T00:00:00Z",
        "count_max": 9, "per_user": 9 });
    assert_eq!(c.ask(0, json!({ "define_coupon": terms })), "ok");
    let issued = json!({ "coupon": "five-1", "template": "five", "user": alice });
    assert_eq!(c.ask(0, json!({ "issue_coupon": issued })), "ok");
    let order = |payment: &str| -> Value {
        json!({ "create_payment": { "payment": payment, "out_trade_no": payment, "merchant": shop,
            "mode": "IN_APP", "amt": cny(500), "coupon": "five-1" } })
    };
    assert_eq!(c.ask(1, order("p1")), "NotAcrossShards");
    assert_eq!(c.ask(0, order("p2")), "ok");
    let legs = json!([{ "coupon": { "coupon": "five-1", "amt": cny(500) } }]);
    let pay = json!({ "payment": "p2", "user": alice, "legs": legs });
    assert_eq!(c.ask(0, json!({ "pay_payment": pay })), "ok");
    c.days(1);
    c.holds();
}
