//! Membership cards in the naive model: what is stored on one is the sum of what was written.

use super::exchange::currency_of;
use super::{Account, Naive, Outcome, cny, house, must, of, user};
use groat_ledger::{
    Class, Currency, DefineCard, Id, LoadCard, OpenCard, Owner, Rejection, UnloadCard, UpdateCard,
};

/// What one movement can be, as a cap.
const CAP_MAX: u64 = 1_000_000_000_000_000_000;

#[derive(Clone)]
pub(super) struct Card {
    pub(super) id: Id,
    pub(super) template: Id,
    pub(super) user: Id,
    until: Option<u64>,
    suspended: bool,
    expired: bool,
    pub(super) closed: bool,
    /// When they expire, how many points.
    pub(super) lots: Vec<(u64, i128)>,
    /// Points taken back that it did not have.
    pub(super) owes: i128,
}

impl Card {
    pub(super) fn ends_at(&self) -> Option<u64> {
        self.until.filter(|_| !self.expired && !self.closed)
    }

    pub(super) fn end(&mut self) {
        self.expired = true;
        self.suspended = false;
    }

    pub(super) fn is_active(&self) -> bool {
        !self.suspended && !self.expired && !self.closed
    }
}

pub(super) fn on_card(card: Id) -> Account {
    of(Class::StoredValue, card)
}

impl Naive {
    pub(super) fn define_card(&mut self, c: &DefineCard) -> Outcome {
        must(!self.card_kinds.contains_key(&c.template), Rejection::Duplicate)?;
        let t = c.terms;
        if !t.merchant.is_none() {
            self.account_of(Owner::Merchant(t.merchant))?;
            must(currency_of(t.merchant) == t.currency, Rejection::CurrencyMismatch)?;
        }
        let fits = t.balance_cap.is_none_or(|cap| cap > 0 && cap <= CAP_MAX);
        must(fits, Rejection::AmountOutOfRange)?;
        let kept = |p: &groat_ledger::PointsTerms| {
            let worth = p.per <= CAP_MAX && p.value_micros <= 1_000_000_000_000;
            worth && p.valid_days <= 3_650 && p.decimals <= 2
        };
        must(t.points.as_ref().is_none_or(kept), Rejection::SchemaInvalid)?;
        self.card_kinds.insert(c.template, t);
        Ok(())
    }

    pub(super) fn open_card(&mut self, c: &OpenCard, now: u64) -> Outcome {
        must(!self.cards.iter().any(|card| card.id == c.card), Rejection::Duplicate)?;
        let t = *self.card_kinds.get(&c.template).ok_or(Rejection::UnknownAccount)?;
        let owner = self.account_of(Owner::User(c.user))?;
        must(!self.closed.contains(&owner), Rejection::AccountClosed)?;
        must(t.currency == Currency::CNY, Rejection::CurrencyMismatch)?;
        must(c.valid_until.is_none_or(|until| until > now), Rejection::SchemaInvalid)?;
        let same = |k: &Card| k.user == c.user && k.template == c.template && !k.closed;
        must(!self.cards.iter().any(same), Rejection::CardExists)?;
        let (id, template, user, until) = (c.card, c.template, c.user, c.valid_until);
        let (suspended, expired, closed) = (false, false, false);
        let lots = Vec::new();
        let theirs = |k: &Card| k.user == user && k.template == template;
        let of_old = self.cards.iter_mut().filter(|k| theirs(k));
        let owes = of_old.map(|old| std::mem::take(&mut old.owes)).sum();
        self.cards.push(Card { id, template, user, until, suspended, expired, closed, lots, owes });
        Ok(())
    }

    pub(super) fn card_of(&self, id: Id, user: Id) -> Result<usize, Rejection> {
        let no = self.cards.iter().position(|card| card.id == id && card.user == user);
        no.ok_or(Rejection::UnknownAccount)
    }

