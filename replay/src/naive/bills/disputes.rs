//! What facts of disputes tell of the money of payers and merchants, also where a merchant is at
//! home on another shard than the payment.

use super::{Bills, Order, Told, stranger, unknown};
use groat_ledger::{Class, Fact};

impl Bills {
    pub(super) fn told_of_dispute(&mut self, fact: &Fact) -> Told {
        let amount = |amount: &u64| i128::from(*amount);
        match fact {
            Fact::DisputeOpened {
                dispute, payment, from_own_batch, from_available, owed, ..
            } => {
                self.disputes.insert(*dispute, *payment);
                let merchant = self.order(*payment)?.merchant;
                Ok(vec![
                    (self.own_batch(*payment)?, -amount(from_own_batch)),
                    (self.of(Class::MerchantAvailable, merchant)?, -amount(from_available)),
                    (self.of(Class::MerchantReceivable, merchant)?, -amount(owed)),
                ])
            }
            Fact::DisputeJudged {
                dispute,
                surplus,
                to_balance,
                to_debt,
                to_available,
                fee,
                fee_owed,
                ..
            } => {
                let payment =
                    *self.disputes.get(dispute).ok_or_else(|| unknown("dispute", *dispute))?;
                let Order { merchant, user, .. } = *self.order(payment)?;
                let mut lines = self.of_user(user, amount(surplus) + amount(to_balance))?;
                let debt = amount(to_debt) - amount(fee_owed);
                lines.push((self.of(Class::MerchantReceivable, merchant)?, debt));
                let settled = amount(to_available) - (amount(fee) - amount(fee_owed));
                lines.push((self.of(Class::MerchantAvailable, merchant)?, settled));
                Ok(lines)
            }
            Fact::DisputeCharged { merchant, from_available, owed, .. } => Ok(vec![
                (self.of(Class::MerchantAvailable, *merchant)?, -amount(from_available)),
                (self.of(Class::MerchantReceivable, *merchant)?, -amount(owed)),
            ]),
            Fact::DisputeDebtPaid { merchant, amount: a, .. } => {
                Ok(vec![(self.of(Class::MerchantReceivable, *merchant)?, amount(a))])
            }
            Fact::DisputeReversed { merchant, to_debt, to_available, .. } => Ok(vec![
                (self.of(Class::MerchantReceivable, *merchant)?, amount(to_debt)),
                (self.of(Class::MerchantAvailable, *merchant)?, amount(to_available)),
            ]),
            other => Err(stranger(other, "a dispute")),
        }
    }
}
