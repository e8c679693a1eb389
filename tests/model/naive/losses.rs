//! Credit that is lost in the naive model: what a user owes on any account, and what was set aside.

use super::credit::Line;
use super::{Naive, Outcome, cny, house, must, of, user};
use groat_ledger::{Class, Id, Owner, ProvisionCredit, RecordRecovery, Rejection, WriteOffCredit};

impl Naive {
    pub(super) fn provision(&mut self, c: &ProvisionCredit) -> Outcome {
        let amount = cny(c.amount)?;
        self.write(house(Class::CreditLoss), house(Class::LossAllowance), amount);
        Ok(())
    }

    fn line_of(&self, id: Id) -> Result<Line, Rejection> {
        self.account_of(Owner::User(id))?;
        self.lines.get(&id).cloned().ok_or(Rejection::UnknownAccount)
    }

    pub(super) fn write_off(&mut self, c: &WriteOffCredit, now: u64) -> Outcome {
        let line = self.line_of(c.user)?;
        must(!line.closed, Rejection::InvalidState)?;
        must(self.late_for(c.user, now) >= 180, Rejection::NotEligible)?;
        let mut lost = 0;
        let own = [
            Class::FeeReceivable,
            Class::InterestReceivable,
            Class::PenaltyReceivable,
            Class::CreditOverdue,
            Class::CreditBilled,
            Class::CreditUnbilled,
            Class::CreditInstalment,
        ];
        let own = own.map(|class| (class, c.user)).into_iter();
        for (class, owner) in own.chain(self.end_loans(c.user)) {
            let owed = self.owes(class, owner);
            let set_aside = owed.min(self.credit(house(Class::LossAllowance)));
            self.write(house(Class::LossAllowance), of(class, owner), set_aside);
            self.write(house(Class::CreditLoss), of(class, owner), owed - set_aside);
            lost += owed;
        }
        self.end_plans(c.user);
        self.note(Class::LimitGranted, c.user, -self.noted(Class::LimitGranted, c.user));
        self.lines.insert(c.user, Line { closed: true, lost: Some(lost), ..line });
        Ok(())
    }

    pub(super) fn recover(&mut self, c: &RecordRecovery) -> Outcome {
        let line = self.line_of(c.user)?;
        let lost = line.lost.ok_or(Rejection::InvalidState)?;
        let amount = cny(c.amount)?;
        self.may_debit(user(c.user))?;
        must(amount <= lost, Rejection::Overpayment)?;
        self.covers(user(c.user), amount)?;
        self.write(user(c.user), house(Class::CreditLoss), amount);
        self.lines.insert(c.user, Line { lost: Some(lost - amount), ..line });
        Ok(())
    }
}
