//! Instalment plans: a purchase, or part of a statement, that is billed in terms (DOMAIN §1.4,
//! §4.5, §5).
//!
//! | state | by | next |
//! |---|---|---|
//! | Active | a statement bills a term (PB→PI, LF→I2) | Active, Completed with the last |
//! | | the rest is paid ahead (UA→PI), its fees are not charged | Prepaid |
//! | | a refund cuts the last terms (PI→) | Active, Cancelled when none is left |
//! | | its line is written off | WrittenOff |
//!
//! The fee is half even, and the user's; of a payment it may be the seller's (`plan_fees`).
//! Principal and fee are cut into terms alike: rounded down, the rest with the first (Huabei), or
//! as the command says. What is ahead (PI) uses the limit, bears no interest and is repaid by a
//! `RepayCredit` that names the plan alone: off the last terms, as by a refund. Where the book is
//! silent: the first term is billed by the first statement after the plan was made, then one by
//! each. A billed term is the statement's like any purchase, so that a plan is completed when its
//! last term is billed. A purchase is put in a plan once, before it is billed; a statement until
//! its due date, of what was billed first by it, and not while something is overdue. What goes into
//! a plan is no longer to be paid by the statement: it comes off the total, and the minimum is at
//! most the rest.

use crate::account::{AccountKey, Class};
use crate::command::{
    Bearer, ConvertToInstalments, Leg, LegSource, PlanTerms, PrepayPlan, RepayCredit,
};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::instalments::{Instalment, half_even_ppm};
use crate::ledger::{Ledger, in_range, post};
use crate::limits::{AMOUNT_MAX, PLANS_MAX};
use crate::rejection::Rejection;
use crate::rules::buckets::owed_in;
use crate::rules::{billing, credit, in_currency, may_debit, plan_fees, refuse_if, user};
use crate::state::{
    Billing, CreditLine, CreditLineState, Payment, PaymentState, Plan, PlanState, StatementState,
    Tables, User,
};

/// In how many terms (Huabei).
const TERMS: [u32; 3] = [3, 6, 12];

/// Whether a plan may be made on a line, and its fee.
fn fee_of(
    ledger: &Ledger,
    line: &CreditLine,
    amount: u64,
    terms: PlanTerms,
) -> Result<u64, Rejection> {
    let tables = ledger.tables();
    let used = tables.plans.find(&terms.plan).is_some() || tables.loans.find(&terms.plan).is_some();
    refuse_if(used, Rejection::Duplicate)?;
    refuse_if(!TERMS.contains(&terms.terms), Rejection::BadTermCount)?;
    refuse_if(!terms.split.fills(amount, terms.terms), Rejection::AmountOutOfRange)?;
    refuse_if(terms.out_of_range().is_some(), Rejection::RateOutOfRange)?;
    let billing = line.billing.as_deref().ok_or(Rejection::NotConvertible)?;
    refuse_if(billing.plans.len() >= PLANS_MAX, Rejection::PlanCountExceeded)?;
    half_even_ppm(amount, terms.fee_ppm).ok_or(Rejection::AmountOutOfRange)
}

/// A plan that can be made. Amounts are minor units.
#[derive(Clone, Copy)]
pub(crate) struct Offer {
    pub(crate) terms: PlanTerms,
    pub(crate) bearer: Bearer,
    pub(crate) amount: u64,
    pub(crate) fee: u64,
}

/// The leg of a payment that goes into a plan, with its fee; whether it is covered by the limit is
/// known.
pub(crate) fn offered(
    ledger: &Ledger,
    legs: &[Leg],
    payer: &User,
) -> Result<Option<Offer>, Rejection> {
    let leg = legs.iter().find_map(|leg| match leg.source {
        LegSource::Instalment(terms, bearer) => Some((terms, bearer, leg.amount)),
        _ => None,
    });
    let Some((terms, bearer, amount)) = leg else { return Ok(None) };
    let line = credit::line(ledger, payer).ok_or(Rejection::NotConvertible)?;
    let fee = fee_of(ledger, line, amount, terms)?;
    Ok(Some(Offer { terms, bearer, amount, fee }))
}

/// Records the plan of a payment's leg, behind the facts of the payment.
pub(crate) fn record_created(payer: &User, payment: Id, offer: Offer, out: &mut Decision) {
    let Offer { terms: PlanTerms { plan, terms, fee_ppm, split }, bearer, amount, fee } = offer;
    let user = payer.user;
    out.record(Fact::PlanCreated {
        plan,
        user,
        payment,
        amount,
        fee_ppm,
        fee,
        terms,
        bearer,
        split,
    });
}

