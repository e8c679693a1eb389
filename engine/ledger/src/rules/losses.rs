//! Credit that is lost: provision, write-off and recovery (DOMAIN §4.5, §5).
//!
//! | command | what moves |
//! |---|---|
//! | `ProvisionCredit` | a loss is expected: E2→AL |
//! | `WriteOffCredit` | the debt is given up: AL, beyond it E2→PO, PB, PU, PI, LN, LP, LI, LF |
//! | `RecordRecovery` | something of it is paid after all: UA→E2 |
//!
//! Where the book is silent: a line is in default by its dates alone, which no event says; it may
//! be written off from the 180th day after the due date that was missed first, of a statement or
//! a loan, frozen or not. All that is owed on it becomes due with that, what is not billed and
//! what is ahead of plans too, and is written off: a line with a part of a debt would go on to be
//! billed. The line ends for good: nothing is billed, charged or bought any more, and no other
//! line is granted to its user. Holds on it stay until they are released; they cannot be captured
//! from credit. What a refund gives back goes to the balance, out of which it can be recovered,
//! as can what a collector tops up. A recovery is at most what was written off. An account with
//! something to recover is not closed. What was set aside is each shard's own, by currency.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{ProvisionCredit, RecordRecovery, WriteOffCredit};
use crate::event::{Decision, Fact, LostDebt};
use crate::instalments::Owed;
use crate::ledger::{Ledger, in_range, post};
use crate::limits::WRITE_OFF_DAYS_MIN;
use crate::money::Currency;
use crate::rejection::Rejection;
use crate::rules::buckets::owed_in;
use crate::rules::{
    billing, credit, in_currency, loans, may_debit, pair, plan_fees, refuse_if, user,
};
use crate::state::{CreditLineState, Loan, StatementState, Tables};

/// What is written off, in the order of the fields of its fact.
const OWED: [Class; 7] = [
    Class::CreditUnbilled,
    Class::CreditBilled,
    Class::CreditInstalment,
    Class::CreditOverdue,
    Class::PenaltyReceivable,
    Class::InterestReceivable,
    Class::FeeReceivable,
];

pub(crate) fn provision(
    ledger: &Ledger,
    c: &ProvisionCredit,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let amount = in_range(c.amount)?;
    // From here on nothing may fail.
    let (loss, allowance) = house(ledger, c.amount.currency, out);
    post(out, loss, allowance, amount);
    out.record(Fact::Provisioned { amount: c.amount });
    Ok(())
}

pub(crate) fn write_off(
    ledger: &Ledger,
    c: &WriteOffCredit,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let owner = user(ledger.tables(), c.user)?;
    let line = credit::line(ledger, owner).ok_or(Rejection::UnknownAccount)?;
    refuse_if(line.has_ended(), Rejection::InvalidState)?;
    let bill = line.billing.as_deref().ok_or(Rejection::NotEligible)?;
    let today = line.calendar(ledger.calendar()).date(now);
    let since = Some(bill.overdue_since).filter(|since| *since > 0);
    let since = since.into_iter().chain(loans::late_since(ledger, bill)).min();
    let is_late = since.is_some_and(|since| today.saturating_sub(since) >= WRITE_OFF_DAYS_MIN);
    refuse_if(!is_late, Rejection::NotEligible)?;
    // From here on nothing may fail.
    let owed = OWED.map(|class| owed_in(ledger, owner, class));
    let loans: Vec<&Loan> = bill.loans.iter().map(|no| ledger.tables().loans.row(*no)).collect();
    let of_loans = loans.iter().flat_map(|loan| {
        let Owed { penalty, interest, fee, principal } = loan.owing();
        let own = [
            (Class::CashLoan, principal),
            (Class::LoanInterest, interest),
            (Class::LoanFee, fee),
            (Class::LoanPenalty, penalty),
        ];
        own.map(|(class, owed)| {
            let key = AccountKey::of(class, loan.loan, owner.currency);
            (ledger.tables().accounts.find(&key), owed)
        })
    });
    let all: Vec<(Option<AccountNo>, u64)> = owed.into_iter().chain(of_loans).collect();
    let [unbilled, billed, ahead, overdue, penalty, interest, fee] = owed.map(|(_, owed)| owed);
    let lost =
        LostDebt { unbilled, billed, ahead, overdue, penalty, interest, fee, ..lent(&loans) };
    let (loss, allowance) = house(ledger, owner.currency, out);
    let set_aside = ledger.account(&AccountKey::house(Class::LossAllowance, owner.currency));
    let set_aside = set_aside.map_or(0, |account| account.debit_room());
    let provided = u64::try_from(set_aside).unwrap_or(u64::MAX).min(lost.sum());
    let beyond = lost.sum() - provided;
    let credits = all.into_iter().filter_map(|(account, amount)| Some((account?, amount)));
    pair(out, [(allowance, provided), (loss, beyond)], credits);
    let (granted, contra) = credit::memorandum(ledger, Class::LimitGranted, owner, out);
    post(out, contra, granted, line.limit.amount);
    out.record(Fact::CreditWrittenOff { user: c.user, lost, provided });
    for no in &bill.plans {
        let plan = ledger.tables().plans.row(*no);
        out.record(Fact::PlanWrittenOff { plan: plan.plan, amount: plan.left() });
        plan_fees::earn(ledger, plan, plan.unearned(), out);
    }
    for loan in loans {
        let Owed { penalty, interest, fee, principal } = loan.owing();
        let loan = loan.loan;
        out.record(Fact::LoanWrittenOff { loan, principal, interest, fee, penalty });
    }
    Ok(())
}

