//! The two kinds of rows that there may be millions of, read as [`super::plain_events`] reads
//! events: what is not as [`InOrder`] has it is left to prost, which would read the same.

use super::in_order::InOrder;
use groat_proto::v1;

pub(in crate::codec) fn read_plain_account(bytes: &[u8]) -> Option<v1::AccountRow> {
    InOrder::new(bytes).whole(|f| {
        Some(v1::AccountRow {
            class: f.number(1)?,
            owner: id(f, 2)?,
            sub: f.number(3)?,
            currency: f.number(4)?,
            constraint: f.number(5)?,
            history: f.flag(6)?,
            closed: f.flag(7)?,
            debit_blocked: f.flag(8)?,
            credit_blocked: f.flag(9)?,
            debits_posted: sum(f, 10)?,
            credits_posted: sum(f, 11)?,
            debits_pending: sum(f, 12)?,
            credits_pending: sum(f, 13)?,
        })
    })
}

pub(in crate::codec) fn read_plain_seen(bytes: &[u8]) -> Option<v1::SeenRow> {
    InOrder::new(bytes).whole(|f| {
        Some(v1::SeenRow {
            id: id(f, 1)?,
            fingerprint: f.fixed(2)?,
            first_event: f.number(3)?,
            events: f.number(4)?,
            rejected: f.number(5)?,
        })
    })
}

/// An id that may be left out.
#[inline(always)]
fn id(f: &mut InOrder<'_>, field: u8) -> Option<Option<v1::Id>> {
    let id = if f.has(field) { Some(f.id(field)?) } else { None };
    Some(id.map(v1::Id::from))
}

/// A sum that may be left out.
#[inline(always)]
fn sum(f: &mut InOrder<'_>, field: u8) -> Option<Option<v1::Sum>> {
    if !f.has(field) {
        return Some(None);
    }
    f.message(field)?.whole(|sum| Some(Some(v1::Sum { hi: sum.number(1)?, lo: sum.number(2)? })))
}
