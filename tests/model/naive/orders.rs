//! Payments in the naive model, made by orders, captures and rentals: paid into batches, refunded
//! out of them.

use super::coupons::Use;
use super::exchange::{Priced, currency_of, of_sale, position};
use super::parts::Parts;
use super::points::{Earned, Spent};
use super::royalties::{Royalty, frozen};
use super::{DAY_MS, Naive, Outcome, amount_in, half_up, merchant, must, of};
use groat_ledger::{
    Bearer, Class, CodeKind, CreatePayment, Currency, Id, LegSource, Money, Owner, PayPayment,
    Reference, RefundPayment, Rejection, RoyaltyRefunds,
};
use std::collections::BTreeMap;

/// The largest order, in minor units of CNY: 100,000,000.00.
pub(super) const LARGEST: i128 = 10_000_000_000;

/// Refunds of one payment.
const REFUNDS: usize = 50;

/// Seconds to pay: from a minute to 15 days.
const TIMEOUTS: std::ops::RangeInclusive<u32> = 60..=1_296_000;

/// An amount of one payment, or hold.
pub(super) fn payable(money: Money) -> Result<i128, Rejection> {
    payable_in(Currency::CNY, money)
}

fn payable_in(currency: Currency, money: Money) -> Result<i128, Rejection> {
    let amount = amount_in(currency, money)?;
    must(amount <= LARGEST, Rejection::AmountOutOfRange)?;
    Ok(amount)
}

#[derive(Clone)]
pub(super) struct Order {
    pub(super) id: Id,
    pub(super) merchant: Id,
    /// The merchant's number; a rental's payments have none of their own.
    pub(super) number: Option<Reference>,
    pub(super) amount: i128,
    /// What its payer pays, if in another currency.
    priced: Option<Priced>,
    /// Of the amount, what no coupon pays.
    undiscountable: i128,
    /// The coupon that it is paid with, if it names one.
    pub(super) names: Option<Id>,
    code: CodeKind,
    pub(super) expires_at: u64,
    closed: bool,
    pub(super) paid: Option<Paid>,
    pub(super) refunds: BTreeMap<Reference, i128>,
    pub(super) royalty: Royalty,
    pub(super) earned: Option<Earned>,
}

#[derive(Clone)]
pub(super) struct Paid {
    pub(super) user: Id,
    pub(super) at: u64,
    pub(super) day: u32,
    pub(super) credit: i128,
    pub(super) channel: Option<(Id, i128)>,
    pub(super) coupon: Option<Use>,
    pub(super) card: Option<(Id, i128)>,
    pub(super) points: Option<Spent>,
    /// What it gives back before the coupon.
    pub(super) own: i128,
    pub(super) fee: i128,
    pub(super) fee_back: i128,
    /// Of its plan, what the seller paid and has not back.
    pub(super) plan_fee: i128,
    /// Taken for refunds, disputes and confirmations from its own part of its batch.
    pub(super) own_taken: i128,
    /// In dispute, or lost in one.
    pub(super) disputed: i128,
    /// Lost in disputes.
    pub(super) lost: i128,
    /// Of the coupon, what refunds gave back.
    pub(super) coupon_back: i128,
}

impl Order {
    pub(super) fn is_open(&self, now: u64) -> bool {
        self.paid.is_none() && !self.closed && now < self.expires_at
    }

    /// Neither paid nor closed, though its time may be over.
    pub(super) fn waits(&self) -> bool {
        self.paid.is_none() && !self.closed
    }

    pub(super) fn refunded(&self) -> i128 {
        self.refunds.values().sum()
    }

    /// What can still be given back of it.
    pub(super) fn left(&self) -> i128 {
        self.amount - self.refunded()
    }

    pub(super) fn payer(&self) -> Option<Id> {
        self.paid.as_ref().map(|paid| paid.user)
    }

    pub(super) fn disputed(&self) -> i128 {
        self.paid.as_ref().map_or(0, |paid| paid.disputed)
    }

    /// What refunds and lost disputes gave back of it, but for the coupon.
    fn own_back(&self) -> i128 {
        let paid = self.paid.as_ref().unwrap();
        self.refunded() - paid.coupon_back + paid.lost
    }

