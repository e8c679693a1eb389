//! Between the two shapes of things: wire (generated) and domain (ledger). One file a direction.

mod read;
mod read_holds;
mod rows;
mod rows_holds;
mod write;
mod write_holds;

pub use read::{CommandView, Malformed, read_command, read_event};
pub use rows::{BadRows, for_each_row, read_rows};
pub use write::{write_event, write_settlement};
