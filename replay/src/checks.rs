//! Every promise that `verify` checks, by name, as the events of a chain go by. Beside the ledger
//! run naive models ([`crate::naive`]); a check that fails is noted once, the first of all.

mod entries;
mod objects;
mod outcomes;

use crate::follow::{Finding, Place};
use crate::naive::{Answers, Journal, Spending};
use entries::Event;
use groat_shard::{Books, Folded};
use serde::Serialize;

macro_rules! checks {
    ($($(#[$doc:meta])* $check:ident = $rule:literal, $name:literal;)*) => {
        /// A promise, with the number of its invariant in DOMAIN §6.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Check { $($(#[$doc])* $check,)* }

        impl Check {
            /// Every check.
            pub const ALL: &'static [Check] = &[$(Check::$check,)*];

            /// The promise in a few words.
            pub fn name(self) -> &'static str {
                match self { $(Check::$check => $name,)* }
            }

            /// Which invariant of DOMAIN §6 it is.
            pub fn invariant(self) -> u8 {
                match self { $(Check::$check => $rule,)* }
            }
        }
    };
}

checks! {
    /// Debits equal credits in every event and currency.
    EntryBalances = 1, "every entry balances per currency";
    /// The ledger's four counters are the sums of all movements.
    CountersAreSums = 1, "the ledger's counters are the sums of the movements";
    /// Debits equal credits per currency over all accounts, posted and pending.
    TrialBalance = 1, "the trial balance is zero per currency";
    /// After every event, on every account it touched.
    SignRules = 2, "no account breaks its sign rule";
    /// Parsed, hashed, numbered, and each names the one before.
    Chain = 3, "blocks are whole and continue the chain";
    /// One after the other from 1.
    EventNumbers = 3, "event numbers have no gap";
    /// Wherever a header carries one.
    Digests = 3, "the state has the digest recorded";
    /// Its rows are what folding from zero gives.
    Snapshot = 3, "the snapshot is the state after its block";
    /// No command without, none with two.
    OneOutcome = 4, "each command has exactly one outcome";
    /// A retry adds no event.
    HappensOnce = 4, "a command id happens once";
    /// Legs, refunds, fees.
    Payments = 5, "payments: legs = amount, refunded <= paid, fees back <= fee";
    /// What is pending for a merchant and date is what its items sum to, until settled.
    Batches = 12, "batches: pending = receipts - fees - refunds + fees returned";
    /// Windows recomputed from events against the limits in force.
    Limits = 19, "limits in force are kept";
}

/// What went by.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub blocks: u64,
    pub inputs: u64,
    pub commands: u64,
    pub events: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub replayed: u64,
    pub malformed: u64,
}

/// How often a check was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The promise.
    pub check: &'static str,
    /// Its number in DOMAIN §6.
    pub invariant: u8,
    /// How often.
    pub times: u64,
}

/// The checks of one chain.
#[derive(Default)]
pub(crate) struct Checks {
    pub(crate) counts: Counts,
    pub(crate) first: Option<Finding>,
    times: [u64; Check::ALL.len()],
    journal: Journal,
    answers: Answers,
    spending: Spending,
    /// Commands of the current input that wait for their outcome.
    waiting: usize,
    /// Events of the current command, and whether one of them is its rejection.
    own: (u64, bool),
}

type Verdict = Result<(), String>;

impl Checks {
    /// How often each check was made.
    pub(crate) fn made(&self) -> Vec<Checked> {
        let checks = Check::ALL.iter().zip(self.times);
        let made = |(check, times): (&Check, u64)| Checked {
            check: check.name(),
            invariant: check.invariant(),
            times,
        };
        checks.map(made).collect()
    }

    /// Notes the result of a check.
    pub(crate) fn note(&mut self, check: Check, at: &Place<'_>, event: u64, verdict: Verdict) {
        self.times[check as usize] += 1;
        if let (Err(what), None) = (verdict, &self.first) {
            self.first = Some(Finding {
                shard: at.shard,
                block: at.block,
                event,
                byte: Some(at.byte),
                byte_of: "body",
                check: check.name(),
                what,
            });
        }
    }

    /// Checks one thing that a fold shows.
    pub(crate) fn see(&mut self, books: &Books, at: &Place<'_>, folded: &Folded<'_>) {
        match folded {
            Folded::Input(input) => self.input(at, input, books),
            Folded::Event { number, at: time, fact, movements, due } => {
                let (number, time, due) = (*number, *time, *due);
                self.event(books, at, &Event { number, time, fact, movements, due });
            }
            Folded::Decided { command, outcome } => self.decided(books, at, command, outcome),
        }
    }

    /// Checks the state at the end as a whole.
    pub(crate) fn at_end(&mut self, books: &Books, at: &Place<'_>) {
        let event = books.ledger().next_event().saturating_sub(1);
        let tables = books.ledger().tables();
        for no in 0..tables.accounts.next_no() {
            self.note(Check::CountersAreSums, at, event, self.counters(books, no));
            self.note(Check::SignRules, at, event, self.sign_rule(no));
        }
        for no in 0..tables.batches.next_no() {
            self.note(Check::Batches, at, event, self.batch(books, no));
        }
        for payment in tables.payments.rows() {
            self.note(Check::Payments, at, event, objects::payment_holds(books, payment));
        }
        for (currency, off) in self.journal.trial_balance() {
            let verdict = holds(off == (0, 0), || {
                format!("debits and credits in {currency} differ by {off:?} minor units")
            });
            self.note(Check::TrialBalance, at, event, verdict);
        }
    }
}

fn holds(condition: bool, what: impl FnOnce() -> String) -> Verdict {
    if condition { Ok(()) } else { Err(what()) }
}
