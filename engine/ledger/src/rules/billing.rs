//! The bill of a line of credit: statements, grace, late fees and interest (DOMAIN §1.4, §4.7).
//!
//! | at the beginning of | what | next |
//! |---|---|---|
//! | the statement day | a term of each plan, what was bought (PB→PU) and was left | Issued |
//! | the day after due date and grace | unpaid within the tolerance | Paid |
//! | | the minimum was paid | MinPaid: the rest bears interest |
//! | | it was not | Overdue: PO→PB, a late fee, the line is frozen |
//! | every day, once grace was missed | interest of the night on what is unpaid (LI→I3) | |
//!
//! Days are those of the line: they begin so many minutes after the chain's as was agreed, and its
//! loans have the same.
//!
//! Where the book is silent: what is unpaid when the next statement is cut is part of the next, so
//! that one statement is to be paid at a time and what revolves comes under each new minimum. What
//! is overdue, and charges, are due whole. Until grace is over a repayment pays all of the
//! statement first, its charges and its principal by the line's order, and interest since the cut
//! last: that is billed by the next. So the minimum is met by paying it, and the statement by
//! paying its total. Behind grace all that was charged is paid by the order alone. The nights of
//! grace bear interest from the due date on if grace is missed, where that was agreed those from
//! the statement day on, and none if it is not. Charges bear no interest; where only they are left,
//! nothing is late, and they are due with the next statement. A late fee is half up, at most the
//! unpaid minimum; a minimum is rounded down. What is owed of late fees, or of interest, is at most
//! as much as an amount can be: what goes beyond that is not charged. What a repayment or a refund
//! leaves of what is overdue is late no more when it is within the tolerance (PO→PB), nor is it
//! when a later statement counts as paid: it bears nothing then, and the line is free. A line
//! without a rate is charged nothing, and no night of it is noted.
//!
//! Where that was agreed the clock debits what is due from the balance (`debits`).

use crate::account::{AccountKey, Class};
use crate::command::{BillingTerms, FreezeReason, InterestFrom, Reference};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::instalments::{Owed, PRINCIPAL_FIRST, Part, allocate};
use crate::ledger::{Due, DueKind, Ledger, post};
use crate::limits::AMOUNT_MAX;
use crate::money::{bps_floor, fee_half_up};
use crate::rules::buckets::{self, owed_in};
use crate::rules::{credit, debits, loans, plans};
use crate::state::{
    Billing, CreditLine, CreditLineState, StatementState, Tables, User, next_day_of_month,
};

/// Why the clock lets a line go: what was overdue is paid.
const PAID: &str = "paid";

/// The kinds of what a line owes to the clock.
const DUES: [DueKind; 4] = [
    DueKind::CreditStatement,
    DueKind::CreditGraceEnd,
    DueKind::CreditInterest,
    DueKind::CreditDebit,
];

/// A billed line with its owner.
pub(crate) fn billed(ledger: &Ledger, no: u32) -> Option<(&CreditLine, &Billing, &User)> {
    let line = ledger.tables().credit_lines.try_row(no)?;
    Some((line, line.billing.as_deref()?, ledger.tables().users.row(line.user)))
}

/// The clock cuts a statement.
pub(crate) fn cut(ledger: &Ledger, no: u32, out: &mut Decision) {
    let Some((line, billing, owner)) = billed(ledger, no) else { return };
    let (unbilled, purchases) = owed_in(ledger, owner, Class::CreditUnbilled);
    let owed = buckets::owed(ledger, owner);
    let (terms, fees) = plans::bill(ledger, billing, owner, out);
    let charges = owed.penalty.saturating_add(owed.interest).saturating_add(owed.fee);
    let charges = charges.saturating_add(fees);
    let principal = billing.billed.saturating_add(purchases).saturating_add(terms);
    let due_whole = billing.overdue.saturating_add(charges);
    let total = due_whole.saturating_add(principal);
    let minimum = due_whole.saturating_add(bps_floor(principal, line.terms.min_bps));
    let due_on = next_day_of_month(billing.next_cut, line.terms.due_day);
    if let Some(unbilled) = unbilled.filter(|_| purchases > 0) {
        let key = AccountKey::of(Class::CreditBilled, owner.user, owner.currency);
        let billed = ledger.account_or_open(key, owner.currency, out);
        post(out, billed, unbilled, purchases);
    }
    let user = owner.user;
    out.record(Fact::StatementIssued { user, due_on, purchases, charges, total, minimum });
}

