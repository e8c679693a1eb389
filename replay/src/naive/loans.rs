//! Cash loans as their facts tell them: the terms of each, the nights that bear interest, what was
//! paid. It knows neither rows nor accounts.

use super::loan_terms::{interest, months_after, parts};
use super::stranger;
use groat_ledger::instalments::Part;
use groat_ledger::limits::AMOUNT_MAX;
use groat_ledger::{Ahead, CreditTerms, Every, Fact, Id, LoanChargeKind, LoanTerms};
use std::collections::{BTreeMap, VecDeque};

/// A loan; minor units, dates in days since 1970.
#[derive(Debug)]
pub(crate) struct Loan {
    pub(crate) user: Id,
    drawn_on: u32,
    /// What is paid first of what is due, and of what is not.
    orders: [[Part; 4]; 2],
    /// Principal of the terms that are not due.
    ahead: VecDeque<i128>,
    /// Terms and months behind them that fell due.
    pub(crate) fallen_due: u32,
    pub(crate) due: i128,
    pub(crate) interest: i128,
    /// Of `interest`, what is not due.
    early: i128,
    /// Since it was drawn: earned in millionths, charged; up to a date.
    earned: i128,
    charged: i128,
    counted_on: u32,
    pub(crate) late_since: Option<u32>,
    /// The due date whose grace was missed last, the day of drawing being the first.
    pub(crate) missed: u32,
    /// What was paid leaves so little that it is late no more: since the fourth rules it is said.
    little: bool,
    charges: BTreeMap<Id, Charge>,
    amount: i128,
    terms: LoanTerms,
    /// Of `due`, what fell due beside the terms since the last one.
    fresh: i128,
    chargebacks: Vec<Id>,
}

/// A fee or a penalty; what is not paid of it.
#[derive(Debug)]
struct Charge {
    kind: LoanChargeKind,
    due_on: u32,
    /// The how-many-eth it was.
    no: usize,
    left: i128,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Loans {
    loans: BTreeMap<Id, Loan>,
    /// Those of each user.
    of_user: BTreeMap<Id, Vec<Id>>,
    /// Until the fourth rules the interest of each loan alone had a bound.
    each_alone: bool,
}

impl Loans {
    /// By which rules the facts that follow were decided.
    pub(crate) fn decided_by(&mut self, ruleset: u32) {
        self.each_alone = ruleset < 4;
    }

    /// How much more interest a loan may bear.
    fn room(&self, loan: Id) -> i128 {
        let row = self.loans.get(&loan);
        let borne = row.map_or(0, |row| match self.each_alone {
            true => row.interest,
            false => self.interest(row.user),
        });
        i128::from(AMOUNT_MAX) - borne
    }

    pub(crate) fn get(&self, loan: Id) -> Option<&Loan> {
        self.loans.get(&loan)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        self.loans.keys().copied()
    }

    fn of(&self, user: Id) -> impl Iterator<Item = &Loan> {
        let loans = self.of_user.get(&user).into_iter().flatten();
        loans.filter_map(|loan| self.loans.get(loan))
    }

    /// The principal that a user owes.
    pub(crate) fn lent(&self, user: Id) -> i128 {
        self.of(user).map(Loan::owed).sum()
    }

    /// The interest charged that a user owes.
    pub(crate) fn interest(&self, user: Id) -> i128 {
        self.of(user).map(|loan| loan.interest).sum()
    }

    /// The fees and the penalties that a user owes.
    pub(crate) fn charged(&self, user: Id) -> [i128; 2] {
        [LoanChargeKind::Fee, LoanChargeKind::Penalty]
            .map(|kind| self.of(user).map(|loan| loan.charged(kind)).sum())
    }

    /// The due date that was missed first of a user's late loans.
    pub(crate) fn late_since(&self, user: Id) -> Option<u32> {
        self.of(user).filter_map(|loan| loan.late_since).min()
    }

