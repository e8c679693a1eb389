//! Royalties: a merchant shares what it was paid with others (DOMAIN §1.5, §4.6).
//!
//! A receiver is a merchant that is bound to the one who shares. Splits of a payment together stay
//! within the merchant's cap (of the payment's amount) and within what is left to distribute; what
//! comes back makes neither larger. Money comes from the frozen proceeds where the payment froze
//! them, then from settled money, where a dispute that was won has put the rest of them (of a sale
//! elsewhere it has gone home, and is not shared); else from the payment's own part of the
//! unsettled batch, then from settled money. It goes to the receiver's settled money.
//! The last split, a refund of all that is left, or the clock after thirty days frees what is
//! frozen into the payment's batch, or into today's if that is settled. What a refund takes back,
//! and what receivers give back of their own, is in `royalties/back.rs`.
//!
//! A receiver may be at home elsewhere (`royalties/away.rs`), and is asked there for what it is to
//! give back (`royalties/asked.rs`). So may who shares: all shards know who is bound to whom
//! (`royalties/words.rs`), and the payment is shared where it is, of what is frozen of it and of
//! the day's own sales. Once the sales have gone home, and nothing of the payment is frozen, its
//! home is asked for the money (`royalties/funded.rs`). What receivers give back follows the sales
//! home.

mod asked;
mod away;
mod back;
mod funded;
mod rows;
mod words;

pub(crate) use asked::{denied, give, given};
pub(crate) use away::{arrive, come_back};
pub(crate) use back::{free, give_back, return_split, take_back, take_back_what_is_there, to_free};
pub(crate) use funded::{not_funded, share};
pub(crate) use rows::apply;
pub(crate) use words::{hear, tell_of, untold};

use crate::account::{AccountKey, AccountNo, Class};
use crate::allocation::{Portion, in_order};
use crate::command::{BindRoyalty, RoyaltyPart, SplitPayment, UnbindRoyalty};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{ASKED_SINCE, Ledger, Refusal, in_range, post};
use crate::limits::{ROYALTY_RECEIVERS_MAX, ROYALTY_RELATIONS_MAX, ROYALTY_SPLITS_MAX};
use crate::money::{Currency, Money, bps_floor};
use crate::rejection::Rejection;
use crate::rules::taking::open_batch;
use crate::rules::{in_currency, may_credit, may_debit, merchant, pair, refuse_if};
use crate::state::{BatchState, Payment, PaymentState, Royalty, Share, Tables};

pub(crate) fn bind(ledger: &Ledger, c: &BindRoyalty, out: &mut Decision) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let sharer = merchant(tables, c.merchant)?;
    let receiver = merchant(tables, c.receiver)?;
    refuse_if(c.merchant == c.receiver, Rejection::AccountsMustDiffer)?;
    let same = sharer.terms.settle_currency == receiver.terms.settle_currency;
    refuse_if(!same, Rejection::CurrencyMismatch)?;
    refuse_if(tables.accounts.row(sharer.account).closed, Rejection::AccountClosed)?;
    refuse_if(tables.accounts.row(receiver.account).closed, Rejection::AccountClosed)?;
    refuse_if(is_bound(tables, c.merchant, c.receiver), Rejection::Duplicate)?;
    refuse_if(sharer.royalty_receivers >= ROYALTY_RELATIONS_MAX, Rejection::RelationLimit)?;
    // From here on nothing may fail.
    out.record(Fact::RoyaltyBound { merchant: c.merchant, receiver: c.receiver });
    words::note_told(ledger, sharer, receiver, out);
    words::tell(ledger, sharer, receiver, true, out);
    Ok(())
}

pub(crate) fn unbind(
    ledger: &Ledger,
    c: &UnbindRoyalty,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let sharer = merchant(ledger.tables(), c.merchant)?;
    let receiver = merchant(ledger.tables(), c.receiver)?;
    refuse_if(!is_bound(ledger.tables(), c.merchant, c.receiver), Rejection::NotBound)?;
    // From here on nothing may fail.
    out.record(Fact::RoyaltyUnbound { merchant: c.merchant, receiver: c.receiver });
    words::tell(ledger, sharer, receiver, false, out);
    Ok(())
}

