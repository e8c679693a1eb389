//! Royalties that come back: with a refund, in proportion or from the receivers that it names, and
//! by receivers of their own; and frozen proceeds that a refund or a dispute frees.

use super::asked::ask;
use super::{frozen_key, royalty};
use crate::account::AccountNo;
use crate::command::{ReturnSplit, RoyaltyRefunds};
use crate::event::{Decision, Fact, ReturnedShare};
use crate::ledger::{Ledger, Refusal, in_range, post};
use crate::limits::{DAY_MS, ROYALTY_SPLITS_MAX, SPLIT_RETURN_DAYS_MAX};
use crate::money::cumulative_half_up;
use crate::rejection::Rejection;
use crate::rules::remittances::send_back_home;
use crate::rules::{in_currency, may_credit, may_debit, merchant, refuse_if};
use crate::state::{Payment, Royalty, Share};

/// What a refund takes back of royalties. Amounts are minor units.
#[derive(Default)]
pub(crate) struct Claws {
    shares: Vec<ReturnedShare>,
    debits: Vec<(AccountNo, u64)>,
    pro_rata: u64,
    /// Of receivers elsewhere, whose homes are asked.
    asked: Vec<ReturnedShare>,
}

impl Claws {
    /// All of it that is here.
    pub(crate) fn sum(&self) -> u64 {
        self.debits.iter().fold(0, |sum, (_, amount)| sum.saturating_add(*amount))
    }
}

/// What a refund of which the merchant gives `money` takes back. In proportion each receiver gives
/// of its share what the refund is of the receipts, half up and cumulative, so that the parts sum
/// to the whole; refunds of before the split do not count. Receivers that are named give of their
/// oldest shares first, together no more than the refund. All that is here is there, or nothing
/// happens; receivers elsewhere are asked, and the merchant pays for them at first.
pub(crate) fn take_back(
    ledger: &Ledger,
    payment: &Payment,
    royalties: &RoyaltyRefunds,
    money: u64,
) -> Result<Claws, Rejection> {
    let none = Royalty::default();
    let royalty = royalty(payment).unwrap_or(&none);
    let claws = match royalties {
        RoyaltyRefunds::None => return Ok(Claws::default()),
        RoyaltyRefunds::ProRata => in_proportion(royalty, payment.receipts(), money),
        RoyaltyRefunds::Named(named) => {
            let mut claws = Vec::new();
            for (at, (id, amount)) in named.iter().enumerate() {
                refuse_if(named[..at].iter().any(|n| n.0 == *id), Rejection::SchemaInvalid)?;
                merchant(ledger.tables(), *id)?;
                in_currency(*amount, payment.amount.currency)?;
                let receiver = ledger.tables().merchants.find(id);
                let rest = oldest_first(royalty, receiver, in_range(*amount)?, &mut claws);
                refuse_if(rest > 0, Rejection::ReturnExceedsReceived)?;
            }
            let sum = claws.iter().fold(0u64, |sum, claw| sum.saturating_add(claw.2));
            refuse_if(sum > money, Rejection::ReturnExceedsReceived)?;
            claws
        }
    };
    let tables = ledger.tables();
    let (mut shares, mut debits) = (Vec::new(), Vec::<(AccountNo, u64)>::new());
    let mut asked = Vec::new();
    for ((split, share), row, amount) in claws.into_iter().filter(|claw| claw.2 > 0) {
        let receiver = tables.merchants.row(row.receiver);
        let account = receiver.account;
        may_debit(tables, account)?;
        if !ledger.place().is_home(receiver.merchant) {
            asked.push(ReturnedShare { split, share, amount });
            continue;
        }
        let taken = debits.iter().filter(|d| d.0 == account).map(|d| u128::from(d.1));
        let needed = taken.sum::<u128>() + u128::from(amount);
        let short = tables.accounts.row(account).debit_room() < needed;
        refuse_if(short, Rejection::ReceiverBalanceInsufficient)?;
        shares.push(ReturnedShare { split, share, amount });
        debits.push((account, amount));
    }
    let counts = *royalties == RoyaltyRefunds::ProRata && !royalty.splits.is_empty();
    Ok(Claws { shares, debits, pro_rata: if counts { money } else { 0 }, asked })
}

