//! All rows of a state in their one order: as they are now, or as they were when a rest began.

use super::{
    FORMAT, account, apps, batch, code_use, exchange, hold, holds, market, merchant, payment,
    payout, pending, receipt, remittances, seen_row, user,
};
use crate::codec::write;
use crate::seen::SeenIds;
use groat_ledger::{Ledger, Tables};
use groat_proto::Message;
use groat_proto::v1::{self, row};

/// The kinds of rows in their order, and how each is written.
macro_rules! every_kind {
    ($each:ident) => {
        $each!(accounts, |r, _| row::Row::Account(account(r)));
        $each!(pending, |r, _| row::Row::Pending(pending(r)));
        $each!(apps, |r, _| row::Row::App(apps::app(r)));
        $each!(users, |r, _| row::Row::User(user(r)));
        $each!(merchants, |r, _| row::Row::Merchant(merchant(r)));
        $each!(limits, |r, _| row::Row::Limits(write::limits(r.scope, r.currency, &r.limits)));
        $each!(holds, |r, _| row::Row::Hold(hold(r)));
        $each!(payouts, |r, _| row::Row::Payout(payout(r)));
        $each!(receipts, |r, _| row::Row::Receipt(receipt(r)));
        $each!(batches, |r, _| row::Row::Batch(batch(r)));
        $each!(authorizations, |r, t| row::Row::Authorization(holds::authorization(r, t)));
        $each!(credit_lines, |r, t| row::Row::CreditLine(holds::credit_line(r, t)));
        $each!(rentals, |r, t| row::Row::Rental(holds::rental(r, t)));
        $each!(items, |r, _| row::Row::Item(holds::item(r)));
        $each!(campaigns, |r, _| row::Row::Campaign(market::campaign(r)));
        $each!(coupon_templates, |r, _| row::Row::CouponTemplate(market::coupon_template(r)));
        $each!(coupons, |r, _| row::Row::Coupon(market::coupon(r)));
        $each!(coupon_counts, |r, _| row::Row::CouponCount(market::coupon_count(r)));
        $each!(packets, |r, _| row::Row::Packet(write::members::packet_row(r)));
        $each!(packet_claims, |r, _| row::Row::PacketClaim(write::members::packet_claim_row(r)));
        $each!(invoices, |r, _| row::Row::Invoice(market::invoice(r)));
        $each!(peers, |r, _| row::Row::Peer(remittances::peer(r)));
        $each!(asked_refunds, |r, _| row::Row::AskedRefund(remittances::asked_refund(r)));
        $each!(app_grants, |r, _| row::Row::AppGrant(apps::grant(r)));
        $each!(app_uses, |r, _| row::Row::AppUse(apps::used(r)));
        $each!(plans, |r, _| row::Row::Plan(write::plans::row(r)));
        $each!(card_templates, |r, _| {
            row::Row::CardTemplate(write::cards::define(r.template, &r.terms))
        });
        $each!(cards, |r, _| row::Row::Card(write::cards::row(r)));
        $each!(loans, |r, t| row::Row::Loan(write::loans::row(r, t)));
        $each!(quotes, |r, _| row::Row::Quote(exchange::quote(r)));
        $each!(code_uses, |r, _| row::Row::CodeUse(code_use(r)));
        $each!(payments, |r, _| row::Row::Payment(payment(r)));
        $each!(disputes, |r, _| row::Row::Dispute(write::disputes::row(r)));
        $each!(royalty_relations, |r, _| {
            row::Row::RoyaltyRelation(write::royalties::relation(r))
        });
    };
}

/// Gives the bytes of each row as it is now, behind their varint length, in order.
pub fn for_each_row(ledger: &Ledger, seen: &SeenIds, mut give: impl FnMut(&[u8])) {
    let mut bytes = Vec::with_capacity(256);
    let mut put = |row: row::Row| {
        bytes.clear();
        append(row, &mut bytes);
        give(&bytes);
    };
    put(first_row(ledger));
    let t = ledger.tables();
    macro_rules! all {
        ($table:ident, $write:expr) => {
            t.$table.rows().iter().for_each(|r| put(written(r, t, $write)))
        };
    }
    every_kind!(all);
    seen.iter().for_each(|r| put(row::Row::Seen(seen_row(r))));
}

/// Begins to put the state to rest as it is now; its first row is appended.
pub fn begin_rest(ledger: &mut Ledger, seen: &mut SeenIds, bytes: &mut Vec<u8>) {
    append(first_row(ledger), bytes);
    ledger.begin_rest();
    seen.begin_rest();
}

/// Appends the next rows as they were when the rest began, until there are so many bytes; none when
/// that was all.
pub fn go_on_resting(
    ledger: &mut Ledger,
    seen: &mut SeenIds,
    bytes_max: usize,
    bytes: &mut Vec<u8>,
) {
    macro_rules! some {
        ($table:ident, $write:expr) => {
            while let Some(no) = ledger.tables().$table.next_at_rest() {
                if bytes.len() >= bytes_max {
                    return;
                }
                let t = ledger.tables();
                append(written(t.$table.at_rest(no), t, $write), bytes);
                ledger.at_rest().$table.read_at_rest();
            }
        };
    }
    every_kind!(some);
    while bytes.len() < bytes_max {
        let Some(r) = seen.next_at_rest() else { return };
        append(row::Row::Seen(seen_row(&r)), bytes);
    }
}

fn first_row(ledger: &Ledger) -> row::Row {
    let (now, next_event) = (ledger.now(), ledger.next_event());
    row::Row::Rest(v1::RestRow { format: FORMAT, now, next_event })
}

/// `tables` are for the keys of other rows, which never change.
fn written<R>(row: &R, tables: &Tables, write: impl Fn(&R, &Tables) -> row::Row) -> row::Row {
    write(row, tables)
}

fn append(row: row::Row, bytes: &mut Vec<u8>) {
    let row = v1::Row { row: Some(row) };
    row.encode_length_delimited(bytes).expect("a Vec grows");
}
