//! Red packets: a user or a campaign puts money aside, and each of the first users who claim gets
//! a part (DOMAIN §1.6, §4.6). How a packet is cut is in [`crate::packets`].
//!
//! | what is left | by | then |
//! |---|---|---|
//! | parts | claim / clock | one part less / given back to the sender |
//! | nothing | a part that another shard sends back, in time | that part |
//!
//! The book leaves to us: the time to claim (a day where the command does not say, six months at
//! most, as Alipay's campaigns), and that the sender may claim too. What a user sends counts as
//! spent, as a transfer does, and stays counted when it comes back. A campaign gives what it has
//! not promised to coupons, nor kept for those that came back in part; what it gets back after its
//! end goes to its funder.
//!
//! A claim is decided where the packet is. A user of another shard gets the part by remittance;
//! what cannot be placed there comes back into the packet, or after its end to the sender.

use crate::account::{AccountKey, AccountNo, Class};
use crate::command::{ClaimRedPacket, CodeKind, Owner, PacketSender, SendRedPacket};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Due, DueKind, Ledger, in_range, post};
use crate::limits::{
    PACKET_PARTS_MAX, PACKET_TIMEOUT_S_DEFAULT, PACKET_TIMEOUT_S_MAX, PACKET_TOTAL_MAJOR_MAX,
};
use crate::money::{Currency, Money};
use crate::packets::can_be_cut;
use crate::rejection::Rejection;
use crate::remittance::{Cargo, Purpose, Remittance};
use crate::rules::campaigns::{fund_free, fund_key, funder_account};
use crate::rules::limits::{count, may_hold, may_spend};
use crate::rules::{in_currency, may_credit, may_debit, refuse_if, remittances, user};
use crate::state::{Packet, PacketClaim, Tables};

pub(crate) fn send(
    ledger: &Ledger,
    c: &SendRedPacket,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(tables.packets.find(&c.packet).is_some(), Rejection::Duplicate)?;
    let currency = c.total.currency;
    let smallest = match c.sender {
        PacketSender::User(id) => {
            in_currency(c.total, user(tables, id)?.currency)?;
            1
        }
        PacketSender::Campaign(id) => {
            let campaign = tables.campaigns.get(&id).ok_or(Rejection::UnknownAccount)?;
            refuse_if(campaign.closed, Rejection::InvalidState)?;
            in_currency(c.total, campaign.currency)?;
            currency.major(1)
        }
    };
    let total = in_range(c.total)?;
    let bounds = smallest..=currency.major(PACKET_TOTAL_MAJOR_MAX);
    refuse_if(!bounds.contains(&total), Rejection::AmountOutOfRange)?;
    let fits = (1..=PACKET_PARTS_MAX).contains(&c.count) && c.timeout_s <= PACKET_TIMEOUT_S_MAX;
    refuse_if(!fits, Rejection::SchemaInvalid)?;
    refuse_if(!can_be_cut(total, c.count), Rejection::PacketPartOutOfRange)?;
    match c.sender {
        PacketSender::User(id) => {
            let payer = user(tables, id)?;
            may_debit(tables, payer.account)?;
            let room = tables.accounts.row(payer.account).debit_room();
            refuse_if(room < u128::from(total), Rejection::InsufficientFunds)?;
            may_spend(ledger, payer, total, CodeKind::None, now)?;
        }
        PacketSender::Campaign(id) => {
            let campaign = tables.campaigns.get(&id).ok_or(Rejection::UnknownAccount)?;
            refuse_if(total > fund_free(tables, campaign), Rejection::BudgetExhausted)?;
        }
    }
    // From here on nothing may fail.
    let from = sender_account(ledger, c.sender, currency, out);
    let to = ledger.account_or_open(packet_key(c.packet, currency), currency, out);
    post(out, from, to, total);
    let timeout_s = if c.timeout_s == 0 { PACKET_TIMEOUT_S_DEFAULT } else { c.timeout_s };
    out.record(Fact::PacketSent {
        packet: c.packet,
        sender: c.sender,
        total: c.total,
        count: c.count,
        kind: c.kind,
        seed: c.seed,
        expires_at: now + u64::from(timeout_s) * 1_000,
    });
    Ok(())
}

