//! Funding partners: banks whose money is lent (DOMAIN §1.4, §4.1). The money is the platform's
//! debt to them (FP); who bought with it on credit does not live here.
//!
//! Where the book is silent: a partner may fund in several currencies, each owed on its own, and
//! is never paid back more than is owed. What the bank holds is not kept apart by whose it is, as
//! with payouts: that customer money stays covered is the auditor's to see (DOMAIN §6, 18).

use crate::account::{AccountKey, Class};
use crate::command::{FundCredit, RepayFunding};
use crate::event::{Decision, Fact};
use crate::ledger::{Ledger, in_range, post};
use crate::rejection::Rejection;
use crate::rules::{bank_key, credit_room, refuse_if};

pub(crate) fn fund(ledger: &Ledger, c: &FundCredit, out: &mut Decision) -> Result<(), Rejection> {
    let amount = in_range(c.amount)?;
    // From here on nothing may fail.
    let currency = c.amount.currency;
    let bank = ledger.account_or_open(bank_key(c.safeguarded_at, currency), currency, out);
    let partner = AccountKey::of(Class::FundingPartner, c.bank, currency);
    let partner = ledger.account_or_open(partner, currency, out);
    post(out, bank, partner, amount);
    out.record(Fact::CreditFunded { bank: c.bank, amount: c.amount });
    Ok(())
}

pub(crate) fn repay(
    ledger: &Ledger,
    c: &RepayFunding,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let amount = in_range(c.amount)?;
    let currency = c.amount.currency;
    let partner = AccountKey::of(Class::FundingPartner, c.bank, currency);
    let partner = tables.accounts.find(&partner).ok_or(Rejection::FundingExceeded)?;
    let owed = tables.accounts.row(partner).debit_room();
    refuse_if(owed < u128::from(amount), Rejection::FundingExceeded)?;
    let bank = bank_key(c.safeguarded_at, currency);
    let short = credit_room(tables, &bank) < u128::from(amount);
    refuse_if(short, Rejection::SafeguardedBankInsufficient)?;
    // From here on nothing may fail.
    let bank = ledger.account_or_open(bank, currency, out);
    post(out, partner, bank, amount);
    out.record(Fact::FundingRepaid { bank: c.bank, amount: c.amount });
    Ok(())
}
