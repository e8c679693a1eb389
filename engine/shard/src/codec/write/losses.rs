//! Domain to wire: credit that is lost.

use super::some;
use groat_ledger::{Fact, LossOf, Money, Settlement};
use groat_proto::v1::{self, event, settlement};

/// The facts of losses; none for any other.
pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::CreditWrittenOff { user, lost, provided } => {
            W::CreditWrittenOff(v1::CreditWrittenOff {
                user: some(*user),
                unbilled: lost.unbilled,
                billed: lost.billed,
                ahead: lost.ahead,
                overdue: lost.overdue,
                penalty: lost.penalty,
                interest: lost.interest,
                fee: lost.fee,
                provided: *provided,
                lent: lost.lent,
                lent_interest: lost.lent_interest,
                lent_fee: lost.lent_fee,
                lent_penalty: lost.lent_penalty,
            })
        }
        Fact::PlanWrittenOff { plan, amount } => {
            W::PlanWrittenOff(v1::PlanWrittenOff { plan: some(*plan), amount: *amount })
        }
        Fact::CreditRecovered { user, amount } => {
            W::CreditRecovered(v1::CreditRecovered { user: some(*user), amount: *amount })
        }
        Fact::Provisioned { amount } => {
            W::Provisioned(v1::Provisioned { amount: Some((*amount).into()) })
        }
        _ => return None,
    })
}

/// What is told of losses; none for anything else.
pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::CreditWrittenOff { loss } => W::CreditWrittenOff(told_loss(loss)),
        Settlement::CreditRecovered { loss } => W::CreditRecovered(told_loss(loss)),
        _ => return None,
    })
}

fn told_loss(loss: &LossOf) -> v1::ToldLoss {
    v1::ToldLoss {
        user: some(loss.user),
        amount: Some(loss.amount.into()),
        left: Some(Money { amount: loss.left, ..loss.amount }.into()),
    }
}
