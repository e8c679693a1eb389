//! Stories of what a merchant sells: from a hold of the buyer's money, with an invoice, called off,
//! disputed, shared.

use super::{Cast, Step};
use crate::sim::chance::Chance;
use crate::sim::workload::START_MS;
use groat_ledger::money::without_tax_half_up;
use groat_proto::json::time_text;
use serde_json::{Value, json};

/// Money is held, partly on the line of credit at times, and captured in parts, let go in parts,
/// given up, or forgotten until its time is over.
pub(super) fn authorization(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let auth = cast.named("auth");
    let cents = 1_000 + chance.below(2_000);
    let mut placed = json!({ "auth": auth, "out_order_no": auth, "out_request_no": "first",
        "user": cast.user, "merchant": cast.merchant, "amt": cast.money(cents) });
    if chance.one_in(3) {
        placed["credit_amt"] = cast.money(1 + chance.below(cents));
    }
    if !chance.one_in(4) {
        placed["timeout_s"] = json!(60 + chance.below(900_000));
    }
    let mut asked = vec![json!({ "authorize_funds": placed })];
    let capture = |no: u64, cents: u64, mode: &str| {
        json!({ "capture_authorization": { "auth": auth, "out_trade_no": format!("{auth}-{no}"),
            "amt": cast.money(cents), "mode": mode } })
    };
    let cancel = json!({ "cancel_authorization": { "auth": auth } });
    match chance.below(6) {
        0 => {}
        1 => asked.push(cancel),
        way => {
            if !chance.one_in(3) {
                asked.push(capture(1, 1 + chance.below(500), "NOT_COMPLETE"));
            }
            for no in 0..chance.below(3) {
                let less = json!({ "auth": auth, "out_request_no": format!("less-{no}"),
                    "amt": cast.money(1 + chance.below(300)), "biz_complete": no > 0 });
                asked.push(json!({ "unfreeze_funds": less }));
            }
            match way {
                2 | 3 => asked.push(capture(2, 1 + chance.below(200), "COMPLETE")),
                4 => asked.push(cancel),
                _ => {}
            }
        }
    }
    asked.into_iter().map(|asked| cast.users(asked)).collect()
}

/// An order and its payment from the balance.
pub(super) fn sale(cast: &Cast, payment: &str, merchant: &str, cents: u64) -> [Value; 2] {
    let amt = cast.money(cents);
    [
        json!({ "create_payment": { "payment": payment, "out_trade_no": payment,
            "merchant": merchant, "mode": "IN_APP", "amt": amt } }),
        json!({ "pay_payment": { "payment": payment, "user": cast.user,
            "legs": [{ "balance": { "amt": amt } }] } }),
    ]
}

/// An invoice of what was bought is asked for, issued or rejected, and reversed in parts; some of
/// what was bought goes back meanwhile.
pub(super) fn invoice(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let (payment, invoice) = (cast.named("sold"), cast.named("invoice"));
    let cents = 500 + chance.below(2_000);
    let mut asked = sale(cast, &payment, &cast.merchant, cents).to_vec();
    // More than was paid, at times.
    let asks = 300 + chance.below(cents - 250);
    asked.push(json!({ "request_invoice": { "invoice": invoice, "payment": payment,
        "title": "buyer", "kind": "PLAIN", "amt": cast.money(asks) } }));
    if chance.one_in(4) {
        asked.push(json!({ "reject_invoice": { "invoice": invoice, "reason": "title" } }));
    } else {
        let first = 1 + chance.below(asks - 1);
        let rates = [(first, 1_300), (asks - first, 600)];
        let tax = rates.map(|(part, rate)| part - without_tax_half_up(part, rate));
        let lines = rates.map(|(part, rate)| json!({ "amt": cast.money(part), "rate_bps": rate }));
        asked.push(json!({ "issue_invoice": { "invoice": invoice, "no": invoice, "lines": lines,
            "tax": cast.money(tax[0] + tax[1]) } }));
    }
    if chance.one_in(2) {
        asked.push(json!({ "refund_payment": { "payment": payment, "out_request_no": "less",
            "amt": cast.money(1 + chance.below(cents)) } }));
    }
    for no in 0..chance.below(3) {
        asked.push(json!({ "red_invoice": { "invoice": invoice, "no": format!("{invoice}-{no}"),
            "amt": cast.money(1 + chance.below(asks / 2)) } }));
    }
    asked.into_iter().map(|asked| cast.users(asked)).collect()
}

/// An order is called off, before or after it was paid, for whatever was heard of it.
pub(super) fn cancelled(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let payment = cast.named("off");
    let [created, paid] = sale(cast, &payment, &cast.merchant, 100 + chance.below(2_000));
    let mut asked = vec![created];
    if !chance.one_in(3) {
        asked.push(paid);
    }
    asked.push(json!({ "cancel_payment": { "payment": payment } }));
    asked.into_iter().map(|asked| cast.users(asked)).collect()
}

