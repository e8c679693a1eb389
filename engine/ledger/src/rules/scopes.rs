//! What a command demands of the app that asks for it: a scope, the grant of the merchant whose
//! object it is about, and room for the money that it moves. One line per command.
//!
//! Some demand a second thing: a coupon of a campaign the grant of who funds it, a hold the scope
//! that spends from wallets, the cancellation of what is paid that of refunds. What an app gives
//! away counts as what it moves: coupons when they are issued, points when they are earned, holds
//! and deposits when they are placed. Of a rental's charges all counts that is owed, though less
//! may be there. It takes what the platform has assessed its user for: that is the user's word.

use crate::command::{Body, CardTerms, Owner, PacketSender, PrepayPlan, Scope};
use crate::id::Id;
use crate::money::Money;
use crate::rules::{collection, points, royalties};
use crate::state::{CardTemplate, CouponTemplate, Merchant, PaymentState, Rental, Tables};

/// See the module.
pub(crate) struct Demand {
    pub(crate) scope: Scope,
    pub(crate) party: Party,
    /// What it demands besides; looked at when the first is covered.
    pub(crate) also: Option<(Scope, Party)>,
    /// Counted against the caps of the app.
    pub(crate) moves: Option<Money>,
}

/// Whose object a command is about.
pub(crate) enum Party {
    /// No merchant's.
    Nobody,
    /// This merchant's.
    Merchant(Id),
    /// There is no such object.
    Unknown,
}

