//! Domain to wire: cash loans.

use super::some;
use groat_ledger::limits::LOAN_TERM_DAYS;
use groat_ledger::{Every, Fact, Id, Loan, LoanOf, LoanTerms, Money, Settlement, Tables};
use groat_proto::v1::{self, event, settlement};

fn drawn(loan: Id, user: Id, amount: u64, terms: LoanTerms) -> v1::LoanDrawn {
    v1::LoanDrawn {
        loan: some(loan),
        user: some(user),
        amount,
        terms: terms.count,
        day_ppm: terms.day_ppm,
        kind: terms.kind as i32,
        every_days: match terms.every {
            Every::Days(days) if days != LOAN_TERM_DAYS => days,
            _ => 0,
        },
        every_months: match terms.every {
            Every::Months(months) => months,
            Every::Days(_) => 0,
        },
        share_unit: terms.share_unit,
        paid_ahead: terms.ahead as i32,
        at_once: terms.at_once,
    }
}

/// The facts of loans; none for any other.
pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::LoanDrawn { loan, user, amount, terms } => {
            W::LoanDrawn(drawn(*loan, *user, *amount, *terms))
        }
        Fact::LoanTermDue { loan, term_no, principal, interest, rest } => {
            W::LoanTermDue(v1::LoanTermDue {
                loan: some(*loan),
                term_no: *term_no,
                principal: *principal,
                interest: *interest,
                rest: *rest,
            })
        }
        Fact::LoanOverdue { loan, unpaid } => {
            W::LoanOverdue(v1::LoanOverdue { loan: some(*loan), unpaid: *unpaid })
        }
        Fact::LoanRepaid { loan, charged, rest, interest, due, ahead } => {
            W::LoanRepaid(v1::LoanRepaid {
                loan: some(*loan),
                charged: *charged,
                rest: *rest,
                interest: *interest,
                due: *due,
                ahead: *ahead,
            })
        }
        Fact::LoanWrittenOff { loan, principal, interest } => {
            W::LoanWrittenOff(v1::LoanWrittenOff {
                loan: some(*loan),
                principal: *principal,
                interest: *interest,
            })
        }
        _ => return None,
    })
}

/// What is told of loans; none for anything else.
pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::LoanDrawn { loan } => W::LoanDrawn(told_loan(loan)),
        Settlement::LoanTermDue { loan } => W::LoanTermDue(told_loan(loan)),
        Settlement::LoanOverdue { loan } => W::LoanOverdue(told_loan(loan)),
        Settlement::LoanEnded { loan } => W::LoanEnded(told_loan(loan)),
        _ => return None,
    })
}

fn told_loan(l: &LoanOf) -> v1::ToldLoan {
    let money = |amount| Some(Money { amount, ..l.amount }.into());
    v1::ToldLoan {
        loan: some(l.loan),
        user: some(l.user),
        amount: Some(l.amount.into()),
        terms: l.terms,
        state: l.state as i32,
        fallen_due: l.fallen_due,
        owed: money(l.owed),
        due: money(l.due),
        interest: money(l.interest),
        next_due_on: l.next_due_on,
    }
}

pub(in crate::codec) fn row(l: &Loan, tables: &Tables) -> v1::LoanRow {
    let user = tables.users.row(l.user).user;
    v1::LoanRow {
        drawn: Some(drawn(l.loan, user, l.amount, l.terms)),
        user: l.user,
        drawn_on: l.drawn_on,
        fallen_due: l.fallen_due,
        owed: l.owed,
        due: l.due,
        interest: l.interest,
        early: l.early,
        counted_on: l.counted_on,
        rest: l.rest,
        late_since: l.late_since,
        state: l.state as i32,
    }
}
