//! Campaigns, the templates of coupons, and coupons until they are used (DOMAIN §1.6, §4.6). How
//! one pays and comes back is in `coupons`.
//!
//! | state | by | next |
//! |---|---|---|
//! | Effective | pay / revoke / clock / an order names it | Used / Revoked / Expired / Locked |
//! | Locked | pay / the order's end | Used / Effective, Expired after its time |
//! | Used | refund of its part | Effective; Expired after its time; Revoked without a campaign |
//!
//! What came back of a coupon that is refunded in parts is not free: the coupon may yet come back
//! whole, and is promised all of it then. It is free when the coupon's time is over, or the
//! funder's when the campaign is closed, which such a coupon does not hinder.
//!
//! The book leaves the template to us: who pays (`merchant_part` of the merchant's receipts, the
//! rest a campaign), where, when, how many. A coupon is promised money: issuing one reserves its
//! part of the campaign, so that whoever holds one can use it. Memorandum X6 is kept by template.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{
    CloseCampaign, CouponTerms, DefineCoupon, FundCampaign, IssueCoupon, RevokeCoupon,
};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger, in_range, payable, post};
use crate::limits::{AMOUNT_MAX, COUPONS_PER_USER_MAX, TIME_MS_MAX};
use crate::money::Currency;
use crate::rejection::Rejection;
use crate::rules::{in_currency, may_debit, merchant, refuse_if, user};
use crate::state::{Campaign, Coupon, CouponCount, CouponState, CouponTemplate, Tables};

pub(crate) fn fund(ledger: &Ledger, c: &FundCampaign, out: &mut Decision) -> Result<(), Rejection> {
    let tables = ledger.tables();
    if let Some(campaign) = tables.campaigns.get(&c.campaign) {
        refuse_if(campaign.funder != c.funder, Rejection::Duplicate)?;
        refuse_if(campaign.closed, Rejection::InvalidState)?;
        in_currency(c.amount, campaign.currency)?;
    }
    let payer = if c.funder.is_none() { None } else { Some(merchant(tables, c.funder)?) };
    if let Some(payer) = payer {
        in_currency(c.amount, payer.terms.settle_currency)?;
    }
    let amount = in_range(c.amount)?;
    // A campaign is closed by one movement.
    let before = tables.accounts.get(&fund_key(c.campaign, c.amount.currency));
    let before = before.map_or(0, |account| account.debit_room());
    let after = before.saturating_add(u128::from(amount));
    refuse_if(after > u128::from(AMOUNT_MAX), Rejection::AmountOutOfRange)?;
    if let Some(payer) = payer {
        may_debit(tables, payer.account)?;
        let room = tables.accounts.row(payer.account).debit_room();
        refuse_if(room < u128::from(amount), Rejection::InsufficientFunds)?;
    }
    // From here on nothing may fail.
    let currency = c.amount.currency;
    let from = match payer {
        Some(payer) => payer.account,
        None => ledger.account_or_open(marketing_key(currency), currency, out),
    };
    let fund = ledger.account_or_open(fund_key(c.campaign, currency), currency, out);
    post(out, from, fund, amount);
    let FundCampaign { campaign, funder, amount } = *c;
    out.record(Fact::CampaignFunded { campaign, funder, amount });
    Ok(())
}

pub(crate) fn close(
    ledger: &Ledger,
    c: &CloseCampaign,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let campaign = tables.campaigns.get(&c.campaign).ok_or(Rejection::UnknownAccount)?;
    refuse_if(campaign.closed, Rejection::InvalidState)?;
    refuse_if(campaign.reserved > 0, Rejection::CouponsOutstanding)?;
    // From here on nothing may fail.
    let amount = fund_left(tables, campaign);
    let fund =
        ledger.account_or_open(fund_key(c.campaign, campaign.currency), campaign.currency, out);
    let to = funder_account(ledger, campaign, out);
    post(out, fund, to, amount);
    out.record(Fact::CampaignClosed { campaign: c.campaign, amount });
    Ok(())
}

pub(crate) fn define(
    ledger: &Ledger,
    c: &DefineCoupon,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let t = &c.terms;
    refuse_if(tables.coupon_templates.find(&c.template).is_some(), Rejection::Duplicate)?;
    if !t.merchant.is_none() {
        in_currency(t.face, merchant(tables, t.merchant)?.terms.settle_currency)?;
    }
    if !t.campaign.is_none() {
        let campaign = tables.campaigns.get(&t.campaign).ok_or(Rejection::UnknownAccount)?;
        refuse_if(campaign.closed, Rejection::InvalidState)?;
        in_currency(t.face, campaign.currency)?;
    }
    let face = payable(t.face)?;
    refuse_if(!terms_fit(t, face, now), Rejection::CouponTermsInvalid)?;
    // From here on nothing may fail.
    out.record(Fact::CouponDefined { template: c.template, terms: Box::new(c.terms) });
    Ok(())
}

