//! Wire to domain: commands and events of authorizations, rentals and credit.

use super::fields::*;
use groat_ledger::{
    self as domain, Admission, Body, CaptureMode, CreditBasis, CreditTerms, Currency, DayRule,
    Fact, FreezeReason, RentTerm, RentUnit, RentalTerms,
};
use groat_proto::v1::{self, assess_rental, event};

pub(in crate::codec) fn authorize_funds(w: &v1::AuthorizeFunds) -> Field<Body> {
    let amount = money(w.amt, "amt")?;
    Ok(Body::AuthorizeFunds(domain::AuthorizeFunds {
        auth: id(w.auth, "auth")?,
        out_order_no: reference(&w.out_order_no, "out_order_no")?,
        out_request_no: reference(&w.out_request_no, "out_request_no")?,
        user: id(w.user, "user")?,
        merchant: id(w.merchant, "merchant")?,
        amount,
        credit: part_of(w.credit_amt, amount.currency, "credit_amt")?.unwrap_or(0),
        timeout_s: w.timeout_s,
    }))
}

pub(in crate::codec) fn capture(w: &v1::CaptureAuthorization) -> Field<Body> {
    Ok(Body::CaptureAuthorization(domain::CaptureAuthorization {
        auth: id(w.auth, "auth")?,
        out_trade_no: reference(&w.out_trade_no, "out_trade_no")?,
        amount: money(w.amt, "amt")?,
        mode: match known::<v1::CaptureMode>(w.mode, "mode")? {
            v1::CaptureMode::Unspecified | v1::CaptureMode::NotComplete => CaptureMode::NotComplete,
            v1::CaptureMode::Complete => CaptureMode::Complete,
        },
    }))
}

pub(in crate::codec) fn unfreeze(w: &v1::UnfreezeFunds) -> Field<Body> {
    Ok(Body::UnfreezeFunds(domain::UnfreezeFunds {
        auth: id(w.auth, "auth")?,
        out_request_no: reference(&w.out_request_no, "out_request_no")?,
        amount: money(w.amt, "amt")?,
        biz_complete: w.biz_complete,
    }))
}

pub(in crate::codec) fn create_rental(w: &v1::CreateRental) -> Field<domain::CreateRental> {
    Ok(domain::CreateRental {
        rental: id(w.rental, "rental")?,
        out_order_no: reference(&w.out_order_no, "out_order_no")?,
        merchant: id(w.merchant, "merchant")?,
        user: id(w.user, "user")?,
        terms: Box::new(rental_terms(w)?),
    })
}

/// The facts of what comes back of an advance; none for any other.
pub(super) fn of_advance(wire: &event::Fact) -> Field<Fact> {
    Ok(match wire {
        event::Fact::AdvanceRepaid(w) => Fact::AdvanceRepaid {
            rental: id(w.rental, "rental")?,
            amount: w.amount,
            on_credit: w.on_credit,
        },
        event::Fact::AdvanceReturned(w) => Fact::AdvanceReturned {
            rental: id(w.rental, "rental")?,
            to_platform: w.to_platform,
            to_credit: w.to_credit,
            surplus: w.surplus,
            to_balance: w.to_balance,
            from_own_batch: w.from_own_batch,
            from_available: w.from_available,
            from_open_batch: w.from_open_batch,
            open_batch: w.open_batch,
        },
        _ => return Err("fact"),
    })
}

pub(in crate::codec) fn rental_terms(w: &v1::CreateRental) -> Field<RentalTerms> {
    let deposit = money(w.deposit, "deposit")?;
    let part = |wire, field| part_of(wire, deposit.currency, field);
    let term = |w: &v1::RentTerm| -> Field<RentTerm> {
        Ok(RentTerm {
            due_at: w.due_at,
            amount: part(w.amt, "plan")?.ok_or("plan")?,
            buyout: part(w.buyout, "plan")?,
        })
    };
    Ok(RentalTerms {
        item: optional_id(w.item),
        deposit,
        rent: part(w.rent, "rent")?.unwrap_or(0),
        unit: match known::<v1::RentUnit>(w.unit, "unit")? {
            v1::RentUnit::Unspecified => return Err("unit"),
            v1::RentUnit::Hour => RentUnit::Hour,
            v1::RentUnit::Day => RentUnit::Day,
            v1::RentUnit::Fixed => RentUnit::Fixed,
            v1::RentUnit::Use => RentUnit::Use,
        },
        day_rule: match known::<v1::DayRule>(w.day_rule, "day_rule")? {
            v1::DayRule::Unspecified | v1::DayRule::Elapsed => DayRule::Elapsed,
            v1::DayRule::Calendar => DayRule::Calendar,
        },
        day_cap: part(w.day_cap, "day_cap")?,
        borrow_at: time(w.borrow_at, "borrow_at")?,
        expiry_at: time(w.expiry_at, "expiry_at")?,
        grace_s: w.grace_s,
        late_ppm: w.late_ppm.unwrap_or(1_500_000),
        late_price: part(w.late_price, "late_price")?,
        plan: w.plan.iter().map(term).collect::<Field<_>>()?,
        deposit_fallback: w.deposit_fallback,
        risk_amount: part(w.risk_amount, "risk_amount")?,
        guaranteed: w.guaranteed,
        credit_first: w.credit_first,
        lost_after_days: w.lost_after_days.unwrap_or(30),
    })
}