pub(crate) fn claim(
    ledger: &Ledger,
    c: &ClaimRedPacket,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let packet = tables.packets.get(&c.packet).ok_or(Rejection::UnknownAccount)?;
    let home = ledger.place().home(c.user);
    let payee = match ledger.place().is_home(c.user) {
        true => Some(user(tables, c.user)?),
        false => None,
    };
    if let Some(payee) = payee {
        in_currency(packet.total, payee.currency)?;
    }
    let claimed = tables.packet_claims.get(&(c.packet, c.user));
    refuse_if(claimed.is_some_and(|claim| claim.amount > 0), Rejection::AlreadyClaimed)?;
    refuse_if(now >= packet.expires_at, Rejection::PacketExpired)?;
    refuse_if(!packet.is_open(), Rejection::PacketEmpty)?;
    let amount = packet.next_part();
    if let Some(payee) = payee {
        may_credit(tables, payee.account)?;
        may_hold(ledger, payee, amount)?;
    }
    // From here on nothing may fail.
    let currency = packet.total.currency;
    let from = ledger.account_or_open(packet_key(c.packet, currency), currency, out);
    let to = match payee {
        Some(payee) => payee.account,
        None => remittances::transit_account(ledger, home, currency, out),
    };
    post(out, from, to, amount);
    let ClaimRedPacket { packet, user } = *c;
    out.record(Fact::PacketClaimed { packet, user, amount });
    if payee.is_none() {
        let purpose = Purpose::PacketClaim { packet, user };
        remittances::record_sent(ledger, home, Cargo { amount, currency, purpose }, out);
    }
    Ok(())
}

/// The clock ends the time to claim: what is left goes back.
pub(crate) fn expire(ledger: &Ledger, no: u32, out: &mut Decision) {
    let row = ledger.tables().packets.row(no);
    let (packet, currency, amount) = (row.packet, row.total.currency, row.left);
    let from = ledger.account_or_open(packet_key(packet, currency), currency, out);
    let to = sender_account(ledger, row.sender, currency, out);
    post(out, from, to, amount);
    out.record(Fact::PacketExpired { packet, amount });
}

/// Whether what comes back of a packet can be claimed again: in time, while its sender can take
/// what will be left of it.
fn can_be_claimed_again(tables: &Tables, packet: &Packet, now: u64) -> bool {
    let closed = match packet.sender {
        PacketSender::User(id) => {
            tables.users.get(&id).is_none_or(|user| tables.accounts.row(user.account).closed)
        }
        PacketSender::Campaign(_) => false,
    };
    now < packet.expires_at && !closed
}

/// Takes back a part that the shard of a user could not place.
pub(crate) fn take_back(
    ledger: &Ledger,
    remittance: &Remittance,
    (packet, user, why): (Id, Id, Rejection),
    now: u64,
    out: &mut Decision,
) {
    let tables = ledger.tables();
    let Cargo { amount, currency, .. } = remittance.cargo;
    let claimed = tables.packet_claims.get(&(packet, user)).map(|claim| claim.amount);
    let row = tables.packets.get(&packet).filter(|_| claimed == Some(amount));
    let row = row.filter(|row| row.total.currency == currency);
    let Some(row) = row else {
        // Nothing was sent from here that could come back so.
        remittances::keep_in_suspense(ledger, remittance, out);
        return;
    };
    let reopens = can_be_claimed_again(tables, row, now);
    match row.sender {
        PacketSender::User(id) if !reopens => {
            remittances::take_back(ledger, remittance, Owner::User(id), out);
        }
        PacketSender::User(_) | PacketSender::Campaign(_) => {
            let to = match reopens {
                true => ledger.account_or_open(packet_key(packet, currency), currency, out),
                false => sender_account(ledger, row.sender, currency, out),
            };
            let transit = remittances::transit_account(ledger, remittance.from, currency, out);
            post(out, transit, to, amount);
        }
    }
    out.record(Fact::PacketReturned { packet, user, amount, why, reopens });
}

/// A packet's own account (RP).
fn packet_key(packet: Id, currency: Currency) -> AccountKey {
    AccountKey::of(Class::RedPacket, packet, currency)
}

/// From where a packet is paid, and where what is left goes.
fn sender_account(
    ledger: &Ledger,
    sender: PacketSender,
    currency: Currency,
    out: &mut Decision,
) -> AccountNo {
    let tables = ledger.tables();
    let suspense = AccountKey::house(Class::Suspense, currency);
    match sender {
        PacketSender::User(id) => match tables.users.get(&id) {
            Some(sender) => sender.account,
            None => ledger.account_or_open(suspense, currency, out),
        },
        PacketSender::Campaign(id) => match tables.campaigns.get(&id) {
            Some(campaign) if campaign.closed => funder_account(ledger, campaign, out),
            _ => ledger.account_or_open(fund_key(id, currency), currency, out),
        },
    }
}

