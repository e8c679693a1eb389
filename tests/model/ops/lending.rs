//! Commands on credit that is lost.

use super::{Kind, Scene, cny};
use groat_ledger::{
    Body, Class, CreditLine, CreditLineState, Ledger, ProvisionCredit, RecordRecovery,
    WriteOffCredit,
};

/// When the first debt that is overdue may be written off.
pub(super) fn written_off_from(ledger: &Ledger) -> Option<u64> {
    let bills = ledger.tables().credit_lines.rows().iter().filter_map(|l| l.billing.as_ref());
    let since = bills.map(|bill| bill.overdue_since).filter(|since| *since > 0).min()?;
    Some(ledger.calendar().start_of(since + 180))
}

impl Scene<'_> {
    /// What is asked for more often while a debt can be written off, or recovered.
    pub(super) fn after_losses(&mut self) -> Option<Kind> {
        if written_off_from(self.ledger).is_some_and(|at| at <= self.now) {
            return self.dice.one_in(8).then_some(Kind::WriteOffCredit);
        }
        let lines = self.ledger.tables().credit_lines.rows();
        let is_lost = lines.iter().any(|line| line.lost() > 0);
        (is_lost && self.dice.one_in(30)).then_some(Kind::RecordRecovery)
    }

    pub(super) fn loss(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::WriteOffCredit => {
                let late = |line: &CreditLine| {
                    line.billing.as_ref().is_some_and(|bill| bill.overdue_since > 0)
                };
                Body::WriteOffCredit(WriteOffCredit { user: self.a_line(late) })
            }
            Kind::RecordRecovery => {
                let lost = |line: &CreditLine| line.state == CreditLineState::WrittenOff;
                let user = self.a_line(lost);
                let t = self.ledger.tables();
                let line = t.users.find(&user).and_then(|no| t.credit_lines.get(&no));
                let left = line.map_or(9, CreditLine::lost);
                let amount = self.amount(&[left, self.balance(Class::UserAvailable, user)]);
                Body::RecordRecovery(RecordRecovery { user, amount })
            }
            Kind::ProvisionCredit => {
                Body::ProvisionCredit(ProvisionCredit { amount: cny(self.dice.about(&[300])) })
            }
            _ => return None,
        })
    }
}
