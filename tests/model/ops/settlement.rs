//! Commands of settlement ahead of batches.

use super::{Kind, Scene};
use groat_ledger::{BatchState, Body, ConfirmSettlement};

impl Scene<'_> {
    pub(super) fn settlement(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::ConfirmSettlement => {
                let batches = &self.ledger.tables().batches;
                let open = |no: u32| batches.row(no).state != BatchState::Settled;
                let (payment, found) = self.a_payment(|p| p.batch.is_some_and(open));
                let unsettled = found.map_or(100, groat_ledger::Payment::unsettled);
                let amount = self.amount_of(found, &[unsettled, unsettled / 2, unsettled / 3]);
                Body::ConfirmSettlement(ConfirmSettlement { payment, amount })
            }
            _ => return None,
        })
    }
}
