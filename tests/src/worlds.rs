//! Worlds that know nothing of each other, so that each can live on a shard of its own: a
//! merchant, some users, their payments and refunds.

use crate::feed::{Feed, money};
use serde_json::{Value, json};

/// Users of a world.
const USERS: u64 = 5;

/// The lines of one world; publish them with [`key`].
pub fn world(number: u32, orders: u64) -> Feed {
    // Ids are made of time: a minute for each.
    let mut feed = Feed::starting(&format!("2026-01-01T00:{number:02}:00Z"));
    let name = |what: &str, no: u64| format!("{what}-{number}-{no}");
    let merchant = name("merchant", 0);
    let opened = json!({
        "merchant": merchant, "fee_ppm": 6000, "cycle": 1, "settle_ccy": "CNY"
    });
    feed.put("onboard_merchant", opened);
    for no in 0..USERS {
        let user = name("user", no);
        feed.put("open_user", json!({ "user": user, "kyc_class": 3, "ccy": "CNY" }));
        let amt = money(1_000_000, "CNY");
        let top_up = json!({ "user": user, "amt": amt, "bank_ref": name("bank", no) });
        feed.put("confirm_top_up", top_up);
    }
    for no in 0..orders {
        let payment = name("pay", no);
        let amt = money(100 + no, "CNY");
        let created = json!({
            "payment": payment, "out_trade_no": name("order", no), "merchant": merchant,
            "mode": "IN_APP", "amt": amt
        });
        feed.put("create_payment", created);
        let legs = json!([{ "balance": { "amt": amt } }]);
        let user = name("user", no % USERS);
        feed.put("pay_payment", json!({ "payment": payment, "user": user, "legs": legs }));
        if no.is_multiple_of(10) {
            let part = money(50, "CNY");
            let back = json!({ "payment": payment, "out_request_no": "return", "amt": part });
            feed.put("refund_payment", back);
        }
    }
    feed
}

/// Users and merchants of all shards, who send to each other and pay each other's merchants; each
/// line says whose shard decides it.
pub fn across(users: u64, merchants: u64, orders: u64) -> Feed {
    let mut feed = Feed::starting("2026-01-01T00:00:00Z");
    let keyed = |key: &str, commands: Vec<Value>, feed: &mut Feed| {
        let atomic = commands.len() > 1;
        feed.line(&json!({ "key": key, "atomic": atomic, "commands": commands }));
    };
    let name = |what: &str, no: u64| format!("{what}-{no}");
    for no in 0..merchants {
        let merchant = name("merchant", no);
        let opened =
            json!({ "merchant": merchant, "fee_ppm": 6000, "cycle": 1, "settle_ccy": "CNY" });
        let command = feed.command("onboard_merchant", opened);
        keyed(&merchant, vec![command], &mut feed);
    }
    for no in 0..users {
        let user = name("user", no);
        let open = json!({ "user": user, "kyc_class": 3, "ccy": "CNY" });
        let amt = money(1_000_000, "CNY");
        let top_up = json!({ "user": user, "amt": amt, "bank_ref": name("bank", no) });
        let commands =
            vec![feed.command("open_user", open), feed.command("confirm_top_up", top_up)];
        keyed(&user, commands, &mut feed);
    }
    for no in 0..orders {
        let (user, payment) = (name("user", no % users), name("pay", no));
        let amt = money(100 + no, "CNY");
        // Every seventh goes to nobody, and comes back.
        let to = name("user", (no * 7 + 1) % (users + users / 7));
        let sent = feed.command("transfer", json!({ "from": user, "to": to, "amt": amt }));
        keyed(&user, vec![sent], &mut feed);
        let created = json!({
            "payment": payment, "out_trade_no": name("order", no),
            "merchant": name("merchant", no % merchants), "mode": "IN_APP", "amt": amt
        });
        let legs = json!([{ "balance": { "amt": amt } }]);
        let paid = json!({ "payment": payment, "user": user, "legs": legs });
        let both = vec![feed.command("create_payment", created), feed.command("pay_payment", paid)];
        keyed(&user, both, &mut feed);
        if no == orders / 2 {
            // The batches are cut, and their nets go home.
            feed.wait_until("2026-01-03T00:00:00Z");
        }
        if no % 5 == 4 {
            let back = json!({
                "payment": name("pay", no - 4), "out_request_no": "return",
                "amt": money(50, "CNY")
            });
            let refund = feed.command("refund_payment", back);
            keyed(&name("user", (no - 4) % users), vec![refund], &mut feed);
        }
    }
    feed
}
