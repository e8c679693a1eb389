//! Money and word between shards (DESIGN §9): the shard that is debited decides first and sends;
//! the other places what comes, or sends it back. What comes back is always taken.
//!
//! A rule sends by [`send`]; what arrives goes by [`receive`] to the function of its purpose.

mod back_home;
mod confirmed;
mod disputes;
mod payers;
mod postings;
mod refunds;
mod splits;
mod words;

pub(crate) use back_home::send_back_home;
pub(crate) use confirmed::send_confirmed;
pub(crate) use disputes::{ask_for_debt, send_home};
pub(crate) use payers::{match_away, transfer_away};
pub(crate) use refunds::{answered, ask, can_ask, reduction_fits};
pub(crate) use words::{announce_limits, announce_merchant, hear_of_merchant, tell_all};

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{CodeKind, Owner, Reference};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger, post};
use crate::money::{Currency, Money};
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose, Remittance};
use crate::rules::apps;
use crate::rules::limits::{count, may_hold};
use crate::rules::taking::open_batch_of;
use crate::rules::{
    account_of, cards, closing, exchange, in_currency, may_credit, packets, royalties, user,
};
use crate::state::{BatchState, Merchant, Peer, Tables};

/// The account of money on its way to or from a shard.
pub(crate) fn transit_account(
    ledger: &Ledger,
    shard: u32,
    currency: Currency,
    out: &mut Decision,
) -> AccountNo {
    let key = AccountKey { sub: shard, ..AccountKey::house(Class::InTransit, currency) };
    ledger.account_or_open(key, currency, out)
}

/// Sends to a shard, taking the money from an account of this one. Accounts that the same decision
/// opens must be open by now.
pub(crate) fn send(ledger: &Ledger, to: u32, from: AccountNo, cargo: Cargo, out: &mut Decision) {
    let transit = transit_account(ledger, to, cargo.currency, out);
    post(out, from, transit, cargo.amount);
    record_sent(ledger, to, cargo, out);
}

/// Closes the event of what goes to a shard, with the movements noted for it.
pub(crate) fn record_sent(ledger: &Ledger, to: u32, cargo: Cargo, out: &mut Decision) {
    let sent = ledger.tables().peers.get(&to).map_or(0, |peer| peer.sent);
    let before = out
        .events()
        .filter(|(fact, _)| matches!(fact, Fact::RemittanceSent { to: other, .. } if *other == to));
    let number = sent + before.count() as u64 + 1;
    out.record(Fact::RemittanceSent { to, number, cargo: Box::new(cargo) });
}

