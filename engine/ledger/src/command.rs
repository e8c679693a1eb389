//! What a producer may ask: the domain form of every command (DOMAIN §4).
//!
//! Amounts are minor units with their currency, times are milliseconds since 1970 (UTC), dates are
//! days since 1970. Text has been checked for shape before it gets here; rules check the rest.

mod accounts;
mod authorization;
mod campaigns;
mod credit;
mod dispute;
mod funding;
mod invoices;
mod payments;
mod reference;
mod rental;
mod transfers;
mod treasury;

pub use accounts::*;
pub use authorization::*;
pub use campaigns::*;
pub use credit::*;
pub use dispute::*;
pub use funding::*;
pub use invoices::*;
pub use payments::*;
pub use reference::Reference;
pub use rental::*;
pub use transfers::*;
pub use treasury::*;

use crate::id::Id;

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
    FundCampaign(FundCampaign),
    CloseCampaign(CloseCampaign),
    DefineCoupon(DefineCoupon),
    IssueCoupon(IssueCoupon),
    RevokeCoupon(RevokeCoupon),
    RequestInvoice(RequestInvoice),
    IssueInvoice(IssueInvoice),
    RejectInvoice(RejectInvoice),
    RedInvoice(RedInvoice),
    OpenDispute(OpenDispute),
    DefendDispute(DefendDispute),
    AcceptDispute(AcceptDispute),
    CancelDispute(CancelDispute),
    JudgeDispute(JudgeDispute),
    FundCredit(FundCredit),
    RepayFunding(RepayFunding),
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
