//! The crash matrix of what takes two hops: a refund that the merchant's home pays for, and what a
//! merchant sold elsewhere, on its way home. Amounts are those of `wire`, where nothing crashes.

use groat::kafka::log::Topic;
use groat_ledger::Class;
use groat_proto::json::time_text;
use groat_proto::v1::settlement::Body;
use groat_tests::between::cny;
use groat_tests::sim::stage::{DAY_MS, Stage};
use groat_tests::sim::weather::EndHow;
use groat_tests::sim::world::{Act, At};
use serde_json::json;

/// Users on shards 0 and 2 with 200.00 each, and a shop at home on shard 1.
struct Market {
    stage: Stage,
    alice: String,
    carol: String,
    shop: String,
}

impl Market {
    /// The shop's part of the fee is returned with a refund, or not.
    fn new(fee_refund: &str, command_clock: bool) -> Market {
        let stage = Stage::across(3, 2_000, command_clock);
        let (alice, carol) = (stage.user(0, "alice", 20_000), stage.user(2, "carol", 20_000));
        let shop = stage.name(1, "shop");
        let terms = json!({ "merchant": shop, "fee_ppm": 6000, "cycle": 1,
            "fee_refund": fee_refund, "settle_ccy": "CNY" });
        stage.ask(1, json!({ "onboard_merchant": terms })).settle();
        Market { stage, alice, carol, shop }
    }

    fn pays(&self, shard: u32, user: &str, payment: &str, amount: u64) -> &Stage {
        let created = json!({ "payment": payment, "out_trade_no": payment,
            "merchant": self.shop, "mode": "IN_APP", "amt": cny(amount) });
        let legs = json!([{ "balance": { "amt": cny(amount) } }]);
        let paid = json!({ "payment": payment, "user": user, "legs": legs });
        let stage = &self.stage;
        stage.ask(shard, json!({ "create_payment": created }));
        stage.ask(shard, json!({ "pay_payment": paid }))
    }

    fn refunds(&self, shard: u32, payment: &str, number: &str, amount: u64) -> &Stage {
        let refund = json!({ "payment": payment, "out_request_no": number, "amt": cny(amount) });
        self.stage.ask(shard, json!({ "refund_payment": refund }))
    }

    /// What the shop has at home.
    fn settled(&self) -> i128 {
        self.stage.balance(1, Class::MerchantAvailable, &self.shop)
    }

    /// What alice and the shop have.
    fn have(&self) -> (i128, i128) {
        (self.stage.cash(0, &self.alice), self.settled())
    }

    fn told(&self, kind: fn(&Body) -> bool) -> usize {
        (0..3).map(|shard| self.stage.told(shard, kind)).sum()
    }

    fn ends(&self) {
        assert_eq!(self.stage.count("a shard stopped with a fault"), 0);
        self.stage.ends_well();
    }
}

fn refunded(body: &Body) -> bool {
    matches!(body, Body::PaymentRefunded(_))
}

fn failed(body: &Body) -> bool {
    matches!(body, Body::RefundFailed(_))
}

/// alice has paid 100.00, the day was settled at home, and she is asked to be given 33.33 of it:
/// the fee's part of that is 0.20, so the home is asked for 33.13.
fn asked_of_the_home(command_clock: bool) -> Market {
    let market = Market::new("PROPORTIONAL", command_clock);
    market.pays(0, &market.alice, "p1", 10_000).settle().days(2);
    assert_eq!(market.have(), (10_000, 9_940));
    market.refunds(0, "p1", "r1", 3_333).turns(0, 1);
    assert_eq!(market.have(), (10_000, 9_940), "the home is asked");
    market
}

fn is_refunded_once(market: &Market) {
    market.stage.settle();
    assert_eq!(market.have(), (13_333, 9_940 - 3_313));
    assert_eq!((market.told(refunded), market.told(failed)), (1, 0));
    market.ends();
    assert_eq!(market.have(), (13_333, 9_940 - 3_313));
    assert_eq!((market.stage.sent(0, 1).last(), market.stage.sent(1, 0).len()), (Some(&2), 2));
}

