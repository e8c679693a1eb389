//! The ledger as a shard drives it: dues first, then the command, then its events.

use crate::ops::Op;
use crate::steps::Before;
use groat_ledger::table::Table;
use groat_ledger::{
    Body, Calendar, Command, Decision, Fact, Id, Ledger, Movement, Place, Refusal, Rejection,
    Tables, project,
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
    Refused(Rejection),
}

/// A step: what was asked, its answer, and all its events, what fell due included.
#[derive(PartialEq, Debug)]
pub(crate) struct Step {
    pub(crate) asked: Option<Command>,
    pub(crate) answer: Answer,
    pub(crate) events: Vec<Event>,
}

pub(crate) use groat_tests::rows::rows;

pub(crate) struct Books {
    pub(crate) ledger: Ledger,
    pub(crate) now: u64,
    /// How many commands were asked.
    pub(crate) asked: u64,
    /// A limit of credit was changed, so a debt may be beyond it.
    pub(crate) limit_changed: bool,
}

impl Books {
    pub(crate) fn new(calendar: Calendar) -> Books {
        Books { ledger: Ledger::new(calendar), now: START_MS, asked: 0, limit_changed: false }
    }

    /// Books from rows at rest.
    pub(crate) fn from_rest(other: &Books) -> Books {
        let (now, next) = (other.ledger.now(), other.ledger.next_event());
        let rows = at_rest(&other.ledger);
        let ledger =
            Ledger::from_rest(other.ledger.calendar(), Place::default(), now, next, rows).unwrap();
        Books { ledger, ..*other }
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

    /// One step.
    pub(crate) fn step(&mut self, op: &Op) -> Step {
        self.now = op.time(&mut self.ledger, self.now);
        let mut events = Vec::new();
        self.pay_dues(&mut events);
        let id = self.next_id();
        let Some(command) = op.command(&self.ledger, self.now, id) else {
            return Step { asked: None, answer: Answer::Done, events };
        };
        let answer = self.decide(&command, &mut events);
        Step { asked: Some(command), answer, events }
    }

    /// A step that asks this.
    pub(crate) fn ask(&mut self, body: Body) -> Step {
        let command = Command { id: self.next_id(), app: Id::NONE, body };
        let mut events = Vec::new();
        self.pay_dues(&mut events);
        let answer = self.decide(&command, &mut events);
        Step { asked: Some(command), answer, events }
    }

    /// An id of now that no command had.
    fn next_id(&mut self) -> Id {
        self.asked += 1;
        Id((u128::from(self.now) << 80) | u128::from(self.asked))
    }

    fn pay_dues(&mut self, events: &mut Vec<Event>) {
        let mut decision = Decision::default();
        while let Some(due) = self.ledger.next_due(self.now) {
            self.ledger.decide_due(due, &mut decision);
            self.apply(&decision, due.at.max(self.ledger.now()), events);
            assert!(events.len() < 10_000, "what is due is never done: {due:?}");
        }
    }

    fn decide(&mut self, command: &Command, events: &mut Vec<Event>) -> Answer {
        let mut decision = Decision::default();
        let Command { id, app, body } = command;
        match self.ledger.decide_for(*app, *id, body, self.now, &mut decision) {
            Ok(()) => {
                self.apply(&decision, self.now, events);
                Answer::Done
            }
            Err(Refusal::Repeat(_)) => Answer::Again,
            Err(Refusal::Rejected(rejection)) => {
                let fact = Fact::CommandRejected { rejection };
                self.ledger.apply(&fact, &[], self.now);
                events.push((fact, Vec::new(), self.now));
                Answer::Refused(rejection)
            }
        }
    }

    fn apply(&mut self, decision: &Decision, at: u64, events: &mut Vec<Event>) {
        assert!(!decision.is_empty(), "what happens leaves an event");
        let (before, first) = (Before::of(&self.ledger), events.len());
        for (fact, movements) in decision.events() {
            assert_eq!(self.ledger.check(fact, movements), Ok(()), "{fact:?}");
            self.ledger.apply(fact, movements, at);
            self.limit_changed |= matches!(fact, Fact::LimitAdjusted { .. });
            project(&self.ledger, fact, movements, |told| assert!(!told.key().is_none()));
            events.push((fact.clone(), movements.to_vec(), at));
        }
        before.check(&self.ledger, &events[first..]);
    }
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
    rest.authorizations = Table::from_rows(t.authorizations.rows().to_vec()).unwrap();
    rest.credit_lines = Table::from_rows(t.credit_lines.rows().to_vec()).unwrap();
    rest.rentals = Table::from_rows(t.rentals.rows().to_vec()).unwrap();
    rest.items = Table::from_rows(t.items.rows().to_vec()).unwrap();
    rest.campaigns = Table::from_rows(t.campaigns.rows().to_vec()).unwrap();
    rest.coupon_templates = Table::from_rows(t.coupon_templates.rows().to_vec()).unwrap();
    rest.coupons = Table::from_rows(t.coupons.rows().to_vec()).unwrap();
    rest.coupon_counts = Table::from_rows(t.coupon_counts.rows().to_vec()).unwrap();
    rest.packets = Table::from_rows(t.packets.rows().to_vec()).unwrap();
    rest.packet_claims = Table::from_rows(t.packet_claims.rows().to_vec()).unwrap();
    rest.invoices = Table::from_rows(t.invoices.rows().to_vec()).unwrap();
    rest.disputes = Table::from_rows(t.disputes.rows().to_vec()).unwrap();
    rest.app_grants = Table::from_rows(t.app_grants.rows().to_vec()).unwrap();
    rest.app_uses = Table::from_rows(t.app_uses.rows().to_vec()).unwrap();
    rest.plans = Table::from_rows(t.plans.rows().to_vec()).unwrap();
    rest.card_templates = Table::from_rows(t.card_templates.rows().to_vec()).unwrap();
    rest.cards = Table::from_rows(t.cards.rows().to_vec()).unwrap();
    rest.loans = Table::from_rows(t.loans.rows().to_vec()).unwrap();
    rest.quotes = Table::from_rows(t.quotes.rows().to_vec()).unwrap();
    rest.code_uses = Table::from_rows(t.code_uses.rows().to_vec()).unwrap();
    rest.royalty_relations = Table::from_rows(t.royalty_relations.rows().to_vec()).unwrap();
    rest
}
