//! Commands of a record are looked at some together, before they are decided one by one; so are the
//! frames of a block, before they are folded.

use super::Books;
use crate::block::{FrameKind, Frames};
use crate::codec::{CommandView, named_accounts, read_command};

/// So many: enough looks to be under way at once, few enough for what they brought to stay.
const TOGETHER: usize = 32;

impl Books {
    /// Before the command at `index` is decided: looks at what it and the next need.
    pub(super) fn look_ahead(&mut self, commands: &[&[u8]], index: usize) {
        if !index.is_multiple_of(TOGETHER) || !self.ledger.is_wide() {
            return;
        }
        for command in commands[index..].iter().take(TOGETHER) {
            if let Ok(CommandView { body: Ok(body), .. }) = read_command(command) {
                self.ahead.note(&body);
            }
        }
        self.ledger.look_ahead(&mut self.ahead);
    }

    /// Before the `nth` frame is folded: looks at the accounts that it and the next name, but for
    /// what fell due.
    pub(crate) fn look_at_frames(&mut self, nth: usize, frames: &Frames<'_>) {
        if !nth.is_multiple_of(TOGETHER) || !self.ledger.is_wide() {
            return;
        }
        for (_, kind, bytes) in frames.clone().take(TOGETHER).map_while(Result::ok) {
            if kind == FrameKind::Event {
                named_accounts(bytes, self.ahead.numbers());
            }
        }
        self.ledger.look_at_numbered(&mut self.ahead);
    }
}
