//! Wire to domain: instalment plans.

use super::credit::split;
use super::fields::*;
use groat_ledger::limits::AMOUNT_MAX;
use groat_ledger::{
    Bearer, ConvertToInstalments, Fact, LegSource, Money, Plan, PlanState, PlanTerms, PrepayPlan,
};
use groat_proto::v1::{self, event};

pub(super) fn leg(w: &v1::InstalmentLeg) -> Field<(LegSource, Money)> {
    let amount = money(w.amt, "legs")?;
    let unit = part_of(w.share_unit, amount.currency, "legs")?.unwrap_or(0);
    let split = split(unit, w.share_tie).map_err(|_| "legs")?;
    let terms = PlanTerms { plan: id(w.plan, "legs")?, terms: w.n, fee_ppm: w.fee_ppm, split };
    Ok((LegSource::Instalment(terms, bearer(w.bearer, "legs")?), amount))
}

/// Whoever did not say was the user, as before anybody could.
fn bearer(w: i32, field: &'static str) -> Field<Bearer> {
    Ok(match known::<v1::FeeBearer>(w, field)? {
        v1::FeeBearer::Unspecified | v1::FeeBearer::User => Bearer::User,
        v1::FeeBearer::Seller => Bearer::Seller,
    })
}

pub(super) fn convert(w: &v1::ConvertToInstalments) -> Field<ConvertToInstalments> {
    let amount = money(w.amt, "amt")?;
    let unit = part_of(w.share_unit, amount.currency, "share_unit")?.unwrap_or(0);
    let split = split(unit, w.share_tie)?;
    Ok(ConvertToInstalments {
        user: id(w.user, "user")?,
        payment: optional_id(w.payment),
        amount,
        terms: PlanTerms { plan: id(w.plan, "plan")?, terms: w.n, fee_ppm: w.fee_ppm, split },
    })
}

pub(super) fn prepay(w: &v1::PrepayPlan) -> Field<PrepayPlan> {
    Ok(PrepayPlan { user: id(w.user, "user")?, plan: id(w.plan, "plan")? })
}

pub(super) fn created(w: &v1::PlanCreated) -> Field<Fact> {
    Ok(Fact::PlanCreated {
        plan: id(w.plan, "plan")?,
        user: id(w.user, "user")?,
        payment: optional_id(w.payment),
        amount: w.amount,
        fee_ppm: w.fee_ppm,
        fee: w.fee,
        terms: w.n,
        bearer: bearer(w.bearer, "bearer")?,
        split: split(w.share_unit, w.share_tie)?,
    })
}

/// The facts of fees that sellers bear.
pub(super) fn of_seller(w: &event::Fact) -> Field<Fact> {
    Ok(match w {
        event::Fact::SellerFeeCharged(w) => Fact::SellerFeeCharged {
            plan: id(w.plan, "plan")?,
            payment: id(w.payment, "payment")?,
            amount: w.amount,
        },
        event::Fact::SellerFeeReturned(w) => Fact::SellerFeeReturned {
            plan: id(w.plan, "plan")?,
            payment: id(w.payment, "payment")?,
            amount: w.amount,
            batch: w.batch,
        },
        event::Fact::SellerFeeEarned(w) => {
            Fact::SellerFeeEarned { plan: id(w.plan, "plan")?, amount: w.amount }
        }
        _ => return Err("fact"),
    })
}

pub(super) fn billed(w: &v1::TermBilled) -> Field<Fact> {
    let plan = id(w.plan, "plan")?;
    Ok(Fact::TermBilled { plan, term_no: w.term_no, principal: w.principal, fee: w.fee })
}

pub(super) fn prepaid(w: &v1::PlanPrepaid) -> Field<Fact> {
    Ok(Fact::PlanPrepaid { plan: id(w.plan, "plan")?, amount: w.amount })
}

pub(super) fn reduced(w: &v1::PlanReduced) -> Field<Fact> {
    Ok(Fact::PlanReduced { plan: id(w.plan, "plan")?, amount: w.amount })
}

pub(in crate::codec) fn row(w: &v1::PlanRow) -> Field<Plan> {
    let split = split(w.share_unit, w.share_tie)?;
    ensure(w.billed <= w.n && split.fills(w.amount, w.n), "n")?;
    ensure(w.amount <= AMOUNT_MAX && w.fee <= w.amount && w.cut <= w.amount, "amount")?;
    Ok(Plan {
        plan: id(w.plan, "plan")?,
        user: w.user,
        payment: w.payment,
        amount: w.amount,
        fee: w.fee,
        terms: w.n,
        split,
        billed: w.billed,
        cut: w.cut,
        bearer: bearer(w.bearer, "bearer")?,
        state: PlanState::of(w.state).ok_or("state")?,
    })
}
