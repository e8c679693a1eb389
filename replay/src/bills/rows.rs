//! The rows of the trade bill as a file: the 25 columns of DOMAIN §1.5. What takes money from the
//! merchant is negative, so that receipts, fees and royalties of all rows sum to the net.

use super::csv::{Sheet, amount, text};
use crate::naive::Moved;
use crate::names::account_name;
use groat_ledger::{Currency, Id};
use groat_proto::json::time_text;
use std::collections::BTreeMap;

const COLUMNS: [&str; 25] = [
    "trade no",
    "out trade no",
    "type",
    "subject",
    "created",
    "completed",
    "store no",
    "store name",
    "operator",
    "terminal",
    "counterparty",
    "order amount",
    "merchant receipts",
    "platform red packet",
    "points",
    "platform discount",
    "merchant discount",
    "voucher redeemed",
    "voucher name",
    "merchant red packet",
    "card spend",
    "refund request no",
    "service fee",
    "royalty",
    "memo",
];

/// What the order of a payment says; each is known by its shard and id.
#[derive(Debug, Default, Clone)]
pub(super) struct Order {
    pub(super) out_trade_no: String,
    pub(super) created: u64,
    pub(super) subject: String,
    pub(super) store: [String; 4],
    pub(super) user: Option<Id>,
    pub(super) currency: u16,
}

/// One row. Signed minor units.
#[derive(Debug, Default, Clone)]
pub(super) struct Row {
    pub(super) time: u64,
    pub(super) shard: u32,
    pub(super) events: Vec<u64>,
    pub(super) kind: &'static str,
    pub(super) order: (u32, Id),
    pub(super) refund_no: String,
    pub(super) memo: String,
    pub(super) amount: i128,
    pub(super) receipts: i128,
    pub(super) platform_discount: i128,
    pub(super) merchant_discount: i128,
    pub(super) voucher: String,
    pub(super) card: i128,
    pub(super) points: i128,
    pub(super) fee: i128,
    pub(super) royalty: i128,
    pub(super) currency: u16,
}

/// The file.
pub(super) fn write(
    orders: &BTreeMap<(u32, Id), Order>,
    rows: &[Row],
    preamble: &[Vec<String>],
    currency: Currency,
    moved: &Moved,
) -> Vec<u8> {
    let mut sheet = Sheet::new(preamble);
    sheet.header(&COLUMNS);
    let mut totals = [0; 11];
    for row in rows {
        let amounts = row.amounts();
        totals.iter_mut().zip(amounts).for_each(|(total, amount)| *total += amount);
        let unknown = Order::default();
        let order = orders.get(&row.order).unwrap_or(&unknown);
        sheet.row(&fields(row.texts(order), amounts, currency));
    }
    let mut texts: [String; 14] = Default::default();
    (texts[0], texts[1]) = ("TOTAL".into(), rows.len().to_string());
    sheet.row(&fields(texts, totals, currency));
    let net = rows.iter().map(Row::net).sum();
    sheet.note(&["net".into(), amount(net, currency)]);
    for (key, moved) in moved {
        let name = text(&account_name(key));
        sheet.note(&["net of".into(), name, amount(*moved, currency)]);
    }
    sheet.end()
}

impl Row {
    /// What it changes for the merchant.
    pub(super) fn net(&self) -> i128 {
        self.receipts + self.fee + self.royalty
    }

    #[cfg(test)]
    pub(super) fn fee_for_test(&mut self, more: i128) {
        self.fee += more;
    }

    /// In the order of the columns.
    fn amounts(&self) -> [i128; 11] {
        let redeemed = self.platform_discount + self.merchant_discount;
        [
            self.amount,
            self.receipts,
            0,
            self.points,
            self.platform_discount,
            self.merchant_discount,
            redeemed,
            0,
            self.card,
            self.fee,
            self.royalty,
        ]
    }

    /// In the order of the columns.
    fn texts(&self, order: &Order) -> [String; 14] {
        let Order { out_trade_no, created, subject, store, user, .. } = order;
        let [store_no, store_name, operator, terminal] = store;
        let trade_no =
            if self.order.1.is_none() { String::new() } else { self.order.1.to_string() };
        let created = if *created == 0 { String::new() } else { time_text(*created) };
        let user = user.map(|user| user.to_string()).unwrap_or_default();
        let (completed, kind) = (time_text(self.time), self.kind);
        let (voucher, refund_no, memo) = (&*self.voucher, &*self.refund_no, &*self.memo);
        [
            &*trade_no,
            out_trade_no,
            kind,
            subject,
            &created,
            &completed,
            store_no,
            store_name,
            operator,
            terminal,
            &user,
            voucher,
            refund_no,
            memo,
        ]
        .map(text)
    }
}

/// Puts texts and amounts into their columns.
fn fields(texts: [String; 14], amounts: [i128; 11], currency: Currency) -> Vec<String> {
    let mut texts = texts.into_iter();
    let mut amounts = amounts.iter().map(|minor| amount(*minor, currency));
    let is_amount = |at: usize| matches!(at, 11..=17 | 19 | 20 | 22 | 23);
    (0..COLUMNS.len())
        .filter_map(|at| if is_amount(at) { amounts.next() } else { texts.next() })
        .collect()
}