    /// Takes in a fact of a date, on a line of these terms; says what does not follow from those
    /// before.
    pub(crate) fn note(
        &mut self,
        fact: &Fact,
        today: u32,
        line: Option<CreditTerms>,
    ) -> Result<(), String> {
        let line = line.ok_or("a loan is on no line")?;
        let by_old_rules = self.each_alone;
        match fact {
            Fact::LoanDrawn { loan, user, amount, terms } => {
                let at_once = i128::from(terms.at_once);
                let row = Loan {
                    user: *user,
                    drawn_on: today,
                    orders: [terms.order, terms.ahead_order],
                    ahead: parts(i128::from(*amount) - at_once, terms.count, terms),
                    terms: *terms,
                    fallen_due: 0,
                    due: at_once,
                    interest: 0,
                    early: 0,
                    earned: 0,
                    charged: 0,
                    counted_on: today,
                    late_since: None,
                    missed: 0,
                    little: false,
                    charges: BTreeMap::new(),
                    amount: i128::from(*amount),
                    fresh: 0,
                    chargebacks: Vec::new(),
                };
                self.of_user.entry(*user).or_default().push(*loan);
                match self.loans.insert(*loan, row) {
                    None => Ok(()),
                    Some(_) => Err(format!("loan {loan} is drawn twice")),
                }
            }
            Fact::LoanTermDue { loan, term_no, principal, interest, .. } => {
                let room = self.room(*loan);
                let row = self.loan(*loan)?;
                let is_told = [0, row.fallen_due + 1].contains(&row.missed);
                let kept =
                    row.late_since.is_some() && is_told || row.unpaid() <= line.tolerance.into();
                let said = (*term_no, i128::from(*principal), i128::from(*interest), today);
                let found = row.fall_due(room);
                row.interest += said.2 - found.2;
                match said == found {
                    true if kept => Ok(()),
                    true => Err(format!("nobody said that loan {loan} is late")),
                    false => Err(format!("term of loan {loan}: {said:?}, not {found:?}")),
                }
            }
            Fact::LoanOverdue { loan, unpaid, due_no } => {
                let row = self.loan(*loan)?;
                let due_on = row.date_of(row.fallen_due);
                let ends = due_on + line.grace_days + 1;
                let again = (1..*due_no).contains(&row.missed);
                let in_turn = *due_no == if by_old_rules { 0 } else { row.fallen_due + 1 };
                let is_new = in_turn && (row.late_since.is_none() || again);
                let late = is_new && row.unpaid() > line.tolerance.into();
                row.late_since = row.late_since.or(Some(due_on));
                row.missed = *due_no;
                let (said, found) = ((i128::from(*unpaid), today), (row.unpaid(), ends));
                if said == found && late {
                    return Ok(());
                }
                Err(format!("loan {loan} is late with {said:?}; its facts say {found:?}"))
            }
            Fact::LoanRepaid { loan, charged, interest, due, ahead, fee, penalty, .. } => {
                let room = self.room(*loan);
                let row = self.loan(*loan)?;
                let found_charge = row.charge(today, room);
                row.early += found_charge;
                let said = [*interest, *due, *ahead, *fee, *penalty].map(i128::from);
                let was_late = row.late_since.is_some() && !by_old_rules;
                let found = row.pay(said.iter().sum(), today);
                row.little = was_late && row.is_little(line.tolerance);
                if i128::from(*charged) == found_charge && said == found {
                    return Ok(());
                }
                let all = format!("{charged} and {said:?}, not {found_charge} and {found:?}");
                Err(format!("loan {loan} is charged and paid {all}"))
            }
            Fact::LoanCharged { loan, charge, kind, amount, due_on } => {
                let row = self.loan(*loan)?;
                let (kind, due_on, no) = (*kind, *due_on, row.charges.len());
                let new = Charge { kind, due_on, no, left: i128::from(*amount) };
                let open = row.owes();
                match row.charges.insert(*charge, new) {
                    None if open && due_on >= today => Ok(()),
                    None => Err(format!("loan {loan} is charged too late")),
                    Some(_) => Err(format!("loan {loan} is charged twice for {charge}")),
                }
            }
            Fact::LoanChargeWaived { loan, charge, amount } => {
                let row = self.loan(*loan)?;
                let charged = row.charges.get_mut(charge);
                let left = charged.map(|charge| std::mem::take(&mut charge.left));
                row.late_since = row.late_since.filter(|_| row.unpaid() > 0);
                let was_late = row.late_since.is_some() && !by_old_rules;
                row.little = was_late && row.is_little(line.tolerance);
                match left.unwrap_or(0) {
                    left if left > 0 && left == i128::from(*amount) => Ok(()),
                    left => Err(format!("{amount} of {charge} of {loan} is given up, not {left}")),
                }
            }
            Fact::LatenessEnded { user, loan, left } => {
                let row = self.loan(*loan)?;
                let late = row.late_since.take().is_some() && row.is_little(line.tolerance);
                row.little = false;
                if late && row.user == *user && i128::from(*left) == row.unpaid() {
                    return Ok(());
                }
                Err(format!("loan {loan} is said to be late no more, with {left}"))
            }
            Fact::LoanDrawnMore { loan, amount, at_once, charged, .. } => {
                let room = self.room(*loan);
                let row = self.loan(*loan)?;
                let (amount, at_once) = (i128::from(*amount), i128::from(*at_once));
                let to_come = row.terms.count.saturating_sub(row.fallen_due);
                let found = row.charge(today, room);
                let fits = row.owes() && to_come > 0 && amount - at_once >= to_come.into();
                // Terms that were paid ahead are there again.
                row.ahead.resize(to_come as usize, 0);
                let more = parts(amount - at_once, to_come.max(1), &row.terms);
                row.ahead.iter_mut().zip(more).for_each(|(term, more)| *term += more);
                row.early += found;
                row.amount += amount;
                (row.due, row.fresh) = (row.due + at_once, row.fresh + at_once);
                if fits && i128::from(*charged) == found {
                    return Ok(());
                }
                Err(format!("{amount} more of loan {loan} for {to_come} terms, {charged} charged"))
            }
            Fact::RepaymentReturned { loan, chargeback, amount, charged, .. } => {
                let room = self.room(*loan);
                let row = self.loan(*loan)?;
                let amount = i128::from(*amount);
                let is_new = !row.chargebacks.contains(chargeback);
                row.chargebacks.push(*chargeback);
                let repaid = row.amount - row.owed();
                if !row.owes() {
                    // The terms that would have fallen due had nothing in them.
                    while row.date_of(row.fallen_due + 1) <= today {
                        row.fallen_due += 1;
                        row.ahead.pop_front();
                    }
                }
                let found = row.charge(today, room);
                row.early += found;
                (row.due, row.fresh) = (row.due + amount, row.fresh + amount);
                if is_new && amount <= repaid && i128::from(*charged) == found {
                    return Ok(());
                }
                Err(format!(
                    "{amount} of loan {loan} goes back of {repaid}, {charged} charged of {found}"
                ))
            }
            Fact::LoanWrittenOff { loan, principal, interest, fee, penalty } => {
                let row = self.loan(*loan)?;
                let said = [*principal, *interest, *fee, *penalty].map(i128::from);
                let found = row.end();
                if said == found {
                    return Ok(());
                }
                Err(format!("{said:?} of loan {loan} is lost; {found:?} is owed"))
            }
            other => Err(stranger(other, "a loan")),
        }
    }

