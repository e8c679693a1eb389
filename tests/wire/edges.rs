//! What stands on the edge of a rule about other shards: who may send, who may be sent to, what an
//! answer leaves behind (DESIGN §9).

use crate::cluster::{Cluster, DAY_MS, cny, transfer};
use groat_ledger::{Class, PaymentState};
use groat_proto::Message;
use groat_proto::v1::settlement::Body;
use groat_proto::v1::{self, cargo};
use serde_json::{Value, json};

/// alice, with money, on the first shard; on the second a shop, and bob, with money, so that the
/// shard's part of the bank can pay out.
struct Two {
    c: Cluster,
    alice: String,
    bob: String,
    shop: String,
}

impl Two {
    fn new() -> Two {
        let mut c = Cluster::new(2);
        let (alice, bob) = (c.user(0, "alice", 20_000), c.user(1, "bob", 20_000));
        let shop = c.merchant(1, "PROPORTIONAL");
        Two { c, alice, bob, shop }
    }

    fn block(&mut self, shard: u32, account: &Value, block: &str) {
        let block = json!({ "account": account, "block": block, "case": "c" });
        assert_eq!(self.c.ask(shard, json!({ "restrict_account": block })), "ok");
    }

    fn close(&mut self, shard: u32, account: Value) -> String {
        self.c.ask(shard, json!({ "close_account": { "account": account } }))
    }

    fn pay_out(&mut self, shard: u32, owner: Value, payout: &str, amount: u64) {
        let asked = json!({ "payout": payout, "owner": owner, "amt": cny(amount) });
        assert_eq!(self.c.ask(shard, json!({ "request_payout": asked })), "ok");
        let confirmed = json!({ "confirm_payout": { "payout": payout } });
        assert_eq!(self.c.ask(shard, confirmed), "ok");
    }

    /// alice pays the shop from these legs.
    fn pay(&mut self, payment: &str, amount: u64, legs: Value) {
        let created = json!({ "create_payment": { "payment": payment, "out_trade_no": payment,
            "merchant": self.shop, "mode": "IN_APP", "amt": cny(amount) } });
        assert_eq!(self.c.ask(0, created), "ok");
        let paid = json!({ "payment": payment, "user": self.alice, "legs": legs });
        assert_eq!(self.c.ask(0, json!({ "pay_payment": paid })), "ok");
    }

    fn why(&self) -> Vec<&str> {
        let why = self.c.told.iter().filter_map(|told| match told {
            Body::TransferReturned(returned) => Some(returned.why.as_str()),
            Body::RefundFailed(failed) => Some(failed.why.as_str()),
            _ => None,
        });
        why.collect()
    }

    /// One shard is that much later than the other, and sends what falls due on it.
    fn later(&mut self, shard: usize, ms: u64) {
        let to = self.c.now + ms;
        self.c.shards[shard].tick(to);
        self.c.seal(shard);
    }
}

#[test]
fn who_may_send_to_another_shard() {
    let mut t = Two::new();
    let (alice, bob) = (t.alice.clone(), t.bob.clone());
    let dollars = json!({ "from": alice, "to": bob,
        "amt": { "amount": "1.00", "currency": "USD" } });
    assert_eq!(t.c.ask(0, json!({ "transfer": dollars })), "CurrencyMismatch");
    t.block(0, &json!({ "user": alice }), "DEBIT");
    assert_eq!(t.c.ask(0, transfer(&alice, &bob, 1)), "AccountRestricted");
    let lifted = json!({ "account": { "user": alice }, "block": "DEBIT", "case": "c" });
    assert_eq!(t.c.ask(0, json!({ "lift_restriction": lifted })), "ok");
    let limits = json!({ "scope": { "user": alice }, "ccy": "CNY", "day": cny(20_000) });
    assert_eq!(t.c.ask(0, json!({ "set_limits": limits })), "ok");
    assert_eq!(t.c.ask(0, transfer(&alice, &bob, 20_001)), "InsufficientFunds");
    assert_eq!(t.c.ask(0, transfer(&alice, &bob, 20_000)), "ok", "all there is");
    t.c.settle();
    let back = |minor| transfer(&bob, &alice, minor);
    assert_eq!(t.c.ask(1, back(100)), "ok");
    t.c.settle();
    assert_eq!(t.c.ask(0, transfer(&alice, &bob, 1)), "LimitExceeded", "it counts");
    t.c.holds();
}