pub(crate) fn convert(
    ledger: &Ledger,
    c: &ConvertToInstalments,
    now: u64,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let owner = user(ledger.tables(), c.user)?;
    let line = credit::line(ledger, owner).ok_or(Rejection::UnknownAccount)?;
    refuse_if(line.has_ended(), Rejection::InvalidState)?;
    refuse_if(line.state != CreditLineState::Active, Rejection::CreditLineFrozen)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    let fee = fee_of(ledger, line, amount, c.terms)?;
    let billing = line.billing.as_deref().ok_or(Rejection::NotConvertible)?;
    let (class, fits) = if c.payment.is_none() {
        let today = line.calendar(ledger.calendar()).date(now);
        (Class::CreditBilled, amount <= of_statement(billing, today))
    } else {
        let payment = ledger.tables().payments.get(&c.payment).ok_or(Rejection::UnknownAccount)?;
        let unbilled = owed_in(ledger, owner, Class::CreditUnbilled).1;
        let most = of_purchase(ledger, payment, c.user, line).min(unbilled);
        (Class::CreditUnbilled, amount <= most)
    };
    refuse_if(!fits, Rejection::NotConvertible)?;
    // From here on nothing may fail.
    let currency = owner.currency;
    let of = |class| AccountKey::of(class, c.user, currency);
    let ahead = ledger.account_or_open(of(Class::CreditInstalment), currency, out);
    let from = ledger.account_or_open(of(class), currency, out);
    post(out, ahead, from, amount);
    let offer = Offer { terms: c.terms, bearer: Bearer::User, amount, fee };
    record_created(owner, c.payment, offer, out);
    Ok(())
}

/// How much of the last statement can be put into a plan on a date.
fn of_statement(billing: &Billing, today: u32) -> u64 {
    let open = matches!(billing.state, StatementState::Issued | StatementState::MinPaid);
    let in_time = open && !billing.assessed && today <= billing.due_on;
    let fresh = billing.billed.saturating_sub(billing.revolving);
    if in_time && billing.overdue == 0 { fresh } else { 0 }
}

/// How much of a purchase, if it is this user's, not billed, undisputed and in no plan yet.
fn of_purchase(ledger: &Ledger, payment: &Payment, user: Id, line: &CreditLine) -> u64 {
    let tables = ledger.tables();
    let own = payment.user.is_some_and(|no| tables.users.row(no).user == user);
    let paid = matches!(
        payment.state,
        PaymentState::Paid | PaymentState::PartiallyRefunded | PaymentState::Finished
    );
    let bought_on = line.calendar(ledger.calendar()).date(payment.paid_at);
    let unbilled = line.billing.as_deref().is_some_and(|bill| bought_on >= bill.cut_on);
    let planned = payment.parts.as_ref().is_some_and(|parts| parts.plan.is_some());
    let free = payment.rental.is_none() && payment.disputed == 0 && payment.asked == 0;
    if own && paid && unbilled && free && !planned {
        payment.credit.saturating_sub(payment.refunded_to_credit)
    } else {
        0
    }
}

pub(crate) fn prepay(ledger: &Ledger, c: &PrepayPlan, out: &mut Decision) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let owner = user(tables, c.user)?;
    let plan = tables.plans.get(&c.plan).ok_or(Rejection::UnknownAccount)?;
    refuse_if(tables.users.row(plan.user).user != c.user, Rejection::UnknownAccount)?;
    refuse_if(plan.state != PlanState::Active, Rejection::InvalidState)?;
    may_debit(tables, owner.account)?;
    let amount = plan.left();
    let room = tables.accounts.row(owner.account).debit_room();
    refuse_if(room < u128::from(amount), Rejection::InsufficientFunds)?;
    // From here on nothing may fail.
    let key = AccountKey::of(Class::CreditInstalment, c.user, owner.currency);
    let ahead = ledger.account_or_open(key, owner.currency, out);
    post(out, owner.account, ahead, amount);
    out.record(Fact::PlanPrepaid { plan: c.plan, amount });
    plan_fees::earn(ledger, plan, plan.unearned(), out);
    Ok(())
}

/// Pays part of what is ahead of a plan, off its last terms, or all of it.
pub(crate) fn repay(
    ledger: &Ledger,
    c: &RepayCredit,
    owner: &User,
    out: &mut Decision,
) -> Result<(), Rejection> {
    let tables = ledger.tables();
    let plan = tables.plans.get(&c.target).ok_or(Rejection::UnknownAccount)?;
    refuse_if(tables.users.row(plan.user).user != c.user, Rejection::UnknownAccount)?;
    refuse_if(plan.state != PlanState::Active, Rejection::InvalidState)?;
    in_currency(c.amount, owner.currency)?;
    let amount = in_range(c.amount)?;
    may_debit(tables, owner.account)?;
    refuse_if(amount > plan.left(), Rejection::Overpayment)?;
    let room = tables.accounts.row(owner.account).debit_room();
    refuse_if(room < u128::from(amount), Rejection::InsufficientFunds)?;
    // From here on nothing may fail.
    let key = AccountKey::of(Class::CreditInstalment, c.user, owner.currency);
    let ahead = ledger.account_or_open(key, owner.currency, out);
    post(out, owner.account, ahead, amount);
    out.record(match plan.left() - amount {
        0 => Fact::PlanPrepaid { plan: c.target, amount },
        _ => Fact::PlanRepaid { plan: c.target, amount },
    });
    plan_fees::earn(ledger, plan, plan.unearned_of(amount), out);
    Ok(())
}

