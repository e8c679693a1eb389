//! Parts of payments settled ahead of their batch, where the merchant is at home on another shard
//! (DOMAIN §4.6, DESIGN §9).

use crate::cluster::{Cluster, DAY_MS, cny};
use groat_ledger::Class;
use groat_proto::v1::settlement::Body;
use serde_json::json;

/// alice, with money, on the first shard; on the second a merchant of whose money a tenth is kept
/// back for three days.
struct Sale {
    c: Cluster,
    alice: String,
    shop: String,
}

impl Sale {
    fn new() -> Sale {
        let mut c = Cluster::new(2);
        let (alice, shop) = (c.user(0, "alice", 100_000), c.at(1, "shop"));
        let terms = json!({ "merchant": shop, "fee_ppm": 0, "cycle": 1, "reserve_bps": 1_000,
            "reserve_days": 3, "settle_ccy": "CNY" });
        assert_eq!(c.ask(1, json!({ "onboard_merchant": terms })), "ok");
        c.settle();
        Sale { c, alice, shop }
    }

    fn pay(&mut self, payment: &str, amount: u64) {
        self.c.pay(0, &self.alice, &self.shop, payment, amount);
    }

    fn confirm(&mut self, payment: &str, amount: u64) -> String {
        let part = json!({ "payment": payment, "amt": cny(amount) });
        self.c.ask(0, json!({ "confirm_settlement": part }))
    }

    /// Settled money, what is kept back and what is owed, at home.
    fn has(&self) -> [i128; 3] {
        let of = |class| self.c.balance(1, class, &self.shop);
        let owes = -of(Class::MerchantReceivable);
        [of(Class::MerchantAvailable), of(Class::MerchantReserve), owes]
    }
}

#[test]
fn a_part_of_a_sale_elsewhere_is_settled_at_home() {
    let mut sale = Sale::new();
    sale.pay("p1", 10_000);
    assert_eq!(sale.confirm("p1", 10_001), "ConfirmationExceedsUnsettled");
    assert_eq!(sale.confirm("p1", 4_000), "ok");
    assert_eq!(sale.confirm("p1", 6_001), "ConfirmationExceedsUnsettled");
    let here = sale.c.balance(0, Class::MerchantAvailable, &sale.shop);
    assert_eq!((here, sale.has()), (0, [0, 0, 0]), "it is on its way");
    sale.c.settle();
    assert_eq!(sale.has(), [3_600, 400, 0]);
    let confirmed = sale.c.told.iter().filter_map(|told| match told {
        Body::SettlementConfirmed(c) => {
            Some((c.out_trade_no.as_str(), c.available.unwrap().amount))
        }
        _ => None,
    });
    assert_eq!(confirmed.collect::<Vec<_>>(), [("p1", 3_600)], "its home tells it");
    sale.c.days(1);
    assert_eq!(sale.has(), [9_000, 1_000, 0]);
    assert_eq!(sale.confirm("p1", 1), "InvalidState", "the batch has gone home");
    sale.c.days(4);
    assert_eq!(sale.has(), [10_000, 0, 0], "all of it was kept for three days");
    sale.c.holds();
}

/// As a batch would: the debt first. And who may not be credited waits for the batch.
#[test]
fn what_is_confirmed_pays_the_debt_first() {
    let mut sale = Sale::new();
    sale.pay("p1", 5_000);
    sale.c.days(1);
    let owner = json!({ "merchant": sale.shop });
    let payout = json!({ "payout": "w1", "owner": owner, "amt": cny(4_500) });
    assert_eq!(sale.c.ask(1, json!({ "request_payout": payout })), "ok");
    let dispute = json!({ "dispute": "d1", "payment": "p1", "amt": cny(5_000),
        "kind": "CHARGEBACK", "due_at": "2026-03-01T00:00:00Z" });
    assert_eq!(sale.c.ask(0, json!({ "open_dispute": dispute })), "ok");
    sale.c.settle();
    assert_eq!(sale.has(), [0, 500, 5_000]);
    sale.pay("p2", 8_000);
    assert_eq!(sale.confirm("p2", 6_000), "ok");
    sale.c.settle();
    assert_eq!(sale.has(), [900, 600, 0]);
    let block = json!({ "account": { "merchant": sale.shop }, "block": "CREDIT", "case": "c" });
    assert_eq!(sale.c.ask(1, json!({ "restrict_account": block })), "ok");
    sale.c.settle();
    assert_eq!(sale.confirm("p2", 1), "AccountRestricted");
    sale.c.holds();
}

/// Its home is days ahead and has settled the batch of that date: what is kept back is given back
/// all the same.
#[test]
fn a_part_that_comes_after_its_date_was_settled() {
    let mut sale = Sale::new();
    let bob = sale.c.user(1, "bob", 10_000);
    let shop = sale.shop.clone();
    sale.c.pay(1, &bob, &shop, "p2", 1_000);
    sale.pay("p1", 10_000);
    assert_eq!(sale.confirm("p1", 4_000), "ok");
    let ahead = sale.c.now + 6 * DAY_MS;
    sale.c.shards[1].tick(ahead);
    sale.c.seal(1);
    assert_eq!(sale.has(), [1_000, 0, 0], "settled, kept and given back");
    sale.c.settle();
    assert_eq!(sale.has(), [4_600, 400, 0]);
    sale.c.days(7);
    assert_eq!(sale.has(), [11_000, 0, 0]);
    sale.c.holds();
}
