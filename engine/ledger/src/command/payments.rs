//! Commands of payments (DOMAIN §4.2).

use crate::command::{Bearer, PlanTerms, Reference, RoyaltyRefunds};
use crate::id::Id;
use crate::money::{Currency, Money};

/// Creates an order to be paid.
#[derive(Clone, PartialEq, Debug)]
pub struct CreatePayment {
    /// The payment, new.
    pub payment: Id,
    /// The merchant's own number, unique per merchant.
    pub out_trade_no: Reference,
    /// Who is paid.
    pub merchant: Id,
    /// How the payer meets the merchant.
    pub mode: PayMode,
    /// The kind of code shown.
    pub code_kind: CodeKind,
    /// The digits of the payer's code, in mode `UserPresented`.
    pub auth_code: Option<Reference>,
    /// How much.
    pub amount: Money,
    /// The part that discounts may apply to, in minor units of the same currency.
    pub discountable: Option<u64>,
    /// The part that they may not.
    pub undiscountable: Option<u64>,
    /// Seconds to pay.
    pub timeout_s: u32,
    /// At whose price the payer pays, in another currency; none, in that of the order.
    pub quote: Id,
    /// What the merchant receives is frozen until it is shared.
    pub royalty_freeze: bool,
    /// The coupon that it is paid with, locked until it is; or none.
    pub coupon: Id,
}

/// How the payer meets the merchant (DOMAIN §1.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PayMode {
    /// The payer scans the merchant's code.
    MerchantPresented,
    /// The merchant scans the payer's code.
    UserPresented,
    /// Within an app.
    InApp,
    /// Under a standing agreement.
    Agreement,
}

/// The kind of a QR code, by its security (DOMAIN §1.9).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CodeKind {
    /// No code.
    None,
    /// Printed once, the same for every payment.
    Static,
    /// Fresh for each payment, with the strongest verification.
    DynamicA,
    /// Fresh, with two factors.
    DynamicB,
    /// Fresh, with fewer.
    DynamicC,
}

/// Pays an order.
#[derive(Clone, PartialEq, Debug)]
pub struct PayPayment {
    /// The payment.
    pub payment: Id,
    /// Who pays.
    pub user: Id,
    /// The currency of the legs.
    pub currency: Currency,
    /// From what; the legs sum to what the payer pays: the payment's amount, at its quote if it has
    /// one.
    pub legs: Vec<Leg>,
}

/// A part of a payment from one source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leg {
    /// The source.
    pub source: LegSource,
    /// Minor units.
    pub amount: u64,
}

/// Where a leg's money comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LegSource {
    /// The user's balance.
    Balance,
    /// A card or bank acquirer, who has promised the money.
    Channel(Id),
    /// The user's line of credit.
    Credit,
    /// A coupon of the user, whole.
    Coupon(Id),
    /// The user's line of credit, billed in terms.
    Instalment(PlanTerms, Bearer),
    /// What is stored on a card of the user.
    StoredValue(Id),
    /// Points of a card of the user.
    Points(Id),
}

/// Closes an unpaid order.
#[derive(Clone, PartialEq, Debug)]
pub struct ClosePayment {
    /// The payment.
    pub payment: Id,
}

/// Undoes an order whatever its result: closes it unpaid, refunds it paid.
#[derive(Clone, PartialEq, Debug)]
pub struct CancelPayment {
    /// The payment.
    pub payment: Id,
}

/// Gives part or all of a payment back.
#[derive(Clone, PartialEq, Debug)]
pub struct RefundPayment {
    /// The payment.
    pub payment: Id,
    /// The merchant's number of this refund; the same number never refunds twice.
    pub out_request_no: Reference,
    /// How much.
    pub amount: Money,
    /// What is taken back of royalties for it.
    pub royalties: RoyaltyRefunds,
}