/// A receipt is a merchant's only at its home.
#[test]
fn a_receipt_is_not_a_merchants_elsewhere() {
    let mut t = Two::new();
    let received = json!({ "bank_ref": "b1", "amt": cny(900) });
    assert_eq!(t.c.ask(0, json!({ "match_receipt": received })), "ok");
    let target = json!({ "merchant": t.shop });
    let matched = json!({ "bank_ref": "b1", "amt": cny(900), "target": target });
    assert_eq!(t.c.ask(0, json!({ "match_receipt": matched })), "NotAcrossShards");
    t.c.holds();
}

#[test]
fn postings_that_an_account_elsewhere_does_not_take() {
    let mut t = Two::new();
    let source = t.c.at(0, "source");
    let [plain, dollars, full] = ["plain", "dollars", "full"].map(|what| t.c.at(1, what));
    for (shard, account, currency, constraint) in [
        (0, &source, "CNY", "UNSPECIFIED"),
        (1, &plain, "CNY", "UNSPECIFIED"),
        (1, &dollars, "USD", "UNSPECIFIED"),
        (1, &full, "CNY", "CREDITS_WITHIN_DEBITS"),
    ] {
        let opened = json!({ "account": account, "currency": currency, "constraint": constraint });
        assert_eq!(t.c.ask(shard, json!({ "open_ledger_account": opened })), "ok");
    }
    let post = |debit: &str, credit: &str, minor: u64, balancing: &str| {
        json!({ "post_transfer": { "debit": debit, "credit": credit, "amount": cny(minor),
            "balancing": balancing } })
    };
    let plainly = "UNSPECIFIED";
    assert_eq!(t.c.ask(1, post(&full, &plain, 500, plainly)), "ok");
    assert_eq!(t.c.ask(0, post(&source, &full, 501, plainly)), "ok");
    assert_eq!(t.c.ask(0, post(&source, &full, 500, plainly)), "ok");
    assert_eq!(t.c.ask(0, post(&source, &dollars, 1, plainly)), "ok");
    assert_eq!(t.c.ask(0, post(&source, &dollars, 1, "CREDIT")), "ok");
    t.block(1, &json!({ "ledger_account": plain }), "CREDIT");
    assert_eq!(t.c.ask(0, post(&source, &plain, 1, plainly)), "ok");
    t.c.settle();
    let why =
        ["ExceedsDebits", "CurrencyMismatch", "CurrencyMismatch", "AccountRestricted"].to_vec();
    assert_eq!((t.why(), t.c.balance(1, Class::Ledger, &full)), (why, 0));
    t.c.holds();
}

/// Of what waits to be posted to an account elsewhere no more is sent than it still needs.
#[test]
fn what_is_pending_there_is_not_needed_again() {
    let mut t = Two::new();
    let source = t.c.at(0, "source");
    let [needy, giver, sink] = ["needy", "giver", "sink"].map(|what| t.c.at(1, what));
    for (shard, account) in [(0, &source), (1, &needy), (1, &giver), (1, &sink)] {
        let opened = json!({ "account": account, "currency": "CNY" });
        assert_eq!(t.c.ask(shard, json!({ "open_ledger_account": opened })), "ok");
    }
    let post = |debit: &str, credit: &str, minor: u64| {
        let amount = cny(minor);
        json!({ "debit": debit, "credit": credit, "amount": amount })
    };
    assert_eq!(t.c.ask(1, json!({ "post_transfer": post(&needy, &sink, 500) })), "ok");
    let mut pending = post(&giver, &needy, 200);
    pending["phase"] = "PENDING".into();
    assert_eq!(t.c.ask(1, json!({ "post_transfer": pending })), "ok");
    let mut balancing = post(&source, &needy, 900);
    balancing["balancing"] = "CREDIT".into();
    assert_eq!(t.c.ask(0, json!({ "post_transfer": balancing })), "ok");
    t.c.settle();
    let has = |shard, who: &str| t.c.balance(shard, Class::Ledger, who);
    assert_eq!((has(0, &source), has(1, &needy)), (-300, -200));
    t.c.holds();
}

