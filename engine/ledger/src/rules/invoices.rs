//! Invoices: requested, issued or rejected, reversed (DOMAIN §1.6, §4.6). They move no money.
//!
//! | state | by | next |
//! |---|---|---|
//! | Requested | issue / reject | Issued / Rejected |
//! | Issued, PartlyReversed | red invoice | PartlyReversed, Reversed |
//!
//! Invoiceable is what the user paid, without coupons, less refunds and lost disputes and what is
//! invoiced or asked for already. Neither is refused for an invoice: where more is invoiced than is
//! still paid, a red invoice is due, and that is told. Of each line the amount without tax is
//! rounded half up and the tax is the rest; red ones follow the cumulative rule, so that they sum
//! up.

use crate::command::{
    InvoiceLine, IssueInvoice, RedInvoice, Reference, RejectInvoice, RequestInvoice,
};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::ledger::{Ledger, in_range};
use crate::limits::{INVOICE_LINES_MAX, REFUNDS_MAX};
use crate::money::{cumulative_half_up, without_tax_half_up};
use crate::rejection::Rejection;
use crate::rules::{in_currency, paid, refuse_if};
use crate::state::{
    Dispute, DisputeState, Invoice, InvoiceNo, InvoiceState, Payment, PaymentParts, Red, Tables,
};

pub(crate) fn request(
    ledger: &Ledger,
    c: &RequestInvoice,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    refuse_if(tables.invoices.find(&c.invoice).is_some(), Rejection::Duplicate)?;
    let payment = tables.payments.get(&c.payment).ok_or(Rejection::UnknownAccount)?;
    refuse_if(payment.user.is_none(), Rejection::InvalidState)?;
    in_currency(c.amount, payment.amount.currency)?;
    let amount = in_range(c.amount)?;
    let claimed = payment.parts.as_ref().map_or(0, |parts| parts.claimed);
    let left = still_paid(tables, payment).saturating_sub(claimed);
    refuse_if(amount > left, Rejection::NotInvoiceable)?;
    // From here on nothing may fail.
    let RequestInvoice { invoice, payment, title, tax_no, kind, .. } = c.clone();
    out.record(Fact::InvoiceRequested { invoice, payment, title, tax_no, kind, amount });
    Ok(())
}

pub(crate) fn issue(
    ledger: &Ledger,
    c: &IssueInvoice,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let (invoice, payment) = invoice_of(ledger, c.invoice)?;
    refuse_if(invoice.state != InvoiceState::Requested, Rejection::InvalidState)?;
    in_currency(c.tax, payment.amount.currency)?;
    refuse_if(!(1..=INVOICE_LINES_MAX).contains(&c.lines.len()), Rejection::SchemaInvalid)?;
    refuse_if(c.lines.iter().any(|line| line.amount == 0), Rejection::AmountOutOfRange)?;
    refuse_if(c.out_of_range().is_some(), Rejection::RateOutOfRange)?;
    let (amount, ex_tax) = sums(&c.lines).ok_or(Rejection::AmountOutOfRange)?;
    refuse_if(amount != invoice.amount, Rejection::TaxSumMismatch)?;
    let tax = amount - ex_tax;
    refuse_if(tax != c.tax.amount, Rejection::TaxSumMismatch)?;
    number_is_new(ledger.tables(), payment, &c.no)?;
    // A refund may have come since it was asked for.
    let invoiced = payment.parts.as_ref().map_or(0, |parts| parts.invoiced);
    let left = still_paid(ledger.tables(), payment).saturating_sub(invoiced);
    refuse_if(amount > left, Rejection::NotInvoiceable)?;
    // From here on nothing may fail.
    let (no, lines) = (c.no.clone(), c.lines.clone());
    out.record(Fact::InvoiceIssued { invoice: c.invoice, no, lines, ex_tax, tax });
    Ok(())
}

/// The sum of the lines, and of them without tax.
fn sums(lines: &[InvoiceLine]) -> Option<(u64, u64)> {
    lines.iter().try_fold((0u64, 0u64), |(amount, ex_tax), line| {
        let part = without_tax_half_up(line.amount, line.rate_bps);
        Some((amount.checked_add(line.amount)?, ex_tax.checked_add(part)?))
    })
}