/// As [`take_back`], of a refund for which the merchant's home has paid: nothing can refuse it any
/// more. What receivers gave back meanwhile they do not give again. One that is here and may not
/// give, or has too little by now, gives nothing, as one elsewhere may.
pub(crate) fn take_back_what_is_there(
    ledger: &Ledger,
    payment: &Payment,
    royalties: &RoyaltyRefunds,
    money: u64,
) -> Claws {
    let tables = ledger.tables();
    let Some(royalty) = royalty(payment) else { return Claws::default() };
    let mut claws = Vec::new();
    match royalties {
        RoyaltyRefunds::None => return Claws::default(),
        RoyaltyRefunds::ProRata => claws = in_proportion(royalty, payment.receipts(), money),
        RoyaltyRefunds::Named(named) => {
            for (id, amount) in named {
                oldest_first(royalty, tables.merchants.find(id), amount.amount, &mut claws);
            }
        }
    }
    let mut taken = Claws::default();
    for ((split, share), row, amount) in claws.into_iter().filter(|claw| claw.2 > 0) {
        let receiver = tables.merchants.row(row.receiver);
        let account = receiver.account;
        let before = taken.debits.iter().filter(|d| d.0 == account).map(|d| u128::from(d.1));
        let needed = before.sum::<u128>() + u128::from(amount);
        let is_there = ledger.place().is_home(receiver.merchant)
            && may_debit(tables, account).is_ok()
            && tables.accounts.row(account).debit_room() >= needed;
        let back = ReturnedShare { split, share, amount };
        if is_there {
            taken.shares.push(back);
            taken.debits.push((account, amount));
        } else {
            taken.asked.push(back);
        }
    }
    let counts = *royalties == RoyaltyRefunds::ProRata && !royalty.splits.is_empty();
    Claws { pro_rata: if counts { money } else { 0 }, ..taken }
}

/// What a receiver gives of its oldest shares first; tells what of the amount it does not have.
fn oldest_first<'a>(
    royalty: &'a Royalty,
    receiver: Option<u32>,
    amount: u64,
    claws: &mut Vec<Claw<'a>>,
) -> u64 {
    let mut rest = amount;
    for (no, share) in all_shares(royalty).filter(|s| Some(s.1.receiver) == receiver) {
        let part = rest.min(share.left());
        rest -= part;
        claws.push((no, share, part));
    }
    rest
}

/// Every share with the places of its split and itself.
fn all_shares(royalty: &Royalty) -> impl Iterator<Item = ((u32, u32), &Share)> {
    (0u32..).zip(&royalty.splits).flat_map(|(no, split)| {
        (0u32..).zip(&split.shares).map(move |(at, share)| ((no, at), share))
    })
}

type Claw<'a> = ((u32, u32), &'a Share, u64);

fn in_proportion(royalty: &Royalty, receipts: u64, money: u64) -> Vec<Claw<'_>> {
    let refunded = royalty.refunded.saturating_add(money);
    let claw = |split: u32, share: &Share| {
        let before = royalty.splits.get(split as usize).map_or(0, |split| split.refunded_before);
        let since = refunded.saturating_sub(before).min(receipts);
        let whole = cumulative_half_up(share.amount, since, receipts);
        whole.saturating_sub(share.pro_rata).min(share.left())
    };
    all_shares(royalty).map(|(no, share)| (no, share, claw(no.0, share))).collect()
}

/// Notes what a refund takes back, into the account that pays it, and asks for what is elsewhere.
pub(crate) fn give_back(
    ledger: &Ledger,
    payment: &Payment,
    claws: Claws,
    to: AccountNo,
    batch: Option<u32>,
    out: &mut Decision,
) {
    if claws.pro_rata > 0 || !claws.shares.is_empty() {
        for (account, amount) in claws.debits {
            post(out, account, to, amount);
        }
        out.record(Fact::SplitReturned {
            payment: payment.payment,
            out_return_no: None,
            shares: claws.shares,
            batch,
            pro_rata: claws.pro_rata,
        });
    }
    if !claws.asked.is_empty() {
        ask(ledger, payment, None, claws.asked, claws.pro_rata > 0, out);
    }
}

