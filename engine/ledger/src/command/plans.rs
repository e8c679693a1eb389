//! Commands of instalment plans (DOMAIN §1.4, §4.5). A purchase is put in one by the leg
//! [`LegSource::Instalment`](crate::LegSource::Instalment) too.

use crate::id::Id;
use crate::instalments::Split;
use crate::money::Money;

/// What is agreed about a plan: product data, not constants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlanTerms {
    /// The plan, new.
    pub plan: Id,
    /// How many terms: 3, 6 or 12.
    pub terms: u32,
    /// The fee, in millionths of the amount.
    pub fee_ppm: u32,
    /// How the principal is cut into terms; the fee alike, but by the minor unit.
    pub split: Split,
}

/// Who pays the fee of a plan, all of it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Bearer {
    /// The user, a part with each term.
    #[default]
    User,
    /// The seller, when it is paid.
    Seller,
}

/// Puts what was bought on credit into a plan; the fee is the user's.
#[derive(Clone, PartialEq, Debug)]
pub struct ConvertToInstalments {
    /// Whose debt.
    pub user: Id,
    /// The purchase, not billed yet; none is the last statement.
    pub payment: Id,
    /// How much of it.
    pub amount: Money,
    /// The plan.
    pub terms: PlanTerms,
}

/// Pays what is left of a plan from the balance; its future fees are not charged.
#[derive(Clone, PartialEq, Debug)]
pub struct PrepayPlan {
    /// Whose.
    pub user: Id,
    /// The plan.
    pub plan: Id,
}
