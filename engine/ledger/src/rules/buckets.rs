//! What a user owes on credit, by account: principal not billed (PU), billed (PB) and overdue (PO),
//! and the charges on it. When which becomes which is in `billing`; principal of plans that is not
//! billed (PI) in `plans`.

use crate::account::{AccountKey, AccountNo, Class};
use crate::event::{Decision, Fact};
use crate::id::Id;
use crate::instalments::Owed;
use crate::ledger::Ledger;
use crate::state::{Payment, Tables, User};

/// The accounts of principal, in the order in which they are repaid: what was due first.
pub(crate) const PRINCIPAL: [Class; 3] =
    [Class::CreditOverdue, Class::CreditBilled, Class::CreditUnbilled];

/// An account of what a user owes, if it exists, and how much that is.
pub(crate) fn owed_in(ledger: &Ledger, owner: &User, class: Class) -> (Option<AccountNo>, u64) {
    let key = AccountKey::of(class, owner.user, owner.currency);
    let account = ledger.tables().accounts.find(&key);
    let owed = account.map_or(0, |no| ledger.tables().accounts.row(no).credit_room());
    (account, u64::try_from(owed).unwrap_or(u64::MAX))
}

/// All principal that a user owes, but for what is ahead of instalment plans.
pub(crate) fn principal(ledger: &Ledger, owner: &User) -> u64 {
    let owed = PRINCIPAL.map(|class| owed_in(ledger, owner, class).1);
    owed.into_iter().fold(0, u64::saturating_add)
}

/// All that a user owes, by kind.
pub(crate) fn owed(ledger: &Ledger, owner: &User) -> Owed {
    let of = |class| owed_in(ledger, owner, class).1;
    Owed {
        penalty: of(Class::PenaltyReceivable),
        interest: of(Class::InterestReceivable),
        fee: of(Class::FeeReceivable),
        principal: principal(ledger, owner),
    }
}

/// The account that purchases are debited to, which the line opened.
pub(crate) fn purchases(ledger: &Ledger, owner: &User) -> Option<AccountNo> {
    owed_in(ledger, owner, Class::CreditUnbilled).0
}

/// What a refund or dispute takes off a debt.
pub(crate) struct Reduction {
    /// What is ahead of the purchase's plan goes first.
    parts: [(Class, Option<AccountNo>, u64); 4],
    plan: Option<Id>,
    /// What is cut off plans of statements, behind all of that.
    of_statements: Vec<(Id, u64)>,
}

impl Reduction {
    /// Minor units.
    pub(crate) fn sum(&self) -> u64 {
        self.parts.iter().map(|part| part.2).sum::<u64>() + self.of_statements()
    }

    fn of_statements(&self) -> u64 {
        self.of_statements.iter().map(|cut| cut.1).sum()
    }

    /// The accounts credited, with what each gets.
    pub(crate) fn credits(&self) -> impl Iterator<Item = (AccountNo, u64)> {
        let [(_, ahead, _), ..] = self.parts;
        let own = self.parts.iter().map(|(_, account, amount)| (*account, *amount));
        let all = own.chain([(ahead, self.of_statements())]);
        all.filter_map(|(account, amount)| Some((account?, amount)))
    }

    /// Of that, what is cut off the purchase's plan.
    pub(crate) fn cut(&self) -> u64 {
        self.of(Class::CreditInstalment)
    }

    fn of(&self, class: Class) -> u64 {
        self.parts.iter().filter(|part| part.0 == class).map(|part| part.2).sum()
    }
}

/// What a decision has credited to an account so far, less what it debited.
pub(crate) fn noted(out: &Decision, account: AccountNo) -> i128 {
    let noted = out.movements().iter().map(|m| match account {
        _ if m.credit == account => i128::from(m.amount),
        _ if m.debit == account => -i128::from(m.amount),
        _ => 0,
    });
    noted.sum()
}

