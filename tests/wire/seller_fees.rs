//! A seller at home on another shard bears the fee of a plan: it is charged and earned where the
//! payment is, and what comes back once the sales have gone home follows them (DOMAIN §1.4, §4.2,
//! DESIGN §9).

use crate::cluster::{Cluster, DAY_MS, cny};
use groat_ledger::Class;
use groat_proto::json::time_text;
use serde_json::json;

/// alice, on the first shard, has bought for 100.00 in three terms of a shop on the second, which
/// bears the fee of 2.30: 0.78 with the first term and 0.76 with each other.
struct Borne {
    c: Cluster,
    alice: String,
    shop: String,
}

impl Borne {
    fn new() -> Borne {
        let mut c = Cluster::new(2);
        let alice = c.user(0, "alice", 0);
        // So that the second shard's part of the bank can pay out.
        c.user(1, "bob", 20_000);
        let shop = c.merchant(1, "PROPORTIONAL");
        let line = json!({ "grant_credit_line": { "user": alice, "limit": cny(100_000),
            "statement_day": 1, "due_day": 10, "billing": {} } });
        assert_eq!(c.ask(0, line), "ok");
        let mut borne = Borne { c, alice, shop };
        assert_eq!(borne.buy("p1", "SELLER"), "ok");
        borne
    }

    fn buy(&mut self, payment: &str, bearer: &str) -> String {
        let created = json!({ "create_payment": { "payment": payment, "out_trade_no": payment,
            "merchant": self.shop, "mode": "IN_APP", "amt": cny(10_000) } });
        assert_eq!(self.c.ask(0, created), "ok");
        let terms = json!({ "plan": format!("plan-{payment}"), "amt": cny(10_000), "n": 3,
            "fee_ppm": 23_000, "bearer": bearer });
        let paid = json!({ "pay_payment": { "payment": payment, "user": self.alice,
            "legs": [{ "instalment": terms }] } });
        self.c.ask(0, paid)
    }

    /// Settled money where the payment is, and at home.
    fn settled(&self) -> [i128; 2] {
        [0, 1].map(|shard| self.c.balance(shard, Class::MerchantAvailable, &self.shop))
    }

    /// What is not earned of the fee, and what is.
    fn fee(&self) -> [i128; 2] {
        let unearned = self.c.balance(0, Class::UnearnedFee, "plan-p1");
        [unearned, self.c.balance(0, Class::InstalmentFee, "")]
    }

    fn dispute(&mut self, dispute: &str, payment: &str, fee: u64) {
        let opened = json!({ "dispute": dispute, "payment": payment, "amt": cny(5_000),
            "kind": "CHARGEBACK", "due_at": time_text(self.c.now + 9 * DAY_MS) });
        assert_eq!(self.c.ask(0, json!({ "open_dispute": opened })), "ok");
        self.c.settle();
        let judged = json!({ "dispute": dispute, "ruling": "CUSTOMER", "fee": cny(fee) });
        assert_eq!(self.c.ask(0, json!({ "judge_dispute": judged })), "ok");
        self.c.settle();
    }
}

#[test]
fn the_fee_is_charged_and_earned_where_the_payment_is() {
    let mut b = Borne::new();
    assert_eq!(b.fee(), [230, 0]);
    assert_eq!(b.buy("p2", "USER"), "ok");
    b.c.days(1);
    // The statement of the first of the month has billed a term of either: 0.78 and 0.78.
    assert_eq!((b.settled(), b.fee()), ([0, 9_710 + 9_940], [152, 156]));
    let prepaid = json!({ "prepay_plan": { "user": b.alice, "plan": "plan-p1" } });
    assert_eq!(b.c.ask(0, prepaid), "InsufficientFunds");
    let top_up = json!({ "user": b.alice, "amt": cny(6_666), "bank_ref": "more" });
    assert_eq!(b.c.ask(0, json!({ "confirm_top_up": top_up })), "ok");
    let prepaid = json!({ "prepay_plan": { "user": b.alice, "plan": "plan-p1" } });
    assert_eq!(b.c.ask(0, prepaid), "ok");
    assert_eq!((b.settled(), b.fee()), ([0, 19_650], [0, 308]), "all of it is earned");
    b.c.holds();
}

