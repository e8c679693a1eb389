//! What accounts and facts are called in reports and exports. Names are unambiguous: two accounts
//! of a chart never share one, whatever characters their ids have.

use groat_ledger::{AccountKey, Class, Fact, Id, Kind};
use groat_proto::json::date_text;

/// Whose money a class holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    User,
    Merchant,
    /// An authorization or a rental.
    Hold,
    /// The platform, a bank, an acquirer, a payout on its way.
    Platform,
    /// Whoever uses the primitive ledger.
    Ledger,
}

pub(crate) fn holder(class: Class) -> Holder {
    match class {
        Class::UserAvailable
        | Class::UserHold
        | Class::CreditUnbilled
        | Class::CreditBilled
        | Class::CreditInstalment
        | Class::CreditOverdue
        | Class::FeeReceivable
        | Class::InterestReceivable
        | Class::PenaltyReceivable
        | Class::LimitGranted
        | Class::CreditHeld => Holder::User,
        Class::UserFrozen | Class::DepositWaived | Class::RentObligation | Class::RentalAdvance => {
            Holder::Hold
        }
        Class::MerchantReceivable
        | Class::MerchantPending
        | Class::MerchantAvailable
        | Class::MerchantReserve => Holder::Merchant,
        Class::SafeguardedBank
        | Class::ChannelReceivable
        | Class::MerchantDisputed
        | Class::MerchantFrozen
        | Class::PayoutInTransit
        | Class::FundingPartner
        | Class::InTransit
        | Class::Suspense
        | Class::Equity
        | Class::ServiceFee
        | Class::InstalmentFee
        | Class::UnearnedFee
        | Class::InterestIncome
        | Class::PenaltyIncome
        | Class::OtherFees
        | Class::Marketing
        | Class::FxPosition
        | Class::CashLoan
        | Class::LoanInterest
        | Class::LoanFee
        | Class::LoanPenalty
        | Class::LossAllowance
        | Class::CreditLoss
        | Class::OtherWriteOff
        | Class::LimitGrantedContra
        | Class::CreditHeldContra
        | Class::DepositWaivedContra
        | Class::RentObligationContra
        | Class::CampaignFund
        | Class::RedPacket
        | Class::StoredValue
        | Class::PointsLiability
        | Class::Points
        | Class::PointsContra
        | Class::Breakage
        | Class::CouponFace
        | Class::CouponFaceContra => Holder::Platform,
        Class::Ledger => Holder::Ledger,
    }
}

/// `Liabilities:merchant_pending:shop:2026-01-31`: the name in reports, hledger and ledger.
pub(crate) fn account_name(key: &AccountKey) -> String {
    let (class, owner) = (key.class, owner_text(key));
    let owner = owner.map_or_else(|| "house".into(), |text| escaped(&text));
    let name = match class.kind() {
        Kind::Ledger => format!("Ledger:{owner}"),
        kind if is_house_only(kind) && key.owner.is_none() => {
            format!("{}:{}", root(kind), class.name())
        }
        kind => format!("{}:{}:{owner}", root(kind), class.name()),
    };
    if is_dated(key) { format!("{name}:{}", date_text(key.sub)) } else { name }
}

/// `Liabilities:MerchantPending:X-shop:2026-01-31`: the name in beancount, whose components begin
/// with a capital or a digit and have only letters, digits and hyphens; its roots are five.
pub(crate) fn beancount_name(key: &AccountKey) -> String {
    let (class, owner) = (key.class, owner_text(key));
    let owner = owner.map_or_else(|| "House".into(), |text| component(&text));
    let root = match class.kind() {
        Kind::Trading => "Equity:Trading",
        Kind::Memorandum => "Equity:Memo",
        Kind::Ledger => "Equity:Ledger",
        kind => root(kind),
    };
    let name = match class.kind() {
        Kind::Ledger => format!("{root}:{owner}"),
        kind if is_house_only(kind) && key.owner.is_none() => {
            format!("{root}:{}", camel(class.name()))
        }
        _ => format!("{root}:{}:{owner}", camel(class.name())),
    };
    if is_dated(key) { format!("{name}:{}", date_text(key.sub)) } else { name }
}