/// The clock ends the days of grace of a statement that is not paid.
pub(crate) fn assess(ledger: &Ledger, no: u32, out: &mut Decision) {
    let Some((line, billing, owner)) = billed(ledger, no) else { return };
    let (user, unpaid) = (owner.user, billing.unpaid());
    let assessed = |state, overdue, late_fee| Fact::StatementAssessed {
        user,
        state,
        unpaid,
        overdue,
        late_fee,
    };
    if unpaid <= line.terms.tolerance {
        out.record(assessed(StatementState::Paid, 0, 0));
        if billing.overdue > 0 {
            end_lateness(ledger, owner, billing.overdue, out);
        }
        return;
    }
    let short = billing.minimum.saturating_sub(billing.paid());
    let principal = billing.billed.saturating_add(billing.overdue);
    if short == 0 || principal == 0 {
        out.record(assessed(StatementState::MinPaid, 0, 0));
        return;
    }
    let most = line.terms.billing.map_or(0, |terms| terms.late_fee_max);
    let late_fee = fee_half_up(short, line.terms.late_fee_ppm).min(short);
    let late_fee = if most > 0 { late_fee.min(most) } else { late_fee };
    let late_fee = late_fee.min(room(ledger, owner, Class::PenaltyReceivable));
    let currency = owner.currency;
    let of = |class| AccountKey::of(class, user, currency);
    let accounts = (billing.billed > 0).then(|| {
        let overdue = ledger.account_or_open(of(Class::CreditOverdue), currency, out);
        (overdue, ledger.account_or_open(of(Class::CreditBilled), currency, out))
    });
    let penalties = (late_fee > 0).then(|| {
        let owed = ledger.account_or_open(of(Class::PenaltyReceivable), currency, out);
        let income = AccountKey::house(Class::PenaltyIncome, currency);
        (owed, ledger.account_or_open(income, currency, out))
    });
    if let Some((overdue, billed)) = accounts {
        post(out, overdue, billed, billing.billed);
    }
    if let Some((owed, income)) = penalties {
        post(out, owed, income, late_fee);
    }
    out.record(assessed(StatementState::Overdue, billing.billed, late_fee));
    if line.state == CreditLineState::Active {
        out.record(Fact::CreditLineFrozen { user, reason: FreezeReason::Overdue });
    }
}

/// How much more can be charged of a kind.
fn room(ledger: &Ledger, owner: &User, class: Class) -> u64 {
    AMOUNT_MAX.saturating_sub(owed_in(ledger, owner, class).1)
}

/// The clock charges the interest of a night.
pub(crate) fn accrue(ledger: &Ledger, no: u32, out: &mut Decision) {
    let Some((line, billing, owner)) = billed(ledger, no) else { return };
    let (amount, rest) = billing.interest(line.terms.day_ppm);
    let amount = amount.min(room(ledger, owner, Class::InterestReceivable));
    let (user, currency) = (owner.user, owner.currency);
    if amount > 0 {
        let owed = AccountKey::of(Class::InterestReceivable, user, currency);
        let owed = ledger.account_or_open(owed, currency, out);
        let income = AccountKey::house(Class::InterestIncome, currency);
        let income = ledger.account_or_open(income, currency, out);
        post(out, owed, income, amount);
    }
    let on = billing.interest_on.saturating_add(1);
    out.record(Fact::InterestAccrued { user, on, amount, rest });
}

/// What a repayment of a line pays first on a date.
fn order(line: &CreditLine, today: u32) -> [Part; 4] {
    let (Some(terms), Some(billing)) = (&line.terms.billing, line.billing.as_deref()) else {
        return PRINCIPAL_FIRST;
    };
    let BillingTerms { order, late_order, late_order_from_day, .. } = *terms;
    let late = today.saturating_sub(billing.overdue_since);
    let is_late = billing.overdue_since > 0 && late_order_from_day > 0;
    if is_late && late >= late_order_from_day { late_order } else { order }
}

/// What a repayment on a date pays of a line's debt: all of the statement first, as long as it is
/// to be paid, and then what is not due; each by the line's order.
pub(crate) fn shares(ledger: &Ledger, owner: &User, amount: u64, today: u32) -> Owed {
    let all = buckets::owed(ledger, owner);
    let Some(line) = credit::line(ledger, owner) else { return Owed::default() };
    let order = order(line, today);
    let running = line.billing.as_deref().filter(|bill| !bill.assessed);
    let due = running.map_or(all, |bill| of_statement(bill, all));
    let (first, left) = allocate(amount, due, &order);
    let (then, _) = allocate(left, all.less(due), &order);
    first.plus(then)
}

/// What of a line's debt is due on a date: all that is unpaid of the statement from its due date
/// on, before that what is overdue.
pub(crate) fn due(ledger: &Ledger, owner: &User, bill: &Billing, today: u32) -> Owed {
    if today < bill.due_on {
        return Owed { principal: bill.overdue, ..Owed::default() };
    }
    of_statement(bill, buckets::owed(ledger, owner))
}