/// Each part of the face has somebody to pay it; an order covers the face; there is a time to
/// use them and somebody to get them.
fn terms_fit(t: &CouponTerms, face: u64, now: u64) -> bool {
    let paid_by_merchant = t.merchant_part == 0 || !t.merchant.is_none();
    let paid_by_campaign = (t.merchant_part < face) != t.campaign.is_none();
    let times = t.valid_from < t.valid_until && t.valid_until > now;
    let counts = t.count_max > 0 && (1..=COUPONS_PER_USER_MAX).contains(&t.per_user);
    t.merchant_part <= face
        && paid_by_merchant
        && paid_by_campaign
        && t.min_spend >= face
        && times
        && t.valid_until <= TIME_MS_MAX
        && counts
        && t.per_user_day <= t.per_user
}

pub(crate) fn issue(
    ledger: &Ledger,
    c: &IssueCoupon,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(tables.coupons.find(&c.coupon).is_some(), Rejection::Duplicate)?;
    let no = tables.coupon_templates.find(&c.template).ok_or(Rejection::UnknownAccount)?;
    let template = tables.coupon_templates.row(no);
    let owner = user(tables, c.user)?;
    refuse_if(tables.accounts.row(owner.account).closed, Rejection::AccountClosed)?;
    in_currency(template.terms.face, owner.currency)?;
    let campaign = tables.campaigns.get(&template.terms.campaign);
    let ended = campaign.is_some_and(|campaign| campaign.closed);
    refuse_if(ended || now >= template.terms.valid_until, Rejection::InvalidState)?;
    let left = campaign.map_or(0, |campaign| fund_free(tables, campaign));
    let spent = template.issued >= template.terms.count_max || template.funded_part() > left;
    refuse_if(spent, Rejection::BudgetExhausted)?;
    let date = ledger.calendar().date(now);
    let count = tables.users.find(&c.user).and_then(|user| tables.coupon_counts.get(&(no, user)));
    let (today, ever) = count.map_or((0, 0), |count| (count.on(date), count.count));
    let per_day = template.terms.per_user_day;
    refuse_if(ever >= template.terms.per_user, Rejection::FrequencyLimit)?;
    refuse_if(per_day > 0 && today >= per_day, Rejection::FrequencyLimit)?;
    // From here on nothing may fail.
    post_face(ledger, template, true, out);
    let IssueCoupon { coupon, template, user } = *c;
    out.record(Fact::CouponIssued { coupon, template, user });
    Ok(())
}

pub(crate) fn revoke(
    ledger: &Ledger,
    c: &RevokeCoupon,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let coupon = tables.coupons.get(&c.coupon).ok_or(Rejection::UnknownAccount)?;
    refuse_if(coupon.state == CouponState::Locked, Rejection::CouponLocked)?;
    refuse_if(coupon.state != CouponState::Effective, Rejection::InvalidState)?;
    // From here on nothing may fail.
    post_face(ledger, tables.coupon_templates.row(coupon.template), false, out);
    out.record(Fact::CouponRevoked { coupon: c.coupon, reason: c.reason.clone() });
    Ok(())
}

/// The clock ends a coupon that was not used, or what was kept for one that came back in part.
pub(crate) fn expire(ledger: &Ledger, no: u32, out: &mut Decision) {
    let tables = ledger.tables();
    let coupon = tables.coupons.row(no);
    if coupon.state == CouponState::Used {
        out.record(Fact::CouponReleased { coupon: coupon.coupon, amount: coupon.kept });
        return;
    }
    post_face(ledger, tables.coupon_templates.row(coupon.template), false, out);
    out.record(Fact::CouponExpired { coupon: coupon.coupon });
}

/// A campaign's own account (CF).
pub(crate) fn fund_key(campaign: Id, currency: Currency) -> AccountKey {
    AccountKey::of(Class::CampaignFund, campaign, currency)
}

fn marketing_key(currency: Currency) -> AccountKey {
    AccountKey::house(Class::Marketing, currency)
}

/// What a campaign has, promised or not.
pub(crate) fn fund_left(tables: &Tables, campaign: &Campaign) -> u64 {
    let account = tables.accounts.get(&fund_key(campaign.campaign, campaign.currency));
    let left = account.map_or(0, |account| account.debit_room());
    u64::try_from(left).unwrap_or(u64::MAX)
}

/// What a campaign has that nobody was promised.
pub(crate) fn fund_free(tables: &Tables, campaign: &Campaign) -> u64 {
    let promised = campaign.reserved.saturating_add(campaign.kept);
    fund_left(tables, campaign).saturating_sub(promised)
}

