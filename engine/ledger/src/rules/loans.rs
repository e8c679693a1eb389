//! Cash loans on a line of credit (DOMAIN §1.4, §4.5, §7, 20).
//!
//! | at the beginning of | what | next |
//! |---|---|---|
//! | the date of a term | principal as agreed, interest (LI→I3) | due |
//! | the day after due date and grace | unpaid beyond the tolerance | late, the line is frozen |
//! | any time | repaid by name (UA→LI, LN) | Repaid when nothing is owed |
//!
//! Where the book is silent: a loan uses the limit by its principal and is drawn on a line that is
//! billed and active; grace and tolerance are those of the line. Interest is of each night on all
//! principal that is not paid, late or not, by the carry rule; it is charged with each term, and to
//! the day with each repayment, and bears none itself. What of a loan is late bears no penalty, but
//! goes on to bear interest, which falls due as often behind the last term too. A repayment pays
//! interest that is due, principal that is due, the interest to the day, and then principal ahead,
//! off the last terms or off the next, as was agreed. Agreed are also the dates of the terms, how
//! equal parts are rounded, and what is due at once, which is late like a term. Loans are paid by
//! name: a repayment without one is the bill's, so that nobody pays ahead without wishing to. A
//! line that was frozen for a late debt is free again when neither its bill nor a loan has anything
//! late. Interest of a loan has accounts of its own (of the loan, not of the user), so that no
//! statement bills it.

use crate::account::{AccountKey, Class};
use crate::command::{DrawLoan, Every, FreezeReason, LoanTerms, RepayCredit};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::instalments::TERMS_MAX;
use crate::ledger::{Due, DueKind, Ledger, in_range, post};
use crate::limits::{AMOUNT_MAX, LOAN_TERM_DAYS_MAX, LOAN_TERM_MONTHS_MAX, LOANS_MAX};
use crate::money::Currency;
use crate::rejection::Rejection;
use crate::rules::limits::may_hold;
use crate::rules::{billing, credit, in_currency, may_credit, may_debit, refuse_if, user};
use crate::state::{Billing, CreditLine, CreditLineState, Loan, LoanState, Tables, User};

/// What a loan owes to the clock.
const DUES: [DueKind; 2] = [DueKind::LoanTerm, DueKind::LoanGraceEnd];

pub(crate) fn draw(ledger: &Ledger, c: &DrawLoan, out: &mut Decision) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let owner = user(tables, c.user)?;
    let line = credit::line(ledger, owner).ok_or(Rejection::UnknownAccount)?;
    refuse_if(line.has_ended(), Rejection::InvalidState)?;
    refuse_if(line.state != CreditLineState::Active, Rejection::CreditLineFrozen)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    // A repayment names a loan or a plan: no two have one id.
    let used = tables.loans.find(&c.loan).is_some() || tables.plans.find(&c.loan).is_some();
    refuse_if(used, Rejection::Duplicate)?;
    refuse_if(!terms_fit(amount, &c.terms), Rejection::LoanTermsInvalid)?;
    refuse_if(c.terms.day_ppm > 1_000_000, Rejection::RateOutOfRange)?;
    let bill = line.billing.as_deref().ok_or(Rejection::LineNotBilled)?;
    refuse_if(bill.loans.len() >= LOANS_MAX, Rejection::LoanCountExceeded)?;
    refuse_if(amount > credit::available(ledger, owner), Rejection::CreditLimitExceeded)?;
    may_credit(tables, owner.account)?;
    may_hold(ledger, owner, amount)?;
    // From here on nothing may fail.
    let key = AccountKey::of(Class::CashLoan, c.loan, owner.currency);
    let lent = ledger.account_or_open(key, owner.currency, out);
    post(out, lent, owner.account, amount);
    out.record(Fact::LoanDrawn { loan: c.loan, user: c.user, amount, terms: c.terms });
    Ok(())
}