    /// Says if nobody said that a loan is late no more.
    pub(crate) fn lateness(&self, loan: Id) -> Result<(), String> {
        let late = self.loans.get(&loan).filter(|row| row.little);
        late.map_or(Ok(()), |row| Err(format!("{} of loan {loan} is late still", row.unpaid())))
    }

    fn loan(&mut self, loan: Id) -> Result<&mut Loan, String> {
        self.loans.get_mut(&loan).ok_or_else(|| format!("there is no loan {loan}"))
    }
}

impl Loan {
    fn date_of(&self, term: u32) -> u32 {
        match self.terms.every {
            Every::Days(days) => self.drawn_on + days * term,
            Every::Months(months) => months_after(self.drawn_on, months * term),
        }
    }

    pub(crate) fn owed(&self) -> i128 {
        self.due + self.ahead.iter().sum::<i128>()
    }

    /// What is not paid of its charges of a kind.
    pub(crate) fn charged(&self, kind: LoanChargeKind) -> i128 {
        self.charges.values().filter(|c| c.kind == kind).map(|c| c.left).sum()
    }

    /// Whether anything is owed.
    pub(crate) fn owes(&self) -> bool {
        let charged: i128 = self.charges.values().map(|charge| charge.left).sum();
        self.owed() + self.interest + charged > 0
    }

    /// What is due by a date, which is not before the last term, and is not paid.
    pub(crate) fn due_by(&self, date: u32) -> i128 {
        let charges = self.charges.values().filter(|charge| charge.due_on <= date);
        charges.map(|charge| charge.left).sum::<i128>() + self.due + self.interest - self.early
    }

    /// Of the terms that fell due, and of charges until then.
    fn unpaid(&self) -> i128 {
        self.due_by(self.date_of(self.fallen_due)) - self.fresh
    }

    /// Something that is due is not paid, and no more of it than may be.
    fn is_little(&self, tolerance: u64) -> bool {
        (1..=i128::from(tolerance)).contains(&self.unpaid())
    }

