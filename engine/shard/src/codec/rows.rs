//! State at rest: rows of a ledger and of the ids seen, in their one order, both ways.
//!
//! The digest is taken over exactly these bytes, so whatever is state must be here and nothing
//! that depends on batching may.

mod apps;
mod exchange;
mod holds;
mod market;
mod remittances;
mod walk;

pub use walk::{begin_rest, for_each_row, go_on_resting};

use super::read::cards as read_cards;
use super::read::disputes as read_disputes;
use super::read::fields::{self as read, Field};
use super::read::loans as read_loans;
use super::read::members as read_members;
use super::read::plans as read_plans;
use super::read::royalties as read_royalties;
use super::write;
use crate::seen::{Answer, Seen, SeenIds};
use groat_ledger::limits::TIME_MS_MAX;
use groat_ledger::table::Table;
use groat_ledger::{
    Account, App, AppGrant, AppUse, AskedRefund, Authorization, Batch, BatchState, Calendar,
    Campaign, Card, CardTemplate, CodeUse, Coupon, CouponCount, CouponTemplate, CreditLine,
    Dispute, EventRange, Hold, Invoice, Item, Ledger, LimitRow, Loan, Merchant, Packet,
    PacketClaim, Payment, PaymentState, Payout, PayoutState, Peer, PendingState, PendingTransfer,
    Place, Plan, Quote, Receipt, Refund, Rejection, Rental, RoyaltyRelation, Tables, Usage, User,
};
use groat_proto::v1::{self, row};
use groat_proto::{Message, read_varint};
use std::collections::BTreeMap;
use std::fmt;

/// Version of the sequence of rows.
const FORMAT: u32 = 1;

/// No chain gets so far; beyond it a number could overflow while events are applied.
const EVENT_MAX: u64 = 1 << 62;

/// No counter gets so far by 2^62 events; beyond it a sum of two could overflow.
const SUM_MAX: u128 = 1 << 124;

fn sum(value: u128) -> Option<v1::Sum> {
    let low = u64::try_from(value & u128::from(u64::MAX)).unwrap_or(0);
    let high = u64::try_from(value >> 64).unwrap_or(0);
    (value > 0).then_some(v1::Sum { hi: high, lo: low })
}

fn read_sum(wire: Option<v1::Sum>) -> u128 {
    wire.map_or(0, |s| u128::from(s.hi) << 64 | u128::from(s.lo))
}

fn account(r: &Account) -> v1::AccountRow {
    v1::AccountRow {
        class: write::class(&r.key),
        owner: write::some(r.key.owner),
        sub: r.key.sub,
        currency: u32::from(r.currency.code()),
        constraint: write::constraint(r.sign_rule),
        history: r.history,
        closed: r.closed,
        debit_blocked: r.debit_blocked,
        credit_blocked: r.credit_blocked,
        debits_posted: sum(r.debits_posted),
        credits_posted: sum(r.credits_posted),
        debits_pending: sum(r.debits_pending),
        credits_pending: sum(r.credits_pending),
    }
}

fn read_account(w: &v1::AccountRow) -> Field<Account> {
    let (key, currency) = read::account_key(w.class, w.owner, w.sub, w.currency)?;
    let sums = [w.debits_posted, w.credits_posted, w.debits_pending, w.credits_pending];
    read::ensure(sums.into_iter().all(|sum| read_sum(sum) <= SUM_MAX), "sums")?;
    Ok(Account {
        history: w.history,
        closed: w.closed,
        debit_blocked: w.debit_blocked,
        credit_blocked: w.credit_blocked,
        debits_posted: read_sum(w.debits_posted),
        credits_posted: read_sum(w.credits_posted),
        debits_pending: read_sum(w.debits_pending),
        credits_pending: read_sum(w.credits_pending),
        ..Account::new(key, currency, read::sign_rule(w.constraint)?)
    })
}

fn pending(r: &PendingTransfer) -> v1::PendingRow {
    v1::PendingRow {
        transfer: write::some(r.transfer),
        debit: r.debit,
        credit: r.credit,
        amount: r.amount,
        expires_at: r.expires_at,
        state: r.state as u32,
        away: write::some(r.away),
        up_to: r.up_to,
    }
}

