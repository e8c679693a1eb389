//! Commands on campaigns and coupons.

use super::{DAY_MS, Kind, Scene, cny, named, reference};
use crate::books::START_MS;
use groat_ledger::{
    Body, Campaign, Class, CloseCampaign, CouponState, CouponTemplate, CouponTerms, DefineCoupon,
    FundCampaign, Id, IssueCoupon, LegSource, Payment, PaymentState, RevokeCoupon,
};

/// A campaign of the platform, and coupons of it and of the first merchant that last.
pub(super) fn prologue() -> Vec<Body> {
    let (campaign, template) = (named('g', 0), named('q', 0));
    let terms = CouponTerms {
        campaign,
        merchant: named('m', 0),
        face: cny(30),
        merchant_part: 11,
        min_spend: 60,
        valid_from: 0,
        valid_until: START_MS + 60 * DAY_MS,
        count_max: 900,
        per_user_day: 4,
        per_user: 9,
    };
    let fund = FundCampaign { campaign, funder: Id::NONE, amount: cny(2_000) };
    let issue = |k: usize| {
        let (coupon, user) = (named('k', k), named('u', k % 3));
        Body::IssueCoupon(IssueCoupon { coupon, template, user })
    };
    let kind = Body::DefineCoupon(DefineCoupon { template, terms });
    [Body::FundCampaign(fund), kind].into_iter().chain((0..6).map(issue)).collect()
}

