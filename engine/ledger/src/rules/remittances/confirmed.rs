//! Parts of payments that are settled ahead of their batch, where the merchant is at home
//! elsewhere: they leave the batch here and are settled there, as a batch would be.

use super::{keep_in_suspense, open_merchant, send, transit_account};
use crate::event::{Decision, Fact};
use crate::ledger::{Ledger, post};
use crate::money::bps_ceil;
use crate::remittance::{Cargo, Confirmed, Purpose, Remittance};
use crate::rules::settlement::pay_out;
use crate::rules::taking::open_batch_of;
use crate::state::{Batch, Payment};

/// Sends a part of a payment home. It is on the merchant's account here, which is empty before and
/// after.
pub(crate) fn send_confirmed(
    ledger: &Ledger,
    payment: &Payment,
    batch: &Batch,
    amount: u64,
    out: &mut Decision,
) {
    let seller = ledger.tables().merchants.row(payment.merchant);
    post(out, batch.account, seller.account, amount);
    out.record(Fact::SettlementConfirmed {
        payment: payment.payment,
        recovered: 0,
        reserve: 0,
        available: amount,
    });
    let purpose = Purpose::Confirmed(Box::new(Confirmed {
        payment: payment.payment,
        merchant: seller.merchant,
        out_trade_no: payment.out_trade_no.clone(),
        date: batch.date,
    }));
    let cargo = Cargo { amount, currency: seller.terms.settle_currency, purpose };
    send(ledger, ledger.place().home(seller.merchant), seller.account, cargo, out);
}

/// At the merchant's home: the debt, the reserve, the rest, as of a batch. What is kept back counts
/// in the batch of the same date, with which the clock gives it back.
pub(super) fn take_confirmed(
    ledger: &Ledger,
    remittance: &Remittance,
    confirmed: &Confirmed,
    out: &mut Decision,
) {
    let Cargo { amount, currency, .. } = remittance.cargo;
    let Some(no) = open_merchant(ledger, confirmed.merchant, currency) else {
        keep_in_suspense(ledger, remittance, out);
        return;
    };
    let seller = ledger.tables().merchants.row(no);
    let is_kept = seller.terms.reserve_bps > 0 && seller.terms.reserve_days > 0;
    let batch = is_kept.then(|| open_batch_of(ledger, no, confirmed.date, out).0);
    let transit = transit_account(ledger, remittance.from, currency, out);
    let (recovered, reserve, available) = pay_out(ledger, seller, transit, amount, bps_ceil, out);
    out.record(Fact::ConfirmationArrived {
        payment: confirmed.payment,
        merchant: confirmed.merchant,
        out_trade_no: confirmed.out_trade_no.clone(),
        batch,
        recovered,
        reserve,
        available,
    });
}
