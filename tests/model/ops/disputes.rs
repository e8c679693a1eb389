//! Commands of disputes.

use super::{DAY_MS, Kind, Scene, named, reference};
use groat_ledger::{
    AcceptDispute, Body, CancelDispute, DefendDispute, Dispute, DisputeKind, Id, JudgeDispute,
    OpenDispute,
};

impl Scene<'_> {
    pub(super) fn dispute(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::OpenDispute => self.open_dispute(),
            Kind::DefendDispute => {
                let (dispute, evidence) = (self.a_dispute(), reference('e', 1));
                Body::DefendDispute(DefendDispute { dispute, evidence })
            }
            Kind::AcceptDispute => Body::AcceptDispute(AcceptDispute { dispute: self.a_dispute() }),
            Kind::CancelDispute => Body::CancelDispute(CancelDispute { dispute: self.a_dispute() }),
            Kind::JudgeDispute => {
                let (dispute, for_customer) = (self.a_dispute(), self.dice.of(3) > 0);
                let fee = self.dice.one_in(if for_customer { 3 } else { 24 });
                let t = self.ledger.tables();
                let paid = t.disputes.get(&dispute).map(|d| t.payments.row(d.payment));
                let fee = fee.then(|| self.amount_of(paid, &[20, 600]));
                Body::JudgeDispute(JudgeDispute { dispute, for_customer, fee })
            }
            _ => return None,
        })
    }

    fn open_dispute(&mut self) -> Body {
        let dispute = self.fresh('d', self.ledger.tables().disputes.rows().len());
        let (payment, found) = self.a_paid_payment();
        let left = found.map_or(100, |p| p.amount.amount - p.refunded() - p.disputed);
        let amount = self.amount_of(found, &[left, left, left / 2]);
        let kinds = [
            DisputeKind::Chargeback,
            DisputeKind::RetrievalRequest,
            DisputeKind::ComplianceRequest,
        ];
        let kind = self.dice.pick(&kinds);
        let due_at = self.now + self.dice.pick(&[DAY_MS, 900_000, 60_000, 9 * DAY_MS, 1, 0]);
        Body::OpenDispute(OpenDispute { dispute, payment, amount, kind, due_at })
    }

    /// One that is open, in most cases.
    fn a_dispute(&mut self) -> Id {
        let found = self.dice.recent(self.ledger.tables().disputes.rows(), Dispute::is_open);
        found.map_or(named('x', 8), |d| d.dispute)
    }
}
