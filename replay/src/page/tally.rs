//! What the events of a rental or an authorization come to, as they go by: the naive models of
//! `verify` follow them, and here is noted what was taken from the user and what went back.

use super::Moment;
use super::words::{Told, words};
use crate::naive::{Hold, Holds, Rental, Rentals};
use crate::subject::{Subject, subjects};
use groat_ledger::{AccountNo, Class, Currency, Fact, Id, Movement};
use groat_proto::json::time_text;
use groat_shard::Books;

/// What was taken from the user at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Taken {
    pub(super) at: u64,
    /// None where it was paid back to the platform.
    pub(super) payment: Option<Id>,
    pub(super) frozen: i128,
    pub(super) balance: i128,
    pub(super) credit: i128,
}

impl Taken {
    pub(super) fn amount(&self) -> i128 {
        self.frozen + self.balance + self.credit
    }
}

/// What was given back of a payment.
#[derive(Debug, Clone)]
pub(super) struct Refund {
    pub(super) at: u64,
    /// None where it had been paid back to the platform.
    pub(super) payment: Option<Id>,
    /// The charge that was reduced, if it was for that.
    pub(super) item: Option<u32>,
    pub(super) to_credit: i128,
    pub(super) to_balance: i128,
}

impl Refund {
    pub(super) fn amount(&self) -> i128 {
        self.to_credit + self.to_balance
    }
}

/// See the module.
pub(super) struct Tally {
    id: Id,
    holds: Holds,
    rentals: Rentals,
    pub(super) currency: Option<Currency>,
    /// The merchant and its number of the rental: what its payments are made under.
    /// The last payment made for the rental.
    last_payment: Option<Id>,
    pub(super) life: Vec<Moment>,
    pub(super) first_expiry: Option<u64>,
    pub(super) taken: Vec<Taken>,
    pub(super) refunds: Vec<Refund>,
    /// Paid by the platform to the merchant.
    pub(super) advanced: i128,
    /// Of that, what the merchant gave back to the platform.
    pub(super) lowered: i128,
    /// The price at which the thing was bought.
    pub(super) price: Option<i128>,
}

impl Tally {
    pub(super) fn new(id: Id) -> Tally {
        Tally {
            id,
            holds: Holds::default(),
            rentals: Rentals::default(),
            currency: None,
            last_payment: None,
            life: Vec::new(),
            first_expiry: None,
            taken: Vec::new(),
            refunds: Vec::new(),
            advanced: 0,
            lowered: 0,
            price: None,
        }
    }

    pub(super) fn hold(&self) -> Option<&Hold> {
        self.holds.get(self.id)
    }

    pub(super) fn rental(&self) -> Option<&Rental> {
        self.rentals.get(self.id)
    }

    pub(super) fn event(
        &mut self,
        books: &Books,
        (number, at): (u64, u64),
        fact: &Fact,
        movements: &[Movement],
        due: bool,
    ) {
        let mut concerned = false;
        for subject in subjects(fact) {
            // Steps and sums that do not fit are for `verify` to find, and show in the totals.
            match subject {
                Subject::Hold(id) if id == self.id => _ = self.holds.follow(id, fact, due),
                Subject::Rental(id) if id == self.id => {
                    _ = self.rentals.step(id, fact, due);
                    _ = self.rentals.take(id, fact);
                }
                Subject::Payment(payment) if self.is_ours(payment, fact) => {}
                _ => continue,
            }
            concerned = true;
        }
        if !concerned {
            return;
        }
        self.note(books, at, fact, movements);
        let told = words(fact, at, self);
        if let (Some(Told { what, amount }), Some(currency)) = (told, self.currency) {
            let amount = amount.map(|amount| groat_ledger::money::major_text(amount, currency));
            self.life.push(Moment { time: time_text(at), event: number, what, amount });
        }
    }

