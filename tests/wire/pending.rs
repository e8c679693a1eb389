//! Pending transfers to an account of another shard: reserved with the payer until they are posted,
//! then they travel (DESIGN §9).

use crate::cluster::{Cluster, cny};
use groat_ledger::{AccountKey, Class};
use groat_proto::v1::outcome;
use serde_json::json;

struct Pair {
    c: Cluster,
    debit: String,
    credit: String,
}

impl Pair {
    /// The debit side, on the first shard, has 10.00 that it can give.
    fn new() -> Pair {
        let mut c = Cluster::new(2);
        let [debit, bank, credit] =
            [(0, "debit"), (0, "bank"), (1, "credit")].map(|(shard, what)| c.at(shard, what));
        for (shard, account, constraint) in [
            (0, &debit, "DEBITS_WITHIN_CREDITS"),
            (0, &bank, "UNSPECIFIED"),
            (1, &credit, "UNSPECIFIED"),
        ] {
            let opened = json!({ "account": account, "currency": "CNY",
                "constraint": constraint });
            assert_eq!(c.ask(shard, json!({ "open_ledger_account": opened })), "ok");
        }
        let funded = json!({ "debit": bank, "credit": debit, "amount": cny(1_000) });
        assert_eq!(c.ask(0, json!({ "post_transfer": funded })), "ok");
        Pair { c, debit, credit }
    }

    /// Reserves, and gives the number of it, or why not.
    fn pend(&mut self, to: &str, minor: u64, timeout_s: u64) -> Result<String, String> {
        self.reserve(json!({ "debit": self.debit, "credit": to, "amount": cny(minor),
            "phase": "PENDING", "timeout_s": timeout_s }))
    }

    /// As [`Pair::pend`], for as much as the sides have and need.
    fn pend_balancing(&mut self, minor: u64, balancing: &str) -> Result<String, String> {
        self.reserve(json!({ "debit": self.debit, "credit": self.credit, "amount": cny(minor),
            "phase": "PENDING", "balancing": balancing }))
    }

    fn reserve(&mut self, asked: serde_json::Value) -> Result<String, String> {
        let outcome = self.c.answer(0, &json!({ "post_transfer": asked }));
        match outcome.result.unwrap() {
            outcome::Result::Accepted(_) => {
                Ok(groat_ledger::Id::from(outcome.id.unwrap()).to_string())
            }
            outcome::Result::Rejected(rejected) => Err(rejected.name),
            outcome::Result::Malformed(malformed) => panic!("{}", malformed.reason),
        }
    }

    fn end(&mut self, phase: &str, pending: &str, minor: Option<u64>) -> String {
        let mut asked = json!({ "phase": phase, "pending": pending });
        if let Some(minor) = minor {
            asked["amount"] = cny(minor);
        }
        self.c.ask(0, json!({ "post_transfer": asked }))
    }

    /// What the payer has, what of it is reserved, and what the payee has.
    fn has(&self) -> (i128, u128, i128) {
        let key = AccountKey::ledger(self.debit.parse().unwrap());
        let reserved = self.c.shards[0].books().ledger().account(&key).unwrap().debits_pending;
        let balance = |shard, owner: &str| self.c.balance(shard, Class::Ledger, owner);
        (balance(0, &self.debit), reserved, balance(1, &self.credit))
    }
}

#[test]
fn a_pending_transfer_travels_when_it_is_posted() {
    let mut p = Pair::new();
    let credit = p.credit.clone();
    let first = p.pend(&credit, 600, 0).unwrap();
    assert_eq!(p.has(), (1_000, 600, 0));
    assert_eq!(p.pend(&credit, 401, 0), Err("ExceedsCredits".into()), "it is reserved");
    p.c.settle();
    assert_eq!(p.has(), (1_000, 600, 0), "nothing has left");
    assert_eq!(p.end("POST", &first, Some(601)), "PendingAmountExceeded");
    assert_eq!(p.end("POST", &first, Some(250)), "ok");
    assert_eq!(p.has(), (750, 0, 0), "it is on its way, and the rest is free");
    p.c.settle();
    assert_eq!(p.has(), (750, 0, 250));
    assert_eq!(p.end("POST", &first, None), "PendingAlreadyPosted");
    assert_eq!(p.end("VOID", &first, None), "PendingAlreadyPosted");
    p.c.holds();
}

