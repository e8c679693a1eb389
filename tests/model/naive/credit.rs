//! Lines of credit in the naive model: limit, debt and what is held are sums of entries.

use super::billing::Bill;
use super::{Naive, Outcome, cny, must, of, user};
use groat_ledger::{
    AdjustLimit, Class, CreditTerms, FreezeReason, GrantCreditLine, Id, Owner, Rejection,
    ReleaseReserve, RepayCredit,
};

#[derive(Clone)]
pub(super) struct Line {
    pub(super) terms: CreditTerms,
    pub(super) frozen: Option<FreezeReason>,
    pub(super) closed: bool,
    pub(super) bill: Option<Bill>,
    /// Written off and not recovered; the line is closed.
    pub(super) lost: Option<i128>,
}

impl Naive {
    pub(super) fn grant(&mut self, c: &GrantCreditLine, now: u64) -> Outcome {
        let account = self.account_of(Owner::User(c.user))?;
        must(!self.closed.contains(&account), Rejection::AccountClosed)?;
        let limit = cny(c.limit)?;
        let t = c.terms;
        let day = |day: u32| (1..=28).contains(&day);
        let rate = |ppm: u32| ppm <= 1_000_000;
        let days = day(t.statement_day) && day(t.due_day) && t.grace_days <= 28;
        let rates = t.min_bps <= 10_000 && rate(t.day_ppm) && rate(t.late_fee_ppm);
        // Grace is over a day before the next statement, in February too.
        let (cut, due) = (t.statement_day, t.due_day);
        let month = if due > cut { 28 } else { 0 };
        let in_time = t.billing.is_none() || due + t.grace_days + 1 < cut + month;
        must(days && rates && in_time, Rejection::RateOutOfRange)?;
        must(self.users[&c.user] >= 2, Rejection::KycClassTooLow)?;
        let before = self.lines.get(&c.user);
        must(before.is_none_or(|line| line.lost.is_none()), Rejection::LineWrittenOff)?;
        let open = before.is_some_and(|line| !line.closed);
        must(!open, Rejection::Duplicate)?;
        let line = Line { terms: t, frozen: None, closed: false, bill: None, lost: None };
        self.lines.insert(c.user, line);
        let bill = Bill::new(&t, self.credit_day(c.user, now));
        self.lines.get_mut(&c.user).unwrap().bill = bill;
        self.note(Class::LimitGranted, c.user, limit);
        Ok(())
    }

    fn open_line(&self, id: Id) -> Result<Line, Rejection> {
        self.account_of(Owner::User(id))?;
        let line = self.lines.get(&id).cloned().ok_or(Rejection::UnknownAccount)?;
        must(!line.closed, Rejection::InvalidState)?;
        Ok(line)
    }

    pub(super) fn adjust_limit(&mut self, c: &AdjustLimit) -> Outcome {
        self.open_line(c.user)?;
        let limit = cny(c.limit)?;
        self.note(Class::LimitGranted, c.user, limit - self.noted(Class::LimitGranted, c.user));
        Ok(())
    }

    pub(super) fn freeze(&mut self, id: Id, frozen: Option<FreezeReason>) -> Outcome {
        let line = self.open_line(id)?;
        let debt = FreezeReason::Overdue;
        let by_hand = line.frozen == Some(debt) && frozen.is_some_and(|reason| reason != debt);
        let other = line.frozen.is_some() != frozen.is_some();
        must(other || by_hand, Rejection::InvalidState)?;
        self.lines.insert(id, Line { frozen, ..line });
        Ok(())
    }

    pub(super) fn close_line(&mut self, id: Id) -> Outcome {
        let line = self.open_line(id)?;
        let used = self.debt(id) + self.charges_owed(id) + self.noted(Class::CreditHeld, id);
        must(used == 0 && !self.has_loan(id), Rejection::DebtOutstanding)?;
        self.note(Class::LimitGranted, id, -self.noted(Class::LimitGranted, id));
        self.lines.insert(id, Line { closed: true, ..line });
        Ok(())
    }

    pub(super) fn repay(&mut self, c: &RepayCredit, now: u64) -> Outcome {
        let from = self.account_of(Owner::User(c.user))?;
        let line = self.lines.get(&c.user).ok_or(Rejection::UnknownAccount)?;
        must(line.lost.is_none(), Rejection::LineWrittenOff)?;
        if !c.target.is_none() {
            return self.repay_by_name(c, now);
        }
        let amount = cny(c.amount)?;
        self.may_debit(from)?;
        let owed = self.debt(c.user) + self.charges_owed(c.user) - self.ahead(c.user);
        must(amount <= owed, Rejection::Overpayment)?;
        self.covers(from, amount)?;
        self.pay_in_order(c.user, amount, now);
        Ok(())
    }

    /// What a user owes of principal.
    fn debt(&self, id: Id) -> i128 {
        let buckets = [
            Class::CreditUnbilled,
            Class::CreditBilled,
            Class::CreditInstalment,
            Class::CreditOverdue,
        ];
        -buckets.iter().map(|class| self.credit(of(*class, id))).sum::<i128>()
    }

    fn is_active(&self, id: Id) -> bool {
        self.lines.get(&id).is_some_and(|line| !line.closed && line.frozen.is_none())
    }

    /// Whether a line can be debited: it is active, and so is whose it is.
    pub(super) fn is_usable(&self, id: Id) -> bool {
        self.is_active(id) && self.may_debit(user(id)).is_ok()
    }

    /// Limit less debt less what is held; nothing without a usable line.
    pub(super) fn buyable(&self, id: Id) -> i128 {
        if self.is_usable(id) { self.left_of_limit(id) } else { 0 }
    }

    /// What is granted and not used.
    pub(super) fn left_of_limit(&self, id: Id) -> i128 {
        let left =
            self.noted(Class::LimitGranted, id) - self.debt(id) - self.noted(Class::CreditHeld, id);
        (left - self.lent(id)).max(0)
    }

    /// What may be debited from a balance right now.
    pub(super) fn spendable(&self, id: Id) -> i128 {
        if self.may_debit(user(id)).is_ok() { self.credit(user(id)) } else { 0 }
    }

    pub(super) fn may_buy(&self, id: Id, amount: i128) -> Outcome {
        must(amount == 0 || self.lines.contains_key(&id), Rejection::CreditLimitExceeded)?;
        must(amount == 0 || self.is_active(id), Rejection::CreditLineFrozen)?;
        must(amount <= self.buyable(id), Rejection::CreditLimitExceeded)
    }

    pub(super) fn release_reserve(&mut self, c: &ReleaseReserve) -> Outcome {
        self.account_of(Owner::Merchant(c.merchant))?;
        let amount = cny(c.amount)?;
        let by_clock = self.merchants[&c.merchant].reserve_days > 0;
        must(!by_clock, Rejection::InvalidState)?;
        let kept = of(Class::MerchantReserve, c.merchant);
        must(self.credit(kept) >= amount, Rejection::ReserveInsufficient)?;
        self.give_reserve_back(c.merchant, amount);
        Ok(())
    }
}
