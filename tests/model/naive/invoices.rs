//! Invoices in the naive model: what is invoiced of a payment is the sum of its invoices.

use super::exchange::currency_of;
use super::{Naive, Outcome, amount_in, must};
use groat_ledger::{Currency, Id, IssueInvoice, RedInvoice, Reference, Rejection, RequestInvoice};

/// Red invoices of one invoice.
const REDS: usize = 50;

pub(super) struct Invoice {
    pub(super) id: Id,
    pub(super) payment: Id,
    amount: i128,
    /// Blue and red, of this merchant.
    numbers: Vec<Reference>,
    issued: bool,
    rejected: bool,
    reversed: i128,
}

impl Naive {
    fn invoice(&self, id: Id) -> Result<usize, Rejection> {
        self.invoices.iter().position(|i| i.id == id).ok_or(Rejection::UnknownAccount)
    }

    /// What invoices that fit still stand for.
    fn invoiced(&self, payment: Id, fits: impl Fn(&Invoice) -> bool) -> i128 {
        let of = self.invoices.iter().filter(|i| i.payment == payment && fits(i));
        of.map(|i| i.amount - i.reversed).sum()
    }

    pub(super) fn request_invoice(&mut self, c: &RequestInvoice) -> Outcome {
        must(self.invoice(c.invoice).is_err(), Rejection::Duplicate)?;
        let paid = self.paid_by_user(c.payment)?;
        let amount = amount_in(self.sold_in(c.payment), c.amount)?;
        let claimed = self.invoiced(c.payment, |i| !i.rejected);
        must(amount <= paid - claimed, Rejection::NotInvoiceable)?;
        let (id, payment, numbers) = (c.invoice, c.payment, Vec::new());
        let (issued, rejected, reversed) = (false, false, 0);
        self.invoices.push(Invoice { id, payment, amount, numbers, issued, rejected, reversed });
        Ok(())
    }

    pub(super) fn issue_invoice(&mut self, c: &IssueInvoice) -> Outcome {
        let no = self.invoice(c.invoice)?;
        let invoice = &self.invoices[no];
        must(!invoice.issued && !invoice.rejected, Rejection::InvalidState)?;
        let currency = self.sold_in(invoice.payment);
        must(c.tax.currency == currency, Rejection::CurrencyMismatch)?;
        let lines = || c.lines.iter().map(|l| (i128::from(l.amount), i128::from(l.rate_bps)));
        must(lines().count() > 0, Rejection::SchemaInvalid)?;
        must(lines().all(|(x, _)| x > 0), Rejection::AmountOutOfRange)?;
        must(lines().all(|(_, rate)| rate <= 10_000), Rejection::RateOutOfRange)?;
        let tax = lines().map(|(x, rate)| x - super::half_up(x, 10_000, 10_000 + rate));
        let sums = lines().map(|line| line.0).sum::<i128>() == invoice.amount;
        let sums = sums && tax.sum::<i128>() == i128::from(c.tax.amount);
        must(sums, Rejection::TaxSumMismatch)?;
        self.new_invoice_no(invoice.payment, &c.no)?;
        let issued = self.invoiced(invoice.payment, |i| i.issued);
        let left = self.paid_by_user(invoice.payment)? - issued;
        must(invoice.amount <= left, Rejection::NotInvoiceable)?;
        let invoice = &mut self.invoices[no];
        invoice.issued = true;
        invoice.numbers.push(c.no.clone());
        Ok(())
    }

    fn sold_in(&self, payment: Id) -> Currency {
        self.seller_of(payment).map_or(Currency::CNY, currency_of)
    }

    fn new_invoice_no(&self, payment: Id, no: &Reference) -> Outcome {
        let seller = self.seller_of(payment);
        let theirs = self.invoices.iter().filter(|i| self.seller_of(i.payment) == seller);
        let used = theirs.flat_map(|i| &i.numbers).any(|used| used == no);
        must(!used, Rejection::DuplicateInvoiceNo)
    }

    pub(super) fn reject_invoice(&mut self, id: Id) -> Outcome {
        let no = self.invoice(id)?;
        let invoice = &mut self.invoices[no];
        must(!invoice.issued && !invoice.rejected, Rejection::InvalidState)?;
        invoice.rejected = true;
        Ok(())
    }

    pub(super) fn red_invoice(&mut self, c: &RedInvoice) -> Outcome {
        let no = self.invoice(c.invoice)?;
        let invoice = &self.invoices[no];
        must(invoice.issued, Rejection::InvalidState)?;
        let left = invoice.amount - invoice.reversed;
        must(left > 0, Rejection::RedExceedsBlue)?;
        let amount = amount_in(self.sold_in(invoice.payment), c.amount)?;
        must(amount <= left, Rejection::RedExceedsBlue)?;
        must(invoice.numbers.len() <= REDS, Rejection::RefundCountExceeded)?;
        self.new_invoice_no(invoice.payment, &c.no)?;
        let invoice = &mut self.invoices[no];
        invoice.reversed += amount;
        invoice.numbers.push(c.no.clone());
        Ok(())
    }
}
