//! Rows of rentals and of the things rented.

use crate::command::{Reference, RentalTerms};
use crate::id::Id;
use crate::table::Row;

/// A rental.
#[derive(Clone, PartialEq, Debug)]
pub struct Rental {
    /// Its id; also that of the authorization that holds its deposit.
    pub rental: Id,
    /// The merchant's number.
    pub out_order_no: Reference,
    /// Number in `merchants`.
    pub merchant: u32,
    /// Number in `users`.
    pub user: u32,
    /// What was agreed; `expiry_at` moves with extensions, `borrow_at` with the start.
    pub terms: RentalTerms,
    /// When it was agreed.
    pub created_at: u64,
    /// Where it stands.
    pub state: RentalState,
    /// The score reported.
    pub score: u32,
    /// The part of the deposit that was waived.
    pub waived: u64,
    /// When it came back; 0 before.
    pub returned_at: u64,
    /// When payment became pending; 0 before.
    pub pending_at: u64,
    /// When it became overdue; 0 before.
    pub overdue_at: u64,
    /// Terms of the plan that fell due.
    pub terms_due: u32,
    /// What was charged.
    pub charges: Vec<Charge>,
    /// What the platform advanced and did not get back.
    pub advanced: u64,
    /// Payments made for it, in order.
    pub payments: Vec<Id>,
    /// What the user paid back of an advance, if anything.
    pub repaid: Option<Box<AdvanceRepaid>>,
}

/// What the user paid back to the platform of an advance, which is the merchant's to give back
/// where charges are lowered later. Amounts are minor units.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct AdvanceRepaid {
    /// How much, less what came back.
    pub amount: u64,
    /// The part of it that was bought on credit.
    pub on_credit: u64,
    /// When the user paid last.
    pub at: u64,
}

/// Where a rental stands (DOMAIN §5). The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum RentalState {
    Created = 0,
    Assessed = 1,
    Declined = 2,
    Secured = 3,
    InUse = 4,
    Returned = 5,
    PaymentPending = 6,
    Overdue = 7,
    Lost = 8,
    Completed = 9,
    BoughtOut = 10,
    Cancelled = 11,
    Expired = 12,
}

/// One charge of a rental. Amounts are minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Charge {
    /// What for.
    pub kind: ChargeKind,
    /// How much.
    pub amount: u64,
    /// Taken off by the merchant.
    pub reduced: u64,
    /// Paid by the user.
    pub paid: u64,
}

/// What a charge is for. The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChargeKind {
    Rent = 1,
    LateRent = 2,
    Damage = 3,
    Lost = 4,
}

impl Charge {
    /// What is still owed of it.
    pub fn outstanding(&self) -> u64 {
        self.amount.saturating_sub(self.reduced).saturating_sub(self.paid)
    }
}

impl Rental {
    /// What is still owed.
    pub fn outstanding(&self) -> u64 {
        self.sum(Charge::outstanding)
    }

    /// Charges less reductions.
    pub fn total(&self) -> u64 {
        self.sum(|c| c.amount.saturating_sub(c.reduced))
    }

    /// Claims of damage so far.
    pub fn damage(&self) -> u64 {
        let of = |c: &Charge| match c.kind {
            ChargeKind::Damage => c.amount.saturating_sub(c.reduced),
            ChargeKind::Rent | ChargeKind::LateRent | ChargeKind::Lost => 0,
        };
        self.sum(of)
    }

    /// What was paid of all charges.
    pub fn paid(&self) -> u64 {
        self.sum(|c| c.paid)
    }

    fn sum(&self, of: impl Fn(&Charge) -> u64) -> u64 {
        self.charges.iter().fold(0, |sum, charge| sum.saturating_add(of(charge)))
    }
}

row!(Rental, Id, self => self.rental);

/// A thing that can be out only once.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// Of which merchant: number in `merchants`.
    pub merchant: u32,
    /// Which.
    pub item: Id,
    /// The rental it is out with: number in `rentals`.
    pub out_with: Option<u32>,
}

row!(Item, (u32, Id), self => (self.merchant, self.item));
