//! Commands on cash loans as a producer writes them.

use super::{Wire, money, order, part, some, split};
use groat_ledger::instalments::YearRate;
use groat_ledger::{Body, Every, LoanRate};
use groat_proto::v1;

pub(super) fn body(body: &Body) -> Wire {
    match body.clone() {
        Body::DrawLoan(c) => Wire::DrawLoan(v1::DrawLoan {
            user: some(c.user),
            loan: some(c.loan),
            amt: money(c.amount),
            terms: c.terms.count,
            day_ppm: match c.terms.rate {
                LoanRate::Day(ppm) => ppm,
                LoanRate::Year(_) => 0,
            },
            year_ppm: year(c.terms.rate).year_ppm,
            terms_a_year: year(c.terms.rate).terms_a_year,
            kind: c.terms.kind as i32,
            every_days: match c.terms.every {
                Every::Days(days) => days,
                Every::Months(_) => 0,
            },
            every_months: match c.terms.every {
                Every::Months(months) => months,
                Every::Days(_) => 0,
            },
            share_unit: part(split(c.terms.split).0, c.amount.currency),
            share_tie: split(c.terms.split).1,
            paid_ahead: c.terms.ahead as i32,
            at_once: part(c.terms.at_once, c.amount.currency),
            order: Some(order(c.terms.order)),
            ahead_order: Some(order(c.terms.ahead_order)),
            auto_debit: c.terms.auto_debit,
        }),
        Body::ChargeLoan(c) => Wire::ChargeLoan(v1::ChargeLoan {
            user: some(c.user),
            loan: some(c.loan),
            charge: some(c.charge),
            kind: c.kind as i32,
            amt: money(c.amount),
            due_on: c.due_on,
        }),
        Body::SetAutoDebit(c) => Wire::SetAutoDebit(v1::SetAutoDebit {
            user: some(c.user),
            target: some(c.target),
            on: c.on,
        }),
        Body::DrawMore(c) => Wire::DrawMore(v1::DrawMore {
            user: some(c.user),
            loan: some(c.loan),
            amt: money(c.amount),
            at_once: part(c.at_once, c.amount.currency),
        }),
        Body::ReturnRepayment(c) => Wire::ReturnRepayment(v1::ReturnRepayment {
            user: some(c.user),
            loan: some(c.loan),
            chargeback: some(c.chargeback),
            amt: money(c.amount),
        }),
        Body::WaiveLoanCharge(c) => Wire::WaiveLoanCharge(v1::WaiveLoanCharge {
            user: some(c.user),
            loan: some(c.loan),
            charge: some(c.charge),
        }),
        other => unreachable!("of another subject: {other:?}"),
    }
}

/// What nobody agreed is zero.
fn year(rate: LoanRate) -> YearRate {
    match rate {
        LoanRate::Day(_) => YearRate { year_ppm: 0, terms_a_year: 0 },
        LoanRate::Year(rate) => rate,
    }
}
