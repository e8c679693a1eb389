//! Dues that the clock debits, in the naive model: each day what is due, as far as the balance
//! goes.

use super::{Naive, Outcome, must};
use groat_ledger::{Id, Owner, Rejection, SetAutoDebit};

impl Naive {
    pub(super) fn set_auto_debit(&mut self, c: &SetAutoDebit, now: u64) -> Outcome {
        self.account_of(Owner::User(c.user))?;
        let today = self.credit_day(c.user, now);
        if c.target.is_none() {
            let line = self.lines.get_mut(&c.user).ok_or(Rejection::UnknownAccount)?;
            must(!line.closed, Rejection::InvalidState)?;
            let terms = line.terms.billing.as_mut().ok_or(Rejection::LineNotBilled)?;
            must(terms.auto_debit != c.on, Rejection::InvalidState)?;
            terms.auto_debit = c.on;
            line.bill.as_mut().unwrap().debited_on = today;
            return Ok(());
        }
        let own = |loan: &super::Loan| loan.id == c.target && loan.user == c.user;
        let no = self.loans.iter().position(own).ok_or(Rejection::UnknownAccount)?;
        must(self.is_open_loan(&self.loans[no]), Rejection::InvalidState)?;
        let loan = &mut self.loans[no];
        must(loan.agreed.auto_debit != c.on, Rejection::InvalidState)?;
        (loan.agreed.auto_debit, loan.debited_on) = (c.on, today);
        Ok(())
    }

    pub(super) fn debit_bill(&mut self, id: Id, at: u64) {
        let (today, has) = (self.credit_day(id, at), self.spendable(id).max(0));
        let due = self.due_of_bill(id, today);
        let line = self.lines.get_mut(&id).unwrap();
        line.bill.as_mut().unwrap().debited_on = today;
        if due.min(has) > 0 {
            self.pay_due(id, due.min(has), at);
        }
    }

    pub(super) fn debit_loan(&mut self, no: usize, at: u64) {
        let id = self.loans[no].user;
        let today = self.credit_day(id, at);
        let (due, has) = (self.due_of_loan(no, today), self.spendable(id).max(0));
        self.loans[no].debited_on = today;
        if due.min(has) > 0 {
            let more = self.charge_loan(no, today);
            self.loans[no].early += more;
            self.pay_parts(no, due.min(has), at);
        }
    }
}
