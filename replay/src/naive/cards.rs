//! Membership cards as their facts tell them: where each stands (DOMAIN §5), and what is stored on
//! it. It knows neither rows nor accounts.

use super::stranger;
use groat_ledger::{CardState, CardTerms, Fact, Id};
use std::collections::BTreeMap;

/// One card.
#[derive(Debug)]
pub(crate) struct Card {
    pub(crate) template: Id,
    pub(crate) user: Id,
    pub(crate) state: CardState,
    pub(crate) valid_until: Option<u64>,
    /// Loaded and returned, less what it paid and gave back.
    pub(crate) stored: i128,
}

/// What a card paid of a payment, and what of that it has not back.
#[derive(Debug, Clone, Copy)]
struct Part {
    card: Id,
    paid: u64,
    left: u64,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Cards {
    templates: BTreeMap<Id, CardTerms>,
    cards: BTreeMap<Id, Card>,
    /// By payment.
    parts: BTreeMap<Id, Part>,
    /// What goes back with the refund or ruling to come.
    back: Option<(Id, u64)>,
    /// By template and user: the last one.
    latest: BTreeMap<(Id, Id), Id>,
}

impl Cards {
    pub(crate) fn get(&self, card: Id) -> Option<&Card> {
        self.cards.get(&card)
    }

    /// The card of a template that a user got last.
    pub(crate) fn latest(&self, template: Id, user: Id) -> Option<Id> {
        self.latest.get(&(template, user)).copied()
    }

    /// The card that gives back what one earned: when it is closed, its user's last of that kind.
    pub(crate) fn debtor(&self, card: Id) -> Id {
        let closed = self.cards.get(&card).filter(|row| row.state == CardState::Closed);
        closed.and_then(|row| self.latest(row.template, row.user)).unwrap_or(card)
    }

    pub(crate) fn terms(&self, card: Id) -> Option<&CardTerms> {
        self.templates.get(&self.cards.get(&card)?.template)
    }

    pub(crate) fn template(&self, template: Id) -> Option<&CardTerms> {
        self.templates.get(&template)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        self.cards.keys().copied()
    }

    /// What a card paid of a payment.
    pub(crate) fn of_payment(&self, payment: Id) -> u64 {
        self.parts.get(&payment).map_or(0, |part| part.paid)
    }

    /// What of a payment goes back to its card: said just before.
    pub(crate) fn taken_back(&mut self, payment: Id) -> u64 {
        self.back.take_if(|(of, _)| *of == payment).map_or(0, |(_, amount)| amount)
    }

    /// Takes a fact in and gives the card that it is about; says if the state it finds does not
    /// have that step.
    pub(crate) fn follow(
        &mut self,
        fact: &Fact,
        due: bool,
        now: u64,
    ) -> Result<Option<Id>, String> {
        match fact {
            Fact::CardDefined { template, terms } => {
                let twice = self.templates.insert(*template, *terms).is_some();
                if twice { Err(format!("{template} is defined twice")) } else { Ok(None) }
            }
            Fact::CardOpened { card, user, template, valid_until, .. } => {
                let mut theirs = self.cards.values().filter(|c| c.user == *user);
                let other = theirs.any(|c| c.template == *template && c.state != CardState::Closed);
                let (template, user, valid_until) = (*template, *user, *valid_until);
                let state = CardState::Active;
                self.latest.insert((template, user), *card);
                let new = Card { template, user, state, valid_until, stored: 0 };
                if self.cards.insert(*card, new).is_some() || other {
                    return Err(format!("{card} is opened twice, or a second one of its kind"));
                }
                Ok(Some(*card))
            }
            Fact::CardUpdated { card, state, valid_until, .. } => {
                let row = self.open(*card, now)?;
                let renewed = row.valid_until != *valid_until;
                let stays = row.state == CardState::Expired && !renewed;
                let fits = match *state {
                    CardState::Expired => stays,
                    CardState::Active | CardState::Suspended => {
                        !stays && valid_until.is_none_or(|until| until > now)
                    }
                    CardState::Closed => false,
                };
                let before = std::mem::replace(&mut row.state, *state);
                row.valid_until = *valid_until;
                if fits { Ok(Some(*card)) } else { Err(format!("{card} is {before:?}")) }
            }
            Fact::CardClosed { card, .. } => {
                let row = self.open(*card, now)?;
                row.state = CardState::Closed;
                let stored = row.stored;
                if stored == 0 { Ok(Some(*card)) } else { Err(format!("{card} has {stored}")) }
            }
            Fact::CardExpired { card } => {
                let row =
                    self.cards.get_mut(card).ok_or_else(|| format!("there is no card {card}"))?;
                let before = std::mem::replace(&mut row.state, CardState::Expired);
                let over = row.valid_until.is_some_and(|until| until <= now);
                let runs = matches!(before, CardState::Active | CardState::Suspended);
                if due && over && runs {
                    Ok(Some(*card))
                } else {
                    Err(format!("{card} expires, and not by the clock at its time"))
                }
            }
            other => self.moved(other, now),
        }
    }

