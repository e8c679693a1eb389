//! What rates, percentages and numbers of days in commands may be. Rules refuse what is out of it
//! (`RateOutOfRange`), and whoever sent it is told the field.

use crate::command::{
    Body, CreditTerms, IssueInvoice, LegSource, LoanRate, MerchantTerms, PlanTerms, RoyaltyPart,
};
use crate::instalments::{Part, YearRate};
use crate::limits::{CYCLE_DAYS_MAX, REFUND_DAYS_MAX, RESERVE_DAYS_MAX};
use std::fmt;

/// A field of a command that is out of its range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfRange {
    /// Its name on the wire.
    pub field: &'static str,
    allowed: Allowed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Allowed {
    Between(u64, u64),
    If(&'static str),
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.allowed {
            Allowed::Between(least, most) => write!(f, "`{}`, {least} to {most}", self.field),
            Allowed::If(condition) => write!(f, "`{}`, {condition}", self.field),
        }
    }
}

const WHOLE_PPM: u64 = 1_000_000;
const WHOLE_BPS: u64 = 10_000;
/// Every month has so many.
const DAYS: u64 = 28;

fn between(field: &'static str, value: u32, least: u64, most: u64) -> Option<OutOfRange> {
    let fits = (least..=most).contains(&value.into());
    (!fits).then_some(OutOfRange { field, allowed: Allowed::Between(least, most) })
}

fn must(field: &'static str, holds: bool, condition: &'static str) -> Option<OutOfRange> {
    (!holds).then_some(OutOfRange { field, allowed: Allowed::If(condition) })
}

impl Body {
    /// The first field of it that is out of its range.
    pub fn out_of_range(&self) -> Option<OutOfRange> {
        match self {
            Body::OnboardMerchant(c) => c.terms.out_of_range(),
            Body::GrantCreditLine(c) => c.terms.out_of_range(),
            Body::ConvertToInstalments(c) => c.terms.out_of_range(),
            Body::PayPayment(c) => c.legs.iter().find_map(|leg| match leg.source {
                LegSource::Instalment(terms, _) => terms.out_of_range(),
                _ => None,
            }),
            Body::DrawLoan(c) => c.terms.rate.out_of_range(),
            Body::SplitPayment(c) => c.shares.iter().find_map(|share| share.part.out_of_range()),
            Body::IssueInvoice(c) => c.out_of_range(),
            _ => None,
        }
    }
}

impl MerchantTerms {
    pub(crate) fn out_of_range(&self) -> Option<OutOfRange> {
        between("fee_ppm", self.fee_ppm, 0, WHOLE_PPM)
            .or_else(|| between("reserve_bps", self.reserve_bps, 0, WHOLE_BPS))
            .or_else(|| between("royalty_cap_bps", self.royalty_cap_bps, 0, WHOLE_BPS))
            .or_else(|| between("cycle", self.cycle_days, 0, CYCLE_DAYS_MAX.into()))
            .or_else(|| between("reserve_days", self.reserve_days, 0, RESERVE_DAYS_MAX.into()))
            .or_else(|| between("refund_days", self.refund_days, 0, REFUND_DAYS_MAX.into()))
    }
}

impl CreditTerms {
    pub(crate) fn out_of_range(&self) -> Option<OutOfRange> {
        between("statement_day", self.statement_day, 1, DAYS)
            .or_else(|| between("due_day", self.due_day, 1, DAYS))
            .or_else(|| between("min_bps", self.min_bps, 0, WHOLE_BPS))
            .or_else(|| between("day_ppm", self.day_ppm, 0, WHOLE_PPM))
            .or_else(|| between("late_fee_ppm", self.late_fee_ppm, 0, WHOLE_PPM))
            .or_else(|| between("grace_d", self.grace_days, 0, DAYS))
            .or_else(|| self.bill_out_of_range())
    }

    /// Grace must be over before the next statement is cut. The shortest month counts.
    fn bill_out_of_range(&self) -> Option<OutOfRange> {
        let billing = self.billing?;
        let (cut, due) = (u64::from(self.statement_day), u64::from(self.due_day));
        let days_left = if due > cut { DAYS - due + cut } else { cut - due };
        let in_time = u64::from(self.grace_days) + 1 < days_left;
        let once = "each part of a debt once";
        must("due_day", in_time, "so that grace is over before the next statement is cut")
            .or_else(|| must("order", names_each_part(billing.order), once))
            .or_else(|| must("late_order", names_each_part(billing.late_order), once))
    }
}

/// Whether an order names each part of a debt once.
pub(crate) fn names_each_part(order: [Part; 4]) -> bool {
    let parts = [Part::Penalty, Part::Interest, Part::Fee, Part::Principal];
    parts.iter().all(|part| order.contains(part))
}

impl PlanTerms {
    pub(crate) fn out_of_range(&self) -> Option<OutOfRange> {
        between("fee_ppm", self.fee_ppm, 0, WHOLE_PPM)
    }
}

impl LoanRate {
    /// A day, or a term of a year, bears at most as much as is owed.
    pub fn out_of_range(self) -> Option<OutOfRange> {
        match self {
            LoanRate::Day(ppm) => between("day_ppm", ppm, 0, WHOLE_PPM),
            LoanRate::Year(YearRate { year_ppm, terms_a_year }) => {
                between("year_ppm", year_ppm, 0, u64::from(terms_a_year) * WHOLE_PPM)
            }
        }
    }
}

impl RoyaltyPart {
    pub(crate) fn out_of_range(&self) -> Option<OutOfRange> {
        match self {
            RoyaltyPart::Percent(part) => between("percent", *part, 1, 100),
            RoyaltyPart::Amount(_) => None,
        }
    }
}

impl IssueInvoice {
    pub(crate) fn out_of_range(&self) -> Option<OutOfRange> {
        self.lines.iter().find_map(|line| between("rate_bps", line.rate_bps, 0, WHOLE_BPS))
    }
}
