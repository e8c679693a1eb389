//! Money between shards: what travels, what comes back, and what stays (DESIGN §9).

use crate::cluster::{Cluster, DAY_MS, cny, transfer};
use groat_ledger::Class;
use groat_proto::json::{hex, time_text};
use groat_proto::v1::{self, outcome, settlement};
use groat_tests::signing::public_key;
use serde_json::json;

#[test]
fn a_transfer_leaves_the_payer_first_and_arrives() {
    let mut c = Cluster::new(3);
    let (alice, bob) = (c.user(0, "alice", 50_000), c.user(1, "bob", 0));
    assert_eq!(c.ask(0, transfer(&alice, &bob, 12_345)), "ok");
    assert_eq!((c.cash(0, &alice), c.cash(1, &bob)), (37_655, 0), "it is on its way");
    c.settle();
    assert_eq!((c.cash(0, &alice), c.cash(1, &bob)), (37_655, 12_345));
    let arrived = c.told.iter().any(|told| matches!(told, settlement::Body::TransferArrived(_)));
    assert!(arrived, "the payee is told");
    assert_eq!(c.ask(0, transfer(&alice, &bob, 37_656)), "InsufficientFunds");
    assert_eq!(c.ask(0, transfer(&alice, &alice, 1)), "AccountsMustDiffer");
    c.holds();
}

#[test]
fn what_the_payee_cannot_take_comes_back() {
    let mut c = Cluster::new(2);
    let (alice, bob) = (c.user(0, "alice", 50_000), c.user(1, "bob", 0));
    let nobody = c.at(1, "nobody");
    let dora = c.at(1, "dora");
    let dollars = json!({ "open_user": { "user": dora, "kyc_class": 3, "ccy": "USD" } });
    assert_eq!(c.ask(1, dollars), "ok");
    let restricted = json!({ "account": { "user": bob }, "block": "CREDIT", "case": "c" });
    assert_eq!(c.ask(1, json!({ "restrict_account": restricted })), "ok");
    for (to, why) in
        [(&nobody, "UnknownAccount"), (&dora, "CurrencyMismatch"), (&bob, "AccountRestricted")]
    {
        c.told.clear();
        assert_eq!(c.ask(0, transfer(&alice, to, 10_000)), "ok");
        assert_eq!(c.cash(0, &alice), 40_000);
        c.settle();
        assert_eq!((c.cash(0, &alice), c.cash(1, to)), (50_000, 0), "{why}");
        let told = c.told.iter().find_map(|told| match told {
            settlement::Body::TransferReturned(returned) => Some(returned.why.clone()),
            _ => None,
        });
        assert_eq!(told.as_deref(), Some(why));
    }
    let cap = json!({ "scope": { "user": bob }, "ccy": "CNY", "balance_cap": cny(9_999) });
    assert_eq!(c.ask(1, json!({ "set_limits": cap })), "ok");
    let lifted = json!({ "account": { "user": bob }, "block": "CREDIT", "case": "c" });
    assert_eq!(c.ask(1, json!({ "lift_restriction": lifted })), "ok");
    assert_eq!(c.ask(0, transfer(&alice, &bob, 10_000)), "ok");
    c.settle();
    assert_eq!(c.cash(0, &alice), 50_000, "the balance cap refuses it");
    assert_eq!(c.ask(0, transfer(&alice, &bob, 9_999)), "ok");
    c.settle();
    assert_eq!(c.cash(1, &bob), 9_999);
    c.holds();
}

