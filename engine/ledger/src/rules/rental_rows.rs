//! What the events of rentals make of their rows.

use crate::event::Fact;
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger};
use crate::limits::AMOUNT_MAX;
use crate::rules::advances;
use crate::rules::authorizations::{count_open, used};
use crate::state::{Charge, ChargeKind, Item, OrderNo, Rental, RentalState, Tables};

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let now = ledger.now();
    match fact {
        Fact::RentalCreated { .. } => created(ledger, fact),
        Fact::RentalAssessed { rental, score, declined, waived } => {
            change(ledger, rental, |r| {
                r.score = *score;
                r.waived = *waived;
                r.state = if *declined { RentalState::Declined } else { RentalState::Assessed };
            });
        }
        Fact::DepositSecured { rental } => {
            change(ledger, rental, |r| r.state = RentalState::Secured);
        }
        Fact::RentalStarted { rental, at } => {
            change(ledger, rental, |r| {
                r.terms.borrow_at = *at;
                r.state = RentalState::InUse;
            });
            set_item(ledger, rental, true);
        }
        Fact::RentalExtended { rental, new_expiry } => {
            change(ledger, rental, |r| r.terms.expiry_at = *new_expiry);
        }
        Fact::RentalReturned { rental, restore_at, rent, late_rent } => {
            change(ledger, rental, |r| {
                r.returned_at = *restore_at;
                r.state = RentalState::Returned;
                charge(r, ChargeKind::Rent, *rent);
                charge(r, ChargeKind::LateRent, *late_rent);
            });
            set_item(ledger, rental, false);
        }
        Fact::RentTermDue { rental, amount, .. } => {
            change(ledger, rental, |r| {
                r.terms_due = r.terms_due.saturating_add(1);
                charge(r, ChargeKind::Rent, *amount);
            });
        }
        Fact::DamageClaimed { rental, amount, .. } => {
            change(ledger, rental, |r| charge(r, ChargeKind::Damage, *amount));
        }
        Fact::RentalLost { rental, amount } => {
            change(ledger, rental, |r| {
                r.state = RentalState::Lost;
                charge(r, ChargeKind::Lost, *amount);
            });
        }
        Fact::ChargeReduced { rental, item, amount, given_back } => {
            change(ledger, rental, |r| {
                if let Some(charge) = r.charges.get_mut(*item as usize) {
                    charge.reduced = charge.reduced.saturating_add(*amount);
                    charge.paid = charge.paid.saturating_sub(*given_back);
                }
            });
        }
        Fact::RentalCharged { .. } => charged(ledger, fact),
        Fact::AdvanceRepaid { rental, amount, on_credit } => {
            change(ledger, rental, |r| {
                let repaid = r.repaid.get_or_insert_default();
                repaid.amount = repaid.amount.saturating_add(*amount);
                repaid.on_credit = repaid.on_credit.saturating_add(*on_credit);
                repaid.at = now;
            });
        }
        Fact::AdvanceReturned { rental, to_platform, to_credit, to_balance, .. } => {
            change(ledger, rental, |r| {
                r.advanced = r.advanced.saturating_sub(*to_platform);
                if let Some(repaid) = &mut r.repaid {
                    let to_user = to_credit.saturating_add(*to_balance);
                    repaid.amount = repaid.amount.saturating_sub(to_user);
                    repaid.on_credit = repaid.on_credit.saturating_sub(*to_credit);
                }
            });
            advances::apply(ledger, fact);
        }
        Fact::RentalSettled { rental } => {
            change(ledger, rental, |r| r.state = RentalState::Completed);
        }
        Fact::RentalPaymentPending { rental, advanced, batch, .. } => {
            change(ledger, rental, |r| {
                r.state = RentalState::PaymentPending;
                r.pending_at = now;
                r.advanced = r.advanced.saturating_add(*advanced);
            });
            if let Some(batch) = batch {
                let batch = ledger.tables_mut().batches.row_mut(*batch);
                batch.receipts = batch.receipts.saturating_add(*advanced);
            }
        }
        Fact::RentalOverdue { rental } => {
            change(ledger, rental, |r| {
                r.state = RentalState::Overdue;
                r.overdue_at = now;
            });
        }
        Fact::RentalBoughtOut { rental, .. } => {
            change(ledger, rental, |r| {
                r.state = RentalState::BoughtOut;
                for charge in &mut r.charges {
                    charge.reduced = charge.reduced.saturating_add(charge.outstanding());
                }
            });
        }
        Fact::RentalCancelled { rental, expired } => {
            change(ledger, rental, |r| {
                r.state = if *expired { RentalState::Expired } else { RentalState::Cancelled };
            });
        }
        _ => {}
    }
}

