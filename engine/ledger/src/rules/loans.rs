//! Cash loans on a line of credit (DOMAIN §1.4, §4.5, §7, 20).
//!
//! | at the beginning of | what | next |
//! |---|---|---|
//! | the date of a term | principal as agreed, interest (LI→I3) | due |
//! | the day after due date and grace | unpaid beyond the tolerance | late, the line is frozen |
//! | any time | repaid by name (UA→LI, LN, LF, LP) | Repaid when nothing is owed |
//!
//! Where the book is silent: a loan uses the limit by its principal and is drawn on a line that is
//! billed and active; grace and tolerance are those of the line. Interest is of each night on all
//! principal that is not paid, late or not, by the carry rule; where the rate is by the year a
//! whole term bears its part half even, and its nights theirs where it is cut. It is charged with
//! each term, and to the day with each repayment, and bears none itself. What of a loan is late
//! bears no penalty, but goes on to bear interest, which falls due as often behind the last term
//! too. A repayment pays all that is due, and then what is not (the interest to the day, principal
//! ahead, off the last terms or off the next), each in an order that was agreed. Agreed are also
//! the dates of the terms, how equal parts are rounded, and what is due at once, which is late like
//! a term. Loans are paid by name: a repayment without one is the bill's, so that nobody pays ahead
//! without wishing to. A line that was frozen for a late debt is free again when neither its bill
//! nor a loan has anything late: what is left within the tolerance is not. Each term that is missed
//! freezes the line again, if somebody let it go. Interest and charges of a loan have accounts of
//! their own (of the loan, not of the user), so that no statement bills them. Charges are in
//! `charges.rs`, repayments that go back in `chargebacks.rs`, what is lent later in `more.rs`, what
//! may be agreed in `terms.rs`.

pub(crate) mod chargebacks;
pub(crate) mod charges;
pub(crate) mod more;
mod terms;

use crate::account::{AccountKey, Class};
use crate::command::{DrawLoan, Every, FreezeReason, LoanKind, RepayCredit};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::instalments::{Owed, allocate};
use crate::ledger::{Due, DueKind, Ledger, in_range, post};
use crate::limits::{AMOUNT_MAX, LOANS_MAX};
use crate::money::Currency;
use crate::rejection::Rejection;
use crate::rules::limits::may_hold;
use crate::rules::{billing, credit, debits, in_currency, may_credit, may_debit, refuse_if, user};
use crate::state::{Billing, CreditLine, CreditLineState, Loan, LoanPaid, LoanState, Tables, User};

/// What a loan owes to the clock.
const DUES: [DueKind; 3] = [DueKind::LoanTerm, DueKind::LoanGraceEnd, DueKind::LoanDebit];

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
    refuse_if(!terms::fit(amount, &c.terms), Rejection::LoanTermsInvalid)?;
    // Else the next term falls due before the grace of this one is over, and nobody is ever late.
    let too_often = matches!(c.terms.every, Every::Days(n) if n <= line.terms.grace_days + 1);
    refuse_if(too_often, Rejection::LoanTermsInvalid)?;
    refuse_if(c.terms.rate.out_of_range().is_some(), Rejection::RateOutOfRange)?;
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

/// Pays a loan back that is named by its user.
pub(crate) fn repay(
    ledger: &Ledger,
    c: &RepayCredit,
    owner: &User,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let loan = active(tables, c.user, &c.target)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    may_debit(tables, owner.account)?;
    let today = credit::date(ledger, owner, now);
    let (charged, _) = charge(tables, loan, today);
    refuse_if(amount > loan.debt().saturating_add(charged), Rejection::Overpayment)?;
    let room = tables.accounts.row(owner.account).debit_room();
    refuse_if(room < u128::from(amount), Rejection::InsufficientFunds)?;
    // From here on nothing may fail.
    pay(ledger, loan, owner, amount, today, out);
    Ok(())
}

