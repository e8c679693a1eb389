//! Cash loans as their facts tell them: the terms of each, the nights that bear interest, what was
//! paid. It knows neither rows nor accounts.

use super::stranger;
use groat_ledger::limits::AMOUNT_MAX;
use groat_ledger::{Ahead, CreditTerms, Every, Fact, Id, LoanKind, LoanTerms};
use std::collections::{BTreeMap, VecDeque};

/// A loan; minor units, dates in days since 1970.
#[derive(Debug)]
pub(crate) struct Loan {
    pub(crate) user: Id,
    drawn_on: u32,
    day_ppm: i128,
    every: Every,
    /// Whether what is paid ahead comes off the next terms.
    next_first: bool,
    at_once: bool,
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
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Loans {
    loans: BTreeMap<Id, Loan>,
    /// Those of each user.
    of_user: BTreeMap<Id, Vec<Id>>,
}

impl Loans {
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
        match fact {
            Fact::LoanDrawn { loan, user, amount, terms } => {
                let at_once = i128::from(terms.at_once);
                let row = Loan {
                    user: *user,
                    drawn_on: today,
                    day_ppm: terms.day_ppm.into(),
                    every: terms.every,
                    next_first: terms.ahead == Ahead::Next,
                    at_once: at_once > 0,
                    ahead: parts(i128::from(*amount) - at_once, terms),
                    fallen_due: 0,
                    due: at_once,
                    interest: 0,
                    early: 0,
                    earned: 0,
                    charged: 0,
                    counted_on: today,
                    late_since: None,
                };
                self.of_user.entry(*user).or_default().push(*loan);
                match self.loans.insert(*loan, row) {
                    None => Ok(()),
                    Some(_) => Err(format!("loan {loan} is drawn twice")),
                }
            }
            Fact::LoanTermDue { loan, term_no, principal, interest, .. } => {
                let row = self.loan(*loan)?;
                let kept = row.late_since.is_some() || row.unpaid() <= line.tolerance.into();
                let said = (*term_no, i128::from(*principal), i128::from(*interest), today);
                let found = row.fall_due();
                row.interest += said.2 - found.2;
                match said == found {
                    true if kept => Ok(()),
                    true => Err(format!("nobody said that loan {loan} is late")),
                    false => Err(format!("term of loan {loan}: {said:?}, not {found:?}")),
                }
            }
            Fact::LoanOverdue { loan, unpaid } => {
                let row = self.loan(*loan)?;
                let due_on = row.date_of(row.fallen_due);
                let ends = due_on + line.grace_days + 1;
                let late = row.late_since.replace(due_on).is_none()
                    && row.unpaid() > line.tolerance.into();
                let (said, found) = ((i128::from(*unpaid), today), (row.unpaid(), ends));
                if said == found && late && (row.fallen_due > 0 || row.at_once) {
                    return Ok(());
                }
                Err(format!("loan {loan} is late with {said:?}; its facts say {found:?}"))
            }
            Fact::LoanRepaid { loan, charged, interest, due, ahead, .. } => {
                let row = self.loan(*loan)?;
                let found_charge = row.charge(today);
                row.early += found_charge;
                let said = [*interest, *due, *ahead].map(i128::from);
                let found = row.pay(said.iter().sum());
                if i128::from(*charged) == found_charge && said == found {
                    return Ok(());
                }
                let all = format!("{charged} and {said:?}, not {found_charge} and {found:?}");
                Err(format!("loan {loan} is charged and paid {all}"))
            }
            Fact::LoanWrittenOff { loan, principal, interest } => {
                let row = self.loan(*loan)?;
                let (said, found) = ([*principal, *interest].map(i128::from), row.end());
                if said == found {
                    return Ok(());
                }
                Err(format!("{said:?} of loan {loan} is lost; {found:?} is owed"))
            }
            other => Err(stranger(other, "a loan")),
        }
    }

    fn loan(&mut self, loan: Id) -> Result<&mut Loan, String> {
        self.loans.get_mut(&loan).ok_or_else(|| format!("there is no loan {loan}"))
    }
}

