//! Commands as a producer writes them. The engine only reads commands; this is the other way.

mod apps;
mod cards;
mod exchange;
mod limits;
mod loans;
mod market;
mod members;

pub(crate) use apps::signed;
mod royalties;

use groat_ledger::instalments::{Part, Split, Tie};
use groat_ledger::{
    Admission, Balancing, Bearer, Block, Body, CaptureMode, Command, Constraint, CreateRental,
    Currency, DayRule, DisputeKind, FeeRefund, FreezeReason, GrantCreditLine, Id, LegSource, Money,
    OnboardMerchant, Owner, PayMode, Phase, PostTransfer, Reference, RentTerm, RentUnit, Side,
};
use groat_proto::v1::{self, assess_rental, command::Body as Wire, leg, owner};
use limits::{code, set_limits};

/// A command on the wire.
pub(crate) fn write(command: &Command) -> v1::Command {
    let body = Some(body(&command.body));
    let app = some(command.app);
    v1::Command { id: Some(command.id.into()), app, body, ..v1::Command::default() }
}

fn some(id: Id) -> Option<v1::Id> {
    (!id.is_none()).then(|| id.into())
}

fn money(money: Money) -> Option<v1::Money> {
    Some(money.into())
}

fn part(amount: u64, currency: Currency) -> Option<v1::Money> {
    money(Money { amount, currency })
}

fn text(reference: &Reference) -> String {
    reference.as_str().to_owned()
}

fn owner(owner: Owner) -> Option<v1::Owner> {
    let who = match owner {
        Owner::User(id) => owner::Who::User(id.into()),
        Owner::Merchant(id) => owner::Who::Merchant(id.into()),
        Owner::Ledger(id) => owner::Who::LedgerAccount(id.into()),
    };
    Some(v1::Owner { who: Some(who) })
}

fn block(block: Block) -> i32 {
    match block {
        Block::Debit => v1::Block::Debit.into(),
        Block::Credit => v1::Block::Credit.into(),
        Block::All => v1::Block::All.into(),
    }
}

