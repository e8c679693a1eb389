//! Disputes in the naive model: money held, then given to the payer or back to the merchant.

use super::cards::on_card;
use super::exchange::{currency_of, of_sale, position};
use super::orders::Order;
use super::royalties::frozen;
use super::{Naive, Outcome, amount_in, merchant, must, of, pending, user};
use groat_ledger::{Class, Id, JudgeDispute, OpenDispute, Rejection};

pub(super) struct Dispute {
    pub(super) id: Id,
    pub(super) order: usize,
    pub(super) amount: i128,
    due_at: u64,
    defended: bool,
    ended: bool,
}

/// The end of the year 9999.
const LATEST: u64 = 253_402_300_799_999;

impl Naive {
    pub(super) fn has_dispute(&self, of: impl Fn(&Order) -> bool) -> bool {
        self.disputes.iter().any(|d| !d.ended && of(&self.orders[d.order]))
    }

    /// From the payment's own part of its unsettled batch, then from settled money, then a debt.
    pub(super) fn open_dispute(&mut self, c: &OpenDispute, now: u64) -> Outcome {
        must(!self.disputes.iter().any(|d| d.id == c.dispute), Rejection::Duplicate)?;
        let no = self.order(c.payment)?;
        let order = &self.orders[no];
        let paid = order.paid.as_ref().ok_or(Rejection::InvalidState)?;
        let amount = amount_in(currency_of(order.merchant), c.amount)?;
        must(c.due_at > now && c.due_at <= LATEST, Rejection::SchemaInvalid)?;
        let (seller, settled) = (order.merchant, merchant(order.merchant));
        let closed = self.closed.contains(&user(paid.user)) || self.closed.contains(&settled);
        must(!closed, Rejection::AccountClosed)?;
        must(amount <= order.own_left(), Rejection::DisputeExceedsPaid)?;
        let own = pending(seller, paid.day);
        let in_batch = |b: &super::Batch| (b.merchant, b.day) == (seller, paid.day) && !b.settled;
        let unsettled = self.batches.iter().any(in_batch);
        // What is frozen comes free as far as it is needed.
        let (freed, id) = (amount.min(order.royalty.frozen), order.id);
        let own_part = order.own_part() + freed;
        self.orders[no].royalty.frozen -= freed;
        if unsettled {
            self.add_to_own_batch(no, freed);
        }
        self.write(frozen(id), if unsettled { own } else { settled }, freed);
        let from_own =
            if unsettled { amount.min(own_part).min(self.credit(own)).max(0) } else { 0 };
        let from_settled = (amount - from_own).min(self.credit(settled));
        let held = of_sale(Class::MerchantDisputed, c.dispute, seller);
        self.write(own, held, from_own);
        self.write(settled, held, from_settled);
        let owed = amount - from_own - from_settled;
        self.write(of(Class::MerchantReceivable, seller), held, owed);
        let paid = self.orders[no].paid.as_mut().unwrap();
        paid.disputed += amount;
        paid.own_taken += from_own;
        let (id, due_at, order) = (c.dispute, c.due_at, no);
        self.disputes.push(Dispute { id, order, amount, due_at, defended: false, ended: false });
        Ok(())
    }

    fn dispute_of(&self, id: Id, may_be_defended: bool) -> Result<usize, Rejection> {
        let no = self.disputes.iter().position(|d| d.id == id).ok_or(Rejection::UnknownAccount)?;
        let d = &self.disputes[no];
        must(!d.ended && (may_be_defended || !d.defended), Rejection::InvalidState)?;
        Ok(no)
    }

    pub(super) fn defend(&mut self, id: Id, now: u64) -> Outcome {
        let no = self.dispute_of(id, false)?;
        must(now < self.disputes[no].due_at, Rejection::DefenceLate)?;
        self.disputes[no].defended = true;
        Ok(())
    }

    pub(super) fn accept(&mut self, id: Id, now: u64) -> Outcome {
        let no = self.dispute_of(id, false)?;
        must(now < self.disputes[no].due_at, Rejection::DefenceLate)?;
        self.lose(no, 0, now)
    }

