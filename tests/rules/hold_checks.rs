//! Verbs of the tables that only look at holds, rentals and credit.

use crate::checks::shouted;
use crate::table::Books;
use crate::words::{Args, money};
use groat_ledger::money::major_text;
use groat_ledger::{AccountKey, Charge, Class, CreditLineState, Id};

pub(crate) fn check(books: &Books, verb: &str, a: &mut Args<'_>) -> bool {
    match verb {
        "auth" => auth(books, a),
        "rental" => rental(books, a),
        "charge" => charge(books, a),
        "credit" => credit(books, a),
        "bill" => bill(books, a),
        "plan" => crate::plan_commands::plan(books, a),
        "loan" => crate::lending_commands::loan(books, a),
        _ => return false,
    }
    true
}

/// `auth a1 AUTHORIZED frozen=500.00 captured=120.00 released=0.00 rest=380.00`; with a credit
/// part each is `cash+credit`.
fn auth(books: &Books, a: &mut Args<'_>) {
    let held = books.ledger.tables().authorizations.get(&a.id()).expect("an authorization");
    assert_eq!(shouted(&format!("{:?}", held.state)), a.word());
    let released = [
        held.fund_total - held.fund_captured - held.fund_rest,
        held.credit_total - held.credit_captured - held.credit_rest,
    ];
    for (name, found) in [
        ("frozen", [held.fund_total, held.credit_total]),
        ("captured", [held.fund_captured, held.credit_captured]),
        ("released", released),
        ("rest", [held.fund_rest, held.credit_rest]),
    ] {
        if let Some(text) = a.option(name) {
            let (fund, credit) = text.split_once('+').unwrap_or((text, "0.00"));
            assert_eq!(found, [money(fund).amount, money(credit).amount], "{name}");
        }
    }
}

/// `rental k1 RETURNED owed=450.00 total=450.00 advanced=0.00`.
fn rental(books: &Books, a: &mut Args<'_>) {
    let rental = books.ledger.tables().rentals.get(&a.id()).expect("a rental");
    assert_eq!(shouted(&format!("{:?}", rental.state)), a.word());
    for (name, found) in [
        ("owed", rental.outstanding()),
        ("total", rental.total()),
        ("advanced", rental.advanced),
        ("payments", rental.payments.len() as u64),
        ("repaid", rental.repaid.as_ref().map_or(0, |repaid| repaid.amount)),
    ] {
        if let Some(expected) = a.minor_option(name) {
            let currency = rental.terms.deposit.currency;
            let text = |minor: u64| major_text(i128::from(minor), currency);
            assert_eq!(text(found), text(expected), "{name}");
        }
    }
}

/// `charge k1 0 RENT 12.00 paid=12.00 reduced=2.00`; what is left out is zero.
fn charge(books: &Books, a: &mut Args<'_>) {
    let rental = books.ledger.tables().rentals.get(&a.id()).expect("a rental");
    let no: usize = a.word().parse().unwrap();
    let Charge { kind, amount, reduced, paid } = *rental.charges.get(no).expect("a charge");
    assert_eq!(shouted(&format!("{kind:?}")), a.word());
    let expected = [
        a.money().amount,
        a.minor_option("reduced").unwrap_or(0),
        a.minor_option("paid").unwrap_or(0),
    ];
    assert_eq!([amount, reduced, paid], expected, "amount, reduced, paid");
}

/// `credit alice ACTIVE owed=0.00 held=0.00 left=100.00`, from the accounts.
fn credit(books: &Books, a: &mut Args<'_>) {
    let (user, tables) = (a.id(), books.ledger.tables());
    let no = tables.users.find(&user).expect("a user");
    let line = tables.credit_lines.get(&no).expect("a line of credit");
    let state = format!("{:?}", line.state);
    assert_eq!(shouted(state.split('(').next().unwrap()), a.word());
    let buckets =
        [Class::CreditUnbilled, Class::CreditBilled, Class::CreditInstalment, Class::CreditOverdue];
    let owed = buckets.iter().map(|c| debit(books, *c, user, line.limit.currency)).sum::<u64>();
    let held = debit(books, Class::CreditHeld, user, line.limit.currency);
    let active = line.state == CreditLineState::Active;
    let loans = line.billing.iter().flat_map(|bill| &bill.loans);
    let lent = loans.map(|no| tables.loans.row(*no).owed).sum::<u64>();
    let left = if active { line.limit.amount.saturating_sub(owed + lent + held) } else { 0 };
    for (name, found) in [("owed", owed), ("held", held), ("left", left)] {
        if let Some(expected) = a.minor_option(name) {
            assert_eq!(found, expected, "{name}");
        }
    }
}

/// `bill alice ISSUED 1400.00 min=140.00 unpaid=1400.00 due=2026-02-09`, of the last statement; and
/// what is owed now, from the accounts: `unbilled=`, `billed=`, `overdue=`, `ahead=` in plans,
/// `interest=`, `penalty=` and `fee=`.
fn bill(books: &Books, a: &mut Args<'_>) {
    let (user, tables) = (a.id(), books.ledger.tables());
    let no = tables.users.find(&user).expect("a user");
    let line = tables.credit_lines.get(&no).expect("a line of credit");
    let bill = line.billing.as_ref().expect("a billed line");
    let state = shouted(&format!("{:?}", bill.state));
    assert_eq!(state, a.word());
    if let Some(total) = a.minor_option("total") {
        assert_eq!(bill.total, total, "total");
    }
    let of = |class| debit(books, class, user, line.limit.currency);
    for (name, found) in [
        ("min", bill.minimum),
        ("unpaid", bill.unpaid()),
        ("unbilled", of(Class::CreditUnbilled)),
        ("billed", of(Class::CreditBilled)),
        ("overdue", of(Class::CreditOverdue)),
        ("interest", of(Class::InterestReceivable)),
        ("penalty", of(Class::PenaltyReceivable)),
        ("fee", of(Class::FeeReceivable)),
        ("ahead", of(Class::CreditInstalment)),
    ] {
        if let Some(expected) = a.minor_option(name) {
            assert_eq!(found, expected, "{name}");
        }
    }
    for (name, found) in [("cut", bill.cut_on), ("due", bill.due_on), ("next", bill.next_cut)] {
        if let Some(expected) = a.option(name) {
            assert_eq!(groat_proto::json::date_text(found), expected, "{name}");
        }
    }
}

fn debit(books: &Books, class: Class, owner: Id, currency: groat_ledger::Currency) -> u64 {
    let account = books.ledger.account(&AccountKey::of(class, owner, currency));
    account.map_or(0, |a| u64::try_from(-a.credit_balance()).unwrap())
}
