//! Royalties as their facts tell them: who may receive of whom, what was shared of each payment,
//! given back and frozen. It knows neither rows nor accounts.

use super::stranger;
use groat_ledger::{Fact, Id, Place, ReturnedShare, RoyaltySent};
use std::collections::{BTreeMap, BTreeSet};

/// What one receiver got of a split.
#[derive(Debug)]
pub(crate) struct Share {
    pub(crate) receiver: Id,
    pub(crate) amount: i128,
    pub(crate) returned: i128,
    /// What its receiver, who is at home elsewhere, was asked for and has not answered.
    pub(crate) asked: i128,
    /// Its part of a refund in proportion, for which it must be asked behind it.
    pub(crate) due: i128,
    pro_rata: i128,
}

/// What is shared of a payment.
#[derive(Default, Debug)]
pub(crate) struct Shared {
    /// Each split with what was refunded in proportion before it.
    splits: Vec<(i128, Vec<Share>)>,
    pub(crate) frozen: i128,
    pub(crate) finished: bool,
    refunded: i128,
    /// The split for whose money the merchant's home was asked, by receiver.
    asked: Option<Vec<(Id, i128)>>,
    /// What it has paid that is not shared yet.
    funded: i128,
}

/// Of every payment that is shared.
#[derive(Default, Debug)]
pub(crate) struct Royalties {
    bound: BTreeSet<(Id, Id)>,
    payments: BTreeMap<Id, Shared>,
}

/// What the model must be told of a payment: its merchant, and what that receives of it.
#[derive(Clone, Copy)]
pub(crate) struct Sale {
    pub(crate) merchant: Id,
    pub(crate) receipts: i128,
    pub(crate) place: Place,
    /// A refund of it is asked for: the merchant's home pays, whatever receivers give.
    pub(crate) is_asked: bool,
}

impl Shared {
    pub(crate) fn shares(&self) -> impl Iterator<Item = &Share> {
        self.splits.iter().flat_map(|(_, shares)| shares)
    }

    pub(crate) fn sum(&self) -> i128 {
        self.shares().map(|share| share.amount).sum()
    }

    /// What of it waits for money of the merchant's home.
    pub(crate) fn asked_sum(&self) -> i128 {
        self.asked.iter().flatten().map(|share| share.1).sum()
    }

    /// Whether the home has paid for what became of nothing.
    pub(crate) fn has_unshared_money(&self) -> bool {
        self.funded != 0
    }
}

impl Royalties {
    pub(crate) fn get(&self, payment: Id) -> Option<&Shared> {
        self.payments.get(&payment)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = Id> {
        self.payments.keys().copied()
    }

    /// Takes in who may receive of whom; says if it was so already.
    pub(crate) fn bind(&mut self, fact: &Fact) -> Result<(), String> {
        match fact {
            Fact::RoyaltyBound { merchant, receiver } => {
                let new = self.bound.insert((*merchant, *receiver));
                new.then_some(()).ok_or_else(|| format!("{receiver} is bound to {merchant} twice"))
            }
            Fact::RoyaltyUnbound { merchant, receiver } => {
                let was = self.bound.remove(&(*merchant, *receiver));
                was.then_some(()).ok_or_else(|| format!("{receiver} is not bound to {merchant}"))
            }
            other => Err(stranger(other, "a relation")),
        }
    }

    /// Takes a fact in with what it moved; says what of it does not follow from those before.
    pub(crate) fn follow(
        &mut self,
        payment: Id,
        fact: &Fact,
        moved: i128,
        sale: Sale,
        due: bool,
    ) -> Result<(), String> {
        let shared = self.payments.entry(payment).or_default();
        let expected = match fact {
            Fact::RoyaltyFreezeSet { .. } => 0,
            Fact::ProceedsFrozen { amount, .. } => {
                shared.frozen += i128::from(*amount);
                i128::from(*amount)
            }
            Fact::PaymentSplit { shares, from_frozen, from_own_batch, from_available, .. } => {
                if shared.finished {
                    return Err(format!("{payment} is split after the last time"));
                }
                let mut sum = 0;
                let mut of_split = Vec::new();
                for (receiver, amount) in shares {
                    if !self.bound.contains(&(sale.merchant, *receiver)) {
                        return Err(format!("{receiver} gets of {payment} and is not bound"));
                    }
                    let amount = i128::from(*amount);
                    sum += amount;
                    of_split.push(Share {
                        receiver: *receiver,
                        amount,
                        returned: 0,
                        asked: 0,
                        due: 0,
                        pro_rata: 0,
                    });
                }
                if let Some(asked) = shared.asked.take() {
                    let same = shares.iter().map(|(id, amount)| (*id, i128::from(*amount)));
                    if !same.eq(asked) || shared.funded != sum {
                        return Err(format!("{payment} is split otherwise than was asked for"));
                    }
                    shared.funded = 0;
                }
                shared.splits.push((shared.refunded, of_split));
                shared.frozen -= i128::from(*from_frozen);
                let parts = [*from_frozen, *from_own_batch, *from_available];
                let from = parts.iter().map(|part| i128::from(*part)).sum::<i128>();
                if from != sum {
                    return Err(format!("{sum} of {payment} is shared, {from} taken"));
                }
                sum
            }
            Fact::SplitAsked { shares, .. } => {
                if shared.finished || shared.asked.is_some() {
                    return Err(format!("{payment} is to be split twice, or after the last time"));
                }
                if let Some((id, _)) =
                    shares.iter().find(|s| !self.bound.contains(&(sale.merchant, s.0)))
                {
                    return Err(format!("{id} is to get of {payment} and is not bound"));
                }
                let shares = shares.iter().map(|(id, amount)| (*id, i128::from(*amount)));
                shared.asked = Some(shares.collect());
                0
            }
            Fact::SplitFunded { amount, .. } => {
                shared.funded = i128::from(*amount);
                if shared.funded != shared.asked_sum() {
                    return Err(format!("{amount} of {payment} is paid, and not what was asked"));
                }
                shared.funded
            }
            Fact::SplitFailed { .. } => {
                if shared.asked.take().is_none() {
                    return Err(format!("no split of {payment} waits"));
                }
                shared.funded = 0;
                0
            }
            Fact::SplitFinished { amount, expired, .. } => {
                if shared.finished || *expired != due {
                    return Err(format!("{payment} is finished twice, or not by the clock"));
                }
                shared.finished = true;
                shared.frozen -= i128::from(*amount);
                i128::from(*amount)
            }
            Fact::ProceedsFreed { amount, .. } => {
                shared.frozen -= i128::from(*amount);
                i128::from(*amount)
            }
            Fact::SplitReturned { shares, pro_rata, .. } => {
                let back = shares.iter().map(|s| ((s.split, s.share), i128::from(s.amount)));
                let back: BTreeMap<(u32, u32), i128> = back.collect();
                shared.give_back(payment, &back, i128::from(*pro_rata), sale)?;
                back.values().sum()
            }
            Fact::SplitReturnAsked { shares, pro_rata, .. } => {
                shares.iter().try_for_each(|back| shared.ask(payment, *back, *pro_rata, sale))?;
                0
            }
            Fact::RoyaltyGivenBack { sent, amount } => {
                shared.answered(*sent, i128::from(*amount))?;
                i128::from(*amount)
            }
            Fact::SplitReturnFailed { asked, .. } => {
                shared.answered(asked.sent, i128::from(asked.amount))?;
                0
            }
            other => return Err(stranger(other, "royalties")),
        };
        if shared.finished && shared.frozen != 0 || shared.frozen < 0 {
            let frozen = shared.frozen;
            return Err(format!("{frozen} of {payment} is frozen after this"));
        }
        if moved == expected {
            Ok(())
        } else {
            Err(format!("{moved} of {payment} is moved where its fact says {expected}"))
        }
    }
}

impl Shared {
    fn share(&mut self, payment: Id, split: u32, share: u32) -> Result<&mut Share, String> {
        let split = self.splits.get_mut(split as usize);
        let share = split.and_then(|(_, shares)| shares.get_mut(share as usize));
        share.ok_or_else(|| format!("a share of {payment} is unknown"))
    }

