//! Bills in the naive model: what is owed are sums of entries, interest is counted anew from all
//! nights since it began.

use super::credit::Line;
use super::{Account, Naive, house, of, user};
use groat_ledger::instalments::Part;
use groat_ledger::{Class, CreditTerms, FreezeReason, Id, InterestFrom, year_and_month};

/// What a line's statements come to. Days since 1970.
#[derive(Clone, Default)]
pub(super) struct Bill {
    next_cut: u32,
    cut_on: u32,
    due_on: u32,
    total: i128,
    minimum: i128,
    /// Of its charges, what is not paid.
    charges: i128,
    /// To be looked at when grace is over.
    open: bool,
    /// Whether it was late when it was looked at.
    was_late: bool,
    /// Whether what is left is too little to ask for.
    counts_as_paid: bool,
    /// Of what is billed, what bears interest.
    bears: i128,
    /// What bore none after each change since the statement.
    fresh: Vec<(u32, i128)>,
    /// Of every night since interest began, what it was charged on; and what was charged.
    nights: Vec<i128>,
    charged: i128,
    last_night: u32,
    late_since: Option<u32>,
    /// When it was last tried to debit it, or that was agreed.
    pub(super) debited_on: u32,
}

/// The most that is owed of a kind of charges.
pub(super) const MOST: i128 = 1_000_000_000_000_000_000;

pub(super) const CHARGES: [Class; 3] =
    [Class::PenaltyReceivable, Class::InterestReceivable, Class::FeeReceivable];

/// The next date with this day of the month: looked for day by day.
fn next(after: u32, day: u32) -> u32 {
    let month_of = |date| year_and_month(date).1;
    let first_of_its_month = |date: u32| {
        (0..31).map(|back| date - back).find(|d| *d == 0 || month_of(*d) != month_of(*d - 1))
    };
    let is = |date: &u32| *date - first_of_its_month(*date).unwrap() + 1 == day;
    (after + 1..after + 40).find(is).unwrap()
}

impl Bill {
    pub(super) fn new(terms: &CreditTerms, today: u32) -> Option<Bill> {
        let next_cut = next(today, terms.statement_day);
        terms.billing.map(|_| Bill { next_cut, ..Bill::default() })
    }
}

impl Naive {
    /// What a user owes on an account.
    pub(super) fn owes(&self, class: Class, id: Id) -> i128 {
        -self.credit(of(class, id))
    }

    pub(super) fn charges_owed(&self, id: Id) -> i128 {
        CHARGES.iter().map(|class| self.owes(*class, id)).sum()
    }

    fn unpaid(&self, id: Id, bill: &Bill) -> i128 {
        bill.charges + self.owes(Class::CreditBilled, id) + self.owes(Class::CreditOverdue, id)
    }

    fn bearing(&self, id: Id, bill: &Bill) -> i128 {
        bill.bears + self.owes(Class::CreditOverdue, id)
    }

    /// How much later the days of a user's credit begin.
    fn begins_ms(&self, id: Id) -> u64 {
        let billing = self.lines.get(&id).and_then(|line| line.terms.billing);
        billing.map_or(0, |terms| 60_000 * u64::from(terms.day_begins_min))
    }

    pub(super) fn credit_day(&self, id: Id, at: u64) -> u32 {
        self.day(at - self.begins_ms(id))
    }

    pub(super) fn credit_start(&self, id: Id, day: u32) -> u64 {
        let start = i128::from(day) * i128::from(super::DAY_MS) - self.offset_ms;
        u64::try_from(start).unwrap() + self.begins_ms(id)
    }

    /// What of a bill is due on a day.
    pub(super) fn due_of_bill(&self, id: Id, day: u32) -> i128 {
        let bill = self.lines[&id].bill.as_ref().unwrap();
        if day < bill.due_on { self.owes(Class::CreditOverdue, id) } else { self.unpaid(id, bill) }
    }

    /// When a statement is cut, when its grace is over, when the next night is charged, and when
    /// what is due is debited.
    pub(super) fn bill_dues(&self, id: Id, line: &Line) -> [Option<u64>; 4] {
        let Some(bill) = line.bill.as_ref().filter(|_| !line.closed) else { return [None; 4] };
        let agreed = line.terms.billing.is_some_and(|terms| terms.auto_debit);
        let late = self.owes(Class::CreditOverdue, id) > 0;
        let debit = (bill.debited_on + 1).max(if late { 0 } else { bill.due_on });
        let debited = agreed && !bill.counts_as_paid && self.unpaid(id, bill) > 0;
        let end_of_grace = bill.due_on + line.terms.grace_days + 1;
        let night = self.bearing(id, bill) > 0 && line.terms.day_ppm > 0;
        [
            Some(self.credit_start(id, bill.next_cut)),
            bill.open.then(|| self.credit_start(id, end_of_grace)),
            night.then(|| self.credit_start(id, bill.last_night + 1)),
            debited.then(|| self.credit_start(id, debit)),
        ]
    }

