//! Who may receive of whom, bound by a version that told nobody: the home tells all others once, as
//! soon as it decides by rules that do.

use crate::cluster::{Cluster, cny};
use groat_ledger::Class;
use groat_shard::Shard;
use serde_json::json;

/// alice on the first shard, the shop on the second, a guide on the third, who is bound to the shop
/// by a version of the rules.
struct Market {
    c: Cluster,
    alice: String,
    shop: String,
    guide: String,
}

impl Market {
    fn bound_by(ruleset: u32) -> Market {
        let mut c = Cluster::new(3);
        let alice = c.user(0, "alice", 100_000);
        let (shop, guide) = (c.merchant(1, "PROPORTIONAL"), c.at(2, "guide"));
        let terms = json!({ "merchant": guide, "fee_ppm": 6000, "settle_ccy": "CNY" });
        assert_eq!(c.ask(2, json!({ "onboard_merchant": terms })), "ok");
        c.settle();
        c.decide_by(ruleset);
        let mut market = Market { c, alice, shop, guide };
        assert_eq!(market.relation("bind_royalty"), "ok");
        market.c.settle();
        market
    }

    fn relation(&mut self, what: &str) -> String {
        let relation = json!({ "merchant": self.shop, "receiver": self.guide });
        self.c.ask(1, json!({ what: relation }))
    }

    /// alice pays 100.00, and a part of it is shared.
    fn share(&mut self, payment: &str, amount: u64) -> String {
        let (alice, shop) = (self.alice.clone(), self.shop.clone());
        self.c.pay(0, &alice, &shop, payment, 10_000);
        let shares = json!([{ "receiver": self.guide, "amt": cny(amount) }]);
        let split = json!({ "payment": payment, "out_request_no": "s1", "receivers": shares });
        self.c.ask(0, json!({ "split_payment": split }))
    }

    /// How many words are on their way after a moment in which nothing is asked.
    fn words(&mut self) -> [usize; 3] {
        self.c.now += 1;
        self.c.shards[1].tick(self.c.now);
        self.c.seal(1);
        [0, 1, 2].map(|no| self.c.transfers[no].len())
    }
}

#[test]
fn relations_of_before_are_told_once() {
    let mut m = Market::bound_by(2);
    assert_eq!(m.share("p1", 700), "NotBound", "nobody was told");
    assert_eq!(m.words(), [0; 3], "nor is anybody by those rules");
    m.c.decide_by(4);
    let mut again = Shard::from_snapshot(1, &m.c.shards[1].snapshot()).unwrap();
    assert!(again.is_due(m.c.now), "whoever goes on from a snapshot tells it too");
    assert_eq!(m.words(), [1, 0, 1]);
    m.c.settle();
    assert_eq!(m.share("p2", 700), "ok");
    m.c.settle();
    assert_eq!(m.c.balance(2, Class::MerchantAvailable, &m.guide), 700);
    let mut again = Shard::from_snapshot(1, &m.c.shards[1].snapshot()).unwrap();
    assert!(!again.is_due(m.c.now), "it was told");
    assert_eq!(m.words(), [0; 3]);
    m.c.days(1);
    assert_eq!(m.c.balance(1, Class::MerchantAvailable, &m.shop), 2 * 9_940 - 700);
    assert_eq!(m.relation("unbind_royalty"), "ok");
    m.c.settle();
    assert_eq!(m.share("p3", 1), "NotBound");
    assert_eq!(m.words(), [0; 3], "one that is no longer bound is told of no more");
    m.c.holds();
}

/// Who was told already leaves it at that; one that was unbound before anybody was told is told of
/// to nobody.
#[test]
fn what_was_told_or_ended_before() {
    let mut m = Market::bound_by(3);
    assert_eq!(m.share("p1", 700), "ok");
    m.c.settle();
    m.c.decide_by(4);
    assert_eq!(m.words(), [1, 0, 1]);
    m.c.settle();
    assert_eq!(m.share("p2", 300), "ok");
    m.c.settle();
    assert_eq!(m.c.balance(2, Class::MerchantAvailable, &m.guide), 1_000);
    m.c.holds();

    let mut m = Market::bound_by(2);
    assert_eq!(m.relation("unbind_royalty"), "ok");
    m.c.decide_by(4);
    assert_eq!(m.words(), [0; 3]);
    assert_eq!(m.relation("bind_royalty"), "ok");
    assert_eq!(m.words(), [1, 0, 1], "with the binding itself, and not once more");
    m.c.settle();
    assert_eq!(m.share("p1", 700), "ok");
    m.c.holds();
}
