//! Cash loans in the naive model: what is owed are sums of entries, interest is summed anew over
//! all nights since the loan was drawn.

use super::loan_charges::Charge;
use super::plans::half_even;
use super::{Naive, Outcome, cny, house, must, of, user};
use groat_ledger::instalments::{Part, Split, Tie, annuity};
use groat_ledger::{
    Ahead, Class, DrawLoan, Every, FreezeReason, Id, LoanChargeKind, LoanKind, LoanRate, LoanTerms,
    Owner, Rejection, RepayCredit,
};

pub(super) struct Loan {
    pub(super) id: Id,
    pub(super) user: Id,
    /// What falls due with each term, and what with none of them any more: paid ahead.
    pub(super) terms: Vec<i128>,
    pub(super) agreed: LoanTerms,
    every: Every,
    next_first: bool,
    orders: [[Part; 4]; 2],
    pub(super) charges: Vec<Charge>,
    /// Of `due`, what went back since the last term; and the numbers of what went back.
    pub(super) fresh: i128,
    pub(super) backs: Vec<Id>,
    pub(super) amount: i128,
    drawn_on: u32,
    /// Terms that fell due, and months behind the last.
    pub(super) periods: u32,
    pub(super) due: i128,
    /// Interest charged that is not due.
    pub(super) early: i128,
    /// Of every night since it was drawn, what it earned in millionths, those that were charged
    /// together with the last of them; and what was charged.
    nights: Vec<i128>,
    charged: i128,
    pub(super) late_since: Option<u32>,
    /// The periods over when grace was missed last.
    missed: Option<u32>,
    pub(super) lost: bool,
    /// When it was last tried to debit it, or that was agreed.
    pub(super) debited_on: u32,
}

/// What falls due with each term.
pub(super) fn terms_of(amount: i128, count: u32, terms: &LoanTerms) -> Vec<i128> {
    match terms.kind {
        LoanKind::Bullet => (1..=count).map(|no| if no < count { 0 } else { amount }).collect(),
        LoanKind::EqualPrincipal => shares(amount, count, terms.split),
        LoanKind::Annuity => {
            let LoanRate::Year(rate) = terms.rate else { unreachable!("by the year") };
            // The schedule itself is held against those of others in the data runs.
            let all = annuity(amount.try_into().unwrap(), count, rate).unwrap();
            all.iter().map(|term| term.principal.into()).collect()
        }
    }
}

/// Shares rounded down and the rest first, or to the nearest unit, as long as something is left,
/// and the rest last.
pub(super) fn shares(amount: i128, count: u32, split: Split) -> Vec<i128> {
    let n = i128::from(count);
    let Split::NearestRestLast { unit, tie } = split else {
        let others = (1..n).map(|_| amount / n);
        return std::iter::once(amount - amount / n * (n - 1)).chain(others).collect();
    };
    let unit = i128::from(unit);
    let mut units = (2 * amount + n * unit) / (2 * n * unit);
    if tie == Tie::Even && (2 * amount + n * unit) % (2 * n * unit) == 0 {
        units -= units % 2;
    }
    let mut left = amount;
    let mut share = |no| {
        let part = if no < n { left.min(unit * units) } else { left };
        left -= part;
        part
    };
    (1..=n).map(&mut share).collect()
}

impl Loan {
    /// Months are counted one by one from the first of 1970.
    pub(super) fn date_of(&self, term: u32) -> u32 {
        let months = match self.every {
            Every::Days(days) => return self.drawn_on + days * term,
            Every::Months(months) => months * term,
        };
        let days_in = |month: u32| {
            let (year, month) = (1970 + month / 12, month % 12);
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize]
        };
        let (mut month, mut first) = (0, 0);
        while first + days_in(month) <= self.drawn_on {
            first += days_in(month);
            month += 1;
        }
        let day = self.drawn_on - first;
        let to = month + months;
        first += (month..to).map(days_in).sum::<u32>();
        first + day.min(days_in(to) - 1)
    }

    /// Millionths that so much earns between two dates of a term: the whole term to the nearest, a
    /// half to the even one, where its rate is by the year.
    fn earned(&self, owed: i128, since: u32, day: u32) -> i128 {
        let nights = i128::from(day.saturating_sub(since));
        let rate = match self.agreed.rate {
            LoanRate::Day(ppm) => return owed * nights * i128::from(ppm),
            LoanRate::Year(rate) => rate,
        };
        let (begins, ends) = (self.date_of(self.periods), self.date_of(self.periods + 1));
        let [a_year, year] = [rate.terms_a_year, rate.year_ppm].map(i128::from);
        let of_term = owed * year;
        if since == begins && day == ends {
            return 1_000_000 * half_even(of_term, 1_000_000 * a_year);
        }
        of_term * nights / (a_year * i128::from(ends - begins))
    }

    /// Off the next terms, or off the last.
    fn pay_ahead(&mut self, mut amount: i128) {
        let mut ahead: Vec<&mut i128> = self.terms.iter_mut().skip(self.periods as usize).collect();
        if !self.next_first {
            ahead.reverse();
        }
        for term in ahead {
            let part = amount.min(*term);
            (*term, amount) = (*term - part, amount - part);
        }
    }
}

