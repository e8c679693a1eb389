//! Wire to domain: cash loans.

use super::credit::{order, split};
use super::fields::*;
use groat_ledger::instalments::{CHARGES_FIRST, TERMS_MAX, YearRate};
use groat_ledger::limits::{
    AMOUNT_MAX, DAY_MS, LOAN_CHARGEBACKS_MAX, LOAN_CHARGES_MAX, LOAN_TERM_DAYS, TIME_MS_MAX,
};
use groat_ledger::{
    Ahead, ChargeLoan, DrawLoan, DrawMore, Every, Fact, Id, Loan, LoanCharge, LoanChargeKind,
    LoanKind, LoanRate, LoanState, LoanTerms, ReturnRepayment, WaiveLoanCharge,
};
use groat_proto::v1::{self, event};

fn kind(number: i32) -> Field<LoanKind> {
    u32::try_from(number).ok().and_then(LoanKind::of).ok_or("kind")
}

pub(super) fn draw(w: &v1::DrawLoan) -> Field<DrawLoan> {
    let amount = money(w.amt, "amt")?;
    let part = |part, field| Ok(part_of(part, amount.currency, field)?.unwrap_or(0));
    let terms = LoanTerms {
        every: every(w.every_days, w.every_months)?,
        split: split(part(w.share_unit, "share_unit")?, w.share_tie)?,
        ahead: ahead(w.paid_ahead)?,
        at_once: part(w.at_once, "at_once")?,
        order: order(w.order, CHARGES_FIRST)?,
        ahead_order: order(w.ahead_order, CHARGES_FIRST)?,
        auto_debit: w.auto_debit,
        rate: rate(w.day_ppm, w.year_ppm, w.terms_a_year)?,
        ..LoanTerms::new(w.terms, 0, kind(w.kind)?)
    };
    Ok(DrawLoan { user: id(w.user, "user")?, loan: id(w.loan, "loan")?, amount, terms })
}

fn charge_kind(number: i32) -> Field<LoanChargeKind> {
    u32::try_from(number).ok().and_then(LoanChargeKind::of).ok_or("kind")
}

pub(super) fn more(w: &v1::DrawMore) -> Field<DrawMore> {
    let amount = money(w.amt, "amt")?;
    let at_once = part_of(w.at_once, amount.currency, "at_once")?.unwrap_or(0);
    Ok(DrawMore { user: id(w.user, "user")?, loan: id(w.loan, "loan")?, amount, at_once })
}

pub(super) fn charge(w: &v1::ChargeLoan) -> Field<ChargeLoan> {
    Ok(ChargeLoan {
        user: id(w.user, "user")?,
        loan: id(w.loan, "loan")?,
        charge: id(w.charge, "charge")?,
        kind: charge_kind(w.kind)?,
        amount: money(w.amt, "amt")?,
        due_on: w.due_on,
    })
}

pub(super) fn waive(w: &v1::WaiveLoanCharge) -> Field<WaiveLoanCharge> {
    let (user, loan) = (id(w.user, "user")?, id(w.loan, "loan")?);
    Ok(WaiveLoanCharge { user, loan, charge: id(w.charge, "charge")? })
}

pub(super) fn give_back(w: &v1::ReturnRepayment) -> Field<ReturnRepayment> {
    Ok(ReturnRepayment {
        user: id(w.user, "user")?,
        loan: id(w.loan, "loan")?,
        chargeback: id(w.chargeback, "chargeback")?,
        amount: money(w.amt, "amt")?,
    })
}

fn terms(w: &v1::LoanDrawn) -> Field<LoanTerms> {
    Ok(LoanTerms {
        every: every(w.every_days, w.every_months)?,
        split: split(w.share_unit, w.share_tie)?,
        ahead: ahead(w.paid_ahead)?,
        at_once: w.at_once,
        order: order(w.order, CHARGES_FIRST)?,
        ahead_order: order(w.ahead_order, CHARGES_FIRST)?,
        auto_debit: w.auto_debit,
        rate: rate(w.day_ppm, w.year_ppm, w.terms_a_year)?,
        ..LoanTerms::new(w.terms, 0, kind(w.kind)?)
    })
}

/// By the year where that has terms, else by the day.
fn rate(day_ppm: u32, year_ppm: u32, terms_a_year: u32) -> Field<LoanRate> {
    match (day_ppm, year_ppm, terms_a_year) {
        (ppm, 0, 0) => Ok(LoanRate::Day(ppm)),
        (0, year_ppm, 1..) => Ok(LoanRate::Year(YearRate { year_ppm, terms_a_year })),
        (0, _, 0) => Err("terms_a_year"),
        _ => Err("day_ppm"),
    }
}

/// Who did not say meant what was fixed before.
fn every(days: u32, months: u32) -> Field<Every> {
    match (days, months) {
        (0, 0) => Ok(Every::Days(LOAN_TERM_DAYS)),
        (days, 0) => Ok(Every::Days(days)),
        (0, months) => Ok(Every::Months(months)),
        _ => Err("every_days"),
    }
}

fn ahead(number: i32) -> Field<Ahead> {
    u32::try_from(number).ok().and_then(Ahead::of).ok_or("paid_ahead")
}

