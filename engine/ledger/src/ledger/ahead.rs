//! Looks at the rows that coming commands need, so that their deciding finds them in the cache.
//!
//! Nothing is decided or changed by it. Where rows are more than the cache holds, each look at one
//! waits for memory, and a command has some eight after each other. Looks of many commands that do
//! not need each other wait together: first at the indexes, then at the rows.

use crate::account::{Account, AccountKey, AccountNo};
use crate::command::Body;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::state::{Tables, User};
use std::hint::black_box;

/// The accounts and users of some commands; kept to be filled again.
#[derive(Default)]
pub struct LookAhead {
    accounts: Vec<AccountKey>,
    users: Vec<Id>,
    numbers: Vec<u32>,
}

/// With fewer accounts than this looking ahead costs more than it saves: they stay in the cache.
/// Builds that are tested always look.
const WIDE: usize = if cfg!(debug_assertions) { 1 } else { 200_000 };

impl LookAhead {
    /// Notes what a command will need.
    pub fn note(&mut self, body: &Body) {
        match body {
            Body::PostTransfer(c) => {
                self.accounts.extend([c.debit, c.credit].map(AccountKey::ledger));
            }
            Body::Transfer(c) => self.users.extend([c.from, c.to]),
            body => self.users.extend(body.owner()),
        }
    }

    /// The numbers of the accounts that events name, to be added to.
    pub fn numbers(&mut self) -> &mut Vec<AccountNo> {
        &mut self.numbers
    }
}

impl Ledger {
    /// Whether looking ahead gains anything.
    pub fn is_wide(&self) -> bool {
        self.tables.accounts.rows().len() >= WIDE
    }

    /// Looks at all that was noted.
    pub fn look_ahead(&self, ahead: &mut LookAhead) {
        let LookAhead { accounts: keys, users: ids, numbers } = ahead;
        let Tables { accounts, users, .. } = &self.tables;
        users.guess(ids, numbers);
        for no in numbers.iter_mut() {
            *no = look_at_user(users.row(*no));
        }
        let balances = numbers.iter().map(|no| look_at(accounts.row(*no)));
        black_box(balances.fold(0, |sum, word| sum ^ word));
        accounts.guess(keys, numbers);
        let named = numbers.iter().map(|no| look_at(accounts.row(*no)));
        black_box(named.fold(0, |sum, word| sum ^ word));
        keys.clear();
        ids.clear();
        numbers.clear();
    }

    /// Looks at the accounts whose numbers were added.
    pub fn look_at_numbered(&self, ahead: &mut LookAhead) {
        let rows = ahead.numbers.iter().filter_map(|no| self.tables.accounts.try_row(*no));
        black_box(rows.map(look_at).fold(0, |sum, word| sum ^ word));
        ahead.numbers.clear();
    }
}

/// Reads a word of each line of the cache that a row lies in.
fn look_at(row: &Account) -> u32 {
    row.key.sub ^ u32::from(row.closed) ^ u32::from(row.credits_pending == 0)
}

/// So for a user; tells the number of the balance.
fn look_at_user(row: &User) -> AccountNo {
    black_box(row.open_disputes);
    row.account
}
