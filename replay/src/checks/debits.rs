//! Dues that the clock debits (DOMAIN §4.7, §6, 9): as agreed, on each day on which something is
//! due, what the balance has of it, by a repayment like any.

use super::entries::Event;
use super::{Check, Checks};
use crate::follow::Place;
use crate::naive::Found;
use groat_ledger::{Class, Fact, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn debit(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, due, .. } = *event;
        let user = match fact {
            Fact::LoanDrawn { user, .. }
            | Fact::AutoDebitSet { user, .. }
            | Fact::BillDebited { user, .. }
            | Fact::StatementAssessed { user, .. } => Some(*user),
            Fact::LoanDebited { loan, .. } | Fact::LoanOverdue { loan, .. } => {
                self.loans.get(*loan).map(|loan| loan.user)
            }
            _ => None,
        };
        let today = self.credit_date(books, user.unwrap_or(Id::NONE), time);
        let found = match fact {
            Fact::BillDebited { user, .. } => {
                let due = self.statements.get(*user).map(|bill| bill.due_by(today));
                due.map(|due| Found { due, has: self.pays(books, *user) })
            }
            Fact::LoanDebited { loan, .. } => {
                let loan = self.loans.get(*loan);
                loan.map(|l| Found { due: l.due_by(today), has: self.pays(books, l.user) })
            }
            _ => None,
        };
        let verdict = self.debits.follow(fact, today, due, found);
        self.note(Check::Debits, at, number, verdict);
    }

    /// What the balance of a user has, unless it may not be debited.
    fn pays(&self, books: &Books, user: Id) -> i128 {
        let tables = books.ledger().tables();
        let Some(row) = tables.users.get(&user) else { return 0 };
        let account = tables.accounts.row(row.account);
        if account.closed || account.debit_blocked {
            return 0;
        }
        -self.balance(books, Class::UserAvailable, user, row.currency)
    }

    /// What a debit took is in the repayment behind it.
    pub(super) fn debit_is_followed(&mut self, at: &Place<'_>, event: &Event<'_>) {
        if let Err(what) = self.debits.is_followed(event.fact) {
            self.note(Check::Debits, at, event.number, Err(what));
        }
    }
}