fn read_pending(w: &v1::PendingRow) -> Field<PendingTransfer> {
    Ok(PendingTransfer {
        transfer: read::id(w.transfer, "transfer")?,
        debit: w.debit,
        credit: w.credit,
        away: read::optional_id(w.away),
        up_to: w.up_to,
        amount: w.amount,
        expires_at: w.expires_at,
        state: match w.state {
            0 => PendingState::Pending,
            1 => PendingState::Posted,
            2 => PendingState::Voided,
            3 => PendingState::Expired,
            _ => return Err("state"),
        },
    })
}

fn user(r: &User) -> v1::UserRow {
    v1::UserRow {
        user: write::some(r.user),
        kyc_class: u32::from(r.kyc_class),
        currency: u32::from(r.currency.code()),
        account: r.account,
        open_payouts: r.open_payouts,
        open_holds: r.open_holds,
        open_disputes: r.open_disputes,
        day: r.usage.day,
        day_sum: r.usage.day_sum,
        month: r.usage.month,
        month_sum: r.usage.month_sum,
        year: r.usage.year,
        year_sum: r.usage.year_sum,
        lifetime: r.usage.lifetime,
        code_sums: if r.usage.code_sums == [0; 4] { vec![] } else { r.usage.code_sums.to_vec() },
    }
}

fn read_user(w: &v1::UserRow) -> Field<User> {
    let code_sums = match w.code_sums.as_slice() {
        [] => [0; 4],
        sums => sums.try_into().map_err(|_| "code_sums")?,
    };
    Ok(User {
        user: read::id(w.user, "user")?,
        kyc_class: u8::try_from(w.kyc_class).map_err(|_| "kyc_class")?,
        currency: read::currency(w.currency, "currency")?,
        account: w.account,
        open_payouts: w.open_payouts,
        open_holds: w.open_holds,
        open_disputes: w.open_disputes,
        usage: Usage {
            day: w.day,
            day_sum: w.day_sum,
            month: w.month,
            month_sum: w.month_sum,
            year: w.year,
            year_sum: w.year_sum,
            lifetime: w.lifetime,
            code_sums,
        },
        // Filled from authorizations.
        frozen: 0,
    })
}

fn code_use(r: &CodeUse) -> v1::CodeUseRow {
    let CodeUse { user, kind, month, month_sum, year, year_sum, lifetime } = *r;
    let kind = write::code_kind(kind);
    v1::CodeUseRow { user, kind, month, month_sum, year, year_sum, lifetime }
}

fn read_code_use(w: &v1::CodeUseRow) -> Field<CodeUse> {
    let v1::CodeUseRow { user, kind, month, month_sum, year, year_sum, lifetime } = *w;
    let kind = read::code_kind(kind)?;
    Ok(CodeUse { user, kind, month, month_sum, year, year_sum, lifetime })
}

fn merchant(r: &Merchant) -> v1::MerchantRow {
    v1::MerchantRow {
        terms: Some(write::terms(r.merchant, &r.terms)),
        account: r.account,
        open_payments: r.open_payments,
        open_batches: r.open_batches,
        open_holds: r.open_holds,
        open_payouts: r.open_payouts,
        open_disputes: r.open_disputes,
        open_freezes: r.open_freezes,
        royalty_receivers: r.royalty_receivers,
        closing: r.closing,
        closing_refused: r.closing_refused,
    }
}

fn read_merchant(w: &v1::MerchantRow) -> Field<Merchant> {
    let terms = w.terms.as_ref().ok_or("terms")?;
    Ok(Merchant {
        merchant: read::id(terms.merchant, "merchant")?,
        terms: read::merchant_terms(terms)?,
        account: w.account,
        open_payments: w.open_payments,
        open_batches: w.open_batches,
        open_holds: w.open_holds,
        open_payouts: w.open_payouts,
        open_disputes: w.open_disputes,
        open_freezes: w.open_freezes,
        royalty_receivers: w.royalty_receivers,
        closing: w.closing,
        closing_refused: w.closing_refused,
    })
}

fn hold(r: &Hold) -> v1::HoldRow {
    v1::HoldRow { hold: write::some(r.hold), user: write::some(r.user), rest: r.rest }
}

fn read_hold(w: &v1::HoldRow) -> Field<Hold> {
    let (hold, user) = (read::id(w.hold, "hold")?, read::id(w.user, "user")?);
    Ok(Hold { hold, user, rest: w.rest })
}

