//! What facts tell of the money of users and merchants, beside what moved: the lines of their bills
//! (DOMAIN §6, 13). It learns from facts whose payment, batch or payout something is, and knows
//! neither rows nor accounts.

mod disputes;
mod rentals;
mod royalties;

use super::moved::{Moved, add};
use super::stranger;
use crate::names::account_name;
use groat_ledger::money::major_text;
use groat_ledger::{AccountKey, Class, Currency, Fact, Id, Owner, Purpose, hash::IdMap};
use rentals::Rented;
use std::collections::BTreeMap;

/// A payment, as far as a bill looks at it.
#[derive(Debug)]
struct Order {
    merchant: Id,
    user: Id,
    batch: Option<u32>,
}

/// A batch and what its lines sum to.
#[derive(Debug)]
struct Batch {
    merchant: Id,
    date: u32,
    settled: bool,
    net: i128,
}

/// All of them.
#[derive(Default, Debug)]
pub(crate) struct Bills {
    users: IdMap<Id, Currency>,
    merchants: IdMap<Id, Currency>,
    payments: IdMap<Id, Order>,
    rentals: IdMap<Id, Rented>,
    batches: BTreeMap<u32, Batch>,
    by_date: BTreeMap<(Id, u32), u32>,
    payouts: IdMap<Id, (Owner, i128)>,
    /// Whose each hold is, and each authorization.
    holders: BTreeMap<(Class, Id), Id>,
    /// The payment of each.
    disputes: IdMap<Id, Id>,
    /// Payments for a refund of which the merchant's home was asked.
    asked: IdMap<Id, ()>,
    /// What merchants get for payments that are about to be paid in another currency.
    converted: IdMap<Id, i128>,
    /// Who got the shares of each split of a payment.
    shares: IdMap<Id, Vec<Vec<Id>>>,
}

type Told = Result<Moved, String>;

impl Bills {
    /// Takes a fact in with what it moved on billed accounts; gives the lines it tells, or says in
    /// what they differ from the movements. `date` is the business date of the event, `frozen` what
    /// came out of each authorization.
    pub(crate) fn follow(
        &mut self,
        fact: &Fact,
        date: u32,
        moved: &Moved,
        frozen: &[(Id, i128)],
    ) -> Told {
        let mut told = self.told(fact, date)?;
        if let Fact::PaymentPaid { user, agreed: true, .. } = fact {
            // What was frozen of it left the balance then; the payer's own holds give, no other's.
            let of = |hold: &Id| self.holders.get(&(Class::UserFrozen, *hold)) == Some(user);
            let held: i128 = frozen.iter().filter(|part| of(&part.0)).map(|part| part.1).sum();
            for line in told.iter_mut().filter(|line| line.0.class == Class::UserAvailable) {
                line.1 += held;
            }
        }
        let of = |lines: &Moved, key: &AccountKey| {
            lines.iter().filter(|line| line.0 == *key).map(|line| line.1).sum::<i128>()
        };
        for (key, _) in told.iter().chain(moved) {
            let (tells, has) = (of(&told, key), of(moved, key));
            if tells != has {
                return Err(format!(
                    "{} is told to change by {}; it changes by {}",
                    account_name(key),
                    text(tells, key),
                    text(has, key),
                ));
            }
        }
        self.count(&told);
        self.settled(fact)?;
        Ok(told)
    }

    /// Takes in what a fact moved that tells nothing of bills by itself.
    pub(crate) fn count(&mut self, lines: &Moved) {
        for (key, amount) in lines.iter().filter(|line| line.0.class == Class::MerchantPending) {
            let no = self.by_date.get(&(key.owner, key.sub));
            if let Some(batch) = no.and_then(|no| self.batches.get_mut(no)) {
                batch.net += amount;
            }
        }
    }

    /// The lines of a batch that has gone sum to nothing: its net is what was paid out of it.
    fn settled(&mut self, fact: &Fact) -> Result<(), String> {
        let gone = match fact {
            Fact::BatchSettled { batch, .. } => Some(*batch),
            Fact::RemittanceSent { cargo, .. } => match &cargo.purpose {
                Purpose::Proceeds { merchant, date } => {
                    self.by_date.get(&(*merchant, *date)).copied()
                }
                _ => None,
            },
            _ => None,
        };
        match gone.and_then(|no| self.batches.get(&no)) {
            Some(Batch { merchant, date, net, .. }) if *net != 0 => {
                let key = self.pending(*merchant, *date)?;
                let (name, net) = (account_name(&key), text(*net, &key));
                Err(format!("the bills of {name} still have {net} when it is settled"))
            }
            _ => Ok(()),
        }
    }

