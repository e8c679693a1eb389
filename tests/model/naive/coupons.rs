//! Campaigns and coupons in the naive model: what is promised is counted from the coupons that can
//! still be used, and from the refunds of those that may yet be; what a campaign has is the sum of
//! what was written.

use super::exchange::currency_of;
use super::orders::{Paid, payable};
use super::{Account, Naive, Outcome, cny, house, merchant, must, of};
use groat_ledger::{
    Class, CouponTerms, Currency, DefineCoupon, FundCampaign, Id, IssueCoupon, Owner, Rejection,
};

/// Coupons of one template that one user gets ever.
const PER_USER: std::ops::RangeInclusive<u32> = 1..=100;

pub(super) struct Campaign {
    pub(super) funder: Id,
    pub(super) closed: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum End {
    Used,
    Expired,
    Revoked,
}

#[derive(Clone)]
pub(super) struct Coupon {
    pub(super) id: Id,
    pub(super) template: Id,
    user: Id,
    day: u32,
    until: u64,
    end: Option<End>,
}

/// What a coupon pays.
#[derive(Clone, Copy)]
pub(super) struct Use {
    coupon: Id,
    pub(super) discount: i128,
    funded: i128,
    campaign: Id,
    until: u64,
}

impl Use {
    pub(super) fn sum(&self) -> i128 {
        self.discount + self.funded
    }

    /// Of the first so much of it that goes back, what was no money.
    pub(super) fn discount_of(&self, back: i128) -> i128 {
        super::half_up(self.discount, back, self.sum())
    }
}

fn funded_part(t: &CouponTerms) -> i128 {
    i128::from(t.face.amount) - i128::from(t.merchant_part)
}

impl Naive {
    pub(super) fn fund_campaign(&mut self, c: &FundCampaign) -> Outcome {
        if let Some(campaign) = self.campaigns.get(&c.campaign) {
            must(campaign.funder == c.funder, Rejection::Duplicate)?;
            must(!campaign.closed, Rejection::InvalidState)?;
        }
        let platform = c.funder.is_none();
        if !platform {
            self.account_of(Owner::Merchant(c.funder))?;
        }
        // A campaign of the platform alone may be of another currency: no step makes one.
        let amount = cny(c.amount)?;
        let all = self.credit(of(Class::CampaignFund, c.campaign)) + amount;
        must(all <= (*super::AMOUNTS.end()).into(), Rejection::AmountOutOfRange)?;
        let from = if platform { house(Class::Marketing) } else { merchant(c.funder) };
        if !platform {
            self.may_debit(from)?;
            self.covers(from, amount)?;
        }
        self.write(from, of(Class::CampaignFund, c.campaign), amount);
        let new = Campaign { funder: c.funder, closed: false };
        self.campaigns.entry(c.campaign).or_insert(new);
        Ok(())
    }

    pub(super) fn close_campaign(&mut self, id: Id) -> Outcome {
        let campaign = self.campaigns.get(&id).ok_or(Rejection::UnknownAccount)?;
        must(!campaign.closed, Rejection::InvalidState)?;
        must(self.promised(id) == 0, Rejection::CouponsOutstanding)?;
        let to = self.goes_back_to(id);
        let fund = of(Class::CampaignFund, id);
        self.write(fund, to, self.credit(fund));
        self.campaigns.get_mut(&id).unwrap().closed = true;
        Ok(())
    }

    pub(super) fn goes_back_to(&self, campaign: Id) -> Account {
        let funder = self.campaigns[&campaign].funder;
        let gone = funder.is_none() || self.closed.contains(&merchant(funder));
        if gone { house(Class::Marketing) } else { merchant(funder) }
    }

    /// What coupons that can still be used will take of a campaign.
    pub(super) fn promised(&self, campaign: Id) -> i128 {
        let usable = self.coupons.iter().filter(|c| c.end.is_none());
        let terms = usable.map(|c| &self.templates[&c.template]);
        terms.filter(|t| t.campaign == campaign).map(funded_part).sum()
    }

