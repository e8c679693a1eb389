//! Points of membership cards (DOMAIN §1.6, §4.6, §6, 15): earned, redeemed, adjusted, taken back
//! with refunds, and expired by the clock. As a leg of a payment they are in `points/legs.rs`.
//!
//! Points are kept in their own unit, one for each number of decimals that they may have, by card
//! (X5), and are worth money by the terms of their template: PL of a template is the worth of all
//! its points, rounded once. Whatever changes them moves the difference: what they cost is
//! marketing, what expires is breakage. Those that expire first go first.
//!
//! The book leaves to us: points are earned of a payment when it is asked for, once, of what the
//! user has paid by then and not got back, coupons and points aside; one of which something is in
//! dispute, or was lost in one, earns nothing by itself. A refund or a lost dispute takes back the
//! part that belongs to it; what the card lacks of that it owes, for points that were spent would
//! else be free. It is not kept which of them were spent and which expired, so it owes both alike.
//! Whatever points come to it pay that first, so that it has none to spend until then. What a card
//! owes when it is closed its user's next one of that template does; of one that is closed the
//! points are taken from that. Points are valid to the end of a business date. They are redeemed
//! into the balance at their worth, rounded down. What a card has when it is closed lapses. A point
//! stays on the shard of its card, where payments of its user are too; each shard has its own PL of
//! a template.

mod asked;
mod back;
pub(crate) mod legs;

pub(crate) use asked::{to_earn, value};
use back::debtor;
pub(crate) use back::reverse;

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{AdjustPoints, EarnPoints, PointsTerms, RedeemPoints};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger, post};
use crate::limits::{
    AMOUNT_MAX, POINT_VALUE_MICROS_MAX, POINTS_DECIMALS_MAX, POINTS_VALID_DAYS_MAX,
};
use crate::money::Currency;
use crate::rejection::Rejection;
use crate::rules::cards::own;
use crate::rules::limits::may_hold;
use crate::rules::{may_credit, paid, refuse_if};
use crate::state::{Card, CardState, CardTemplate, Payment, PaymentState, PointsLot, Tables};

/// What a number of points times the value of one is divided by: the parts of a point, and the
/// millionths of a minor unit.
fn micros(terms: &PointsTerms) -> u128 {
    1_000_000 * u128::from(terms.of_point())
}

/// Whether terms of points can be kept.
pub(crate) fn terms_fit(terms: &PointsTerms) -> bool {
    terms.per <= AMOUNT_MAX
        && terms.value_micros <= POINT_VALUE_MICROS_MAX
        && terms.valid_days <= POINTS_VALID_DAYS_MAX
        && terms.decimals <= POINTS_DECIMALS_MAX
}

/// What so many points are worth, in minor units, half up; of an amount that [`within`] bounds.
fn worth(terms: &PointsTerms, points: u64) -> u64 {
    let (worth, unit) = (u128::from(points) * u128::from(terms.value_micros), micros(terms));
    u64::try_from((worth * 2 + unit) / (unit * 2)).unwrap_or(u64::MAX)
}

/// What so many points are redeemed for, rounded down.
fn redeemed_for(terms: &PointsTerms, points: u64) -> u64 {
    let worth = u128::from(points) * u128::from(terms.value_micros);
    u64::try_from(worth / micros(terms)).unwrap_or(u64::MAX)
}

/// Whether a template can have so many more points.
fn within(template: &CardTemplate, terms: &PointsTerms, more: u64) -> bool {
    let points = template.points.checked_add(more);
    points.is_some_and(|points| points <= AMOUNT_MAX && worth(terms, points) <= AMOUNT_MAX)
}

/// The card of a command that is about points, with its template and their terms.
fn of_active(
    tables: &Tables,
    card: Id,
    user: Id,
) -> Result<(&Card, &CardTemplate, PointsTerms), Rejection> {
    let (row, _) = own(tables, card, user)?;
    refuse_if(row.state != CardState::Active, Rejection::CardNotUsable)?;
    let template = tables.card_templates.row(row.template);
    let terms = template.terms.points.ok_or(Rejection::NoPoints)?;
    Ok((row, template, terms))
}