fn body(body: &Body) -> Wire {
    match body.clone() {
        Body::OpenLedgerAccount(c) => Wire::OpenLedgerAccount(v1::OpenLedgerAccount {
            account: some(c.account),
            currency: c.currency.code().into(),
            constraint: match c.constraint {
                Constraint::None => v1::Constraint::Unspecified.into(),
                Constraint::DebitsWithinCredits => v1::Constraint::DebitsWithinCredits.into(),
                Constraint::CreditsWithinDebits => v1::Constraint::CreditsWithinDebits.into(),
            },
            history: c.history,
        }),
        Body::PostTransfer(c) => Wire::PostTransfer(post_transfer(&c)),
        Body::OpenUser(c) => Wire::OpenUser(v1::OpenUser {
            user: some(c.user),
            kyc_class: c.kyc_class.into(),
            ccy: c.currency.code().into(),
        }),
        Body::OnboardMerchant(c) => Wire::OnboardMerchant(onboard(&c)),
        Body::SetLimits(c) => Wire::SetLimits(set_limits(&c)),
        Body::RestrictAccount(c) => Wire::RestrictAccount(v1::RestrictAccount {
            account: owner(c.account),
            block: block(c.block),
            case: text(&c.case),
        }),
        Body::LiftRestriction(c) => Wire::LiftRestriction(v1::LiftRestriction {
            account: owner(c.account),
            block: block(c.block),
            case: text(&c.case),
        }),
        Body::CloseAccount(c) => Wire::CloseAccount(v1::CloseAccount { account: owner(c.account) }),
        Body::PlaceHold(c) => Wire::PlaceHold(v1::PlaceHold {
            hold_id: some(c.hold),
            user: some(c.user),
            amt: money(c.amount),
        }),
        Body::ReleaseHold(c) => Wire::ReleaseHold(v1::ReleaseHold {
            hold_id: some(c.hold),
            user: some(c.user),
            amt: money(c.amount),
        }),
        Body::SeizeHold(c) => Wire::SeizeHold(v1::SeizeHold {
            hold_id: some(c.hold),
            order_ref: text(&c.order_ref),
            bank: some(c.bank),
        }),
        Body::ConfirmTopUp(c) => Wire::ConfirmTopUp(v1::ConfirmTopUp {
            user: some(c.user),
            amt: money(c.amount),
            bank_ref: text(&c.bank_ref),
            bank: some(c.bank),
        }),
        Body::Transfer(c) => Wire::Transfer(v1::Transfer {
            from: some(c.from),
            to: some(c.to),
            amt: money(c.amount),
        }),
        Body::RequestPayout(c) => Wire::RequestPayout(v1::RequestPayout {
            payout: some(c.payout),
            owner: owner(c.owner),
            amt: money(c.amount),
            fee: part(c.fee, c.amount.currency),
        }),
        Body::ConfirmPayout(c) => {
            Wire::ConfirmPayout(v1::ConfirmPayout { payout: some(c.payout), bank: some(c.bank) })
        }
        Body::FailPayout(c) => {
            Wire::FailPayout(v1::FailPayout { payout: some(c.payout), reason: text(&c.reason) })
        }
        Body::PostAdjustment(c) => {
            let line = |line: &groat_ledger::EntryLine| v1::EntryLine {
                class: line.class as u32,
                owner: some(line.owner),
                side: match line.side {
                    Side::Debit => v1::Side::Debit.into(),
                    Side::Credit => v1::Side::Credit.into(),
                },
                amt: money(line.amount),
            };
            Wire::PostAdjustment(v1::PostAdjustment {
                entries: c.entries.iter().map(line).collect(),
                reason: text(&c.reason),
                maker: some(c.maker),
                approver: some(c.approver),
            })
        }
        Body::CreatePayment(c) => {
            assert_eq!(c.mode, PayMode::InApp);
            Wire::CreatePayment(v1::CreatePayment {
                code_kind: code(c.code_kind).into(),
                payment: some(c.payment),
                out_trade_no: text(&c.out_trade_no),
                merchant: some(c.merchant),
                mode: v1::PayMode::InApp.into(),
                amt: money(c.amount),
                timeout_s: c.timeout_s,
                undiscountable: c.undiscountable.and_then(|x| part(x, c.amount.currency)),
                quote: some(c.quote),
                royalty_freeze: c.royalty_freeze,
                coupon: some(c.coupon),
                ..v1::CreatePayment::default()
            })
        }
        Body::PayPayment(c) => {
            let leg = |l: &groat_ledger::Leg| {
                let amt = part(l.amount, c.currency);
                let source = match l.source {
                    LegSource::Balance => leg::Source::Balance(v1::BalanceLeg { amt }),
                    LegSource::Credit => leg::Source::Credit(v1::CreditLeg { amt }),
                    LegSource::Instalment(terms, bearer) => {
                        let (unit, share_tie) = split(terms.split);
                        leg::Source::Instalment(v1::InstalmentLeg {
                            plan: some(terms.plan),
                            amt,
                            n: terms.terms,
                            fee_ppm: terms.fee_ppm,
                            bearer: match bearer {
                                Bearer::User => v1::FeeBearer::User.into(),
                                Bearer::Seller => v1::FeeBearer::Seller.into(),
                            },
                            share_unit: part(unit, c.currency),
                            share_tie,
                        })
                    }
                    LegSource::Coupon(id) => {
                        leg::Source::Coupon(v1::CouponLeg { coupon: some(id), amt })
                    }
                    LegSource::StoredValue(id) => {
                        leg::Source::StoredValue(v1::CardLeg { card: some(id), amt })
                    }
                    LegSource::Points(id) => {
                        leg::Source::Points(v1::CardLeg { card: some(id), amt })
                    }
                    LegSource::Channel(id) => {
                        leg::Source::Channel(v1::ChannelLeg { channel: some(id), amt })
                    }
                };
                v1::Leg { source: Some(source) }
            };
            let (payment, user) = (some(c.payment), some(c.user));
            let legs = c.legs.iter().map(leg).collect();
            Wire::PayPayment(v1::PayPayment { payment, user, legs })
        }
        Body::ClosePayment(c) => Wire::ClosePayment(v1::ClosePayment { payment: some(c.payment) }),
        Body::CancelPayment(c) => {
            Wire::CancelPayment(v1::CancelPayment { payment: some(c.payment) })
        }
        Body::RefundPayment(c) => Wire::RefundPayment(v1::RefundPayment {
            payment: some(c.payment),
            out_request_no: text(&c.out_request_no),
            amt: money(c.amount),
            royalty_refunds: royalties::refunds(&c.royalties),
        }),
        Body::AuthorizeFunds(c) => Wire::AuthorizeFunds(v1::AuthorizeFunds {
            auth: some(c.auth),
            out_order_no: text(&c.out_order_no),
            out_request_no: text(&c.out_request_no),
            user: some(c.user),
            merchant: some(c.merchant),
            amt: money(c.amount),
            credit_amt: part(c.credit, c.amount.currency),
            timeout_s: c.timeout_s,
        }),
        Body::CaptureAuthorization(c) => Wire::CaptureAuthorization(v1::CaptureAuthorization {
            auth: some(c.auth),
            out_trade_no: text(&c.out_trade_no),
            amt: money(c.amount),
            mode: match c.mode {
                CaptureMode::Complete => v1::CaptureMode::Complete.into(),
                CaptureMode::NotComplete => v1::CaptureMode::NotComplete.into(),
            },
        }),
        Body::UnfreezeFunds(c) => Wire::UnfreezeFunds(v1::UnfreezeFunds {
            auth: some(c.auth),
            out_request_no: text(&c.out_request_no),
            amt: money(c.amount),
            biz_complete: c.biz_complete,
        }),
        Body::CancelAuthorization(c) => {
            Wire::CancelAuthorization(v1::CancelAuthorization { auth: some(c.auth) })
        }
        Body::CreateRental(c) => Wire::CreateRental(create_rental(&c)),
        Body::AssessRental(c) => Wire::AssessRental(v1::AssessRental {
            rental: some(c.rental),
            score: c.score,
            decision: Some(match c.decision {
                Admission::Full => assess_rental::Decision::Full(v1::Admitted {}),
                Admission::Partial(waived) => {
                    assess_rental::Decision::Partial(v1::PartlyAdmitted { waived: money(waived) })
                }
                Admission::Declined => assess_rental::Decision::Declined(v1::Declined {}),
            }),
        }),
        Body::SecureDeposit(c) => Wire::SecureDeposit(v1::SecureDeposit { rental: some(c.rental) }),
        Body::StartRental(c) => {
            Wire::StartRental(v1::StartRental { rental: some(c.rental), started_at: c.at })
        }
        Body::ExtendRental(c) => Wire::ExtendRental(v1::ExtendRental {
            rental: some(c.rental),
            new_expiry: c.new_expiry,
        }),
        Body::ReturnRental(c) => Wire::ReturnRental(v1::ReturnRental {
            rental: some(c.rental),
            restore_at: c.restore_at,
        }),
        Body::ClaimDamage(c) => Wire::ClaimDamage(v1::ClaimDamage {
            rental: some(c.rental),
            amt: money(c.amount),
            evidence: text(&c.evidence),
        }),
        Body::ReduceCharge(c) => Wire::ReduceCharge(v1::ReduceCharge {
            rental: some(c.rental),
            item: c.item,
            amt: money(c.amount),
        }),
        Body::SettleRental(c) => Wire::SettleRental(v1::SettleRental {
            rental: some(c.rental),
            total: c.total.and_then(money),
            allow_partial: c.allow_partial,
        }),
        Body::CollectRental(c) => Wire::CollectRental(v1::CollectRental {
            rental: some(c.rental),
            allow_partial: c.allow_partial,
        }),
        Body::BuyOutRental(c) => {
            Wire::BuyOutRental(v1::BuyOutRental { rental: some(c.rental), term_no: c.term_no })
        }
        Body::DeclareLost(c) => Wire::DeclareLost(v1::DeclareLost { rental: some(c.rental) }),
        Body::CancelRental(c) => Wire::CancelRental(v1::CancelRental { rental: some(c.rental) }),
        Body::GrantCreditLine(c) => Wire::GrantCreditLine(grant(&c)),
        Body::AdjustLimit(c) => {
            Wire::AdjustLimit(v1::AdjustLimit { user: some(c.user), limit: money(c.limit) })
        }
        Body::FreezeCreditLine(c) => Wire::FreezeCreditLine(v1::FreezeCreditLine {
            user: some(c.user),
            reason: match c.reason {
                FreezeReason::Manual => v1::FreezeReason::Manual.into(),
                FreezeReason::Overdue => v1::FreezeReason::Overdue.into(),
                FreezeReason::Risk => v1::FreezeReason::Risk.into(),
            },
        }),
        Body::UnfreezeCreditLine(c) => Wire::UnfreezeCreditLine(v1::UnfreezeCreditLine {
            user: some(c.user),
            reason: text(&c.reason),
        }),
        Body::CloseCreditLine(c) => Wire::CloseCreditLine(v1::CloseCreditLine {
            user: some(c.user),
            reason: text(&c.reason),
        }),
        Body::RepayCredit(c) => {
            let (user, amt, target) = (some(c.user), money(c.amount), some(c.target));
            Wire::RepayCredit(v1::RepayCredit { user, amt, target })
        }
        Body::ConvertToInstalments(c) => Wire::ConvertToInstalments(v1::ConvertToInstalments {
            user: some(c.user),
            plan: some(c.terms.plan),
            payment: some(c.payment),
            amt: money(c.amount),
            n: c.terms.terms,
            fee_ppm: c.terms.fee_ppm,
            share_unit: part(split(c.terms.split).0, c.amount.currency),
            share_tie: split(c.terms.split).1,
        }),
        Body::PrepayPlan(c) => {
            Wire::PrepayPlan(v1::PrepayPlan { user: some(c.user), plan: some(c.plan) })
        }
        Body::OpenDispute(_)
        | Body::DefendDispute(_)
        | Body::AcceptDispute(_)
        | Body::CancelDispute(_)
        | Body::JudgeDispute(_) => dispute(body),
        Body::BindRoyalty(_)
        | Body::UnbindRoyalty(_)
        | Body::SplitPayment(_)
        | Body::ReturnSplit(_) => royalties::body(body),
        Body::ConfirmSettlement(c) => Wire::ConfirmSettlement(v1::ConfirmSettlement {
            payment: some(c.payment),
            amt: money(c.amount),
        }),
        Body::ReleaseReserve(c) => Wire::ReleaseReserve(v1::ReleaseReserve {
            merchant: some(c.merchant),
            amt: money(c.amount),
        }),
        Body::SendRedPacket(_) | Body::ClaimRedPacket(_) => members::body(body),
        Body::FundCampaign(_)
        | Body::CloseCampaign(_)
        | Body::DefineCoupon(_)
        | Body::IssueCoupon(_)
        | Body::RevokeCoupon(_)
        | Body::RequestInvoice(_)
        | Body::IssueInvoice(_)
        | Body::RejectInvoice(_)
        | Body::RedInvoice(_) => market::body(body),
        Body::FundCredit(c) => Wire::FundCredit(v1::FundCredit {
            bank: some(c.bank),
            amt: money(c.amount),
            safeguarded_at: some(c.safeguarded_at),
        }),
        Body::RepayFunding(c) => Wire::RepayFunding(v1::RepayFunding {
            bank: some(c.bank),
            amt: money(c.amount),
            safeguarded_at: some(c.safeguarded_at),
        }),
        Body::WriteOffCredit(c) => Wire::WriteOffCredit(v1::WriteOffCredit { user: some(c.user) }),
        Body::RecordRecovery(c) => {
            Wire::RecordRecovery(v1::RecordRecovery { user: some(c.user), amt: money(c.amount) })
        }
        Body::DrawLoan(_)
        | Body::DrawMore(_)
        | Body::ChargeLoan(_)
        | Body::WaiveLoanCharge(_)
        | Body::ReturnRepayment(_)
        | Body::SetAutoDebit(_) => loans::body(body),
        Body::ProvisionCredit(c) => {
            Wire::ProvisionCredit(v1::ProvisionCredit { amt: money(c.amount) })
        }
        Body::RegisterApp(_)
        | Body::GrantAppAuth(_)
        | Body::RevokeAppAuth(_)
        | Body::SetAppLimits(_) => apps::body(body),
        Body::DefineCard(_)
        | Body::OpenCard(_)
        | Body::UpdateCard(_)
        | Body::CloseCard(_)
        | Body::LoadCard(_)
        | Body::UnloadCard(_)
        | Body::EarnPoints(_)
        | Body::RedeemPoints(_)
        | Body::AdjustPoints(_) => cards::body(body),
        Body::PublishQuote(c) => Wire::PublishQuote(exchange::publish(&c)),
        Body::MatchReceipt(_) | Body::AdvanceClock(_) => {
            unreachable!("no step asks for {body:?}")
        }
    }
}

