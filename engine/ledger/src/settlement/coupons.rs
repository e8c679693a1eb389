//! What is told of campaigns and coupons.

use crate::event::Fact;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;
use crate::state::{Coupon, CouponState};

/// A coupon as it stands after what is told. Amounts are minor units of the face's currency.
#[derive(Clone, PartialEq, Debug)]
pub struct CouponOf {
    /// Which.
    pub coupon: Id,
    /// Of which template.
    pub template: Id,
    /// Whose.
    pub user: Id,
    /// What it is worth.
    pub face: Money,
    /// The payment that it was used for or came back from, or none.
    pub payment: Id,
    /// The merchant of that payment, or the template's, or none.
    pub merchant: Id,
    /// By which the merchant's receipts fell, or came back.
    pub discount: u64,
    /// What the campaign paid or got back.
    pub funded: u64,
    /// Where it stands.
    pub state: CouponState,
}

/// What a fact of campaigns and coupons means to the outside; nothing for those of others.
pub(super) fn told(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    let tables = ledger.tables();
    let coupon = |id: &Id| Some(coupon_of(ledger, tables.coupons.get(id)?));
    Some(match fact {
        Fact::CampaignFunded { campaign, funder, amount } => {
            let (campaign, funder, amount) = (*campaign, *funder, *amount);
            Settlement::CampaignFunded { campaign, funder, amount }
        }
        Fact::CampaignClosed { campaign, amount } => {
            let row = tables.campaigns.get(campaign)?;
            let amount = Money { amount: *amount, currency: row.currency };
            Settlement::CampaignClosed { campaign: *campaign, funder: row.funder, amount }
        }
        Fact::CouponIssued { coupon: id, .. } => Settlement::CouponIssued { coupon: coupon(id)? },
        Fact::CouponRevoked { coupon: id, .. } | Fact::CouponExpired { coupon: id } => {
            Settlement::CouponEnded { coupon: coupon(id)? }
        }
        Fact::CouponUsed { coupon: id, payment, discount, funded } => {
            let of = CouponOf { discount: *discount, funded: *funded, ..coupon(id)? };
            Settlement::CouponUsed { coupon: with_payment(ledger, payment, of) }
        }
        Fact::CouponLocked { coupon: id, payment } => {
            Settlement::CouponLocked { coupon: with_payment(ledger, payment, coupon(id)?) }
        }
        Fact::CouponUnlocked { coupon: id, payment, .. } => {
            Settlement::CouponUnlocked { coupon: with_payment(ledger, payment, coupon(id)?) }
        }
        Fact::CouponReturned { coupon: id, payment, discount, funded, .. } => {
            let of = CouponOf { discount: *discount, funded: *funded, ..coupon(id)? };
            Settlement::CouponReturned { coupon: with_payment(ledger, payment, of) }
        }
        _ => return None,
    })
}

fn coupon_of(ledger: &Ledger, coupon: &Coupon) -> CouponOf {
    let tables = ledger.tables();
    let template = tables.coupon_templates.row(coupon.template);
    CouponOf {
        coupon: coupon.coupon,
        template: template.template,
        user: tables.users.row(coupon.user).user,
        face: template.terms.face,
        payment: Id::NONE,
        merchant: template.terms.merchant,
        discount: 0,
        funded: 0,
        state: coupon.state,
    }
}

fn with_payment(ledger: &Ledger, payment: &Id, of: CouponOf) -> CouponOf {
    let row = ledger.payment_no(payment).map(|no| ledger.tables().payments.row(no));
    let merchant = row.map(|row| ledger.tables().merchants.row(row.merchant).merchant);
    CouponOf { payment: *payment, merchant: merchant.unwrap_or(of.merchant), ..of }
}
