//! Rows of royalties: who may receive of whom, and what is shared of a payment.

use crate::command::Reference;
use crate::event::EventRange;
use crate::id::Id;
use crate::table::Row;

/// Whether a merchant may share with another.
#[derive(Clone, PartialEq, Debug)]
pub struct RoyaltyRelation {
    /// Who shares: number in `merchants`.
    pub merchant: u32,
    /// Who receives: number in `merchants`.
    pub receiver: u32,
    /// It may, now.
    pub bound: bool,
    /// All other shards were told that it is bound. Those of before were not, or not for certain.
    pub told: bool,
}

row!(RoyaltyRelation, (u32, u32), self => (self.merchant, self.receiver));

/// What is shared of a payment. Amounts are minor units of its currency.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Royalty {
    /// Its proceeds are frozen when it is paid.
    pub freeze: bool,
    /// Of them, what is frozen still.
    pub frozen: u64,
    /// No more is shared, and nothing is frozen.
    pub finished: bool,
    /// Each split.
    pub splits: Vec<Split>,
    /// Each return by a receiver of its own.
    pub returns: Vec<SplitReturn>,
    /// What the merchant and its receivers gave for refunds in proportion.
    pub refunded: u64,
    /// Returns under a number for which a receiver elsewhere was asked, and has not answered.
    pub asked: Vec<SplitReturn>,
    /// The split for whose money the merchant's home was asked.
    pub asked_split: Option<AskedSplit>,
}

/// A split that waits for its money.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AskedSplit {
    /// The merchant's number of it.
    pub out_request_no: Reference,
    /// Receivers with what each is to get.
    pub shares: Vec<(Id, u64)>,
    /// It is to be the last one.
    pub finish: bool,
    /// The event in which it was asked for.
    pub events: EventRange,
}

impl AskedSplit {
    /// All that is to be shared.
    pub fn sum(&self) -> u64 {
        self.shares.iter().fold(0, |sum, share| sum.saturating_add(share.1))
    }
}

/// One split of a payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Split {
    /// The merchant's number of it.
    pub out_request_no: Reference,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// It was to be the last one.
    pub finish: bool,
    /// [`Royalty::refunded`] at that time: refunds of before take nothing back of it.
    pub refunded_before: u64,
    /// Who got what.
    pub shares: Vec<Share>,
    /// Its event.
    pub events: EventRange,
}

/// What one receiver got of a split.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// Number in `merchants`.
    pub receiver: u32,
    /// What it got.
    pub amount: u64,
    /// Of that, what it gave back.
    pub returned: u64,
    /// Of that, for refunds in proportion; of a receiver elsewhere, what it was asked for.
    pub pro_rata: u64,
    /// What a receiver elsewhere was asked to give back, and has not answered.
    pub asked: u64,
}

/// A return by a receiver.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SplitReturn {
    /// The receiver's number of it.
    pub out_return_no: Reference,
    /// Of which split: its place in `splits`.
    pub split: u32,
    /// Of which share: its place in `shares`.
    pub share: u32,
    /// How much.
    pub amount: u64,
    /// Its event.
    pub events: EventRange,
}

impl Royalty {
    /// Its proceeds were frozen and have not been freed.
    pub fn is_frozen(&self) -> bool {
        self.freeze && !self.finished
    }

    /// All that was ever shared: what is given back does not become sharable again.
    pub fn shared(&self) -> u64 {
        let shares = self.splits.iter().flat_map(|split| &split.shares);
        shares.fold(0, |sum, share| sum.saturating_add(share.amount))
    }

    /// The split of this number, and its place.
    pub fn split(&self, out_request_no: &Reference) -> Option<(usize, &Split)> {
        self.splits.iter().enumerate().find(|(_, split)| split.out_request_no == *out_request_no)
    }

    /// Of this share a return of this number is no longer asked for.
    pub(crate) fn no_longer_asked(&mut self, out_return_no: &Reference, share: (u32, u32)) {
        let same = |back: &SplitReturn| {
            back.out_return_no == *out_return_no && (back.split, back.share) == share
        };
        self.asked.retain(|back| !same(back));
    }

    /// The return of this number by a receiver, done or asked for: each receiver has its own.
    pub fn returned(&self, receiver: u32, out_return_no: &Reference) -> Option<&SplitReturn> {
        let theirs = |back: &&SplitReturn| {
            let split = self.splits.get(back.split as usize);
            let share = split.and_then(|split| split.shares.get(back.share as usize));
            share.is_some_and(|share| share.receiver == receiver)
        };
        let mut all = self.returns.iter().chain(&self.asked);
        all.find(|back| back.out_return_no == *out_return_no && theirs(back))
    }
}

impl Share {
    /// What can still be asked for of it.
    pub fn left(&self) -> u64 {
        self.kept().saturating_sub(self.asked)
    }

    /// What was not given back of it.
    pub fn kept(&self) -> u64 {
        self.amount.saturating_sub(self.returned)
    }
}
