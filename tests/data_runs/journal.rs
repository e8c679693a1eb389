//! What others make of the books: `groat-replay` verifies, audits and rebuilds them, and Debian's
//! hledger and ledger read the exported journal and find the same balance on every account.

use groat_ledger::money::major_text;
use groat_tests::local::Local;
use groat_tests::{run, stderr, stdout};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// Balances by account, debits positive, as `-12.34 USD`; accounts at zero are left out.
type Balances = BTreeMap<String, String>;

/// Asks them all. Without hledger and ledger that part says loudly that it did not run.
pub fn others_agree(test: &str, local: &Local) {
    replay(local, &["verify"]);
    replay(local, &["audit"]);
    let balances = rebuilt(local);
    for (tool, arguments) in [
        ("hledger", &["balance", "--flat", "--no-total", "--output-format=csv"][..]),
        ("ledger", &["balance", "--flat", "--no-total"][..]),
    ] {
        if !is_here(tool, test) {
            continue;
        }
        let file = local.data().with_file_name(tool);
        let path = file.to_str().unwrap();
        replay(local, &["export", "--format", tool, "--output", path]);
        let read = Command::new(tool).args(["-f", path]).args(arguments).output().unwrap();
        assert!(read.status.success(), "{tool}: {}", stderr(&read));
        let read: Balances = stdout(&read).lines().filter_map(line).collect();
        assert_eq!(read.len(), balances.len(), "accounts that {tool} finds");
        for (account, balance) in &balances {
            assert_eq!(read.get(account), Some(balance), "{account} in {tool}");
        }
    }
}

fn replay(local: &Local, args: &[&str]) -> String {
    let data = local.data();
    let ended = run("groat-replay", &[args, &[data.to_str().unwrap()]].concat());
    assert!(ended.status.success(), "{args:?}: {}{}", stdout(&ended), stderr(&ended));
    stdout(&ended)
}

/// The balances that `rebuild` tells, which are those of the restored shard.
fn rebuilt(local: &Local) -> Balances {
    let report: Value =
        serde_json::from_str(&replay(local, &["rebuild", "--accounts", "--json"])).unwrap();
    assert_eq!(report["shards"][0]["digest"], local.digest);
    assert_eq!(report["balanced"], true);
    let told = report["accounts"].as_array().unwrap();
    let shard = local.restored();
    let rows = shard.books().ledger().tables().accounts.rows();
    assert_eq!(told.len(), rows.len());
    let mut balances = Balances::new();
    for (told, row) in told.iter().zip(rows) {
        let balance = -row.credit_balance();
        let text = major_text(balance, row.currency);
        assert_eq!(
            (&told["balance"], &told["currency"]),
            (&text.as_str().into(), &row.currency.letters().into())
        );
        if balance != 0 {
            let name = told["account"].as_str().unwrap().to_owned();
            let twice = balances.insert(name, format!("{text} {}", row.currency.letters()));
            assert_eq!(twice, None, "two accounts of one name: {told}");
        }
    }
    balances
}

/// A line of hledger's CSV, `"account","-12.34 USD"`, or of ledger, `-12.34 USD  account`.
fn line(text: &str) -> Option<(String, String)> {
    if text == "\"account\",\"balance\"" {
        return None;
    }
    if let Some((account, balance)) = text.split_once("\",\"") {
        return Some((account.trim_matches('"').into(), balance.trim_matches('"').into()));
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let [amount, currency, account] = words[..] else { panic!("ledger says {text:?}") };
    Some((account.into(), format!("{amount} {currency}")))
}

/// Whether a program is installed. If not that is said loudly; with `CI` set it is a failure.
fn is_here(tool: &str, test: &str) -> bool {
    let here = Command::new(tool).arg("--version").output().is_ok();
    let advice = format!("it needs the Debian package {tool} (apt-get install {tool})");
    assert!(here || std::env::var_os("CI").is_none(), "{test}: {advice}");
    if !here {
        println!("\n*** {test} DID NOT RUN WITH {tool}: {advice} ***\n");
    }
    here
}