/// Pays so much of a loan from the balance, which has it, on a date: at most what is owed, with the
/// interest to that date.
pub(crate) fn pay(
    ledger: &Ledger,
    loan: &Loan,
    owner: &User,
    amount: u64,
    today: u32,
    out: &mut Decision,
) {
    let (charged, rest) = charge(ledger.tables(), loan, today);
    let of = |class| AccountKey::of(class, loan.loan, owner.currency);
    let lent = ledger.account_or_open(of(Class::CashLoan), owner.currency, out);
    let (first, then) = shares(loan, amount, charged, today);
    let (due, ahead) = (first.principal, then.principal);
    let interest = first.interest + then.interest;
    let (fee, penalty) = (first.fee + then.fee, first.penalty + then.penalty);
    post_interest(ledger, loan, owner.currency, charged, out);
    let charges = [(Class::LoanInterest, interest), (Class::LoanFee, fee)];
    for (class, paid) in charges.into_iter().chain([(Class::LoanPenalty, penalty)]) {
        if paid > 0 {
            let owed = ledger.account_or_open(of(class), owner.currency, out);
            post(out, owner.account, owed, paid);
        }
    }
    post(out, owner.account, lent, due + ahead);
    let paid = LoanPaid { interest, due, ahead, fee, penalty };
    let mut after = loan.clone();
    after.repay(today, charged, rest, &paid);
    let LoanPaid { interest, due, ahead, fee, penalty } = paid;
    let loan = loan.loan;
    out.record(Fact::LoanRepaid { loan, charged, rest, interest, due, ahead, fee, penalty });
    free_if_paid(ledger, owner, &after, out);
}

/// What so much pays of a loan when so much interest is charged to the day: all that is due first,
/// and then what is not.
fn shares(loan: &Loan, amount: u64, charged: u64, today: u32) -> (Owed, Owed) {
    let due = loan.due_by(today);
    let later = loan.owing().plus(Owed { interest: charged, ..Owed::default() }).less(due);
    let (first, left) = allocate(amount, due, &loan.terms.order);
    let (then, _) = allocate(left, later, &loan.terms.ahead_order);
    (first, then)
}

/// Lets the line go that was frozen when this loan was late, if by this nothing is late any more.
fn free_if_paid(ledger: &Ledger, owner: &User, after: &Loan, out: &mut Decision) {
    let was_late = ledger.tables().loans.get(&after.loan).is_some_and(|was| was.late_since > 0);
    let tolerance = credit::line(ledger, owner).map_or(0, |line| line.terms.tolerance);
    if was_late && after.unpaid() <= tolerance {
        if after.unpaid() > 0 {
            let (user, loan, left) = (owner.user, after.loan, after.unpaid());
            out.record(Fact::LatenessEnded { user, loan, left });
        }
        let others = bill_of(ledger, owner).is_some_and(|bill| {
            let others = bill.loans.iter().map(|no| ledger.tables().loans.row(*no));
            bill.overdue > 0
                || others.filter(|other| other.loan != after.loan).any(|o| o.late_since > 0)
        });
        billing::unfreeze(ledger, owner, !others, out);
    }
}

/// A loan of a user of which something is owed.
pub(crate) fn active<'a>(tables: &'a Tables, user: Id, loan: &Id) -> Result<&'a Loan, Rejection> {
    let loan = tables.loans.get(loan).ok_or(Rejection::UnknownAccount)?;
    refuse_if(tables.users.row(loan.user).user != user, Rejection::UnknownAccount)?;
    refuse_if(loan.state != LoanState::Active, Rejection::InvalidState)?;
    Ok(loan)
}

fn bill_of<'a>(ledger: &'a Ledger, owner: &User) -> Option<&'a Billing> {
    credit::line(ledger, owner)?.billing.as_deref()
}

/// The interest to be charged up to a date, and the carry: no more than can be owed.
fn charge(tables: &Tables, loan: &Loan, date: u32) -> (u64, u32) {
    let (earned, rest) = loan.earned(date);
    (earned.min(interest_room(tables, loan)), rest)
}

