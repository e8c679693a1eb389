//! The properties.

use crate::books::{Answer, Books, Event, rows};
use crate::invariants;
use crate::naive::{Naive, Sums};
use crate::ops::{Op, op, prologue};
use groat_ledger::{Calendar, Ledger};
use proptest::prelude::*;

/// The counters of every account of the ledger, named as the model names them.
fn sums(ledger: &Ledger) -> Sums {
    let accounts = ledger.tables().accounts.rows();
    let named = accounts.iter().map(|a| {
        let name = format!("{}/{}/{}/{}", a.key.class.name(), a.key.owner, a.key.sub, a.currency);
        let counters = [a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending];
        (name, counters.map(|counter| i128::try_from(counter).unwrap()))
    });
    named.filter(|(_, counters)| *counters != [0; 4]).collect()
}

fn offset() -> impl Strategy<Value = i32> {
    prop_oneof![Just(0), Just(480), Just(-300)]
}

fn ops(count: usize) -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), count / 2..count)
}

fn run(books: &mut Books, ops: &[Op]) -> Vec<(Answer, Vec<Event>)> {
    ops.iter().map(|op| books.step(op)).collect()
}

fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(cases);
    // A failing case is printed whole; no file is written into the tree.
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(800))]

    /// DOMAIN §6, 1 to 3, 5 and 12; STYLE, habit 25.
    #[test]
    fn model_and_ledger_agree_after_every_step(offset in offset(), ops in ops(160)) {
        let calendar = Calendar { day_offset_min: offset };
        let (mut books, mut naive) = (Books::new(calendar), Naive::new(offset));
        let mut journal = Vec::new();
        for op in prologue().iter().chain(&ops) {
            let (answer, events) = books.step(op);
            let expected = naive.step(op, books.now);
            prop_assert_eq!(answer, expected, "answer to {:?}: {:?}", op, events.last());
            prop_assert_eq!(sums(&books.ledger), naive.sums(), "after {:?}", op);
            invariants::check(&books.ledger);
            journal.extend(events);
            prop_assert_eq!(books.ledger.next_event(), journal.len() as u64 + 1);
        }
        let folded = Books::fold(calendar, &journal);
        prop_assert_eq!(rows(&folded), rows(&books.ledger), "the journal, folded");
        prop_assert_eq!(folded.now(), books.ledger.now());
        prop_assert_eq!(folded.next_event(), books.ledger.next_event());
    }
}

proptest! {
    #![proptest_config(config(300))]

    /// DOMAIN §6, 3: rows put to rest and taken up go on as if nothing had been.
    #[test]
    fn rows_at_rest_go_on_alike(offset in offset(), before in ops(120), after in ops(60)) {
        let mut books = Books::new(Calendar { day_offset_min: offset });
        run(&mut books, &prologue());
        run(&mut books, &before);
        let mut rested = Books::from_rest(&books);
        prop_assert_eq!(rows(&rested.ledger), rows(&books.ledger));
        prop_assert_eq!(run(&mut rested, &after), run(&mut books, &after));
        prop_assert_eq!(rows(&rested.ledger), rows(&books.ledger));
    }

    /// What happened since a mark can be forgotten, what is due included.
    #[test]
    fn a_mark_forgets_everything_since(
        before in ops(100), detour in ops(40), after in ops(60)
    ) {
        let mut books = Books::new(Calendar::default());
        run(&mut books, &prologue());
        run(&mut books, &before);
        let mut straight = Books::from_rest(&books);
        let now = books.now;
        books.ledger.set_mark();
        run(&mut books, &detour);
        books.ledger.back_to_mark();
        books.now = now;
        prop_assert_eq!(rows(&books.ledger), rows(&straight.ledger));
        prop_assert_eq!(books.ledger.now(), straight.ledger.now());
        prop_assert_eq!(books.ledger.next_event(), straight.ledger.next_event());
        prop_assert_eq!(run(&mut books, &after), run(&mut straight, &after));
        prop_assert_eq!(rows(&books.ledger), rows(&straight.ledger));
    }

    /// What happened since a mark can be kept, and the mark is then without effect.
    #[test]
    fn a_mark_dropped_changes_nothing(before in ops(100), during in ops(40), after in ops(40)) {
        let mut books = Books::new(Calendar::default());
        run(&mut books, &prologue());
        run(&mut books, &before);
        let mut unmarked = Books::from_rest(&books);
        books.ledger.set_mark();
        prop_assert_eq!(run(&mut books, &during), run(&mut unmarked, &during));
        books.ledger.drop_mark();
        books.ledger.back_to_mark();
        prop_assert_eq!(run(&mut books, &after), run(&mut unmarked, &after));
        prop_assert_eq!(rows(&books.ledger), rows(&unmarked.ledger));
    }
}

/// A model that agrees to everything would be of no use: most steps are to happen, and some not.
#[test]
fn random_steps_are_worth_their_time() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut done, mut refused, mut names) = (0, 0, std::collections::BTreeSet::new());
    for _ in 0..100 {
        let steps = ops(160).new_tree(&mut runner).unwrap().current();
        let mut books = Books::new(Calendar::default());
        run(&mut books, &prologue());
        for (answer, events) in run(&mut books, &steps) {
            match answer {
                Answer::Done => done += 1,
                Answer::Refused => refused += 1,
                Answer::Again => {}
            }
            names.extend(events.iter().map(|(fact, ..)| {
                let name = format!("{fact:?}");
                name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
            }));
        }
    }
    assert!(done > refused / 4 && refused > done / 10, "{done} done, {refused} refused");
    for name in [
        "TransferPosted",
        "TransferCompleted",
        "TransferVoided",
        "TransferExpired",
        "HoldReleased",
        "HoldSeized",
        "PayoutConfirmed",
        "PayoutFailed",
        "AdjustmentPosted",
        "PaymentPaid",
        "PaymentClosed",
        "FeeReturned",
        "RefundSucceeded",
        "PaymentCancelled",
        "PaymentFinished",
        "BatchSettled",
    ] {
        assert!(names.contains(name), "no step led to {name}: {names:?}");
    }
}
