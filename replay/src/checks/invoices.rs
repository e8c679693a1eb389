//! Invoices (DOMAIN §6, 16): what is issued against what users paid, by payment.

use super::entries::Event;
use super::{Check, Checks, Touched, holds};
use crate::follow::Place;
use crate::names::fact_name;
use groat_ledger::{Fact, Id};
use groat_shard::Books;

impl Checks {
    pub(super) fn invoice(&mut self, at: &Place<'_>, event: &Event<'_>) {
        let Event { number, fact, .. } = *event;
        let payment = match fact {
            Fact::RefundSucceeded { payment, .. } if self.invoices.of(*payment) == 0 => return,
            Fact::RefundSucceeded { payment, .. } => Ok(*payment),
            Fact::DisputeJudged { dispute, .. } => {
                let payment = self.disputes.get(*dispute).map_or(Id::NONE, |row| row.payment);
                if self.invoices.of(payment) == 0 {
                    return;
                }
                Ok(payment)
            }
            step => self.invoices.follow(step),
        };
        if let Ok(payment) = &payment {
            self.touch(Touched::Invoices(*payment), at, number);
        }
        let verdict = payment.map(|_| ()).map_err(|what| format!("{}: {what}", fact_name(fact)));
        self.note(Check::InvoiceSums, at, number, verdict);
    }

    /// No more is invoiced than the user has still paid, or so much is said to be reversed.
    pub(super) fn compare_invoices(&mut self, books: &Books, at: &Place<'_>, event: u64, id: Id) {
        let row = books.ledger().tables().payments.get(&id);
        let Some(row) = row else {
            let what = format!("{id} is invoiced and no payment");
            return self.note(Check::Invoiced, at, event, Err(what));
        };
        let (discount, funded) = self.coupons.of_payment(id);
        let refunded: i128 = row.refunds.iter().map(|r| i128::from(r.amount)).sum();
        // What a coupon still pays is not back, and the user never paid it.
        let paid = i128::from(row.amount.amount) - refunded;
        let paid = paid - i128::from(discount) - i128::from(funded);
        // Nor what points paid, which have it back when all that the user paid is.
        let paid = paid - i128::from(self.points.of_payment(id));
        let (_, lost) = self.disputes.of_payment(id);
        let paid_but = |lost: i128| (paid - lost).max(0);
        let (issued, due) = (self.invoices.of(id), self.invoices.due_of(id));
        // What rules before the third let be lost they did not say is to be reversed.
        let then = self.disputes.lost_then(id).unwrap_or(0);
        let [least, most] = [lost - then, lost].map(|lost| (issued - paid_but(lost)).max(0));
        let paid = paid_but(lost);
        let verdict = holds((least..=most).contains(&due), || {
            format!("{id} has {issued} invoiced of {paid} paid; {due} is to be reversed")
        });
        let kept = row.parts.as_ref().map_or(0, |parts| i128::from(parts.invoiced));
        let same =
            holds(kept == issued, || format!("{id} has {kept} invoiced; its facts say {issued}"));
        self.note(Check::Invoiced, at, event, verdict.and(same));
    }
}
