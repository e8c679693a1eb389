//! Rows of campaigns and coupons, and the parts of a payment that few payments have.

use crate::command::CouponTerms;
use crate::id::Id;
use crate::money::Currency;
use crate::state::Exchange;
use crate::state::Royalty;
use crate::table::Row;

/// A campaign: money set aside for coupons.
#[derive(Clone, PartialEq, Debug)]
pub struct Campaign {
    /// Its id.
    pub campaign: Id,
    /// The merchant who paid it in; none is the platform.
    pub funder: Id,
    /// Its currency.
    pub currency: Currency,
    /// What coupons that can be used will take of it, in minor units.
    pub reserved: u64,
    /// Ended: what was left is given back.
    pub closed: bool,
    /// What came back of coupons that may yet come back whole, in minor units.
    pub kept: u64,
}

row!(Campaign, Id, self => self.campaign);

/// What coupons are, and how many were issued.
#[derive(Clone, PartialEq, Debug)]
pub struct CouponTemplate {
    /// Its id.
    pub template: Id,
    /// What its coupons are.
    pub terms: CouponTerms,
    /// Issued so far.
    pub issued: u32,
}

row!(CouponTemplate, Id, self => self.template);

impl CouponTemplate {
    /// The part of the face that the campaign pays, in minor units.
    pub fn funded_part(&self) -> u64 {
        self.terms.face.amount.saturating_sub(self.terms.merchant_part)
    }
}

/// A coupon of a user.
#[derive(Clone, PartialEq, Debug)]
pub struct Coupon {
    /// Its id.
    pub coupon: Id,
    /// What it is: number in `coupon_templates`.
    pub template: u32,
    /// Whose it is: number in `users`.
    pub user: u32,
    /// Where it stands.
    pub state: CouponState,
    /// What its campaign keeps for it since a part of it came back, in minor units.
    pub kept: u64,
}

row!(Coupon, Id, self => self.coupon);

/// Where a coupon stands (DOMAIN §5); pending is what is effective and not valid yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CouponState {
    Effective,
    Used,
    Expired,
    Revoked,
    Locked,
}

impl CouponState {
    /// Whether its user can use it, for one order or for any: its campaign's part is promised.
    pub fn is_usable(self) -> bool {
        matches!(self, CouponState::Effective | CouponState::Locked)
    }
}

/// How many coupons of a template a user got.
#[derive(Clone, PartialEq, Debug)]
pub struct CouponCount {
    /// Number in `coupon_templates`.
    pub template: u32,
    /// Number in `users`.
    pub user: u32,
    /// Business date of `day_count`.
    pub day: u32,
    /// On that date.
    pub day_count: u32,
    /// Ever.
    pub count: u32,
}

row!(CouponCount, (u32, u32), Any, self => (self.template, self.user));

impl CouponCount {
    /// How many on a business date.
    pub fn on(&self, date: u32) -> u32 {
        if self.day == date { self.day_count } else { 0 }
    }
}

/// What a payment has beside balance, credit and acquirer, what is invoiced and shared of it.
/// Amounts are minor units.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct PaymentParts {
    /// Of the amount, what no coupon pays.
    pub undiscountable: u64,
    /// The coupon that is locked for it, or none: not paid yet.
    pub locked: Id,
    /// The coupon.
    pub coupon: Id,
    /// The part of the coupon by which the merchant's receipts fell.
    pub discount: u64,
    /// The part of the coupon that a campaign paid.
    pub funded: u64,
    /// Of `discount`, what refunds took back.
    pub discount_returned: u64,
    /// Of `funded`, what refunds took back.
    pub funded_returned: u64,
    /// The amounts of disputes that were lost: what they gave back, refunds do not give again.
    pub lost: u64,
    /// Invoices requested and not rejected, less what was reversed.
    pub claimed: u64,
    /// Of `claimed`, what is issued.
    pub invoiced: u64,
    /// The plan that it was put into: number in `plans`.
    pub plan: Option<u32>,
    /// The fee of that plan which the seller bears, less what came back of it.
    pub plan_fee: u64,
    /// What its payer pays, where that is in another currency.
    pub exchange: Option<Exchange>,
    /// What is shared of it.
    pub royalty: Royalty,
    /// The card that paid a part, or none.
    pub card: Id,
    /// What it paid.
    pub stored: u64,
    /// Of `stored`, what the card has back.
    pub stored_returned: u64,
    /// The card that earned points of it, or none.
    pub earner: Id,
    /// How many points.
    pub earned: u64,
    /// Of how much of it.
    pub earned_of: u64,
    /// Of `earned`, what refunds and lost disputes took back.
    pub earned_back: u64,
    /// The card whose points paid a part, or none.
    pub redeemer: Id,
    /// How many points.
    pub redeemed_points: u64,
    /// What they paid.
    pub redeemed: u64,
    /// Of `redeemed_points`, what the card has back.
    pub redeemed_points_returned: u64,
    /// Of `redeemed`, what that was for.
    pub redeemed_returned: u64,
}

impl PaymentParts {
    /// What the user did not pay.
    pub fn sum(&self) -> u64 {
        self.discount.saturating_add(self.funded)
    }

    /// Of that, what refunds took back.
    pub fn returned(&self) -> u64 {
        self.discount_returned.saturating_add(self.funded_returned)
    }
}
