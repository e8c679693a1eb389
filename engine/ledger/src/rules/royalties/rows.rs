//! What facts of royalties change: relations, shares, and what batches have of payments.

use crate::command::Reference;
use crate::event::{EventRange, Fact};
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger};
use crate::remittance::RoyaltySent;
use crate::state::{AskedSplit, Royalty, RoyaltyRelation, Share, Split, SplitReturn};

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact, number: u64) {
    match fact {
        Fact::RoyaltyBound { merchant, receiver } => set_bound(ledger, *merchant, *receiver, true),
        Fact::RoyaltyUnbound { merchant, receiver } => {
            set_bound(ledger, *merchant, *receiver, false);
        }
        Fact::RoyaltyTold { merchant, receiver } => {
            let tables = ledger.tables_mut();
            let found = tables.merchants.find(merchant).zip(tables.merchants.find(receiver));
            if let Some(row) = found.and_then(|key| tables.royalty_relations.get_mut(&key)) {
                row.told = true;
            }
        }
        Fact::RoyaltyFreezeSet { payment } => {
            change(ledger, payment, |royalty| royalty.freeze = true);
        }
        Fact::ProceedsFrozen { payment, amount } => {
            change(ledger, payment, |royalty| royalty.frozen = *amount);
            out_of_batch(ledger, payment, *amount);
            count_frozen(ledger, payment, |open| open.saturating_add(1));
            if let Some(no) = ledger.payment_no(payment)
                && let Some(at) = ledger.owed_at(DueKind::RoyaltyRelease, no)
            {
                ledger.owe(Due { at, kind: DueKind::RoyaltyRelease, no });
            }
        }
        Fact::PaymentSplit {
            payment,
            out_request_no,
            shares,
            finish,
            from_frozen,
            from_own_batch,
            ..
        } => {
            let (at, tables) = (ledger.now(), ledger.tables());
            let share = |(receiver, amount): &(Id, u64)| {
                let receiver = tables.merchants.find(receiver)?;
                Some(Share { receiver, amount: *amount, returned: 0, pro_rata: 0, asked: 0 })
            };
            let shares = shares.iter().filter_map(share).collect();
            let events = EventRange { first: number, count: 1 };
            let (out_request_no, finish) = (out_request_no.clone(), *finish);
            change(ledger, payment, |royalty| {
                royalty.frozen = royalty.frozen.saturating_sub(*from_frozen);
                let refunded_before = royalty.refunded;
                let split = Split { out_request_no, at, finish, refunded_before, shares, events };
                royalty.splits.push(split);
            });
            out_of_batch(ledger, payment, *from_own_batch);
            no_longer_asked(ledger, payment);
        }
        Fact::SplitAsked { payment, out_request_no, shares, finish } => {
            let events = EventRange { first: number, count: 1 };
            let (out_request_no, shares) = (out_request_no.clone(), shares.clone());
            let asked = AskedSplit { out_request_no, shares, finish: *finish, events };
            change(ledger, payment, |royalty| royalty.asked_split = Some(asked));
            count_frozen(ledger, payment, |open| open.saturating_add(1));
        }
        Fact::SplitFailed { payment, .. } => no_longer_asked(ledger, payment),
        Fact::SplitFinished { payment, amount, batch, .. } => {
            let mut was_frozen = false;
            change(ledger, payment, |royalty| {
                was_frozen = royalty.is_frozen();
                royalty.finished = true;
                royalty.frozen = royalty.frozen.saturating_sub(*amount);
            });
            if was_frozen {
                count_frozen(ledger, payment, |open| open.saturating_sub(1));
            }
            into_batch(ledger, payment, *batch, *amount);
        }
        Fact::ProceedsFreed { payment, amount, batch } => {
            change(ledger, payment, |royalty| {
                royalty.frozen = royalty.frozen.saturating_sub(*amount);
            });
            into_batch(ledger, payment, *batch, *amount);
        }
        Fact::SplitReturned { payment, out_return_no, shares, batch, pro_rata } => {
            let mut sum = 0u64;
            change(ledger, payment, |royalty| {
                royalty.refunded = royalty.refunded.saturating_add(*pro_rata);
                for back in shares {
                    let split = royalty.splits.get_mut(back.split as usize);
                    let share = split.and_then(|split| split.shares.get_mut(back.share as usize));
                    let Some(share) = share else { continue };
                    sum = sum.saturating_add(back.amount);
                    share.returned = share.returned.saturating_add(back.amount);
                    if *pro_rata > 0 {
                        share.pro_rata = share.pro_rata.saturating_add(back.amount);
                    }
                }
                if let (Some(number_of_it), [back, ..]) = (out_return_no, shares.as_slice()) {
                    royalty.no_longer_asked(number_of_it, (back.split, back.share));
                    royalty.returns.push(SplitReturn {
                        out_return_no: number_of_it.clone(),
                        split: back.split,
                        share: back.share,
                        amount: back.amount,
                        events: EventRange { first: number, count: 1 },
                    });
                }
            });
            into_batch(ledger, payment, *batch, sum);
        }
        Fact::SplitReturnAsked { payment, out_return_no, shares, pro_rata } => {
            change(ledger, payment, |royalty| {
                for back in shares {
                    let Some(share) = share_of(royalty, back.split, back.share) else { continue };
                    share.asked = share.asked.saturating_add(back.amount);
                    if *pro_rata {
                        share.pro_rata = share.pro_rata.saturating_add(back.amount);
                    }
                }
                if let (Some(number_of_it), [back, ..]) = (out_return_no, shares.as_slice()) {
                    royalty.asked.push(SplitReturn {
                        out_return_no: number_of_it.clone(),
                        split: back.split,
                        share: back.share,
                        amount: back.amount,
                        events: EventRange { first: number, count: 1 },
                    });
                }
            });
        }
        Fact::RoyaltyGivenBack { sent, amount } => answered(ledger, *sent, *amount, None),
        Fact::SplitReturnFailed { asked, .. } => {
            answered(ledger, asked.sent, asked.amount, asked.out_return_no.as_ref());
        }
        _ => {}
    }
}