fn payout(r: &Payout) -> v1::PayoutRow {
    v1::PayoutRow {
        payout: write::some(r.payout),
        owner: write::owner(r.owner),
        amount: Some(r.amount.into()),
        fee: r.fee,
        state: r.state as u32,
    }
}

fn read_payout(w: &v1::PayoutRow) -> Field<Payout> {
    Ok(Payout {
        payout: read::id(w.payout, "payout")?,
        owner: read::owner(w.owner.as_ref(), "owner")?,
        amount: read::money(w.amount, "amount")?,
        fee: w.fee,
        state: match w.state {
            0 => PayoutState::Requested,
            1 => PayoutState::Confirmed,
            2 => PayoutState::Failed,
            _ => return Err("state"),
        },
    })
}

fn receipt(r: &Receipt) -> v1::ReceiptRow {
    v1::ReceiptRow { bank_ref: r.bank_ref.to_string(), unmatched: Some(r.unmatched.into()) }
}

fn read_receipt(w: &v1::ReceiptRow) -> Field<Receipt> {
    Ok(Receipt {
        bank_ref: read::reference(&w.bank_ref, "bank_ref")?,
        unmatched: read::money(w.unmatched, "unmatched")?,
    })
}

fn batch(r: &Batch) -> v1::BatchRow {
    v1::BatchRow {
        merchant: r.merchant,
        date: r.date,
        account: r.account,
        cut_at: r.cut_at,
        settle_at: r.settle_at,
        state: r.state as u32,
        count: r.count,
        receipts: r.receipts,
        fees: r.fees,
        refunds: r.refunds,
        fees_returned: r.fees_returned,
        disputes: r.disputes,
        confirmed: r.confirmed,
        royalties: r.royalties,
        royalties_returned: r.royalties_returned,
        reserve: r.reserve,
        proceeds: r.proceeds,
        forwarded: r.forwarded,
        settled: r.settled,
    }
}

fn read_batch(w: &v1::BatchRow) -> Field<Batch> {
    Ok(Batch {
        merchant: w.merchant,
        date: w.date,
        account: w.account,
        cut_at: w.cut_at,
        settle_at: w.settle_at,
        state: match w.state {
            0 => BatchState::Open,
            1 => BatchState::Cut,
            2 => BatchState::Settled,
            _ => return Err("state"),
        },
        count: w.count,
        receipts: w.receipts,
        fees: w.fees,
        refunds: w.refunds,
        fees_returned: w.fees_returned,
        disputes: w.disputes,
        confirmed: w.confirmed,
        royalties: w.royalties,
        royalties_returned: w.royalties_returned,
        reserve: w.reserve,
        proceeds: w.proceeds,
        forwarded: w.forwarded,
        settled: w.settled,
    })
}

fn payment(r: &Payment) -> v1::PaymentRow {
    v1::PaymentRow {
        payment: write::some(r.payment),
        out_trade_no: r.out_trade_no.to_string(),
        merchant: r.merchant,
        mode: write::pay_mode(r.mode),
        code_kind: write::code_kind(r.code_kind),
        auth_code: write::text(&r.auth_code),
        amount: Some(r.amount.into()),
        state: r.state as u32,
        expires_at: r.expires_at,
        paid_at: r.paid_at,
        user: r.user,
        rental: write::some(r.rental),
        balance: r.balance,
        credit: r.credit,
        channel_amount: r.channel_amount,
        channel: write::some(r.channel),
        fee: r.fee,
        fee_returned: r.fee_returned,
        batch: r.batch,
        disputed: r.disputed,
        refunded_from_own_batch: r.refunded_from_own_batch,
        refunded_to_credit: r.refunded_to_credit,
        refunded_to_channel: r.refunded_to_channel,
        refunds: r.refunds.iter().map(refund).collect(),
        parts: r.parts.as_deref().map(market::parts),
        asked: r.asked,
    }
}

fn refund(r: &Refund) -> v1::RefundRow {
    v1::RefundRow {
        out_request_no: r.out_request_no.to_string(),
        amount: r.amount,
        first_event: r.events.first,
        events: r.events.count,
    }
}