    fn with_bill(&mut self, id: Id, change: impl FnOnce(&mut Naive, &CreditTerms, &mut Bill)) {
        let Some(line) = self.lines.get(&id).cloned() else { return };
        let Some(mut bill) = line.bill else { return };
        change(self, &line.terms, &mut bill);
        self.lines.get_mut(&id).unwrap().bill = Some(bill);
    }

    pub(super) fn cut_statement(&mut self, id: Id) {
        self.with_bill(id, |model, terms, bill| {
            model.bill_terms(id);
            let bought = model.owes(Class::CreditUnbilled, id);
            model.write(of(Class::CreditBilled, id), of(Class::CreditUnbilled, id), bought);
            bill.cut_on = bill.next_cut;
            bill.next_cut = next(bill.cut_on, terms.statement_day);
            bill.due_on = next(bill.cut_on, terms.due_day);
            bill.charges = model.charges_owed(id);
            bill.total = model.unpaid(id, bill);
            let billed = model.owes(Class::CreditBilled, id);
            bill.minimum = bill.total - billed + billed * i128::from(terms.min_bps) / 10_000;
            bill.open = bill.total > 0;
            (bill.was_late, bill.counts_as_paid) = (false, false);
            bill.fresh = vec![(bill.cut_on, billed - bill.bears)];
        });
    }

    pub(super) fn end_grace(&mut self, id: Id) {
        let (mut late, mut paid) = (false, false);
        self.with_bill(id, |model, terms, bill| {
            bill.open = false;
            let unpaid = model.unpaid(id, bill);
            paid = unpaid <= i128::from(terms.tolerance);
            bill.counts_as_paid = paid;
            if paid {
                return;
            }
            let last = bill.due_on + terms.grace_days;
            if model.bearing(id, bill) == 0 {
                (bill.nights, bill.charged, bill.last_night) = (Vec::new(), 0, last);
            }
            let first = match terms.billing.unwrap().interest_from {
                InterestFrom::DueDate => bill.due_on,
                InterestFrom::StatementDay => bill.cut_on,
            };
            for night in first + 1..=last {
                let begun = bill.fresh.iter().rfind(|(day, _)| *day < night);
                bill.nights.push(begun.unwrap().1);
            }
            let (billed, due) = (of(Class::CreditBilled, id), of(Class::CreditOverdue, id));
            bill.bears = -model.credit(billed);
            let short = bill.minimum - (bill.total - unpaid);
            let principal = bill.bears + model.owes(Class::CreditOverdue, id);
            if short > 0 && principal > 0 {
                let fee = super::half_up(short, terms.late_fee_ppm.into(), 1_000_000);
                let most = terms.billing.unwrap().late_fee_max;
                let fee = if most > 0 { fee.min(most.into()) } else { fee };
                let fee = fee.min(MOST - model.owes(Class::PenaltyReceivable, id));
                let penalty = of(Class::PenaltyReceivable, id);
                model.write(due, billed, bill.bears);
                model.write(penalty, house(Class::PenaltyIncome), fee);
                bill.bears = 0;
                bill.late_since = bill.late_since.or(Some(bill.due_on));
                late = true;
                bill.was_late = true;
            }
        });
        if paid && self.owes(Class::CreditOverdue, id) > 0 {
            self.end_lateness(id, 0);
        }
        let line = self.lines.get_mut(&id).unwrap();
        if late && line.frozen.is_none() {
            line.frozen = Some(FreezeReason::Overdue);
        }
    }

    /// All nights are counted again; what was charged before is taken off.
    pub(super) fn charge_night(&mut self, id: Id) {
        self.with_bill(id, |model, terms, bill| {
            bill.last_night += 1;
            bill.nights.push(model.bearing(id, bill));
            let earned: i128 = bill.nights.iter().map(|n| n * i128::from(terms.day_ppm)).sum();
            let more = earned / 1_000_000 - bill.charged;
            bill.charged += more;
            let more = more.min(MOST - model.owes(Class::InterestReceivable, id));
            model.write(of(Class::InterestReceivable, id), house(Class::InterestIncome), more);
        });
    }

