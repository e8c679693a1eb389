//! Instalment plans in the naive model: each is the list of its terms that are not billed.

use super::loans::shares;
use super::{Account, Naive, Outcome, cny, house, must, of, user};
use groat_ledger::instalments::Split;
use groat_ledger::{Class, ConvertToInstalments, Id, Owner, PlanTerms, PrepayPlan, Rejection};

/// Principal and fee of a term.
type Term = (i128, i128);

#[derive(Clone)]
pub(super) struct Plan {
    id: Id,
    user: Id,
    payment: Option<Id>,
    ahead: Vec<Term>,
    by_seller: bool,
}

/// To the nearest, a half to the even one.
pub(super) fn half_even(a: i128, b: i128) -> i128 {
    let up = (2 * a + b) / (2 * b);
    let tie = (2 * a + b) % (2 * b) == 0;
    if tie { up - up % 2 } else { up }
}

impl Naive {
    /// The terms of a plan that may be made.
    pub(super) fn new_plan(
        &self,
        id: Id,
        terms: PlanTerms,
        amount: i128,
    ) -> Result<(Id, Vec<Term>), Rejection> {
        let line = self.lines.get(&id).ok_or(Rejection::NotConvertible)?;
        let used = self.plans.iter().any(|p| p.id == terms.plan);
        must(!used && !self.is_loan(terms.plan), Rejection::Duplicate)?;
        must([3, 6, 12].contains(&terms.terms), Rejection::BadTermCount)?;
        let n = i128::from(terms.terms);
        let principals = shares(amount, terms.terms, terms.split);
        must(amount >= n && !principals.contains(&0), Rejection::AmountOutOfRange)?;
        must(terms.fee_ppm <= 1_000_000, Rejection::RateOutOfRange)?;
        must(line.bill.is_some(), Rejection::NotConvertible)?;
        let open = self.plans.iter().filter(|p| p.user == id && !p.ahead.is_empty());
        must(open.count() < 64, Rejection::PlanCountExceeded)?;
        let fee = half_even(amount * i128::from(terms.fee_ppm), 1_000_000);
        let by_fen = match terms.split {
            Split::FloorRestFirst => terms.split,
            Split::NearestRestLast { tie, .. } => Split::NearestRestLast { unit: 1, tie },
        };
        let fees = shares(fee, terms.terms, by_fen);
        Ok((terms.plan, principals.into_iter().zip(fees).collect()))
    }

    pub(super) fn add_plan(
        &mut self,
        user: Id,
        payment: Option<Id>,
        (id, ahead): (Id, Vec<Term>),
        by_seller: bool,
    ) {
        self.plans.push(Plan { id, user, payment, ahead, by_seller });
    }

    pub(super) fn convert(&mut self, c: &ConvertToInstalments, now: u64) -> Outcome {
        self.account_of(Owner::User(c.user))?;
        let line = self.lines.get(&c.user).ok_or(Rejection::UnknownAccount)?;
        must(!line.closed, Rejection::InvalidState)?;
        must(line.frozen.is_none(), Rejection::CreditLineFrozen)?;
        let amount = cny(c.amount)?;
        let plan = self.new_plan(c.user, c.terms, amount)?;
        let ahead = of(Class::CreditInstalment, c.user);
        if c.payment.is_none() {
            must(amount <= self.convertible(c.user, now), Rejection::NotConvertible)?;
            self.write(ahead, of(Class::CreditBilled, c.user), amount);
            self.put_off(c.user, amount, now);
            self.add_plan(c.user, None, plan, false);
            return Ok(());
        }
        let order = &self.orders[self.order(c.payment)?];
        let paid = order.paid.as_ref().filter(|paid| paid.user == c.user);
        let paid = paid.ok_or(Rejection::NotConvertible)?;
        let of_rental = order.number.is_none();
        let planned = self.plans.iter().any(|p| p.payment == Some(c.payment));
        let fresh = self.credit_day(c.user, paid.at) >= self.last_cut(c.user) && paid.disputed == 0;
        must(!of_rental && !planned && fresh, Rejection::NotConvertible)?;
        let left = paid.credit - order.payers(order.refunded()).min(paid.credit);
        let unbilled = of(Class::CreditUnbilled, c.user);
        must(amount <= left.min(-self.credit(unbilled)), Rejection::NotConvertible)?;
        self.write(ahead, unbilled, amount);
        self.add_plan(c.user, Some(c.payment), plan, false);
        Ok(())
    }

    pub(super) fn prepay(&mut self, c: &PrepayPlan) -> Outcome {
        let from = self.account_of(Owner::User(c.user))?;
        let own = |p: &Plan| p.id == c.plan && p.user == c.user;
        let no = self.plans.iter().position(own).ok_or(Rejection::UnknownAccount)?;
        must(!self.plans[no].ahead.is_empty(), Rejection::InvalidState)?;
        self.may_debit(from)?;
        let left = self.plans[no].left();
        self.covers(from, left)?;
        self.write(user(c.user), of(Class::CreditInstalment, c.user), left);
        self.earn_of(no, self.plans[no].sellers());
        self.plans[no].ahead.clear();
        Ok(())
    }

