//! Wire to domain: commands.

use super::fields::*;
use super::{
    apps, cards, credit, disputes, exchange, holds, loans, losses, market, members, plans,
    royalties,
};
use groat_ledger::{
    self as domain, Balancing, Body, Class, EntryLine, Leg, LegSource, Phase, Side,
};
use groat_proto::v1::{self, command, leg};

pub(super) fn post_transfer(w: &v1::PostTransfer) -> Field<domain::PostTransfer> {
    let balancing = match known::<v1::Balancing>(w.balancing, "balancing")? {
        v1::Balancing::Unspecified => Balancing::None,
        v1::Balancing::Debit => Balancing::Debit,
        v1::Balancing::Credit => Balancing::Credit,
        v1::Balancing::Both => Balancing::Both,
    };
    let phase = known::<v1::Phase>(w.phase, "phase")?;
    let first_phase = matches!(phase, v1::Phase::Unspecified | v1::Phase::Pending);
    ensure(phase == v1::Phase::Pending || w.timeout_s == 0, "timeout_s")?;
    ensure(first_phase || w.balancing == 0, "balancing")?;
    ensure(!first_phase || w.pending.is_none(), "pending")?;
    ensure(phase != v1::Phase::Void || w.amount.is_none(), "amount")?;
    let (debit, credit, amount) = if first_phase {
        let amount = Some(money(w.amount, "amount")?);
        (id(w.debit, "debit")?, id(w.credit, "credit")?, amount)
    } else {
        let amount = w.amount.map(|amount| money(Some(amount), "amount")).transpose()?;
        (optional_id(w.debit), optional_id(w.credit), amount)
    };
    let phase = match phase {
        v1::Phase::Unspecified => Phase::Single(balancing),
        v1::Phase::Pending => Phase::Pending { balancing, timeout_s: w.timeout_s },
        v1::Phase::Post => Phase::Post { pending: id(w.pending, "pending")? },
        v1::Phase::Void => Phase::Void { pending: id(w.pending, "pending")? },
    };
    Ok(domain::PostTransfer { debit, credit, amount, phase })
}

fn create_payment(w: &v1::CreatePayment) -> Field<domain::CreatePayment> {
    let amount = money(w.amt, "amt")?;
    Ok(domain::CreatePayment {
        payment: id(w.payment, "payment")?,
        out_trade_no: reference(&w.out_trade_no, "out_trade_no")?,
        merchant: id(w.merchant, "merchant")?,
        mode: pay_mode(w.mode)?,
        code_kind: code_kind(w.code_kind)?,
        auth_code: optional_reference(&w.auth_code, "auth_code")?,
        amount,
        discountable: part_of(w.discountable, amount.currency, "discountable")?,
        undiscountable: part_of(w.undiscountable, amount.currency, "undiscountable")?,
        timeout_s: w.timeout_s,
        quote: optional_id(w.quote),
        royalty_freeze: w.royalty_freeze,
        coupon: optional_id(w.coupon),
    })
}

fn pay_payment(w: &v1::PayPayment) -> Field<domain::PayPayment> {
    let mut legs = Vec::with_capacity(w.legs.len());
    let mut currency = None;
    for leg in &w.legs {
        let (source, amount) = match leg.source.ok_or("legs")? {
            leg::Source::Balance(leg) => (LegSource::Balance, money(leg.amt, "legs")?),
            leg::Source::Credit(leg) => (LegSource::Credit, money(leg.amt, "legs")?),
            leg::Source::Channel(leg) => {
                (LegSource::Channel(id(leg.channel, "legs")?), money(leg.amt, "legs")?)
            }
            leg::Source::Coupon(leg) => {
                (LegSource::Coupon(id(leg.coupon, "legs")?), money(leg.amt, "legs")?)
            }
            leg::Source::Instalment(leg) => plans::leg(&leg)?,
            leg::Source::StoredValue(leg) => cards::leg(&leg, LegSource::StoredValue)?,
            leg::Source::Points(leg) => cards::leg(&leg, LegSource::Points)?,
        };
        ensure(*currency.get_or_insert(amount.currency) == amount.currency, "legs")?;
        legs.push(Leg { source, amount: amount.amount });
    }
    let currency = currency.ok_or("legs")?;
    let (payment, user) = (id(w.payment, "payment")?, id(w.user, "user")?);
    Ok(domain::PayPayment { payment, user, legs, currency })
}

fn entry_line(w: &v1::EntryLine) -> Field<EntryLine> {
    Ok(EntryLine {
        class: Class::from_code(w.class).ok_or("class")?,
        owner: optional_id(w.owner),
        side: match known::<v1::Side>(w.side, "side")? {
            v1::Side::Unspecified => return Err("side"),
            v1::Side::Debit => Side::Debit,
            v1::Side::Credit => Side::Credit,
        },
        amount: money(w.amt, "amt")?,
    })
}

