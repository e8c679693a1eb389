//! Rows of invoices.

use crate::command::{InvoiceKind, Reference};
use crate::id::Id;
use crate::table::Row;

/// An invoice of a payment. Amounts are minor units of the payment's currency.
#[derive(Clone, PartialEq, Debug)]
pub struct Invoice {
    /// Its id.
    pub invoice: Id,
    /// Number in `payments`.
    pub payment: u32,
    /// Names the buyer.
    pub title: Reference,
    /// The buyer's tax number.
    pub tax_no: Option<Reference>,
    /// What kind.
    pub kind: InvoiceKind,
    /// Tax included.
    pub amount: u64,
    /// Where it stands.
    pub state: InvoiceState,
    /// Its fiscal number, once issued.
    pub no: Option<Reference>,
    /// Without tax; 0 before it is issued.
    pub ex_tax: u64,
    /// The tax.
    pub tax: u64,
    /// What took part of it back.
    pub reds: Vec<Red>,
}

row!(Invoice, Id, self => self.invoice);

/// A red invoice.
#[derive(Clone, PartialEq, Debug)]
pub struct Red {
    /// Its fiscal number.
    pub no: Reference,
    /// Without tax.
    pub ex_tax: u64,
    /// The tax.
    pub tax: u64,
}

/// Where an invoice stands (DOMAIN §5). The numbers stand in snapshots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum InvoiceState {
    Requested = 0,
    Issued = 1,
    PartlyReversed = 2,
    Reversed = 3,
    Rejected = 4,
}

impl Invoice {
    /// What red invoices took back: without tax, and the tax.
    pub fn reversed(&self) -> (u64, u64) {
        self.reds.iter().fold((0, 0), |(ex_tax, tax), red| {
            (u64::saturating_add(ex_tax, red.ex_tax), u64::saturating_add(tax, red.tax))
        })
    }

    /// What they have not: tax included.
    pub fn left(&self) -> u64 {
        let (ex_tax, tax) = self.reversed();
        self.amount.saturating_sub(ex_tax.saturating_add(tax))
    }
}

/// Index: a merchant's fiscal number, blue or red.
#[derive(Clone)]
pub struct InvoiceNo {
    pub(crate) merchant: u32,
    pub(crate) no: Reference,
}

row!(InvoiceNo, (u32, Reference), self => (self.merchant, self.no.clone()));