/// How much more interest a loan may bear: that of all loans of its user that is not paid is an
/// amount, so that it can be lost as one.
fn interest_room(tables: &Tables, loan: &Loan) -> u64 {
    let line = tables.credit_lines.get(&loan.user);
    let loans = line.and_then(|line| line.billing.as_deref()).map(|bill| &bill.loans);
    let loans = loans.into_iter().flatten();
    let borne = loans.fold(0u64, |sum, no| sum.saturating_add(tables.loans.row(*no).interest));
    AMOUNT_MAX.saturating_sub(borne)
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

/// Lends so much more on a loan, behind the interest that it bore until now; gives what was charged
/// and what is left below a minor unit.
fn lend(
    ledger: &Ledger,
    loan: &Loan,
    owner: &User,
    amount: u64,
    now: u64,
    out: &mut Decision,
) -> (u64, u32) {
    let (charged, rest) = charge(ledger.tables(), loan, credit::date(ledger, owner, now));
    post_interest(ledger, loan, owner.currency, charged, out);
    let lent = AccountKey::of(Class::CashLoan, loan.loan, owner.currency);
    let lent = ledger.account_or_open(lent, owner.currency, out);
    post(out, lent, owner.account, amount);
    (charged, rest)
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
    let (interest, rest) = charge(ledger.tables(), loan, loan.next_due_on());
    let principal = loan.next_principal();
    let term_no = loan.fallen_due.saturating_add(1);
    post_interest(ledger, loan, currency, interest, out);
    out.record(Fact::LoanTermDue { loan: loan.loan, term_no, principal, interest, rest });
}

/// The clock ends the days of grace of a term that is not paid.
pub(crate) fn assess(ledger: &Ledger, no: u32, out: &mut Decision) {
    let Some(loan) = ledger.tables().loans.try_row(no) else { return };
    let owner = ledger.tables().users.row(loan.user);
    let due_no = loan.fallen_due.saturating_add(1);
    out.record(Fact::LoanOverdue { loan: loan.loan, unpaid: loan.unpaid(), due_no });
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
            let missed = loan.unpaid() > line.terms.tolerance;
            let ends = loan.due_on().saturating_add(line.terms.grace_days).saturating_add(1);
            let again = loan.missed > 0 && loan.missed <= loan.fallen_due;
            (active && missed && (loan.late_since == 0 || again)).then_some(ends)
        }
        DueKind::LoanDebit => debits::loan_on(loan),
        _ => None,
    };
    date.map(|date| line.calendar(ledger.calendar()).start_of(date))
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::LoanDrawn { loan, user, amount, terms } => {
            let Some(owner) = ledger.tables().users.find(user) else { return };
            let today = credit::date_of(ledger, owner, ledger.now());
            let tables = ledger.tables_mut();
            // It is computed once.
            let parts = match terms.kind {
                LoanKind::Annuity => {
                    let shared = amount.saturating_sub(terms.at_once);
                    terms.principals(shared, terms.count).unwrap_or_default()
                }
                LoanKind::EqualPrincipal | LoanKind::Bullet => Vec::new(),
            };
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
                missed: 0,
                state: LoanState::Active,
                charges: Vec::new(),
                fresh: 0,
                open: parts.clone(),
                parts,
                chargebacks: Vec::new(),
                debited_on: if terms.auto_debit { today } else { 0 },
            });
            note_dues(ledger, no, [None; 3]);
            billing::change(ledger, user, |line| {
                if let Some(bill) = &mut line.billing {
                    bill.loans.push(no);
                }
            });
        }
        Fact::LoanTermDue { loan, principal, interest, rest, .. } => {
            change(ledger, loan, |row| {
                if let Some(part) = row.open.get_mut(row.fallen_due as usize) {
                    *part = 0;
                }
                row.fallen_due = row.fallen_due.saturating_add(1);
                row.due = row.due.saturating_add(*principal);
                row.interest = row.interest.saturating_add(*interest);
                (row.early, row.fresh) = (0, 0);
                (row.counted_on, row.rest) = (row.due_on(), *rest);
            });
        }
        Fact::LoanOverdue { loan, due_no, .. } => change(ledger, loan, |row| {
            // A loan that is late already stays so since then.
            if *due_no == 0 || row.late_since == 0 {
                row.late_since = row.due_on().max(1);
            }
            row.missed = *due_no;
        }),
        Fact::LatenessEnded { loan, .. } => change(ledger, loan, |row| row.late_since = 0),
        Fact::LoanRepaid { loan, charged, rest, interest, due, ahead, fee, penalty } => {
            let (interest, due, ahead) = (*interest, *due, *ahead);
            let paid = LoanPaid { interest, due, ahead, fee: *fee, penalty: *penalty };
            let Some(today) = today_of(ledger, loan) else { return };
            change(ledger, loan, |row| row.repay(today, *charged, *rest, &paid));
        }
        Fact::LoanWrittenOff { loan, .. } => change(ledger, loan, |row| {
            (row.owed, row.due, row.interest, row.early) = (0, 0, 0, 0);
            row.open.fill(0);
            for charge in &mut row.charges {
                charge.waived = charge.waived.saturating_add(charge.left());
            }
            (row.late_since, row.fresh, row.state) = (0, 0, LoanState::WrittenOff);
        }),
        _ => {}
    }
}