/// What so much pays of what is due, by the line's order.
pub(crate) fn shares_of(line: &CreditLine, due: Owed, amount: u64, today: u32) -> Owed {
    allocate(amount, due, &order(line, today)).0
}

/// The part of a debt that the statement has: interest was charged last, penalties before it.
fn of_statement(bill: &Billing, all: Owed) -> Owed {
    let charges = Owed { principal: 0, ..all };
    let since_cut = charges.sum().saturating_sub(bill.charges);
    let (later, _) = allocate(since_cut, charges, &[Part::Interest, Part::Penalty, Part::Fee]);
    let principal = all.principal.min(bill.billed.saturating_add(bill.overdue));
    Owed { principal, ..charges.less(later) }
}

/// Lets a line go that is frozen for a debt, when this decision has left no more overdue than is
/// within the tolerance.
pub(crate) fn thaw(ledger: &Ledger, owner: &User, out: &mut Decision) {
    let (account, owed) = owed_in(ledger, owner, Class::CreditOverdue);
    let noted = out.movements().iter().filter(|m| Some(m.credit) == account);
    let paid = noted.map(|m| u128::from(m.amount)).sum::<u128>();
    let left = u64::try_from(u128::from(owed).saturating_sub(paid)).unwrap_or(u64::MAX);
    let tolerance = credit::line(ledger, owner).map_or(0, |line| line.terms.tolerance);
    if paid > 0 && left <= tolerance {
        end_lateness(ledger, owner, left, out);
    }
}

/// What is left overdue is billed as before; the line goes, unless a loan is late.
fn end_lateness(ledger: &Ledger, owner: &User, left: u64, out: &mut Decision) {
    if left > 0 {
        let of = |class| AccountKey::of(class, owner.user, owner.currency);
        let billed = ledger.account_or_open(of(Class::CreditBilled), owner.currency, out);
        let overdue = ledger.account_or_open(of(Class::CreditOverdue), owner.currency, out);
        post(out, billed, overdue, left);
        out.record(Fact::LatenessEnded { user: owner.user, loan: Id::NONE, left });
    }
    let bill = credit::line(ledger, owner).and_then(|line| line.billing.as_deref());
    let lent_late = bill.is_some_and(|bill| loans::late_since(ledger, bill).is_some());
    unfreeze(ledger, owner, !lent_late, out);
}

/// Lets a line go that is frozen for a debt, if it is free.
pub(crate) fn unfreeze(ledger: &Ledger, owner: &User, is_free: bool, out: &mut Decision) {
    let state = credit::line(ledger, owner).map(|line| line.state);
    let frozen = state == Some(CreditLineState::Frozen(FreezeReason::Overdue));
    if let Some(reason) = Reference::new(PAID).filter(|_| frozen && is_free) {
        out.record(Fact::CreditLineUnfrozen { user: owner.user, reason });
    }
}

/// When a line owes something of this kind to the clock, if it does.
pub(crate) fn owed_at(ledger: &Ledger, kind: DueKind, no: u32) -> Option<u64> {
    let (line, billing, _) = billed(ledger, no)?;
    let date = match kind {
        DueKind::CreditStatement => (!line.has_ended()).then_some(billing.next_cut),
        DueKind::CreditGraceEnd => billing.grace_ends_on(line.terms.grace_days),
        DueKind::CreditInterest => {
            let bears = billing.bearing() > 0 && line.terms.day_ppm > 0;
            bears.then(|| billing.interest_on.saturating_add(1))
        }
        DueKind::CreditDebit => debits::bill_on(line, billing),
        _ => None,
    };
    date.map(|date| line.calendar(ledger.calendar()).start_of(date))
}

