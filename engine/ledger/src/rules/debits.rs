//! Dues of lines of credit and of loans that the clock debits from the balance (DOMAIN §4.7).
//!
//! | from the beginning of | what is due | in the order of |
//! |---|---|---|
//! | a statement's due date | all that is unpaid of it | the line's repayments |
//! | a date on which something of a loan falls due | what is due by then | the loan's repayments |
//!
//! Where the book is silent: a line or a loan is debited if that was agreed, when it was granted or
//! drawn or by `SetAutoDebit` since, from the balance of its user, the one account of a user that
//! pays debts. What the balance has is taken, be it less than what is due; no limit of spending
//! counts, since that is a debt paid. It is a repayment like one that is asked for (`credit::pay`,
//! `loans::pay`), though of what is due alone: a line that was frozen for a debt is free again, and
//! what was bought or charged since the statement waits for the next. What is not paid is tried
//! again at the beginning of each day, for as long as it is due: the last try before a statement is
//! assessed is that of the last day of grace. What counts as paid is not tried.
//! Each try is an event, so that whoever is short can be told. The bill that a statement cut anew
//! is debited on its own due date; of what was overdue before it the tries go on in between. What
//! is agreed today, or begins to be due in the course of today, is debited from tomorrow on, but
//! for a charge that falls due with a term of today. A restricted account pays nothing. Line, loan
//! and balance lie on one shard.

use crate::command::SetAutoDebit;
use crate::event::{Decision, Fact};
use crate::ledger::Ledger;
use crate::rejection::Rejection;
use crate::rules::{billing, credit, loans, may_debit, refuse_if, user};
use crate::state::{Billing, CreditLine, Loan, LoanState, StatementState, Tables, User};

pub(crate) fn set(ledger: &Ledger, c: &SetAutoDebit, out: &mut Decision) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let owner = user(tables, c.user)?;
    let is_on = if c.target.is_none() {
        let line = credit::line(ledger, owner).ok_or(Rejection::UnknownAccount)?;
        refuse_if(line.has_ended(), Rejection::InvalidState)?;
        line.terms.billing.ok_or(Rejection::LineNotBilled)?.auto_debit
    } else {
        loans::active(tables, c.user, &c.target)?.terms.auto_debit
    };
    refuse_if(is_on == c.on, Rejection::InvalidState)?;
    // From here on nothing may fail.
    let SetAutoDebit { user, target, on } = *c;
    out.record(Fact::AutoDebitSet { user, target, on });
    Ok(())
}

/// When a bill is debited next, if it is.
pub(crate) fn bill_on(line: &CreditLine, bill: &Billing) -> Option<u32> {
    let agreed = line.terms.billing.is_some_and(|terms| terms.auto_debit);
    let next = bill.debited_on.saturating_add(1);
    let from = if bill.overdue > 0 { next } else { bill.due_on.max(next) };
    let is_due = bill.unpaid() > 0 && bill.state != StatementState::Paid;
    (agreed && is_due && !line.has_ended()).then_some(from)
}

/// When a loan is debited next, if it is.
pub(crate) fn loan_on(loan: &Loan) -> Option<u32> {
    let fell_due = loan.due > 0 || loan.interest > loan.early;
    let term = fell_due.then(|| loan.due_on());
    let charges = loan.charges.iter().filter(|charge| charge.left() > 0);
    let first = charges.map(|charge| charge.due_on).chain(term).min()?;
    let agreed = loan.terms.auto_debit && loan.state == LoanState::Active;
    agreed.then(|| first.max(loan.debited_on.saturating_add(1)))
}

/// How much of so much the balance pays.
fn payable(ledger: &Ledger, owner: &User, due: u64) -> u64 {
    let tables = ledger.tables();
    if may_debit(tables, owner.account).is_err() {
        return 0;
    }
    let room = tables.accounts.row(owner.account).debit_room();
    due.min(u64::try_from(room).unwrap_or(u64::MAX))
}