/// Whether a rental takes the charges of a foreign fact: what is charged and not taken off is a
/// number, and every sum of it. Twice the largest amount: rent was once only bounded by that,
/// beside damage.
pub(crate) fn charges_fit(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let (rental, charges) = match fact {
        Fact::RentalReturned { rental, rent, late_rent, .. } => (rental, [*rent, *late_rent]),
        Fact::RentTermDue { rental, amount, .. }
        | Fact::DamageClaimed { rental, amount, .. }
        | Fact::RentalLost { rental, amount } => (rental, [*amount, 0]),
        _ => return Ok(()),
    };
    let rental = tables.rentals.get(rental).ok_or("a rental is unknown")?;
    let all = charges.into_iter().try_fold(rental.total(), |sum, more| sum.checked_add(more));
    match all {
        Some(sum) if sum <= 2 * AMOUNT_MAX => Ok(()),
        _ => Err("the charges of a rental are too large"),
    }
}

fn charge(rental: &mut Rental, kind: ChargeKind, amount: u64) {
    if (1..=AMOUNT_MAX).contains(&amount) {
        rental.charges.push(Charge { kind, amount, reduced: 0, paid: 0 });
    }
}

/// Changes a rental, keeps count of what is open, and notes what it owes to the clock now.
fn change(ledger: &mut Ledger, rental: &Id, change: impl FnOnce(&mut Rental)) {
    let tables = ledger.tables_mut();
    let Some(no) = tables.rentals.find(rental) else { return };
    let owed_before = owed(ledger, no);
    let row = ledger.tables_mut().rentals.row_mut(no);
    let was_open = is_open(row.state);
    change(row);
    let (payer, seller) = (row.user, row.merchant);
    if was_open && !is_open(row.state) {
        count_open(ledger, payer, seller, false);
    }
    let news = owed(ledger, no).into_iter().zip(owed_before).filter(|(now, before)| now != before);
    news.filter_map(|(now, _)| now).for_each(|due| ledger.owe(due));
}

/// What a rental owes to the clock.
fn owed(ledger: &Ledger, no: u32) -> [Option<Due>; 3] {
    [DueKind::RentalExpiry, DueKind::RentTerm, DueKind::RentalOverdue]
        .map(|kind| ledger.owed_at(kind, no).map(|at| Due { at, kind, no }))
}

fn is_open(state: RentalState) -> bool {
    !matches!(
        state,
        RentalState::Completed
            | RentalState::BoughtOut
            | RentalState::Cancelled
            | RentalState::Expired
    )
}

/// A thing goes out with a rental, or comes in. What was bought or lost never comes in.
fn set_item(ledger: &mut Ledger, rental: &Id, out: bool) {
    let tables = ledger.tables_mut();
    let Some(no) = tables.rentals.find(rental) else { return };
    let row = tables.rentals.row(no);
    let (merchant, item) = (row.merchant, row.terms.item);
    if item.is_none() {
        return;
    }
    let out_with = out.then_some(no);
    match tables.items.get_mut(&(merchant, item)) {
        Some(row) => row.out_with = out_with,
        None => {
            tables.items.insert(Item { merchant, item, out_with });
        }
    }
}

/// Money taken pays charges in their order; cash came out of the hold.
fn charged(ledger: &mut Ledger, fact: &Fact) {
    let Fact::RentalCharged { rental, payment, amount, fund, repaid } = fact else { return };
    change(ledger, rental, |r| {
        let mut rest = *amount;
        for charge in &mut r.charges {
            let part = rest.min(charge.outstanding());
            charge.paid = charge.paid.saturating_add(part);
            rest -= part;
        }
        r.advanced = r.advanced.saturating_sub(*repaid);
        if amount > repaid {
            r.payments.push(*payment);
        }
    });
    used(ledger, rental, *fund, 0);
}

fn created(ledger: &mut Ledger, fact: &Fact) {
    let Fact::RentalCreated { rental, out_order_no, merchant, user, terms } = fact else { return };
    let created_at = ledger.now();
    let tables = ledger.tables_mut();
    let (Some(payer), Some(seller)) = (tables.users.find(user), tables.merchants.find(merchant))
    else {
        return;
    };
    let number = out_order_no.clone();
    tables.order_nos.insert(OrderNo { merchant: seller, rental: true, out_order_no: number });
    let no = tables.rentals.insert(Rental {
        rental: *rental,
        out_order_no: out_order_no.clone(),
        merchant: seller,
        user: payer,
        terms: (**terms).clone(),
        created_at,
        state: RentalState::Created,
        score: 0,
        waived: 0,
        returned_at: 0,
        pending_at: 0,
        overdue_at: 0,
        terms_due: 0,
        charges: Vec::new(),
        advanced: 0,
        payments: Vec::new(),
        repaid: None,
    });
    count_open(ledger, payer, seller, true);
    owed(ledger, no).into_iter().flatten().for_each(|due| ledger.owe(due));
}