    /// What a campaign has that nobody was promised, nor may be with the rest of a coupon.
    pub(super) fn free_of(&self, campaign: Id, now: u64) -> i128 {
        let kept = |paid: &Paid| {
            let used = paid.coupon.filter(|used| used.campaign == campaign && now < used.until);
            let back = paid.coupon_back;
            used.filter(|used| back < used.sum()).map_or(0, |used| back - used.discount_of(back))
        };
        let kept: i128 = self.orders.iter().filter_map(|o| o.paid.as_ref()).map(kept).sum();
        self.credit(of(Class::CampaignFund, campaign)) - self.promised(campaign) - kept
    }

    pub(super) fn define_coupon(&mut self, c: &DefineCoupon, now: u64) -> Outcome {
        let t = c.terms;
        must(!self.templates.contains_key(&c.template), Rejection::Duplicate)?;
        if !t.merchant.is_none() {
            self.account_of(Owner::Merchant(t.merchant))?;
            must(t.face.currency == Currency::CNY, Rejection::CurrencyMismatch)?;
        }
        if !t.campaign.is_none() {
            let campaign = self.campaigns.get(&t.campaign).ok_or(Rejection::UnknownAccount)?;
            must(!campaign.closed, Rejection::InvalidState)?;
        }
        payable(t.face)?;
        let funded = funded_part(&t);
        let merchants = t.merchant_part == 0 || !t.merchant.is_none();
        let parts = funded >= 0 && merchants && (funded > 0) != t.campaign.is_none();
        let time = t.valid_from < t.valid_until && now < t.valid_until;
        let counts = t.count_max > 0 && PER_USER.contains(&t.per_user);
        let counts = counts && t.per_user_day <= t.per_user;
        let fits = parts && t.min_spend >= t.face.amount && time && counts;
        must(fits, Rejection::CouponTermsInvalid)?;
        self.templates.insert(c.template, t);
        Ok(())
    }

    pub(super) fn issue_coupon(&mut self, c: &IssueCoupon, now: u64) -> Outcome {
        must(!self.coupons.iter().any(|k| k.id == c.coupon), Rejection::Duplicate)?;
        let t = *self.templates.get(&c.template).ok_or(Rejection::UnknownAccount)?;
        let owner = self.account_of(Owner::User(c.user))?;
        must(!self.closed.contains(&owner), Rejection::AccountClosed)?;
        let closed = self.campaigns.get(&t.campaign).is_some_and(|campaign| campaign.closed);
        must(!closed && now < t.valid_until, Rejection::InvalidState)?;
        let of_kind = || self.coupons.iter().filter(|k| k.template == c.template);
        let left = self.free_of(t.campaign, now);
        let budget = of_kind().count() < t.count_max as usize && funded_part(&t) <= left.max(0);
        must(budget, Rejection::BudgetExhausted)?;
        let day = self.day(now);
        let theirs = || of_kind().filter(|k| k.user == c.user);
        let today = theirs().filter(|k| k.day == day).count();
        let ever = theirs().count() < t.per_user as usize;
        let daily = t.per_user_day == 0 || today < t.per_user_day as usize;
        must(ever && daily, Rejection::FrequencyLimit)?;
        let (id, template, user, until) = (c.coupon, c.template, c.user, t.valid_until);
        self.coupons.push(Coupon { id, template, user, day, until, end: None });
        self.note(Class::CouponFace, template, t.face.amount.into());
        Ok(())
    }

    pub(super) fn revoke_coupon(&mut self, id: Id, now: u64) -> Outcome {
        let no = self.coupons.iter().position(|k| k.id == id).ok_or(Rejection::UnknownAccount)?;
        must(self.named_by(id, now).is_none(), Rejection::CouponLocked)?;
        must(self.coupons[no].end.is_none(), Rejection::InvalidState)?;
        self.end_coupon(no, End::Revoked);
        Ok(())
    }

    pub(super) fn end_coupon(&mut self, no: usize, end: End) {
        let coupon = &mut self.coupons[no];
        coupon.end = Some(end);
        let template = coupon.template;
        let face = i128::from(self.templates[&template].face.amount);
        self.note(Class::CouponFace, template, -face);
    }

    /// The order that names a coupon and can be paid.
    fn named_by(&self, coupon: Id, now: u64) -> Option<Id> {
        let named = self.orders.iter().find(|o| o.names == Some(coupon) && o.is_open(now));
        named.map(|order| order.id)
    }

