//! The wire of groat: generated types of the schemas in `groat/v1`, the walk over a record, and
//! the JSON form. Nothing here knows a rule; from the ledger it takes only the words of money
//! (ids, currencies, classes) whose text the JSON form needs.

pub mod json;
mod record;

/// Generated from the schemas; `tests/generated.rs` compares.
#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]
pub mod v1 {
    include!("generated/groat.v1.rs");
}

pub use prost::{self, Message};
pub use record::{NotARecord, RecordView, first_command, read_record, read_varint, write_varint};

impl From<groat_ledger::Id> for v1::Id {
    fn from(id: groat_ledger::Id) -> v1::Id {
        v1::Id { hi: id.hi(), lo: id.lo() }
    }
}

impl From<v1::Id> for groat_ledger::Id {
    fn from(id: v1::Id) -> groat_ledger::Id {
        groat_ledger::Id::from_halves(id.hi, id.lo)
    }
}

impl From<groat_ledger::Money> for v1::Money {
    fn from(money: groat_ledger::Money) -> v1::Money {
        v1::Money { amount: money.amount, currency: u32::from(money.currency.code()) }
    }
}