    pub(super) fn update_card(&mut self, c: &UpdateCard, now: u64) -> Outcome {
        let no = self.card_of(c.card, c.user)?;
        let asked = c.level.is_some() || c.suspended.is_some() || c.valid_until.is_some();
        let ahead = c.valid_until.is_none_or(|until| until > now);
        must(asked && ahead, Rejection::SchemaInvalid)?;
        let card = &mut self.cards[no];
        must(!card.closed, Rejection::InvalidState)?;
        let stays = card.expired && c.valid_until.is_none();
        must(!stays || c.suspended.is_none(), Rejection::InvalidState)?;
        card.until = c.valid_until.or(card.until);
        card.expired = stays;
        card.suspended = c.suspended.unwrap_or(card.suspended);
        Ok(())
    }

    pub(super) fn close_card(&mut self, id: Id, user: Id) -> Outcome {
        let no = self.card_of(id, user)?;
        must(!self.cards[no].closed, Rejection::InvalidState)?;
        must(self.credit(on_card(id)) == 0, Rejection::BalanceNotZero)?;
        let (points, breakage) = (self.cards[no].points(), house(Class::Breakage));
        if points > 0 {
            self.take_points(no, points, breakage, (breakage, 0));
        }
        self.cards[no].closed = true;
        Ok(())
    }

    pub(super) fn load_card(&mut self, c: &LoadCard, now: u64) -> Outcome {
        let no = self.card_of(c.card, c.user)?;
        must(self.cards[no].is_active(), Rejection::CardNotUsable)?;
        let amount = cny(c.amount)?;
        self.may_debit(user(c.user))?;
        self.covers(user(c.user), amount)?;
        self.may_spend(c.user, amount, now)?;
        let cap = self.card_kinds[&self.cards[no].template].balance_cap;
        let after = self.credit(on_card(c.card)) + amount;
        must(cap.is_none_or(|cap| after <= cap.into()), Rejection::BalanceCapExceeded)?;
        self.write(user(c.user), on_card(c.card), amount);
        self.spend(c.user, amount, now);
        Ok(())
    }

    pub(super) fn unload_card(&mut self, c: &UnloadCard) -> Outcome {
        let no = self.card_of(c.card, c.user)?;
        must(!self.cards[no].closed, Rejection::InvalidState)?;
        let amount = cny(c.amount)?;
        self.may_credit(user(c.user))?;
        let stored = self.credit(on_card(c.card));
        must(stored >= amount, Rejection::CardBalanceInsufficient)?;
        self.write(on_card(c.card), user(c.user), amount);
        Ok(())
    }

    /// Whether a card can pay so much of an order of a merchant.
    pub(super) fn card_pays(&self, id: Id, amount: i128, seller: Id, payer: Id) -> Outcome {
        self.card_is_taken(id, seller, payer)?;
        must(self.credit(on_card(id)) >= amount, Rejection::CardBalanceInsufficient)
    }

    /// Whether a merchant takes a card of a payer.
    pub(super) fn card_is_taken(&self, id: Id, seller: Id, payer: Id) -> Outcome {
        let no = self.card_of(id, payer).map_err(|_| Rejection::CardNotUsable)?;
        let card = &self.cards[no];
        let at = self.card_kinds[&card.template].merchant;
        must(card.is_active() && (at.is_none() || at == seller), Rejection::CardNotUsable)
    }

    /// Whether a card takes money back.
    pub(super) fn card_is_open(&self, id: Id) -> bool {
        self.cards.iter().any(|card| card.id == id && !card.closed)
    }

    /// Whose cards a template makes, and which template a card is of.
    pub(super) fn issuer_of(&self, template: Id) -> Option<Id> {
        self.card_kinds.get(&template).map(|t| t.merchant)
    }

    pub(super) fn kind_of_card(&self, id: Id) -> Option<Id> {
        self.cards.iter().find(|card| card.id == id).map(|card| card.template)
    }

    /// The cards of a user that are not closed.
    fn open_cards(&self, user: Id) -> Vec<Id> {
        let theirs = self.cards.iter().filter(|card| card.user == user && !card.closed);
        theirs.map(|card| card.id).collect()
    }

    pub(super) fn has_stored(&self, user: Id) -> bool {
        self.open_cards(user).into_iter().any(|card| self.credit(on_card(card)) != 0)
    }

    /// Of a user whose account is closed, and on whose cards nothing is stored.
    pub(super) fn close_cards(&mut self, user: Id) -> Outcome {
        self.open_cards(user).into_iter().try_for_each(|card| self.close_card(card, user))
    }
}
