//! Wire to domain: instalment plans.

use super::fields::*;
use groat_ledger::limits::AMOUNT_MAX;
use groat_ledger::{
    Bearer, ConvertToInstalments, Fact, LegSource, Money, Plan, PlanState, PlanTerms, PrepayPlan,
};
use groat_proto::v1::{self, event};

pub(super) fn leg(w: &v1::InstalmentLeg) -> Field<(LegSource, Money)> {
    let terms = PlanTerms { plan: id(w.plan, "legs")?, terms: w.n, fee_ppm: w.fee_ppm };
    Ok((LegSource::Instalment(terms, bearer(w.bearer, "legs")?), money(w.amt, "legs")?))
}

/// Whoever did not say was the user, as before anybody could.
fn bearer(w: i32, field: &'static str) -> Field<Bearer> {
    Ok(match known::<v1::FeeBearer>(w, field)? {
        v1::FeeBearer::Unspecified | v1::FeeBearer::User => Bearer::User,
        v1::FeeBearer::Seller => Bearer::Seller,
    })
}

pub(super) fn convert(w: &v1::ConvertToInstalments) -> Field<ConvertToInstalments> {
    Ok(ConvertToInstalments {
        user: id(w.user, "user")?,
        payment: optional_id(w.payment),
        amount: money(w.amt, "amt")?,
        terms: PlanTerms { plan: id(w.plan, "plan")?, terms: w.n, fee_ppm: w.fee_ppm },
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
    let terms = (1..=groat_ledger::instalments::TERMS_MAX).contains(&w.n);
    ensure(terms && w.billed <= w.n && w.amount >= u64::from(w.n), "n")?;
    ensure(w.amount <= AMOUNT_MAX && w.fee <= w.amount && w.cut <= w.amount, "amount")?;
    Ok(Plan {
        plan: id(w.plan, "plan")?,
        user: w.user,
        payment: w.payment,
        amount: w.amount,
        fee: w.fee,
        terms: w.n,
        billed: w.billed,
        cut: w.cut,
        bearer: bearer(w.bearer, "bearer")?,
        state: PlanState::of(w.state).ok_or("state")?,
    })
}
