//! What users do where a merchant may be at home on another shard than the payer, and what follows.

use crate::sim::chance::Chance;
use crate::sim::workload::START_MS;
use groat_proto::json::time_text;
use groat_proto::v1::{self, Command, command};
use serde_json::{Value, json};

/// A step of one of the two disputes that a payment may have, whatever came of the steps before, or
/// a part of it that is settled ahead of its batch.
pub(super) fn dispute_or_confirm(chance: &mut Chance, payment: &str, currency: &str) -> Value {
    let money = |amount: u64| json!({ "amount": format!("{amount}.00"), "currency": currency });
    let dispute = format!("x{payment}-{}", chance.below(2));
    match chance.below(13) {
        10.. => json!({ "confirm_settlement": { "payment": payment,
            "amt": money(1 + chance.below(9)) } }),
        0..=3 => json!({ "open_dispute": { "dispute": dispute, "payment": payment,
            "amt": money(1 + chance.below(6)), "kind": "CHARGEBACK",
            "due_at": time_text(START_MS + 90_000_000_000) } }),
        4 => json!({ "defend_dispute": { "dispute": dispute, "evidence": "slip" } }),
        5 => json!({ "accept_dispute": { "dispute": dispute } }),
        6 => json!({ "cancel_dispute": { "dispute": dispute } }),
        7 | 8 => json!({ "judge_dispute": { "dispute": dispute, "ruling": "MERCHANT" } }),
        _ => json!({ "judge_dispute": { "dispute": dispute, "ruling": "CUSTOMER",
            "fee": money(1) } }),
    }
}

/// Makes a posting one of two phases, at times; gives whose account it debits.
pub(super) fn in_phases(
    chance: &mut Chance,
    posted: &mut Command,
    debit: String,
    pending: &mut Vec<(String, v1::Id)>,
) -> String {
    let Some(command::Body::PostTransfer(c)) = &mut posted.body else { return debit };
    match chance.below(4) {
        0 => {
            c.set_phase(v1::Phase::Pending);
            c.timeout_s = if chance.one_in(2) { 3_600 } else { 0 };
            pending.extend(posted.id.map(|id| (debit.clone(), id)));
            debit
        }
        1 if !pending.is_empty() => {
            let (debit, id) = pending[chance.index(pending.len())].clone();
            *c = v1::PostTransfer { pending: Some(id), ..v1::PostTransfer::default() };
            let voids = chance.one_in(3);
            c.set_phase(if voids { v1::Phase::Void } else { v1::Phase::Post });
            debit
        }
        _ => debit,
    }
}

/// What a refund takes back of royalties, as a field of it.
pub(super) fn royalty_refunds(chance: &mut Chance, merchants: u64, back: &Value) -> Value {
    match chance.below(4) {
        0 | 1 => Value::Null,
        2 => json!({ "pro_rata": true }),
        _ => json!({ "receivers": [{ "receiver": format!("m{}", chance.below(merchants)),
            "amt": back }] }),
    }
}

/// A payment is shared with a receiver, now and then for the last time.
pub(super) fn split(chance: &mut Chance, payment: &str, receiver: &str) -> Value {
    json!({ "split_payment": { "payment": payment,
        "out_request_no": format!("s{}", chance.below(3)),
        "receivers": [{ "receiver": receiver, "percent": 1 + chance.below(25) }],
        "finish": chance.one_in(4) } })
}

/// Somebody gives back of a split of a payment, if it got of it.
pub(super) fn return_split(chance: &mut Chance, payment: &str, merchants: u64) -> Value {
    let amount = format!("0.{:02}", 1 + chance.below(99));
    json!({ "return_split": { "payment": payment, "out_request_no": format!("s{}", chance.below(3)),
        "out_return_no": format!("b{}", chance.below(4)),
        "receiver": format!("m{}", chance.below(merchants)),
        "amt": { "amount": amount, "currency": "CNY" } } })
}

/// A line of credit: cut on the first day of February, due on the second, without grace.
pub(super) fn line(user: &str) -> Value {
    json!({ "grant_credit_line": { "user": user,
        "limit": { "amount": "500.00", "currency": "CNY" }, "statement_day": 1, "due_day": 2,
        "late_fee_ppm": 50_000, "grace_d": 0, "billing": { "auto_debit": true } } })
}

/// A payment in terms, the plan of its id; every other one at the cost of its seller.
pub(super) fn in_terms(chance: &mut Chance, payment: &str, amt: Value) -> Value {
    let bearer = if chance.one_in(2) { "SELLER" } else { "USER" };
    json!([{ "instalment": { "plan": payment, "amt": amt, "n": 3, "fee_ppm": 23_000,
        "bearer": bearer } }])
}

/// What is owed is repaid, or a plan ahead, where there is one.
pub(super) fn repayment(
    chance: &mut Chance,
    user: &str,
    paid: &[(String, String, &str)],
    amt: Value,
) -> Value {
    let own = paid.iter().filter(|(_, payer, _)| payer == user).collect::<Vec<_>>();
    if own.is_empty() || chance.one_in(2) {
        return json!({ "repay_credit": { "user": user, "amt": amt } });
    }
    let (plan, ..) = own[chance.index(own.len())];
    match chance.below(2) {
        0 => json!({ "repay_credit": { "user": user, "amt": amt, "target": plan } }),
        _ => json!({ "prepay_plan": { "user": user, "plan": plan } }),
    }
}