fn dispute(body: &Body) -> Wire {
    match body {
        Body::OpenDispute(c) => Wire::OpenDispute(v1::OpenDispute {
            dispute: some(c.dispute),
            payment: some(c.payment),
            amt: money(c.amount),
            kind: match c.kind {
                DisputeKind::Chargeback => v1::DisputeKind::Chargeback.into(),
                DisputeKind::RetrievalRequest => v1::DisputeKind::RetrievalRequest.into(),
                DisputeKind::ComplianceRequest => v1::DisputeKind::ComplianceRequest.into(),
            },
            due_at: c.due_at,
        }),
        Body::DefendDispute(c) => Wire::DefendDispute(v1::DefendDispute {
            dispute: some(c.dispute),
            evidence: text(&c.evidence),
        }),
        Body::AcceptDispute(c) => {
            Wire::AcceptDispute(v1::AcceptDispute { dispute: some(c.dispute) })
        }
        Body::CancelDispute(c) => {
            Wire::CancelDispute(v1::CancelDispute { dispute: some(c.dispute) })
        }
        Body::JudgeDispute(c) => Wire::JudgeDispute(v1::JudgeDispute {
            dispute: some(c.dispute),
            ruling: match c.for_customer {
                true => v1::Ruling::Customer.into(),
                false => v1::Ruling::Merchant.into(),
            },
            fee: c.fee.and_then(money),
        }),
        other => unreachable!("no dispute: {other:?}"),
    }
}

