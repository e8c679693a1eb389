//! Users, merchants and ledger accounts in the naive model: opened, restricted, closed.

use super::{Account, Naive, Outcome, must, of};
use groat_ledger::{Block, Class, OnboardMerchant, OpenLedgerAccount, OpenUser, Owner, Rejection};

impl Naive {
    pub(super) fn open_user(&mut self, c: &OpenUser) -> Outcome {
        must(!self.users.contains_key(&c.user), Rejection::Duplicate)?;
        self.users.insert(c.user, c.kyc_class);
        Ok(())
    }

    pub(super) fn onboard(&mut self, c: &OnboardMerchant) -> Outcome {
        must(!self.merchants.contains_key(&c.merchant), Rejection::Duplicate)?;
        self.merchants.insert(c.merchant, c.terms);
        Ok(())
    }

    pub(super) fn open_account(&mut self, c: &OpenLedgerAccount) -> Outcome {
        must(!self.accounts.contains_key(&c.account), Rejection::Duplicate)?;
        self.accounts.insert(c.account, (c.currency, c.constraint));
        Ok(())
    }

    pub(super) fn restrict(&mut self, owner: Owner, block: Block, blocks: bool) -> Outcome {
        let account = self.account_of(owner)?;
        must(!self.closed.contains(&account), Rejection::AccountClosed)?;
        let debit = self.debit_blocked.contains(&account);
        let credit = self.credit_blocked.contains(&account);
        must(blocks || debit || credit, Rejection::InvalidState)?;
        let mut sides = match block {
            Block::Debit => vec![&mut self.debit_blocked],
            Block::Credit => vec![&mut self.credit_blocked],
            Block::All => vec![&mut self.debit_blocked, &mut self.credit_blocked],
        };
        for side in &mut sides {
            if blocks {
                side.insert(account);
            } else {
                side.remove(&account);
            }
        }
        Ok(())
    }

    pub(super) fn close_account(&mut self, owner: Owner, now: u64) -> Outcome {
        let account = self.account_of(owner)?;
        must(!self.closed.contains(&account), Rejection::AccountClosed)?;
        let touches = |a: Account, b: Account| a == account || b == account;
        let mut open = self.reservations.values().filter(|r| r.ended.is_none());
        let reserved = open.any(|r| touches(r.entry.debit, r.entry.credit));
        must(!reserved, Rejection::OpenObligations)?;
        must(self.credit(account) == 0, Rejection::BalanceNotZero)?;
        must(!self.is_obliged(owner, now), Rejection::OpenObligations)?;
        if let Owner::User(id) = owner {
            self.close_cards(id)?;
        }
        self.closed.insert(account);
        Ok(())
    }

    /// Payments, payouts, holds, rentals, lines, batches: whatever is still to happen.
    fn is_obliged(&self, owner: Owner, now: u64) -> bool {
        let payout = self.payouts.values().any(|w| w.open && w.owner == owner);
        payout
            || match owner {
                Owner::User(id) => {
                    self.has_dispute(|o| o.payer() == Some(id))
                        || self.holds.iter().any(|h| h.user == id && h.ended.is_none())
                        || self.rentals.iter().any(|r| r.user == id && !r.has_ended())
                        || self.has_packet(id)
                        || self.has_stored(id)
                        || self.lines.get(&id).is_some_and(|l| !l.closed || l.lost.unwrap_or(0) > 0)
                        || self.credit(of(Class::UserHold, id)) != 0
                }
                Owner::Merchant(id) => {
                    self.has_dispute(|o| o.merchant == id)
                        || (0..self.orders.len()).any(|no| {
                            self.orders[no].merchant == id && self.frozen_until(no).is_some()
                        })
                        || self.holds.iter().any(|h| h.merchant == id && h.ended.is_none())
                        || self.rentals.iter().any(|r| r.merchant == id && !r.has_ended())
                        || self.orders.iter().any(|o| o.merchant == id && o.is_open(now))
                        || self.batches.iter().any(|b| b.merchant == id && !b.settled)
                        || self.has_campaign(id)
                        || self.credit(of(Class::MerchantReserve, id)) != 0
                        || self.credit(of(Class::MerchantReceivable, id)) != 0
                }
                Owner::Ledger(_) => false,
            }
    }
}