pub(crate) fn receive(ledger: &Ledger, remittance: &Remittance, now: u64, out: &mut Decision) {
    let Remittance { from, number, cargo, .. } = remittance;
    let Cargo { amount, currency, .. } = *cargo;
    let money = Money { amount, currency };
    out.record(Fact::RemittanceReceived { from: *from, number: *number });
    match &cargo.purpose {
        Purpose::Transfer { from: payer, to } => match user_to_credit(ledger, *to, money) {
            Ok(account) => {
                let transit = transit_account(ledger, *from, currency, out);
                post(out, transit, account, amount);
                out.record(Fact::TransferArrived { from: *payer, to: *to, amount });
            }
            Err(why) => {
                let purpose = Purpose::TransferBack { from: *payer, to: *to, why };
                record_sent(ledger, *from, Cargo { purpose, ..cargo.clone() }, out);
            }
        },
        Purpose::TransferBack { from: payer, to, why } => {
            take_back(ledger, remittance, Owner::User(*payer), out);
            let (from, to, why) = (*payer, *to, *why);
            out.record(Fact::TransferReturned { from, to, amount, why });
        }
        Purpose::Posting { debit, credit } => match ledger_to_credit(ledger, *credit, money) {
            Ok(account) => {
                let transit = transit_account(ledger, *from, currency, out);
                post(out, transit, account, amount);
                out.record(Fact::PostingArrived { debit: *debit, credit: *credit, amount });
            }
            Err(why) => {
                let purpose = Purpose::PostingBack { debit: *debit, credit: *credit, why };
                record_sent(ledger, *from, Cargo { purpose, ..cargo.clone() }, out);
            }
        },
        Purpose::PostingUpTo { debit, credit } => {
            postings::place_up_to(ledger, remittance, *debit, *credit, out);
        }
        Purpose::PostingBack { debit, credit, why } => {
            take_back(ledger, remittance, Owner::Ledger(*debit), out);
            let (debit, credit, why) = (*debit, *credit, *why);
            out.record(Fact::PostingReturned { debit, credit, amount, why });
        }
        Purpose::PacketClaim { packet, user } => {
            packets::arrive(ledger, remittance, (*packet, *user), out);
        }
        Purpose::PacketBack { packet, user, why } => {
            packets::take_back(ledger, remittance, (*packet, *user, *why), now, out);
        }
        Purpose::Merchant { merchant, terms, standing } => {
            hear_of_merchant(ledger, *merchant, *terms, *standing, out);
        }
        Purpose::Limits { scope, limits } => {
            out.record(Fact::LimitsSet { scope: *scope, currency, limits: *limits });
        }
        Purpose::Royalty(sent) => royalties::arrive(ledger, remittance, *sent, out),
        Purpose::RoyaltyBack(sent, why) => {
            royalties::come_back(ledger, remittance, *sent, *why, out);
        }
        Purpose::App(_)
        | Purpose::AppGrant(_)
        | Purpose::AppRevocation(_)
        | Purpose::AppLimits(_) => apps::hear(ledger, &cargo.purpose, out),
        Purpose::Quote(c) => exchange::hear(ledger, c, out),
        Purpose::CardTemplate(c) => cards::hear(ledger, c, out),
        Purpose::Proceeds { merchant, date } => {
            take_proceeds(ledger, remittance, *merchant, *date, out);
        }
        Purpose::RefundAsked { .. } => refunds::fund(ledger, remittance, now, out),
        Purpose::RefundFunded { payment, out_request_no } => {
            refunds::complete(ledger, remittance, *payment, out_request_no, now, out);
        }
        Purpose::RefundDenied { payment, out_request_no, why } => {
            let (payment, out_request_no) = (*payment, out_request_no.clone());
            out.record(Fact::RefundFailed { payment, out_request_no, why: *why });
        }
        Purpose::Confirmed(c) => confirmed::take_confirmed(ledger, remittance, c, out),
        Purpose::RoyaltyWord(word) => royalties::hear(ledger, word, out),
        Purpose::RoyaltyAsked(asked) => royalties::give(ledger, remittance, asked, out),
        Purpose::RoyaltyGiven(asked) => royalties::given(ledger, remittance, asked, out),
        Purpose::RoyaltyDenied(asked, why) => royalties::denied(ledger, asked, *why, out),
        Purpose::DisputeDebt { .. } => disputes::charge(ledger, remittance, out),
        Purpose::DisputeDebtPaid { merchant, dispute } => {
            disputes::debt_paid(ledger, remittance, *merchant, *dispute, out);
        }
        Purpose::DisputeReleased { merchant, dispute } => {
            disputes::reverse(ledger, remittance, *merchant, *dispute, out);
        }
        Purpose::BackHome { merchant, payment } => {
            back_home::take(ledger, remittance, *merchant, *payment, out);
        }
        Purpose::SplitAsked { .. } => splits::fund(ledger, remittance, out),
        Purpose::SplitFunded { payment, out_request_no } => {
            royalties::share(ledger, remittance, *payment, out_request_no, now, out);
        }
        Purpose::SplitDenied { payment, out_request_no, why } => {
            royalties::not_funded(ledger, *payment, out_request_no, *why, out);
        }
        Purpose::CloseAsked { merchant } => closing::asked(ledger, remittance, *merchant, out),
        Purpose::CloseAnswered { merchant, open } => {
            closing::answered(ledger, remittance.from, *merchant, *open, out);
        }
    }
}

