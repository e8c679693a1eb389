//! Wire to domain: events.

use super::fields::*;
use super::{
    apps, cards, credit, disputes, exchange, holds, loans, losses, market, members, plans,
    remittances, royalties,
};
use groat_ledger::{CloseReason, Fact, Rejection};
use groat_proto::v1::{self, event};

pub(super) fn read_fact(wire: &event::Fact) -> Field<Fact> {
    use event::Fact as W;
    Ok(match wire {
        W::TransferPosted(_) => Fact::TransferPosted,
        W::Transferred(w) => {
            Fact::Transferred { from: id(w.from, "from")?, to: id(w.to, "to")?, amount: w.amount }
        }
        W::CommandRejected(w) => {
            Fact::CommandRejected { rejection: Rejection::from_code(w.code).ok_or("code")? }
        }
        W::AccountOpened(w) => {
            let (key, currency) = account_key(w.class, w.owner, w.sub, w.currency)?;
            let (number, history) = (w.number, w.history);
            Fact::AccountOpened {
                number,
                key,
                currency,
                sign_rule: sign_rule(w.constraint)?,
                history,
            }
        }
        W::PaymentCreated(w) => Fact::PaymentCreated {
            payment: id(w.payment, "payment")?,
            out_trade_no: reference(&w.out_trade_no, "out_trade_no")?,
            merchant: id(w.merchant, "merchant")?,
            mode: pay_mode(w.mode)?,
            code_kind: code_kind(w.code_kind)?,
            auth_code: optional_reference(&w.auth_code, "auth_code")?,
            amount: money(w.amount, "amount")?,
            expires_at: w.expires_at,
            rental: optional_id(w.rental),
            undiscountable: w.undiscountable,
        },
        W::PaymentPaid(w) => Fact::PaymentPaid {
            payment: id(w.payment, "payment")?,
            user: id(w.user, "user")?,
            balance: w.balance,
            credit: w.credit,
            channel_amount: w.channel_amount,
            channel: optional_id(w.channel),
            batch: w.batch,
            agreed: w.agreed,
        },
        W::FeeCharged(w) => {
            Fact::FeeCharged { payment: id(w.payment, "payment")?, amount: w.amount }
        }
        W::FeeReturned(w) => {
            Fact::FeeReturned { payment: id(w.payment, "payment")?, amount: w.amount }
        }
        W::RefundSucceeded(w) => Fact::RefundSucceeded {
            payment: id(w.payment, "payment")?,
            out_request_no: reference(&w.out_request_no, "out_request_no")?,
            amount: w.amount,
            from_own_batch: w.from_own_batch,
            from_available: w.from_available,
            from_open_batch: w.from_open_batch,
            open_batch: w.open_batch,
            to_credit: w.to_credit,
            surplus: w.surplus,
            to_channel: w.to_channel,
            to_balance: w.to_balance,
        },
        W::PendingSetAway(w) => Fact::PendingSetAway {
            transfer: id(w.transfer, "transfer")?,
            credit: id(w.credit, "credit")?,
            up_to: w.up_to,
        },
        W::TransferPended(w) => {
            Fact::TransferPended { transfer: id(w.transfer, "transfer")?, expires_at: w.expires_at }
        }
        W::TransferCompleted(w) => Fact::TransferCompleted { pending: id(w.pending, "pending")? },
        W::TransferVoided(w) => Fact::TransferVoided { pending: id(w.pending, "pending")? },
        W::TransferExpired(w) => Fact::TransferExpired { pending: id(w.pending, "pending")? },
        W::AppRegistered(_)
        | W::AppAuthGranted(_)
        | W::AppAuthRevoked(_)
        | W::AppLimitsSet(_)
        | W::AppAsked(_) => apps::read_fact(wire)?,
        W::UserOpened(w) => Fact::UserOpened {
            user: id(w.user, "user")?,
            kyc_class: u8::try_from(w.kyc_class).map_err(|_| "kyc_class")?,
            currency: currency(w.currency, "currency")?,
            account: w.account,
        },
        W::MerchantOnboarded(w) => {
            let terms = w.terms.as_ref().ok_or("terms")?;
            Fact::MerchantOnboarded {
                merchant: id(terms.merchant, "merchant")?,
                terms: merchant_terms(terms)?,
                account: w.account,
            }
        }
        W::LimitsSet(w) => {
            let (scope, currency, limits) = limits(w)?;
            Fact::LimitsSet { scope, currency, limits }
        }
        W::AccountRestricted(w) => Fact::AccountRestricted {
            owner: owner(w.account.as_ref(), "account")?,
            block: block(w.block)?,
            case: reference(&w.case, "case")?,
        },
        W::RestrictionLifted(w) => Fact::RestrictionLifted {
            owner: owner(w.account.as_ref(), "account")?,
            block: block(w.block)?,
            case: reference(&w.case, "case")?,
        },
        W::HoldPlaced(w) => Fact::HoldPlaced {
            hold: id(w.hold_id, "hold_id")?,
            user: id(w.user, "user")?,
            amount: w.amount,
        },
        W::HoldReleased(w) => {
            Fact::HoldReleased { hold: id(w.hold_id, "hold_id")?, amount: w.amount }
        }
        W::HoldSeized(w) => Fact::HoldSeized {
            hold: id(w.hold_id, "hold_id")?,
            amount: w.amount,
            order_ref: reference(&w.order_ref, "order_ref")?,
        },
        W::AccountClosed(w) => Fact::AccountClosed { owner: owner(w.account.as_ref(), "account")? },
        W::ToppedUp(w) => Fact::ToppedUp {
            user: id(w.user, "user")?,
            bank_ref: reference(&w.bank_ref, "bank_ref")?,
            amount: w.amount,
        },
        W::PayoutRequested(w) => Fact::PayoutRequested {
            payout: id(w.payout, "payout")?,
            owner: owner(w.owner.as_ref(), "owner")?,
            amount: money(w.amount, "amount")?,
            fee: w.fee,
        },
        W::PayoutConfirmed(w) => Fact::PayoutConfirmed { payout: id(w.payout, "payout")? },
        W::PayoutFailed(w) => Fact::PayoutFailed {
            payout: id(w.payout, "payout")?,
            reason: reference(&w.reason, "reason")?,
        },
        W::ReceiptRecorded(w) => Fact::ReceiptRecorded {
            bank_ref: reference(&w.bank_ref, "bank_ref")?,
            amount: money(w.amount, "amount")?,
        },
        W::ReceiptMatched(w) => Fact::ReceiptMatched {
            bank_ref: reference(&w.bank_ref, "bank_ref")?,
            target: owner(w.target.as_ref(), "target")?,
            amount: w.amount,
        },
        W::AdjustmentPosted(w) => Fact::AdjustmentPosted {
            reason: reference(&w.reason, "reason")?,
            maker: id(w.maker, "maker")?,
            approver: id(w.approver, "approver")?,
        },
        W::ClockAdvanced(w) => Fact::ClockAdvanced { to: w.to },
        W::FundsAuthorized(w) => holds::funds_authorized(w)?,
        W::AuthorizationCaptured(w) => Fact::AuthorizationCaptured {
            auth: id(w.auth, "auth")?,
            payment: id(w.payment, "payment")?,
            fund: w.fund,
            credit: w.credit,
        },
        W::FundsReleased(w) => holds::funds_released(w)?,
        W::AuthorizationClosed(w) => Fact::AuthorizationClosed {
            auth: id(w.auth, "auth")?,
            fund: w.fund,
            credit: w.credit,
            expired: w.expired,
        },
        W::RentalCreated(w) => holds::rental_created(w)?,
        W::RentalAssessed(w) => Fact::RentalAssessed {
            rental: id(w.rental, "rental")?,
            score: w.score,
            declined: w.declined,
            waived: w.waived,
        },
        W::DepositSecured(w) => Fact::DepositSecured { rental: id(w.rental, "rental")? },
        W::RentalStarted(w) => {
            Fact::RentalStarted { rental: id(w.rental, "rental")?, at: w.started_at }
        }
        W::RentalExtended(w) => {
            Fact::RentalExtended { rental: id(w.rental, "rental")?, new_expiry: w.new_expiry }
        }
        W::RentalReturned(w) => Fact::RentalReturned {
            rental: id(w.rental, "rental")?,
            restore_at: w.restore_at,
            rent: w.rent,
            late_rent: w.late_rent,
        },
        W::RentTermDue(w) => Fact::RentTermDue {
            rental: id(w.rental, "rental")?,
            term_no: w.term_no,
            amount: w.amount,
        },
        W::DamageClaimed(w) => Fact::DamageClaimed {
            rental: id(w.rental, "rental")?,
            amount: w.amount,
            evidence: reference(&w.evidence, "evidence")?,
        },
        W::ChargeReduced(w) => Fact::ChargeReduced {
            rental: id(w.rental, "rental")?,
            item: w.item,
            amount: w.amount,
            given_back: w.given_back,
        },
        W::RentalCharged(w) => Fact::RentalCharged {
            rental: id(w.rental, "rental")?,
            payment: id(w.payment, "payment")?,
            amount: w.amount,
            fund: w.fund,
            repaid: w.repaid,
        },
        W::AdvanceRepaid(_) | W::AdvanceReturned(_) => holds::of_advance(wire)?,
        W::RentalSettled(w) => Fact::RentalSettled { rental: id(w.rental, "rental")? },
        W::RentalPaymentPending(w) => Fact::RentalPaymentPending {
            rental: id(w.rental, "rental")?,
            outstanding: w.outstanding,
            advanced: w.advanced,
            batch: w.batch,
        },
        W::RentalCollected(w) => {
            Fact::RentalCollected { rental: id(w.rental, "rental")?, amount: w.amount }
        }
        W::CollectionFailed(w) => {
            Fact::CollectionFailed { rental: id(w.rental, "rental")?, outstanding: w.outstanding }
        }
        W::RentalOverdue(w) => Fact::RentalOverdue { rental: id(w.rental, "rental")? },
        W::RentalBoughtOut(w) => Fact::RentalBoughtOut {
            rental: id(w.rental, "rental")?,
            term_no: w.term_no,
            price: w.price,
        },
        W::RentalLost(w) => Fact::RentalLost { rental: id(w.rental, "rental")?, amount: w.amount },
        W::RentalCancelled(w) => {
            Fact::RentalCancelled { rental: id(w.rental, "rental")?, expired: w.expired }
        }
        W::CreditLineGranted(w) => holds::line_granted(w)?,
        W::LimitAdjusted(w) => {
            Fact::LimitAdjusted { user: id(w.user, "user")?, limit: money(w.limit, "limit")? }
        }
        W::CreditLineFrozen(w) => Fact::CreditLineFrozen {
            user: id(w.user, "user")?,
            reason: holds::freeze_reason(w.reason)?,
        },
        W::CreditLineUnfrozen(w) => Fact::CreditLineUnfrozen {
            user: id(w.user, "user")?,
            reason: reference(&w.reason, "reason")?,
        },
        W::CreditLineClosed(w) => Fact::CreditLineClosed {
            user: id(w.user, "user")?,
            reason: reference(&w.reason, "reason")?,
        },
        W::AutoDebitSet(_) | W::BillDebited(_) | W::LoanDebited(_) => credit::debited(wire)?,
        W::CreditRepaid(w) => credit::repaid(w)?,
        W::StatementIssued(w) => credit::issued(w)?,
        W::StatementAssessed(w) => credit::assessed(w)?,
        W::InterestAccrued(w) => credit::accrued(w)?,
        W::CreditReduced(w) => credit::reduced(w)?,
        W::LatenessEnded(w) => credit::ended(w)?,
        W::PlanCreated(w) => plans::created(w)?,
        W::TermBilled(w) => plans::billed(w)?,
        W::PlanPrepaid(w) => plans::prepaid(w)?,
        W::PlanReduced(w) => plans::reduced(w)?,
        W::SellerFeeCharged(_) | W::SellerFeeEarned(_) | W::SellerFeeReturned(_) => {
            plans::of_seller(wire)?
        }
        W::LoanDrawn(_)
        | W::LoanTermDue(_)
        | W::LoanOverdue(_)
        | W::LoanRepaid(_)
        | W::LoanWrittenOff(_)
        | W::LoanCharged(_)
        | W::RepaymentReturned(_)
        | W::LoanDrawnMore(_)
        | W::LoanChargeWaived(_) => loans::fact(wire)?,
        W::PlanRepaid(w) => Fact::PlanRepaid { plan: id(w.plan, "plan")?, amount: w.amount },
        W::CreditWrittenOff(_)
        | W::PlanWrittenOff(_)
        | W::CreditRecovered(_)
        | W::Provisioned(_) => losses::fact(wire)?,
        W::DisputeOpened(w) => disputes::opened(w)?,
        W::DisputeDefended(w) => disputes::defended(w)?,
        W::DisputeJudged(w) => disputes::judged(w)?,
        W::DisputeCharged(_) | W::DisputeDebtPaid(_) | W::DisputeReversed(_) => {
            disputes::away(wire)?
        }
        W::RoyaltyBound(w) => Fact::RoyaltyBound {
            merchant: id(w.merchant, "merchant")?,
            receiver: id(w.receiver, "receiver")?,
        },
        W::RoyaltyUnbound(w) => Fact::RoyaltyUnbound {
            merchant: id(w.merchant, "merchant")?,
            receiver: id(w.receiver, "receiver")?,
        },
        W::RoyaltyFreezeSet(w) => Fact::RoyaltyFreezeSet { payment: id(w.payment, "payment")? },
        W::ProceedsFrozen(w) => {
            Fact::ProceedsFrozen { payment: id(w.payment, "payment")?, amount: w.amount }
        }
        W::PaymentSplit(w) => royalties::payment_split(w)?,
        W::SplitAsked(w) => royalties::split_asked(w)?,
        W::SplitPaid(w) => royalties::split_paid(w)?,
        W::SplitFunded(w) => royalties::split_funded(w)?,
        W::SplitFailed(w) => royalties::split_failed(w)?,
        W::SplitFinished(w) => royalties::finished(w)?,
        W::ProceedsFreed(w) => Fact::ProceedsFreed {
            payment: id(w.payment, "payment")?,
            amount: w.amount,
            batch: w.batch,
        },
        W::SplitReturned(w) => royalties::returned(w)?,
        W::RoyaltyArrived(w) => {
            Fact::RoyaltyArrived { sent: royalties::sent(w)?, amount: w.amount }
        }
        W::RoyaltyRefused(w) => royalties::refused(w)?,
        W::SplitReturnAsked(w) => royalties::asked(w)?,
        W::RoyaltyTaken(w) => Fact::RoyaltyTaken { sent: royalties::sent(w)?, amount: w.amount },
        W::RoyaltyGivenBack(w) => {
            Fact::RoyaltyGivenBack { sent: royalties::sent(w)?, amount: w.amount }
        }
        W::SplitReturnFailed(w) => royalties::failed(w)?,
        W::ConfirmationArrived(_)
        | W::BackHomeArrived(_)
        | W::CloseAsked(_)
        | W::CloseAnswered(_)
        | W::CloseDecided(_)
        | W::RoyaltyTold(_) => remittances::read_fact(wire)?,
        W::SettlementConfirmed(w) => Fact::SettlementConfirmed {
            payment: id(w.payment, "payment")?,
            recovered: w.recovered,
            reserve: w.reserve,
            available: w.available,
        },
        W::CreditFunded(w) => {
            Fact::CreditFunded { bank: id(w.bank, "bank")?, amount: money(w.amount, "amount")? }
        }
        W::FundingRepaid(w) => {
            Fact::FundingRepaid { bank: id(w.bank, "bank")?, amount: money(w.amount, "amount")? }
        }
        W::ReserveReleased(w) => Fact::ReserveReleased {
            merchant: id(w.merchant, "merchant")?,
            amount: w.amount,
            recovered: w.recovered,
            batch: w.batch,
        },
        W::CampaignFunded(w) => market::campaign_funded(w)?,
        W::CampaignClosed(w) => {
            Fact::CampaignClosed { campaign: id(w.campaign, "campaign")?, amount: w.amount }
        }
        W::CouponDefined(w) => market::coupon_defined(w)?,
        W::CouponIssued(w) => Fact::CouponIssued {
            coupon: id(w.coupon, "coupon")?,
            template: id(w.template, "template")?,
            user: id(w.user, "user")?,
        },
        W::CouponRevoked(w) => Fact::CouponRevoked {
            coupon: id(w.coupon, "coupon")?,
            reason: reference(&w.reason, "reason")?,
        },
        W::CouponExpired(w) => Fact::CouponExpired { coupon: id(w.coupon, "coupon")? },
        W::CouponUsed(w) => market::coupon_used(w)?,
        W::CouponReturned(w) => market::coupon_returned(w)?,
        W::CouponLocked(_) | W::CouponUnlocked(_) => market::of_lock(wire)?,
        W::CouponReleased(w) => {
            Fact::CouponReleased { coupon: id(w.coupon, "coupon")?, amount: w.amount }
        }
        W::QuotePublished(_)
        | W::QuoteExpired(_)
        | W::PaymentQuoted(_)
        | W::FxConverted(_)
        | W::FxReturned(_) => exchange::read_fact(wire)?,
        W::CardDefined(_)
        | W::CardOpened(_)
        | W::CardUpdated(_)
        | W::CardClosed(_)
        | W::CardExpired(_)
        | W::CardLoaded(_)
        | W::CardUnloaded(_)
        | W::CardCharged(_)
        | W::CardReturned(_)
        | W::PointsEarned(_)
        | W::PointsRedeemed(_)
        | W::PointsAdjusted(_)
        | W::PointsReversed(_)
        | W::PointsExpired(_)
        | W::PointsReturned(_) => cards::read_fact(wire)?,
        W::PacketSent(_)
        | W::PacketClaimed(_)
        | W::PacketExpired(_)
        | W::PacketArrived(_)
        | W::PacketReturned(_) => members::read_fact(wire)?,
        W::InvoiceRequested(w) => market::invoice_requested(w)?,
        W::InvoiceIssued(w) => market::invoice_issued(w)?,
        W::InvoiceRejected(w) => Fact::InvoiceRejected {
            invoice: id(w.invoice, "invoice")?,
            reason: reference(&w.reason, "reason")?,
        },
        W::InvoiceReversed(w) => market::invoice_reversed(w)?,
        W::RedInvoiceDue(w) => {
            Fact::RedInvoiceDue { payment: id(w.payment, "payment")?, amount: w.amount }
        }
        W::RemittanceSent(_)
        | W::RemittanceReceived(_)
        | W::TransferArrived(_)
        | W::TransferReturned(_)
        | W::PostingArrived(_)
        | W::PostingReturned(_)
        | W::MerchantKnown(_)
        | W::BatchForwarded(_)
        | W::ProceedsReceived(_)
        | W::RefundAsked(_)
        | W::ReductionAsked(_)
        | W::RefundFunded(_)
        | W::RefundFailed(_) => remittances::read_fact(wire)?,
        W::PaymentClosed(w) => Fact::PaymentClosed {
            payment: id(w.payment, "payment")?,
            reason: match known::<v1::CloseReason>(w.reason, "reason")? {
                v1::CloseReason::Unspecified => return Err("reason"),
                v1::CloseReason::Closed => CloseReason::Closed,
                v1::CloseReason::Cancelled => CloseReason::Cancelled,
                v1::CloseReason::TimedOut => CloseReason::TimedOut,
            },
        },
        W::PaymentCancelled(w) => Fact::PaymentCancelled { payment: id(w.payment, "payment")? },
        W::PaymentFinished(w) => Fact::PaymentFinished { payment: id(w.payment, "payment")? },
        W::BatchOpened(w) => Fact::BatchOpened {
            merchant: id(w.merchant, "merchant")?,
            date: w.date,
            account: w.account,
            settle_at: w.settle_at,
        },
        W::BatchCut(w) => Fact::BatchCut { batch: w.batch },
        W::BatchSettled(w) => Fact::BatchSettled {
            batch: w.batch,
            recovered: w.recovered,
            reserve: w.reserve,
            available: w.available,
        },
    })
}
