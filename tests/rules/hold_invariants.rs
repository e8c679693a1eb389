//! What must hold of holds, rentals and credit after every event (DOMAIN §6, 6 to 8), computed
//! from the rows and from nothing else.

use groat_ledger::{
    AccountKey, AuthorizationState, Billing, CardState, Class, CreditBasis, Currency, Id, Ledger,
    LoanState, PacketSender, PlanState, Rental, RentalState,
};
use std::collections::BTreeMap;

pub(crate) fn check(ledger: &Ledger) {
    authorizations_keep_their_sums(ledger);
    rentals_keep_their_sums(ledger);
    lines_equal_their_accounts(ledger);
    things_are_out_once(ledger);
    owners_count_what_is_open(ledger);
    contras_mirror_their_accounts(ledger);
}

/// The balance of an account on its own side, zero if it does not exist.
fn balance(ledger: &Ledger, class: Class, owner: Id, currency: Currency) -> i128 {
    let key = AccountKey::of(class, owner, currency);
    let credit = ledger.account(&key).map_or(0, |account| account.credit_balance());
    if class == Class::UserFrozen { credit } else { -credit }
}

/// §6, 6: frozen = captured + released + rest, each part; UF = rest of cash; X3 = rest of credit.
fn authorizations_keep_their_sums(ledger: &Ledger) {
    let mut held_on_line: BTreeMap<u32, i128> = BTreeMap::new();
    for a in ledger.tables().authorizations.rows() {
        let id = a.auth;
        assert!(a.fund_captured + a.fund_rest <= a.fund_total, "{id}: cash beyond what was frozen");
        assert!(a.credit_captured + a.credit_rest <= a.credit_total, "{id}: credit beyond");
        let frozen = balance(ledger, Class::UserFrozen, id, a.currency);
        assert_eq!(frozen, i128::from(a.fund_rest), "{id}: UF");
        let waived = balance(ledger, Class::DepositWaived, id, a.currency);
        assert_eq!(waived, i128::from(a.credit_rest), "{id}: X3");
        let captured = a.fund_captured + a.credit_captured > 0;
        match a.state {
            AuthorizationState::Authorized => assert!(a.rest() > 0, "{id}: open and empty"),
            AuthorizationState::Finished => assert!(a.rest() == 0 && captured, "{id}: finished"),
            AuthorizationState::Closed => assert!(a.rest() == 0 && !captured, "{id}: closed"),
            AuthorizationState::Expired => assert!(a.rest() == 0, "{id}: expired"),
        }
        let asked: u64 = a.releases.iter().map(|r| r.amount).sum();
        let released = a.fund_total + a.credit_total
            - (a.fund_captured + a.credit_captured + a.fund_rest + a.credit_rest);
        assert!(asked <= released, "{id}: releases asked for and done");
        if a.basis == CreditBasis::Line {
            *held_on_line.entry(a.user).or_default() += i128::from(a.credit_rest);
        }
    }
    for (no, u) in (0u32..).zip(ledger.tables().users.rows()) {
        let held = balance(ledger, Class::CreditHeld, u.user, u.currency);
        let expected = held_on_line.get(&no).copied().unwrap_or(0);
        assert_eq!(held, expected, "{}: X2", u.user);
    }
}

/// §6, 7.
fn rentals_keep_their_sums(ledger: &Ledger) {
    let tables = ledger.tables();
    for r in tables.rentals.rows() {
        let (id, deposit) = (r.rental, r.terms.deposit);
        for c in &r.charges {
            assert!(c.reduced + c.paid <= c.amount, "{id}: more paid than charged: {c:?}");
        }
        assert!(r.damage() <= deposit.amount, "{id}: damage beyond the deposit");
        let owed = i128::from(r.outstanding());
        let obligation = balance(ledger, Class::RentObligation, id, deposit.currency);
        assert_eq!(obligation, owed, "{id}: X4");
        let advanced = balance(ledger, Class::RentalAdvance, id, deposit.currency);
        assert_eq!(advanced, i128::from(r.advanced), "{id}: RX");
        assert!(advanced <= owed, "{id}: advanced and not owed");
        let secured = tables.authorizations.get(&id);
        if let Some(held) = secured {
            assert_eq!(held.credit_total, r.waived, "{id}: waived");
            assert_eq!(held.fund_total + held.credit_total, deposit.amount, "{id}: deposit");
        }
        let needs_deposit = !matches!(
            r.state,
            RentalState::Created
                | RentalState::Assessed
                | RentalState::Declined
                | RentalState::Cancelled
                | RentalState::Expired
        );
        assert!(secured.is_some() || !needs_deposit, "{id}: without a deposit");
        if ended(r) {
            let rest = secured.map_or(0, |held| held.rest());
            assert_eq!((owed, rest), (0, 0), "{id}: ended, owed and held");
        }
        let risk = r.terms.risk_amount.unwrap_or(u64::MAX);
        let settled = matches!(r.state, RentalState::PaymentPending | RentalState::Completed);
        assert!(r.total() <= risk || !settled, "{id}: settled beyond the risk amount");
    }
}

