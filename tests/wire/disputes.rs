//! Disputes of what a merchant sold on another shard than its home: held where it was paid at once,
//! paid for by the home, and what is won goes there (DOMAIN §4.6, DESIGN §9).

use crate::cluster::{Cluster, DAY_MS, cny};
use groat_ledger::Class;
use groat_proto::json::time_text;
use groat_proto::v1::settlement;
use serde_json::json;

/// Two shards: alice, with money, at home on the first, and a merchant on the second.
struct Sale {
    c: Cluster,
    alice: String,
    shop: String,
}

impl Sale {
    fn new(fee_ppm: u64) -> Sale {
        let mut c = Cluster::new(2);
        let (alice, shop) = (c.user(0, "alice", 100_000), c.at(1, "shop"));
        // So that the second shard's part of the bank can pay out.
        c.user(1, "bob", 100_000);
        let terms = json!({ "merchant": shop, "fee_ppm": fee_ppm, "cycle": 1,
            "fee_refund": "PROPORTIONAL", "settle_ccy": "CNY" });
        assert_eq!(c.ask(1, json!({ "onboard_merchant": terms })), "ok");
        c.settle();
        Sale { c, alice, shop }
    }

    fn pay(&mut self, payment: &str, amount: u64) {
        self.c.pay(0, &self.alice, &self.shop, payment, amount);
    }

    fn open(&mut self, dispute: &str, payment: &str, amount: u64) -> String {
        let due_at = time_text(self.c.now + 9 * DAY_MS);
        let opened = json!({ "dispute": dispute, "payment": payment, "amt": cny(amount),
            "kind": "CHARGEBACK", "due_at": due_at });
        self.c.ask(0, json!({ "open_dispute": opened }))
    }

    fn judge(&mut self, dispute: &str, ruling: &str, fee: u64) -> String {
        let mut judged = json!({ "dispute": dispute, "ruling": ruling });
        if fee > 0 {
            judged["fee"] = cny(fee);
        }
        self.c.ask(0, json!({ "judge_dispute": judged }))
    }

    fn pay_out(&mut self, payout: &str, amount: u64) {
        let owner = json!({ "merchant": self.shop });
        let payout = json!({ "payout": payout, "owner": owner, "amt": cny(amount) });
        assert_eq!(self.c.ask(1, json!({ "request_payout": payout })), "ok");
    }

    /// Settled money at home; the debt where it was paid, and at home; what is held.
    fn books(&self, dispute: &str) -> (i128, i128, i128, i128) {
        let c = &self.c;
        let owes = |shard| -c.balance(shard, Class::MerchantReceivable, &self.shop);
        let held = c.balance(0, Class::MerchantDisputed, dispute);
        (c.balance(1, Class::MerchantAvailable, &self.shop), owes(0), owes(1), held)
    }
}

/// DOMAIN §7, example 24, between two shards: what the merchant's settled money lacks becomes its
/// debt at its home, which the next batch pays first.
#[test]
fn the_dispute_of_example_24_between_shards() {
    let mut sale = Sale::new(0);
    sale.pay("p1", 5_000);
    sale.c.days(1);
    sale.pay_out("w1", 3_000);
    assert_eq!(sale.open("d1", "p1", 5_000), "ok");
    assert_eq!(sale.books("d1"), (2_000, 5_000, 0, 5_000), "it is held at once");
    sale.c.settle();
    assert_eq!(sale.books("d1"), (0, 0, 3_000, 5_000));
    assert_eq!(sale.judge("d1", "CUSTOMER", 0), "ok");
    assert_eq!(sale.c.cash(0, &sale.alice), 100_000);
    assert_eq!(sale.c.refund(0, "p1", "f2", 1), "PaymentDisputed");
    sale.pay("p2", 8_521);
    sale.c.days(1);
    assert_eq!(sale.books("d1"), (5_521, 0, 0, 0), "the debt is paid first");
    let judged = sale.c.told.iter().any(|t| matches!(t, settlement::Body::DisputeJudged(_)));
    assert!(judged, "the merchant is told");
    sale.c.holds();
}

/// The payment's own part of its batch gives first, without a word to the home. What the merchant
/// wins is its settled money at its home, after its debt there.
#[test]
fn what_a_merchant_elsewhere_wins_goes_home() {
    let mut sale = Sale::new(6_000);
    sale.pay("p1", 10_000);
    assert_eq!(sale.open("d1", "p1", 3_000), "ok");
    assert_eq!(sale.books("d1"), (0, 0, 0, 3_000), "of the day's own sales");
    sale.c.days(1);
    assert_eq!(sale.books("d1"), (6_940, 0, 0, 3_000));
    assert_eq!(sale.judge("d1", "MERCHANT", 0), "ok");
    assert_eq!(sale.c.balance(0, Class::MerchantAvailable, &sale.shop), 0, "it is on its way");
    sale.c.settle();
    assert_eq!(sale.books("d1"), (9_940, 0, 0, 0));
    // The debt of one dispute is paid by what is won in another.
    sale.pay_out("w1", 9_940);
    assert_eq!(sale.open("d2", "p1", 4_000), "ok");
    sale.c.settle();
    assert_eq!(sale.books("d2"), (0, 0, 4_000, 4_000));
    let cancel = json!({ "cancel_dispute": { "dispute": "d2" } });
    assert_eq!(sale.c.ask(0, cancel), "ok");
    assert_eq!(sale.books("d2"), (0, 0, 4_000, 0));
    sale.c.settle();
    assert_eq!(sale.books("d2"), (0, 0, 0, 0));
    sale.c.holds();
}

