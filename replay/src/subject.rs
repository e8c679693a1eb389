//! What each fact is about, as far as this crate looks at it. The one list of all facts here: a
//! new fact does not compile until somebody has decided who looks at it.

use groat_ledger::{Fact, Id};

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The opening of an account.
    Account,
    /// A payment, its fee and its refunds.
    Payment(Id),
    /// What a merchant sold on a date.
    Batch,
    /// What is kept back from a merchant.
    Reserve,
    /// What a user spends and holds under limits.
    Limits,
    /// An authorization, also that of a rental's deposit.
    Hold(Id),
    /// A compliance hold.
    Kept(Id),
    /// A rental.
    Rental(Id),
    /// Lines of credit and what is owed on them.
    Credit,
    /// The bill of a line of credit.
    Statement,
    /// Instalment plans.
    Plan,
    /// A cash loan.
    Loan,
    /// Dues that the clock debits.
    Debit,
    /// Credit that is lost, what is set aside for that, and what comes back.
    Loss,
    /// Campaigns and coupons.
    Coupon,
    /// Red packets.
    Packet,
    /// Membership cards.
    Card,
    /// Their points.
    Points,
    /// Invoices, and refunds and disputes of what is invoiced.
    Invoice,
    /// A dispute.
    Dispute(Id),
    /// Royalties: relations, and what is shared of payments.
    Royalty,
    /// What is owed to funding partners.
    Funding,
    /// Quotes, and payments in another currency.
    Exchange,
    /// Third-party apps.
    App,
    /// What merchants that are at home elsewhere owe here.
    Away,
    /// Closing a merchant, and what all shards are told.
    Closing,
    /// The money of users and merchants, as their bills have it.
    Bill,
}

