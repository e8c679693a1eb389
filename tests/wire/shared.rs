//! Royalties of what a merchant sold on another shard than its home: shared where the payer is, of
//! what is frozen and of the day's own sales; what comes back follows the sales home (DOMAIN §1.5,
//! §4.6, DESIGN §9).

mod frozen;

use crate::cluster::{Cluster, cny};
use groat_ledger::Class;
use groat_proto::v1::settlement::Body;
use serde_json::{Value, json};

/// alice, with money, on the first shard, and near, who may receive; the shop on the second; guide,
/// who may receive, on the third.
struct Market {
    c: Cluster,
    alice: String,
    shop: String,
    near: String,
    guide: String,
}

impl Market {
    fn new() -> Market {
        let mut c = Cluster::new(3);
        let alice = c.user(0, "alice", 100_000);
        // So that each shard's part of the bank can pay out.
        c.user(1, "bob", 20_000);
        c.user(2, "carol", 20_000);
        let shop = c.merchant(1, "PROPORTIONAL");
        let [near, guide] = [(0, "near"), (2, "guide")].map(|(shard, what)| {
            let merchant = c.at(shard, what);
            let terms = json!({ "merchant": merchant, "fee_ppm": 6000, "settle_ccy": "CNY" });
            assert_eq!(c.ask(shard, json!({ "onboard_merchant": terms })), "ok");
            merchant
        });
        c.settle();
        let mut market = Market { c, alice, shop, near, guide };
        for receiver in [market.near.clone(), market.guide.clone()] {
            assert_eq!(market.relation("bind_royalty", &receiver), "ok");
        }
        market
    }

    /// As [`Market::new`], with all shards told who is bound, and 100.00 paid.
    fn sold() -> Market {
        let mut market = Market::new();
        market.c.settle();
        market.pay("p1", 10_000, false);
        market
    }

    fn relation(&mut self, what: &str, receiver: &str) -> String {
        let relation = json!({ "merchant": self.shop, "receiver": receiver });
        self.c.ask(1, json!({ what: relation }))
    }

    fn pay(&mut self, payment: &str, amount: u64, freeze: bool) {
        let created = json!({ "create_payment": { "payment": payment, "out_trade_no": payment,
            "merchant": self.shop, "mode": "IN_APP", "amt": cny(amount),
            "royalty_freeze": freeze } });
        assert_eq!(self.c.ask(0, created), "ok");
        let legs = json!([{ "balance": { "amt": cny(amount) } }]);
        let paid = json!({ "payment": payment, "user": self.alice, "legs": legs });
        assert_eq!(self.c.ask(0, json!({ "pay_payment": paid })), "ok");
    }

    fn split(&mut self, payment: &str, number: &str, shares: &[(&str, u64)]) -> String {
        let receivers = shares.iter().map(|(who, amount)| {
            let receiver = if *who == "near" { &self.near } else { &self.guide };
            json!({ "receiver": receiver, "amt": cny(*amount) })
        });
        let split = json!({ "payment": payment, "out_request_no": number,
            "receivers": receivers.collect::<Value>() });
        self.c.ask(0, json!({ "split_payment": split }))
    }

    fn finish(&mut self, payment: &str) -> String {
        let split = json!({ "payment": payment, "out_request_no": "end", "finish": true });
        self.c.ask(0, json!({ "split_payment": split }))
    }

    fn give_back(&mut self, number: &str, receiver: &str, amount: u64) -> String {
        let back = json!({ "payment": "p1", "out_request_no": "s1", "out_return_no": number,
            "receiver": receiver, "amt": cny(amount) });
        self.c.ask(0, json!({ "return_split": back }))
    }

    fn refund(&mut self, number: &str, amount: u64, royalties: Value) -> String {
        let refund = json!({ "payment": "p1", "out_request_no": number, "amt": cny(amount),
            "royalty_refunds": royalties });
        self.c.ask(0, json!({ "refund_payment": refund }))
    }

