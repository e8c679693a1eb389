//! Third-party apps in the naive model: what was granted is a list, what was done is a list.

use super::{DAY_MS, Naive, Outcome, currency_of, must};
use groat_ledger::{
    AppLimits, Body, Currency, GrantAppAuth, Id, Money, Owner, PacketSender, RegisterApp,
    Rejection, RevokeAppAuth, SetAppLimits,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct App {
    scopes: BTreeSet<String>,
    granted: BTreeSet<(Id, String)>,
    ends: BTreeMap<Id, Option<u64>>,
    limits: AppLimits,
    /// When each command was done, and what it moved.
    done: Vec<(u64, Option<Money>)>,
}

/// Scope, merchant if it must grant it, money; a merchant of `None` is of no object that is there.
type Demand = (&'static str, Option<Option<Id>>, Option<Money>);

impl App {
    fn covers(&self, scope: &str, merchant: Option<Option<Id>>, now: u64) -> Outcome {
        must(self.scopes.contains(scope), Rejection::ScopeDenied)?;
        let Some(merchant) = merchant else { return Ok(()) };
        let merchant = merchant.filter(|id| !id.is_none()).ok_or(Rejection::NotGranted)?;
        let granted = self.granted.contains(&(merchant, scope.to_owned()));
        must(granted, Rejection::NotGranted)?;
        must(self.ends[&merchant].is_none_or(|at| at > now), Rejection::GrantExpired)
    }
}

fn in_cny(amount: i128) -> Option<Money> {
    let amount = u64::try_from(amount).unwrap_or(u64::MAX);
    (amount > 0).then_some(Money { amount, currency: Currency::CNY })
}

impl Naive {
    pub(super) fn register(&mut self, c: &RegisterApp) -> Outcome {
        must(!self.apps.contains_key(&c.app), Rejection::Duplicate)?;
        let scopes = c.scopes.iter().map(ToString::to_string).collect();
        self.apps.insert(c.app, App { scopes, ..App::default() });
        Ok(())
    }

    pub(super) fn grant_app(&mut self, c: &GrantAppAuth, now: u64) -> Outcome {
        let app = self.apps.get_mut(&c.app).ok_or(Rejection::UnknownTenant)?;
        must(self.merchants.contains_key(&c.merchant), Rejection::UnknownAccount)?;
        must(!c.scopes.is_empty(), Rejection::SchemaInvalid)?;
        let has = c.scopes.iter().all(|scope| app.scopes.contains(scope.name()));
        must(has, Rejection::ScopeDenied)?;
        must(c.expires_at.is_none_or(|at| at > now), Rejection::GrantExpired)?;
        let ended = app.ends.insert(c.merchant, c.expires_at).flatten();
        if ended.is_some_and(|at| at <= now) {
            app.granted.retain(|(merchant, _)| *merchant != c.merchant);
        }
        app.granted.extend(c.scopes.iter().map(|scope| (c.merchant, scope.name().to_owned())));
        Ok(())
    }

    pub(super) fn revoke_app(&mut self, c: &RevokeAppAuth) -> Outcome {
        let app = self.apps.get_mut(&c.app).ok_or(Rejection::UnknownTenant)?;
        must(self.merchants.contains_key(&c.merchant), Rejection::UnknownAccount)?;
        let named: BTreeSet<(Id, String)> =
            c.scopes.iter().map(|scope| (c.merchant, scope.name().to_owned())).collect();
        let all = app.granted.iter().filter(|(merchant, _)| *merchant == c.merchant);
        let all: BTreeSet<(Id, String)> = all.cloned().collect();
        must(!all.is_empty() && named.is_subset(&all), Rejection::NotGranted)?;
        let gone = if named.is_empty() { all } else { named };
        app.granted.retain(|granted| !gone.contains(granted));
        Ok(())
    }

    pub(super) fn limit_app(&mut self, c: &SetAppLimits) -> Outcome {
        let app = self.apps.get_mut(&c.app).ok_or(Rejection::UnknownTenant)?;
        let currencies: BTreeSet<_> = c.limits.caps.iter().map(|cap| cap.currency).collect();
        must(currencies.len() == c.limits.caps.len(), Rejection::SchemaInvalid)?;
        app.limits = c.limits.clone();
        Ok(())
    }

    /// Before anything else is looked at.
    pub(super) fn may_ask(&self, id: Id, body: &Body, now: u64) -> Outcome {
        let Some(app) = self.apps.get(&id) else { return Ok(()) };
        let (scope, merchant, moves) = self.demand(body, now).ok_or(Rejection::ScopeDenied)?;
        app.covers(scope, merchant, now)?;
        if let Some((scope, merchant)) = self.also(body, now) {
            app.covers(scope, merchant, now)?;
        }
        let today = |at: u64| self.day(at) == self.day(now);
        if let Some(money) = moves {
            let same = |moved: &Option<Money>| moved.filter(|m| m.currency == money.currency);
            let before = app.done.iter().filter(|(at, _)| today(*at));
            let before: u128 =
                before.filter_map(|d| same(&d.1)).map(|m| u128::from(m.amount)).sum();
            let caps = app.limits.caps.iter().filter(|cap| cap.currency == money.currency);
            for cap in caps {
                let amount = u128::from(money.amount);
                let over = cap.single.is_some_and(|most| amount > most.into())
                    || cap.day.is_some_and(|most| before + amount > most.into());
                must(!over, Rejection::AppLimitExceeded)?;
            }
        }
        let count = |when: &dyn Fn(u64) -> bool| app.done.iter().filter(|d| when(d.0)).count() + 1;
        let this_minute = |at: u64| at / 60_000 == now / 60_000;
        let over = app.limits.per_minute.is_some_and(|most| count(&this_minute) > most as usize)
            || app.limits.per_day.is_some_and(|most| count(&today) > most as usize);
        must(!over, Rejection::AppRateExceeded)
    }

    pub(super) fn asked(&mut self, id: Id, moves: Option<Money>, now: u64) {
        let keep = |at: u64| now - at < 2 * DAY_MS;
        if let Some(app) = self.apps.get_mut(&id) {
            app.done.retain(|done| keep(done.0));
            app.done.push((now, moves));
        }
    }

    /// What is demanded besides: of whom else, under which scope.
    fn also(&self, body: &Body, now: u64) -> Option<(&'static str, Option<Option<Id>>)> {
        let both = |campaign: Id, merchant: Id| {
            let funder = self.campaigns.get(&campaign).map(|c| c.funder);
            (!campaign.is_none() && !merchant.is_none()).then_some(("coupons", Some(funder)))
        };
        match body {
            Body::AuthorizeFunds(_) => Some(("wallet", None)),
            Body::CancelPayment(c) => {
                let no = self.could_cancel(c.payment, now)?;
                Some(("refunds", Some(Some(self.orders[no].merchant))))
            }
            Body::DefineCoupon(c) => both(c.terms.campaign, c.terms.merchant),
            Body::IssueCoupon(c) => {
                let kind = self.templates.get(&c.template)?;
                both(kind.campaign, kind.merchant)
            }
            Body::RevokeCoupon(c) => {
                let coupon = self.coupons.iter().find(|row| row.id == c.coupon)?;
                let kind = &self.templates[&coupon.template];
                both(kind.campaign, kind.merchant)
            }
            Body::EarnPoints(c) if !c.payment.is_none() => {
                let order = self.orders.iter().find(|o| o.id == c.payment);
                Some(("coupons", Some(order.map(|o| o.merchant))))
            }
            _ => None,
        }
    }

    /// What is owed for a rental that is there.
    fn owed_for(&self, rental: Id) -> Option<Money> {
        in_cny(self.rentals.iter().find(|r| r.id == rental)?.owed())
    }

    /// What a command would move, before it does.
    pub(super) fn moves(&self, body: &Body, now: u64) -> Option<Money> {
        self.demand(body, now).and_then(|demand| demand.2)
    }

    /// `None` for what no app may ask for.
    fn demand(&self, body: &Body, now: u64) -> Option<Demand> {
        let order = |id: Id| self.orders.iter().find(|o| o.id == id).map(|o| o.merchant);
        let hold = |id: Id| self.holds.iter().find(|h| h.id == id).map(|h| h.merchant);
        let rental = |id: Id| self.rentals.iter().find(|r| r.id == id).map(|r| r.merchant);
        let invoice = |id: Id| {
            let found = self.invoices.iter().find(|i| i.id == id);
            found.and_then(|i| order(i.payment))
        };
        let dispute = |id: Id| {
            let found = self.disputes.iter().find(|d| d.id == id);
            found.map(|d| self.orders[d.order].merchant)
        };
        let campaign = |id: Id| self.campaigns.get(&id).map(|c| c.funder);
        let terms = |campaigned: Id, merchant: Id| {
            if merchant.is_none() { campaign(campaigned) } else { Some(merchant) }
        };
        let template = |id: Id| {
            let found = self.templates.get(&id);
            found.and_then(|t| terms(t.campaign, t.merchant))
        };
        let coupon = |id: Id| {
            let found = self.coupons.iter().find(|c| c.id == id);
            found.and_then(|c| template(c.template))
        };
        Some(match body {
            Body::CreatePayment(c) => ("payments", Some(Some(c.merchant)), None),
            Body::ClosePayment(c) => ("payments", Some(order(c.payment)), None),
            Body::CancelPayment(c) => {
                let paid = self.could_cancel(c.payment, now).map(|no| &self.orders[no]);
                let back = paid.map(|o| Money {
                    amount: o.amount.try_into().unwrap(),
                    currency: currency_of(o.merchant),
                });
                ("payments", Some(order(c.payment)), back)
            }
            Body::RefundPayment(c) => ("refunds", Some(order(c.payment)), Some(c.amount)),
            Body::BindRoyalty(c) => ("royalties", Some(Some(c.merchant)), None),
            Body::UnbindRoyalty(c) => ("royalties", Some(Some(c.merchant)), None),
            Body::SplitPayment(c) => ("royalties", Some(order(c.payment)), self.would_move(c)),
            Body::ReturnSplit(c) => ("royalties", Some(Some(c.receiver)), Some(c.amount)),
            Body::AuthorizeFunds(c) => ("authorizations", Some(Some(c.merchant)), Some(c.amount)),
            Body::CaptureAuthorization(c) => ("authorizations", Some(hold(c.auth)), Some(c.amount)),
            Body::UnfreezeFunds(c) => ("authorizations", Some(hold(c.auth)), None),
            Body::CancelAuthorization(c) => ("authorizations", Some(hold(c.auth)), None),
            Body::CreateRental(c) => ("rentals", Some(Some(c.merchant)), None),
            Body::SecureDeposit(c) => {
                let cash = self.rentals.iter().find(|r| r.id == c.rental).map(|r| r.cash());
                ("rentals", Some(rental(c.rental)), cash.and_then(in_cny))
            }
            Body::StartRental(c) => ("rentals", Some(rental(c.rental)), None),
            Body::ExtendRental(c) => ("rentals", Some(rental(c.rental)), None),
            Body::ReturnRental(c) => ("rentals", Some(rental(c.rental)), None),
            Body::ClaimDamage(c) => ("rentals", Some(rental(c.rental)), None),
            Body::ReduceCharge(c) => ("rentals", Some(rental(c.rental)), Some(c.amount)),
            Body::SettleRental(c) => ("rentals", Some(rental(c.rental)), self.owed_for(c.rental)),
            Body::CollectRental(c) => ("rentals", Some(rental(c.rental)), self.owed_for(c.rental)),
            Body::BuyOutRental(c) => {
                let no = self.rental(c.rental).ok();
                let price = no.and_then(|no| self.price(no, c.term_no));
                ("rentals", Some(rental(c.rental)), price.and_then(in_cny))
            }
            Body::DeclareLost(c) => ("rentals", Some(rental(c.rental)), None),
            Body::CancelRental(c) => ("rentals", Some(rental(c.rental)), None),
            Body::FundCampaign(c) => ("coupons", Some(Some(c.funder)), Some(c.amount)),
            Body::CloseCampaign(c) => ("coupons", Some(campaign(c.campaign)), None),
            Body::DefineCoupon(c) => {
                ("coupons", Some(terms(c.terms.campaign, c.terms.merchant)), None)
            }
            Body::IssueCoupon(c) => {
                let face = self.templates.get(&c.template).map(|kind| kind.face);
                ("coupons", Some(template(c.template)), face)
            }
            Body::RevokeCoupon(c) => ("coupons", Some(coupon(c.coupon)), None),
            Body::ConfirmSettlement(c) => ("payments", Some(order(c.payment)), Some(c.amount)),
            Body::SendRedPacket(c) => match c.sender {
                PacketSender::User(_) => ("wallet", None, Some(c.total)),
                PacketSender::Campaign(id) => ("coupons", Some(campaign(id)), Some(c.total)),
            },
            Body::ClaimRedPacket(_) => ("wallet", None, None),
            Body::RequestInvoice(c) => ("invoices", Some(order(c.payment)), None),
            Body::IssueInvoice(c) => ("invoices", Some(invoice(c.invoice)), None),
            Body::RejectInvoice(c) => ("invoices", Some(invoice(c.invoice)), None),
            Body::RedInvoice(c) => ("invoices", Some(invoice(c.invoice)), None),
            Body::DefendDispute(c) => ("disputes", Some(dispute(c.dispute)), None),
            Body::AcceptDispute(c) => {
                let given = self.disputes.iter().find(|d| d.id == c.dispute).map(|d| Money {
                    amount: d.amount.try_into().unwrap(),
                    currency: currency_of(self.orders[d.order].merchant),
                });
                ("disputes", Some(dispute(c.dispute)), given)
            }
            Body::RequestPayout(c) => {
                let amount = c.amount.amount.saturating_add(c.fee);
                let money = Some(Money { amount, ..c.amount });
                match c.owner {
                    Owner::Merchant(id) => ("payouts", Some(Some(id)), money),
                    _ => ("wallet", None, money),
                }
            }
            Body::CloseAccount(c) => match c.account {
                Owner::User(_) => ("users", None, None),
                Owner::Merchant(id) => ("merchants", Some(Some(id)), None),
                Owner::Ledger(_) => ("ledger", None, None),
            },
            Body::PayPayment(c) => {
                let amount = c.legs.iter().fold(0u64, |sum, leg| sum.saturating_add(leg.amount));
                ("wallet", None, Some(Money { amount, currency: c.currency }))
            }
            Body::Transfer(c) => ("wallet", None, Some(c.amount)),
            Body::RepayCredit(c) => ("wallet", None, Some(c.amount)),
            Body::ConvertToInstalments(c) => ("wallet", None, Some(c.amount)),
            Body::PrepayPlan(c) => {
                let left = self.left_of_plan(c.plan);
                let money = |left| Money { amount: left, currency: Currency::CNY };
                ("wallet", None, left.map(|left| money(u64::try_from(left).unwrap())))
            }
            Body::OpenUser(_) => ("users", None, None),
            Body::OnboardMerchant(_) => ("merchants", None, None),
            Body::GrantCreditLine(_)
            | Body::AdjustLimit(_)
            | Body::FreezeCreditLine(_)
            | Body::UnfreezeCreditLine(_)
            | Body::WriteOffCredit(_)
            | Body::WaiveLoanCharge(_)
            | Body::SetAutoDebit(_)
            | Body::CloseCreditLine(_) => ("credit", None, None),
            Body::DrawLoan(c) => ("credit", None, Some(c.amount)),
            Body::DrawMore(c) => ("credit", None, Some(c.amount)),
            Body::ChargeLoan(c) => ("credit", None, Some(c.amount)),
            Body::ReturnRepayment(c) => ("credit", None, Some(c.amount)),
            Body::RecordRecovery(c) => ("credit", None, Some(c.amount)),
            Body::ProvisionCredit(c) => ("treasury", None, Some(c.amount)),
            Body::ConfirmTopUp(c) => ("treasury", None, Some(c.amount)),
            Body::ReleaseReserve(c) => ("treasury", None, Some(c.amount)),
            Body::FundCredit(c) => ("treasury", None, Some(c.amount)),
            Body::RepayFunding(c) => ("treasury", None, Some(c.amount)),
            Body::ConfirmPayout(_) | Body::FailPayout(_) => ("treasury", None, None),
            Body::PublishQuote(_) => ("treasury", None, None),
            Body::DefineCard(c) => {
                let worth = c.terms.points.is_some_and(|points| points.value_micros > 0);
                ("coupons", Some(Some(c.terms.merchant).filter(|_| !worth)), None)
            }
            Body::OpenCard(c) => ("coupons", Some(self.issuer_of(c.template)), None),
            Body::UpdateCard(c) => {
                let kind = self.kind_of_card(c.card);
                ("coupons", Some(kind.and_then(|kind| self.issuer_of(kind))), None)
            }
            Body::CloseCard(c) => {
                let kind = self.kind_of_card(c.card);
                ("coupons", Some(kind.and_then(|kind| self.issuer_of(kind))), None)
            }
            Body::LoadCard(c) => ("wallet", None, Some(c.amount)),
            Body::UnloadCard(c) => ("wallet", None, Some(c.amount)),
            Body::EarnPoints(c) => {
                let kind = self.kind_of_card(c.card);
                let issuer = kind.and_then(|kind| self.issuer_of(kind));
                ("coupons", Some(issuer), self.worth_to_earn(c, now).and_then(in_cny))
            }
            Body::AdjustPoints(c) => {
                let kind = self.kind_of_card(c.card).filter(|_| c.less);
                let issuer = kind.and_then(|kind| self.issuer_of(kind));
                let worth = self.worth_of(c.card, c.points.into());
                ("coupons", Some(issuer), worth.and_then(in_cny))
            }
            Body::RedeemPoints(c) => {
                ("wallet", None, self.worth_of(c.card, c.points.into()).and_then(in_cny))
            }
            Body::OpenLedgerAccount(_) => ("ledger", None, None),
            Body::PostTransfer(c) => ("ledger", None, c.amount),
            Body::SetLimits(_)
            | Body::RestrictAccount(_)
            | Body::LiftRestriction(_)
            | Body::PlaceHold(_)
            | Body::ReleaseHold(_)
            | Body::SeizeHold(_)
            | Body::AssessRental(_)
            | Body::OpenDispute(_)
            | Body::CancelDispute(_)
            | Body::JudgeDispute(_) => ("risk", None, None),
            _ => return None,
        })
    }
}