/// What was bought is disputed, in part, and that comes to an end, or not.
pub(super) fn dispute(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let (payment, dispute) = (cast.named("fought"), cast.named("dispute"));
    let cents = 500 + chance.below(2_000);
    let mut asked = sale(cast, &payment, &cast.merchant, cents).to_vec();
    asked.push(json!({ "open_dispute": { "dispute": dispute, "payment": payment,
        "amt": cast.money(1 + chance.below(cents)), "kind": "CHARGEBACK",
        "due_at": time_text(START_MS + 90_000_000_000) } }));
    if chance.one_in(2) {
        asked.push(json!({ "defend_dispute": { "dispute": dispute, "evidence": "slip" } }));
    }
    let mut judged = json!({ "dispute": dispute, "ruling": "MERCHANT" });
    if chance.one_in(2) {
        judged["ruling"] = json!("CUSTOMER");
        judged["fee"] = cast.money(1 + chance.below(200));
    }
    asked.extend(match chance.below(6) {
        0 => None,
        1 | 2 => Some(json!({ "accept_dispute": { "dispute": dispute } })),
        3 => Some(json!({ "cancel_dispute": { "dispute": dispute } })),
        _ => Some(json!({ "judge_dispute": judged })),
    });
    asked.into_iter().map(|asked| cast.users(asked)).collect()
}

/// What was bought is shared with a new merchant, wherever that is at home, which gives some back;
/// what the seller has of it is settled ahead of its batch.
pub(super) fn split(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let (payment, receiver) = (cast.named("shared"), cast.named("sharer"));
    let terms = json!({ "merchant": receiver, "cycle": 1, "settle_ccy": cast.currency });
    let pair = json!({ "merchant": cast.merchant, "receiver": receiver });
    let [mut created, paid] = sale(cast, &payment, &cast.merchant, 1_000 + chance.below(2_000));
    created["create_payment"]["royalty_freeze"] = chance.one_in(2).into();
    let mut steps = vec![
        (json!({ "onboard_merchant": terms }), receiver.clone()),
        cast.merchants(json!({ "bind_royalty": pair })),
    ];
    let share = json!({ "receiver": receiver, "percent": 10 + chance.below(15) });
    let asked = [
        created,
        paid,
        json!({ "split_payment": { "payment": payment, "out_request_no": "share",
            "receivers": [share], "finish": chance.one_in(3) } }),
        json!({ "confirm_settlement": { "payment": payment,
            "amt": cast.money(1 + chance.below(300)) } }),
        json!({ "return_split": { "payment": payment, "out_request_no": "share",
            "out_return_no": "back", "receiver": receiver,
            "amt": cast.money(1 + chance.below(90)) } }),
    ];
    steps.extend(asked.into_iter().map(|asked| cast.users(asked)));
    steps
}

/// What was bought is shared and settled, and seller and receiver pay out what they have of it, or
/// the receiver may not be paid any more; then some of it is asked back, or shared once more.
pub(super) fn spent(chance: &mut Chance, cast: &Cast, seller: &str, receiver: &str) -> Vec<Step> {
    let payment = cast.named("gone");
    let cents = 100 * (10 + chance.below(20));
    let pays_out = |merchant: &str, no: u64, cents: u64| {
        let payout = format!("{payment}-{}{no}", &merchant[..1]);
        let asked = json!({ "payout": payout, "owner": { "merchant": merchant },
            "amt": cast.money(cents) });
        (json!({ "request_payout": asked }), merchant.to_owned())
    };
    let share = |number: &str, percent: u64| {
        json!({ "split_payment": { "payment": payment, "out_request_no": number,
            "receivers": [{ "receiver": receiver, "percent": percent }] } })
    };
    let mut steps = sale(cast, &payment, seller, cents).map(|asked| cast.users(asked)).to_vec();
    // The share may find its receiver blocked.
    let block = json!({ "account": { "merchant": receiver }, "block": "CREDIT", "case": "x" });
    let blocked = (json!({ "restrict_account": block }), receiver.to_owned());
    let shared_first = cast.users(share("first", 20));
    steps.extend(match chance.below(4) {
        0 | 1 => vec![blocked, shared_first],
        2 => vec![shared_first, blocked],
        _ => vec![shared_first],
    });
    let (shared, kept) = (cents / 5, cents - cents / 5);
    steps.push(cast.users(json!({ "confirm_settlement": { "payment": payment,
        "amt": cast.money(kept) } })));
    // Twice, as the money may not be there yet.
    for no in 0..2 {
        steps.extend([pays_out(seller, no, kept), pays_out(receiver, no, shared)]);
    }
    let back = json!({ "refund_payment": { "payment": payment, "out_request_no": "back",
        "amt": cast.money(1 + chance.below(kept)) } });
    let returned = json!({ "return_split": { "payment": payment, "out_request_no": "first",
        "out_return_no": "back", "receiver": receiver, "amt": cast.money(shared) } });
    let mut asked = [back, share("second", 5), returned];
    asked.rotate_left(chance.index(3));
    steps.extend(asked.map(|asked| cast.users(asked)));
    steps
}
