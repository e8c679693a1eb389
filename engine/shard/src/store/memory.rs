//! A store in memory, for tests and embedding. It keeps nothing when dropped.

use super::Store;
use crate::fault::Fault;

/// See the module.
#[derive(Default, Clone)]
pub struct MemoryStore {
    blocks: Vec<Vec<u8>>,
    first: u64,
    snapshot: Option<(u64, Vec<u8>)>,
    /// Rows of the snapshot being made.
    making: Vec<u8>,
}

impl Store for MemoryStore {
    fn last(&self) -> Option<u64> {
        (self.first + self.blocks.len() as u64).checked_sub(1)
    }

    fn append(&mut self, number: u64, block: &[u8]) -> Result<(), Fault> {
        if self.blocks.is_empty() {
            self.first = number;
        }
        self.blocks.push(block.to_vec());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn read(&mut self, number: u64) -> Result<Option<Vec<u8>>, Fault> {
        let at = number.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        Ok(at.and_then(|at| self.blocks.get(at)).cloned())
    }

    fn add_to_snapshot(&mut self, _: u64, rows: &[u8]) -> Result<(), Fault> {
        self.making.extend_from_slice(rows);
        Ok(())
    }

    fn finish_snapshot(&mut self, number: u64, head: &[u8]) -> Result<(), Fault> {
        let rows = std::mem::take(&mut self.making);
        self.snapshot = Some((number, [head, &rows].concat()));
        Ok(())
    }

    fn snapshot_number(&mut self) -> Result<Option<u64>, Fault> {
        Ok(self.snapshot.as_ref().map(|(number, _)| *number))
    }

    fn read_snapshot(&mut self, give: &mut dyn FnMut(&[u8])) -> Result<bool, Fault> {
        self.snapshot.iter().for_each(|(_, bytes)| give(bytes));
        Ok(true)
    }
}
