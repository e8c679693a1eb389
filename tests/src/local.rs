//! `groat run` in a folder of its own, and what can be read from it afterwards.

use crate::{digest, run, stderr};
use groat_ledger::{AccountKey, Class, Currency, Id};
use groat_proto::v1::{self, outcome};
use groat_shard::{Block, Books, Folded, Shard, SledStore, Store, hex, restore};
use std::path::PathBuf;
use tempfile::TempDir;

/// A run that has ended.
pub struct Local {
    dir: TempDir,
    /// The state digest it told.
    pub digest: String,
    /// Its outcomes, one per command.
    pub outcomes: Vec<v1::Outcome>,
    /// Its settlements.
    pub settlements: Vec<v1::Settlement>,
}

impl Local {
    /// Runs the lines on a new data directory. All of them must be commands but `malformed`.
    pub fn run(lines: &str, malformed: usize) -> Local {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        let (commands, outcomes, settlements) = (at("commands"), at("outcomes"), at("settlements"));
        std::fs::write(&commands, lines).unwrap();
        let data = at("data");
        let args = ["run", "--data", &data, "--commands", &commands, "--outcomes", &outcomes];
        let ended = run("groat", &[&args[..], &["--settlements", &settlements]].concat());
        assert!(ended.status.success(), "{}", stderr(&ended));
        let complaints = stderr(&ended).matches("is not a command").count();
        assert_eq!(complaints, malformed, "{}", stderr(&ended));
        let outcomes = read_lines(&outcomes, |line| serde_json::from_str(line));
        let settlements = read_lines(&settlements, |line| serde_json::from_str(line));
        Local { digest: digest(&ended), outcomes, settlements, dir }
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The shard as restored from the data directory: it has the digest that the run told.
    pub fn restored(&self) -> Shard {
        let mut store = SledStore::open(&self.data()).unwrap();
        let shard = restore(&mut store, 0, |_, _| {}).unwrap().unwrap().shard;
        assert_eq!(hex(&shard.books().digest()), self.digest);
        shard
    }

    /// Shows every step of the chain, from its first block.
    pub fn journal(&self, mut show: impl FnMut(&Books, Folded<'_>)) {
        let mut store = SledStore::open(&self.data()).unwrap();
        let mut books = None;
        for number in 0..=store.last().unwrap() {
            let block = Block::parse(&store.read(number).unwrap().unwrap()).unwrap();
            let books = books.get_or_insert_with(|| Books::new(0, block.header.terms.unwrap()));
            books.fold(&block, &mut show).unwrap();
        }
        assert_eq!(books.map(|books| hex(&books.digest())), Some(self.digest.clone()));
    }
}

/// JSON lines of a message of the wire.
pub fn read_lines<T>(path: &str, read: fn(&str) -> serde_json::Result<T>) -> Vec<T> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| read(line).unwrap()).collect()
}

/// An outcome in a word: `accepted`, the name of the rejection, or `malformed`.
pub fn verdict(outcome: &v1::Outcome) -> &str {
    match outcome.result.as_ref().unwrap() {
        outcome::Result::Accepted(_) => "accepted",
        outcome::Result::Rejected(rejected) => &rejected.name,
        outcome::Result::Malformed(_) => "malformed",
    }
}

/// Credits minus debits of an account, which must exist.
pub fn balance(books: &Books, key: &AccountKey) -> i128 {
    let account = books.ledger().account(key).unwrap_or_else(|| panic!("no account {key:?}"));
    account.credit_balance()
}

/// The key of an owner's account.
pub fn key(class: Class, owner: &str, currency: Currency) -> AccountKey {
    AccountKey::of(class, owner.parse().unwrap(), currency)
}

/// The key of an account of the primitive ledger.
pub fn ledger_key(account: &str) -> AccountKey {
    AccountKey::ledger(account.parse::<Id>().unwrap())
}
