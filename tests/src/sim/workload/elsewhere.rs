//! What follows on sales whose merchant may be at home on another shard than the payer.

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
    match chance.below(12) {
        9.. => json!({ "confirm_settlement": { "payment": payment,
            "amt": money(1 + chance.below(9)) } }),
        0..=3 => json!({ "open_dispute": { "dispute": dispute, "payment": payment,
            "amt": money(1 + chance.below(20)), "kind": "CHARGEBACK",
            "due_at": time_text(START_MS + 90_000_000_000) } }),
        4 => json!({ "defend_dispute": { "dispute": dispute, "evidence": "slip" } }),
        5 => json!({ "accept_dispute": { "dispute": dispute } }),
        6 => json!({ "cancel_dispute": { "dispute": dispute } }),
        7 => json!({ "judge_dispute": { "dispute": dispute, "ruling": "MERCHANT" } }),
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

/// Somebody gives back of a split of a payment, if it got of it.
pub(super) fn return_split(chance: &mut Chance, payment: &str, merchants: u64) -> Value {
    let amount = format!("0.{:02}", 1 + chance.below(99));
    json!({ "return_split": { "payment": payment, "out_request_no": format!("s{}", chance.below(3)),
        "out_return_no": format!("b{}", chance.below(4)),
        "receiver": format!("m{}", chance.below(merchants)),
        "amt": { "amount": amount, "currency": "CNY" } } })
}
