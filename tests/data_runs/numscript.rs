//! Numscript's cases of splits, caps and overdrafts: each script is run with the ledger's own
//! allocation ([`groat_ledger::allocation`]), must give the postings that the case names or lack
//! money where it says so, and the postings are then made as transfers of the primitive ledger,
//! on accounts that may not be overdrawn unless the script lets them. Balances at the end must be
//! those of the script. What asks for something that groat does not have is listed with the reason.
//!
//! An account has one currency in groat, so each asset of an account is an account of its own; USD
//! and EUR are themselves, the other assets are CNY. `:` is `-` in names.

mod books;
mod script;
mod tokens;

use books::{Account, Books, Posting, Why};
use groat_ledger::{
    AccountKey, Balancing, Body, Calendar, Constraint, Currency, Decision, Id, Ledger, Money,
    OpenLedgerAccount, Phase, PostTransfer,
};
use groat_tests::feed::text;
use script::run;
use serde_json::Value;
use std::collections::BTreeMap;

/// How many cases groat does not fit, by reason.
const LISTED: [(&str, usize); 4] = [
    ("a script does not write metadata", 2),
    ("an amount has at most 64 bits", 1),
    ("an asset has one scale", 3),
    ("money has no colours", 4),
];

#[test]
fn numscript_cases() {
    let (mut listed, mut matched) = (BTreeMap::new(), [0, 0]);
    let text = text("allocations/numscript_cases.jsonl.xz");
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let path = case["path"].as_str().unwrap();
        let tests = case["spec"]["testCases"].as_array().unwrap();
        let ran = tests.iter().map(|test| {
            let script = case["script"].as_str().unwrap();
            (test, run(script, balances(test), &variables(test)))
        });
        let ran: Vec<(&Value, Result<Books, Why>)> = ran.collect();
        if let Some(Err(Why::Unfit(reason))) =
            ran.iter().map(|(_, done)| done).find(|done| matches!(done, Err(Why::Unfit(_))))
        {
            *listed.entry(*reason).or_insert(0) += 1;
            continue;
        }
        for (test, done) in ran {
            matched[usize::from(done.is_err())] += 1;
            compare(path, test, done);
        }
    }
    assert_eq!(listed.into_iter().collect::<Vec<_>>(), LISTED);
    assert_eq!(matched, [39, 5], "with postings, and without money");
}

fn balances(test: &Value) -> BTreeMap<Account, i128> {
    entries(test, "balances").collect()
}

fn entries<'a>(test: &'a Value, of: &str) -> impl Iterator<Item = (Account, i128)> + 'a {
    test[of].as_array().into_iter().flatten().map(|entry| {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        ((text("account"), text("asset")), i128::from(entry["amount"].as_i64().unwrap()))
    })
}

fn variables(test: &Value) -> BTreeMap<String, String> {
    let variables = test["variables"].as_object().into_iter().flatten();
    variables.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn compare(path: &str, test: &Value, done: Result<Books, Why>) {
    let missing = test["expect.error.missingFunds"] == Value::Bool(true);
    let books = match done {
        Ok(books) => books,
        Err(why) => return assert!(missing && why == Why::MissingFunds, "{path}: {why:?}"),
    };
    assert!(!missing, "{path}: money is there");
    let expected = test["expect.postings"].as_array().unwrap();
    let expected = expected.iter().map(|posting| -> Posting {
        let text = |name: &str| posting[name].as_str().unwrap().to_owned();
        let amount = posting["amount"].as_u64().unwrap();
        (text("source"), text("destination"), amount, text("asset"))
    });
    assert_eq!(books.postings, expected.collect::<Vec<_>>(), "{path}");
    let said: Vec<(Account, i128)> = entries(test, "expect.endBalances").collect();
    for (account, balance) in said {
        assert_eq!(books.balances.get(&account), Some(&balance), "{path}: {account:?}");
    }
    in_the_ledger(path, &balances(test), &books);
}

/// The postings as transfers, and what accounts have then.
fn in_the_ledger(path: &str, before: &BTreeMap<Account, i128>, books: &Books) {
    let mut made = Made { ledger: Ledger::new(Calendar::default()), ids: 0 };
    let funds = |asset: &str| ("funds".to_owned(), asset.to_owned());
    let mut accounts: Vec<Account> = books.balances.keys().cloned().collect();
    accounts.extend(books.balances.keys().map(|(_, asset)| funds(asset)));
    accounts.sort();
    accounts.dedup();
    for account in &accounts {
        let free = account.0 == "funds" || books.overdrawn.contains(account);
        made.ask(&Body::OpenLedgerAccount(OpenLedgerAccount {
            account: id(account),
            currency: currency(&account.1),
            constraint: if free { Constraint::None } else { Constraint::DebitsWithinCredits },
            history: false,
        }));
    }
    for (account, balance) in before {
        let (funds, amount) = (funds(&account.1), u64::try_from(balance.abs()).unwrap());
        match balance.signum() {
            1 => made.transfer(&funds, account, amount),
            -1 => made.transfer(account, &funds, amount),
            _ => {}
        }
    }
    for (from, to, amount, asset) in &books.postings {
        made.transfer(&(from.clone(), asset.clone()), &(to.clone(), asset.clone()), *amount);
    }
    for (account, balance) in &books.balances {
        let found = made.ledger.account(&AccountKey::ledger(id(account))).unwrap();
        assert_eq!(found.credit_balance(), *balance, "{path}: {account:?}");
    }
}

struct Made {
    ledger: Ledger,
    ids: u128,
}

impl Made {
    fn ask(&mut self, body: &Body) {
        self.ids += 1;
        let mut decision = Decision::default();
        self.ledger.decide(Id(self.ids), body, 0, &mut decision).unwrap();
        for (fact, movements) in decision.events() {
            assert_eq!(self.ledger.check(fact, movements), Ok(()));
            self.ledger.apply(fact, movements, 0);
        }
    }

    fn transfer(&mut self, from: &Account, to: &Account, amount: u64) {
        self.ask(&Body::PostTransfer(PostTransfer {
            debit: id(from),
            credit: id(to),
            amount: Some(Money { amount, currency: currency(&from.1) }),
            phase: Phase::Single(Balancing::None),
        }));
    }
}

fn currency(asset: &str) -> Currency {
    match asset.split('/').next().unwrap() {
        "USD" => Currency::from_code(840).unwrap(),
        "EUR" => Currency::from_code(978).unwrap(),
        _ => Currency::CNY,
    }
}

fn id((name, asset): &Account) -> Id {
    let name = format!("{}.{}", name.replace(':', "-"), asset.split('/').next().unwrap());
    Id::from_name(&name).unwrap_or_else(|| panic!("{name} is no id"))
}
