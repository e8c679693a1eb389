//! Ids of commands and their first answers, for a window of stream time.
//!
//! Ids are kept by the hour of the time they carry, so that forgetting drops whole hours. An id
//! older than the window is refused before it is looked up: forgetting never makes it new again.

use groat_ledger::hash::NumberIndex;
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
}

#[derive(Default)]
struct Hour {
    rows: Vec<Seen>,
    index: NumberIndex,
}

impl Hour {
    fn find(&self, id: Id) -> Option<u32> {
        self.index.find(&id, |no| self.rows[no as usize].id == id)
    }
}

impl SeenIds {
    /// Nothing seen yet.
    pub fn new(window_ms: u64) -> SeenIds {
        SeenIds { window_ms, hours: BTreeMap::new(), mark: None }
    }

    /// What was answered to this id.
    pub fn get(&self, id: Id) -> Option<&Seen> {
        let hour = self.hours.get(&(id.time_ms() / HOUR_MS))?;
        hour.find(id).map(|no| &hour.rows[no as usize])
    }

    /// Whether an id is older than the window at `now`.
    pub fn is_too_old(&self, id: Id, now: u64) -> bool {
        id.time_ms().saturating_add(self.window_ms) < now
    }

    /// Notes the first answer to an id; a later one changes nothing.
    pub fn insert(&mut self, seen: Seen) {
        let hour = self.hours.entry(seen.id.time_ms() / HOUR_MS).or_default();
        let no = u32::try_from(hour.rows.len()).expect("an hour holds fewer than 2^32 commands");
        if hour.find(seen.id).is_none() {
            hour.index.insert(&seen.id, no);
            hour.rows.push(seen);
            if let Some(mark) = &mut self.mark {
                mark.push(seen.id);
            }
        }
    }

    /// Forgets hours that lie wholly before the window.
    pub fn forget(&mut self, now: u64) {
        let Some(edge) = now.checked_sub(self.window_ms) else { return };
        while let Some(hour) = self.hours.first_entry() {
            if (hour.key() + 1) * HOUR_MS > edge {
                break;
            }
            hour.remove();
        }
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
            let key = id.time_ms() / HOUR_MS;
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
