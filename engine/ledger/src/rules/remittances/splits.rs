//! At the merchant's home: settled money for a split of what it sold on another shard. Only settled
//! money is shared (DOMAIN §4.6); today's sales here are none of that payment.

use super::{open_merchant, record_sent, transit_account};
use crate::account::AccountNo;
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::money::Currency;
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose, Remittance};
use crate::rules::{may_debit, refuse_if};

/// Gives it all, or says why not.
pub(super) fn fund(ledger: &Ledger, remittance: &Remittance, out: &mut Decision) {
    let Purpose::SplitAsked { merchant, payment, out_request_no, asked } =
        &remittance.cargo.purpose
    else {
        return;
    };
    let (currency, to) = (remittance.cargo.currency, remittance.from);
    let (merchant, payment, asked) = (*merchant, *payment, *asked);
    let out_request_no = out_request_no.clone();
    match settled(ledger, merchant, asked, currency) {
        Ok(account) => {
            let transit = transit_account(ledger, to, currency, out);
            post(out, account, transit, asked);
            out.record(Fact::SplitPaid { merchant, payment, amount: asked });
            let purpose = Purpose::SplitFunded { payment, out_request_no };
            record_sent(ledger, to, Cargo { amount: asked, currency, purpose }, out);
        }
        Err(why) => {
            let purpose = Purpose::SplitDenied { payment, out_request_no, why };
            record_sent(ledger, to, Cargo { amount: 0, currency, purpose }, out);
        }
    }
}

/// The account of a merchant that has so much.
fn settled(
    ledger: &Ledger,
    merchant: Id,
    amount: u64,
    currency: Currency,
) -> Result<AccountNo, Rejection> {
    let tables = ledger.tables();
    let no = open_merchant(ledger, merchant, currency).ok_or(Rejection::AccountClosed)?;
    let account = tables.merchants.row(no).account;
    may_debit(tables, account)?;
    let room = tables.accounts.row(account).debit_room();
    refuse_if(amount == 0 || room < u128::from(amount), Rejection::AmountNotEnough)?;
    Ok(account)
}
