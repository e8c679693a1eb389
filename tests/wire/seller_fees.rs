//! A seller bears the fee of a plan where it is at home on the payer's shard; elsewhere it is
//! refused by name.

use crate::cluster::{Cluster, cny};
use groat_ledger::Class;
use serde_json::json;

#[test]
fn a_sellers_fee_stays_on_one_shard() {
    let mut c = Cluster::new(2);
    let alice = c.user(0, "alice", 0);
    let line = json!({ "grant_credit_line": { "user": alice, "limit": cny(100_000),
        "statement_day": 1, "due_day": 10, "billing": {} } });
    assert_eq!(c.ask(0, line), "ok");
    for (shard, payment, bearer, outcome) in
        [(1, "p1", "SELLER", "NotAcrossShards"), (1, "p1", "USER", "ok"), (0, "p2", "SELLER", "ok")]
    {
        let shop = c.at(shard, "shop");
        let terms = json!({ "merchant": shop, "fee_ppm": 6000, "cycle": 1, "settle_ccy": "CNY" });
        c.ask(shard, json!({ "onboard_merchant": terms }));
        c.settle();
        let created = json!({ "create_payment": { "payment": payment, "out_trade_no": payment,
            "merchant": shop, "mode": "IN_APP", "amt": cny(10_000) } });
        c.ask(0, created);
        let terms = json!({ "plan": format!("plan-{payment}"), "amt": cny(10_000), "n": 3,
            "fee_ppm": 23_000, "bearer": bearer });
        let paid = json!({ "pay_payment": { "payment": payment, "user": alice,
            "legs": [{ "instalment": terms }] } });
        assert_eq!(c.ask(0, paid), outcome, "{payment}, {bearer}");
    }
    assert_eq!(c.balance(0, Class::UnearnedFee, "plan-p1"), 0);
    assert_eq!(c.balance(0, Class::UnearnedFee, "plan-p2"), 230);
    c.days(2);
    c.settle();
    let shops = [0, 1].map(|shard| {
        let shop = c.at(shard, "shop");
        c.balance(shard, Class::MerchantAvailable, &shop)
    });
    assert_eq!(shops, [9_710, 9_940]);
    c.holds();
}