fn read_payment(w: &v1::PaymentRow) -> Field<Payment> {
    let read_refund = |w: &v1::RefundRow| -> Field<Refund> {
        Ok(Refund {
            out_request_no: read::reference(&w.out_request_no, "out_request_no")?,
            amount: w.amount,
            events: EventRange { first: w.first_event, count: w.events },
        })
    };
    Ok(Payment {
        payment: read::id(w.payment, "payment")?,
        out_trade_no: read::reference(&w.out_trade_no, "out_trade_no")?,
        merchant: w.merchant,
        mode: read::pay_mode(w.mode)?,
        code_kind: read::code_kind(w.code_kind)?,
        auth_code: read::optional_reference(&w.auth_code, "auth_code")?,
        amount: read::money(w.amount, "amount")?,
        state: match w.state {
            0 => PaymentState::Created,
            1 => PaymentState::Paid,
            2 => PaymentState::PartiallyRefunded,
            3 => PaymentState::Refunded,
            4 => PaymentState::Closed,
            5 => PaymentState::TimedOut,
            6 => PaymentState::Finished,
            _ => return Err("state"),
        },
        expires_at: w.expires_at,
        paid_at: w.paid_at,
        user: w.user,
        rental: read::optional_id(w.rental),
        balance: w.balance,
        credit: w.credit,
        channel_amount: w.channel_amount,
        channel: read::optional_id(w.channel),
        fee: w.fee,
        fee_returned: w.fee_returned,
        batch: w.batch,
        disputed: w.disputed,
        refunded_from_own_batch: w.refunded_from_own_batch,
        refunded_to_credit: w.refunded_to_credit,
        refunded_to_channel: w.refunded_to_channel,
        refunds: w.refunds.iter().map(read_refund).collect::<Field<_>>()?,
        parts: w.parts.as_ref().map(market::read_parts).transpose()?.map(Box::new),
        asked: w.asked,
    })
}

fn seen_row(r: &Seen) -> v1::SeenRow {
    let (range, rejected) = match r.answer {
        Answer::Accepted(range) => (range, 0),
        Answer::Rejected(range, rejection) => (range, rejection.code()),
    };
    v1::SeenRow {
        id: write::some(r.id),
        fingerprint: r.fingerprint,
        first_event: range.first,
        events: range.count,
        rejected: rejected.into(),
    }
}

fn read_seen(w: &v1::SeenRow) -> Field<Seen> {
    let range = EventRange { first: w.first_event, count: w.events };
    let answer = match w.rejected {
        0 => Answer::Accepted(range),
        code => Answer::Rejected(range, Rejection::from_code(code).ok_or("rejected")?),
    };
    Ok(Seen { id: read::id(w.id, "id")?, fingerprint: w.fingerprint, answer })
}

/// Why bytes are not a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRows(pub String);