    /// What is no coupon's and neither back nor in dispute.
    pub(super) fn own_left(&self) -> i128 {
        let paid = self.paid.as_ref().unwrap();
        paid.own - (self.own_back() + paid.disputed - paid.lost)
    }

    /// What its payer has back when so much of it is back: the part of what was paid, at its price.
    pub(super) fn payers(&self, back: i128) -> i128 {
        self.priced.map_or(back, |priced| half_up(priced.amount, back, self.amount))
    }

    /// What goes back to the payer with so much more of it, and of that to credit and the acquirer:
    /// of the first money so much is credit's, then the acquirer's.
    pub(super) fn back_to_sources(&self, x: i128) -> (i128, i128, i128) {
        let (paid, before) = (self.paid.as_ref().unwrap(), self.own_back());
        let (given, after) = (self.payers(before), self.payers(before + x));
        let x = after - given;
        let credit_back = |done: i128| done.min(paid.credit);
        let of_channel = paid.channel.map_or(0, |c| c.1);
        let channel_back = |done: i128| (done - credit_back(done)).min(of_channel);
        let to_credit = credit_back(given + x) - credit_back(given);
        (x, to_credit, channel_back(given + x) - channel_back(given))
    }

    /// Of so much more of it that goes back, the part of the card and that of points: the last of
    /// what is no coupon's.
    pub(super) fn back_to_cards(&self, x: i128) -> (i128, i128) {
        let paid = self.paid.as_ref().unwrap();
        let by_points = paid.points.map_or(0, |spent| spent.paid);
        let stored = paid.card.map_or(0, |card| card.1);
        let before = self.own_back();
        let back = |until: i128, of: i128| {
            let back = |done: i128| (done - (until - of)).clamp(0, of);
            back(before + x) - back(before)
        };
        (back(paid.own - by_points, stored), back(paid.own, by_points))
    }

    pub(super) fn priced(&self) -> Option<Priced> {
        self.priced
    }
}

impl Naive {
    pub(super) fn order(&self, id: Id) -> Result<usize, Rejection> {
        self.orders.iter().position(|o| o.id == id).ok_or(Rejection::UnknownAccount)
    }

    /// What a user paid, without a coupon and points, and has not back by refunds or disputes.
    pub(super) fn paid_by_user(&self, id: Id) -> Result<i128, Rejection> {
        let order = &self.orders[self.order(id)?];
        let paid = order.paid.as_ref().ok_or(Rejection::InvalidState)?;
        let own = paid.own - paid.points.map_or(0, |spent| spent.paid);
        Ok((own - order.own_back()).max(0))
    }

    /// Who sold it.
    pub(super) fn seller_of(&self, id: Id) -> Option<Id> {
        self.orders.iter().find(|o| o.id == id).map(|o| o.merchant)
    }

    /// Whether a payment of this id was ever made or asked for.
    pub(super) fn new_payment(&self, id: Id) -> Outcome {
        must(self.order(id).is_err(), Rejection::Duplicate)
    }

    /// What was given back of these payments, or is in dispute.
    pub(super) fn refunded(&self, payments: &[Id]) -> i128 {
        let orders = payments.iter().filter_map(|id| self.order(*id).ok());
        orders.map(|no| self.orders[no].refunded() + self.orders[no].disputed()).sum()
    }

    /// Whether a merchant has not used an out_trade_no yet.
    pub(super) fn new_trade_no(&self, seller: Id, number: &Reference) -> Outcome {
        let used = |o: &Order| o.merchant == seller && o.number.as_ref() == Some(number);
        must(!self.orders.iter().any(used), Rejection::DuplicateOutTradeNo)
    }