/// Where a campaign's money goes back to: its funder, or marketing if it was the platform or the
/// funder's account is closed.
pub(crate) fn funder_account(
    ledger: &Ledger,
    campaign: &Campaign,
    out: &mut Decision,
) -> AccountNo {
    let tables = ledger.tables();
    let funder = tables.merchants.get(&campaign.funder);
    match funder.filter(|funder| !tables.accounts.row(funder.account).closed) {
        Some(funder) => funder.account,
        None => ledger.account_or_open(marketing_key(campaign.currency), campaign.currency, out),
    }
}

/// X6: the face of one more coupon, or of one less, that can be used.
pub(crate) fn post_face(
    ledger: &Ledger,
    template: &CouponTemplate,
    more: bool,
    out: &mut Decision,
) {
    let face = template.terms.face;
    let key = AccountKey::of(Class::CouponFace, template.template, face.currency);
    let account = ledger.account_or_open(key, face.currency, out);
    let contra = AccountKey::house(Class::CouponFaceContra, face.currency);
    let contra = ledger.account_or_open(contra, face.currency, out);
    let (debit, credit) = if more { (account, contra) } else { (contra, account) };
    post(out, debit, credit, face.amount);
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let (now, calendar) = (ledger.now(), ledger.calendar());
    let tables = ledger.tables_mut();
    match fact {
        Fact::CampaignFunded { campaign, funder, amount }
            if tables.campaigns.find(campaign).is_none() =>
        {
            let (campaign, funder, currency) = (*campaign, *funder, amount.currency);
            let (reserved, closed, kept) = (0, false, 0);
            let row = Campaign { campaign, funder, currency, reserved, closed, kept };
            tables.campaigns.insert(row);
        }
        Fact::CampaignClosed { campaign, .. } => {
            if let Some(campaign) = tables.campaigns.get_mut(campaign) {
                (campaign.closed, campaign.kept) = (true, 0);
            }
        }
        Fact::CouponDefined { template, terms } => {
            let (template, terms, issued) = (*template, **terms, 0);
            tables.coupon_templates.insert(CouponTemplate { template, terms, issued });
        }
        Fact::CouponIssued { coupon, template, user } => {
            let Some(template) = tables.coupon_templates.find(template) else { return };
            let Some(user) = tables.users.find(user) else { return };
            count(tables, template, user, calendar.date(now));
            let (coupon, state) = (*coupon, CouponState::Effective);
            let no = tables.coupons.insert(Coupon { coupon, template, user, state, kept: 0 });
            reserve(tables, template, true);
            let row = tables.coupon_templates.row_mut(template);
            row.issued = row.issued.saturating_add(1);
            let at = row.terms.valid_until;
            ledger.owe(Due { at, kind: DueKind::CouponExpiry, no });
        }
        Fact::CouponRevoked { coupon, .. } => set_state(ledger, coupon, CouponState::Revoked),
        Fact::CouponExpired { coupon } => set_state(ledger, coupon, CouponState::Expired),
        _ => {}
    }
}

/// Moves a coupon on; what it has reserved follows whether it can be used.
pub(crate) fn set_state(ledger: &mut Ledger, coupon: &Id, state: CouponState) {
    let tables = ledger.tables_mut();
    let Some(no) = tables.coupons.find(coupon) else { return };
    let row = tables.coupons.row_mut(no);
    let (before, template) = (row.state, row.template);
    row.state = state;
    let (was, is) = (before.is_usable(), state.is_usable());
    if was != is {
        reserve(tables, template, is);
    }
    if state == CouponState::Effective {
        let at = tables.coupon_templates.row(template).terms.valid_until;
        ledger.owe(Due { at, kind: DueKind::CouponExpiry, no });
    }
}

fn reserve(tables: &mut Tables, template: u32, more: bool) {
    let template = tables.coupon_templates.row(template);
    let part = template.funded_part();
    if let Some(campaign) = tables.campaigns.get_mut(&template.terms.campaign) {
        let reserved = campaign.reserved;
        campaign.reserved =
            if more { reserved.saturating_add(part) } else { reserved.saturating_sub(part) };
    }
}

fn count(tables: &mut Tables, template: u32, user: u32, date: u32) {
    match tables.coupon_counts.get_mut(&(template, user)) {
        Some(row) => {
            row.day_count = row.on(date).saturating_add(1);
            row.day = date;
            row.count = row.count.saturating_add(1);
        }
        None => {
            let (day, day_count, count) = (date, 1, 1);
            tables.coupon_counts.insert(CouponCount { template, user, day, day_count, count });
        }
    }
}