/// Given up or timed out, it never leaves.
#[test]
fn a_pending_transfer_that_is_not_posted_stays() {
    let mut p = Pair::new();
    let credit = p.credit.clone();
    let (first, second) = (p.pend(&credit, 600, 0).unwrap(), p.pend(&credit, 400, 60).unwrap());
    let named = json!({ "phase": "VOID", "pending": first, "debit": p.debit, "credit": "else" });
    assert_eq!(p.c.ask(0, json!({ "post_transfer": named })), "PendingAccountsDiffer");
    let named = json!({ "phase": "VOID", "pending": first, "debit": p.debit, "credit": credit });
    assert_eq!(p.c.ask(0, json!({ "post_transfer": named })), "ok");
    assert_eq!(p.has(), (1_000, 400, 0));
    p.c.days(1);
    assert_eq!(p.has(), (1_000, 0, 0));
    assert_eq!(p.end("POST", &first, None), "PendingAlreadyVoided");
    assert_eq!(p.end("POST", &second, None), "PendingExpired");
    p.c.holds();
}

/// The payee's shard looks at its account when what was posted comes, and not before.
#[test]
fn what_was_posted_and_cannot_be_placed_comes_back() {
    let mut p = Pair::new();
    let nobody = p.c.at(1, "nobody");
    let pending = p.pend(&nobody, 600, 0).unwrap();
    assert_eq!(p.end("POST", &pending, None), "ok");
    assert_eq!(p.has(), (400, 0, 0));
    p.c.settle();
    assert_eq!(p.has(), (1_000, 0, 0));
    let again = p.pend(&nobody, 600, 0).unwrap();
    let opened = json!({ "account": nobody, "currency": "CNY" });
    assert_eq!(p.c.ask(1, json!({ "open_ledger_account": opened })), "ok");
    assert_eq!(p.end("POST", &again, None), "ok");
    p.c.settle();
    assert_eq!(p.c.balance(1, Class::Ledger, &nobody), 600);
    p.c.holds();
}

/// What the payee's account needs is not known here: all of it is reserved, and what is posted and
/// not needed there comes back.
#[test]
fn a_pending_transfer_that_balances_its_credit_side_brings_back_the_rest() {
    let mut p = Pair::new();
    let other = p.c.at(1, "other");
    let opened = json!({ "account": other, "currency": "CNY" });
    assert_eq!(p.c.ask(1, json!({ "open_ledger_account": opened })), "ok");
    let needs = |p: &mut Pair, minor: u64| {
        let posted = json!({ "debit": p.credit, "credit": other, "amount": cny(minor) });
        assert_eq!(p.c.ask(1, json!({ "post_transfer": posted })), "ok");
    };
    needs(&mut p, 300);
    let first = p.pend_balancing(600, "CREDIT").unwrap();
    assert_eq!(p.has(), (1_000, 600, -300));
    assert_eq!(p.pend_balancing(401, "CREDIT"), Err("ExceedsCredits".into()), "it is reserved");
    assert_eq!(p.end("POST", &first, None), "ok");
    assert_eq!(p.has(), (400, 0, -300), "all of it is on its way");
    p.c.settle();
    assert_eq!(p.has(), (700, 0, 0));
    // A part of it, of all that the payer has.
    needs(&mut p, 500);
    let second = p.pend_balancing(9_000, "BOTH").unwrap();
    assert_eq!(p.has(), (700, 700, -500));
    assert_eq!(p.pend_balancing(1, "BOTH"), Err("ExceedsCredits".into()), "it has no more");
    assert_eq!(p.end("POST", &second, Some(200)), "ok");
    p.c.settle();
    assert_eq!(p.has(), (500, 0, -300));
    // Given up; and where it is not needed any more.
    let third = p.pend_balancing(400, "CREDIT").unwrap();
    assert_eq!(p.end("VOID", &third, None), "ok");
    let fourth = p.pend_balancing(400, "CREDIT").unwrap();
    let posted = json!({ "debit": other, "credit": p.credit, "amount": cny(300) });
    assert_eq!(p.c.ask(1, json!({ "post_transfer": posted })), "ok");
    assert_eq!(p.end("POST", &fourth, None), "ok");
    p.c.settle();
    assert_eq!(p.has(), (500, 0, 0));
    p.c.holds();
}

/// Versions of before refused it, and their chains are decided again as they decided.
#[test]
fn a_pending_transfer_was_refused_by_the_rules_of_before() {
    let mut p = Pair::new();
    p.c.decide_by(3);
    assert_eq!(p.pend_balancing(600, "CREDIT"), Err("NotAcrossShards".into()));
    assert_eq!(p.pend_balancing(600, "BOTH"), Err("NotAcrossShards".into()));
    assert_eq!(p.pend_balancing(1_001, "CREDIT"), Err("NotAcrossShards".into()), "before the sum");
    p.c.decide_by(4);
    assert!(p.pend_balancing(600, "BOTH").is_ok());
    p.c.holds();
}
