//! Worlds that know nothing of each other, so that each can live on a shard of its own: a
//! merchant, some users, their payments and refunds.

use crate::feed::{Feed, money};
use serde_json::json;

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

/// The record key of a world.
pub fn key(number: u32) -> String {
    format!("world-{number}")
}