fn post_transfer(c: &PostTransfer) -> v1::PostTransfer {
    let (phase, balancing, timeout_s, pending) = match c.phase {
        Phase::Single(balancing) => (v1::Phase::Unspecified, balancing, 0, Id::NONE),
        Phase::Pending { balancing, timeout_s } => {
            (v1::Phase::Pending, balancing, timeout_s, Id::NONE)
        }
        Phase::Post { pending } => (v1::Phase::Post, Balancing::None, 0, pending),
        Phase::Void { pending } => (v1::Phase::Void, Balancing::None, 0, pending),
    };
    v1::PostTransfer {
        debit: some(c.debit),
        credit: some(c.credit),
        amount: c.amount.and_then(money),
        phase: phase.into(),
        timeout_s,
        pending: some(pending),
        balancing: match balancing {
            Balancing::None => v1::Balancing::Unspecified.into(),
            Balancing::Debit => v1::Balancing::Debit.into(),
            Balancing::Credit => v1::Balancing::Credit.into(),
            Balancing::Both => v1::Balancing::Both.into(),
        },
    }
}

fn onboard(c: &OnboardMerchant) -> v1::OnboardMerchant {
    v1::OnboardMerchant {
        merchant: some(c.merchant),
        fee_ppm: c.terms.fee_ppm,
        fee_refund: match c.terms.fee_refund {
            FeeRefund::Proportional => v1::FeeRefund::Proportional.into(),
            FeeRefund::None => v1::FeeRefund::None.into(),
        },
        cycle: c.terms.cycle_days,
        reserve_bps: c.terms.reserve_bps,
        royalty_cap_bps: Some(c.terms.royalty_cap_bps),
        refund_days: Some(c.terms.refund_days),
        settle_ccy: c.terms.settle_currency.code().into(),
        reserve_days: c.terms.reserve_days,
    }
}

