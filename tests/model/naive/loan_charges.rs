//! Fees and penalties of loans in the naive model: a list per loan, of what is not paid of each.
//! And repayments that go back, and what is lent later.

use super::loans::{Loan, terms_of};
use super::{Naive, Outcome, cny, house, must, of, user};
use groat_ledger::{
    ChargeLoan, Class, DrawMore, Id, LoanChargeKind, Owner, Rejection, ReturnRepayment,
    WaiveLoanCharge,
};

pub(super) struct Charge {
    id: Id,
    pub(super) kind: LoanChargeKind,
    pub(super) due_on: u32,
    pub(super) left: i128,
}

/// Where a charge is owed, and where it is earned.
fn classes(kind: LoanChargeKind) -> (Class, Class) {
    match kind {
        LoanChargeKind::Fee => (Class::LoanFee, Class::InstalmentFee),
        LoanChargeKind::Penalty => (Class::LoanPenalty, Class::PenaltyIncome),
    }
}

impl Loan {
    /// As long as something is left, for the charge that fell due first.
    pub(super) fn pay_charges(&mut self, kind: LoanChargeKind, amount: i128) {
        let mut left = amount;
        while left > 0 {
            let open = self.charges.iter_mut().filter(|c| c.kind == kind && c.left > 0);
            // Of several that fall due together, the one that was put first.
            let first = open.min_by_key(|charge| charge.due_on).unwrap();
            let part = left.min(first.left);
            first.left -= part;
            left -= part;
        }
    }
}

impl Naive {
    /// The number of a user's loan of which something is owed.
    fn open_loan(&self, user: Id, loan: Id) -> Result<usize, Rejection> {
        self.account_of(Owner::User(user))?;
        let own = |l: &Loan| l.id == loan && l.user == user;
        let no = self.loans.iter().position(own).ok_or(Rejection::UnknownAccount)?;
        must(self.is_open_loan(&self.loans[no]), Rejection::InvalidState)?;
        Ok(no)
    }

    pub(super) fn charge_a_loan(&mut self, c: &ChargeLoan, now: u64) -> Outcome {
        let no = self.open_loan(c.user, c.loan)?;
        let amount = cny(c.amount)?;
        let taken = self.loans[no].charges.iter().any(|charge| charge.id == c.charge);
        must(!taken, Rejection::Duplicate)?;
        let today = self.credit_day(c.user, now);
        let due_on = if c.due_on == 0 { today } else { c.due_on };
        must((today..today + 3_654).contains(&due_on), Rejection::LoanChargeDateInvalid)?;
        must(self.loans[no].charges.len() < 240, Rejection::LoanChargeCountExceeded)?;
        let own = self.loans.iter().filter(|l| l.user == c.user);
        let open: i128 = own.flat_map(|l| &l.charges).map(|charge| charge.left).sum();
        must(open + amount <= super::billing::MOST, Rejection::AmountOutOfRange)?;
        let (owed, income) = classes(c.kind);
        self.write(of(owed, c.loan), house(income), amount);
        let charge = Charge { id: c.charge, kind: c.kind, due_on, left: amount };
        self.loans[no].charges.push(charge);
        let loan = &mut self.loans[no];
        if due_on == today && due_on > loan.date_of(loan.periods) {
            loan.debited_on = today;
        }
        Ok(())
    }

    pub(super) fn waive_charge(&mut self, c: &WaiveLoanCharge) -> Outcome {
        let no = self.open_loan(c.user, c.loan)?;
        let mut charges = self.loans[no].charges.iter_mut();
        let charge = charges.find(|charge| charge.id == c.charge);
        let charge = charge.ok_or(Rejection::UnknownAccount)?;
        must(charge.left > 0, Rejection::InvalidState)?;
        let ((owed, income), left) = (classes(charge.kind), charge.left);
        charge.left = 0;
        self.write(house(income), of(owed, c.loan), left);
        self.free_if_paid(no);
        Ok(())
    }

    pub(super) fn charge_back(&mut self, c: &ReturnRepayment, now: u64) -> Outcome {
        self.account_of(Owner::User(c.user))?;
        let own = |l: &Loan| l.id == c.loan && l.user == c.user;
        let no = self.loans.iter().position(own).ok_or(Rejection::UnknownAccount)?;
        let loan = &self.loans[no];
        must(!loan.lost && !self.lines[&c.user].closed, Rejection::InvalidState)?;
        let amount = cny(c.amount)?;
        must(!loan.backs.contains(&c.chargeback), Rejection::Duplicate)?;
        must(loan.backs.len() < 60, Rejection::ChargebackCountExceeded)?;
        let repaid = loan.amount - self.principal_of(loan);
        must(amount <= repaid, Rejection::ChargebackExceedsRepaid)?;
        let open = self.loans.iter().filter(|l| l.user == c.user && self.is_open_loan(l)).count();
        let ended = !self.is_open_loan(loan);
        must(!ended || open < 8, Rejection::LoanCountExceeded)?;
        must(amount <= self.left_of_limit(c.user), Rejection::CreditLimitExceeded)?;
        self.may_credit(user(c.user))?;
        self.may_have(c.user, amount)?;
        let today = self.credit_day(c.user, now);
        let more = self.charge_loan(no, today);
        self.write(of(Class::CashLoan, c.loan), user(c.user), amount);
        let loan = &mut self.loans[no];
        while ended && loan.date_of(loan.periods + 1) <= today {
            loan.periods += 1;
        }
        loan.early += more;
        loan.due += amount;
        loan.fresh += amount;
        loan.backs.push(c.chargeback);
        loan.debited_on = today;
        Ok(())
    }

    pub(super) fn draw_more(&mut self, c: &DrawMore, now: u64) -> Outcome {
        self.account_of(Owner::User(c.user))?;
        let line = self.lines.get(&c.user).ok_or(Rejection::UnknownAccount)?;
        must(!line.closed, Rejection::InvalidState)?;
        let frozen = line.frozen.is_some();
        let no = self.open_loan(c.user, c.loan)?;
        must(!frozen, Rejection::CreditLineFrozen)?;
        let loan = &self.loans[no];
        let from = loan.periods.min(loan.agreed.count);
        let to_come = loan.agreed.count - from;
        must(to_come > 0, Rejection::InvalidState)?;
        let (amount, at_once) = (cny(c.amount)?, i128::from(c.at_once));
        must(amount - at_once >= to_come.into(), Rejection::LoanTermsInvalid)?;
        must(amount <= self.buyable(c.user), Rejection::CreditLimitExceeded)?;
        let all = self.loans[no].amount + amount;
        must(all <= super::billing::MOST, Rejection::AmountOutOfRange)?;
        self.may_credit(user(c.user))?;
        self.may_have(c.user, amount)?;
        let today = self.credit_day(c.user, now);
        let more = self.charge_loan(no, today);
        self.write(of(Class::CashLoan, c.loan), user(c.user), amount);
        let loan = &mut self.loans[no];
        let parts = terms_of(amount - at_once, to_come, &loan.agreed);
        for (term, part) in loan.terms.iter_mut().skip(from as usize).zip(parts) {
            *term += part;
        }
        loan.early += more;
        loan.amount += amount;
        loan.due += at_once;
        loan.fresh += at_once;
        loan.debited_on = today;
        Ok(())
    }
}
