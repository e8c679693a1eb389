//! Bills (DOMAIN §6, 13): what each fact tells of a user's or a merchant's money, against what it
//! moved. A fact that tells nothing of bills stands on them by its movements alone. What is found
//! is noted behind what the subjects themselves find, who know better what is wrong.

use super::entries::Event;
use super::{Check, Checks, Touch, touches};
use crate::follow::Place;
use crate::naive::{Moved, frozen, moved};
use crate::names::fact_name;
use groat_ledger::Movement;
use groat_shard::Books;

impl Checks {
    pub(super) fn bill(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let date = books.ledger().calendar().date(event.time);
        let moved = self.moved(event.movements);
        let frozen = frozen(event.movements, |no| self.journal.of(no).map(|sums| sums.key));
        let told = self.bills.follow(event.fact, date, &moved, &frozen).map(|_| ());
        let verdict = told.map_err(|what| format!("{}: {what}", fact_name(event.fact)));
        self.billed.push((Touch { event: event.number, block: at.block, byte: at.byte }, verdict));
    }

    /// Notes what was found since.
    pub(super) fn note_bills(&mut self, shard: u32) {
        for (Touch { event, block, byte }, verdict) in std::mem::take(&mut self.billed) {
            let at = Place { shard, block, byte, command: &[] };
            self.note(Check::BillLines, &at, event, verdict);
        }
    }

    /// A fact that tells no lines moves what it is about and nothing else.
    pub(super) fn unbilled(&mut self, books: &Books, at: &Place<'_>, event: &Event<'_>) {
        let moved = self.moved(event.movements);
        self.bills.count(&moved);
        if moved.is_empty() {
            return;
        }
        let verdict = touches::may_touch(books, event.fact, moved.iter().map(|line| &line.0));
        self.billed.push((Touch { event: event.number, block: at.block, byte: at.byte }, verdict));
    }

    fn moved(&self, movements: &[Movement]) -> Moved {
        moved(movements, |no| self.journal.of(no).map(|sums| sums.key))
    }
}
