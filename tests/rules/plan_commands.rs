//! Verbs of the tables on instalment plans: `convert alice pl1 p1 100.00 n=3 fee=23000` (or
//! `statement` for a purchase; with `unit=1.00 tie=up`), `prepay alice pl1`, and the look at a
//! plan.

use crate::checks::shouted;
use crate::lending_commands::split;
use crate::table::Books;
use crate::words::{Args, id, money};
use groat_ledger::instalments::{Split, Tie};
use groat_ledger::{Bearer, Body, ConvertToInstalments, Id, Leg, LegSource, PlanTerms, PrepayPlan};

/// The command of a line; `None` when the verb is no command of this subject.
pub(crate) fn body(verb: &str, a: &mut Args<'_>) -> Option<Body> {
    Some(match verb {
        "convert" => {
            let (user, plan, source) = (a.id(), a.id(), a.word());
            let payment = if source == "statement" { Id::NONE } else { id(source) };
            let (terms, fee_ppm) = (a.number("n", 3), a.number("fee", 0));
            let terms = PlanTerms { plan, terms, fee_ppm, split: split(a) };
            let amount = a.money();
            Body::ConvertToInstalments(ConvertToInstalments { user, payment, amount, terms })
        }
        "prepay" => Body::PrepayPlan(PrepayPlan { user: a.id(), plan: a.id() }),
        _ => return None,
    })
}

/// The leg `instalment:plan:terms:fee:amount`, without its first word; `:seller` behind it where
/// the seller bears the fee, or `:unit:1.00` where that is the unit of its shares, half up.
pub(crate) fn leg(parts: &[&str]) -> Leg {
    let (parts, bearer) = match parts {
        [parts @ .., "seller"] => (parts, Bearer::Seller),
        parts => (parts, Bearer::User),
    };
    let (parts, split) = match parts {
        [parts @ .., "unit", unit] => {
            (parts, Split::NearestRestLast { unit: money(unit).amount, tie: Tie::Up })
        }
        parts => (parts, Split::FloorRestFirst),
    };
    let [plan, terms, fee, amount] = parts else { panic!("plan:terms:fee:amount, not {parts:?}") };
    let (terms, fee_ppm) = (terms.parse().unwrap(), fee.parse().unwrap());
    let terms = PlanTerms { plan: id(plan), terms, fee_ppm, split };
    let source = LegSource::Instalment(terms, bearer);
    Leg { source, amount: money(amount).amount }
}

/// `plan pl1 ACTIVE fee=25.56 378.89 378.89`: its whole fee, and what each term that is not billed
/// comes to; `5*99.53` is the same five times.
pub(crate) fn plan(books: &Books, a: &mut Args<'_>) {
    let plan = books.ledger.tables().plans.get(&a.id()).expect("a plan");
    assert_eq!(shouted(&format!("{:?}", plan.state)), a.word());
    if let Some(fee) = a.minor_option("fee") {
        assert_eq!(plan.fee, fee, "fee");
    }
    let expected = a.rest().into_iter().flat_map(|word| {
        let (times, each) = word.split_once('*').unwrap_or(("1", word));
        vec![money(each).amount; times.parse().unwrap()]
    });
    let ahead = plan.ahead().into_iter().map(|term| term.principal + term.fee);
    assert_eq!(ahead.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "terms to come");
}