impl Naive {
    pub(super) fn draw(&mut self, c: &DrawLoan, now: u64) -> Outcome {
        let to = self.account_of(Owner::User(c.user))?;
        let line = self.lines.get(&c.user).ok_or(Rejection::UnknownAccount)?;
        must(!line.closed, Rejection::InvalidState)?;
        must(line.frozen.is_none(), Rejection::CreditLineFrozen)?;
        let amount = cny(c.amount)?;
        let used = self.is_loan(c.loan);
        must(!used && self.left_of_plan(c.loan).is_none(), Rejection::Duplicate)?;
        let count = c.terms.count;
        let at_once = i128::from(c.terms.at_once);
        let often = match c.terms.every {
            Every::Days(days) => (line.terms.grace_days + 2..367).contains(&days),
            Every::Months(months) => (1..13).contains(&months),
        };
        let each = |order: [Part; 4]| (0..4).all(|n| !order[..n].contains(&order[n]));
        let fits = (1..=120).contains(&count) && amount - at_once >= count.into() && often;
        let fits = fits && each(c.terms.order) && each(c.terms.ahead_order);
        let fits = fits
            && match (c.terms.rate, c.terms.every) {
                (LoanRate::Day(_), _) => true,
                (LoanRate::Year(rate), Every::Months(months)) => 12 == months * rate.terms_a_year,
                (LoanRate::Year(rate), Every::Days(days)) => {
                    (days * rate.terms_a_year).abs_diff(363) <= 3
                }
            };
        let computed = match (c.terms.kind, c.terms.rate) {
            (LoanKind::Annuity, LoanRate::Day(_)) => false,
            (LoanKind::Annuity, LoanRate::Year(rate)) => {
                fits && c.terms.split == Split::FloorRestFirst
                    && annuity((amount - at_once).try_into().unwrap(), count, rate).is_some()
            }
            (LoanKind::EqualPrincipal | LoanKind::Bullet, _) => true,
        };
        must(fits && computed, Rejection::LoanTermsInvalid)?;
        let rate_fits = match c.terms.rate {
            LoanRate::Day(ppm) => ppm <= 1_000_000,
            LoanRate::Year(rate) => rate.year_ppm <= rate.terms_a_year * 1_000_000,
        };
        must(rate_fits, Rejection::RateOutOfRange)?;
        must(line.bill.is_some(), Rejection::LineNotBilled)?;
        let open = self.loans.iter().filter(|l| l.user == c.user && self.is_open_loan(l));
        must(open.count() < 8, Rejection::LoanCountExceeded)?;
        must(amount <= self.buyable(c.user), Rejection::CreditLimitExceeded)?;
        self.may_credit(to)?;
        self.may_have(c.user, amount)?;
        self.write(of(Class::CashLoan, c.loan), to, amount);
        self.loans.push(Loan {
            id: c.loan,
            user: c.user,
            terms: terms_of(amount - at_once, count, &c.terms),
            agreed: c.terms,
            every: c.terms.every,
            next_first: c.terms.ahead == Ahead::Next,
            orders: [c.terms.order, c.terms.ahead_order],
            charges: Vec::new(),
            fresh: 0,
            backs: Vec::new(),
            amount,
            drawn_on: self.credit_day(c.user, now),
            periods: 0,
            due: at_once,
            early: 0,
            nights: Vec::new(),
            charged: 0,
            late_since: None,
            missed: None,
            lost: false,
            debited_on: self.credit_day(c.user, now),
        });
        Ok(())
    }

    pub(super) fn principal_of(&self, loan: &Loan) -> i128 {
        self.owes(Class::CashLoan, loan.id)
    }

    fn interest_of(&self, loan: &Loan) -> i128 {
        self.owes(Class::LoanInterest, loan.id)
    }

    pub(super) fn is_open_loan(&self, loan: &Loan) -> bool {
        let charged = self.owes(Class::LoanFee, loan.id) + self.owes(Class::LoanPenalty, loan.id);
        self.principal_of(loan) + self.interest_of(loan) + charged > 0
    }

    pub(super) fn unpaid_of(&self, loan: &Loan) -> i128 {
        let by = loan.date_of(loan.periods);
        let charges = loan.charges.iter().filter(|charge| charge.due_on <= by);
        let charged: i128 = charges.map(|charge| charge.left).sum();
        loan.due - loan.fresh + self.interest_of(loan) - loan.early + charged
    }

