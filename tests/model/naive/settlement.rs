//! Settlement in the naive model: batches, and parts of payments ahead of them.

use super::exchange::currency_of;
use super::orders::Order;
use super::{Batch, Naive, Outcome, amount_in, merchant, must, of, pending};
use groat_ledger::{Class, ConfirmSettlement, Id, Rejection};

impl Order {
    /// What its batch had of it less what was taken of that.
    pub(super) fn own_part(&self) -> i128 {
        self.paid.as_ref().map_or(0, |paid| {
            let discount = paid.coupon.map_or(0, |used| used.discount);
            self.amount - discount - paid.fee + paid.fee_back - paid.own_taken
        })
    }

    /// What the merchant receives of it, and of that what was refunded.
    pub(super) fn receipts_and_back(&self) -> (i128, i128) {
        let paid = self.paid.as_ref();
        let coupon = paid.and_then(|paid| paid.coupon);
        let of_coupon = paid.map_or(0, |paid| paid.coupon_back);
        let discount = coupon.map_or(0, |used| used.discount);
        let discount_back = coupon.map_or(0, |used| used.discount_of(of_coupon));
        (self.amount - discount, self.refunded() - discount_back)
    }
}

impl Naive {
    pub(super) fn settle_batch(&mut self, no: usize) {
        let Batch { merchant: seller, day, .. } = self.batches[no];
        let net = self.credit(pending(seller, day));
        self.batches[no].settled = true;
        let reserve = |rest: i128, bps: i128| rest * bps / 10_000;
        let kept = self.pay_out(seller, day, net, reserve);
        self.batches[no].reserve += kept;
    }

    /// The merchant's debt first, then the reserve, then what it may pay out.
    fn pay_out(
        &mut self,
        seller: Id,
        day: u32,
        net: i128,
        reserve: fn(i128, i128) -> i128,
    ) -> i128 {
        let from = pending(seller, day);
        let debt = of(Class::MerchantReceivable, seller);
        let recovered = net.min(-self.credit(debt));
        let reserve = reserve(net - recovered, self.merchants[&seller].reserve_bps.into());
        self.write(from, debt, recovered);
        self.write(from, of(Class::MerchantReserve, seller), reserve);
        self.write(from, merchant(seller), net - recovered - reserve);
        reserve
    }

    /// A reserve given back: the debt first.
    pub(super) fn give_reserve_back(&mut self, seller: Id, amount: i128) {
        let kept = of(Class::MerchantReserve, seller);
        let debt = of(Class::MerchantReceivable, seller);
        let recovered = amount.min(-self.credit(debt));
        self.write(kept, debt, recovered);
        self.write(kept, merchant(seller), amount - recovered);
    }

    /// No more than is left of the payment's own part, and of the batch.
    pub(super) fn confirm_settlement(&mut self, c: &ConfirmSettlement) -> Outcome {
        let no = self.order(c.payment)?;
        let order = &self.orders[no];
        let paid = order.paid.as_ref().ok_or(Rejection::InvalidState)?;
        let amount = amount_in(currency_of(order.merchant), c.amount)?;
        let (seller, day, own) = (order.merchant, paid.day, order.own_part());
        self.may_credit(merchant(seller))?;
        let of_day = |b: &Batch| (b.merchant, b.day) == (seller, day) && !b.settled;
        let batch = self.batches.iter().position(of_day).ok_or(Rejection::InvalidState)?;
        let left = own.min(self.credit(pending(seller, day)));
        must(amount <= left, Rejection::ConfirmationExceedsUnsettled)?;
        self.orders[no].paid.as_mut().unwrap().own_taken += amount;
        let up = |rest: i128, bps: i128| (rest * bps + 9_999) / 10_000;
        let kept = self.pay_out(seller, day, amount, up);
        self.batches[batch].reserve += kept;
        Ok(())
    }
}