/// A thing is rented for an hour and brought back within a minute.
pub(super) fn rental(rental: &str, user: &str, merchant: &str, rent: &Value) -> Vec<Value> {
    let at = |ms: u64| time_text(START_MS + ms);
    let deposit = json!({ "amount": "50.00", "currency": "CNY" });
    let created = json!({ "rental": rental, "out_order_no": rental, "merchant": merchant,
        "user": user, "deposit": deposit, "rent": rent, "unit": "USE", "borrow_at": at(0),
        "expiry_at": at(3_600_000), "guaranteed": true });
    vec![
        json!({ "create_rental": created }),
        json!({ "assess_rental": { "rental": rental, "score": 700,
            "decision": { "full": {} } } }),
        json!({ "secure_deposit": { "rental": rental } }),
        json!({ "start_rental": { "rental": rental, "started_at": at(0) } }),
        json!({ "return_rental": { "rental": rental, "restore_at": at(60_000) } }),
        json!({ "settle_rental": { "rental": rental } }),
    ]
}

/// A campaign of the platform with coupons of its name, which end before long.
pub(super) fn campaign(campaign: &str) -> [Value; 2] {
    let money = |amount: u64| json!({ "amount": format!("{amount}.00"), "currency": "CNY" });
    let terms = json!({ "template": campaign, "campaign": campaign, "face": money(2),
        "min_spend": money(3), "valid_from": time_text(START_MS),
        "valid_until": time_text(START_MS + 200_000_000), "count_max": 90, "per_user": 90 });
    [
        json!({ "fund_campaign": { "campaign": campaign, "amt": money(60) } }),
        json!({ "define_coupon": terms }),
    ]
}

/// A user gets a coupon and makes an order that names it, which is paid with it, or not, or closed,
/// or forgotten until its time is over.
pub(super) fn named_coupon(
    chance: &mut Chance,
    campaign: &str,
    user: &str,
    (payment, number, merchant): &(String, String, String),
) -> Vec<Vec<Value>> {
    let money = |amount: u64| json!({ "amount": format!("{amount}.00"), "currency": "CNY" });
    let coupon = format!("{payment}-k");
    let issued = json!({ "issue_coupon": { "coupon": coupon, "template": campaign,
        "user": user } });
    let created = json!({ "create_payment": { "payment": payment, "out_trade_no": number,
        "merchant": merchant, "mode": "IN_APP", "amt": money(5), "coupon": coupon,
        "timeout_s": 60 + chance.below(300_000) } });
    let with = json!([{ "balance": { "amt": money(3) } },
        { "coupon": { "coupon": coupon, "amt": money(2) } }]);
    let without = json!([{ "balance": { "amt": money(5) } }]);
    let legs = if chance.one_in(4) { without } else { with };
    let pay = json!({ "pay_payment": { "payment": payment, "user": user, "legs": legs } });
    let mut steps = vec![vec![issued], vec![created]];
    steps.extend(match chance.below(6) {
        0 => vec![],
        1 => vec![vec![json!({ "close_payment": { "payment": payment } })]],
        2 => vec![vec![json!({ "revoke_coupon": { "coupon": coupon, "reason": "test" } })]],
        _ => vec![vec![pay]],
    });
    steps
}

/// Something of a card and its points.
pub(super) fn card(chance: &mut Chance, card: &str, user: &str, amount: u64) -> Value {
    let amt = json!({ "amount": format!("{amount}.00"), "currency": "CNY" });
    match chance.below(9) {
        6 => json!({ "redeem_points": { "card": card, "user": user, "points": amount } }),
        7 => json!({ "adjust_points": { "card": card, "user": user, "points": amount,
            "less": chance.one_in(2), "reason": "corrected" } }),
        0 => json!({ "unload_card": { "card": card, "user": user, "amt": amt } }),
        1 => json!({ "update_card": { "card": card, "user": user,
            "suspended": chance.one_in(3),
            "valid_until": time_text(START_MS + chance.below(4_000_000_000)) } }),
        2 => json!({ "close_card": { "card": card, "user": user } }),
        _ => json!({ "load_card": { "card": card, "user": user, "amt": amt } }),
    }
}

/// Merchants that are to be closed, some while an order is open somewhere.
pub(super) const CLOSED: u64 = 9;

/// Something of one of them, each command with its key: an order of a user, which is paid now and
/// then; an order is given up; it is closed, at times with a restriction in between.
pub(super) fn closing(
    chance: &mut Chance,
    no: u64,
    user: &str,
    ordered: &mut Vec<(String, String)>,
) -> Vec<(Value, String)> {
    let merchant = format!("c{}", chance.below(CLOSED));
    let owner = json!({ "merchant": merchant });
    let close = json!({ "close_account": { "account": owner } });
    let amt = json!({ "amount": "1.00", "currency": "CNY" });
    match chance.below(8) {
        0 | 1 => {
            let payment = format!("y{no}");
            let created = json!({ "create_payment": { "payment": payment,
                "out_trade_no": payment, "merchant": merchant, "mode": "IN_APP", "amt": amt } });
            ordered.push((payment, user.to_owned()));
            vec![(created, user.to_owned())]
        }
        2 | 3 if !ordered.is_empty() => {
            let (payment, user) = ordered[chance.index(ordered.len())].clone();
            let ended = if chance.one_in(4) {
                let legs = json!([{ "balance": { "amt": amt } }]);
                json!({ "pay_payment": { "payment": payment, "user": user, "legs": legs } })
            } else {
                json!({ "close_payment": { "payment": payment } })
            };
            vec![(ended, user)]
        }
        4 => {
            let block = json!({ "restrict_account": { "account": owner, "block": "DEBIT",
                "case": "case" } });
            vec![(close, merchant.clone()), (block, merchant)]
        }
        _ => vec![(close, merchant)],
    }
}
