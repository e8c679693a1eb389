//! Cash loans (DOMAIN §6, 8 and 10): their terms, interest and repayments recomputed from the
//! facts, with fees and penalties, against LN, LI, LF and LP and the rows.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use groat_ledger::instalments::Owed;
use groat_ledger::{Class, Fact, Id, Loan, LoanChargeKind, LoanState};
use groat_shard::Books;

impl Checks {
    pub(super) fn loan(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, due, .. } = *event;
        let (loan, by_clock) = match fact {
            Fact::LoanTermDue { loan, .. } | Fact::LoanOverdue { loan, .. } => (*loan, true),
            Fact::LoanDrawn { loan, .. }
            | Fact::LoanRepaid { loan, .. }
            | Fact::LoanCharged { loan, .. }
            | Fact::LoanChargeWaived { loan, .. }
            | Fact::LoanDrawnMore { loan, .. }
            | Fact::RepaymentReturned { loan, .. }
            | Fact::LatenessEnded { loan, .. }
            | Fact::LoanWrittenOff { loan, .. } => (*loan, false),
            _ => return,
        };
        let by_whom = holds(due || !by_clock, || format!("a term of {loan} is not of the clock"));
        self.note(Check::Loans, at, number, by_whom);
        let user = match fact {
            Fact::LoanDrawn { user, .. } => Some(*user),
            _ => self.loans.get(loan).map(|loan| loan.user),
        };
        let terms = user.and_then(|user| self.statements.terms(user));
        let today = self.credit_date(books, user.unwrap_or(Id::NONE), time);
        let noted = self.loans.note(fact, today, terms);
        self.note(Check::Loans, at, number, noted);
        self.touch(Touched::Loan(loan), at, number);
        if let Some(user) = user {
            self.touch(Touched::Line(user), at, number);
        }
    }

    /// LN, LI, LF, LP and the row are what the facts come to.
    pub(super) fn compare_loan(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let tables = books.ledger().tables();
        let (Some(loan), Some(row)) = (self.loans.get(id), tables.loans.get(&id)) else {
            let what = format!("the loan {id} is not both in the facts and in the rows");
            return self.note(Check::Loans, at, event, Err(what));
        };
        let currency = tables.users.row(row.user).currency;
        let [fee, penalty] =
            [LoanChargeKind::Fee, LoanChargeKind::Penalty].map(|kind| loan.charged(kind));
        let expected = [loan.owed(), loan.interest, fee, penalty];
        let said = of_row(row);
        let found = (
            [expected[0], loan.due, expected[1], fee, penalty],
            loan.fallen_due,
            loan.late_since.unwrap_or(0),
            loan.missed,
            expected != [0; 4],
        );
        let rows = holds(said == found, || format!("loan {id} is {said:?}; its facts: {found:?}"));
        let lateness = self.loans.lateness(id);
        self.note(Check::Loans, at, event, rows.and(lateness));
        let classes = [Class::CashLoan, Class::LoanInterest, Class::LoanFee, Class::LoanPenalty];
        for (class, expected) in classes.into_iter().zip(expected) {
            let balance = self.balance(books, class, id, currency);
            let verdict = holds(balance == expected, || {
                format!("{id} has {balance} of {}; its facts come to {expected}", class.name())
            });
            self.note(Check::Loans, at, event, verdict);
        }
    }
}

/// Owed, due, interest, fees and penalties; terms that fell due; since when it is late, and which
/// due date was missed last; whether it goes on.
fn of_row(row: &Loan) -> ([i128; 5], u32, u32, u32, bool) {
    let Owed { penalty, interest, fee, principal } = row.owing();
    let sums = [principal, row.due, interest, fee, penalty].map(i128::from);
    (sums, row.fallen_due, row.late_since, row.missed, row.state == LoanState::Active)
}
