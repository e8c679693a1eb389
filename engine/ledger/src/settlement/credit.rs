//! What the outside is told of the bills of lines of credit.

use crate::event::Fact;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;
use crate::state::StatementState;

/// A statement. Dates are days since 1970.
#[derive(Clone, PartialEq, Debug)]
pub struct StatementOf {
    /// Whose.
    pub user: Id,
    /// When it was cut.
    pub cut_on: u32,
    /// Until the end of which date it is to be paid.
    pub due_on: u32,
    /// What was to be paid.
    pub total: Money,
    /// The least of that.
    pub minimum: u64,
    /// What is not paid.
    pub unpaid: u64,
    /// Charged for missing the minimum.
    pub late_fee: u64,
}

/// A statement with nothing to pay is told to nobody, nor one that is paid or revolves.
pub(super) fn told(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    match fact {
        Fact::StatementIssued { user, total, .. } if *total > 0 => {
            let statement = statement_of(ledger, user, *total, 0)?;
            Some(Settlement::StatementIssued { statement })
        }
        Fact::StatementAssessed {
            user, state: StatementState::Overdue, unpaid, late_fee, ..
        } => {
            let statement = statement_of(ledger, user, *unpaid, *late_fee)?;
            Some(Settlement::StatementOverdue { statement })
        }
        _ => None,
    }
}

fn statement_of(ledger: &Ledger, user: &Id, unpaid: u64, late_fee: u64) -> Option<StatementOf> {
    let tables = ledger.tables();
    let line = tables.credit_lines.get(&tables.users.find(user)?)?;
    let bill = line.billing.as_deref()?;
    Some(StatementOf {
        user: *user,
        cut_on: bill.cut_on,
        due_on: bill.due_on,
        total: Money { amount: bill.total, currency: line.limit.currency },
        minimum: bill.minimum,
        unpaid,
        late_fee,
    })
}
