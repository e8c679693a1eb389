//! Royalties taken back from a receiver that is at home on another shard: its home is asked, and
//! may refuse (DOMAIN §4.6, DESIGN §9).

use crate::cluster::{Cluster, cny};
use groat_ledger::Class;
use groat_proto::v1::settlement::Body;
use serde_json::{Value, json};

/// DOMAIN §7, example 22: alice paid 100.00 to a shop; near, at home with them, has 10.00 of that,
/// and guide, at home elsewhere, 20.00.
struct Shared {
    c: Cluster,
    alice: String,
    shop: String,
    near: String,
    guide: String,
}

impl Shared {
    fn new() -> Shared {
        let mut c = Cluster::new(2);
        let alice = c.user(0, "alice", 20_000);
        // So that the second shard's part of the bank can pay out.
        c.user(1, "bob", 20_000);
        let shop = c.merchant(0, "PROPORTIONAL");
        let [near, guide] = [(0, "near"), (1, "guide")].map(|(shard, what)| {
            let merchant = c.at(shard, what);
            let terms = json!({ "merchant": merchant, "fee_ppm": 6000, "settle_ccy": "CNY" });
            assert_eq!(c.ask(shard, json!({ "onboard_merchant": terms })), "ok");
            merchant
        });
        c.settle();
        for receiver in [&near, &guide] {
            let bind = json!({ "bind_royalty": { "merchant": shop, "receiver": receiver } });
            assert_eq!(c.ask(0, bind), "ok");
        }
        c.pay(0, &alice, &shop, "p1", 10_000);
        let split = json!({ "split_payment": { "payment": "p1", "out_request_no": "s1",
            "receivers": [{ "receiver": guide, "amt": cny(2_000) },
                { "receiver": near, "percent": 10 }] } });
        assert_eq!(c.ask(0, split), "ok");
        c.settle();
        Shared { c, alice, shop, near, guide }
    }

    fn give_back(&mut self, number: &str, amount: u64) -> String {
        let back = json!({ "payment": "p1", "out_request_no": "s1", "out_return_no": number,
            "receiver": self.guide, "amt": cny(amount) });
        self.c.ask(0, json!({ "return_split": back }))
    }

    fn refund(&mut self, number: &str, amount: u64, royalties: Value) -> String {
        let refund = json!({ "payment": "p1", "out_request_no": number, "amt": cny(amount),
            "royalty_refunds": royalties });
        self.c.ask(0, json!({ "refund_payment": refund }))
    }

    fn pay_out(&mut self, shard: u32, merchant: &str, payout: &str, amount: u64) {
        let owner = json!({ "merchant": merchant });
        let asked = json!({ "payout": payout, "owner": owner, "amt": cny(amount) });
        assert_eq!(self.c.ask(shard, json!({ "request_payout": asked })), "ok");
        let confirmed = json!({ "confirm_payout": { "payout": payout } });
        assert_eq!(self.c.ask(shard, confirmed), "ok");
    }

    /// Settled money of the shop, of near, and of guide at its home and where it shares.
    fn has(&self) -> [i128; 4] {
        let at = |shard, merchant: &str| self.c.balance(shard, Class::MerchantAvailable, merchant);
        [at(0, &self.shop), at(0, &self.near), at(1, &self.guide), at(0, &self.guide)]
    }

    fn told(&self, what: fn(&Body) -> bool) -> usize {
        self.c.told.iter().filter(|told| what(told)).count()
    }

    fn why(&self) -> Vec<&str> {
        let failed = self.c.told.iter().filter_map(|told| match told {
            Body::SplitReturnFailed(failed) => Some(failed.why.as_str()),
            _ => None,
        });
        failed.collect()
    }
}

#[test]
fn a_receiver_elsewhere_gives_back() {
    let mut s = Shared::new();
    assert_eq!(s.has(), [0, 1_000, 2_000, 0]);
    assert_eq!(s.give_back("b1", 500), "ok");
    assert_eq!(s.has(), [0, 1_000, 2_000, 0], "its home is asked");
    assert_eq!(s.give_back("b1", 500), "ok", "the same return is the same answer");
    assert_eq!(s.give_back("b1", 501), "IdempotencyConflict");
    assert_eq!(s.give_back("b2", 1_501), "ReturnExceedsReceived", "500 are asked for");
    s.c.settle();
    assert_eq!(s.has(), [500, 1_000, 1_500, 0]);
    assert_eq!(s.told(|told| matches!(told, Body::RoyaltyTaken(_))), 1, "guide is told");
    assert_eq!(s.told(|told| matches!(told, Body::SplitReturned(_))), 1, "the shop is told");
    assert_eq!(s.give_back("b1", 500), "ok", "it is the same return");
    assert_eq!(s.give_back("b1", 1), "IdempotencyConflict");
    s.c.settle();
    assert_eq!(s.has(), [500, 1_000, 1_500, 0]);
    s.c.holds();
}

