//! The parts of a payment in the naive model.

use super::cards::on_card;
use super::coupons::Use;
use super::points::Spent;
use super::{Account, of, user};
use groat_ledger::{Class, Id};

/// Where the money of a payment came from: of the user's own first what was frozen.
#[derive(Clone, Copy, Default)]
pub(super) struct Parts {
    /// Out of a hold: which account, how much.
    pub(super) frozen: Option<(Account, i128)>,
    pub(super) balance: i128,
    pub(super) credit: i128,
    /// Of `credit`, what goes into an instalment plan.
    pub(super) planned: i128,
    /// The plan and its fee, if the seller pays that.
    pub(super) plan_fee: Option<(Id, i128)>,
    pub(super) channel: Option<(Id, i128)>,
    pub(super) coupon: Option<Use>,
    pub(super) card: Option<(Id, i128)>,
    pub(super) points: Option<Spent>,
}

impl Parts {
    pub(super) fn sum(&self) -> i128 {
        let frozen = self.frozen.map_or(0, |f| f.1);
        let coupon = self.coupon.map_or(0, |used| used.sum());
        frozen
            + self.balance
            + self.credit
            + self.channel.map_or(0, |c| c.1)
            + self.stored()
            + self.points.map_or(0, |spent| spent.paid)
            + coupon
    }

    pub(super) fn stored(&self) -> i128 {
        self.card.map_or(0, |card| card.1)
    }

    /// The first so much of it, and the rest.
    pub(super) fn split(&self, first: i128) -> (Parts, Parts) {
        let (account, cash) = self.frozen.unzip();
        let mut rest = first.min(self.sum());
        let mut part = |of: i128| {
            let part = rest.min(of);
            rest -= part;
            part
        };
        let cash_part = part(cash.unwrap_or(0));
        let (balance, credit) = (part(self.balance), part(self.credit));
        let frozen = account.map(|account| (account, cash_part));
        let split = Parts { frozen, balance, credit, ..Parts::default() };
        let frozen = self.frozen.map(|(account, of)| (account, of - cash_part));
        let (balance, credit) = (self.balance - balance, self.credit - credit);
        (split, Parts { frozen, balance, credit, ..Parts::default() })
    }

    /// The accounts debited, with what each gives.
    pub(super) fn debits(&self, payer: Id) -> Vec<(Account, i128)> {
        let own = [
            (user(payer), self.balance),
            (of(Class::CreditUnbilled, payer), self.credit - self.planned),
            (of(Class::CreditInstalment, payer), self.planned),
        ];
        let channel = self.channel.map(|(id, x)| (of(Class::ChannelReceivable, id), x));
        let card = self.card.map(|(id, x)| (on_card(id), x));
        self.frozen.into_iter().chain(own).chain(channel).chain(card).collect()
    }
}
