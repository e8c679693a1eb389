//! Campaigns and coupons as their facts tell them: what was paid in, promised and spent, and where
//! each coupon stands (DOMAIN §5). It knows neither rows nor accounts.

use super::stranger;
use groat_ledger::{CouponState, CouponTerms, Currency, Fact, Id};
use std::collections::BTreeMap;

/// One campaign.
#[derive(Debug)]
pub(crate) struct Campaign {
    pub(crate) currency: Currency,
    /// Paid in and given back by coupons, less what they spent.
    pub(crate) left: i128,
    /// What coupons that can be used will take.
    pub(crate) promised: i128,
    /// What came back of coupons that may yet come back whole.
    pub(crate) kept: i128,
    pub(crate) closed: bool,
}

/// The coupons of a template.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) terms: CouponTerms,
    /// How many can be used.
    pub(crate) usable: i128,
}

/// One coupon.
#[derive(Debug)]
struct Coupon {
    template: Id,
    state: CouponState,
    /// What its campaign keeps for it.
    kept: u64,
}

/// What a coupon still pays of a payment.
#[derive(Debug, Clone, Copy)]
struct Part {
    coupon: Id,
    discount: u64,
    funded: u64,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Coupons {
    campaigns: BTreeMap<Id, Campaign>,
    templates: BTreeMap<Id, Template>,
    coupons: BTreeMap<Id, Coupon>,
    /// By payment.
    parts: BTreeMap<Id, Part>,
    /// The coupon that is locked for an order that is not paid, and that of one just closed.
    locked: BTreeMap<Id, Id>,
    /// What went back with the refund to come.
    back: Option<(Id, u64, u64)>,
}

/// What a step touched.
pub(crate) struct Step {
    pub(crate) campaign: Option<Id>,
    pub(crate) template: Option<Id>,
}

impl Coupons {
    pub(crate) fn campaign(&self, campaign: Id) -> Option<&Campaign> {
        self.campaigns.get(&campaign)
    }

    pub(crate) fn template(&self, template: Id) -> Option<&Template> {
        self.templates.get(&template)
    }

    pub(crate) fn campaigns(&self) -> impl Iterator<Item = Id> {
        self.campaigns.keys().copied()
    }

    pub(crate) fn templates(&self) -> impl Iterator<Item = Id> {
        self.templates.keys().copied()
    }

    /// How many coupons there are.
    pub(crate) fn count(&self) -> usize {
        self.coupons.len()
    }

    pub(crate) fn state(&self, coupon: Id) -> Option<CouponState> {
        self.coupons.get(&coupon).map(|coupon| coupon.state)
    }

    /// Discount and campaign's part that a coupon pays of a payment, as far as not given back.
    pub(crate) fn of_payment(&self, payment: Id) -> (u64, u64) {
        self.parts.get(&payment).map_or((0, 0), |part| (part.discount, part.funded))
    }

    /// Orders with a coupon that is locked for them.
    pub(crate) fn orders(&self) -> impl Iterator<Item = Id> {
        self.locked.keys().copied()
    }

    /// The coupon that is locked for an order.
    pub(crate) fn locked(&self, payment: Id) -> Option<Id> {
        self.locked.get(&payment).copied()
    }

    /// What of a coupon the refund of a payment takes back: said just before it.
    pub(crate) fn taken_back(&mut self, payment: Id) -> (u64, u64) {
        match self.back.take() {
            Some((of, discount, funded)) if of == payment => (discount, funded),
            _ => (0, 0),
        }
    }

    /// What a campaign gave for a red packet or has back from one; after its end its funder has it.
    pub(crate) fn give(&mut self, campaign: Id, more: i128) {
        if let Some(row) = self.campaigns.get_mut(&campaign).filter(|row| !row.closed) {
            row.left += more;
        }
    }

