//! A table of rows with stable numbers, found by key, that can be taken back to a mark.
//!
//! Rows are numbered in the order of their insertion and never move or leave, so the order of a
//! table is part of the state. The index is only looked up. Marks exist for atomic batches and dry
//! runs: nothing else undoes. A table can be put to rest row by row while it goes on changing: a
//! row that changes before its turn is kept as it was.

use crate::index::{Index, Lookups};
use std::hash::Hash;

/// A row that carries its key; the key of a stored row never changes.
pub trait Row: Clone {
    /// What the row is found by.
    type Key: Hash + Ord + Clone;
    /// Which rows are looked up; nothing but speed hangs on it.
    const LOOKUPS: Lookups = Lookups::Newest;
    /// The key.
    fn key(&self) -> Self::Key;
    /// Whether it has this key.
    fn has(&self, key: &Self::Key) -> bool {
        self.key() == *key
    }
}

/// See the module.
pub struct Table<R: Row> {
    rows: Vec<R>,
    index: Index<R::Key>,
    mark: Option<Mark<R>>,
    rest: Option<Rest<R>>,
}

struct Mark<R> {
    len: usize,
    changed: Vec<(u32, R)>,
}

/// The rows as they were at one moment, of which some are still to be read.
struct Rest<R> {
    /// Rows that there were.
    len: u32,
    /// Rows already read.
    read: u32,
    /// For each row, 0 or 1 + its place in `kept`. Pages of it that stay zero cost nothing.
    places: Vec<u32>,
    /// Rows as they were before they changed.
    kept: Vec<R>,
}

impl<R: Row> Rest<R> {
    fn keep(&mut self, no: u32, row: &R) {
        if (self.read..self.len).contains(&no) && self.places[no as usize] == 0 {
            self.kept.push(row.clone());
            self.places[no as usize] =
                u32::try_from(self.kept.len()).expect("fewer rows are kept than there are");
        }
    }
}

/// Two rows with the same key where a table is rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuplicateKey {
    /// Number of the second of them.
    pub row: u32,
}

impl<R: Row> Default for Table<R> {
    fn default() -> Self {
        Table { rows: Vec::new(), index: Index::new(R::LOOKUPS), mark: None, rest: None }
    }
}

impl<R: Row> Table<R> {
    /// Rebuilds a table from rows in their order.
    pub fn from_rows(rows: Vec<R>) -> Result<Table<R>, DuplicateKey> {
        let mut table = Table { rows, ..Table::default() };
        let key = |no: u32| table.rows[no as usize].key();
        let index = Index::of(R::LOOKUPS, table.next_no(), key);
        table.index = index.map_err(|row| DuplicateKey { row })?;
        Ok(table)
    }

    /// All rows in their order.
    pub fn rows(&self) -> &[R] {
        &self.rows
    }

    /// The number the next row will get.
    pub fn next_no(&self) -> u32 {
        u32::try_from(self.rows.len()).expect("a shard holds fewer than 2^32 rows of a kind")
    }

    /// The number of the row with this key.
    pub fn find(&self, key: &R::Key) -> Option<u32> {
        self.index.find(key, |no| self.rows[no as usize].has(key))
    }

    /// Numbers of the rows that have these keys, and now and then of one that has another.
    pub(crate) fn guess(&self, keys: &[R::Key], numbers: &mut Vec<u32>) {
        self.index.guess(keys, numbers);
    }

    /// The row with this key.
    pub fn get(&self, key: &R::Key) -> Option<&R> {
        self.find(key).map(|no| self.row(no))
    }

    /// The row of a number that this table gave out.
    pub fn row(&self, no: u32) -> &R {
        &self.rows[no as usize]
    }

    /// The row of a number, if there is one.
    pub fn try_row(&self, no: u32) -> Option<&R> {
        self.rows.get(no as usize)
    }

    /// Adds a row whose key is new.
    pub(crate) fn insert(&mut self, row: R) -> u32 {
        let no = self.next_no();
        self.index.insert(&row.key(), no);
        self.rows.push(row);
        no
    }

