//! What the platform advanced for a rental, and how it comes back from the merchant when charges
//! are lowered (DOMAIN §4.4, §7, 15). How it is paid and collected is in `collection`.
//!
//! The merchant got an advance as if the user had paid, so a charge that is lowered is the
//! merchant's to give back whoever paid it. In this order:
//!
//! 1. what nobody has paid or advanced yet is just no longer owed;
//! 2. what is still advanced goes back to the platform, and the user owes it that much less;
//! 3. what the user paid to the merchant is refunded, out of the newest payment first;
//! 4. what the user had paid back to the platform comes to the user, from the merchant, who keeps
//!    the platform's money in its place: first to credit as far as it was bought on credit, the
//!    rest to the balance.
//!
//! The first two are of a rental whose payment is pending, the others of one that is complete. The
//! merchant gives as for a refund: from the batch of the advance while that is not settled, then
//! from settled money, then from the net of today's batch. There was no service fee of an advance,
//! so none comes back. Where the settled money is on another shard only the batches here give:
//! nobody asks the merchant's home for more.
//!
//! Of rentals of chains from before this was kept, what was paid back is not known any more, and
//! none of it comes back (`AdvanceNotLowered`).

use crate::account::{AccountKey, AccountNo, Class};
use crate::event::{Decision, Fact};
use crate::ledger::Ledger;
use crate::rejection::Rejection;
use crate::rules::{buckets, pair, refuse_if};
use crate::state::{AdvanceRepaid, Batch, BatchState, Rental, Tables};

/// What the user paid back of an advance and has not back.
pub(crate) fn repaid(rental: &Rental) -> u64 {
    rental.repaid.as_ref().map_or(0, |repaid| repaid.amount)
}

/// The batch that an advance was paid into: that of the day on which it was.
fn own_batch(ledger: &Ledger, rental: &Rental) -> Option<u32> {
    let date = ledger.calendar().date(rental.pending_at);
    ledger.tables().batches.find(&(rental.merchant, date))
}

/// Gives back what was advanced: so much to the platform, which waits for it, and so much to the
/// user, who paid it back. At most what is advanced, and what was paid back.
pub(crate) fn give_back(
    ledger: &Ledger,
    rental: &Rental,
    to_platform: u64,
    to_user: u64,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let seller = tables.merchants.row(rental.merchant);
    let payer = tables.users.row(rental.user);
    refuse_if(tables.accounts.row(seller.account).closed, Rejection::AccountClosed)?;
    let closed = tables.accounts.row(payer.account).closed;
    refuse_if(to_user > 0 && closed, Rejection::AccountClosed)?;
    // A reduction gives payments back in the same decision: what is noted counts already.
    let room = |account: AccountNo| buckets::room_behind(tables, out, account);
    let amount = to_platform.saturating_add(to_user);
    let unsettled = |no: &u32| tables.batches.row(*no).state != BatchState::Settled;
    let own = own_batch(ledger, rental).filter(unsettled);
    let batch = |no: u32| -> &Batch { tables.batches.row(no) };
    let from_own_batch = own.map_or(0, |no| amount.min(room(batch(no).account)));
    let from_available = (amount - from_own_batch).min(room(seller.account));
    let from_open_batch = amount - from_own_batch - from_available;
    let today = tables.batches.find(&(rental.merchant, ledger.calendar().date(now)));
    let today_room = today.map_or(0, |no| {
        let taken = if Some(no) == own { from_own_batch } else { 0 };
        room(batch(no).account).saturating_sub(taken)
    });
    let short = from_open_batch > today_room;
    refuse_if(short && !ledger.place().is_home(seller.merchant), Rejection::NotAcrossShards)?;
    refuse_if(short, Rejection::MerchantBalanceInsufficient)?;
    let AdvanceRepaid { on_credit, at, .. } = rental.repaid.as_deref().copied().unwrap_or_default();
    let to_credit = on_credit.min(to_user);
    let reduction = buckets::reduction_since(ledger, payer, at, None, to_credit, out);
    // From here on nothing may fail.
    let open_batch = today.filter(|_| from_open_batch > 0);
    let (to_balance, surplus) = (to_user - to_credit, to_credit - reduction.sum());
    let currency = rental.terms.deposit.currency;
    let advance = AccountKey::of(Class::RentalAdvance, rental.rental, currency);
    let advance = ledger.account_or_open(advance, currency, out);
    let gives = [
        (own.map_or(seller.account, |no| batch(no).account), from_own_batch),
        (seller.account, from_available),
        (open_batch.map_or(seller.account, |no| batch(no).account), from_open_batch),
    ];
    let takes = [(advance, to_platform)].into_iter().chain(reduction.credits());
    pair(out, gives, takes.chain([(payer.account, to_balance + surplus)]));
    out.record(Fact::AdvanceReturned {
        rental: rental.rental,
        to_platform,
        to_credit,
        surplus,
        to_balance,
        from_own_batch,
        from_available,
        from_open_batch,
        open_batch,
    });
    buckets::record_reduction(ledger, payer, &reduction, out);
    Ok(())
}

/// What came back of an advance leaves the batches that gave it.
pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let Fact::AdvanceReturned { rental, from_own_batch, from_open_batch, open_batch, .. } = fact
    else {
        return;
    };
    let own = ledger.tables().rentals.get(rental).and_then(|rental| own_batch(ledger, rental));
    for (no, amount) in [(own, from_own_batch), (*open_batch, from_open_batch)] {
        if let Some(no) = no.filter(|_| *amount > 0) {
            let row = ledger.tables_mut().batches.row_mut(no);
            row.refunds = row.refunds.saturating_add(*amount);
        }
    }
}

/// Whether a foreign fact of an advance fits its rental.
pub(crate) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let rental_of = |rental| tables.rentals.get(rental).ok_or("a rental is unknown");
    match fact {
        Fact::AdvanceRepaid { rental, amount, on_credit } => {
            let paid = rental_of(rental)?.paid().saturating_sub(repaid(rental_of(rental)?));
            known(on_credit <= amount && *amount <= paid, "more is paid back than was paid")
        }
        Fact::AdvanceReturned { rental, to_platform, to_credit, surplus, to_balance, .. } => {
            let row = rental_of(rental)?;
            let repaid = row.repaid.as_deref().copied().unwrap_or_default();
            let to_user = to_credit.saturating_add(*to_balance);
            let fits = *to_platform <= row.advanced
                && to_user <= repaid.amount
                && *to_credit <= repaid.on_credit
                && surplus <= to_credit;
            known(fits, "more of an advance is given back than there was")?;
            let Fact::AdvanceReturned { open_batch, .. } = fact else { return Ok(()) };
            let there = open_batch.is_none_or(|no| tables.batches.try_row(no).is_some());
            known(there, "a batch is unknown")
        }
        _ => Ok(()),
    }
}