pub(super) fn read_body(wire: &command::Body) -> Field<Body> {
    use command::Body as W;
    Ok(match wire {
        W::PostTransfer(w) => Body::PostTransfer(post_transfer(w)?),
        W::Transfer(w) => Body::Transfer(domain::Transfer {
            from: id(w.from, "from")?,
            to: id(w.to, "to")?,
            amount: money(w.amt, "amt")?,
        }),
        W::CreatePayment(w) => Body::CreatePayment(create_payment(w)?),
        W::PayPayment(w) => Body::PayPayment(pay_payment(w)?),
        W::RefundPayment(w) => Body::RefundPayment(domain::RefundPayment {
            payment: id(w.payment, "payment")?,
            out_request_no: reference(&w.out_request_no, "out_request_no")?,
            amount: money(w.amt, "amt")?,
            royalties: royalties::refunds(w.royalty_refunds.as_ref())?,
        }),
        W::OpenLedgerAccount(w) => Body::OpenLedgerAccount(domain::OpenLedgerAccount {
            account: id(w.account, "account")?,
            currency: currency(w.currency, "currency")?,
            constraint: constraint(w.constraint)?,
            history: w.history,
        }),
        W::RegisterApp(w) => Body::RegisterApp(apps::register(w)?),
        W::GrantAppAuth(w) => Body::GrantAppAuth(apps::grant(w)?),
        W::RevokeAppAuth(w) => Body::RevokeAppAuth(apps::revoke(w)?),
        W::SetAppLimits(w) => Body::SetAppLimits(apps::set_limits(w)?),
        W::DefineCard(_)
        | W::OpenCard(_)
        | W::UpdateCard(_)
        | W::CloseCard(_)
        | W::LoadCard(_)
        | W::UnloadCard(_)
        | W::EarnPoints(_)
        | W::RedeemPoints(_)
        | W::AdjustPoints(_) => cards::command(wire)?,
        W::PublishQuote(w) => Body::PublishQuote(exchange::publish(w)?),
        W::OpenUser(w) => Body::OpenUser(domain::OpenUser {
            user: id(w.user, "user")?,
            kyc_class: u8::try_from(w.kyc_class).map_err(|_| "kyc_class")?,
            currency: currency(w.ccy, "ccy")?,
        }),
        W::OnboardMerchant(w) => Body::OnboardMerchant(domain::OnboardMerchant {
            merchant: id(w.merchant, "merchant")?,
            terms: merchant_terms(w)?,
        }),
        W::SetLimits(w) => {
            let (scope, currency, limits) = limits(w)?;
            Body::SetLimits(domain::SetLimits { scope, currency, limits })
        }
        W::RestrictAccount(w) => Body::RestrictAccount(domain::RestrictAccount {
            account: owner(w.account.as_ref(), "account")?,
            block: block(w.block)?,
            case: reference(&w.case, "case")?,
        }),
        W::LiftRestriction(w) => Body::LiftRestriction(domain::LiftRestriction {
            account: owner(w.account.as_ref(), "account")?,
            block: block(w.block)?,
            case: reference(&w.case, "case")?,
        }),
        W::PlaceHold(w) => Body::PlaceHold(domain::PlaceHold {
            hold: id(w.hold_id, "hold_id")?,
            user: id(w.user, "user")?,
            amount: money(w.amt, "amt")?,
        }),
        W::ReleaseHold(w) => Body::ReleaseHold(domain::ReleaseHold {
            hold: id(w.hold_id, "hold_id")?,
            user: id(w.user, "user")?,
            amount: money(w.amt, "amt")?,
        }),
        W::SeizeHold(w) => Body::SeizeHold(domain::SeizeHold {
            hold: id(w.hold_id, "hold_id")?,
            order_ref: reference(&w.order_ref, "order_ref")?,
            bank: optional_id(w.bank),
        }),
        W::CloseAccount(w) => Body::CloseAccount(domain::CloseAccount {
            account: owner(w.account.as_ref(), "account")?,
        }),
        W::ConfirmTopUp(w) => Body::ConfirmTopUp(domain::ConfirmTopUp {
            user: id(w.user, "user")?,
            amount: money(w.amt, "amt")?,
            bank_ref: reference(&w.bank_ref, "bank_ref")?,
            bank: optional_id(w.bank),
        }),
        W::RequestPayout(w) => {
            let amount = money(w.amt, "amt")?;
            Body::RequestPayout(domain::RequestPayout {
                payout: id(w.payout, "payout")?,
                owner: owner(w.owner.as_ref(), "owner")?,
                amount,
                fee: part_of(w.fee, amount.currency, "fee")?.unwrap_or(0),
            })
        }
        W::ConfirmPayout(w) => Body::ConfirmPayout(domain::ConfirmPayout {
            payout: id(w.payout, "payout")?,
            bank: optional_id(w.bank),
        }),
        W::FailPayout(w) => Body::FailPayout(domain::FailPayout {
            payout: id(w.payout, "payout")?,
            reason: reference(&w.reason, "reason")?,
        }),
        W::MatchReceipt(w) => Body::MatchReceipt(domain::MatchReceipt {
            bank_ref: reference(&w.bank_ref, "bank_ref")?,
            amount: money(w.amt, "amt")?,
            bank: optional_id(w.bank),
            target: w.target.as_ref().map(|t| owner(Some(t), "target")).transpose()?,
        }),
        W::PostAdjustment(w) => Body::PostAdjustment(domain::PostAdjustment {
            entries: w.entries.iter().map(entry_line).collect::<Field<_>>()?,
            reason: reference(&w.reason, "reason")?,
            maker: id(w.maker, "maker")?,
            approver: id(w.approver, "approver")?,
        }),
        W::AdvanceClock(w) => Body::AdvanceClock(domain::AdvanceClock { to: w.to }),
        W::AuthorizeFunds(w) => holds::authorize_funds(w)?,
        W::CaptureAuthorization(w) => holds::capture(w)?,
        W::UnfreezeFunds(w) => holds::unfreeze(w)?,
        W::CancelAuthorization(w) => {
            let auth = id(w.auth, "auth")?;
            Body::CancelAuthorization(domain::CancelAuthorization { auth })
        }
        W::CreateRental(w) => Body::CreateRental(holds::create_rental(w)?),
        W::AssessRental(w) => holds::assess_rental(w)?,
        W::SecureDeposit(w) => {
            Body::SecureDeposit(domain::SecureDeposit { rental: id(w.rental, "rental")? })
        }
        W::StartRental(w) => Body::StartRental(domain::StartRental {
            rental: id(w.rental, "rental")?,
            at: time(w.started_at, "started_at")?,
        }),
        W::ExtendRental(w) => Body::ExtendRental(domain::ExtendRental {
            rental: id(w.rental, "rental")?,
            new_expiry: time(w.new_expiry, "new_expiry")?,
        }),
        W::ReturnRental(w) => Body::ReturnRental(domain::ReturnRental {
            rental: id(w.rental, "rental")?,
            restore_at: time(w.restore_at, "restore_at")?,
        }),
        W::ClaimDamage(w) => Body::ClaimDamage(domain::ClaimDamage {
            rental: id(w.rental, "rental")?,
            amount: money(w.amt, "amt")?,
            evidence: reference(&w.evidence, "evidence")?,
        }),
        W::ReduceCharge(w) => Body::ReduceCharge(domain::ReduceCharge {
            rental: id(w.rental, "rental")?,
            item: w.item,
            amount: money(w.amt, "amt")?,
        }),
        W::SettleRental(w) => holds::settle_rental(w)?,
        W::CollectRental(w) => Body::CollectRental(domain::CollectRental {
            rental: id(w.rental, "rental")?,
            allow_partial: w.allow_partial,
        }),
        W::BuyOutRental(w) => Body::BuyOutRental(domain::BuyOutRental {
            rental: id(w.rental, "rental")?,
            term_no: w.term_no,
        }),
        W::DeclareLost(w) => {
            Body::DeclareLost(domain::DeclareLost { rental: id(w.rental, "rental")? })
        }
        W::CancelRental(w) => {
            Body::CancelRental(domain::CancelRental { rental: id(w.rental, "rental")? })
        }
        W::GrantCreditLine(w) => Body::GrantCreditLine(holds::grant(w)?),
        W::AdjustLimit(w) => Body::AdjustLimit(domain::AdjustLimit {
            user: id(w.user, "user")?,
            limit: money(w.limit, "limit")?,
        }),
        W::FreezeCreditLine(w) => Body::FreezeCreditLine(domain::FreezeCreditLine {
            user: id(w.user, "user")?,
            reason: holds::freeze_reason(w.reason)?,
        }),
        W::UnfreezeCreditLine(w) => Body::UnfreezeCreditLine(domain::UnfreezeCreditLine {
            user: id(w.user, "user")?,
            reason: reference(&w.reason, "reason")?,
        }),
        W::CloseCreditLine(w) => Body::CloseCreditLine(domain::CloseCreditLine {
            user: id(w.user, "user")?,
            reason: reference(&w.reason, "reason")?,
        }),
        W::RepayCredit(w) => Body::RepayCredit(domain::RepayCredit {
            user: id(w.user, "user")?,
            amount: money(w.amt, "amt")?,
            target: optional_id(w.target),
        }),
        W::ConvertToInstalments(w) => Body::ConvertToInstalments(plans::convert(w)?),
        W::PrepayPlan(w) => Body::PrepayPlan(plans::prepay(w)?),
        W::DrawLoan(w) => Body::DrawLoan(loans::draw(w)?),
        W::DrawMore(w) => Body::DrawMore(loans::more(w)?),
        W::SetAutoDebit(w) => Body::SetAutoDebit(credit::set_auto_debit(w)?),
        W::ChargeLoan(w) => Body::ChargeLoan(loans::charge(w)?),
        W::WaiveLoanCharge(w) => Body::WaiveLoanCharge(loans::waive(w)?),
        W::ReturnRepayment(w) => Body::ReturnRepayment(loans::give_back(w)?),
        W::WriteOffCredit(_) | W::RecordRecovery(_) | W::ProvisionCredit(_) => losses::body(wire)?,
        W::OpenDispute(w) => disputes::open(w)?,
        W::DefendDispute(w) => disputes::defend(w)?,
        W::AcceptDispute(w) => {
            Body::AcceptDispute(domain::AcceptDispute { dispute: id(w.dispute, "dispute")? })
        }
        W::CancelDispute(w) => {
            Body::CancelDispute(domain::CancelDispute { dispute: id(w.dispute, "dispute")? })
        }
        W::JudgeDispute(w) => disputes::judge(w)?,
        W::BindRoyalty(w) => Body::BindRoyalty(domain::BindRoyalty {
            merchant: id(w.merchant, "merchant")?,
            receiver: id(w.receiver, "receiver")?,
        }),
        W::UnbindRoyalty(w) => Body::UnbindRoyalty(domain::UnbindRoyalty {
            merchant: id(w.merchant, "merchant")?,
            receiver: id(w.receiver, "receiver")?,
        }),
        W::SplitPayment(w) => royalties::split(w)?,
        W::ReturnSplit(w) => royalties::return_split(w)?,
        W::ConfirmSettlement(w) => Body::ConfirmSettlement(domain::ConfirmSettlement {
            payment: id(w.payment, "payment")?,
            amount: money(w.amt, "amt")?,
        }),
        W::ReleaseReserve(w) => Body::ReleaseReserve(domain::ReleaseReserve {
            merchant: id(w.merchant, "merchant")?,
            amount: money(w.amt, "amt")?,
        }),
        W::FundCampaign(w) => Body::FundCampaign(market::fund_campaign(w)?),
        W::CloseCampaign(w) => {
            Body::CloseCampaign(domain::CloseCampaign { campaign: id(w.campaign, "campaign")? })
        }
        W::DefineCoupon(w) => {
            let (template, terms) = market::define_coupon(w)?;
            Body::DefineCoupon(domain::DefineCoupon { template, terms })
        }
        W::IssueCoupon(w) => Body::IssueCoupon(market::issue_coupon(w)?),
        W::RevokeCoupon(w) => Body::RevokeCoupon(market::revoke_coupon(w)?),
        W::SendRedPacket(w) => Body::SendRedPacket(members::send_red_packet(w)?),
        W::ClaimRedPacket(w) => Body::ClaimRedPacket(members::claim_red_packet(w)?),
        W::RequestInvoice(w) => Body::RequestInvoice(market::request_invoice(w)?),
        W::IssueInvoice(w) => Body::IssueInvoice(market::issue_invoice(w)?),
        W::RejectInvoice(w) => Body::RejectInvoice(market::reject_invoice(w)?),
        W::RedInvoice(w) => Body::RedInvoice(market::red_invoice(w)?),
        W::FundCredit(w) => Body::FundCredit(domain::FundCredit {
            bank: id(w.bank, "bank")?,
            amount: money(w.amt, "amt")?,
            safeguarded_at: optional_id(w.safeguarded_at),
        }),
        W::RepayFunding(w) => Body::RepayFunding(domain::RepayFunding {
            bank: id(w.bank, "bank")?,
            amount: money(w.amt, "amt")?,
            safeguarded_at: optional_id(w.safeguarded_at),
        }),
        W::ClosePayment(w) => {
            Body::ClosePayment(domain::ClosePayment { payment: id(w.payment, "payment")? })
        }
        W::CancelPayment(w) => {
            Body::CancelPayment(domain::CancelPayment { payment: id(w.payment, "payment")? })
        }
    })
}
