//! More that is lent on a cash loan that runs (DOMAIN §4.5).
//!
//! Where the book is silent: it is drawn as a loan is, on a line that is active and has room. A
//! part may be due at once, and is late with the next term that falls due; the terms that did not
//! fall due share the rest, cut as the loan's first amount was, on top of what they have. Interest
//! is charged to the day. A loan that is paid back, or whose terms all fell due, takes no more:
//! what is lent then is another loan.

use super::{active, change, lend, today_of};
use crate::command::DrawMore;
use crate::event::{Decision, Fact};
use crate::ledger::{Ledger, in_range};
use crate::limits::AMOUNT_MAX;
use crate::rejection::Rejection;
use crate::rules::limits::may_hold;
use crate::rules::{credit, in_currency, may_credit, refuse_if, user};
use crate::state::{CreditLineState, Loan, LoanState, Tables};

pub(crate) fn draw(
    ledger: &Ledger,
    c: &DrawMore,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let owner = user(tables, c.user)?;
    let line = credit::line(ledger, owner).ok_or(Rejection::UnknownAccount)?;
    refuse_if(line.has_ended(), Rejection::InvalidState)?;
    let loan = active(tables, c.user, &c.loan)?;
    refuse_if(line.state != CreditLineState::Active, Rejection::CreditLineFrozen)?;
    refuse_if(loan.to_come() == 0, Rejection::InvalidState)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(!fits_terms(loan, amount, c.at_once), Rejection::LoanTermsInvalid)?;
    refuse_if(amount > credit::available(ledger, owner), Rejection::CreditLimitExceeded)?;
    refuse_if(amount > AMOUNT_MAX.saturating_sub(loan.amount), Rejection::AmountOutOfRange)?;
    may_credit(tables, owner.account)?;
    may_hold(ledger, owner, amount)?;
    // From here on nothing may fail.
    let (charged, rest) = lend(ledger, loan, owner, amount, now, out);
    let (loan, at_once) = (c.loan, c.at_once);
    out.record(Fact::LoanDrawnMore { loan, amount, at_once, charged, rest });
    Ok(())
}

/// Whether there is something for each term to come.
fn fits_terms(loan: &Loan, amount: u64, at_once: u64) -> bool {
    let (count, shared) = (loan.to_come(), amount.checked_sub(at_once));
    shared.is_some_and(|shared| {
        shared >= u64::from(count) && loan.terms.principals(shared, count).is_some()
    })
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let Fact::LoanDrawnMore { loan, amount, at_once, charged, rest } = fact else { return };
    let Some(today) = today_of(ledger, loan) else { return };
    change(ledger, loan, |row| {
        row.draw_more(*amount, *at_once);
        row.wait_for_debit(today);
        row.interest = row.interest.saturating_add(*charged);
        row.early = row.early.saturating_add(*charged);
        (row.counted_on, row.rest) = (row.counted_on.max(today), *rest);
    });
}

/// Whether a foreign fact fits the loan that it is about.
pub(super) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let Fact::LoanDrawnMore { loan, amount, at_once, charged, rest } = fact else {
        return Ok(());
    };
    let row = tables.loans.get(loan).filter(|loan| loan.state == LoanState::Active);
    let row = row.ok_or("a loan is unknown or at its end")?;
    let room = AMOUNT_MAX.saturating_sub(row.amount);
    let fits = row.to_come() > 0 && *amount <= room && fits_terms(row, *amount, *at_once);
    known(fits, "a loan's terms do not fit")?;
    let most = AMOUNT_MAX.saturating_sub(row.interest);
    known(*charged <= most && *rest < 1_000_000, "a loan bears too much interest")
}
