//! Domain to wire: settlements.

use super::{
    apps, cards, close_reason, credit, disputes, exchange, holds, loans, losses, market, members,
    owner, plans, remittances, royalties, some,
};
use groat_ledger::{Id, Money, Owner, Settlement};
use groat_proto::v1::{self, settlement};

/// Writes a settlement; `event` and `part` with the shard are its identity.
pub fn write_settlement(
    shard: u32,
    event: u64,
    part: u32,
    at: u64,
    told: &Settlement,
    remittances_before: u64,
) -> v1::Settlement {
    let body = settlement_body(told);
    v1::Settlement { shard, event, part, at, remittances_before, body }
}

fn settlement_body(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::PaymentPaid {
            payment,
            out_trade_no,
            merchant,
            user,
            amount,
            paid_at,
            rental,
        } => W::PaymentPaid(v1::SettledPayment {
            payment: some(*payment),
            out_trade_no: out_trade_no.to_string(),
            merchant: some(*merchant),
            user: some(*user),
            amount: Some((*amount).into()),
            paid_at: *paid_at,
            rental: some(*rental),
        }),
        Settlement::PaymentClosed { payment, out_trade_no, merchant, reason } => {
            W::PaymentClosed(v1::ClosedPayment {
                payment: some(*payment),
                out_trade_no: out_trade_no.to_string(),
                merchant: some(*merchant),
                reason: close_reason(*reason),
            })
        }
        Settlement::PaymentRefunded {
            payment,
            out_trade_no,
            out_request_no,
            merchant,
            user,
            amount,
            refunded,
            to_balance,
            to_credit,
            to_channel,
            channel,
            paid_in,
        } => {
            let money = |minor: &u64| Some(Money { amount: *minor, currency: *paid_in }.into());
            let refunded = Money { amount: *refunded, currency: amount.currency };
            W::PaymentRefunded(v1::RefundedPayment {
                payment: some(*payment),
                out_trade_no: out_trade_no.to_string(),
                out_request_no: out_request_no.to_string(),
                merchant: some(*merchant),
                user: some(*user),
                amount: Some((*amount).into()),
                refunded: Some(refunded.into()),
                to_balance: money(to_balance),
                to_credit: money(to_credit),
                to_channel: money(to_channel),
                channel: some(*channel),
            })
        }
        Settlement::BatchSettled {
            merchant,
            date,
            count,
            receipts,
            fees,
            refunds,
            fees_returned,
            disputes: disputed,
            confirmed,
            royalties: shared,
            royalties_returned,
            recovered,
            reserve,
            available,
            proceeds,
        } => {
            let money =
                |minor: &u64| Some(Money { amount: *minor, currency: receipts.currency }.into());
            W::BatchSettled(v1::SettledBatch {
                merchant: some(*merchant),
                date: *date,
                count: *count,
                receipts: Some((*receipts).into()),
                fees: money(fees),
                refunds: money(refunds),
                fees_returned: money(fees_returned),
                disputes: (*disputed > 0).then(|| money(disputed)).flatten(),
                confirmed: money(confirmed).filter(|_| *confirmed > 0),
                royalties: money(shared).filter(|_| *shared > 0),
                royalties_returned: money(royalties_returned).filter(|_| *royalties_returned > 0),
                recovered: money(recovered),
                reserve: money(reserve),
                available: money(available),
                proceeds: money(proceeds).filter(|_| *proceeds > 0),
            })
        }
        Settlement::PayoutRequested { payout, owner, amount, fee } => {
            let fee = Some(Money { amount: *fee, currency: amount.currency });
            W::PayoutRequested(told_payout(*payout, *owner, *amount, fee, ""))
        }
        Settlement::PayoutConfirmed { payout, owner, amount } => {
            W::PayoutConfirmed(told_payout(*payout, *owner, *amount, None, ""))
        }
        Settlement::PayoutFailed { payout, owner, amount, reason } => {
            W::PayoutFailed(told_payout(*payout, *owner, *amount, None, reason.as_str()))
        }
        Settlement::AccountMoved {
            account,
            debit,
            credit,
            pending,
            debits_posted,
            credits_posted,
        } => W::AccountMoved(v1::AccountMoved {
            account: some(*account),
            debit: Some((*debit).into()),
            credit: Some((*credit).into()),
            pending: *pending,
            debits_posted: debits_posted.to_string(),
            credits_posted: credits_posted.to_string(),
        }),
        Settlement::CampaignFunded { .. }
        | Settlement::CampaignClosed { .. }
        | Settlement::CouponIssued { .. }
        | Settlement::CouponUsed { .. }
        | Settlement::CouponReturned { .. }
        | Settlement::CouponEnded { .. }
        | Settlement::CouponLocked { .. }
        | Settlement::CouponUnlocked { .. }
        | Settlement::InvoiceRequested { .. }
        | Settlement::InvoiceIssued { .. }
        | Settlement::InvoiceRejected { .. }
        | Settlement::InvoiceReversed { .. }
        | Settlement::RedInvoiceDue { .. } => return market::settlement(told),
        Settlement::QuotePublished { .. }
        | Settlement::QuoteExpired { .. }
        | Settlement::FxConverted { .. }
        | Settlement::FxReturned { .. } => return exchange::settlement(told),
        Settlement::CardOpened { .. }
        | Settlement::CardChanged { .. }
        | Settlement::CardLoaded { .. }
        | Settlement::CardUnloaded { .. }
        | Settlement::CardCharged { .. }
        | Settlement::CardReturned { .. }
        | Settlement::PointsEarned { .. }
        | Settlement::PointsRedeemed { .. }
        | Settlement::PointsAdjusted { .. }
        | Settlement::PointsReversed { .. }
        | Settlement::PointsExpired { .. }
        | Settlement::PointsReturned { .. } => return cards::settlement(told),
        Settlement::PacketSent { .. }
        | Settlement::PacketClaimed { .. }
        | Settlement::PacketEnded { .. }
        | Settlement::PacketReturned { .. } => return members::settlement(told),
        Settlement::TransferArrived { .. }
        | Settlement::TransferReturned { .. }
        | Settlement::CloseDecided { .. }
        | Settlement::SplitFailed { .. }
        | Settlement::RefundFailed { .. } => return remittances::settlement(told),
        Settlement::HoldPlaced { .. }
        | Settlement::HoldCaptured { .. }
        | Settlement::HoldReleased { .. }
        | Settlement::RentalSecured { .. }
        | Settlement::RentalSettled { .. }
        | Settlement::RentalPaymentPending { .. }
        | Settlement::RentalCollected { .. }
        | Settlement::RentalAdvanceReturned { .. }
        | Settlement::RentalCollectionFailed { .. }
        | Settlement::RentalOverdue { .. }
        | Settlement::RentalCancelled { .. }
        | Settlement::ReserveReleased { .. } => return holds::settlement(told),
        Settlement::StatementIssued { .. }
        | Settlement::StatementOverdue { .. }
        | Settlement::CreditDebited { .. } => return credit::settlement(told),
        Settlement::PlanCreated { .. }
        | Settlement::PlanReduced { .. }
        | Settlement::SellerFeeCharged { .. }
        | Settlement::SellerFeeReturned { .. }
        | Settlement::PlanRepaid { .. }
        | Settlement::PlanEnded { .. } => return plans::settlement(told),
        Settlement::LoanDrawn { .. }
        | Settlement::LoanTermDue { .. }
        | Settlement::LoanOverdue { .. }
        | Settlement::LoanEnded { .. }
        | Settlement::LoanDrawnMore { .. }
        | Settlement::RepaymentReturned { .. }
        | Settlement::LoanCharged { .. }
        | Settlement::LoanChargeWaived { .. } => return loans::settlement(told),
        Settlement::CreditWrittenOff { .. } | Settlement::CreditRecovered { .. } => {
            return losses::settlement(told);
        }
        Settlement::AppAuthGranted { .. } | Settlement::AppAuthRevoked { .. } => {
            return apps::settlement(told);
        }
        Settlement::DisputeOpened { .. }
        | Settlement::DisputeDefended { .. }
        | Settlement::DisputeJudged { .. } => return disputes::settlement(told),
        Settlement::PaymentSplit { .. }
        | Settlement::SplitFinished { .. }
        | Settlement::SplitReturned { .. }
        | Settlement::RoyaltyTaken { .. }
        | Settlement::SplitReturnFailed { .. }
        | Settlement::RoyaltyArrived { .. } => return royalties::settlement(told),
        Settlement::SettlementConfirmed {
            payment,
            out_trade_no,
            merchant,
            recovered,
            reserve,
            available,
        } => {
            let currency = recovered.currency;
            let money = |minor: &u64| Some(Money { amount: *minor, currency }.into());
            W::SettlementConfirmed(v1::ToldConfirmation {
                payment: some(*payment),
                out_trade_no: out_trade_no.to_string(),
                merchant: some(*merchant),
                recovered: Some((*recovered).into()),
                reserve: money(reserve),
                available: money(available),
            })
        }
    })
}

fn told_payout(
    payout: Id,
    of: Owner,
    amount: Money,
    fee: Option<Money>,
    reason: &str,
) -> v1::Payout {
    v1::Payout {
        payout: some(payout),
        owner: owner(of),
        amount: Some(amount.into()),
        fee: fee.map(Into::into),
        reason: reason.into(),
    }
}
