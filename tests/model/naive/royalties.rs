//! Royalties in the naive model: shares of payments, what is frozen of them and what comes back.

use super::exchange::currency_of;
use super::{DAY_MS, Naive, Outcome, amount_in, cny, half_up, merchant, must, of, pending};
use groat_ledger::{
    BindRoyalty, Class, Id, Money, Reference, Rejection, ReturnSplit, RoyaltyPart, RoyaltyRefunds,
    RoyaltyShare, SplitPayment, UnbindRoyalty,
};
use std::collections::BTreeMap;

#[derive(Clone, Default)]
pub(super) struct Royalty {
    pub(super) freeze: bool,
    pub(super) frozen: i128,
    finished: bool,
    splits: Vec<Split>,
    /// By receiver and its number: of which split, how much.
    returns: BTreeMap<(Id, Reference), (Reference, i128)>,
    refunded: i128,
}

#[derive(Clone)]
struct Split {
    number: Reference,
    at: u64,
    finish: bool,
    refunded_before: i128,
    shares: Vec<Share>,
}

#[derive(Clone)]
struct Share {
    receiver: Id,
    amount: i128,
    returned: i128,
    pro_rata: i128,
}

impl Royalty {
    pub(super) fn is_frozen(&self) -> bool {
        self.freeze && !self.finished
    }

    fn shared(&self) -> i128 {
        self.splits.iter().flat_map(|split| &split.shares).map(|share| share.amount).sum()
    }
}

/// What a refund takes back: split, share, amount.
pub(super) type Claw = (usize, usize, i128);

/// What is frozen of a payment is on this account.
pub(super) fn frozen(payment: Id) -> super::Account {
    of(Class::MerchantFrozen, payment)
}

impl Naive {
    pub(super) fn bind(&mut self, c: &BindRoyalty) -> Outcome {
        let known = |id: &Id| must(self.merchants.contains_key(id), Rejection::UnknownAccount);
        known(&c.merchant)?;
        known(&c.receiver)?;
        must(c.merchant != c.receiver, Rejection::AccountsMustDiffer)?;
        for side in [c.merchant, c.receiver] {
            must(!self.closed.contains(&merchant(side)), Rejection::AccountClosed)?;
        }
        must(self.bound.insert((c.merchant, c.receiver)), Rejection::Duplicate)
    }

    pub(super) fn unbind(&mut self, c: &UnbindRoyalty) -> Outcome {
        for id in [&c.merchant, &c.receiver] {
            must(self.merchants.contains_key(id), Rejection::UnknownAccount)?;
        }
        must(self.bound.remove(&(c.merchant, c.receiver)), Rejection::NotBound)
    }

    fn part_of(&self, no: usize, share: &RoyaltyShare) -> (Id, i128) {
        let amount = match share.part {
            RoyaltyPart::Amount(money) => money.amount.into(),
            RoyaltyPart::Percent(p) => self.orders[no].amount * i128::from(p.min(100)) / 100,
        };
        (share.receiver, amount)
    }

    /// What a split would move.
    pub(super) fn would_move(&self, c: &SplitPayment) -> Option<Money> {
        let no = self.order(c.payment).ok()?;
        let sum: i128 = c.shares.iter().map(|share| self.part_of(no, share).1).sum();
        let amount = u64::try_from(sum).unwrap_or(u64::MAX);
        Some(Money { amount, currency: groat_ledger::Currency::CNY })
    }

    /// Whether a split of this number was made, and the same.
    pub(super) fn was_split(&self, c: &SplitPayment) -> Option<bool> {
        let no = self.order(c.payment).ok()?;
        let mut splits = self.orders[no].royalty.splits.iter();
        let done = splits.find(|split| split.number == c.out_request_no)?;
        let asked = c.shares.iter().map(|share| self.part_of(no, share));
        let cny = c.shares.iter().all(|share| match share.part {
            RoyaltyPart::Amount(money) => money.currency == groat_ledger::Currency::CNY,
            RoyaltyPart::Percent(_) => true,
        });
        let same = done.shares.iter().map(|s| (s.receiver, s.amount)).eq(asked);
        Some(same && cny && done.finish == c.finish)
    }

    pub(super) fn was_returned(&self, c: &ReturnSplit) -> Option<bool> {
        let order = self.orders.iter().find(|o| o.id == c.payment)?;
        let mut splits = order.royalty.splits.iter();
        let split = splits.find(|split| split.number == c.out_request_no)?;
        split.shares.iter().find(|share| share.receiver == c.receiver)?;
        let done = order.royalty.returns.get(&(c.receiver, c.out_return_no.clone()))?;
        let asked = (c.out_request_no.clone(), i128::from(c.amount.amount));
        Some(*done == asked && c.amount.currency == groat_ledger::Currency::CNY)
    }

