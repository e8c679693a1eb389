//! Commands of a record are looked at some together, before they are decided one by one.

use super::Books;
use crate::codec::{CommandView, read_command};

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
}