    pub(super) fn cancel_dispute(&mut self, id: Id) -> Outcome {
        let no = self.dispute_of(id, false)?;
        self.win(no);
        Ok(())
    }

    pub(super) fn judge(&mut self, c: &JudgeDispute, now: u64) -> Outcome {
        let no = self.dispute_of(c.dispute, true)?;
        must(c.fee.is_none() || c.for_customer, Rejection::SchemaInvalid)?;
        let sold_in = currency_of(self.orders[self.disputes[no].order].merchant);
        let fee = c.fee.map_or(Ok(0), |fee| amount_in(sold_in, fee))?;
        if c.for_customer {
            return self.lose(no, fee, now);
        }
        self.win(no);
        Ok(())
    }

    /// To the sources of the payment; the fee out of settled money, then as a debt.
    fn lose(&mut self, no: usize, fee: i128, now: u64) -> Outcome {
        let Dispute { id, order, amount, .. } = self.disputes[no];
        let row = &self.orders[order];
        let (seller, payer) = (row.merchant, row.payer().unwrap());
        let (part, to_credit, to_channel) = row.back_to_sources(amount);
        let priced = row.priced();
        let channel = row.paid.as_ref().unwrap().channel.map_or(Id::NONE, |c| c.0);
        let acquirer = of(Class::ChannelReceivable, channel);
        must(-self.credit(acquirer) >= to_channel, Rejection::ChannelInsufficient)?;
        let at = row.paid.as_ref().unwrap().at;
        let payment = row.id;
        let card = row.paid.as_ref().unwrap().card.map(|card| card.0);
        let card = card.filter(|id| self.card_is_open(*id));
        let (of_card, of_points) = row.back_to_cards(amount);
        let to_card = if card.is_some() { of_card } else { 0 };
        let points_take = self.points_take(order, of_points);
        let to_points = if points_take.is_some() { of_points } else { 0 };
        let off = self.taken_off(payer, (payment, at), to_credit);
        let to_debt = off.iter().map(|part| part.1).sum::<i128>();
        let cut = off[0].1;
        if let Some((paid, fee)) = self.seller_has_back(payment, cut) {
            self.write(paid, merchant(seller), fee);
            self.orders[order].paid.as_mut().unwrap().plan_fee -= fee;
        }
        let held = of_sale(Class::MerchantDisputed, id, seller);
        let from = match priced {
            Some(priced) => {
                self.write(held, position(currency_of(seller)), amount);
                position(priced.currency)
            }
            None => held,
        };
        off.iter().for_each(|(debt, part)| self.write(from, *debt, *part));
        self.write(from, acquirer, to_channel);
        self.write(from, user(payer), part - to_debt - to_channel - to_card - to_points);
        self.write(from, card.map_or(user(payer), on_card), to_card);
        let points_take = points_take.into_iter().flatten();
        points_take.for_each(|(to, part)| self.write(from, to, part));
        self.refunded_into(payer, payment, off, now);
        let fees = of_sale(Class::OtherFees, Id::NONE, seller);
        let from_settled = fee.min(self.credit(merchant(seller)));
        self.write(merchant(seller), fees, from_settled);
        let owing = of(Class::MerchantReceivable, seller);
        self.write(owing, fees, fee - from_settled);
        self.orders[order].paid.as_mut().unwrap().lost += amount;
        self.return_points(order, to_points, now);
        self.reverse_points(order);
        self.disputes[no].ended = true;
        Ok(())
    }

    /// To the merchant's debt, then to its settled money.
    fn win(&mut self, no: usize) {
        let Dispute { id, order, amount, .. } = self.disputes[no];
        let seller = self.orders[order].merchant;
        let debt = of(Class::MerchantReceivable, seller);
        let to_debt = amount.min(-self.credit(debt));
        let held = of_sale(Class::MerchantDisputed, id, seller);
        self.write(held, debt, to_debt);
        self.write(held, merchant(seller), amount - to_debt);
        self.orders[order].paid.as_mut().unwrap().disputed -= amount;
        self.disputes[no].ended = true;
    }
}
