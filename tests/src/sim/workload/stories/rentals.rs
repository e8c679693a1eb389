//! Stories of rentals that do not simply end: kept for longer, damaged, bought, lost, called off.

use super::{Cast, Step};
use crate::sim::chance::Chance;
use crate::sim::workload::START_MS;
use groat_proto::json::time_text;
use serde_json::json;

/// A thing is rented, and something comes of it. It began with everything, as was reported late.
pub(super) fn rental(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let rental = cast.named("rental");
    let at = |ms: u64| time_text(START_MS + ms);
    let deposit = 2_000 + chance.below(3_000);
    let way = chance.below(5);
    // One that is lost is overdue as soon as it is out, or soon after.
    let expires = if way == 0 { 1_000 + chance.below(4_000_000) } else { 5_000_000_000 };
    let mut created = json!({ "rental": rental, "out_order_no": rental, "user": cast.user,
        "merchant": cast.merchant, "deposit": cast.money(deposit), "unit": "DAY",
        "rent": cast.money(1 + chance.below(300)), "borrow_at": at(0), "expiry_at": at(expires),
        "guaranteed": chance.one_in(2), "lost_after_days": 0 });
    if way == 1 {
        // The first term may fall due before it is bought.
        let first = 2_000_000 + chance.below(200_000_000);
        created["plan"] = [first, first + 4_000_000_000]
            .map(|due| {
                json!({ "due_at": at(due), "amt": cast.money(500),
                "buyout": cast.money(2_500) })
            })
            .into();
    }
    let decision = match chance.below(3) {
        0 => json!({ "partial": { "waived": cast.money(1_200) } }),
        _ => json!({ "full": {} }),
    };
    let mut asked = vec![
        json!({ "create_rental": created }),
        json!({ "assess_rental": { "rental": rental, "score": 640, "decision": decision } }),
        json!({ "secure_deposit": { "rental": rental } }),
    ];
    let cancel = json!({ "cancel_rental": { "rental": rental } });
    if way == 2 {
        asked.truncate(1 + chance.index(3));
        asked.push(cancel);
        return asked.into_iter().map(|asked| cast.users(asked)).collect();
    }
    asked.push(json!({ "start_rental": { "rental": rental, "started_at": at(0) } }));
    let settle = json!({ "settle_rental": { "rental": rental, "allow_partial": true } });
    match way {
        0 => {
            let lost = json!({ "declare_lost": { "rental": rental } });
            // The first may come too soon.
            asked.extend([lost.clone(), lost, settle]);
        }
        1 => asked.push(json!({ "buy_out_rental": { "rental": rental,
            "term_no": 1 + chance.below(8) / 7 } })),
        _ => {
            let longer = at(expires + chance.below(100_000_000));
            asked.push(json!({ "extend_rental": { "rental": rental, "new_expiry": longer } }));
            asked.push(json!({ "return_rental": { "rental": rental, "restore_at": at(60_000) } }));
            // More than the deposit, at times.
            for claim in 0..1 + chance.below(2) {
                asked.push(json!({ "claim_damage": { "rental": rental,
                    "evidence": format!("photo-{claim}"),
                    "amt": cast.money(1 + chance.below(deposit)) } }));
            }
            asked.push(settle);
        }
    }
    asked.into_iter().map(|asked| cast.users(asked)).collect()
}
