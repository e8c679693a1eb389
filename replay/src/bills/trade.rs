//! The trade bill: a row for each sale, refund, advance, dispute, royalty and fee of instalments
//! that moved a merchant's own money, by what the facts say. What is frozen to be shared counts as
//! royalty until it is released. Who receives has that on its other bills.
//!
//! Subject, store, operator and terminal are the metadata of the command that made the order
//! (`subject`, `store_no`, `store_name`, `operator`, `terminal`); the subject is else its
//! reference.

use super::rows::{Order, Row};
use crate::lines::Seen;
use crate::naive::{Moved, add};
use crate::names::fact_name;
use crate::subject::{Subject, subjects};
use groat_ledger::{AccountKey, Class, Currency, Fact, Id, Reference};
use std::collections::{BTreeMap, BTreeSet};

/// A coupon's parts, and its template.
#[derive(Debug, Default)]
struct Voucher {
    name: String,
    discount: i128,
    funded: i128,
}

/// The rows of a merchant, shard by shard.
pub(super) struct Trades {
    merchant: Id,
    date: u32,
    pub(super) orders: BTreeMap<(u32, Id), Order>,
    disputes: BTreeMap<(u32, Id), Id>,
    pub(super) rows: Vec<Row>,
    /// By shard and account: what the rows of all days sum to since it was settled.
    nets: BTreeMap<(u32, u32), i128>,
    /// Refunds for which the merchant's home was asked: amount and fee part.
    asked: BTreeMap<(u32, Id, String), (i128, i128)>,
    open: BTreeSet<(u32, Id)>,
    /// Of the command that is being read: what stands before the fact that makes the row.
    voucher: Voucher,
    card: i128,
    points: i128,
    fee: (i128, Vec<u64>),
    from: u32,
}

impl Trades {
    pub(super) fn new(merchant: Id, date: u32) -> Trades {
        Trades {
            merchant,
            date,
            orders: BTreeMap::new(),
            disputes: BTreeMap::new(),
            rows: Vec::new(),
            nets: BTreeMap::new(),
            asked: BTreeMap::new(),
            open: BTreeSet::new(),
            voucher: Voucher::default(),
            card: 0,
            points: 0,
            fee: (0, Vec::new()),
            from: 0,
        }
    }

    /// The sum of the rows of a batch since it was settled last.
    pub(super) fn take_net(&mut self, shard: u32, batch: u32) -> i128 {
        self.nets.remove(&(shard, batch)).unwrap_or(0)
    }