/// The staircase of money from elsewhere: as that of a transfer, from the side of the payee.
pub(crate) fn user_to_credit(
    ledger: &Ledger,
    to: Id,
    money: Money,
) -> Result<AccountNo, Rejection> {
    let payee = user(ledger.tables(), to)?;
    in_currency(money, payee.currency)?;
    may_credit(ledger.tables(), payee.account)?;
    may_hold(ledger, payee, money.amount)?;
    Ok(payee.account)
}

fn ledger_to_credit(ledger: &Ledger, to: Id, money: Money) -> Result<AccountNo, Rejection> {
    let (account, currency) = account_of(ledger.tables(), Owner::Ledger(to))?;
    in_currency(money, currency)?;
    may_credit(ledger.tables(), account)?;
    let room = ledger.tables().accounts.row(account).credit_room();
    if u128::from(money.amount) > room { Err(Rejection::ExceedsDebits) } else { Ok(account) }
}

/// Notes the movement of money that comes back. Where its owner's account was closed meanwhile it
/// waits in suspense, as a receipt of the name of the remittance, for `MatchReceipt`.
pub(crate) fn take_back(
    ledger: &Ledger,
    remittance: &Remittance,
    owner: Owner,
    out: &mut Decision,
) {
    let Cargo { amount, currency, .. } = remittance.cargo;
    let open = account_of(ledger.tables(), owner)
        .ok()
        .map(|(account, _)| account)
        .filter(|account| !ledger.tables().accounts.row(*account).closed);
    match open {
        Some(account) => {
            let transit = transit_account(ledger, remittance.from, currency, out);
            post(out, transit, account, amount);
        }
        None => keep_in_suspense(ledger, remittance, out),
    }
}

pub(crate) fn keep_in_suspense(ledger: &Ledger, remittance: &Remittance, out: &mut Decision) {
    let Cargo { amount, currency, .. } = remittance.cargo;
    let transit = transit_account(ledger, remittance.from, currency, out);
    let key = AccountKey::house(Class::Suspense, currency);
    let suspense = ledger.account_or_open(key, currency, out);
    post(out, transit, suspense, amount);
    let bank_ref = receipt_name(remittance);
    out.record(Fact::ReceiptRecorded { bank_ref, amount: Money { amount, currency } });
}

/// How the references begin under which money of remittances waits.
const WAITING: &str = "groat-transit-";

/// The reference under which money of a remittance waits.
fn receipt_name(remittance: &Remittance) -> Reference {
    let name = format!("{WAITING}{}-{}", remittance.from, remittance.number);
    Reference::new(&name).expect("at most 45 characters that a reference may have")
}

/// Whether a bank's reference would be taken for one of ours.
pub(crate) fn is_ours(ledger: &Ledger, bank_ref: &Reference) -> bool {
    ledger.place().shards > 1 && bank_ref.as_str().starts_with(WAITING)
}

/// Sends a merchant's money home, where this is not its home. It is on the merchant's account here,
/// which is empty before and after.
fn send_to_home(
    ledger: &Ledger,
    seller: &Merchant,
    amount: u64,
    purpose: Purpose,
    out: &mut Decision,
) {
    let (home, currency) = (ledger.place().home(seller.merchant), seller.terms.settle_currency);
    if amount > 0 && !ledger.place().is_home(seller.merchant) {
        send(ledger, home, seller.account, Cargo { amount, currency, purpose }, out);
    }
}

