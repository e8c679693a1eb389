//! Invoices as their facts tell them: what is issued and reversed of each, and of each payment. It
//! knows no rows.

use super::stranger;
use groat_ledger::{Fact, Id};
use std::collections::BTreeMap;

/// One invoice.
#[derive(Debug)]
struct Invoice {
    payment: Id,
    amount: u64,
    /// Without tax and tax, once issued, less what was reversed.
    left: Option<(u64, u64)>,
    rejected: bool,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Invoices {
    invoices: BTreeMap<Id, Invoice>,
    /// By payment: issued less reversed.
    issued: BTreeMap<Id, i128>,
    /// By payment: what is to be reversed since a refund.
    due: BTreeMap<Id, i128>,
}

impl Invoices {
    pub(crate) fn count(&self) -> usize {
        self.invoices.len()
    }

    /// Issued less reversed of a payment.
    pub(crate) fn of(&self, payment: Id) -> i128 {
        self.issued.get(&payment).copied().unwrap_or(0)
    }

    /// What is to be reversed of a payment.
    pub(crate) fn due_of(&self, payment: Id) -> i128 {
        self.due.get(&payment).copied().unwrap_or(0)
    }

    pub(crate) fn payments(&self) -> impl Iterator<Item = Id> {
        self.issued.keys().copied()
    }

    /// Takes a fact in, gives its payment; says if the state it finds does not have that step.
    pub(crate) fn follow(&mut self, fact: &Fact) -> Result<Id, String> {
        if let Fact::InvoiceRequested { invoice, payment, amount, .. } = fact {
            let (payment, amount) = (*payment, *amount);
            let new = Invoice { payment, amount, left: None, rejected: false };
            let twice = self.invoices.insert(*invoice, new).is_some();
            return if twice { Err(format!("{invoice} is requested twice")) } else { Ok(payment) };
        }
        if let Fact::RedInvoiceDue { payment, amount } = fact {
            self.due.insert(*payment, i128::from(*amount));
            return Ok(*payment);
        }
        let (Fact::InvoiceIssued { invoice: id, .. }
        | Fact::InvoiceRejected { invoice: id, .. }
        | Fact::InvoiceReversed { invoice: id, .. }) = fact
        else {
            return Err(stranger(fact, "an invoice"));
        };
        let row = self.invoices.get_mut(id).ok_or_else(|| format!("there is no invoice {id}"))?;
        let payment = row.payment;
        let open = row.left.is_none() && !row.rejected;
        match fact {
            Fact::InvoiceIssued { lines, ex_tax, tax, .. } => {
                let sum = |of: &dyn Fn(u128, u128) -> u128| {
                    let lines = lines.iter();
                    lines.map(|l| of(l.amount.into(), l.rate_bps.into())).sum::<u128>()
                };
                // Half up: twice the amount without tax, and one, halved.
                let without = sum(&|x, bps| (2 * x * 10_000 + 10_000 + bps) / (2 * (10_000 + bps)));
                let whole = sum(&|x, _| x);
                let parts = (u128::from(*ex_tax), u128::from(*ex_tax) + u128::from(*tax));
                if parts != (without, whole) || whole != u128::from(row.amount) {
                    return Err(format!("the lines of {id} make {without} of {whole}"));
                }
                row.left = Some((*ex_tax, *tax));
                *self.issued.entry(payment).or_default() += i128::from(row.amount);
                if open { Ok(payment) } else { Err(format!("{id} is not open and issued")) }
            }
            Fact::InvoiceRejected { .. } => {
                row.rejected = true;
                if open { Ok(payment) } else { Err(format!("{id} is not open and rejected")) }
            }
            Fact::InvoiceReversed { ex_tax, tax, .. } => {
                let left = row.left.ok_or_else(|| format!("{id} was never issued"))?;
                let rest = left.0.checked_sub(*ex_tax).zip(left.1.checked_sub(*tax));
                let rest = rest.ok_or_else(|| format!("more of {id} is reversed than is left"))?;
                row.left = Some(rest);
                let amount = i128::from(*ex_tax) + i128::from(*tax);
                *self.issued.entry(payment).or_default() -= amount;
                let due = self.due.entry(payment).or_default();
                *due = (*due - amount).max(0);
                Ok(payment)
            }
            other => Err(stranger(other, "an invoice")),
        }
    }
}