impl Demand {
    /// What a command demands; `None` for what no app may ask for.
    pub(crate) fn of(t: &Tables, body: &Body) -> Option<Demand> {
        use Scope::*;
        let seller = |no: u32| t.merchants.row(no);
        let paid = |id: &Id| t.payments.get(id).map(|p| seller(p.merchant));
        let held = |id: &Id| t.authorizations.get(id).map(|a| seller(a.merchant));
        let rental = |id: &Id| t.rentals.get(id);
        let rented = |id: &Id| rental(id).map(|r| seller(r.merchant));
        let invoiced = |id: &Id| {
            t.invoices.get(id).map(|invoice| seller(t.payments.row(invoice.payment).merchant))
        };
        let disputed =
            |id: &Id| t.disputes.get(id).map(|d| seller(t.payments.row(d.payment).merchant));
        let funder = |id: &Id| t.campaigns.get(id).map(|campaign| campaign.funder);
        let template = |id: &Id| t.coupon_templates.get(id);
        let coupon = |id: &Id| t.coupons.get(id).map(|row| t.coupon_templates.row(row.template));
        // A kind of coupon is whose it is for and of who pays for it; a house coupon, and one of a
        // campaign of the house, are the platform's.
        let promised = |of: Option<(Id, Id)>| match of {
            Some((campaign, merchant)) if merchant.is_none() => by(Coupons, funder(&campaign)),
            Some((campaign, merchant)) if campaign.is_none() => by(Coupons, Some(merchant)),
            Some((campaign, merchant)) => {
                by(Coupons, Some(merchant)).with(Coupons, party(funder(&campaign)))
            }
            None => by(Coupons, None),
        };
        let issuers = |row: &CouponTemplate| (row.terms.campaign, row.terms.merchant);
        Some(match body {
            Body::RegisterApp(_)
            | Body::GrantAppAuth(_)
            | Body::RevokeAppAuth(_)
            | Body::SetAppLimits(_)
            | Body::PostAdjustment(_)
            | Body::AdvanceClock(_) => return None,
            Body::CreatePayment(c) => by(Payments, Some(c.merchant)),
            Body::ClosePayment(c) => of(Payments, paid(&c.payment)),
            Body::CancelPayment(c) => cancelled(t, &c.payment, of(Payments, paid(&c.payment))),
            Body::ConfirmSettlement(c) => of(Payments, paid(&c.payment)).moving(c.amount),
            Body::RefundPayment(c) => of(Refunds, paid(&c.payment)).moving(c.amount),
            Body::BindRoyalty(c) => by(Royalties, Some(c.merchant)),
            Body::UnbindRoyalty(c) => by(Royalties, Some(c.merchant)),
            Body::SplitPayment(c) => {
                let demand = of(Royalties, paid(&c.payment));
                Demand { moves: royalties::asked(t, c), ..demand }
            }
            // It is the receiver's money.
            Body::ReturnSplit(c) => by(Royalties, Some(c.receiver)).moving(c.amount),
            // It holds what is a user's.
            Body::AuthorizeFunds(c) => {
                let demand = by(Authorizations, Some(c.merchant)).with(Wallet, Party::Nobody);
                demand.moving(c.amount)
            }
            Body::CaptureAuthorization(c) => of(Authorizations, held(&c.auth)).moving(c.amount),
            Body::UnfreezeFunds(c) => of(Authorizations, held(&c.auth)),
            Body::CancelAuthorization(c) => of(Authorizations, held(&c.auth)),
            Body::CreateRental(c) => by(Rentals, Some(c.merchant)),
            Body::SecureDeposit(c) => of(Rentals, rented(&c.rental))
                .taking(rental(&c.rental), |r| r.terms.deposit.amount.saturating_sub(r.waived)),
            Body::StartRental(c) => of(Rentals, rented(&c.rental)),
            Body::ExtendRental(c) => of(Rentals, rented(&c.rental)),
            Body::ReturnRental(c) => of(Rentals, rented(&c.rental)),
            Body::ClaimDamage(c) => of(Rentals, rented(&c.rental)),
            Body::ReduceCharge(c) => of(Rentals, rented(&c.rental)).moving(c.amount),
            Body::SettleRental(c) => {
                of(Rentals, rented(&c.rental)).taking(rental(&c.rental), Rental::outstanding)
            }
            Body::CollectRental(c) => {
                of(Rentals, rented(&c.rental)).taking(rental(&c.rental), Rental::outstanding)
            }
            Body::BuyOutRental(c) => of(Rentals, rented(&c.rental))
                .taking(rental(&c.rental), |r| collection::price(t, r, c.term_no).unwrap_or(0)),
            Body::DeclareLost(c) => of(Rentals, rented(&c.rental)),
            Body::CancelRental(c) => of(Rentals, rented(&c.rental)),
            Body::FundCampaign(c) => by(Coupons, Some(c.funder)).moving(c.amount),
            Body::CloseCampaign(c) => by(Coupons, funder(&c.campaign)),
            Body::DefineCoupon(c) => promised(Some((c.terms.campaign, c.terms.merchant))),
            Body::IssueCoupon(c) => {
                let row = template(&c.template);
                Demand { moves: row.map(|row| row.terms.face), ..promised(row.map(issuers)) }
            }
            Body::RevokeCoupon(c) => promised(coupon(&c.coupon).map(issuers)),
            Body::SendRedPacket(c) => match c.sender {
                PacketSender::User(_) => platform(Wallet).moving(c.total),
                PacketSender::Campaign(id) => by(Coupons, funder(&id)).moving(c.total),
            },
            Body::ClaimRedPacket(_) => platform(Wallet),
            Body::RequestInvoice(c) => of(Invoices, paid(&c.payment)),
            Body::IssueInvoice(c) => of(Invoices, invoiced(&c.invoice)),
            Body::RejectInvoice(c) => of(Invoices, invoiced(&c.invoice)),
            Body::RedInvoice(c) => of(Invoices, invoiced(&c.invoice)),
            Body::DefendDispute(c) => of(Disputes, disputed(&c.dispute)),
            Body::AcceptDispute(c) => {
                let given = t.disputes.get(&c.dispute).map(|row| Money {
                    amount: row.amount,
                    currency: t.payments.row(row.payment).amount.currency,
                });
                Demand { moves: given, ..of(Disputes, disputed(&c.dispute)) }
            }
            Body::RequestPayout(c) => {
                let amount = c.amount.amount.saturating_add(c.fee);
                let with_fee = Money { amount, ..c.amount };
                match c.owner {
                    Owner::Merchant(id) => by(Payouts, Some(id)).moving(with_fee),
                    Owner::User(_) | Owner::Ledger(_) => platform(Wallet).moving(with_fee),
                }
            }
            Body::CloseAccount(c) => match c.account {
                Owner::User(_) => platform(Users),
                Owner::Merchant(id) => by(Merchants, Some(id)),
                Owner::Ledger(_) => platform(Ledger),
            },
            Body::PayPayment(c) => {
                let amount = c.legs.iter().fold(0u64, |sum, leg| sum.saturating_add(leg.amount));
                platform(Wallet).moving(Money { amount, currency: c.currency })
            }
            Body::Transfer(c) => platform(Wallet).moving(c.amount),
            Body::RepayCredit(c) => platform(Wallet).moving(c.amount),
            Body::ConvertToInstalments(c) => platform(Wallet).moving(c.amount),
            Body::PrepayPlan(c) => plan_ahead(t, c),
            Body::OpenUser(_) => platform(Users),
            Body::OnboardMerchant(_) => platform(Merchants),
            Body::GrantCreditLine(_)
            | Body::AdjustLimit(_)
            | Body::FreezeCreditLine(_)
            | Body::UnfreezeCreditLine(_)
            | Body::WriteOffCredit(_)
            | Body::WaiveLoanCharge(_)
            | Body::CloseCreditLine(_) => platform(Credit),
            Body::DrawLoan(c) => platform(Credit).moving(c.amount),
            Body::DrawMore(c) => platform(Credit).moving(c.amount),
            Body::SetAutoDebit(_) => platform(Credit),
            Body::ChargeLoan(c) => platform(Credit).moving(c.amount),
            Body::ReturnRepayment(c) => platform(Credit).moving(c.amount),
            Body::RecordRecovery(c) => platform(Credit).moving(c.amount),
            Body::ProvisionCredit(c) => platform(Treasury).moving(c.amount),
            Body::SetLimits(_)
            | Body::RestrictAccount(_)
            | Body::LiftRestriction(_)
            | Body::PlaceHold(_)
            | Body::ReleaseHold(_)
            | Body::SeizeHold(_)
            | Body::AssessRental(_)
            | Body::OpenDispute(_)
            | Body::CancelDispute(_)
            | Body::JudgeDispute(_) => platform(Risk),
            Body::ConfirmTopUp(c) => platform(Treasury).moving(c.amount),
            Body::MatchReceipt(c) => platform(Treasury).moving(c.amount),
            Body::ReleaseReserve(c) => platform(Treasury).moving(c.amount),
            Body::FundCredit(c) => platform(Treasury).moving(c.amount),
            Body::RepayFunding(c) => platform(Treasury).moving(c.amount),
            Body::ConfirmPayout(_) | Body::FailPayout(_) => platform(Treasury),
            Body::PublishQuote(_) => platform(Treasury),
            Body::DefineCard(c) => by(Coupons, Some(c.terms.merchant).filter(|_| !pays(&c.terms))),
            Body::OpenCard(c) => by(Coupons, issued_by(t.card_templates.get(&c.template))),
            Body::UpdateCard(c) => by(Coupons, issued_by(card_template(t, c.card))),
            Body::CloseCard(c) => by(Coupons, issued_by(card_template(t, c.card))),
            Body::LoadCard(c) => platform(Wallet).moving(c.amount),
            Body::UnloadCard(c) => platform(Wallet).moving(c.amount),
            // Of a payment, it is about that too.
            Body::EarnPoints(c) => {
                let demand = by(Coupons, issued_by(card_template(t, c.card)));
                let demand = Demand { moves: points::to_earn(t, c), ..demand };
                if c.payment.is_none() {
                    demand
                } else {
                    demand.with(Coupons, party(paid(&c.payment).map(|row| row.merchant)))
                }
            }
            // Points out of nothing are the platform's to give.
            Body::AdjustPoints(c) => {
                let issuer = issued_by(card_template(t, c.card)).filter(|_| c.less);
                Demand { moves: points::value(t, c.card, c.points), ..by(Coupons, issuer) }
            }
            Body::RedeemPoints(c) => {
                Demand { moves: points::value(t, c.card, c.points), ..platform(Wallet) }
            }
            Body::OpenLedgerAccount(_) => platform(Ledger),
            Body::PostTransfer(c) => Demand { moves: c.amount, ..platform(Ledger) },
        })
    }