    /// Takes a fact in with the lines it tells of the merchant's accounts.
    pub(super) fn event(&mut self, seen: &Seen<'_>, told: &Moved) {
        let shard = seen.at.shard;
        let signed = |amount: &u64| i128::from(*amount);
        match seen.fact {
            Fact::RemittanceReceived { from, .. } => self.from = *from,
            // Sold on another shard, where its rows are.
            Fact::ProceedsReceived { .. } => self.count(shard, told),
            Fact::PaymentCreated { payment, merchant, out_trade_no, amount, .. }
                if *merchant == self.merchant =>
            {
                let (out_trade_no, currency) =
                    (out_trade_no.as_str().into(), amount.currency.code());
                let order = Order { out_trade_no, currency, ..order(seen) };
                self.orders.insert((shard, *payment), order);
            }
            Fact::PaymentPaid { payment, user, .. } => {
                let Some(order) = self.orders.get_mut(&(shard, *payment)) else { return };
                order.user = Some(*user);
                let Voucher { name, discount, funded } = std::mem::take(&mut self.voucher);
                let card = std::mem::take(&mut self.card);
                let points = std::mem::take(&mut self.points);
                let receipts = sum(told) + funded + card + points;
                self.push(
                    seen,
                    told,
                    Row {
                        kind: "trade",
                        order: (shard, *payment),
                        amount: receipts + discount,
                        receipts,
                        platform_discount: funded,
                        merchant_discount: discount,
                        voucher: name,
                        card,
                        points,
                        ..Row::default()
                    },
                );
            }
            Fact::FeeCharged { payment, amount } => {
                let key = (shard, *payment);
                if self.orders.contains_key(&key) {
                    self.count(shard, told);
                    let its = |row: &&mut Row| row.order == key && row.kind == "trade";
                    if let Some(row) = self.rows.last_mut().filter(its) {
                        row.fee -= signed(amount);
                        row.events.push(seen.number);
                    }
                }
            }
            Fact::CouponUsed { coupon, payment, discount, funded } => {
                if self.orders.contains_key(&(shard, *payment)) {
                    self.count(shard, told);
                    self.voucher = voucher(seen, coupon, signed(discount), signed(funded));
                    self.fee.1.push(seen.number);
                }
            }
            Fact::CouponReturned { coupon, payment, discount, funded, .. } => {
                if self.orders.contains_key(&(shard, *payment)) {
                    self.voucher = voucher(seen, coupon, -signed(discount), -signed(funded));
                }
            }
            Fact::CardCharged { payment, amount, .. } => {
                if self.orders.contains_key(&(shard, *payment)) {
                    self.count(shard, told);
                    self.card = signed(amount);
                    self.fee.1.push(seen.number);
                }
            }
            Fact::CardReturned { payment, amount, .. } => {
                if self.orders.contains_key(&(shard, *payment)) {
                    self.card = -signed(amount);
                }
            }
            Fact::PointsRedeemed { payment, amount, .. } => {
                if self.orders.contains_key(&(shard, *payment)) {
                    self.count(shard, told);
                    self.points = signed(amount);
                    self.fee.1.push(seen.number);
                }
            }
            Fact::PointsReturned { payment, amount, .. } => {
                if self.orders.contains_key(&(shard, *payment)) {
                    self.points = -signed(amount);
                }
            }
            Fact::FeeReturned { payment, amount } => {
                if self.orders.contains_key(&(shard, *payment)) {
                    self.count(shard, told);
                    self.fee.0 += signed(amount);
                    self.fee.1.push(seen.number);
                }
            }
            Fact::RefundAsked { payment, out_request_no, amount, fee_part, .. } => {
                let key = (shard, *payment, out_request_no.as_str().to_owned());
                self.asked.insert(key, (signed(amount), signed(fee_part)));
                self.open.insert((shard, *payment));
            }
            Fact::RefundFailed { payment, .. } => _ = self.open.remove(&(shard, *payment)),
            Fact::RefundSucceeded { payment, out_request_no, amount, .. } => {
                let Voucher { name, discount, funded } = std::mem::take(&mut self.voucher);
                let (fee, events) = std::mem::take(&mut self.fee);
                let card = std::mem::take(&mut self.card);
                let points = std::mem::take(&mut self.points);
                let ours = self.orders.contains_key(&(shard, *payment));
                // What the home paid for stands on the bill where it paid.
                if !ours || self.open.remove(&(shard, *payment)) {
                    return;
                }
                self.push(
                    seen,
                    told,
                    Row {
                        kind: "refund",
                        order: (shard, *payment),
                        refund_no: out_request_no.as_str().into(),
                        amount: -signed(amount),
                        receipts: -signed(amount) - discount,
                        platform_discount: funded,
                        merchant_discount: discount,
                        voucher: name,
                        card,
                        points,
                        fee,
                        events,
                        ..Row::default()
                    },
                );
            }
            Fact::RefundFunded { merchant, payment, out_request_no, .. }
                if *merchant == self.merchant =>
            {
                self.push(
                    seen,
                    told,
                    Row {
                        kind: "refund",
                        order: (self.from, *payment),
                        refund_no: out_request_no.as_str().into(),
                        receipts: sum(told),
                        ..Row::default()
                    },
                );
            }
            Fact::RentalPaymentPending { rental, .. } if !told.is_empty() => {
                let tables = seen.books.ledger().tables();
                if let Some(row) = tables.rentals.get(rental) {
                    let out_trade_no = row.out_order_no.as_str().to_owned();
                    let user = tables.users.try_row(row.user).map(|user| user.user);
                    let order = Order { out_trade_no, user, ..order(seen) };
                    self.orders.entry((shard, *rental)).or_insert(order);
                }
                let (order, receipts) = ((shard, *rental), sum(told));
                let amount = receipts;
                let row = Row { kind: "advance", order, amount, receipts, ..Row::default() };
                self.push(seen, told, row);
            }
            Fact::AdvanceReturned { rental, .. } if !told.is_empty() => {
                let (order, receipts) = ((shard, *rental), sum(told));
                let (kind, amount) = ("advance return", receipts);
                self.push(seen, told, Row { kind, order, amount, receipts, ..Row::default() });
            }
            Fact::DisputeOpened { dispute, payment, amount, .. } => {
                let order = (shard, *payment);
                if self.orders.contains_key(&order) {
                    self.disputes.insert((shard, *dispute), *payment);
                    let amount = -signed(amount);
                    let refund_no = dispute.to_string();
                    let kind = "dispute";
                    let row =
                        Row { kind, order, refund_no, amount, receipts: amount, ..Row::default() };
                    self.push(seen, told, row);
                }
            }
            Fact::DisputeJudged { dispute, to_debt, to_available, fee, .. } => {
                let Some(payment) = self.disputes.get(&(shard, *dispute)).copied() else { return };
                let back = signed(to_debt) + signed(to_available);
                (self.card, self.points) = (0, 0);
                let row = Row {
                    kind: if back > 0 { "dispute reversal" } else { "dispute fee" },
                    order: (shard, payment),
                    refund_no: dispute.to_string(),
                    amount: back,
                    receipts: back,
                    fee: -signed(fee),
                    ..Row::default()
                };
                if !told.is_empty() {
                    self.push(seen, told, row);
                }
            }
            Fact::ProceedsFrozen { payment, .. }
            | Fact::PaymentSplit { payment, .. }
            | Fact::SplitFinished { payment, .. }
            | Fact::ProceedsFreed { payment, .. }
            | Fact::SplitReturned { payment, .. } => {
                let (order, royalty) = ((shard, *payment), sum(told));
                if self.orders.contains_key(&order) && royalty != 0 {
                    let (kind, refund_no) = royalty_kind(seen.fact);
                    self.push(
                        seen,
                        told,
                        Row { kind, order, refund_no, royalty, ..Row::default() },
                    );
                }
            }
            Fact::SellerFeeCharged { payment, .. } | Fact::SellerFeeReturned { payment, .. } => {
                let (order, fee) = ((shard, *payment), sum(told));
                if self.orders.contains_key(&order) {
                    let charged = matches!(seen.fact, Fact::SellerFeeCharged { .. });
                    let kind = if charged { "instalment fee" } else { "instalment fee return" };
                    self.push(seen, told, Row { kind, order, fee, ..Row::default() });
                }
            }
            // What is settled ahead of its batch was sold before: it is no trade.
            Fact::SettlementConfirmed { .. } => self.count(shard, told),
            other => {
                let sold = told.iter().any(|line| line.0.class == Class::MerchantPending);
                let subjects = subjects(other);
                if sold && !subjects.contains(&Subject::Bill) {
                    let of = subjects.iter().find_map(|subject| match subject {
                        Subject::Payment(id) | Subject::Rental(id) => Some(*id),
                        _ => None,
                    });
                    let (kind, receipts) = (fact_name(other), sum(told));
                    let order = (shard, of.unwrap_or(Id::NONE));
                    self.push(seen, told, Row { kind, order, receipts, ..Row::default() });
                }
            }
        }
    }

