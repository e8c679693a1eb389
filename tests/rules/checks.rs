//! Verbs of the tables that only look: balances, counters and states after the lines above.

use crate::table::Books;
use crate::words::{Args, class, date, id, money, signed_money};
use groat_ledger::money::major_text;
use groat_ledger::{Account, AccountKey, Currency, Id, Kind};

/// True when the verb is a check; a check that does not hold fails.
pub(crate) fn check(books: &Books, verb: &str, a: &mut Args<'_>) -> bool {
    match verb {
        "balance" => balance(books, a),
        "counters" => counters(books, a),
        "state" => state(books, a),
        "fee" => fee(books, a),
        "refunded" => {
            let payment = books.ledger.tables().payments.get(&a.id()).expect("a payment");
            assert_eq!(payment.refunded(), a.money().amount, "refunded");
        }
        "held" => {
            let hold = books.ledger.tables().holds.get(&a.id()).expect("a hold");
            assert_eq!(hold.rest, a.money().amount, "rest of the hold");
        }
        "unmatched" => {
            let receipt = books.ledger.tables().receipts.get(&a.reference()).expect("a receipt");
            assert_eq!(receipt.unmatched, a.money(), "unmatched");
        }
        "batch" => batch(books, a),
        "invoice" => invoice(books, a),
        "events" => assert_eq!(books.events, a.rest(), "events of the last line"),
        "told" => assert_eq!(books.told, a.rest(), "settlements of the last line"),
        _ => return crate::hold_checks::check(books, verb, a),
    }
    true
}

/// `balance class owner amount` with the balance on the class's own side; owner `-` is the house,
/// `shop@2026-01-31` is a sub-ledger. An account that does not exist has a balance of zero.
fn balance(books: &Books, a: &mut Args<'_>) {
    let (class, owner) = (class(a.word()), a.word());
    let (expected, currency) = signed_money(a.word());
    let (name, sub) = match owner.split_once('@') {
        Some((name, day)) => (name, date(day)),
        None => (owner, 0),
    };
    let owner = if name == "-" { Id::NONE } else { id(name) };
    let key = match class.kind() {
        Kind::Ledger => AccountKey::ledger(owner),
        _ => AccountKey { sub, ..AccountKey::of(class, owner, currency) },
    };
    let credit = books.ledger.account(&key).map_or(0, Account::credit_balance);
    let found = match class.kind() {
        // Set aside against assets.
        Kind::Asset if class == groat_ledger::Class::LossAllowance => credit,
        Kind::Asset | Kind::Expense => -credit,
        _ => credit,
    };
    assert_same(found, expected, currency);
}

/// `counters a debits credits pending-debits pending-credits` of a ledger account.
fn counters(books: &Books, a: &mut Args<'_>) {
    let account = books.ledger.account(&AccountKey::ledger(a.id())).expect("a ledger account");
    let found = [
        account.debits_posted,
        account.credits_posted,
        account.debits_pending,
        account.credits_pending,
    ];
    for (found, word) in found.into_iter().zip(a.rest()) {
        let (expected, currency) = signed_money(word);
        assert_same(i128::try_from(found).unwrap(), expected, currency);
    }
}

/// `state p1 PAID`: of the payment, payout, dispute, card, pending transfer or coupon of that id.
fn state(books: &Books, a: &mut Args<'_>) {
    let (id, tables) = (a.id(), books.ledger.tables());
    let payment = tables.payments.get(&id).map(|p| format!("{:?}", p.state));
    let payout = || tables.payouts.get(&id).map(|p| format!("{:?}", p.state));
    let pending = || tables.pending.get(&id).map(|p| format!("{:?}", p.state));
    let coupon = || tables.coupons.get(&id).map(|c| format!("{:?}", c.state));
    let dispute = || tables.disputes.get(&id).map(|d| format!("{:?}", d.state));
    let card = || tables.cards.get(&id).map(|c| format!("{:?}", c.state));
    let payout = || payout().or_else(dispute).or_else(card);
    let found =
        payment.or_else(payout).or_else(pending).or_else(coupon).expect("something with a state");
    assert_eq!(shouted(&found), a.word());
}

/// `fee p1 charged returned`.
fn fee(books: &Books, a: &mut Args<'_>) {
    let payment = books.ledger.tables().payments.get(&a.id()).expect("a payment");
    let (charged, returned) = (a.money(), a.money());
    assert_eq!((payment.fee, payment.fee_returned), (charged.amount, returned.amount), "fee");
}

/// `batch shop 2026-01-31 CUT net`: the net is that of its items, also after settlement.
fn batch(books: &Books, a: &mut Args<'_>) {
    let tables = books.ledger.tables();
    let merchant = tables.merchants.find(&a.id()).expect("a merchant");
    let batch = tables.batches.get(&(merchant, date(a.word()))).expect("a batch of that date");
    assert_eq!(shouted(&format!("{:?}", batch.state)), a.word());
    let taken = batch.fees + batch.refunds + batch.disputes + batch.confirmed + batch.royalties;
    let net = batch.receipts + batch.fees_returned + batch.royalties_returned - taken;
    assert_eq!(net, money(a.word()).amount, "net of the batch");
}

/// `invoice i1 PARTLY_REVERSED ex-tax tax left=69.99 back=26.55+3.45`.
fn invoice(books: &Books, a: &mut Args<'_>) {
    let invoice = books.ledger.tables().invoices.get(&a.id()).expect("an invoice");
    assert_eq!(shouted(&format!("{:?}", invoice.state)), a.word());
    let (ex_tax, tax) = (a.money().amount, a.money().amount);
    assert_eq!((invoice.ex_tax, invoice.tax), (ex_tax, tax), "without tax, and tax");
    assert_eq!(Some(invoice.left()), a.minor_option("left"), "left of the invoice");
    let back = a.option("back").map_or((0, 0), |text| {
        let (ex_tax, tax) = text.split_once('+').expect("26.55+3.45");
        (money(ex_tax).amount, money(tax).amount)
    });
    assert_eq!(invoice.reversed(), back, "reversed");
}

/// `PartiallyRefunded` as `PARTIALLY_REFUNDED`.
pub(crate) fn shouted(name: &str) -> String {
    let mut text = String::new();
    for (at, c) in name.char_indices() {
        if at > 0 && c.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(c.to_ascii_uppercase());
    }
    text
}

fn assert_same(found: i128, expected: i128, currency: Currency) {
    let (found, expected) = (major_text(found, currency), major_text(expected, currency));
    assert_eq!(found, expected, "{currency}");
}

#[test]
fn states_are_written_as_in_the_rule_book() {
    assert_eq!(shouted("PartiallyRefunded"), "PARTIALLY_REFUNDED");
}
