//! Money of a ledger account that balances an account of another shard: all of it is sent, for only
//! the other side knows its account. It takes what the account needs, and the rest goes back.

use super::{record_sent, transit_account};
use crate::account::AccountNo;
use crate::command::Owner;
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, post};
use crate::money::Money;
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose, Remittance};
use crate::rules::{account_of, in_currency, may_credit, refuse_if};

/// Places as much as the account takes; where that is nothing, all of it goes back.
pub(super) fn place_up_to(
    ledger: &Ledger,
    remittance: &Remittance,
    debit: Id,
    credit: Id,
    out: &mut Decision,
) {
    let Cargo { amount, currency, .. } = remittance.cargo;
    let mut why = Rejection::ExceedsDebits;
    let mut placed = 0;
    match taken(ledger, credit, Money { amount, currency }) {
        Ok((account, part)) => {
            placed = part;
            let transit = transit_account(ledger, remittance.from, currency, out);
            post(out, transit, account, part);
            out.record(Fact::PostingArrived { debit, credit, amount: part });
        }
        Err(other) => why = other,
    }
    let rest = amount - placed;
    if rest > 0 {
        let purpose = Purpose::PostingBack { debit, credit, why };
        record_sent(ledger, remittance.from, Cargo { amount: rest, currency, purpose }, out);
    }
}

/// The account, and what of the money brings its credits up to its debits.
fn taken(ledger: &Ledger, to: Id, money: Money) -> Result<(AccountNo, u64), Rejection> {
    let (account, currency) = account_of(ledger.tables(), Owner::Ledger(to))?;
    in_currency(money, currency)?;
    may_credit(ledger.tables(), account)?;
    let row = ledger.tables().accounts.row(account);
    let balanced = row.debits_posted.saturating_sub(row.credits_posted + row.credits_pending);
    let room = balanced.min(row.credit_room());
    let part = money.amount.min(u64::try_from(room).unwrap_or(u64::MAX));
    refuse_if(part == 0, Rejection::ExceedsDebits)?;
    Ok((account, part))
}