fn is_bound(tables: &Tables, merchant: Id, receiver: Id) -> bool {
    let (merchant, receiver) = (tables.merchants.find(&merchant), tables.merchants.find(&receiver));
    let relation = merchant.zip(receiver).and_then(|key| tables.royalty_relations.get(&key));
    relation.is_some_and(|relation| relation.bound)
}

/// What is shared of a payment, if anything ever was or is to be.
pub(crate) fn royalty(payment: &Payment) -> Option<&Royalty> {
    payment.parts.as_ref().map(|parts| &parts.royalty)
}

pub(crate) fn split(
    ledger: &Ledger,
    c: &SplitPayment,
    now: u64,
    out: &mut Decision,
) -> Result<(), Refusal> {
    let tables = ledger.tables();
    let payment = tables.payments.get(&c.payment).ok_or(Rejection::UnknownAccount)?;
    let (none, currency) = (Royalty::default(), payment.amount.currency);
    let royalty = royalty(payment).unwrap_or(&none);
    let asked = c.shares.iter().map(|share| (share.receiver, amount_of(payment, share.part)));
    let asked: Vec<(Id, u64)> = asked.collect();
    if let Some((_, done)) = royalty.split(&c.out_request_no) {
        let receiver = |share: &Share| tables.merchants.row(share.receiver).merchant;
        let got = done.shares.iter().map(|share| (receiver(share), share.amount));
        let same = got.eq(asked) && done.finish == c.finish && in_its_currency(c, currency);
        return Err(if same {
            Refusal::Repeat(done.events)
        } else {
            Refusal::Rejected(Rejection::IdempotencyConflict)
        });
    }
    if let Some(waits) = &royalty.asked_split {
        let same =
            waits.shares == asked && waits.finish == c.finish && in_its_currency(c, currency);
        return funded::meanwhile(waits, c, same);
    }
    let paid = matches!(payment.state, PaymentState::Paid | PaymentState::PartiallyRefunded);
    refuse_if(!paid, Rejection::InvalidState)?;
    let own = tables.batches.row(payment.batch.ok_or(Rejection::InvalidState)?);
    refuse_if(royalty.finished, Rejection::SplitFinished)?;
    let shape = asked.len() <= ROYALTY_RECEIVERS_MAX && (c.finish || !asked.is_empty());
    let twice = asked.iter().enumerate().any(|(at, a)| asked[..at].iter().any(|b| a.0 == b.0));
    refuse_if(!shape || twice, Rejection::SchemaInvalid)?;
    refuse_if(royalty.splits.len() >= ROYALTY_SPLITS_MAX, Rejection::SplitCountExceeded)?;
    let seller = tables.merchants.row(payment.merchant);
    may_debit(tables, seller.account)?;
    let mut sum = 0u64;
    for (share, (_, amount)) in c.shares.iter().zip(&asked) {
        let receiver = merchant(tables, share.receiver)?;
        refuse_if(!is_bound(tables, seller.merchant, share.receiver), Rejection::NotBound)?;
        may_credit(tables, receiver.account)?;
        match share.part {
            RoyaltyPart::Amount(money) => {
                in_currency(money, currency)?;
                in_range(money)?;
            }
            RoyaltyPart::Percent(_) => {
                refuse_if(share.part.out_of_range().is_some(), Rejection::RateOutOfRange)?;
                refuse_if(*amount == 0, Rejection::AmountOutOfRange)?;
            }
        }
        sum = sum.checked_add(*amount).ok_or(Rejection::AmountOutOfRange)?;
    }
    let shared = royalty.shared();
    let cap = bps_floor(payment.amount.amount, seller.terms.royalty_cap_bps);
    refuse_if(sum > cap.saturating_sub(shared), Rejection::RoyaltyCapExceeded)?;
    refuse_if(sum > distributable(ledger, payment, shared), Rejection::AmountNotEnough)?;
    let went_home = own.state == BatchState::Settled && !royalty.is_frozen();
    let is_away = !ledger.place().is_home(seller.merchant);
    if sum > 0 && went_home && is_away {
        refuse_if(!ledger.has_others_since(ASKED_SINCE), Rejection::NotAcrossShards)?;
        // From here on nothing may fail.
        funded::ask(ledger, payment, c, asked, sum, out);
        return Ok(());
    }
    let room = |no| u64::try_from(tables.accounts.row(no).debit_room()).unwrap_or(u64::MAX);
    let of_batch = match own.state {
        BatchState::Settled => 0,
        BatchState::Open | BatchState::Cut => payment.unsettled().min(room(own.account)),
    };
    let mut taken = match royalty.is_frozen() {
        // What a dispute took of it is settled money again once that was won. Of a sale elsewhere
        // that has gone home, and only what is frozen is here.
        true if ledger.thaws() && !is_away => [royalty.frozen, 0, room(seller.account)],
        true => [royalty.frozen, 0, 0],
        false => [0, of_batch, room(seller.account)],
    };
    refuse_if(in_order(sum, &mut taken) > 0, Rejection::AmountNotEnough)?;
    let [from_frozen, from_own_batch, from_available] = taken;
    // From here on nothing may fail.
    let frozen = tables.accounts.find(&frozen_key(payment)).unwrap_or(seller.account);
    let receiver = |id: &Id| tables.merchants.get(id).map_or(seller.account, |row| row.account);
    pair(
        out,
        [(frozen, from_frozen), (own.account, from_own_batch), (seller.account, from_available)],
        asked.iter().map(|(id, amount)| (receiver(id), *amount)),
    );
    out.record(Fact::PaymentSplit {
        payment: c.payment,
        out_request_no: c.out_request_no.clone(),
        shares: asked.clone(),
        finish: c.finish,
        from_frozen,
        from_own_batch,
        from_available,
    });
    let split_no = u32::try_from(royalty.splits.len()).unwrap_or(u32::MAX);
    away::send_on(ledger, payment, split_no, &asked, out);
    if c.finish {
        finish(ledger, payment, royalty.frozen - from_frozen, now, false, out);
    }
    Ok(())
}