    /// What moves money on a card.
    fn moved(&mut self, fact: &Fact, now: u64) -> Result<Option<Id>, String> {
        match fact {
            Fact::CardLoaded { card, user, amount } => {
                let cap = self.terms(*card).and_then(|terms| terms.balance_cap);
                let row = self.usable(*card, now)?;
                row.stored += i128::from(*amount);
                let (stored, theirs) = (row.stored, row.user == *user);
                let within = cap.is_none_or(|cap| stored <= i128::from(cap));
                if within && theirs {
                    Ok(Some(*card))
                } else {
                    Err(format!("{card} is loaded by {user} to {stored}; its cap is {cap:?}"))
                }
            }
            Fact::CardUnloaded { card, user, amount } => {
                let row = self.open(*card, now)?;
                row.stored -= i128::from(*amount);
                let theirs = row.user == *user;
                if theirs { Ok(Some(*card)) } else { Err(format!("{card} is not {user}'s")) }
            }
            Fact::CardCharged { card, payment, amount } => {
                let (card, paid, left) = (*card, *amount, *amount);
                let twice = self.parts.insert(*payment, Part { card, paid, left }).is_some();
                let row = self.usable(card, now)?;
                row.stored -= i128::from(*amount);
                if twice { Err(format!("{payment} has two cards")) } else { Ok(Some(card)) }
            }
            Fact::CardReturned { card, payment, amount } => {
                let part = self.parts.get_mut(payment).filter(|part| part.card == *card);
                let part = part.ok_or_else(|| format!("{card} did not pay {payment}"))?;
                let left = part.left.checked_sub(*amount);
                part.left = left.ok_or_else(|| format!("{card} has more back than it paid"))?;
                self.back = Some((*payment, *amount));
                self.open(*card, now)?.stored += i128::from(*amount);
                Ok(Some(*card))
            }
            other => Err(stranger(other, "membership cards")),
        }
    }

    /// A card that is not closed; the clock has ended those whose time is over.
    fn open(&mut self, card: Id, now: u64) -> Result<&mut Card, String> {
        let row = self.cards.get_mut(&card).filter(|row| row.state != CardState::Closed);
        let row = row.ok_or_else(|| format!("there is no card {card}, or it is closed"))?;
        let late = row.valid_until.is_some_and(|until| until <= now);
        if late && row.state != CardState::Expired {
            return Err(format!("{card} has not expired in time"));
        }
        Ok(row)
    }

    fn usable(&mut self, card: Id, now: u64) -> Result<&mut Card, String> {
        let row = self.open(card, now)?;
        if row.state == CardState::Active {
            Ok(row)
        } else {
            Err(format!("{card} is used, and it is {:?}", row.state))
        }
    }
}
