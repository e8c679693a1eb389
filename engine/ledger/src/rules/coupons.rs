//! Coupons as a part of a payment: the leg that uses one, and its way back with a refund
//! (DOMAIN §1.1, §4.2).
//!
//! A coupon is used whole, once, on an order of the amount its template asks for, and one payment
//! takes one coupon. Its merchant's part moves no money: the receipts are that much less, and so
//! is the base of the service fee. It comes back last: after all that the user paid. A refund of a
//! part of it takes both its parts in proportion; when all of it is back it can be used again, and
//! until then its campaign keeps what came back for it.
//!
//! An order may name the coupon that it is paid with: nothing else can use that until the order is
//! paid or closed. Where the book is silent: the coupon is looked at when it is locked, and pays
//! whenever the order may be paid, be its own time over by then; so its end waits for the order's.
//! An order that names a coupon is paid with it and by whose it is, and not otherwise: the price
//! that both agreed on is the one less the coupon. A locked coupon can neither be revoked nor pay
//! another order (`CouponLocked`); its campaign goes on to promise its part. When the order is
//! closed, by whomever, it can be used again if there is time, and has else expired with that.
//! Orders in another currency name none. Order and coupon lie on one shard, that of the coupon's
//! user.

use crate::account::AccountNo;
use crate::command::{CreatePayment, LegSource, PayPayment};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger, post};
use crate::money::cumulative_half_up;
use crate::rejection::Rejection;
use crate::rules::campaigns::{fund_key, funder_account, post_face, set_state};
use crate::rules::{paid, refuse_if};
use crate::state::{Coupon, CouponState, Payment, PaymentParts, PaymentState, Tables, User};

/// Refuses a coupon that an order to be made cannot lock: as one that cannot pay it.
pub(crate) fn lockable(
    ledger: &Ledger,
    c: &CreatePayment,
    discountable: u64,
    now: u64,
) -> Result<(), Rejection> {
    if c.coupon.is_none() {
        return Ok(());
    }
    let tables = ledger.tables();
    let Some(coupon) = tables.coupons.get(&c.coupon) else {
        // Another shard may know it.
        refuse_if(ledger.place().shards > 1, Rejection::NotAcrossShards)?;
        return Err(Rejection::CouponNotUsable);
    };
    refuse_if(coupon.state == CouponState::Locked, Rejection::CouponLocked)?;
    let t = &tables.coupon_templates.row(coupon.template).terms;
    let in_time =
        coupon.state == CouponState::Effective && (t.valid_from..t.valid_until).contains(&now);
    let fits = (t.merchant.is_none() || t.merchant == c.merchant)
        && t.face.currency == c.amount.currency
        && t.face.amount <= discountable
        && c.amount.amount >= t.min_spend;
    refuse_if(!in_time || !fits || !c.quote.is_none(), Rejection::CouponNotUsable)
}

/// The coupon that is locked for an order, or none.
fn locked(payment: &Payment) -> Id {
    payment.parts.as_ref().map_or(Id::NONE, |parts| parts.locked)
}

/// Refuses to pay an order that names a coupon without it, or by another than whose it is.
pub(crate) fn pays_as_named(
    ledger: &Ledger,
    c: &PayPayment,
    payment: &Payment,
) -> Result<(), Rejection> {
    let (tables, locked) = (ledger.tables(), locked(payment));
    if locked.is_none() {
        return Ok(());
    }
    let owner = tables.coupons.get(&locked).map(|coupon| tables.users.row(coupon.user).user);
    let is_used = c.legs.iter().any(|leg| leg.source == LegSource::Coupon(locked));
    refuse_if(owner != Some(c.user) || !is_used, Rejection::OrderNamesCoupon)
}

/// Lets go the coupon of an order that is closed, behind the fact that it is.
pub(crate) fn unlock(ledger: &Ledger, payment: &Payment, now: u64, out: &mut Decision) {
    let tables = ledger.tables();
    let Some(row) = tables.coupons.get(&locked(payment)) else { return };
    let template = tables.coupon_templates.row(row.template);
    let state = if now < template.terms.valid_until {
        CouponState::Effective
    } else {
        post_face(ledger, template, false, out);
        CouponState::Expired
    };
    out.record(Fact::CouponUnlocked { coupon: row.coupon, payment: payment.payment, state });
}

