//! What is told of dues that the clock debited.

use crate::event::Fact;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;

/// A try to debit what is due. Amounts are minor units of its currency.
#[derive(Clone, PartialEq, Debug)]
pub struct DebitOf {
    /// Whose debt and balance.
    pub user: Id,
    /// The loan; none is the bill of the line.
    pub loan: Id,
    /// What was due.
    pub due: Money,
    /// How much of it the balance paid.
    pub paid: u64,
}

/// What a debit means to the outside; nothing for facts of others.
pub(super) fn told(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    let tables = ledger.tables();
    let debit = |user: Id, loan: Id, due: u64, paid: u64| {
        let currency = tables.users.get(&user)?.currency;
        let debit = DebitOf { user, loan, due: Money { amount: due, currency }, paid };
        Some(Settlement::CreditDebited { debit })
    };
    match fact {
        Fact::BillDebited { user, due, paid, .. } => debit(*user, Id::NONE, *due, *paid),
        Fact::LoanDebited { loan, due, paid, .. } => {
            let user = tables.users.row(tables.loans.get(loan)?.user).user;
            debit(user, *loan, *due, *paid)
        }
        _ => None,
    }
}
