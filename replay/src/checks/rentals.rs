//! Rentals (DOMAIN §6, 7): deposits, charges and ends as their facts tell them, against the rows
//! and against the accounts of what is owed, advanced, frozen and waived.

use super::entries::Event;
use super::{Check, Checks, Touched, Verdict, holds};
use crate::follow::Place;
use crate::naive::Rental;
use groat_ledger::{self as ledger, Class, CreditBasis, Fact, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn rental(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>, id: Id) {
        let Event { number, fact, due, .. } = *event;
        let step = self.rentals.step(id, fact, due);
        self.note(Check::RentalStates, at, number, step);
        let taken = self.rentals.take(id, fact).and_then(|()| names_its_payment(books, fact));
        self.note(Check::RentalCharges, at, number, taken);
        let handed = self.rentals.hand_over(id, fact);
        self.note(Check::ThingsOut, at, number, handed);
        self.touch(Touched::Rental(id), at, number);
    }

    pub(super) fn compare_rental(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let row = books.ledger().tables().rentals.get(&id);
        let (Some(rental), Some(row)) = (self.rentals.get(id), row) else {
            let what = format!("the rental {id} is not both in the facts and in the rows");
            return self.note(Check::RentalStates, at, event, Err(what));
        };
        let state = holds(rental.state == row.state, || {
            format!("{id} is {:?}; its facts make it {:?}", row.state, rental.state)
        });
        let deposit = self.deposit_agrees(id, rental);
        let charges =
            charges_agree(id, rental, row).and_then(|()| self.obligation_agrees(books, id, rental));
        let ended = rental.has_ended().then(|| self.nothing_is_left(books, id, rental));
        let out = self.thing_agrees(books, id, rental, row);
        self.note(Check::RentalStates, at, event, state);
        self.note(Check::RentalDeposits, at, event, deposit);
        self.note(Check::RentalCharges, at, event, charges);
        if let Some(verdict) = ended {
            self.note(Check::RentalEnds, at, event, verdict);
        }
        self.note(Check::ThingsOut, at, event, out);
    }

    /// What was waived and what was frozen are the deposit; damage does not exceed it.
    fn deposit_agrees(&self, id: Id, rental: &Rental) -> Verdict {
        let deposit = i128::from(rental.terms.deposit.amount);
        let damage = rental.damage();
        holds(damage <= deposit, || {
            format!("damage of {damage} is claimed of {id}; the deposit is {deposit}")
        })?;
        let Some(hold) = self.holds.get(id) else {
            return holds(!rental.is_secured, || format!("nothing is held for {id}"));
        };
        let theirs = hold.basis == CreditBasis::Waiver && hold.user == rental.user;
        holds(theirs, || format!("what is held for {id} is not its user's deposit"))?;
        let (frozen, waived) = (hold.cash.frozen, hold.credit.frozen);
        holds(frozen + waived == deposit && waived == rental.waived, || {
            let agreed = rental.waived;
            format!("{id} has {frozen} frozen, {waived} waived of {agreed}, for {deposit}")
        })
    }

    /// charged = paid + reduced + X4, and RX is what the platform waits for.
    fn obligation_agrees(&self, books: &Books, id: Id, rental: &Rental) -> Verdict {
        let currency = rental.terms.deposit.currency;
        let owed = self.balance(books, Class::RentObligation, id, currency);
        let (charged, paid) = (rental.sum(|c| c.amount), rental.sum(|c| c.paid));
        let reduced = rental.sum(|c| c.reduced);
        holds(charged == paid + reduced + owed, || {
            format!("{id}: charged {charged}, paid {paid}, reduced {reduced}, owed {owed}")
        })?;
        let waits = self.balance(books, Class::RentalAdvance, id, currency);
        let advanced = rental.advanced;
        holds(waits == advanced && advanced <= owed, || {
            format!("{id}: {advanced} is advanced of {owed} owed; its account has {waits}")
        })
    }

    /// X4, UF, X3 and RX of a rental that has ended.
    fn nothing_is_left(&self, books: &Books, id: Id, rental: &Rental) -> Verdict {
        let currency = rental.terms.deposit.currency;
        for class in
            [Class::RentObligation, Class::UserFrozen, Class::DepositWaived, Class::RentalAdvance]
        {
            let left = self.balance(books, class, id, currency);
            let state = rental.state;
            holds(left == 0, || format!("{id} is {state:?} with {left} of {}", class.name()))?;
        }
        Ok(())
    }

    fn thing_agrees(
        &self,
        books: &Books,
        id: Id,
        rental: &Rental,
        row: &ledger::Rental,
    ) -> Verdict {
        let item = rental.terms.item;
        if item.is_none() {
            return Ok(());
        }
        let tables = books.ledger().tables();
        let noted = tables.items.get(&(row.merchant, item)).and_then(|item| item.out_with);
        let noted = noted.and_then(|no| tables.rentals.try_row(no)).map(|rental| rental.rental);
        let with = self.rentals.out_with(rental.merchant, item);
        let has_it = with == Some(id);
        holds(noted == with && has_it == (rental.is_out || rental.is_gone), || {
            let text = |id: Option<Id>| id.map_or("nobody".into(), |id| id.to_string());
            format!("{item} is out with {}; the row says with {}", text(with), text(noted))
        })
    }
}

/// Charge by charge.
fn charges_agree(id: Id, rental: &Rental, row: &ledger::Rental) -> Verdict {
    let same = rental.charges.len() == row.charges.len()
        && rental.charges.iter().zip(&row.charges).all(|(c, r)| {
            let amounts = [r.amount, r.reduced, r.paid].map(i128::from);
            c.kind == r.kind && [c.amount, c.reduced, c.paid] == amounts
        });
    holds(same, || format!("{id} has other charges than its facts make"))?;
    holds(rental.advanced == i128::from(row.advanced), || {
        format!("{id} has {} advanced; its facts say {}", row.advanced, rental.advanced)
    })?;
    let repaid = row.repaid.as_deref().copied().unwrap_or_default();
    let repaid = [repaid.amount, repaid.on_credit].map(i128::from);
    holds(rental.repaid == repaid, || {
        format!("{id} has {repaid:?} paid back; its facts say {:?}", rental.repaid)
    })
}

/// What is taken for a rental is a payment of that amount, unless it goes to the platform.
fn names_its_payment(books: &Books, fact: &Fact) -> Verdict {
    let Fact::RentalCharged { rental, payment, amount, repaid, .. } = fact else {
        return Ok(());
    };
    let to_merchant = amount.saturating_sub(*repaid);
    if to_merchant == 0 {
        return Ok(());
    }
    let paid = books.ledger().tables().payments.get(payment);
    let paid = paid.filter(|p| p.rental == *rental && p.batch.is_some()).map(|p| p.amount.amount);
    holds(paid == Some(to_merchant), || {
        format!("{to_merchant} is charged to {rental}; its payment {payment} is of {paid:?}")
    })
}