/// A coupon that pays. Amounts are minor units.
#[derive(Clone, Copy)]
pub(crate) struct Redeemed {
    coupon: Id,
    /// By which the merchant's receipts fall.
    pub(crate) discount: u64,
    /// What its campaign pays.
    funded: u64,
}

/// Refuses a coupon that is another's, not there, or does not fit order, merchant, amount or time.
pub(crate) fn usable(
    ledger: &Ledger,
    source: LegSource,
    amount: u64,
    payment: &Payment,
    payer: &User,
    now: u64,
) -> Result<Option<Redeemed>, Rejection> {
    let LegSource::Coupon(id) = source else { return Ok(None) };
    let tables = ledger.tables();
    let coupon = tables.coupons.get(&id).ok_or(Rejection::CouponNotUsable)?;
    let template = tables.coupon_templates.row(coupon.template);
    let t = &template.terms;
    let seller = tables.merchants.row(payment.merchant).merchant;
    let theirs = tables.users.row(coupon.user).user == payer.user
        && (t.merchant.is_none() || t.merchant == seller);
    refuse_if(!theirs, Rejection::CouponNotUsable)?;
    let is_named = locked(payment) == id;
    refuse_if(coupon.state == CouponState::Locked && !is_named, Rejection::CouponLocked)?;
    let effective = coupon.state == CouponState::Effective;
    let in_time = is_named || effective && (t.valid_from..t.valid_until).contains(&now);
    let fits = t.face.currency == payment.amount.currency
        && amount == t.face.amount
        && payment.amount.amount >= t.min_spend;
    refuse_if(!in_time || !fits, Rejection::CouponNotUsable)?;
    Ok(Some(Redeemed { coupon: id, discount: t.merchant_part, funded: template.funded_part() }))
}

/// Uses a coupon that [`usable`] let through, before its payment is recorded.
pub(crate) fn redeem(
    ledger: &Ledger,
    coupon: Redeemed,
    payment: Id,
    pending: AccountNo,
    out: &mut Decision,
) {
    let tables = ledger.tables();
    let Redeemed { coupon, discount, funded } = coupon;
    let Some(row) = tables.coupons.get(&coupon) else { return };
    let template = tables.coupon_templates.row(row.template);
    if funded > 0 {
        let currency = template.terms.face.currency;
        let fund =
            ledger.account_or_open(fund_key(template.terms.campaign, currency), currency, out);
        post(out, fund, pending, funded);
    }
    post_face(ledger, template, false, out);
    out.record(Fact::CouponUsed { coupon, payment, discount, funded });
}

/// Of a refund, what is the coupon's: minor units.
#[derive(Clone, Copy, Default)]
pub(crate) struct Back {
    /// No money: the receipts had been less.
    pub(crate) discount: u64,
    /// To the campaign.
    pub(crate) funded: u64,
}

/// The coupon's part of a refund of which `rest` is left after all that the user paid.
pub(crate) fn part_of(parts: &PaymentParts, rest: u64) -> Back {
    let back = parts.returned().saturating_add(rest).min(parts.sum());
    let taken = back.saturating_sub(parts.returned());
    let discount = cumulative_half_up(parts.discount, back, parts.sum())
        .saturating_sub(parts.discount_returned)
        .min(taken);
    Back { discount, funded: taken - discount }
}

/// Records that parts of a coupon are back, before their refund; gives the account that the
/// campaign's part goes to.
pub(crate) fn give_back(
    ledger: &Ledger,
    payment: &Payment,
    parts: &PaymentParts,
    back: Back,
    now: u64,
    out: &mut Decision,
) -> Option<AccountNo> {
    let tables = ledger.tables();
    let coupon = tables.coupons.get(&parts.coupon)?;
    let template = tables.coupon_templates.row(coupon.template);
    let campaign = tables.campaigns.get(&template.terms.campaign);
    let Back { discount, funded } = back;
    let to = campaign.map(|campaign| match campaign.closed {
        true => funder_account(ledger, campaign, out),
        false => {
            let key = fund_key(campaign.campaign, campaign.currency);
            ledger.account_or_open(key, campaign.currency, out)
        }
    });
    let whole = parts.returned() + discount + funded == parts.sum();
    let state = if !whole {
        CouponState::Used
    } else if campaign.is_some_and(|campaign| campaign.closed) {
        CouponState::Revoked
    } else if now >= template.terms.valid_until {
        CouponState::Expired
    } else {
        CouponState::Effective
    };
    if state == CouponState::Effective {
        post_face(ledger, template, true, out);
    }
    let (coupon, payment) = (parts.coupon, payment.payment);
    let open = campaign.is_some_and(|campaign| !campaign.closed);
    let waits = !whole && open && now < template.terms.valid_until;
    let kept = if waits { funded } else { 0 };
    out.record(Fact::CouponReturned { coupon, payment, discount, funded, state, kept });
    to
}

