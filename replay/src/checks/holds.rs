//! Authorizations (DOMAIN §6, 6): what their facts sum to against their rows and against the
//! accounts where the frozen cash and the waived credit stand.

use super::entries::Event;
use super::{Check, Checks, Touched, Verdict, holds};
use crate::follow::Place;
use crate::naive::{Hold, Part};
use groat_ledger::{Authorization, Class, CreditBasis, Currency, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn hold(&mut self, at: &Place<'_>, event: &Event<'_>, auth: Id) {
        let step = self.holds.follow(auth, event.fact, event.due);
        self.note(Check::HoldStates, at, event.number, step);
        self.touch(Touched::Hold(auth), at, event.number);
    }

    pub(super) fn compare_hold(&mut self, books: &Books, at: &Place<'_>, event: u64, auth: Id) {
        let row = books.ledger().tables().authorizations.get(&auth);
        let (hold, row) = match (self.holds.get(auth), row) {
            (Some(hold), Some(row)) => (hold, row),
            // The check of its rental says whether one should be there.
            (None, None) if self.rentals.get(auth).is_some() => return,
            (None, _) => {
                let what = format!("no fact has made the authorization {auth}");
                return self.note(Check::HoldSums, at, event, Err(what));
            }
            (Some(_), None) => {
                let what = format!("there is no authorization {auth}");
                return self.note(Check::HoldSums, at, event, Err(what));
            }
        };
        let sums = sums_agree(auth, hold, row);
        let state = holds(hold.state == row.state, || {
            format!("{auth} is {:?}; its facts make it {:?}", row.state, hold.state)
        });
        let accounts = self.accounts_agree(books, auth, hold);
        let rented = hold.basis == CreditBasis::Line || self.rentals.get(auth).is_some();
        let rented = holds(rented, || format!("{auth} is waived and of no rental"));
        let on_line = (hold.basis == CreditBasis::Line).then_some((hold.user, hold.currency));
        self.note(Check::HoldSums, at, event, sums);
        self.note(Check::HoldStates, at, event, state);
        self.note(Check::HoldAccounts, at, event, accounts);
        self.note(Check::RentalDeposits, at, event, rented);
        if let Some((user, currency)) = on_line {
            let verdict = self.held_on_line(books, user, currency);
            self.note(Check::CreditHeld, at, event, verdict);
        }
    }

    /// UF is what is left of the cash, X3 what is left of the credit.
    fn accounts_agree(&self, books: &Books, auth: Id, hold: &Hold) -> Verdict {
        let frozen = -self.balance(books, Class::UserFrozen, auth, hold.currency);
        let waived = self.balance(books, Class::DepositWaived, auth, hold.currency);
        let (cash, credit) = (hold.cash.rest(), hold.credit.rest());
        holds(frozen == cash, || {
            format!("{auth} has {frozen} frozen on its account; {cash} is left of it")
        })?;
        holds(waived == credit, || {
            format!("{auth} has {waived} of credit on its account; {credit} is left of it")
        })
    }

    /// X2 is what is left of all holds on a user's line.
    pub(super) fn held_on_line(&self, books: &Books, user: Id, currency: Currency) -> Verdict {
        let held = self.balance(books, Class::CreditHeld, user, currency);
        let rests = self.holds.on_line_of(user);
        holds(held == rests, || {
            format!("{user} has {held} held on the line; of the holds {rests} is left")
        })
    }
}

/// frozen = captured + released + rest, of each part, and nothing beyond what was frozen.
fn sums_agree(auth: Id, hold: &Hold, row: &Authorization) -> Verdict {
    let parts = [
        ("cash", hold.cash, row.fund_total, row.fund_captured, row.fund_rest),
        ("credit", hold.credit, row.credit_total, row.credit_captured, row.credit_rest),
    ];
    for (name, part, total, captured, rest) in parts {
        let Part { frozen, captured: used, released } = part;
        let same = [frozen, used, part.rest()] == [total, captured, rest].map(i128::from);
        holds(same, || {
            let facts = format!("frozen {frozen}, captured {used}, released {released}");
            format!("{name} of {auth}: {facts}; the row: {total}, {captured}, with {rest} left")
        })?;
    }
    Ok(())
}
