//! A state read back from its rows.

mod beside;

use beside::{Beside, Part};

use super::{
    EVENT_MAX, FORMAT, Field, apps, exchange, holds, market, read, read_account, read_batch,
    read_cards, read_code_use, read_disputes, read_hold, read_loans, read_members, read_merchant,
    read_payment, read_payout, read_pending, read_plans, read_receipt, read_royalties, read_seen,
    read_user, remittances,
};
use crate::codec::read::{read_plain_account, read_plain_seen};
use crate::seen::{Seen, SeenIds};
use groat_ledger::limits::TIME_MS_MAX;
use groat_ledger::table::Table;
use groat_ledger::{
    Account, App, AppGrant, AppUse, AskedRefund, Authorization, Batch, Calendar, Campaign, Card,
    CardTemplate, CodeUse, Coupon, CouponCount, CouponTemplate, CreditLine, Dispute, Hold, Invoice,
    Item, Ledger, LimitRow, Loan, Merchant, Packet, PacketClaim, Payment, Payout, Peer,
    PendingTransfer, Place, Plan, Quote, Receipt, Rental, RoyaltyRelation, Tables, User,
};
use groat_proto::v1::{self, row};
use groat_proto::{Message, read_varint};
use std::collections::BTreeMap;
use std::fmt;

/// Why bytes are not a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRows(pub String);

impl fmt::Display for BadRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The keys of the two kinds that there may be millions of, behind which comes a row's length.
const ACCOUNT: u8 = 2 << 3 | 2;
const SEEN: u8 = 13 << 3 | 2;

/// Reads a state from the bytes that [`for_each_row`](super::for_each_row) gave, however they are
/// cut. Of a large one the ids seen are read beside all other rows, and both beside whoever gives
/// the bytes: each is about half of it.
pub struct StateReader {
    /// The beginning of a row whose end is not there yet.
    cut: Vec<u8>,
    /// Where in the state it begins.
    at: usize,
    ledger: Beside<LedgerRows>,
    seen: Beside<SeenRows>,
}

impl StateReader {
    /// Nothing read yet, of a state in this calendar and place with ids kept for so many
    /// milliseconds.
    pub fn new(calendar: Calendar, place: Place, window_ms: u64) -> StateReader {
        StateReader {
            cut: Vec::new(),
            at: 0,
            ledger: Beside::new(LedgerRows { calendar, place, rows: Rows::default() }),
            seen: Beside::new(SeenRows { window_ms, hours: BTreeMap::new() }),
        }
    }

    /// Reads on.
    pub fn add(&mut self, bytes: &[u8]) {
        if self.cut.is_empty() {
            let done = self.give_rows(bytes);
            self.cut.extend_from_slice(&bytes[done..]);
        } else {
            let mut cut = std::mem::take(&mut self.cut);
            cut.extend_from_slice(bytes);
            let done = self.give_rows(&cut);
            cut.drain(..done);
            self.cut = cut;
        }
    }

    /// The state, if these were all bytes of one.
    pub fn finish(self) -> Result<(Ledger, SeenIds), BadRows> {
        // Both hear that these were all before one is waited for.
        let (ledger, seen) = (self.ledger.end(), self.seen.end());
        let (ledger, seen) = (ledger(), seen());
        if !self.cut.is_empty() {
            return Err(Slice { start: self.at, bytes: &self.cut }.bad("it is cut off"));
        }
        Ok((ledger?, seen?))
    }

    /// Gives on all rows that are whole; tells where the rest begins.
    fn give_rows(&mut self, bytes: &[u8]) -> usize {
        let (mut at, mut from, mut of_seen) = (0, 0, false);
        while let Some(slice) = Slice::next(bytes, &mut at) {
            let is_seen = slice.row_of(SEEN).is_some();
            if is_seen != of_seen {
                self.give_run(of_seen, from, &bytes[from..slice.start]);
                (from, of_seen) = (slice.start, is_seen);
            }
        }
        self.give_run(of_seen, from, &bytes[from..at]);
        self.at += at;
        at
    }

    fn give_run(&mut self, of_seen: bool, from: usize, rows: &[u8]) {
        let at = self.at + from;
        if of_seen { self.seen.add(at, rows) } else { self.ledger.add(at, rows) }
    }
}

/// A row as it stands in a state.
struct Slice<'a> {
    /// Where it begins, its length before it.
    start: usize,
    bytes: &'a [u8],
}

