//! Membership cards and what is stored on them (DOMAIN §1.6, §4.2, §4.6).
//!
//! | state | by | next |
//! |---|---|---|
//! | Active | update / clock / close | Suspended / Expired / Closed |
//! | Suspended | update / clock / close | Active / Expired / Closed |
//! | Expired | update that renews / close | Active or Suspended / Closed |
//!
//! A user has one card of a template at a time. Only an active card is loaded and pays: at the
//! merchant of its template, or anywhere, in the currency of the order. What is stored is the
//! user's own money: it can be given back to the balance from a card in any state, above the cap of
//! the balance too, and it goes back to the card with a refund or a lost dispute, after what the
//! balance paid and before what points and the coupon did; to the balance where the card is closed.
//!
//! The book leaves to us: a load counts as spent from the balance, for a card would else lead past
//! every limit, and stays counted when it is given back; a card that expired and is renewed is
//! active unless the renewal says that it is suspended; levels are the issuer's business. A card
//! lives on its user's shard, its template on every shard.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{
    CardTerms, CloseCard, CodeKind, DefineCard, LegSource, LoadCard, OpenCard, PayPayment,
    UnloadCard, UpdateCard,
};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger, in_range, post};
use crate::limits::{AMOUNT_MAX, TIME_MS_MAX};
use crate::rejection::Rejection;
use crate::remittance::Purpose;
use crate::rules::limits::{count, may_spend};
use crate::rules::remittances::tell_all;
use crate::rules::{in_currency, may_credit, may_debit, merchant, paid, points, refuse_if};
use crate::state::{Card, CardHolder, CardState, CardTemplate, Payment, Tables, User, UserCards};

pub(crate) fn define(ledger: &Ledger, c: &DefineCard, out: &mut Decision) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let t = &c.terms;
    refuse_if(tables.card_templates.find(&c.template).is_some(), Rejection::Duplicate)?;
    if !t.merchant.is_none() {
        let settles_in = merchant(tables, t.merchant)?.terms.settle_currency;
        refuse_if(settles_in != t.currency, Rejection::CurrencyMismatch)?;
    }
    refuse_if(!cap_fits(t), Rejection::AmountOutOfRange)?;
    refuse_if(!t.points.as_ref().is_none_or(points::terms_fit), Rejection::SchemaInvalid)?;
    // From here on nothing may fail.
    let DefineCard { template, terms } = *c;
    out.record(Fact::CardDefined { template, terms });
    tell_all(ledger, terms.currency, out, || Purpose::CardTemplate(Box::new(c.clone())));
    Ok(())
}

fn cap_fits(t: &CardTerms) -> bool {
    t.balance_cap.is_none_or(|cap| (1..=AMOUNT_MAX).contains(&cap))
}

/// Another shard has defined a card.
pub(crate) fn hear(ledger: &Ledger, c: &DefineCard, out: &mut Decision) {
    let DefineCard { template, terms } = *c;
    let fact = Fact::CardDefined { template, terms };
    if names_exist(ledger.tables(), &fact).is_ok() {
        out.record(fact);
    }
}

pub(crate) fn open(
    ledger: &Ledger,
    c: &OpenCard,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(tables.cards.find(&c.card).is_some(), Rejection::Duplicate)?;
    let template = tables.card_templates.find(&c.template).ok_or(Rejection::UnknownAccount)?;
    let user = tables.users.find(&c.user).ok_or(Rejection::UnknownAccount)?;
    let owner = tables.users.row(user);
    refuse_if(tables.accounts.row(owner.account).closed, Rejection::AccountClosed)?;
    let stored_in = tables.card_templates.row(template).terms.currency;
    refuse_if(owner.currency != stored_in, Rejection::CurrencyMismatch)?;
    refuse_if(!is_ahead(c.valid_until, now), Rejection::SchemaInvalid)?;
    refuse_if(has_one(tables, template, user), Rejection::CardExists)?;
    // From here on nothing may fail.
    let OpenCard { card, user, template, level, valid_until } = *c;
    out.record(Fact::CardOpened { card, user, template, level, valid_until });
    Ok(())
}

fn is_ahead(valid_until: Option<u64>, now: u64) -> bool {
    valid_until.is_none_or(|until| until > now && until <= TIME_MS_MAX)
}

/// Whether a user has a card of a template that is not closed.
fn has_one(tables: &Tables, template: u32, user: u32) -> bool {
    let last = tables.card_holders.get(&(template, user));
    last.is_some_and(|last| tables.cards.row(last.card).state != CardState::Closed)
}

/// The card of an id if it is this user's, with its owner.
pub(crate) fn own(tables: &Tables, card: Id, user: Id) -> Result<(&Card, &User), Rejection> {
    let card = tables.cards.get(&card).ok_or(Rejection::UnknownAccount)?;
    let owner = tables.users.row(card.user);
    refuse_if(owner.user != user, Rejection::UnknownAccount)?;
    Ok((card, owner))
}

