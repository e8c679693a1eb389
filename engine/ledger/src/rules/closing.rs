//! Closing a merchant where there are several shards: its orders, holds, batches, disputes and
//! frozen proceeds stand where its payers are, and its home knows nothing of them (DOMAIN §4.1).
//!
//! | where | what |
//! |---|---|
//! | home | nothing is open here: all other shards are asked; the command is accepted |
//! | each other shard | nothing is open: it is closed here at once, so that nothing begins |
//! | each other shard | something is open: it says so |
//! | home, with the last answer | all said no and nothing came meanwhile: it is closed |
//! | home, with the last answer | else it is not, and all shards are told that it is open |
//!
//! The book leaves this to us. Answers come behind all that their shard had sent before, so what
//! was on its way has arrived by then. What a receiver of a royalty or an insurer gives back later
//! waits in suspense at home, as it does on one shard that has no account for it.

use crate::account::{AccountKey, Class};
use crate::command::Owner;
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{ASKED_SINCE, Ledger};
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose, Remittance, Standing};
use crate::rules::refuse_if;
use crate::rules::remittances::{announce_merchant, hear_of_merchant, record_sent, tell_all};
use crate::state::{Merchant, Tables};

/// Whether anything of a merchant is open on this shard, which may be its home or not.
pub(crate) fn has_open(tables: &Tables, m: &Merchant) -> bool {
    let zero = |class| {
        let key = AccountKey::of(class, m.merchant, m.terms.settle_currency);
        tables.accounts.get(&key).is_none_or(|account| account.is_zero())
    };
    m.open_payments > 0
        || m.open_holds > 0
        || m.open_batches > 0
        || m.open_payouts > 0
        || m.open_disputes > 0
        || m.open_freezes > 0
        || !zero(Class::MerchantReserve)
        || tables.campaigns.rows().iter().any(|c| c.funder == m.merchant && !c.closed)
        || !zero(Class::MerchantReceivable)
}

/// Whether others are to be asked before a merchant is closed.
pub(crate) fn asks(ledger: &Ledger) -> bool {
    ledger.has_others_since(ASKED_SINCE)
}

/// Asks all other shards. Nothing is open here.
pub(crate) fn ask(ledger: &Ledger, m: &Merchant, out: &mut Decision) {
    let merchant = m.merchant;
    out.record(Fact::CloseAsked { merchant, shards: ledger.place().shards.saturating_sub(1) });
    tell_all(ledger, m.terms.settle_currency, out, || Purpose::CloseAsked { merchant });
}

/// On another shard: a merchant of which nothing is open is closed until its home says otherwise.
/// One of which nothing is known has nothing open.
pub(crate) fn asked(ledger: &Ledger, remittance: &Remittance, merchant: Id, out: &mut Decision) {
    let tables = ledger.tables();
    let known = tables.merchants.get(&merchant).filter(|_| !ledger.place().is_home(merchant));
    let open = known.is_some_and(|m| has_open(tables, m));
    if let Some(m) = known.filter(|_| !open) {
        let standing = Standing { closed: true, ..standing(tables, m) };
        hear_of_merchant(ledger, merchant, m.terms, standing, out);
    }
    let purpose = Purpose::CloseAnswered { merchant, open };
    let cargo = Cargo { amount: 0, currency: remittance.cargo.currency, purpose };
    record_sent(ledger, remittance.from, cargo, out);
}

/// At home: with the last answer it is decided.
pub(crate) fn answered(ledger: &Ledger, shard: u32, merchant: Id, open: bool, out: &mut Decision) {
    let tables = ledger.tables();
    let Some(m) = tables.merchants.get(&merchant).filter(|m| m.closing > 0) else { return };
    out.record(Fact::CloseAnswered { merchant, shard, open });
    if m.closing > 1 {
        return;
    }
    let refused = open || m.closing_refused;
    let why = match refused {
        true => Some(Rejection::OpenObligations),
        false => may_close(tables, m).err(),
    };
    out.record(Fact::CloseDecided { merchant, why });
    if why.is_none() {
        out.record(Fact::AccountClosed { owner: Owner::Merchant(merchant) });
    }
    let standing = Standing { closed: why.is_none(), ..standing(tables, m) };
    announce_merchant(ledger, merchant, m.terms, standing, out);
}

/// The staircase of closing once more: meanwhile the merchant went on here.
fn may_close(tables: &Tables, m: &Merchant) -> Result<(), Rejection> {
    let account = tables.accounts.row(m.account);
    refuse_if(account.closed, Rejection::AccountClosed)?;
    refuse_if(!account.is_zero(), Rejection::BalanceNotZero)?;
    refuse_if(has_open(tables, m), Rejection::OpenObligations)
}

fn standing(tables: &Tables, m: &Merchant) -> Standing {
    let account = tables.accounts.row(m.account);
    Standing {
        debit_blocked: account.debit_blocked,
        credit_blocked: account.credit_blocked,
        closed: account.closed,
    }
}

/// Whether the merchant of a foreign fact is there and is being closed.
pub(crate) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let of = |merchant: &Id| tables.merchants.get(merchant).ok_or("a merchant is unknown");
    match fact {
        Fact::CloseAsked { merchant, .. } => {
            known(of(merchant)?.closing == 0, "it is asked twice whether a merchant may be closed")
        }
        Fact::CloseAnswered { merchant, .. } => {
            known(of(merchant)?.closing > 0, "nobody asked whether a merchant may be closed")
        }
        Fact::CloseDecided { merchant, .. } => {
            known(of(merchant)?.closing == 0, "shards have not answered about a merchant")
        }
        _ => Ok(()),
    }
}

pub(crate) fn apply(tables: &mut Tables, fact: &Fact) {
    match fact {
        Fact::CloseAsked { merchant, shards } => {
            let Some(m) = tables.merchants.get_mut(merchant) else { return };
            m.closing = *shards;
            m.closing_refused = false;
        }
        Fact::CloseAnswered { merchant, open, .. } => {
            let Some(m) = tables.merchants.get_mut(merchant) else { return };
            m.closing = m.closing.saturating_sub(1);
            m.closing_refused |= *open;
        }
        Fact::CloseDecided { merchant, .. } => {
            let Some(m) = tables.merchants.get_mut(merchant) else { return };
            m.closing_refused = false;
        }
        _ => {}
    }
}

/// A restriction that is set or lifted meanwhile tells all shards that the merchant is open, so it
/// will not be closed this time.
pub(crate) fn interrupted(tables: &mut Tables, owner: Owner) {
    if let Owner::Merchant(id) = owner
        && let Some(m) = tables.merchants.get_mut(&id)
    {
        m.closing_refused |= m.closing > 0;
    }
}
