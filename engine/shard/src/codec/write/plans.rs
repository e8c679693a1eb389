//! Domain to wire: instalment plans.

use super::credit::split;
use super::some;
use groat_ledger::{Bearer, Fact, Money, Plan, PlanOf, PlanState, SellerFeeOf, Settlement};
use groat_proto::v1::{self, event, settlement};

/// The facts of plans; none for any other.
pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::PlanCreated {
            plan,
            user,
            payment,
            amount,
            fee_ppm,
            fee,
            terms,
            bearer: by,
            split: how,
        } => {
            let (share_unit, share_tie) = split(*how);
            W::PlanCreated(v1::PlanCreated {
                plan: some(*plan),
                user: some(*user),
                payment: some(*payment),
                amount: *amount,
                fee_ppm: *fee_ppm,
                fee: *fee,
                n: *terms,
                bearer: bearer(*by),
                share_unit,
                share_tie,
            })
        }
        Fact::SellerFeeCharged { plan, payment, amount } => {
            W::SellerFeeCharged(v1::SellerFeeCharged {
                plan: some(*plan),
                payment: some(*payment),
                amount: *amount,
            })
        }
        Fact::SellerFeeEarned { plan, amount } => {
            W::SellerFeeEarned(v1::SellerFeeEarned { plan: some(*plan), amount: *amount })
        }
        Fact::SellerFeeReturned { plan, payment, amount, batch } => {
            W::SellerFeeReturned(v1::SellerFeeReturned {
                plan: some(*plan),
                payment: some(*payment),
                amount: *amount,
                batch: *batch,
            })
        }
        Fact::TermBilled { plan, term_no, principal, fee } => W::TermBilled(v1::TermBilled {
            plan: some(*plan),
            term_no: *term_no,
            principal: *principal,
            fee: *fee,
        }),
        Fact::PlanPrepaid { plan, amount } => {
            W::PlanPrepaid(v1::PlanPrepaid { plan: some(*plan), amount: *amount })
        }
        Fact::PlanRepaid { plan, amount } => {
            W::PlanRepaid(v1::PlanRepaid { plan: some(*plan), amount: *amount })
        }
        Fact::PlanReduced { plan, amount } => {
            W::PlanReduced(v1::PlanReduced { plan: some(*plan), amount: *amount })
        }
        _ => return None,
    })
}

/// What is told of plans; none for anything else.
pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::PlanCreated { plan } => W::PlanCreated(told_plan(plan)),
        Settlement::PlanReduced { plan } => W::PlanReduced(told_plan(plan)),
        Settlement::PlanRepaid { plan } => W::PlanRepaid(told_plan(plan)),
        Settlement::PlanEnded { plan } => W::PlanEnded(told_plan(plan)),
        Settlement::SellerFeeCharged { fee } => W::SellerFeeCharged(told_fee(fee)),
        Settlement::SellerFeeReturned { fee } => W::SellerFeeReturned(told_fee(fee)),
        _ => return None,
    })
}

/// The user is not named: as it was written before there was another.
fn bearer(bearer: Bearer) -> i32 {
    let bearer = match bearer {
        Bearer::User => v1::FeeBearer::Unspecified,
        Bearer::Seller => v1::FeeBearer::Seller,
    };
    bearer.into()
}

fn told_fee(fee: &SellerFeeOf) -> v1::ToldSellerFee {
    v1::ToldSellerFee {
        plan: some(fee.plan),
        payment: some(fee.payment),
        merchant: some(fee.merchant),
        amount: Some(fee.amount.into()),
    }
}

fn told_plan(p: &PlanOf) -> v1::ToldPlan {
    let money = |amount| Some(Money { amount, ..p.amount }.into());
    let state = match p.state {
        PlanState::Active => v1::PlanState::Active,
        PlanState::Completed => v1::PlanState::Completed,
        PlanState::Prepaid => v1::PlanState::Prepaid,
        PlanState::Cancelled => v1::PlanState::Cancelled,
        PlanState::WrittenOff => v1::PlanState::WrittenOff,
    };
    let term = |term: &groat_ledger::instalments::Instalment| v1::ToldTerm {
        principal: money(term.principal),
        fee: money(term.fee),
    };
    v1::ToldPlan {
        plan: some(p.plan),
        user: some(p.user),
        payment: some(p.payment),
        amount: Some(p.amount.into()),
        fee: money(p.fee),
        n: p.terms,
        billed: p.billed,
        state: state.into(),
        ahead: p.ahead.iter().map(term).collect(),
        bearer: bearer(p.bearer),
    }
}

pub(in crate::codec) fn row(p: &Plan) -> v1::PlanRow {
    let (share_unit, share_tie) = split(p.split);
    v1::PlanRow {
        plan: some(p.plan),
        user: p.user,
        payment: p.payment,
        amount: p.amount,
        fee: p.fee,
        n: p.terms,
        billed: p.billed,
        cut: p.cut,
        state: p.state as u32,
        bearer: bearer(p.bearer),
        share_unit,
        share_tie,
    }
}
