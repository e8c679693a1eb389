//! A merchant's month at the end of the demo: its batches and what became of them, read from the
//! books that were replayed. The bills that it can check to the byte are `groat-replay bills`.

use groat_ledger::money::major_text;
use groat_ledger::{AccountKey, Batch, Class, Currency, Id, Owner};
use groat_shard::Books;
use std::io::{self, Write};

/// Writes a line for each batch of a merchant, and how they lead to what it has now.
pub(super) fn month(books: &Books, merchant: Id, out: &mut dyn Write) -> io::Result<()> {
    let tables = books.ledger().tables();
    let its = |batch: &&Batch| tables.merchants.row(batch.merchant).merchant == merchant;
    let batches: Vec<&Batch> = tables.batches.rows().iter().filter(its).collect();
    let money = |minor: i128| major_text(minor, Currency::CNY);
    let title = format!("{merchant}'s month, by batch");
    writeln!(
        out,
        "\n{title:24}{:>12}{:>10}{:>10}{:>12}{:>10}",
        "receipts", "fees", "refunds", "fees back", "net"
    )?;
    let mut net = 0;
    for batch in batches {
        let Batch { receipts, fees, refunds, fees_returned, date, .. } = batch;
        let [receipts, fees, refunds, back] =
            [receipts, fees, refunds, fees_returned].map(|sum| money(i128::from(*sum)));
        let (date, of) = (groat_proto::json::date_text(*date), money(batch.net()));
        writeln!(out, "    {date:20}{receipts:>12}{fees:>10}{refunds:>10}{back:>12}{of:>10}")?;
        net += batch.net();
    }
    let payouts = tables.payouts.rows().iter();
    let paid = payouts.filter(|payout| payout.owner == Owner::Merchant(merchant));
    let paid: i128 = paid.map(|payout| i128::from(payout.amount.amount)).sum();
    let settled = AccountKey::of(Class::MerchantAvailable, merchant, Currency::CNY);
    let has = books.ledger().account(&settled).map_or(0, groat_ledger::Account::credit_balance);
    let (net, paid, has) = (money(net), money(paid), money(has));
    writeln!(out, "    {net} in all, less {paid} paid out to its bank: it has {has}")
}