    /// Settled money of the shop, of near and of guide at their homes.
    fn has(&self) -> [i128; 3] {
        let at = |shard, merchant: &str| self.c.balance(shard, Class::MerchantAvailable, merchant);
        [at(1, &self.shop), at(0, &self.near), at(2, &self.guide)]
    }

    /// Nothing is left where it is not at home, and all that holds.
    fn holds(&mut self) {
        self.c.holds();
        for (merchant, home) in [(&self.shop, 1), (&self.guide, 2), (&self.near, 0)] {
            for shard in (0..3).filter(|shard| *shard != home) {
                let left = self.c.balance(shard, Class::MerchantAvailable, merchant);
                assert_eq!(left, 0, "{merchant} on shard {shard}");
            }
        }
    }
}

/// DOMAIN §7, example 21, where the payer is at home elsewhere.
#[test]
fn a_sale_elsewhere_is_shared_of_the_days_own_sales() {
    let mut m = Market::new();
    m.pay("p1", 10_000, false);
    assert_eq!(m.split("p1", "s1", &[("guide", 2_000)]), "NotBound", "the word has not come");
    m.c.settle();
    assert_eq!(m.split("p1", "s1", &[("guide", 2_000), ("near", 999)]), "ok");
    assert_eq!(m.split("p1", "s2", &[("near", 2)]), "RoyaltyCapExceeded");
    assert_eq!(m.split("p1", "s2", &[("near", 1)]), "ok");
    assert_eq!(m.has(), [0, 1_000, 0], "guide's is on its way");
    m.c.settle();
    assert_eq!(m.has(), [0, 1_000, 2_000]);
    m.pay("p2", 5_000, false);
    m.c.days(1);
    assert_eq!(m.has(), [9_940 - 3_000 + 4_970, 1_000, 2_000]);
    m.c.decide_by(3);
    assert_eq!(m.split("p2", "s1", &[("near", 1)]), "NotAcrossShards", "by the rules of before");
    m.c.decide_by(4);
    assert_eq!(m.finish("p2"), "ok", "that shares nothing");
    m.holds();
}

/// The day's own sales are what the sale still has of them.
#[test]
fn no_more_is_shared_than_the_batch_has() {
    let mut m = Market::sold();
    m.pay("p2", 2_000, false);
    let part = json!({ "payment": "p1", "amt": cny(8_000) });
    assert_eq!(m.c.ask(0, json!({ "confirm_settlement": part })), "ok");
    assert_eq!(m.split("p1", "s1", &[("near", 1_941)]), "AmountNotEnough");
    assert_eq!(m.split("p1", "s1", &[("near", 1_940)]), "ok");
    m.c.days(1);
    assert_eq!(m.has(), [8_000 + 1_988, 1_940, 0]);
    m.holds();
}

/// What receivers give back of their own is the shop's settled money, which is at its home.
#[test]
fn what_receivers_give_back_goes_home() {
    let mut m = Market::sold();
    assert_eq!(m.split("p1", "s1", &[("guide", 2_000), ("near", 1_000)]), "ok");
    m.c.settle();
    let (near, guide) = (m.near.clone(), m.guide.clone());
    assert_eq!(m.give_back("b1", &near, 100), "ok");
    assert_eq!(m.has(), [0, 900, 2_000], "it is on its way");
    assert_eq!(m.give_back("b2", &guide, 500), "ok");
    m.c.settle();
    assert_eq!(m.has(), [600, 900, 1_500]);
    let told = m.c.told.iter().filter(|told| matches!(told, Body::SplitReturned(_))).count();
    assert_eq!(told, 2, "the shop is told");
    m.c.days(1);
    assert_eq!(m.has(), [600 + 6_940, 900, 1_500]);
    m.holds();
}

