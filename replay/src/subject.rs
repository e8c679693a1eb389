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
    /// What a user spends and holds under limits.
    Limits,
}

/// Everything that a fact is about; nothing if no model follows it.
pub(crate) fn subjects(fact: &Fact) -> Vec<Subject> {
    use Subject::{Account, Batch, Limits, Payment};
    match fact {
        // Their movements are checked like all others, and there is no more to them.
        Fact::CommandRejected { .. }
        | Fact::TransferPosted
        | Fact::TransferPended { .. }
        | Fact::TransferCompleted { .. }
        | Fact::TransferVoided { .. }
        | Fact::TransferExpired { .. }
        | Fact::AppRegistered { .. }
        | Fact::UserOpened { .. }
        | Fact::MerchantOnboarded { .. }
        | Fact::AccountRestricted { .. }
        | Fact::RestrictionLifted { .. }
        | Fact::HoldPlaced { .. }
        | Fact::HoldReleased { .. }
        | Fact::HoldSeized { .. }
        | Fact::AccountClosed { .. }
        | Fact::PayoutRequested { .. }
        | Fact::PayoutConfirmed { .. }
        | Fact::PayoutFailed { .. }
        | Fact::ReceiptRecorded { .. }
        | Fact::AdjustmentPosted { .. }
        | Fact::ClockAdvanced { .. }
        | Fact::BatchOpened { .. } => vec![],
        Fact::AccountOpened { .. } => vec![Account],
        Fact::LimitsSet { .. }
        | Fact::Transferred { .. }
        | Fact::ToppedUp { .. }
        | Fact::ReceiptMatched { .. } => vec![Limits],
        Fact::PaymentPaid { payment, .. } => vec![Payment(*payment), Batch, Limits],
        Fact::FeeCharged { payment, .. } | Fact::FeeReturned { payment, .. } => {
            vec![Payment(*payment), Batch]
        }
        Fact::RefundSucceeded { payment, .. } => vec![Payment(*payment), Batch],
        Fact::PaymentCreated { payment, .. }
        | Fact::PaymentClosed { payment, .. }
        | Fact::PaymentCancelled { payment }
        | Fact::PaymentFinished { payment } => vec![Payment(*payment)],
        // The platform's advance on a rent is a sale of the day.
        Fact::BatchCut { .. } | Fact::BatchSettled { .. } | Fact::RentalPaymentPending { .. } => {
            vec![Batch]
        }
        // Followed by nobody yet.
        Fact::ReserveReleased { .. }
        | Fact::FundsAuthorized { .. }
        | Fact::AuthorizationCaptured { .. }
        | Fact::FundsReleased { .. }
        | Fact::AuthorizationClosed { .. }
        | Fact::RentalCharged { .. }
        | Fact::RentalCreated { .. }
        | Fact::RentalAssessed { .. }
        | Fact::DepositSecured { .. }
        | Fact::RentalStarted { .. }
        | Fact::RentalExtended { .. }
        | Fact::RentalReturned { .. }
        | Fact::RentTermDue { .. }
        | Fact::DamageClaimed { .. }
        | Fact::ChargeReduced { .. }
        | Fact::RentalSettled { .. }
        | Fact::RentalCollected { .. }
        | Fact::CollectionFailed { .. }
        | Fact::RentalOverdue { .. }
        | Fact::RentalBoughtOut { .. }
        | Fact::RentalLost { .. }
        | Fact::RentalCancelled { .. }
        | Fact::CreditLineGranted { .. }
        | Fact::LimitAdjusted { .. }
        | Fact::CreditLineFrozen { .. }
        | Fact::CreditLineUnfrozen { .. }
        | Fact::CreditLineClosed { .. }
        | Fact::CreditRepaid { .. } => vec![],
    }
}