fn create_rental(c: &CreateRental) -> v1::CreateRental {
    let t = &c.terms;
    let price = |amount: u64| part(amount, t.deposit.currency);
    let term = |term: &RentTerm| v1::RentTerm {
        due_at: term.due_at,
        amt: price(term.amount),
        buyout: term.buyout.and_then(price),
    };
    v1::CreateRental {
        rental: some(c.rental),
        out_order_no: text(&c.out_order_no),
        merchant: some(c.merchant),
        user: some(c.user),
        item: some(t.item),
        deposit: money(t.deposit),
        rent: price(t.rent),
        unit: match t.unit {
            RentUnit::Hour => v1::RentUnit::Hour.into(),
            RentUnit::Day => v1::RentUnit::Day.into(),
            RentUnit::Fixed => v1::RentUnit::Fixed.into(),
            RentUnit::Use => v1::RentUnit::Use.into(),
        },
        day_rule: match t.day_rule {
            DayRule::Elapsed => v1::DayRule::Elapsed.into(),
            DayRule::Calendar => v1::DayRule::Calendar.into(),
        },
        day_cap: t.day_cap.and_then(price),
        borrow_at: t.borrow_at,
        expiry_at: t.expiry_at,
        grace_s: t.grace_s,
        late_ppm: Some(t.late_ppm),
        late_price: t.late_price.and_then(price),
        plan: t.plan.iter().map(term).collect(),
        deposit_fallback: t.deposit_fallback,
        risk_amount: t.risk_amount.and_then(price),
        guaranteed: t.guaranteed,
        credit_first: t.credit_first,
        lost_after_days: Some(t.lost_after_days),
    }
}

