//! One refund of a payment in the naive model: what comes back first, and who gives and takes.

use super::cards::on_card;
use super::exchange::{currency_of, of_sale, position};
use super::royalties::frozen;
use super::{Account, Naive, Outcome, half_up, merchant, must, of, pending, user};
use groat_ledger::{Class, FeeRefund, Id, Reference, Rejection, RoyaltyRefunds};

impl Naive {
    /// A payment that is paid and of which nothing was given back, while that could be.
    pub(super) fn could_cancel(&self, id: Id, now: u64) -> Option<usize> {
        let no = self.order(id).ok()?;
        let order = &self.orders[no];
        let whole = order.paid.is_some() && order.refunds.is_empty();
        (whole && now <= self.refundable_until(no)).then_some(no)
    }

    /// First the fee part comes back; then the money is taken from the payment's own unsettled
    /// part, from settled money, from today's batch; and given to the debt on credit, to the
    /// acquirer, to the user. What credit gave and nobody owes any more is the user's.
    pub(super) fn refund_part(
        &mut self,
        no: usize,
        number: Reference,
        x: i128,
        royalties: &RoyaltyRefunds,
        now: u64,
    ) -> Outcome {
        let order = &self.orders[no];
        let (seller, total, refunded) = (order.merchant, order.amount, order.refunded());
        let settled = merchant(seller);
        must(!self.closed.contains(&settled), Rejection::AccountClosed)?;
        must(x <= order.left() - order.disputed(), Rejection::PaymentDisputed)?;
        let paid = order.paid.as_ref().unwrap();
        // The coupon gets what is left when all else is back or in dispute; of that, some was no
        // money.
        let to_coupon = (x - order.own_left()).max(0);
        let discount_of = |back: i128| paid.coupon.map_or(0, |used| used.discount_of(back));
        let (before, after) = (paid.coupon_back, paid.coupon_back + to_coupon);
        let receipts = total - paid.coupon.map_or(0, |used| used.discount);
        let money = x - (discount_of(after) - discount_of(before));
        let money_back = refunded - discount_of(before) + money;
        let fee_part = match self.merchants[&seller].fee_refund {
            FeeRefund::Proportional if receipts == 0 => 0,
            FeeRefund::Proportional => half_up(paid.fee, money_back, receipts) - paid.fee_back,
            FeeRefund::None => 0,
        };
        let (own, today) = (pending(seller, paid.day), pending(seller, self.day(now)));
        let in_batch = |b: &super::Batch| (b.merchant, b.day) == (seller, paid.day) && !b.settled;
        let unsettled = self.batches.iter().any(in_batch);
        // Royalties and what is frozen, as far as it is needed, come back as the fee does.
        let claws = self.claws(no, royalties, money)?;
        let clawed: i128 = claws.iter().map(|claw| claw.2).sum();
        let (part, to_credit, to_channel) = order.back_to_sources(x - to_coupon);
        let (payer_id, payment, at) = (paid.user, order.id, paid.at);
        let off = self.taken_off(payer_id, (payment, at), to_credit);
        let cut = off[0].1;
        let plan_fee = self.seller_has_back(payment, cut);
        let plan_back = plan_fee.map_or(0, |of| of.1);
        let freed = order.royalty.frozen.min((money - fee_part - plan_back - clawed).max(0));
        let back = fee_part + plan_back + clawed + freed;
        let back_to = if unsettled { own } else { settled };
        let has = |name: Account| self.credit(name) + if name == back_to { back } else { 0 };
        let own_part = order.own_part() + back;
        let from_own = if unsettled { money.min(own_part).min(has(own)).max(0) } else { 0 };
        let from_settled = (money - from_own).min(has(settled));
        let from_today = money - from_own - from_settled;
        let today_has = has(today) - if today == own { from_own } else { 0 };
        must(from_today <= today_has, Rejection::MerchantBalanceInsufficient)?;

        let channel = paid.channel.map_or(Id::NONE, |c| c.0);
        let priced = order.priced();
        let to_debt = off.iter().map(|part| part.1).sum::<i128>();
        let acquirer = of(Class::ChannelReceivable, channel);
        must(-self.credit(acquirer) >= to_channel, Rejection::ChannelInsufficient)?;
        let payer = user(paid.user);
        let card = paid.card.map(|card| card.0).filter(|id| self.card_is_open(*id));
        let (of_card, of_points) = order.back_to_cards(x - to_coupon);
        let to_card = if card.is_some() { of_card } else { 0 };
        let points_take = self.points_take(no, of_points);
        let to_points = if points_take.is_some() { of_points } else { 0 };
        let to_payer = part - to_debt - to_channel - to_card - to_points;
        let to_fund = to_coupon - (x - money);
        let whole = to_coupon > 0 && paid.coupon.is_some_and(|used| after == used.sum());
        let used = paid.coupon;
        let fund = used.as_ref().map_or(payer, |used| self.fund_of(used));
        must(to_payer == 0 || !self.closed.contains(&payer), Rejection::AccountClosed)?;

        let order = &mut self.orders[no];
        order.refunds.insert(number, x);
        let paid = order.paid.as_mut().unwrap();
        paid.fee_back += fee_part;
        paid.plan_fee -= plan_back;
        paid.coupon_back = after;
        if unsettled {
            paid.own_taken -= plan_back;
            paid.own_taken = (paid.own_taken - clawed).max(0);
            paid.own_taken = (paid.own_taken - freed).max(0);
        }
        paid.own_taken += from_own;
        order.royalty.frozen -= freed;
        let id = order.id;
        self.write(of_sale(Class::ServiceFee, Id::NONE, seller), back_to, fee_part);
        if let Some((from, fee)) = plan_fee {
            self.write(from, back_to, fee);
        }
        let in_proportion = *royalties == RoyaltyRefunds::ProRata && self.has_splits(no);
        self.take_back(no, &claws, back_to, if in_proportion { money } else { 0 });
        self.write(frozen(id), back_to, freed);
        let mut gives = vec![(own, from_own), (settled, from_settled), (today, from_today)];
        if let Some(priced) = priced {
            for (from, given) in gives {
                self.write(from, position(currency_of(seller)), given);
            }
            gives = vec![(position(priced.currency), part)];
        }
        let stored_on = card.map_or(payer, on_card);
        let own = [(acquirer, to_channel), (payer, to_payer), (stored_on, to_card)];
        let points_take = points_take.into_iter().flatten();
        let takes = own.into_iter().chain([(fund, to_fund)]).chain(points_take);
        for (to, mut wanted) in off.into_iter().chain(takes) {
            for (from, rest) in &mut gives {
                let part = wanted.min(*rest);
                (wanted, *rest) = (wanted - part, *rest - part);
                self.write(*from, to, part);
            }
        }
        self.refunded_into(payer_id, payment, off, now);
        if let Some(used) = used.filter(|_| whole) {
            self.coupon_is_back(&used, now);
        }
        self.return_points(no, to_points, now);
        self.reverse_points(no);
        if self.orders[no].left() == 0 && self.orders[no].royalty.is_frozen() {
            self.end_of_freeze(no, now);
        }
        Ok(())
    }
}
