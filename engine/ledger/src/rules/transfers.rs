//! The primitive ledger: accounts without a meaning and transfers between them, in one phase or
//! two. The command's id is the transfer's id.

use crate::account::{Account, AccountKey, AccountNo, Layer, Movement, SignRule};
use crate::command::{Balancing, Constraint, OpenLedgerAccount, Phase, PostTransfer};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{ASKED_SINCE, Due, DueKind, Ledger, in_range, post};
use crate::limits::PENDING_TIMEOUT_S_MAX;
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose};
use crate::rules::{in_currency, may_credit, may_debit, refuse_if, remittances};
use crate::state::{PendingState, PendingTransfer, Tables};

pub(crate) fn open_ledger_account(
    ledger: &Ledger,
    c: &OpenLedgerAccount,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let key = AccountKey::ledger(c.account);
    refuse_if(ledger.account(&key).is_some(), Rejection::Duplicate)?;
    // From here on nothing may fail.
    out.record(Fact::AccountOpened {
        number: ledger.tables().accounts.next_no(),
        key,
        currency: c.currency,
        sign_rule: match c.constraint {
            Constraint::None => SignRule::Either,
            Constraint::DebitsWithinCredits => SignRule::CreditBalance,
            Constraint::CreditsWithinDebits => SignRule::DebitBalance,
        },
        history: c.history,
    });
    Ok(())
}

pub(crate) fn post_transfer(
    ledger: &Ledger,
    id: Id,
    c: &PostTransfer,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    match c.phase {
        Phase::Single(balancing) if is_elsewhere(ledger, c) => {
            // The credit side is balanced where it is; all that the debit side may give is sent.
            let (by_debit, by_credit) = sides(balancing);
            let (debit, amount) = sendable(ledger, c, by_debit, true)?;
            // From here on nothing may fail.
            let currency = ledger.tables().accounts.row(debit).currency;
            let (debited, credit) = (c.debit, c.credit);
            let purpose = match by_credit {
                true => Purpose::PostingUpTo { debit: debited, credit },
                false => Purpose::Posting { debit: debited, credit },
            };
            let to = ledger.place().home(c.credit);
            remittances::send(ledger, to, debit, Cargo { amount, currency, purpose }, out);
        }
        Phase::Single(balancing) => {
            let (debit, credit, amount) = transferable(ledger, c, balancing)?;
            // From here on nothing may fail.
            post(out, debit, credit, amount);
            out.record(Fact::TransferPosted);
        }
        Phase::Pending { balancing, timeout_s } => {
            refuse_if(timeout_s > PENDING_TIMEOUT_S_MAX, Rejection::SchemaInvalid)?;
            let is_away = is_elsewhere(ledger, c);
            let (by_debit, by_credit) = sides(balancing);
            let (debit, credit, amount) = if is_away {
                let may = !by_credit || ledger.has_others_since(ASKED_SINCE);
                let (debit, amount) = sendable(ledger, c, by_debit, may)?;
                (debit, None, amount)
            } else {
                let (debit, credit, amount) = transferable(ledger, c, balancing)?;
                (debit, Some(credit), amount)
            };
            // From here on nothing may fail.
            let credit = credit.unwrap_or_else(|| {
                let currency = ledger.tables().accounts.row(debit).currency;
                let to = ledger.place().home(c.credit);
                remittances::transit_account(ledger, to, currency, out)
            });
            out.note(Movement { debit, credit, amount, layer: Layer::Pending });
            let expires_at = (timeout_s > 0).then(|| now + u64::from(timeout_s) * 1_000);
            out.record(Fact::TransferPended { transfer: id, expires_at });
            if is_away {
                let (credit, up_to) = (c.credit, by_credit);
                out.record(Fact::PendingSetAway { transfer: id, credit, up_to });
            }
        }
        Phase::Post { pending } => {
            let held = still_pending(ledger, c, pending)?;
            let amount = match c.amount {
                None => held.amount,
                Some(money) => {
                    in_currency(money, ledger.tables().accounts.row(held.debit).currency)?;
                    in_range(money)?
                }
            };
            refuse_if(amount > held.amount, Rejection::PendingAmountExceeded)?;
            // From here on nothing may fail.
            out.note(released(held));
            if held.away.is_none() {
                post(out, held.debit, held.credit, amount);
            }
            out.record(Fact::TransferCompleted { pending });
            send_on(ledger, held, amount, out);
        }
        Phase::Void { pending } => {
            let held = still_pending(ledger, c, pending)?;
            // From here on nothing may fail.
            out.note(released(held));
            out.record(Fact::TransferVoided { pending });
        }
    }
    Ok(())
}