/// The clock debits a bill.
pub(crate) fn bill(ledger: &Ledger, no: u32, now: u64, out: &mut Decision) {
    let Some((line, bill, owner)) = billing::billed(ledger, no) else { return };
    let on = line.calendar(ledger.calendar()).date(now);
    let parts = billing::due(ledger, owner, bill, on);
    let (user, due) = (owner.user, parts.sum());
    let paid = payable(ledger, owner, due);
    out.record(Fact::BillDebited { user, on, due, paid });
    if paid > 0 {
        credit::pay(ledger, owner, billing::shares_of(line, parts, paid, on), out);
    }
}

/// The clock debits a loan.
pub(crate) fn loan(ledger: &Ledger, no: u32, now: u64, out: &mut Decision) {
    let Some(row) = ledger.tables().loans.try_row(no) else { return };
    let owner = ledger.tables().users.row(row.user);
    let on = credit::date(ledger, owner, now);
    let due = row.due_by(on).sum();
    let (loan, paid) = (row.loan, payable(ledger, owner, due));
    out.record(Fact::LoanDebited { loan, on, due, paid });
    if paid > 0 {
        loans::pay(ledger, row, owner, paid, on, out);
    }
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::AutoDebitSet { user, target, on } if target.is_none() => {
            let (now, calendar) = (ledger.now(), ledger.calendar());
            billing::change(ledger, user, |line| {
                let today = line.calendar(calendar).date(now);
                if let Some(terms) = &mut line.terms.billing {
                    terms.auto_debit = *on;
                }
                if let Some(bill) = &mut line.billing {
                    bill.debited_on = today;
                }
            });
        }
        Fact::AutoDebitSet { target, on, .. } => {
            let Some(today) = loans::today_of(ledger, target) else { return };
            loans::change(ledger, target, |loan| {
                (loan.terms.auto_debit, loan.debited_on) = (*on, today);
            });
        }
        Fact::BillDebited { user, on, .. } => billing::change(ledger, user, |line| {
            if let Some(bill) = &mut line.billing {
                bill.debited_on = *on;
            }
        }),
        Fact::LoanDebited { loan, on, .. } => {
            loans::change(ledger, loan, |loan| loan.debited_on = *on);
        }
        _ => {}
    }
}

/// Whether a foreign fact fits the line or the loan that it is about.
pub(crate) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let line_of = |user| {
        let line = tables.users.find(user).and_then(|no| tables.credit_lines.get(&no));
        line.ok_or("a line of credit is unknown")
    };
    let loan_of = |loan| {
        let loan = tables.loans.get(loan).filter(|loan| loan.state == LoanState::Active);
        loan.ok_or("a loan is unknown or at its end")
    };
    match fact {
        Fact::AutoDebitSet { user, target, .. } if target.is_none() => {
            let line = line_of(user)?;
            known(!line.has_ended() && line.terms.billing.is_some(), "a line is not billed")
        }
        Fact::AutoDebitSet { user, target, .. } => {
            let owner = tables.users.row(loan_of(target)?.user).user;
            known(owner == *user, "a loan is another's")
        }
        Fact::BillDebited { user, on, due, paid } => {
            let line = line_of(user)?;
            let bill = line.billing.as_deref().ok_or("a line is not billed")?;
            let fits = *due <= bill.unpaid() && paid <= due;
            known(fits && bill_on(line, bill).is_some_and(|from| from <= *on), NOT_DUE)
        }
        Fact::LoanDebited { loan, on, due, paid } => {
            let loan = loan_of(loan)?;
            let fits = *due <= loan.debt() && paid <= due;
            known(fits && loan_on(loan).is_some_and(|from| from <= *on), NOT_DUE)
        }
        _ => Ok(()),
    }
}

const NOT_DUE: &str = "something is debited that is not due, or not agreed";
