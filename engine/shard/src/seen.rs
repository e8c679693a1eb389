//! Ids of commands and their first answers, for a window of stream time.
//!
//! Ids are kept by the hour of the time they carry, so that forgetting drops whole hours. An id
//! older than the window is refused before it is looked up: forgetting never makes it new again.

use groat_ledger::index::{Index, Lookups};
use groat_ledger::{EventRange, Id, Rejection};
use std::collections::BTreeMap;

const HOUR_MS: u64 = 3_600_000;

/// A command id, a fingerprint of its command's bytes, and the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// The id.
    pub id: Id,
    /// Of the command's bytes.
    pub fingerprint: u64,
    /// What was answered.
    pub answer: Answer,
}

/// The first answer to a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It happened: these events.
    Accepted(EventRange),
    /// It was refused, by this event.
    Rejected(EventRange, Rejection),
}

/// See the module.
pub struct SeenIds {
    window_ms: u64,
    hours: BTreeMap<u64, Hour>,
    mark: Option<Vec<Id>>,
    rest: Option<Rest>,
}

/// The answers that there were at one moment, of which some are still to be read. Answers never
/// change; only hours that are forgotten meanwhile must be held.
struct Rest {
    /// Hours and how many answers each had, the first to be read last.
    hours: Vec<(u64, usize)>,
    /// Answers read of the last of them.
    read: usize,
    forgotten: BTreeMap<u64, Hour>,
}

struct Hour {
    rows: Vec<Seen>,
    index: Index<Id>,
}

impl Hour {
    fn new() -> Hour {
        Hour { rows: Vec::new(), index: Index::new(Lookups::Newest) }
    }

    fn find(&self, id: Id) -> Option<u32> {
        self.index.find(&id, |no| self.rows[no as usize].id == id)
    }
}

fn count(rows: &[Seen]) -> u32 {
    u32::try_from(rows.len()).expect("an hour holds fewer than 2^32 commands")
}

impl SeenIds {
    /// Nothing seen yet.
    pub fn new(window_ms: u64) -> SeenIds {
        SeenIds { window_ms, hours: BTreeMap::new(), mark: None, rest: None }
    }

    /// From answers by the [`SeenIds::hour`] of their ids, in the order in which
    /// [`SeenIds::iter`] gives them; an id that is there twice is an error.
    pub fn from_rows(window_ms: u64, hours: BTreeMap<u64, Vec<Seen>>) -> Result<SeenIds, Id> {
        let mut ids = SeenIds::new(window_ms);
        for (key, rows) in hours {
            let id = |no: u32| rows[no as usize].id;
            let index = Index::of(Lookups::Newest, count(&rows), id).map_err(id)?;
            ids.hours.insert(key, Hour { rows, index });
        }
        Ok(ids)
    }

    /// Ids are kept by this number.
    pub fn hour(id: Id) -> u64 {
        id.time_ms() / HOUR_MS
    }

    /// What was answered to this id.
    pub fn get(&self, id: Id) -> Option<&Seen> {
        let hour = self.hours.get(&SeenIds::hour(id))?;
        hour.find(id).map(|no| &hour.rows[no as usize])
    }

    /// Whether an id is older than the window at `now`.
    pub fn is_too_old(&self, id: Id, now: u64) -> bool {
        id.time_ms().saturating_add(self.window_ms) < now
    }

    /// Notes the first answer to an id; a later one changes nothing.
    pub fn insert(&mut self, seen: Seen) {
        if self.get(seen.id).is_none() {
            self.insert_new(seen);
        }
    }

    /// As [`SeenIds::insert`], for an id that was looked up and is not there.
    pub fn insert_new(&mut self, seen: Seen) {
        debug_assert!(self.get(seen.id).is_none(), "an id has one first answer");
        let hour = self.hours.entry(SeenIds::hour(seen.id)).or_insert_with(Hour::new);
        hour.index.insert(&seen.id, count(&hour.rows));
        hour.rows.push(seen);
        if let Some(mark) = &mut self.mark {
            mark.push(seen.id);
        }
    }

    /// Forgets hours that lie wholly before the window.
    pub fn forget(&mut self, now: u64) {
        let Some(edge) = now.checked_sub(self.window_ms) else { return };
        while let Some(hour) = self.hours.first_entry() {
            if (hour.key() + 1) * HOUR_MS > edge {
                break;
            }
            let (key, hour) = hour.remove_entry();
            if let Some(rest) = &mut self.rest {
                rest.forgotten.insert(key, hour);
            }
        }
    }

