//! What a producer may ask: the domain form of every command (DOMAIN §4).
//!
//! Amounts are minor units with their currency, times are milliseconds since 1970 (UTC), dates are
//! days since 1970. Text has been checked for shape before it gets here; rules check the rest.

mod accounts;
mod apps;
mod authorization;
mod campaigns;
mod cards;
mod credit;
mod debits;
mod dispute;
mod exchange;
mod funding;
mod invoices;
mod loans;
mod losses;
mod packets;
mod payments;
mod plans;
mod ranges;
mod reference;
mod rental;
mod royalty;
mod settlement;
mod transfers;
mod treasury;

pub use accounts::*;
pub use apps::*;
pub use authorization::*;
pub use campaigns::*;
pub use cards::*;
pub use credit::*;
pub use debits::*;
pub use dispute::*;
pub use exchange::*;
pub use funding::*;
pub use invoices::*;
pub use loans::*;
pub use losses::*;
pub use packets::*;
pub use payments::*;
pub use plans::*;
pub use ranges::OutOfRange;
pub(crate) use ranges::names_each_part;
pub use reference::Reference;
pub use rental::*;
pub use royalty::*;
pub use settlement::*;
pub use transfers::*;
pub use treasury::*;

use crate::id::Id;

/// One command with the id that makes it happen once.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    /// UUIDv7 or ULID chosen by the producer.
    pub id: Id,
    /// The app that asks, or none.
    pub app: Id,
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
    SendRedPacket(SendRedPacket),
    ClaimRedPacket(ClaimRedPacket),
    RequestInvoice(RequestInvoice),
    IssueInvoice(IssueInvoice),
    RejectInvoice(RejectInvoice),
    RedInvoice(RedInvoice),
    OpenDispute(OpenDispute),
    DefendDispute(DefendDispute),
    AcceptDispute(AcceptDispute),
    CancelDispute(CancelDispute),
    JudgeDispute(JudgeDispute),
    ConfirmSettlement(ConfirmSettlement),
    BindRoyalty(BindRoyalty),
    UnbindRoyalty(UnbindRoyalty),
    SplitPayment(SplitPayment),
    ReturnSplit(ReturnSplit),
    FundCredit(FundCredit),
    RepayFunding(RepayFunding),
    ConvertToInstalments(ConvertToInstalments),
    PrepayPlan(PrepayPlan),
    WriteOffCredit(WriteOffCredit),
    RecordRecovery(RecordRecovery),
    ProvisionCredit(ProvisionCredit),
    DrawLoan(DrawLoan),
    DrawMore(DrawMore),
    SetAutoDebit(SetAutoDebit),
    ChargeLoan(ChargeLoan),
    WaiveLoanCharge(WaiveLoanCharge),
    ReturnRepayment(ReturnRepayment),
    GrantAppAuth(GrantAppAuth),
    RevokeAppAuth(RevokeAppAuth),
    SetAppLimits(SetAppLimits),
    PublishQuote(PublishQuote),
    DefineCard(DefineCard),
    OpenCard(OpenCard),
    UpdateCard(UpdateCard),
    CloseCard(CloseCard),
    LoadCard(LoadCard),
    UnloadCard(UnloadCard),
    EarnPoints(EarnPoints),
    RedeemPoints(RedeemPoints),
    AdjustPoints(AdjustPoints),
}