/// DOMAIN §7, example 22, where the payer is at home elsewhere: who is here gives to the day's own
/// sales, whoever is not is asked, and the shop has it at home.
#[test]
fn a_refund_of_the_day_in_proportion() {
    let mut m = Market::sold();
    assert_eq!(m.split("p1", "s1", &[("guide", 2_000), ("near", 1_000)]), "ok");
    m.c.settle();
    assert_eq!(m.refund("r1", 5_000, json!({ "pro_rata": true })), "ok");
    m.c.settle();
    assert_eq!((m.c.cash(0, &m.alice), m.has()), (95_000, [1_000, 500, 1_000]));
    m.c.days(1);
    assert_eq!(m.has(), [3_470, 500, 1_000]);
    m.holds();
}

/// The home pays for all of it first; then receivers give, and the shop has the same in the end.
#[test]
fn a_refund_in_proportion_that_the_home_pays() {
    let mut m = Market::sold();
    assert_eq!(m.split("p1", "s1", &[("guide", 2_000), ("near", 1_000)]), "ok");
    m.c.days(1);
    assert_eq!(m.has(), [6_940, 1_000, 2_000]);
    assert_eq!(m.refund("r1", 5_000, json!({ "pro_rata": true })), "ok");
    assert_eq!(m.has(), [6_940, 1_000, 2_000], "the home is asked");
    m.c.settle();
    assert_eq!((m.c.cash(0, &m.alice), m.has()), (95_000, [3_470, 500, 1_000]));
    m.holds();
}

/// Who has nothing any more when the home has paid gives nothing, wherever it is, and is not asked
/// again for its part of that refund.
#[test]
fn a_receiver_that_has_nothing_when_the_home_has_paid() {
    let mut m = Market::sold();
    assert_eq!(m.split("p1", "s1", &[("guide", 2_000), ("near", 1_000)]), "ok");
    m.c.days(1);
    assert_eq!(m.refund("r1", 5_000, json!({ "pro_rata": true })), "ok");
    let owner = json!({ "merchant": m.near });
    let payout = json!({ "payout": "w1", "owner": owner, "amt": cny(501) });
    assert_eq!(m.c.ask(0, json!({ "request_payout": payout })), "ok");
    m.c.settle();
    assert_eq!((m.c.cash(0, &m.alice), m.has()), (95_000, [2_970, 499, 1_000]));
    let failed = m.c.told.iter().filter_map(|told| match told {
        Body::SplitReturnFailed(failed) => Some(failed.why.as_str()),
        _ => None,
    });
    assert_eq!(failed.collect::<Vec<_>>(), ["ReceiverBalanceInsufficient"]);
    // Of the next 10.00 its part is 1.00.
    assert_eq!(m.refund("r2", 1_000, json!({ "pro_rata": true })), "ok");
    m.c.settle();
    assert_eq!(m.has(), [2_970 - 994 + 100 + 200, 399, 800]);
    m.holds();
}

/// What a receiver has given back meanwhile it does not give again.
#[test]
fn a_named_receiver_that_gave_back_before_the_home_has_paid() {
    let mut m = Market::sold();
    assert_eq!(m.split("p1", "s1", &[("guide", 2_000), ("near", 1_000)]), "ok");
    m.c.days(1);
    let near = m.near.clone();
    let named = json!({ "receivers": [{ "receiver": near, "amt": cny(800) }] });
    assert_eq!(m.refund("r1", 3_000, named), "ok");
    assert_eq!(m.give_back("b1", &near, 300), "ok");
    m.c.settle();
    assert_eq!((m.c.cash(0, &m.alice), m.has()), (93_000, [6_940 - 2_982 + 1_000, 0, 2_000]));
    m.holds();
}

/// A share that its receiver cannot take is the shop's again, at its home.
#[test]
fn a_share_that_comes_back_goes_home() {
    let mut m = Market::sold();
    let block = json!({ "account": { "merchant": m.guide }, "block": "CREDIT", "case": "c" });
    assert_eq!(m.c.ask(2, json!({ "restrict_account": block })), "ok");
    assert_eq!(m.split("p1", "s1", &[("guide", 300)]), "ok", "the word has not come");
    m.c.settle();
    assert_eq!(m.has(), [300, 0, 0]);
    assert_eq!(m.split("p1", "s2", &[("guide", 1)]), "AccountRestricted");
    m.holds();
}

