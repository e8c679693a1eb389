//! What a merchant has back of a sale once its sales have gone home: it follows them. What it pays
//! of that before stays where the payment is.

use super::{keep_in_suspense, open_merchant, send_to_home, transit_account};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::remittance::{Cargo, Purpose, Remittance};
use crate::state::Merchant;

/// Sends home what a merchant has back, where this is not its home.
pub(crate) fn send_back_home(
    ledger: &Ledger,
    seller: &Merchant,
    payment: Id,
    amount: u64,
    out: &mut Decision,
) {
    let purpose = Purpose::BackHome { merchant: seller.merchant, payment };
    send_to_home(ledger, seller, amount, purpose, out);
}

/// At the merchant's home: its settled money, whatever it owes, as on one shard. Where it has
/// closed its account meanwhile the money waits in suspense.
pub(super) fn take(
    ledger: &Ledger,
    remittance: &Remittance,
    merchant: Id,
    payment: Id,
    out: &mut Decision,
) {
    let Cargo { amount, currency, .. } = remittance.cargo;
    let Some(seller) = open_merchant(ledger, merchant, currency) else {
        keep_in_suspense(ledger, remittance, out);
        return;
    };
    let account = ledger.tables().merchants.row(seller).account;
    let transit = transit_account(ledger, remittance.from, currency, out);
    post(out, transit, account, amount);
    out.record(Fact::BackHomeArrived { merchant, payment, amount });
}
