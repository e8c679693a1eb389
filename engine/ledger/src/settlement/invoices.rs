//! What is told of invoices.

use crate::command::{InvoiceKind, Reference};
use crate::event::Fact;
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::settlement::Settlement;

/// An invoice as it stands after what is told.
#[derive(Clone, PartialEq, Debug)]
pub struct InvoiceOf {
    /// Which.
    pub invoice: Id,
    /// Of which payment.
    pub payment: Id,
    /// The seller.
    pub merchant: Id,
    /// Names the buyer.
    pub title: Reference,
    /// The buyer's tax number.
    pub tax_no: Option<Reference>,
    /// What kind.
    pub kind: InvoiceKind,
    /// Tax included; of the invoice, or of the red one told.
    pub amount: Money,
    /// The fiscal number of the invoice, or of the red one told.
    pub no: Option<Reference>,
    /// Without tax, in minor units.
    pub ex_tax: u64,
    /// The tax, in minor units.
    pub tax: u64,
}

/// What a fact of invoices means to the outside; nothing for those of others.
pub(super) fn told(ledger: &Ledger, fact: &Fact) -> Option<Settlement> {
    let of = |invoice: &Id| invoice_of(ledger, invoice);
    Some(match fact {
        Fact::InvoiceRequested { invoice, .. } => {
            Settlement::InvoiceRequested { invoice: of(invoice)? }
        }
        Fact::InvoiceIssued { invoice, .. } => Settlement::InvoiceIssued { invoice: of(invoice)? },
        Fact::InvoiceRejected { invoice, .. } => {
            Settlement::InvoiceRejected { invoice: of(invoice)? }
        }
        Fact::InvoiceReversed { invoice, no, ex_tax, tax } => {
            let blue = of(invoice)?;
            let sum = ex_tax.saturating_add(*tax);
            let (amount, no) = (Money { amount: sum, ..blue.amount }, Some(no.clone()));
            let invoice = InvoiceOf { amount, no, ex_tax: *ex_tax, tax: *tax, ..blue };
            Settlement::InvoiceReversed { invoice }
        }
        Fact::RedInvoiceDue { payment, amount } => {
            let row = ledger.tables().payments.get(payment)?;
            Settlement::RedInvoiceDue {
                payment: *payment,
                out_trade_no: row.out_trade_no.clone(),
                merchant: ledger.tables().merchants.row(row.merchant).merchant,
                amount: Money { amount: *amount, ..row.amount },
            }
        }
        _ => return None,
    })
}

fn invoice_of(ledger: &Ledger, invoice: &Id) -> Option<InvoiceOf> {
    let tables = ledger.tables();
    let row = tables.invoices.get(invoice)?;
    let payment = tables.payments.row(row.payment);
    Some(InvoiceOf {
        invoice: row.invoice,
        payment: payment.payment,
        merchant: tables.merchants.row(payment.merchant).merchant,
        title: row.title.clone(),
        tax_no: row.tax_no.clone(),
        kind: row.kind,
        amount: Money { amount: row.amount, ..payment.amount },
        no: row.no.clone(),
        ex_tax: row.ex_tax,
        tax: row.tax,
    })
}