    pub(super) fn create_payment(&mut self, c: &CreatePayment, now: u64) -> Outcome {
        self.new_payment(c.payment)?;
        self.may_credit(self.account_of(Owner::Merchant(c.merchant))?)?;
        let amount = payable_in(currency_of(c.merchant), c.amount)?;
        let of = |part: Option<u64>| part.map(i128::from);
        let (with, without) = (of(c.discountable), of(c.undiscountable));
        let without = without.or(with.map(|with| amount - with)).unwrap_or(0);
        let sum = without + with.unwrap_or(amount - without);
        must(sum == amount && (0..=amount).contains(&without), Rejection::AmountSplitMismatch)?;
        must(TIMEOUTS.contains(&c.timeout_s), Rejection::SchemaInvalid)?;
        self.new_trade_no(c.merchant, &c.out_trade_no)?;
        let priced = self.price_of(c, now)?;
        let names = Some(c.coupon).filter(|coupon| !coupon.is_none());
        if let Some(coupon) = names {
            self.can_name(coupon, amount - without, (c.merchant, amount), now)?;
            must(c.quote.is_none(), Rejection::CouponNotUsable)?;
        }
        let number = Some(c.out_trade_no.clone());
        let expires_at = now + u64::from(c.timeout_s) * 1_000;
        self.add_order(c.payment, c.merchant, number, amount, expires_at);
        self.orders.last_mut().unwrap().priced = priced;
        self.orders.last_mut().unwrap().undiscountable = without;
        self.orders.last_mut().unwrap().names = names;
        self.orders.last_mut().unwrap().code = c.code_kind;
        let freeze = c.royalty_freeze;
        self.orders.last_mut().unwrap().royalty.freeze = freeze;
        Ok(())
    }

    fn add_order(
        &mut self,
        id: Id,
        merchant: Id,
        number: Option<Reference>,
        amount: i128,
        expires_at: u64,
    ) {
        let (paid, refunds) = (None, BTreeMap::new());
        let (closed, priced, royalty) = (false, None, Royalty::default());
        let earned = None;
        self.orders.push(Order {
            id,
            merchant,
            number,
            amount,
            priced,
            undiscountable: 0,
            names: None,
            code: CodeKind::None,
            expires_at,
            closed,
            paid,
            refunds,
            royalty,
            earned,
        });
    }

    pub(super) fn pay(&mut self, c: &PayPayment, now: u64) -> Outcome {
        let no = self.order(c.payment)?;
        let order = &self.orders[no];
        let timed_out = order.paid.is_none() && !order.closed && now >= order.expires_at;
        must(!timed_out, Rejection::PaymentExpired)?;
        must(order.paid.is_none() && !order.closed, Rejection::InvalidState)?;
        let payer = self.account_of(Owner::User(c.user))?;
        let (seller, priced) = (order.merchant, order.priced);
        let (currency, price) =
            priced.map_or((currency_of(seller), order.amount), |of| (of.currency, of.amount));
        let same = currency == Currency::CNY && c.currency == currency;
        must(same, Rejection::CurrencyMismatch)?;
        self.may_debit(payer)?;
        self.may_credit(merchant(order.merchant))?;
        let (mut parts, mut coupon, mut plan) = (Parts::default(), None, None);
        let (mut points, mut by_seller) = (None, false);
        for leg in &c.legs {
            let amount = i128::from(leg.amount);
            must(amount > 0, Rejection::AmountOutOfRange)?;
            match leg.source {
                LegSource::Balance => parts.balance = amount,
                LegSource::Credit => parts.credit += amount,
                LegSource::Channel(id) => parts.channel = Some((id, amount)),
                LegSource::Coupon(id) => coupon = Some((id, amount)),
                LegSource::StoredValue(id) => parts.card = Some((id, amount)),
                LegSource::Points(id) => points = Some((id, amount)),
                LegSource::Instalment(terms, bearer) => {
                    parts.credit += amount;
                    parts.planned = amount;
                    plan = Some(terms);
                    by_seller = bearer == Bearer::Seller;
                }
            }
        }
        let sum = parts.sum() + coupon.map_or(0, |c| c.1) + points.map_or(0, |p| p.1);
        must(sum == price, Rejection::LegSumMismatch)?;
        priced.map_or(Ok(()), |priced| self.quote_holds(priced, now))?;
        self.covers(payer, parts.balance)?;
        self.may_pay(c.user, parts.balance, self.orders[no].code, now)?;
        let plan = plan.map(|terms| self.new_plan(c.user, terms, parts.planned)).transpose()?;
        self.may_buy(c.user, parts.credit)?;
        let order = &self.orders[no];
        if let Some(named) = order.names {
            let is_used = coupon.is_some_and(|(id, _)| id == named);
            must(is_used && self.owns_coupon(named, c.user), Rejection::OrderNamesCoupon)?;
        }
        let of_order = (order.merchant, order.amount);
        if let Some((id, amount)) = coupon {
            let discountable = order.amount - order.undiscountable;
            must(amount <= discountable, Rejection::CouponNotUsable)?;
            must(priced.is_none(), Rejection::CouponNotUsable)?;
            parts.coupon =
                Some(self.usable(id, amount, (order.id, of_order.0, of_order.1), c.user, now)?);
        }
        if let Some((id, amount)) = parts.card {
            must(priced.is_none(), Rejection::CardNotUsable)?;
            self.card_pays(id, amount, of_order.0, c.user)?;
        }
        if let Some((id, amount)) = points {
            must(priced.is_none(), Rejection::CardNotUsable)?;
            parts.points = Some(self.points_pay(id, amount, of_order.0, c.user)?);
        }
        if let Some((id, ahead)) = plan.as_ref().filter(|_| by_seller) {
            must(priced.is_none(), Rejection::CurrencyMismatch)?;
            let fee = ahead.iter().map(|term| term.1).sum();
            let discount = parts.coupon.map_or(0, |used| used.discount);
            let receipts = of_order.1 - discount;
            let ppm = self.merchants[&of_order.0].fee_ppm;
            let net = receipts - half_up(receipts, ppm.into(), 1_000_000);
            must(fee <= net, Rejection::SellerFeeExceedsReceipts)?;
            parts.plan_fee = Some((*id, fee));
        }
        self.paid(no, c.user, parts, now);
        if let Some(ahead) = plan {
            self.add_plan(c.user, Some(c.payment), ahead, by_seller);
        }
        Ok(())
    }