    /// Holds the answers there are now for [`SeenIds::next_at_rest`].
    pub fn begin_rest(&mut self) {
        let hours = self.hours.iter().rev().map(|(key, hour)| (*key, hour.rows.len())).collect();
        self.rest = Some(Rest { hours, read: 0, forgotten: BTreeMap::new() });
    }

    /// The next answer of those that there were when the rest began. After the last nothing is
    /// held any longer.
    pub fn next_at_rest(&mut self) -> Option<Seen> {
        loop {
            let rest = self.rest.as_mut()?;
            let Some((key, len)) = rest.hours.last() else {
                self.rest = None;
                return None;
            };
            if rest.read < *len {
                let hour = rest.forgotten.get(key).or_else(|| self.hours.get(key));
                let row = hour.and_then(|hour| hour.rows.get(rest.read)).copied();
                rest.read += 1;
                return row;
            }
            rest.hours.pop();
            rest.read = 0;
        }
    }

    /// How many answers there are: one number per hour is looked at.
    pub fn count(&self) -> u64 {
        self.hours.values().map(|hour| u64::from(count(&hour.rows))).sum()
    }

    /// All answers, by hour and within it in the order of their commands.
    pub fn iter(&self) -> impl Iterator<Item = &Seen> {
        self.hours.values().flat_map(|hour| hour.rows.iter())
    }

    /// Starts a stretch that [`SeenIds::back_to_mark`] undoes.
    pub fn set_mark(&mut self) {
        self.mark = Some(Vec::new());
    }

    /// Keeps what was noted since the mark.
    pub fn drop_mark(&mut self) {
        self.mark = None;
    }

    /// Forgets what was noted since the mark.
    pub fn back_to_mark(&mut self) {
        for id in self.mark.take().unwrap_or_default().into_iter().rev() {
            let key = SeenIds::hour(id);
            let Some(hour) = self.hours.get_mut(&key) else { continue };
            if let Some(no) = hour.find(id) {
                hour.index.remove(&id, no);
            }
            hour.rows.pop();
            if hour.rows.is_empty() {
                self.hours.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(ms: u64, low: u128) -> Id {
        Id(u128::from(ms) << 80 | low)
    }

    fn seen(id: Id) -> Seen {
        let answer = Answer::Accepted(EventRange { first: 1, count: 1 });
        Seen { id, fingerprint: 7, answer }
    }

    #[test]
    fn forgetting_never_makes_an_id_new_again() {
        let mut ids = SeenIds::new(10 * HOUR_MS);
        for ms in [0, HOUR_MS - 1, HOUR_MS, 5 * HOUR_MS] {
            ids.insert(seen(id(ms, 1)));
        }
        let now = 11 * HOUR_MS;
        ids.forget(now);
        assert_eq!(ids.iter().count(), 2);
        for ms in [0, HOUR_MS - 1] {
            assert!(ids.get(id(ms, 1)).is_none() && ids.is_too_old(id(ms, 1), now), "{ms}");
        }
        assert!(ids.get(id(HOUR_MS, 1)).is_some() && !ids.is_too_old(id(HOUR_MS, 1), now));
    }

    #[test]
    fn answers_are_read_as_they_were_when_the_rest_began() {
        let mut ids = SeenIds::new(10 * HOUR_MS);
        for hour in 0..5 {
            ids.insert(seen(id(hour * HOUR_MS, 1)));
            ids.insert(seen(id(hour * HOUR_MS, 2)));
        }
        let before: Vec<_> = ids.iter().copied().collect();
        ids.begin_rest();
        let mut read = vec![ids.next_at_rest().unwrap()];
        ids.insert(seen(id(0, 3)));
        ids.insert(seen(id(7 * HOUR_MS, 1)));
        ids.forget(12 * HOUR_MS);
        assert!(ids.get(id(0, 1)).is_none(), "an hour that is held is forgotten all the same");
        read.extend(std::iter::from_fn(|| ids.next_at_rest()));
        assert_eq!(read, before);
        assert!(ids.rest.is_none());
    }

    #[test]
    fn a_mark_undoes_insertions() {
        let mut ids = SeenIds::new(HOUR_MS);
        ids.insert(seen(id(5, 1)));
        ids.set_mark();
        ids.insert(seen(id(5, 2)));
        ids.insert(seen(id(HOUR_MS * 3, 3)));
        ids.back_to_mark();
        assert_eq!(ids.iter().map(|s| s.id).collect::<Vec<_>>(), [id(5, 1)]);
        assert!(ids.get(id(5, 2)).is_none());
    }
}
