//! Fees and penalties of cash loans (DOMAIN §4.5).
//!
//! | command | what moves |
//! |---|---|
//! | `ChargeLoan` | a fee LF→I2, a penalty LP→I4 |
//! | `WaiveLoanCharge` | what is not paid of it goes back: I2→LF, I4→LP |
//!
//! Where the book is silent: which charges there are, and when, is the product's; each comes by a
//! command, with its due date, today or later. It is owed and earned from then on, bears no
//! interest, and uses nothing of the limit. A repayment pays it among what is due from its due date
//! on, and may pay it before; charges of a kind are paid by their due dates. What is not paid of it
//! is late with the first term that falls due on that date or behind it, by the grace and tolerance
//! of that term; the day of drawing counts as one. A loan that is paid back or lost takes no
//! charge. A charge's number stays taken as long as the loan is known.

use super::{active, change, free_if_paid, today_of};
use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{ChargeLoan, LoanChargeKind, WaiveLoanCharge};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, in_range, post};
use crate::limits::{AMOUNT_MAX, LOAN_CHARGE_DAYS_MAX, LOAN_CHARGES_MAX};
use crate::money::Currency;
use crate::rejection::Rejection;
use crate::rules::{credit, in_currency, refuse_if, user};
use crate::state::{Loan, LoanCharge, LoanState, Tables};

pub(crate) fn charge(
    ledger: &Ledger,
    c: &ChargeLoan,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let owner = user(tables, c.user)?;
    let loan = active(tables, c.user, &c.loan)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(loan.charge(&c.charge).is_some(), Rejection::Duplicate)?;
    let today = credit::date(ledger, owner, now);
    let due_on = if c.due_on == 0 { today } else { c.due_on };
    let ahead = due_on.checked_sub(today).ok_or(Rejection::LoanChargeDateInvalid)?;
    refuse_if(ahead > LOAN_CHARGE_DAYS_MAX, Rejection::LoanChargeDateInvalid)?;
    refuse_if(loan.charges.len() >= LOAN_CHARGES_MAX, Rejection::LoanChargeCountExceeded)?;
    refuse_if(amount > room(tables, loan), Rejection::AmountOutOfRange)?;
    // From here on nothing may fail.
    let (owed, income) = accounts(ledger, c.kind, c.loan, owner.currency, out);
    post(out, owed, income, amount);
    let (loan, charge, kind) = (c.loan, c.charge, c.kind);
    out.record(Fact::LoanCharged { loan, charge, kind, amount, due_on });
    Ok(())
}

pub(crate) fn waive(
    ledger: &Ledger,
    c: &WaiveLoanCharge,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let owner = user(tables, c.user)?;
    let loan = active(tables, c.user, &c.loan)?;
    let charge = loan.charge(&c.charge).ok_or(Rejection::UnknownAccount)?;
    let amount = charge.left();
    refuse_if(amount == 0, Rejection::InvalidState)?;
    // From here on nothing may fail.
    let (owed, income) = accounts(ledger, charge.kind, c.loan, owner.currency, out);
    post(out, income, owed, amount);
    out.record(Fact::LoanChargeWaived { loan: c.loan, charge: c.charge, amount });
    let mut after = loan.clone();
    give_up(&mut after, &c.charge, amount);
    free_if_paid(ledger, owner, &after, out);
    Ok(())
}

/// Where a charge is owed and earned.
fn accounts(
    ledger: &Ledger,
    kind: LoanChargeKind,
    loan: Id,
    currency: Currency,
    out: &mut Decision,
) -> (AccountNo, AccountNo) {
    let (owed, income) = match kind {
        LoanChargeKind::Fee => (Class::LoanFee, Class::InstalmentFee),
        LoanChargeKind::Penalty => (Class::LoanPenalty, Class::PenaltyIncome),
    };
    let owed = ledger.account_or_open(AccountKey::of(owed, loan, currency), currency, out);
    let income = ledger.account_or_open(AccountKey::house(income, currency), currency, out);
    (owed, income)
}

/// What may be charged on a loan: all charges of its user's loans that are not paid are an amount,
/// so that it can be lost as one.
fn room(tables: &Tables, loan: &Loan) -> u64 {
    let line = tables.credit_lines.get(&loan.user);
    let loans = line.and_then(|line| line.billing.as_deref()).map(|bill| &bill.loans);
    let charged = loans.into_iter().flatten().fold(0u64, |sum, no| {
        let owing = tables.loans.row(*no).owing();
        sum.saturating_add(owing.fee).saturating_add(owing.penalty)
    });
    AMOUNT_MAX.saturating_sub(charged)
}

fn give_up(loan: &mut Loan, charge: &Id, amount: u64) {
    if let Some(row) = loan.charges.iter_mut().find(|row| row.charge == *charge) {
        row.waived = row.waived.saturating_add(amount);
    }
    loan.settle();
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::LoanCharged { loan, charge, kind, amount, due_on } => {
            let (charge, kind, amount, due_on) = (*charge, *kind, *amount, *due_on);
            let row = LoanCharge { charge, kind, amount, due_on, paid: 0, waived: 0 };
            let Some(today) = today_of(ledger, loan) else { return };
            change(ledger, loan, |loan| {
                // What falls due with a term is tried before that is late.
                if due_on <= today && due_on > loan.due_on() {
                    loan.wait_for_debit(today);
                }
                loan.put(row);
            });
        }
        Fact::LoanChargeWaived { loan, charge, amount } => {
            change(ledger, loan, |loan| give_up(loan, charge, *amount));
        }
        _ => {}
    }
}

/// Whether a foreign fact fits the loan that it is about.
pub(super) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let active = |loan| {
        let row = tables.loans.get(loan).filter(|loan| loan.state == LoanState::Active);
        row.ok_or("a loan is unknown or at its end")
    };
    match fact {
        Fact::LoanCharged { loan, charge, amount, .. } => {
            let row = active(loan)?;
            let is_new = row.charge(charge).is_none() && row.charges.len() < LOAN_CHARGES_MAX;
            known(is_new, "a loan is charged twice for one thing, or too often")?;
            known((1..=room(tables, row)).contains(amount), "a loan is charged beyond any amount")
        }
        Fact::LoanChargeWaived { loan, charge, amount } => {
            let left = active(loan)?.charge(charge).map_or(0, LoanCharge::left);
            known(left > 0 && *amount == left, "another charge of a loan is given up")
        }
        _ => Ok(()),
    }
}