    /// A payment made without an order: it is there and paid at once.
    pub(super) fn take(
        &mut self,
        id: Id,
        seller: Id,
        number: Option<Reference>,
        payer: Id,
        parts: Parts,
        now: u64,
    ) {
        self.add_order(id, seller, number, parts.sum(), now);
        self.paid(self.orders.len() - 1, payer, parts, now);
    }

    fn paid(&mut self, no: usize, payer: Id, parts: Parts, now: u64) {
        let (seller, amount) = (self.orders[no].merchant, self.orders[no].amount);
        let to = self.batch_of_today(seller, now);
        let receipts = amount - parts.coupon.map_or(0, |used| used.discount);
        let fee = half_up(receipts, self.merchants[&seller].fee_ppm.into(), 1_000_000);
        if let Some(used) = parts.coupon {
            self.use_coupon(used, to);
        }
        let given_to = match self.orders[no].priced {
            Some(priced) => {
                self.write(position(currency_of(seller)), to, amount);
                position(priced.currency)
            }
            None => to,
        };
        for (from, part) in parts.debits(payer) {
            self.write(from, given_to, part);
        }
        if let Some(spent) = parts.points {
            self.spend_points(spent, to);
        }
        self.write(to, of_sale(Class::ServiceFee, Id::NONE, seller), fee);
        let plan_fee = parts.plan_fee.map_or(0, |of| of.1);
        if let Some((plan, fee)) = parts.plan_fee {
            self.write(to, of(Class::UnearnedFee, plan), fee);
        }
        let spent = parts.frozen.map_or(0, |f| f.1) + parts.balance;
        self.spend_by(payer, spent, self.orders[no].code, now);
        self.orders[no].paid = Some(Paid {
            user: payer,
            at: now,
            day: self.day(now),
            credit: parts.credit,
            channel: parts.channel,
            coupon: parts.coupon,
            card: parts.card,
            points: parts.points,
            own: amount - parts.coupon.map_or(0, |used| used.sum()),
            fee,
            fee_back: 0,
            own_taken: plan_fee,
            plan_fee,
            disputed: 0,
            lost: 0,
            coupon_back: 0,
        });
        if self.orders[no].royalty.freeze {
            let net = receipts - fee - plan_fee;
            self.write(to, frozen(self.orders[no].id), net);
            let order = &mut self.orders[no];
            order.royalty.frozen = net;
            order.paid.as_mut().unwrap().own_taken += net;
        }
    }