/// The home dies at a call while it pays; the payer's shard goes on.
fn home_dies(at: At, has_paid: bool) {
    for command_clock in [true, false] {
        for follower in [1, 3] {
            let market = asked_of_the_home(command_clock);
            market.stage.cue(1, at, 0, Act::Crash).turns(1, 2);
            assert!(!market.stage.is_up(1), "it never came to {at:?}");
            market.stage.turns(0, 3);
            let (back, taken) = if has_paid { (3_333, 3_313) } else { (0, 0) };
            assert_eq!(market.have(), (10_000 + back, 9_940 - taken), "{at:?}");
            market.stage.followed_by(1, follower);
            is_refunded_once(&market);
        }
    }
}

#[test]
fn home_dies_before_it_paid_a_refund() {
    home_dies(At::Begin, false);
    home_dies(At::Sent(Topic::Events), false);
    home_dies(At::Sent(Topic::Transfers(0)), false);
    home_dies(At::Commit, false);
}

#[test]
fn home_dies_after_it_paid_a_refund() {
    home_dies(At::Committed, true);
    home_dies(At::Append, true);
    home_dies(At::Appended, true);
}

#[test]
fn home_pays_a_refund_in_a_transaction_that_ends_otherwise() {
    for how in [
        EndHow::AnswerLost,
        EndHow::RequestLost,
        EndHow::Late,
        EndHow::Twice,
        EndHow::Hidden,
        EndHow::BlockOnly,
        EndHow::AllButBlock,
    ] {
        for dies in [None, Some(At::Committed), Some(At::Pause), Some(At::Renew)] {
            let market = asked_of_the_home(true);
            market.stage.cue(1, At::Commit, 0, Act::End(how));
            if let Some(at) = dies {
                market.stage.cue(1, at, 0, Act::Crash);
            }
            market.stage.turns(1, 1).turns(0, 2);
            assert_eq!(market.stage.count(how.name()), 1);
            if how.is_answered_well() {
                market.stage.need_not(1, At::Pause).need_not(1, At::Renew);
            }
            market.stage.followed_by(1, 3).arrives();
            is_refunded_once(&market);
        }
    }
}

/// The payer's shard dies where it gives back what the home has paid.
#[test]
fn payer_dies_where_a_refund_comes_back() {
    for (at, is_back) in [
        (At::Begin, false),
        (At::Sent(Topic::Events), false),
        (At::Sent(Topic::Settlements), false),
        (At::Commit, false),
        (At::Committed, true),
        (At::Append, true),
    ] {
        for follower in [0, 3] {
            let market = asked_of_the_home(true);
            market.stage.turns(1, 1).cue(0, at, 0, Act::Crash).turns(0, 2);
            assert!(!market.stage.is_up(0), "it never came to {at:?}");
            let back = if is_back { 3_333 } else { 0 };
            assert_eq!(market.have(), (10_000 + back, 9_940 - 3_313), "{at:?}");
            market.stage.followed_by(0, follower);
            is_refunded_once(&market);
        }
    }
}

/// Two shards ask the same home, which has money for one, and dies over it: one is paid, the other
/// is refused and may be asked again under its number.
#[test]
fn two_shards_ask_a_home_that_has_money_for_one_and_dies() {
    for at in [At::Begin, At::Sent(Topic::Transfers(0)), At::Commit, At::Committed, At::Append] {
        for follower in [1, 3] {
            let market = Market::new("NONE", true);
            market.pays(0, &market.alice, "p1", 5_000);
            market.pays(2, &market.carol, "p2", 5_000).settle().days(2);
            assert_eq!(market.settled(), 9_940);
            market.refunds(0, "p1", "all", 5_000);
            market.refunds(2, "p2", "all", 5_000).turns(2, 1).turns(0, 1);
            market.stage.cue(1, at, 0, Act::Crash).turns(1, 2);
            assert!(!market.stage.is_up(1), "it never came to {at:?}");
            market.stage.followed_by(1, follower).settle();
            let cash = |shard, user: &str| market.stage.cash(shard, user);
            assert_eq!((cash(2, &market.carol), cash(0, &market.alice)), (20_000, 15_000));
            assert_eq!(
                (market.told(refunded), market.told(failed), market.settled()),
                (1, 1, 4_940)
            );
            // The shop sells again, for 1.00 without a fee's part of 0.01, and it is enough.
            market.pays(2, &market.carol, "p3", 100).settle().days(2);
            market.refunds(0, "p1", "all", 5_000).settle();
            assert_eq!((cash(0, &market.alice), market.settled()), (20_000, 39));
            market.ends();
        }
    }
}

