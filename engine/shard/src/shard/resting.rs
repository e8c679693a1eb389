//! A state put to rest piece by piece, while the shard goes on.

use super::{Closed, Shard};
use crate::snapshot::Piece;
use groat_proto::v1::{Rested, SnapshotHead};

/// A state being put to rest after the block of its head.
pub(super) struct Resting {
    head: SnapshotHead,
    /// Rows not given yet.
    rows: Vec<u8>,
    hasher: blake3::Hasher,
    /// Whether a header of ours is to tell its digest.
    is_ours: bool,
}

impl Shard {
    /// As [`Shard::close`], and begins to put the state to rest as it is now.
    pub fn close_and_rest(&mut self, topic: &str) -> Closed {
        let closed = self.close_with(topic, Vec::new(), true);
        self.begin_rest(true);
        closed
    }

    /// Begins to put the state to rest as it is after the last block, which was followed and whose
    /// owner did the same: the chain tells its digest without us.
    pub fn rest_as_followed(&mut self) {
        self.begin_rest(false);
    }

    fn begin_rest(&mut self, is_ours: bool) {
        let mut rows = Vec::new();
        self.books.begin_rest(&mut rows);
        let (head, hasher) = (self.snapshot_head(Vec::new()), blake3::Hasher::new());
        self.resting = Some(Resting { head, rows, hasher, is_ours });
    }

    /// The next piece, of about `bytes_max`, of the state that is being put to rest; `None` when
    /// there is none.
    pub fn rest_on(&mut self, bytes_max: usize) -> Option<Piece> {
        let mut resting = self.resting.take()?;
        let mut rows = std::mem::take(&mut resting.rows);
        self.books.rest_on(bytes_max, &mut rows);
        if rows.is_empty() {
            let mut head = resting.head;
            head.state_digest = resting.hasher.finalize().as_bytes().to_vec();
            if resting.is_ours {
                let (number, state_digest) = (head.number, head.state_digest.clone());
                self.rested = Some(Rested { number, state_digest });
            }
            return Some(Piece::Head(head));
        }
        resting.hasher.update(&rows);
        self.resting = Some(resting);
        Some(Piece::Rows(rows))
    }

    /// Whether a state is being put to rest.
    pub fn is_resting(&self) -> bool {
        self.resting.is_some()
    }
}