fn root(kind: Kind) -> &'static str {
    match kind {
        Kind::Asset => "Assets",
        Kind::Liability => "Liabilities",
        Kind::Equity => "Equity",
        Kind::Income => "Income",
        Kind::Expense => "Expenses",
        Kind::Trading => "Trading",
        Kind::Memorandum => "Memo",
        Kind::Ledger => "Ledger",
    }
}

/// Kinds whose accounts have an owner only by way of exception.
fn is_house_only(kind: Kind) -> bool {
    matches!(kind, Kind::Equity | Kind::Income | Kind::Expense)
}

fn is_dated(key: &AccountKey) -> bool {
    key.class == Class::MerchantPending || key.sub > 0
}

fn owner_text(key: &AccountKey) -> Option<String> {
    (key.owner != Id::NONE).then(|| key.owner.to_string())
}

/// Colons separate the parts of a name; an owner called `house` is not the house.
fn escaped(id: &str) -> String {
    if id == "house" { "%68ouse".into() } else { id.replace(':', "%3A") }
}

fn component(id: &str) -> String {
    let plain = id.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !id.starts_with("X-")
        && id != "House";
    if plain {
        return id.to_owned();
    }
    let mut text = String::from("X-");
    for b in id.bytes() {
        if b.is_ascii_alphanumeric() {
            text.push(char::from(b));
        } else {
            text.push_str(&format!("-{b:02x}"));
        }
    }
    text
}

fn camel(name: &str) -> String {
    let mut text = String::new();
    for word in name.split('_') {
        let (first, rest) = word.split_at(word.len().min(1));
        text.push_str(&first.to_ascii_uppercase());
        text.push_str(rest);
    }
    text
}

