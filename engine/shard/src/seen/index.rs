//! Where the row of an id is.

use super::Seen;
use groat_ledger::Id;
use groat_ledger::hash::NumberIndex;

/// So many ids make a slice: its index of 150 KiB stays in the processor's second cache.
const SLICE: u32 = 10_000;

/// Numbers of rows by their ids, in slices of ids that follow each other. An id begins with its
/// time, so nearly all that is looked up and noted is in the newest slice, however many there are:
/// 1.1 times the transfers, and more the more ids there are. Ids that are not ordered in time make
/// slices that grow.
#[derive(Default)]
pub(super) struct IdIndex {
    slices: Vec<Slice>,
}

/// Ids from one on, up to the next slice's.
struct Slice {
    from: Id,
    highest: Id,
    count: u32,
    index: NumberIndex,
}

impl IdIndex {
    /// Of these rows; the number of one whose id was there before is an error.
    pub fn of(rows: &[Seen]) -> Result<IdIndex, u32> {
        let mut ids = IdIndex::default();
        let mut numbers: Vec<Vec<u32>> = Vec::new();
        for (no, row) in (0..).zip(rows) {
            let at = ids.place_for(row.id);
            numbers.resize_with(ids.slices.len(), Vec::new);
            numbers[at].push(no);
        }
        for (slice, numbers) in ids.slices.iter_mut().zip(numbers) {
            slice.index = NumberIndex::of(numbers, |no| rows[no as usize].id)?;
        }
        Ok(ids)
    }

    /// The number of an id's row.
    pub fn find(&self, id: Id, rows: &[Seen]) -> Option<u32> {
        let slice = self.slices.get(self.slice(id)?)?;
        slice.index.find(&id, |no| rows[no as usize].id == id)
    }

    /// Notes the number of an id that is not there.
    pub fn insert(&mut self, id: Id, no: u32) {
        let at = self.place_for(id);
        self.slices[at].index.insert(&id, no);
    }

    /// Forgets the number of an id.
    pub fn remove(&mut self, id: Id, no: u32) {
        if let Some(at) = self.slice(id) {
            self.slices[at].count -= 1;
            self.slices[at].index.remove(&id, no);
        }
    }

    /// The slice that an id is in, if there is one.
    fn slice(&self, id: Id) -> Option<usize> {
        match self.slices.last() {
            Some(newest) if newest.from <= id => Some(self.slices.len() - 1),
            _ => self.slices.partition_point(|slice| slice.from <= id).checked_sub(1),
        }
    }

    /// The slice that one more id is counted in.
    fn place_for(&mut self, id: Id) -> usize {
        let full = |newest: &Slice| newest.count >= SLICE && newest.highest < id;
        if self.slices.last().is_none_or(full) {
            // The first is of all ids before the second.
            let from = if self.slices.is_empty() { Id(0) } else { id };
            self.slices.push(Slice { from, highest: id, count: 0, index: NumberIndex::default() });
        }
        let at = self.slice(id).unwrap_or(0);
        let slice = &mut self.slices[at];
        slice.count += 1;
        slice.highest = slice.highest.max(id);
        at
    }
}