    /// The principal that a user owes on loans.
    pub(super) fn lent(&self, id: Id) -> i128 {
        self.loans.iter().filter(|l| l.user == id).map(|l| self.principal_of(l)).sum()
    }

    pub(super) fn is_loan(&self, id: Id) -> bool {
        self.loans.iter().any(|l| l.id == id)
    }

    pub(super) fn has_loan(&self, id: Id) -> bool {
        self.loans.iter().any(|l| l.user == id && self.is_open_loan(l))
    }

    pub(super) fn late_loan(&self, id: Id) -> Option<u32> {
        self.loans.iter().filter(|l| l.user == id).filter_map(|l| l.late_since).min()
    }

    /// What of a loan is due on a day.
    pub(super) fn due_of_loan(&self, no: usize, day: u32) -> i128 {
        let parts = [Part::Penalty, Part::Interest, Part::Fee, Part::Principal];
        parts.map(|part| self.part_of_loan(no, part, false, day).1).iter().sum()
    }

    /// When the next term falls due, when the grace of the last is over, and when what is due is
    /// debited.
    pub(super) fn loan_dues(&self, loan: &Loan) -> [Option<u64>; 3] {
        if !self.is_open_loan(loan) {
            return [None; 3];
        }
        let fell_due = loan.due > 0 || self.interest_of(loan) > loan.early;
        let term = fell_due.then(|| loan.date_of(loan.periods));
        let charges = loan.charges.iter().filter(|charge| charge.left > 0);
        let first = charges.map(|charge| charge.due_on).chain(term).min();
        let debit = first.filter(|_| loan.agreed.auto_debit);
        let debit = debit.map(|first| self.credit_start(loan.user, first.max(loan.debited_on + 1)));
        let terms = self.lines[&loan.user].terms;
        let due_on = loan.date_of(loan.periods);
        let missed = self.unpaid_of(loan) > terms.tolerance.into();
        let ends = due_on + terms.grace_days + 1;
        let looked_at = loan.late_since.is_some() && loan.missed == Some(loan.periods);
        let ends = (missed && !looked_at).then(|| self.credit_start(loan.user, ends));
        [Some(self.credit_start(loan.user, loan.date_of(loan.periods + 1))), ends, debit]
    }

    /// All nights are counted again; what was charged before is taken off.
    pub(super) fn charge_loan(&mut self, no: usize, day: u32) -> i128 {
        let owed = self.principal_of(&self.loans[no]);
        let loan = &mut self.loans[no];
        let counted_on = loan.drawn_on + u32::try_from(loan.nights.len()).unwrap();
        let earned = loan.earned(owed, counted_on, day);
        while loan.drawn_on + u32::try_from(loan.nights.len()).unwrap() < day {
            loan.nights.push(0);
        }
        if let Some(last) = loan.nights.last_mut().filter(|_| earned > 0) {
            *last = earned;
        }
        let earned: i128 = loan.nights.iter().sum();
        let more = earned / 1_000_000 - loan.charged;
        loan.charged += more;
        let id = loan.id;
        // All loans of a user together bear no more than an amount.
        let own = self.loans.iter().filter(|l| l.user == self.loans[no].user);
        let borne: i128 = own.map(|l| self.interest_of(l)).sum();
        let more = more.min(super::billing::MOST - borne);
        self.write(of(Class::LoanInterest, id), house(Class::InterestIncome), more);
        more
    }

    pub(super) fn loan_term(&mut self, no: usize) {
        let day = self.loans[no].date_of(self.loans[no].periods + 1);
        self.charge_loan(no, day);
        let loan = &mut self.loans[no];
        loan.due += loan.terms.get(loan.periods as usize).copied().unwrap_or(0);
        loan.periods += 1;
        (loan.early, loan.fresh) = (0, 0);
    }

    pub(super) fn loan_is_late(&mut self, no: usize) {
        let loan = &mut self.loans[no];
        loan.late_since = loan.late_since.or(Some(loan.date_of(loan.periods)));
        loan.missed = Some(loan.periods);
        let line = self.lines.get_mut(&loan.user).unwrap();
        if !line.closed && line.frozen.is_none() {
            line.frozen = Some(FreezeReason::Overdue);
        }
    }