    /// Takes a fact in; says if the state it finds does not have that step.
    pub(crate) fn follow(&mut self, fact: &Fact, due: bool, now: u64) -> Result<Step, String> {
        let none = Step { campaign: None, template: None };
        match fact {
            Fact::CampaignFunded { campaign, amount, .. } => {
                let (currency, left, promised, kept) = (amount.currency, 0, 0, 0);
                let new = Campaign { currency, left, promised, kept, closed: false };
                let row = self.campaigns.entry(*campaign).or_insert(new);
                row.left += i128::from(amount.amount);
                let open = if row.closed { Err(format!("{campaign} is closed")) } else { Ok(()) };
                open.map(|()| Step { campaign: Some(*campaign), ..none })
            }
            Fact::CampaignClosed { campaign, amount } => {
                let row = self.campaigns.get_mut(campaign);
                let row = row.ok_or_else(|| format!("there is no campaign {campaign}"))?;
                if row.closed || row.promised != 0 || row.left != i128::from(*amount) {
                    let (left, promised) = (row.left, row.promised);
                    return Err(format!(
                        "{campaign} is closed with {amount} of {left}, {promised} promised"
                    ));
                }
                (row.closed, row.left, row.kept) = (true, 0, 0);
                Ok(Step { campaign: Some(*campaign), ..none })
            }
            Fact::CouponDefined { template, terms } => {
                let new = Template { terms: **terms, usable: 0 };
                let twice = self.templates.insert(*template, new).is_some();
                if twice { Err(format!("{template} is defined twice")) } else { Ok(none) }
            }
            Fact::CouponIssued { coupon, template, .. } => {
                let state = CouponState::Revoked;
                let new = Coupon { template: *template, state, kept: 0 };
                if self.coupons.insert(*coupon, new).is_some() {
                    return Err(format!("{coupon} is issued twice"));
                }
                self.set(*coupon, CouponState::Revoked, CouponState::Effective)
            }
            Fact::CouponRevoked { coupon, .. } => {
                self.set(*coupon, CouponState::Effective, CouponState::Revoked)
            }
            Fact::CouponExpired { coupon } => {
                if !due {
                    return Err(format!("{coupon} expires, and not by the clock"));
                }
                self.set(*coupon, CouponState::Effective, CouponState::Expired)
            }
            Fact::CouponUsed { coupon, payment, discount, funded } => {
                let named = self.locked.remove(payment);
                let from = match named {
                    Some(_) => CouponState::Locked,
                    None => CouponState::Effective,
                };
                let step = self.set(*coupon, from, CouponState::Used)?;
                if let Some(other) = named.filter(|named| named != coupon) {
                    return Err(format!("{payment} is paid with {coupon}; it names {other}"));
                }
                let part = Part { coupon: *coupon, discount: *discount, funded: *funded };
                self.parts.insert(*payment, part);
                // One that was locked was looked at then.
                let now = if named.is_some() { None } else { Some(now) };
                self.spend(&step, i128::from(*funded), *discount, now)?;
                Ok(step)
            }
            Fact::CouponLocked { coupon, payment } => {
                let step = self.set(*coupon, CouponState::Effective, CouponState::Locked)?;
                if self.locked.insert(*payment, *coupon).is_some() {
                    return Err(format!("{payment} names two coupons"));
                }
                match step.template.and_then(|id| self.templates.get(&id)) {
                    Some(t) if (t.terms.valid_from..t.terms.valid_until).contains(&now) => Ok(step),
                    _ => Err(format!("{coupon} is locked out of its time")),
                }
            }
            Fact::CouponUnlocked { coupon, payment, state } => {
                let step = self.set(*coupon, CouponState::Locked, *state)?;
                if self.locked.remove(payment) != Some(*coupon) {
                    return Err(format!("{coupon} is not locked for {payment}"));
                }
                let template = step.template.and_then(|id| self.templates.get(&id));
                let over = template.is_some_and(|t| now >= t.terms.valid_until);
                let expected = if over { CouponState::Expired } else { CouponState::Effective };
                if *state == expected {
                    return Ok(step);
                }
                Err(format!("{coupon} becomes {state:?} again, not {expected:?}"))
            }
            Fact::CouponReturned { coupon, payment, discount, funded, state, kept } => {
                let part = self.parts.get_mut(payment).filter(|part| part.coupon == *coupon);
                let part = part.ok_or_else(|| format!("{coupon} did not pay {payment}"))?;
                let rest =
                    part.discount.checked_sub(*discount).zip(part.funded.checked_sub(*funded));
                let more = || format!("more of {coupon} comes back than it paid");
                (part.discount, part.funded) = rest.ok_or_else(more)?;
                let whole = (part.discount, part.funded) == (0, 0);
                self.back = Some((*payment, *discount, *funded));
                let step = self.set(*coupon, CouponState::Used, *state)?;
                let template = step.template.and_then(|id| self.templates.get(&id));
                let over = template.is_some_and(|t| now >= t.terms.valid_until);
                let row = step.campaign.and_then(|id| self.campaigns.get_mut(&id));
                let closed = row.as_ref().is_some_and(|row| row.closed);
                if let Some(row) = row.filter(|row| !row.closed) {
                    row.left += i128::from(*funded);
                }
                let expected = match (whole, closed, over) {
                    (false, ..) => CouponState::Used,
                    (true, true, _) => CouponState::Revoked,
                    (true, false, true) => CouponState::Expired,
                    (true, false, false) => CouponState::Effective,
                };
                if *state != expected {
                    return Err(format!("{coupon} becomes {state:?}, not {expected:?}"));
                }
                // In chains of old nothing was kept.
                let waits = if whole || closed || over { 0 } else { *funded };
                if *kept != 0 && *kept != waits {
                    return Err(format!("{kept} of {coupon} is kept; {waits} may be"));
                }
                self.keep(*coupon, &step, (!whole).then_some(*kept));
                Ok(step)
            }
            Fact::CouponReleased { coupon, amount } => {
                let step = self.set(*coupon, CouponState::Used, CouponState::Used)?;
                let kept = self.keep(*coupon, &step, None);
                if due && kept == *amount && kept > 0 {
                    return Ok(step);
                }
                Err(format!("{amount} of {coupon} is released of {kept}, or not by the clock"))
            }
            other => Err(stranger(other, "campaigns and coupons")),
        }
    }

