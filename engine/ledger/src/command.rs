//! What a producer may ask: the domain form of every command (DOMAIN §4).
//!
//! Amounts are minor units with their currency, times are milliseconds since 1970 (UTC), dates are
//! days since 1970. Text has been checked for shape before it gets here; rules check the rest.

mod authorization;
mod credit;
mod rental;

pub use authorization::*;
pub use credit::*;
pub use rental::*;

use crate::account::Class;
use crate::id::Id;
use crate::limits::REFERENCE_CHARS_MAX;
use crate::money::{Currency, Money};
use std::fmt;

/// One command with the id that makes it happen once.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    /// UUIDv7 or ULID chosen by the producer.
    pub id: Id,
    /// What is asked.
    pub body: Body,
}

/// Every command there is.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "each variant is documented on its struct")]
pub enum Body {
    OpenLedgerAccount(OpenLedgerAccount),
    PostTransfer(PostTransfer),
    RegisterApp(RegisterApp),
    OpenUser(OpenUser),
    OnboardMerchant(OnboardMerchant),
    SetLimits(SetLimits),
    RestrictAccount(RestrictAccount),
    LiftRestriction(LiftRestriction),
    PlaceHold(PlaceHold),
    ReleaseHold(ReleaseHold),
    SeizeHold(SeizeHold),
    CloseAccount(CloseAccount),
    ConfirmTopUp(ConfirmTopUp),
    Transfer(Transfer),
    RequestPayout(RequestPayout),
    ConfirmPayout(ConfirmPayout),
    FailPayout(FailPayout),
    MatchReceipt(MatchReceipt),
    PostAdjustment(PostAdjustment),
    AdvanceClock(AdvanceClock),
    CreatePayment(CreatePayment),
    PayPayment(PayPayment),
    ClosePayment(ClosePayment),
    CancelPayment(CancelPayment),
    RefundPayment(RefundPayment),
    AuthorizeFunds(AuthorizeFunds),
    CaptureAuthorization(CaptureAuthorization),
    UnfreezeFunds(UnfreezeFunds),
    CancelAuthorization(CancelAuthorization),
    CreateRental(CreateRental),
    AssessRental(AssessRental),
    SecureDeposit(SecureDeposit),
    StartRental(StartRental),
    ExtendRental(ExtendRental),
    ReturnRental(ReturnRental),
    ClaimDamage(ClaimDamage),
    ReduceCharge(ReduceCharge),
    SettleRental(SettleRental),
    CollectRental(CollectRental),
    BuyOutRental(BuyOutRental),
    DeclareLost(DeclareLost),
    CancelRental(CancelRental),
    GrantCreditLine(GrantCreditLine),
    AdjustLimit(AdjustLimit),
    FreezeCreditLine(FreezeCreditLine),
    UnfreezeCreditLine(UnfreezeCreditLine),
    CloseCreditLine(CloseCreditLine),
    RepayCredit(RepayCredit),
    ReleaseReserve(ReleaseReserve),
}

/// An external reference: 1 to 64 characters `[A-Za-z0-9_-]` (DOMAIN §2).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Reference(Box<str>);