/// Whether all amounts of a split are in the payment's currency.
fn in_its_currency(c: &SplitPayment, currency: Currency) -> bool {
    c.shares.iter().all(|share| match share.part {
        RoyaltyPart::Amount(money) => money.currency == currency,
        RoyaltyPart::Percent(_) => true,
    })
}

/// What a split would share of a payment that is there; of other currencies nothing is shared.
pub(crate) fn asked(tables: &Tables, c: &SplitPayment) -> Option<Money> {
    let payment = tables.payments.get(&c.payment)?;
    let amounts = c.shares.iter().map(|share| amount_of(payment, share.part));
    let amount = amounts.fold(0u64, u64::saturating_add);
    Some(Money { amount, currency: payment.amount.currency })
}

fn amount_of(payment: &Payment, part: RoyaltyPart) -> u64 {
    match part {
        RoyaltyPart::Amount(money) => money.amount,
        RoyaltyPart::Percent(part) => {
            let portion = Portion::new(u64::from(part.min(100)), 100);
            portion.map_or(0, |portion| portion.floor(payment.amount.amount))
        }
    }
}

/// What of a payment was not charged, refunded, disputed or shared, and no refund is asked for.
fn distributable(ledger: &Ledger, payment: &Payment, shared: u64) -> u64 {
    let left = payment.receipts().saturating_add(payment.fee_returned);
    let left = left.saturating_sub(payment.fee).saturating_sub(payment.receipts_refunded());
    let plan_fee = payment.parts.as_ref().map_or(0, |parts| parts.plan_fee);
    let left = left.saturating_sub(payment.disputed).saturating_sub(shared);
    left.saturating_sub(plan_fee).saturating_sub(ledger.kept_for_refund(payment))
}

/// Where the frozen proceeds of a payment are.
pub(crate) fn frozen_key(payment: &Payment) -> AccountKey {
    AccountKey::of(Class::MerchantFrozen, payment.payment, payment.amount.currency)
}