    /// Payments made under the rental's number, and refunds of what was taken.
    fn is_ours(&mut self, payment: Id, fact: &Fact) -> bool {
        match fact {
            Fact::PaymentCreated { rental, .. } => {
                if *rental == self.id {
                    self.last_payment = Some(payment);
                }
                false
            }
            Fact::RefundSucceeded { .. } => self.taken.iter().any(|t| t.payment == Some(payment)),
            _ => false,
        }
    }

    fn note(&mut self, books: &Books, at: u64, fact: &Fact, movements: &[Movement]) {
        let paid = |tally: &mut Tally, payment: Id, frozen: i128| {
            let row = books.ledger().tables().payments.get(&payment);
            let (balance, credit) = row.map_or((0, 0), |row| (row.balance, row.credit));
            let (balance, credit) = (i128::from(balance) - frozen, i128::from(credit));
            tally.taken.push(Taken { at, payment: Some(payment), frozen, balance, credit });
        };
        let moved = |class: Class, of: fn(&Movement) -> AccountNo| -> i128 {
            let accounts = &books.ledger().tables().accounts;
            let on = |m: &&Movement| accounts.try_row(of(m)).is_some_and(|a| a.key.class == class);
            movements.iter().filter(on).map(|m| i128::from(m.amount)).sum()
        };
        match fact {
            Fact::RentalCreated { terms, .. } => {
                self.currency = Some(terms.deposit.currency);
                self.first_expiry = Some(terms.expiry_at);
            }
            Fact::FundsAuthorized { currency, .. } => self.currency = Some(*currency),
            Fact::AuthorizationCaptured { payment, fund, .. } => {
                paid(self, *payment, i128::from(*fund));
            }
            Fact::RentalCharged { payment, amount, fund, repaid, .. } => {
                let frozen = moved(Class::UserFrozen, |m| m.debit);
                if *repaid > 0 {
                    self.taken.push(Taken {
                        at,
                        payment: None,
                        frozen,
                        balance: moved(Class::UserAvailable, |m| m.debit),
                        credit: moved(Class::CreditUnbilled, |m| m.debit),
                    });
                }
                if amount > repaid {
                    paid(self, *payment, i128::from(*fund) - frozen);
                }
            }
            Fact::RentalPaymentPending { advanced, .. } => self.advanced += i128::from(*advanced),
            Fact::RentalBoughtOut { price, .. } => {
                self.price = Some(i128::from(*price));
                if let Some(payment) = self.last_payment.filter(|_| *price > 0) {
                    paid(self, payment, 0);
                }
            }
            Fact::RefundSucceeded { payment, .. } => self.refunds.push(Refund {
                at,
                payment: Some(*payment),
                item: None,
                // It may have been billed by then.
                to_credit: [Class::CreditUnbilled, Class::CreditBilled, Class::CreditOverdue]
                    .into_iter()
                    .map(|class| moved(class, |m| m.credit))
                    .sum(),
                to_balance: moved(Class::UserAvailable, |m| m.credit),
            }),
            Fact::AdvanceReturned { to_platform, to_credit, surplus, to_balance, .. } => {
                let [platform, credit, surplus, balance] =
                    [to_platform, to_credit, surplus, to_balance].map(|part| i128::from(*part));
                self.lowered += platform;
                if credit + balance > 0 {
                    let (to_credit, to_balance) = (credit - surplus, balance + surplus);
                    let (payment, item) = (None, None);
                    self.refunds.push(Refund { at, payment, item, to_credit, to_balance });
                }
            }
            // Several payments may have given it back.
            Fact::ChargeReduced { item, given_back, .. } if *given_back > 0 => {
                let mut rest = i128::from(*given_back);
                for refund in self.refunds.iter_mut().rev().filter(|r| r.item.is_none()) {
                    if rest > 0 {
                        refund.item = Some(*item);
                        rest -= refund.amount();
                    }
                }
            }
            // What else there is to them the models know.
            _ => {}
        }
    }
}