    pub(super) fn repay_by_name(&mut self, c: &RepayCredit, now: u64) -> Outcome {
        let from = user(c.user);
        if let Some(left) = self.left_of_plan(c.target) {
            let own = self.plan_is_of(c.target, c.user);
            must(own, Rejection::UnknownAccount)?;
            must(left > 0, Rejection::InvalidState)?;
            let amount = cny(c.amount)?;
            self.may_debit(from)?;
            must(amount <= left, Rejection::Overpayment)?;
            self.covers(from, amount)?;
            self.write(from, of(Class::CreditInstalment, c.user), amount);
            self.cut_plan(c.target, amount);
            return Ok(());
        }
        let own = |l: &Loan| l.id == c.target && l.user == c.user;
        let no = self.loans.iter().position(own).ok_or(Rejection::UnknownAccount)?;
        must(self.is_open_loan(&self.loans[no]), Rejection::InvalidState)?;
        let amount = cny(c.amount)?;
        self.may_debit(from)?;
        let (entries, charged) = (self.entries.len(), self.loans[no].charged);
        let nights = self.loans[no].nights.len();
        let more = self.charge_loan(no, self.credit_day(self.loans[no].user, now));
        let own = [Class::LoanFee, Class::LoanPenalty].map(|class| self.owes(class, c.target));
        let all = self.principal_of(&self.loans[no]) + self.interest_of(&self.loans[no]);
        let all = all + own.iter().sum::<i128>();
        let fits = must(amount <= all, Rejection::Overpayment);
        if let Err(why) = fits.and_then(|()| self.covers(from, amount)) {
            // Nothing was charged.
            self.entries.truncate(entries);
            self.loans[no].charged = charged;
            self.loans[no].nights.truncate(nights);
            return Err(why);
        }
        self.loans[no].early += more;
        self.pay_parts(no, amount, now);
        Ok(())
    }

    /// Pays so much of a loan whose interest is charged to the day, part by part.
    pub(super) fn pay_parts(&mut self, no: usize, amount: i128, now: u64) {
        let (id, from) = (self.loans[no].id, user(self.loans[no].user));
        let Loan { user, orders, .. } = self.loans[no];
        let today = self.credit_day(user, now);
        let mut left = amount;
        for (order, later) in orders.into_iter().zip([false, true]) {
            for part in order {
                let (class, owed) = self.part_of_loan(no, part, later, today);
                let paid = left.min(owed);
                left -= paid;
                self.write(from, of(class, id), paid);
                let loan = &mut self.loans[no];
                match (part, later) {
                    (Part::Interest, false) => {}
                    (Part::Interest, true) => loan.early -= paid,
                    (Part::Principal, false) => {
                        loan.due -= paid;
                        loan.fresh = loan.fresh.min(loan.due);
                    }
                    (Part::Principal, true) => loan.pay_ahead(paid),
                    (Part::Fee, _) => loan.pay_charges(LoanChargeKind::Fee, paid),
                    (Part::Penalty, _) => loan.pay_charges(LoanChargeKind::Penalty, paid),
                }
            }
        }
        self.free_if_paid(no);
    }

    /// The account of a part of a loan's debt, and what is owed of it: what is due, or what is not.
    fn part_of_loan(&self, no: usize, part: Part, later: bool, today: u32) -> (Class, i128) {
        let loan = &self.loans[no];
        let charged = |kind| {
            let own = loan.charges.iter().filter(|charge| charge.kind == kind);
            own.filter(|c| (c.due_on > today) == later).map(|charge| charge.left).sum()
        };
        match part {
            Part::Interest if later => (Class::LoanInterest, loan.early),
            Part::Interest => (Class::LoanInterest, self.interest_of(loan) - loan.early),
            Part::Principal if later => (Class::CashLoan, self.principal_of(loan) - loan.due),
            Part::Principal => (Class::CashLoan, loan.due),
            Part::Fee => (Class::LoanFee, charged(LoanChargeKind::Fee)),
            Part::Penalty => (Class::LoanPenalty, charged(LoanChargeKind::Penalty)),
        }
    }

    pub(super) fn free_if_paid(&mut self, no: usize) {
        let little = self.lines[&self.loans[no].user].terms.tolerance.into();
        let paid = self.unpaid_of(&self.loans[no]) <= little;
        if paid && self.loans[no].late_since.take().is_some() {
            self.free_line(self.loans[no].user);
        }
    }

    /// Lets a line go that was frozen for a debt, if nothing is late.
    pub(super) fn free_line(&mut self, id: Id) {
        let late = self.late_loan(id).is_some() || self.owes(Class::CreditOverdue, id) > 0;
        let line = self.lines.get_mut(&id).unwrap();
        line.frozen = line.frozen.filter(|reason| late || *reason != FreezeReason::Overdue);
    }

    /// What is owed of a user's loans is owed no more; gives the accounts with what each had.
    pub(super) fn end_loans(&mut self, id: Id) -> Vec<(Class, Id)> {
        let own = self.loans.iter_mut().filter(|l| l.user == id);
        let ended = own.flat_map(|l| {
            (l.due, l.fresh, l.early, l.late_since) = (0, 0, 0, None);
            l.lost = true;
            l.charges.iter_mut().for_each(|charge| charge.left = 0);
            [Class::CashLoan, Class::LoanInterest, Class::LoanFee, Class::LoanPenalty]
                .map(|class| (class, l.id))
        });
        ended.collect()
    }
}
