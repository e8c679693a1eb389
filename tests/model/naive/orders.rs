//! Orders in the naive model: paid into batches, refunded out of them.

use super::{AMOUNTS, Naive, house, merchant, of, pending, user, yes};
use crate::ops::{named, terms};
use groat_ledger::{Class, FeeRefund};
use std::collections::BTreeMap;

/// What an order in CNY can be.
const PAYMENTS: std::ops::RangeInclusive<u64> = 1..=10_000_000_000;

pub(super) struct Order {
    merchant: u8,
    out_trade_no: u8,
    pub(super) amount: u64,
    expires_at: u64,
    closed: bool,
    pub(super) paid: Option<Paid>,
}

pub(super) struct Paid {
    user: u8,
    pub(super) at: u64,
    day: i128,
    channel: u8,
    to_channel: i128,
    fee: i128,
    fee_back: i128,
    own_taken: i128,
    /// By number; 255 is that of a cancellation.
    pub(super) refunds: BTreeMap<u8, u64>,
}

/// `a × b / c`, half up.
fn half_up(a: i128, b: i128, c: i128) -> i128 {
    (2 * a * b + c) / (2 * c)
}

impl Naive {
    pub(super) fn create(
        &mut self,
        p: u8,
        out_trade_no: u8,
        m: u8,
        amount: u64,
        now: u64,
        timeout_s: u32,
    ) -> Option<()> {
        let taken = |o: &Order| o.merchant == m && o.out_trade_no == out_trade_no;
        yes(!self.orders.contains_key(&p) && !self.orders.values().any(taken))?;
        yes(self.merchants.contains(&m) && PAYMENTS.contains(&amount) && timeout_s >= 60)?;
        let expires_at = now + u64::from(timeout_s) * 1_000;
        let order =
            Order { merchant: m, out_trade_no, amount, expires_at, closed: false, paid: None };
        self.orders.insert(p, order);
        Some(())
    }

    pub(super) fn pay(&mut self, p: u8, u: u8, via: (u64, u8), wrong: u64, now: u64) -> Option<()> {
        let day = self.day(now);
        let order = self.orders.get(&p)?;
        yes(order.paid.is_none() && !order.closed && now < order.expires_at)?;
        yes(self.users.contains(&u) && wrong == 0)?;
        let (m, amount) = (order.merchant, i128::from(order.amount));
        let to_channel = i128::from(via.0).min(amount);
        yes(self.credit(&user(u)) >= amount - to_channel)?;
        let fee = half_up(amount, terms(m).fee_ppm.into(), 1_000_000);
        self.batches.insert((m, day));
        self.write(user(u), pending(m, day), amount - to_channel)?;
        let acquirer = of(Class::ChannelReceivable, named('c', via.1));
        self.write(acquirer, pending(m, day), to_channel)?;
        self.write(pending(m, day), house(Class::ServiceFee), fee)?;
        self.orders.get_mut(&p)?.paid = Some(Paid {
            user: u,
            at: now,
            day,
            channel: via.1,
            to_channel,
            fee,
            fee_back: 0,
            own_taken: 0,
            refunds: BTreeMap::new(),
        });
        Some(())
    }

    pub(super) fn close(&mut self, p: u8, now: u64) -> Option<()> {
        let order = self.orders.get_mut(&p)?;
        yes(order.paid.is_none() && !order.closed && now < order.expires_at)?;
        order.closed = true;
        Some(())
    }

    /// First the fee part comes back; then the money is taken from the payment's own unsettled
    /// part, from settled money, from today's batch; and given to the acquirer, then to the user.
    pub(super) fn refund(&mut self, p: u8, number: u8, x: u64, now: u64) -> Option<()> {
        let order = self.orders.get(&p)?;
        let (m, total) = (order.merchant, i128::from(order.amount));
        let paid = order.paid.as_ref()?;
        yes(now <= paid.at + u64::from(terms(m).refund_days) * 86_400_000)?;
        let refunded: i128 = paid.refunds.values().map(|x| i128::from(*x)).sum();
        yes(AMOUNTS.contains(&x) && refunded + i128::from(x) <= total)?;
        let x = i128::from(x);
        let fee_part = match terms(m).fee_refund {
            FeeRefund::Proportional => half_up(paid.fee, refunded + x, total) - paid.fee_back,
            FeeRefund::None => 0,
        };
        let (own, today) = (pending(m, paid.day), pending(m, self.day(now)));
        let unsettled = self.batches.contains(&(m, paid.day));
        let fee_to = if unsettled { own.clone() } else { merchant(m) };
        let has = |name: &String| self.credit(name) + if *name == fee_to { fee_part } else { 0 };
        let own_part = total - paid.fee + paid.fee_back + fee_part - paid.own_taken;
        let from_own = if unsettled { x.min(own_part).min(has(&own)).max(0) } else { 0 };
        let from_settled = (x - from_own).min(has(&merchant(m)));
        let from_today = x - from_own - from_settled;
        let today_has = has(&today) - if today == own { from_own } else { 0 };
        yes(from_today <= today_has)?;
        let by_channel: i128 = paid.to_channel.min(refunded);
        let to_channel = x.min(paid.to_channel - by_channel);
        let acquirer = of(Class::ChannelReceivable, named('c', paid.channel));
        yes(-self.credit(&acquirer) >= to_channel)?;
        let payer = user(paid.user);
        let done = self.orders.get_mut(&p)?.paid.as_mut()?;
        done.fee_back += fee_part;
        done.own_taken += from_own;
        done.refunds.insert(number, x.try_into().unwrap());
        self.write(house(Class::ServiceFee), fee_to, fee_part)?;
        let mut left = to_channel;
        for (from, part) in [(own, from_own), (merchant(m), from_settled), (today, from_today)] {
            let first = part.min(left);
            left -= first;
            self.write(from.clone(), acquirer.clone(), first)?;
            self.write(from, payer.clone(), part - first)?;
        }
        Some(())
    }
}