/// The principal of each term: rounded down with the rest first, or to the nearest multiple of a
/// unit, a half to the even one, with the rest last.
fn parts(amount: i128, terms: &LoanTerms) -> VecDeque<i128> {
    let (n, unit) = (i128::from(terms.count), i128::from(terms.share_unit));
    if terms.kind == LoanKind::Bullet {
        return (1..=terms.count).map(|no| if no == terms.count { amount } else { 0 }).collect();
    }
    if unit == 0 {
        return (0..n).map(|no| amount / n + if no == 0 { amount % n } else { 0 }).collect();
    }
    let (floor, rest) = (amount / (n * unit), amount % (n * unit));
    let up = match (2 * rest).cmp(&(n * unit)) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => floor % 2,
        std::cmp::Ordering::Greater => 1,
    };
    let share = (floor + up) * unit;
    (1..=n)
        .map(|no| if no == n { amount } else { amount.min(share * no) })
        .fold((VecDeque::new(), 0), |(mut parts, before), through| {
            parts.push_back(through - before);
            (parts, through)
        })
        .0
}

/// The days of a month of a year.
fn days_of(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counted month by month since 1970.
fn months_after(date: u32, months: u32) -> u32 {
    let (mut year, mut month, mut first) = (1970, 1, 0);
    let step = |year: &mut u32, month: &mut u32, first: &mut u32| {
        *first += days_of(*year, *month);
        (*year, *month) = if *month == 12 { (*year + 1, 1) } else { (*year, *month + 1) };
    };
    while date - first >= days_of(year, month) {
        step(&mut year, &mut month, &mut first);
    }
    let day = date - first;
    for _ in 0..months {
        step(&mut year, &mut month, &mut first);
    }
    first + day.min(days_of(year, month) - 1)
}

impl Loan {
    fn date_of(&self, term: u32) -> u32 {
        match self.every {
            Every::Days(days) => self.drawn_on + days * term,
            Every::Months(months) => months_after(self.drawn_on, months * term),
        }
    }

    pub(crate) fn owed(&self) -> i128 {
        self.due + self.ahead.iter().sum::<i128>()
    }

    fn unpaid(&self) -> i128 {
        self.due + self.interest - self.early
    }

    /// The interest up to a date: the floor of all that was earned, less what was charged.
    fn charge(&mut self, date: u32) -> i128 {
        self.earned += self.owed() * self.day_ppm * i128::from(date - self.counted_on);
        self.counted_on = date;
        let due = self.earned / 1_000_000 - self.charged;
        self.charged += due;
        let due = due.min(i128::from(AMOUNT_MAX) - self.interest);
        self.interest += due;
        due
    }

    /// Number, principal and interest of the next term, and its date.
    fn fall_due(&mut self) -> (u32, i128, i128, u32) {
        self.fallen_due += 1;
        let date = self.date_of(self.fallen_due);
        let interest = self.charge(date);
        let principal = self.ahead.pop_front().unwrap_or(0);
        self.due += principal;
        self.early = 0;
        (self.fallen_due, principal, interest, date)
    }

    /// What of so much pays interest, what was due, and what is ahead.
    fn pay(&mut self, amount: i128) -> [i128; 3] {
        let of_due = amount.min(self.interest - self.early);
        let due = (amount - of_due).min(self.due);
        let early = (amount - of_due - due).min(self.early);
        let ahead = amount - of_due - due - early;
        self.interest -= of_due + early;
        self.early -= early;
        self.due -= due;
        let mut rest = ahead;
        for next in self.ahead.iter_mut().filter(|_| self.next_first) {
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
        self.late_since = self.late_since.filter(|_| self.unpaid() > 0);
        [of_due + early, due, ahead]
    }

    /// Principal and interest owed, and nothing is any more.
    fn end(&mut self) -> [i128; 2] {
        let owed = [self.owed(), self.interest];
        self.ahead.clear();
        (self.due, self.interest, self.early, self.late_since) = (0, 0, 0, None);
        owed
    }
}
