//! AMLSim transfers: 20,000 accounts, 117,805 transfers, accept or refuse per row and every final
//! balance, in both variants.

use crate::journal::others_agree;
use groat_ledger::{Class, Currency};
use groat_proto::v1::Outcome;
use groat_tests::local::{Local, balance, key, ledger_key, verdict};
use groat_tests::served::same_state;
use groat_tests::transfer_feed::{Row, Transfers, between_users, read, with_overdraft};

const USD: &str = "USD";

/// The rows whose payer is the payee. The data accepts them where the balance covers them; groat
/// refuses them by name, whatever the balance, and so would a person. Balances are the same.
const TO_ITSELF: [u32; 14] = [
    6_476, 15_186, 15_783, 22_947, 30_495, 37_727, 37_763, 40_422, 41_330, 55_095, 58_692, 78_453,
    103_179, 117_037,
];

/// The outcomes of the transfers are as `expected`, but for the rows listed above.
fn check(data: &Transfers, outcomes: &[Outcome], expected: impl Fn(&Row) -> &'static str) {
    let (set_up, transfers) = outcomes.split_at(outcomes.len() - data.transfers.len());
    assert!(set_up.iter().all(|outcome| verdict(outcome) == "accepted"));
    let mut to_itself = Vec::new();
    for (row, outcome) in data.transfers.iter().zip(transfers) {
        if row.from == row.to {
            to_itself.push(row.seq);
            assert_eq!(verdict(outcome), "AccountsMustDiffer", "row {}", row.seq);
        } else {
            assert_eq!(verdict(outcome), expected(row), "row {}", row.seq);
        }
    }
    assert_eq!(to_itself, TO_ITSELF);
}

#[test]
fn without_overdraft_every_row_and_every_final_balance_matches() {
    let data = read();
    assert_eq!((data.accounts.len(), data.transfers.len()), (20_000, 117_805));
    let feed = between_users(&data);
    let local = Local::run(feed.lines(), 0);
    check(
        &data,
        &local.outcomes,
        |row| if row.accepted { "accepted" } else { "InsufficientFunds" },
    );
    let shard = local.restored();
    let usd: Currency = USD.parse().unwrap();
    assert_eq!(data.finals.len(), 20_000);
    for (account, _, without) in &data.finals {
        let key = key(Class::UserAvailable, &format!("u{account}"), usd);
        assert_eq!(balance(shard.books(), &key), *without, "account {account}");
    }
}

#[test]
fn with_overdraft_every_row_and_every_final_balance_matches() {
    let data = read();
    let feed = with_overdraft(&data);
    let local = Local::run(feed.lines(), 0);
    check(&data, &local.outcomes, |_| "accepted");
    let shard = local.restored();
    for (account, with, _) in &data.finals {
        let balance = balance(shard.books(), &ledger_key(&format!("a{account}")));
        assert_eq!(balance, *with, "account {account}");
    }
}

#[test]
fn kafka_mode_comes_to_the_state_of_local_mode_in_both_variants() {
    let data = read();
    for (test, feed) in
        [("transfers-users", between_users(&data)), ("transfers-ledger", with_overdraft(&data))]
    {
        let local = Local::run(feed.lines(), 0);
        same_state(test, feed.lines(), feed.records(), &local.digest);
    }
}

#[test]
fn auditors_hledger_and_ledger_agree_without_overdraft() {
    others_agree("transfers-users", &Local::run(between_users(&read()).lines(), 0));
}

#[test]
fn auditors_hledger_and_ledger_agree_with_overdraft() {
    others_agree("transfers-ledger", &Local::run(with_overdraft(&read()).lines(), 0));
}
