//! Wire to domain: credit that is lost.

use super::fields::*;
use groat_ledger::{Body, Fact, LostDebt, ProvisionCredit, RecordRecovery, WriteOffCredit};
use groat_proto::v1::{self, command, event};

/// The commands of losses; none for any other.
pub(super) fn body(wire: &command::Body) -> Field<Body> {
    use command::Body as W;
    Ok(match wire {
        W::WriteOffCredit(w) => Body::WriteOffCredit(WriteOffCredit { user: id(w.user, "user")? }),
        W::RecordRecovery(w) => Body::RecordRecovery(RecordRecovery {
            user: id(w.user, "user")?,
            amount: money(w.amt, "amt")?,
        }),
        W::ProvisionCredit(w) => {
            Body::ProvisionCredit(ProvisionCredit { amount: money(w.amt, "amt")? })
        }
        _ => return Err("body"),
    })
}

/// The facts of losses; none for any other.
pub(super) fn fact(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    Ok(match wire {
        W::CreditWrittenOff(w) => written_off(w)?,
        W::PlanWrittenOff(w) => {
            Fact::PlanWrittenOff { plan: id(w.plan, "plan")?, amount: w.amount }
        }
        W::CreditRecovered(w) => {
            Fact::CreditRecovered { user: id(w.user, "user")?, amount: w.amount }
        }
        W::Provisioned(w) => Fact::Provisioned { amount: money(w.amount, "amount")? },
        _ => return Err("fact"),
    })
}

fn written_off(w: &v1::CreditWrittenOff) -> Field<Fact> {
    Ok(Fact::CreditWrittenOff {
        user: id(w.user, "user")?,
        lost: LostDebt {
            unbilled: w.unbilled,
            billed: w.billed,
            ahead: w.ahead,
            overdue: w.overdue,
            penalty: w.penalty,
            interest: w.interest,
            fee: w.fee,
            lent: w.lent,
            lent_interest: w.lent_interest,
            lent_fee: w.lent_fee,
            lent_penalty: w.lent_penalty,
        },
        provided: w.provided,
    })
}
