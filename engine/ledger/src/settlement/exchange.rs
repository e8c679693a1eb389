//! What is told of quotes, and of payments in another currency.

use crate::command::Reference;
use crate::event::Fact;
use crate::exchange::Price;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;

/// A conversion: what of a payment became what, at the price of its quote.
#[derive(Clone, PartialEq, Debug)]
pub struct ConversionOf {
    /// The payment.
    pub payment: Id,
    /// The merchant's number of it.
    pub out_trade_no: Reference,
    /// Its merchant.
    pub merchant: Id,
    /// The quote.
    pub quote: Id,
    /// Its price.
    pub price: Price,
    /// What was given.
    pub sold: Money,
    /// What was got for it.
    pub bought: Money,
}

/// What a fact of quotes means to the outside; nothing for those of others. Every shard hears of a
/// quote; its home tells it.
pub(super) fn told(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    let tables = ledger.tables();
    Some(match fact {
        Fact::QuotePublished { quote, .. } | Fact::QuoteExpired { quote }
            if !ledger.place().is_home(*quote) =>
        {
            return None;
        }
        Fact::QuotePublished { quote, terms } => {
            Settlement::QuotePublished { quote: *quote, terms: *terms }
        }
        Fact::QuoteExpired { quote } => {
            let row = tables.quotes.get(quote)?;
            Settlement::QuoteExpired { quote: *quote, terms: row.terms }
        }
        Fact::FxConverted { payment, sold, bought } => {
            Settlement::FxConverted { conversion: conversion_of(ledger, payment, *sold, *bought)? }
        }
        Fact::FxReturned { payment, sold, bought } => {
            Settlement::FxReturned { conversion: conversion_of(ledger, payment, *sold, *bought)? }
        }
        _ => return None,
    })
}

fn conversion_of(
    ledger: &Ledger,
    payment: &Id,
    sold: Money,
    bought: Money,
) -> Option<ConversionOf> {
    let tables = ledger.tables();
    let row = tables.payments.row(ledger.payment_no(payment)?);
    let quote = row.exchange()?.quote;
    Some(ConversionOf {
        payment: *payment,
        out_trade_no: row.out_trade_no.clone(),
        merchant: tables.merchants.row(row.merchant).merchant,
        quote,
        price: tables.quotes.get(&quote)?.terms.price,
        sold,
        bought,
    })
}