/// alice buys for 100.00 and 33.33 and is given back 50.00 the same day, bob buys for 6.90 at the
/// shop's home; then the home is down.
fn sold_and_home_is_down(command_clock: bool) -> Market {
    let market = Market::new("PROPORTIONAL", command_clock);
    let bob = market.stage.user(1, "bob", 50_000);
    market.pays(0, &market.alice, "p1", 10_000);
    market.pays(1, &bob, "p2", 690);
    market.pays(0, &market.alice, "p3", 3_333);
    market.refunds(0, "p1", "r1", 5_000).settle().kill(1);
    assert_eq!(market.stage.cash(0, &market.alice), 20_000 - 13_333 + 5_000);
    market
}

fn is_settled_once(market: &Market) {
    market.stage.settle().time_passes(1).settle();
    assert_eq!(market.settled(), 8_969);
    market.stage.days(2);
    // And 9.94 of what was sold while it was down.
    assert_eq!(market.settled(), 8_969 + 994);
    assert_eq!(market.stage.balance(0, Class::MerchantAvailable, &market.shop), 0);
    market.ends();
}

/// The day is cut elsewhere and its net sent home, which is down for a day and more.
#[test]
fn proceeds_wait_for_a_home_that_is_down_for_a_day() {
    for command_clock in [true, false] {
        for follower in [1, 3] {
            let market = sold_and_home_is_down(command_clock);
            market.stage.time_passes(DAY_MS).settle();
            assert_eq!((market.stage.sent(0, 1), market.settled()), (vec![1], 0), "it waits");
            market.stage.time_passes(DAY_MS / 2);
            market.pays(0, &market.alice, "p4", 1_000).settle();
            market.stage.followed_by(1, follower);
            is_settled_once(&market);
        }
    }
}

/// An owner whose clock is a day ahead cuts the day and sends its net home; that is told without
/// its block. The next owner's clock is not ahead, and comes to what was told all the same.
#[test]
fn what_a_clock_ahead_sent_home_was_told_and_its_block_is_not_there() {
    for dies in [At::Committed, At::Pause, At::Renew] {
        for follower in [0, 3] {
            let mut market = Market::new("PROPORTIONAL", false);
            market.pays(0, &market.alice, "p1", 10_000).settle();
            market.stage.clock_ahead(0, DAY_MS);
            market.stage.cue(0, At::Commit, 0, Act::End(EndHow::AllButBlock));
            market.stage.cue(0, dies, 0, Act::Crash).turns(0, 2);
            assert!(!market.stage.is_up(0), "it never came to {dies:?}");
            assert_eq!(market.stage.sent(0, 1), [1], "it is told");
            market.stage.turns(1, 2);
            market.stage.clock_ahead(0, 0);
            market.stage.followed_by(0, follower);
            market.refunds(0, "p1", "r1", 3_333).settle();
            assert_eq!(market.stage.sent(0, 1), [1, 2], "the net, and what a refund is asked for");
            market.stage.days(2);
            assert_eq!(market.have(), (13_333, 9_940 - 3_313));
            market.ends();
        }
    }
}

/// Whoever cuts the day dies over it, and so does the home when it comes back.
#[test]
fn both_die_over_what_is_sent_home() {
    for at in [At::Begin, At::Sent(Topic::Transfers(1)), At::Commit, At::Committed, At::Append] {
        for follower in [0, 3] {
            let market = sold_and_home_is_down(true);
            market.stage.time_passes(DAY_MS).cue(0, at, 0, Act::Crash).turns(0, 2);
            assert!(!market.stage.is_up(0), "it never came to {at:?}");
            market.stage.followed_by(0, follower).settle();
            market.pays(0, &market.alice, "p4", 1_000).settle();
            let at = if matches!(at, At::Sent(_)) { At::Sent(Topic::Events) } else { at };
            market.stage.followed_by(1, 1).turns(1, 1).cue(1, at, 0, Act::Crash).turns(1, 2);
            assert!(!market.stage.is_up(1), "it never came to {at:?}");
            market.stage.followed_by(1, 1);
            is_settled_once(&market);
        }
    }
}