/// Puts the net of a batch elsewhere into the batch of the same date here; it settles with it, so
/// debts and reserve are taken from all of it. One that was settled already is settled again: the
/// reserve of what came since is rounded down by itself.
fn take_proceeds(
    ledger: &Ledger,
    remittance: &Remittance,
    merchant: Id,
    date: u32,
    out: &mut Decision,
) {
    let Cargo { amount, currency, .. } = remittance.cargo;
    let Some(seller) = open_merchant(ledger, merchant, currency) else {
        keep_in_suspense(ledger, remittance, out);
        return;
    };
    let transit = transit_account(ledger, remittance.from, currency, out);
    let (batch, account) = open_batch_of(ledger, seller, date, out);
    post(out, transit, account, amount);
    out.record(Fact::ProceedsReceived { batch, amount });
}

/// The number of a merchant that can be paid in a currency here.
fn open_merchant(ledger: &Ledger, merchant: Id, currency: Currency) -> Option<u32> {
    let tables = ledger.tables();
    tables.merchants.find(&merchant).filter(|no| {
        let row = tables.merchants.row(*no);
        row.terms.settle_currency == currency && !tables.accounts.row(row.account).closed
    })
}

/// Whether what a foreign fact says of another shard fits what was before.
pub(crate) fn fits(ledger: &Ledger, fact: &Fact) -> Result<(), &'static str> {
    let peer = |shard: u32| ledger.tables().peers.get(&shard);
    let ensure = |holds: bool, what| if holds { Ok(()) } else { Err(what) };
    match fact {
        Fact::RemittanceSent { to, number, .. } => {
            let next = peer(*to).map_or(0, |peer| peer.sent).checked_add(1);
            ensure(Some(*number) == next, "a remittance is not the next one sent to its shard")
        }
        Fact::RemittanceReceived { from, number } => {
            let next = peer(*from).map_or(0, |peer| peer.received).checked_add(1);
            ensure(Some(*number) == next, "a remittance is not the next one of its shard")
        }
        _ => Ok(()),
    }
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact, number: u64) {
    match fact {
        Fact::RemittanceSent { to, number, cargo } => {
            peer(ledger.tables_mut(), *to, |peer| peer.sent = *number);
            if let Purpose::Transfer { from, .. } = &cargo.purpose {
                let (calendar, now) = (ledger.calendar(), ledger.now());
                if let Some(payer) = ledger.tables_mut().users.get_mut(from) {
                    count(&mut payer.usage, calendar, cargo.amount, CodeKind::None, now);
                }
            }
        }
        Fact::RemittanceReceived { from, number } => {
            peer(ledger.tables_mut(), *from, |peer| peer.received = *number);
        }
        Fact::MerchantKnown { .. } => words::apply(ledger.tables_mut(), fact),
        Fact::BatchForwarded { batch, amount } => {
            let tables = ledger.tables_mut();
            let row = tables.batches.row_mut(*batch);
            row.state = BatchState::Settled;
            row.forwarded = *amount;
            let seller = tables.merchants.row_mut(row.merchant);
            seller.open_batches = seller.open_batches.saturating_sub(1);
        }
        Fact::ProceedsReceived { batch, amount } => {
            let tables = ledger.tables_mut();
            let row = tables.batches.row_mut(*batch);
            let was_settled = row.state == BatchState::Settled;
            row.take_proceeds(*amount);
            if was_settled {
                let seller = tables.merchants.row_mut(row.merchant);
                seller.open_batches = seller.open_batches.saturating_add(1);
                if let Some(at) = ledger.batch_settle_at(*batch) {
                    ledger.owe(Due { at, kind: DueKind::BatchSettle, no: *batch });
                }
            }
        }
        Fact::RefundAsked { .. }
        | Fact::ReductionAsked { .. }
        | Fact::RefundFunded { .. }
        | Fact::RefundFailed { .. } => refunds::apply(ledger, fact, number),
        _ => {}
    }
}

fn peer(tables: &mut Tables, shard: u32, change: impl FnOnce(&mut Peer)) {
    if tables.peers.find(&shard).is_none() {
        tables.peers.insert(Peer { shard, sent: 0, received: 0 });
    }
    if let Some(peer) = tables.peers.get_mut(&shard) {
        change(peer);
    }
}