/// Sends what is posted of a pending transfer whose account to be credited is elsewhere. The other
/// side looks at that account now, not before, and sends back what it cannot place; where it
/// balances that account, also what the account does not need.
fn send_on(ledger: &Ledger, held: &PendingTransfer, amount: u64, out: &mut Decision) {
    if held.away.is_none() {
        return;
    }
    let debit = ledger.tables().accounts.row(held.debit);
    let (payer, credit) = (debit.key.owner, held.away);
    let purpose = match held.up_to {
        true => Purpose::PostingUpTo { debit: payer, credit },
        false => Purpose::Posting { debit: payer, credit },
    };
    let to = ledger.place().home(held.away);
    let cargo = Cargo { amount, currency: debit.currency, purpose };
    remittances::send(ledger, to, held.debit, cargo, out);
}

/// The staircase of a new transfer: both accounts and the amount that moves.
fn transferable(
    ledger: &Ledger,
    c: &PostTransfer,
    balancing: Balancing,
) -> Result<(AccountNo, AccountNo, u64), Rejection> {
    let tables = ledger.tables();
    refuse_if(c.debit == c.credit, Rejection::AccountsMustDiffer)?;
    let money = c.amount.ok_or(Rejection::SchemaInvalid)?;
    let wished = in_range(money)?;
    let debit_no = ledger_account(ledger, c.debit)?;
    let credit_no = ledger_account(ledger, c.credit)?;
    let (debit, credit) = (tables.accounts.row(debit_no), tables.accounts.row(credit_no));
    refuse_if(debit.currency != credit.currency, Rejection::CurrencyMismatch)?;
    in_currency(money, debit.currency)?;
    may_debit(tables, debit_no)?;
    may_credit(tables, credit_no)?;
    let amount = balanced(wished, balancing, debit, credit)?;
    refuse_if(u128::from(amount) > debit.debit_room(), Rejection::ExceedsCredits)?;
    refuse_if(u128::from(amount) > credit.credit_room(), Rejection::ExceedsDebits)?;
    Ok((debit_no, credit_no, amount))
}

/// What of balancing is the debit side's, and whether the credit side balances too: that side does
/// it where it is.
fn sides(balancing: Balancing) -> (Balancing, bool) {
    match balancing {
        Balancing::None | Balancing::Debit => (balancing, false),
        Balancing::Credit => (Balancing::None, true),
        Balancing::Both => (Balancing::Debit, true),
    }
}

fn is_elsewhere(ledger: &Ledger, c: &PostTransfer) -> bool {
    !ledger.place().is_home(c.credit)
}

/// The staircase of a transfer to an account of another shard, at once or pending: the debit's side
/// of it. Rules of before let not all of them be made.
fn sendable(
    ledger: &Ledger,
    c: &PostTransfer,
    balancing: Balancing,
    may: bool,
) -> Result<(AccountNo, u64), Rejection> {
    let money = c.amount.ok_or(Rejection::SchemaInvalid)?;
    let wished = in_range(money)?;
    let no = ledger_account(ledger, c.debit)?;
    let debit = ledger.tables().accounts.row(no);
    in_currency(money, debit.currency)?;
    may_debit(ledger.tables(), no)?;
    refuse_if(!may, Rejection::NotAcrossShards)?;
    // Only the debit side is looked at.
    let amount = balanced(wished, balancing, debit, debit)?;
    refuse_if(u128::from(amount) > debit.debit_room(), Rejection::ExceedsCredits)?;
    Ok((no, amount))
}

fn ledger_account(ledger: &Ledger, id: Id) -> Result<AccountNo, Rejection> {
    let no = ledger.tables().accounts.find(&AccountKey::ledger(id));
    no.ok_or(Rejection::UnknownAccount)
}

