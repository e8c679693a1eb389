//! What the outside is told of credit that is lost, and of what comes back of it.

use crate::event::Fact;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;

/// A loss on a line of credit, or what came back of it.
#[derive(Clone, PartialEq, Debug)]
pub struct LossOf {
    /// Whose line.
    pub user: Id,
    /// Written off, or recovered.
    pub amount: Money,
    /// Written off and not recovered, in minor units.
    pub left: u64,
}

/// What is set aside is told to nobody.
pub(super) fn told(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    match fact {
        Fact::CreditWrittenOff { user, .. } => {
            let loss = loss_of(ledger, user, None)?;
            Some(Settlement::CreditWrittenOff { loss })
        }
        Fact::CreditRecovered { user, amount } => {
            let loss = loss_of(ledger, user, Some(*amount))?;
            Some(Settlement::CreditRecovered { loss })
        }
        _ => None,
    }
}

fn loss_of(ledger: &Ledger, user: &Id, amount: Option<u64>) -> Option<LossOf> {
    let tables = ledger.tables();
    let line = tables.credit_lines.get(&tables.users.find(user)?)?;
    let left = line.lost();
    let amount = Money { amount: amount.unwrap_or(left), currency: line.limit.currency };
    Some(LossOf { user: *user, amount, left })
}
