//! Wire to domain: cash loans.

use super::fields::*;
use groat_ledger::instalments::TERMS_MAX;
use groat_ledger::limits::{AMOUNT_MAX, DAY_MS, TIME_MS_MAX};
use groat_ledger::{DrawLoan, Fact, Loan, LoanKind, LoanState, LoanTerms};
use groat_proto::v1::{self, event};

fn kind(number: i32) -> Field<LoanKind> {
    u32::try_from(number).ok().and_then(LoanKind::of).ok_or("kind")
}

pub(super) fn draw(w: &v1::DrawLoan) -> Field<DrawLoan> {
    Ok(DrawLoan {
        user: id(w.user, "user")?,
        loan: id(w.loan, "loan")?,
        amount: money(w.amt, "amt")?,
        terms: LoanTerms { count: w.terms, day_ppm: w.day_ppm, kind: kind(w.kind)? },
    })
}

fn terms(w: &v1::LoanDrawn) -> Field<LoanTerms> {
    Ok(LoanTerms { count: w.terms, day_ppm: w.day_ppm, kind: kind(w.kind)? })
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
