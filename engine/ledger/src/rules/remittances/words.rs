//! What all shards must know: who a merchant is, and limits that hold for everybody.

use crate::account::{AccountKey, Class};
use crate::command::{LimitScope, Limits, MerchantTerms};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Currency;
use crate::remittance::{Cargo, Purpose, Standing};
use crate::state::{Merchant, Tables};

/// Tells every other shard who a merchant of this one is, as it is after this decision.
pub(crate) fn announce_merchant(
    ledger: &Ledger,
    merchant: Id,
    terms: MerchantTerms,
    standing: Standing,
    out: &mut Decision,
) {
    tell_all(ledger, terms.settle_currency, out, || Purpose::Merchant {
        merchant,
        terms,
        standing,
    });
}

/// Tells every other shard limits that are not of one user.
pub(crate) fn announce_limits(
    ledger: &Ledger,
    scope: LimitScope,
    currency: Currency,
    limits: Limits,
    out: &mut Decision,
) {
    tell_all(ledger, currency, out, || Purpose::Limits { scope, limits });
}

pub(crate) fn tell_all(
    ledger: &Ledger,
    currency: Currency,
    out: &mut Decision,
    purpose: impl Fn() -> Purpose,
) {
    for shard in ledger.place().others() {
        super::record_sent(ledger, shard, Cargo { amount: 0, currency, purpose: purpose() }, out);
    }
}

/// Takes in who a merchant of another shard is.
pub(crate) fn hear_of_merchant(
    ledger: &Ledger,
    merchant: Id,
    terms: MerchantTerms,
    standing: Standing,
    out: &mut Decision,
) {
    // It stays empty: what is settled goes home. It carries the merchant's restrictions.
    let key = AccountKey::of(Class::MerchantAvailable, merchant, terms.settle_currency);
    let account = ledger.account_or_open(key, terms.settle_currency, out);
    out.record(Fact::MerchantKnown { merchant, terms, account, standing });
}

pub(super) fn apply(tables: &mut Tables, fact: &Fact) {
    let Fact::MerchantKnown { merchant, terms, account, standing } = fact else { return };
    if tables.merchants.find(merchant).is_none() {
        tables.merchants.insert(Merchant::new(*merchant, *terms, *account));
    }
    let row = tables.accounts.row_mut(*account);
    row.debit_blocked = standing.debit_blocked;
    row.credit_blocked = standing.credit_blocked;
    row.closed = standing.closed;
}