impl Scene<'_> {
    pub(super) fn coupon(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::FundCampaign => self.fund_campaign(),
            Kind::CloseCampaign => {
                Body::CloseCampaign(CloseCampaign { campaign: self.a_campaign(|_| true) })
            }
            Kind::DefineCoupon => self.define_coupon(),
            Kind::IssueCoupon => self.issue_coupon(),
            Kind::RevokeCoupon => {
                let rows = self.ledger.tables().coupons.rows();
                let found = self.dice.recent(rows, |k| k.state.is_usable());
                let coupon = found.map_or(named('x', 8), |k| k.coupon);
                Body::RevokeCoupon(RevokeCoupon { coupon, reason: reference('x', 3) })
            }
            _ => return None,
        })
    }

    fn a_campaign(&mut self, fits: impl Fn(&Campaign) -> bool) -> Id {
        let found = self.dice.recent(self.ledger.tables().campaigns.rows(), fits);
        found.map_or(named('x', 9), |c| c.campaign)
    }

    /// More for one that is there, or a new one: by a merchant or the platform.
    fn fund_campaign(&mut self) -> Body {
        let rows = self.ledger.tables().campaigns.rows();
        let by_platform = self.dice.one_in(2);
        let seller = self.merchant();
        let mut funder = if by_platform { Id::NONE } else { seller };
        let mut campaign = named('g', rows.len());
        if self.dice.one_in(3)
            && let Some(found) = self.dice.recent(rows, |c| !c.closed)
        {
            campaign = found.campaign;
            funder = if self.dice.one_in(8) { funder } else { found.funder };
        }
        let has = self.balance(Class::MerchantAvailable, funder);
        let amount =
            if funder.is_none() { cny(self.dice.about(&[900])) } else { self.amount(&[has]) };
        Body::FundCampaign(FundCampaign { campaign, funder, amount })
    }

    fn define_coupon(&mut self) -> Body {
        let template = self.fresh('q', self.ledger.tables().coupon_templates.rows().len());
        let face = self.amount(&[30, 90, 200]);
        let seller = self.merchant();
        let campaign = self.a_campaign(|c| !c.closed);
        let part = self.dice.between(1, face.amount.clamp(1, 200));
        // The merchant's own, a campaign's anywhere or at one merchant, or of both.
        let (campaign, merchant, merchant_part) = match self.dice.of(8) {
            0..=2 => (Id::NONE, seller, face.amount),
            3 | 4 => (campaign, Id::NONE, 0),
            5 => (campaign, seller, 0),
            6 => (campaign, seller, part),
            _ => (campaign, Id::NONE, part),
        };
        let valid_from = self.instant(&[self.now, self.now, self.now + 3_600_000]);
        let valid_until = self.instant(&[self.now + 9 * DAY_MS, self.now + 2 * DAY_MS, self.now]);
        let min_spend = face.amount.saturating_add(self.dice.pick(&[0, 0, 0, 10, 100]));
        let (count_max, per_user) = (self.dice.pick(&[9, 9, 2, 1]), self.dice.pick(&[5, 5, 2, 0]));
        let per_user_day = self.dice.pick(&[0, 0, 1, 6]);
        let terms = CouponTerms {
            campaign,
            merchant,
            face,
            merchant_part,
            min_spend,
            valid_from,
            valid_until,
            count_max,
            per_user_day,
            per_user,
        };
        Body::DefineCoupon(DefineCoupon { template, terms })
    }

    fn issue_coupon(&mut self) -> Body {
        let t = self.ledger.tables();
        let coupon = self.fresh('k', t.coupons.rows().len());
        let now = self.now;
        let open = |q: &CouponTemplate| q.terms.valid_until > now;
        let found = self.dice.recent(t.coupon_templates.rows(), open);
        let template = found.map_or(named('x', 8), |q| q.template);
        Body::IssueCoupon(IssueCoupon { coupon, template, user: self.user() })
    }

    /// An order on which a coupon of these terms can be used, and which may name it.
    fn order_for(&mut self, coupon: Id, terms: &CouponTerms) -> Body {
        let mut body = self.order();
        let names = self.dice.one_in(2);
        if let Body::CreatePayment(c) = &mut body {
            c.merchant = if terms.merchant.is_none() { c.merchant } else { terms.merchant };
            c.amount = cny(terms.min_spend.saturating_add(self.dice.between(0, 40)));
            c.coupon = if names { coupon } else { Id::NONE };
        }
        body
    }

    /// An order that names its coupon, in most cases as it has to be paid.
    fn pay_as_named(&mut self) -> Option<Body> {
        let t = self.ledger.tables();
        let named = |p: &Payment| p.parts.as_ref().map_or(Id::NONE, |parts| parts.locked);
        let found = self.dice.recent(t.payments.rows(), |p| !named(p).is_none())?;
        let coupon = t.coupons.get(&named(found))?;
        let face = t.coupon_templates.row(coupon.template).terms.face.amount;
        let other = self.user();
        let user = if self.dice.one_in(12) { other } else { t.users.row(coupon.user).user };
        let face = if self.dice.one_in(12) { 0 } else { face };
        let rest = found.amount.amount.saturating_sub(face);
        let legs = [(LegSource::Balance, rest), (LegSource::Coupon(coupon.coupon), face)];
        Some(super::money::pay(found.payment, user, &legs))
    }

    /// A coupon, in most cases on an order that it fits, with the rest from elsewhere.
    pub(super) fn pay_with_coupon(&mut self) -> Option<Body> {
        let t = self.ledger.tables();
        if self.dice.one_in(2)
            && let Some(body) = self.pay_as_named()
        {
            return Some(body);
        }
        let found = self.dice.recent(t.coupons.rows(), |k| k.state == CouponState::Effective)?;
        let terms = &t.coupon_templates.row(found.template).terms;
        let fits = |p: &Payment| {
            let seller = t.merchants.row(p.merchant).merchant;
            let theirs = terms.merchant.is_none() || terms.merchant == seller;
            let open = p.state == PaymentState::Created;
            open && theirs && p.amount.amount >= terms.min_spend
        };
        if !t.payments.rows().iter().any(fits) {
            return Some(self.order_for(found.coupon, terms));
        }
        let (payment, order) = self.a_payment(fits);
        let amount = order?.amount.amount;
        let other = self.user();
        let user = if self.dice.one_in(12) { other } else { t.users.row(found.user).user };
        let face = terms.face.amount - u64::from(self.dice.one_in(16));
        let channel = if self.dice.one_in(3) { amount.saturating_sub(face) / 2 } else { 0 };
        let rest = amount.saturating_sub(face).saturating_sub(channel);
        let legs = [
            (LegSource::Balance, rest),
            (LegSource::Channel(named('c', 0)), channel),
            (LegSource::Coupon(found.coupon), face),
        ];
        Some(super::money::pay(payment, user, &legs))
    }
}