/// How much of what is frozen comes free where so much is needed.
pub(crate) fn to_free(payment: &Payment, needed: u64) -> u64 {
    royalty(payment).map_or(0, |royalty| royalty.frozen.min(needed))
}

/// Notes that a part of what is frozen comes free, into the account that gives it on.
pub(crate) fn free(
    ledger: &Ledger,
    payment: &Payment,
    amount: u64,
    to: AccountNo,
    batch: Option<u32>,
    out: &mut Decision,
) {
    let frozen = ledger.tables().accounts.find(&frozen_key(payment));
    let Some(frozen) = frozen.filter(|_| amount > 0) else { return };
    post(out, frozen, to, amount);
    out.record(Fact::ProceedsFreed { payment: payment.payment, amount, batch });
}

/// A receiver gives back to the merchant's settled money, wherever that is, within 180 days of the
/// split. One that is at home elsewhere is asked there.
pub(crate) fn return_split(
    ledger: &Ledger,
    c: &ReturnSplit,
    now: u64,
    out: &mut Decision,
) -> Result<(), Refusal> {
    let tables = ledger.tables();
    let payment = tables.payments.get(&c.payment).ok_or(Rejection::UnknownAccount)?;
    let none = Royalty::default();
    let royalty = royalty(payment).unwrap_or(&none);
    let receiver = tables.merchants.find(&c.receiver);
    let split = royalty.split(&c.out_request_no);
    let found = split.and_then(|(no, split)| {
        let at = split.shares.iter().position(|share| Some(share.receiver) == receiver)?;
        Some((u32::try_from(no).ok()?, u32::try_from(at).ok()?, split, &split.shares[at]))
    });
    // Whose share it is comes first: a receiver learns nothing of the numbers of others, and each
    // has its own.
    let (no, at, split, share) = found.ok_or(Rejection::UnknownAccount)?;
    if let Some(done) = royalty.returned(share.receiver, &c.out_return_no) {
        let same = (done.split, done.share) == (no, at)
            && done.amount == c.amount.amount
            && c.amount.currency == payment.amount.currency;
        return Err(if same {
            Refusal::Repeat(done.events)
        } else {
            Refusal::Rejected(Rejection::IdempotencyConflict)
        });
    }
    in_currency(c.amount, payment.amount.currency)?;
    let amount = in_range(c.amount)?;
    let until = split.at.saturating_add(SPLIT_RETURN_DAYS_MAX * DAY_MS);
    refuse_if(now > until, Rejection::ReturnWindowClosed)?;
    let count = royalty.returns.len() + royalty.asked.len();
    refuse_if(count >= ROYALTY_SPLITS_MAX, Rejection::SplitCountExceeded)?;
    refuse_if(amount > share.left(), Rejection::ReturnExceedsReceived)?;
    let from = tables.merchants.row(share.receiver).account;
    let seller = tables.merchants.row(payment.merchant);
    let to = seller.account;
    may_debit(tables, from)?;
    may_credit(tables, to)?;
    let back = ReturnedShare { split: no, share: at, amount };
    if !ledger.place().is_home(c.receiver) {
        // From here on nothing may fail.
        ask(ledger, payment, Some(&c.out_return_no), vec![back], false, out);
        return Ok(());
    }
    let short = tables.accounts.row(from).debit_room() < u128::from(amount);
    refuse_if(short, Rejection::ReceiverBalanceInsufficient)?;
    // From here on nothing may fail.
    post(out, from, to, amount);
    out.record(Fact::SplitReturned {
        payment: c.payment,
        out_return_no: Some(c.out_return_no.clone()),
        shares: vec![back],
        batch: None,
        pro_rata: 0,
    });
    send_back_home(ledger, seller, c.payment, amount, out);
    Ok(())
}
