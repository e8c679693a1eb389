//! Merchants that are closed where there are several shards: all of them are asked, and what is
//! open on one keeps a merchant open on all (DESIGN §9).

use crate::cluster::{Cluster, DAY_MS, cny};
use groat_ledger::Class;
use groat_proto::json::time_text;
use groat_proto::v1::settlement::Body;
use serde_json::{Value, json};

/// The shop is at home on the second of three shards, alice on the first, bob with the shop.
struct Market {
    c: Cluster,
    shop: String,
    alice: String,
    bob: String,
}

impl Market {
    fn new() -> Market {
        let mut c = Cluster::new(3);
        let (alice, bob) = (c.user(0, "alice", 50_000), c.user(1, "bob", 50_000));
        let shop = c.merchant(1, "PROPORTIONAL");
        Market { c, shop, alice, bob }
    }

    fn close(&mut self) -> String {
        let owner = json!({ "merchant": self.shop });
        self.c.ask(1, json!({ "close_account": { "account": owner } }))
    }

    fn order(&mut self, shard: u32, payment: &str, freeze: bool) -> String {
        let created = json!({ "payment": payment, "out_trade_no": payment, "merchant": self.shop,
            "mode": "IN_APP", "amt": cny(10_000), "royalty_freeze": freeze });
        self.c.ask(shard, json!({ "create_payment": created }))
    }

    fn paid(&mut self, payment: &str, freeze: bool) {
        assert_eq!(self.order(0, payment, freeze), "ok");
        let legs = json!([{ "balance": { "amt": cny(10_000) } }]);
        let paid = json!({ "payment": payment, "user": self.alice, "legs": legs });
        assert_eq!(self.c.ask(0, json!({ "pay_payment": paid })), "ok");
    }

    /// All settled money is paid out.
    fn pay_out(&mut self, payout: &str, amount: u64) {
        let owner = json!({ "merchant": self.shop });
        let asked = json!({ "payout": payout, "owner": owner, "amt": cny(amount) });
        assert_eq!(self.c.ask(1, json!({ "request_payout": asked })), "ok");
        assert_eq!(self.c.ask(1, json!({ "confirm_payout": { "payout": payout } })), "ok");
    }

    /// What was told of closing: whether it was closed, or why not.
    fn told(&self) -> Vec<String> {
        let told = self.c.told.iter().filter_map(|told| match told {
            Body::CloseDecided(d) if d.closed => Some("closed".to_owned()),
            Body::CloseDecided(d) => Some(d.why.clone()),
            _ => None,
        });
        told.collect()
    }

    /// Asks for it, lets all shards answer, and gives what was decided.
    fn closed(&mut self) -> String {
        assert_eq!(self.close(), "ok");
        self.c.settle();
        self.told().pop().unwrap()
    }
}

#[test]
fn a_merchant_is_closed_when_all_shards_have_answered() {
    let mut m = Market::new();
    assert_eq!(m.close(), "ok");
    assert_eq!(m.close(), "InvalidState", "they are being asked");
    assert_eq!(m.told(), [""; 0]);
    m.c.settle();
    assert_eq!(m.told(), ["closed"]);
    assert_eq!(m.close(), "AccountClosed");
    for shard in 0..3 {
        assert_eq!(m.order(shard, "p1", false), "AccountClosed", "on {shard}");
    }
    m.c.holds();
}