    fn told(&mut self, fact: &Fact, date: u32) -> Told {
        let amount = |amount: u64| i128::from(amount);
        match fact {
            Fact::UserOpened { user, currency, .. } => {
                self.users.insert(*user, *currency);
                Ok(vec![])
            }
            Fact::MerchantOnboarded { merchant, terms, .. }
            | Fact::MerchantKnown { merchant, terms, .. } => {
                self.merchants.insert(*merchant, terms.settle_currency);
                Ok(vec![])
            }
            Fact::ToppedUp { user, amount: a, .. }
            | Fact::TransferArrived { to: user, amount: a, .. } => self.of_user(*user, amount(*a)),
            Fact::CardLoaded { user, amount: a, .. } => self.of_user(*user, -amount(*a)),
            Fact::CardUnloaded { user, amount: a, .. }
            | Fact::PointsRedeemed { user, amount: a, payment: Id::NONE, .. } => {
                self.of_user(*user, amount(*a))
            }
            Fact::HoldPlaced { hold, user, amount: a } => {
                self.hold(Class::UserHold, *hold, *user, *a)
            }
            Fact::FundsAuthorized { auth, user, fund, .. } => {
                self.hold(Class::UserFrozen, *auth, *user, *fund)
            }
            Fact::HoldReleased { hold, amount: a } => self.release(Class::UserHold, *hold, *a),
            Fact::FundsReleased { auth, fund, .. }
            | Fact::AuthorizationClosed { auth, fund, .. } => {
                self.release(Class::UserFrozen, *auth, *fund)
            }
            Fact::Transferred { from, to, amount: a } => {
                let mut lines = self.of_user(*from, -amount(*a))?;
                lines.extend(self.of_user(*to, amount(*a))?);
                Ok(lines)
            }
            Fact::RemittanceSent { cargo, .. } => match &cargo.purpose {
                // Of a receipt that was matched the payer is nobody here.
                Purpose::Transfer { from, .. } if self.users.contains_key(from) => {
                    self.of_user(*from, -amount(cargo.amount))
                }
                Purpose::Royalty(sent) => Ok(vec![(
                    self.of(Class::MerchantAvailable, sent.receiver)?,
                    -amount(cargo.amount),
                )]),
                Purpose::Confirmed(sold) => Ok(vec![(
                    self.of(Class::MerchantAvailable, sold.merchant)?,
                    -amount(cargo.amount),
                )]),
                Purpose::DisputeReleased { merchant, .. } | Purpose::BackHome { merchant, .. } => {
                    Ok(vec![(self.of(Class::MerchantAvailable, *merchant)?, -amount(cargo.amount))])
                }
                Purpose::Proceeds { merchant, date } => {
                    Ok(vec![(self.pending(*merchant, *date)?, -amount(cargo.amount))])
                }
                _ => Ok(vec![]),
            },
            Fact::ReceiptMatched { target, amount: a, .. } => match target {
                Owner::Ledger(_) => Ok(vec![]),
                Owner::User(user) if !self.users.contains_key(user) => Ok(vec![]),
                owner => self.of_owner(*owner, amount(*a)),
            },
            Fact::PayoutRequested { payout, owner, amount: a, fee } => {
                let out = amount(a.amount) + amount(*fee);
                self.payouts.insert(*payout, (*owner, out));
                self.of_owner(*owner, -out)
            }
            Fact::PayoutFailed { payout, .. } => {
                let (owner, out) =
                    *self.payouts.get(payout).ok_or_else(|| unknown("payout", *payout))?;
                self.of_owner(owner, out)
            }
            Fact::PaymentCreated { .. }
            | Fact::PaymentPaid { .. }
            | Fact::FeeCharged { .. }
            | Fact::FeeReturned { .. }
            | Fact::CouponUsed { .. }
            | Fact::CardCharged { .. }
            | Fact::PointsRedeemed { .. }
            | Fact::FxConverted { .. }
            | Fact::RefundAsked { .. }
            | Fact::RefundFailed { .. }
            | Fact::RefundSucceeded { .. }
            | Fact::RefundFunded { .. } => self.told_of_payment(fact, date),
            Fact::BatchOpened { .. }
            | Fact::BatchSettled { .. }
            | Fact::BatchForwarded { .. }
            | Fact::ProceedsReceived { .. }
            | Fact::ReserveReleased { .. } => self.told_of_batch(fact),
            Fact::RentalCreated { .. }
            | Fact::RentalPaymentPending { .. }
            | Fact::AdvanceReturned { .. } => self.told_of_rental(fact),
            Fact::DisputeOpened { .. }
            | Fact::DisputeJudged { .. }
            | Fact::DisputeCharged { .. }
            | Fact::DisputeDebtPaid { .. }
            | Fact::DisputeReversed { .. } => self.told_of_dispute(fact),
            Fact::BackHomeArrived { merchant, amount: a, .. } => {
                self.of_owner(Owner::Merchant(*merchant), amount(*a))
            }
            Fact::ProceedsFrozen { .. }
            | Fact::SellerFeeCharged { .. }
            | Fact::SellerFeeReturned { .. }
            | Fact::PaymentSplit { .. }
            | Fact::SplitPaid { .. }
            | Fact::SplitFunded { .. }
            | Fact::SplitFinished { .. }
            | Fact::ProceedsFreed { .. }
            | Fact::SplitReturned { .. }
            | Fact::RoyaltyArrived { .. }
            | Fact::RoyaltyTaken { .. }
            | Fact::RoyaltyGivenBack { .. }
            | Fact::RoyaltyRefused { .. } => self.told_of_royalty(fact),
            other => Err(stranger(other, "a bill")),
        }
    }

