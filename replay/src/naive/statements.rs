//! The bills of lines of credit as their facts tell them: what was billed, became overdue, was
//! charged and paid, and the interest of each night. It knows neither rows nor accounts.

use super::stranger;
use groat_ledger::limits::AMOUNT_MAX;
use groat_ledger::{CreditTerms, Fact, Id, InterestFrom, StatementState};
use std::collections::BTreeMap;

/// The bill of one line; minor units, dates in days since 1970.
#[derive(Debug)]
pub(crate) struct Bill {
    terms: CreditTerms,
    pub(crate) billed: i128,
    pub(crate) overdue: i128,
    pub(crate) penalty: i128,
    pub(crate) interest: i128,
    pub(crate) fee: i128,
    /// Of `billed`, what bears interest.
    bears: i128,
    /// Of the last statement: when it was cut, due date, total, minimum, charges not paid, whether
    /// grace is over.
    cut_on: u32,
    due_on: u32,
    total: i128,
    minimum: i128,
    charges: i128,
    assessed: bool,
    /// What of `billed` bore no interest, after each change since the last statement.
    fresh: Vec<(u32, i128)>,
    /// Of the nights since interest began: what was earned, in millionths, and what was charged.
    earned: i128,
    charged: i128,
    last_night: u32,
    /// The due date that was missed first of what is overdue.
    late_since: Option<u32>,
    /// What was paid leaves so little overdue that it is late no more, which is to be said since
    /// the fourth rules.
    little: bool,
    /// Written off.
    ended: bool,
}

/// All of them, by user.
#[derive(Default, Debug)]
pub(crate) struct Statements {
    bills: BTreeMap<Id, Bill>,
    /// Until the fourth rules what came since a statement was paid among it.
    by_old_rules: bool,
}

impl Statements {
    /// By which rules the facts that follow were decided.
    pub(crate) fn decided_by(&mut self, ruleset: u32) {
        self.by_old_rules = ruleset < 4;
    }

    pub(crate) fn get(&self, user: Id) -> Option<&Bill> {
        self.bills.get(&user)
    }

    pub(crate) fn terms(&self, user: Id) -> Option<CreditTerms> {
        self.bills.get(&user).map(|bill| bill.terms)
    }

    /// How many milliseconds after the chain's the days of a user's line begin.
    pub(crate) fn day_begins_ms(&self, user: Id) -> u64 {
        let billing = self.terms(user).and_then(|terms| terms.billing);
        billing.map_or(0, |terms| u64::from(terms.day_begins_min) * 60_000)
    }

    fn statement(&mut self, user: Id) -> Result<&mut Bill, String> {
        let bill = self.bills.get_mut(&user).filter(|bill| !bill.ended);
        bill.ok_or_else(|| format!("the line of {user} is not billed"))
    }

    /// Ends a bill: billed, overdue, penalty, interest and fee are lost. Says if that is not all
    /// of it, or comes too early; a loan may be late too.
    pub(crate) fn write_off(
        &mut self,
        user: Id,
        lost: [i128; 5],
        loan_late_since: Option<u32>,
        today: u32,
    ) -> Result<(), String> {
        let bill = self.statement(user)?;
        bill.ended = true;
        let owed = [&mut bill.billed, &mut bill.overdue, &mut bill.penalty];
        let [billed, overdue, penalty] = owed.map(std::mem::take);
        let [interest, fee] = [&mut bill.interest, &mut bill.fee].map(std::mem::take);
        let owed = [billed, overdue, penalty, interest, fee];
        let since = bill.late_since.into_iter().chain(loan_late_since).min();
        let days = since.map_or(0, |since| today - since);
        if lost == owed && days >= 180 {
            return Ok(());
        }
        Err(format!("{user} owes {owed:?}, late for {days} days, and {lost:?} is written off"))
    }