/// Returns cannot fail: the payer's account was closed while the money was away.
#[test]
fn what_comes_back_to_a_closed_account_waits_for_its_owner() {
    let mut c = Cluster::new(2);
    let (alice, eve) = (c.user(0, "alice", 5_000), c.user(0, "eve", 0));
    let nobody = c.at(1, "nobody");
    assert_eq!(c.ask(0, transfer(&alice, &nobody, 5_000)), "ok");
    assert_eq!(c.ask(0, json!({ "close_account": { "account": { "user": alice } } })), "ok");
    c.settle();
    assert_eq!((c.cash(0, &alice), c.balance(0, Class::Suspense, "")), (0, 5_000));
    let bank_ref = "groat-transit-1-1";
    let target = json!({ "user": eve });
    let matched = json!({ "bank_ref": bank_ref, "amt": cny(5_000), "target": target });
    assert_eq!(c.ask(0, json!({ "match_receipt": matched })), "ok");
    assert_eq!((c.cash(0, &eve), c.balance(0, Class::Suspense, "")), (5_000, 0));
    c.holds();
}

#[test]
fn money_of_an_unknown_payer_finds_its_owner_elsewhere() {
    let mut c = Cluster::new(2);
    let (alice, nobody) = (c.user(1, "alice", 0), c.at(1, "nobody"));
    let received = json!({ "bank_ref": "b1", "amt": cny(900) });
    assert_eq!(c.ask(0, json!({ "match_receipt": received })), "ok");
    let matched = |user: &str, minor: u64| {
        json!({ "match_receipt": { "bank_ref": "b1", "amt": cny(minor),
            "target": { "user": user } } })
    };
    assert_eq!(c.ask(0, matched(&alice, 600)), "ok");
    assert_eq!(c.ask(0, matched(&nobody, 300)), "ok");
    c.settle();
    assert_eq!((c.cash(1, &alice), c.balance(0, Class::Suspense, "")), (600, 300));
    let ours = json!({ "bank_ref": "groat-transit-9-9", "amt": cny(1) });
    assert_eq!(c.ask(0, json!({ "match_receipt": ours })), "SchemaInvalid");
    c.holds();
}

#[test]
fn a_command_at_the_wrong_shard_is_told_the_right_one() {
    let mut c = Cluster::new(4);
    let alice = c.user(2, "alice", 5_000);
    let outcome = c.answer(1, &transfer(&alice, "bob", 1));
    let Some(outcome::Result::Rejected(rejected)) = outcome.result else { panic!("{outcome:?}") };
    assert_eq!((rejected.name.as_str(), rejected.partition), ("WrongShard", Some(2)));
    c.holds();
}

#[test]
fn postings_between_ledger_accounts_travel_and_return() {
    let mut c = Cluster::new(2);
    let (debit, credit) = (c.at(0, "debit"), c.at(1, "credit"));
    let open = |account: &str, constraint: &str| {
        json!({ "open_ledger_account": { "account": account, "currency": "CNY",
            "constraint": constraint } })
    };
    assert_eq!(c.ask(0, open(&debit, "UNSPECIFIED")), "ok");
    assert_eq!(c.ask(1, open(&credit, "CREDITS_WITHIN_DEBITS")), "ok");
    let post = |phase: &str, balancing: &str| {
        json!({ "post_transfer": { "debit": debit, "credit": credit, "amount": cny(700),
            "phase": phase, "balancing": balancing } })
    };
    assert_eq!(c.ask(0, post("PENDING", "BOTH")), "ExceedsCredits");
    assert_eq!(c.ask(0, post("UNSPECIFIED", "UNSPECIFIED")), "ok");
    c.settle();
    assert_eq!(c.balance(0, Class::Ledger, &debit), 0, "the credit side would go below zero");
    let free = c.at(1, "free");
    assert_eq!(c.ask(1, open(&free, "UNSPECIFIED")), "ok");
    let post = json!({ "post_transfer": { "debit": debit, "credit": free, "amount": cny(700) } });
    assert_eq!(c.ask(0, post), "ok");
    c.settle();
    assert_eq!(c.balance(0, Class::Ledger, &debit), -700);
    assert_eq!(c.balance(1, Class::Ledger, &free), 700);
    c.holds();
}