fn ended(r: &Rental) -> bool {
    matches!(
        r.state,
        RentalState::Completed
            | RentalState::BoughtOut
            | RentalState::Cancelled
            | RentalState::Expired
    )
}

/// §6, 8: X1 is the limit of an open line and nothing of a closed one, which owes nothing.
fn lines_equal_their_accounts(ledger: &Ledger) {
    let tables = ledger.tables();
    for line in tables.credit_lines.rows() {
        let user = tables.users.row(line.user).user;
        let granted = balance(ledger, Class::LimitGranted, user, line.limit.currency);
        let closed = line.has_ended();
        let expected = if closed { 0 } else { i128::from(line.limit.amount) };
        assert_eq!(granted, expected, "{user}: X1");
        let owed = principal(ledger, user, line.limit.currency);
        assert!(!closed || owed == 0, "{user}: owes {owed} on a closed line");
        if let Some(bill) = &line.billing {
            bills_equal_their_accounts(ledger, user, line.limit.currency, bill);
            plans_equal_their_account(ledger, line.user, line.limit.currency, bill);
            loans_equal_their_accounts(ledger, line.user, line.limit.currency, bill);
        }
    }
}

/// All that was bought and not repaid, whatever became of it.
fn principal(ledger: &Ledger, user: Id, currency: Currency) -> i128 {
    let buckets =
        [Class::CreditUnbilled, Class::CreditBilled, Class::CreditInstalment, Class::CreditOverdue];
    buckets.iter().map(|class| balance(ledger, *class, user, currency)).sum()
}

/// §6, 9: PB and PO are what the row counts, and what is unpaid is at most what was billed.
fn bills_equal_their_accounts(ledger: &Ledger, user: Id, currency: Currency, bill: &Billing) {
    let of = |class| balance(ledger, class, user, currency);
    assert_eq!(of(Class::CreditBilled), i128::from(bill.billed), "{user}: PB");
    assert_eq!(of(Class::CreditOverdue), i128::from(bill.overdue), "{user}: PO");
    let charges = [Class::PenaltyReceivable, Class::InterestReceivable, Class::FeeReceivable];
    let charges: i128 = charges.iter().map(|class| of(*class)).sum();
    assert!(i128::from(bill.charges) <= charges, "{user}: more charges billed than are owed");
    assert!(bill.revolving <= bill.billed, "{user}: revolving");
    assert!(bill.minimum <= bill.total && bill.unpaid() <= bill.total, "{user}: {bill:?}");
    assert_eq!(bill.overdue == 0, bill.overdue_since == 0, "{user}: overdue since");
    assert!(bill.rest < 1_000_000, "{user}: carry");
}

/// §6, 9: PI is what is ahead of the plans, and the bill knows those.
fn plans_equal_their_account(ledger: &Ledger, no: u32, currency: Currency, bill: &Billing) {
    let (tables, user) = (ledger.tables(), ledger.tables().users.row(no).user);
    let own = (0u32..).zip(tables.plans.rows()).filter(|(_, plan)| plan.user == no);
    let ahead: u64 = own.clone().map(|(_, plan)| plan.left()).sum();
    for (_, plan) in own.clone() {
        let paid = -balance(ledger, Class::UnearnedFee, plan.plan, currency);
        assert_eq!(paid, i128::from(plan.unearned()), "{}: UI", plan.plan);
    }
    assert_eq!(balance(ledger, Class::CreditInstalment, user, currency), i128::from(ahead));
    let active = own.filter(|(_, plan)| plan.state == PlanState::Active);
    let active: Vec<_> = active.inspect(|(_, plan)| assert!(plan.left() > 0)).collect();
    assert_eq!(bill.plans, active.iter().map(|(no, _)| *no).collect::<Vec<_>>(), "{user}: plans");
    for (_, plan) in active {
        let id = plan.plan;
        assert!(plan.billed < plan.terms && plan.cut < plan.amount, "{id}: {plan:?}");
    }
}