pub(crate) fn earn(
    ledger: &Ledger,
    c: &EarnPoints,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let (row, template, terms) = of_active(tables, c.card, c.user)?;
    refuse_if(c.payment.is_none() == (c.points == 0), Rejection::SchemaInvalid)?;
    let (points, of) = match tables.payments.get(&c.payment) {
        None if c.payment.is_none() => (c.points, 0),
        None => return Err(Rejection::UnknownAccount),
        Some(payment) => earned_by(tables, row, template, &terms, payment)?,
    };
    let repaid = points.min(row.owes);
    let more = points - repaid;
    refuse_if(!within(template, &terms, more), Rejection::AmountOutOfRange)?;
    // From here on nothing may fail.
    let until = expiry(ledger, &terms, now);
    let [granted, contra] = accounts(ledger, row.card, &terms, out);
    revalue(ledger, template, &terms, template.points + more, out);
    post(out, granted, contra, more);
    let (card, payment) = (c.card, c.payment);
    out.record(Fact::PointsEarned { card, payment, points, of, until, repaid });
    Ok(())
}

/// The points of a payment of the card's user, and what it has paid of it: neither given back nor
/// a coupon's nor of points.
fn earned_by(
    tables: &Tables,
    row: &Card,
    template: &CardTemplate,
    terms: &PointsTerms,
    payment: &Payment,
) -> Result<(u64, u64), Rejection> {
    refuse_if(payment.user != Some(row.user), Rejection::UnknownAccount)?;
    let live = matches!(payment.state, PaymentState::Paid | PaymentState::PartiallyRefunded);
    refuse_if(!live, Rejection::InvalidState)?;
    refuse_if(payment.disputed > 0, Rejection::PaymentDisputed)?;
    let at = template.terms.merchant;
    let seller = tables.merchants.row(payment.merchant).merchant;
    refuse_if(!at.is_none() && at != seller, Rejection::CardNotUsable)?;
    let other = payment.amount.currency != template.terms.currency;
    refuse_if(other || payment.exchange().is_some(), Rejection::CurrencyMismatch)?;
    let earned = payment.parts.as_ref().map_or(0, |parts| parts.earned);
    refuse_if(earned > 0, Rejection::AlreadyEarned)?;
    let of = payment.paid_by_user();
    let points = u128::from(of) * u128::from(terms.of_point());
    let points = points.checked_div(terms.per.into()).unwrap_or(0);
    refuse_if(points == 0, Rejection::NothingToEarn)?;
    let points = u64::try_from(points).map_err(|_| Rejection::AmountOutOfRange)?;
    Ok((points, of))
}

/// When points given now expire; 0 is never.
fn expiry(ledger: &Ledger, terms: &PointsTerms, now: u64) -> u64 {
    let date = ledger.calendar().date(now).saturating_add(terms.valid_days).saturating_add(1);
    if terms.valid_days == 0 { 0 } else { ledger.calendar().start_of(date) }
}

pub(crate) fn redeem(
    ledger: &Ledger,
    c: &RedeemPoints,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let (row, _, terms) = of_active(tables, c.card, c.user)?;
    let owner = tables.users.row(row.user);
    let amount = redeemed_for(&terms, c.points);
    refuse_if(amount == 0 || amount > AMOUNT_MAX, Rejection::AmountOutOfRange)?;
    refuse_if(row.points() < c.points, Rejection::PointsInsufficient)?;
    may_credit(tables, owner.account)?;
    may_hold(ledger, owner, amount)?;
    // From here on nothing may fail.
    pay_out(ledger, row, c.points, owner.account, amount, out);
    let RedeemPoints { card, user, points } = *c;
    out.record(Fact::PointsRedeemed { card, user, points, amount, payment: Id::NONE });
    Ok(())
}

/// Points of a card pay an account so much, which they are worth at least, before their fact.
fn pay_out(
    ledger: &Ledger,
    row: &Card,
    points: u64,
    to: AccountNo,
    amount: u64,
    out: &mut Decision,
) {
    let template = ledger.tables().card_templates.row(row.template);
    let Some(terms) = template.terms.points else { return };
    let [granted, contra] = accounts(ledger, row.card, &terms, out);
    let liability = liability(ledger, template, out);
    let marketing = house(ledger, Class::Marketing, template.terms.currency, out);
    let left = template.points.saturating_sub(points);
    let freed = worth(&terms, template.points).saturating_sub(worth(&terms, left));
    post(out, liability, to, amount);
    // Rounding may leave more: of the last point, and of what all are worth.
    post(out, liability, marketing, freed.saturating_sub(amount));
    post(out, contra, granted, points);
}