/// All that the debit side may give is sent; what the other side does not need comes back.
#[test]
fn a_posting_that_balances_its_credit_side_brings_back_the_rest() {
    let mut c = Cluster::new(2);
    let (debit, credit, other) = (c.at(0, "debit"), c.at(1, "credit"), c.at(1, "other"));
    for (shard, account, constraint) in [
        (0, &debit, "DEBITS_WITHIN_CREDITS"),
        (0, &c.at(0, "source"), "UNSPECIFIED"),
        (1, &credit, "UNSPECIFIED"),
        (1, &other, "UNSPECIFIED"),
    ] {
        let opened = json!({ "account": account, "currency": "CNY", "constraint": constraint });
        assert_eq!(c.ask(shard, json!({ "open_ledger_account": opened })), "ok");
    }
    let post = |debit: &str, credit: &str, minor: u64, balancing: &str| {
        json!({ "post_transfer": { "debit": debit, "credit": credit, "amount": cny(minor),
            "balancing": balancing } })
    };
    let has = |c: &Cluster| {
        [(0, &debit), (1, &credit)].map(|(shard, who)| c.balance(shard, Class::Ledger, who))
    };
    let source = c.at(0, "source");
    assert_eq!(c.ask(0, post(&source, &debit, 1_000, "UNSPECIFIED")), "ok");
    assert_eq!(c.ask(1, post(&credit, &other, 300, "UNSPECIFIED")), "ok");
    assert_eq!(c.ask(0, post(&debit, &credit, 1_001, "CREDIT")), "ExceedsCredits");
    assert_eq!(c.ask(0, post(&debit, &credit, 1_000, "CREDIT")), "ok");
    assert_eq!(has(&c), [0, -300], "all of it is on its way");
    c.settle();
    assert_eq!(has(&c), [700, 0]);
    assert_eq!(c.ask(0, post(&debit, &credit, 100, "CREDIT")), "ok");
    c.settle();
    assert_eq!(has(&c), [700, 0], "it needs nothing");
    assert_eq!(c.ask(1, post(&credit, &other, 5_000, "UNSPECIFIED")), "ok");
    assert_eq!(c.ask(0, post(&debit, &credit, 9_000, "BOTH")), "ok");
    c.settle();
    assert_eq!(has(&c), [0, -4_300]);
    assert_eq!(c.ask(0, post(&debit, &credit, 9_000, "BOTH")), "ExceedsCredits");
    let block = json!({ "account": { "ledger_account": credit }, "block": "CREDIT", "case": "c" });
    assert_eq!(c.ask(1, json!({ "restrict_account": block })), "ok");
    assert_eq!(c.ask(0, post(&source, &credit, 100, "CREDIT")), "ok");
    c.settle();
    assert_eq!((has(&c)[1], c.balance(0, Class::Ledger, &source)), (-4_300, -1_000));
    let why = c.told.iter().filter_map(|told| match told {
        settlement::Body::TransferReturned(returned) => Some(returned.why.as_str()),
        _ => None,
    });
    let why: Vec<&str> = why.collect();
    assert_eq!(why, ["ExceedsDebits", "ExceedsDebits", "AccountRestricted"]);
    c.holds();
}