impl Reference {
    /// `None` when the text is empty, too long or has other characters.
    pub fn new(text: &str) -> Option<Reference> {
        let clean = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let fits = (1..=REFERENCE_CHARS_MAX).contains(&text.len());
        (clean && fits).then(|| Reference(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose account is meant where any owner may stand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Owner {
    /// A user.
    User(Id),
    /// A merchant.
    Merchant(Id),
    /// An account of `OpenLedgerAccount`.
    Ledger(Id),
}

/// Opens an account of the primitive ledger.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenLedgerAccount {
    /// Its id, new among ledger accounts.
    pub account: Id,
    /// Its currency.
    pub currency: Currency,
    /// Which side may not go below zero.
    pub constraint: Constraint,
    /// Movements are also emitted as `account_moved` settlements.
    pub history: bool,
}

/// Which balance of a ledger account may not go below zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Constraint {
    /// No constraint.
    None,
    /// Debits must not exceed credits.
    DebitsWithinCredits,
    /// Credits must not exceed debits.
    CreditsWithinDebits,
}

/// Moves an amount between two ledger accounts; the command's id is the transfer's id.
#[derive(Clone, PartialEq, Debug)]
pub struct PostTransfer {
    /// Account debited. None with [`Phase::Post`] or [`Phase::Void`]: taken from the pending one.
    pub debit: Id,
    /// Account credited; as `debit`.
    pub credit: Id,
    /// The amount; none with `Post` means all of it, and with `Void` there is none.
    pub amount: Option<Money>,
    /// What is done.
    pub phase: Phase,
}

/// The phases of a transfer of the primitive ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// At once; `balancing` lowers the amount to what is there.
    Single(Balancing),
    /// Reserves the amount on both accounts, until posted, voided or timed out.
    Pending {
        /// Lowers the amount to what is there.
        balancing: Balancing,
        /// Seconds until it is voided by the clock; 0 is never.
        timeout_s: u32,
    },
    /// Posts all or part of a pending transfer and releases the rest.
    Post {
        /// The pending transfer's id.
        pending: Id,
    },
    /// Releases a pending transfer.
    Void {
        /// The pending transfer's id.
        pending: Id,
    },
}

/// "Up to what is there": which account's balance bounds the amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Balancing {
    /// The amount as given.
    None,
    /// At most what the debit account's credits leave.
    Debit,
    /// At most what the credit account's debits leave.
    Credit,
    /// At most the lower of both.
    Both,
}

/// Registers a third-party app.
#[derive(Clone, PartialEq, Debug)]
pub struct RegisterApp {
    /// The app, new.
    pub app: Id,
    /// Names the key its commands are signed with.
    pub key: Id,
    /// What it may do.
    pub scopes: Vec<Reference>,
}

/// Opens a user with a balance account.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenUser {
    /// The user, new.
    pub user: Id,
    /// Identity class 1 to 3 (DOMAIN §1.9).
    pub kyc_class: u8,
    /// The currency of the balance.
    pub currency: Currency,
}

/// Opens a merchant with its terms.
#[derive(Clone, PartialEq, Debug)]
pub struct OnboardMerchant {
    /// The merchant, new.
    pub merchant: Id,
    /// Its terms.
    pub terms: MerchantTerms,
}

/// What was agreed with a merchant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MerchantTerms {
    /// Service fee, in millionths of the receipts.
    pub fee_ppm: u32,
    /// Whether refunds return their part of the fee.
    pub fee_refund: FeeRefund,
    /// T+n: days from the business date to settlement.
    pub cycle_days: u32,
    /// Part of each settlement kept as reserve, in ten-thousandths.
    pub reserve_bps: u32,
    /// Days after settlement when the clock releases the reserve; 0 is never by the clock.
    pub reserve_days: u32,
    /// Cap of profit sharing, in ten-thousandths of the order.
    pub royalty_cap_bps: u32,
    /// Days after payment in which refunds are possible.
    pub refund_days: u32,
    /// The currency of sales and settlement.
    pub settle_currency: Currency,
}

/// What happens to the service fee when a payment is refunded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeeRefund {
    /// Returned in proportion to the refund.
    Proportional,
    /// Kept.
    None,
}

/// Sets or replaces limits for a scope.
#[derive(Clone, PartialEq, Debug)]
pub struct SetLimits {
    /// To whom they apply.
    pub scope: LimitScope,
    /// In which currency they are counted.
    pub currency: Currency,
    /// The limits.
    pub limits: Limits,
}

/// To whom limits apply.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LimitScope {
    /// One user.
    User(Id),
    /// Every user of an identity class.
    KycClass(u8),
    /// Every user, for payments with a code of this kind; only `day` counts.
    CodeKind(CodeKind),
}

/// Limits in minor units on what a user spends from the balance; `None` is no limit.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Limits {
    /// Per transaction.
    pub single: Option<u64>,
    /// Per business date.
    pub day: Option<u64>,
    /// Per calendar month of business dates.
    pub month: Option<u64>,
    /// Per calendar year of business dates.
    pub year: Option<u64>,
    /// Ever.
    pub lifetime: Option<u64>,
    /// On the balance itself.
    pub balance_cap: Option<u64>,
}

/// What a restriction blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Block {
    /// Money out.
    Debit,
    /// Money in.
    Credit,
    /// Both.
    All,
}

/// Blocks money out of, or into, an owner's accounts.
#[derive(Clone, PartialEq, Debug)]
pub struct RestrictAccount {
    /// Whose accounts.
    pub account: Owner,
    /// What is blocked.
    pub block: Block,
    /// The case that asks for it.
    pub case: Reference,
}