/// All that comes home to who has closed its account waits in suspense; what it is asked for it
/// does not give.
#[test]
fn what_comes_to_a_merchant_that_has_closed() {
    let mut t = Two::new();
    let shop = t.shop.clone();
    t.c.pay(0, &t.alice, &shop, "p1", 10_000);
    t.c.days(1);
    t.pay_out(1, json!({ "merchant": shop }), "w1", 9_940);
    t.c.pay(0, &t.alice, &shop, "p2", 5_000);
    let part = json!({ "payment": "p2", "amt": cny(1_000) });
    assert_eq!(t.c.ask(0, json!({ "confirm_settlement": part })), "ok");
    assert_eq!(t.c.refund(0, "p1", "r1", 100), "ok", "of the day's own sales");
    t.c.close_at_once(1, &shop);
    t.c.settle();
    assert_eq!(t.c.balance(1, Class::Suspense, ""), 1_000);
    assert_eq!(t.c.refund(0, "p1", "r2", 100), "AccountClosed", "the word has come");
    t.c.days(1);
    assert_eq!(t.c.balance(1, Class::Suspense, ""), 1_000 + 3_970 - 100 + 1);
    assert_eq!(t.c.balance(1, Class::MerchantAvailable, &shop), 0);
    t.c.holds();
}

#[test]
fn a_home_that_has_closed_pays_no_refund() {
    let mut t = Two::new();
    let shop = t.shop.clone();
    t.c.pay(0, &t.alice, &shop, "p1", 10_000);
    t.c.days(1);
    assert_eq!(t.c.refund(0, "p1", "r1", 100), "ok", "the home is asked");
    t.pay_out(1, json!({ "merchant": shop }), "w1", 9_940);
    t.c.close_at_once(1, &shop);
    t.c.settle();
    assert_eq!((t.why(), t.c.cash(0, &t.alice)), (vec!["MerchantBalanceInsufficient"], 10_000));
    t.c.holds();
}

/// The acquirer has paid before the home has answered: what it owes no more is the payer's.
#[test]
fn a_refund_to_an_acquirer_that_owes_less_by_now() {
    let mut t = Two::new();
    t.pay("p1", 5_000, json!([{ "channel": { "channel": "bank-1", "amt": cny(5_000) } }]));
    t.c.days(1);
    assert_eq!(t.c.refund(0, "p1", "r1", 3_000), "ok");
    let line = |class: &str, side: &str| {
        let owner = if class == "channel_receivable" { "bank-1" } else { "" };
        let mut line = json!({ "class": class, "side": side, "amt": cny(4_000) });
        if !owner.is_empty() {
            line["owner"] = owner.into();
        }
        line
    };
    let entries = [line("safeguarded_bank", "DEBIT"), line("channel_receivable", "CREDIT")];
    let paid = json!({ "entries": entries, "reason": "paid", "maker": "carol",
        "approver": "dave" });
    assert_eq!(t.c.ask(0, json!({ "post_adjustment": paid })), "ok");
    t.c.settle();
    let owes = -t.c.balance(0, Class::ChannelReceivable, "bank-1");
    assert_eq!((owes, t.c.cash(0, &t.alice)), (0, 22_000));
    t.c.holds();
}

/// A purchase on credit is repaid before the home has answered: what is no longer owed is the
/// payer's, and the bill is told of the rest.
#[test]
fn a_refund_of_credit_that_was_repaid_meanwhile() {
    let mut t = Two::new();
    let alice = t.alice.clone();
    let line = json!({ "user": alice, "limit": cny(50_000), "statement_day": 1, "due_day": 10,
        "billing": {} });
    assert_eq!(t.c.ask(0, json!({ "grant_credit_line": line })), "ok");
    t.pay("p1", 5_000, json!([{ "credit": { "amt": cny(5_000) } }]));
    // The first of the month: a statement is cut.
    t.c.days(1);
    assert_eq!(t.c.refund(0, "p1", "r1", 3_000), "ok");
    let repaid = json!({ "user": alice, "amt": cny(4_000) });
    assert_eq!(t.c.ask(0, json!({ "repay_credit": repaid })), "ok");
    t.c.settle();
    let owed = -t.c.balance(0, Class::CreditBilled, &alice);
    assert_eq!((owed, t.c.cash(0, &alice)), (0, 20_000 - 4_000 + 2_000));
    let shop = t.c.balance(1, Class::MerchantAvailable, &t.shop);
    assert_eq!(shop, 4_970 - 2_982);
    t.c.holds();
}

