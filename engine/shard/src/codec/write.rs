//! Domain to wire: events and settlements.

pub(in crate::codec) mod apps;
pub(in crate::codec) mod cards;
pub(in crate::codec) mod credit;
pub(in crate::codec) mod disputes;
mod events;
pub(in crate::codec) mod exchange;
mod fields;
pub(in crate::codec) mod holds;
pub(in crate::codec) mod loans;
mod losses;
pub(in crate::codec) mod market;
pub(in crate::codec) mod members;
mod plain;
pub(in crate::codec) mod plans;
mod remittances;
pub(in crate::codec) mod royalties;
mod settlements;

pub use events::{append_event, write_event};
pub use remittances::write_remittance;
pub use settlements::write_settlement;

use groat_ledger::{
    AccountKey, Block, CloseReason, CodeKind, Fact, FeeRefund, Id, LimitScope, Limits,
    MerchantTerms, Money, Owner, PayMode, Reference, SignRule,
};
use groat_proto::v1::{self, event, limit_scope, owner};

pub(in crate::codec) fn some(id: Id) -> Option<v1::Id> {
    (!id.is_none()).then(|| id.into())
}

pub(in crate::codec) fn owner(owner: Owner) -> Option<v1::Owner> {
    let who = match owner {
        Owner::User(id) => owner::Who::User(id.into()),
        Owner::Merchant(id) => owner::Who::Merchant(id.into()),
        Owner::Ledger(id) => owner::Who::LedgerAccount(id.into()),
    };
    Some(v1::Owner { who: Some(who) })
}

pub(in crate::codec) fn constraint(sign_rule: SignRule) -> i32 {
    match sign_rule {
        SignRule::Either => v1::Constraint::Unspecified,
        SignRule::CreditBalance => v1::Constraint::DebitsWithinCredits,
        SignRule::DebitBalance => v1::Constraint::CreditsWithinDebits,
    }
    .into()
}

pub(in crate::codec) fn code_kind(kind: CodeKind) -> i32 {
    match kind {
        CodeKind::None => v1::CodeKind::Unspecified,
        CodeKind::Static => v1::CodeKind::Static,
        CodeKind::DynamicA => v1::CodeKind::DynamicA,
        CodeKind::DynamicB => v1::CodeKind::DynamicB,
        CodeKind::DynamicC => v1::CodeKind::DynamicC,
    }
    .into()
}

pub(in crate::codec) fn pay_mode(mode: PayMode) -> i32 {
    match mode {
        PayMode::MerchantPresented => v1::PayMode::MerchantPresented,
        PayMode::UserPresented => v1::PayMode::UserPresented,
        PayMode::InApp => v1::PayMode::InApp,
        PayMode::Agreement => v1::PayMode::Agreement,
    }
    .into()
}

fn block(block: Block) -> i32 {
    match block {
        Block::Debit => v1::Block::Debit,
        Block::Credit => v1::Block::Credit,
        Block::All => v1::Block::All,
    }
    .into()
}

fn close_reason(reason: CloseReason) -> i32 {
    match reason {
        CloseReason::Closed => v1::CloseReason::Closed,
        CloseReason::Cancelled => v1::CloseReason::Cancelled,
        CloseReason::TimedOut => v1::CloseReason::TimedOut,
    }
    .into()
}

pub(in crate::codec) fn class(key: &AccountKey) -> u32 {
    u32::from(key.class as u16)
}

pub(in crate::codec) fn text(reference: &Option<Reference>) -> String {
    reference.as_ref().map_or_else(String::new, |r| r.as_str().to_owned())
}

pub(in crate::codec) fn texts(references: &[Reference]) -> Vec<String> {
    references.iter().map(|r| r.as_str().to_owned()).collect()
}

pub(in crate::codec) fn terms(merchant: Id, terms: &MerchantTerms) -> v1::OnboardMerchant {
    v1::OnboardMerchant {
        merchant: some(merchant),
        fee_ppm: terms.fee_ppm,
        fee_refund: match terms.fee_refund {
            FeeRefund::Proportional => v1::FeeRefund::Proportional,
            FeeRefund::None => v1::FeeRefund::None,
        }
        .into(),
        cycle: terms.cycle_days,
        reserve_bps: terms.reserve_bps,
        reserve_days: terms.reserve_days,
        royalty_cap_bps: Some(terms.royalty_cap_bps),
        refund_days: Some(terms.refund_days),
        settle_ccy: u32::from(terms.settle_currency.code()),
    }
}