pub(crate) fn update(
    ledger: &Ledger,
    c: &UpdateCard,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let (row, _) = own(ledger.tables(), c.card, c.user)?;
    let renewed = c.valid_until.is_some();
    let nothing = c.level.is_none() && c.suspended.is_none() && !renewed;
    refuse_if(nothing || !is_ahead(c.valid_until, now), Rejection::SchemaInvalid)?;
    let state = match (row.state, c.suspended) {
        (CardState::Closed, _) => return Err(Rejection::InvalidState),
        (CardState::Expired, Some(_)) if !renewed => return Err(Rejection::InvalidState),
        (CardState::Expired, None) if !renewed => CardState::Expired,
        (_, Some(true)) | (CardState::Suspended, None) => CardState::Suspended,
        (_, Some(false) | None) => CardState::Active,
    };
    // From here on nothing may fail.
    let level = c.level.unwrap_or(row.level);
    let valid_until = c.valid_until.or(row.valid_until);
    out.record(Fact::CardUpdated { card: c.card, level, state, valid_until });
    Ok(())
}

pub(crate) fn close(ledger: &Ledger, c: &CloseCard, out: &mut Decision) -> Result<(), Rejection> {
    let (row, _) = own(ledger.tables(), c.card, c.user)?;
    refuse_if(row.state == CardState::Closed, Rejection::InvalidState)?;
    refuse_if(stored(ledger.tables(), row) > 0, Rejection::BalanceNotZero)?;
    // From here on nothing may fail.
    end(ledger, row, out);
    Ok(())
}

/// Closes a card on which nothing is stored; its points lapse.
pub(crate) fn end(ledger: &Ledger, row: &Card, out: &mut Decision) {
    points::lapse(ledger, row, row.points(), out);
    out.record(Fact::CardClosed { card: row.card, points: row.points() });
}

/// The cards of a user that are not closed and on which nothing is stored.
pub(crate) fn empty(tables: &Tables, user: u32) -> Vec<&Card> {
    let theirs = tables.user_cards.get(&user).into_iter().flat_map(|of| &of.cards);
    let theirs = theirs.map(|no| tables.cards.row(*no));
    let open = theirs.filter(|row| row.state != CardState::Closed);
    open.filter(|row| stored(tables, row) == 0).collect()
}

/// The clock ends a card.
pub(crate) fn expire(ledger: &Ledger, no: u32, out: &mut Decision) {
    out.record(Fact::CardExpired { card: ledger.tables().cards.row(no).card });
}

pub(crate) fn load(
    ledger: &Ledger,
    c: &LoadCard,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let (row, owner) = own(tables, c.card, c.user)?;
    refuse_if(row.state != CardState::Active, Rejection::CardNotUsable)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    may_debit(tables, owner.account)?;
    let room = tables.accounts.row(owner.account).debit_room();
    refuse_if(room < u128::from(amount), Rejection::InsufficientFunds)?;
    may_spend(ledger, owner, amount, CodeKind::None, now)?;
    let after = stored(tables, row).saturating_add(u128::from(amount));
    let cap = tables.card_templates.row(row.template).terms.balance_cap;
    let beyond = cap.is_some_and(|cap| after > u128::from(cap));
    refuse_if(beyond, Rejection::BalanceCapExceeded)?;
    // From here on nothing may fail.
    let to = ledger.account_or_open(key(tables, row), owner.currency, out);
    post(out, owner.account, to, amount);
    out.record(Fact::CardLoaded { card: c.card, user: c.user, amount });
    Ok(())
}

pub(crate) fn unload(ledger: &Ledger, c: &UnloadCard, out: &mut Decision) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let (row, owner) = own(tables, c.card, c.user)?;
    refuse_if(row.state == CardState::Closed, Rejection::InvalidState)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    may_credit(tables, owner.account)?;
    let short = stored(tables, row) < u128::from(amount);
    refuse_if(short, Rejection::CardBalanceInsufficient)?;
    // From here on nothing may fail.
    let from = ledger.account_or_open(key(tables, row), owner.currency, out);
    post(out, from, owner.account, amount);
    out.record(Fact::CardUnloaded { card: c.card, user: c.user, amount });
    Ok(())
}

/// The account of what is stored on a card (SV).
fn key(tables: &Tables, row: &Card) -> AccountKey {
    let currency = tables.card_templates.row(row.template).terms.currency;
    AccountKey::of(Class::StoredValue, row.card, currency)
}

/// What is stored on a card, in minor units.
fn stored(tables: &Tables, row: &Card) -> u128 {
    tables.accounts.get(&key(tables, row)).map_or(0, |account| account.debit_room())
}