/// The facts of loans; none for any other.
pub(super) fn fact(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    Ok(match wire {
        W::LoanDrawn(w) => Fact::LoanDrawn {
            loan: id(w.loan, "loan")?,
            user: id(w.user, "user")?,
            amount: w.amount,
            terms: terms(w)?,
        },
        W::LoanTermDue(w) => Fact::LoanTermDue {
            loan: id(w.loan, "loan")?,
            term_no: w.term_no,
            principal: w.principal,
            interest: w.interest,
            rest: w.rest,
        },
        W::LoanOverdue(w) => {
            let loan = id(w.loan, "loan")?;
            Fact::LoanOverdue { loan, unpaid: w.unpaid, due_no: w.due_no }
        }
        W::LoanRepaid(w) => Fact::LoanRepaid {
            loan: id(w.loan, "loan")?,
            charged: w.charged,
            rest: w.rest,
            interest: w.interest,
            due: w.due,
            ahead: w.ahead,
            fee: w.fee,
            penalty: w.penalty,
        },
        W::LoanWrittenOff(w) => Fact::LoanWrittenOff {
            loan: id(w.loan, "loan")?,
            principal: w.principal,
            interest: w.interest,
            fee: w.fee,
            penalty: w.penalty,
        },
        W::LoanCharged(w) => Fact::LoanCharged {
            loan: id(w.loan, "loan")?,
            charge: id(w.charge, "charge")?,
            kind: charge_kind(w.kind)?,
            amount: w.amount,
            due_on: w.due_on,
        },
        W::RepaymentReturned(w) => Fact::RepaymentReturned {
            loan: id(w.loan, "loan")?,
            chargeback: id(w.chargeback, "chargeback")?,
            amount: w.amount,
            charged: w.charged,
            rest: w.rest,
        },
        W::LoanDrawnMore(w) => Fact::LoanDrawnMore {
            loan: id(w.loan, "loan")?,
            amount: w.amount,
            at_once: w.at_once,
            charged: w.charged,
            rest: w.rest,
        },
        W::LoanChargeWaived(w) => Fact::LoanChargeWaived {
            loan: id(w.loan, "loan")?,
            charge: id(w.charge, "charge")?,
            amount: w.amount,
        },
        _ => return Err("fact"),
    })
}

pub(in crate::codec) fn row(w: &v1::LoanRow) -> Field<Loan> {
    let last = u32::try_from(TIME_MS_MAX / DAY_MS).unwrap_or(u32::MAX);
    let drawn = w.drawn.as_ref().ok_or("drawn")?;
    let terms = terms(drawn)?;
    ensure((1..=TERMS_MAX).contains(&terms.count) && terms.rate.out_of_range().is_none(), "terms")?;
    ensure(drawn.amount <= AMOUNT_MAX && w.owed <= drawn.amount && w.due <= w.owed, "owed")?;
    ensure(terms.at_once <= drawn.amount && terms.split.fits(AMOUNT_MAX), "at_once")?;
    ensure(w.interest <= AMOUNT_MAX && w.early <= w.interest, "interest")?;
    ensure(w.rest < 1_000_000 && w.drawn_on <= last && w.fallen_due <= last, "drawn_on")?;
    let charges = w.charges.iter().map(charge_row).collect::<Field<Vec<LoanCharge>>>()?;
    ensure(charges.len() <= LOAN_CHARGES_MAX, "charges")?;
    ensure(charges.is_sorted_by_key(|charge| charge.due_on), "charges")?;
    let chargebacks = w.chargebacks.iter().map(|number| id(Some(*number), "chargebacks"));
    let chargebacks = chargebacks.collect::<Field<Vec<Id>>>()?;
    ensure(chargebacks.len() <= LOAN_CHARGEBACKS_MAX && w.fresh <= w.due, "chargebacks")?;
    let sum = |parts: &[u64]| parts.iter().try_fold(0u64, |sum, part| sum.checked_add(*part));
    let all = w.parts.len() == terms.count as usize && w.open.len() == w.parts.len();
    let fits = all && sum(&w.open) == Some(w.owed - w.due);
    let fits = fits && sum(&w.parts).is_some_and(|sum| sum <= drawn.amount);
    let none = w.parts.is_empty() && w.open.is_empty() && terms.kind != LoanKind::Annuity;
    ensure(fits || none, "parts")?;
    ensure(w.debited_on <= last, "debited_on")?;
    Ok(Loan {
        loan: id(drawn.loan, "loan")?,
        user: w.user,
        amount: drawn.amount,
        terms,
        drawn_on: w.drawn_on,
        fallen_due: w.fallen_due,
        owed: w.owed,
        due: w.due,
        interest: w.interest,
        early: w.early,
        counted_on: w.counted_on,
        rest: w.rest,
        late_since: w.late_since,
        missed: w.missed,
        state: u32::try_from(w.state).ok().and_then(LoanState::of).ok_or("state")?,
        charges,
        fresh: w.fresh,
        parts: w.parts.clone(),
        open: w.open.clone(),
        chargebacks,
        debited_on: w.debited_on,
    })
}

fn charge_row(w: &v1::LoanChargeRow) -> Field<LoanCharge> {
    let settled = w.paid.checked_add(w.waived).ok_or("charges")?;
    ensure(w.amount <= AMOUNT_MAX && settled <= w.amount, "charges")?;
    Ok(LoanCharge {
        charge: id(w.charge, "charge")?,
        kind: charge_kind(w.kind)?,
        amount: w.amount,
        due_on: w.due_on,
        paid: w.paid,
        waived: w.waived,
    })
}