    /// From what is frozen; else from the payment's own part of its batch, then settled money.
    pub(super) fn split_payment(&mut self, c: &SplitPayment, now: u64) -> Outcome {
        let no = self.order(c.payment)?;
        must(self.was_split(c).is_none(), Rejection::IdempotencyConflict)?;
        let open = self.orders[no].left() > 0 && now <= self.refundable_until(no);
        let order = &self.orders[no];
        let (paid, royalty) = (order.paid.as_ref(), &order.royalty);
        let paid = paid.filter(|_| open).ok_or(Rejection::InvalidState)?;
        must(!royalty.finished, Rejection::SplitFinished)?;
        let mut receivers: Vec<Id> = c.shares.iter().map(|share| share.receiver).collect();
        receivers.sort();
        receivers.dedup();
        let shape = c.shares.len() <= 5 && receivers.len() == c.shares.len();
        must(shape && (c.finish || !c.shares.is_empty()), Rejection::SchemaInvalid)?;
        must(royalty.splits.len() < 50, Rejection::SplitCountExceeded)?;
        let (seller, settled) = (order.merchant, merchant(order.merchant));
        self.may_debit(settled)?;
        let mut shares = Vec::new();
        for share in &c.shares {
            let id = share.receiver;
            must(self.merchants.contains_key(&id), Rejection::UnknownAccount)?;
            must(self.bound.contains(&(seller, id)), Rejection::NotBound)?;
            self.may_credit(merchant(id))?;
            let (receiver, amount) = self.part_of(no, share);
            match share.part {
                RoyaltyPart::Amount(money) => must(cny(money)? == amount, Rejection::Unbalanced)?,
                RoyaltyPart::Percent(p) => {
                    must((1..=100).contains(&p), Rejection::RateOutOfRange)?;
                    must(amount > 0, Rejection::AmountOutOfRange)?;
                }
            }
            shares.push(Share { receiver, amount, returned: 0, pro_rata: 0 });
        }
        let (sum, before) = (shares.iter().map(|s| s.amount).sum::<i128>(), royalty.shared());
        let cap = order.amount * i128::from(self.merchants[&seller].royalty_cap_bps) / 10_000;
        must(sum <= (cap - before).max(0), Rejection::RoyaltyCapExceeded)?;
        let (receipts, back) = order.receipts_and_back();
        let left = receipts - paid.fee + paid.fee_back - paid.plan_fee - back - paid.disputed;
        must(sum <= (left - before).max(0), Rejection::AmountNotEnough)?;
        let own = pending(seller, paid.day);
        let (from_frozen, from_own, from_settled) = if royalty.is_frozen() {
            let from_frozen = sum.min(royalty.frozen);
            (from_frozen, 0, (sum - from_frozen).min(self.credit(settled)))
        } else {
            let of_batch = order.own_part().min(self.credit(own)).max(0);
            let from_own = if self.is_unsettled(no) { sum.min(of_batch) } else { 0 };
            (0, from_own, (sum - from_own).min(self.credit(settled)))
        };
        must(from_frozen + from_own + from_settled == sum, Rejection::AmountNotEnough)?;
        let mut gives =
            [(frozen(c.payment), from_frozen), (own, from_own), (settled, from_settled)];
        for share in &shares {
            let mut wanted = share.amount;
            for (from, rest) in &mut gives {
                let part = wanted.min(*rest);
                (wanted, *rest) = (wanted - part, *rest - part);
                self.write(*from, merchant(share.receiver), part);
            }
        }
        let (number, finish) = (c.out_request_no.clone(), c.finish);
        let order = &mut self.orders[no];
        let refunded_before = order.royalty.refunded;
        order.royalty.splits.push(Split { number, at: now, finish, refunded_before, shares });
        order.royalty.frozen -= from_frozen;
        order.paid.as_mut().unwrap().own_taken += from_own;
        if finish {
            self.end_of_freeze(no, now);
        }
        Ok(())
    }

    /// When the clock frees what is frozen of an order.
    pub(super) fn frozen_until(&self, no: usize) -> Option<u64> {
        let order = &self.orders[no];
        let paid = order.paid.as_ref().filter(|_| order.royalty.is_frozen())?;
        Some(paid.at + 30 * DAY_MS)
    }

    /// What is frozen still goes into the payment's own batch, or into today's.
    pub(super) fn end_of_freeze(&mut self, no: usize, now: u64) {
        let order = &mut self.orders[no];
        order.royalty.finished = true;
        let rest = std::mem::take(&mut order.royalty.frozen);
        let (id, seller, day) = (order.id, order.merchant, order.paid.as_ref().unwrap().day);
        if rest == 0 {
            return;
        }
        if self.is_unsettled(no) {
            self.write(frozen(id), pending(seller, day), rest);
            self.add_to_own_batch(no, rest);
        } else {
            let today = self.batch_of_today(seller, now);
            self.write(frozen(id), today, rest);
        }
    }

    pub(super) fn is_unsettled(&self, no: usize) -> bool {
        let order = &self.orders[no];
        let day = order.paid.as_ref().map(|paid| paid.day);
        let own = |b: &super::Batch| b.merchant == order.merchant && Some(b.day) == day;
        self.batches.iter().any(|b| own(b) && !b.settled)
    }