/// Freezes what a merchant receives of a payment, after its fee.
pub(crate) fn freeze(
    ledger: &Ledger,
    payment: Id,
    currency: Currency,
    pending: AccountNo,
    amount: u64,
    out: &mut Decision,
) {
    if amount > 0 {
        let key = AccountKey::of(Class::MerchantFrozen, payment, currency);
        let frozen = ledger.account_or_open(key, currency, out);
        post(out, pending, frozen, amount);
    }
    out.record(Fact::ProceedsFrozen { payment, amount });
}

/// The clock ends the splits of a payment whose proceeds are frozen.
pub(crate) fn release(ledger: &Ledger, no: u32, now: u64, out: &mut Decision) {
    let payment = ledger.tables().payments.row(no);
    let rest = royalty(payment).map_or(0, |royalty| royalty.frozen);
    finish(ledger, payment, rest, now, true, out);
}

/// Ends the splits of a payment that is refunded whole once `amount` more of it is: the rest of
/// what is frozen, `freed` of it gone with the refund, waits for nothing more. Where a part was
/// lost in a dispute the merchant ends them, or the clock.
pub(crate) fn finish_if_refunded(
    ledger: &Ledger,
    payment: &Payment,
    amount: u64,
    freed: u64,
    now: u64,
    out: &mut Decision,
) {
    let whole = payment.refunded().saturating_add(amount) >= payment.amount.amount;
    let Some(royalty) = royalty(payment).filter(|royalty| royalty.is_frozen()) else { return };
    if whole && ledger.thaws() {
        finish(ledger, payment, royalty.frozen.saturating_sub(freed), now, false, out);
    }
}

/// Frees what is still frozen: into the payment's own batch, or today's if that is settled.
fn finish(
    ledger: &Ledger,
    payment: &Payment,
    rest: u64,
    now: u64,
    expired: bool,
    out: &mut Decision,
) {
    let tables = ledger.tables();
    let frozen = tables.accounts.find(&frozen_key(payment)).filter(|_| rest > 0);
    let open = |no: &u32| tables.batches.row(*no).state != BatchState::Settled;
    let batch = frozen.map(|frozen| {
        let own = payment.batch.filter(open).map(|no| (no, tables.batches.row(no).account));
        let (no, account) = own.unwrap_or_else(|| open_batch(ledger, payment.merchant, now, out));
        post(out, frozen, account, rest);
        no
    });
    out.record(Fact::SplitFinished { payment: payment.payment, amount: rest, batch, expired });
}