/// Whether there are as many terms as can be, of a year at most, and something for each.
fn terms_fit(amount: u64, terms: &LoanTerms) -> bool {
    let often = match terms.every {
        Every::Days(days) => (1..=LOAN_TERM_DAYS_MAX).contains(&days),
        Every::Months(months) => (1..=LOAN_TERM_MONTHS_MAX).contains(&months),
    };
    let shared = amount.checked_sub(terms.at_once);
    let enough = shared.is_some_and(|shared| shared >= u64::from(terms.count));
    (1..=TERMS_MAX).contains(&terms.count) && often && enough && terms.share_unit <= AMOUNT_MAX
}

/// Pays a loan back that is named by its user.
pub(crate) fn repay(
    ledger: &Ledger,
    c: &RepayCredit,
    owner: &User,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let loan = tables.loans.get(&c.target).ok_or(Rejection::UnknownAccount)?;
    refuse_if(tables.users.row(loan.user).user != c.user, Rejection::UnknownAccount)?;
    refuse_if(loan.state != LoanState::Active, Rejection::InvalidState)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    may_debit(tables, owner.account)?;
    let (charged, rest) = charge(loan, ledger.calendar().date(now));
    refuse_if(amount > loan.debt().saturating_add(charged), Rejection::Overpayment)?;
    let room = tables.accounts.row(owner.account).debit_room();
    refuse_if(room < u128::from(amount), Rejection::InsufficientFunds)?;
    // From here on nothing may fail.
    let of = |class| AccountKey::of(class, loan.loan, owner.currency);
    let lent = ledger.account_or_open(of(Class::CashLoan), owner.currency, out);
    let was_due = amount.min(loan.interest.saturating_sub(loan.early));
    let due = (amount - was_due).min(loan.due);
    let early = (amount - was_due - due).min(loan.early.saturating_add(charged));
    let ahead = amount - was_due - due - early;
    let interest = was_due + early;
    post_interest(ledger, loan, owner.currency, charged, out);
    if interest > 0 {
        let owed = ledger.account_or_open(of(Class::LoanInterest), owner.currency, out);
        post(out, owner.account, owed, interest);
    }
    post(out, owner.account, lent, due + ahead);
    out.record(Fact::LoanRepaid { loan: loan.loan, charged, rest, interest, due, ahead });
    let is_paid = was_due + due == loan.unpaid();
    if loan.late_since > 0 && is_paid {
        let others = bill_of(ledger, owner).is_some_and(|bill| {
            let others = bill.loans.iter().map(|no| tables.loans.row(*no));
            bill.overdue > 0
                || others.filter(|other| other.loan != loan.loan).any(|o| o.late_since > 0)
        });
        billing::unfreeze(ledger, owner, !others, out);
    }
    Ok(())
}

fn bill_of<'a>(ledger: &'a Ledger, owner: &User) -> Option<&'a Billing> {
    credit::line(ledger, owner)?.billing.as_deref()
}

/// The interest to be charged up to a date, and the carry: no more than can be owed.
fn charge(loan: &Loan, date: u32) -> (u64, u32) {
    let (earned, rest) = loan.earned(date);
    (earned.min(AMOUNT_MAX.saturating_sub(loan.interest)), rest)
}

fn post_interest(
    ledger: &Ledger,
    loan: &Loan,
    currency: Currency,
    amount: u64,
    out: &mut Decision,
) {
    if amount > 0 {
        let owed = AccountKey::of(Class::LoanInterest, loan.loan, currency);
        let owed = ledger.account_or_open(owed, currency, out);
        let income = AccountKey::house(Class::InterestIncome, currency);
        let income = ledger.account_or_open(income, currency, out);
        post(out, owed, income, amount);
    }
}

/// The principal of all loans of a line that is not paid.
pub(crate) fn owed(ledger: &Ledger, line: &CreditLine) -> u64 {
    let loans = line.billing.iter().flat_map(|bill| &bill.loans);
    loans.fold(0, |sum: u64, no| sum.saturating_add(ledger.tables().loans.row(*no).owed))
}

