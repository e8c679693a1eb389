//! Money that leaves for a user of another shard.

use crate::account::{AccountKey, Class};
use crate::command::{CodeKind, MatchReceipt, Owner, Transfer};
use crate::event::{Decision, Fact};
use crate::ledger::{Ledger, in_range, post};
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose};
use crate::rules::limits::may_spend;
use crate::rules::{in_currency, may_debit, refuse_if};
use crate::state::User;

/// A transfer to a user of another shard: decided from the side of the payer; the other side sends
/// back what it cannot place. What comes back stays counted in the payer's limits.
pub(crate) fn transfer_away(
    ledger: &Ledger,
    c: &Transfer,
    from: &User,
    home: u32,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    in_currency(c.amount, from.currency)?;
    let amount = in_range(c.amount)?;
    may_debit(ledger.tables(), from.account)?;
    let room = ledger.tables().accounts.row(from.account).debit_room();
    refuse_if(room < u128::from(amount), Rejection::InsufficientFunds)?;
    may_spend(ledger, from, amount, CodeKind::None, now)?;
    // From here on nothing may fail.
    let purpose = Purpose::Transfer { from: c.from, to: c.to };
    let cargo = Cargo { amount, currency: c.amount.currency, purpose };
    super::send(ledger, home, from.account, cargo, out);
    Ok(())
}

/// Money of an unknown owner that is found to be a user of another shard: nobody else's account is
/// debited, and what comes back waits in suspense again. The receipt covers the amount.
pub(crate) fn match_away(
    ledger: &Ledger,
    c: &MatchReceipt,
    target: Owner,
    home: u32,
    out: &mut Decision,
) -> Result<(), Rejection> {
    // A merchant's money is settled; what it gets otherwise is recorded at its home.
    let Owner::User(user) = target else { return Err(Rejection::NotAcrossShards) };
    // From here on nothing may fail.
    let (amount, currency) = (c.amount.amount, c.amount.currency);
    let suspense = AccountKey::house(Class::Suspense, currency);
    let suspense = ledger.account_or_open(suspense, currency, out);
    let transit = super::transit_account(ledger, home, currency, out);
    post(out, suspense, transit, amount);
    out.record(Fact::ReceiptMatched { bank_ref: c.bank_ref.clone(), target, amount });
    let purpose = Purpose::Transfer { from: user, to: user };
    super::record_sent(ledger, home, Cargo { amount, currency, purpose }, out);
    Ok(())
}