    /// Takes in a fact of a date; says what does not follow from those before.
    pub(crate) fn note(&mut self, fact: &Fact, today: u32) -> Result<(), String> {
        let by_old_rules = self.by_old_rules;
        match fact {
            Fact::CreditLineGranted { user, terms, .. } => {
                self.bills.insert(*user, Bill::new(*terms));
                Ok(())
            }
            Fact::StatementIssued { user, due_on, purchases, charges, total, minimum } => {
                let bill = self.statement(*user)?;
                let said = [*charges, *total, *minimum].map(i128::from);
                let found = bill.cut(i128::from(*purchases), *due_on, today);
                if said == found {
                    return Ok(());
                }
                Err(format!("{user} is billed charges, total, minimum {said:?}, not {found:?}"))
            }
            Fact::StatementAssessed { user, state, unpaid, overdue, late_fee } => {
                let bill = self.statement(*user)?;
                let said = (*state, [*unpaid, *overdue].map(i128::from), today);
                let found = bill.due();
                bill.assess(*state, i128::from(*late_fee));
                bill.little &= !by_old_rules;
                if said == found {
                    return Ok(());
                }
                Err(format!("the statement of {user} is assessed as {said:?}, not {found:?}"))
            }
            Fact::CreditRepaid { user, principal, penalty, interest, fee, billed, overdue } => {
                let bill = self.statement(*user)?;
                let charges = [*penalty, *interest, *fee].map(i128::from);
                let (billed, overdue) = (i128::from(*billed), i128::from(*overdue));
                let later = charges[1] > bill.interest - bill.since_cut()
                    || i128::from(*principal) > billed + overdue;
                bill.pay(charges, billed, overdue, today);
                bill.little &= !by_old_rules;
                let unpaid = if bill.assessed || by_old_rules { 0 } else { bill.unpaid() };
                match bill.nothing_is_below_zero(*user) {
                    Ok(()) if later && unpaid > 0 => {
                        Err(format!("{user} pays what came since a bill of which {unpaid} is left"))
                    }
                    verdict => verdict,
                }
            }
            Fact::CreditReduced { user, billed, overdue } => {
                let bill = self.statement(*user)?;
                bill.pay([0; 3], i128::from(*billed), i128::from(*overdue), today);
                bill.little &= !by_old_rules;
                bill.nothing_is_below_zero(*user)
            }
            Fact::LatenessEnded { user, left, .. } => {
                let bill = self.statement(*user)?;
                let (overdue, most) = (bill.overdue, i128::from(bill.terms.tolerance));
                bill.end_lateness(i128::from(*left), today);
                if i128::from(*left) == overdue && (1..=most).contains(&overdue) {
                    return Ok(());
                }
                Err(format!("{left} of {user} is said to be late no more; {overdue} was overdue"))
            }
            other => Err(stranger(other, "a bill")),
        }
    }

    /// Says if nobody said that a debt is late no more.
    pub(crate) fn lateness(&self, user: Id) -> Result<(), String> {
        let bill = self.bills.get(&user).filter(|bill| bill.little);
        bill.map_or(Ok(()), |bill| Err(format!("{} of {user} is late still", bill.overdue)))
    }

    /// A term of a plan is billed.
    pub(crate) fn term(&mut self, user: Id, principal: i128, fee: i128) -> Result<(), String> {
        let bill = self.statement(user)?;
        bill.billed += principal;
        bill.fee += fee;
        Ok(())
    }

    /// Part of the last statement goes into a plan: it is not to be paid any more, and a minimum
    /// is at most what is left. Only what is not due and bears nothing may.
    pub(crate) fn convert(&mut self, user: Id, amount: i128, today: u32) -> Result<(), String> {
        let bill = self.statement(user)?;
        let fresh = bill.billed - bill.bears;
        let in_time = !bill.assessed && today <= bill.due_on && bill.overdue == 0;
        bill.billed -= amount;
        bill.total -= amount;
        bill.minimum = bill.minimum.min(bill.total);
        bill.fresh.push((today, bill.billed - bill.bears));
        if in_time && amount <= fresh {
            return Ok(());
        }
        Err(format!("{user} puts {amount} of a statement into a plan; {fresh} was fresh"))
    }

    /// The interest of a night; says if it is not the floor of what was earned, or out of turn.
    pub(crate) fn night(&mut self, fact: &Fact, today: u32) -> Result<(), String> {
        let Fact::InterestAccrued { user, on, amount, .. } = fact else {
            return Err(stranger(fact, "a night's interest"));
        };
        let bill = self.statement(*user)?;
        let bearing = bill.bears + bill.overdue;
        bill.earned += bearing * i128::from(bill.terms.day_ppm);
        let due = bill.earned / 1_000_000 - bill.charged;
        let due_now = due.min(i128::from(AMOUNT_MAX) - bill.interest);
        bill.charged += due;
        bill.interest += i128::from(*amount);
        bill.last_night += 1;
        if bill.last_night != *on || *on != today || bearing == 0 {
            return Err(format!("{user} is charged for night {on} on {today}, owing {bearing}"));
        }
        if due_now == i128::from(*amount) {
            return Ok(());
        }
        let (charged, earned) = (bill.charged - due + i128::from(*amount), bill.charged);
        Err(format!("{user} was charged {charged} of interest; {earned} is earned"))
    }

    /// The late fee of a statement, before it is noted; says if it is not what was agreed.
    pub(crate) fn late_fee(&self, fact: &Fact) -> Result<(), String> {
        let Fact::StatementAssessed { user, state, late_fee, .. } = fact else {
            return Err(stranger(fact, "a late fee"));
        };
        let bill =
            self.bills.get(user).ok_or_else(|| format!("the line of {user} is not billed"))?;
        let short = (bill.minimum - bill.paid()).max(0);
        let ppm = i128::from(bill.terms.late_fee_ppm);
        let most = bill.terms.billing.map_or(0, |terms| i128::from(terms.late_fee_max));
        let fee = ((short * ppm * 2 + 1_000_000) / 2_000_000).min(short);
        let fee = if most > 0 { fee.min(most) } else { fee };
        let fee = fee.min(i128::from(AMOUNT_MAX) - bill.penalty);
        let fee = if *state == StatementState::Overdue { fee } else { 0 };
        if fee == i128::from(*late_fee) {
            return Ok(());
        }
        Err(format!("{user} is charged {late_fee} for being {short} short; agreed is {fee}"))
    }
}

