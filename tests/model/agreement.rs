//! The properties.

use crate::books::{Answer, Books, Step, rows};
use crate::naive::{Naive, Sums};
use crate::ops::{Op, op, prologue};
use crate::steps::Bought;
use crate::{hold_invariants, invariants};
use groat_ledger::{Calendar, Ledger};
use proptest::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The counters of every account of the ledger, named as the model names them.
fn sums(ledger: &Ledger) -> Sums {
    let accounts = ledger.tables().accounts.rows();
    let named = accounts.iter().map(|a| {
        let counters = [a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending];
        let name = (a.key.class, a.key.owner, a.key.sub, a.currency);
        (name, counters.map(|counter| i128::try_from(counter).unwrap()))
    });
    named.filter(|(_, counters)| *counters != [0; 4]).collect()
}

fn offset() -> impl Strategy<Value = i32> {
    prop_oneof![Just(0), Just(480), Just(-300)]
}

pub(crate) fn ops(count: usize) -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), 1..count)
}

/// Books after the prologue.
pub(crate) fn opened(calendar: Calendar) -> Books {
    let mut books = Books::new(calendar);
    for body in prologue() {
        assert_eq!(books.ask(body).answer, Answer::Done);
    }
    books
}

fn run(books: &mut Books, ops: &[Op]) -> Vec<Step> {
    ops.iter().map(|op| books.step(op)).collect()
}

pub(crate) fn settings(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(cases);
    // A failing case is printed whole; no file is written into the tree.
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// That model and books agree after a step, and that the books keep their invariants.
fn agree(books: &Books, step: &Step, naive: &mut Naive) {
    let expected = naive.step(step.asked.as_ref(), books.now);
    assert_eq!(step.answer, expected, "the answer to the last step: {:#?}", step.events);
    let (found, expected) = (sums(&books.ledger), naive.sums());
    let differ = found.keys().chain(expected.keys()).filter(|a| found.get(a) != expected.get(a));
    let differ: Vec<_> = differ.map(|a| (a, found.get(a), expected.get(a))).collect();
    assert!(differ.is_empty(), "{differ:?} after the last step: {:#?}", step.events);
    invariants::check(&books.ledger);
    hold_invariants::check(&books.ledger);
    if !books.limit_changed {
        hold_invariants::debts_are_within_limits(&books.ledger);
    }
}

/// Runs a case; where it fails, what was asked step by step is told with it.
fn told(case: impl FnOnce(&mut Vec<String>)) -> Result<(), TestCaseError> {
    let mut steps = Vec::new();
    let run = catch_unwind(AssertUnwindSafe(|| case(&mut steps)));
    run.map_err(|why| {
        let why = why.downcast_ref::<String>().cloned().unwrap_or_default();
        TestCaseError::fail(format!("{why}\n{}", steps.join("\n")))
    })
}

proptest! {
    #![proptest_config(settings(3_000))]

    /// DOMAIN §6, 1 to 3, 5 to 8 and 12.
    #[test]
    fn model_and_ledger_agree_after_every_step(offset in offset(), ops in ops(300)) {
        let calendar = Calendar { day_offset_min: offset };
        told(|steps| {
            let (mut books, mut naive) = (Books::new(calendar), Naive::new(offset));
            let (mut journal, mut bought) = (Vec::new(), Bought::default());
            for body in prologue() {
                let step = books.ask(body);
                agree(&books, &step, &mut naive);
                step.events.iter().for_each(|event| bought.note(&books.ledger, event));
                journal.extend(step.events);
            }
            for op in &ops {
                let step = books.step(op);
                steps.push(format!("{} {:?} {:?}", books.now, step.asked, step.answer));
                agree(&books, &step, &mut naive);
                step.events.iter().for_each(|event| bought.note(&books.ledger, event));
                bought.check(&books.ledger);
                journal.extend(step.events);
                assert_eq!(books.ledger.next_event(), journal.len() as u64 + 1);
            }
            let folded = Books::fold(calendar, &journal);
            assert_eq!(rows(&folded), rows(&books.ledger), "the journal, folded");
            assert_eq!(folded.now(), books.ledger.now());
            assert_eq!(folded.next_event(), books.ledger.next_event());
        })?;
    }
}

proptest! {
    #![proptest_config(settings(800))]

    /// DOMAIN §6, 3: rows put to rest and taken up go on as if nothing had been.
    #[test]
    fn rows_at_rest_go_on_alike(offset in offset(), before in ops(160), after in ops(80)) {
        let mut books = opened(Calendar { day_offset_min: offset });
        run(&mut books, &before);
        let mut rested = Books::from_rest(&books);
        prop_assert_eq!(rows(&rested.ledger), rows(&books.ledger));
        prop_assert_eq!(run(&mut rested, &after), run(&mut books, &after));
        prop_assert_eq!(rows(&rested.ledger), rows(&books.ledger));
    }

    /// What happened since a mark can be forgotten, what is due included.
    #[test]
    fn a_mark_forgets_everything_since(
        before in ops(120), detour in ops(60), after in ops(80)
    ) {
        let mut books = opened(Calendar::default());
        run(&mut books, &before);
        let mut straight = Books::from_rest(&books);
        let (now, asked) = (books.now, books.asked);
        books.ledger.set_mark();
        run(&mut books, &detour);
        books.ledger.back_to_mark();
        (books.now, books.asked) = (now, asked);
        prop_assert_eq!(rows(&books.ledger), rows(&straight.ledger));
        prop_assert_eq!(books.ledger.now(), straight.ledger.now());
        prop_assert_eq!(books.ledger.next_event(), straight.ledger.next_event());
        prop_assert_eq!(run(&mut books, &after), run(&mut straight, &after));
        prop_assert_eq!(rows(&books.ledger), rows(&straight.ledger));
    }

    /// What happened since a mark can be kept, and the mark is then without effect.
    #[test]
    fn a_mark_dropped_changes_nothing(before in ops(120), during in ops(60), after in ops(60)) {
        let mut books = opened(Calendar::default());
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
