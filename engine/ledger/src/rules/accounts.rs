//! Who takes part: users and merchants; restricting and closing their accounts (DOMAIN §4.1).

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{
    Block, CloseAccount, LiftRestriction, OnboardMerchant, OpenUser, Owner, RestrictAccount,
};
use crate::event::{Decision, Fact};
use crate::ledger::Ledger;
use crate::rejection::Rejection;
use crate::remittance::Standing;
use crate::rules::remittances::announce_merchant;
use crate::rules::{account_of, cards, closing, merchant, refuse_if, user};
use crate::state::{Merchant, Tables, Usage, User};

pub(crate) fn open_user(
    ledger: &Ledger,
    c: &OpenUser,
    out: &mut Decision,
) -> Result<(), Rejection> {
    refuse_if(!(1..=3).contains(&c.kyc_class), Rejection::SchemaInvalid)?;
    refuse_if(ledger.tables().users.find(&c.user).is_some(), Rejection::Duplicate)?;
    // From here on nothing may fail.
    let key = AccountKey::of(Class::UserAvailable, c.user, c.currency);
    let account = ledger.account_or_open(key, c.currency, out);
    let OpenUser { user, kyc_class, currency } = *c;
    out.record(Fact::UserOpened { user, kyc_class, currency, account });
    Ok(())
}

pub(crate) fn onboard_merchant(
    ledger: &Ledger,
    c: &OnboardMerchant,
    out: &mut Decision,
) -> Result<(), Rejection> {
    refuse_if(c.terms.out_of_range().is_some(), Rejection::RateOutOfRange)?;
    refuse_if(ledger.tables().merchants.find(&c.merchant).is_some(), Rejection::Duplicate)?;
    // From here on nothing may fail.
    let currency = c.terms.settle_currency;
    let key = AccountKey::of(Class::MerchantAvailable, c.merchant, currency);
    let account = ledger.account_or_open(key, currency, out);
    out.record(Fact::MerchantOnboarded { merchant: c.merchant, terms: c.terms, account });
    announce_merchant(ledger, c.merchant, c.terms, Standing::default(), out);
    Ok(())
}

pub(crate) fn restrict_account(
    ledger: &Ledger,
    c: &RestrictAccount,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let (account, _) = account_of(ledger.tables(), c.account)?;
    refuse_if(ledger.tables().accounts.row(account).closed, Rejection::AccountClosed)?;
    // From here on nothing may fail.
    let RestrictAccount { account: owner, block, case } = c.clone();
    out.record(Fact::AccountRestricted { owner, block, case });
    announce(ledger, owner, |standing| set(standing, block, true), out);
    Ok(())
}

pub(crate) fn lift_restriction(
    ledger: &Ledger,
    c: &LiftRestriction,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let (account, _) = account_of(ledger.tables(), c.account)?;
    let row = ledger.tables().accounts.row(account);
    refuse_if(row.closed, Rejection::AccountClosed)?;
    refuse_if(!(row.debit_blocked || row.credit_blocked), Rejection::InvalidState)?;
    // From here on nothing may fail.
    let LiftRestriction { account: owner, block, case } = c.clone();
    out.record(Fact::RestrictionLifted { owner, block, case });
    announce(ledger, owner, |standing| set(standing, block, false), out);
    Ok(())
}

