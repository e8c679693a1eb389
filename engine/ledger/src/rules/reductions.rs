//! What is taken off a rental's charges: of what is unpaid at once, of what is paid as a refund
//! (DOMAIN §4.4 ReduceCharge). How charges are paid is in `collection`.

use crate::command::{ReduceCharge, Reference, RoyaltyRefunds};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, Refusal, in_range};
use crate::limits::REFUNDS_MAX;
use crate::rejection::Rejection;
use crate::rules::collection::complete;
use crate::rules::payments::give_back;
use crate::rules::rentals::{find, is_out, unoblige};
use crate::rules::{advances, in_currency, refuse_if, remittances};
use crate::state::{Charge, PaymentState, Rental, RentalState};

pub(crate) fn reduce(
    ledger: &Ledger,
    id: Id,
    c: &ReduceCharge,
    now: u64,
    out: &mut Decision,
) -> Result<(), Refusal> {
    let rental = find(ledger, c.rental)?;
    let charge = rental.charges.get(c.item as usize).ok_or(Rejection::UnknownAccount)?;
    in_currency(c.amount, rental.terms.deposit.currency)?;
    let amount = in_range(c.amount)?;
    match rental.state {
        RentalState::Completed => {
            let left = charge.amount.saturating_sub(charge.reduced);
            refuse_if(amount > left, Rejection::ReductionExceedsCharge)?;
            let asked = give_back_paid(ledger, id, rental, c, now, out)?;
            let (rental, item, amount) = (c.rental, c.item, amount - asked);
            if amount > 0 {
                out.record(Fact::ChargeReduced { rental, item, amount, given_back: amount });
            }
        }
        RentalState::InUse
        | RentalState::Returned
        | RentalState::PaymentPending
        | RentalState::Overdue
        | RentalState::Lost => reduce_unpaid(ledger, rental, c.item, *charge, amount, now, out)?,
        RentalState::Created
        | RentalState::Assessed
        | RentalState::Declined
        | RentalState::Secured
        | RentalState::BoughtOut
        | RentalState::Cancelled
        | RentalState::Expired => return Err(Rejection::InvalidState.into()),
    }
    Ok(())
}

/// Takes off what is unpaid; a rental that owes nothing any more is complete. What was advanced of
/// it the merchant has, and gives back to the platform, to which the user then does not owe it.
fn reduce_unpaid(
    ledger: &Ledger,
    rental: &Rental,
    item: u32,
    charge: Charge,
    amount: u64,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    refuse_if(amount > charge.outstanding(), Rejection::ReductionExceedsCharge)?;
    let left = rental.outstanding() - amount;
    let back = rental.advanced.saturating_sub(left);
    if back > 0 {
        advances::give_back(ledger, rental, back, 0, now, out)?;
    }
    // From here on nothing may fail.
    unoblige(ledger, rental, amount, out);
    out.record(Fact::ChargeReduced { rental: rental.rental, item, amount, given_back: 0 });
    let pending = match rental.state {
        RentalState::PaymentPending => true,
        RentalState::Overdue => !is_out(rental),
        _ => false,
    };
    if left == 0 && pending {
        complete(ledger, rental, 0, out);
    }
    Ok(())
}

/// After completion the amount may only go down: what was paid is given back, out of the newest
/// payment first, as far as it is neither refunded nor in dispute. What was paid back to the
/// platform, which had advanced it, is in no payment to the merchant and comes last (`advances`).
/// Gives the part for which the merchant's home is asked, because it has the money:
/// the charge is reduced by that when it pays, and by nothing if it does not.
fn give_back_paid(
    ledger: &Ledger,
    id: Id,
    rental: &Rental,
    c: &ReduceCharge,
    now: u64,
    out: &mut Decision,
) -> Result<u64, Rejection> {
    let mut rest = c.amount.amount;
    let mut why_not = match forgotten(ledger, rental) {
        true => Rejection::AdvanceNotLowered,
        false => Rejection::RefundExceedsPaid,
    };
    let payments = || rental.payments.iter().filter_map(|id| ledger.tables().payments.get(id));
    // One at a time: what the home answers decides how much is left.
    refuse_if(payments().any(|paid| paid.asked > 0), Rejection::InvalidState)?;
    let mut asked = 0;
    for paid in payments().rev() {
        let left = paid.amount.amount.saturating_sub(paid.refunded());
        if paid.disputed > 0 && left > 0 {
            why_not = Rejection::PaymentDisputed;
        }
        let part = rest.min(left.saturating_sub(paid.disputed));
        if part == 0 {
            continue;
        }
        if paid.state == PaymentState::Finished {
            why_not = Rejection::RefundWindowClosed;
        } else if paid.refunds.len() >= REFUNDS_MAX {
            why_not = Rejection::RefundCountExceeded;
        } else {
            rest -= part;
            let number = format!("{:032x}", id.0);
            let number = Reference::new(&number).ok_or(Rejection::SchemaInvalid)?;
            let given =
                give_back(ledger, paid, number.clone(), part, &RoyaltyRefunds::None, now, out);
            match given {
                Err(Rejection::MerchantBalanceInsufficient)
                    if remittances::can_ask(ledger, paid) =>
                {
                    let none = RoyaltyRefunds::None;
                    remittances::ask(ledger, paid, number.clone(), part, false, &none, out);
                    let (rental, item, payment) = (c.rental, c.item, paid.payment);
                    let out_request_no = number;
                    out.record(Fact::ReductionAsked { rental, item, payment, out_request_no });
                    asked += part;
                }
                given => given?,
            }
        }
    }
    let of_advance = rest.min(advances::repaid(rental));
    refuse_if(rest > of_advance, why_not)?;
    if of_advance > 0 {
        advances::give_back(ledger, rental, 0, of_advance, now, out)?;
    }
    Ok(asked)
}

/// Whether the user paid some of a rental to the platform, which had advanced it, before that was
/// kept: more is paid than its payments still come to.
fn forgotten(ledger: &Ledger, rental: &Rental) -> bool {
    let was_advanced = rental.terms.guaranteed && rental.pending_at > 0;
    let advanced = was_advanced && rental.repaid.is_none();
    let payments = rental.payments.iter().filter_map(|id| ledger.tables().payments.get(id));
    let paid = payments.map(|p| p.amount.amount.saturating_sub(p.refunded()));
    advanced && rental.paid() > paid.fold(0, u64::saturating_add)
}