/// The due date that was missed first of the late loans of a line, if any is late.
pub(crate) fn late_since(ledger: &Ledger, bill: &Billing) -> Option<u32> {
    let loans = bill.loans.iter().map(|no| ledger.tables().loans.row(*no).late_since);
    loans.filter(|since| *since > 0).min()
}

/// The clock makes a term due.
pub(crate) fn term_due(ledger: &Ledger, no: u32, out: &mut Decision) {
    let Some(loan) = ledger.tables().loans.try_row(no) else { return };
    let currency = ledger.tables().users.row(loan.user).currency;
    let (interest, rest) = charge(loan, loan.next_due_on());
    let principal = loan.next_principal();
    let term_no = loan.fallen_due.saturating_add(1);
    post_interest(ledger, loan, currency, interest, out);
    out.record(Fact::LoanTermDue { loan: loan.loan, term_no, principal, interest, rest });
}

/// The clock ends the days of grace of a term that is not paid.
pub(crate) fn assess(ledger: &Ledger, no: u32, out: &mut Decision) {
    let Some(loan) = ledger.tables().loans.try_row(no) else { return };
    let owner = ledger.tables().users.row(loan.user);
    out.record(Fact::LoanOverdue { loan: loan.loan, unpaid: loan.unpaid() });
    let state = credit::line(ledger, owner).map(|line| line.state);
    if state == Some(CreditLineState::Active) {
        let reason = FreezeReason::Overdue;
        out.record(Fact::CreditLineFrozen { user: owner.user, reason });
    }
}

/// When a loan owes something of this kind to the clock, if it does.
pub(crate) fn owed_at(ledger: &Ledger, kind: DueKind, no: u32) -> Option<u64> {
    let loan = ledger.tables().loans.try_row(no)?;
    let line = ledger.tables().credit_lines.get(&loan.user)?;
    let active = loan.state == LoanState::Active;
    let date = match kind {
        DueKind::LoanTerm => active.then(|| loan.next_due_on()),
        DueKind::LoanGraceEnd => {
            let began = loan.fallen_due > 0 || loan.terms.at_once > 0;
            let missed = began && loan.unpaid() > line.terms.tolerance;
            let ends = loan.due_on().saturating_add(line.terms.grace_days).saturating_add(1);
            (active && missed && loan.late_since == 0).then_some(ends)
        }
        _ => None,
    };
    date.map(|date| ledger.calendar().start_of(date))
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let today = ledger.calendar().date(ledger.now());
    match fact {
        Fact::LoanDrawn { loan, user, amount, terms } => {
            let tables = ledger.tables_mut();
            let Some(owner) = tables.users.find(user) else { return };
            let no = tables.loans.insert(Loan {
                loan: *loan,
                user: owner,
                amount: *amount,
                terms: *terms,
                drawn_on: today,
                fallen_due: 0,
                owed: *amount,
                due: terms.at_once,
                interest: 0,
                early: 0,
                counted_on: today,
                rest: 0,
                late_since: 0,
                state: LoanState::Active,
            });
            note_dues(ledger, no, [None; 2]);
            billing::change(ledger, user, |line| {
                if let Some(bill) = &mut line.billing {
                    bill.loans.push(no);
                }
            });
        }
        Fact::LoanTermDue { loan, principal, interest, rest, .. } => {
            change(ledger, loan, |row| {
                row.fallen_due = row.fallen_due.saturating_add(1);
                row.due = row.due.saturating_add(*principal);
                row.interest = row.interest.saturating_add(*interest);
                row.early = 0;
                (row.counted_on, row.rest) = (row.due_on(), *rest);
            });
        }
        Fact::LoanOverdue { loan, .. } => {
            change(ledger, loan, |row| row.late_since = row.due_on().max(1));
        }
        Fact::LoanRepaid { loan, charged, rest, interest, due, ahead } => {
            change(ledger, loan, |row| {
                let was_due = row.interest.saturating_sub(row.early);
                let of_early = interest.saturating_sub(was_due);
                row.interest = row.interest.saturating_add(*charged).saturating_sub(*interest);
                row.early = row.early.saturating_add(*charged).saturating_sub(of_early);
                row.due = row.due.saturating_sub(*due);
                row.owed = row.owed.saturating_sub(due.saturating_add(*ahead));
                (row.counted_on, row.rest) = (row.counted_on.max(today), *rest);
                if row.unpaid() == 0 {
                    row.late_since = 0;
                }
                if row.debt() == 0 {
                    row.state = LoanState::Repaid;
                }
            });
        }
        Fact::LoanWrittenOff { loan, .. } => change(ledger, loan, |row| {
            (row.owed, row.due, row.interest, row.early) = (0, 0, 0, 0);
            (row.late_since, row.state) = (0, LoanState::WrittenOff);
        }),
        _ => {}
    }
}