    pub(super) fn add_to_own_batch(&mut self, no: usize, amount: i128) {
        let paid = self.orders[no].paid.as_mut().unwrap();
        paid.own_taken = (paid.own_taken - amount).max(0);
    }

    /// What a refund of which the merchant gives so much takes back of royalties.
    pub(super) fn claws(
        &self,
        no: usize,
        royalties: &RoyaltyRefunds,
        money: i128,
    ) -> Result<Vec<Claw>, Rejection> {
        let royalty = &self.orders[no].royalty;
        let mut claws = Vec::new();
        match royalties {
            RoyaltyRefunds::None => {}
            RoyaltyRefunds::ProRata => {
                let receipts = self.orders[no].receipts_and_back().0;
                for (at, split) in royalty.splits.iter().enumerate() {
                    let refunded = royalty.refunded + money - split.refunded_before;
                    for (of, share) in split.shares.iter().enumerate() {
                        let whole = half_up(share.amount, refunded, receipts.max(1));
                        let left = share.amount - share.returned;
                        claws.push((at, of, (whole - share.pro_rata).clamp(0, left)));
                    }
                }
            }
            RoyaltyRefunds::Named(named) => {
                for (nth, (id, amount)) in named.iter().enumerate() {
                    let again = named[..nth].iter().any(|other| other.0 == *id);
                    must(!again, Rejection::SchemaInvalid)?;
                    must(self.merchants.contains_key(id), Rejection::UnknownAccount)?;
                    let mut rest = amount_in(currency_of(self.orders[no].merchant), *amount)?;
                    for (at, split) in royalty.splits.iter().enumerate() {
                        let shares = split.shares.iter().enumerate();
                        for (of, share) in shares.filter(|(_, share)| share.receiver == *id) {
                            let part = rest.min(share.amount - share.returned);
                            rest -= part;
                            claws.push((at, of, part));
                        }
                    }
                    must(rest == 0, Rejection::ReturnExceedsReceived)?;
                }
                let sum: i128 = claws.iter().map(|claw| claw.2).sum();
                must(sum <= money, Rejection::ReturnExceedsReceived)?;
            }
        }
        claws.retain(|claw| claw.2 > 0);
        let mut gives: BTreeMap<Id, i128> = BTreeMap::new();
        for (at, of, amount) in &claws {
            let receiver = royalty.splits[*at].shares[*of].receiver;
            self.may_debit(merchant(receiver))?;
            let sum = gives.entry(receiver).or_default();
            *sum += amount;
            let covered = *sum <= self.credit(merchant(receiver));
            must(covered, Rejection::ReceiverBalanceInsufficient)?;
        }
        Ok(claws)
    }

    /// Writes what comes back with a refund.
    pub(super) fn take_back(&mut self, no: usize, claws: &[Claw], to: super::Account, pro: i128) {
        self.orders[no].royalty.refunded += pro;
        for (at, of, amount) in claws {
            let share = &mut self.orders[no].royalty.splits[*at].shares[*of];
            share.returned += amount;
            if pro > 0 {
                share.pro_rata += amount;
            }
            let receiver = share.receiver;
            self.write(merchant(receiver), to, *amount);
        }
    }

    pub(super) fn has_splits(&self, no: usize) -> bool {
        !self.orders[no].royalty.splits.is_empty()
    }

    pub(super) fn return_split(&mut self, c: &ReturnSplit, now: u64) -> Outcome {
        let no = self.order(c.payment)?;
        let royalty = &self.orders[no].royalty;
        let mut splits = royalty.splits.iter().enumerate();
        let found = splits.find(|(_, split)| split.number == c.out_request_no);
        let (at, split) = found.ok_or(Rejection::UnknownAccount)?;
        let share = split.shares.iter().position(|share| share.receiver == c.receiver);
        let of = share.ok_or(Rejection::UnknownAccount)?;
        must(self.was_returned(c).is_none(), Rejection::IdempotencyConflict)?;
        let amount = cny(c.amount)?;
        must(now <= split.at + 180 * DAY_MS, Rejection::ReturnWindowClosed)?;
        must(royalty.returns.len() < 50, Rejection::SplitCountExceeded)?;
        let left = split.shares[of].amount - split.shares[of].returned;
        must(amount <= left, Rejection::ReturnExceedsReceived)?;
        let (from, to) = (merchant(c.receiver), merchant(self.orders[no].merchant));
        self.may_debit(from)?;
        self.may_credit(to)?;
        must(amount <= self.credit(from), Rejection::ReceiverBalanceInsufficient)?;
        let royalty = &mut self.orders[no].royalty;
        royalty.splits[at].shares[of].returned += amount;
        let done = (c.out_request_no.clone(), amount);
        royalty.returns.insert((c.receiver, c.out_return_no.clone()), done);
        self.write(from, to, amount);
        Ok(())
    }
}
