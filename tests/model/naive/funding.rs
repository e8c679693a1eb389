//! Funding partners in the naive model: what is owed to one is the sum of entries.

use super::{Account, Naive, Outcome, cny, must, of};
use groat_ledger::{Class, FundCredit, Id, Rejection, RepayFunding};

fn partner(bank: Id) -> Account {
    of(Class::FundingPartner, bank)
}

fn safeguarded(at: Id) -> Account {
    of(Class::SafeguardedBank, at)
}

impl Naive {
    pub(super) fn fund(&mut self, c: &FundCredit) -> Outcome {
        let amount = cny(c.amount)?;
        self.write(safeguarded(c.safeguarded_at), partner(c.bank), amount);
        Ok(())
    }

    pub(super) fn repay_funding(&mut self, c: &RepayFunding) -> Outcome {
        let amount = cny(c.amount)?;
        let (owed, bank) = (partner(c.bank), safeguarded(c.safeguarded_at));
        must(self.credit(owed) >= amount, Rejection::FundingExceeded)?;
        must(-self.credit(bank) >= amount, Rejection::SafeguardedBankInsufficient)?;
        self.write(owed, bank, amount);
        Ok(())
    }
}
