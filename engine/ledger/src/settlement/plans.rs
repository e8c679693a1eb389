//! What the outside is told of instalment plans.

use crate::command::Bearer;
use crate::event::Fact;
use crate::id::Id;
use crate::instalments::Instalment;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;
use crate::state::PlanState;

/// A plan as it is now.
#[derive(Clone, PartialEq, Debug)]
pub struct PlanOf {
    /// Its id.
    pub plan: Id,
    /// Whose.
    pub user: Id,
    /// The purchase in it, or none.
    pub payment: Id,
    /// The principal.
    pub amount: Money,
    /// The whole fee, in minor units.
    pub fee: u64,
    /// How many terms it has.
    pub terms: u32,
    /// How many of them are billed.
    pub billed: u32,
    /// Where it stands.
    pub state: PlanState,
    /// The terms that are not billed, with what the user pays of their fees.
    pub ahead: Vec<Instalment>,
    /// Who pays the fee.
    pub bearer: Bearer,
}

/// What a seller pays of the fee of a plan, or has back of it.
#[derive(Clone, PartialEq, Debug)]
pub struct SellerFeeOf {
    /// The plan.
    pub plan: Id,
    /// The purchase in it.
    pub payment: Id,
    /// Who sold it.
    pub merchant: Id,
    /// How much.
    pub amount: Money,
}

/// A term that is billed and not the last is told with its statement alone.
pub(super) fn told(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    let (Fact::PlanCreated { plan, .. }
    | Fact::TermBilled { plan, .. }
    | Fact::PlanPrepaid { plan, .. }
    | Fact::PlanWrittenOff { plan, .. }
    | Fact::PlanRepaid { plan, .. }
    | Fact::PlanReduced { plan, .. }) = fact
    else {
        return None;
    };
    let plan = plan_of(ledger, plan)?;
    let ended = plan.state != PlanState::Active;
    Some(match fact {
        _ if ended => Settlement::PlanEnded { plan },
        Fact::PlanCreated { .. } => Settlement::PlanCreated { plan },
        Fact::PlanReduced { .. } => Settlement::PlanReduced { plan },
        Fact::PlanRepaid { .. } => Settlement::PlanRepaid { plan },
        _ => return None,
    })
}

fn plan_of(ledger: &Ledger, plan: &Id) -> Option<PlanOf> {
    let tables = ledger.tables();
    let row = tables.plans.get(plan)?;
    let owner = tables.users.row(row.user);
    Some(PlanOf {
        plan: row.plan,
        user: owner.user,
        payment: row.payment.map_or(Id::NONE, |no| tables.payments.row(no).payment),
        amount: Money { amount: row.amount, currency: owner.currency },
        fee: row.fee,
        terms: row.terms,
        billed: row.billed,
        state: row.state,
        ahead: row.ahead(),
        bearer: row.bearer,
    })
}

/// What is earned was paid before: of that nothing is told.
pub(super) fn told_of_seller(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    let of = |plan: &Id, payment: &Id, amount: u64| {
        let row = ledger.tables().payments.get(payment)?;
        let merchant = ledger.tables().merchants.row(row.merchant).merchant;
        let amount = Money { amount, currency: row.amount.currency };
        Some(SellerFeeOf { plan: *plan, payment: *payment, merchant, amount })
    };
    match fact {
        Fact::SellerFeeCharged { plan, payment, amount } => {
            Some(Settlement::SellerFeeCharged { fee: of(plan, payment, *amount)? })
        }
        Fact::SellerFeeReturned { plan, payment, amount, .. } => {
            Some(Settlement::SellerFeeReturned { fee: of(plan, payment, *amount)? })
        }
        _ => None,
    }
}