    pub(super) fn close_payment(&mut self, id: Id, now: u64) -> Outcome {
        let no = self.order(id)?;
        let order = &mut self.orders[no];
        must(order.paid.is_none(), Rejection::AlreadyPaid)?;
        must(order.is_open(now), Rejection::InvalidState)?;
        order.closed = true;
        if let Some(coupon) = order.names {
            self.let_go(coupon, now);
        }
        Ok(())
    }

    /// Unpaid it is closed, paid it is refunded, within a day and if nothing was refunded before.
    pub(super) fn cancel_payment(&mut self, id: Id, now: u64) -> Outcome {
        let no = self.order(id)?;
        let Some(at) = self.orders[no].paid.as_ref().map(|paid| paid.at) else {
            return self.close_payment(id, now);
        };
        let finished = now > self.refundable_until(no);
        must(self.orders[no].refunds.is_empty() && !finished, Rejection::InvalidState)?;
        must(now <= at + DAY_MS, Rejection::CancelWindowPassed)?;
        let amount = self.orders[no].amount;
        self.refund_part(no, Reference::new("cancel").unwrap(), amount, &RoyaltyRefunds::None, now)
    }

    pub(super) fn refundable_until(&self, no: usize) -> u64 {
        let order = &self.orders[no];
        let days = u64::from(self.merchants[&order.merchant].refund_days);
        order.paid.as_ref().map_or(0, |paid| paid.at + days * DAY_MS)
    }

    pub(super) fn refund(&mut self, c: &RefundPayment, now: u64) -> Outcome {
        let no = self.order(c.payment)?;
        let order = &self.orders[no];
        must(!order.refunds.contains_key(&c.out_request_no), Rejection::IdempotencyConflict)?;
        must(order.paid.is_some(), Rejection::InvalidState)?;
        must(order.left() > 0, Rejection::RefundExceedsPaid)?;
        must(now <= self.refundable_until(no), Rejection::RefundWindowClosed)?;
        let amount = amount_in(currency_of(order.merchant), c.amount)?;
        must(self.orders[no].refunds.len() < REFUNDS, Rejection::RefundCountExceeded)?;
        must(amount <= self.orders[no].left(), Rejection::RefundExceedsPaid)?;
        self.refund_part(no, c.out_request_no.clone(), amount, &c.royalties, now)
    }

    /// The payments of a rental are refunded, the newest first, and what the user paid back to the
    /// platform is given back, all of the amount or nothing.
    pub(super) fn refund_some_of(
        &mut self,
        rental: usize,
        number: Reference,
        x: i128,
        or: Rejection,
        now: u64,
    ) -> Outcome {
        let entries = self.entries.len();
        let (orders, lines) = (self.orders.clone(), self.lines.clone());
        let (cards, plans) = (self.cards.clone(), self.plans.clone());
        let outcome = self.refund_in_turn(rental, number, x, or, now);
        let outcome = outcome.and_then(|rest| self.return_advance(rental, 0, rest, now));
        if outcome.is_err() {
            self.entries.truncate(entries);
            (self.orders, self.lines, self.cards, self.plans) = (orders, lines, cards, plans);
        }
        outcome
    }

    /// Gives what is left for the advance.
    fn refund_in_turn(
        &mut self,
        rental: usize,
        number: Reference,
        mut x: i128,
        mut or: Rejection,
        now: u64,
    ) -> Result<i128, Rejection> {
        let payments = self.rentals[rental].payments.clone();
        for id in payments.iter().rev() {
            let no = self.order(*id)?;
            let (left, disputed) = (self.orders[no].left(), self.orders[no].disputed());
            if left > 0 && disputed > 0 {
                or = Rejection::PaymentDisputed;
            }
            let part = x.min(left - disputed);
            if part == 0 {
                continue;
            }
            if now > self.refundable_until(no) {
                or = Rejection::RefundWindowClosed;
            } else if self.orders[no].refunds.len() >= REFUNDS {
                or = Rejection::RefundCountExceeded;
            } else {
                self.refund_part(no, number.clone(), part, &RoyaltyRefunds::None, now)?;
                x -= part;
            }
        }
        must(x <= self.rentals[rental].repaid, or)?;
        Ok(x)
    }
}