    /// For how many days something has been overdue.
    pub(super) fn late_for(&self, id: Id, now: u64) -> u32 {
        let since = self.lines[&id].bill.as_ref().and_then(|bill| bill.late_since);
        let since = since.into_iter().chain(self.late_loan(id)).min();
        since.map_or(0, |since| self.credit_day(id, now) - since)
    }

    /// How much of the last statement can go into a plan.
    pub(super) fn convertible(&self, id: Id, now: u64) -> i128 {
        let bill = self.lines[&id].bill.as_ref();
        let bill = bill.filter(|b| b.open && self.credit_day(id, now) <= b.due_on);
        let bill = bill.filter(|_| self.owes(Class::CreditOverdue, id) == 0);
        bill.map_or(0, |b| self.owes(Class::CreditBilled, id) - b.bears)
    }

    /// When the last statement was cut.
    pub(super) fn last_cut(&self, id: Id) -> u32 {
        self.lines[&id].bill.as_ref().map_or(0, |bill| bill.cut_on)
    }

    /// So much of the last statement, off the accounts already, is not to be paid by it any more.
    pub(super) fn put_off(&mut self, id: Id, amount: i128, now: u64) {
        let today = self.credit_day(id, now);
        self.with_bill(id, |model, _, bill| {
            bill.total -= amount;
            bill.minimum = bill.minimum.min(bill.total);
            bill.fresh.push((today, model.owes(Class::CreditBilled, id) - bill.bears));
            bill.open = model.unpaid(id, bill) > 0;
        });
    }

    /// After money has gone to the accounts: so much of it to charges, bill and what is overdue.
    pub(super) fn bill_paid(&mut self, id: Id, charges: i128, billed: i128, due: i128, now: u64) {
        let today = self.credit_day(id, now);
        self.with_bill(id, |model, _, bill| {
            bill.charges -= charges.min(bill.charges);
            bill.bears = (bill.bears - billed).max(0);
            if bill.open {
                let left = model.owes(Class::CreditBilled, id);
                bill.fresh.push((today, left - bill.bears));
                bill.open = model.unpaid(id, bill) > 0;
            }
        });
        let little = i128::from(self.lines[&id].terms.tolerance);
        if due > 0 && self.owes(Class::CreditOverdue, id) <= little {
            self.end_lateness(id, today);
        }
    }

    /// What is overdue is billed as before.
    fn end_lateness(&mut self, id: Id, today: u32) {
        let left = self.owes(Class::CreditOverdue, id);
        self.write(of(Class::CreditBilled, id), of(Class::CreditOverdue, id), left);
        self.with_bill(id, |model, terms, bill| {
            bill.late_since = None;
            if bill.was_late && model.unpaid(id, bill) <= terms.tolerance.into() {
                bill.counts_as_paid = true;
            }
            if bill.open {
                bill.fresh.push((today, model.owes(Class::CreditBilled, id) - bill.bears));
            }
        });
        self.free_line(id);
    }

    /// The accounts a repayment goes to, in order.
    pub(super) fn repaid_in_order(&self, id: Id, now: u64) -> Vec<Account> {
        let line = &self.lines[&id];
        let principal = [Class::CreditOverdue, Class::CreditBilled, Class::CreditUnbilled];
        let Some((terms, bill)) = line.terms.billing.zip(line.bill.as_ref()) else {
            return principal.map(|class| of(class, id)).to_vec();
        };
        let late = bill.late_since.map_or(0, |since| self.credit_day(id, now) - since);
        let is_late = terms.late_order_from_day > 0 && late >= terms.late_order_from_day;
        let is_late = is_late && bill.late_since.is_some();
        let order = if is_late { terms.late_order } else { terms.order };
        let classes = order.iter().flat_map(|part| match part {
            Part::Penalty => vec![Class::PenaltyReceivable],
            Part::Interest => vec![Class::InterestReceivable],
            Part::Fee => vec![Class::FeeReceivable],
            Part::Principal => principal.to_vec(),
        });
        classes.map(|class| of(class, id)).collect()
    }

