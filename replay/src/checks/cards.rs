//! Membership cards (DOMAIN §5, §6, 15): the facts against the accounts and the rows.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use crate::names::fact_name;
use groat_ledger::{Class, Fact, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn card(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, time, fact, due, .. } = *event;
        if let Fact::CardOpened { card, user, template, .. } = fact
            && let Some(last) = self.cards.latest(*template, *user)
        {
            self.points.pass_on(last, *card);
        }
        let step = self.cards.follow(fact, due, time);
        if let Ok(Some(card)) = &step {
            self.touch(Touched::Card(*card), at, number);
        }
        let accepted = match fact {
            Fact::CardCharged { card, payment, .. } => {
                let tables = books.ledger().tables();
                let row = tables.payments.get(payment);
                let seller = row.and_then(|row| tables.merchants.try_row(row.merchant));
                let terms = self.cards.terms(*card);
                let fits = terms.zip(seller).is_some_and(|(terms, seller)| {
                    terms.merchant.is_none() || terms.merchant == seller.merchant
                });
                holds(fits, || format!("{card} pays {payment} of another merchant"))
            }
            _ => Ok(()),
        };
        let verdict = step.map(|_| ()).and(accepted);
        let verdict = verdict.map_err(|what| format!("{}: {what}", fact_name(fact)));
        self.note(Check::CardStates, at, number, verdict);
    }

    /// SV of a card is what was stored on it less what it gave, and its row stands where its facts
    /// say.
    pub(super) fn compare_card(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let tables = books.ledger().tables();
        let (row, seen) = (tables.cards.get(&id), self.cards.get(id));
        let (Some(row), Some(seen), Some(terms)) = (row, seen, self.cards.terms(id)) else {
            let what = format!("the card {id} is not both in the facts and in the rows");
            return self.note(Check::CardStates, at, event, Err(what));
        };
        let (is, says) = ((row.state, row.valid_until), (seen.state, seen.valid_until));
        let state =
            holds(is == says, || format!("{id} is {is:?} in its row; its facts make it {says:?}"));
        let owner = tables.users.try_row(row.user).map(|user| user.user);
        let state = state.and(holds(owner == Some(seen.user), || format!("whose is {id}?")));
        let expected = seen.stored;
        let has = -self.balance(books, Class::StoredValue, id, terms.currency);
        let stored = holds(has == expected, || {
            format!("{id} has {has} on its account; by its facts {expected} is stored")
        });
        self.note(Check::CardStates, at, event, state);
        self.note(Check::StoredValues, at, event, stored);
    }
}