/// DOMAIN §7, 23, with its three sales on two shards: 100.00 and 33.33 elsewhere, 6.90 at home.
#[test]
fn what_was_sold_elsewhere_is_settled_at_home() {
    let mut c = Cluster::new(2);
    let shop = c.merchant(1, "PROPORTIONAL");
    let (alice, bob) = (c.user(0, "alice", 50_000), c.user(1, "bob", 50_000));
    c.pay(0, &alice, &shop, "p1", 10_000);
    c.pay(1, &bob, &shop, "p2", 690);
    c.pay(0, &alice, &shop, "p3", 3_333);
    assert_eq!(c.refund(0, "p1", "r1", 5_000), "ok", "today it is covered where it was paid");
    assert_eq!(c.cash(0, &alice), 50_000 - 13_333 + 5_000);
    c.days(1);
    // 9,940 + 3,313 - 4,970 of the other shard, and 686.
    assert_eq!(c.balance(1, Class::MerchantAvailable, &shop), 8_969);
    assert_eq!(c.balance(0, Class::MerchantAvailable, &shop), 0);
    // At home it was settled when the proceeds came, and is settled again with them.
    let amount = |money: &Option<v1::Money>| money.map_or(0, |money| money.amount);
    let settled = c.told.iter().filter_map(|told| match told {
        settlement::Body::BatchSettled(b) => Some((amount(&b.proceeds), amount(&b.available))),
        _ => None,
    });
    assert_eq!(settled.collect::<Vec<_>>(), [(0, 686), (8_283, 8_283)]);
    c.holds();
}

#[test]
fn a_refund_after_settlement_is_paid_by_the_merchants_home() {
    let mut c = Cluster::new(3);
    let shop = c.merchant(2, "PROPORTIONAL");
    let alice = c.user(0, "alice", 20_000);
    c.pay(0, &alice, &shop, "p1", 10_000);
    c.days(2);
    assert_eq!(c.balance(2, Class::MerchantAvailable, &shop), 9_940);
    assert_eq!(c.refund(0, "p1", "r1", 3_333), "ok");
    assert_eq!(c.cash(0, &alice), 10_000, "the home is asked");
    assert_eq!(c.refund(0, "p1", "r1", 3_333), "ok", "the same refund is the same answer");
    assert_eq!(c.refund(0, "p1", "r1", 3_334), "IdempotencyConflict");
    assert_eq!(c.refund(0, "p1", "r2", 1), "InvalidState", "one at a time");
    let close = json!({ "close_account": { "account": { "user": alice } } });
    assert_ne!(c.ask(0, close), "ok", "it waits for money");
    c.settle();
    // Of 33.33 the fee's part is 0.20.
    assert_eq!(c.cash(0, &alice), 13_333);
    assert_eq!(c.balance(2, Class::MerchantAvailable, &shop), 9_940 - 3_313);
    assert_eq!(c.refund(0, "p1", "r2", 6_667), "ok");
    c.settle();
    assert_eq!((c.cash(0, &alice), c.balance(2, Class::MerchantAvailable, &shop)), (20_000, 0));
    assert_eq!(c.balance(0, Class::ServiceFee, ""), 0, "the whole fee is returned");
    assert_eq!(c.refund(0, "p1", "r3", 1), "RefundExceedsPaid");
    c.holds();
}

/// DOMAIN §7, 32, with a merchant that keeps no fee: 0.60 are missing.
#[test]
fn a_refund_that_the_home_cannot_pay_fails_and_may_be_asked_again() {
    let mut c = Cluster::new(2);
    let shop = c.merchant(1, "NONE");
    let (alice, bob) = (c.user(0, "alice", 10_000), c.user(1, "bob", 5_000));
    c.pay(0, &alice, &shop, "p1", 10_000);
    c.days(2);
    assert_eq!(c.refund(0, "p1", "all", 10_000), "ok");
    c.settle();
    assert_eq!(c.cash(0, &alice), 0);
    let failed = c.told.iter().any(|told| {
        matches!(told, settlement::Body::RefundFailed(f) if f.why == "MerchantBalanceInsufficient")
    });
    assert!(failed, "the merchant is told");
    c.pay(1, &bob, &shop, "p2", 5_000);
    assert_eq!(c.refund(0, "p1", "all", 10_000), "ok");
    c.settle();
    assert_eq!(c.cash(0, &alice), 10_000, "99.40 settled and 0.60 of today's batch");
    assert_eq!(c.balance(1, Class::MerchantAvailable, &shop), 0);
    c.holds();
}