/// §6, 8: LN and LI are what the row counts, and the bill knows the loans that are not repaid.
fn loans_equal_their_accounts(ledger: &Ledger, no: u32, currency: Currency, bill: &Billing) {
    let tables = ledger.tables();
    let own = (0u32..).zip(tables.loans.rows()).filter(|(_, loan)| loan.user == no);
    let active: Vec<u32> =
        own.clone().filter(|(_, l)| l.state == LoanState::Active).map(|(no, _)| no).collect();
    assert_eq!(bill.loans, active, "loans");
    for (_, loan) in own {
        let id = loan.loan;
        let of = |class| balance(ledger, class, id, currency);
        assert_eq!(of(Class::CashLoan), i128::from(loan.owed), "{id}: LN");
        assert_eq!(of(Class::LoanInterest), i128::from(loan.interest), "{id}: LI");
        assert_eq!(of(Class::LoanFee), i128::from(loan.owing().fee), "{id}: LF");
        assert_eq!(of(Class::LoanPenalty), i128::from(loan.owing().penalty), "{id}: LP");
        assert!(loan.fresh <= loan.due, "{id}: {loan:?}");
        assert_eq!(loan.open_parts().iter().sum::<u64>(), loan.ahead(), "{id}: {loan:?}");
        for charge in &loan.charges {
            assert!(charge.paid + charge.waived <= charge.amount, "{id}: {charge:?}");
        }
        assert!(loan.charges.is_sorted_by_key(|charge| charge.due_on), "{id}: {loan:?}");
        assert!(loan.due <= loan.owed && loan.early <= loan.interest, "{id}: {loan:?}");
        assert_eq!(loan.state == LoanState::Active, loan.debt() > 0, "{id}: {loan:?}");
        assert!(loan.late_since == 0 || loan.unpaid() > 0, "{id}: {loan:?}");
        assert!(loan.rest < 1_000_000, "{id}: carry");
    }
}

/// §6, 8: asked for by the table as long as no limit was cut in it.
pub(crate) fn debts_are_within_limits(ledger: &Ledger) {
    let tables = ledger.tables();
    for line in tables.credit_lines.rows() {
        let user = tables.users.row(line.user).user;
        let owed = principal(ledger, user, line.limit.currency);
        let held = balance(ledger, Class::CreditHeld, user, line.limit.currency);
        let limit = i128::from(line.limit.amount);
        assert!(owed + held <= limit, "{user}: owes {owed}, holds {held}, limit {limit}");
    }
}

/// A thing is out with exactly the one rental that has it, for good if it was bought or lost.
fn things_are_out_once(ledger: &Ledger) {
    let tables = ledger.tables();
    let mut out: BTreeMap<(u32, Id), u32> = BTreeMap::new();
    for (no, r) in (0u32..).zip(tables.rentals.rows()) {
        let started = !matches!(
            r.state,
            RentalState::Created
                | RentalState::Assessed
                | RentalState::Declined
                | RentalState::Secured
                | RentalState::Cancelled
                | RentalState::Expired
        );
        if started && r.returned_at == 0 && !r.terms.item.is_none() {
            let other = out.insert((r.merchant, r.terms.item), no);
            assert_eq!(other, None, "{}: out twice", r.terms.item);
        }
    }
    for row in tables.items.rows() {
        let expected = out.remove(&(row.merchant, row.item));
        assert_eq!(row.out_with, expected, "{}: out with", row.item);
    }
    assert!(out.is_empty(), "out and not noted: {out:?}");
}

/// What keeps an account from being closed: open holds and rentals of users and merchants.
fn owners_count_what_is_open(ledger: &Ledger) {
    let tables = ledger.tables();
    let mut users = vec![0u32; tables.users.rows().len()];
    let mut merchants = vec![0u32; tables.merchants.rows().len()];
    let holds = tables.authorizations.rows().iter();
    let holds = holds.filter(|a| a.state == AuthorizationState::Authorized);
    let rentals = tables.rentals.rows().iter().filter(|r| !ended(r));
    let open = holds.map(|a| (a.user, a.merchant)).chain(rentals.map(|r| (r.user, r.merchant)));
    for (user, merchant) in open {
        users[user as usize] += 1;
        merchants[merchant as usize] += 1;
    }
    for card in tables.cards.rows().iter().filter(|card| card.state != CardState::Closed) {
        users[card.user as usize] += 1;
    }
    for packet in tables.packets.rows().iter().filter(|packet| packet.is_open()) {
        if let PacketSender::User(id) = packet.sender {
            users[tables.users.find(&id).unwrap() as usize] += 1;
        }
    }
    for (u, open) in tables.users.rows().iter().zip(users) {
        assert_eq!(u.open_holds, open, "{}: open holds", u.user);
    }
    for (m, open) in tables.merchants.rows().iter().zip(merchants) {
        assert_eq!(m.open_holds, open, "{}: open holds", m.merchant);
    }
}

/// Off the balance sheet every account has its contra: the sums agree per currency.
fn contras_mirror_their_accounts(ledger: &Ledger) {
    for (class, contra) in [
        (Class::LimitGranted, Class::LimitGrantedContra),
        (Class::CreditHeld, Class::CreditHeldContra),
        (Class::DepositWaived, Class::DepositWaivedContra),
        (Class::RentObligation, Class::RentObligationContra),
        (Class::Points, Class::PointsContra),
    ] {
        let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
        let accounts = ledger.tables().accounts.rows().iter();
        for a in accounts.filter(|a| a.key.class == class || a.key.class == contra) {
            *sums.entry(a.currency).or_default() += a.credit_balance();
        }
        assert!(sums.values().all(|sum| *sum == 0), "{}: {sums:?}", class.name());
    }
}