    /// A row to change; its key must stay.
    pub(crate) fn row_mut(&mut self, no: u32) -> &mut R {
        if let Some(mark) = &mut self.mark
            && (no as usize) < mark.len
        {
            mark.changed.push((no, self.rows[no as usize].clone()));
        }
        if let Some(rest) = &mut self.rest {
            rest.keep(no, &self.rows[no as usize]);
        }
        &mut self.rows[no as usize]
    }

    /// The row of a key to change.
    pub(crate) fn get_mut(&mut self, key: &R::Key) -> Option<&mut R> {
        let no = self.find(key)?;
        Some(self.row_mut(no))
    }

    /// Holds the rows as they are now for [`Table::next_at_rest`].
    pub fn begin_rest(&mut self) {
        let len = self.next_no();
        let held = || Rest { len, read: 0, places: vec![0; len as usize], kept: Vec::new() };
        self.rest = (len > 0).then(held);
    }

    /// The number of the next row to be read as it was when the rest began.
    pub fn next_at_rest(&self) -> Option<u32> {
        self.rest.as_ref().map(|rest| rest.read)
    }

    /// That row.
    pub fn at_rest(&self, no: u32) -> &R {
        let kept = self.rest.as_ref().and_then(|rest| {
            let place = rest.places[no as usize].checked_sub(1)?;
            Some(&rest.kept[place as usize])
        });
        kept.unwrap_or(&self.rows[no as usize])
    }

    /// It was read. After the last row nothing is held any longer.
    pub fn read_at_rest(&mut self) {
        let Some(rest) = &mut self.rest else { return };
        rest.read += 1;
        if rest.read >= rest.len {
            self.rest = None;
        }
    }

    pub(crate) fn set_mark(&mut self) {
        self.mark = Some(Mark { len: self.rows.len(), changed: Vec::new() });
    }

    pub(crate) fn drop_mark(&mut self) {
        self.mark = None;
    }

    pub(crate) fn back_to_mark(&mut self) {
        let Some(mark) = self.mark.take() else { return };
        while self.rows.len() > mark.len
            && let Some(row) = self.rows.pop()
        {
            self.index.remove(&row.key(), self.next_no());
        }
        for (no, row) in mark.changed.into_iter().rev() {
            self.rows[no as usize] = row;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Pair(u32, u32);

    impl Row for Pair {
        type Key = u32;
        fn key(&self) -> u32 {
            self.0
        }
    }

    #[test]
    fn a_mark_undoes_changes_and_insertions() {
        let mut table = Table::from_rows(vec![Pair(7, 1), Pair(8, 1)]).unwrap();
        table.set_mark();
        table.row_mut(0).1 = 2;
        table.row_mut(0).1 = 3;
        table.insert(Pair(9, 1));
        table.row_mut(2).1 = 5;
        table.back_to_mark();
        assert_eq!(table.rows(), [Pair(7, 1), Pair(8, 1)]);
        assert_eq!((table.find(&9), table.find(&7)), (None, Some(0)));
    }

    #[test]
    fn rows_are_read_as_they_were_when_the_rest_began() {
        let mut table = Table::from_rows((0..6).map(|n| Pair(n, 10 + n)).collect()).unwrap();
        table.begin_rest();
        let mut read = Vec::new();
        while let Some(no) = table.next_at_rest() {
            read.push(table.at_rest(no).clone());
            table.read_at_rest();
            // One that was read, the next, the last; again, undone, and a new one.
            table.row_mut(no).1 += 100;
            table.set_mark();
            table.row_mut((no + 1).min(5)).1 += 100;
            table.row_mut(5).1 += 100;
            table.insert(Pair(100 + no, 0));
            if no % 2 == 0 { table.back_to_mark() } else { table.drop_mark() }
        }
        assert_eq!(read, (0..6).map(|n| Pair(n, 10 + n)).collect::<Vec<_>>());
        assert!(table.rest.is_none());
    }

    #[test]
    fn rebuilding_refuses_a_key_twice() {
        let twice = Table::from_rows(vec![Pair(7, 1), Pair(7, 2)]);
        assert_eq!(twice.err(), Some(DuplicateKey { row: 1 }));
    }
}
