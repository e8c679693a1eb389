//! Commands of deposit-free rental (DOMAIN §4.4).

use crate::command::Reference;
use crate::id::Id;
use crate::money::Money;

/// Agrees on a rental.
#[derive(Clone, PartialEq, Debug)]
pub struct CreateRental {
    /// The rental, new.
    pub rental: Id,
    /// The merchant's number, unique per merchant.
    pub out_order_no: Reference,
    /// Who rents out.
    pub merchant: Id,
    /// Who rents.
    pub user: Id,
    /// What is agreed; boxed, so that commands that come more often are small.
    pub terms: Box<RentalTerms>,
}

/// What is agreed about a rental. Amounts are minor units of the deposit's currency.
#[derive(Clone, PartialEq, Debug)]
pub struct RentalTerms {
    /// The thing rented, if it is one of a kind: it cannot be out twice.
    pub item: Id,
    /// Deposit, and ceiling of damage claims.
    pub deposit: Money,
    /// Price of a unit.
    pub rent: u64,
    /// What is counted.
    pub unit: RentUnit,
    /// How days are counted.
    pub day_rule: DayRule,
    /// Most per started 24 hours, with `Hour`.
    pub day_cap: Option<u64>,
    /// When it begins, in milliseconds since 1970; at most 30 days ago.
    pub borrow_at: u64,
    /// When it is to be back.
    pub expiry_at: u64,
    /// Seconds into a further unit that cost nothing.
    pub grace_s: u32,
    /// Price of a late day, in millionths of `rent`.
    pub late_ppm: u32,
    /// Price of a late day, over `late_ppm`.
    pub late_price: Option<u64>,
    /// Rent by terms instead of by use.
    pub plan: Vec<RentTerm>,
    /// A user who is not admitted may pay the deposit instead.
    pub deposit_fallback: bool,
    /// Most that all charges together may come to, if agreed.
    pub risk_amount: Option<u64>,
    /// The platform advances what the user cannot pay, up to the risk amount, or else the deposit.
    pub guaranteed: bool,
    /// Charges beyond the deposit go to credit before the balance.
    pub credit_first: bool,
    /// Days overdue after which it may be declared lost.
    pub lost_after_days: u32,
}

/// What rent is counted by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RentUnit {
    /// Started hours.
    Hour,
    /// Started days.
    Day,
    /// Once, for the agreed time.
    Fixed,
    /// Once, for the use.
    Use,
}

/// How days are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DayRule {
    /// Started stretches of 24 hours.
    Elapsed,
    /// Business dates crossed.
    Calendar,
}

/// One term of a rent plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RentTerm {
    /// When it is due, in milliseconds since 1970.
    pub due_at: u64,
    /// How much.
    pub amount: u64,
    /// Price of the thing at this term, less rent paid, if it may be bought.
    pub buyout: Option<u64>,
}

/// The answer of the credit score, as reported.
#[derive(Clone, PartialEq, Debug)]
pub struct AssessRental {
    /// The rental.
    pub rental: Id,
    /// The score, for the record.
    pub score: u32,
    /// What it means for the deposit.
    pub decision: Admission,
}

/// How much of a deposit the score stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admission {
    /// All of it.
    Full,
    /// This part of it.
    Partial(Money),
    /// Nothing.
    Declined,
}

/// Freezes the part of the deposit that was not waived.
#[derive(Clone, PartialEq, Debug)]
pub struct SecureDeposit {
    /// The rental.
    pub rental: Id,
}

/// The thing is handed over.
#[derive(Clone, PartialEq, Debug)]
pub struct StartRental {
    /// The rental.
    pub rental: Id,
    /// When, in milliseconds since 1970.
    pub at: u64,
}

/// More time.
#[derive(Clone, PartialEq, Debug)]
pub struct ExtendRental {
    /// The rental.
    pub rental: Id,
    /// When it is to be back now; not earlier than before.
    pub new_expiry: u64,
}

/// The thing is back: rent and late rent become charges.
#[derive(Clone, PartialEq, Debug)]
pub struct ReturnRental {
    /// The rental.
    pub rental: Id,
    /// When it came back, in milliseconds since 1970.
    pub restore_at: u64,
}

/// It came back damaged.
#[derive(Clone, PartialEq, Debug)]
pub struct ClaimDamage {
    /// The rental.
    pub rental: Id,
    /// How much; all claims together at most the deposit.
    pub amount: Money,
    /// The evidence.
    pub evidence: Reference,
}

/// Lowers a charge: what is unpaid of it, or after completion by giving back.
#[derive(Clone, PartialEq, Debug)]
pub struct ReduceCharge {
    /// The rental.
    pub rental: Id,
    /// Which charge, from 0.
    pub item: u32,
    /// By how much.
    pub amount: Money,
}

/// Charges what is owed: the frozen deposit first, then balance and credit.
#[derive(Clone, PartialEq, Debug)]
pub struct SettleRental {
    /// The rental.
    pub rental: Id,
    /// What the merchant reckons; must be charges less reductions.
    pub total: Option<Money>,
    /// Takes what there is instead of all or nothing beyond the deposit.
    pub allow_partial: bool,
}

/// Tries again to charge what is owed.
#[derive(Clone, PartialEq, Debug)]
pub struct CollectRental {
    /// The rental.
    pub rental: Id,
    /// Takes what there is instead of all or nothing.
    pub allow_partial: bool,
}

/// The user keeps the thing.
#[derive(Clone, PartialEq, Debug)]
pub struct BuyOutRental {
    /// The rental.
    pub rental: Id,
    /// At the price of this term of the plan, from 1.
    pub term_no: u32,
}

/// It will not come back.
#[derive(Clone, PartialEq, Debug)]
pub struct DeclareLost {
    /// The rental.
    pub rental: Id,
}

/// Ends a rental that has not started.
#[derive(Clone, PartialEq, Debug)]
pub struct CancelRental {
    /// The rental.
    pub rental: Id,
}
