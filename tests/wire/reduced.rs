//! Rent that is reduced after it went home to a merchant on another shard: its home is asked for
//! the money (DOMAIN §4.4, DESIGN §9).

use crate::cluster::{Cluster, cny};
use groat_ledger::{Class, RentalState};
use groat_proto::json::time_text;
use groat_proto::v1::settlement::Body;
use serde_json::{Value, json};

/// alice, on the first shard, has rented a bicycle for 50.00 of a merchant on the second.
struct Rented {
    c: Cluster,
    alice: String,
    fleet: String,
}

impl Rented {
    fn new() -> Rented {
        Rented::of(20_000, false)
    }

    /// Of alice, who has so much, and with the platform's guarantee or without.
    fn of(cash: u64, guaranteed: bool) -> Rented {
        let mut c = Cluster::new(2);
        let (alice, fleet) = (c.user(0, "alice", cash), c.at(1, "fleet"));
        let terms = json!({ "merchant": fleet, "fee_ppm": 6_000, "cycle": 1,
            "fee_refund": "PROPORTIONAL", "settle_ccy": "CNY" });
        assert_eq!(c.ask(1, json!({ "onboard_merchant": terms })), "ok");
        c.settle();
        let (from, until) = (c.now, c.now + 3_600_000);
        let asked = [
            json!({ "create_rental": { "rental": "bike", "out_order_no": "R-1", "merchant": fleet,
                "user": alice, "deposit": cny(10_000), "rent": cny(5_000), "unit": "USE",
                "borrow_at": time_text(from), "expiry_at": time_text(until),
                "guaranteed": guaranteed } }),
            json!({ "assess_rental": { "rental": "bike", "score": 700,
                "decision": { "full": {} } } }),
            json!({ "secure_deposit": { "rental": "bike" } }),
            json!({ "start_rental": { "rental": "bike", "started_at": time_text(from) } }),
            json!({ "return_rental": { "rental": "bike",
                "restore_at": time_text(from + 60_000) } }),
            json!({ "settle_rental": { "rental": "bike" } }),
        ];
        for body in asked {
            c.now += 60_000;
            assert_eq!(c.ask(0, body.clone()), "ok", "{body}");
        }
        Rented { c, alice, fleet }
    }

    fn reduce(&mut self, minor: u64) -> String {
        let less: Value = json!({ "rental": "bike", "item": 0, "amt": cny(minor) });
        self.c.ask(0, json!({ "reduce_charge": less }))
    }

    /// What alice has, what the merchant has settled at home, and by how much the rent is reduced.
    fn has(&self) -> (i128, i128, u64) {
        let tables = self.c.shards[0].books().ledger().tables();
        let rental = tables.rentals.get(&"bike".parse().unwrap()).unwrap();
        assert_eq!(rental.state, RentalState::Completed);
        let settled = self.c.balance(1, Class::MerchantAvailable, &self.fleet);
        (self.c.cash(0, &self.alice), settled, rental.charges[0].reduced)
    }
}

#[test]
fn rent_that_went_home_is_reduced_when_the_home_has_paid() {
    let mut r = Rented::new();
    assert_eq!(r.reduce(500), "ok");
    assert_eq!(r.has(), (15_500, 0, 500), "the day's own sales pay");
    r.c.days(1);
    assert_eq!(r.has(), (15_500, 4_473, 500));
    assert_eq!(r.reduce(4_501), "ReductionExceedsCharge");
    assert_eq!(r.reduce(2_000), "ok");
    assert_eq!(r.has(), (15_500, 4_473, 500), "the home is asked");
    assert_eq!(r.reduce(1), "InvalidState", "one at a time");
    r.c.settle();
    assert_eq!(r.has(), (17_500, 4_473 - 1_988, 2_500), "with its part of the fee");
    assert_eq!(r.reduce(2_500), "ok");
    r.c.settle();
    assert_eq!(r.has(), (20_000, 0, 5_000));
    assert_eq!(r.reduce(1), "ReductionExceedsCharge");
    r.c.holds();
}

/// What the home gives cannot be refused, so it is not asked for who has no account any more.
#[test]
fn rent_of_who_has_left_is_not_asked_for() {
    let mut r = Rented::new();
    r.c.days(1);
    let owner = json!({ "user": r.alice });
    let payout = json!({ "payout": "w1", "owner": owner, "amt": cny(15_000) });
    assert_eq!(r.c.ask(0, json!({ "request_payout": payout })), "ok");
    assert_eq!(r.c.ask(0, json!({ "confirm_payout": { "payout": "w1" } })), "ok");
    let close = json!({ "close_account": { "account": { "user": r.alice } } });
    assert_eq!(r.c.ask(0, close), "ok");
    assert_eq!(r.reduce(2_000), "MerchantBalanceInsufficient");
    r.c.settle();
    assert_eq!(r.has(), (0, 4_970, 0));
    r.c.holds();
}

#[test]
fn rent_stays_as_it_was_when_the_home_cannot_pay() {
    let mut r = Rented::new();
    r.c.days(1);
    let owner = json!({ "merchant": r.fleet });
    let payout = json!({ "payout": "w1", "owner": owner, "amt": cny(4_000) });
    assert_eq!(r.c.ask(1, json!({ "request_payout": payout })), "ok");
    assert_eq!(r.reduce(2_000), "ok");
    r.c.settle();
    assert_eq!(r.has(), (15_000, 970, 0));
    let failed = r.c.told.iter().any(|told| matches!(told, Body::RefundFailed(_)));
    assert!(failed, "the merchant is told");
    assert_eq!(r.reduce(900), "ok", "less is there");
    r.c.settle();
    assert_eq!(r.has(), (15_900, 970 - 895, 900));
    r.c.holds();
}

/// What was advanced comes back from the day's own sales. When those have gone home nobody asks the
/// merchant's home for it, so it stays.
#[test]
fn an_advance_that_went_home_stays() {
    let mut r = Rented::of(1_000, true);
    let top_up = json!({ "user": r.alice, "amt": cny(4_000), "bank_ref": "more" });
    assert_eq!(r.c.ask(0, json!({ "confirm_top_up": top_up })), "ok");
    assert_eq!(r.c.ask(0, json!({ "collect_rental": { "rental": "bike" } })), "ok");
    assert_eq!(r.has(), (0, 0, 0));
    assert_eq!(r.reduce(500), "ok");
    assert_eq!(r.has(), (500, 0, 500), "the day's own sales pay");
    r.c.days(1);
    assert_eq!(r.has(), (500, 4_500, 500));
    assert_eq!(r.reduce(500), "NotAcrossShards");
    r.c.settle();
    assert_eq!(r.has(), (500, 4_500, 500));
    r.c.holds();
}
