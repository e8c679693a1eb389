//! Outcomes: one for each command, and none that makes a command happen twice.

use super::apps::OfAnApp;
use super::{Check, Checks, Verdict, holds};
use crate::follow::{Place, commands_of};
use groat_ledger::{EventRange, Id, Rejection};
use groat_proto::v1::outcome::Result as Answer;
use groat_proto::v1::{Input, Outcome};
use groat_shard::Books;

impl Checks {
    pub(super) fn input(&mut self, at: &Place<'_>, input: &Input, books: &Books) {
        self.end_remittance();
        if self.waiting > 0 {
            let (waiting, offset) = (self.waiting, input.offset);
            let what = format!("{waiting} commands of the input before {offset} have no outcome");
            self.note(Check::OneOutcome, at, books.ledger().next_event(), Err(what));
        }
        self.counts.inputs += 1;
        self.waiting = commands_of(&input.record).len();
    }

    /// What another shard sent has no outcome; its events are nobody's.
    pub(super) fn remittance(&mut self, at: &Place<'_>, books: &Books) {
        self.end_remittance();
        if self.waiting > 0 {
            let what = format!("a remittance follows before {} outcomes", self.waiting);
            self.note(Check::OneOutcome, at, books.ledger().next_event(), Err(what));
        }
        self.is_remitted = true;
    }

    fn end_remittance(&mut self) {
        if std::mem::take(&mut self.is_remitted) {
            self.own = (0, false);
            self.of_an_app = OfAnApp::default();
        }
    }

    pub(super) fn decided(
        &mut self,
        books: &Books,
        at: &Place<'_>,
        command: &[u8],
        outcome: &Outcome,
    ) {
        let next = books.ledger().next_event();
        let (events, rejects) = std::mem::take(&mut self.own);
        if events > 0 {
            self.signed(books, at, command, !rejects);
        }
        let too_many = self.waiting == 0;
        self.waiting = self.waiting.saturating_sub(1);
        self.counts.commands += 1;
        let id = outcome.id.map_or(Id::NONE, Id::from);
        let first = next.saturating_sub(events);
        let verdict = match &outcome.result {
            _ if too_many => Err("an outcome follows that no command waits for".into()),
            None => Err("an outcome is empty".into()),
            Some(answer) => self.outcome_fits(answer, outcome.replay, first, events, rejects),
        };
        self.note(Check::OneOutcome, at, next, verdict.map_err(|what| format!("{id}: {what}")));
        if !command.is_empty() && !id.is_none() {
            let once =
                self.happens_once(books, id, outcome, EventRange { first, count: count(events) });
            self.note(Check::HappensOnce, at, next, once);
        }
    }

    /// Counts an outcome; says how it differs from the events before it.
    fn outcome_fits(
        &mut self,
        answer: &Answer,
        replay: bool,
        first: u64,
        events: u64,
        rejects: bool,
    ) -> Verdict {
        let none = |what: &str| holds(events == 0, || format!("{what} has {events} events"));
        if replay {
            self.counts.replayed += 1;
            return none("a repeated answer");
        }
        match answer {
            Answer::Malformed(_) => {
                self.counts.malformed += 1;
                none("a malformed command")
            }
            Answer::Rejected(rejected) => {
                self.counts.rejected += 1;
                let leaves_no_event = [
                    Rejection::IdempotencyConflict,
                    Rejection::CommandTooOld,
                    Rejection::CommandIdInFuture,
                    Rejection::UnknownTenant,
                    Rejection::SignatureMissing,
                    Rejection::SignatureInvalid,
                ];
                let silent = leaves_no_event.iter().any(|r| u32::from(r.code()) == rejected.code);
                let fits = (events == 1 && rejects) || (events == 0 && silent);
                holds(fits, || format!("a rejection has {events} events"))
            }
            Answer::Accepted(accepted) => {
                self.counts.accepted += 1;
                let same = accepted.first_event == first && u64::from(accepted.events) == events;
                holds(same && !rejects && events > 0, || {
                    let (named, count) = (accepted.first_event, accepted.events);
                    format!("it names {count} events from {named}; it has {events} from {first}")
                })
            }
        }
    }

    /// An id has events once; a repeated answer names those.
    fn happens_once(
        &mut self,
        books: &Books,
        id: Id,
        outcome: &Outcome,
        own: EventRange,
    ) -> Verdict {
        let known = self.answers.get(id);
        let named = match &outcome.result {
            Some(Answer::Accepted(a)) => Some(EventRange { first: a.first_event, count: a.events }),
            Some(Answer::Rejected(_) | Answer::Malformed(_)) | None => None,
        };
        let verdict = match known {
            Some(before) if own.count > 0 => {
                Err(format!("{id} has events again; its first are from {}", before.first))
            }
            Some(before) if outcome.replay => holds(named.is_none_or(|n| n == before), || {
                format!("the repeated answer to {id} names other events than the first")
            }),
            _ => Ok(()),
        };
        if known.is_none() {
            let events = if own.count > 0 { Some(own) } else { named.filter(|_| outcome.replay) };
            if let Some(events) = events {
                self.answers.insert(id, events);
            }
        }
        self.answers.forget(books.ledger().now(), books.terms().id_window_ms);
        verdict
    }
}

fn count(events: u64) -> u32 {
    u32::try_from(events).unwrap_or(u32::MAX)
}