    fn push(&mut self, seen: &Seen<'_>, told: &Moved, row: Row) {
        self.count(seen.at.shard, told);
        let (mut events, before) = (row.events, std::mem::take(&mut self.fee.1));
        events.extend(before);
        events.push(seen.number);
        let ordered = self.orders.get(&row.order).map_or(0, |order| order.currency);
        let currency = told.first().map_or(ordered, |line| line.0.currency_code);
        let memo = seen.at.command().map(|command| command.reference).unwrap_or_default();
        let (time, shard) = (seen.time, seen.at.shard);
        // Of other days the last one alone, which may still get its fee.
        let calendar = seen.books.ledger().calendar();
        if self.rows.last().is_some_and(|last| calendar.date(last.time) != self.date) {
            self.rows.pop();
        }
        self.rows.push(Row { events, currency, memo, time, shard, ..row });
    }

    fn count(&mut self, shard: u32, told: &Moved) {
        for (key, amount) in told.iter().filter(|line| line.0.class == Class::MerchantPending) {
            *self.nets.entry((shard, key.sub)).or_default() += amount;
        }
    }

    /// The rows of the date in a currency, in the order of their time, with what other shards know
    /// of them.
    pub(super) fn of_day(&self, currency: Currency, date: impl Fn(u64) -> u32) -> Vec<Row> {
        let its = |row: &&Row| row.currency == currency.code() && date(row.time) == self.date;
        let mut rows: Vec<Row> = self.rows.iter().filter(its).cloned().collect();
        for row in rows.iter_mut().filter(|row| row.kind == "refund" && row.amount == 0) {
            let key = (row.order.0, row.order.1, row.refund_no.clone());
            if let Some((amount, fee)) = self.asked.get(&key) {
                let discount = row.receipts - fee + amount;
                (row.amount, row.fee) = (-amount, *fee);
                (row.receipts, row.merchant_discount) = (row.receipts - fee, -discount);
            }
        }
        rows.sort_by_key(|row| (row.time, row.shard, row.events.last().copied()));
        rows
    }
}