pub(crate) fn reject(
    ledger: &Ledger,
    c: &RejectInvoice,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let (invoice, _) = invoice_of(ledger, c.invoice)?;
    refuse_if(invoice.state != InvoiceState::Requested, Rejection::InvalidState)?;
    // From here on nothing may fail.
    out.record(Fact::InvoiceRejected { invoice: c.invoice, reason: c.reason.clone() });
    Ok(())
}

pub(crate) fn reverse(
    ledger: &Ledger,
    c: &RedInvoice,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let (invoice, payment) = invoice_of(ledger, c.invoice)?;
    match invoice.state {
        InvoiceState::Issued | InvoiceState::PartlyReversed => {}
        InvoiceState::Reversed => return Err(Rejection::RedExceedsBlue),
        InvoiceState::Requested | InvoiceState::Rejected => return Err(Rejection::InvalidState),
    }
    in_currency(c.amount, payment.amount.currency)?;
    let amount = in_range(c.amount)?;
    refuse_if(amount > invoice.left(), Rejection::RedExceedsBlue)?;
    refuse_if(invoice.reds.len() >= REFUNDS_MAX, Rejection::RefundCountExceeded)?;
    number_is_new(ledger.tables(), payment, &c.no)?;
    // From here on nothing may fail.
    let (ex_done, tax_done) = invoice.reversed();
    let back = ex_done.saturating_add(tax_done).saturating_add(amount);
    let ex_back = cumulative_half_up(invoice.ex_tax, back, invoice.amount);
    let ex_tax = ex_back.saturating_sub(ex_done).min(amount);
    let (no, tax) = (c.no.clone(), amount - ex_tax);
    out.record(Fact::InvoiceReversed { invoice: c.invoice, no, ex_tax, tax });
    Ok(())
}

/// What the user paid and has not back. A payment of one part does not note what was lost of it in
/// disputes: that stands with them.
fn still_paid(tables: &Tables, payment: &Payment) -> u64 {
    if payment.disputed == 0 {
        return payment.paid_by_user();
    }
    let noted = payment.parts.as_ref().map_or(0, |parts| parts.lost);
    let no = tables.payments.find(&payment.payment);
    let disputes = no.and_then(|no| tables.payment_disputes.get(&no));
    let disputes = disputes.into_iter().flat_map(|of| &of.disputes);
    let is_lost =
        |row: &&Dispute| matches!(row.state, DisputeState::JudgedCustomer | DisputeState::Accepted);
    let lost = disputes.map(|no| tables.disputes.row(*no)).filter(is_lost);
    let lost = lost.fold(0u64, |sum, row| sum.saturating_add(row.amount));
    payment.paid_by_user().saturating_sub(lost.saturating_sub(noted))
}

/// Records, after a refund or lost dispute of `by_user`, that more is invoiced than the user has
/// still paid.
pub(crate) fn red_if_due(tables: &Tables, payment: &Payment, by_user: u64, out: &mut Decision) {
    let invoiced = payment.parts.as_ref().map_or(0, |parts| parts.invoiced);
    if invoiced == 0 {
        return;
    }
    let amount = invoiced.saturating_sub(still_paid(tables, payment).saturating_sub(by_user));
    if amount > 0 && by_user > 0 {
        out.record(Fact::RedInvoiceDue { payment: payment.payment, amount });
    }
}

fn invoice_of(ledger: &Ledger, invoice: Id) -> Result<(&Invoice, &Payment), Rejection> {
    let invoice = ledger.tables().invoices.get(&invoice).ok_or(Rejection::UnknownAccount)?;
    Ok((invoice, ledger.tables().payments.row(invoice.payment)))
}

