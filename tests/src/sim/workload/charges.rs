//! Fees and penalties of the workload's loans, repayments that go back, what is lent later, and
//! whose dues the clock debits.

use super::START_MS;
use super::credit::Credit;
use crate::sim::chance::Chance;
use groat_ledger::Id;
use groat_proto::v1::{self, Command, command};

/// So few that one is asked for twice, and one is given up that was asked for.
const CHARGES: u64 = 4;

impl Credit {
    /// A charge of a loan that was asked for, due at once or on a day to come; or one is given up.
    pub(super) fn charge(&mut self, chance: &mut Chance) -> Command {
        let index = chance.index(self.loans.len().max(1));
        let some = self.loans.get(index).copied();
        let (user, loan) = some.unwrap_or((self.users.first().copied(), Some(Id(10).into())));
        let charge = Some(Id(11 << 64 | u128::from(chance.below(CHARGES))).into());
        if chance.one_in(4) {
            let amt = Some(v1::Money { amount: 10 + chance.below(2_000), currency: 840 });
            let at_once =
                amt.filter(|_| chance.one_in(2)).map(|amt| v1::Money { amount: 5, ..amt });
            return self.command(command::Body::DrawMore(v1::DrawMore {
                user,
                loan,
                amt,
                at_once,
            }));
        }
        if chance.one_in(4) {
            let amt = Some(v1::Money { amount: 1 + chance.below(500), currency: 840 });
            let back = v1::ReturnRepayment { user, loan, chargeback: charge, amt };
            return self.command(command::Body::ReturnRepayment(back));
        }
        if chance.one_in(4) {
            let target = loan.filter(|_| chance.one_in(2));
            let set = v1::SetAutoDebit { user, target, on: chance.one_in(2) };
            return self.command(command::Body::SetAutoDebit(set));
        }
        if chance.one_in(4) {
            let waive = v1::WaiveLoanCharge { user, loan, charge };
            return self.command(command::Body::WaiveLoanCharge(waive));
        }
        let amt = Some(v1::Money { amount: 1 + chance.below(500), currency: 840 });
        let kinds = [v1::LoanChargeKind::Fee, v1::LoanChargeKind::Penalty];
        let kind = kinds[chance.index(kinds.len())].into();
        let today = (START_MS / 86_400_000) as u32;
        let due_on = if chance.one_in(2) { 0 } else { today + chance.below(60) as u32 };
        let asked = v1::ChargeLoan { user, loan, charge, kind, amt, due_on };
        self.command(command::Body::ChargeLoan(asked))
    }
}
