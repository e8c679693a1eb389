//! What must hold between a state and the next: states move as DOMAIN §5 says, nothing is bought
//! on a line that is not active or beyond its limit, and what was done stays done.

use crate::books::Event;
use groat_ledger::{
    AccountKey, AccountNo, AuthorizationState, Class, CreditLine, CreditLineState, Currency, Fact,
    Id, Ledger, LostDebt, PaymentState, RentalState,
};
use std::collections::BTreeMap;

/// What a step is measured by.
pub(crate) struct Before {
    payments: Vec<(PaymentState, u64)>,
    holds: Vec<(AuthorizationState, u64)>,
    rentals: Vec<(RentalState, usize)>,
    lines: Vec<Used>,
}

/// Of a line: whether it is active, its limit, what is owed, and that with what is held.
struct Used {
    active: bool,
    owed: i128,
    with_held: i128,
}

impl Before {
    pub(crate) fn of(ledger: &Ledger) -> Before {
        let t = ledger.tables();
        let lines = t.credit_lines.rows().iter();
        Before {
            payments: t.payments.rows().iter().map(|p| (p.state, p.refunded())).collect(),
            holds: t.authorizations.rows().iter().map(|a| (a.state, a.rest())).collect(),
            rentals: t.rentals.rows().iter().map(|r| (r.state, r.charges.len())).collect(),
            lines: lines.map(|line| used(ledger, line)).collect(),
        }
    }

    pub(crate) fn check(&self, ledger: &Ledger, events: &[Event]) {
        for (fact, movements, _) in events {
            assert!(movements.is_empty() || tells_of_money(fact), "{fact:?} moves {movements:?}");
        }
        let t = ledger.tables();
        for ((before, refunded), p) in self.payments.iter().zip(t.payments.rows()) {
            let id = p.payment;
            assert!(*before == p.state || pays(*before, p.state), "{id}: {before:?} {:?}", p.state);
            assert!(p.refunded() >= *refunded, "{id}: a refund was undone");
        }
        for ((before, rest), a) in self.holds.iter().zip(t.authorizations.rows()) {
            let open = *before == AuthorizationState::Authorized;
            assert!(open || *before == a.state, "{}: {before:?} {:?}", a.auth, a.state);
            assert!(a.rest() <= *rest, "{}: more is left than was", a.auth);
        }
        for ((before, charges), r) in self.rentals.iter().zip(t.rentals.rows()) {
            let id = r.rental;
            assert!(*before == r.state || goes(*before, r.state), "{id}: {before:?} {:?}", r.state);
            assert!(r.charges.len() >= *charges, "{id}: a charge is gone");
        }
        for (before, line) in self.lines.iter().zip(t.credit_lines.rows()) {
            let (now, user) = (used(ledger, line), line.user);
            assert!(before.active || now.owed <= before.owed, "{user}: bought on a frozen line");
            let most = before.with_held.max(line.limit.amount.into());
            assert!(now.with_held <= most, "{user}: {} beyond {most}", now.with_held);
        }
    }
}

/// DOMAIN §6, 8: what is owed on credit is what was bought, less what was repaid and refunded.
#[derive(Default)]
pub(crate) struct Bought {
    by_user: BTreeMap<Id, i128>,
}

impl Bought {
    pub(crate) fn note(&mut self, ledger: &Ledger, (fact, movements, _): &Event) {
        let (user, more) = match fact {
            Fact::PaymentPaid { user, credit, .. } => (*user, i128::from(*credit)),
            Fact::CreditRepaid { user, principal, .. } => (*user, -i128::from(*principal)),
            Fact::CreditWrittenOff { user, lost, .. } => {
                let LostDebt { unbilled, billed, ahead, overdue, .. } = *lost;
                let lost = [unbilled, billed, ahead, overdue].map(i128::from);
                (*user, -lost.iter().sum::<i128>())
            }
            Fact::PlanPrepaid { plan, amount } | Fact::PlanRepaid { plan, amount } => {
                let t = ledger.tables();
                let owner = t.plans.get(plan).unwrap().user;
                (t.users.row(owner).user, -i128::from(*amount))
            }
            Fact::RefundSucceeded { payment, to_credit, surplus, .. } => {
                let t = ledger.tables();
                let payer = t.payments.get(payment).and_then(|p| p.user).unwrap();
                let back = i128::from(*to_credit) - i128::from(*surplus);
                (t.users.row(payer).user, -back)
            }
            Fact::DisputeJudged { dispute, to_credit, surplus, .. } => {
                let t = ledger.tables();
                let paid = t.payments.row(t.disputes.get(dispute).unwrap().payment);
                let back = i128::from(*to_credit) - i128::from(*surplus);
                (t.users.row(paid.user.unwrap()).user, -back)
            }
            Fact::AdvanceReturned { rental, to_credit, surplus, .. } => {
                let t = ledger.tables();
                let payer = t.rentals.get(rental).unwrap().user;
                let back = i128::from(*to_credit) - i128::from(*surplus);
                (t.users.row(payer).user, -back)
            }
            // What the platform had advanced is paid back on credit too, and is no payment.
            Fact::RentalCharged { rental, .. } => {
                let t = ledger.tables();
                let row = t.rentals.get(rental).unwrap();
                let account = |no: AccountNo| t.accounts.row(no).key.class;
                let lent = movements.iter().filter(|m| account(m.debit) == Class::CreditUnbilled);
                let lent = lent.map(|m| i128::from(m.amount)).sum::<i128>();
                (t.users.row(row.user).user, lent)
            }
            _ => return,
        };
        *self.by_user.entry(user).or_default() += more;
    }

