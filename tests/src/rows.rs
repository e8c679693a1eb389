//! Every row of every table, as text: two ledgers with the same rows are the same.

use groat_ledger::Ledger;
use std::fmt::Write;

macro_rules! rows {
    ($ledger:expr, $($table:ident)*) => {{
        let tables = $ledger.tables();
        let mut text = String::new();
        $(writeln!(text, "{}: {:?}", stringify!($table), tables.$table.rows()).unwrap();)*
        text
    }};
}

/// See the module.
pub fn rows(ledger: &Ledger) -> String {
    rows!(ledger, accounts pending apps users merchants limits holds payouts receipts payments
        batches authorizations credit_lines rentals items campaigns coupon_templates coupons
        coupon_counts packets packet_claims invoices disputes royalty_relations peers
        asked_refunds app_grants app_uses plans loans quotes code_uses card_templates cards)
}