/// Whatever is open where a payer is, the merchant stays open everywhere until it is over, and none
/// of its money goes astray.
#[test]
fn what_is_open_elsewhere_keeps_a_merchant_open() {
    type Step = fn(&Market) -> Value;
    let due = time_text(1_769_817_600_000 + 9 * DAY_MS);
    let order: (Option<Step>, Step) = (None, |_| json!({ "close_payment": { "payment": "p1" } }));
    let hold: (Option<Step>, Step) = (
        Some(|m| {
            json!({ "authorize_funds": { "auth": "a1", "out_order_no": "o1",
                "out_request_no": "r1", "user": m.alice, "merchant": m.shop,
                "amt": cny(10_000) } })
        }),
        |_| json!({ "cancel_authorization": { "auth": "a1" } }),
    );
    for (what, (opened, ended)) in [("order", order), ("hold", hold)] {
        let mut m = Market::new();
        match opened.map(|opened| opened(&m)) {
            Some(opened) => assert_eq!(m.c.ask(0, opened), "ok", "{what}"),
            None => assert_eq!(m.order(0, "p1", false), "ok"),
        }
        assert_eq!(m.closed(), "OpenObligations", "{what}");
        assert_eq!(m.order(2, "p9", false), "ok", "it had said that nothing was open");
        assert_eq!(m.c.ask(2, json!({ "close_payment": { "payment": "p9" } })), "ok");
        let ended = ended(&m);
        assert_eq!(m.c.ask(0, ended), "ok", "{what}");
        assert_eq!(m.closed(), "closed", "{what}");
        m.c.holds();
    }
    // A day's sales, a dispute of them, and what is frozen of others.
    let mut m = Market::new();
    m.paid("p1", false);
    m.paid("p2", true);
    assert_eq!(m.closed(), "OpenObligations", "the day's sales");
    m.c.days(1);
    assert_eq!(m.close(), "BalanceNotZero", "they have come home");
    m.pay_out("w1", 9_940);
    assert_eq!(m.closed(), "OpenObligations", "what is frozen");
    let dispute = json!({ "dispute": "d1", "payment": "p2", "amt": cny(4_000),
        "kind": "CHARGEBACK", "due_at": due });
    assert_eq!(m.c.ask(0, json!({ "open_dispute": dispute })), "ok");
    let end = json!({ "payment": "p2", "out_request_no": "s", "finish": true });
    assert_eq!(m.c.ask(0, json!({ "split_payment": end })), "ok");
    m.c.days(1);
    m.pay_out("w2", 5_940);
    assert_eq!(m.closed(), "OpenObligations", "the dispute");
    let judged = json!({ "dispute": "d1", "ruling": "MERCHANT" });
    assert_eq!(m.c.ask(0, json!({ "judge_dispute": judged })), "ok");
    m.c.settle();
    m.pay_out("w3", 4_000);
    assert_eq!(m.closed(), "closed");
    assert_eq!(m.c.balance(1, Class::Suspense, ""), 0);
    m.c.holds();
}

/// What a merchant owes elsewhere for a dispute is asked for at its home: it is closed no sooner.
#[test]
fn what_a_merchant_owes_elsewhere_keeps_it_open() {
    let mut m = Market::new();
    m.paid("p1", false);
    m.c.days(1);
    m.pay_out("w1", 9_940);
    let dispute = json!({ "dispute": "d1", "payment": "p1", "amt": cny(3_000),
        "kind": "CHARGEBACK", "due_at": time_text(m.c.now + 9 * DAY_MS) });
    assert_eq!(m.close(), "ok");
    assert_eq!(m.c.ask(0, json!({ "open_dispute": dispute })), "ok", "it is not closed here yet");
    m.c.settle();
    assert_eq!(m.told(), ["OpenObligations"]);
    assert_eq!(m.c.balance(1, Class::MerchantReceivable, &m.shop), -3_000);
    assert_eq!(m.close(), "OpenObligations", "at home at once");
    m.c.holds();
}

/// At home the merchant goes on until all have answered.
#[test]
fn what_is_sold_at_home_meanwhile_keeps_a_merchant_open() {
    let mut m = Market::new();
    assert_eq!(m.close(), "ok");
    let (shop, bob) = (m.shop.clone(), m.bob.clone());
    m.c.pay(1, &bob, &shop, "p1", 10_000);
    m.c.settle();
    assert_eq!(m.told(), ["OpenObligations"]);
    for shard in [0, 2] {
        assert_eq!(m.order(shard, "p2", false), "ok", "{shard} was told that it is open");
    }
    m.c.holds();
}

/// A court does not wait: the restriction holds everywhere, and the merchant is not closed.
#[test]
fn a_restriction_meanwhile_keeps_a_merchant_open() {
    let mut m = Market::new();
    let block = json!({ "account": { "merchant": m.shop }, "block": "CREDIT", "case": "c" });
    assert_eq!(m.close(), "ok");
    assert_eq!(m.c.ask(1, json!({ "restrict_account": block.clone() })), "ok");
    m.c.settle();
    assert_eq!(m.told(), ["OpenObligations"]);
    for shard in 0..3 {
        assert_eq!(m.order(shard, "p1", false), "AccountRestricted", "on {shard}");
    }
    assert_eq!(m.c.ask(1, json!({ "lift_restriction": block })), "ok");
    m.c.settle();
    assert_eq!(m.closed(), "closed");
    m.c.holds();
}

/// Versions of before closed a merchant at once, whatever was open elsewhere: what came home later
/// waits in suspense. Their chains are decided again as they decided.
#[test]
fn a_merchant_that_was_closed_by_the_rules_of_before() {
    let mut m = Market::new();
    m.paid("p1", false);
    m.c.decide_by(3);
    assert_eq!(m.close(), "ok");
    assert_eq!(m.close(), "AccountClosed");
    m.c.decide_by(4);
    m.c.days(1);
    assert_eq!(m.c.balance(1, Class::MerchantAvailable, &m.shop), 0);
    assert_eq!(m.c.balance(1, Class::Suspense, ""), 9_940);
    assert_eq!(m.told(), [""; 0]);
    m.c.holds();
}