/// Whether a foreign fact of red packets names what is there and leaves no more than there is.
pub(crate) fn names_exist(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let packet_of = |packet: &Id| tables.packets.get(packet).ok_or("a packet is unknown");
    match fact {
        Fact::PacketSent { packet, sender, total, count, .. } => {
            known(tables.packets.find(packet).is_none(), "a packet is sent twice")?;
            known(can_be_cut(total.amount, *count), "a packet cannot be cut")?;
            match sender {
                PacketSender::User(id) => {
                    known(tables.users.find(id).is_some(), "a user is unknown")
                }
                PacketSender::Campaign(id) => {
                    known(tables.campaigns.find(id).is_some(), "a campaign is unknown")
                }
            }
        }
        Fact::PacketClaimed { packet, user, amount } => {
            let row = packet_of(packet)?;
            let whole = row.left_count != 1 || *amount == row.left;
            let left = row.is_open() && whole && (1..=row.left).contains(amount);
            known(left, "more of a packet is claimed than is left")?;
            let claim = tables.packet_claims.get(&(*packet, *user));
            known(claim.is_none_or(|claim| claim.amount == 0), "a packet is claimed twice")
        }
        Fact::PacketExpired { packet, amount } => {
            let row = packet_of(packet)?;
            known(row.is_open() && row.left == *amount, "a packet expires with what it has not")
        }
        Fact::PacketReturned { packet, user, amount, .. } => {
            packet_of(packet)?;
            let claim = tables.packet_claims.get(&(*packet, *user));
            let same = claim.is_some_and(|claim| claim.amount == *amount && *amount > 0);
            known(same, "a part of a packet comes back that was not claimed")
        }
        Fact::PacketArrived { user, .. } => {
            known(tables.users.find(user).is_some(), "a user is unknown")
        }
        _ => Ok(()),
    }
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let (now, calendar) = (ledger.now(), ledger.calendar());
    match fact {
        Fact::PacketSent { packet, sender, total, count: parts, kind, seed, expires_at } => {
            let tables = ledger.tables_mut();
            let no = tables.packets.insert(Packet {
                packet: *packet,
                sender: *sender,
                total: *total,
                count: *parts,
                kind: *kind,
                seed: *seed,
                expires_at: *expires_at,
                drawn: 0,
                left_count: *parts,
                left: total.amount,
                refunded: 0,
            });
            if let PacketSender::User(id) = sender
                && let Some(payer) = tables.users.get_mut(id)
            {
                count(&mut payer.usage, calendar, total.amount, CodeKind::None, now);
            }
            is_open(ledger, no, true);
        }
        Fact::PacketClaimed { packet, user, amount } => {
            let Some(no) = ledger.tables().packets.find(packet) else { return };
            set_claim(ledger.tables_mut(), *packet, *user, *amount);
            let row = ledger.tables_mut().packets.row_mut(no);
            row.left = row.left.saturating_sub(*amount);
            row.left_count = row.left_count.saturating_sub(1);
            row.drawn = row.drawn.saturating_add(1);
            if !row.is_open() {
                is_open(ledger, no, false);
            }
        }
        Fact::PacketExpired { packet, amount } => {
            let Some(no) = ledger.tables().packets.find(packet) else { return };
            let row = ledger.tables_mut().packets.row_mut(no);
            row.refunded = row.refunded.saturating_add(*amount);
            (row.left, row.left_count) = (0, 0);
            is_open(ledger, no, false);
        }
        Fact::PacketReturned { packet, user, amount, reopens, .. } => {
            let Some(no) = ledger.tables().packets.find(packet) else { return };
            set_claim(ledger.tables_mut(), *packet, *user, 0);
            let row = ledger.tables_mut().packets.row_mut(no);
            if !*reopens {
                row.refunded = row.refunded.saturating_add(*amount);
                return;
            }
            let was_open = row.is_open();
            row.left = row.left.saturating_add(*amount);
            row.left_count = row.left_count.saturating_add(1);
            if !was_open {
                is_open(ledger, no, true);
            }
        }
        _ => {}
    }
}

fn set_claim(tables: &mut Tables, packet: Id, user: Id, amount: u64) {
    match tables.packet_claims.get_mut(&(packet, user)) {
        Some(claim) => claim.amount = amount,
        None => {
            tables.packet_claims.insert(PacketClaim { packet, user, amount });
        }
    }
}

/// A packet has something to be claimed again, or no longer: the clock ends it, and its sender
/// cannot leave before.
fn is_open(ledger: &mut Ledger, no: u32, open: bool) {
    let tables = ledger.tables_mut();
    let row = tables.packets.row(no);
    let (sender, at) = (row.sender, row.expires_at);
    if let PacketSender::User(id) = sender
        && let Some(sender) = tables.users.get_mut(&id)
    {
        let held = sender.open_holds;
        sender.open_holds = if open { held.saturating_add(1) } else { held.saturating_sub(1) };
    }
    if open {
        ledger.owe(Due { at, kind: DueKind::PacketExpiry, no });
    }
}

/// A part for a user of this shard from a packet of another one, or why it cannot be taken.
pub(crate) fn arrive(
    ledger: &Ledger,
    remittance: &Remittance,
    (packet, user): (Id, Id),
    out: &mut Decision,
) {
    let Cargo { amount, currency, .. } = remittance.cargo;
    match remittances::user_to_credit(ledger, user, Money { amount, currency }) {
        Ok(account) => {
            let transit = remittances::transit_account(ledger, remittance.from, currency, out);
            post(out, transit, account, amount);
            out.record(Fact::PacketArrived { packet, user, amount });
        }
        Err(why) => {
            let purpose = Purpose::PacketBack { packet, user, why };
            let cargo = Cargo { amount, currency, purpose };
            remittances::record_sent(ledger, remittance.from, cargo, out);
        }
    }
}