    pub(crate) fn check(&self, ledger: &Ledger) {
        for (user, bought) in &self.by_user {
            let owed = principal(ledger, *user, Currency::CNY);
            assert_eq!(owed, *bought, "{user}: bought on credit, repaid and refunded");
        }
    }
}

/// All that was bought and not repaid, whatever became of it.
fn principal(ledger: &Ledger, user: Id, currency: Currency) -> i128 {
    let buckets =
        [Class::CreditUnbilled, Class::CreditBilled, Class::CreditInstalment, Class::CreditOverdue];
    let accounts =
        buckets.iter().filter_map(|c| ledger.account(&AccountKey::of(*c, user, currency)));
    accounts.map(|a| -a.credit_balance()).sum()
}

fn used(ledger: &Ledger, line: &CreditLine) -> Used {
    let user = ledger.tables().users.row(line.user).user;
    let debit = |class| {
        let account = ledger.account(&AccountKey::of(class, user, line.limit.currency));
        account.map_or(0, |a| -a.credit_balance())
    };
    let owed = principal(ledger, user, line.limit.currency);
    let active = line.state == CreditLineState::Active;
    Used { active, owed, with_held: owed + debit(Class::CreditHeld) }
}

/// Whether an event may move money: what is only noted moves none.
fn tells_of_money(fact: &Fact) -> bool {
    !matches!(
        fact,
        Fact::AccountOpened { .. }
            | Fact::BatchOpened { .. }
            | Fact::PaymentCreated { .. }
            | Fact::RentalCreated { .. }
            | Fact::RentalAssessed { .. }
            | Fact::DepositSecured { .. }
            | Fact::RentalStarted { .. }
            | Fact::RentalExtended { .. }
            | Fact::RentalOverdue { .. }
            | Fact::RentalSettled { .. }
            | Fact::AdvanceRepaid { .. }
            | Fact::CouponLocked { .. }
            | Fact::AutoDebitSet { .. }
            | Fact::BillDebited { .. }
            | Fact::LoanDebited { .. }
            | Fact::RentalCollected { .. }
            | Fact::CollectionFailed { .. }
            | Fact::RentalCancelled { .. }
            | Fact::CreditLineFrozen { .. }
            | Fact::CreditLineUnfrozen { .. }
            | Fact::CreditReduced { .. }
            | Fact::PlanReduced { .. }
            | Fact::PlanWrittenOff { .. }
            | Fact::LoanOverdue { .. }
            | Fact::LoanWrittenOff { .. }
            | Fact::CouponDefined { .. }
            | Fact::InvoiceRequested { .. }
            | Fact::InvoiceIssued { .. }
            | Fact::InvoiceRejected { .. }
            | Fact::InvoiceReversed { .. }
            | Fact::RedInvoiceDue { .. }
            | Fact::DisputeDefended { .. }
            | Fact::AppRegistered { .. }
            | Fact::AppAuthGranted { .. }
            | Fact::AppAuthRevoked { .. }
            | Fact::AppLimitsSet { .. }
            | Fact::AppAsked { .. }
            | Fact::QuotePublished { .. }
            | Fact::QuoteExpired { .. }
            | Fact::PaymentQuoted { .. }
            | Fact::FxConverted { .. }
            | Fact::FxReturned { .. }
            | Fact::RoyaltyBound { .. }
            | Fact::RoyaltyUnbound { .. }
            | Fact::RoyaltyTold { .. }
            | Fact::SplitAsked { .. }
            | Fact::SplitFailed { .. }
            | Fact::CloseAsked { .. }
            | Fact::CloseAnswered { .. }
            | Fact::CloseDecided { .. }
            | Fact::RoyaltyFreezeSet { .. }
    )
}

/// DOMAIN §5, payments.
fn pays(from: PaymentState, to: PaymentState) -> bool {
    use PaymentState::{Closed, Created, Finished, Paid, PartiallyRefunded, Refunded, TimedOut};
    match from {
        Created => matches!(to, Paid | Closed | TimedOut),
        Paid | PartiallyRefunded => matches!(to, PartiallyRefunded | Refunded | Finished),
        Refunded | Closed | TimedOut | Finished => false,
    }
}

/// DOMAIN §5, rentals.
fn goes(from: RentalState, to: RentalState) -> bool {
    use RentalState::{
        Assessed, BoughtOut, Cancelled, Completed, Created, Declined, Expired, InUse, Lost,
        Overdue, PaymentPending, Returned, Secured,
    };
    match from {
        Created => matches!(to, Assessed | Declined | Cancelled | Expired),
        Assessed | Declined => matches!(to, Secured | Cancelled | Expired),
        Secured => matches!(to, InUse | Cancelled | Expired),
        InUse => matches!(to, Returned | Overdue | BoughtOut),
        Overdue => matches!(to, Returned | Completed | Lost),
        Returned | Lost => matches!(to, Completed | PaymentPending),
        PaymentPending => matches!(to, Completed | Overdue),
        Completed | BoughtOut | Cancelled | Expired => false,
    }
}