/// What a card pays.
#[derive(Clone, Copy)]
pub(crate) struct Charge {
    card: Id,
    account: AccountNo,
    amount: u64,
}

/// A card that may pay a part of a payment: not another's, active, of no other merchant, on an
/// order in its payer's currency.
pub(crate) fn usable<'a>(
    tables: &'a Tables,
    card: Id,
    user: Id,
    payment: &Payment,
) -> Result<&'a Card, Rejection> {
    let (row, _) = own(tables, card, user).map_err(|_| Rejection::CardNotUsable)?;
    let of = tables.card_templates.row(row.template).terms.merchant;
    let accepted = of.is_none() || of == tables.merchants.row(payment.merchant).merchant;
    let usable = row.state == CardState::Active && accepted && payment.exchange().is_none();
    refuse_if(!usable, Rejection::CardNotUsable)?;
    Ok(row)
}

/// The part of a payment that a card pays, if there is one. Refuses a card that is not [`usable`],
/// then one on which too little is stored.
pub(crate) fn chargeable(
    ledger: &Ledger,
    c: &PayPayment,
    payment: &Payment,
) -> Result<Option<Charge>, Rejection> {
    let tables = ledger.tables();
    for leg in &c.legs {
        let (LegSource::StoredValue(card), amount) = (leg.source, leg.amount) else { continue };
        let row = usable(tables, card, c.user, payment)?;
        let account = tables.accounts.find(&key(tables, row));
        let account = account.filter(|_| stored(tables, row) >= u128::from(amount));
        let account = account.ok_or(Rejection::CardBalanceInsufficient)?;
        return Ok(Some(Charge { card, account, amount }));
    }
    Ok(None)
}

/// A card pays its part, before its payment is recorded.
pub(crate) fn charge(charge: Charge, payment: Id, pending: AccountNo, out: &mut Decision) {
    let Charge { card, account, amount } = charge;
    post(out, account, pending, amount);
    out.record(Fact::CardCharged { card, payment, amount });
}

/// Of what goes back to the user beside credit and acquirer, the card's part: what is left after
/// the balance has back what it paid.
pub(crate) fn part_of(payment: &Payment, rest: u64) -> u64 {
    rest.saturating_sub(payment.balance_left()).min(payment.stored_left())
}

/// Whether the card that paid takes its part back; else the balance does.
pub(crate) fn takes_back(ledger: &Ledger, payment: &Payment) -> bool {
    let card = payment.parts.as_ref().and_then(|parts| ledger.tables().cards.get(&parts.card));
    card.is_some_and(|card| card.state != CardState::Closed)
}

/// Records that a card has so much of a payment back, before the refund or ruling that moves it;
/// gives its account.
pub(crate) fn give_back(
    ledger: &Ledger,
    payment: &Payment,
    amount: u64,
    out: &mut Decision,
) -> Option<AccountNo> {
    let tables = ledger.tables();
    let parts = payment.parts.as_ref().filter(|_| amount > 0)?;
    let row = tables.cards.get(&parts.card)?;
    let currency = tables.card_templates.row(row.template).terms.currency;
    let account = ledger.account_or_open(key(tables, row), currency, out);
    out.record(Fact::CardReturned { card: row.card, payment: payment.payment, amount });
    Some(account)
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let (now, calendar) = (ledger.now(), ledger.calendar());
    let tables = ledger.tables_mut();
    match fact {
        Fact::CardDefined { template, terms } => {
            let (template, terms, points) = (*template, *terms, 0);
            tables.card_templates.insert(CardTemplate { template, terms, points });
        }
        Fact::CardOpened { card, user, template, level, valid_until } => {
            let Some(template) = tables.card_templates.find(template) else { return };
            let Some(user) = tables.users.find(user) else { return };
            let (card, level, valid_until) = (*card, *level, *valid_until);
            let state = CardState::Active;
            let lots = Vec::new();
            // What the one before it owed goes with its user.
            let last = tables.card_holders.get(&(template, user)).map(|last| last.card);
            let owes = last.map_or(0, |no| std::mem::take(&mut tables.cards.row_mut(no).owes));
            let row = Card { card, template, user, level, state, valid_until, lots, owes };
            let no = tables.cards.insert(row);
            hold(tables, template, user, no);
            let owner = tables.users.row_mut(user);
            owner.open_holds = owner.open_holds.saturating_add(1);
            owe(ledger, no);
        }
        Fact::CardUpdated { card, level, state, valid_until } => {
            let Some(no) = tables.cards.find(card) else { return };
            let row = tables.cards.row_mut(no);
            (row.level, row.state, row.valid_until) = (*level, *state, *valid_until);
            owe(ledger, no);
        }
        Fact::CardClosed { card, points } => {
            points::take(ledger, card, *points);
            let tables = ledger.tables_mut();
            let Some(row) = tables.cards.get_mut(card) else { return };
            row.state = CardState::Closed;
            let user = row.user;
            let owner = tables.users.row_mut(user);
            owner.open_holds = owner.open_holds.saturating_sub(1);
        }
        Fact::CardExpired { card } => {
            if let Some(row) = tables.cards.get_mut(card) {
                row.state = CardState::Expired;
            }
        }
        Fact::CardLoaded { user, amount, .. } => {
            if let Some(user) = tables.users.get_mut(user) {
                count(&mut user.usage, calendar, *amount, CodeKind::None, now);
            }
        }
        Fact::CardCharged { card, payment, amount } => {
            if let Some(row) = ledger.payment_mut(payment) {
                let parts = row.parts.get_or_insert_default();
                (parts.card, parts.stored) = (*card, *amount);
            }
        }
        Fact::CardReturned { payment, amount, .. } => {
            if let Some(parts) = ledger.payment_mut(payment).and_then(|row| row.parts.as_mut()) {
                parts.stored_returned = parts.stored_returned.saturating_add(*amount);
            }
        }
        _ => {}
    }
}