fn sum(told: &Moved) -> i128 {
    told.iter().map(|line| line.1).sum()
}

fn order(seen: &Seen<'_>) -> Order {
    let command = seen.at.command().unwrap_or_default();
    let of = |name: &str| command.metadata.get(name).cloned().unwrap_or_default();
    let subject = Some(of("subject")).filter(|subject| !subject.is_empty());
    Order {
        created: seen.time,
        subject: subject.unwrap_or_else(|| command.reference.clone()),
        store: ["store_no", "store_name", "operator", "terminal"].map(of),
        ..Order::default()
    }
}

/// The type of a row of royalties, and the merchant's number of what it did.
fn royalty_kind(fact: &Fact) -> (&'static str, String) {
    let text = |number: &Reference| number.as_str().to_owned();
    match fact {
        Fact::PaymentSplit { out_request_no, .. } => ("royalty", text(out_request_no)),
        Fact::SplitReturned { out_return_no, .. } => {
            ("royalty return", out_return_no.as_ref().map(text).unwrap_or_default())
        }
        Fact::ProceedsFrozen { .. } => ("royalty freeze", String::new()),
        _ => ("royalty release", String::new()),
    }
}

fn voucher(seen: &Seen<'_>, coupon: &Id, discount: i128, funded: i128) -> Voucher {
    let tables = seen.books.ledger().tables();
    let template = tables.coupons.get(coupon).map(|row| row.template);
    let template = template.and_then(|no| tables.coupon_templates.try_row(no));
    let name = template.map_or_else(|| coupon.to_string(), |row| row.template.to_string());
    Voucher { name, discount, funded }
}

/// What moved by account, of the merchant's own money, at events that are rows of the bill.
pub(super) fn moved_by(rows: &[Row], books: &[crate::lines::Book], currency: Currency) -> Moved {
    let mut moved = Moved::new();
    let of = |row: &Row| row.events.iter().map(|event| (row.shard, *event)).collect::<Vec<_>>();
    let events: BTreeSet<(u32, u64)> = rows.iter().flat_map(of).collect();
    let own = |key: &AccountKey| {
        matches!(
            key.class,
            Class::MerchantPending | Class::MerchantAvailable | Class::MerchantReceivable
        )
    };
    for book in books.iter().filter(|book| book.currency == currency && own(&book.key)) {
        for entry in &book.entries {
            if events.contains(&(book.shard, entry.event)) {
                add(&mut moved, book.key, entry.amount);
            }
        }
    }
    moved
}