    fn told_of_payment(&mut self, fact: &Fact, date: u32) -> Told {
        let sum = |parts: &[u64]| parts.iter().map(|part| i128::from(*part)).sum::<i128>();
        match fact {
            Fact::PaymentCreated { payment, merchant, .. } => {
                let order = Order { merchant: *merchant, user: Id::NONE, batch: None };
                self.payments.insert(*payment, order);
                Ok(vec![])
            }
            Fact::PaymentPaid { payment, user, balance, credit, channel_amount, batch, .. } => {
                let order =
                    self.payments.get_mut(payment).ok_or_else(|| unknown("payment", *payment))?;
                (order.user, order.batch) = (*user, Some(*batch));
                let merchant = order.merchant;
                let mut lines = self.of_user(*user, -sum(&[*balance]))?;
                let bought = self.converted.remove(payment);
                let receipts = bought.unwrap_or(sum(&[*balance, *credit, *channel_amount]));
                lines.push((self.pending(merchant, date)?, receipts));
                Ok(lines)
            }
            Fact::FxConverted { payment, bought, .. } => {
                self.converted.insert(*payment, i128::from(bought.amount));
                Ok(vec![])
            }
            Fact::CouponUsed { payment, funded: amount, .. }
            | Fact::CardCharged { payment, amount, .. }
            | Fact::PointsRedeemed { payment, amount, .. } => {
                let merchant = self.order(*payment)?.merchant;
                Ok(vec![(self.pending(merchant, date)?, sum(&[*amount]))])
            }
            Fact::FeeCharged { payment, amount } => {
                Ok(vec![(self.own_batch(*payment)?, -sum(&[*amount]))])
            }
            Fact::FeeReturned { payment, amount } => {
                if self.asked.contains_key(payment) {
                    return Ok(vec![]);
                }
                let order = self.order(*payment)?;
                let settled = order.batch.and_then(|no| self.batches.get(&no));
                let key = match settled.is_some_and(|batch| batch.settled) {
                    true => self.of(Class::MerchantAvailable, order.merchant)?,
                    false => self.own_batch(*payment)?,
                };
                Ok(vec![(key, sum(&[*amount]))])
            }
            Fact::RefundAsked { payment, .. } => {
                self.asked.insert(*payment, ());
                Ok(vec![])
            }
            Fact::RefundFailed { payment, .. } => {
                self.asked.remove(payment);
                Ok(vec![])
            }
            Fact::RefundSucceeded {
                payment,
                from_own_batch,
                from_available,
                from_open_batch,
                open_batch,
                surplus,
                to_balance,
                ..
            } => {
                let order = self.order(*payment)?;
                let (user, merchant) = (order.user, order.merchant);
                let mut lines = self.of_user(user, sum(&[*to_balance, *surplus]))?;
                if self.asked.remove(payment).is_none() {
                    add(&mut lines, self.own_batch(*payment)?, -sum(&[*from_own_batch]));
                    let settled = self.of(Class::MerchantAvailable, merchant)?;
                    add(&mut lines, settled, -sum(&[*from_available]));
                    if let Some(no) = open_batch {
                        add(&mut lines, self.batch(*no)?, -sum(&[*from_open_batch]));
                    }
                }
                Ok(lines)
            }
            Fact::RefundFunded {
                merchant, from_available, from_open_batch, open_batch, ..
            } => {
                let settled = self.of(Class::MerchantAvailable, *merchant)?;
                let mut lines = vec![(settled, -sum(&[*from_available]))];
                if let Some(no) = open_batch {
                    add(&mut lines, self.batch(*no)?, -sum(&[*from_open_batch]));
                }
                Ok(lines)
            }
            other => Err(stranger(other, "a payment")),
        }
    }

