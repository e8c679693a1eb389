//! Closing merchants where there are several shards (DOMAIN §6, 12): each other shard was asked
//! and has answered, and a shard that says that nothing is open has nothing.

use super::entries::Event;
use super::{Check, Checks, Touched, Verdict, holds};
use crate::follow::Place;
use crate::names::account_name;
use groat_ledger::{
    AccountKey, Class, Fact, Id, Payment, PaymentState, Purpose, Rental, RentalState, Tables,
};
use groat_shard::Books;

/// Since when other shards are asked.
const ASKED_SINCE: u32 = 4;

impl Checks {
    pub(super) fn closing(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let place = books.ledger().place();
        let asks = place.shards > 1 && self.ruleset >= ASKED_SINCE;
        let (merchant, verdict) = self.closings.follow(event.fact, place, asks);
        if let Some(merchant) = merchant {
            self.note(Check::Closings, at, event.number, verdict);
            self.touch(Touched::Closing(merchant), at, event.number);
        } else if verdict.is_err() {
            self.note(Check::Closings, at, event.number, verdict);
        }
        if let Fact::RemittanceSent { cargo, .. } = event.fact
            && let Purpose::CloseAnswered { merchant, open: false } = cargo.purpose
        {
            let verdict = self.nothing_is_open(books.ledger().tables(), merchant);
            self.note(Check::Closings, at, event.number, verdict);
        }
    }

    /// No money of a merchant is on a shard that says so, and nothing that will be.
    fn nothing_is_open(&self, tables: &Tables, merchant: Id) -> Verdict {
        let seller = |no: u32| tables.merchants.row(no).merchant;
        let of = |key: &AccountKey| match key.class {
            Class::MerchantPending
            | Class::MerchantAvailable
            | Class::MerchantReserve
            | Class::MerchantReceivable => Some(key.owner),
            Class::MerchantFrozen => tables.payments.get(&key.owner).map(|p| seller(p.merchant)),
            Class::MerchantDisputed => {
                let dispute = tables.disputes.get(&key.owner);
                dispute.map(|d| seller(tables.payments.row(d.payment).merchant))
            }
            _ => None,
        };
        let mut left = self
            .journal
            .accounts
            .iter()
            .filter(|sums| sums.debits != sums.credits && of(&sums.key) == Some(merchant));
        left.next().map_or(Ok(()), |sums| {
            let left = (sums.credits - sums.debits).abs();
            Err(format!("{left} is left in {}; nothing is said to be", account_name(&sums.key)))
        })?;
        let ordered =
            |p: &Payment| p.state == PaymentState::Created && seller(p.merchant) == merchant;
        let order = tables.payments.rows().iter().find(|p| ordered(p));
        holds(order.is_none(), || {
            format!("an order of {merchant} is open; nothing is said to be")
        })?;
        let rented = |r: &Rental| seller(r.merchant) == merchant && is_out(r);
        let out = tables.rentals.rows().iter().find(|r| rented(r));
        holds(out.is_none(), || format!("a rental of {merchant} is not over"))
    }
}

fn is_out(rental: &Rental) -> bool {
    use RentalState::{BoughtOut, Cancelled, Completed, Expired};
    !matches!(rental.state, Completed | BoughtOut | Cancelled | Expired)
}