/// The wished amount, or what is there if that is less; the side that has nothing refuses.
fn balanced(
    wished: u64,
    balancing: Balancing,
    debit: &Account,
    credit: &Account,
) -> Result<u64, Rejection> {
    let there =
        |ours: u128, theirs: u128| u64::try_from(ours.saturating_sub(theirs)).unwrap_or(u64::MAX);
    let mut amount = wished;
    if matches!(balancing, Balancing::Debit | Balancing::Both) {
        amount =
            amount.min(there(debit.credits_posted, debit.debits_posted + debit.debits_pending));
        refuse_if(amount == 0, Rejection::ExceedsCredits)?;
    }
    if matches!(balancing, Balancing::Credit | Balancing::Both) {
        amount =
            amount.min(there(credit.debits_posted, credit.credits_posted + credit.credits_pending));
        refuse_if(amount == 0, Rejection::ExceedsDebits)?;
    }
    Ok(amount)
}

/// The staircase of the second phase.
fn still_pending<'a>(
    ledger: &'a Ledger,
    c: &PostTransfer,
    pending: Id,
) -> Result<&'a PendingTransfer, Rejection> {
    let tables = ledger.tables();
    let held = tables.pending.get(&pending).ok_or(Rejection::PendingNotFound)?;
    let same = |named: Id, no: AccountNo| {
        named.is_none() || tables.accounts.row(no).key == AccountKey::ledger(named)
    };
    let credit = if held.away.is_none() {
        same(c.credit, held.credit)
    } else {
        c.credit.is_none() || c.credit == held.away
    };
    let as_named = same(c.debit, held.debit) && credit;
    refuse_if(!as_named, Rejection::PendingAccountsDiffer)?;
    match held.state {
        PendingState::Pending => Ok(held),
        PendingState::Posted => Err(Rejection::PendingAlreadyPosted),
        PendingState::Voided => Err(Rejection::PendingAlreadyVoided),
        PendingState::Expired => Err(Rejection::PendingExpired),
    }
}

fn released(held: &PendingTransfer) -> Movement {
    let PendingTransfer { debit, credit, amount, .. } = *held;
    Movement { debit, credit, amount, layer: Layer::Released }
}

/// Whether a foreign event reserves and releases just what its fact says: one movement reserves a
/// pending transfer, one releases it whole, and nothing else touches what is pending.
pub(crate) fn reservation_fits(
    tables: &Tables,
    fact: &Fact,
    movements: &[Movement],
) -> Result<(), &'static str> {
    let mut touching = movements.iter().filter(|m| m.layer != Layer::Posted);
    let (first, more) = (touching.next(), touching.next());
    let fits = match fact {
        Fact::TransferPended { .. } => {
            movements.len() == 1 && first.is_some_and(|m| m.layer == Layer::Pending)
        }
        Fact::TransferCompleted { pending }
        | Fact::TransferVoided { pending }
        | Fact::TransferExpired { pending } => {
            let held = tables.pending.get(pending).filter(|t| t.state == PendingState::Pending);
            more.is_none() && held.is_some_and(|held| first == Some(&released(held)))
        }
        _ => first.is_none(),
    };
    if fits { Ok(()) } else { Err("an event reserves or releases what it does not say") }
}

/// The clock voids a pending transfer.
pub(crate) fn expire(ledger: &Ledger, no: u32, out: &mut Decision) {
    let held = ledger.tables().pending.row(no);
    out.note(released(held));
    out.record(Fact::TransferExpired { pending: held.transfer });
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact, movements: &[Movement]) {
    if let Fact::PendingSetAway { transfer, credit, up_to } = fact
        && let Some(held) = ledger.tables_mut().pending.get_mut(transfer)
    {
        held.away = *credit;
        held.up_to = *up_to;
    }
    let mut end = |pending: &Id, state: PendingState| {
        if let Some(held) = ledger.tables_mut().pending.get_mut(pending) {
            held.state = state;
        }
    };
    match fact {
        Fact::TransferPended { transfer, expires_at } => {
            let Some(&Movement { debit, credit, amount, .. }) = movements.first() else { return };
            let row = PendingTransfer {
                transfer: *transfer,
                debit,
                credit,
                away: Id::NONE,
                up_to: false,
                amount,
                expires_at: *expires_at,
                state: PendingState::Pending,
            };
            let no = ledger.tables_mut().pending.insert(row);
            if let Some(at) = *expires_at {
                ledger.owe(Due { at, kind: DueKind::TransferExpiry, no });
            }
        }
        Fact::TransferCompleted { pending } => end(pending, PendingState::Posted),
        Fact::TransferVoided { pending } => end(pending, PendingState::Voided),
        Fact::TransferExpired { pending } => end(pending, PendingState::Expired),
        _ => {}
    }
}