/// What is lost with loans.
fn lent(loans: &[&Loan]) -> LostDebt {
    loans.iter().map(|loan| loan.owing()).fold(LostDebt::default(), |lost, owing| LostDebt {
        lent: lost.lent.saturating_add(owing.principal),
        lent_interest: lost.lent_interest.saturating_add(owing.interest),
        lent_fee: lost.lent_fee.saturating_add(owing.fee),
        lent_penalty: lost.lent_penalty.saturating_add(owing.penalty),
        ..lost
    })
}

pub(crate) fn recover(
    ledger: &Ledger,
    c: &RecordRecovery,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let owner = user(ledger.tables(), c.user)?;
    let line = credit::line(ledger, owner).ok_or(Rejection::UnknownAccount)?;
    refuse_if(line.state != CreditLineState::WrittenOff, Rejection::InvalidState)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    may_debit(ledger.tables(), owner.account)?;
    refuse_if(amount > line.lost(), Rejection::Overpayment)?;
    let room = ledger.tables().accounts.row(owner.account).debit_room();
    refuse_if(room < u128::from(amount), Rejection::InsufficientFunds)?;
    // From here on nothing may fail.
    let (loss, _) = house(ledger, owner.currency, out);
    post(out, owner.account, loss, amount);
    out.record(Fact::CreditRecovered { user: c.user, amount });
    Ok(())
}

/// What the platform has lost, and what it has set aside for that, in a currency.
fn house(ledger: &Ledger, currency: Currency, out: &mut Decision) -> (AccountNo, AccountNo) {
    let mut of = |class| ledger.account_or_open(AccountKey::house(class, currency), currency, out);
    (of(Class::CreditLoss), of(Class::LossAllowance))
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::CreditWrittenOff { user, lost, .. } => {
            let sum = lost.sum();
            billing::change(ledger, user, |line| {
                line.state = CreditLineState::WrittenOff;
                let Some(bill) = &mut line.billing else { return };
                (bill.charges, bill.billed, bill.revolving) = (0, 0, 0);
                (bill.overdue, bill.overdue_since) = (0, 0);
                (bill.waiting, bill.rest) = (0, 0);
                (bill.state, bill.assessed) = (StatementState::WrittenOff, true);
                bill.lost = sum;
            });
        }
        Fact::CreditRecovered { user, amount } => billing::change(ledger, user, |line| {
            if let Some(bill) = &mut line.billing {
                bill.lost = bill.lost.saturating_sub(*amount);
            }
        }),
        _ => {}
    }
}

/// Whether a foreign fact fits the line that it is about.
pub(crate) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let line_of = |user| {
        let line = tables.users.find(user).and_then(|no| tables.credit_lines.get(&no));
        line.ok_or("a line of credit is unknown")
    };
    match fact {
        Fact::CreditWrittenOff { user, lost, .. } => {
            let line = line_of(user)?;
            let bill = line.billing.as_deref().ok_or("a line is not billed")?;
            known(!line.has_ended(), "a line is written off at its end")?;
            // Fees of plans have no bound together, nor had the interest of loans once.
            let all = lost.parts().into_iter().try_fold(0, u64::checked_add);
            known(all.is_some(), "more is lost than can be owed")?;
            let fits = lost.billed == bill.billed && lost.overdue == bill.overdue;
            known(fits, "another debt is written off than was billed")?;
            let loans: Vec<&Loan> = bill.loans.iter().map(|no| tables.loans.row(*no)).collect();
            let LostDebt { unbilled, billed, ahead, overdue, penalty, interest, fee, .. } = *lost;
            let own = LostDebt {
                unbilled,
                billed,
                ahead,
                overdue,
                penalty,
                interest,
                fee,
                ..lent(&loans)
            };
            known(*lost == own, "another debt of loans is written off")
        }
        Fact::CreditRecovered { user, amount } => {
            known(*amount <= line_of(user)?.lost(), "more is recovered than was lost")
        }
        _ => Ok(()),
    }
}