/// The day's own sales have it back, and take it home with them.
#[test]
fn a_refund_of_the_day_gives_it_back_to_the_days_sales() {
    let mut b = Borne::new();
    assert_eq!(b.c.refund(0, "p1", "r1", 5_000), "ok");
    assert_eq!((b.settled(), b.fee()), ([0, 0], [154, 0]), "the last term is gone");
    b.c.days(1);
    assert_eq!((b.settled(), b.fee()), ([0, 9_710 - 5_000 + 76 + 30], [76, 78]));
    b.c.holds();
}

/// The home pays for all of the refund; what the term bore comes behind.
#[test]
fn a_refund_that_the_home_pays_sends_it_home() {
    let mut b = Borne::new();
    b.c.days(1);
    assert_eq!(b.c.refund(0, "p1", "r1", 5_000), "ok");
    assert_eq!(b.fee(), [152, 78], "the home is asked");
    b.c.settle();
    assert_eq!((b.settled(), b.fee()), ([0, 9_710 - 4_970 + 76], [76, 78]));
    b.c.holds();
}

/// A term is billed before the home has answered: its fee is earned by then.
#[test]
fn what_is_earned_while_the_home_is_asked_does_not_come_back() {
    let mut b = Borne::new();
    b.c.days(1);
    assert_eq!(b.c.refund(0, "p1", "r1", 7_000), "ok");
    b.c.days(28);
    assert_eq!((b.settled(), b.fee()), ([0, 9_710 - 6_958 + 76], [0, 154]));
    b.c.holds();
}

/// A term that is cut in part keeps its fee, so that a cent may bring all of it back: it pays the
/// cent, and the rest goes home.
#[test]
fn more_may_come_back_than_a_refund_takes() {
    let mut b = Borne::new();
    b.c.days(1);
    assert_eq!(b.c.refund(0, "p1", "r1", 3_332), "ok");
    b.c.settle();
    assert_eq!((b.settled(), b.fee()), ([0, 9_710 - 3_312], [152, 78]));
    assert_eq!(b.c.refund(0, "p1", "r2", 1), "ok");
    assert_eq!((b.settled(), b.fee()), ([0, 6_398], [76, 78]), "it is on its way");
    b.c.settle();
    assert_eq!(b.settled(), [0, 6_398 + 75]);
    b.c.holds();
}

/// It pays the fee for losing a dispute as far as it goes; the home is asked for the rest, or has
/// what is left.
#[test]
fn a_lost_dispute_is_paid_from_it() {
    let mut b = Borne::new();
    assert_eq!(b.buy("p2", "SELLER"), "ok");
    b.c.days(1);
    assert_eq!(b.settled(), [0, 19_420]);
    b.dispute("d1", "p1", 100);
    assert_eq!((b.settled(), b.fee()), ([0, 19_420 - 5_000 - 24], [76, 156]));
    b.dispute("d2", "p2", 50);
    assert_eq!(b.settled(), [0, 14_396 - 5_000 + 26]);
    let owes = [0, 1].map(|shard| b.c.balance(shard, Class::MerchantReceivable, &b.shop));
    assert_eq!((owes, b.c.balance(0, Class::OtherFees, "")), ([0, 0], 150));
    b.c.holds();
}

/// Who has closed its account meanwhile has nothing back: it waits in suspense at its home.
#[test]
fn what_comes_back_to_who_has_closed() {
    let mut b = Borne::new();
    b.c.days(1);
    assert_eq!(b.c.refund(0, "p1", "r1", 3_332), "ok");
    b.c.settle();
    assert_eq!(b.c.refund(0, "p1", "r2", 1), "ok");
    let owner = json!({ "merchant": b.shop });
    let payout = json!({ "payout": "w1", "owner": owner, "amt": cny(6_398) });
    assert_eq!(b.c.ask(1, json!({ "request_payout": payout })), "ok");
    assert_eq!(b.c.ask(1, json!({ "confirm_payout": { "payout": "w1" } })), "ok");
    let shop = b.shop.clone();
    b.c.close_at_once(1, &shop);
    b.c.settle();
    assert_eq!((b.settled(), b.c.balance(1, Class::Suspense, "")), ([0, 0], 75));
    b.c.holds();
}