/// What was invoiced and what points were earned of a purchase follow its refund, whoever pays it.
#[test]
fn invoices_and_points_follow_a_refund_that_the_home_pays() {
    let mut t = Two::new();
    let (alice, shop) = (t.alice.clone(), t.shop.clone());
    let kind = json!({ "template": "club", "merchant": shop, "ccy": "CNY",
        "points": { "per": cny(100), "value_micros": 1_000_000 } });
    assert_eq!(t.c.ask(1, json!({ "define_card": kind })), "ok");
    t.c.settle();
    let card = json!({ "card": "card-1", "user": alice, "template": "club" });
    assert_eq!(t.c.ask(0, json!({ "open_card": card })), "ok");
    t.c.pay(0, &alice, &shop, "p1", 10_000);
    let earn = json!({ "card": "card-1", "user": alice, "payment": "p1" });
    assert_eq!(t.c.ask(0, json!({ "earn_points": earn })), "ok");
    let asked = json!({ "invoice": "i1", "payment": "p1", "title": "alice", "amt": cny(10_000) });
    assert_eq!(t.c.ask(0, json!({ "request_invoice": asked })), "ok");
    let issued = json!({ "invoice": "i1", "no": "1", "lines": [{ "amt": cny(10_000),
        "rate_bps": 1_300 }], "tax": cny(1_150) });
    assert_eq!(t.c.ask(0, json!({ "issue_invoice": issued })), "ok");
    t.c.days(1);
    assert_eq!(t.c.refund(0, "p1", "r1", 4_000), "ok");
    let due = |t: &Two| t.c.told.iter().any(|told| matches!(told, Body::RedInvoiceDue(_)));
    assert_eq!((due(&t), t.c.balance(0, Class::PointsLiability, "club")), (false, 100));
    t.c.settle();
    assert_eq!((due(&t), t.c.balance(0, Class::PointsLiability, "club")), (true, 60));
    t.c.holds();
}

/// Who waits for a refund cannot leave; who has it can.
#[test]
fn who_waits_for_a_refund_stays() {
    let mut t = Two::new();
    let (alice, shop) = (t.alice.clone(), t.shop.clone());
    t.c.pay(0, &alice, &shop, "p1", 20_000);
    t.c.days(1);
    assert_eq!(t.c.refund(0, "p1", "r1", 5_000), "ok");
    assert_eq!(t.close(0, json!({ "user": alice })), "OpenObligations");
    t.c.settle();
    t.pay_out(0, json!({ "user": alice }), "w1", 5_000);
    assert_eq!(t.close(0, json!({ "user": alice })), "ok");
    t.c.holds();
}

/// The time for refunds ends while the home is asked: the payment ends when it has answered.
#[test]
fn a_payment_ends_when_its_home_has_answered() {
    for pays in [true, false] {
        let mut t = Two::new();
        let shop = t.c.at(1, "brief");
        let terms = json!({ "merchant": shop, "fee_ppm": 0, "cycle": 1, "refund_days": 2,
            "settle_ccy": "CNY" });
        assert_eq!(t.c.ask(1, json!({ "onboard_merchant": terms })), "ok");
        t.c.settle();
        t.c.pay(0, &t.alice, &shop, "p1", 5_000);
        t.c.days(1);
        if !pays {
            t.pay_out(1, json!({ "merchant": shop }), "w1", 5_000);
        }
        assert_eq!(t.c.refund(0, "p1", "r1", 1_000), "ok");
        t.later(0, 2 * DAY_MS);
        let state = |t: &Two| {
            let tables = t.c.shards[0].books().ledger().tables();
            tables.payments.get(&"p1".parse().unwrap()).unwrap().state
        };
        assert_eq!(state(&t), PaymentState::Paid, "it waits");
        t.c.now += 2 * DAY_MS;
        t.c.settle();
        t.c.now += 1;
        t.c.days(0);
        assert_eq!(state(&t), PaymentState::Finished);
        let back = if pays { 1_000 } else { 0 };
        assert_eq!(t.c.cash(0, &t.alice), 15_000 + back);
        assert_eq!(t.c.refund(0, "p1", "r2", 1), "RefundWindowClosed");
        t.c.holds();
    }
}