/// Whether a campaign that is not over keeps something for a coupon.
pub(crate) fn is_kept(tables: &Tables, coupon: &Coupon) -> bool {
    let campaign = tables.coupon_templates.row(coupon.template).terms.campaign;
    coupon.kept > 0 && tables.campaigns.get(&campaign).is_some_and(|campaign| !campaign.closed)
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::CouponUsed { coupon, payment, discount, funded } => {
            set_state(ledger, coupon, CouponState::Used);
            if let Some(row) = ledger.payment_mut(payment) {
                let parts = row.parts.get_or_insert_default();
                (parts.coupon, parts.locked) = (*coupon, Id::NONE);
                parts.discount = *discount;
                parts.funded = *funded;
            }
        }
        Fact::CouponLocked { coupon, payment } => {
            set_state(ledger, coupon, CouponState::Locked);
            if let Some(row) = ledger.payment_mut(payment) {
                row.parts.get_or_insert_default().locked = *coupon;
            }
        }
        Fact::CouponUnlocked { coupon, payment, state } => {
            set_state(ledger, coupon, *state);
            if let Some(parts) = ledger.payment_mut(payment).and_then(|row| row.parts.as_mut()) {
                parts.locked = Id::NONE;
            }
        }
        Fact::CouponReturned { coupon, payment, discount, funded, state, kept } => {
            set_state(ledger, coupon, *state);
            match state {
                CouponState::Used => keep(ledger, coupon, *kept),
                CouponState::Effective
                | CouponState::Expired
                | CouponState::Revoked
                | CouponState::Locked => free(ledger, coupon),
            }
            if let Some(parts) = ledger.payment_mut(payment).and_then(|row| row.parts.as_mut()) {
                parts.discount_returned = parts.discount_returned.saturating_add(*discount);
                parts.funded_returned = parts.funded_returned.saturating_add(*funded);
            }
        }
        Fact::CouponReleased { coupon, .. } => free(ledger, coupon),
        _ => {}
    }
}

/// A campaign keeps so much more for a coupon, until its time is over.
fn keep(ledger: &mut Ledger, coupon: &Id, amount: u64) {
    let tables = ledger.tables_mut();
    let Some(no) = tables.coupons.find(coupon).filter(|_| amount > 0) else { return };
    let row = tables.coupons.row_mut(no);
    row.kept = row.kept.saturating_add(amount);
    let terms = &tables.coupon_templates.row(row.template).terms;
    let (campaign, at) = (terms.campaign, terms.valid_until);
    if let Some(campaign) = tables.campaigns.get_mut(&campaign) {
        campaign.kept = campaign.kept.saturating_add(amount);
    }
    ledger.owe(Due { at, kind: DueKind::CouponExpiry, no });
}

/// A campaign keeps nothing more for a coupon.
fn free(ledger: &mut Ledger, coupon: &Id) {
    let tables = ledger.tables_mut();
    let Some(no) = tables.coupons.find(coupon) else { return };
    let row = tables.coupons.row_mut(no);
    let amount = std::mem::take(&mut row.kept);
    let campaign = tables.coupon_templates.row(row.template).terms.campaign;
    if let Some(campaign) = tables.campaigns.get_mut(&campaign) {
        campaign.kept = campaign.kept.saturating_sub(amount);
    }
}