/// Lifts what [`RestrictAccount`] blocked.
#[derive(Clone, PartialEq, Debug)]
pub struct LiftRestriction {
    /// Whose accounts.
    pub account: Owner,
    /// What is unblocked.
    pub block: Block,
    /// The case that asked for it.
    pub case: Reference,
}

/// Puts part of a user's balance under compliance hold.
#[derive(Clone, PartialEq, Debug)]
pub struct PlaceHold {
    /// The hold, new.
    pub hold: Id,
    /// Whose balance.
    pub user: Id,
    /// How much.
    pub amount: Money,
}

/// Gives part or all of a hold back to the user.
#[derive(Clone, PartialEq, Debug)]
pub struct ReleaseHold {
    /// The hold.
    pub hold: Id,
    /// Whose it is.
    pub user: Id,
    /// How much.
    pub amount: Money,
}

/// Pays what is left of a hold out of the bank on a legal order.
#[derive(Clone, PartialEq, Debug)]
pub struct SeizeHold {
    /// The hold.
    pub hold: Id,
    /// The legal order.
    pub order_ref: Reference,
}

/// Closes an owner's accounts for good.
#[derive(Clone, PartialEq, Debug)]
pub struct CloseAccount {
    /// Whose accounts.
    pub account: Owner,
}

/// Money of a user has reached the bank.
#[derive(Clone, PartialEq, Debug)]
pub struct ConfirmTopUp {
    /// Whose balance rises.
    pub user: Id,
    /// By how much.
    pub amount: Money,
    /// The bank's reference, unseen.
    pub bank_ref: Reference,
    /// Which bank; none is the house bank.
    pub bank: Id,
}

/// Moves balance from one user to another.
#[derive(Clone, PartialEq, Debug)]
pub struct Transfer {
    /// Who pays.
    pub from: Id,
    /// Who is paid.
    pub to: Id,
    /// How much.
    pub amount: Money,
}

/// Asks for money to be sent to the owner's bank.
#[derive(Clone, PartialEq, Debug)]
pub struct RequestPayout {
    /// The payout, new.
    pub payout: Id,
    /// A user or a merchant.
    pub owner: Owner,
    /// How much arrives.
    pub amount: Money,
    /// How much the owner pays for it, in minor units of the same currency.
    pub fee: u64,
}

/// The bank has paid.
#[derive(Clone, PartialEq, Debug)]
pub struct ConfirmPayout {
    /// The payout.
    pub payout: Id,
    /// Which bank; none is the house bank.
    pub bank: Id,
}

/// The bank has not paid; the owner gets amount and fee back.
#[derive(Clone, PartialEq, Debug)]
pub struct FailPayout {
    /// The payout.
    pub payout: Id,
    /// Why.
    pub reason: Reference,
}

/// Money has reached the bank and its owner is not known yet, or now is.
#[derive(Clone, PartialEq, Debug)]
pub struct MatchReceipt {
    /// The bank's reference: unseen without a target, seen with one.
    pub bank_ref: Reference,
    /// How much.
    pub amount: Money,
    /// Which bank; none is the house bank.
    pub bank: Id,
    /// A user or merchant to whom it belongs, once known.
    pub target: Option<Owner>,
}

/// A general journal entry with any number of lines.
#[derive(Clone, PartialEq, Debug)]
pub struct PostAdjustment {
    /// The lines; they balance per currency.
    pub entries: Vec<EntryLine>,
    /// Why.
    pub reason: Reference,
    /// Who made it.
    pub maker: Id,
    /// Who approved it: somebody else.
    pub approver: Id,
}

/// One line of an adjustment: a debit or a credit on one account.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EntryLine {
    /// The account's class.
    pub class: Class,
    /// The account's owner; none for the house.
    pub owner: Id,
    /// Debit or credit.
    pub side: Side,
    /// How much.
    pub amount: Money,
}

/// The two sides of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Left.
    Debit,
    /// Right.
    Credit,
}

/// Moves time forward; everything due by then happens first (DOMAIN §4.7).
#[derive(Clone, PartialEq, Debug)]
pub struct AdvanceClock {
    /// The new time, in milliseconds since 1970.
    pub to: u64,
}

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
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
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
    /// From what; the legs sum to the payment's amount.
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
}
