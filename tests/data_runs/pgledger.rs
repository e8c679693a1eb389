//! pgledger's two worked examples through the primitive commands: every transfer, entry, balance
//! and refusal that PostgreSQL printed. Money leaves the debited account and arrives on the
//! credited one, so a balance of pgledger is credits minus debits. Names are shortened to the 16
//! characters that an id holds; creation times are the database's own and are not compared.

use crate::journal::others_agree;
use groat_ledger::{Currency, Id};
use groat_proto::v1::settlement;
use groat_shard::Folded;
use groat_tests::feed::{Feed, cents, money, text};
use groat_tests::local::{Local, balance, ledger_key, verdict};
use groat_tests::served::same_state;
use serde_json::json;

use Step::{Account, Balances, Entries, Transfers};

/// A step of an example.
enum Step {
    /// Name, currency, whether the balance may be negative.
    Account(&'static str, &'static str, bool),
    /// Transfers of one call, all or none: from, to, amount; the answer to each; when it happened
    /// and with which metadata, where that is said.
    Transfers(&'static [Moved], &'static str, Option<Said>),
    /// Balances printed at this point.
    Balances(&'static [(&'static str, &'static str)]),
    /// Entries printed at this point: account; amount and balance after it.
    Entries(&'static str, &'static [(&'static str, &'static str)]),
}

type Moved = (&'static str, &'static str, &'static str);
type Said = (&'static str, &'static str, &'static str);

const OK: &str = "accepted";

/// A payment of 50 of which 20 are refunded, then one of 10 of which only 8 arrive.
const BASIC: &[Step] = &[
    Account("u1.external", "USD", true),
    Account("u1.receivables", "USD", true),
    Account("u1.available", "USD", false),
    Account("u1.outbound", "USD", true),
    Balances(&[("u1.external", "0.00"), ("u1.available", "0.00")]),
    Transfers(&[("u1.external", "u1.receivables", "50.00")], OK, None),
    Transfers(&[("u1.receivables", "u1.available", "50.00")], OK, None),
    Balances(&[("u1.receivables", "0.00")]),
    Entries("u1.receivables", &[("50.00", "50.00"), ("-50.00", "0.00")]),
    Transfers(&[("u1.available", "u1.outbound", "20.00")], OK, None),
    Transfers(
        &[("u1.outbound", "u1.external", "20.00")],
        OK,
        Some(("2025-07-21", "webhook_id", "webhook_123")),
    ),
    Balances(&[
        ("u1.external", "-30.00"),
        ("u1.receivables", "0.00"),
        ("u1.available", "30.00"),
        ("u1.outbound", "0.00"),
    ]),
    Transfers(&[("u1.external", "u1.receivables", "10.00")], OK, None),
    Transfers(&[("u1.receivables", "u1.available", "8.00")], OK, None),
    Balances(&[("u1.receivables", "2.00")]),
    Entries(
        "u1.receivables",
        &[("50.00", "50.00"), ("-50.00", "0.00"), ("10.00", "10.00"), ("-8.00", "2.00")],
    ),
    // "does not allow negative balance"
    Transfers(&[("u1.available", "u1.outbound", "50.00")], "ExceedsCredits", None),
];

/// An exchange of dollars into euros over two liquidity accounts, twice.
const MULTI_CURRENCY: &[Step] = &[
    Account("user2.usd", "USD", true),
    Account("user2.eur", "EUR", true),
    Balances(&[("user2.usd", "0.00"), ("user2.eur", "0.00")]),
    // "Cannot transfer between different currencies (USD and EUR)"
    Transfers(&[("user2.usd", "user2.eur", "10.00")], "CurrencyMismatch", None),
    Account("liquidity.usd", "USD", true),
    Account("liquidity.eur", "EUR", true),
    Transfers(EXCHANGE, OK, None),
    Transfers(EXCHANGE, OK, Some(("2025-07-21", "external_id", "ext_123"))),
];

const EXCHANGE: &[Moved] =
    &[("user2.usd", "liquidity.usd", "10.00"), ("liquidity.eur", "user2.eur", "9.26")];

fn currency_of(steps: &[Step], account: &str) -> &'static str {
    let of = steps.iter().find_map(|step| match step {
        Account(name, currency, _) if *name == account => Some(*currency),
        _ => None,
    });
    of.unwrap_or_else(|| panic!("{account} is not opened"))
}

/// The commands, and the verdict on each.
fn feed(steps: &[Step]) -> (Feed, Vec<&'static str>) {
    let mut feed = Feed::starting("2026-01-06T18:43:58Z");
    let mut verdicts = Vec::new();
    for step in steps {
        match step {
            Account(name, currency, may_be_negative) => {
                let mut body = json!({ "account": name, "currency": currency, "history": true });
                if !may_be_negative {
                    body["constraint"] = json!("DEBITS_WITHIN_CREDITS");
                }
                feed.put("open_ledger_account", body);
                verdicts.push(OK);
            }
            Transfers(transfers, verdict, said) => {
                let mut commands = Vec::new();
                for (from, to, amount) in *transfers {
                    let amount = money(cents(amount).unsigned_abs(), currency_of(steps, from));
                    let body = json!({ "debit": from, "credit": to, "amount": amount });
                    let mut command = feed.command("post_transfer", body);
                    if let Some((date, key, value)) = said {
                        command["effective_date"] = json!(date);
                        command["metadata"] = json!({ *key: value });
                    }
                    commands.push(command);
                    verdicts.push(*verdict);
                }
                match &commands[..] {
                    [command] => feed.line(command),
                    commands => feed.line(&json!({ "atomic": true, "commands": commands })),
                }
            }
            Balances(_) | Entries(..) => {}
        }
    }
    (feed, verdicts)
}

/// An entry of an account as a settlement told it: amount and balance after it, in cents.
fn told(local: &Local) -> Vec<(String, i64, i64)> {
    let of = |settlement: &groat_proto::v1::Settlement| match settlement.body.as_ref() {
        Some(settlement::Body::AccountMoved(moved)) => {
            let sum = |text: &str| text.parse::<i64>().unwrap();
            let side =
                |money: &Option<groat_proto::v1::Money>| money.map_or(0, |m| m.amount as i64);
            let amount = side(&moved.credit) - side(&moved.debit);
            let after = sum(&moved.credits_posted) - sum(&moved.debits_posted);
            Some((Id::from(moved.account?).to_string(), amount, after))
        }
        _ => None,
    };
    local.settlements.iter().filter_map(of).collect()
}

fn check(steps: &[Step]) {
    let (feed, verdicts) = feed(steps);
    let local = Local::run(feed.lines(), 0);
    assert_eq!(local.outcomes.iter().map(verdict).collect::<Vec<_>>(), verdicts);
    let told = told(&local);
    let mut expected = Vec::new();
    let mut balances: Vec<(&str, i64)> = Vec::new();
    for step in steps {
        match step {
            Account(name, ..) => balances.push((name, 0)),
            Transfers(transfers, verdict, _) if *verdict == OK => {
                for (from, to, amount) in *transfers {
                    for (name, amount) in [(from, -cents(amount)), (to, cents(amount))] {
                        let (_, sum) = balances.iter_mut().find(|(n, _)| n == name).unwrap();
                        *sum += amount;
                        expected.push(((*name).to_owned(), amount, *sum));
                    }
                }
            }
            Transfers(..) => {}
            Balances(printed) => {
                for (name, printed) in *printed {
                    let so_far = &told[..expected.len()];
                    let last = so_far.iter().rev().find(|(account, ..)| account == name);
                    let is = last.map_or(0, |(.., after)| *after);
                    assert_eq!(is, cents(printed), "{name}");
                }
            }
            Entries(name, printed) => {
                let so_far = told[..expected.len()].iter().filter(|(account, ..)| account == name);
                let is: Vec<(i64, i64)> =
                    so_far.map(|(_, amount, after)| (*amount, *after)).collect();
                let printed: Vec<(i64, i64)> =
                    printed.iter().map(|(amount, after)| (cents(amount), cents(after))).collect();
                assert_eq!(is, printed, "{name}");
            }
        }
    }
    assert_eq!(told, expected);
    let shard = local.restored();
    for (name, sum) in balances {
        assert_eq!(balance(shard.books(), &ledger_key(name)), i128::from(sum), "{name}");
    }
}

/// The amounts of the transfers that PostgreSQL printed, in their order: lines that begin with the
/// transfer's id and have its two accounts.
fn printed_amounts(file: &str) -> Vec<i64> {
    let text = text(file);
    let columns = |line: &str| line.split('|').map(|c| c.trim().to_owned()).collect::<Vec<_>>();
    let rows = text.lines().filter(|line| line.starts_with(" pglt_")).map(columns);
    let created = rows.filter(|columns| columns.len() == 7);
    created.map(|columns| cents(&columns[3])).collect()
}

fn check_printed(steps: &[Step], file: &str) {
    let made = steps.iter().filter_map(|step| match step {
        Transfers(transfers, verdict, _) if *verdict == OK => Some(*transfers),
        _ => None,
    });
    let amounts: Vec<i64> = made.flatten().map(|(.., amount)| cents(amount)).collect();
    assert_eq!(amounts, printed_amounts(file), "{file}");
}

#[test]
fn the_payment_flow_has_the_printed_balances_entries_and_refusal() {
    check_printed(BASIC, "ledger-states/pgledger_basic-example.sql.out.xz");
    check(BASIC);
}

#[test]
fn the_exchange_has_the_printed_transfers_and_refusal() {
    check_printed(MULTI_CURRENCY, "ledger-states/pgledger_multi-currency.sql.out.xz");
    check(MULTI_CURRENCY);
}

/// PostgreSQL's last listing: from, to, amount of every transfer.
#[test]
fn the_journal_lists_the_transfers_of_the_exchange() {
    let (feed, _) = feed(MULTI_CURRENCY);
    let local = Local::run(feed.lines(), 0);
    let mut listed = Vec::new();
    local.journal(|books, folded| {
        let Folded::Event { movements: [moved], .. } = folded else { return };
        let accounts = &books.ledger().tables().accounts;
        let name = |no| accounts.row(no).key.owner.to_string();
        let currency: Currency = accounts.row(moved.debit).currency;
        listed.push((name(moved.debit), name(moved.credit), moved.amount, currency.letters()));
    });
    let text = text("ledger-states/pgledger_multi-currency.sql.out.xz");
    let mut printed = Vec::new();
    for line in text.lines().filter(|line| line.starts_with(" pglt_")) {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        if let [_, _, _, from, to, amount] = columns[..] {
            let currency = currency_of(MULTI_CURRENCY, from);
            let amount = cents(amount).unsigned_abs();
            printed.push((from.to_owned(), to.to_owned(), amount, currency));
        }
    }
    assert_eq!(printed.len(), 4);
    assert_eq!(listed, printed);
}

#[test]
fn kafka_mode_comes_to_the_state_of_local_mode() {
    for (test, steps) in [("pgledger-basic", BASIC), ("pgledger-multi", MULTI_CURRENCY)] {
        let (feed, _) = feed(steps);
        let local = Local::run(feed.lines(), 0);
        same_state(test, feed.lines(), feed.records(), &local.digest);
    }
}

#[test]
fn auditors_hledger_and_ledger_agree() {
    for steps in [BASIC, MULTI_CURRENCY] {
        others_agree("pgledger", &Local::run(feed(steps).0.lines(), 0));
    }
}