    /// What a refund of a payment made at a time takes off a debt, by account.
    pub(super) fn taken_off(
        &self,
        id: Id,
        (payment, bought_at): (Id, u64),
        wanted: i128,
    ) -> [(Account, i128); 5] {
        let bill = self.lines.get(&id).and_then(|line| line.bill.as_ref());
        let was_billed = bill.is_some_and(|bill| self.credit_day(id, bought_at) < bill.cut_on);
        let mut order = [
            Class::CreditInstalment,
            Class::CreditUnbilled,
            Class::CreditBilled,
            Class::CreditOverdue,
        ];
        if was_billed {
            order[1..].rotate_left(1);
        }
        let [own, a, b, c] = order;
        let mut rest = wanted;
        let mut take = |class, has: i128| {
            let part = rest.min(has);
            rest -= part;
            (of(class, id), part)
        };
        // First the plan of the purchase, last those of statements.
        [
            take(own, self.ahead_of(payment)),
            take(a, self.owes(a, id)),
            take(b, self.owes(b, id)),
            take(c, self.owes(c, id)),
            take(own, self.ahead_of_statements(id)),
        ]
    }

    /// The bill after a refund has gone to the accounts.
    pub(super) fn refunded_into(
        &mut self,
        id: Id,
        payment: Id,
        parts: [(Account, i128); 5],
        now: u64,
    ) {
        let of_class =
            |class: Class| parts.iter().filter(|(to, _)| to.0 == class).map(|p| p.1).sum::<i128>();
        self.cut_plan_of(payment, parts[0].1);
        self.cut_plans_of_statements(id, parts[4].1);
        let (billed, due) = (of_class(Class::CreditBilled), of_class(Class::CreditOverdue));
        if billed + due > 0 {
            self.bill_paid(id, 0, billed, due, now);
        }
    }

    /// Pays `amount` from the balance, account by account.
    pub(super) fn pay_in_order(&mut self, id: Id, amount: i128, now: u64) {
        // While a statement is to be paid, what came since it is paid when nothing of it is left.
        let bill = self.lines[&id].bill.as_ref().filter(|bill| bill.open);
        let order = self.repaid_in_order(id, now);
        let waits = bill.map_or(vec![], |bill| self.later(id, bill));
        let before = |to: &Account| match waits.iter().find(|(class, _)| *class == to.0) {
            Some((_, waits)) => -self.credit(*to) - waits,
            None => -self.credit(*to),
        };
        let first = order.iter().map(|to| (*to, before(to)));
        let all = order.iter().map(|to| (*to, -self.credit(*to)));
        let parts: Vec<(Account, i128)> = first.chain(all).collect();
        self.pay_up_to(id, &parts, amount, now);
    }

    /// Pays `amount` from the balance of what is due and of nothing else.
    pub(super) fn pay_due(&mut self, id: Id, amount: i128, now: u64) {
        let bill = self.lines[&id].bill.as_ref().unwrap();
        let order = self.repaid_in_order(id, now);
        let due = |to: &Account| {
            if self.credit_day(id, now) < bill.due_on {
                return if to.0 == Class::CreditOverdue { -self.credit(*to) } else { 0 };
            }
            let waits = self.later(id, bill);
            let waits = waits.iter().find(|(class, _)| *class == to.0);
            -self.credit(*to) - waits.map_or(0, |(_, waits)| *waits)
        };
        let parts: Vec<(Account, i128)> = order.iter().map(|to| (*to, due(to))).collect();
        self.pay_up_to(id, &parts, amount, now);
    }

    /// What came since the statement: all that is not billed, and the charges that came last.
    fn later(&self, id: Id, bill: &Bill) -> Vec<(Class, i128)> {
        let mut since = self.charges_owed(id) - bill.charges;
        let last = [Class::InterestReceivable, Class::PenaltyReceivable, Class::FeeReceivable];
        let mut later = vec![(Class::CreditUnbilled, self.owes(Class::CreditUnbilled, id))];
        for class in last {
            let part = since.min(self.owes(class, id));
            since -= part;
            later.push((class, part));
        }
        later
    }

    /// Pays the accounts in turn, each until no more than so much of it was paid by all.
    fn pay_up_to(&mut self, id: Id, parts: &[(Account, i128)], amount: i128, now: u64) {
        let (mut rest, mut paid) = (amount, [0; 3]);
        for (to, most) in parts {
            let part = rest.min(*most).min(-self.credit(*to));
            rest -= part;
            self.write(user(id), *to, part);
            match to.0 {
                Class::CreditBilled => paid[1] += part,
                Class::CreditOverdue => paid[2] += part,
                Class::CreditUnbilled => {}
                _ => paid[0] += part,
            }
        }
        self.bill_paid(id, paid[0], paid[1], paid[2], now);
    }
}
