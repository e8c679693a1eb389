//! Royalties (DOMAIN §6, 11): what was shared, given back and frozen by the facts, against the
//! caps, the payments, the accounts and the rows.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use crate::naive::Sale;
use crate::names::fact_name;
use groat_ledger::{Class, Fact, Id, Payment};
use groat_shard::Books;

/// The payment that a fact of royalties is about; none for relations.
fn payment_of(fact: &Fact) -> Option<Id> {
    match fact {
        Fact::RoyaltyFreezeSet { payment }
        | Fact::ProceedsFrozen { payment, .. }
        | Fact::PaymentSplit { payment, .. }
        | Fact::SplitFinished { payment, .. }
        | Fact::ProceedsFreed { payment, .. }
        | Fact::SplitReturnAsked { payment, .. }
        | Fact::SplitAsked { payment, .. }
        | Fact::SplitFunded { payment, .. }
        | Fact::SplitFailed { payment, .. }
        | Fact::SplitReturned { payment, .. } => Some(*payment),
        Fact::RoyaltyGivenBack { sent, .. } => Some(sent.payment),
        Fact::SplitReturnFailed { asked, .. } => Some(asked.sent.payment),
        _ => None,
    }
}

impl Checks {
    pub(super) fn royalty(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, fact, movements, due, .. } = *event;
        let tables = books.ledger().tables();
        let Some(payment) = payment_of(fact) else {
            let verdict = self.royalties.bind(fact);
            return self.note(Check::Royalties, at, number, verdict);
        };
        let moved = movements.iter().map(|m| i128::from(m.amount)).sum();
        let verdict = match tables.payments.get(&payment) {
            Some(row) => {
                let merchant = tables.merchants.row(row.merchant).merchant;
                let place = books.ledger().place();
                let is_asked = row.asked > 0;
                let sale = Sale { merchant, receipts: row.receipts().into(), place, is_asked };
                let followed = self.royalties.follow(payment, fact, moved, sale, due);
                // A percentage that comes to nothing takes nothing of what a dispute has left.
                let splits = match fact {
                    Fact::PaymentSplit { shares, .. } | Fact::SplitAsked { shares, .. } => {
                        shares.iter().any(|of| of.1 > 0)
                    }
                    _ => false,
                };
                followed.and_then(|()| if splits { self.within(books, row) } else { Ok(()) })
            }
            None => Err(format!("{} of no payment", fact_name(fact))),
        };
        self.note(Check::Royalties, at, number, verdict);
        self.touch(Touched::Royalty(payment), at, number);
    }

    /// All shares of a payment are within the merchant's cap, and within what was neither charged
    /// nor refunded nor disputed.
    fn within(&self, books: &Books, p: &Payment) -> Result<(), String> {
        let shared = self.royalties.get(p.payment).map_or(0, |of| of.sum() + of.asked_sum());
        let terms = books.ledger().tables().merchants.row(p.merchant).terms;
        let cap = i128::from(p.amount.amount) * i128::from(terms.royalty_cap_bps) / 10_000;
        let name = p.payment;
        holds(shared <= cap, || format!("{shared} of {name} is shared; the cap is {cap}"))?;
        let left = i128::from(p.receipts()) - i128::from(p.fee) + i128::from(p.fee_returned)
            - i128::from(p.receipts_refunded())
            - i128::from(p.disputed);
        holds(shared <= left, || format!("{shared} of {name} is shared; {left} is left of it"))
    }

    /// MF of a payment is what is frozen, and its row has the shares of the facts.
    pub(super) fn compare_royalty(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        event: u64,
        payment: Id,
    ) {
        let row = books.ledger().tables().payments.get(&payment);
        let seen = self.royalties.get(payment);
        let found = row.zip(seen).and_then(|(row, seen)| Some((row, row.parts.as_ref()?, seen)));
        let Some((row, parts, seen)) = found else {
            let what = format!("nothing of {payment} is shared both in the facts and in the rows");
            return self.note(Check::ProceedsFrozen, at, event, Err(what));
        };
        let merchants = &books.ledger().tables().merchants;
        let in_rows = parts.royalty.splits.iter().flat_map(|split| &split.shares).map(|share| {
            let receiver = merchants.row(share.receiver).merchant;
            let [amount, returned, asked] = [share.amount, share.returned, share.asked];
            (receiver, [amount, returned, asked].map(i128::from))
        });
        let in_facts = seen
            .shares()
            .map(|share| (share.receiver, [share.amount, share.returned, share.asked]));
        let waits = parts.royalty.asked_split.as_ref().map_or(0, |asked| i128::from(asked.sum()));
        let same = in_rows.eq(in_facts)
            && parts.royalty.finished == seen.finished
            && waits == seen.asked_sum();
        let rows = holds(same, || format!("{payment} has other shares in its row"));
        let forgotten = seen.shares().find(|share| share.due > 0);
        let rows = rows.and(holds(forgotten.is_none(), || {
            let of = forgotten.map_or(Id::NONE, |share| share.receiver);
            format!("{of} was not asked for its part of a refund of {payment}")
        }));
        let place = books.ledger().place();
        let silent = seen.shares().find(|s| s.asked > 0 && place.is_home(s.receiver));
        let rows = rows.and(holds(silent.is_none(), || {
            let of = silent.map_or(Id::NONE, |share| share.receiver);
            format!("{of} is at home here and has not answered of {payment}")
        }));
        let (expected, in_row) = (seen.frozen, i128::from(parts.royalty.frozen));
        let frozen = -self.balance(books, Class::MerchantFrozen, payment, row.amount.currency);
        let account = holds(frozen == expected && in_row == expected, || {
            format!("{payment} has {frozen} on its account; {expected} is frozen")
        });
        let rows = rows.and(holds(!seen.has_unshared_money(), || {
            format!("what the home has paid for {payment} is neither shared nor given back")
        }));
        self.note(Check::Royalties, at, event, rows);
        self.note(Check::ProceedsFrozen, at, event, account);
    }
}