/// The name of a fact, as in the JSON form of its event.
pub(crate) fn fact_name(fact: &Fact) -> &'static str {
    match fact {
        Fact::CommandRejected { .. } => "command_rejected",
        Fact::AccountOpened { .. } => "account_opened",
        Fact::TransferPosted => "transfer_posted",
        Fact::PendingSetAway { .. } => "pending_set_away",
        Fact::TransferPended { .. } => "transfer_pended",
        Fact::TransferCompleted { .. } => "transfer_completed",
        Fact::TransferVoided { .. } => "transfer_voided",
        Fact::TransferExpired { .. } => "transfer_expired",
        Fact::AppRegistered { .. } => "app_registered",
        Fact::AppAuthGranted { .. } => "app_auth_granted",
        Fact::AppAuthRevoked { .. } => "app_auth_revoked",
        Fact::AppLimitsSet { .. } => "app_limits_set",
        Fact::AppAsked { .. } => "app_asked",
        Fact::UserOpened { .. } => "user_opened",
        Fact::MerchantOnboarded { .. } => "merchant_onboarded",
        Fact::LimitsSet { .. } => "limits_set",
        Fact::AccountRestricted { .. } => "account_restricted",
        Fact::RestrictionLifted { .. } => "restriction_lifted",
        Fact::HoldPlaced { .. } => "hold_placed",
        Fact::HoldReleased { .. } => "hold_released",
        Fact::HoldSeized { .. } => "hold_seized",
        Fact::AccountClosed { .. } => "account_closed",
        Fact::ToppedUp { .. } => "topped_up",
        Fact::Transferred { .. } => "transferred",
        Fact::PayoutRequested { .. } => "payout_requested",
        Fact::PayoutConfirmed { .. } => "payout_confirmed",
        Fact::PayoutFailed { .. } => "payout_failed",
        Fact::ReceiptRecorded { .. } => "receipt_recorded",
        Fact::ReceiptMatched { .. } => "receipt_matched",
        Fact::AdjustmentPosted { .. } => "adjustment_posted",
        Fact::ClockAdvanced { .. } => "clock_advanced",
        Fact::PaymentCreated { .. } => "payment_created",
        Fact::PaymentPaid { .. } => "payment_paid",
        Fact::FeeCharged { .. } => "fee_charged",
        Fact::PaymentClosed { .. } => "payment_closed",
        Fact::FeeReturned { .. } => "fee_returned",
        Fact::RefundSucceeded { .. } => "refund_succeeded",
        Fact::PaymentCancelled { .. } => "payment_cancelled",
        Fact::PaymentFinished { .. } => "payment_finished",
        Fact::BatchOpened { .. } => "batch_opened",
        Fact::BatchCut { .. } => "batch_cut",
        Fact::BatchSettled { .. } => "batch_settled",
        Fact::ConfirmationArrived { .. } => "confirmation_arrived",
        Fact::BackHomeArrived { .. } => "back_home_arrived",
        Fact::CloseAsked { .. } => "close_asked",
        Fact::CloseAnswered { .. } => "close_answered",
        Fact::CloseDecided { .. } => "close_decided",
        Fact::RoyaltyTold { .. } => "royalty_told",
        Fact::SettlementConfirmed { .. } => "settlement_confirmed",
        Fact::RoyaltyBound { .. } => "royalty_bound",
        Fact::RoyaltyUnbound { .. } => "royalty_unbound",
        Fact::RoyaltyFreezeSet { .. } => "royalty_freeze_set",
        Fact::ProceedsFrozen { .. } => "proceeds_frozen",
        Fact::PaymentSplit { .. } => "payment_split",
        Fact::SplitAsked { .. } => "split_asked",
        Fact::SplitPaid { .. } => "split_paid",
        Fact::SplitFunded { .. } => "split_funded",
        Fact::SplitFailed { .. } => "split_failed",
        Fact::SplitFinished { .. } => "split_finished",
        Fact::ProceedsFreed { .. } => "proceeds_freed",
        Fact::SplitReturned { .. } => "split_returned",
        Fact::RoyaltyArrived { .. } => "royalty_arrived",
        Fact::RoyaltyRefused { .. } => "royalty_refused",
        Fact::FundsAuthorized { .. } => "funds_authorized",
        Fact::AuthorizationCaptured { .. } => "authorization_captured",
        Fact::FundsReleased { .. } => "funds_released",
        Fact::AuthorizationClosed { .. } => "authorization_closed",
        Fact::RentalCreated { .. } => "rental_created",
        Fact::RentalAssessed { .. } => "rental_assessed",
        Fact::DepositSecured { .. } => "deposit_secured",
        Fact::RentalStarted { .. } => "rental_started",
        Fact::RentalExtended { .. } => "rental_extended",
        Fact::RentalReturned { .. } => "rental_returned",
        Fact::RentTermDue { .. } => "rent_term_due",
        Fact::DamageClaimed { .. } => "damage_claimed",
        Fact::ChargeReduced { .. } => "charge_reduced",
        Fact::RentalCharged { .. } => "rental_charged",
        Fact::RentalSettled { .. } => "rental_settled",
        Fact::AdvanceRepaid { .. } => "advance_repaid",
        Fact::AdvanceReturned { .. } => "advance_returned",
        Fact::RentalPaymentPending { .. } => "rental_payment_pending",
        Fact::RentalCollected { .. } => "rental_collected",
        Fact::CollectionFailed { .. } => "collection_failed",
        Fact::RentalOverdue { .. } => "rental_overdue",
        Fact::RentalBoughtOut { .. } => "rental_bought_out",
        Fact::RentalLost { .. } => "rental_lost",
        Fact::RentalCancelled { .. } => "rental_cancelled",
        Fact::CreditLineGranted { .. } => "credit_line_granted",
        Fact::LimitAdjusted { .. } => "limit_adjusted",
        Fact::CreditLineFrozen { .. } => "credit_line_frozen",
        Fact::CreditLineUnfrozen { .. } => "credit_line_unfrozen",
        Fact::CreditLineClosed { .. } => "credit_line_closed",
        Fact::CreditRepaid { .. } => "credit_repaid",
        Fact::StatementIssued { .. } => "statement_issued",
        Fact::StatementAssessed { .. } => "statement_assessed",
        Fact::InterestAccrued { .. } => "interest_accrued",
        Fact::CreditReduced { .. } => "credit_reduced",
        Fact::AutoDebitSet { .. } => "auto_debit_set",
        Fact::BillDebited { .. } => "bill_debited",
        Fact::LoanDebited { .. } => "loan_debited",
        Fact::LatenessEnded { .. } => "lateness_ended",
        Fact::PlanCreated { .. } => "plan_created",
        Fact::TermBilled { .. } => "term_billed",
        Fact::PlanPrepaid { .. } => "plan_prepaid",
        Fact::CreditWrittenOff { .. } => "credit_written_off",
        Fact::PlanWrittenOff { .. } => "plan_written_off",
        Fact::LoanDrawn { .. } => "loan_drawn",
        Fact::LoanTermDue { .. } => "loan_term_due",
        Fact::LoanOverdue { .. } => "loan_overdue",
        Fact::LoanRepaid { .. } => "loan_repaid",
        Fact::LoanWrittenOff { .. } => "loan_written_off",
        Fact::LoanCharged { .. } => "loan_charged",
        Fact::LoanChargeWaived { .. } => "loan_charge_waived",
        Fact::LoanDrawnMore { .. } => "loan_drawn_more",
        Fact::RepaymentReturned { .. } => "repayment_returned",
        Fact::PlanRepaid { .. } => "plan_repaid",
        Fact::CreditRecovered { .. } => "credit_recovered",
        Fact::Provisioned { .. } => "provisioned",
        Fact::PlanReduced { .. } => "plan_reduced",
        Fact::SellerFeeCharged { .. } => "seller_fee_charged",
        Fact::SellerFeeEarned { .. } => "seller_fee_earned",
        Fact::SellerFeeReturned { .. } => "seller_fee_returned",
        Fact::ReserveReleased { .. } => "reserve_released",
        Fact::CampaignFunded { .. } => "campaign_funded",
        Fact::CampaignClosed { .. } => "campaign_closed",
        Fact::CouponDefined { .. } => "coupon_defined",
        Fact::CouponIssued { .. } => "coupon_issued",
        Fact::CouponRevoked { .. } => "coupon_revoked",
        Fact::CouponExpired { .. } => "coupon_expired",
        Fact::CouponUsed { .. } => "coupon_used",
        Fact::CouponReturned { .. } => "coupon_returned",
        Fact::CouponReleased { .. } => "coupon_released",
        Fact::CouponLocked { .. } => "coupon_locked",
        Fact::CouponUnlocked { .. } => "coupon_unlocked",
        Fact::PacketSent { .. } => "packet_sent",
        Fact::PacketClaimed { .. } => "packet_claimed",
        Fact::PacketExpired { .. } => "packet_expired",
        Fact::PacketArrived { .. } => "packet_arrived",
        Fact::PacketReturned { .. } => "packet_returned",
        Fact::InvoiceRequested { .. } => "invoice_requested",
        Fact::InvoiceIssued { .. } => "invoice_issued",
        Fact::InvoiceRejected { .. } => "invoice_rejected",
        Fact::InvoiceReversed { .. } => "invoice_reversed",
        Fact::RedInvoiceDue { .. } => "red_invoice_due",
        Fact::DisputeOpened { .. } => "dispute_opened",
        Fact::DisputeDefended { .. } => "dispute_defended",
        Fact::CardDefined { .. } => "card_defined",
        Fact::CardOpened { .. } => "card_opened",
        Fact::CardUpdated { .. } => "card_updated",
        Fact::CardClosed { .. } => "card_closed",
        Fact::CardExpired { .. } => "card_expired",
        Fact::CardLoaded { .. } => "card_loaded",
        Fact::CardUnloaded { .. } => "card_unloaded",
        Fact::CardCharged { .. } => "card_charged",
        Fact::CardReturned { .. } => "card_returned",
        Fact::PointsEarned { .. } => "points_earned",
        Fact::PointsRedeemed { .. } => "points_redeemed",
        Fact::PointsAdjusted { .. } => "points_adjusted",
        Fact::PointsReversed { .. } => "points_reversed",
        Fact::PointsExpired { .. } => "points_expired",
        Fact::PointsReturned { .. } => "points_returned",
        Fact::QuotePublished { .. } => "quote_published",
        Fact::QuoteExpired { .. } => "quote_expired",
        Fact::PaymentQuoted { .. } => "payment_quoted",
        Fact::FxConverted { .. } => "fx_converted",
        Fact::FxReturned { .. } => "fx_returned",
        Fact::DisputeJudged { .. } => "dispute_judged",
        Fact::CreditFunded { .. } => "credit_funded",
        Fact::FundingRepaid { .. } => "funding_repaid",
        Fact::RemittanceSent { .. } => "remittance_sent",
        Fact::RemittanceReceived { .. } => "remittance_received",
        Fact::TransferArrived { .. } => "transfer_arrived",
        Fact::TransferReturned { .. } => "transfer_returned",
        Fact::PostingArrived { .. } => "posting_arrived",
        Fact::PostingReturned { .. } => "posting_returned",
        Fact::MerchantKnown { .. } => "merchant_known",
        Fact::BatchForwarded { .. } => "batch_forwarded",
        Fact::ProceedsReceived { .. } => "proceeds_received",
        Fact::RefundAsked { .. } => "refund_asked",
        Fact::ReductionAsked { .. } => "reduction_asked",
        Fact::RefundFunded { .. } => "refund_funded",
        Fact::RefundFailed { .. } => "refund_failed",
        Fact::SplitReturnAsked { .. } => "split_return_asked",
        Fact::RoyaltyTaken { .. } => "royalty_taken",
        Fact::RoyaltyGivenBack { .. } => "royalty_given_back",
        Fact::SplitReturnFailed { .. } => "split_return_failed",
        Fact::DisputeCharged { .. } => "dispute_charged",
        Fact::DisputeDebtPaid { .. } => "dispute_debt_paid",
        Fact::DisputeReversed { .. } => "dispute_reversed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use groat_ledger::Currency;

    #[test]
    fn names_are_hierarchical_and_unambiguous() {
        let key = |class, owner: &str| {
            let owner = if owner.is_empty() { Id::NONE } else { owner.parse().unwrap() };
            AccountKey::of(class, owner, Currency::CNY)
        };
        let pending = AccountKey { sub: 20_484, ..key(Class::MerchantPending, "shop") };
        for (key, name, beancount) in [
            (
                key(Class::SafeguardedBank, ""),
                "Assets:safeguarded_bank:house",
                "Assets:SafeguardedBank:House",
            ),
            (
                key(Class::SafeguardedBank, "house"),
                "Assets:safeguarded_bank:%68ouse",
                "Assets:SafeguardedBank:X-house",
            ),
            (
                key(Class::SafeguardedBank, "House"),
                "Assets:safeguarded_bank:House",
                "Assets:SafeguardedBank:X-House",
            ),
            (
                pending,
                "Liabilities:merchant_pending:shop:2026-01-31",
                "Liabilities:MerchantPending:X-shop:2026-01-31",
            ),
            (key(Class::ServiceFee, ""), "Income:service_fee", "Income:ServiceFee"),
            (
                key(Class::Ledger, "a:b_c.d-e"),
                "Ledger:a%3Ab_c.d-e",
                "Equity:Ledger:X-a-3ab-5fc-2ed-2de",
            ),
            (key(Class::Ledger, "Acme-1"), "Ledger:Acme-1", "Equity:Ledger:Acme-1"),
            (key(Class::Ledger, "X-alice"), "Ledger:X-alice", "Equity:Ledger:X-X-2dalice"),
        ] {
            assert_eq!(account_name(&key), name);
            assert_eq!(beancount_name(&key), beancount);
        }
    }

    #[test]
    fn every_class_has_its_own_name() {
        let mut names: Vec<String> = Class::ALL
            .iter()
            .flat_map(|class| {
                let key = AccountKey::house(*class, Currency::CNY);
                [account_name(&key), beancount_name(&key)]
            })
            .collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