/// What is lost changes how a refund is split, and the home was told how: one after the other.
#[test]
fn a_dispute_is_not_lost_while_a_refund_is_asked_for() {
    let mut sale = Sale::new(0);
    sale.pay("p1", 5_000);
    sale.c.days(1);
    assert_eq!(sale.c.refund(0, "p1", "f1", 1_000), "ok");
    assert_eq!(sale.open("d1", "p1", 4_000), "ok");
    assert_eq!(sale.judge("d1", "CUSTOMER", 0), "InvalidState");
    sale.c.settle();
    assert_eq!(sale.judge("d1", "CUSTOMER", 0), "ok");
    assert_eq!(sale.c.cash(0, &sale.alice), 100_000);
    sale.c.holds();
}

/// Judged before the home has answered: what is asked for and what is won keep their order.
#[test]
fn a_dispute_may_end_before_the_home_has_answered() {
    let mut sale = Sale::new(0);
    sale.pay("p1", 5_000);
    sale.c.days(1);
    sale.pay_out("w1", 4_000);
    assert_eq!(sale.open("d1", "p1", 3_000), "ok");
    assert_eq!(sale.judge("d1", "MERCHANT", 0), "ok");
    assert_eq!(sale.books("d1"), (1_000, 3_000, 0, 0), "it owes here, and has won elsewhere");
    sale.c.settle();
    assert_eq!(sale.books("d1"), (1_000, 0, 0, 0));
    assert_eq!(sale.open("d2", "p1", 2_000), "ok");
    let accept = json!({ "accept_dispute": { "dispute": "d2" } });
    assert_eq!(sale.c.ask(0, accept), "ok");
    assert_eq!(sale.c.cash(0, &sale.alice), 97_000, "the payer waits for nobody");
    sale.c.settle();
    assert_eq!(sale.books("d2"), (0, 0, 1_000, 0));
    sale.c.holds();
}

/// The fee for losing is earned where it was judged; the home pays for it.
#[test]
fn the_home_pays_the_fee_for_losing() {
    let mut sale = Sale::new(0);
    sale.pay("p1", 5_000);
    sale.c.days(1);
    assert_eq!(sale.open("d1", "p1", 4_950), "ok");
    let defend = json!({ "defend_dispute": { "dispute": "d1", "evidence": "slip" } });
    assert_eq!(sale.c.ask(0, defend), "ok");
    assert_eq!(sale.judge("d1", "CUSTOMER", 100), "ok");
    assert_eq!(sale.c.balance(0, Class::OtherFees, ""), 100);
    assert_eq!(sale.books("d1"), (5_000, 5_050, 0, 0));
    sale.c.settle();
    assert_eq!(sale.books("d1"), (0, 0, 50, 0));
    sale.c.holds();
}

/// What the home is asked to give for a refund cannot be disputed too.
#[test]
fn what_is_asked_for_a_refund_is_not_disputed() {
    let mut sale = Sale::new(0);
    sale.pay("p1", 5_000);
    sale.c.days(1);
    assert_eq!(sale.c.refund(0, "p1", "r1", 3_000), "ok");
    assert_eq!(sale.open("d1", "p1", 2_001), "DisputeExceedsPaid");
    assert_eq!(sale.open("d1", "p1", 2_000), "ok");
    sale.c.settle();
    assert_eq!(sale.c.cash(0, &sale.alice), 98_000);
    assert_eq!(sale.c.refund(0, "p1", "r2", 1), "PaymentDisputed");
    assert_eq!(sale.judge("d1", "CUSTOMER", 0), "ok");
    sale.c.settle();
    assert_eq!((sale.c.cash(0, &sale.alice), sale.books("d1")), (100_000, (0, 0, 0, 0)));
    sale.c.holds();
}

/// A merchant that was closed at home at once, by a version of before: what it owes is its debt
/// there, what it wins waits in suspense.
#[test]
fn a_dispute_of_a_merchant_that_has_closed() {
    let mut sale = Sale::new(0);
    sale.pay("p1", 5_000);
    assert_eq!(sale.open("d1", "p1", 2_000), "ok");
    sale.c.days(1);
    sale.pay_out("w1", 3_000);
    let confirmed = json!({ "confirm_payout": { "payout": "w1" } });
    assert_eq!(sale.c.ask(1, confirmed), "ok");
    assert_eq!(sale.open("d2", "p1", 1_000), "ok");
    let shop = sale.shop.clone();
    sale.c.close_at_once(1, &shop);
    sale.c.settle();
    assert_eq!(sale.books("d2"), (0, 0, 1_000, 1_000));
    assert_eq!(sale.judge("d1", "MERCHANT", 0), "ok");
    sale.c.settle();
    assert_eq!(sale.c.balance(1, Class::Suspense, ""), 2_000);
    assert_eq!(sale.open("d3", "p1", 1), "AccountClosed");
    sale.c.holds();
}
