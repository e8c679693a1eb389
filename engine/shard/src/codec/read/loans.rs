//! Wire to domain: cash loans.

use super::fields::*;
use groat_ledger::instalments::TERMS_MAX;
use groat_ledger::limits::{AMOUNT_MAX, DAY_MS, LOAN_TERM_DAYS, TIME_MS_MAX};
use groat_ledger::{Ahead, DrawLoan, Every, Fact, Loan, LoanKind, LoanState, LoanTerms};
use groat_proto::v1::{self, event};

fn kind(number: i32) -> Field<LoanKind> {
    u32::try_from(number).ok().and_then(LoanKind::of).ok_or("kind")
}

pub(super) fn draw(w: &v1::DrawLoan) -> Field<DrawLoan> {
    let amount = money(w.amt, "amt")?;
    let part = |part: Option<v1::Money>, field| match part {
        None => Ok(0),
        part => {
            let part = money(part, field)?;
            ensure(part.currency == amount.currency, field)?;
            Ok(part.amount)
        }
    };
    let terms = LoanTerms {
        every: every(w.every_days, w.every_months)?,
        share_unit: part(w.share_unit, "share_unit")?,
        ahead: ahead(w.paid_ahead)?,
        at_once: part(w.at_once, "at_once")?,
        ..LoanTerms::new(w.terms, w.day_ppm, kind(w.kind)?)
    };
    Ok(DrawLoan { user: id(w.user, "user")?, loan: id(w.loan, "loan")?, amount, terms })
}

fn terms(w: &v1::LoanDrawn) -> Field<LoanTerms> {
    Ok(LoanTerms {
        every: every(w.every_days, w.every_months)?,
        share_unit: w.share_unit,
        ahead: ahead(w.paid_ahead)?,
        at_once: w.at_once,
        ..LoanTerms::new(w.terms, w.day_ppm, kind(w.kind)?)
    })
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
        W::LoanOverdue(w) => Fact::LoanOverdue { loan: id(w.loan, "loan")?, unpaid: w.unpaid },
        W::LoanRepaid(w) => Fact::LoanRepaid {
            loan: id(w.loan, "loan")?,
            charged: w.charged,
            rest: w.rest,
            interest: w.interest,
            due: w.due,
            ahead: w.ahead,
        },
        W::LoanWrittenOff(w) => Fact::LoanWrittenOff {
            loan: id(w.loan, "loan")?,
            principal: w.principal,
            interest: w.interest,
        },
        _ => return Err("fact"),
    })
}

pub(in crate::codec) fn row(w: &v1::LoanRow) -> Field<Loan> {
    let last = u32::try_from(TIME_MS_MAX / DAY_MS).unwrap_or(u32::MAX);
    let drawn = w.drawn.as_ref().ok_or("drawn")?;
    let terms = terms(drawn)?;
    ensure((1..=TERMS_MAX).contains(&terms.count) && terms.day_ppm <= 1_000_000, "terms")?;
    ensure(drawn.amount <= AMOUNT_MAX && w.owed <= drawn.amount && w.due <= w.owed, "owed")?;
    ensure(terms.at_once <= drawn.amount && terms.share_unit <= AMOUNT_MAX, "at_once")?;
    ensure(w.interest <= AMOUNT_MAX && w.early <= w.interest, "interest")?;
    ensure(w.rest < 1_000_000 && w.drawn_on <= last && w.fallen_due <= last, "drawn_on")?;
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
        state: u32::try_from(w.state).ok().and_then(LoanState::of).ok_or("state")?,
    })
}