/// Who is no longer bound receives nothing anywhere, once the word has come.
#[test]
fn who_is_bound_no_longer_receives_nothing_elsewhere() {
    let mut m = Market::sold();
    let guide = m.guide.clone();
    assert_eq!(m.relation("unbind_royalty", &guide), "ok");
    assert_eq!(m.split("p1", "s1", &[("guide", 1)]), "ok", "the word has not come");
    m.c.settle();
    assert_eq!(m.split("p1", "s2", &[("guide", 1)]), "NotBound");
    assert_eq!(m.split("p1", "s2", &[("near", 1)]), "ok");
    assert_eq!(m.relation("bind_royalty", &guide), "ok");
    m.c.settle();
    assert_eq!(m.split("p1", "s3", &[("guide", 1)]), "ok");
    m.holds();
}

/// The word of who is bound may come before the word of who that is.
#[test]
fn a_receiver_of_whom_no_word_has_come() {
    let mut m = Market::sold();
    let late = m.c.at(2, "late");
    let terms = json!({ "merchant": late, "fee_ppm": 0, "settle_ccy": "CNY" });
    assert_eq!(m.c.ask(2, json!({ "onboard_merchant": terms })), "ok");
    let word = m.c.transfers[1].pop_front().unwrap();
    m.c.receive(1, &word).unwrap();
    assert_eq!(m.relation("bind_royalty", &late), "ok");
    // From the third shard and from the second; the first to come is the second's.
    let words: Vec<Vec<u8>> = m.c.transfers[0].drain(..).collect();
    assert_eq!(words.len(), 2);
    m.c.receive(0, &words[1]).unwrap();
    m.guide.clone_from(&late);
    assert_eq!(m.split("p1", "s1", &[("guide", 700)]), "ok");
    m.c.receive(0, &words[0]).unwrap();
    m.c.settle();
    assert_eq!(m.has(), [0, 0, 700]);
    m.holds();
}

/// Once the sales have gone home, their home is asked for the money.
#[test]
fn what_has_gone_home_is_shared_from_there() {
    let mut m = Market::sold();
    m.c.days(1);
    let shares = [("guide", 2_000), ("near", 500)];
    assert_eq!(m.split("p1", "s1", &shares), "ok");
    assert_eq!(m.has(), [9_940, 0, 0], "the home is asked");
    assert_eq!(m.split("p1", "s1", &shares), "ok", "it is the same split");
    assert_eq!(m.split("p1", "s1", &shares[..1]), "IdempotencyConflict");
    assert_eq!(m.split("p1", "s2", &[("near", 1)]), "InvalidState", "one at a time");
    assert_eq!(m.finish("p1"), "InvalidState");
    m.c.settle();
    assert_eq!(m.has(), [7_440, 500, 2_000]);
    assert_eq!(m.split("p1", "s1", &shares), "ok", "it is done");
    assert_eq!(m.split("p1", "s2", &[("near", 501)]), "RoyaltyCapExceeded");
    assert_eq!(m.split("p1", "s2", &[("near", 500)]), "ok");
    m.c.settle();
    assert_eq!(m.has(), [6_940, 1_000, 2_000]);
    let guide = m.guide.clone();
    assert_eq!(m.give_back("b1", &guide, 300), "ok");
    m.c.settle();
    assert_eq!(m.has(), [7_240, 1_000, 1_700]);
    m.pay("p2", 5_000, false);
    m.c.days(1);
    let last = json!({ "payment": "p2", "out_request_no": "s1", "finish": true,
        "receivers": [{ "receiver": m.near, "percent": 20 }] });
    assert_eq!(m.c.ask(0, json!({ "split_payment": last })), "ok");
    m.c.settle();
    assert_eq!(m.has(), [7_240 + 4_970 - 1_000, 2_000, 1_700]);
    assert_eq!(m.split("p2", "s2", &[("near", 1)]), "SplitFinished");
    m.holds();
}

