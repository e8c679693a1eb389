//! Sales elsewhere whose proceeds stay frozen with the payment.

use super::Market;
use crate::cluster::cny;
use groat_ledger::Class;
use serde_json::{Value, json};

/// What is frozen stays with the payment after the day has gone home; what is freed is of the day
/// on which it is, and goes home with that.
#[test]
fn what_is_frozen_of_a_sale_elsewhere_is_shared_later() {
    let mut m = Market::new();
    m.c.settle();
    m.pay("p1", 10_000, true);
    m.pay("p2", 5_000, true);
    m.c.days(3);
    let frozen = |m: &Market| ["p1", "p2"].map(|p| m.c.balance(0, Class::MerchantFrozen, p));
    assert_eq!((frozen(&m), m.has()), ([9_940, 4_970], [0, 0, 0]));
    assert_eq!(m.split("p1", "s1", &[("guide", 1_000), ("near", 500)]), "ok");
    m.c.settle();
    assert_eq!(m.has(), [0, 500, 1_000]);
    // A refund is paid of what is frozen: 19.88 and its part of the fee.
    assert_eq!(m.refund("r1", 2_000, Value::Null), "ok");
    assert_eq!((m.c.cash(0, &m.alice), frozen(&m)[0]), (87_000, 8_440 - 1_988));
    assert_eq!(m.finish("p1"), "ok");
    assert_eq!(m.split("p1", "s2", &[("near", 1)]), "SplitFinished");
    m.c.days(1);
    assert_eq!((frozen(&m), m.has()), ([0, 4_970], [6_452, 500, 1_000]));
    m.c.days(30);
    assert_eq!((frozen(&m), m.has()), ([0, 0], [6_452 + 4_970, 500, 1_000]), "by the clock");
    m.holds();
}

/// While the shop's home is asked for a refund, what that is of is not shared; it was, before the
/// fifth rules.
#[test]
fn what_a_refund_asks_for_is_not_shared_meanwhile() {
    for (ruleset, said) in [(4, "ok"), (5, "AmountNotEnough")] {
        let mut m = Market::new();
        m.c.decide_by(ruleset);
        m.c.settle();
        m.pay("p1", 10_000, true);
        m.pay("p2", 20_000, false);
        m.c.days(3);
        assert_eq!(m.split("p1", "s1", &[("near", 2_000)]), "ok");
        assert_eq!(m.refund("r1", 10_000, Value::Null), "ok");
        assert_eq!(m.split("p1", "s2", &[("near", 1_000)]), said, "by ruleset {ruleset}");
        m.c.settle();
        assert_eq!(m.c.cash(0, &m.alice), 80_000, "p1 is refunded");
        m.holds();
    }
}

/// A dispute holds what is frozen first; what is won goes home.
#[test]
fn a_dispute_of_a_sale_whose_money_is_frozen() {
    let mut m = Market::new();
    m.c.settle();
    m.pay("p1", 10_000, true);
    m.c.days(2);
    let dispute = json!({ "dispute": "d1", "payment": "p1", "amt": cny(4_000),
        "kind": "CHARGEBACK", "due_at": "2026-03-01T00:00:00Z" });
    assert_eq!(m.c.ask(0, json!({ "open_dispute": dispute })), "ok");
    let held = m.c.balance(0, Class::MerchantDisputed, "d1");
    assert_eq!((held, m.c.balance(0, Class::MerchantFrozen, "p1")), (4_000, 5_940));
    let judged = json!({ "dispute": "d1", "ruling": "MERCHANT" });
    assert_eq!(m.c.ask(0, json!({ "judge_dispute": judged })), "ok");
    m.c.settle();
    assert_eq!((m.has(), m.c.balance(0, Class::MerchantFrozen, "p1")), ([4_000, 0, 0], 5_940));
    // It is settled money there, and only what is frozen still is shared here.
    assert_eq!(m.split("p1", "s1", &[("near", 2_900)]), "ok");
    assert_eq!(m.refund("r1", 3_040, Value::Null), "ok");
    let frozen = m.c.balance(0, Class::MerchantFrozen, "p1");
    assert!(frozen < 100, "{frozen}");
    assert_eq!(m.split("p1", "s2", &[("near", 100)]), "AmountNotEnough");
    m.c.settle();
    m.holds();
}

/// A refund of all ends the wait for a split; before the sixth rules the clock did, in thirty days.
#[test]
fn a_whole_refund_ends_what_is_frozen_of_a_sale_elsewhere() {
    for (ruleset, waits) in [(5, 1), (6, 0)] {
        let mut m = Market::new();
        m.c.decide_by(ruleset);
        m.c.settle();
        m.pay("p1", 10_000, true);
        m.c.days(3);
        assert_eq!(m.refund("r1", 10_000, Value::Null), "ok");
        m.c.settle();
        let merchants = &m.c.shards[0].books().ledger().tables().merchants;
        let open: u32 = merchants.rows().iter().map(|merchant| merchant.open_freezes).sum();
        assert_eq!(open, waits, "by ruleset {ruleset}");
        assert_eq!(m.c.cash(0, &m.alice), 100_000, "p1 is refunded");
        m.c.days(31);
        m.holds();
    }
}
