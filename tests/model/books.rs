//! The ledger as a shard drives it: dues first, then the command, then its events.

use crate::ops::{Op, named};
use groat_ledger::table::Table;
use groat_ledger::{
    Calendar, Command, Decision, Fact, Id, Ledger, Movement, Refusal, Tables, project,
};

/// 2026-01-31T09:30:00Z.
pub(crate) const START_MS: u64 = 1_769_851_800_000;

/// An event with its movements and time.
pub(crate) type Event = (Fact, Vec<Movement>, u64);

/// What became of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    Done,
    Again,
    Refused,
}

pub(crate) struct Books {
    pub(crate) ledger: Ledger,
    pub(crate) now: u64,
}

impl Books {
    pub(crate) fn new(calendar: Calendar) -> Books {
        Books { ledger: Ledger::new(calendar), now: START_MS }
    }

    /// Books from rows at rest.
    pub(crate) fn from_rest(other: &Books) -> Books {
        let (now, next) = (other.ledger.now(), other.ledger.next_event());
        let rows = at_rest(&other.ledger);
        let ledger = Ledger::from_rest(other.ledger.calendar(), now, next, rows).unwrap();
        Books { ledger, now: other.now }
    }

    /// Books from events alone.
    pub(crate) fn fold(calendar: Calendar, journal: &[Event]) -> Ledger {
        let mut ledger = Ledger::new(calendar);
        for (fact, movements, at) in journal {
            assert_eq!(ledger.check(fact, movements), Ok(()), "{fact:?}");
            ledger.apply(fact, movements, *at);
        }
        ledger
    }

    /// One step: its answer and all its events, what fell due included.
    pub(crate) fn step(&mut self, op: &Op) -> (Answer, Vec<Event>) {
        self.now = op.time(self.now);
        let mut events = Vec::new();
        let mut decision = Decision::default();
        while let Some(due) = self.ledger.next_due(self.now) {
            self.ledger.decide_due(due, &mut decision);
            self.apply(&decision, due.at, &mut events);
        }
        let order = |p: u8| {
            let payment = self.ledger.tables().payments.get(&named('p', p));
            payment.map_or(100, |p| p.amount.amount)
        };
        let Some((id, body)) = op.body(order) else { return (Answer::Done, events) };
        let id = id.unwrap_or(Id(1 << 120));
        let known = self.ledger.tables().pending.find(&id).is_some();
        if known {
            // A shard answers an id that was seen before; it does not reach the ledger.
            return (Answer::Again, events);
        }
        match self.ledger.decide(&Command { id, body }, self.now, &mut decision) {
            Ok(()) => {
                self.apply(&decision, self.now, &mut events);
                (Answer::Done, events)
            }
            Err(Refusal::Repeat(_)) => (Answer::Again, events),
            Err(Refusal::Rejected(rejection)) => {
                let fact = Fact::CommandRejected { rejection };
                self.ledger.apply(&fact, &[], self.now);
                events.push((fact, Vec::new(), self.now));
                (Answer::Refused, events)
            }
        }
    }

    fn apply(&mut self, decision: &Decision, at: u64, events: &mut Vec<Event>) {
        for (fact, movements) in decision.events() {
            assert_eq!(self.ledger.check(fact, movements), Ok(()), "{fact:?}");
            self.ledger.apply(fact, movements, at);
            project(&self.ledger, fact, movements, |told| assert!(!told.key().is_none()));
            events.push((fact.clone(), movements.to_vec(), at));
        }
    }
}

/// Every row of every table, as text: two ledgers with the same rows are the same.
pub(crate) fn rows(ledger: &Ledger) -> String {
    let t = ledger.tables();
    let money = format!("{:?}\n{:?}\n", t.accounts.rows(), t.pending.rows());
    let parties = format!("{:?}\n{:?}\n{:?}\n", t.apps.rows(), t.users.rows(), t.merchants.rows());
    let rest = format!("{:?}\n{:?}\n{:?}\n", t.limits.rows(), t.holds.rows(), t.payouts.rows());
    let orders = format!("{:?}\n{:?}\n", t.receipts.rows(), t.payments.rows());
    format!("{money}{parties}{rest}{orders}{:?}", t.batches.rows())
}

/// The rows as a snapshot would give them back.
fn at_rest(ledger: &Ledger) -> Tables {
    let t = ledger.tables();
    let mut rest = Tables::default();
    rest.accounts = Table::from_rows(t.accounts.rows().to_vec()).unwrap();
    rest.pending = Table::from_rows(t.pending.rows().to_vec()).unwrap();
    rest.apps = Table::from_rows(t.apps.rows().to_vec()).unwrap();
    rest.users = Table::from_rows(t.users.rows().to_vec()).unwrap();
    rest.merchants = Table::from_rows(t.merchants.rows().to_vec()).unwrap();
    rest.limits = Table::from_rows(t.limits.rows().to_vec()).unwrap();
    rest.holds = Table::from_rows(t.holds.rows().to_vec()).unwrap();
    rest.payouts = Table::from_rows(t.payouts.rows().to_vec()).unwrap();
    rest.receipts = Table::from_rows(t.receipts.rows().to_vec()).unwrap();
    rest.payments = Table::from_rows(t.payments.rows().to_vec()).unwrap();
    rest.batches = Table::from_rows(t.batches.rows().to_vec()).unwrap();
    rest
}