impl Bill {
    fn new(terms: CreditTerms) -> Bill {
        Bill {
            terms,
            billed: 0,
            overdue: 0,
            penalty: 0,
            interest: 0,
            fee: 0,
            bears: 0,
            cut_on: 0,
            due_on: 0,
            total: 0,
            minimum: 0,
            charges: 0,
            assessed: true,
            fresh: Vec::new(),
            earned: 0,
            charged: 0,
            last_night: 0,
            late_since: None,
            little: false,
            ended: false,
        }
    }

    /// What of it is due by a date: all of it from its due date on, before that what is overdue.
    pub(crate) fn due_by(&self, date: u32) -> i128 {
        if date < self.due_on { self.overdue } else { self.unpaid() }
    }

    fn unpaid(&self) -> i128 {
        self.charges + self.billed + self.overdue
    }

    /// Interest that is not paid and came since the statement.
    fn since_cut(&self) -> i128 {
        let charges = self.penalty + self.interest + self.fee;
        (charges - self.charges).min(self.interest)
    }

    fn paid(&self) -> i128 {
        self.total - self.unpaid()
    }

    /// Charges, total and minimum of a new statement.
    fn cut(&mut self, purchases: i128, due_on: u32, today: u32) -> [i128; 3] {
        self.billed += purchases;
        self.charges = self.penalty + self.interest + self.fee;
        self.total = self.unpaid();
        let part = self.billed * i128::from(self.terms.min_bps) / 10_000;
        self.minimum = self.charges + self.overdue + part;
        (self.cut_on, self.due_on, self.assessed) = (today, due_on, false);
        self.fresh = vec![(today, self.billed - self.bears)];
        [self.charges, self.total, self.minimum]
    }

    /// What must be said of the last statement when grace is over, and when that is.
    fn due(&self) -> (StatementState, [i128; 2], u32) {
        let unpaid = self.unpaid();
        let (state, overdue) = if unpaid <= i128::from(self.terms.tolerance) {
            (StatementState::Paid, 0)
        } else if self.paid() >= self.minimum || self.billed + self.overdue == 0 {
            (StatementState::MinPaid, 0)
        } else {
            (StatementState::Overdue, self.billed)
        };
        (state, [unpaid, overdue], self.due_on + self.terms.grace_days + 1)
    }

    fn assess(&mut self, state: StatementState, late_fee: i128) {
        self.assessed = true;
        let from_cut = self.terms.billing.map(|terms| terms.interest_from);
        let from = match from_cut {
            Some(InterestFrom::StatementDay) => self.cut_on,
            _ => self.due_on,
        };
        let last_night = self.due_on + self.terms.grace_days;
        if state == StatementState::Paid {
            self.little = self.overdue > 0;
            return;
        }
        if self.bears + self.overdue == 0 {
            (self.earned, self.charged, self.last_night) = (0, 0, last_night);
        }
        // The nights that waited, each on what was owed when it began.
        for night in from + 1..=last_night {
            let before = self.fresh.iter().rev().find(|(date, _)| *date < night);
            let fresh = before.map_or(0, |(_, amount)| *amount);
            self.earned += fresh * i128::from(self.terms.day_ppm);
        }
        self.penalty += late_fee;
        self.bears = self.billed;
        if state == StatementState::Overdue {
            self.overdue += self.billed;
            self.late_since = self.late_since.or(Some(self.due_on));
            (self.billed, self.bears) = (0, 0);
        }
    }

    fn pay(&mut self, charges: [i128; 3], billed: i128, overdue: i128, today: u32) {
        self.penalty -= charges[0];
        self.interest -= charges[1];
        self.fee -= charges[2];
        self.charges -= self.charges.min(charges.iter().sum());
        self.billed -= billed;
        self.bears = (self.bears - billed).max(0);
        self.overdue -= overdue;
        self.late_since = self.late_since.filter(|_| self.overdue > 0);
        let within = (1..=i128::from(self.terms.tolerance)).contains(&self.overdue);
        self.little |= overdue > 0 && within;
        if !self.assessed {
            self.fresh.push((today, self.billed - self.bears));
        }
    }

    fn end_lateness(&mut self, left: i128, today: u32) {
        (self.billed, self.overdue) = (self.billed + left, self.overdue - left);
        (self.late_since, self.little) = (None, false);
        if !self.assessed {
            self.fresh.push((today, self.billed - self.bears));
        }
    }

    fn nothing_is_below_zero(&self, user: Id) -> Result<(), String> {
        let owed = [self.penalty, self.interest, self.fee, self.billed, self.overdue];
        if owed.iter().all(|part| *part >= 0) {
            return Ok(());
        }
        Err(format!("{user} pays more than is owed: {owed:?} is left"))
    }
}
