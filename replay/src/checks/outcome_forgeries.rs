//! Outcomes, numbers of events, sums of accounts and the limits of a payment: books whose every
//! hash is right and in which something else was asked, answered or counted than was. And what no
//! books can be forged into, as the ledger refuses it first: shown to the check alone.

use super::entries::Event;
use super::forgeries::{Forgery, UNFIT, all_are_found_in, is};
use super::{Check, Checks, objects};
use crate::follow::{Finding, Follower, Place, read_chain};
use crate::naive::Journal;
use crate::sample::{self, Day, chain_of, forged, with_frames};
use crate::verify::verify;
use groat_ledger::{
    AccountKey, AccountNo, Class, Currency, Fact, FeeRefund, Id, Layer, Movement, Payment,
    PaymentState, Reference, Refund, Rejection,
};
use groat_proto::Message;
use groat_proto::v1::{BlockHeader, Decided, Earlier, Input, Record, event};
use groat_shard::FrameKind;

/// The first thing found in the day with `edit` made to each header and frame.
fn found(
    header: impl Fn(&mut BlockHeader),
    mut edit: impl FnMut(FrameKind, &mut Vec<u8>),
) -> Finding {
    let blocks = forged(&sample::day().blocks, |of, body| {
        sample::without_digests(of);
        *body = with_frames(of, body, &mut edit);
        header(of);
    });
    verify(chain_of(blocks), &mut |_, _| {}).unwrap().first_bad.unwrap()
}

/// With `edit` made to how the `nth` command of the day was answered.
fn answered(nth: u32, edit: fn(&mut Decided)) -> Finding {
    let mut left = nth + 1;
    let edit = |kind, message: &mut Vec<u8>| {
        left -= u32::from(kind == FrameKind::Decided && left > 0);
        if kind == FrameKind::Decided && left == 0 {
            left = u32::MAX;
            let mut decided = Decided::decode(message.as_slice()).unwrap();
            edit(&mut decided);
            *message = decided.encode_to_vec();
        }
    };
    found(|_| (), edit)
}

/// The books at the end of some days.
fn follower_of(day: &Day) -> Follower {
    read_chain(day.chain(), &mut |_, _| {}, |_, _, _| {}).unwrap()
}

/// Commands of the day, by their turn.
const OPENED: u32 = 0;
const REPEATED: u32 = 11;
const MALFORMED: u32 = 12;