impl fmt::Display for BadRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Rebuilds a state from the bytes that [`for_each_row`] gave.
pub fn read_rows(
    calendar: Calendar,
    place: Place,
    bytes: &[u8],
    window_ms: u64,
) -> Result<(Ledger, SeenIds), BadRows> {
    let mut rows = Rows::default();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let bad = |what: &str| BadRows(format!("the state's row at byte {start}: {what}"));
        let len = read_varint(bytes, &mut at).ok_or_else(|| bad("its length is cut off"))?;
        let end = usize::try_from(len).ok().and_then(|len| at.checked_add(len));
        let slice = end.and_then(|end| bytes.get(at..end)).ok_or_else(|| bad("it is cut off"))?;
        at += slice.len();
        let row = v1::Row::decode(slice).map_err(|e| bad(&e.to_string()))?;
        let row = row.row.ok_or_else(|| bad("it is of an unknown kind"))?;
        rows.add(row).map_err(|field| bad(&format!("its field `{field}` is wrong")))?;
    }
    let (now, next_event) =
        rows.rest.ok_or_else(|| BadRows("the state has no first row".into()))?;
    let duplicate = |table: &'static str| {
        move |d: groat_ledger::table::DuplicateKey| {
            BadRows(format!("row {} of {table} has the key of another", d.row))
        }
    };
    let seen = SeenIds::from_rows(window_ms, rows.seen)
        .map_err(|id| BadRows(format!("the id {id} was seen twice")))?;
    let mut tables = Tables::default();
    tables.accounts = Table::from_rows(rows.accounts).map_err(duplicate("accounts"))?;
    tables.pending = Table::from_rows(rows.pending).map_err(duplicate("pending"))?;
    tables.apps = Table::from_rows(rows.apps).map_err(duplicate("apps"))?;
    tables.users = Table::from_rows(rows.users).map_err(duplicate("users"))?;
    tables.merchants = Table::from_rows(rows.merchants).map_err(duplicate("merchants"))?;
    tables.limits = Table::from_rows(rows.limits).map_err(duplicate("limits"))?;
    tables.holds = Table::from_rows(rows.holds).map_err(duplicate("holds"))?;
    tables.payouts = Table::from_rows(rows.payouts).map_err(duplicate("payouts"))?;
    tables.receipts = Table::from_rows(rows.receipts).map_err(duplicate("receipts"))?;
    tables.batches = Table::from_rows(rows.batches).map_err(duplicate("batches"))?;
    tables.authorizations =
        Table::from_rows(rows.authorizations).map_err(duplicate("authorizations"))?;
    tables.credit_lines = Table::from_rows(rows.credit_lines).map_err(duplicate("credit_lines"))?;
    tables.rentals = Table::from_rows(rows.rentals).map_err(duplicate("rentals"))?;
    tables.items = Table::from_rows(rows.items).map_err(duplicate("items"))?;
    tables.campaigns = Table::from_rows(rows.campaigns).map_err(duplicate("campaigns"))?;
    tables.coupon_templates =
        Table::from_rows(rows.coupon_templates).map_err(duplicate("coupon_templates"))?;
    tables.coupons = Table::from_rows(rows.coupons).map_err(duplicate("coupons"))?;
    tables.coupon_counts =
        Table::from_rows(rows.coupon_counts).map_err(duplicate("coupon_counts"))?;
    tables.packets = Table::from_rows(rows.packets).map_err(duplicate("packets"))?;
    tables.packet_claims =
        Table::from_rows(rows.packet_claims).map_err(duplicate("packet_claims"))?;
    tables.invoices = Table::from_rows(rows.invoices).map_err(duplicate("invoices"))?;
    tables.disputes = Table::from_rows(rows.disputes).map_err(duplicate("disputes"))?;
    tables.royalty_relations =
        Table::from_rows(rows.royalty_relations).map_err(duplicate("royalty_relations"))?;
    tables.peers = Table::from_rows(rows.peers).map_err(duplicate("peers"))?;
    tables.asked_refunds =
        Table::from_rows(rows.asked_refunds).map_err(duplicate("asked_refunds"))?;
    tables.app_grants = Table::from_rows(rows.app_grants).map_err(duplicate("app_grants"))?;
    tables.app_uses = Table::from_rows(rows.app_uses).map_err(duplicate("app_uses"))?;
    tables.loans = Table::from_rows(rows.loans).map_err(duplicate("loans"))?;
    tables.plans = Table::from_rows(rows.plans).map_err(duplicate("plans"))?;
    tables.card_templates =
        Table::from_rows(rows.card_templates).map_err(duplicate("card_templates"))?;
    tables.cards = Table::from_rows(rows.cards).map_err(duplicate("cards"))?;
    tables.quotes = Table::from_rows(rows.quotes).map_err(duplicate("quotes"))?;
    tables.code_uses = Table::from_rows(rows.code_uses).map_err(duplicate("code_uses"))?;
    tables.payments = Table::from_rows(rows.payments).map_err(duplicate("payments"))?;
    let ledger = Ledger::from_rest(calendar, place, now, next_event, tables)
        .map_err(|b| BadRows(format!("row {} of {}: {}", b.row, b.table, b.what)))?;
    Ok((ledger, seen))
}

#[derive(Default)]
struct Rows {
    rest: Option<(u64, u64)>,
    accounts: Vec<Account>,
    pending: Vec<PendingTransfer>,
    apps: Vec<App>,
    users: Vec<User>,
    merchants: Vec<Merchant>,
    limits: Vec<LimitRow>,
    holds: Vec<Hold>,
    payouts: Vec<Payout>,
    receipts: Vec<Receipt>,
    batches: Vec<Batch>,
    payments: Vec<Payment>,
    authorizations: Vec<Authorization>,
    credit_lines: Vec<CreditLine>,
    rentals: Vec<Rental>,
    items: Vec<Item>,
    campaigns: Vec<Campaign>,
    coupon_templates: Vec<CouponTemplate>,
    coupons: Vec<Coupon>,
    coupon_counts: Vec<CouponCount>,
    packets: Vec<Packet>,
    packet_claims: Vec<PacketClaim>,
    invoices: Vec<Invoice>,
    disputes: Vec<Dispute>,
    royalty_relations: Vec<RoyaltyRelation>,
    peers: Vec<Peer>,
    asked_refunds: Vec<AskedRefund>,
    app_grants: Vec<AppGrant>,
    app_uses: Vec<AppUse>,
    plans: Vec<Plan>,
    loans: Vec<Loan>,
    quotes: Vec<Quote>,
    code_uses: Vec<CodeUse>,
    card_templates: Vec<CardTemplate>,
    cards: Vec<Card>,
    seen: BTreeMap<u64, Vec<Seen>>,
}

