//! Commands of royalties, and what refunds take back of them.

use super::{Kind, Scene, named, reference};
use groat_ledger::{
    BindRoyalty, Body, Id, Payment, PaymentState, ReturnSplit, RoyaltyPart, RoyaltyRefunds,
    RoyaltyShare, SplitPayment, UnbindRoyalty,
};

/// Who may share with whom at first.
pub(super) fn prologue() -> Vec<Body> {
    let bind = |(merchant, receiver)| {
        let (merchant, receiver) = (named('m', merchant), named('m', receiver));
        Body::BindRoyalty(BindRoyalty { merchant, receiver })
    };
    [(0, 1), (0, 2), (1, 0)].map(bind).to_vec()
}

fn is_shared(p: &Payment) -> bool {
    p.parts.as_ref().is_some_and(|parts| parts.royalty.shared() > 0)
}

impl Scene<'_> {
    pub(super) fn royalty(&mut self, kind: Kind) -> Option<Body> {
        Some(match kind {
            Kind::BindRoyalty => {
                let (merchant, receiver) = (self.merchant(), self.merchant());
                Body::BindRoyalty(BindRoyalty { merchant, receiver })
            }
            Kind::UnbindRoyalty => {
                let (merchant, receiver) = (self.merchant(), self.merchant());
                Body::UnbindRoyalty(UnbindRoyalty { merchant, receiver })
            }
            Kind::SplitPayment => self.split_payment(),
            Kind::ReturnSplit => self.return_split(),
            _ => return None,
        })
    }

    fn split_payment(&mut self) -> Body {
        let open =
            |p: &Payment| matches!(p.state, PaymentState::Paid | PaymentState::PartiallyRefunded);
        let (payment, found) = self.a_payment(open);
        let (amount, frozen) = found.map_or((100, 0), |p| {
            let frozen = p.parts.as_ref().map_or(0, |parts| parts.royalty.frozen);
            (p.amount.amount, frozen)
        });
        let share = |scene: &mut Self| RoyaltyShare {
            receiver: scene.merchant(),
            part: match scene.dice.one_in(4) {
                true => RoyaltyPart::Percent(scene.dice.pick(&[5, 10, 1, 30, 0, 101])),
                false => RoyaltyPart::Amount(scene.amount(&[
                    amount / 20,
                    amount / 10,
                    amount * 3 / 10,
                    frozen,
                ])),
            },
        };
        let count = self.dice.pick(&[1, 1, 1, 2, 0]);
        let shares = (0..count).map(|_| share(self)).collect();
        let out_request_no = reference('s', self.dice.of(9));
        let finish = self.dice.one_in(8);
        Body::SplitPayment(SplitPayment { payment, out_request_no, shares, finish })
    }

    fn return_split(&mut self) -> Body {
        let (payment, found) = self.a_payment(is_shared);
        let splits = found.and_then(|p| p.parts.as_ref()).map(|parts| &parts.royalty.splits);
        let split = splits.and_then(|splits| splits.get(self.dice.of(splits.len())));
        let share = split.and_then(|split| split.shares.first());
        let merchants = &self.ledger.tables().merchants;
        let receiver = share.map_or(named('m', 1), |s| merchants.row(s.receiver).merchant);
        let left = share.map_or(9, |s| s.amount - s.returned);
        let amount = self.amount(&[left, left / 2, left]);
        let out_request_no = split.map_or(reference('s', 0), |s| s.out_request_no.clone());
        let out_return_no = reference('b', self.dice.of(9));
        Body::ReturnSplit(ReturnSplit { payment, out_request_no, out_return_no, receiver, amount })
    }

    /// What a refund of a payment takes back of royalties.
    pub(super) fn royalty_refunds(&mut self, payment: Option<&Payment>) -> RoyaltyRefunds {
        let shared = payment.filter(|p| is_shared(p));
        if shared.is_none() && !self.dice.one_in(12) {
            return RoyaltyRefunds::None;
        }
        match self.dice.of(4) {
            0 => RoyaltyRefunds::None,
            1 | 2 => RoyaltyRefunds::ProRata,
            _ => {
                let receiver: Id = self.merchant();
                let amount = self.amount(&[2, 5, 9]);
                RoyaltyRefunds::Named(vec![(receiver, amount)])
            }
        }
    }
}