    /// A statement bills one term of each plan.
    pub(super) fn bill_terms(&mut self, id: Id) {
        for no in 0..self.plans.len() {
            if self.plans[no].user != id || self.plans[no].ahead.is_empty() {
                continue;
            }
            let (principal, fee) = self.plans[no].ahead.remove(0);
            let ahead = of(Class::CreditInstalment, id);
            self.write(of(Class::CreditBilled, id), ahead, principal);
            if self.plans[no].by_seller {
                self.earn_of(no, fee);
            } else {
                self.write(of(Class::FeeReceivable, id), house(Class::InstalmentFee), fee);
            }
        }
    }

    /// What is ahead of all plans of a user.
    pub(super) fn ahead(&self, id: Id) -> i128 {
        self.plans.iter().filter(|p| p.user == id).map(Plan::left).sum()
    }

    /// What is ahead of the plan that a purchase is in.
    pub(super) fn ahead_of(&self, payment: Id) -> i128 {
        self.plans.iter().filter(|p| p.payment == Some(payment)).map(Plan::left).sum()
    }

    /// What is ahead of the plans that a user's statements are in.
    pub(super) fn ahead_of_statements(&self, id: Id) -> i128 {
        let own = self.plans.iter().filter(|p| p.user == id && p.payment.is_none());
        own.map(Plan::left).sum()
    }

    /// Cuts those, from the one that was made last.
    pub(super) fn cut_plans_of_statements(&mut self, id: Id, mut amount: i128) {
        let own = self.plans.iter_mut().filter(|p| p.user == id && p.payment.is_none());
        for plan in own.rev() {
            let part = amount.min(plan.left());
            plan.cut(part);
            amount -= part;
        }
    }

    pub(super) fn plan_is_of(&self, id: Id, user: Id) -> bool {
        self.plans.iter().any(|p| p.id == id && p.user == user)
    }

    fn earn_of(&mut self, no: usize, fee: i128) {
        let paid = of(Class::UnearnedFee, self.plans[no].id);
        self.write(paid, house(Class::InstalmentFee), fee);
    }

    /// What of the seller's fee is ahead of a plan that this is cut off.
    fn sellers_of(&self, no: usize, amount: i128) -> i128 {
        let mut rest = self.plans[no].clone();
        rest.cut(amount);
        self.plans[no].sellers() - rest.sellers()
    }

    /// What the seller of a payment has back when so much of its plan is cut, and where that is.
    pub(super) fn seller_has_back(&self, payment: Id, amount: i128) -> Option<(Account, i128)> {
        let no = self.plans.iter().position(|p| p.payment == Some(payment))?;
        Some((of(Class::UnearnedFee, self.plans[no].id), self.sellers_of(no, amount)))
    }

    /// Nothing is ahead of a user's plans any more.
    pub(super) fn end_plans(&mut self, id: Id) {
        for no in 0..self.plans.len() {
            if self.plans[no].user == id {
                self.earn_of(no, self.plans[no].sellers());
            }
        }
        let own = self.plans.iter_mut().filter(|p| p.user == id);
        own.for_each(|p| p.ahead.clear());
    }

    pub(super) fn left_of_plan(&self, id: Id) -> Option<i128> {
        self.plans.iter().find(|p| p.id == id).map(Plan::left)
    }

    /// Cuts the last terms of the plan that a purchase is in.
    pub(super) fn cut_plan_of(&mut self, payment: Id, amount: i128) {
        if let Some(plan) = self.plans.iter_mut().find(|p| p.payment == Some(payment)) {
            plan.cut(amount);
        }
    }

    /// Pays the last terms ahead.
    pub(super) fn cut_plan(&mut self, id: Id, amount: i128) {
        if let Some(no) = self.plans.iter().position(|p| p.id == id) {
            self.earn_of(no, self.sellers_of(no, amount));
            self.plans[no].cut(amount);
        }
    }
}

impl Plan {
    /// What its seller has paid of the fees of the terms ahead.
    fn sellers(&self) -> i128 {
        let paid = self.ahead.iter().filter(|_| self.by_seller);
        paid.map(|term| term.1).sum()
    }

    fn left(&self) -> i128 {
        self.ahead.iter().map(|term| term.0).sum()
    }

    fn cut(&mut self, mut amount: i128) {
        while amount > 0 {
            let (principal, fee) = self.ahead.pop().unwrap();
            if amount < principal {
                self.ahead.push((principal - amount, fee));
                return;
            }
            amount -= principal;
        }
    }
}