    fn moving(self, money: Money) -> Demand {
        Demand { moves: Some(money), ..self }
    }

    fn with(self, scope: Scope, party: Party) -> Demand {
        Demand { also: Some((scope, party)), ..self }
    }

    /// Moves so much of what a rental owes, in the currency of its deposit; nothing is no money.
    fn taking(self, rental: Option<&Rental>, amount: impl FnOnce(&Rental) -> u64) -> Demand {
        let currency = rental.map(|row| row.terms.deposit.currency);
        let amount = rental.map_or(0, amount);
        let moves = currency.filter(|_| amount > 0).map(|currency| Money { amount, currency });
        Demand { moves, ..self }
    }
}

/// A payment that is paid is refunded when it is cancelled: that is asked for too, and counts.
fn cancelled(t: &Tables, payment: &Id, demand: Demand) -> Demand {
    let row = t.payments.get(payment).filter(|row| row.state == PaymentState::Paid);
    let Some(row) = row else { return demand };
    let seller = t.merchants.row(row.merchant).merchant;
    demand.with(Scope::Refunds, party(Some(seller))).moving(row.amount)
}

/// Whether cards of these terms have points that the platform pays for.
fn pays(terms: &CardTerms) -> bool {
    terms.points.is_some_and(|points| points.value_micros > 0)
}

/// What is ahead of a plan is what paying it ahead moves.
fn plan_ahead(t: &Tables, c: &PrepayPlan) -> Demand {
    let row = t.plans.get(&c.plan);
    let moves = row.map(|row| {
        let currency = t.users.row(row.user).currency;
        Money { amount: row.left(), currency }
    });
    Demand { moves, ..platform(Scope::Wallet) }
}

/// Whose cards a template makes; nobody's are the platform's.
fn issued_by(template: Option<&CardTemplate>) -> Option<Id> {
    template.map(|template| template.terms.merchant)
}

fn card_template(t: &Tables, card: Id) -> Option<&CardTemplate> {
    t.cards.get(&card).map(|card| t.card_templates.row(card.template))
}

/// What belongs to no merchant.
fn platform(scope: Scope) -> Demand {
    Demand { scope, party: Party::Nobody, also: None, moves: None }
}

/// What belongs to a merchant by its id; nobody's id is the platform's own, which no grant covers.
fn by(scope: Scope, merchant: Option<Id>) -> Demand {
    Demand { scope, party: party(merchant), also: None, moves: None }
}

fn party(merchant: Option<Id>) -> Party {
    match merchant {
        Some(id) if !id.is_none() => Party::Merchant(id),
        _ => Party::Unknown,
    }
}

/// What belongs to the merchant of an object.
fn of(scope: Scope, merchant: Option<&Merchant>) -> Demand {
    by(scope, merchant.map(|row| row.merchant))
}