    /// Since it was charged last, in millionths.
    fn earns(&self, date: u32) -> i128 {
        let term = [0, 1].map(|more| self.date_of(self.fallen_due + more));
        interest(self.terms.rate, self.owed(), [self.counted_on, date], term)
    }

    /// The interest up to a date: the floor of all that was earned, less what was charged.
    fn charge(&mut self, date: u32, room: i128) -> i128 {
        self.earned += self.earns(date);
        // A line that was granted anew may have days that begin later: it is yesterday again.
        self.counted_on = self.counted_on.max(date);
        let due = self.earned / 1_000_000 - self.charged;
        self.charged += due;
        let due = due.min(room);
        self.interest += due;
        due
    }

    /// Number, principal and interest of the next term, and its date.
    fn fall_due(&mut self, room: i128) -> (u32, i128, i128, u32) {
        let date = self.date_of(self.fallen_due + 1);
        let interest = self.charge(date, room);
        self.fallen_due += 1;
        let principal = self.ahead.pop_front().unwrap_or(0);
        self.due += principal;
        (self.early, self.fresh) = (0, 0);
        (self.fallen_due, principal, interest, date)
    }

    /// What of so much pays interest, principal that was due and that is ahead, fees, penalties.
    fn pay(&mut self, amount: i128, today: u32) -> [i128; 5] {
        let (mut left, mut paid) = (amount, [0; 5]);
        let [due, later] = self.orders;
        let due = due.map(|part| (false, part)).into_iter();
        for (ahead, part) in due.chain(later.map(|part| (true, part))) {
            let (at, part) = match (part, ahead) {
                (Part::Interest, false) => {
                    let part = left.min(self.interest - self.early);
                    self.interest -= part;
                    (0, part)
                }
                (Part::Interest, true) => {
                    let part = left.min(self.early);
                    (self.interest, self.early) = (self.interest - part, self.early - part);
                    (0, part)
                }
                (Part::Principal, false) => {
                    let part = left.min(self.due);
                    self.due -= part;
                    self.fresh = self.fresh.min(self.due);
                    (1, part)
                }
                (Part::Principal, true) => (2, self.pay_ahead(left)),
                (Part::Fee, ahead) => {
                    (3, self.pay_charges(LoanChargeKind::Fee, left, today, ahead))
                }
                (Part::Penalty, ahead) => {
                    (4, self.pay_charges(LoanChargeKind::Penalty, left, today, ahead))
                }
            };
            left -= part;
            paid[at] += part;
        }
        self.late_since = self.late_since.filter(|_| self.unpaid() > 0);
        paid
    }

    /// Principal ahead: off the next terms, or off the last. Gives how much.
    fn pay_ahead(&mut self, amount: i128) -> i128 {
        let all: i128 = self.ahead.iter().sum();
        let mut rest = amount.min(all);
        let paid = rest;
        let next_first = self.terms.ahead == Ahead::Next;
        for next in self.ahead.iter_mut().filter(|_| next_first) {
            let part = rest.min(*next);
            (*next, rest) = (*next - part, rest - part);
        }
        while rest > 0 {
            let Some(last) = self.ahead.pop_back() else { break };
            if rest < last {
                self.ahead.push_back(last - rest);
            }
            rest -= rest.min(last);
        }
        paid
    }

    /// Charges of a kind that are due by a date, or that are not, one after the other as they fall
    /// due. Gives how much.
    fn pay_charges(&mut self, kind: LoanChargeKind, amount: i128, by: u32, later: bool) -> i128 {
        let own = self.charges.values_mut().filter(|c| c.kind == kind && (c.due_on > by) == later);
        let mut own: Vec<&mut Charge> = own.collect();
        own.sort_by_key(|charge| (charge.due_on, charge.no));
        let mut rest = amount;
        for charge in own {
            let part = rest.min(charge.left);
            (charge.left, rest) = (charge.left - part, rest - part);
        }
        amount - rest
    }

    /// Principal, interest, fees and penalties owed, and nothing is any more.
    fn end(&mut self) -> [i128; 4] {
        let kinds = [LoanChargeKind::Fee, LoanChargeKind::Penalty];
        let [fee, penalty] = kinds.map(|kind| self.charged(kind));
        let owed = [self.owed(), self.interest, fee, penalty];
        self.ahead.clear();
        self.charges.values_mut().for_each(|charge| charge.left = 0);
        (self.due, self.fresh, self.interest, self.early) = (0, 0, 0, 0);
        self.late_since = None;
        owed
    }
}
