//! Splits of what was sold elsewhere and has gone home unfrozen: the money is settled money of the
//! merchant's home, which is asked for it; with what comes the payment is shared where it is.
//!
//! The book leaves this to us. One split of a payment is asked for at a time, so caps hold whatever
//! comes of it. When the money is there the rules are asked once more, as receivers may have gone
//! and refunds may have been paid meanwhile; what can no longer be shared goes back home.

use super::{away, distributable, finish, is_bound, royalty};
use crate::command::{Reference, SplitPayment};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, Refusal, post};
use crate::limits::ROYALTY_SPLITS_MAX;
use crate::money::bps_floor;
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose, Remittance};
use crate::rules::remittances::{keep_in_suspense, record_sent, send_back_home, transit_account};
use crate::rules::{may_credit, may_debit, merchant, pair, refuse_if};
use crate::state::{AskedSplit, Payment, PaymentState, Royalty};

/// What becomes of a split while another one waits for its money.
pub(super) fn meanwhile(waits: &AskedSplit, c: &SplitPayment, same: bool) -> Result<(), Refusal> {
    Err(match (waits.out_request_no == c.out_request_no, same) {
        (true, true) => Refusal::Repeat(waits.events),
        (true, false) => Rejection::IdempotencyConflict.into(),
        (false, _) => Rejection::InvalidState.into(),
    })
}

/// Asks the home of a payment's merchant for what is to be shared.
pub(super) fn ask(
    ledger: &Ledger,
    payment: &Payment,
    c: &SplitPayment,
    shares: Vec<(Id, u64)>,
    asked: u64,
    out: &mut Decision,
) {
    let seller = ledger.tables().merchants.row(payment.merchant);
    let (merchant, currency) = (seller.merchant, payment.amount.currency);
    let (payment, out_request_no) = (c.payment, c.out_request_no.clone());
    let number = out_request_no.clone();
    out.record(Fact::SplitAsked { payment, out_request_no, shares, finish: c.finish });
    let purpose = Purpose::SplitAsked { merchant, payment, out_request_no: number, asked };
    let home = ledger.place().home(merchant);
    record_sent(ledger, home, Cargo { amount: 0, currency, purpose }, out);
}

/// The money is here: it is shared, or it goes back.
pub(crate) fn share(
    ledger: &Ledger,
    remittance: &Remittance,
    payment: Id,
    number: &Reference,
    now: u64,
    out: &mut Decision,
) {
    let tables = ledger.tables();
    let Cargo { amount, currency, .. } = remittance.cargo;
    let Some((row, asked)) = waiting(ledger, payment, number).filter(|(_, a)| a.sum() == amount)
    else {
        keep_in_suspense(ledger, remittance, out);
        return;
    };
    let seller = tables.merchants.row(row.merchant);
    let merchant = seller.merchant;
    let why = may_share(ledger, row, asked).err();
    let transit = transit_account(ledger, remittance.from, currency, out);
    post(out, transit, seller.account, amount);
    out.record(Fact::SplitFunded { merchant, payment, amount });
    let out_request_no = number.clone();
    if let Some(why) = why {
        out.record(Fact::SplitFailed { payment, out_request_no, why });
        send_back_home(ledger, seller, payment, amount, out);
        return;
    }
    let receiver = |id: &Id| tables.merchants.get(id).map_or(seller.account, |row| row.account);
    pair(
        out,
        [(seller.account, amount)],
        asked.shares.iter().map(|(id, amount)| (receiver(id), *amount)),
    );
    out.record(Fact::PaymentSplit {
        payment,
        out_request_no,
        shares: asked.shares.clone(),
        finish: asked.finish,
        from_frozen: 0,
        from_own_batch: 0,
        from_available: amount,
    });
    let split = royalty(row).map_or(0, |royalty| royalty.splits.len());
    away::send_on(ledger, row, u32::try_from(split).unwrap_or(u32::MAX), &asked.shares, out);
    if asked.finish {
        finish(ledger, row, 0, now, false, out);
    }
}

/// The home has not given it: the split may be asked for again.
pub(crate) fn not_funded(
    ledger: &Ledger,
    payment: Id,
    number: &Reference,
    why: Rejection,
    out: &mut Decision,
) {
    if waiting(ledger, payment, number).is_some() {
        out.record(Fact::SplitFailed { payment, out_request_no: number.clone(), why });
    }
}

/// A payment and the split of it that waits under a number.
fn waiting<'a>(
    ledger: &'a Ledger,
    payment: Id,
    number: &Reference,
) -> Option<(&'a Payment, &'a AskedSplit)> {
    let row = ledger.tables().payments.get(&payment)?;
    let asked = royalty(row)?.asked_split.as_ref()?;
    (asked.out_request_no == *number).then_some((row, asked))
}

/// The staircase of a split once more.
fn may_share(ledger: &Ledger, payment: &Payment, asked: &AskedSplit) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let (none, sum) = (Royalty::default(), asked.sum());
    let royalty = royalty(payment).unwrap_or(&none);
    let paid = matches!(payment.state, PaymentState::Paid | PaymentState::PartiallyRefunded);
    refuse_if(!paid, Rejection::InvalidState)?;
    refuse_if(royalty.finished, Rejection::SplitFinished)?;
    refuse_if(royalty.splits.len() >= ROYALTY_SPLITS_MAX, Rejection::SplitCountExceeded)?;
    let seller = tables.merchants.row(payment.merchant);
    may_debit(tables, seller.account)?;
    for (id, _) in &asked.shares {
        let receiver = merchant(tables, *id)?;
        refuse_if(!is_bound(tables, seller.merchant, *id), Rejection::NotBound)?;
        may_credit(tables, receiver.account)?;
    }
    let shared = royalty.shared();
    let cap = bps_floor(payment.amount.amount, seller.terms.royalty_cap_bps);
    refuse_if(sum > cap.saturating_sub(shared), Rejection::RoyaltyCapExceeded)?;
    refuse_if(sum > distributable(ledger, payment, shared), Rejection::AmountNotEnough)
}