impl Rows {
    fn add(&mut self, row: row::Row) -> Field<()> {
        match row {
            row::Row::Rest(w) => {
                read::ensure(w.format == FORMAT, "format")?;
                read::ensure(w.now <= TIME_MS_MAX, "now")?;
                read::ensure(w.next_event <= EVENT_MAX, "next_event")?;
                self.rest = Some((w.now, w.next_event));
            }
            row::Row::Account(w) => self.accounts.push(read_account(&w)?),
            row::Row::Pending(w) => self.pending.push(read_pending(&w)?),
            row::Row::App(w) => self.apps.push(apps::read_app(&w)?),
            row::Row::User(w) => self.users.push(read_user(&w)?),
            row::Row::Merchant(w) => self.merchants.push(read_merchant(&w)?),
            row::Row::Limits(w) => {
                let (scope, currency, limits) = read::limits(&w)?;
                self.limits.push(LimitRow { scope, currency, limits });
            }
            row::Row::Hold(w) => self.holds.push(read_hold(&w)?),
            row::Row::Payout(w) => self.payouts.push(read_payout(&w)?),
            row::Row::Receipt(w) => self.receipts.push(read_receipt(&w)?),
            row::Row::Batch(w) => self.batches.push(read_batch(&w)?),
            row::Row::Payment(w) => self.payments.push(read_payment(&w)?),
            row::Row::Authorization(w) => {
                self.authorizations.push(holds::read_authorization(&w)?);
            }
            row::Row::CreditLine(w) => self.credit_lines.push(holds::read_credit_line(&w)?),
            row::Row::Rental(w) => self.rentals.push(holds::read_rental(&w)?),
            row::Row::Item(w) => self.items.push(holds::read_item(&w)?),
            row::Row::Campaign(w) => self.campaigns.push(market::read_campaign(&w)?),
            row::Row::CouponTemplate(w) => {
                self.coupon_templates.push(market::read_coupon_template(&w)?);
            }
            row::Row::Coupon(w) => self.coupons.push(market::read_coupon(&w)?),
            row::Row::CouponCount(w) => self.coupon_counts.push(market::read_coupon_count(&w)),
            row::Row::Packet(w) => self.packets.push(read_members::packet_row(&w)?),
            row::Row::PacketClaim(w) => {
                self.packet_claims.push(read_members::packet_claim_row(&w)?);
            }
            row::Row::Invoice(w) => self.invoices.push(market::read_invoice(&w)?),
            row::Row::Dispute(w) => self.disputes.push(read_disputes::row(&w)?),
            row::Row::RoyaltyRelation(w) => {
                self.royalty_relations.push(read_royalties::relation(&w));
            }
            row::Row::Peer(w) => self.peers.push(remittances::read_peer(&w)?),
            row::Row::AskedRefund(w) => {
                self.asked_refunds.push(remittances::read_asked_refund(&w)?);
            }
            row::Row::AppGrant(w) => self.app_grants.push(apps::read_grant(&w)?),
            row::Row::AppUse(w) => self.app_uses.push(apps::read_used(&w)?),
            row::Row::Loan(w) => self.loans.push(read_loans::row(&w)?),
            row::Row::Plan(w) => self.plans.push(read_plans::row(&w)?),
            row::Row::CardTemplate(w) => {
                self.card_templates.push(read_cards::template_row(&w)?);
            }
            row::Row::Card(w) => self.cards.push(read_cards::row(&w)?),
            row::Row::Quote(w) => self.quotes.push(exchange::read_quote(&w)?),
            row::Row::CodeUse(w) => self.code_uses.push(read_code_use(&w)?),
            row::Row::Seen(w) => {
                let seen = read_seen(&w)?;
                self.seen.entry(SeenIds::hour(seen.id)).or_default().push(seen);
            }
        }
        Ok(())
    }
}