/// Everything that a fact is about; nothing if no model follows it.
pub(crate) fn subjects(fact: &Fact) -> Vec<Subject> {
    use Subject::{
        Account, App, Away, Batch, Bill, Card, Closing, Coupon, Credit, Debit, Dispute, Exchange,
        Funding, Hold, Invoice, Kept, Limits, Loan, Loss, Packet, Payment, Plan, Points, Rental,
        Reserve, Royalty, Statement,
    };
    match fact {
        // Their movements are checked like all others, and there is no more to them.
        Fact::CommandRejected { .. }
        | Fact::TransferPosted
        | Fact::TransferPended { .. }
        | Fact::PendingSetAway { .. }
        | Fact::TransferCompleted { .. }
        | Fact::TransferVoided { .. }
        | Fact::TransferExpired { .. }
        | Fact::AccountRestricted { .. }
        | Fact::RestrictionLifted { .. }
        | Fact::PayoutConfirmed { .. }
        | Fact::ReceiptRecorded { .. }
        | Fact::AdjustmentPosted { .. }
        | Fact::ClockAdvanced { .. }
        | Fact::RemittanceReceived { .. }
        | Fact::ReductionAsked { .. }
        | Fact::PostingArrived { .. }
        | Fact::PostingReturned { .. } => vec![],
        Fact::UserOpened { .. }
        | Fact::MerchantOnboarded { .. }
        | Fact::MerchantKnown { .. }
        | Fact::PayoutRequested { .. }
        | Fact::PayoutFailed { .. }
        | Fact::BatchOpened { .. }
        | Fact::RefundAsked { .. }
        | Fact::RefundFailed { .. } => vec![Bill],
        Fact::HoldPlaced { hold, .. } | Fact::HoldReleased { hold, .. } => {
            vec![Kept(*hold), Bill]
        }
        Fact::HoldSeized { hold, .. } => vec![Kept(*hold)],
        Fact::RemittanceSent { .. } => vec![Limits, Away, Closing, Bill],
        Fact::AccountClosed { .. }
        | Fact::CloseAsked { .. }
        | Fact::CloseAnswered { .. }
        | Fact::CloseDecided { .. }
        | Fact::RoyaltyTold { .. } => vec![Closing],
        Fact::TransferArrived { .. } => vec![Limits, Bill],
        Fact::DisputeDebtPaid { .. } => vec![Away, Bill],
        Fact::DisputeCharged { .. }
        | Fact::DisputeReversed { .. }
        | Fact::BackHomeArrived { .. } => vec![Bill],
        // What comes back is the user's own, whatever the limits.
        Fact::TransferReturned { .. } => vec![],
        Fact::BatchForwarded { .. } | Fact::ProceedsReceived { .. } | Fact::RefundFunded { .. } => {
            vec![Batch, Bill]
        }
        Fact::AccountOpened { .. } => vec![Account],
        Fact::LimitsSet { .. } => vec![Limits],
        Fact::Transferred { .. } | Fact::ToppedUp { .. } | Fact::ReceiptMatched { .. } => {
            vec![Limits, Bill]
        }
        Fact::PaymentPaid { payment, .. } => vec![Payment(*payment), Batch, Limits, Credit, Bill],
        Fact::FeeCharged { payment, .. } | Fact::FeeReturned { payment, .. } => {
            vec![Payment(*payment), Batch, Bill]
        }
        Fact::RefundSucceeded { payment, .. } => {
            vec![Payment(*payment), Batch, Credit, Invoice, Points, Bill]
        }
        Fact::PaymentCreated { payment, .. } => vec![Payment(*payment), Bill],
        Fact::PaymentClosed { payment, .. }
        | Fact::PaymentCancelled { payment }
        | Fact::PaymentFinished { payment } => vec![Payment(*payment)],
        Fact::BatchCut { .. } => vec![Batch],
        Fact::BatchSettled { .. } => vec![Batch, Reserve, Bill],
        Fact::ReserveReleased { .. } => vec![Reserve, Bill],
        Fact::AuthorizationCaptured { auth, .. } => vec![Hold(*auth), Limits],
        Fact::FundsAuthorized { auth, .. }
        | Fact::FundsReleased { auth, .. }
        | Fact::AuthorizationClosed { auth, .. } => vec![Hold(*auth), Limits, Bill],
        // What is taken for a rental comes out of its hold, and may be bought on credit.
        Fact::RentalCharged { rental, .. } => {
            vec![Hold(*rental), Rental(*rental), Credit, Limits]
        }
        // The platform's advance is a sale of the day.
        Fact::RentalPaymentPending { rental, .. } => vec![Rental(*rental), Batch, Bill],
        Fact::AdvanceReturned { rental, .. } => vec![Rental(*rental), Batch, Credit, Bill],
        Fact::RentalCreated { rental, .. } => vec![Rental(*rental), Bill],
        Fact::AdvanceRepaid { rental, .. }
        | Fact::RentalAssessed { rental, .. }
        | Fact::DepositSecured { rental }
        | Fact::RentalStarted { rental, .. }
        | Fact::RentalExtended { rental, .. }
        | Fact::RentalReturned { rental, .. }
        | Fact::RentTermDue { rental, .. }
        | Fact::DamageClaimed { rental, .. }
        | Fact::ChargeReduced { rental, .. }
        | Fact::RentalSettled { rental }
        | Fact::RentalCollected { rental, .. }
        | Fact::CollectionFailed { rental, .. }
        | Fact::RentalOverdue { rental }
        | Fact::RentalLost { rental, .. }
        | Fact::RentalCancelled { rental, .. } => vec![Rental(*rental)],
        Fact::RentalBoughtOut { rental, .. } => vec![Rental(*rental), Limits],
        Fact::CampaignFunded { .. }
        | Fact::CampaignClosed { .. }
        | Fact::CouponDefined { .. }
        | Fact::CouponIssued { .. }
        | Fact::CouponRevoked { .. }
        | Fact::CouponExpired { .. }
        | Fact::CouponReturned { .. }
        | Fact::CouponLocked { .. }
        | Fact::CouponUnlocked { .. }
        | Fact::CouponReleased { .. } => vec![Coupon],
        Fact::PacketSent { .. } | Fact::PacketClaimed { .. } => vec![Packet, Limits],
        Fact::PacketExpired { .. } | Fact::PacketReturned { .. } => vec![Packet],
        Fact::PacketArrived { .. } => vec![Limits],
        Fact::CouponUsed { .. } => vec![Coupon, Bill],
        Fact::InvoiceRequested { .. }
        | Fact::InvoiceIssued { .. }
        | Fact::InvoiceRejected { .. }
        | Fact::InvoiceReversed { .. }
        | Fact::RedInvoiceDue { .. } => vec![Invoice],
        Fact::SettlementConfirmed { .. } => vec![Batch, Reserve],
        Fact::ConfirmationArrived { .. } => vec![Reserve],
        Fact::RoyaltyBound { .. } | Fact::RoyaltyUnbound { .. } | Fact::RoyaltyFreezeSet { .. } => {
            vec![Royalty]
        }
        Fact::ProceedsFrozen { .. }
        | Fact::PaymentSplit { .. }
        | Fact::SplitFinished { .. }
        | Fact::ProceedsFreed { .. }
        | Fact::SplitReturned { .. } => vec![Royalty, Batch, Bill],
        Fact::RoyaltyArrived { .. } | Fact::RoyaltyRefused { .. } | Fact::RoyaltyTaken { .. } => {
            vec![Bill]
        }
        Fact::RoyaltyGivenBack { .. } | Fact::SplitFunded { .. } => vec![Royalty, Bill],
        Fact::SplitAsked { .. } | Fact::SplitFailed { .. } => vec![Royalty],
        Fact::SplitPaid { .. } => vec![Bill],
        Fact::SplitReturnAsked { .. } | Fact::SplitReturnFailed { .. } => vec![Royalty],
        Fact::DisputeOpened { dispute, .. } => vec![Dispute(*dispute), Batch, Bill],
        Fact::DisputeDefended { dispute, .. } => vec![Dispute(*dispute)],
        Fact::DisputeJudged { dispute, .. } => {
            vec![Dispute(*dispute), Credit, Invoice, Points, Bill]
        }
        Fact::CreditLineGranted { .. } | Fact::CreditRepaid { .. } => {
            vec![Credit, Statement, Debit]
        }
        Fact::AutoDebitSet { .. } | Fact::BillDebited { .. } | Fact::LoanDebited { .. } => {
            vec![Debit]
        }
        Fact::LimitAdjusted { .. }
        | Fact::CreditLineFrozen { .. }
        | Fact::CreditLineUnfrozen { .. }
        | Fact::CreditLineClosed { .. } => vec![Credit],
        Fact::StatementIssued { .. } => vec![Statement, Plan],
        Fact::PlanCreated { .. }
        | Fact::TermBilled { .. }
        | Fact::PlanPrepaid { .. }
        | Fact::PlanWrittenOff { .. }
        | Fact::PlanRepaid { .. }
        | Fact::PlanReduced { .. } => vec![Plan],
        Fact::SellerFeeCharged { .. } | Fact::SellerFeeReturned { .. } => vec![Plan, Batch, Bill],
        Fact::SellerFeeEarned { .. } => vec![Plan],
        Fact::LoanDrawn { .. } | Fact::LoanOverdue { .. } | Fact::LoanRepaid { .. } => {
            vec![Loan, Debit]
        }
        Fact::LoanTermDue { .. }
        | Fact::LoanWrittenOff { .. }
        | Fact::LoanCharged { .. }
        | Fact::RepaymentReturned { .. }
        | Fact::LoanDrawnMore { .. }
        | Fact::LoanChargeWaived { .. } => vec![Loan],
        Fact::CreditWrittenOff { .. } | Fact::CreditRecovered { .. } | Fact::Provisioned { .. } => {
            vec![Loss]
        }
        Fact::StatementAssessed { .. } => vec![Statement, Debit],
        Fact::InterestAccrued { .. } | Fact::CreditReduced { .. } => vec![Statement],
        Fact::LatenessEnded { loan, .. } if loan.is_none() => vec![Statement],
        Fact::LatenessEnded { .. } => vec![Loan],
        Fact::QuotePublished { .. }
        | Fact::QuoteExpired { .. }
        | Fact::PaymentQuoted { .. }
        | Fact::FxReturned { .. } => vec![Exchange],
        Fact::FxConverted { .. } => vec![Exchange, Bill],
        Fact::CreditFunded { .. } | Fact::FundingRepaid { .. } => vec![Funding],
        Fact::CardDefined { .. }
        | Fact::CardOpened { .. }
        | Fact::CardUpdated { .. }
        | Fact::CardExpired { .. }
        | Fact::CardReturned { .. } => vec![Card],
        Fact::CardLoaded { .. } | Fact::CardUnloaded { .. } => vec![Card, Limits, Bill],
        Fact::CardCharged { .. } => vec![Card, Bill],
        Fact::PointsRedeemed { payment, .. } if !payment.is_none() => vec![Points, Bill],
        Fact::CardClosed { .. } => vec![Points, Card],
        Fact::PointsEarned { .. }
        | Fact::PointsAdjusted { .. }
        | Fact::PointsReversed { .. }
        | Fact::PointsExpired { .. }
        | Fact::PointsReturned { .. } => vec![Points],
        Fact::PointsRedeemed { .. } => vec![Points, Limits, Bill],
        Fact::AppRegistered { .. }
        | Fact::AppAuthGranted { .. }
        | Fact::AppAuthRevoked { .. }
        | Fact::AppLimitsSet { .. }
        | Fact::AppAsked { .. } => vec![App],
    }
}