fn share_of(royalty: &mut Royalty, split: u32, share: u32) -> Option<&mut Share> {
    royalty.splits.get_mut(split as usize)?.shares.get_mut(share as usize)
}

/// A receiver elsewhere has answered; of what failed the number may be used again.
fn answered(ledger: &mut Ledger, of: RoyaltySent, amount: u64, failed: Option<&Reference>) {
    change(ledger, &of.payment, |royalty| {
        if let Some(share) = share_of(royalty, of.split, of.share) {
            share.asked = share.asked.saturating_sub(amount);
        }
        if let Some(number) = failed {
            royalty.no_longer_asked(number, (of.split, of.share));
        }
    });
}

fn change(ledger: &mut Ledger, payment: &Id, change: impl FnOnce(&mut Royalty)) {
    if let Some(row) = ledger.payment_mut(payment) {
        change(&mut row.parts.get_or_insert_default().royalty);
    }
}

fn set_bound(ledger: &mut Ledger, merchant: Id, receiver: Id, bound: bool) {
    let tables = ledger.tables_mut();
    let found = tables.merchants.find(&merchant).zip(tables.merchants.find(&receiver));
    let Some((merchant, receiver)) = found else { return };
    let was = match tables.royalty_relations.get_mut(&(merchant, receiver)) {
        Some(row) => std::mem::replace(&mut row.bound, bound),
        None => {
            let told = false;
            tables.royalty_relations.insert(RoyaltyRelation { merchant, receiver, bound, told });
            false
        }
    };
    let count = &mut tables.merchants.row_mut(merchant).royalty_receivers;
    *count = match (was, bound) {
        (false, true) => count.saturating_add(1),
        (true, false) => count.saturating_sub(1),
        _ => *count,
    };
    let kind = DueKind::RoyaltyWord;
    let no = ledger.tables().royalty_relations.find(&(merchant, receiver));
    if let Some((no, at)) = no.and_then(|no| Some((no, ledger.owed_at(kind, no)?))) {
        ledger.owe(Due { at, kind, no });
    }
}

/// A split waits for its money no longer, if one did.
fn no_longer_asked(ledger: &mut Ledger, payment: &Id) {
    let mut waited = false;
    change(ledger, payment, |royalty| waited = royalty.asked_split.take().is_some());
    if waited {
        count_frozen(ledger, payment, |open| open.saturating_sub(1));
    }
}

/// Takes from the payment's own part of its batch.
fn out_of_batch(ledger: &mut Ledger, payment: &Id, amount: u64) {
    let Some(row) = ledger.payment_mut(payment) else { return };
    row.refunded_from_own_batch = row.refunded_from_own_batch.saturating_add(amount);
    let Some(batch) = row.batch else { return };
    let batch = ledger.tables_mut().batches.row_mut(batch);
    batch.royalties = batch.royalties.saturating_add(amount);
}

/// Puts into a batch what is freed or given back: the payment's own part of its own.
fn into_batch(ledger: &mut Ledger, payment: &Id, batch: Option<u32>, amount: u64) {
    let Some(no) = batch else { return };
    if let Some(row) = ledger.payment_mut(payment)
        && row.batch == Some(no)
    {
        row.refunded_from_own_batch = row.refunded_from_own_batch.saturating_sub(amount);
    }
    let batch = ledger.tables_mut().batches.row_mut(no);
    batch.royalties_returned = batch.royalties_returned.saturating_add(amount);
}

/// Changes how many payments of a merchant have their proceeds frozen.
fn count_frozen(ledger: &mut Ledger, payment: &Id, change: impl Fn(u32) -> u32) {
    let Some(no) = ledger.payment_no(payment) else { return };
    let tables = ledger.tables_mut();
    let seller = tables.merchants.row_mut(tables.payments.row(no).merchant);
    seller.open_freezes = change(seller.open_freezes);
}
