//! Repayments of cash loans that go back (DOMAIN §4.5).
//!
//! | command | what moves |
//! |---|---|
//! | `ReturnRepayment` | principal that was repaid: LN→UA |
//!
//! A bank that takes a payment back takes it from the balance, from which the loan was repaid: so
//! the money goes back there, and the debt stands again. Where the book is silent: only principal
//! stands again, as much of it as was repaid; it is due at once, bears interest from then on, and
//! is late with the next term that falls due, as a charge is; the terms stay as they are. A loan
//! that was paid back goes on, with the terms that would have fallen due left out; one that is lost
//! does not. The limit must have room for it, whether the line is frozen or not, since debts never
//! outgrow it. Each chargeback has a number, which stays taken as long as the loan is known.

use super::{change, lend, today_of};
use crate::command::ReturnRepayment;
use crate::event::{Decision, Fact};
use crate::ledger::{Ledger, in_range};
use crate::limits::{AMOUNT_MAX, LOAN_CHARGEBACKS_MAX, LOANS_MAX};
use crate::rejection::Rejection;
use crate::rules::limits::may_hold;
use crate::rules::{billing, credit, in_currency, may_credit, refuse_if, user};
use crate::state::{LoanState, Tables};

pub(crate) fn give_back(
    ledger: &Ledger,
    c: &ReturnRepayment,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let owner = user(tables, c.user)?;
    let loan = tables.loans.get(&c.loan).ok_or(Rejection::UnknownAccount)?;
    refuse_if(tables.users.row(loan.user).user != c.user, Rejection::UnknownAccount)?;
    let line = credit::line(ledger, owner).ok_or(Rejection::UnknownAccount)?;
    let ended = line.has_ended() || loan.state == LoanState::WrittenOff;
    refuse_if(ended, Rejection::InvalidState)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(loan.chargebacks.contains(&c.chargeback), Rejection::Duplicate)?;
    let many = loan.chargebacks.len() >= LOAN_CHARGEBACKS_MAX;
    refuse_if(many, Rejection::ChargebackCountExceeded)?;
    let repaid = loan.amount.saturating_sub(loan.owed);
    refuse_if(amount > repaid, Rejection::ChargebackExceedsRepaid)?;
    let bill = line.billing.as_deref().ok_or(Rejection::LineNotBilled)?;
    let reopens = loan.state == LoanState::Repaid;
    refuse_if(reopens && bill.loans.len() >= LOANS_MAX, Rejection::LoanCountExceeded)?;
    refuse_if(amount > credit::room(ledger, owner, line), Rejection::CreditLimitExceeded)?;
    may_credit(tables, owner.account)?;
    may_hold(ledger, owner, amount)?;
    // From here on nothing may fail.
    let (charged, rest) = lend(ledger, loan, owner, amount, now, out);
    let (loan, chargeback) = (c.loan, c.chargeback);
    out.record(Fact::RepaymentReturned { loan, chargeback, amount, charged, rest });
    Ok(())
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let Fact::RepaymentReturned { loan, chargeback, amount, charged, rest } = fact else { return };
    let Some(today) = today_of(ledger, loan) else { return };
    let tables = ledger.tables();
    let Some(no) = tables.loans.find(loan) else { return };
    let row = tables.loans.row(no);
    if row.state == LoanState::Repaid {
        let user = tables.users.row(row.user).user;
        billing::change(ledger, &user, |line| {
            if let Some(bill) = &mut line.billing {
                let at = bill.loans.partition_point(|other| *other < no);
                bill.loans.insert(at, no);
            }
        });
    }
    change(ledger, loan, |row| {
        if row.state == LoanState::Repaid {
            row.state = LoanState::Active;
            while row.next_due_on() <= today && row.fallen_due < today {
                row.fallen_due = row.fallen_due.saturating_add(1);
            }
        }
        row.interest = row.interest.saturating_add(*charged);
        row.early = row.early.saturating_add(*charged);
        (row.counted_on, row.rest) = (row.counted_on.max(today), *rest);
        row.owed = row.owed.saturating_add(*amount);
        row.due = row.due.saturating_add(*amount);
        row.fresh = row.fresh.saturating_add(*amount);
        row.wait_for_debit(today);
        row.chargebacks.push(*chargeback);
    });
}

/// Whether a foreign fact fits the loan that it is about.
pub(super) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let Fact::RepaymentReturned { loan, chargeback, amount, charged, rest } = fact else {
        return Ok(());
    };
    let row = tables.loans.get(loan).ok_or("a loan is unknown or at its end")?;
    let line = tables.credit_lines.get(&row.user).ok_or("a line of credit is unknown")?;
    let bill = line.billing.as_deref().ok_or("a line is not billed")?;
    let goes_on = match row.state {
        LoanState::Active => true,
        LoanState::Repaid => bill.loans.len() < LOANS_MAX && !line.has_ended(),
        LoanState::WrittenOff => false,
    };
    known(goes_on, "a loan is unknown or at its end")?;
    let is_new = !row.chargebacks.contains(chargeback);
    known(is_new && row.chargebacks.len() < LOAN_CHARGEBACKS_MAX, "a repayment goes back twice")?;
    let most = AMOUNT_MAX.saturating_sub(row.interest);
    known(*charged <= most && *rest < 1_000_000, "a loan bears too much interest")?;
    let repaid = row.amount.saturating_sub(row.owed);
    known((1..=repaid).contains(amount), "more goes back than was repaid")
}