/// Whether the objects a foreign fact names are there and leave room for its amounts.
pub(crate) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let is_merchant = |id: &Id| known(tables.merchants.find(id).is_some(), "a merchant is unknown");
    let batch_is_there = |batch: &Option<u32>| {
        let there = batch.is_none_or(|no| tables.batches.try_row(no).is_some());
        known(there, "a batch is unknown")
    };
    let of = |payment: &Id| -> Result<(&Payment, &Royalty), &'static str> {
        let payment = tables.payments.get(payment).filter(|p| p.batch.is_some());
        let payment = payment.ok_or("a payment is unknown or unpaid")?;
        Ok((payment, royalty(payment).ok_or("nothing of a payment is shared")?))
    };
    match fact {
        Fact::RoyaltyBound { merchant, receiver } | Fact::RoyaltyUnbound { merchant, receiver } => {
            is_merchant(merchant).and_then(|()| is_merchant(receiver))
        }
        Fact::SplitAsked { payment, out_request_no, shares, .. } => {
            let row = tables.payments.get(payment).filter(|p| p.batch.is_some());
            let row = row.ok_or("a payment is unknown or unpaid")?;
            let none = Royalty::default();
            let of = royalty(row).unwrap_or(&none);
            let again = of.asked_split.is_some() || of.split(out_request_no).is_some();
            known(!again, "a split is asked for twice")?;
            shares.iter().try_for_each(|(receiver, _)| is_merchant(receiver))?;
            let sum = shares.iter().try_fold(of.shared(), |sum, (_, a)| sum.checked_add(*a));
            let fits = sum.is_some_and(|sum| sum <= row.amount.amount);
            known(fits, "more is to be shared than was paid")
        }
        Fact::SplitFunded { payment, .. } | Fact::SplitFailed { payment, .. } => {
            let (_, royalty) = of(payment)?;
            known(royalty.asked_split.is_some(), "no split is asked for")
        }
        Fact::SplitPaid { merchant, .. } => is_merchant(merchant),
        Fact::RoyaltyTold { merchant, receiver } => {
            known(is_bound(tables, *merchant, *receiver), "a relation is unknown")
        }
        Fact::RoyaltyFreezeSet { payment } => {
            let there = tables.payments.get(payment).is_some_and(|p| p.batch.is_none());
            known(there, "a payment is unknown or paid")
        }
        Fact::ProceedsFrozen { payment, amount } => {
            let (payment, royalty) = of(payment)?;
            let fits = royalty.is_frozen() && royalty.frozen == 0 && *amount <= payment.unsettled();
            known(fits, "more is frozen than was paid, or twice")
        }
        Fact::PaymentSplit {
            payment, out_request_no, shares, from_frozen, from_own_batch, ..
        } => {
            let payment = tables.payments.get(payment).filter(|p| p.batch.is_some());
            let payment = payment.ok_or("a payment is unknown or unpaid")?;
            let royalty = royalty(payment);
            let again = royalty.is_some_and(|r| r.split(out_request_no).is_some());
            known(!again, "a payment is split twice under one number")?;
            shares.iter().try_for_each(|(receiver, _)| is_merchant(receiver))?;
            let before = royalty.map_or(0, Royalty::shared);
            let sum = shares.iter().try_fold(before, |sum, (_, amount)| sum.checked_add(*amount));
            let fits = sum.is_some_and(|sum| sum <= payment.amount.amount)
                && *from_frozen <= royalty.map_or(0, |r| r.frozen)
                && *from_own_batch <= payment.amount.amount;
            known(fits, "more is shared than was paid")
        }
        Fact::SplitFinished { payment, amount, batch, .. } => {
            let (_, royalty) = of(payment)?;
            batch_is_there(batch)?;
            let fits = !royalty.finished && *amount <= royalty.frozen;
            known(fits, "more is freed than is frozen, or twice")
        }
        Fact::ProceedsFreed { payment, amount, batch } => {
            let (_, royalty) = of(payment)?;
            batch_is_there(batch)?;
            known(*amount <= royalty.frozen, "more is freed than is frozen")
        }
        Fact::SplitReturned { payment, shares, batch, .. } => {
            let (_, royalty) = of(payment)?;
            batch_is_there(batch)?;
            shares.iter().try_for_each(|back| {
                let share = share_of(royalty, back.split, back.share)?;
                known(back.amount <= share.kept(), "more is given back than was shared")
            })
        }
        Fact::RoyaltyArrived { sent, .. } | Fact::RoyaltyTaken { sent, .. } => {
            is_merchant(&sent.receiver)
        }
        Fact::SplitReturnAsked { payment, out_return_no, shares, .. } => {
            let (_, royalty) = of(payment)?;
            shares.iter().try_for_each(|back| {
                let share = share_of(royalty, back.split, back.share)?;
                let number = out_return_no.as_ref();
                let again = number.is_some_and(|no| royalty.returned(share.receiver, no).is_some());
                known(!again, "a return is asked for twice under one number")?;
                known(back.amount <= share.left(), "more is asked back than was shared")
            })
        }
        Fact::RoyaltyGivenBack { sent, amount } => {
            let share = share_of(of(&sent.payment)?.1, sent.split, sent.share)?;
            known(*amount <= share.asked, "more is given back than was asked for")
        }
        Fact::SplitReturnFailed { asked, .. } => {
            let share = share_of(of(&asked.sent.payment)?.1, asked.sent.split, asked.sent.share)?;
            known(asked.amount <= share.asked, "more is denied than was asked for")
        }
        Fact::RoyaltyRefused { sent, .. } => {
            is_merchant(&sent.receiver).and_then(|()| of(&sent.payment).map(|_| ()))
        }
        _ => Ok(()),
    }
}

fn share_of(royalty: &Royalty, split: u32, share: u32) -> Result<&Share, &'static str> {
    let split = royalty.splits.get(split as usize);
    split.and_then(|split| split.shares.get(share as usize)).ok_or("a share is unknown")
}