/// Bills the next term of each plan of a line; gives the sums of their principal and fees.
pub(crate) fn bill(
    ledger: &Ledger,
    billing: &Billing,
    owner: &User,
    out: &mut Decision,
) -> (u64, u64) {
    let (mut principals, mut fees) = (0u64, 0u64);
    let currency = owner.currency;
    let of = |class| AccountKey::of(class, owner.user, currency);
    for no in &billing.plans {
        let plan = ledger.tables().plans.row(*no);
        let Some(Instalment { principal, fee }) = plan.ahead().first().copied() else { continue };
        let ahead = ledger.account_or_open(of(Class::CreditInstalment), currency, out);
        let billed = ledger.account_or_open(of(Class::CreditBilled), currency, out);
        let fee_accounts = (fee > 0).then(|| {
            let owed = ledger.account_or_open(of(Class::FeeReceivable), currency, out);
            let income = AccountKey::house(Class::InstalmentFee, currency);
            (owed, ledger.account_or_open(income, currency, out))
        });
        post(out, billed, ahead, principal);
        if let Some((owed, income)) = fee_accounts {
            post(out, owed, income, fee);
        }
        let term_no = plan.billed.saturating_add(1);
        out.record(Fact::TermBilled { plan: plan.plan, term_no, principal, fee });
        plan_fees::earn(ledger, plan, plan.next_unearned(), out);
        principals = principals.saturating_add(principal);
        fees = fees.saturating_add(fee);
    }
    (principals, fees)
}

/// The plan that a payment went into and what is ahead of it, if anything.
pub(crate) fn of_payment(ledger: &Ledger, payment: &Payment) -> Option<(Id, u64)> {
    let no = payment.parts.as_ref()?.plan?;
    let plan = ledger.tables().plans.row(no);
    Some((plan.plan, plan.left())).filter(|(_, left)| *left > 0)
}

/// What so much takes off the plans of a user that are of statements, off those first that were
/// made last; `gone` of them is cut by this decision already.
pub(crate) fn cut_of_statements(
    ledger: &Ledger,
    owner: &User,
    wanted: u64,
    gone: i128,
) -> Vec<(Id, u64)> {
    let tables = ledger.tables();
    let bill = credit::line(ledger, owner).and_then(|line| line.billing.as_deref());
    let plans = bill.into_iter().flat_map(|bill| bill.plans.iter().rev());
    let plans = plans.map(|no| tables.plans.row(*no)).filter(|plan| plan.payment.is_none());
    let (mut rest, mut gone) = (wanted, u64::try_from(gone).unwrap_or(0));
    let cuts = plans.map(|plan| {
        let left = plan.left();
        let there = left.saturating_sub(gone);
        gone = gone.saturating_sub(left);
        let part = rest.min(there);
        rest -= part;
        (plan.plan, part)
    });
    cuts.filter(|cut| cut.1 > 0).collect()
}

pub(crate) fn apply(ledger: &mut Ledger, fact: &Fact) {
    match fact {
        Fact::PlanCreated { .. } => created(ledger, fact),
        Fact::TermBilled { plan, principal, .. } => {
            let principal = *principal;
            change(ledger, plan, |plan| {
                plan.billed = plan.billed.saturating_add(1);
                if plan.left() == 0 {
                    plan.state = PlanState::Completed;
                }
            });
            of_line(ledger, plan, |b| b.billed = b.billed.saturating_add(principal));
        }
        Fact::PlanPrepaid { plan, .. } => {
            change(ledger, plan, |plan| plan.state = PlanState::Prepaid);
            of_line(ledger, plan, |_| {});
        }
        Fact::PlanRepaid { plan, amount } => {
            change(ledger, plan, |plan| plan.cut = plan.cut.saturating_add(*amount));
            of_line(ledger, plan, |_| {});
        }
        Fact::PlanWrittenOff { plan, .. } => {
            change(ledger, plan, |plan| plan.state = PlanState::WrittenOff);
            of_line(ledger, plan, |_| {});
        }
        Fact::PlanReduced { plan, amount } => {
            change(ledger, plan, |plan| {
                plan.cut = plan.cut.saturating_add(*amount);
                if plan.left() == 0 {
                    plan.state = PlanState::Cancelled;
                }
            });
            of_line(ledger, plan, |_| {});
        }
        _ => {}
    }
}