/// The home dies at every single call it makes while it takes proceeds and pays a refund.
#[test]
fn home_dies_at_any_call() {
    let mut died = 0;
    for call in 0.. {
        let market = asked_of_the_home(true);
        market.pays(0, &market.alice, "p2", 1_000).settle();
        market.stage.world.dies_at.set(Some((1, call)));
        market.refunds(0, "p1", "r2", 667);
        market.stage.days(2);
        if market.stage.is_up(1) {
            break;
        }
        died += 1;
        let follower = if call.is_multiple_of(2) { 1 } else { 3 };
        market.stage.followed_by(1, follower).days(2);
        // 33.33 and 6.67 of 100.00 are given back, 10.00 are sold: 59.64 and 9.94.
        assert_eq!(market.have(), (20_000 - 6_000 - 1_000, 5_964 + 994), "call {call}");
        market.ends();
    }
    assert!(died > 40, "only {died} calls");
}

/// The home dies at every single call it makes while it is charged for two disputes, of which the
/// merchant loses one, with a fee, and wins the other.
#[test]
fn home_dies_at_any_call_of_two_disputes() {
    let mut died = 0;
    for call in 0.. {
        let market = Market::new("PROPORTIONAL", true);
        market.pays(0, &market.alice, "p1", 10_000).settle().days(2);
        market.stage.world.dies_at.set(Some((1, call)));
        let due_at = time_text(market.stage.world.now.get() + 9 * DAY_MS);
        for (dispute, amount) in [("d1", 4_000), ("d2", 2_000)] {
            let opened = json!({ "dispute": dispute, "payment": "p1", "amt": cny(amount),
                "kind": "CHARGEBACK", "due_at": due_at });
            market.stage.ask(0, json!({ "open_dispute": opened }));
        }
        market.stage.turns(0, 1).turns(1, 1);
        let lost = json!({ "dispute": "d1", "ruling": "CUSTOMER", "fee": cny(100) });
        let won = json!({ "dispute": "d2", "ruling": "MERCHANT" });
        for judged in [lost, won] {
            market.stage.ask(0, json!({ "judge_dispute": judged }));
        }
        market.stage.days(2);
        if market.stage.is_up(1) {
            break;
        }
        died += 1;
        let follower = if call.is_multiple_of(2) { 1 } else { 3 };
        market.stage.followed_by(1, follower).days(2);
        assert_eq!(market.have(), (14_000, 9_940 - 4_000 - 100), "call {call}");
        let owes = |shard| market.stage.balance(shard, Class::MerchantReceivable, &market.shop);
        assert_eq!((owes(0), owes(1)), (0, 0), "call {call}");
        market.ends();
    }
    assert!(died > 40, "only {died} calls");
}

/// The home dies at every single call it makes while it pays a refund of a sale that was shared
/// elsewhere, and while what the receivers give back of that comes home.
#[test]
fn home_dies_at_any_call_of_a_refund_of_what_was_shared() {
    let mut died = 0;
    for call in 0.. {
        let market = Market::new("PROPORTIONAL", true);
        let receivers = [(0, "near"), (2, "guide")].map(|(shard, what)| {
            let receiver = market.stage.name(shard, what);
            let terms = json!({ "merchant": receiver, "fee_ppm": 6000, "settle_ccy": "CNY" });
            market.stage.ask(shard, json!({ "onboard_merchant": terms })).settle();
            let bind = json!({ "merchant": market.shop, "receiver": receiver });
            market.stage.ask(1, json!({ "bind_royalty": bind })).settle();
            receiver
        });
        market.pays(0, &market.alice, "p1", 10_000);
        let shares = receivers.each_ref().map(|receiver| {
            let amount = if *receiver == receivers[0] { 1_000 } else { 2_000 };
            json!({ "receiver": receiver, "amt": cny(amount) })
        });
        let split = json!({ "payment": "p1", "out_request_no": "s1", "receivers": shares });
        market.stage.ask(0, json!({ "split_payment": split })).settle().days(2);
        assert_eq!(market.have(), (10_000, 6_940));
        market.stage.world.dies_at.set(Some((1, call)));
        let refund = json!({ "payment": "p1", "out_request_no": "r1", "amt": cny(5_000),
            "royalty_refunds": { "pro_rata": true } });
        market.stage.ask(0, json!({ "refund_payment": refund }));
        market.stage.days(2);
        if market.stage.is_up(1) {
            break;
        }
        died += 1;
        let follower = if call.is_multiple_of(2) { 1 } else { 3 };
        market.stage.followed_by(1, follower).days(2);
        assert_eq!(market.have(), (15_000, 3_470), "call {call}");
        market.ends();
    }
    assert!(died > 40, "only {died} calls");
}