/// Notes a card as one of its user's, and the last of its template.
pub(crate) fn hold(tables: &mut Tables, template: u32, user: u32, card: u32) {
    match tables.card_holders.get_mut(&(template, user)) {
        Some(holder) => holder.card = card,
        None => _ = tables.card_holders.insert(CardHolder { template, user, card }),
    }
    match tables.user_cards.get_mut(&user) {
        Some(of) => of.cards.push(card),
        None => _ = tables.user_cards.insert(UserCards { user, cards: vec![card] }),
    }
}

fn owe(ledger: &mut Ledger, no: u32) {
    if let Some(at) = ledger.tables().cards.row(no).expires_at() {
        ledger.owe(Due { at, kind: DueKind::CardExpiry, no });
    }
}

/// Whether a foreign fact of cards names what is there, in a state that fits.
pub(crate) fn names_exist(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let card_of = |card: &Id| {
        let open = tables.cards.get(card).filter(|row| row.state != CardState::Closed);
        open.ok_or("a card is unknown or closed")
    };
    match fact {
        Fact::CardDefined { template, terms } => {
            known(tables.card_templates.find(template).is_none(), "a card is defined twice")?;
            let there =
                terms.merchant.is_none() || tables.merchants.find(&terms.merchant).is_some();
            known(there, "a merchant is unknown")?;
            let fits = cap_fits(terms) && terms.points.as_ref().is_none_or(points::terms_fit);
            known(fits, "terms of cards cannot be kept")
        }
        Fact::CardOpened { card, user, template, .. } => {
            known(tables.cards.find(card).is_none(), "a card is opened twice")?;
            let template = tables.card_templates.find(template).ok_or("a template is unknown")?;
            let user = tables.users.find(user).ok_or("a user is unknown")?;
            let stored_in = tables.card_templates.row(template).terms.currency;
            let same = tables.users.row(user).currency == stored_in;
            known(same, "a card is in another currency than its user")?;
            known(!has_one(tables, template, user), "a user has two cards of a template")
        }
        Fact::CardUpdated { card, state, .. } => {
            card_of(card)?;
            known(*state != CardState::Closed, "an update closes a card")
        }
        Fact::CardClosed { card, points } => {
            known(card_of(card)?.points() == *points, "other points lapse than a card has")
        }
        Fact::CardExpired { card } => {
            let runs = card_of(card)?.state != CardState::Expired;
            known(runs, "a card expires twice")
        }
        Fact::CardLoaded { card, user, .. } | Fact::CardUnloaded { card, user, .. } => {
            let owner = tables.users.row(card_of(card)?.user).user;
            known(owner == *user, "a card is another user's")
        }
        Fact::CardCharged { card, payment, amount } => {
            card_of(card)?;
            let row = tables.payments.get(payment).ok_or("a payment is unknown")?;
            let unpaid = row.user.is_none() && row.exchange().is_none();
            let fits = row.parts.as_ref().is_none_or(|parts| parts.stored == 0);
            let fits = fits && (1..=row.amount.amount).contains(amount);
            known(unpaid && fits, "a card pays an order that it does not fit")
        }
        Fact::CardReturned { card, payment, amount } => {
            let parts = paid(tables, payment)?.parts.as_ref();
            let parts = parts.filter(|parts| parts.card == *card);
            let left = parts.map_or(0, |parts| parts.stored.saturating_sub(parts.stored_returned));
            known((1..=left).contains(amount), "more goes back to a card than it paid")
        }
        _ => Ok(()),
    }
}