/// The turn of a command, what is done to its answer, and who finds it in which words.
type Forged = (u32, fn(&mut Decided), Check, &'static str);

#[test]
fn outcomes() {
    let forgeries: &[Forged] = &[
        (
            OPENED,
            |decided| decided.earlier = Some(Earlier { first_event: 1, events: 2, rejected: 0 }),
            Check::OneOutcome,
            "a repeated answer has 2 events",
        ),
        (
            OPENED,
            |decided| decided.refused = Rejection::CommandTooOld.code().into(),
            Check::OneOutcome,
            "a rejection has 2 events",
        ),
        (OPENED, |d| d.malformed = true, Check::OneOutcome, "a malformed command has 2 events"),
        (MALFORMED, |d| d.malformed = false, Check::OneOutcome, "it names 0 events from"),
        (REPEATED, |decided| decided.earlier = None, Check::OneOutcome, "it names 0 events from"),
        (
            REPEATED,
            |decided| decided.earlier.as_mut().unwrap().first_event += 1,
            Check::HappensOnce,
            "names other events than the first",
        ),
    ];
    for (nth, edit, check, what) in forgeries {
        let finding = answered(*nth, *edit);
        assert_eq!(finding.check, check.name(), "{finding}");
        assert!(finding.what.contains(what), "{finding}");
    }
}

/// A command under the id of another that has happened.
#[test]
fn an_id_that_happens_twice() {
    let mut first = None;
    let finding = found(
        |_| (),
        |kind, message| {
            if kind != FrameKind::Input {
                return;
            }
            let mut input = Input::decode(message.as_slice()).unwrap();
            let mut record = Record::decode(input.record.as_slice()).unwrap_or_default();
            let Some(command) = record.commands.first_mut() else { return };
            command.id = *first.get_or_insert(command.id);
            input.record = record.encode_to_vec();
            *message = input.encode_to_vec();
        },
    );
    assert_eq!(finding.check, Check::HappensOnce.name(), "{finding}");
    assert!(finding.what.contains("has events again; its first are from 1"), "{finding}");
}

/// Blocks that leave a number of an event out, have one twice, or count more or fewer than they
/// have.
#[test]
fn numbers_of_events() {
    type Edit = fn(&mut BlockHeader);
    let forgeries: &[(Edit, &str, &str)] = &[
        (|header| header.first_event += 1, Check::Chain.name(), "its first event is 11; the next"),
        (|header| header.first_event -= 1, Check::Chain.name(), "its first event is 9; the next"),
        (|header| header.events += 1, UNFIT, "the header counts other events"),
        (|header| header.events -= 1, UNFIT, "the header counts other events"),
    ];
    for (edit, check, what) in forgeries {
        let in_second = |header: &mut BlockHeader| {
            if header.number == 2 {
                edit(header);
            }
        };
        let finding = found(in_second, |_, _| ());
        assert_eq!((finding.check, finding.block), (*check, 2), "{finding}");
        assert!(finding.what.contains(what), "{finding}");
    }
}

/// Events that come with other numbers than they have by their turn: no header says so, but the
/// check does not take its word.
#[test]
fn an_event_out_of_turn() {
    let follower = follower_of(&sample::day());
    let books = follower.books().unwrap();
    let mut checks = Checks::default();
    for (turn, number) in [1, 2, 4].into_iter().enumerate() {
        let fact = Fact::ClockAdvanced { to: 0 };
        let event = Event { number, time: 0, fact: &fact, movements: &[], due: false };
        let at = Place { shard: 0, block: 0, byte: 0, command: &[] };
        checks.event(books, &at, &event);
        assert_eq!(checks.first.is_some(), turn == 2, "event {number}");
    }
    let finding = checks.first.unwrap();
    assert_eq!(finding.check, Check::EventNumbers.name());
    assert_eq!(finding.what, "event 4 stands where event 3 is expected");
}

/// One entry between accounts of two currencies, which [`groat_ledger::Ledger::check`] refuses.
#[test]
fn sums_of_accounts() {
    let mut journal = Journal::default();
    let dollars: Currency = "USD".parse().unwrap();
    for (number, currency) in (0..).zip([Currency::CNY, Currency::CNY, dollars]) {
        let key = AccountKey::of(Class::UserAvailable, Id(number.into()), currency);
        journal.open(number, &key, currency, key.class.sign_rule()).unwrap();
    }
    let moved =
        |debit: AccountNo, credit: AccountNo, layer| [Movement { debit, credit, amount: 5, layer }];
    let balance = |journal: &Journal, currency| journal.trial_balance()[&currency];
    assert_eq!(journal.post(&moved(0, 1, Layer::Posted)), Ok(()));
    assert_eq!(balance(&journal, Currency::CNY), (0, 0));
    let unbalanced = journal.post(&moved(0, 2, Layer::Posted)).unwrap_err();
    assert!(unbalanced.contains("in CNY differ by 5 minor units in one event"), "{unbalanced}");
    assert_eq!(balance(&journal, Currency::CNY), (5, 0));
    assert!(journal.post(&moved(1, 2, Layer::Pending)).is_err());
    assert_eq!(balance(&journal, dollars), (-5, -5));
    assert_eq!(
        journal.post(&moved(0, 3, Layer::Posted)).unwrap_err(),
        "account 3 was never opened"
    );
}

/// Accounts have other counters than what moved on them sums to, one at a time.
#[test]
fn counters_of_accounts() {
    let follower = follower_of(&sample::day());
    let account = follower.books().unwrap().ledger().tables().accounts.row(0);
    let mut journal = Journal::default();
    journal.open(0, &account.key, account.currency, account.sign_rule).unwrap();
    let sums = &mut journal.accounts[0];
    let counter = |counter: u128| i128::try_from(counter).unwrap();
    sums.debits = counter(account.debits_posted);
    sums.credits = counter(account.credits_posted);
    sums.debits_pending = counter(account.debits_pending);
    sums.credits_pending = counter(account.credits_pending);
    assert!(sums.are_those_of(account) && sums.debits + sums.credits > 0);
    for counter in 0..4 {
        let mut other = *account;
        *[
            &mut other.debits_posted,
            &mut other.credits_posted,
            &mut other.debits_pending,
            &mut other.credits_pending,
        ][counter] += 1;
        assert!(!sums.are_those_of(&other), "counter {counter}");
    }
}

/// What a payment may be refunded and given back of its fee. The ledger refuses most of it.
#[test]
fn limits_of_a_payment() {
    let forgeries: &[Forgery] = &[
        (Check::Payments, "p2 is fully refunded with 3 of its fee of 4 returned", |event| {
            if let Some(event::Fact::FeeReturned(f)) = &mut event.fact
                && is(f.payment, "p2")
            {
                f.amount -= 1;
                event.movements[0].amount -= 1;
            }
        }),
        (Check::Payments, "refused: more fee is returned than due", |event| {
            if let Some(event::Fact::FeeReturned(f)) = &mut event.fact
                && is(f.payment, "p2")
            {
                f.amount += 1;
            }
        }),
        (Check::Payments, "refused: more is refunded than was paid", |event| {
            if let Some(event::Fact::RefundSucceeded(f)) = &mut event.fact
                && is(f.payment, "p2")
            {
                f.amount += 1;
            }
        }),
    ];
    all_are_found_in(&sample::billed_days(), forgeries);
    let follower = follower_of(&sample::billed_days());
    let books = follower.books().unwrap();
    let tables = books.ledger().tables();
    let paid = tables.payments.get(&"p1".parse().unwrap()).unwrap();
    let seller = tables.merchants.row(paid.merchant);
    assert_eq!(seller.terms.fee_refund, FeeRefund::Proportional);
    assert!(paid.amount.amount > paid.refunded() && paid.fee > paid.fee_returned);
    type Edit = (&'static str, fn(&mut Payment));
    let edits: &[Edit] = &[
        ("more than was paid", |p| {
            let events = p.refunds[0].events;
            let out_request_no = Reference::new("more").unwrap();
            p.refunds.push(Refund { out_request_no, amount: p.amount.amount, events });
        }),
        ("and disputed", |p| p.disputed = p.amount.amount - p.refunded() + 1),
        ("of its fee of", |p| p.fee_returned = p.fee + 1),
        ("is fully refunded with", |p| p.state = PaymentState::Refunded),
        ("not to its amount", |p| p.balance += 1),
        ("more than was paid", |p| p.user = None),
    ];
    assert_eq!(objects::payment_holds(books, paid), Ok(()));
    for (what, edit) in edits {
        let mut other = paid.clone();
        edit(&mut other);
        let verdict = objects::payment_holds(books, &other).unwrap_err();
        assert!(verdict.contains(what), "{verdict}");
    }
}
