//! What the outside is told of cash loans.

use crate::command::LoanChargeKind;
use crate::event::Fact;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;
use crate::state::LoanState;

/// A loan as it is now. Amounts are minor units of the currency of `amount`.
#[derive(Clone, PartialEq, Debug)]
pub struct LoanOf {
    /// Its id.
    pub loan: Id,
    /// Whose.
    pub user: Id,
    /// What was lent.
    pub amount: Money,
    /// How many terms it has.
    pub terms: u32,
    /// Where it stands.
    pub state: LoanState,
    /// How many terms fell due.
    pub fallen_due: u32,
    /// Principal that is not paid.
    pub owed: u64,
    /// The part of it that is due.
    pub due: u64,
    /// Interest charged and not paid.
    pub interest: u64,
    /// When the next term falls due, in days since 1970.
    pub next_due_on: u32,
    /// Fees charged and not paid.
    pub fee: u64,
    /// Penalties charged and not paid.
    pub penalty: u64,
}

/// A charge of a loan, and the loan as it is then. Amounts are minor units of the currency of
/// `amount`.
#[derive(Clone, PartialEq, Debug)]
pub struct LoanChargeOf {
    /// The loan.
    pub loan: LoanOf,
    /// Its id.
    pub charge: Id,
    /// What it is.
    pub kind: LoanChargeKind,
    /// How much it was.
    pub amount: Money,
    /// When it falls due, in days since 1970.
    pub due_on: u32,
    /// What was paid of it.
    pub paid: u64,
    /// What was given up of it.
    pub waived: u64,
}

/// A repayment that leaves something is told to nobody.
pub(super) fn told(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    let (Fact::LoanDrawn { loan, .. }
    | Fact::LoanTermDue { loan, .. }
    | Fact::LoanOverdue { loan, .. }
    | Fact::LoanRepaid { loan, .. }
    | Fact::LoanWrittenOff { loan, .. }
    | Fact::LoanCharged { loan, .. }
    | Fact::LoanDrawnMore { loan, .. }
    | Fact::RepaymentReturned { loan, .. }
    | Fact::LoanChargeWaived { loan, .. }) = fact
    else {
        return None;
    };
    let loan = loan_of(ledger, loan)?;
    let ended = loan.state != LoanState::Active;
    Some(match fact {
        _ if ended => Settlement::LoanEnded { loan },
        Fact::LoanDrawn { .. } => Settlement::LoanDrawn { loan },
        Fact::LoanTermDue { .. } => Settlement::LoanTermDue { loan },
        Fact::LoanOverdue { .. } => Settlement::LoanOverdue { loan },
        Fact::LoanDrawnMore { .. } => Settlement::LoanDrawnMore { loan },
        Fact::RepaymentReturned { .. } => Settlement::RepaymentReturned { loan },
        Fact::LoanCharged { charge, .. } => {
            Settlement::LoanCharged { charge: charge_of(ledger, loan, charge)? }
        }
        Fact::LoanChargeWaived { charge, .. } => {
            Settlement::LoanChargeWaived { charge: charge_of(ledger, loan, charge)? }
        }
        _ => return None,
    })
}

fn charge_of(ledger: &Ledger, loan: LoanOf, charge: &Id) -> Option<LoanChargeOf> {
    let row = ledger.tables().loans.get(&loan.loan)?.charge(charge)?;
    Some(LoanChargeOf {
        charge: row.charge,
        kind: row.kind,
        amount: Money { amount: row.amount, ..loan.amount },
        due_on: row.due_on,
        paid: row.paid,
        waived: row.waived,
        loan,
    })
}

fn loan_of(ledger: &Ledger, loan: &Id) -> Option<LoanOf> {
    let tables = ledger.tables();
    let row = tables.loans.get(loan)?;
    let owner = tables.users.row(row.user);
    Some(LoanOf {
        loan: row.loan,
        user: owner.user,
        amount: Money { amount: row.amount, currency: owner.currency },
        terms: row.terms.count,
        state: row.state,
        fallen_due: row.fallen_due,
        owed: row.owed,
        due: row.due,
        interest: row.interest,
        next_due_on: row.next_due_on(),
        fee: row.owing().fee,
        penalty: row.owing().penalty,
    })
}