pub(in crate::codec) fn limits(
    scope: LimitScope,
    currency: groat_ledger::Currency,
    limits: &Limits,
) -> v1::SetLimits {
    let to = match scope {
        LimitScope::User(id) => limit_scope::To::User(id.into()),
        LimitScope::KycClass(class) => limit_scope::To::KycClass(class.into()),
        LimitScope::CodeKind(kind) => limit_scope::To::CodeKind(code_kind(kind)),
    };
    let money = |limit: Option<u64>| limit.map(|amount| Money { amount, currency }.into());
    v1::SetLimits {
        scope: Some(v1::LimitScope { to: Some(to) }),
        ccy: u32::from(currency.code()),
        single: money(limits.single),
        day: money(limits.day),
        month: money(limits.month),
        year: money(limits.year),
        lifetime: money(limits.lifetime),
        balance_cap: money(limits.balance_cap),
        every_window: limits.every_window,
    }
}

fn write_fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::CommandRejected { rejection } => {
            W::CommandRejected(v1::CommandRejected { code: rejection.code().into() })
        }
        Fact::AccountOpened { number, key, currency, sign_rule, history } => {
            W::AccountOpened(v1::AccountOpened {
                number: *number,
                class: class(key),
                owner: some(key.owner),
                sub: key.sub,
                currency: u32::from(currency.code()),
                constraint: constraint(*sign_rule),
                history: *history,
            })
        }
        Fact::TransferPosted => W::TransferPosted(v1::TransferPosted {}),
        Fact::PendingSetAway { transfer, credit, up_to } => W::PendingSetAway(v1::PendingSetAway {
            transfer: some(*transfer),
            credit: some(*credit),
            up_to: *up_to,
        }),
        Fact::TransferPended { transfer, expires_at } => W::TransferPended(v1::TransferPended {
            transfer: some(*transfer),
            expires_at: *expires_at,
        }),
        Fact::TransferCompleted { pending } => {
            W::TransferCompleted(v1::TransferCompleted { pending: some(*pending) })
        }
        Fact::TransferVoided { pending } => {
            W::TransferVoided(v1::TransferVoided { pending: some(*pending) })
        }
        Fact::TransferExpired { pending } => {
            W::TransferExpired(v1::TransferExpired { pending: some(*pending) })
        }
        Fact::AppRegistered { .. }
        | Fact::AppAuthGranted { .. }
        | Fact::AppAuthRevoked { .. }
        | Fact::AppLimitsSet { .. }
        | Fact::AppAsked { .. } => return apps::fact(fact),
        Fact::UserOpened { user, kyc_class, currency, account } => W::UserOpened(v1::UserOpened {
            user: some(*user),
            kyc_class: u32::from(*kyc_class),
            currency: u32::from(currency.code()),
            account: *account,
        }),
        Fact::MerchantOnboarded { merchant, terms: t, account } => {
            W::MerchantOnboarded(v1::MerchantOnboarded {
                terms: Some(terms(*merchant, t)),
                account: *account,
            })
        }
        Fact::LimitsSet { scope, currency, limits: l } => {
            W::LimitsSet(limits(*scope, *currency, l))
        }
        Fact::AccountRestricted { owner: o, block: b, case } => {
            W::AccountRestricted(v1::RestrictAccount {
                account: owner(*o),
                block: block(*b),
                case: case.to_string(),
            })
        }
        Fact::RestrictionLifted { owner: o, block: b, case } => {
            W::RestrictionLifted(v1::LiftRestriction {
                account: owner(*o),
                block: block(*b),
                case: case.to_string(),
            })
        }
        Fact::HoldPlaced { hold, user, amount } => W::HoldPlaced(v1::HoldPlaced {
            hold_id: some(*hold),
            user: some(*user),
            amount: *amount,
        }),
        Fact::HoldReleased { hold, amount } => {
            W::HoldReleased(v1::HoldReleased { hold_id: some(*hold), amount: *amount })
        }
        Fact::HoldSeized { hold, amount, order_ref } => W::HoldSeized(v1::HoldSeized {
            hold_id: some(*hold),
            amount: *amount,
            order_ref: order_ref.to_string(),
        }),
        Fact::AccountClosed { owner: o } => {
            W::AccountClosed(v1::AccountClosed { account: owner(*o) })
        }
        Fact::ToppedUp { user, bank_ref, amount } => W::ToppedUp(v1::ToppedUp {
            user: some(*user),
            bank_ref: bank_ref.to_string(),
            amount: *amount,
        }),
        Fact::Transferred { from, to, amount } => {
            W::Transferred(v1::Transferred { from: some(*from), to: some(*to), amount: *amount })
        }
        Fact::PayoutRequested { payout, owner: o, amount, fee } => {
            W::PayoutRequested(v1::PayoutRequested {
                payout: some(*payout),
                owner: owner(*o),
                amount: Some((*amount).into()),
                fee: *fee,
            })
        }
        Fact::PayoutConfirmed { payout } => {
            W::PayoutConfirmed(v1::PayoutConfirmed { payout: some(*payout) })
        }
        Fact::PayoutFailed { payout, reason } => {
            W::PayoutFailed(v1::PayoutFailed { payout: some(*payout), reason: reason.to_string() })
        }
        Fact::ReceiptRecorded { bank_ref, amount } => W::ReceiptRecorded(v1::ReceiptRecorded {
            bank_ref: bank_ref.to_string(),
            amount: Some((*amount).into()),
        }),
        Fact::ReceiptMatched { bank_ref, target, amount } => {
            W::ReceiptMatched(v1::ReceiptMatched {
                bank_ref: bank_ref.to_string(),
                target: owner(*target),
                amount: *amount,
            })
        }
        Fact::AdjustmentPosted { reason, maker, approver } => {
            W::AdjustmentPosted(v1::AdjustmentPosted {
                reason: reason.to_string(),
                maker: some(*maker),
                approver: some(*approver),
            })
        }
        Fact::ClockAdvanced { to } => W::ClockAdvanced(v1::ClockAdvanced { to: *to }),
        Fact::PaymentCreated {
            payment,
            out_trade_no,
            merchant,
            mode,
            code_kind: kind,
            auth_code,
            amount,
            expires_at,
            rental,
            undiscountable,
        } => W::PaymentCreated(v1::PaymentCreated {
            payment: some(*payment),
            out_trade_no: out_trade_no.to_string(),
            merchant: some(*merchant),
            mode: pay_mode(*mode),
            code_kind: code_kind(*kind),
            auth_code: text(auth_code),
            amount: Some((*amount).into()),
            expires_at: *expires_at,
            rental: some(*rental),
            undiscountable: *undiscountable,
        }),
        Fact::PaymentPaid {
            payment,
            user,
            balance,
            credit,
            channel_amount,
            channel,
            batch,
            agreed,
        } => W::PaymentPaid(v1::PaymentPaid {
            payment: some(*payment),
            user: some(*user),
            balance: *balance,
            credit: *credit,
            channel_amount: *channel_amount,
            channel: some(*channel),
            batch: *batch,
            agreed: *agreed,
        }),
        Fact::FeeCharged { payment, amount } => {
            W::FeeCharged(v1::FeeCharged { payment: some(*payment), amount: *amount })
        }
        Fact::PaymentClosed { payment, reason } => W::PaymentClosed(v1::PaymentClosed {
            payment: some(*payment),
            reason: close_reason(*reason),
        }),
        Fact::FeeReturned { payment, amount } => {
            W::FeeReturned(v1::FeeReturned { payment: some(*payment), amount: *amount })
        }
        Fact::RefundSucceeded {
            payment,
            out_request_no,
            amount,
            from_own_batch,
            from_available,
            from_open_batch,
            open_batch,
            to_credit,
            surplus,
            to_channel,
            to_balance,
        } => W::RefundSucceeded(v1::RefundSucceeded {
            payment: some(*payment),
            out_request_no: out_request_no.to_string(),
            amount: *amount,
            from_own_batch: *from_own_batch,
            from_available: *from_available,
            from_open_batch: *from_open_batch,
            open_batch: *open_batch,
            to_credit: *to_credit,
            surplus: *surplus,
            to_channel: *to_channel,
            to_balance: *to_balance,
        }),
        Fact::PaymentCancelled { payment } => {
            W::PaymentCancelled(v1::PaymentCancelled { payment: some(*payment) })
        }
        Fact::PaymentFinished { payment } => {
            W::PaymentFinished(v1::PaymentFinished { payment: some(*payment) })
        }
        Fact::BatchOpened { merchant, date, account, settle_at } => {
            W::BatchOpened(v1::BatchOpened {
                merchant: some(*merchant),
                date: *date,
                account: *account,
                settle_at: *settle_at,
            })
        }
        Fact::BatchCut { batch } => W::BatchCut(v1::BatchCut { batch: *batch }),
        Fact::BatchSettled { batch, recovered, reserve, available } => {
            W::BatchSettled(v1::BatchSettled {
                batch: *batch,
                recovered: *recovered,
                reserve: *reserve,
                available: *available,
            })
        }
        Fact::CampaignFunded { .. }
        | Fact::CampaignClosed { .. }
        | Fact::CouponDefined { .. }
        | Fact::CouponIssued { .. }
        | Fact::CouponRevoked { .. }
        | Fact::CouponExpired { .. }
        | Fact::CouponUsed { .. }
        | Fact::CouponReturned { .. }
        | Fact::CouponReleased { .. }
        | Fact::CouponLocked { .. }
        | Fact::CouponUnlocked { .. }
        | Fact::InvoiceRequested { .. }
        | Fact::InvoiceIssued { .. }
        | Fact::InvoiceRejected { .. }
        | Fact::InvoiceReversed { .. }
        | Fact::RedInvoiceDue { .. } => return market::fact(fact),
        Fact::QuotePublished { .. }
        | Fact::QuoteExpired { .. }
        | Fact::PaymentQuoted { .. }
        | Fact::FxConverted { .. }
        | Fact::FxReturned { .. } => return exchange::fact(fact),
        Fact::CardDefined { .. }
        | Fact::CardOpened { .. }
        | Fact::CardUpdated { .. }
        | Fact::CardClosed { .. }
        | Fact::CardExpired { .. }
        | Fact::CardLoaded { .. }
        | Fact::CardUnloaded { .. }
        | Fact::CardCharged { .. }
        | Fact::CardReturned { .. }
        | Fact::PointsEarned { .. }
        | Fact::PointsRedeemed { .. }
        | Fact::PointsAdjusted { .. }
        | Fact::PointsReversed { .. }
        | Fact::PointsExpired { .. }
        | Fact::PointsReturned { .. } => return cards::fact(fact),
        Fact::PacketSent { .. }
        | Fact::PacketClaimed { .. }
        | Fact::PacketExpired { .. }
        | Fact::PacketArrived { .. }
        | Fact::PacketReturned { .. } => return members::fact(fact),
        Fact::CreditFunded { bank, amount } => {
            W::CreditFunded(v1::CreditFunded { bank: some(*bank), amount: Some((*amount).into()) })
        }
        Fact::FundingRepaid { bank, amount } => W::FundingRepaid(v1::FundingRepaid {
            bank: some(*bank),
            amount: Some((*amount).into()),
        }),
        Fact::RemittanceSent { .. }
        | Fact::RemittanceReceived { .. }
        | Fact::TransferArrived { .. }
        | Fact::TransferReturned { .. }
        | Fact::PostingArrived { .. }
        | Fact::PostingReturned { .. }
        | Fact::MerchantKnown { .. }
        | Fact::BatchForwarded { .. }
        | Fact::ProceedsReceived { .. }
        | Fact::RefundAsked { .. }
        | Fact::ReductionAsked { .. }
        | Fact::RefundFunded { .. }
        | Fact::RefundFailed { .. } => return remittances::fact(fact),
        Fact::FundsAuthorized { .. }
        | Fact::AuthorizationCaptured { .. }
        | Fact::FundsReleased { .. }
        | Fact::AuthorizationClosed { .. }
        | Fact::RentalCreated { .. }
        | Fact::RentalAssessed { .. }
        | Fact::DepositSecured { .. }
        | Fact::RentalStarted { .. }
        | Fact::RentalExtended { .. }
        | Fact::RentalReturned { .. }
        | Fact::RentTermDue { .. }
        | Fact::DamageClaimed { .. }
        | Fact::ChargeReduced { .. }
        | Fact::RentalCharged { .. }
        | Fact::AdvanceRepaid { .. }
        | Fact::AdvanceReturned { .. }
        | Fact::RentalSettled { .. }
        | Fact::RentalPaymentPending { .. }
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
        | Fact::ReserveReleased { .. } => return holds::fact(fact),
        Fact::CreditRepaid { .. }
        | Fact::StatementIssued { .. }
        | Fact::StatementAssessed { .. }
        | Fact::InterestAccrued { .. }
        | Fact::CreditReduced { .. }
        | Fact::AutoDebitSet { .. }
        | Fact::BillDebited { .. }
        | Fact::LoanDebited { .. }
        | Fact::LatenessEnded { .. } => return credit::fact(fact),
        Fact::PlanCreated { .. }
        | Fact::TermBilled { .. }
        | Fact::PlanPrepaid { .. }
        | Fact::PlanRepaid { .. }
        | Fact::PlanReduced { .. }
        | Fact::SellerFeeCharged { .. }
        | Fact::SellerFeeEarned { .. }
        | Fact::SellerFeeReturned { .. } => return plans::fact(fact),
        Fact::LoanDrawn { .. }
        | Fact::LoanTermDue { .. }
        | Fact::LoanOverdue { .. }
        | Fact::LoanRepaid { .. }
        | Fact::LoanWrittenOff { .. }
        | Fact::LoanCharged { .. }
        | Fact::RepaymentReturned { .. }
        | Fact::LoanDrawnMore { .. }
        | Fact::LoanChargeWaived { .. } => return loans::fact(fact),
        Fact::CreditWrittenOff { .. }
        | Fact::PlanWrittenOff { .. }
        | Fact::CreditRecovered { .. }
        | Fact::Provisioned { .. } => return losses::fact(fact),
        Fact::DisputeOpened { .. }
        | Fact::DisputeDefended { .. }
        | Fact::DisputeJudged { .. }
        | Fact::DisputeCharged { .. }
        | Fact::DisputeDebtPaid { .. }
        | Fact::DisputeReversed { .. } => return disputes::fact(fact),
        Fact::RoyaltyBound { .. }
        | Fact::RoyaltyUnbound { .. }
        | Fact::RoyaltyFreezeSet { .. }
        | Fact::ProceedsFrozen { .. }
        | Fact::PaymentSplit { .. }
        | Fact::SplitAsked { .. }
        | Fact::SplitPaid { .. }
        | Fact::SplitFunded { .. }
        | Fact::SplitFailed { .. }
        | Fact::SplitFinished { .. }
        | Fact::ProceedsFreed { .. }
        | Fact::RoyaltyArrived { .. }
        | Fact::RoyaltyRefused { .. }
        | Fact::SplitReturnAsked { .. }
        | Fact::RoyaltyTaken { .. }
        | Fact::RoyaltyGivenBack { .. }
        | Fact::SplitReturnFailed { .. }
        | Fact::SplitReturned { .. } => return royalties::fact(fact),
        Fact::ConfirmationArrived { .. }
        | Fact::BackHomeArrived { .. }
        | Fact::CloseAsked { .. }
        | Fact::CloseAnswered { .. }
        | Fact::CloseDecided { .. }
        | Fact::RoyaltyTold { .. } => return remittances::fact(fact),
        Fact::SettlementConfirmed { payment, recovered, reserve, available } => {
            W::SettlementConfirmed(v1::SettlementConfirmed {
                payment: some(*payment),
                recovered: *recovered,
                reserve: *reserve,
                available: *available,
            })
        }
    })
}
