//! Wire to domain: the bills of lines of credit, their facts and rows.

use super::fields::*;
use groat_ledger::instalments::{CHARGES_FIRST, PRINCIPAL_FIRST, Part, Split, Tie};
use groat_ledger::limits::{DAY_MINUTES, DAY_MS, TIME_MS_MAX};
use groat_ledger::{
    Billing, BillingTerms, Currency, Fact, Id, InterestFrom, SetAutoDebit, StatementState,
};
use groat_proto::v1::{self, event};

fn part(value: i32) -> Field<Part> {
    match known::<v1::CreditPart>(value, "order")? {
        v1::CreditPart::Unspecified => Err("order"),
        v1::CreditPart::Penalty => Ok(Part::Penalty),
        v1::CreditPart::Interest => Ok(Part::Interest),
        v1::CreditPart::Fee => Ok(Part::Fee),
        v1::CreditPart::Principal => Ok(Part::Principal),
    }
}

pub(super) fn order(wire: Option<v1::RepayOrder>, absent: [Part; 4]) -> Field<[Part; 4]> {
    let Some(w) = wire else { return Ok(absent) };
    Ok([part(w.first)?, part(w.second)?, part(w.third)?, part(w.fourth)?])
}

/// A unit of 0 is none, and has no tie.
pub(in crate::codec) fn split(unit: u64, tie: i32) -> Field<Split> {
    let tie = match known::<v1::ShareTie>(tie, "share_tie")? {
        v1::ShareTie::Unspecified => Tie::Even,
        v1::ShareTie::Up => Tie::Up,
    };
    match (unit, tie) {
        (0, Tie::Even) => Ok(Split::FloorRestFirst),
        (0, Tie::Up) => Err("share_tie"),
        (unit, tie) => Ok(Split::NearestRestLast { unit, tie }),
    }
}

pub(super) fn billing_terms(w: &v1::BillingTerms, currency: Currency) -> Field<BillingTerms> {
    Ok(BillingTerms {
        order: order(w.order, CHARGES_FIRST)?,
        late_order: order(w.late_order, PRINCIPAL_FIRST)?,
        late_order_from_day: w.late_order_from_day,
        late_fee_max: part_of(w.late_fee_max, currency, "late_fee_max")?.unwrap_or(0),
        auto_debit: w.auto_debit,
        interest_from: u32::try_from(w.interest_from)
            .ok()
            .and_then(InterestFrom::of)
            .ok_or("interest_from")?,
        day_begins_min: u16::try_from(w.day_begins_min)
            .ok()
            .filter(|minutes| *minutes < DAY_MINUTES)
            .ok_or("day_begins_min")?,
    })
}

pub(super) fn set_auto_debit(w: &v1::SetAutoDebit) -> Field<SetAutoDebit> {
    Ok(SetAutoDebit { user: id(w.user, "user")?, target: optional_id(w.target), on: w.on })
}

/// The facts of what the clock debits; none for any other.
pub(super) fn debited(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    Ok(match wire {
        W::AutoDebitSet(w) => Fact::AutoDebitSet {
            user: id(w.user, "user")?,
            target: optional_id(w.target),
            on: w.on,
        },
        W::BillDebited(w) => {
            let user = id(w.user, "user")?;
            Fact::BillDebited { user, on: date(w.on)?, due: w.due, paid: w.paid }
        }
        W::LoanDebited(w) => {
            let loan = id(w.loan, "loan")?;
            Fact::LoanDebited { loan, on: date(w.on)?, due: w.due, paid: w.paid }
        }
        _ => return Err("fact"),
    })
}

/// A date that a chain can get to.
fn date(on: u32) -> Field<u32> {
    let last = u32::try_from(TIME_MS_MAX / DAY_MS).unwrap_or(u32::MAX);
    ensure(on <= last, "on")?;
    Ok(on)
}

pub(super) fn repaid(w: &v1::CreditRepaid) -> Field<Fact> {
    Ok(Fact::CreditRepaid {
        user: id(w.user, "user")?,
        principal: w.principal,
        penalty: w.penalty,
        interest: w.interest,
        fee: w.fee,
        billed: w.billed,
        overdue: w.overdue,
    })
}

pub(super) fn issued(w: &v1::StatementIssued) -> Field<Fact> {
    Ok(Fact::StatementIssued {
        user: id(w.user, "user")?,
        due_on: w.due_on,
        purchases: w.purchases,
        charges: w.charges,
        total: w.total,
        minimum: w.minimum,
    })
}

pub(super) fn assessed(w: &v1::StatementAssessed) -> Field<Fact> {
    Ok(Fact::StatementAssessed {
        user: id(w.user, "user")?,
        state: state(w.state)?,
        unpaid: w.unpaid,
        overdue: w.overdue,
        late_fee: w.late_fee,
    })
}

pub(super) fn accrued(w: &v1::InterestAccrued) -> Field<Fact> {
    let user = id(w.user, "user")?;
    Ok(Fact::InterestAccrued { user, on: w.on, amount: w.amount, rest: w.rest })
}

pub(super) fn reduced(w: &v1::CreditReduced) -> Field<Fact> {
    let user = id(w.user, "user")?;
    Ok(Fact::CreditReduced { user, billed: w.billed, overdue: w.overdue })
}

pub(super) fn ended(w: &v1::LatenessEnded) -> Field<Fact> {
    let loan = w.loan.map_or(Ok(Id::NONE), |loan| id(Some(loan), "loan"))?;
    Ok(Fact::LatenessEnded { user: id(w.user, "user")?, loan, left: w.left })
}

fn state(number: i32) -> Field<StatementState> {
    u32::try_from(number).ok().and_then(StatementState::of).ok_or("state")
}

pub(in crate::codec) fn billing(w: &v1::BillingRow) -> Field<Billing> {
    for on in [w.next_cut, w.due_on, w.debited_on] {
        date(on)?;
    }
    ensure(w.revolving <= w.billed && w.rest < 1_000_000, "billing")?;
    Ok(Billing {
        next_cut: w.next_cut,
        cut_on: w.cut_on,
        due_on: w.due_on,
        state: state(w.state)?,
        assessed: w.assessed,
        total: w.total,
        minimum: w.minimum,
        charges: w.charges,
        billed: w.billed,
        revolving: w.revolving,
        overdue: w.overdue,
        overdue_since: w.overdue_since,
        interest_on: w.interest_on,
        rest: w.rest,
        waiting: w.waiting,
        waiting_on: w.waiting_on,
        lost: w.lost,
        debited_on: w.debited_on,
        plans: Vec::new(),
        loans: Vec::new(),
    })
}
