//! Words for shards that send to each other: names that are at home on one, money, what a shard's
//! books have. Shared by the shards in memory of `wire` and those of the simulator.

use groat_ledger::{Account, AccountKey, Class, Currency, Id, Place};
use groat_shard::Shard;
use serde_json::{Value, json};

/// A name that is at home on a shard.
pub fn name_at(shards: u32, shard: u32, what: &str) -> String {
    let place = Place { shard: 0, shards };
    let named = (0..).map(|no| format!("{what}{no}"));
    named.into_iter().find(|name| place.home(name.parse().unwrap()) == shard).unwrap()
}

/// The balance of an account in CNY; of no owner where the name is empty.
pub fn balance(shard: &Shard, class: Class, owner: &str) -> i128 {
    let owner = if owner.is_empty() { Id::NONE } else { owner.parse().unwrap() };
    let key = match class {
        Class::Ledger => AccountKey::ledger(owner),
        class => AccountKey::of(class, owner, Currency::CNY),
    };
    shard.books().ledger().account(&key).map_or(0, Account::credit_balance)
}

/// Fen as money.
pub fn cny(minor: u64) -> Value {
    json!({ "amount": format!("{}.{:02}", minor / 100, minor % 100), "currency": "CNY" })
}

/// A transfer between users.
pub fn transfer(from: &str, to: &str, minor: u64) -> Value {
    json!({ "transfer": { "from": from, "to": to, "amt": cny(minor) } })
}
