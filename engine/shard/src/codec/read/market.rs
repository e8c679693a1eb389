//! Wire to domain: campaigns and coupons.

use super::fields::*;
use groat_ledger::{self as domain, CouponState, CouponTerms, Fact, Id};
use groat_proto::v1;

pub(super) fn fund_campaign(w: &v1::FundCampaign) -> Field<domain::FundCampaign> {
    Ok(domain::FundCampaign {
        campaign: id(w.campaign, "campaign")?,
        funder: optional_id(w.funder),
        amount: money(w.amt, "amt")?,
    })
}

pub(in crate::codec) fn define_coupon(w: &v1::DefineCoupon) -> Field<(Id, CouponTerms)> {
    let face = money(w.face, "face")?;
    let terms = CouponTerms {
        campaign: optional_id(w.campaign),
        merchant: optional_id(w.merchant),
        face,
        merchant_part: part_of(w.merchant_part, face.currency, "merchant_part")?.unwrap_or(0),
        min_spend: part_of(w.min_spend, face.currency, "min_spend")?.unwrap_or(face.amount),
        valid_from: w.valid_from,
        valid_until: time(w.valid_until, "valid_until")?,
        count_max: w.count_max,
        per_user_day: w.per_user_day,
        per_user: w.per_user,
    };
    Ok((id(w.template, "template")?, terms))
}

pub(super) fn issue_coupon(w: &v1::IssueCoupon) -> Field<domain::IssueCoupon> {
    Ok(domain::IssueCoupon {
        coupon: id(w.coupon, "coupon")?,
        template: id(w.template, "template")?,
        user: id(w.user, "user")?,
    })
}

pub(super) fn revoke_coupon(w: &v1::RevokeCoupon) -> Field<domain::RevokeCoupon> {
    let reason = reference(&w.reason, "reason")?;
    Ok(domain::RevokeCoupon { coupon: id(w.coupon, "coupon")?, reason })
}

pub(in crate::codec) fn coupon_state(value: i32) -> Field<CouponState> {
    Ok(match known::<v1::CouponState>(value, "state")? {
        v1::CouponState::Effective => CouponState::Effective,
        v1::CouponState::Used => CouponState::Used,
        v1::CouponState::Expired => CouponState::Expired,
        v1::CouponState::Revoked => CouponState::Revoked,
    })
}

pub(super) fn campaign_funded(w: &v1::FundCampaign) -> Field<Fact> {
    let domain::FundCampaign { campaign, funder, amount } = fund_campaign(w)?;
    Ok(Fact::CampaignFunded { campaign, funder, amount })
}

pub(super) fn coupon_defined(w: &v1::DefineCoupon) -> Field<Fact> {
    let (template, terms) = define_coupon(w)?;
    Ok(Fact::CouponDefined { template, terms: Box::new(terms) })
}

pub(super) fn coupon_used(w: &v1::CouponUsed) -> Field<Fact> {
    Ok(Fact::CouponUsed {
        coupon: id(w.coupon, "coupon")?,
        payment: id(w.payment, "payment")?,
        discount: w.discount,
        funded: w.funded,
    })
}

pub(super) fn coupon_returned(w: &v1::CouponReturned) -> Field<Fact> {
    Ok(Fact::CouponReturned {
        coupon: id(w.coupon, "coupon")?,
        payment: id(w.payment, "payment")?,
        discount: w.discount,
        funded: w.funded,
        state: coupon_state(w.state)?,
    })
}