/// How much may be debited of an account behind what a decision has noted so far.
pub(crate) fn room_behind(tables: &Tables, out: &Decision, account: AccountNo) -> u64 {
    let room = tables.accounts.row(account).debit_room();
    let noted = noted(out, account);
    let (more, less) = (noted.max(0).unsigned_abs(), noted.min(0).unsigned_abs());
    u64::try_from(room.saturating_add(more).saturating_sub(less)).unwrap_or(u64::MAX)
}

/// Takes up to `wanted` off what the payer of a payment owes: first the last terms of the plan that
/// the purchase is in. One not billed yet comes off
/// what is not billed, then off what is billed, then off what is overdue; one that was billed comes
/// off the bill, and off what was not billed last. The book says "of that purchase", and that what
/// is more than is owed of it goes to the balance. But for what is in plans, who owes how much of
/// which purchase is not kept: repayments go to the oldest bill, whatever it is for. So a refund of
/// a purchase that was repaid takes off what is owed of others, as a card's does, and the balance
/// gets what is more than all of it. What was billed may be in a plan of a statement, which is cut
/// like the purchase's own before the balance gets anything, the plan that was made last first.
/// What is in `out` already counts.
pub(crate) fn reduction(
    ledger: &Ledger,
    payer: &User,
    payment: &Payment,
    wanted: u64,
    out: &Decision,
) -> Reduction {
    let plan = super::plans::of_payment(ledger, payment);
    reduction_since(ledger, payer, payment.paid_at, plan, wanted, out)
}

/// As [`reduction`], of what was bought at a time, and went into this plan with so much ahead.
pub(crate) fn reduction_since(
    ledger: &Ledger,
    payer: &User,
    paid_at: u64,
    plan: Option<(Id, u64)>,
    wanted: u64,
    out: &Decision,
) -> Reduction {
    use Class::{CreditBilled, CreditInstalment, CreditOverdue, CreditUnbilled};
    let line = super::credit::line(ledger, payer);
    let billed = line.is_some_and(|line| {
        let cut_on = line.billing.as_ref().map_or(0, |billing| billing.cut_on);
        line.calendar(ledger.calendar()).date(paid_at) < cut_on
    });
    let order = match billed {
        true => [CreditInstalment, CreditBilled, CreditOverdue, CreditUnbilled],
        false => [CreditInstalment, CreditUnbilled, CreditBilled, CreditOverdue],
    };
    let mut rest = wanted;
    let parts = order.map(|class| {
        let (account, owed) = owed_in(ledger, payer, class);
        let gone = account.map_or(0, |account| noted(out, account));
        let left = u64::try_from((i128::from(owed) - gone).max(0)).unwrap_or(u64::MAX);
        let left = match (class, plan) {
            (CreditInstalment, Some((_, ahead))) => left.min(ahead),
            (CreditInstalment, None) => 0,
            _ => left,
        };
        let part = rest.min(left);
        rest -= part;
        (class, account, part)
    });
    // A decision that gives several payments back is of a rental, whose payments are in no plan.
    let gone = parts[0].1.map_or(0, |account| noted(out, account));
    let of_statements = super::plans::cut_of_statements(ledger, payer, rest, gone);
    Reduction { parts, plan: plan.map(|(plan, _)| plan), of_statements }
}

/// Records what a reduction took off a bill, behind the fact that moved the money. A line that was
/// frozen for a debt is free again when nothing is overdue any more.
pub(crate) fn record_reduction(
    ledger: &Ledger,
    payer: &User,
    reduction: &Reduction,
    out: &mut Decision,
) {
    let billed = reduction.of(Class::CreditBilled);
    let overdue = reduction.of(Class::CreditOverdue);
    let cut = reduction.cut();
    if let Some(plan) = reduction.plan.filter(|_| cut > 0) {
        out.record(Fact::PlanReduced { plan, amount: cut });
    }
    for (plan, amount) in &reduction.of_statements {
        out.record(Fact::PlanReduced { plan: *plan, amount: *amount });
    }
    if billed > 0 || overdue > 0 {
        out.record(Fact::CreditReduced { user: payer.user, billed, overdue });
    }
    if overdue > 0 {
        super::billing::thaw(ledger, payer, out);
    }
}
