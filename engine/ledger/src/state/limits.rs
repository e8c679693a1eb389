//! Limits, and what was spent under them. That limits hold is for the rules.

use crate::command::{CodeKind, LimitScope, Limits};
use crate::money::Currency;
use crate::state::year_and_month;
use crate::table::Row;

/// Sums of what a user spent from the balance in the windows that limits know. Saturating: a sum
/// beyond `u64` is beyond every limit.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Usage {
    /// Business date of `day_sum` and `code_sums`.
    pub day: u32,
    /// Spent on that date.
    pub day_sum: u64,
    /// Year × 12 + month of `month_sum`.
    pub month: u32,
    /// Spent in that month.
    pub month_sum: u64,
    /// Year of `year_sum`.
    pub year: u32,
    /// Spent in that year.
    pub year_sum: u64,
    /// Spent ever.
    pub lifetime: u64,
    /// Spent on `day` by code kind: static, A, B, C.
    pub code_sums: [u64; 4],
}

/// Limits of one scope in one currency.
#[derive(Clone, PartialEq, Debug)]
pub struct LimitRow {
    /// To whom they apply.
    pub scope: LimitScope,
    /// In which currency.
    pub currency: Currency,
    /// The limits.
    pub limits: Limits,
}

row!(LimitRow, (LimitScope, Currency), Any, self => (self.scope, self.currency));

/// What a user spent from the balance with one kind of code, since that kind was first given
/// limits in every window. Saturating, as [`Usage`], which has the day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeUse {
    /// Number in `users`.
    pub user: u32,
    /// The kind.
    pub kind: CodeKind,
    /// Year × 12 + month of `month_sum`.
    pub month: u32,
    /// Spent in that month.
    pub month_sum: u64,
    /// Year of `year_sum`.
    pub year: u32,
    /// Spent in that year.
    pub year_sum: u64,
    /// Spent ever.
    pub lifetime: u64,
}

row!(CodeUse, (u32, CodeKind), Any, self => (self.user, self.kind));

impl CodeUse {
    /// Nothing yet.
    pub fn new(user: u32, kind: CodeKind) -> CodeUse {
        CodeUse { user, kind, month: 0, month_sum: 0, year: 0, year_sum: 0, lifetime: 0 }
    }

    /// Counts a spending on a business date, starting windows that have rolled over.
    pub(crate) fn count(&mut self, date: u32, amount: u64) {
        let (year, month_of_year) = year_and_month(date);
        let month = year * 12 + month_of_year;
        if self.month != month {
            (self.month, self.month_sum) = (month, 0);
        }
        if self.year != year {
            (self.year, self.year_sum) = (year, 0);
        }
        self.month_sum = self.month_sum.saturating_add(amount);
        self.year_sum = self.year_sum.saturating_add(amount);
        self.lifetime = self.lifetime.saturating_add(amount);
    }
}