fn number_is_new(tables: &Tables, payment: &Payment, no: &Reference) -> Result<(), Rejection> {
    let used = tables.invoice_nos.find(&(payment.merchant, no.clone())).is_some();
    refuse_if(used, Rejection::DuplicateInvoiceNo)
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let tables = ledger.tables_mut();
    match fact {
        Fact::InvoiceRequested { invoice, payment, title, tax_no, kind, amount } => {
            let Some(no) = tables.payments.find(payment) else { return };
            tables.invoices.insert(Invoice {
                invoice: *invoice,
                payment: no,
                title: title.clone(),
                tax_no: tax_no.clone(),
                kind: *kind,
                amount: *amount,
                state: InvoiceState::Requested,
                no: None,
                ex_tax: 0,
                tax: 0,
                reds: Vec::new(),
            });
            change(tables, no, |parts| parts.claimed = parts.claimed.saturating_add(*amount));
        }
        Fact::InvoiceIssued { invoice, no, ex_tax, tax, .. } => {
            let Some(row) = tables.invoices.get_mut(invoice) else { return };
            (row.state, row.no) = (InvoiceState::Issued, Some(no.clone()));
            (row.ex_tax, row.tax) = (*ex_tax, *tax);
            let (payment, amount) = (row.payment, row.amount);
            change(tables, payment, |parts| parts.invoiced = parts.invoiced.saturating_add(amount));
            note_number(tables, payment, no);
        }
        Fact::InvoiceRejected { invoice, .. } => {
            let Some(row) = tables.invoices.get_mut(invoice) else { return };
            row.state = InvoiceState::Rejected;
            let (payment, amount) = (row.payment, row.amount);
            change(tables, payment, |parts| parts.claimed = parts.claimed.saturating_sub(amount));
        }
        Fact::InvoiceReversed { invoice, no, ex_tax, tax } => {
            let Some(row) = tables.invoices.get_mut(invoice) else { return };
            row.reds.push(Red { no: no.clone(), ex_tax: *ex_tax, tax: *tax });
            let whole = row.left() == 0;
            row.state = if whole { InvoiceState::Reversed } else { InvoiceState::PartlyReversed };
            let (payment, amount) = (row.payment, ex_tax.saturating_add(*tax));
            change(tables, payment, |parts| {
                parts.claimed = parts.claimed.saturating_sub(amount);
                parts.invoiced = parts.invoiced.saturating_sub(amount);
            });
            note_number(tables, payment, no);
        }
        _ => {}
    }
}

fn change(tables: &mut Tables, payment: u32, change: impl FnOnce(&mut PaymentParts)) {
    change(tables.payments.row_mut(payment).parts.get_or_insert_default());
}

fn note_number(tables: &mut Tables, payment: u32, no: &Reference) {
    let merchant = tables.payments.row(payment).merchant;
    tables.invoice_nos.insert(InvoiceNo { merchant, no: no.clone() });
}

/// Whether a foreign fact of invoices names what is there, in a state that fits.
pub(crate) fn names_exist(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let invoice_of = |invoice: &Id| tables.invoices.get(invoice).ok_or("an invoice is unknown");
    let requested = |invoice: &Id| {
        let invoice = invoice_of(invoice)?;
        known(invoice.state == InvoiceState::Requested, "an invoice is in another state")?;
        Ok::<_, &'static str>(invoice)
    };
    let is_new = |invoice: &Invoice, no: &Reference| {
        let merchant = tables.payments.row(invoice.payment).merchant;
        let used = tables.invoice_nos.find(&(merchant, no.clone())).is_some();
        known(!used, "a fiscal number is used twice")
    };
    match fact {
        Fact::InvoiceRequested { invoice, payment, amount, .. } => {
            known(tables.invoices.find(invoice).is_none(), "an invoice is requested twice")?;
            let payment = paid(tables, payment)?;
            known(*amount <= payment.amount.amount, "more is invoiced than was paid")
        }
        Fact::InvoiceIssued { invoice, no, ex_tax, tax, .. } => {
            let invoice = requested(invoice)?;
            let sum = ex_tax.checked_add(*tax);
            known(sum == Some(invoice.amount), "an invoice's parts do not sum up")?;
            is_new(invoice, no)
        }
        Fact::InvoiceRejected { invoice, .. } => requested(invoice).map(|_| ()),
        Fact::InvoiceReversed { invoice, no, ex_tax, tax } => {
            let invoice = invoice_of(invoice)?;
            let states = [InvoiceState::Issued, InvoiceState::PartlyReversed];
            known(states.contains(&invoice.state), "an invoice is in another state")?;
            let sum = ex_tax.checked_add(*tax);
            let fits = sum.is_some_and(|sum| (1..=invoice.left()).contains(&sum));
            known(fits, "more of an invoice is reversed than is left")?;
            is_new(invoice, no)
        }
        Fact::RedInvoiceDue { payment, .. } => paid(tables, payment).map(|_| ()),
        _ => Ok(()),
    }
}
