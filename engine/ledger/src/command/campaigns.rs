//! Commands of campaigns and coupons (DOMAIN §1.6, §4.6).

use crate::command::Reference;
use crate::id::Id;
use crate::money::Money;

/// Puts money into a campaign: the first one opens it.
#[derive(Clone, PartialEq, Debug)]
pub struct FundCampaign {
    /// The campaign.
    pub campaign: Id,
    /// The merchant who pays; none is the platform.
    pub funder: Id,
    /// How much.
    pub amount: Money,
}

/// Ends a campaign of which no coupon can be used; what is left goes back to its funder.
#[derive(Clone, PartialEq, Debug)]
pub struct CloseCampaign {
    /// The campaign.
    pub campaign: Id,
}

/// Says what the coupons of a template are.
#[derive(Clone, PartialEq, Debug)]
pub struct DefineCoupon {
    /// The template, new.
    pub template: Id,
    /// What its coupons are.
    pub terms: CouponTerms,
}

/// What the coupons of a template are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CouponTerms {
    /// Pays the part of the face that the merchant does not; none if the merchant pays all.
    pub campaign: Id,
    /// Where they can be used; none is everywhere.
    pub merchant: Id,
    /// What one is worth.
    pub face: Money,
    /// The part of the face by which the merchant's receipts fall, in minor units.
    pub merchant_part: u64,
    /// The smallest order that one can be used on, in minor units.
    pub min_spend: u64,
    /// From when one can be used, in milliseconds since 1970.
    pub valid_from: u64,
    /// From when it no longer can.
    pub valid_until: u64,
    /// How many there are.
    pub count_max: u32,
    /// How many a user gets on one business date; 0 is no limit.
    pub per_user_day: u32,
    /// How many a user gets ever.
    pub per_user: u32,
}

/// Gives a user a coupon.
#[derive(Clone, PartialEq, Debug)]
pub struct IssueCoupon {
    /// The coupon, new.
    pub coupon: Id,
    /// What it is.
    pub template: Id,
    /// Whose it will be.
    pub user: Id,
}

/// Takes a coupon back that was not used.
#[derive(Clone, PartialEq, Debug)]
pub struct RevokeCoupon {
    /// The coupon.
    pub coupon: Id,
    /// Why.
    pub reason: Reference,
}
