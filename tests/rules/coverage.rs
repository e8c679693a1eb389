//! That every rejection of the ledger stands as an outcome in at least one table.

use groat_ledger::Rejection;
use std::collections::BTreeSet;

const ALL: &[&[&str]] = &[
    crate::transfers::TABLES,
    crate::edges::TABLES,
    crate::worst::TABLES,
    crate::accounts::TABLES,
    crate::apps::TABLES,
    crate::treasury::TABLES,
    crate::limits::TABLES,
    crate::payments::TABLES,
    crate::refunds::TABLES,
    crate::settlement::TABLES,
    crate::disputes::TABLES,
    crate::dues::TABLES,
    crate::royalties::TABLES,
    crate::agreed_credit::TABLES,
    crate::billing::TABLES,
    crate::plans::TABLES,
    crate::seller_fees::TABLES,
    crate::credit::TABLES,
    crate::debits::TABLES,
    crate::funding::TABLES,
    crate::loans::TABLES,
    crate::loan_charges::TABLES,
    crate::losses::TABLES,
    crate::authorizations::TABLES,
    crate::rent_bounds::TABLES,
    crate::rentals::TABLES,
    crate::collection::TABLES,
    crate::advances::TABLES,
    crate::agreed::TABLES,
    crate::coupons::TABLES,
    crate::named_coupons::TABLES,
    crate::owed_points::TABLES,
    crate::packets::TABLES,
    crate::cards::TABLES,
    crate::points::TABLES,
    crate::invoices::TABLES,
    crate::exchange::TABLES,
    crate::due::TABLES,
    crate::precedence::TABLES,
    crate::museum::TABLES,
];

/// What only a shard can answer: it keeps ids, keys of records and atomic batches.
const OF_THE_SHARD: &[Rejection] = &[
    // More than a table can sell in a day: `full` has it.
    Rejection::BatchFull,
    // Of chains from before advances were kept: `advances` has it.
    Rejection::AdvanceNotLowered,
    Rejection::CommandTooOld,
    Rejection::CommandIdInFuture,
    Rejection::WrongShard,
    Rejection::NotAcrossShards,
    Rejection::BatchAborted,
    Rejection::SignatureMissing,
    Rejection::SignatureInvalid,
];

/// The tables' own tests make sure that an outcome written is an outcome had.
#[test]
fn every_rejection_of_the_ledger_is_had() {
    let lines = ALL.iter().copied().flatten().flat_map(|table| table.lines());
    let had: BTreeSet<&str> = lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .filter_map(|line| line.split_once('|'))
        .map(|(_, outcome)| outcome.trim())
        .collect();
    let missing: Vec<&str> = Rejection::ALL
        .iter()
        .filter(|rejection| !OF_THE_SHARD.contains(rejection))
        .map(|rejection| rejection.name())
        .filter(|name| !had.contains(name))
        .collect();
    assert!(missing.is_empty(), "no table shows {missing:?}");
}