/// Cards of a user on which nothing is stored are closed with its account, and their points lapse:
/// anybody may have opened them. Of a merchant something may be open on other shards, which are
/// asked first.
pub(crate) fn close_account(
    ledger: &Ledger,
    c: &CloseAccount,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let (account, currency) = account_of(tables, c.account)?;
    let row = tables.accounts.row(account);
    refuse_if(row.closed, Rejection::AccountClosed)?;
    refuse_if(row.debits_pending > 0 || row.credits_pending > 0, Rejection::OpenObligations)?;
    refuse_if(!row.is_zero(), Rejection::BalanceNotZero)?;
    let zero = |class, id| {
        tables.accounts.get(&AccountKey::of(class, id, currency)).is_none_or(|a| a.is_zero())
    };
    let being_closed = match c.account {
        Owner::Merchant(id) => tables.merchants.get(&id).filter(|m| m.closing > 0),
        Owner::User(_) | Owner::Ledger(_) => None,
    };
    refuse_if(being_closed.is_some(), Rejection::InvalidState)?;
    let mut cards = Vec::new();
    let open = match c.account {
        Owner::User(id) => {
            let u = user(tables, id)?;
            let no = tables.users.find(&id);
            let line = no.and_then(|no| tables.credit_lines.get(&no));
            if let Some(no) = no.filter(|_| u.open_holds > 0) {
                cards = cards::empty(tables, no);
            }
            u.open_payouts > 0
                || usize::try_from(u.open_holds).is_ok_and(|open| open > cards.len())
                || u.open_disputes > 0
                || line.is_some_and(|line| !line.has_ended() || line.lost() > 0)
                || !zero(Class::UserHold, id)
        }
        Owner::Merchant(id) => closing::has_open(tables, merchant(tables, id)?),
        Owner::Ledger(_) => false,
    };
    refuse_if(open, Rejection::OpenObligations)?;
    // From here on nothing may fail.
    if let Owner::Merchant(id) = c.account
        && let Some(m) = tables.merchants.get(&id).filter(|_| closing::asks(ledger))
    {
        closing::ask(ledger, m, out);
        return Ok(());
    }
    cards.into_iter().for_each(|card| cards::end(ledger, card, out));
    out.record(Fact::AccountClosed { owner: c.account });
    announce(ledger, c.account, |standing| standing.closed = true, out);
    Ok(())
}

/// Tells the other shards how a merchant stands after this decision.
fn announce(ledger: &Ledger, owner: Owner, change: impl FnOnce(&mut Standing), out: &mut Decision) {
    let Owner::Merchant(id) = owner else { return };
    let Some(row) = ledger.tables().merchants.get(&id) else { return };
    let account = ledger.tables().accounts.row(row.account);
    let mut standing = Standing {
        debit_blocked: account.debit_blocked,
        credit_blocked: account.credit_blocked,
        closed: account.closed,
    };
    change(&mut standing);
    announce_merchant(ledger, id, row.terms, standing, out);
}

fn set(standing: &mut Standing, block: Block, blocked: bool) {
    if matches!(block, Block::Debit | Block::All) {
        standing.debit_blocked = blocked;
    }
    if matches!(block, Block::Credit | Block::All) {
        standing.credit_blocked = blocked;
    }
}

pub(crate) fn apply(tables: &mut Tables, fact: &Fact) {
    match fact {
        Fact::UserOpened { user, kyc_class, currency, account } => {
            tables.users.insert(User {
                user: *user,
                kyc_class: *kyc_class,
                currency: *currency,
                account: *account,
                open_payouts: 0,
                open_holds: 0,
                open_disputes: 0,
                usage: Usage::default(),
                frozen: 0,
            });
        }
        Fact::MerchantOnboarded { merchant, terms, account } => {
            tables.merchants.insert(Merchant::new(*merchant, *terms, *account));
        }
        Fact::AccountRestricted { owner, block, .. } => {
            set_block(tables, *owner, *block, true);
            closing::interrupted(tables, *owner);
        }
        Fact::RestrictionLifted { owner, block, .. } => {
            set_block(tables, *owner, *block, false);
            closing::interrupted(tables, *owner);
        }
        Fact::AccountClosed { owner } => {
            if let Some(no) = main_account(tables, *owner) {
                tables.accounts.row_mut(no).closed = true;
            }
        }
        _ => {}
    }
}

fn set_block(tables: &mut Tables, owner: Owner, block: Block, blocked: bool) {
    let Some(no) = main_account(tables, owner) else { return };
    let account = tables.accounts.row_mut(no);
    if matches!(block, Block::Debit | Block::All) {
        account.debit_blocked = blocked;
    }
    if matches!(block, Block::Credit | Block::All) {
        account.credit_blocked = blocked;
    }
}

fn main_account(tables: &Tables, owner: Owner) -> Option<AccountNo> {
    account_of(tables, owner).ok().map(|(no, _)| no)
}
