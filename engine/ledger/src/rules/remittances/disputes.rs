//! Disputes of what a merchant of another shard sold. The payment is with its payer, and what is in
//! dispute is held there at once; the merchant's settled money and its debts are at its home.
//!
//! What the payment's batch no longer has, and the fee for losing, the merchant owes here first.
//! Its home is asked for that and cannot refuse: it pays from settled money, and what this lacks
//! becomes the merchant's debt there, as on one shard. What the merchant wins goes home.

use crate::account::{AccountKey, AccountNo, Class};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::money::Currency;
use crate::remittance::{Cargo, Purpose, Remittance};
use crate::rules::credit_room;
use crate::state::Merchant;

/// Asks the home of a merchant for what it owes here, where that is not its home.
pub(crate) fn ask_for_debt(
    ledger: &Ledger,
    seller: &Merchant,
    dispute: Id,
    owed: u64,
    is_fee: bool,
    out: &mut Decision,
) {
    let (merchant, currency) = (seller.merchant, seller.terms.settle_currency);
    if owed == 0 || ledger.place().is_home(merchant) {
        return;
    }
    let purpose = Purpose::DisputeDebt { merchant, dispute, owed, is_fee };
    let cargo = Cargo { amount: 0, currency, purpose };
    super::record_sent(ledger, ledger.place().home(merchant), cargo, out);
}

/// Sends home what a merchant won, where this is not its home.
pub(crate) fn send_home(
    ledger: &Ledger,
    seller: &Merchant,
    dispute: Id,
    amount: u64,
    out: &mut Decision,
) {
    let purpose = Purpose::DisputeReleased { merchant: seller.merchant, dispute };
    super::send_to_home(ledger, seller, amount, purpose, out);
}

/// At the merchant's home: from its settled money, and the rest as its debt. Of a merchant that
/// has closed its account meanwhile all of it is debt.
pub(super) fn charge(ledger: &Ledger, remittance: &Remittance, out: &mut Decision) {
    let Purpose::DisputeDebt { merchant, dispute, owed: asked, is_fee } = remittance.cargo.purpose
    else {
        return;
    };
    let (tables, currency) = (ledger.tables(), remittance.cargo.currency);
    let seller = open_account(ledger, merchant, currency);
    let room = seller.map_or(0, |no| tables.accounts.row(no).debit_room());
    let from_available = asked.min(u64::try_from(room).unwrap_or(u64::MAX));
    let owed = asked - from_available;
    let transit = super::transit_account(ledger, remittance.from, currency, out);
    let debt =
        (owed > 0).then(|| ledger.account_or_open(debt_key(merchant, currency), currency, out));
    if let Some(account) = seller {
        post(out, account, transit, from_available);
    }
    if let Some(debt) = debt {
        post(out, debt, transit, owed);
    }
    out.record(Fact::DisputeCharged { merchant, dispute, is_fee, from_available, owed });
    let purpose = Purpose::DisputeDebtPaid { merchant, dispute };
    super::record_sent(ledger, remittance.from, Cargo { amount: asked, currency, purpose }, out);
}

/// At the payer's shard: the merchant owes nothing here any more for that.
pub(super) fn debt_paid(
    ledger: &Ledger,
    remittance: &Remittance,
    merchant: Id,
    dispute: Id,
    out: &mut Decision,
) {
    let Cargo { amount, currency, .. } = remittance.cargo;
    let key = debt_key(merchant, currency);
    let owes = credit_room(ledger.tables(), &key) >= u128::from(amount);
    let Some(debt) = ledger.tables().accounts.find(&key).filter(|_| owes) else {
        super::keep_in_suspense(ledger, remittance, out);
        return;
    };
    let transit = super::transit_account(ledger, remittance.from, currency, out);
    post(out, transit, debt, amount);
    out.record(Fact::DisputeDebtPaid { merchant, dispute, amount });
}

/// At the merchant's home: what it won pays its debt, the rest is its settled money. Where it has
/// closed its account meanwhile the money waits in suspense.
pub(super) fn reverse(
    ledger: &Ledger,
    remittance: &Remittance,
    merchant: Id,
    dispute: Id,
    out: &mut Decision,
) {
    let Cargo { amount, currency, .. } = remittance.cargo;
    let Some(account) = open_account(ledger, merchant, currency) else {
        super::keep_in_suspense(ledger, remittance, out);
        return;
    };
    let key = debt_key(merchant, currency);
    let owed = u64::try_from(credit_room(ledger.tables(), &key)).unwrap_or(u64::MAX);
    let to_debt = amount.min(owed);
    let to_available = amount - to_debt;
    let transit = super::transit_account(ledger, remittance.from, currency, out);
    if let Some(debt) = ledger.tables().accounts.find(&key) {
        post(out, transit, debt, to_debt);
    }
    post(out, transit, account, to_available);
    out.record(Fact::DisputeReversed { merchant, dispute, to_debt, to_available });
}

/// Where the settled money of a merchant is, if it has a place here in this currency.
fn open_account(ledger: &Ledger, merchant: Id, currency: Currency) -> Option<AccountNo> {
    let row = ledger.tables().merchants.get(&merchant)?;
    let account = ledger.tables().accounts.row(row.account);
    (account.currency == currency && !account.closed).then_some(row.account)
}

fn debt_key(merchant: Id, currency: Currency) -> AccountKey {
    AccountKey::of(Class::MerchantReceivable, merchant, currency)
}
