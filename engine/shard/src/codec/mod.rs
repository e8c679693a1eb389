//! Between the two shapes of things: wire (generated) and domain (ledger). One file a direction.

mod read;
mod rows;
mod write;

pub use read::{
    CommandView, Malformed, command_id, first_time, named_accounts, read_command, read_event,
    read_plain_event, read_remittance,
};
pub use rows::{BadRows, StateReader, begin_rest, for_each_row, go_on_resting};
pub use write::{append_event, write_event, write_remittance, write_settlement};