fn created(ledger: &mut Ledger, fact: &Fact) {
    let Fact::PlanCreated { plan, user, payment, amount, fee, terms, bearer, split, .. } = fact
    else {
        return;
    };
    let (now, calendar) = (ledger.now(), ledger.calendar());
    let tables = ledger.tables_mut();
    let Some(owner) = tables.users.find(user) else { return };
    let payment = tables.payments.find(payment);
    let no = tables.plans.insert(Plan {
        plan: *plan,
        user: owner,
        payment,
        amount: *amount,
        fee: *fee,
        terms: *terms,
        split: *split,
        billed: 0,
        cut: 0,
        bearer: *bearer,
        state: PlanState::Active,
    });
    if let Some(payment) = payment {
        let row = tables.payments.row_mut(payment);
        row.parts.get_or_insert_default().plan = Some(no);
    }
    billing::change(ledger, user, |line| {
        let today = line.calendar(calendar).date(now);
        if let Some(billing) = &mut line.billing {
            billing.plans.push(no);
            if payment.is_none() {
                billing.convert(*amount, today);
            }
        }
    });
}

fn change(ledger: &mut Ledger, plan: &Id, change: impl FnOnce(&mut Plan)) {
    if let Some(row) = ledger.tables_mut().plans.get_mut(plan) {
        change(row);
    }
}

/// Changes the bill of the line that a plan is on. It forgets a plan that is no longer active.
fn of_line(ledger: &mut Ledger, plan: &Id, change: impl FnOnce(&mut Billing)) {
    let tables = ledger.tables();
    let Some(no) = tables.plans.find(plan) else { return };
    let row = tables.plans.row(no);
    let (active, user) = (row.state == PlanState::Active, tables.users.row(row.user).user);
    billing::change(ledger, &user, |line| {
        if let Some(billing) = &mut line.billing {
            change(billing);
            billing.plans.retain(|other| active || *other != no);
        }
    });
}

/// Whether a foreign fact fits the plan that it is about.
pub(crate) fn fits(tables: &Tables, fact: &Fact) -> Result<(), &'static str> {
    let known = |there: bool, what| if there { Ok(()) } else { Err(what) };
    let active = |plan: &Id| {
        let row = tables.plans.get(plan).filter(|plan| plan.state == PlanState::Active);
        row.ok_or("a plan is unknown or at its end")
    };
    match fact {
        Fact::PlanCreated { plan, user, payment, amount, fee, terms, bearer, split, .. } => {
            known(tables.plans.find(plan).is_none(), "a plan is made twice")?;
            let owner = tables.users.find(user).ok_or("a user is unknown")?;
            let line = tables.credit_lines.get(&owner).ok_or("a line of credit is unknown")?;
            let bill = line.billing.as_deref().ok_or("a line is not billed")?;
            known(bill.plans.len() < PLANS_MAX, "a line has too many plans")?;
            let sums = *amount <= AMOUNT_MAX && *fee <= *amount;
            known(sums && split.fills(*amount, *terms), "a plan's terms do not fit")?;
            let own = *bearer == Bearer::User || !payment.is_none();
            known(own, "a seller bears the fee of no sale")?;
            if payment.is_none() {
                let fresh = bill.billed.saturating_sub(bill.revolving);
                return known(*amount <= fresh, "more is put into a plan than was billed");
            }
            let row = tables.payments.get(payment).ok_or("a payment is unknown")?;
            let planned = row.parts.as_ref().is_some_and(|parts| parts.plan.is_some());
            known(row.user == Some(owner) && !planned, "a purchase has a plan already")
        }
        Fact::TermBilled { plan, term_no, principal, fee } => {
            let plan = active(plan)?;
            let next = plan.ahead().first().copied();
            let is_next = next == Some(Instalment { principal: *principal, fee: *fee });
            known(is_next && *term_no == plan.billed + 1, "a term is billed out of turn")
        }
        Fact::PlanPrepaid { plan, amount } => {
            known(*amount == active(plan)?.left(), "a plan is paid ahead by another amount")
        }
        Fact::PlanWrittenOff { plan, amount } => {
            known(*amount == active(plan)?.left(), "a plan is written off by another amount")
        }
        Fact::PlanRepaid { plan, amount } => {
            known(*amount < active(plan)?.left(), "more of a plan is paid ahead than there is")
        }
        Fact::PlanReduced { plan, amount } => {
            known(*amount <= active(plan)?.left(), "more is cut off a plan than is ahead")
        }
        _ => Ok(()),
    }
}
