//! What facts of royalties tell of the money of those who share and those who receive; and of
//! fees of instalments, which sellers pay and have back as they share and get back.

use super::{Bills, Told, add, stranger, unknown};
use groat_ledger::{AccountKey, Class, Fact, Id, ReturnedShare};

impl Bills {
    pub(super) fn told_of_royalty(&mut self, fact: &Fact) -> Told {
        let signed = |amount: &u64| i128::from(*amount);
        match fact {
            Fact::ProceedsFrozen { payment, amount }
            | Fact::SellerFeeCharged { payment, amount, .. } => {
                Ok(vec![(self.own_batch(*payment)?, -signed(amount))])
            }
            Fact::PaymentSplit { payment, shares, from_own_batch, from_available, .. } => {
                let seller = self.order(*payment)?.merchant;
                let mut lines = vec![(self.own_batch(*payment)?, -signed(from_own_batch))];
                let settled = self.of(Class::MerchantAvailable, seller)?;
                add(&mut lines, settled, -signed(from_available));
                for (receiver, amount) in shares {
                    let got = self.of(Class::MerchantAvailable, *receiver)?;
                    add(&mut lines, got, signed(amount));
                }
                let receivers = shares.iter().map(|(receiver, _)| *receiver).collect();
                self.shares.entry(*payment).or_default().push(receivers);
                Ok(lines)
            }
            Fact::SplitPaid { merchant, amount, .. } => {
                Ok(vec![(self.of(Class::MerchantAvailable, *merchant)?, -signed(amount))])
            }
            // The account of a merchant from elsewhere is empty again when it is shared.
            Fact::SplitFunded { merchant, amount, .. } => {
                Ok(vec![(self.of(Class::MerchantAvailable, *merchant)?, signed(amount))])
            }
            Fact::SplitFinished { payment, amount, batch, .. }
            | Fact::ProceedsFreed { payment, amount, batch }
            | Fact::SellerFeeReturned { payment, amount, batch, .. } => {
                Ok(vec![(self.back_to(*payment, *batch)?, signed(amount))])
            }
            Fact::SplitReturned { payment, shares, batch, .. } => {
                let back_to = self.back_to(*payment, *batch)?;
                let mut lines = vec![];
                for back in shares {
                    let receiver = self.receiver(*payment, back)?;
                    let given = self.of(Class::MerchantAvailable, receiver)?;
                    add(&mut lines, given, -signed(&back.amount));
                    add(&mut lines, back_to, signed(&back.amount));
                }
                Ok(lines)
            }
            // The account of a receiver from elsewhere is empty again when it is sent on.
            Fact::RoyaltyTaken { sent, amount } => {
                Ok(vec![(self.of(Class::MerchantAvailable, sent.receiver)?, -signed(amount))])
            }
            Fact::RoyaltyArrived { sent, amount }
            | Fact::RoyaltyRefused { sent, amount, .. }
            | Fact::RoyaltyGivenBack { sent, amount } => {
                Ok(vec![(self.of(Class::MerchantAvailable, sent.receiver)?, signed(amount))])
            }
            other => Err(stranger(other, "a royalty")),
        }
    }

    /// Where what comes back goes: this batch, or the settled money of who shared.
    fn back_to(&self, payment: Id, batch: Option<u32>) -> Result<AccountKey, String> {
        match batch {
            Some(no) => self.batch(no),
            None => self.of(Class::MerchantAvailable, self.order(payment)?.merchant),
        }
    }

    fn receiver(&self, payment: Id, back: &ReturnedShare) -> Result<Id, String> {
        let splits = self.shares.get(&payment);
        let split = splits.and_then(|splits| splits.get(back.split as usize));
        let receiver = split.and_then(|split| split.get(back.share as usize));
        receiver.copied().ok_or_else(|| unknown("share of", payment))
    }
}