/// Whether a foreign fact of campaigns and coupons names what is there, in a state that fits.
pub(crate) fn names_exist(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let coupon_of = |coupon: &Id, state: CouponState| -> Result<&Coupon, &'static str> {
        let coupon = tables.coupons.get(coupon).ok_or("a coupon is unknown")?;
        known(coupon.state == state, "a coupon is in another state")?;
        Ok(coupon)
    };
    match fact {
        Fact::CampaignFunded { campaign, funder, amount } => {
            let there = funder.is_none() || tables.merchants.find(funder).is_some();
            known(there, "a merchant is unknown")?;
            let campaign = tables.campaigns.get(campaign);
            let same = campaign.is_none_or(|c| c.currency == amount.currency && !c.closed);
            known(same, "a campaign is closed or of another currency")
        }
        Fact::CampaignClosed { campaign, .. } => {
            let open = tables.campaigns.get(campaign).is_some_and(|campaign| !campaign.closed);
            known(open, "a campaign is unknown or closed")
        }
        Fact::CouponDefined { template, terms } => {
            known(tables.coupon_templates.find(template).is_none(), "a template is made twice")?;
            let there =
                terms.campaign.is_none() || tables.campaigns.find(&terms.campaign).is_some();
            known(there, "a campaign is unknown")?;
            let fits = terms.merchant_part <= terms.face.amount
                && terms.face.amount <= crate::limits::AMOUNT_MAX;
            known(fits, "a coupon's parts do not fit its face")
        }
        Fact::CouponIssued { coupon, template, user } => {
            known(tables.coupons.find(coupon).is_none(), "a coupon is issued twice")?;
            known(tables.coupon_templates.find(template).is_some(), "a template is unknown")?;
            known(tables.users.find(user).is_some(), "a user is unknown")
        }
        Fact::CouponRevoked { coupon, .. } | Fact::CouponExpired { coupon } => {
            coupon_of(coupon, CouponState::Effective).map(|_| ())
        }
        Fact::CouponLocked { coupon, payment } => {
            let coupon = coupon_of(coupon, CouponState::Effective)?;
            let face = tables.coupon_templates.row(coupon.template).terms.face.amount;
            let payment = tables.payments.get(payment).ok_or("a payment is unknown")?;
            let open = payment.state == PaymentState::Created && locked(payment).is_none();
            known(open && face <= payment.amount.amount, "a coupon is locked for another order")
        }
        Fact::CouponUnlocked { coupon, payment, state } => {
            let coupon = coupon_of(coupon, CouponState::Locked)?;
            let ends = matches!(state, CouponState::Effective | CouponState::Expired);
            let payment = tables.payments.get(payment).ok_or("a payment is unknown")?;
            known(ends && locked(payment) == coupon.coupon, "a coupon was not locked for an order")
        }
        Fact::CouponUsed { coupon, payment, discount, funded } => {
            let named = tables.payments.get(payment).is_some_and(|p| locked(p) == *coupon);
            let state = if named { CouponState::Locked } else { CouponState::Effective };
            let coupon = coupon_of(coupon, state)?;
            let template = tables.coupon_templates.row(coupon.template);
            let parts = (template.terms.merchant_part, template.funded_part());
            known(parts == (*discount, *funded), "a coupon pays other parts than it has")?;
            let payment = tables.payments.get(payment).ok_or("a payment is unknown")?;
            let fits = payment.amount.amount >= template.terms.face.amount;
            known(
                fits && payment.user.is_none(),
                "a coupon is used on an order that it does not fit",
            )
        }
        Fact::CouponReturned { coupon, payment, discount, funded, state, kept } => {
            coupon_of(coupon, CouponState::Used)?;
            let waits = *kept == 0 || (*state == CouponState::Used && kept <= funded);
            known(waits, "more of a coupon is kept than came back")?;
            let parts = paid(tables, payment)?.parts.as_ref();
            let parts = parts.filter(|parts| parts.coupon == *coupon);
            let fits = parts.is_some_and(|parts| {
                *discount <= parts.discount.saturating_sub(parts.discount_returned)
                    && *funded <= parts.funded.saturating_sub(parts.funded_returned)
            });
            known(fits, "more of a coupon is returned than was used")
        }
        Fact::CouponReleased { coupon, amount } => {
            let kept = coupon_of(coupon, CouponState::Used)?.kept;
            known(kept > 0 && kept == *amount, "a coupon is released with what it has not")
        }
        _ => Ok(()),
    }
}