/// Changes the bill of a user's line, and notes what it owes to the clock now.
pub(crate) fn change(ledger: &mut Ledger, user: &Id, change: impl FnOnce(&mut CreditLine)) {
    let tables = ledger.tables_mut();
    let Some(no) = tables.users.find(user).and_then(|no| tables.credit_lines.find(&no)) else {
        return;
    };
    let before = DUES.map(|kind| owed_at(ledger, kind, no));
    change(ledger.tables_mut().credit_lines.row_mut(no));
    for (kind, before) in DUES.into_iter().zip(before) {
        if let Some(at) = owed_at(ledger, kind, no).filter(|at| Some(*at) != before) {
            ledger.owe(Due { at, kind, no });
        }
    }
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    let (now, calendar) = (ledger.now(), ledger.calendar());
    let mut bill = |user: &Id, with: &dyn Fn(&mut Billing, &CreditLine, u32)| {
        change(ledger, user, |line| {
            let today = line.calendar(calendar).date(now);
            if let Some(mut billing) = line.billing.take() {
                with(&mut billing, line, today);
                line.billing = Some(billing);
            }
        });
    };
    match fact {
        Fact::StatementIssued { user, due_on, purchases, charges, total, minimum } => {
            bill(user, &|b, line, _| {
                b.cut_on = b.next_cut;
                b.next_cut = next_day_of_month(b.cut_on, line.terms.statement_day);
                b.due_on = *due_on;
                b.state = match total {
                    0 => StatementState::Paid,
                    _ => StatementState::Issued,
                };
                b.assessed = false;
                b.billed = b.billed.saturating_add(*purchases);
                b.charges = *charges;
                (b.total, b.minimum) = (*total, *minimum);
                b.waiting = 0;
                b.waiting_on = match line.terms.billing.map(|terms| terms.interest_from) {
                    Some(InterestFrom::StatementDay) => b.cut_on,
                    Some(InterestFrom::DueDate) | None => *due_on,
                };
            });
        }
        Fact::StatementAssessed { user, state, .. } => bill(user, &|b, line, today| {
            let ends = b.grace_ends_on(line.terms.grace_days).unwrap_or(today);
            let night = ends.saturating_sub(1);
            b.wait_until(night);
            b.assessed = true;
            b.state = *state;
            if *state == StatementState::Paid {
                b.waiting = 0;
                return;
            }
            if b.bearing() == 0 {
                (b.interest_on, b.rest) = (night, 0);
            }
            if *state == StatementState::Overdue {
                b.overdue = b.overdue.saturating_add(b.billed);
                (b.billed, b.revolving) = (0, 0);
                b.overdue_since = if b.overdue_since == 0 { b.due_on } else { b.overdue_since };
            } else {
                b.revolving = b.billed;
            }
        }),
        Fact::InterestAccrued { user, on, rest, .. } => bill(user, &|b, _, _| {
            (b.interest_on, b.rest) = (*on, *rest);
            // What waits for the end of grace goes on waiting.
            if b.assessed {
                b.waiting = 0;
            }
        }),
        Fact::CreditRepaid { user, penalty, interest, fee, billed, overdue, .. } => {
            let charges = penalty.saturating_add(*interest).saturating_add(*fee);
            bill(user, &|b, _, today| b.reduce(charges, *billed, *overdue, today));
        }
        Fact::CreditReduced { user, billed, overdue } => {
            bill(user, &|b, _, today| b.reduce(0, *billed, *overdue, today));
        }
        Fact::LatenessEnded { user, left, .. } => {
            bill(user, &|b, line, today| b.end_lateness(*left, line.terms.tolerance, today));
        }
        _ => {}
    }
}

/// Whether a foreign fact fits the bill that it changes, by the dates too.
pub(crate) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let line_of = |user: &Id| {
        let line = tables.users.find(user).and_then(|no| tables.credit_lines.get(&no));
        line.ok_or("a line of credit is unknown")
    };
    let bill_of = |user: &Id| line_of(user)?.billing.as_deref().ok_or("a line is not billed");
    match fact {
        Fact::StatementIssued { user, due_on, .. } => {
            let bill = bill_of(user)?;
            let days = due_on.checked_sub(bill.next_cut);
            known(
                days.is_some_and(|days| (1..=31).contains(&days)),
                "a statement's dates do not fit",
            )
        }
        Fact::StatementAssessed { user, overdue, state, .. } => {
            let bill = bill_of(user)?;
            let expected = if *state == StatementState::Overdue { bill.billed } else { 0 };
            known(*overdue == expected, "more becomes overdue than was billed")
        }
        Fact::InterestAccrued { user, on, .. } => {
            let bill = bill_of(user)?;
            known(*on == bill.interest_on.saturating_add(1), "a night's interest is out of turn")
        }
        Fact::CreditRepaid { user, billed, overdue, principal, .. } => {
            let bill = line_of(user)?.billing.as_deref().map_or((0, 0), |b| (b.billed, b.overdue));
            let fits = *billed <= bill.0
                && *overdue <= bill.1
                && billed.saturating_add(*overdue) <= *principal;
            known(fits, "more is repaid than was billed")
        }
        Fact::CreditReduced { user, billed, overdue } => {
            let bill = bill_of(user)?;
            known(
                *billed <= bill.billed && *overdue <= bill.overdue,
                "more is given back than owed",
            )
        }
        Fact::LatenessEnded { user, left, .. } => {
            let fits = *left > 0 && *left == bill_of(user)?.overdue;
            known(fits && *left <= line_of(user)?.terms.tolerance, "a debt is late still")
        }
        _ => Ok(()),
    }
}
