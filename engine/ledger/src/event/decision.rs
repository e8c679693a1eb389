//! Events on their way from a rule to the ledger, in buffers that are reused.

use super::Fact;
use crate::account::Movement;

/// What a rule decided: a list of events, built in order in buffers that are reused.
#[derive(Default, Debug)]
pub struct Decision {
    events: Vec<(Fact, usize)>,
    movements: Vec<Movement>,
}

impl Decision {
    /// Forgets the last decision, keeps the buffers.
    pub fn clear(&mut self) {
        self.events.clear();
        self.movements.clear();
    }

    /// Closes an event: the fact and the movements noted since the last one.
    pub(crate) fn record(&mut self, fact: Fact) {
        self.events.push((fact, self.movements.len()));
    }

    pub(crate) fn note(&mut self, movement: Movement) {
        self.movements.push(movement);
    }

    /// The events in order, each with its movements.
    pub fn events(&self) -> impl Iterator<Item = (&Fact, &[Movement])> {
        let mut from = 0;
        self.events.iter().map(move |(fact, to)| {
            let movements = &self.movements[from..*to];
            from = *to;
            (fact, movements)
        })
    }

    /// How many events.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// True before the first event.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(crate) fn movements(&self) -> &[Movement] {
        &self.movements
    }
}
