//! What the outside is told of disputes.

use crate::command::{DisputeKind, Reference};
use crate::id::Id;
use crate::ledger::Ledger;
use crate::money::Money;

/// A dispute and its payment.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "fields carry the names of DOMAIN §4")]
pub struct DisputeOf {
    pub dispute: Id,
    pub payment: Id,
    pub out_trade_no: Reference,
    pub merchant: Id,
    pub user: Id,
    /// In dispute.
    pub amount: Money,
    pub kind: DisputeKind,
    pub due_at: u64,
}

pub(super) fn dispute_of(ledger: &Ledger, dispute: &Id) -> Option<DisputeOf> {
    let tables = ledger.tables();
    let row = tables.disputes.get(dispute)?;
    let paid = tables.payments.row(row.payment);
    Some(DisputeOf {
        dispute: *dispute,
        payment: paid.payment,
        out_trade_no: paid.out_trade_no.clone(),
        merchant: tables.merchants.row(paid.merchant).merchant,
        user: paid.user.map_or(Id::NONE, |no| tables.users.row(no).user),
        amount: Money { amount: row.amount, currency: paid.amount.currency },
        kind: row.kind,
        due_at: row.due_at,
    })
}
