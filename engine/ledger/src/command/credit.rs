//! Commands of virtual credit (DOMAIN §4.5).

use crate::command::Reference;
use crate::id::Id;
use crate::instalments::{CHARGES_FIRST, PRINCIPAL_FIRST, Part};
use crate::money::Money;

/// Grants a user a line of credit.
#[derive(Clone, PartialEq, Debug)]
pub struct GrantCreditLine {
    /// To whom; identity class 2 or 3.
    pub user: Id,
    /// How much may be owed.
    pub limit: Money,
    /// What was agreed.
    pub terms: CreditTerms,
}

/// What was agreed about a line of credit: product data, not constants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CreditTerms {
    /// Day of the month on which statements are cut, 1 to 28.
    pub statement_day: u32,
    /// Day of the month on which they are due, 1 to 28: the first such day after the statement.
    pub due_day: u32,
    /// Least part of a statement to pay, in ten-thousandths.
    pub min_bps: u32,
    /// Daily interest, in millionths.
    pub day_ppm: u32,
    /// Late fee, in millionths of the unpaid minimum.
    pub late_fee_ppm: u32,
    /// Days of grace after the due date.
    pub grace_days: u32,
    /// What may stay unpaid without consequence, in minor units.
    pub tolerance: u64,
    /// How it is billed; a line without it never is, and owes principal only.
    pub billing: Option<BillingTerms>,
}

/// How a line is billed, beside its days and rates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BillingTerms {
    /// What a repayment pays first; each part once.
    pub order: [Part; 4],
    /// What it pays first of a debt that is late for long; each part once.
    pub late_order: [Part; 4],
    /// From which day after the due date that is; 0 is never.
    pub late_order_from_day: u32,
    /// Most of one late fee, in minor units; 0 is no bound but the unpaid minimum itself.
    pub late_fee_max: u64,
    /// The clock debits what is due of statements from the balance.
    pub auto_debit: bool,
    /// Since when nights bear interest once grace is missed.
    pub interest_from: InterestFrom,
    /// Minutes after the chain's day at which the days of the line and of its loans begin, less
    /// than a day. What is due with a day falls due then, so lines can share a day's end out.
    pub day_begins_min: u16,
}

/// Since when nights bear interest once grace is missed, each on what was owed of the statement
/// when it began. The numbers stand on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum InterestFrom {
    /// The due date: what was paid by then bears none.
    #[default]
    DueDate = 0,
    /// The day of the statement: what is paid by the due date bears some too. Where nothing but
    /// charges is left when grace is over, it is not missed.
    StatementDay = 1,
}

impl Default for BillingTerms {
    fn default() -> BillingTerms {
        BillingTerms {
            order: CHARGES_FIRST,
            late_order: PRINCIPAL_FIRST,
            late_order_from_day: 0,
            late_fee_max: 0,
            auto_debit: false,
            interest_from: InterestFrom::DueDate,
            day_begins_min: 0,
        }
    }
}

impl InterestFrom {
    /// The one of a number.
    pub fn of(number: u32) -> Option<InterestFrom> {
        let all = [InterestFrom::DueDate, InterestFrom::StatementDay];
        all.into_iter().find(|from| *from as u32 == number)
    }
}

/// Raises or cuts a limit.
#[derive(Clone, PartialEq, Debug)]
pub struct AdjustLimit {
    /// Whose.
    pub user: Id,
    /// The new limit.
    pub limit: Money,
}

/// Stops new purchases on credit.
#[derive(Clone, PartialEq, Debug)]
pub struct FreezeCreditLine {
    /// Whose.
    pub user: Id,
    /// Why.
    pub reason: FreezeReason,
}

/// Why a line is frozen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FreezeReason {
    /// By a person.
    Manual,
    /// For a debt past due.
    Overdue,
    /// By risk control.
    Risk,
}

/// Allows purchases again.
#[derive(Clone, PartialEq, Debug)]
pub struct UnfreezeCreditLine {
    /// Whose.
    pub user: Id,
    /// Why.
    pub reason: Reference,
}

/// Ends a line of which nothing is owed or held.
#[derive(Clone, PartialEq, Debug)]
pub struct CloseCreditLine {
    /// Whose.
    pub user: Id,
    /// Why.
    pub reason: Reference,
}

/// Pays back from the balance.
#[derive(Clone, PartialEq, Debug)]
pub struct RepayCredit {
    /// Who.
    pub user: Id,
    /// How much; at most what is owed.
    pub amount: Money,
    /// The plan or loan that is paid ahead or back; none is the bill of the line.
    pub target: Id,
}

/// Gives part of a merchant's reserve back to it, where the clock does not.
#[derive(Clone, PartialEq, Debug)]
pub struct ReleaseReserve {
    /// The merchant.
    pub merchant: Id,
    /// How much.
    pub amount: Money,
}