    /// Moves a coupon on; what is promised and can be used follows.
    fn set(&mut self, coupon: Id, from: CouponState, to: CouponState) -> Result<Step, String> {
        let row = self.coupons.get_mut(&coupon);
        let row = row.ok_or_else(|| format!("there is no coupon {coupon}"))?;
        let before = std::mem::replace(&mut row.state, to);
        let id = row.template;
        let template = self.templates.get_mut(&id);
        let template = template.ok_or_else(|| format!("there is no template {id}"))?;
        let usable = |state: CouponState| {
            i128::from(matches!(state, CouponState::Effective | CouponState::Locked))
        };
        let more = usable(to) - usable(before);
        template.usable += more;
        let part =
            i128::from(template.terms.face.amount) - i128::from(template.terms.merchant_part);
        let campaign = Some(template.terms.campaign).filter(|campaign| !campaign.is_none());
        if let Some(row) = campaign.and_then(|campaign| self.campaigns.get_mut(&campaign)) {
            row.promised += more * part;
        }
        if before != from {
            return Err(format!("{coupon} becomes {to:?}; it is {before:?}"));
        }
        Ok(Step { campaign, template: Some(id) })
    }

    /// A campaign keeps so much more for a coupon, or no longer anything; gives what it kept.
    fn keep(&mut self, coupon: Id, step: &Step, more: Option<u64>) -> u64 {
        let Some(row) = self.coupons.get_mut(&coupon) else { return 0 };
        let before = row.kept;
        row.kept = more.map_or(0, |more| before + more);
        let open = step.campaign.and_then(|id| self.campaigns.get_mut(&id));
        if let Some(campaign) = open.filter(|campaign| !campaign.closed) {
            campaign.kept += i128::from(row.kept) - i128::from(before);
        }
        before
    }

    /// `now` is not said where the time does not matter.
    fn spend(
        &mut self,
        step: &Step,
        funded: i128,
        discount: u64,
        now: Option<u64>,
    ) -> Result<(), String> {
        if let Some(row) = step.campaign.and_then(|id| self.campaigns.get_mut(&id)) {
            row.left -= funded;
        }
        let Some((id, template)) =
            step.template.and_then(|id| Some((id, self.templates.get(&id)?)))
        else {
            return Ok(());
        };
        let t = &template.terms;
        let parts = i128::from(discount) + funded == i128::from(t.face.amount);
        let fits = parts && discount == t.merchant_part;
        let in_time = now.is_none_or(|now| (t.valid_from..t.valid_until).contains(&now));
        if fits && in_time {
            Ok(())
        } else {
            Err(format!("a coupon of {id} pays {discount} and {funded}, out of terms or time"))
        }
    }
}