pub(crate) fn adjust(
    ledger: &Ledger,
    c: &AdjustPoints,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let (row, template, terms) = of_active(tables, c.card, c.user)?;
    refuse_if(c.points == 0, Rejection::AmountOutOfRange)?;
    refuse_if(c.less && row.points() < c.points, Rejection::PointsInsufficient)?;
    let repaid = if c.less { 0 } else { c.points.min(row.owes) };
    let more = c.points - repaid;
    let fits = c.less || within(template, &terms, more);
    refuse_if(!fits, Rejection::AmountOutOfRange)?;
    // From here on nothing may fail.
    let until = if c.less { 0 } else { expiry(ledger, &terms, now) };
    let [granted, contra] = accounts(ledger, row.card, &terms, out);
    if c.less {
        revalue(ledger, template, &terms, template.points.saturating_sub(c.points), out);
        post(out, contra, granted, c.points);
    } else {
        revalue(ledger, template, &terms, template.points + more, out);
        post(out, granted, contra, more);
    }
    let AdjustPoints { card, points, less, ref reason, .. } = *c;
    let reason = reason.clone();
    out.record(Fact::PointsAdjusted { card, points, less, reason, until, repaid });
    Ok(())
}

/// The clock ends the points of a card whose time is over.
pub(crate) fn expire(ledger: &Ledger, no: u32, out: &mut Decision) {
    let tables = ledger.tables();
    let row = tables.cards.row(no);
    let Some(points) = row.lots.first().map(|lot| lot.points) else { return };
    lapse(ledger, row, points, out);
    out.record(Fact::PointsExpired { card: row.card, points });
}

/// Moves the worth of points that nobody will redeem to breakage, before their fact.
pub(crate) fn lapse(ledger: &Ledger, row: &Card, points: u64, out: &mut Decision) {
    let template = ledger.tables().card_templates.row(row.template);
    let Some(terms) = template.terms.points.filter(|_| points > 0) else { return };
    let [granted, contra] = accounts(ledger, row.card, &terms, out);
    let liability = liability(ledger, template, out);
    let breakage = house(ledger, Class::Breakage, template.terms.currency, out);
    let left = template.points.saturating_sub(points);
    let freed = worth(&terms, template.points).saturating_sub(worth(&terms, left));
    post(out, liability, breakage, freed);
    post(out, contra, granted, points);
}

/// X5 of a card, and its contra.
fn accounts(ledger: &Ledger, card: Id, terms: &PointsTerms, out: &mut Decision) -> [AccountNo; 2] {
    let granted = AccountKey::of(Class::Points, card, terms.unit());
    [
        ledger.account_or_open(granted, terms.unit(), out),
        house(ledger, Class::PointsContra, terms.unit(), out),
    ]
}

/// PL of a template.
fn liability(ledger: &Ledger, template: &CardTemplate, out: &mut Decision) -> AccountNo {
    let currency = template.terms.currency;
    let key = AccountKey::of(Class::PointsLiability, template.template, currency);
    ledger.account_or_open(key, currency, out)
}

fn house(ledger: &Ledger, class: Class, currency: Currency, out: &mut Decision) -> AccountNo {
    ledger.account_or_open(AccountKey::house(class, currency), currency, out)
}

/// Makes PL of a template the worth of so many points, against marketing.
fn revalue(
    ledger: &Ledger,
    template: &CardTemplate,
    terms: &PointsTerms,
    points: u64,
    out: &mut Decision,
) {
    let liability = liability(ledger, template, out);
    let marketing = house(ledger, Class::Marketing, template.terms.currency, out);
    let (before, after) = (worth(terms, template.points), worth(terms, points));
    post(out, marketing, liability, after.saturating_sub(before));
    post(out, liability, marketing, before.saturating_sub(after));
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::PointsEarned { card, payment, points, of, until, repaid } => {
            give(ledger, card, *points, *repaid, *until);
            if let Some(row) = ledger.payment_mut(payment).filter(|_| !payment.is_none()) {
                let parts = row.parts.get_or_insert_default();
                (parts.earner, parts.earned, parts.earned_of) = (*card, *points, *of);
            }
        }
        Fact::PointsAdjusted { card, points, less: false, until, repaid, .. } => {
            give(ledger, card, *points, *repaid, *until);
        }
        Fact::PointsAdjusted { card, points, less: true, .. }
        | Fact::PointsExpired { card, points } => take(ledger, card, *points),
        Fact::PointsRedeemed { .. } | Fact::PointsReturned { .. } => legs::apply(ledger, fact),
        Fact::PointsReversed { card, payment, points, owed } => {
            take(ledger, card, *points);
            if let Some(row) = ledger.tables_mut().cards.get_mut(card) {
                row.owes = row.owes.saturating_add(*owed);
            }
            if let Some(parts) = ledger.payment_mut(payment).and_then(|row| row.parts.as_mut()) {
                let back = points.saturating_add(*owed);
                parts.earned_back = parts.earned_back.saturating_add(back);
            }
        }
        _ => {}
    }
}

