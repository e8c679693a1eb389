//! Domain to wire: the bills of lines of credit, their facts, rows and what is told of them.

use super::some;
use groat_ledger::instalments::{Part, Split, Tie};
use groat_ledger::{Billing, BillingTerms, Currency, Fact, Money, Settlement, StatementOf};
use groat_proto::v1::{self, event, settlement};

fn part(part: Part) -> i32 {
    match part {
        Part::Penalty => v1::CreditPart::Penalty,
        Part::Interest => v1::CreditPart::Interest,
        Part::Fee => v1::CreditPart::Fee,
        Part::Principal => v1::CreditPart::Principal,
    }
    .into()
}

pub(super) fn order([first, second, third, fourth]: [Part; 4]) -> v1::RepayOrder {
    v1::RepayOrder {
        first: part(first),
        second: part(second),
        third: part(third),
        fourth: part(fourth),
    }
}

/// Unit and tie.
pub(super) fn split(split: Split) -> (u64, i32) {
    let (unit, tie) = match split {
        Split::FloorRestFirst => (0, v1::ShareTie::Unspecified),
        Split::NearestRestLast { unit, tie: Tie::Even } => (unit, v1::ShareTie::Unspecified),
        Split::NearestRestLast { unit, tie: Tie::Up } => (unit, v1::ShareTie::Up),
    };
    (unit, tie.into())
}

pub(in crate::codec) fn billing_terms(
    terms: &BillingTerms,
    currency: Currency,
) -> v1::BillingTerms {
    let most = Money { amount: terms.late_fee_max, currency };
    v1::BillingTerms {
        order: Some(order(terms.order)),
        late_order: Some(order(terms.late_order)),
        late_order_from_day: terms.late_order_from_day,
        late_fee_max: (terms.late_fee_max > 0).then(|| most.into()),
        auto_debit: terms.auto_debit,
        interest_from: terms.interest_from as i32,
        day_begins_min: terms.day_begins_min.into(),
    }
}

/// The facts of bills; none for any other.
pub(super) fn fact(fact: &Fact) -> Option<event::Fact> {
    use event::Fact as W;
    Some(match fact {
        Fact::CreditRepaid { user, principal, penalty, interest, fee, billed, overdue } => {
            W::CreditRepaid(v1::CreditRepaid {
                user: some(*user),
                principal: *principal,
                penalty: *penalty,
                interest: *interest,
                fee: *fee,
                billed: *billed,
                overdue: *overdue,
            })
        }
        Fact::StatementIssued { user, due_on, purchases, charges, total, minimum } => {
            W::StatementIssued(v1::StatementIssued {
                user: some(*user),
                due_on: *due_on,
                purchases: *purchases,
                charges: *charges,
                total: *total,
                minimum: *minimum,
            })
        }
        Fact::StatementAssessed { user, state, unpaid, overdue, late_fee } => {
            W::StatementAssessed(v1::StatementAssessed {
                user: some(*user),
                state: *state as i32,
                unpaid: *unpaid,
                overdue: *overdue,
                late_fee: *late_fee,
            })
        }
        Fact::InterestAccrued { user, on, amount, rest } => {
            W::InterestAccrued(v1::InterestAccrued {
                user: some(*user),
                on: *on,
                amount: *amount,
                rest: *rest,
            })
        }
        Fact::LatenessEnded { user, loan, left } => W::LatenessEnded(v1::LatenessEnded {
            user: some(*user),
            loan: (!loan.is_none()).then(|| (*loan).into()),
            left: *left,
        }),
        Fact::CreditReduced { user, billed, overdue } => W::CreditReduced(v1::CreditReduced {
            user: some(*user),
            billed: *billed,
            overdue: *overdue,
        }),
        Fact::AutoDebitSet { user, target, on } => {
            W::AutoDebitSet(v1::AutoDebitSet { user: some(*user), target: some(*target), on: *on })
        }
        Fact::BillDebited { user, on, due, paid } => {
            W::BillDebited(v1::BillDebited { user: some(*user), on: *on, due: *due, paid: *paid })
        }
        Fact::LoanDebited { loan, on, due, paid } => {
            W::LoanDebited(v1::LoanDebited { loan: some(*loan), on: *on, due: *due, paid: *paid })
        }
        _ => return None,
    })
}

/// What is told of bills; none for anything else.
pub(super) fn settlement(told: &Settlement) -> Option<settlement::Body> {
    use settlement::Body as W;
    Some(match told {
        Settlement::StatementIssued { statement } => W::StatementIssued(told_statement(statement)),
        Settlement::StatementOverdue { statement } => {
            let late_fee = Money { amount: statement.late_fee, ..statement.total };
            let late_fee = Some(late_fee.into());
            W::StatementOverdue(v1::ToldStatement { late_fee, ..told_statement(statement) })
        }
        Settlement::CreditDebited { debit } => W::CreditDebited(v1::ToldDebit {
            user: some(debit.user),
            loan: some(debit.loan),
            due: Some(debit.due.into()),
            paid: Some(Money { amount: debit.paid, ..debit.due }.into()),
        }),
        _ => return None,
    })
}

fn told_statement(s: &StatementOf) -> v1::ToldStatement {
    let money = |amount| Some(Money { amount, ..s.total }.into());
    v1::ToldStatement {
        user: some(s.user),
        cut_on: s.cut_on,
        due_on: s.due_on,
        total: Some(s.total.into()),
        minimum: money(s.minimum),
        unpaid: money(s.unpaid),
        late_fee: None,
    }
}

pub(in crate::codec) fn billing(b: &Billing) -> v1::BillingRow {
    v1::BillingRow {
        next_cut: b.next_cut,
        cut_on: b.cut_on,
        due_on: b.due_on,
        state: b.state as i32,
        assessed: b.assessed,
        total: b.total,
        minimum: b.minimum,
        charges: b.charges,
        billed: b.billed,
        revolving: b.revolving,
        overdue: b.overdue,
        overdue_since: b.overdue_since,
        interest_on: b.interest_on,
        rest: b.rest,
        waiting: b.waiting,
        waiting_on: b.waiting_on,
        lost: b.lost,
        debited_on: b.debited_on,
    }
}