impl Body {
    /// The owner whose home decides the command; `None` where an object stands for it that is known
    /// only where it was made, or where any shard may decide.
    pub fn owner(&self) -> Option<Id> {
        let whose = |owner: &Owner| match owner {
            Owner::User(id) | Owner::Merchant(id) | Owner::Ledger(id) => Some(*id),
        };
        let id = match self {
            Body::OpenLedgerAccount(c) => Some(c.account),
            Body::PostTransfer(c) => Some(c.debit),
            Body::RegisterApp(c) => Some(c.app),
            Body::OpenUser(c) => Some(c.user),
            Body::OnboardMerchant(c) => Some(c.merchant),
            Body::SetLimits(SetLimits { scope: LimitScope::User(user), .. }) => Some(*user),
            Body::RestrictAccount(c) => whose(&c.account),
            Body::LiftRestriction(c) => whose(&c.account),
            Body::CloseAccount(c) => whose(&c.account),
            Body::PlaceHold(c) => Some(c.user),
            Body::ReleaseHold(c) => Some(c.user),
            Body::ConfirmTopUp(c) => Some(c.user),
            Body::Transfer(c) => Some(c.from),
            Body::RequestPayout(c) => whose(&c.owner),
            Body::PayPayment(c) => Some(c.user),
            Body::AuthorizeFunds(c) => Some(c.user),
            Body::CreateRental(c) => Some(c.user),
            Body::GrantCreditLine(c) => Some(c.user),
            Body::AdjustLimit(c) => Some(c.user),
            Body::FreezeCreditLine(c) => Some(c.user),
            Body::UnfreezeCreditLine(c) => Some(c.user),
            Body::CloseCreditLine(c) => Some(c.user),
            Body::RepayCredit(c) => Some(c.user),
            Body::ConvertToInstalments(c) => Some(c.user),
            Body::PrepayPlan(c) => Some(c.user),
            Body::WriteOffCredit(c) => Some(c.user),
            Body::RecordRecovery(c) => Some(c.user),
            Body::DrawLoan(c) => Some(c.user),
            Body::DrawMore(c) => Some(c.user),
            Body::SetAutoDebit(c) => Some(c.user),
            Body::ChargeLoan(c) => Some(c.user),
            Body::WaiveLoanCharge(c) => Some(c.user),
            Body::ReturnRepayment(c) => Some(c.user),
            Body::ReleaseReserve(c) => Some(c.merchant),
            Body::FundCampaign(c) => Some(c.funder),
            Body::SendRedPacket(SendRedPacket { sender: PacketSender::User(user), .. }) => {
                Some(*user)
            }
            Body::GrantAppAuth(c) => Some(c.app),
            Body::RevokeAppAuth(c) => Some(c.app),
            Body::SetAppLimits(c) => Some(c.app),
            Body::PublishQuote(c) => Some(c.quote),
            Body::BindRoyalty(c) => Some(c.merchant),
            Body::UnbindRoyalty(c) => Some(c.merchant),
            Body::DefineCard(c) if c.terms.merchant.is_none() => Some(c.template),
            Body::DefineCard(c) => Some(c.terms.merchant),
            Body::OpenCard(c) => Some(c.user),
            Body::UpdateCard(c) => Some(c.user),
            Body::CloseCard(c) => Some(c.user),
            Body::LoadCard(c) => Some(c.user),
            Body::UnloadCard(c) => Some(c.user),
            Body::EarnPoints(c) => Some(c.user),
            Body::RedeemPoints(c) => Some(c.user),
            Body::AdjustPoints(c) => Some(c.user),
            // Decided where the payer is, who is not named yet, or by an object.
            Body::SetLimits(_)
            | Body::SeizeHold(_)
            | Body::ConfirmPayout(_)
            | Body::FailPayout(_)
            | Body::MatchReceipt(_)
            | Body::PostAdjustment(_)
            | Body::AdvanceClock(_)
            | Body::CreatePayment(_)
            | Body::ClosePayment(_)
            | Body::CancelPayment(_)
            | Body::RefundPayment(_)
            | Body::CaptureAuthorization(_)
            | Body::UnfreezeFunds(_)
            | Body::CancelAuthorization(_)
            | Body::AssessRental(_)
            | Body::SecureDeposit(_)
            | Body::StartRental(_)
            | Body::ExtendRental(_)
            | Body::ReturnRental(_)
            | Body::ClaimDamage(_)
            | Body::ReduceCharge(_)
            | Body::SettleRental(_)
            | Body::CollectRental(_)
            | Body::BuyOutRental(_)
            | Body::DeclareLost(_)
            | Body::CancelRental(_)
            | Body::CloseCampaign(_)
            | Body::DefineCoupon(_)
            | Body::IssueCoupon(_)
            | Body::RevokeCoupon(_)
            | Body::SendRedPacket(_)
            | Body::ClaimRedPacket(_)
            | Body::RequestInvoice(_)
            | Body::IssueInvoice(_)
            | Body::RejectInvoice(_)
            | Body::RedInvoice(_)
            | Body::OpenDispute(_)
            | Body::DefendDispute(_)
            | Body::AcceptDispute(_)
            | Body::CancelDispute(_)
            | Body::JudgeDispute(_)
            | Body::ConfirmSettlement(_)
            | Body::SplitPayment(_)
            | Body::ReturnSplit(_)
            | Body::ProvisionCredit(_)
            | Body::FundCredit(_)
            | Body::RepayFunding(_) => None,
        };
        id.filter(|id| !id.is_none())
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