    /// A receiver elsewhere is asked: for its part of a refund in proportion, or for no more than
    /// it has. So is one that is here and gives nothing to a refund for which the home has paid.
    fn ask(
        &mut self,
        payment: Id,
        back: ReturnedShare,
        pro_rata: bool,
        sale: Sale,
    ) -> Result<(), String> {
        let share = self.share(payment, back.split, back.share)?;
        let (receiver, amount) = (share.receiver, i128::from(back.amount));
        if sale.place.is_home(receiver) && !sale.is_asked {
            return Err(format!("{receiver} is asked elsewhere, and is at home here"));
        }
        let (most, due) = (share.amount - share.returned - share.asked, share.due);
        if if pro_rata { amount != due } else { amount > most } {
            return Err(format!(
                "{receiver} is asked for {amount} of {payment}; its part is {due} of {most}"
            ));
        }
        if pro_rata {
            share.due = 0;
            share.pro_rata += amount;
        }
        share.asked += amount;
        Ok(())
    }

    fn answered(&mut self, sent: RoyaltySent, amount: i128) -> Result<(), String> {
        let share = self.share(sent.payment, sent.split, sent.share)?;
        share.asked -= amount;
        if share.asked >= 0 && share.receiver == sent.receiver {
            return Ok(());
        }
        Err(format!("{} answers of {} what it was not asked for", sent.receiver, sent.payment))
    }

    /// In proportion each share gives `amount × refunded / receipts`, half up, less what it gave
    /// so before, and no more than it has. One of a receiver elsewhere gives it when it is asked,
    /// and so does one that gives nothing to a refund for which the home has paid.
    fn give_back(
        &mut self,
        payment: Id,
        back: &BTreeMap<(u32, u32), i128>,
        pro_rata: i128,
        sale: Sale,
    ) -> Result<(), String> {
        let receipts = sale.receipts;
        self.refunded += pro_rata;
        let refunded = self.refunded;
        let mut met = 0;
        for (no, (before, shares)) in (0u32..).zip(&mut self.splits) {
            for (at, share) in (0u32..).zip(shares) {
                let given = back.get(&(no, at)).copied();
                met += usize::from(given.is_some());
                let given = given.unwrap_or(0);
                let receiver = share.receiver;
                if pro_rata > 0 {
                    let part = 2 * share.amount * (refunded - *before) + receipts;
                    let whole = part / (2 * receipts.max(1));
                    let left = (share.amount - share.returned - share.asked).max(0);
                    let mut due = (whole - share.pro_rata).clamp(0, left);
                    let may_refuse = sale.is_asked && given == 0;
                    if !sale.place.is_home(receiver) || may_refuse {
                        share.due = std::mem::take(&mut due);
                    }
                    if given != due {
                        return Err(format!(
                            "{receiver} gives {given} back of {payment}; its part is {due}"
                        ));
                    }
                    share.pro_rata += given;
                }
                share.returned += given;
                // A share that could not be placed comes back whole, whatever was asked for.
                if share.returned > share.amount {
                    return Err(format!("{receiver} gives more back of {payment} than it got"));
                }
            }
        }
        if met == back.len() { Ok(()) } else { Err(format!("a share of {payment} is unknown")) }
    }
}