/// It must never owe what it once got: where it has less, nothing comes, and the return may be
/// asked for again under its number.
#[test]
fn a_receiver_elsewhere_that_has_nothing_gives_nothing() {
    let mut s = Shared::new();
    let guide = s.guide.clone();
    s.pay_out(1, &guide, "w1", 1_501);
    assert_eq!(s.give_back("b1", 500), "ok");
    s.c.settle();
    assert_eq!((s.has(), s.why()), ([0, 1_000, 499, 0], vec!["ReceiverBalanceInsufficient"]));
    assert_eq!(s.give_back("b1", 499), "ok");
    s.c.settle();
    assert_eq!(s.has(), [499, 1_000, 0, 0]);
    let block = json!({ "account": { "merchant": s.guide }, "block": "DEBIT", "case": "c" });
    assert_eq!(s.c.ask(1, json!({ "restrict_account": block })), "ok");
    assert_eq!(s.give_back("b2", 1), "ok", "the word has not come");
    s.c.settle();
    assert_eq!(s.why()[1..], ["AccountRestricted"]);
    assert_eq!(s.give_back("b3", 1), "AccountRestricted");
    s.c.holds();
}

/// A share that could not be placed comes back whole, though some of it was asked for meanwhile;
/// what the receiver gave of other money waits for people, who give it back.
#[test]
fn a_share_comes_back_while_it_is_asked_for() {
    let mut s = Shared::new();
    let block = json!({ "account": { "merchant": s.guide }, "block": "CREDIT", "case": "c" });
    assert_eq!(s.c.ask(1, json!({ "restrict_account": block })), "ok");
    s.c.pay(0, &s.alice, &s.shop, "p2", 5_000);
    let split = json!({ "split_payment": { "payment": "p2", "out_request_no": "s2",
        "receivers": [{ "receiver": s.guide, "amt": cny(300) }] } });
    assert_eq!(s.c.ask(0, split), "ok", "the word has not come");
    let back = json!({ "payment": "p2", "out_request_no": "s2", "out_return_no": "b1",
        "receiver": s.guide, "amt": cny(100) });
    assert_eq!(s.c.ask(0, json!({ "return_split": back })), "ok");
    s.c.settle();
    assert_eq!((s.has(), s.why()), ([300, 1_000, 1_900, 0], vec!["ReturnExceedsReceived"]));
    s.c.holds();
}

/// DOMAIN §7, example 22, with one receiver at home elsewhere: the merchant pays for it at once,
/// and has it back when it comes.
#[test]
fn a_refund_in_proportion_asks_receivers_elsewhere() {
    let mut s = Shared::new();
    let pro_rata = || json!({ "pro_rata": true });
    assert_eq!(s.refund("r1", 5_000, pro_rata()), "ok");
    assert_eq!(s.c.cash(0, &s.alice), 15_000, "the payer waits for nobody");
    assert_eq!(s.has(), [0, 500, 2_000, 0]);
    s.c.settle();
    assert_eq!(s.has(), [1_000, 500, 1_000, 0]);
    s.c.days(1);
    assert_eq!(s.has(), [3_470, 500, 1_000, 0], "99.40 less 30.00 and 50.00, and 15.30 back");
    // What guide does not have the merchant alone has paid, and is not asked for again.
    let guide = s.guide.clone();
    s.pay_out(1, &guide, "w1", 1_000);
    assert_eq!(s.refund("r2", 5_000, pro_rata()), "MerchantBalanceInsufficient");
    assert_eq!(s.refund("r2", 2_000, pro_rata()), "ok");
    s.c.settle();
    assert_eq!((s.has(), s.why()), ([1_682, 300, 0, 0], vec!["ReceiverBalanceInsufficient"]));
    assert_eq!(s.refund("r3", 1_000, pro_rata()), "ok");
    s.c.settle();
    assert_eq!((s.has(), s.why().len()), ([788, 200, 0, 0], 2), "of 10.00 its part is 2.00");
    s.c.holds();
}

#[test]
fn a_refund_that_names_a_receiver_elsewhere_asks_it() {
    let mut s = Shared::new();
    let (guide, near) = (s.guide.clone(), s.near.clone());
    let named = |amount: u64| {
        json!({ "receivers": [{ "receiver": guide, "amt": cny(amount) },
            { "receiver": near, "amt": cny(100) }] })
    };
    assert_eq!(s.refund("r1", 3_000, named(2_001)), "ReturnExceedsReceived");
    assert_eq!(s.refund("r1", 1_999, named(1_900)), "ReturnExceedsReceived");
    assert_eq!(s.refund("r1", 3_000, named(1_900)), "ok");
    assert_eq!(s.give_back("b1", 101), "ReturnExceedsReceived", "the rest is asked for");
    s.c.settle();
    assert_eq!(s.has(), [1_900, 900, 100, 0]);
    s.c.holds();
}

/// Who shared has closed its account meanwhile: what comes waits in suspense.
#[test]
fn what_is_given_back_to_a_sharer_that_has_closed() {
    let mut s = Shared::new();
    s.c.days(2);
    let shop = s.shop.clone();
    assert_eq!(s.has()[0], 6_940);
    s.pay_out(0, &shop, "w1", 6_940);
    assert_eq!(s.give_back("b1", 500), "ok");
    s.c.close_at_once(0, &shop);
    s.c.settle();
    assert_eq!((s.has(), s.why()), ([0, 1_000, 1_500, 0], vec!["AccountClosed"]));
    assert_eq!(s.c.balance(0, Class::Suspense, ""), 500);
    s.c.holds();
}