impl<'a> Slice<'a> {
    /// The next row, if all of it is there; `at` moves behind it.
    fn next(bytes: &'a [u8], at: &mut usize) -> Option<Slice<'a>> {
        let (start, mut from) = (*at, *at);
        let len = usize::try_from(read_varint(bytes, &mut from)?).ok()?;
        let end = from.checked_add(len)?;
        let row = bytes.get(from..end)?;
        *at = end;
        Some(Slice { start, bytes: row })
    }

    fn bad(&self, what: &str) -> BadRows {
        BadRows(format!("the state's row at byte {}: {what}", self.start))
    }

    fn bad_field(&self, field: &str) -> BadRows {
        self.bad(&format!("its field `{field}` is wrong"))
    }

    /// A message of it: by its plain reader, and what that leaves by prost.
    fn read<M: Message + Default>(
        &self,
        bytes: &[u8],
        plain: impl FnOnce(&[u8]) -> Option<M>,
    ) -> Result<M, BadRows> {
        plain(bytes).map_or_else(|| M::decode(bytes).map_err(|e| self.bad(&e.to_string())), Ok)
    }

    /// The row alone, if it is of the kind with this key and there is nothing beside it.
    fn row_of(&self, kind: u8) -> Option<&'a [u8]> {
        let row = self.bytes.strip_prefix(&[kind])?;
        let mut at = 0;
        let len = usize::try_from(read_varint(row, &mut at)?).ok()?;
        row.get(at..).filter(|row| row.len() == len)
    }
}

struct SeenRows {
    window_ms: u64,
    hours: BTreeMap<u64, Vec<Seen>>,
}

impl Part for SeenRows {
    type Whole = SeenIds;

    fn add(&mut self, slice: &Slice<'_>) -> Result<(), BadRows> {
        let row = slice.read(slice.row_of(SEEN).unwrap_or_default(), read_plain_seen)?;
        let seen = read_seen(&row).map_err(|field| slice.bad_field(field))?;
        self.hours.entry(SeenIds::hour(seen.id)).or_default().push(seen);
        Ok(())
    }

    fn finish(self) -> Result<SeenIds, BadRows> {
        SeenIds::from_rows(self.window_ms, self.hours)
            .map_err(|id| BadRows(format!("the id {id} was seen twice")))
    }
}

struct LedgerRows {
    calendar: Calendar,
    place: Place,
    rows: Rows,
}

impl Part for LedgerRows {
    type Whole = Ledger;

    fn add(&mut self, slice: &Slice<'_>) -> Result<(), BadRows> {
        // Not by way of a row of any kind: such a row is as large as the largest, and moved about.
        if let Some(row) = slice.row_of(ACCOUNT) {
            let row = slice.read(row, read_plain_account)?;
            self.rows.accounts.push(read_account(&row).map_err(|field| slice.bad_field(field))?);
            return Ok(());
        }
        let row = slice.read(slice.bytes, |_| None::<v1::Row>)?;
        let row = row.row.ok_or_else(|| slice.bad("it is of an unknown kind"))?;
        self.rows.add(row).map_err(|field| slice.bad_field(field))
    }

    fn finish(self) -> Result<Ledger, BadRows> {
        read_ledger(self.calendar, self.place, self.rows)
    }
}

fn read_ledger(calendar: Calendar, place: Place, rows: Rows) -> Result<Ledger, BadRows> {
    let (now, next_event) =
        rows.rest.ok_or_else(|| BadRows("the state has no first row".into()))?;
    Ledger::from_rest(calendar, place, now, next_event, rows.into_tables()?)
        .map_err(|b| BadRows(format!("row {} of {}: {}", b.row, b.table, b.what)))
}

/// Rows by table, and the tables that they make.
macro_rules! rows_by_table {
    ($($table:ident: $row:ty,)*) => {
        #[derive(Default)]
        struct Rows {
            rest: Option<(u64, u64)>,
            $($table: Vec<$row>,)*
        }

        impl Rows {
            fn into_tables(self) -> Result<Tables, BadRows> {
                let mut tables = Tables::default();
                $(tables.$table = Table::from_rows(self.$table).map_err(|twice| {
                    let table = stringify!($table);
                    BadRows(format!("row {} of {table} has the key of another", twice.row))
                })?;)*
                Ok(tables)
            }
        }
    };
}

rows_by_table! {
    accounts: Account,
    pending: PendingTransfer,
    apps: App,
    users: User,
    merchants: Merchant,
    limits: LimitRow,
    holds: Hold,
    payouts: Payout,
    receipts: Receipt,
    batches: Batch,
    authorizations: Authorization,
    credit_lines: CreditLine,
    rentals: Rental,
    items: Item,
    campaigns: Campaign,
    coupon_templates: CouponTemplate,
    coupons: Coupon,
    coupon_counts: CouponCount,
    packets: Packet,
    packet_claims: PacketClaim,
    invoices: Invoice,
    disputes: Dispute,
    royalty_relations: RoyaltyRelation,
    peers: Peer,
    asked_refunds: AskedRefund,
    app_grants: AppGrant,
    app_uses: AppUse,
    loans: Loan,
    plans: Plan,
    card_templates: CardTemplate,
    cards: Card,
    quotes: Quote,
    code_uses: CodeUse,
    payments: Payment,
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
            // Ours have nothing beside them.
            row::Row::Seen(_) => return Err("seen"),
        }
        Ok(())
    }
}