#[test]
fn a_cancelled_payment_of_a_merchant_elsewhere_is_given_back_whole() {
    let mut c = Cluster::new(2);
    let shop = c.merchant(1, "PROPORTIONAL");
    let alice = c.user(0, "alice", 10_000);
    c.now += DAY_MS / 2;
    c.pay(0, &alice, &shop, "p1", 10_000);
    // Past midnight, within 24 hours: the batch has gone home.
    c.now -= DAY_MS / 4;
    c.days(1);
    let cancel = json!({ "cancel_payment": { "payment": "p1" } });
    assert_eq!(c.ask(0, cancel.clone()), "ok");
    assert_eq!(c.ask(0, cancel.clone()), "InvalidState", "the home was asked");
    c.settle();
    assert_eq!(c.ask(0, cancel), "InvalidState", "it is cancelled");
    assert_eq!(c.cash(0, &alice), 10_000);
    c.holds();
}

#[test]
fn all_shards_know_who_a_merchant_is_and_what_holds_for_everybody() {
    let mut c = Cluster::new(3);
    let shop = c.merchant(0, "PROPORTIONAL");
    let alice = c.user(1, "alice", 10_000);
    let block = json!({ "account": { "merchant": shop }, "block": "CREDIT", "case": "c" });
    assert_eq!(c.ask(0, json!({ "restrict_account": block })), "ok");
    c.settle();
    let create = |payment: &str| {
        json!({ "create_payment": { "payment": payment, "out_trade_no": payment,
            "merchant": shop, "mode": "IN_APP", "amt": cny(100) } })
    };
    assert_eq!(c.ask(1, create("p1")), "AccountRestricted");
    assert_eq!(c.ask(0, json!({ "lift_restriction": block })), "ok");
    c.settle();
    assert_eq!(c.ask(1, create("p1")), "ok");
    let limits = json!({ "scope": { "kyc_class": 3 }, "ccy": "CNY", "single": cny(50) });
    assert_eq!(c.ask(2, json!({ "set_limits": limits })), "ok");
    c.settle();
    assert_eq!(c.ask(1, transfer(&alice, "bob", 51)), "LimitExceeded");
    c.holds();
}

/// An app is known on every shard a moment after its home has registered it, with all it may do;
/// its limits are counted on each shard by itself.
#[test]
fn all_shards_know_what_an_app_may_do() {
    let mut c = Cluster::new(3);
    let (shop, till) = (c.merchant(0, "PROPORTIONAL"), c.at(2, "till"));
    let create = |payment: &str| {
        json!({ "create_payment": { "payment": payment, "out_trade_no": payment,
            "merchant": shop, "mode": "IN_APP", "amt": cny(100) } })
    };
    let key = hex::text(&public_key(1));
    let registered = json!({ "register_app": { "app_id": till, "key_id": "k",
        "scopes": ["payments", "refunds"], "public_key": key } });
    assert_eq!(c.ask(0, registered.clone()), "WrongShard");
    assert_eq!(c.ask(2, registered), "ok");
    c.asker = Some((till.parse().unwrap(), 1));
    assert_eq!(c.ask(1, create("p1")), "UnknownTenant", "the word has not come");
    c.settle();
    assert_eq!(c.ask(1, create("p1")), "NotGranted");
    c.asker = None;
    let grant = json!({ "app_id": till, "merchant_id": shop, "scopes": ["payments"] });
    assert_eq!(c.ask(2, json!({ "grant_app_auth": grant })), "ok");
    let limits = json!({ "app_id": till, "per_day": 1 });
    assert_eq!(c.ask(2, json!({ "set_app_limits": limits })), "ok");
    c.told.clear();
    c.settle();
    assert!(c.told.is_empty(), "the app's home has told it");
    c.asker = Some((till.parse().unwrap(), 1));
    assert_eq!(c.ask(1, create("p1")), "ok");
    assert_eq!(c.ask(1, create("p2")), "AppRateExceeded");
    assert_eq!(c.ask(0, create("p2")), "ok");
    c.asker = Some((till.parse().unwrap(), 2));
    assert_eq!(c.ask(0, create("p3")), "SignatureInvalid");
    c.asker = None;
    let revoked = json!({ "app_id": till, "merchant_id": shop });
    assert_eq!(c.ask(2, json!({ "revoke_app_auth": revoked })), "ok");
    c.days(1);
    c.asker = Some((till.parse().unwrap(), 1));
    assert_eq!(c.ask(1, create("p4")), "NotGranted");
    c.asker = None;
    // What is over does not come back with a new grant, elsewhere either.
    let ends = time_text(c.now + DAY_MS / 2);
    let grant = json!({ "app_id": till, "merchant_id": shop, "scopes": ["payments"],
        "expires_at": ends });
    assert_eq!(c.ask(2, json!({ "grant_app_auth": grant })), "ok");
    c.days(1);
    let grant = json!({ "app_id": till, "merchant_id": shop, "scopes": ["refunds"] });
    assert_eq!(c.ask(2, json!({ "grant_app_auth": grant })), "ok");
    c.settle();
    c.asker = Some((till.parse().unwrap(), 1));
    assert_eq!(c.ask(1, create("p4")), "NotGranted");
    c.asker = None;
    c.holds();
}