    /// A coupon that an order names, which was neither paid nor closed, has that order's time too.
    pub(super) fn coupon_ends_at(&self, coupon: &Coupon) -> Option<u64> {
        let named = self.orders.iter().filter(|o| o.names == Some(coupon.id) && o.waits());
        let until = named.map(|order| order.expires_at).fold(coupon.until, u64::max);
        coupon.end.is_none().then_some(until)
    }

    /// Whether an order that is made now can name a coupon.
    pub(super) fn can_name(
        &self,
        coupon: Id,
        discountable: i128,
        order: (Id, i128),
        now: u64,
    ) -> Outcome {
        let no = Rejection::CouponNotUsable;
        let found = self.coupons.iter().find(|k| k.id == coupon).ok_or(no)?;
        must(self.named_by(coupon, now).is_none(), Rejection::CouponLocked)?;
        must(currency_of(order.0) == Currency::CNY, no)?;
        let face = i128::from(self.templates[&found.template].face.amount);
        must(face <= discountable, no)?;
        self.usable(coupon, face, (Id::NONE, order.0, order.1), found.user, now).map(|_| ())
    }

    /// An order is closed: the coupon that it names is over with it, if its own time is.
    pub(super) fn let_go(&mut self, coupon: Id, now: u64) {
        let no = self.coupons.iter().position(|k| k.id == coupon).unwrap();
        if now >= self.coupons[no].until {
            self.end_coupon(no, End::Expired);
        }
    }

    /// Whose a coupon is.
    pub(super) fn owns_coupon(&self, coupon: Id, user: Id) -> bool {
        self.coupons.iter().any(|k| k.id == coupon && k.user == user)
    }

    /// Whether a coupon can pay so much of an order, and what it pays.
    pub(super) fn usable(
        &self,
        coupon: Id,
        amount: i128,
        order: (Id, Id, i128),
        payer: Id,
        now: u64,
    ) -> Result<Use, Rejection> {
        let no = Rejection::CouponNotUsable;
        let coupon = self.coupons.iter().find(|k| k.id == coupon).ok_or(no)?;
        let t = &self.templates[&coupon.template];
        let (order, seller, total) = order;
        must(coupon.user == payer, no)?;
        must(t.merchant.is_none() || t.merchant == seller, no)?;
        let named = self.named_by(coupon.id, now);
        must(named.is_none_or(|by| by == order), Rejection::CouponLocked)?;
        let in_time = named.is_some() || now >= t.valid_from && now < t.valid_until;
        must(coupon.end.is_none() && in_time, no)?;
        must(amount == i128::from(t.face.amount) && total >= i128::from(t.min_spend), no)?;
        Ok(Use {
            coupon: coupon.id,
            discount: t.merchant_part.into(),
            funded: funded_part(t),
            campaign: t.campaign,
            until: t.valid_until,
        })
    }

    /// A coupon pays its campaign's part.
    pub(super) fn use_coupon(&mut self, used: Use, to: Account) {
        self.write(of(Class::CampaignFund, used.campaign), to, used.funded);
        let no = self.coupons.iter().position(|k| k.id == used.coupon).unwrap();
        self.end_coupon(no, End::Used);
    }

    /// Where the campaign's part of a coupon goes back to.
    pub(super) fn fund_of(&self, used: &Use) -> Account {
        match self.campaigns.get(&used.campaign) {
            Some(campaign) if campaign.closed => self.goes_back_to(used.campaign),
            _ => of(Class::CampaignFund, used.campaign),
        }
    }

    /// All of a coupon is back: it can be used again if there is time and money for it.
    pub(super) fn coupon_is_back(&mut self, used: &Use, now: u64) {
        let closed = self.campaigns.get(&used.campaign).is_some_and(|campaign| campaign.closed);
        let coupon = self.coupons.iter_mut().find(|k| k.id == used.coupon).unwrap();
        coupon.end = match (closed, now >= used.until) {
            (true, _) => Some(End::Revoked),
            (false, true) => Some(End::Expired),
            (false, false) => None,
        };
        if coupon.end.is_none() {
            let template = coupon.template;
            let face = i128::from(self.templates[&template].face.amount);
            self.note(Class::CouponFace, template, face);
        }
    }

    /// Whether a merchant has money in a campaign that is not over.
    pub(super) fn has_campaign(&self, id: Id) -> bool {
        self.campaigns.values().any(|campaign| campaign.funder == id && !campaign.closed)
    }
}
