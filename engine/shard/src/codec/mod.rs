//! Between the two shapes of things: wire (generated) and domain (ledger). One file a direction.

mod read;
mod rows;
mod write;

pub use read::{
    CommandView, Malformed, command_id, first_time, read_command, read_event, read_plain_event,
    read_remittance,
};
pub use rows::{BadRows, begin_rest, for_each_row, go_on_resting, read_rows};
pub use write::{append_event, write_event, write_remittance, write_settlement};
