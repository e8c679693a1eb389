//! What happened to a rental or an authorization, in words.

use super::tally::Tally;
use crate::names::fact_name;
use groat_ledger::money::major_text;
use groat_ledger::{ChargeKind, Fact};
use groat_proto::json::time_text;

/// What happened, and the amount it is about in minor units.
pub(super) struct Told {
    pub(super) what: String,
    pub(super) amount: Option<i128>,
}

/// Tells of a fact after the tally took it in; nothing where another fact of the same command
/// says it.
pub(super) fn words(fact: &Fact, at: u64, tally: &Tally) -> Option<Told> {
    let told = |what: String, amount: Option<i128>| Some(Told { what, amount });
    let about = |what: &str, amount: u64| told(what.into(), Some(amount.into()));
    let plain = |what: &str| told(what.into(), None);
    let when = |time: u64| if time == at { String::new() } else { format!(" {}", time_text(time)) };
    let is_out = tally.rental().is_some_and(|rental| rental.is_out);
    match fact {
        Fact::RentalCreated { .. } => plain("agreed"),
        Fact::RentalAssessed { score, declined: true, .. } => {
            told(format!("score {score}: not admitted"), None)
        }
        Fact::RentalAssessed { score, waived, .. } => {
            let deposit = tally.rental().map_or(0, |rental| rental.terms.deposit.amount);
            let part = match *waived {
                0 => "none",
                part if part == deposit => "all",
                _ => "part",
            };
            let what = format!("score {score}: {part} of the deposit is waived");
            told(what, Some(i128::from(*waived)).filter(|waived| *waived > 0))
        }
        Fact::FundsAuthorized { fund, credit, .. } => {
            let what = if tally.rental().is_some() { "deposit held" } else { "held" };
            told(held(what, *fund, *credit, tally), Some(sum(*fund, *credit)))
        }
        Fact::DepositSecured { .. } | Fact::RentalCollected { .. } => None,
        Fact::RentalStarted { at: started, .. } => {
            told(format!("handed over{}", when(*started)), None)
        }
        Fact::RentalExtended { new_expiry, .. } => {
            told(format!("extended to {}", time_text(*new_expiry)), None)
        }
        Fact::RentTermDue { term_no, amount, .. } => {
            about(&format!("term {term_no} of the plan is due"), *amount)
        }
        Fact::RentalOverdue { .. } if is_out => plain("overdue: not back"),
        Fact::RentalOverdue { .. } => plain("overdue: not paid"),
        Fact::RentalReturned { restore_at, rent, late_rent, .. } => {
            let parts = parts(tally, &[(*rent, "rent"), (*late_rent, "late rent")]);
            told(format!("back{}{parts}", when(*restore_at)), Some(sum(*rent, *late_rent)))
        }
        Fact::DamageClaimed { amount, evidence, .. } => {
            about(&format!("damage claimed, evidence {evidence}"), *amount)
        }
        Fact::RentalLost { amount, .. } => about("declared lost", *amount),
        Fact::ChargeReduced { item, amount, given_back, .. } => {
            let charges = tally.rental().map(|rental| rental.charges.as_slice());
            let charge = charges.and_then(|charges| charges.get(*item as usize));
            let kind = charge.map_or("unknown", |charge| kind(charge.kind)).replace('_', " ");
            let back = if *given_back > 0 { " and given back" } else { "" };
            about(&format!("charge {item}, {kind}, reduced{back}"), *amount)
        }
        Fact::RentalCharged { .. } | Fact::AuthorizationCaptured { .. } => {
            let taken = tally.taken.last()?;
            let captured = matches!(fact, Fact::AuthorizationCaptured { .. });
            let what = match (captured, taken.payment) {
                (true, _) => "captured",
                (false, Some(_)) => "paid",
                (false, None) => "paid back to the platform",
            };
            let from =
                [(taken.frozen, "frozen"), (taken.balance, "balance"), (taken.credit, "credit")];
            told(format!("{what}{}", parts(tally, &from)), Some(taken.amount()))
        }
        Fact::RentalSettled { .. } => plain("completed"),
        Fact::AdvanceRepaid { .. } => None,
        Fact::AdvanceReturned { to_platform, to_credit, surplus, to_balance, .. } => {
            let to = [
                (i128::from(*to_platform), "to the platform"),
                (i128::from(*to_credit) - i128::from(*surplus), "to credit"),
                (sum(*to_balance, *surplus), "to the balance"),
            ];
            let all = to.iter().map(|part| part.0).sum();
            told(format!("given back by the merchant{}", parts(tally, &to)), Some(all))
        }
        Fact::RentalPaymentPending { outstanding, advanced: 0, .. } => {
            about("payment pending", *outstanding)
        }
        Fact::RentalPaymentPending { advanced, .. } => {
            about("payment pending, advanced by the platform", *advanced)
        }
        Fact::CollectionFailed { outstanding, .. } => about("not collected", *outstanding),
        Fact::RentalBoughtOut { term_no, price, .. } => {
            about(&format!("bought, at the price of term {term_no} less what was paid"), *price)
        }
        Fact::RentalCancelled { expired: false, .. } => plain("cancelled"),
        Fact::RentalCancelled { expired: true, .. } => plain("expired, never begun"),
        Fact::FundsReleased { fund, credit, .. } => {
            told(held("given back", *fund, *credit, tally), Some(sum(*fund, *credit)))
        }
        Fact::AuthorizationClosed { fund, credit, expired, .. } => {
            let what = if *expired { "timed out" } else { "cancelled" };
            told(held(what, *fund, *credit, tally), Some(sum(*fund, *credit)))
        }
        Fact::RefundSucceeded { .. } => {
            let refund = tally.refunds.last()?;
            let to = [(refund.to_credit, "to credit"), (refund.to_balance, "to the balance")];
            told(format!("refunded{}", parts(tally, &to)), Some(refund.amount()))
        }
        // Whatever comes to concern a page is at least named on it.
        other => plain(fact_name(other)),
    }
}

fn sum(a: u64, b: u64) -> i128 {
    i128::from(a) + i128::from(b)
}

fn held(what: &str, fund: u64, credit: u64, tally: &Tally) -> String {
    let name = if tally.rental().is_some() { "waived" } else { "on credit" };
    format!("{what}{}", parts(tally, &[(fund, "frozen"), (credit, name)]))
}

/// `: 800.00 frozen, 600.00 balance`, without what is zero.
fn parts<N: Copy + Into<i128>>(tally: &Tally, parts: &[(N, &str)]) -> String {
    let Some(currency) = tally.currency else { return String::new() };
    let some = parts.iter().map(|(amount, name)| ((*amount).into(), name));
    let some = some.filter(|(amount, _): &(i128, _)| *amount != 0);
    let texts: Vec<String> =
        some.map(|(amount, name)| format!("{} {name}", major_text(amount, currency))).collect();
    if texts.is_empty() { String::new() } else { format!(": {}", texts.join(", ")) }
}

pub(super) fn kind(kind: ChargeKind) -> &'static str {
    match kind {
        ChargeKind::Rent => "rent",
        ChargeKind::LateRent => "late_rent",
        ChargeKind::Damage => "damage",
        ChargeKind::Lost => "lost",
    }
}

/// `PaymentPending` as `payment_pending`.
pub(super) fn shown(state: &str) -> String {
    let mut text = String::new();
    for c in state.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