fn grant(c: &GrantCreditLine) -> v1::GrantCreditLine {
    v1::GrantCreditLine {
        user: some(c.user),
        limit: money(c.limit),
        statement_day: c.terms.statement_day,
        due_day: c.terms.due_day,
        min_bps: Some(c.terms.min_bps),
        day_ppm: Some(c.terms.day_ppm),
        late_fee_ppm: c.terms.late_fee_ppm,
        grace_d: Some(c.terms.grace_days),
        tolerance: part(c.terms.tolerance, c.limit.currency),
        billing: c.terms.billing.map(|b| v1::BillingTerms {
            order: Some(order(b.order)),
            late_order: Some(order(b.late_order)),
            late_order_from_day: b.late_order_from_day,
            late_fee_max: part(b.late_fee_max, c.limit.currency).filter(|_| b.late_fee_max > 0),
            auto_debit: b.auto_debit,
            interest_from: b.interest_from as i32,
            day_begins_min: b.day_begins_min.into(),
        }),
    }
}

/// Unit and tie.
fn split(split: Split) -> (u64, i32) {
    match split {
        Split::FloorRestFirst => (0, 0),
        Split::NearestRestLast { unit, tie: Tie::Even } => (unit, 0),
        Split::NearestRestLast { unit, tie: Tie::Up } => (unit, 1),
    }
}

fn order(order: [Part; 4]) -> v1::RepayOrder {
    let [first, second, third, fourth] = order.map(|part| match part {
        Part::Penalty => 1,
        Part::Interest => 2,
        Part::Fee => 3,
        Part::Principal => 4,
    });
    v1::RepayOrder { first, second, third, fourth }
}