#[test]
fn what_came_before_is_passed_over_and_a_gap_stops_the_shard() {
    let mut c = Cluster::new(2);
    let (alice, bob) = (c.user(0, "alice", 50_000), c.user(1, "bob", 0));
    for _ in 0..3 {
        assert_eq!(c.ask(0, transfer(&alice, &bob, 100)), "ok");
    }
    let sent: Vec<Vec<u8>> = c.transfers[1].drain(..).collect();
    c.receive(1, &sent[0]).unwrap();
    c.receive(1, &sent[0]).unwrap();
    assert_eq!(c.cash(1, &bob), 100, "once");
    c.receive(1, b"no remittance").unwrap();
    let gap = c.receive(1, &sent[2]).unwrap_err();
    assert!(gap.contains("number 3 of shard 0; the next is 2"), "{gap}");
    c.receive(1, &sent[1]).unwrap();
    c.receive(1, &sent[2]).unwrap();
    assert_eq!(c.cash(1, &bob), 300);
    c.holds();
}

/// A part of a red packet is a user's wherever it is at home; what cannot be placed is in the
/// packet again, or after its end its sender's.
#[test]
fn parts_of_red_packets_travel_and_return() {
    let mut c = Cluster::new(2);
    let (alice, bob) = (c.user(0, "alice", 5_000), c.user(1, "bob", 0));
    let (nobody, carol) = (c.at(1, "nobody"), c.user(1, "carol", 0));
    let send = json!({ "send_red_packet": { "packet": "k1", "sender": { "user": alice },
        "total": cny(1_000), "count": 3 } });
    assert_eq!(c.ask(1, send.clone()), "WrongShard");
    assert_eq!(c.ask(0, send), "ok");
    let claim = |user: &str| json!({ "claim_red_packet": { "packet": "k1", "user": user } });
    assert_eq!(c.ask(0, claim(&bob)), "ok");
    assert_eq!(c.ask(0, claim(&bob)), "AlreadyClaimed");
    assert_eq!(c.ask(0, claim(&nobody)), "ok");
    assert_eq!(c.ask(0, claim(&alice)), "ok");
    assert_eq!(c.ask(0, claim(&alice)), "AlreadyClaimed");
    // One of them is still on its way: no part is there twice.
    assert_eq!(c.ask(0, claim(&carol)), "PacketEmpty");
    assert_eq!(c.balance(0, Class::RedPacket, "k1"), 0);
    c.settle();
    assert_eq!((c.cash(1, &bob), c.cash(0, &alice)), (334, 4_333));
    assert_eq!(c.balance(0, Class::RedPacket, "k1"), 333, "nobody's part is there again");
    let told = |c: &Cluster, what: fn(&settlement::Body) -> bool| {
        c.told.iter().filter(|told| what(told)).count()
    };
    assert_eq!(told(&c, |told| matches!(told, settlement::Body::PacketClaimed(_))), 2);
    assert_eq!(told(&c, |told| matches!(told, settlement::Body::PacketReturned(_))), 1);
    assert_eq!(c.ask(0, claim(&nobody)), "ok", "it may be known by now");
    c.days(1);
    c.settle();
    assert_eq!(c.cash(0, &alice), 4_666, "it came back after the end");
    assert_eq!(c.balance(0, Class::RedPacket, "k1"), 0);
    c.holds();
}

