//! Stories of money that comes, goes and is held: compliance holds, payouts, receipts that nobody
//! knows, adjustments, and partners whose money is lent; and of time that is told to pass.

use super::{Cast, Step, with};
use crate::sim::chance::Chance;
use groat_proto::json::time_text;
use serde_json::json;

/// A user's money is held, let go in parts, and mostly seized in the end.
pub(super) fn hold(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let (hold, user) = (cast.named("hold"), &cast.user);
    let amt = cast.money(2_000 + chance.below(2_000));
    let mut asked = vec![json!({ "place_hold": { "hold_id": hold, "user": user, "amt": amt } })];
    for _ in 0..chance.below(3) {
        let amt = cast.money(1 + chance.below(1_500));
        asked.push(json!({ "release_hold": { "hold_id": hold, "user": user, "amt": amt } }));
    }
    if !chance.one_in(4) {
        asked.push(json!({ "seize_hold": { "hold_id": hold, "order_ref": "court" } }));
    }
    asked.into_iter().map(|asked| cast.users(asked)).collect()
}

/// A user, or a merchant that has something by then, is paid out, or not.
pub(super) fn payout(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let payout = cast.named("payout");
    let (owner, key) = match chance.below(4) {
        0 => (json!({ "merchant": cast.merchant }), &cast.merchant),
        _ => (json!({ "user": cast.user }), &cast.user),
    };
    let mut request = json!({ "payout": payout, "owner": owner,
        "amt": cast.money(1 + chance.below(300)) });
    if chance.one_in(2) {
        request["fee"] = cast.money(1 + chance.below(10));
    }
    let mut asked = vec![json!({ "request_payout": request })];
    let confirmed = json!({ "confirm_payout": { "payout": payout } });
    let failed = json!({ "fail_payout": { "payout": payout, "reason": "returned" } });
    match chance.below(8) {
        0 => {}
        // What the bank did first counts.
        1 => asked.extend([failed, confirmed]),
        2..5 => asked.push(failed),
        _ => asked.push(confirmed),
    }
    asked.into_iter().map(|asked| (asked, key.clone())).collect()
}

/// Money that nobody knows arrives, and turns out in parts to be a user's, whose home may be
/// elsewhere, or a merchant's.
pub(super) fn receipt(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let bank_ref = cast.named("receipt");
    let whole = json!({ "bank_ref": bank_ref, "amt": cast.money(1_000) });
    let mut steps = vec![cast.users(json!({ "match_receipt": whole }))];
    for _ in 0..1 + chance.below(2) {
        let target = match chance.below(4) {
            0 => json!({ "user": cast.user }),
            1 => json!({ "merchant": cast.merchant }),
            _ => json!({ "user": cast.other }),
        };
        let part = json!({ "bank_ref": bank_ref, "amt": cast.money(1 + chance.below(600)),
            "target": target });
        steps.push(cast.users(json!({ "match_receipt": part })));
    }
    steps
}

/// The house gives to a user or a merchant, or takes; or puts in money of its own.
pub(super) fn adjustment(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let amt = cast.money(1 + chance.below(900));
    let house = |class: &str, side: &str| json!({ "class": class, "side": side, "amt": amt });
    let of = |class, owner: &str, side| with(house(class, side), json!({ "owner": owner }));
    let (user, merchant) = (&cast.user, &cast.merchant);
    let (entries, key) = match chance.below(5) {
        0 => ([house("safeguarded_bank", "DEBIT"), house("equity", "CREDIT")], user),
        1 => ([of("user_available", user, "DEBIT"), house("other_fees", "CREDIT")], user),
        2 => ([house("equity", "DEBIT"), of("merchant_available", merchant, "CREDIT")], merchant),
        _ => ([house("marketing", "DEBIT"), of("user_available", user, "CREDIT")], user),
    };
    let posted = json!({ "entries": entries, "reason": "error", "maker": "carol",
        "approver": "dave" });
    vec![(json!({ "post_adjustment": posted }), key.clone())]
}

/// A partner gives money to lend and has some of it back; or time is told to pass.
pub(super) fn funding(chance: &mut Chance, cast: &Cast) -> Vec<Step> {
    let bank = format!("partner-{}", chance.below(2));
    if chance.one_in(3) {
        let to = time_text(cast.at + chance.below(4_000_000));
        return vec![cast.users(json!({ "advance_clock": { "to": to } }))];
    }
    let (more, less) = (1 + chance.below(5_000), 1 + chance.below(2_000));
    let asked = [
        json!({ "fund_credit": { "bank": bank, "amt": cast.money(more) } }),
        json!({ "repay_funding": { "bank": bank, "amt": cast.money(less) } }),
    ];
    asked.into_iter().map(|asked| (asked, bank.clone())).collect()
}
