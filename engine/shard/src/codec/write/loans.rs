//! Domain to wire: cash loans.

use super::credit::{order, split};
use super::some;
use groat_ledger::instalments::{CHARGES_FIRST, Part, YearRate};
use groat_ledger::limits::LOAN_TERM_DAYS;
use groat_ledger::{
    Every, Fact, Id, Loan, LoanCharge, LoanChargeOf, LoanOf, LoanRate, LoanTerms, Money,
    Settlement, Tables,
};
use groat_proto::v1::{self, event, settlement};

fn drawn(loan: Id, user: Id, amount: u64, terms: LoanTerms) -> v1::LoanDrawn {
    let (share_unit, share_tie) = split(terms.split);
    let (day_ppm, year) = match terms.rate {
        LoanRate::Day(ppm) => (ppm, YearRate { year_ppm: 0, terms_a_year: 0 }),
        LoanRate::Year(rate) => (0, rate),
    };
    v1::LoanDrawn {
        loan: some(loan),
        user: some(user),
        amount,
        terms: terms.count,
        day_ppm,
        year_ppm: year.year_ppm,
        terms_a_year: year.terms_a_year,
        kind: terms.kind as i32,
        every_days: match terms.every {
            Every::Days(days) if days != LOAN_TERM_DAYS => days,
            _ => 0,
        },
        every_months: match terms.every {
            Every::Months(months) => months,
            Every::Days(_) => 0,
        },
        share_unit,
        share_tie,
        paid_ahead: terms.ahead as i32,
        at_once: terms.at_once,
        order: agreed(terms.order),
        ahead_order: agreed(terms.ahead_order),
        auto_debit: terms.auto_debit,
    }
}

/// What stands where nothing else was agreed is not written.
fn agreed(parts: [Part; 4]) -> Option<v1::RepayOrder> {
    (parts != CHARGES_FIRST).then(|| order(parts))
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
        Fact::LoanOverdue { loan, unpaid, due_no } => {
            let (loan, unpaid, due_no) = (some(*loan), *unpaid, *due_no);
            W::LoanOverdue(v1::LoanOverdue { loan, unpaid, due_no })
        }
        Fact::LoanRepaid { loan, charged, rest, interest, due, ahead, fee, penalty } => {
            W::LoanRepaid(v1::LoanRepaid {
                loan: some(*loan),
                charged: *charged,
                rest: *rest,
                interest: *interest,
                due: *due,
                ahead: *ahead,
                fee: *fee,
                penalty: *penalty,
            })
        }
        Fact::LoanWrittenOff { loan, principal, interest, fee, penalty } => {
            W::LoanWrittenOff(v1::LoanWrittenOff {
                loan: some(*loan),
                principal: *principal,
                interest: *interest,
                fee: *fee,
                penalty: *penalty,
            })
        }
        Fact::LoanCharged { loan, charge, kind, amount, due_on } => {
            W::LoanCharged(v1::LoanCharged {
                loan: some(*loan),
                charge: some(*charge),
                kind: *kind as i32,
                amount: *amount,
                due_on: *due_on,
            })
        }
        Fact::RepaymentReturned { loan, chargeback, amount, charged, rest } => {
            W::RepaymentReturned(v1::RepaymentReturned {
                loan: some(*loan),
                chargeback: some(*chargeback),
                amount: *amount,
                charged: *charged,
                rest: *rest,
            })
        }
        Fact::LoanDrawnMore { loan, amount, at_once, charged, rest } => {
            W::LoanDrawnMore(v1::LoanDrawnMore {
                loan: some(*loan),
                amount: *amount,
                at_once: *at_once,
                charged: *charged,
                rest: *rest,
            })
        }
        Fact::LoanChargeWaived { loan, charge, amount } => {
            W::LoanChargeWaived(v1::LoanChargeWaived {
                loan: some(*loan),
                charge: some(*charge),
                amount: *amount,
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
        Settlement::RepaymentReturned { loan } => W::RepaymentReturned(told_loan(loan)),
        Settlement::LoanDrawnMore { loan } => W::LoanDrawnMore(told_loan(loan)),
        Settlement::LoanCharged { charge } => W::LoanCharged(told_charge(charge)),
        Settlement::LoanChargeWaived { charge } => W::LoanChargeWaived(told_charge(charge)),
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
        fee: money(l.fee).filter(|_| l.fee > 0),
        penalty: money(l.penalty).filter(|_| l.penalty > 0),
    }
}

fn told_charge(c: &LoanChargeOf) -> v1::ToldLoanCharge {
    let money = |amount| Some(Money { amount, ..c.amount }.into());
    v1::ToldLoanCharge {
        loan: Some(told_loan(&c.loan)),
        charge: some(c.charge),
        kind: c.kind as i32,
        amount: Some(c.amount.into()),
        due_on: c.due_on,
        paid: money(c.paid),
        waived: money(c.waived),
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
        charges: l.charges.iter().map(charge_row).collect(),
        fresh: l.fresh,
        parts: l.parts.clone(),
        open: l.open.clone(),
        chargebacks: l.chargebacks.iter().map(|id| (*id).into()).collect(),
        debited_on: l.debited_on,
        missed: l.missed,
    }
}

fn charge_row(c: &LoanCharge) -> v1::LoanChargeRow {
    v1::LoanChargeRow {
        charge: some(c.charge),
        kind: c.kind as i32,
        amount: c.amount,
        due_on: c.due_on,
        paid: c.paid,
        waived: c.waived,
    }
}