/// Restrictions of a merchant hold on every shard: it shares nothing while it may not be debited.
#[test]
fn a_merchant_that_is_restricted_is_so_on_every_shard() {
    let mut t = Two::new();
    let (shop, near) = (t.shop.clone(), t.c.at(0, "near"));
    let terms = json!({ "merchant": near, "fee_ppm": 0, "settle_ccy": "CNY" });
    assert_eq!(t.c.ask(0, json!({ "onboard_merchant": terms })), "ok");
    t.c.settle();
    let bind = json!({ "merchant": shop, "receiver": near });
    assert_eq!(t.c.ask(1, json!({ "bind_royalty": bind })), "ok");
    t.c.settle();
    t.c.pay(0, &t.alice, &shop, "p1", 10_000);
    t.block(1, &json!({ "merchant": shop }), "DEBIT");
    t.c.settle();
    let split = json!({ "payment": "p1", "out_request_no": "s1",
        "receivers": [{ "receiver": near, "amt": cny(10) }] });
    assert_eq!(t.c.ask(0, json!({ "split_payment": split })), "AccountRestricted");
    t.c.holds();
}

/// Words that no rule has said change nothing: of a receiver with another currency, of oneself, of
/// one of here that nobody knows, of what is known already.
#[test]
fn words_of_royalties_that_no_rule_has_said() {
    let mut t = Two::new();
    let dollars = t.c.at(1, "dollars");
    let terms = json!({ "merchant": dollars, "fee_ppm": 0, "settle_ccy": "USD" });
    assert_eq!(t.c.ask(1, json!({ "onboard_merchant": terms })), "ok");
    t.c.settle();
    let (shop, here, known) = (t.shop.clone(), t.c.at(0, "here"), t.c.at(1, "known"));
    let events = |t: &Two| t.c.shards[0].books().ledger().next_event();
    let say = |t: &mut Two, receiver: &str, currency: u32, bound: bool| -> u64 {
        let id = |name: &str| Some(name.parse::<groat_ledger::Id>().unwrap().into());
        let agreed = v1::OnboardMerchant {
            merchant: id(receiver),
            settle_ccy: currency,
            ..v1::OnboardMerchant::default()
        };
        let word = v1::MerchantWord { terms: Some(agreed), ..v1::MerchantWord::default() };
        let word = v1::RoyaltyWord { merchant: id(&shop), receiver: Some(word), bound };
        let purpose = Some(cargo::Purpose::RoyaltyWord(word));
        let cargo = Some(v1::Cargo { amount: 0, currency: 156, purpose });
        let number = t.c.shards[0].books().ledger().received_from(1) + 1;
        let said = v1::Remittance { from_shard: 1, number, at: 1, cargo, ..Default::default() };
        let before = events(t);
        t.c.receive(0, &said.encode_to_vec()).unwrap();
        events(t) - before
    };
    assert_eq!(say(&mut t, &dollars, 840, true), 1, "it was received");
    assert_eq!(say(&mut t, &dollars, 156, true), 1, "whatever it says of the receiver");
    assert_eq!(say(&mut t, &shop, 156, true), 1);
    assert_eq!(say(&mut t, &here, 156, true), 1);
    assert_eq!(say(&mut t, &known, 156, false), 1);
    assert_eq!(say(&mut t, &known, 156, true), 4, "an account, a merchant and a relation");
    assert_eq!(say(&mut t, &known, 156, true), 1);
    assert_eq!(say(&mut t, &known, 156, false), 2);
    t.c.holds();
}