/// Today by the days of the line that a loan is drawn on.
pub(crate) fn today_of(ledger: &Ledger, loan: &Id) -> Option<u32> {
    let loan = ledger.tables().loans.get(loan)?;
    Some(credit::date_of(ledger, loan.user, ledger.now()))
}

/// Changes a loan, and notes what it owes to the clock now. Its line forgets it when it has ended.
pub(crate) fn change(ledger: &mut Ledger, loan: &Id, change: impl FnOnce(&mut Loan)) {
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

fn note_dues(ledger: &mut Ledger, no: u32, before: [Option<u64>; 3]) {
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
            let fits = terms::fit(*amount, terms) && *amount <= AMOUNT_MAX;
            known(fits && terms.rate.out_of_range().is_none(), "a loan's terms do not fit")
        }
        Fact::LoanTermDue { loan, term_no, principal, interest, rest } => {
            let row = active(loan)?;
            let is_next = *principal == row.next_principal() && *rest < 1_000_000;
            let in_turn = row.fallen_due.checked_add(1) == Some(*term_no);
            known(is_next && in_turn, "a term of a loan is out of turn")?;
            let most = AMOUNT_MAX.saturating_sub(row.interest);
            known(*interest <= most, "a loan bears more interest than can be owed")
        }
        Fact::LoanOverdue { loan, unpaid, due_no } => {
            let row = active(loan)?;
            let in_turn = *due_no == 0 || row.fallen_due.checked_add(1) == Some(*due_no);
            known(*unpaid == row.unpaid() && in_turn, "another sum of a loan is late")
        }
        Fact::LatenessEnded { user, loan, left } => {
            let row = active(loan)?;
            let line = tables.credit_lines.get(&row.user).ok_or("a line of credit is unknown")?;
            let own = tables.users.row(row.user).user == *user && row.late_since > 0;
            let little = *left == row.unpaid() && *left <= line.terms.tolerance;
            known(own && little, "a debt is late still")
        }
        Fact::LoanRepaid { loan, charged, rest, interest, due, ahead, fee, penalty } => {
            let row = active(loan)?;
            let most = AMOUNT_MAX.saturating_sub(row.interest);
            known(*charged <= most && *rest < 1_000_000, "a loan bears too much interest")?;
            let Owed { fee: fees, penalty: penalties, .. } = row.owing();
            let fits =
                *interest <= row.interest + charged && *due <= row.due && *ahead <= row.ahead();
            let fits = fits && *fee <= fees && *penalty <= penalties;
            known(fits, "more of a loan is repaid than is owed")
        }
        Fact::LoanWrittenOff { loan, principal, interest, fee, penalty } => {
            let owing = active(loan)?.owing();
            let (principal, interest) = (*principal, *interest);
            let said = Owed { penalty: *penalty, interest, fee: *fee, principal };
            known(said == owing, "another debt of a loan is written off")
        }
        Fact::RepaymentReturned { .. } => chargebacks::fits(tables, fact),
        Fact::LoanDrawnMore { .. } => more::fits(tables, fact),
        _ => charges::fits(tables, fact),
    }
}
