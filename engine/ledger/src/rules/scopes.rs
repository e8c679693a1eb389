//! What a command demands of the app that asks for it: a scope, the grant of the merchant whose
//! object it is about, and room for the money that it moves. One line per command.

use crate::command::{Body, Owner, PacketSender, PrepayPlan, Scope};
use crate::id::Id;
use crate::money::Money;
use crate::rules::royalties;
use crate::state::{CardTemplate, Merchant, Tables};

/// See the module.
pub(crate) struct Demand {
    pub(crate) scope: Scope,
    pub(crate) party: Party,
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
        let rented = |id: &Id| t.rentals.get(id).map(|r| seller(r.merchant));
        let invoiced = |id: &Id| {
            t.invoices.get(id).map(|invoice| seller(t.payments.row(invoice.payment).merchant))
        };
        let disputed =
            |id: &Id| t.disputes.get(id).map(|d| seller(t.payments.row(d.payment).merchant));
        let funder = |id: &Id| t.campaigns.get(id).map(|campaign| campaign.funder);
        let template = |id: &Id| {
            t.coupon_templates.get(id).map(|row| (row.terms.campaign, row.terms.merchant))
        };
        let coupon = |id: &Id| {
            let row = t.coupons.get(id).map(|row| t.coupon_templates.row(row.template))?;
            Some((row.terms.campaign, row.terms.merchant))
        };
        // A kind of coupon is whose it is for, or who pays for it; a house coupon the platform's.
        let issuer = |of: Option<(Id, Id)>| match of {
            Some((campaign, merchant)) if merchant.is_none() => {
                if campaign.is_none() {
                    Some(Id::NONE)
                } else {
                    funder(&campaign)
                }
            }
            other => other.map(|(_, merchant)| merchant),
        };
        Some(match body {
            Body::RegisterApp(_)
            | Body::GrantAppAuth(_)
            | Body::RevokeAppAuth(_)
            | Body::SetAppLimits(_)
            | Body::PostAdjustment(_)
            | Body::AdvanceClock(_) => return None,
            Body::CreatePayment(c) => by(Payments, Some(c.merchant)),
            Body::ClosePayment(c) => of(Payments, paid(&c.payment)),
            Body::CancelPayment(c) => of(Payments, paid(&c.payment)),
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
            Body::AuthorizeFunds(c) => by(Authorizations, Some(c.merchant)),
            Body::CaptureAuthorization(c) => of(Authorizations, held(&c.auth)).moving(c.amount),
            Body::UnfreezeFunds(c) => of(Authorizations, held(&c.auth)),
            Body::CancelAuthorization(c) => of(Authorizations, held(&c.auth)),
            Body::CreateRental(c) => by(Rentals, Some(c.merchant)),
            Body::SecureDeposit(c) => of(Rentals, rented(&c.rental)),
            Body::StartRental(c) => of(Rentals, rented(&c.rental)),
            Body::ExtendRental(c) => of(Rentals, rented(&c.rental)),
            Body::ReturnRental(c) => of(Rentals, rented(&c.rental)),
            Body::ClaimDamage(c) => of(Rentals, rented(&c.rental)),
            Body::ReduceCharge(c) => of(Rentals, rented(&c.rental)),
            Body::SettleRental(c) => of(Rentals, rented(&c.rental)),
            Body::CollectRental(c) => of(Rentals, rented(&c.rental)),
            Body::BuyOutRental(c) => of(Rentals, rented(&c.rental)),
            Body::DeclareLost(c) => of(Rentals, rented(&c.rental)),
            Body::CancelRental(c) => of(Rentals, rented(&c.rental)),
            Body::FundCampaign(c) => by(Coupons, Some(c.funder)).moving(c.amount),
            Body::CloseCampaign(c) => by(Coupons, funder(&c.campaign)),
            Body::DefineCoupon(c) => {
                by(Coupons, issuer(Some((c.terms.campaign, c.terms.merchant))))
            }
            Body::IssueCoupon(c) => by(Coupons, issuer(template(&c.template))),
            Body::RevokeCoupon(c) => by(Coupons, issuer(coupon(&c.coupon))),
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
            Body::AcceptDispute(c) => of(Disputes, disputed(&c.dispute)),
            Body::RequestPayout(c) => match c.owner {
                Owner::Merchant(id) => by(Payouts, Some(id)).moving(c.amount),
                Owner::User(_) | Owner::Ledger(_) => platform(Wallet).moving(c.amount),
            },
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
            Body::DefineCard(c) => by(Coupons, Some(c.terms.merchant)),
            Body::OpenCard(c) => by(Coupons, issued_by(t.card_templates.get(&c.template))),
            Body::UpdateCard(c) => by(Coupons, issued_by(card_template(t, c.card))),
            Body::CloseCard(c) => by(Coupons, issued_by(card_template(t, c.card))),
            Body::LoadCard(c) => platform(Wallet).moving(c.amount),
            Body::UnloadCard(c) => platform(Wallet).moving(c.amount),
            Body::EarnPoints(c) => by(Coupons, issued_by(card_template(t, c.card))),
            Body::AdjustPoints(c) => by(Coupons, issued_by(card_template(t, c.card))),
            Body::RedeemPoints(_) => platform(Wallet),
            Body::OpenLedgerAccount(_) => platform(Ledger),
            Body::PostTransfer(c) => Demand { moves: c.amount, ..platform(Ledger) },
        })
    }

    fn moving(self, money: Money) -> Demand {
        Demand { moves: Some(money), ..self }
    }
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
    Demand { scope, party: Party::Nobody, moves: None }
}

/// What belongs to a merchant by its id; nobody's id is the platform's own, which no grant covers.
fn by(scope: Scope, merchant: Option<Id>) -> Demand {
    let party = match merchant {
        Some(id) if !id.is_none() => Party::Merchant(id),
        _ => Party::Unknown,
    };
    Demand { scope, party, moves: None }
}

/// What belongs to the merchant of an object.
fn of(scope: Scope, merchant: Option<&Merchant>) -> Demand {
    by(scope, merchant.map(|row| row.merchant))
}
