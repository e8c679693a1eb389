//! Commands on invoices.

use super::{Kind, Scene, named, reference};
use groat_ledger::{
    Body, Currency, Id, Invoice, InvoiceKind, InvoiceLine, InvoiceState, IssueInvoice, Money,
    RedInvoice, RejectInvoice, RequestInvoice,
};

/// Something of it can be reversed.
pub(super) fn is_issued(i: &Invoice) -> bool {
    matches!(i.state, InvoiceState::Issued | InvoiceState::PartlyReversed)
}

impl Scene<'_> {
    pub(super) fn invoice(&mut self, kind: Kind) -> Option<Body> {
        let rows = self.ledger.tables().invoices.rows();
        let open = |i: &Invoice| i.state == InvoiceState::Requested;
        Some(match kind {
            Kind::RequestInvoice => {
                let (payment, found) = self.a_payment(|p| p.user.is_some());
                let claimed = found.and_then(|p| p.parts.as_ref()).map_or(0, |p| p.claimed);
                let paid = found.map_or(9, |p| p.paid_by_user());
                let amount = self.amount_of(found, &[paid.saturating_sub(claimed), paid]);
                Body::RequestInvoice(RequestInvoice {
                    invoice: self.fresh('i', rows.len()),
                    payment,
                    title: reference('x', 4),
                    tax_no: self.dice.one_in(2).then(|| reference('x', 5)),
                    kind: self.dice.pick(&[InvoiceKind::Plain, InvoiceKind::Special]),
                    amount,
                })
            }
            Kind::IssueInvoice => {
                let found = self.dice.recent(rows, open);
                let (invoice, amount) = found.map_or((named('x', 8), 9), |i| (i.invoice, i.amount));
                let currency = self.sold_in(found);
                self.issue(invoice, amount, currency)
            }
            Kind::RejectInvoice => {
                let found = self.dice.recent(rows, open);
                let invoice = found.map_or(named('x', 8), |i| i.invoice);
                Body::RejectInvoice(RejectInvoice { invoice, reason: reference('x', 6) })
            }
            Kind::RedInvoice => {
                let found = self.dice.recent(rows, is_issued);
                let (invoice, left) = found.map_or((named('x', 8), 9), |i| (i.invoice, i.left()));
                let currency = self.sold_in(found);
                let (no, amount) = (self.fiscal_number(), self.amount_in(currency, &[left, left]));
                Body::RedInvoice(RedInvoice { invoice, no, amount })
            }
            _ => return None,
        })
    }

    /// The currency of what an invoice is about.
    fn sold_in(&self, invoice: Option<&Invoice>) -> Currency {
        let payments = &self.ledger.tables().payments;
        invoice.map_or(Currency::CNY, |i| payments.row(i.payment).amount.currency)
    }

    /// A new one, in most cases.
    fn fiscal_number(&mut self) -> groat_ledger::Reference {
        let few = self.dice.one_in(3);
        reference('n', self.dice.of(if few { 2 } else { 4_096 }))
    }

    /// One line or two, whose tax is right in most cases.
    fn issue(&mut self, invoice: Id, amount: u64, currency: Currency) -> Body {
        let first = if amount > 1 && self.dice.one_in(2) {
            self.dice.between(1, amount.min(900) - 1)
        } else {
            0
        };
        let rates = [1_300, 600, 0, 10_000, 10_000, 1_300, 600, 600, 10_001];
        let lines = [first, amount - first].map(|amount| {
            let rate_bps = self.dice.pick(&rates);
            InvoiceLine { amount, rate_bps }
        });
        let lines: Vec<_> = lines.into_iter().filter(|line| line.amount > 0).collect();
        let tax = lines.iter().map(|line| {
            line.amount - groat_ledger::money::without_tax_half_up(line.amount, line.rate_bps)
        });
        let tax = tax.sum::<u64>() + u64::from(self.dice.one_in(8));
        let tax = Money { amount: tax, currency };
        let no = self.fiscal_number();
        Body::IssueInvoice(IssueInvoice { invoice, no, lines, tax })
    }
}
