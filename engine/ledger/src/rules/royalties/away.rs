//! Royalties of receivers that are at home on other shards: sent on in the decision that shares,
//! placed there, or sent back and returned to who shared.
//!
//! A share is credited to the receiver's account here, which is empty before and after, and goes on
//! from there, so that a split is the same wherever its receivers are.

use crate::account::AccountNo;
use crate::event::{Decision, Fact, ReturnedShare};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::money::Money;
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose, Remittance, RoyaltySent};
use crate::rules::remittances::{
    keep_in_suspense, record_sent, send, send_back_home, transit_account,
};
use crate::rules::{in_currency, may_credit, merchant};
use crate::state::Payment;

/// Sends on the shares of a split, the next one of its payment, whose receivers are elsewhere.
pub(super) fn send_on(
    ledger: &Ledger,
    payment: &Payment,
    split: u32,
    shares: &[(Id, u64)],
    out: &mut Decision,
) {
    let (tables, place) = (ledger.tables(), ledger.place());
    let seller = tables.merchants.row(payment.merchant).merchant;
    for (share, (receiver, amount)) in (0u32..).zip(shares) {
        let away = tables.merchants.get(receiver).filter(|_| !place.is_home(*receiver));
        let Some(row) = away else { continue };
        let sent = RoyaltySent {
            payment: payment.payment,
            merchant: seller,
            receiver: *receiver,
            split,
            share,
        };
        let (amount, currency) = (*amount, payment.amount.currency);
        let cargo = Cargo { amount, currency, purpose: Purpose::Royalty(sent) };
        send(ledger, place.home(*receiver), row.account, cargo, out);
    }
}

/// A share of a payment elsewhere: the receiver's settled money, or back where it came from.
pub(crate) fn arrive(
    ledger: &Ledger,
    remittance: &Remittance,
    sent: RoyaltySent,
    out: &mut Decision,
) {
    let Cargo { amount, currency, .. } = remittance.cargo;
    match receiver_to_credit(ledger, sent.receiver, Money { amount, currency }) {
        Ok(account) => {
            let transit = transit_account(ledger, remittance.from, currency, out);
            post(out, transit, account, amount);
            out.record(Fact::RoyaltyArrived { sent, amount });
        }
        Err(why) => {
            let cargo = Cargo { amount, currency, purpose: Purpose::RoyaltyBack(sent, why) };
            record_sent(ledger, remittance.from, cargo, out);
        }
    }
}

fn receiver_to_credit(ledger: &Ledger, receiver: Id, money: Money) -> Result<AccountNo, Rejection> {
    let row = merchant(ledger.tables(), receiver)?;
    in_currency(money, row.terms.settle_currency)?;
    may_credit(ledger.tables(), row.account)?;
    Ok(row.account)
}

/// A share that could not be placed is returned as if the receiver had given it back, also if some
/// of it was asked for meanwhile. If who shared has closed its account, the money waits in
/// suspense, and the share stays as it is.
pub(crate) fn come_back(
    ledger: &Ledger,
    remittance: &Remittance,
    sent: RoyaltySent,
    why: Rejection,
    out: &mut Decision,
) {
    let tables = ledger.tables();
    let Cargo { amount, currency, .. } = remittance.cargo;
    let payment = tables.payments.get(&sent.payment);
    let share = payment.and_then(super::royalty).and_then(|royalty| {
        let split = royalty.splits.get(sent.split as usize)?;
        split.shares.get(sent.share as usize).filter(|share| amount <= share.kept())
    });
    let seller = payment.map(|payment| tables.merchants.row(payment.merchant));
    let seller = seller.filter(|seller| !tables.accounts.row(seller.account).closed);
    let (Some(seller), Some(share)) = (seller, share) else {
        keep_in_suspense(ledger, remittance, out);
        return;
    };
    let here = tables.merchants.row(share.receiver).account;
    let transit = transit_account(ledger, remittance.from, currency, out);
    post(out, transit, here, amount);
    out.record(Fact::RoyaltyRefused { sent, amount, why });
    post(out, here, seller.account, amount);
    let back = ReturnedShare { split: sent.split, share: sent.share, amount };
    out.record(Fact::SplitReturned {
        payment: sent.payment,
        out_return_no: None,
        shares: vec![back],
        batch: None,
        pro_rata: 0,
    });
    send_back_home(ledger, seller, sent.payment, amount, out);
}
