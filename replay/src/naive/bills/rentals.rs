//! What facts of rentals tell of the money of users and merchants: what the platform advanced, and
//! what the merchant gave back of that.

use super::{Bills, Told, add, stranger, unknown};
use groat_ledger::{Class, Fact, Id};

/// A rental, and the batch into which the platform advanced something for it.
#[derive(Debug)]
pub(super) struct Rented {
    merchant: Id,
    user: Id,
    advanced_in: Option<u32>,
}

impl Bills {
    /// The batch into which the platform advanced something for a rental.
    pub(crate) fn batch_of_advance(&self, rental: Id) -> Option<u32> {
        self.rentals.get(&rental)?.advanced_in
    }

    pub(super) fn told_of_rental(&mut self, fact: &Fact) -> Told {
        let amount = |amount: &u64| i128::from(*amount);
        match fact {
            Fact::RentalCreated { rental, merchant, user, .. } => {
                let rented = Rented { merchant: *merchant, user: *user, advanced_in: None };
                self.rentals.insert(*rental, rented);
                Ok(vec![])
            }
            Fact::RentalPaymentPending { rental, batch, advanced, .. } => {
                if let Some(rented) = self.rentals.get_mut(rental) {
                    rented.advanced_in = *batch;
                }
                match batch {
                    Some(no) => Ok(vec![(self.batch(*no)?, amount(advanced))]),
                    None => Ok(vec![]),
                }
            }
            Fact::AdvanceReturned {
                rental,
                surplus,
                to_balance,
                from_own_batch,
                from_available,
                from_open_batch,
                open_batch,
                ..
            } => {
                let rented = self.rentals.get(rental).ok_or_else(|| unknown("rental", *rental))?;
                let mut lines = self.of_user(rented.user, amount(surplus) + amount(to_balance))?;
                let settled = self.of(Class::MerchantAvailable, rented.merchant)?;
                add(&mut lines, settled, -amount(from_available));
                let own = rented.advanced_in.map(|no| (no, from_own_batch));
                let today = open_batch.map(|no| (no, from_open_batch));
                for (no, given) in own.into_iter().chain(today) {
                    add(&mut lines, self.batch(no)?, -amount(given));
                }
                Ok(lines)
            }
            other => Err(stranger(other, "a rental")),
        }
    }
}