/// Gives points to a card, of which so many pay what it owes.
fn give(ledger: &mut Ledger, card: &Id, points: u64, repaid: u64, until: u64) {
    let tables = ledger.tables_mut();
    let Some(no) = tables.cards.find(card) else { return };
    let row = tables.cards.row_mut(no);
    row.owes = row.owes.saturating_sub(repaid);
    let points = points.saturating_sub(repaid);
    // Of very little none may come back.
    if points == 0 {
        return;
    }
    // Those that never expire come last.
    let order = |until: u64| if until == 0 { u64::MAX } else { until };
    match row.lots.binary_search_by_key(&order(until), |lot| order(lot.until)) {
        Ok(at) => row.lots[at].points = row.lots[at].points.saturating_add(points),
        Err(at) => row.lots.insert(at, PointsLot { until, points }),
    }
    let template = tables.cards.row(no).template;
    let template = tables.card_templates.row_mut(template);
    template.points = template.points.saturating_add(points);
    owe(ledger, no);
}

/// Takes points off a card, those that expire first.
pub(crate) fn take(ledger: &mut Ledger, card: &Id, points: u64) {
    let tables = ledger.tables_mut();
    let Some(no) = tables.cards.find(card) else { return };
    let row = tables.cards.row_mut(no);
    let mut rest = points;
    for lot in &mut row.lots {
        let part = lot.points.min(rest);
        (lot.points, rest) = (lot.points - part, rest - part);
    }
    row.lots.retain(|lot| lot.points > 0);
    let template = row.template;
    let template = tables.card_templates.row_mut(template);
    template.points = template.points.saturating_sub(points);
    owe(ledger, no);
}

fn owe(ledger: &mut Ledger, no: u32) {
    if let Some(at) = ledger.tables().cards.row(no).points_until() {
        ledger.owe(Due { at, kind: DueKind::PointsExpiry, no });
    }
}

/// Whether a foreign fact of points names what is there, in a state that fits.
pub(crate) fn names_exist(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let card_of = |card: &Id| {
        let open = tables.cards.get(card).filter(|row| row.state != CardState::Closed);
        open.ok_or("a card is unknown or closed")
    };
    let has = |card: &Id, points: u64| {
        known(card_of(card)?.points() >= points, "a card gives more points than it has")
    };
    let repays = |card: &Id, points: u64, repaid: u64| {
        let fits = repaid <= points && repaid <= card_of(card)?.owes;
        known(fits, "a card pays points that it does not owe")
    };
    match fact {
        Fact::PointsEarned { card, points, repaid, .. }
        | Fact::PointsAdjusted { card, points, less: false, repaid, .. } => {
            repays(card, *points, *repaid)?;
            let template = tables.card_templates.row(card_of(card)?.template);
            let terms = template.terms.points.ok_or("a card without points gets some")?;
            known(within(template, &terms, *points - *repaid), "a card gets too many points")?;
            let Fact::PointsEarned { payment, of, .. } = fact else { return Ok(()) };
            if payment.is_none() {
                return Ok(());
            }
            let row = paid(tables, payment)?;
            let fits = row.parts.as_ref().is_none_or(|parts| parts.earned == 0);
            let fits = fits && (1..=row.amount.amount).contains(of);
            known(fits, "a payment earns points twice, or of what it is not")
        }
        Fact::PointsAdjusted { card, points, less: true, .. }
        | Fact::PointsExpired { card, points } => has(card, *points),
        Fact::PointsRedeemed { card, user, points, .. } => {
            has(card, *points)?;
            let owner = tables.users.row(card_of(card)?.user).user;
            known(owner == *user, "a card is another user's")?;
            legs::fits(tables, fact)
        }
        Fact::PointsReturned { card, points, repaid, .. } => {
            repays(card, *points, *repaid)?;
            legs::fits(tables, fact)
        }
        Fact::PointsReversed { card, payment, points, owed } => {
            if *points > 0 {
                has(card, *points)?;
            }
            let parts = paid(tables, payment)?.parts.as_ref();
            let of = |row: &Card| debtor(tables, row).card == *card;
            let parts = parts.filter(|parts| tables.cards.get(&parts.earner).is_some_and(of));
            let left = parts.map_or(0, |parts| parts.earned.saturating_sub(parts.earned_back));
            let all = points.checked_add(*owed);
            let fits = all.is_some_and(|all| all <= left);
            known(fits, "more points are taken back than a payment earned")
        }
        _ => Ok(()),
    }
}
