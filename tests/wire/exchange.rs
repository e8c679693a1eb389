//! Payments in another currency whose merchant is at home on another shard (DOMAIN §1.8, §4.6).

use crate::cluster::{Cluster, cny};
use groat_ledger::{AccountKey, Class, Currency, Id};
use groat_proto::v1::settlement;
use serde_json::{Value, json};

fn usd(minor: u64) -> Value {
    json!({ "amount": format!("{}.{:02}", minor / 100, minor % 100), "currency": "USD" })
}

/// Credit less debit in dollars.
fn dollars(c: &Cluster, shard: usize, class: Class, owner: &str) -> i128 {
    let owner = if owner.is_empty() { Id::NONE } else { owner.parse().unwrap() };
    let currency: Currency = "USD".parse().unwrap();
    let account = AccountKey::of(class, owner, currency);
    let account = c.shards[shard].books().ledger().account(&account);
    account.map_or(0, groat_ledger::Account::credit_balance)
}

/// The quote holds on every shard, and its home alone tells it. What was sold goes home in the
/// merchant's currency; the positions stay where the payer is. A refund is paid by the home in the
/// merchant's currency, and given back in the payer's, at the payment's own price.
#[test]
fn a_quote_holds_everywhere_and_the_sale_goes_home() {
    let mut c = Cluster::new(3);
    let (alice, shop, quote) = (c.user(0, "alice", 10_000), c.at(2, "shop"), c.at(1, "quote"));
    let terms = json!({ "merchant": shop, "fee_ppm": 6000, "cycle": 1,
        "fee_refund": "PROPORTIONAL", "settle_ccy": "USD" });
    assert_eq!(c.ask(2, json!({ "onboard_merchant": terms })), "ok");
    let published = json!({ "publish_quote": { "quote": quote, "base_ccy": "USD",
        "quote_ccy": "CNY", "price": "7.2463", "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": "2027-01-01T00:00:00Z", "guaranteed": true } });
    assert_eq!(c.ask(0, published.clone()), "WrongShard");
    c.told.clear();
    assert_eq!(c.ask(1, published), "ok");
    c.settle();
    let told = c.told.iter().filter(|told| matches!(told, settlement::Body::QuotePublished(_)));
    assert_eq!(told.count(), 1, "its home tells it");
    let order = |payment: &str| {
        json!({ "create_payment": { "payment": payment, "out_trade_no": payment,
            "merchant": shop, "mode": "IN_APP", "amt": usd(1_000), "quote": quote } })
    };
    assert_eq!(c.ask(0, order("p1")), "ok");
    let legs = json!([{ "balance": { "amt": cny(7_246) } }]);
    let pay = json!({ "pay_payment": { "payment": "p1", "user": alice, "legs": legs } });
    assert_eq!(c.ask(0, pay), "ok");
    assert_eq!(c.cash(0, &alice), 2_754);
    assert_eq!(c.balance(0, Class::FxPosition, ""), 7_246);
    assert_eq!(dollars(&c, 0, Class::FxPosition, ""), -1_000);
    c.days(2);
    assert_eq!(dollars(&c, 2, Class::MerchantAvailable, &shop), 994);
    let refund = |number: &str, amount: Value| {
        let of = json!({ "payment": "p1", "out_request_no": number, "amt": amount });
        json!({ "refund_payment": of })
    };
    assert_eq!(c.ask(0, refund("r1", cny(2_413))), "CurrencyMismatch");
    for (number, cents, cash) in [("r1", 333, 5_167), ("r2", 333, 7_580), ("r3", 334, 10_000)] {
        assert_eq!(c.ask(0, refund(number, usd(cents))), "ok");
        c.settle();
        assert_eq!(c.cash(0, &alice), cash, "{number}");
    }
    assert_eq!(c.balance(0, Class::FxPosition, ""), 0);
    assert_eq!(dollars(&c, 0, Class::FxPosition, ""), 0);
    assert_eq!(dollars(&c, 0, Class::ServiceFee, ""), 0, "the whole fee is returned");
    assert_eq!(dollars(&c, 2, Class::MerchantAvailable, &shop), 0);
    c.holds();
}
