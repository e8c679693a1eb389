//! The `transfers` data as commands, in both variants; also read by the target `crash`.

use crate::feed::{self, Feed, money};
use serde_json::json;

/// Where the data begins: its steps are numbers without a date.
const START: &str = "2020-01-01T00:00:00Z";

/// What the data expects.
pub struct Transfers {
    /// Account and opening balance.
    pub accounts: Vec<(String, u64)>,
    /// Transfers in their order.
    pub transfers: Vec<Row>,
    /// Account, final balance with overdraft, final balance without.
    pub finals: Vec<(String, i128, i128)>,
}

/// One transfer.
pub struct Row {
    pub seq: u32,
    pub from: String,
    pub to: String,
    pub cents: u64,
    /// Whether it is accepted where nobody may overdraw.
    pub accepted: bool,
}

/// Reads the three files.
pub fn read() -> Transfers {
    let accounts = feed::text("transfers/accounts.csv.xz");
    let accounts = feed::rows::<2>(&accounts, "account,opening_cents");
    let transfers = feed::text("transfers/transfers.csv.xz");
    let head = "seq,step,from,to,amount_cents,accepted_without_overdraft";
    let transfers = feed::rows::<6>(&transfers, head);
    let finals = feed::text("transfers/expected_final.csv.xz");
    let finals = feed::rows::<3>(&finals, "account,overdraft_allowed_cents,no_overdraft_cents");
    let row = |[seq, _, from, to, cents, accepted]: [&str; 6]| Row {
        seq: seq.parse().unwrap(),
        from: from.into(),
        to: to.into(),
        cents: cents.parse().unwrap(),
        accepted: accepted == "1",
    };
    Transfers {
        accounts: accounts.iter().map(|[a, c]| ((*a).into(), c.parse().unwrap())).collect(),
        transfers: transfers.into_iter().map(row).collect(),
        finals: finals
            .iter()
            .map(|[a, with, without]| {
                ((*a).into(), with.parse().unwrap(), without.parse().unwrap())
            })
            .collect(),
    }
}

/// Nobody may overdraw: users, their top-ups, transfers between them.
pub fn between_users(data: &Transfers) -> Feed {
    let mut feed = Feed::starting(START);
    let user = |account: &str| format!("u{account}");
    for (account, _) in &data.accounts {
        feed.put("open_user", json!({ "user": user(account), "kyc_class": 3, "ccy": "USD" }));
    }
    for (account, opening) in &data.accounts {
        let bank_ref = format!("open-{account}");
        let amt = money(*opening, "USD");
        feed.put(
            "confirm_top_up",
            json!({ "user": user(account), "amt": amt, "bank_ref": bank_ref }),
        );
    }
    for Row { from, to, cents, .. } in &data.transfers {
        let amt = money(*cents, "USD");
        feed.put("transfer", json!({ "from": user(from), "to": user(to), "amt": amt }));
    }
    feed
}

/// Everybody may overdraw: accounts of the primitive ledger without a constraint.
pub fn with_overdraft(data: &Transfers) -> Feed {
    let mut feed = Feed::starting(START);
    let name = |account: &str| format!("a{account}");
    feed.put("open_ledger_account", json!({ "account": "opening", "currency": "USD" }));
    for (account, _) in &data.accounts {
        feed.put("open_ledger_account", json!({ "account": name(account), "currency": "USD" }));
    }
    let mut transfer = |debit: &str, credit: &str, cents: u64| {
        let amount = money(cents, "USD");
        feed.put("post_transfer", json!({ "debit": debit, "credit": credit, "amount": amount }));
    };
    for (account, opening) in &data.accounts {
        transfer("opening", &name(account), *opening);
    }
    for Row { from, to, cents, .. } in &data.transfers {
        transfer(&name(from), &name(to), *cents);
    }
    feed
}