pub(in crate::codec) fn assess_rental(w: &v1::AssessRental) -> Field<Body> {
    Ok(Body::AssessRental(domain::AssessRental {
        rental: id(w.rental, "rental")?,
        score: w.score,
        decision: match w.decision.ok_or("decision")? {
            assess_rental::Decision::Full(_) => Admission::Full,
            assess_rental::Decision::Partial(part) => {
                Admission::Partial(money(part.waived, "waived")?)
            }
            assess_rental::Decision::Declined(_) => Admission::Declined,
        },
    }))
}

pub(in crate::codec) fn settle_rental(w: &v1::SettleRental) -> Field<Body> {
    Ok(Body::SettleRental(domain::SettleRental {
        rental: id(w.rental, "rental")?,
        total: w.total.map(|total| money(Some(total), "total")).transpose()?,
        allow_partial: w.allow_partial,
    }))
}

pub(in crate::codec) fn grant(w: &v1::GrantCreditLine) -> Field<domain::GrantCreditLine> {
    let limit = money(w.limit, "limit")?;
    Ok(domain::GrantCreditLine {
        user: id(w.user, "user")?,
        limit,
        terms: credit_terms(w, limit.currency)?,
    })
}

fn credit_terms(w: &v1::GrantCreditLine, currency: Currency) -> Field<CreditTerms> {
    Ok(CreditTerms {
        statement_day: w.statement_day,
        due_day: w.due_day,
        min_bps: w.min_bps.unwrap_or(1_000),
        day_ppm: w.day_ppm.unwrap_or(500),
        late_fee_ppm: w.late_fee_ppm,
        grace_days: w.grace_d.unwrap_or(3),
        tolerance: part_of(w.tolerance, currency, "tolerance")?.unwrap_or(currency.major(10)),
        billing: w
            .billing
            .as_ref()
            .map(|billing| super::credit::billing_terms(billing, currency))
            .transpose()?,
    })
}

pub(in crate::codec) fn freeze_reason(value: i32) -> Field<FreezeReason> {
    match known::<v1::FreezeReason>(value, "reason")? {
        v1::FreezeReason::Unspecified => Err("reason"),
        v1::FreezeReason::Manual => Ok(FreezeReason::Manual),
        v1::FreezeReason::Overdue => Ok(FreezeReason::Overdue),
        v1::FreezeReason::Risk => Ok(FreezeReason::Risk),
    }
}

pub(in crate::codec) fn credit_basis(value: i32) -> Field<CreditBasis> {
    Ok(match known::<v1::CreditBasis>(value, "basis")? {
        v1::CreditBasis::Line => CreditBasis::Line,
        v1::CreditBasis::Waiver => CreditBasis::Waiver,
    })
}

pub(in crate::codec) fn funds_authorized(w: &v1::FundsAuthorized) -> Field<Fact> {
    Ok(Fact::FundsAuthorized {
        auth: id(w.auth, "auth")?,
        out_order_no: reference(&w.out_order_no, "out_order_no")?,
        user: id(w.user, "user")?,
        merchant: id(w.merchant, "merchant")?,
        currency: currency(w.currency, "currency")?,
        fund: w.fund,
        credit: w.credit,
        basis: credit_basis(w.basis)?,
        expires_at: w.expires_at,
        out_request_no: reference(&w.out_request_no, "out_request_no")?,
    })
}

pub(in crate::codec) fn funds_released(w: &v1::FundsReleased) -> Field<Fact> {
    Ok(Fact::FundsReleased {
        auth: id(w.auth, "auth")?,
        fund: w.fund,
        credit: w.credit,
        out_request_no: optional_reference(&w.out_request_no, "out_request_no")?,
        biz_complete: w.biz_complete,
    })
}

pub(in crate::codec) fn rental_created(w: &v1::CreateRental) -> Field<Fact> {
    let domain::CreateRental { rental, out_order_no, merchant, user, terms } = create_rental(w)?;
    ensure(terms.plan.len() <= groat_ledger::limits::PLAN_TERMS_MAX, "plan")?;
    Ok(Fact::RentalCreated { rental, out_order_no, merchant, user, terms })
}

pub(in crate::codec) fn line_granted(w: &v1::GrantCreditLine) -> Field<Fact> {
    let domain::GrantCreditLine { user, limit, terms } = grant(w)?;
    Ok(Fact::CreditLineGranted { user, limit, terms })
}