/// A share is a receiver's wherever it is at home. What cannot be placed there is the sharer's
/// again, as if it had been given back.
#[test]
fn royalties_travel_and_return() {
    let mut c = Cluster::new(2);
    let alice = c.user(0, "alice", 30_000);
    let shop = c.merchant(0, "PROPORTIONAL");
    let [near, guide, driver] = [(0, "near"), (1, "guide"), (1, "driver")].map(|(shard, what)| {
        let merchant = c.at(shard, what);
        let terms = json!({ "merchant": merchant, "fee_ppm": 6000, "settle_ccy": "CNY" });
        assert_eq!(c.ask(shard, json!({ "onboard_merchant": terms })), "ok");
        merchant
    });
    c.settle();
    for receiver in [&near, &guide, &driver] {
        let bind = json!({ "bind_royalty": { "merchant": shop, "receiver": receiver } });
        assert_eq!(c.ask(0, bind), "ok");
    }
    c.pay(0, &alice, &shop, "p1", 10_000);
    let restricted = json!({ "account": { "merchant": driver }, "block": "CREDIT", "case": "c" });
    assert_eq!(c.ask(1, json!({ "restrict_account": restricted })), "ok");
    let split = json!({ "split_payment": { "payment": "p1", "out_request_no": "s1", "receivers": [
        { "receiver": guide, "percent": 10 },
        { "receiver": near, "amt": cny(500) },
        { "receiver": driver, "amt": cny(700) },
    ] } });
    assert_eq!(c.ask(0, split.clone()), "ok");
    let has = |c: &Cluster, shard: u32, merchant: &str| {
        c.balance(shard, Class::MerchantAvailable, merchant)
    };
    assert_eq!((has(&c, 0, &guide), has(&c, 1, &guide)), (0, 0), "it is on its way");
    assert_eq!(has(&c, 0, &near), 500);
    c.settle();
    assert_eq!((has(&c, 0, &guide), has(&c, 1, &guide)), (0, 1_000));
    assert_eq!((has(&c, 0, &driver), has(&c, 1, &driver)), (0, 0));
    assert_eq!(has(&c, 0, &shop), 700, "what the driver could not take");
    let told = |c: &Cluster, what: fn(&settlement::Body) -> bool| {
        c.told.iter().filter(|told| what(told)).count()
    };
    assert_eq!(told(&c, |told| matches!(told, settlement::Body::RoyaltyArrived(_))), 1);
    assert_eq!(told(&c, |told| matches!(told, settlement::Body::SplitReturned(_))), 1);
    assert_eq!(c.ask(0, split), "ok", "it is the same split");
    assert_eq!(has(&c, 1, &guide), 1_000);
    let refund = |royalties: serde_json::Value| {
        json!({ "refund_payment": { "payment": "p1", "out_request_no": "r1", "amt": cny(5_000),
            "royalty_refunds": royalties } })
    };
    let near = json!({ "receivers": [{ "receiver": near, "amt": cny(200) }] });
    assert_eq!(c.ask(0, refund(near)), "ok");
    c.days(2);
    c.holds();
}