    fn told_of_batch(&mut self, fact: &Fact) -> Told {
        let amount = |amount: &u64| i128::from(*amount);
        match fact {
            Fact::BatchOpened { merchant, date, .. } => {
                let no = u32::try_from(self.batches.len()).unwrap_or(u32::MAX);
                let batch = Batch { merchant: *merchant, date: *date, settled: false, net: 0 };
                self.batches.insert(no, batch);
                self.by_date.insert((*merchant, *date), no);
                Ok(vec![])
            }
            Fact::BatchSettled { batch, recovered, reserve, available } => {
                let key = self.batch(*batch)?;
                let owner = key.owner;
                self.gone(*batch, true);
                let out = amount(recovered) + amount(reserve) + amount(available);
                Ok(vec![
                    (key, -out),
                    (self.of(Class::MerchantReceivable, owner)?, amount(recovered)),
                    (self.of(Class::MerchantReserve, owner)?, amount(reserve)),
                    (self.of(Class::MerchantAvailable, owner)?, amount(available)),
                ])
            }
            // The remittance behind it takes the money.
            Fact::BatchForwarded { batch, .. } => {
                self.gone(*batch, true);
                Ok(vec![])
            }
            Fact::ProceedsReceived { batch, amount: a } => {
                self.gone(*batch, false);
                Ok(vec![(self.batch(*batch)?, amount(a))])
            }
            Fact::ReserveReleased { merchant, amount: a, recovered, .. } => Ok(vec![
                (self.of(Class::MerchantReserve, *merchant)?, -amount(a)),
                (self.of(Class::MerchantReceivable, *merchant)?, amount(recovered)),
                (self.of(Class::MerchantAvailable, *merchant)?, amount(a) - amount(recovered)),
            ]),
            other => Err(stranger(other, "a batch")),
        }
    }

    /// Money of a user that is set aside under a class.
    fn hold(&mut self, class: Class, hold: Id, user: Id, amount: u64) -> Told {
        self.holders.insert((class, hold), user);
        self.of_user(user, -i128::from(amount))
    }

    fn release(&mut self, class: Class, hold: Id, amount: u64) -> Told {
        let user = *self.holders.get(&(class, hold)).ok_or_else(|| unknown("hold", hold))?;
        self.of_user(user, i128::from(amount))
    }

    fn gone(&mut self, no: u32, settled: bool) {
        if let Some(batch) = self.batches.get_mut(&no) {
            batch.settled = settled;
        }
    }

    fn order(&self, payment: Id) -> Result<&Order, String> {
        self.payments.get(&payment).ok_or_else(|| unknown("payment", payment))
    }

    fn of_user(&self, user: Id, amount: i128) -> Told {
        let currency = *self.users.get(&user).ok_or_else(|| unknown("user", user))?;
        Ok(vec![(AccountKey::of(Class::UserAvailable, user, currency), amount)])
    }

    fn of_owner(&self, owner: Owner, amount: i128) -> Told {
        match owner {
            Owner::User(user) => self.of_user(user, amount),
            Owner::Merchant(merchant) => {
                Ok(vec![(self.of(Class::MerchantAvailable, merchant)?, amount)])
            }
            Owner::Ledger(_) => Ok(vec![]),
        }
    }

    fn of(&self, class: Class, merchant: Id) -> Result<AccountKey, String> {
        let known = self.merchants.get(&merchant);
        let currency = *known.ok_or_else(|| unknown("merchant", merchant))?;
        Ok(AccountKey::of(class, merchant, currency))
    }

    fn pending(&self, merchant: Id, date: u32) -> Result<AccountKey, String> {
        Ok(AccountKey { sub: date, ..self.of(Class::MerchantPending, merchant)? })
    }

    fn batch(&self, no: u32) -> Result<AccountKey, String> {
        let batch = self.batches.get(&no);
        let batch = batch.ok_or_else(|| format!("no fact has opened batch {no}"))?;
        self.pending(batch.merchant, batch.date)
    }

    /// The account of the batch into which a payment was paid.
    fn own_batch(&self, payment: Id) -> Result<AccountKey, String> {
        let no = self.order(payment)?.batch;
        self.batch(no.ok_or_else(|| format!("no fact has paid {payment}"))?)
    }
}

fn unknown(what: &str, id: Id) -> String {
    format!("no fact has made the {what} {id}")
}

fn text(amount: i128, key: &AccountKey) -> String {
    match Currency::from_code(u32::from(key.currency_code)) {
        Some(currency) => major_text(amount, currency),
        None => amount.to_string(),
    }
}