/// Changes a loan, and notes what it owes to the clock now. Its line forgets it when it has ended.
fn change(ledger: &mut Ledger, loan: &Id, change: impl FnOnce(&mut Loan)) {
    let Some(no) = ledger.tables().loans.find(loan) else { return };
    let before = DUES.map(|kind| owed_at(ledger, kind, no));
    change(ledger.tables_mut().loans.row_mut(no));
    note_dues(ledger, no, before);
    let tables = ledger.tables();
    let row = tables.loans.row(no);
    if row.state != LoanState::Active {
        let user = tables.users.row(row.user).user;
        billing::change(ledger, &user, |line| {
            if let Some(bill) = &mut line.billing {
                bill.loans.retain(|other| *other != no);
            }
        });
    }
}

fn note_dues(ledger: &mut Ledger, no: u32, before: [Option<u64>; 2]) {
    for (kind, before) in DUES.into_iter().zip(before) {
        if let Some(at) = owed_at(ledger, kind, no).filter(|at| Some(*at) != before) {
            ledger.owe(Due { at, kind, no });
        }
    }
}

/// Whether a foreign fact fits the loan that it is about.
pub(crate) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let active = |loan: &Id| {
        let row = tables.loans.get(loan).filter(|loan| loan.state == LoanState::Active);
        row.ok_or("a loan is unknown or at its end")
    };
    match fact {
        Fact::LoanDrawn { loan, user, amount, terms } => {
            known(tables.loans.find(loan).is_none(), "a loan is drawn twice")?;
            let owner = tables.users.find(user).ok_or("a user is unknown")?;
            let line = tables.credit_lines.get(&owner).ok_or("a line of credit is unknown")?;
            let bill = line.billing.as_deref().ok_or("a line is not billed")?;
            known(bill.loans.len() < LOANS_MAX, "a line has too many loans")?;
            let fits = terms_fit(*amount, terms) && *amount <= AMOUNT_MAX;
            known(fits && terms.day_ppm <= 1_000_000, "a loan's terms do not fit")
        }
        Fact::LoanTermDue { loan, term_no, principal, interest, rest } => {
            let row = active(loan)?;
            let is_next = *principal == row.next_principal() && *rest < 1_000_000;
            let in_turn = row.fallen_due.checked_add(1) == Some(*term_no);
            known(is_next && in_turn, "a term of a loan is out of turn")?;
            let most = AMOUNT_MAX.saturating_sub(row.interest);
            known(*interest <= most, "a loan bears more interest than can be owed")
        }
        Fact::LoanOverdue { loan, unpaid } => {
            known(*unpaid == active(loan)?.unpaid(), "another sum of a loan is late")
        }
        Fact::LoanRepaid { loan, charged, rest, interest, due, ahead } => {
            let row = active(loan)?;
            let most = AMOUNT_MAX.saturating_sub(row.interest);
            known(*charged <= most && *rest < 1_000_000, "a loan bears too much interest")?;
            let fits =
                *interest <= row.interest + charged && *due <= row.due && *ahead <= row.ahead();
            known(fits, "more of a loan is repaid than is owed")
        }
        Fact::LoanWrittenOff { loan, principal, interest } => {
            let row = active(loan)?;
            let fits = *principal == row.owed && *interest == row.interest;
            known(fits, "another debt of a loan is written off")
        }
        _ => Ok(()),
    }
}