/// Why splits were not shared, as the payer's shard told.
fn failed(m: &Market) -> Vec<&str> {
    let why = m.c.told.iter().filter_map(|told| match told {
        Body::SplitFailed(failed) => Some(failed.why.as_str()),
        _ => None,
    });
    why.collect()
}

#[test]
fn a_home_that_cannot_pay_shares_nothing() {
    let mut m = Market::sold();
    m.c.days(1);
    let owner = json!({ "merchant": m.shop });
    let payout = json!({ "payout": "w1", "owner": owner, "amt": cny(9_000) });
    assert_eq!(m.c.ask(1, json!({ "request_payout": payout })), "ok");
    assert_eq!(m.split("p1", "s1", &[("near", 941)]), "ok");
    m.c.settle();
    assert_eq!((m.has(), failed(&m)), ([940, 0, 0], vec!["AmountNotEnough"]));
    let block = json!({ "account": owner, "block": "DEBIT", "case": "c" });
    assert_eq!(m.c.ask(1, json!({ "restrict_account": block.clone() })), "ok");
    assert_eq!(m.split("p1", "s1", &[("near", 940)]), "ok", "the word has not come");
    m.c.settle();
    assert_eq!((m.has(), failed(&m)[1]), ([940, 0, 0], "AccountRestricted"));
    assert_eq!(m.c.ask(1, json!({ "lift_restriction": block })), "ok");
    m.c.settle();
    assert_eq!(m.split("p1", "s1", &[("near", 940)]), "ok", "the number is free again");
    m.c.settle();
    assert_eq!((m.has(), failed(&m).len()), ([0, 940, 0], 2));
    m.holds();
}

/// When the money comes the rules are asked once more.
#[test]
fn what_can_no_longer_be_shared_goes_back_home() {
    let mut m = Market::sold();
    m.c.days(1);
    let guide = m.guide.clone();
    assert_eq!(m.split("p1", "s1", &[("guide", 2_000)]), "ok");
    assert_eq!(m.relation("unbind_royalty", &guide), "ok");
    m.c.settle();
    assert_eq!((m.has(), failed(&m)), ([9_940, 0, 0], vec!["NotBound"]));
    // Of what is in dispute nothing is shared; the home has paid both.
    assert_eq!(m.split("p1", "s1", &[("near", 2_000)]), "ok");
    let dispute = json!({ "dispute": "d1", "payment": "p1", "amt": cny(9_000),
        "kind": "CHARGEBACK", "due_at": "2026-03-01T00:00:00Z" });
    assert_eq!(m.c.ask(0, json!({ "open_dispute": dispute })), "ok");
    m.c.settle();
    assert_eq!((m.has(), failed(&m)[1]), ([2_000, 0, 0], "AmountNotEnough"));
    assert_eq!(m.c.balance(1, Class::MerchantReceivable, &m.shop), -1_060);
    m.holds();
}

/// A merchant whose split waits for its money is not closed meanwhile.
#[test]
fn a_split_that_waits_keeps_a_merchant_open() {
    let mut m = Market::sold();
    m.c.days(1);
    let owner = json!({ "merchant": m.shop });
    let payout = json!({ "payout": "w1", "owner": owner, "amt": cny(9_940) });
    assert_eq!(m.c.ask(1, json!({ "request_payout": payout })), "ok");
    assert_eq!(m.c.ask(1, json!({ "confirm_payout": { "payout": "w1" } })), "ok");
    let close = json!({ "close_account": { "account": owner } });
    assert_eq!(m.c.ask(1, close.clone()), "ok");
    assert_eq!(m.split("p1", "s1", &[("near", 2_000)]), "ok");
    let closed =
        |m: &Market| m.c.told.iter().any(|told| matches!(told, Body::CloseDecided(d) if d.closed));
    m.c.settle();
    assert_eq!((closed(&m), failed(&m)), (false, vec!["AmountNotEnough"]));
    assert_eq!(m.c.ask(1, close), "ok");
    m.c.settle();
    assert!(closed(&m));
    m.holds();
}
