//! Stories of lines of credit: changed, frozen, free again, closed and granted anew; of loans that
//! are repaid, and of one that is not.

use super::sales::sale;
use super::{Cast, Step, with};
use crate::sim::chance::Chance;
use crate::sim::workload::START_MS;
use groat_proto::json::date_text;
use serde_json::{Value, json};

/// A line that others buy on, or one of a user who is only here for it.
pub(super) fn line(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let newcomer = cast.named("newcomer");
    let is_new = chance.one_in(2);
    let user = if is_new { &newcomer } else { &cast.user };
    let granted = json!({ "grant_credit_line": { "user": user, "limit": cast.money(50_000),
        "statement_day": 1, "due_day": 2, "late_fee_ppm": 50_000, "grace_d": 0,
        "billing": { "auto_debit": chance.one_in(2) } } });
    let mut asked = Vec::<Value>::new();
    if is_new {
        asked.push(json!({ "open_user": { "user": user, "kyc_class": 2,
            "ccy": cast.currency } }));
        asked.push(granted.clone());
    }
    let limit = cast.money(40_000 + chance.below(20_000));
    asked.push(json!({ "adjust_limit": { "user": user, "limit": limit } }));
    if !chance.one_in(3) {
        let reasons = ["MANUAL", "RISK"];
        let reason = reasons[chance.index(reasons.len())];
        asked.push(json!({ "freeze_credit_line": { "user": user, "reason": reason } }));
        asked.push(json!({ "unfreeze_credit_line": { "user": user, "reason": "checked" } }));
    }
    // Not while anything is owed; and then nobody else goes without.
    if is_new || chance.one_in(3) {
        asked.push(json!({ "close_credit_line": { "user": user, "reason": "asked" } }));
        asked.push(granted);
    }
    let key = user.clone();
    asked.into_iter().map(|asked| (asked, key.clone())).collect()
}

/// Somebody who is only here for it borrows, is charged and not charged, borrows more, repays, and
/// has some of that taken back.
pub(super) fn loan(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let (user, loan) = (cast.named("debtor"), cast.named("loan"));
    let of = |more: Value| with(json!({ "user": user, "loan": loan }), more);
    let mut asked = borrowed(&user, &loan, cast);
    let due = START_MS / 86_400_000 + 20 + chance.below(20);
    asked.extend([
        json!({ "charge_loan": of(json!({ "charge": "snooze", "kind": "FEE",
            "amt": cast.money(1 + chance.below(90)),
            "due_on": date_text(u32::try_from(due).expect("a day")) })) }),
        json!({ "waive_loan_charge": of(json!({ "charge": "snooze" })) }),
        json!({ "draw_more": of(json!({ "amt": cast.money(100 + chance.below(900)) })) }),
        json!({ "set_auto_debit": { "user": user, "target": loan, "on": chance.one_in(2) } }),
        json!({ "repay_credit": { "user": user, "target": loan,
            "amt": cast.money(1_000 + chance.below(1_000)) } }),
        json!({ "return_repayment": of(json!({ "chargeback": cast.named("back"),
            "amt": cast.money(1 + chance.below(900)) })) }),
    ]);
    asked.into_iter().map(|asked| (asked, user.clone())).collect()
}

/// Somebody with a line buys on it, puts that into a plan, in part, and pays ahead.
pub(super) fn plan(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let (user, payment, plan) = (cast.named("planner"), cast.named("dear"), cast.named("plan"));
    let cents = 2_000 + chance.below(2_000);
    let [created, mut paid] = sale(cast, &payment, &cast.merchant, cents);
    paid["pay_payment"]["user"] = user.clone().into();
    paid["pay_payment"]["legs"] = json!([{ "credit": { "amt": cast.money(cents) } }]);
    let mut asked = opened(&user, cast).to_vec();
    asked.extend([
        created,
        paid,
        json!({ "convert_to_instalments": { "user": user, "plan": plan, "payment": payment,
            "amt": cast.money(300 + chance.below(cents)), "n": 3, "fee_ppm": 23_000 } }),
    ]);
    // It has nothing of its own but what it is sent.
    if chance.one_in(2) {
        asked.push(json!({ "confirm_top_up": { "user": user, "bank_ref": cast.named("for-plan"),
            "amt": cast.money(5_000) } }));
        asked.push(json!({ "prepay_plan": { "user": user, "plan": plan } }));
    }
    asked.into_iter().map(|asked| (asked, user.clone())).collect()
}

/// Somebody with a line.
fn opened(user: &str, cast: &Cast) -> [Value; 2] {
    [
        json!({ "open_user": { "user": user, "kyc_class": 2, "ccy": cast.currency } }),
        json!({ "grant_credit_line": { "user": user, "limit": cast.money(50_000),
            "statement_day": 1, "due_day": 2, "late_fee_ppm": 50_000, "grace_d": 0,
            "billing": {} } }),
    ]
}

/// Somebody with a line borrows on it.
fn borrowed(user: &str, loan: &str, cast: &Cast) -> Vec<Value> {
    let mut asked = opened(user, cast).to_vec();
    asked.push(json!({ "draw_loan": { "user": user, "loan": loan, "amt": cast.money(5_000),
        "terms": 1, "kind": "BULLET", "day_ppm": 500 } }));
    asked
}

/// Somebody borrows and is not heard of: what is asked before so much time has passed, and after.
pub(super) fn lost(chance: &mut Chance, cast: &Cast) -> [Vec<Value>; 2] {
    let (user, loan) = (cast.named("gone"), cast.named("lost"));
    let before = borrowed(&user, &loan, cast);
    let after = vec![
        json!({ "write_off_credit": { "user": user } }),
        json!({ "record_recovery": { "user": user,
            "amt": cast.money(1 + chance.below(5_000)) } }),
    ];
    [before, after]
}
