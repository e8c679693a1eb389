//! Royalties taken back from receivers that are at home on other shards: their homes are asked, and
//! may refuse; what they give is the sharer's settled money, and goes to its home.
//!
//! The book leaves this to us. A receiver must never owe what it once got, so its home says what
//! there is, and nothing waits for it: a refund is paid by the merchant at once, and what
//! receivers elsewhere give of it comes later. Where one gives nothing the merchant alone has paid,
//! as for a refund that names nobody. In proportion each is asked once for its part of a refund.

use crate::account::AccountNo;
use crate::command::Reference;
use crate::event::{Decision, Fact, ReturnedShare};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::money::Money;
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose, Remittance, RoyaltyReturn, RoyaltySent};
use crate::rules::remittances::{keep_in_suspense, record_sent, send_back_home, transit_account};
use crate::rules::{in_currency, may_debit, merchant, refuse_if};
use crate::state::{Payment, Share};

/// Asks the homes of receivers to give back of their shares of a payment. One that is at home here
/// is asked where it gives nothing, and has answered at once.
pub(super) fn ask(
    ledger: &Ledger,
    payment: &Payment,
    out_return_no: Option<&Reference>,
    shares: Vec<ReturnedShare>,
    pro_rata: bool,
    out: &mut Decision,
) {
    let tables = ledger.tables();
    let asked = |back: &ReturnedShare| {
        let share = share_of(payment, back.split, back.share)?;
        let sent = RoyaltySent {
            payment: payment.payment,
            merchant: tables.merchants.row(payment.merchant).merchant,
            receiver: tables.merchants.row(share.receiver).merchant,
            split: back.split,
            share: back.share,
        };
        let out_return_no = out_return_no.cloned();
        Some(RoyaltyReturn { sent, out_return_no, amount: back.amount })
    };
    let asked: Vec<RoyaltyReturn> = shares.iter().filter_map(asked).collect();
    let (payment, currency) = (payment.payment, payment.amount.currency);
    let number = out_return_no.cloned();
    out.record(Fact::SplitReturnAsked { payment, out_return_no: number, shares, pro_rata });
    for asked in asked {
        let home = ledger.place().home(asked.sent.receiver);
        if home == ledger.place().shard {
            let money = Money { amount: asked.amount, currency };
            let why = receiver_to_debit(ledger, asked.sent.receiver, money).err();
            let why = why.unwrap_or(Rejection::ReceiverBalanceInsufficient);
            out.record(Fact::SplitReturnFailed { asked: Box::new(asked), why });
            continue;
        }
        let purpose = Purpose::RoyaltyAsked(Box::new(asked));
        record_sent(ledger, home, Cargo { amount: 0, currency, purpose }, out);
    }
}

fn share_of(payment: &Payment, split: u32, share: u32) -> Option<&Share> {
    super::royalty(payment)?.splits.get(split as usize)?.shares.get(share as usize)
}

/// At the receiver's home: out of its settled money, or not.
pub(crate) fn give(
    ledger: &Ledger,
    remittance: &Remittance,
    asked: &RoyaltyReturn,
    out: &mut Decision,
) {
    let currency = remittance.cargo.currency;
    let (sent, amount) = (asked.sent, asked.amount);
    let (amount_back, purpose) =
        match receiver_to_debit(ledger, sent.receiver, Money { amount, currency }) {
            Ok(account) => {
                let transit = transit_account(ledger, remittance.from, currency, out);
                post(out, account, transit, amount);
                out.record(Fact::RoyaltyTaken { sent, amount });
                (amount, Purpose::RoyaltyGiven(Box::new(asked.clone())))
            }
            Err(why) => (0, Purpose::RoyaltyDenied(Box::new(asked.clone()), why)),
        };
    let cargo = Cargo { amount: amount_back, currency, purpose };
    record_sent(ledger, remittance.from, cargo, out);
}

fn receiver_to_debit(ledger: &Ledger, receiver: Id, money: Money) -> Result<AccountNo, Rejection> {
    let row = merchant(ledger.tables(), receiver)?;
    in_currency(money, row.terms.settle_currency)?;
    may_debit(ledger.tables(), row.account)?;
    let room = ledger.tables().accounts.row(row.account).debit_room();
    refuse_if(room < u128::from(money.amount), Rejection::ReceiverBalanceInsufficient)?;
    Ok(row.account)
}

/// At the payment's shard: what a receiver gave is the sharer's settled money. If who shared has
/// closed its account meanwhile, or the share itself came back because the receiver could not take
/// it, the money waits in suspense, and the return has failed.
pub(crate) fn given(
    ledger: &Ledger,
    remittance: &Remittance,
    asked: &RoyaltyReturn,
    out: &mut Decision,
) {
    let tables = ledger.tables();
    let Cargo { amount, currency, .. } = remittance.cargo;
    let (sent, out_return_no) = (asked.sent, asked.out_return_no.clone());
    let found = open(ledger, asked).filter(|_| amount == asked.amount);
    let came_back = found.is_some_and(|(_, share)| amount > share.kept());
    let found = found.filter(|_| !came_back);
    let seller = found.map(|(payment, _)| tables.merchants.row(payment.merchant));
    let seller = seller.filter(|seller| !tables.accounts.row(seller.account).closed);
    let (Some(seller), Some((_, share))) = (seller, found) else {
        let why =
            if came_back { Rejection::ReturnExceedsReceived } else { Rejection::AccountClosed };
        keep_in_suspense(ledger, remittance, out);
        denied(ledger, asked, why, out);
        return;
    };
    let here = tables.merchants.row(share.receiver).account;
    let transit = transit_account(ledger, remittance.from, currency, out);
    post(out, transit, here, amount);
    out.record(Fact::RoyaltyGivenBack { sent, amount });
    post(out, here, seller.account, amount);
    let back = ReturnedShare { split: sent.split, share: sent.share, amount };
    out.record(Fact::SplitReturned {
        payment: sent.payment,
        out_return_no,
        shares: vec![back],
        batch: None,
        pro_rata: 0,
    });
    send_back_home(ledger, seller, sent.payment, amount, out);
}

/// The share stays as it is; a return under a number may be asked for again.
pub(crate) fn denied(ledger: &Ledger, asked: &RoyaltyReturn, why: Rejection, out: &mut Decision) {
    if open(ledger, asked).is_some() {
        out.record(Fact::SplitReturnFailed { asked: Box::new(asked.clone()), why });
    }
}

/// The share that a receiver was asked to give back of, and its payment.
fn open<'a>(ledger: &'a Ledger, asked: &RoyaltyReturn) -> Option<(&'a Payment, &'a Share)> {
    let payment = ledger.tables().payments.get(&asked.sent.payment)?;
    let share = share_of(payment, asked.sent.split, asked.sent.share)?;
    (asked.amount <= share.asked).then_some((payment, share))
}
