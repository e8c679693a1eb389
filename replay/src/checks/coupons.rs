//! Campaigns and coupons (DOMAIN §6, 14): the facts against the accounts and the rows.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use crate::names::fact_name;
use groat_ledger::{Class, Fact, Id, PaymentState};
use groat_shard::Books;

impl Checks {
    pub(super) fn coupon(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, due, .. } = *event;
        let step = self.coupons.follow(fact, due, time);
        if let Ok(step) = &step {
            step.campaign.into_iter().for_each(|id| self.touch(Touched::Campaign(id), at, number));
            step.template.into_iter().for_each(|id| self.touch(Touched::Template(id), at, number));
        }
        let verdict = step.map(|_| ()).and_then(|()| match fact {
            Fact::CouponIssued { coupon, .. }
            | Fact::CouponRevoked { coupon, .. }
            | Fact::CouponExpired { coupon }
            | Fact::CouponUsed { coupon, .. }
            | Fact::CouponReturned { coupon, .. }
            | Fact::CouponLocked { coupon, .. }
            | Fact::CouponUnlocked { coupon, .. }
            | Fact::CouponReleased { coupon, .. } => {
                let row = books.ledger().tables().coupons.get(coupon).map(|row| row.state);
                holds(row == self.coupons.state(*coupon), || {
                    let expected = self.coupons.state(*coupon);
                    format!("{coupon} is {row:?}; its facts make it {expected:?}")
                })
            }
            _ => Ok(()),
        });
        let verdict = verdict.map_err(|what| format!("{}: {what}", fact_name(fact)));
        if let Fact::CouponLocked { payment, .. } | Fact::CouponUnlocked { payment, .. } = fact {
            self.touch(Touched::Named(*payment), at, number);
        }
        self.note(Check::CouponStates, at, number, verdict);
    }

    /// A coupon is locked for an order exactly as long as that can be paid.
    pub(super) fn compare_named(&mut self, at: &Place<'_>, event: u64, payment: Id) {
        let (coupon, state) = (self.coupons.locked(payment), self.orders.state(payment));
        let open = state == Some(PaymentState::Created);
        let verdict = holds(coupon.is_none() || open, || {
            format!("{payment} is {state:?}, and {coupon:?} is still locked for it")
        });
        self.note(Check::CouponStates, at, event, verdict);
    }

    /// CF is what was paid in less what was spent, and covers what is promised, and what is kept
    /// for coupons that came back in part.
    pub(super) fn compare_campaign(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let row = books.ledger().tables().campaigns.get(&id);
        let (Some(campaign), Some(row)) = (self.coupons.campaign(id), row) else {
            let what = format!("the campaign {id} is not both in the facts and in the rows");
            return self.note(Check::CampaignFunds, at, event, Err(what));
        };
        let (left, promised, kept) = (campaign.left, campaign.promised, campaign.kept);
        let has = -self.balance(books, Class::CampaignFund, id, campaign.currency);
        let verdict =
            holds(has == left, || format!("{id} has {has}; paid in less spent is {left}"));
        let covered = holds(campaign.closed || promised + kept <= left, || {
            format!("{id} has {left}; {promised} is promised, {kept} kept")
        });
        let of_row = (i128::from(row.reserved), i128::from(row.kept), row.closed);
        let same = holds(of_row == (promised, kept, campaign.closed), || {
            format!("{id} has {of_row:?} reserved and kept; {promised} is promised, {kept} kept")
        });
        self.note(Check::CampaignFunds, at, event, verdict.and(covered).and(same));
    }

    /// X6 is the face of each coupon that can be used.
    pub(super) fn compare_template(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let Some(template) = self.coupons.template(id) else {
            let what = format!("no fact has made the template {id}");
            return self.note(Check::CouponFaces, at, event, Err(what));
        };
        let face = template.terms.face;
        let expected = template.usable * i128::from(face.amount);
        let has = self.balance(books, Class::CouponFace, id, face.currency);
        let verdict = holds(has == expected, || {
            format!("{id} has {has} of faces; its coupons that can be used have {expected}")
        });
        self.note(Check::CouponFaces, at, event, verdict);
    }
}
