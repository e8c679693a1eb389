//! Commands of invoices (DOMAIN §1.6, §4.6).

use crate::command::Reference;
use crate::id::Id;
use crate::money::Money;

/// Asks for an invoice of part or all of what a user paid.
#[derive(Clone, PartialEq, Debug)]
pub struct RequestInvoice {
    /// The invoice, new.
    pub invoice: Id,
    /// The payment.
    pub payment: Id,
    /// Names the buyer.
    pub title: Reference,
    /// The buyer's tax number, if there is one.
    pub tax_no: Option<Reference>,
    /// What kind of invoice.
    pub kind: InvoiceKind,
    /// How much, tax included.
    pub amount: Money,
}

/// Kinds of invoices (DOMAIN §1.6). The numbers stand in snapshots and on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvoiceKind {
    /// For the buyer's records.
    Plain = 0,
    /// For the buyer's tax deduction.
    Special = 1,
    /// All-electronic.
    Electronic = 2,
}

/// Issues an invoice that was requested.
#[derive(Clone, PartialEq, Debug)]
pub struct IssueInvoice {
    /// The invoice.
    pub invoice: Id,
    /// Its fiscal number, unique per merchant.
    pub no: Reference,
    /// What it is made of; the lines sum to the amount requested.
    pub lines: Vec<InvoiceLine>,
    /// The tax of all lines.
    pub tax: Money,
}

/// A part of an invoice at one rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvoiceLine {
    /// Minor units, tax included.
    pub amount: u64,
    /// Tax, in ten-thousandths of the amount without it.
    pub rate_bps: u32,
}

/// Refuses an invoice that was requested.
#[derive(Clone, PartialEq, Debug)]
pub struct RejectInvoice {
    /// The invoice.
    pub invoice: Id,
    /// Why.
    pub reason: Reference,
}

/// Takes part or all of an issued invoice back by a red one.
#[derive(Clone, PartialEq, Debug)]
pub struct RedInvoice {
    /// The blue one.
    pub invoice: Id,
    /// The red one's fiscal number.
    pub no: Reference,
    /// How much, tax included.
    pub amount: Money,
}
